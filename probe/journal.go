package probe

import (
	"errors"
	"reflect"
	"slices"
	"sync"

	"github.com/ikescope/ikescope/probe/evidence"
	"github.com/ikescope/ikescope/proposals/matrix"
)

// journal is what a scan did, within its budget of exchanges, and what a reader
// of the result has to know. Its methods may be called concurrently.
type journal struct {
	mu        sync.Mutex
	budget    int // exchanges; 0 means no bound
	begun     int // exchanges
	spent     bool
	exchanges []evidence.Exchange
	notes     []evidence.Note
	err       error
}

// begin counts an exchange. It reports false if there is no budget for it, and
// for one more for each IKE SA that may have to be closed: what comes after the
// matrix has its own part, a quarter at most.
func (j *journal) begin(purpose evidence.Purpose, closings int) bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	reserve := 0
	if purpose == evidence.PurposeMatrix || purpose == evidence.PurposeControl {
		reserve = j.kept()
	}
	if j.budget > 0 && j.begun+closings+reserve >= j.budget && purpose != evidence.PurposeReach && purpose != evidence.PurposeClose {
		j.spent = true
		return false
	}
	j.begun++
	return true
}

// unbegin takes an exchange back that was not begun.
func (j *journal) unbegin() {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.begun--
}

// isSpent reports whether something was not asked for want of budget.
func (j *journal) isSpent() bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.spent
}

// add notes an exchange that is over, and calls then, one call at a time, with
// how many there are.
func (j *journal) add(x evidence.Exchange, then func(count int)) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.exchanges = append(j.exchanges, x)
	then(len(j.exchanges))
}

// count returns how many exchanges are over.
func (j *journal) count() int {
	j.mu.Lock()
	defer j.mu.Unlock()
	return len(j.exchanges)
}

// since returns the exchanges after the first n, as they are now.
func (j *journal) since(n int) []evidence.Exchange {
	j.mu.Lock()
	defer j.mu.Unlock()
	return slices.Clone(j.exchanges[n:])
}

// last returns the number of the exchange that ended last.
func (j *journal) last() int {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.exchanges[len(j.exchanges)-1].ID
}

// decide marks the exchange that decides an offer, one of the last.
func (j *journal) decide(a matrix.Answer) {
	if a.State != matrix.Accepted && a.State != matrix.Refused {
		return
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	for i, x := range slices.Backward(j.exchanges) {
		if x.ID == a.Exchange {
			j.exchanges[i].Decides = a.State
			return
		}
	}
}

// undecide marks all exchanges as such that decide nothing: their answers
// cannot all be true.
func (j *journal) undecide() {
	j.mu.Lock()
	defer j.mu.Unlock()
	for i := range j.exchanges {
		j.exchanges[i].Decides = matrix.NotTested
	}
}

// note adds n, once.
func (j *journal) note(n evidence.Note) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if !slices.ContainsFunc(j.notes, func(m evidence.Note) bool { return reflect.DeepEqual(m, n) }) {
		j.notes = append(j.notes, n)
	}
}

// fail notes what is wrong on our side.
func (j *journal) fail(err error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.err = errors.Join(j.err, err)
}

// failure returns what is wrong on our side; nil if nothing is.
func (j *journal) failure() error {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.err
}

// kept returns how many exchanges of the budget are for what comes after the
// matrix.
func (j *journal) kept() int { return min(detailBudget, j.budget/4) }

// noted returns the notes so far.
func (j *journal) noted() []evidence.Note {
	j.mu.Lock()
	defer j.mu.Unlock()
	return slices.Clone(j.notes)
}

// doubtAll marks all exchanges so far as such that say nothing.
func (j *journal) doubtAll() {
	j.mu.Lock()
	defer j.mu.Unlock()
	for i := range j.exchanges {
		j.exchanges[i].Doubtful = !j.exchanges[i].Confirmed
		j.exchanges[i].Decides = matrix.NotTested
	}
}

// confirm marks an exchange whose accepted answer is the gateway's for sure.
func (j *journal) confirm(exchange int) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for i, x := range slices.Backward(j.exchanges) {
		if x.ID == exchange {
			j.exchanges[i].Confirmed, j.exchanges[i].Doubtful = true, false
			return
		}
	}
}

// doubtOnly marks those exchanges for which f holds.
func (j *journal) doubtOnly(f func(evidence.Exchange) bool) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for i, x := range j.exchanges {
		if f(x) && !x.Confirmed {
			j.exchanges[i].Doubtful = true
			j.exchanges[i].Decides = matrix.NotTested
		}
	}
}
