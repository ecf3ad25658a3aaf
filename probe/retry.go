package probe

import (
	"context"
	"slices"

	"github.com/ikescope/ikescope/probe/initiator"
	"github.com/ikescope/ikescope/probe/internal/gateway"
	"github.com/ikescope/ikescope/proposals/matrix"
)

// quietAttempts is how often an offer is sent at a time where its silence may
// be a refusal.
const quietAttempts = 2

// maxErrors is how often an offer is asked that is answered, but not with what
// decides it.
const maxErrors = 2

// maxOnlyErrors is how many offers are asked at least before it is taken that
// the gateway has one and the same error for all.
const maxOnlyErrors = 14

// settle asks questions until each is decided, or cannot be. What is met with
// silence is asked again, as long as its silence may be loss. In between the
// gateway has to be seen there, for else the silence is not its own; only then
// is it judged. The package comment defines the words.
func (s *scan) settle(ctx context.Context, questions []*question) {
	seen := s.pose(ctx, questions)
	for {
		waiting := s.waiting(questions)
		if failure := s.gateway.Now().Failure; failure.Count >= maxOnlyErrors {
			return
		} else if failure.Count > 0 {
			// It does not come to the proposals, and would not if asked again.
			waiting = slices.DeleteFunc(waiting, func(q *question) bool { q.over = q.errors > 0; return q.over })
		}
		if len(waiting) == 0 || s.stopped() {
			return
		}
		found := isThere
		if !seen {
			if found = s.checkLiveness(ctx); found == livenessUnknown {
				return
			}
		}
		if !s.gateway.Now().RefusesAloud() {
			s.measure(ctx)
		}
		enough := s.loss.Enough()
		for _, q := range waiting {
			switch {
			case found == wasAway:
				q.silent = 0
			case q.silent >= enough || q.errors >= maxErrors:
				s.judge(ctx, q)
			}
		}
		seen = s.pose(ctx, questions)
	}
}

// waiting returns the leaves of questions without an answer, for which answers
// that came late are looked at first.
func (s *scan) waiting(questions []*question) []*question {
	var all []*question
	late := s.conn.Late()
	for _, q := range questions {
		for _, l := range q.waiting() {
			for _, a := range late {
				for _, id := range l.exchanges {
					if a.Exchange == id && !l.over && a.Outcome != initiator.Malformed {
						s.learn(l, initiator.Exchange{ID: id, Offer: l.offer, Outcome: a.Outcome, Group: a.Group, Suite: a.Suite})
						s.journal.Late(a)
					}
				}
			}
		}
		all = append(all, q.waiting()...)
	}
	return all
}

// judge decides what it means that q has no answer.
func (s *scan) judge(ctx context.Context, q *question) {
	if s.refusesLike(ctx, q) {
		q.answer.State, q.over = matrix.Refused, true
		return
	}
	parts, ok := s.readable(ctx, q)
	if len(parts) > 0 {
		q.parts = parts
		return
	}
	q.over = true
	if ok && q.errors == 0 && s.learnRefusal(ctx).How == gateway.DropsRefused {
		q.answer.State = matrix.Refused
		s.gateway.Learn(func(k *gateway.Known) {
			k.Refusal.Counts++
			k.Refusal.Tries += q.silent
		})
	}
}
