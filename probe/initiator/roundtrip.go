package initiator

import (
	"sync"
	"time"
)

// Bounds of the retransmission timeout. RFC 7296 leaves the times to the
// initiator (Section 2.4); a scan that learns from silence cannot wait as long
// as a client that wants a tunnel.
const (
	defaultRTO = 500 * time.Millisecond
	minRTO     = 200 * time.Millisecond
	maxRTO     = 4 * time.Second
)

// roundTrip estimates how long to wait for an answer, as RFC 6298 does for TCP.
// By Karn's rule it is given only the times of answers to requests that were
// sent once.
type roundTrip struct {
	initial time.Duration // the timeout before the first sample

	mu                     sync.Mutex
	smoothed, varies, best time.Duration
	sampled                bool
	backedOff              time.Duration // the timeout after one that was too short
}

// sample adds one measured round trip. It reports whether it is the first one and longer
// than was waited for before: then what was sent again until now was not lost.
func (r *roundTrip) sample(d time.Duration) (slow bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.backedOff = 0
	if !r.sampled {
		r.smoothed, r.varies, r.best, r.sampled = d, d/2, d, true
		return d > r.initial
	}
	// RFC 6298, Section 2.3: alpha is 1/8, beta is 1/4.
	r.varies += ((r.smoothed - d).Abs() - r.varies) / 4
	r.smoothed += (d - r.smoothed) / 8
	r.best = min(r.best, d)
	return false
}

// rto returns the timeout of a first try.
func (r *roundTrip) rto() time.Duration {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.sampled {
		return max(r.initial, r.backedOff)
	}
	return max(min(max(r.smoothed+4*r.varies, minRTO), maxRTO), r.backedOff)
}

// late notes that a request was answered so long after its first try, when it had
// been sent again, the last time with a timeout. Of which try the answer is is not
// known, but where nothing was measured yet the timeout may be too short for the path:
// it stays as long as it was in the end until there is a measurement (RFC 6298, Section
// 5.5 to 5.7).
func (r *roundTrip) late(after, timeout time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.sampled {
		r.backedOff = min(max(r.backedOff, after, timeout), maxRTO)
	}
}

// shortest returns the shortest round trip; 0 before the first sample.
func (r *roundTrip) shortest() time.Duration {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.best
}

// backOff returns the timeout of a try, counted from 1, that begins with rto
// and doubles.
func backOff(rto time.Duration, try int) time.Duration {
	for ; try > 1 && rto < maxRTO; try-- {
		rto *= 2
	}
	return min(rto, maxRTO)
}
