package probe

import (
	"context"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/ikescope/ikescope/probe/evidence"
	"github.com/ikescope/ikescope/probe/initiator"
	"github.com/ikescope/ikescope/probe/internal/gateway"
	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/matrix"
)

// Bounds on how each of several gateways at the address is asked.
const (
	// memberTries is how often an offer is asked until the gateway in question
	// answers it. One miss ends the search, which asks dozens of offers: a gateway
	// that gives three of ten answers misses so many in one search of a million.
	memberTries = 50
	// mostForMembers is how many exchanges that takes at most, for all of them.
	mostForMembers = 600
	// memberTime is until when after the start of the scan they are asked, where
	// answers contradict each other.
	memberTime = 25 * time.Second
)

// askMembers asks each of several gateways at the address until its own answers
// decide all suites, if they can be told apart by the answers that this takes:
// errors, whose responder SPIs differ.
func (s *scan) askMembers(ctx context.Context) {
	members := evidence.Members(s.journal.Since(0))
	known := s.gateway.Now()
	if len(members) < 2 || members[0].Look.ErrorSPI == evidence.ErrorSPIUnseen ||
		known.Oracle != gateway.ByForeignKE || known.Hollow != 0 || known.Gone {
		return
	}
	// Answers that deny each other are of several gateways, and no disorder.
	s.disorder.Forget()
	s.apart.Store(true)
	defer func() {
		s.disorder.Forget()
		s.apart.Store(false)
	}()
	most := s.journal.Count() + mostForMembers
	for _, m := range members {
		var missed atomic.Bool // it does not answer, or not often enough
		s.decided[m.Look] = s.memberPlanner(m.Look, func(offers []matrix.Offer) []matrix.Answer {
			answers := make([]matrix.Answer, len(offers))
			var asking errgroup.Group
			asking.SetLimit(s.inFlight())
			for i, o := range offers {
				asking.Go(func() error {
					if !missed.Load() {
						answers[i] = s.askMember(ctx, m.Look, o.Products, most)
					}
					if answers[i].State == matrix.NotTested {
						missed.Store(true)
					}
					return nil
				})
			}
			_ = asking.Wait() // what it runs returns no error
			return answers
		}).Run()
	}
}

// askMember asks an offer until the gateway whose answers look so answers. The
// state is NotTested if it does not.
func (s *scan) askMember(ctx context.Context, look evidence.Look, offer []proposals.Product, most int) matrix.Answer {
	known := s.gateway.Now()
	sent, method, ok := known.Payload(offer)
	if !ok || len(known.Divide(offer)) > 0 {
		return matrix.Answer{}
	}
	flow := evidence.FlowOf(s.journal.Since(0), look)
	for range memberTries {
		late := s.findings.IsDoubted(evidence.DoubtSeveral) && time.Since(s.result.Started) >= memberTime
		if s.over(ctx) || late || s.journal.Count() >= most {
			break
		}
		asked := initiator.Offer{Transport: s.main, Products: sent, KE: method, Flow: flow}
		if watching, its, ok := s.gateway.Now().Watching(offer); ok {
			asked.Products, asked.KE = watching, its
		}
		a := s.initiate(ctx, evidence.PurposeMatrix, asked)
		if a.Outcome == initiator.NotTried {
			break
		}
		if a.Taken() && evidence.Meaning(offer, a.Exchange).State == matrix.NoAnswer {
			s.seen(a.Exchange) // whoever takes weak suites
			continue           // by the same flow, without these
		} else if a.Conflict == initiator.NotTried && evidence.LookOf(a) == look {
			if answer := evidence.Meaning(offer, a.Exchange); answer.State != matrix.NoAnswer {
				return answer
			}
		}
		flow = 0
	}
	return matrix.Answer{}
}

// memberMatrix returns what the answers of one of several gateways decide. What it was
// asked by itself may have decided more than a planner finds again that begins with
// all of its answers: that stands, unless one of these denies it.
func (s *scan) memberMatrix(m evidence.Member) *matrix.Matrix {
	all := s.memberPlanner(m.Look, func(offers []matrix.Offer) []matrix.Answer { return make([]matrix.Answer, len(offers)) }).Run()
	own := s.decided[m.Look]
	if all.Proven || own == nil || !own.Proven {
		return all
	}
	its := evidence.Result{Matrix: own}
	for _, x := range s.result.Exchanges {
		if x.Look == m.Look {
			its.Exchanges = append(its.Exchanges, x)
		}
	}
	if len(evidence.Contradictions(its)) > 0 {
		return all
	}
	return own
}

// memberPlanner returns a planner that goes on from what the answers of one of
// several gateways decide, without those of the others.
func (s *scan) memberPlanner(look evidence.Look, ask func([]matrix.Offer) []matrix.Answer) matrix.Planner {
	p := s.planner(ask)
	known := s.gateway.Now()
	p.Limits.Transforms, p.Limits.Proposals = known.Reads.Transforms, known.Reads.Proposals
	p.Prior = evidence.AskedOf(s.journal.Since(0), look, known.Hollow == 0)
	return p
}

// mostLooks is how often a suite is asked again at most, by each transport, where
// accepted answers differ.
const mostLooks = 6

// lookAgain asks an accepted suite again, where accepted answers differ, until it is
// clear whether several gateways give them, or what one has to say was changed.
func (s *scan) lookAgain(ctx context.Context) {
	p := s.result.Preference
	for range mostLooks {
		_, unclear := evidence.Signs(s.journal.Since(0), s.inside.Until(ctx))
		if !unclear || p == nil || p.Suite == nil {
			break
		}
		suite := *p.Suite
		for _, p := range s.result.Paths {
			if p.State == initiator.PathAnswers && !s.over(ctx) {
				s.init(ctx, p.Transport, evidence.PurposeDetail, []proposals.Product{suite.Product()}, proposals.MethodOf(suite[proposals.KE]))
			}
		}
	}
	s.closing.Wait()
}
