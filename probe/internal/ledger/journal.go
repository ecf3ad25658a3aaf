package ledger

import (
	"errors"
	"reflect"
	"slices"
	"sync"

	"github.com/ikescope/ikescope/probe/evidence"
	"github.com/ikescope/ikescope/probe/initiator"
	"github.com/ikescope/ikescope/proposals/matrix"
)

// detailBudget is the part of MaxExchanges that the matrix leaves for the
// exchanges after it.
const detailBudget = 12

// Journal is what a scan did, within its budget of exchanges, and what a reader
// of the result has to know. Its methods may be called concurrently.
type Journal struct {
	// Budget is how many exchanges there may be; 0 means no bound. It is set before
	// the first one.
	Budget int

	mu        sync.Mutex
	begun     int // exchanges
	spent     bool
	exchanges []evidence.Exchange
	notes     []evidence.Note
	err       error
}

// Begin counts an exchange. It reports false if there is no budget for it, and
// for one more for each IKE SA that may have to be closed: what comes after the
// matrix has its own part, a quarter at most.
func (j *Journal) Begin(purpose evidence.Purpose, closings int) bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	reserve := 0
	if purpose == evidence.PurposeMatrix || purpose == evidence.PurposeControl {
		reserve = j.Kept()
	}
	if j.Budget > 0 && j.begun+closings+reserve >= j.Budget && purpose != evidence.PurposeReach && purpose != evidence.PurposeClose {
		j.spent = true
		return false
	}
	j.begun++
	return true
}

// Unbegin takes an exchange back that was not begun.
func (j *Journal) Unbegin() {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.begun--
}

// IsSpent reports whether something was not asked for want of budget.
func (j *Journal) IsSpent() bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.spent
}

// Add notes an exchange that is over, and calls then, one call at a time, with
// how many there are.
func (j *Journal) Add(x evidence.Exchange, then func(count int)) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.exchanges = append(j.exchanges, x)
	then(len(j.exchanges))
}

// Count returns how many exchanges are over.
func (j *Journal) Count() int {
	j.mu.Lock()
	defer j.mu.Unlock()
	return len(j.exchanges)
}

// Since returns the exchanges after the first n, as they are now.
func (j *Journal) Since(n int) []evidence.Exchange {
	j.mu.Lock()
	defer j.mu.Unlock()
	return slices.Clone(j.exchanges[n:])
}

// Last returns the number of the exchange that ended last.
func (j *Journal) Last() int {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.exchanges[len(j.exchanges)-1].ID
}

// Decide marks the exchange that decides an offer, one of the last.
func (j *Journal) Decide(a matrix.Answer) {
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

// Undecide marks all exchanges as such that decide nothing: their answers
// cannot all be true.
func (j *Journal) Undecide() {
	j.mu.Lock()
	defer j.mu.Unlock()
	for i := range j.exchanges {
		j.exchanges[i].Decides = matrix.NotTested
	}
}

// Late gives an exchange that ended in silence the answer that came after its end.
func (j *Journal) Late(a initiator.LateAnswer) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for i, x := range j.exchanges {
		if x.ID == a.Exchange && x.Outcome == initiator.NoAnswer {
			j.exchanges[i].Outcome, j.exchanges[i].Group, j.exchanges[i].Suite = a.Outcome, a.Group, a.Suite
			j.exchanges[i].Detail = "the answer came after the last try had timed out"
		}
	}
}

// Note adds n, once.
func (j *Journal) Note(n evidence.Note) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if !slices.ContainsFunc(j.notes, func(m evidence.Note) bool { return reflect.DeepEqual(m, n) }) {
		j.notes = append(j.notes, n)
	}
}

// Fail notes what is wrong on our side.
func (j *Journal) Fail(err error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.err = errors.Join(j.err, err)
}

// Failure returns what is wrong on our side; nil if nothing is.
func (j *Journal) Failure() error {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.err
}

// Kept returns how many exchanges of the budget are for what comes after the
// matrix.
func (j *Journal) Kept() int { return min(detailBudget, j.Budget/4) }

// Noted returns the notes so far.
func (j *Journal) Noted() []evidence.Note {
	j.mu.Lock()
	defer j.mu.Unlock()
	return slices.Clone(j.notes)
}

// DoubtAll marks all exchanges so far as such that say nothing.
func (j *Journal) DoubtAll() {
	j.mu.Lock()
	defer j.mu.Unlock()
	for i := range j.exchanges {
		j.exchanges[i].Doubtful = !j.exchanges[i].Confirmed
		j.exchanges[i].Decides = matrix.NotTested
	}
}

// Confirm marks an exchange whose accepted answer is the gateway's for sure.
func (j *Journal) Confirm(exchange int) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for i, x := range slices.Backward(j.exchanges) {
		if x.ID == exchange {
			j.exchanges[i].Confirmed, j.exchanges[i].Doubtful = true, false
			return
		}
	}
}

// DoubtOnly marks those exchanges for which f holds.
func (j *Journal) DoubtOnly(f func(evidence.Exchange) bool) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for i, x := range j.exchanges {
		if f(x) && !x.Confirmed {
			j.exchanges[i].Doubtful = true
			j.exchanges[i].Decides = matrix.NotTested
		}
	}
}
