package path

import (
	"context"
	"math"
	"sync"

	"github.com/ikescope/ikescope/probe/initiator"
)

const (
	// chance is how likely silence may be by losses alone, and mostAttempts how often a
	// request is sent at most for it.
	chance, mostAttempts = 0.001, 8
)

// loss returns the share of requests that were lost on the ways that answer.
func (x *examination) loss() float64 {
	lost, tries := x.losses()
	if tries == 0 {
		return 0
	}
	return float64(lost) / float64(tries)
}

// mostLoss is loss for claims that losses are not the reason: few requests may have been
// lucky (Laplace's rule of succession).
func (x *examination) mostLoss() float64 {
	lost, tries := x.losses()
	return float64(lost+1) / float64(tries+2)
}

// losses returns how many requests were lost on the ways that answer, and how many sent.
func (x *examination) losses() (lost, tries int) {
	for _, w := range x.in(initiator.PathAnswers) {
		if !w.t.IsTCP() {
			_, n := measured(w)
			lost, tries = lost+n, tries+w.seen.Tries
		}
	}
	return lost, tries
}

// enough returns how often a request is sent whose silence is to say something: least
// times where nothing was lost, and else until chance alone would hardly have it so.
func (x *examination) enough(least int) int {
	p := x.loss()
	if p == 0 {
		return least
	}
	return max(least, min(int(math.Ceil(math.Log(chance)/math.Log(min(p, 0.9)))), mostAttempts))
}

// askSilent asks ways again that are silent while main answers, where requests get lost.
func (x *examination) askSilent(ctx context.Context, main *way) {
	attempts := x.enough(0)
	if main == nil || main.asked.opens || attempts == 0 {
		return
	}
	var all sync.WaitGroup
	for _, w := range x.in(initiator.PathSilent) {
		if w.seen.Reason != NoReason || w.t.IsTCP() || w.seen.Tries >= attempts {
			continue
		}
		all.Go(func() {
			a, _ := x.greet(ctx, w, main.asked, attempts)
			x.note(ctx, w, main.asked, a)
		})
	}
	all.Wait()
}
