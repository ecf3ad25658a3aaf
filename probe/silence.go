package probe

import (
	"context"
	"math"
	"slices"
	"time"

	"github.com/ikescope/ikescope/proposals"
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

// odds counts the requests that were answered at last, and how often they were
// sent for that: how often a request that would be answered is lost.
type odds struct{ sent, answered int }

// add counts an exchange that was answered.
func (o *odds) add(x Exchange) {
	if x.Outcome == NoAnswer {
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
		if done || s.insist(ctx, s.control).Outcome == NotTried {
			return
		}
	}
}

func (s *scan) enough() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.odds.enough()
}

// settle asks what has no answer again, control offers in between, until it is
// known what that means.
func (s *scan) settle(ctx context.Context, questions []*question) {
	seen := s.pose(ctx, questions)
	for {
		waiting := s.waiting(questions)
		if name, n := s.onlyError(); n >= maxOnlyErrors {
			return
		} else if name != "" {
			// It does not come to the proposals, and would not if asked again.
			waiting = slices.DeleteFunc(waiting, func(q *question) bool { q.over = q.errors > 0; return q.over })
		}
		if len(waiting) == 0 {
			return
		}
		absent := false
		if !seen {
			if seen, absent = s.await(ctx); !seen {
				return
			}
		}
		if !s.refusesAloud() {
			s.measure(ctx)
		}
		enough := s.enough()
		for _, q := range waiting {
			switch {
			case absent:
				q.silent = 0 // it was not there to answer
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
	late := s.conn.late()
	for _, q := range questions {
		for _, l := range q.waiting() {
			for _, a := range late {
				for _, id := range l.exchanges {
					if a.exchange == id && !l.over {
						s.learn(l, Exchange{ID: id, Offer: l.offer, Outcome: a.outcome, Group: a.group, Suite: a.suite}, nil)
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
		q.answer.State, q.over = proposals.Refused, true
		return
	}
	parts, ok := s.readable(ctx, q)
	if len(parts) > 0 {
		q.parts = parts
		return
	}
	q.over = true
	if ok && q.errors == 0 && s.learnRefusal(ctx).how == dropsRefused {
		q.answer.State = proposals.Refused
		s.refusal.counts++
		s.refusal.tries += q.silent
	}
}

// Waits for a gateway that does not answer its control offer. strongSwan
// forgets half-open IKE SAs after 30 seconds.
const (
	firstWait  = time.Second
	longWait   = 16 * time.Second
	maxAbsence = 20
)

// await reports whether the control offer is answered, and waits for it a
// while: a gateway that limits its rate, or blocks an address, answers again
// later. It also reports whether the gateway was absent.
func (s *scan) await(ctx context.Context) (present, absent bool) {
	if s.gone {
		return false, true
	}
	for wait := firstWait; ; wait *= 2 {
		a := s.insist(ctx, s.control)
		if a.Outcome == NotTried {
			return false, absent
		}
		if s.controlTaken && a.Outcome == NoProposalChosen {
			s.controlTaken = false
			s.startAgain("The gateway refused what it had taken before: its policy changed.")
			return false, absent
		}
		if isIKEv2(a.Outcome) {
			return true, absent
		}
		if !absent {
			absent = true
			s.absences++
		}
		if wait > longWait || s.absences > maxAbsence {
			s.gone = true
			s.note("The gateway stopped answering, and did not come back while the scan waited.")
			return false, true
		}
		s.note("The gateway stopped answering for a while, and the scan waited for it.")
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return false, true
		}
	}
}

// insist asks the offer until there is an answer or enough silence.
func (s *scan) insist(ctx context.Context, offer []proposals.Product) answer {
	return s.until(ctx, func() answer { return s.ask(ctx, forControl, offer) })
}

// until asks until there is an answer or enough silence.
func (s *scan) until(ctx context.Context, ask func() answer) answer {
	for silent := 0; ; {
		a := ask()
		if a.Outcome == NoAnswer && ctx.Err() != nil {
			return answer{}
		}
		if a.Outcome != NoAnswer {
			s.lost(silent)
			return a
		}
		if silent += a.Tries; silent >= s.enough() || a.Tries == 0 {
			return a
		}
	}
}

// sound offers products that nothing is known of, and returns what surely does.
func (s *scan) sound(ctx context.Context, offer []proposals.Product) answer {
	return s.surely(ctx, func() answer { return s.ask(ctx, forControl, offer) })
}

// surely asks until there is an answer, or the silence of a gateway that is
// there. The outcome is NotTried if that cannot be told.
func (s *scan) surely(ctx context.Context, ask func() answer) answer {
	for {
		a := s.until(ctx, ask)
		if a.Outcome != NoAnswer {
			return a
		}
		switch present, absent := s.await(ctx); {
		case !present:
			return answer{}
		case !absent:
			return a
		}
	}
}
