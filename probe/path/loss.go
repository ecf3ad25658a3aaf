package path

import (
	"context"
	"io"
	"math"
	"math/rand/v2"
	"slices"
	"sync"

	"github.com/ikescope/ikescope/probe/initiator"
	"github.com/ikescope/ikescope/probe/path/contrast"
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

// moreAttempts is how often a way is asked again that is silent while another answers, where
// nothing was lost yet.
const moreAttempts = 3

// askSilent asks ways again that are silent while main answers and, where requests get
// lost, among requests by main that are answered.
func (x *examination) askSilent(ctx context.Context, main *way) {
	if main == nil || main.asked.opens {
		return
	}
	silent := slices.DeleteFunc(x.in(initiator.PathSilent), func(w *way) bool { return w.seen.Reason != NoReason || w.t.IsTCP() })
	var all sync.WaitGroup
	for _, w := range silent {
		all.Go(func() {
			a, _ := x.greet(ctx, w, main.asked, x.enough(moreAttempts))
			x.note(ctx, w, main.asked, a)
		})
	}
	all.Wait()
	greetings := func(w *way) *contrast.Kind {
		return kind(w.conn, func(ctx context.Context) initiator.Answer {
			a, _ := x.greet(ctx, w, main.asked, 1)
			return a
		})
	}
	var kinds []*contrast.Kind
	silent = slices.DeleteFunc(silent, func(w *way) bool { return w.seen.State != initiator.PathSilent })
	for _, w := range silent {
		kinds = append(kinds, greetings(w))
	}
	if len(kinds) == 0 || x.loss() == 0 || ctx.Err() != nil {
		return
	}
	x.contrast(ctx, greetings(main), kinds...)
	for i, w := range silent {
		for _, a := range kinds[i].Answers() {
			x.note(ctx, w, main.asked, a)
		}
	}
}

// byChance returns how likely it is that so many requests are lost on a path like this.
func (x *examination) byChance(tries int) float64 {
	return math.Pow(min(x.mostLoss(), 1), float64(tries))
}

// kind is requests by conn, for a contrast.
func kind(conn *initiator.Conn, ask func(context.Context) initiator.Answer) *contrast.Kind {
	return &contrast.Kind{Conn: conn, Ask: ask, Arrived: arrived}
}

// contrast finds out whether others, which were not answered, are dropped for what they
// are.
func (x *examination) contrast(ctx context.Context, usual *contrast.Kind, others ...*contrast.Kind) {
	var seed [32]byte
	if _, err := io.ReadFull(lockedReader{&x.random, x.Rand}, seed[:]); err != nil {
		x.fail(err)
		return
	}
	contrast.Run(ctx, rand.New(rand.NewChaCha8(seed)), usual, others...)
}
