package ledger

import (
	"math"
	"sync"

	"github.com/ikescope/ikescope/probe/initiator"
)

// Loss estimates how often a request that would be answered is lost, on the way
// or at a gateway that is overrun. Its methods may be called concurrently.
type Loss struct {
	mu sync.Mutex
	tally
	overruns int // how often control offers beside others were lost
}

// tally counts the requests that were answered at last, and how often they were
// sent for that.
type tally struct{ sent, answered int }

// Add counts an exchange that was answered.
func (l *Loss) Add(x initiator.Exchange) {
	if x.Outcome == initiator.NoAnswer {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.sent += x.Tries
	l.answered++
	if x.Cookie {
		l.answered++
	}
}

// Lost counts tries of a request that was answered in a later exchange.
func (l *Loss) Lost(tries int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.sent += tries
}

// Enough returns how many tries have to be silent on this path, so far.
func (l *Loss) Enough() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.tally.enough()
}

// IsMeasured reports whether enough was sent for the estimate to say something.
func (l *Loss) IsMeasured() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.sent >= Measured
}

// HasAny reports whether a request was lost.
func (l *Loss) HasAny() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.sent > l.answered
}

// IsSeen reports whether more than one request was lost.
func (l *Loss) IsSeen() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.sent > l.answered+1
}

// maxOverruns is how often the loss of control offers between others makes the
// silence of the others void. On a path that is only bad that has to end.
const maxOverruns = 12

// Overrun counts that control offers between others were lost, and reports
// whether the silence of the others is void for it.
func (l *Loss) Overrun() (void bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.overruns++
	return l.overruns <= maxOverruns
}

// Bounds of the tries after which silence means something.
const (
	minSilence = 3
	maxSilence = 40
)

// enough returns how many tries in a row have to be silent, so that the chance
// that all of them were lost is one in a million, even if the path is worse
// than it seemed so far (the upper end of Wilson's interval, two standard
// deviations).
func (t tally) enough() int {
	const chance, z = 1e-6, 2.0
	n := math.Max(float64(t.sent), 1)
	share := math.Max(float64(t.sent-t.answered), 0) / n
	lost := (share + z*z/(2*n) + z*math.Sqrt(share*(1-share)/n+z*z/(4*n*n))) / (1 + z*z/n)
	return min(max(int(math.Ceil(math.Log(chance)/math.Log(lost))), minSilence), maxSilence)
}

// Measured is how many requests it takes to know a path.
const Measured = 20
