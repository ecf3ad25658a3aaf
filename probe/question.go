package probe

import (
	"context"
	"slices"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/probe/evidence"
	"github.com/ikescope/ikescope/probe/initiator"
	"github.com/ikescope/ikescope/probe/internal/gateway"
	"github.com/ikescope/ikescope/probe/internal/ledger"
	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/matrix"
)

// question is an offer on its way to an answer.
type question struct {
	offer []proposals.Product
	// parts are asked in place of the offer, one after the other until one is
	// taken.
	parts []*question

	// answer is NotTested until there is an outcome.
	answer matrix.Answer
	// over: nothing more is asked about the offer itself.
	over bool
	// exchanges that were met with silence, and the tries of them that count:
	// those between which the gateway was seen to be there. fresh are tries
	// of which that is not sure yet.
	exchanges     []int
	silent, fresh int
	// notify is an error that answered, and means no refusal so far.
	notify ike.NotifyType
	errors int
}

// partsOf returns the questions for parts of an offer; those that have their answer
// are not asked.
func partsOf(parts []matrix.Part) []*question {
	var out []*question
	for _, p := range parts {
		out = append(out, &question{offer: p.Products, answer: p.Answer, over: p.Exchange != 0})
	}
	return out
}

// leaves returns the questions that are asked.
func (q *question) leaves() []*question {
	if len(q.parts) == 0 {
		return []*question{q}
	}
	var all []*question
	for _, p := range q.parts {
		all = append(all, p.leaves()...)
	}
	return all
}

func (q *question) taken() bool {
	return slices.ContainsFunc(q.leaves(), func(l *question) bool { return l.answer.State == matrix.Accepted })
}

// waiting returns the leaves that have no answer yet.
func (q *question) waiting() []*question {
	if q.taken() {
		return nil
	}
	return slices.DeleteFunc(q.leaves(), func(l *question) bool { return l.over })
}

// result returns the answer for the planner.
func (q *question) result() matrix.Answer {
	if len(q.parts) == 0 {
		return q.answer
	}
	var parts []matrix.Part
	for _, l := range q.leaves() {
		// If one is taken, nothing has to be known of the others.
		if l.over || !q.taken() {
			parts = append(parts, matrix.Part{Products: l.offer, Answer: l.answer})
		}
	}
	return matrix.Answer{Parts: parts}
}

// asker returns the planner's way to the gateway.
func (s *scan) asker(ctx context.Context) func([]matrix.Offer) []matrix.Answer {
	return func(offers []matrix.Offer) []matrix.Answer {
		s.disorder.AddLate(s.denied())
		if s.askedSeveral() || s.gaveUp() {
			return make([]matrix.Answer, len(offers)) // not tested
		}
		questions := make([]*question, len(offers))
		known := s.gateway.Now()
		for i, o := range offers {
			questions[i] = &question{offer: o.Products, parts: partsOf(known.Divide(o.Products))}
		}
		s.settle(ctx, questions)
		answers := make([]matrix.Answer, len(offers))
		for i, q := range questions {
			answers[i] = q.result()
			for _, l := range q.leaves() {
				s.journal.Decide(l.answer)
			}
		}
		return answers
	}
}

// pose asks what is waiting, in flight together. Where the gateway refuses by
// silence control offers go with it, which would be lost, too, if the path or
// the gateway were overrun: then the silence of the others says nothing. It
// reports whether such control offers were answered at once.
func (s *scan) pose(ctx context.Context, questions []*question) (seen bool) {
	known := s.gateway.Now()
	var asking errgroup.Group
	asking.SetLimit(s.inFlight())
	questions = slices.DeleteFunc(slices.Clone(questions), func(q *question) bool { return len(q.waiting()) == 0 })
	controls, prompt := 0, new(atomic.Int32)
	for i, q := range questions {
		if known.Refusal.How == gateway.DropsRefused && i%controlEvery == 0 {
			controls++
			asking.Go(func() error {
				if a := s.ask(ctx, evidence.PurposeControl, known.Control); a.Taken() && a.Tries == 1 {
					prompt.Add(1)
				}
				return nil
			})
		}
		asking.Go(func() error {
			for _, l := range q.waiting() {
				s.poseOne(ctx, l)
				if q.taken() {
					break
				}
			}
			return nil
		})
	}
	_ = asking.Wait() // what it runs returns no error
	seen = controls > 0 && int(prompt.Load()) == controls
	void := controls > 0 && !seen && s.loss.Overrun()
	for _, q := range questions {
		for _, l := range q.leaves() {
			if !void {
				l.silent += l.fresh
			}
			l.fresh = 0
		}
	}
	return seen
}

// controlEvery is how many of the others there are to each control offer between
// them.
const controlEvery = 4

// inFlight is how many questions may be asked at a time. The pacer bounds
// those that leave nothing at the gateway, and [ledger.HalfOpens.Reserve] the others, of
// which one place is kept free.
func (s *scan) inFlight() int {
	known := s.gateway.Now()
	if known.Oracle == gateway.ByOwnKE {
		return ledger.HalfOpenLimit - 1
	}
	if known.Failure.Count > 0 {
		return 4 // so as not to ask much more than is needed
	}
	return 64
}

// poseOne asks q once.
func (s *scan) poseOne(ctx context.Context, q *question) {
	if s.stopped() || s.gateway.Now().Failure.Count >= maxOnlyErrors {
		return
	}
	a := s.ask(ctx, evidence.PurposeMatrix, q.offer)
	known := s.gateway.Now()
	switch {
	case known.Oracle == gateway.ByDecoy && a.Outcome == initiator.Accepted && !proposals.HasKeyExchange(q.offer, known.Decoy):
		s.restart.Ask(evidence.NoteDecoyTaken)
	case a.Outcome == initiator.NotTried, a.Outcome == initiator.NoAnswer && ctx.Err() != nil:
		q.answer.State, q.over = matrix.NotTested, true
	case a.Outcome == initiator.NoAnswer && a.ID == 0:
		q.answer.State, q.over = matrix.NoAnswer, true // it cannot be asked
	default:
		s.learn(q, a.Exchange)
	}
}

// learn adds the end of an exchange to q.
func (s *scan) learn(q *question, x initiator.Exchange) {
	q.answer = evidence.Meaning(q.offer, x)
	if q.answer.State != matrix.NoAnswer {
		q.over = true
		s.loss.Lost(q.silent + q.fresh)
		return
	}
	if x.Outcome == initiator.NoAnswer {
		q.fresh += x.Tries
		q.exchanges = append(q.exchanges, x.ID)
		return
	}
	q.errors++
	if x.Outcome == initiator.OtherError && x.Notify != 0 && x.Notify.IsError() {
		q.notify = x.Notify
		if r := s.gateway.Now().Refusal; r.How == gateway.RefusesByError && r.Notify == q.notify {
			q.answer.State, q.over = matrix.Refused, true
		}
	}
}
