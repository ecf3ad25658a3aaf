package probe

import (
	"context"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/probe/initiator"
	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/matrix"
)

// weakest is a suite that no gateway should accept any more, and weakSuites are
// those like it.
const (
	weakest    = "3des-sha1-prfsha1-modp1024"
	weakSuites = "3des-aes128-aes256-sha1-md5-prfsha1-prfmd5-modp1024-modp768-modp1536"
)

// watch asks for weak suites, and if it takes some for the weakest. If the gateway
// refuses them they go with what is asked from then on: another gateway at the address that takes any is seen by
// its answer.
func (s *scan) watch(ctx context.Context) {
	if known := s.gateway.now(); known.oracle != byForeignKE || known.watched || s.over(ctx) {
		return
	}
	s.gateway.learn(func(k *knowledge) { k.watched = true })
	for _, suites := range []string{weakSuites, weakest} {
		var weak []proposals.Product
		for _, p := range mustParse(suites) {
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
		case a.Outcome == initiator.NoProposalChosen:
			s.result.Weak = weak
			s.gateway.learn(func(k *knowledge) { k.weak = weak })
			return
		case !isTaken(a.Exchange):
			return
		}
	}
}

// watching returns an offer with the weak suites beside it, and the method of its
// KE payload. It reports false if they cannot be told from the offer by their
// methods, or the request would be longer than what was answered before.
func (k knowledge) watching(offer []proposals.Product) ([]proposals.Product, ike.KeyExchangeMethod, bool) {
	if len(k.weak) == 0 || k.oracle != byForeignKE || len(offer) == 0 {
		return nil, 0, false
	}
	if _, many := offer[0].First(); len(offer) == 1 && many == proposals.NumAxes {
		return nil, 0, false // it is asked about alone
	}
	theirs := proposals.KeyExchangeMethods(offer)
	var beside []proposals.Product
	for _, p := range k.weak {
		p[proposals.KE] = slices.DeleteFunc(slices.Clone(p[proposals.KE]), func(a proposals.Algorithm) bool {
			return slices.Contains(theirs, proposals.MethodOf(a))
		})
		if p.Size() > 0 {
			beside = append(beside, p)
		}
	}
	if len(beside) == 0 {
		return nil, 0, false
	}
	sent := append(slices.Clone(offer), beside...)
	method, ok := foreign(sent)
	return sent, method, ok && k.requestOctets(sent, method) <= k.longest
}

// askWatching asks an offer with the weak suites beside it. It reports false if
// that says nothing of the offer.
func (s *scan) askWatching(ctx context.Context, purpose Purpose, offer []proposals.Product) (initiator.Answer, bool) {
	sent, method, ok := s.gateway.now().watching(offer)
	if !ok {
		return initiator.Answer{}, false
	}
	a := s.init(ctx, s.main, purpose, sent, method)
	if !isTaken(a.Exchange) || a.Outcome == initiator.InvalidKEPayload && proposals.HasKeyExchange(offer, a.Group) ||
		a.Outcome == initiator.Accepted && slices.ContainsFunc(offer, func(p proposals.Product) bool { return p.Contains(*a.Suite) }) {
		return a, true
	}
	s.seen(a.Exchange)
	return initiator.Answer{}, false
}

// seen notes an exchange in which weak suites were taken that were refused.
func (s *scan) seen(x initiator.Exchange) {
	suite, err := proposals.ParseSuite(weakest)
	if err != nil {
		panic("probe: internal error: " + err.Error())
	}
	if x.Suite != nil {
		suite = *x.Suite
	}
	s.findings.doubt(DoubtSeveral, &suite, x.ID)
	s.gateway.learn(func(k *knowledge) { k.weak = nil })
}

// otherFlows is how many further ports of ours a question goes out from: a
// gateway that shares its address with others may be chosen by them.
const otherFlows = 4

// flowsAtATime bounds how many of them are asked at once: strongSwan begins to ask
// for cookies at three requests at work.
const flowsAtATime = 2

