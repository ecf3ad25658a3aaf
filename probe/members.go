package probe

import (
	"context"
	"slices"

	"github.com/ikescope/ikescope/probe/evidence"
	"github.com/ikescope/ikescope/probe/initiator"
	"github.com/ikescope/ikescope/probe/internal/gateway"
	"github.com/ikescope/ikescope/probe/internal/offers"
	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/matrix"
)

// weakest is a suite that no gateway should accept any more, and weakSuites are
// those like it.
const (
	weakest    = "3des-sha1-prfsha1-modp1024"
	weakSuites = "3des-aes128-aes256-sha1-md5-prfsha1-prfmd5-modp1024-modp768-modp1536"
)

func weakestSuite() proposals.Suite {
	suite, _ := offers.MustParse(weakest)[0].First()
	return suite
}

// watch asks for weak suites, and if it takes some for the weakest. If the gateway
// refuses them they go with what is asked from then on: another gateway at the address that takes any is seen by
// its answer.
func (s *scan) watch(ctx context.Context) {
	if known := s.gateway.Now(); known.Oracle != gateway.ByForeignKE || known.Watched || s.over(ctx) {
		return
	}
	s.gateway.Learn(func(k *gateway.Known) { k.Watched = true })
	for _, suites := range []string{weakSuites, weakest} {
		var weak []proposals.Product
		for _, p := range offers.MustParse(suites) {
			for _, asked := range s.universe().Products() {
				if both, ok := p.Intersect(asked); ok {
					weak = append(weak, both)
				}
			}
		}
		if len(weak) == 0 {
			return
		}
		switch a := s.sound(ctx, s.offering(ctx, weak)); {
		case a.Outcome == initiator.NoProposalChosen,
			a.Outcome == initiator.NoAnswer && s.learnRefusal(ctx).How == gateway.DropsRefused:
			s.result.Weak = weak
			s.gateway.Learn(func(k *gateway.Known) { k.Weak = weak })
			return
		case !a.Taken():
			return
		}
	}
}

// askWatching asks an offer with the weak suites beside it. It reports false if
// that says nothing of the offer.
func (s *scan) askWatching(ctx context.Context, purpose evidence.Purpose, offer []proposals.Product) (initiator.Answer, bool) {
	sent, method, ok := s.gateway.Now().Watching(offer)
	if !ok {
		return initiator.Answer{}, false
	}
	a := s.init(ctx, s.main, purpose, sent, method)
	if !a.Taken() || a.Outcome == initiator.InvalidKEPayload && proposals.HasKeyExchange(offer, a.Group) ||
		a.Outcome == initiator.Accepted && slices.ContainsFunc(offer, func(p proposals.Product) bool { return p.Contains(*a.Suite) }) {
		return a, true
	}
	s.seen(a.Exchange)
	return initiator.Answer{}, false
}

// seen notes an exchange in which weak suites were taken that were refused.
func (s *scan) seen(x initiator.Exchange) {
	suite := weakestSuite()
	if x.Suite != nil {
		suite = *x.Suite
	}
	s.findings.Doubt(evidence.DoubtSeveral, &suite, x.ID)
	s.gateway.Learn(func(k *gateway.Known) { k.Weak = nil })
}

// mostAmongSeveral is how many exchanges there are at most after several gateways
// were seen to answer, and not alike: what they accept together is not found out by
// more.
const mostAmongSeveral = 300

// askedSeveral reports whether several gateways were asked enough.
func (s *scan) askedSeveral() bool {
	first, ok := s.findings.FirstOf(evidence.DoubtSeveral)
	return ok && s.journal.Count() > first+mostAmongSeveral
}

// fewFlows is how many flows ask for the weak suites at least, and fewTaken how many
// questions are answered yes; otherFlows is how many there are at most that do nothing
// else. In a short scan a gateway that accepts weak suites, or nothing, may give a tenth
// of the answers and none of those that show it.
const (
	fewFlows   = 24
	fewTaken   = 32
	otherFlows = 5
)

// lookAround asks the weak suites where another gateway may answer: at the other
// port of the gateway, and from other ports of ours, if few have asked yet. There common
// suites that were refused go with them, or one that is accepted: another gateway may
// have given these answers, or give others.
func (s *scan) lookAround(ctx context.Context) {
	weak := s.result.Weak
	method, ok := offers.ForeignMethod(weak)
	if len(weak) == 0 || !ok || s.over(ctx) || s.findings.IsDoubted(evidence.DoubtSeveral) ||
		s.gateway.Now().Refusal.How == gateway.DropsRefused { // which says nothing of who is there
		return
	}
	known := s.gateway.Now()
	ask := func(t initiator.Transport, beside []proposals.Product) {
		offer, m, ok := known.WithWeak(beside, weak)
		if len(beside) == 0 || !ok {
			offer, m, beside = weak, method, nil
		}
		a := s.insist(ctx, func() initiator.Answer { return s.init(ctx, t, evidence.PurposeControl, offer, m) })
		if a.Taken() && evidence.Meaning(beside, a.Exchange).State == matrix.NoAnswer {
			s.seen(a.Exchange)
		}
	}
	for _, p := range s.result.Paths {
		if p.State == initiator.PathAnswers && p.Transport != s.main {
			ask(p.Transport, nil)
		}
	}
	if s.Source.Port() != 0 {
		return
	}
	asked := s.result
	asked.Exchanges = s.journal.Since(0)
	taken := 0
	for _, x := range asked.Exchanges {
		if x.Taken() {
			taken++
		}
	}
	besides := [2][]proposals.Product{known.RefusedOf(s.result.Matrix, offers.MustParse(offers.Greeting))}
	if suite, ok := evidence.ObservedSuite(s.result.Matrix); ok {
		besides[1] = []proposals.Product{suite.Product()}
	}
	for i := range min(max(fewFlows-evidence.CountWatched(asked, weakestSuite()), fewTaken-taken), otherFlows) {
		if i%2 == 0 && len(besides[0]) > 0 {
			ask(s.main, besides[0])
		} else {
			ask(s.main, besides[1])
		}
	}
}
