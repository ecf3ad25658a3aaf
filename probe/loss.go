package probe

import (
	"context"
	"github.com/ikescope/ikescope/probe/initiator"
	"math"
)

// odds counts the requests that were answered at last, and how often they were
// sent for that: how often a request that would be answered is lost.
type odds struct{ sent, answered int }

// add counts an exchange that was answered.
func (o *odds) add(x initiator.Exchange) {
	if x.Outcome == initiator.NoAnswer {
		return
	}
	o.sent += x.Tries
	o.answered++
	if x.Cookie {
		o.answered++
	}
}

// lost counts tries of a request that was answered in a later exchange.
func (s *scan) lost(tries int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.odds.sent += tries
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
func (o odds) enough() int {
	const chance, z = 1e-6, 2.0
	n := math.Max(float64(o.sent), 1)
	share := math.Max(float64(o.sent-o.answered), 0) / n
	lost := (share + z*z/(2*n) + z*math.Sqrt(share*(1-share)/n+z*z/(4*n*n))) / (1 + z*z/n)
	return min(max(int(math.Ceil(math.Log(chance)/math.Log(lost))), minSilence), maxSilence)
}

// measured is how many requests tell enough of a path.
const measured = 20

// measure asks the control offer until it is known how often a request is lost.
func (s *scan) measure(ctx context.Context) {
	for range measured {
		s.mu.Lock()
		done := s.odds.sent >= measured
		s.mu.Unlock()
		if done || s.insist(ctx, s.offering(ctx, s.control)).Outcome == initiator.NotTried {
			return
		}
	}
}

// enough returns how many tries have to be silent on this path, so far.
func (s *scan) enough() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.odds.enough()
}