// lookAround asks the weak suites where another gateway may answer: at the other
// port of the gateway, and from other ports of ours.
func (s *scan) lookAround(ctx context.Context) {
	weak := s.result.Weak
	method, ok := foreign(weak)
	if len(weak) == 0 || !ok || s.over(ctx) || s.findings.isDoubted(DoubtSeveral) {
		return
	}
	for _, p := range s.result.Paths {
		if p.State != initiator.PathAnswers || p.Transport == s.main {
			continue
		}
		a := s.insist(ctx, func() initiator.Answer { return s.init(ctx, p.Transport, PurposeControl, weak, method) })
		if isTaken(a.Exchange) {
			s.seen(a.Exchange)
		}
	}
	if s.Source.Port() != 0 {
		return
	}
	costs := make([]initiator.Cost, otherFlows)
	var asking errgroup.Group
	asking.SetLimit(flowsAtATime)
	for i := range otherFlows {
		if s.over(ctx) || !s.begin(PurposeControl) {
			break
		}
		flow, err := initiator.Open(ctx, s.config(s.conn.Reserve()))
		if err != nil {
			s.journal.unbegin()
			break // the port that there is has to do
		}
		asking.Go(func() error {
			if a, ok := s.askFrom(ctx, flow, weak, method); ok && isTaken(a.Exchange) {
				s.seen(a.Exchange)
			}
			costs[i] = flow.Cost()
			if err := flow.Close(); err != nil {
				s.journal.fail(err)
			}
			return nil
		})
	}
	_ = asking.Wait() // what it runs returns no error
	s.flows = append(s.flows, costs...)
}

// askFrom asks an offer that opens nothing from another port of ours.
func (s *scan) askFrom(ctx context.Context, flow *initiator.Conn, offer []proposals.Product, method ike.KeyExchangeMethod) (initiator.Answer, bool) {
	req, err := flow.Init(initiator.Offer{Transport: s.main, Products: offer, KE: method, NoRedirect: s.gateway.now().noRedirect})
	if err != nil {
		s.journal.fail(err)
		return initiator.Answer{}, false
	}
	a := flow.Exchange(ctx, req)
	s.record(req, a, PurposeControl)
	return a, a.Outcome != initiator.NotTried
}

// countWatched returns how many answers would have shown another gateway that
// accepts the weakest suite: those to offers that hold it.
func countWatched(r Result) int {
	suite, err := proposals.ParseSuite(weakest)
	if err != nil {
		panic("probe: internal error: " + err.Error())
	}
	if len(r.Weak) == 0 || r.Matrix == nil {
		return 0
	}
	if state, _ := r.Matrix.State(suite); state != matrix.Refused {
		return 0
	}
	n := 0
	for _, x := range r.Exchanges {
		if !x.Doubtful && x.Type == ike.IKE_SA_INIT && isIKEv2(x.Outcome) &&
			slices.ContainsFunc(x.Offer, func(p proposals.Product) bool { return p.Contains(suite) }) {
			n++
		}
	}
	return n
}

// conclude draws the conclusions from all exchanges: whether they deny what the
// result says, and what it could not see.
func (s *scan) conclude() {
	r := &s.result
	for _, c := range Contradictions(*r) {
		suite := c.Suite
		s.findings.doubt(DoubtContradiction, &suite, append(slices.Clone(c.Evidence[:min(len(c.Evidence), 3)]), c.Exchange)...)
	}
	if m := r.Matrix; m != nil {
		if known := s.gateway.now(); known.noRedirect && !known.taken {
			// It may refuse whoever does not follow.
			s.findings.doubt(DoubtRedirected, nil, r.Gateway.evidence()...)
			r.Matrix = s.untested()
			m = r.Matrix
		}
		for _, c := range m.Contradictions {
			s.findings.doubt(DoubtContradiction, &c.Suite, append(slices.Clone(c.Taken), c.Refused...)...)
		}
		s.doubtHollow(r)
		if m.Accepted == 0 {
			for _, x := range r.Exchanges {
				if x.Type == ike.IKE_SA_INIT && x.Outcome == initiator.Malformed {
					s.findings.doubt(DoubtMalformed, nil, x.ID) // perhaps it accepts that
				}
			}
		}
		for _, x := range r.Exchanges {
			if x.Doubtful && x.Decides == matrix.Refused {
				s.findings.doubt(DoubtForged, nil, x.ID) // another answer said otherwise
			}
		}
		if r.Cost.Retransmits > 0 {
			// Where a true answer is lost a forged one stands alone.
			for _, n := range s.journal.noted() {
				if n.Kind == NoteConflict || n.Kind == NoteForged {
					s.findings.doubt(DoubtForged, nil, n.Exchanges...)
				}
			}
		}
	}
	if ids := s.programs.several(); len(ids) > 0 {
		s.findings.habit(HabitMembers, 0, ids...)
	}
	r.Watched = countWatched(*r)
	r.Doubts, r.Habits = s.findings.all()
	if r.Matrix != nil && len(r.Doubts) > 0 {
		r.Matrix.Proven = false
	}
}

// doubtHollow adds a doubt if the gateway asked for methods and never accepted
// one.
func (s *scan) doubtHollow(r *Result) {
	hollow := s.gateway.now().hollow
	if hollow == 0 {
		return
	}
	for _, x := range r.Exchanges {
		if x.Outcome == initiator.Accepted && x.Type == ike.IKE_SA_INIT {
			return
		}
	}
	s.findings.doubt(DoubtUnredeemed, nil, hollow)
}
