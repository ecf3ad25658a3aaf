// Package contrast finds out whether requests are lost for what they are, or as any are.
package contrast

import (
	"context"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"github.com/ikescope/ikescope/probe/initiator"
)

const (
	// A contrast has up to rounds, of each requests of each kind, which are sent pace apart
	// in the first round, and slow in further ones, so that a limit of their rate lets more
	// of them pass.
	rounds, each = 3, 8
	pace, slow   = 100 * time.Millisecond, 250 * time.Millisecond
	// chance is how likely it may be that the requests of a kind are lost by chance.
	chance = 0.0001
)

// Verdict is why requests of a kind are lost.
type Verdict uint8

const (
	// Unknown: usual ones are lost as well, or ctx ended.
	Unknown Verdict = iota
	// Dropped for what they are: usual ones are answered.
	Dropped
	// Answered: one was.
	Answered
)

// Kind is requests that differ from others in one thing.
type Kind struct {
	Conn *initiator.Conn
	// Ask sends one, once.
	Ask func(context.Context) initiator.Answer
	// Arrived says whether an answer shows that the request has arrived.
	Arrived func(initiator.Answer) bool

	// Verdict is set by [Run].
	Verdict Verdict

	answers [][]initiator.Answer // of each round
}

// Run sets the Verdict of others, which were not answered before, while usual was. Requests
// of all kinds are sent at an even pace, once each, in an order that random draws: whatever
// drops some without a look at what they are, such as losses, a limit of their rate or a
// gateway under load, takes usual ones as well.
func Run(ctx context.Context, random *rand.Rand, usual *Kind, others ...*Kind) {
	all := append([]*Kind{usual}, others...)
	for round := range rounds {
		var turns []*Kind
		for _, k := range all {
			k.answers = append(k.answers, nil)
			turns = append(turns, slices.Repeat([]*Kind{k}, each)...)
		}
		random.Shuffle(len(turns), func(i, j int) { turns[i], turns[j] = turns[j], turns[i] })
		take(ctx, turns, round)
		if ctx.Err() != nil {
			return
		}
		for _, k := range others {
			k.judge(usual)
		}
		if !slices.ContainsFunc(others, func(k *Kind) bool { return k.Verdict == Unknown }) {
			return
		}
	}
}

// take sends the requests of a round in turn.
func take(ctx context.Context, turns []*Kind, round int) {
	pause := pace
	if round > 0 {
		pause = slow
	}
	var mu sync.Mutex
	var sent sync.WaitGroup
	for i, k := range turns {
		if i > 0 {
			select {
			case <-time.After(pause):
			case <-ctx.Done():
			}
		}
		sent.Go(func() {
			a := k.Ask(ctx)
			mu.Lock()
			defer mu.Unlock()
			k.answers[round] = append(k.answers[round], a)
		})
	}
	sent.Wait()
}

// judge sets the verdict. The chance that none of k is among so many answered ones of both
// kinds is that of drawing so many of usual alone (Fisher's exact test), in each round.
func (k *Kind) judge(usual *Kind) {
	p := 1.0
	for round := range k.answers {
		if k.answered(round) > 0 {
			k.Verdict = Answered
			return
		}
		p *= chanceOf(usual.answered(round), len(usual.answers[round]), len(k.answers[round]))
	}
	if p <= chance {
		k.Verdict = Dropped
	}
}

// chanceOf returns the probability that so many drawn of some usual and other ones are
// all usual.
func chanceOf(drawn, usual, other int) float64 {
	p := 1.0
	for i := range drawn {
		p *= float64(usual-i) / float64(usual+other-i)
	}
	return p
}

// answered counts the requests of a round that were answered, late ones too.
func (k *Kind) answered(round int) int {
	late := k.Conn.Late()
	n := 0
	for _, a := range k.answers[round] {
		if k.Arrived(a) || slices.ContainsFunc(late, func(l initiator.LateAnswer) bool { return l.Exchange == a.ID }) {
			n++
		}
	}
	return n
}

// Answers returns those of [Run].
func (k *Kind) Answers() []initiator.Answer { return slices.Concat(k.answers...) }

// Evidence returns the numbers of the exchanges.
func (k *Kind) Evidence() (all []int) {
	for _, a := range k.Answers() {
		if a.ID != 0 {
			all = append(all, a.ID)
		}
	}
	return all
}
