package probe

import (
	"context"
	"slices"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/keyexchange"
	"github.com/ikescope/ikescope/probe/evidence"
	"github.com/ikescope/ikescope/probe/initiator"
	"github.com/ikescope/ikescope/probe/internal/closing"
	"github.com/ikescope/ikescope/probe/internal/gateway"
	"github.com/ikescope/ikescope/probe/internal/offers"
	"github.com/ikescope/ikescope/proposals"
)

// confirm asks about what the matrix says by inference from INVALID_KE_PAYLOAD
// alone: that additional key exchanges are accepted, and that KE payloads of newer
// methods are answered.
func (s *scan) confirm(ctx context.Context) {
	if s.result.Matrix == nil || s.over(ctx) {
		return
	}
	s.confirmAdditional(ctx)
	s.confirmMethods(ctx)
}

// confirmAdditional looks for an accepted answer that names an additional key
// exchange, if any is said to be accepted. Where there is none, it asks for one.
func (s *scan) confirmAdditional(ctx context.Context) {
	for _, x := range s.journal.Since(0) {
		if x.Outcome == initiator.Accepted && x.Suite != nil && x.Taken() && addsKeyExchange(*x.Suite) {
			return
		}
	}
	last := 0
	for _, r := range s.result.Matrix.Products {
		for suite := range r.Product.Suites() {
			if !addsKeyExchange(suite) {
				continue
			}
			method := proposals.MethodOf(suite[proposals.KE])
			if !closing.ComputesSuite(suite) {
				break
			}
			a := s.insist(ctx, func() initiator.Answer {
				return s.init(ctx, s.main, evidence.PurposeDetail, []proposals.Product{suite.Product()}, method)
			})
			if a.Outcome == initiator.NotTried || a.Outcome == initiator.Accepted && a.Taken() {
				return
			}
			last = a.ID
			s.findings.Doubt(evidence.DoubtUnnamed, &suite, last)
			return
		}
	}
}

// addsKeyExchange reports whether s has an additional key exchange.
func addsKeyExchange(s proposals.Suite) bool {
	return slices.ContainsFunc(s[proposals.ADDKE1:], func(a proposals.Algorithm) bool { return !a.IsNone() })
}

// lastWidelyKnown is the newest method that every gateway answers.
const lastWidelyKnown = ike.KE_ECP_521

// confirmMethods sends a KE payload of the newest method that is said to be
// accepted with an offer of another one, which nothing comes of but an answer,
// unless one was answered before.
func (s *scan) confirmMethods(ctx context.Context) {
	suite, ok := evidence.ObservedSuite(s.result.Matrix)
	known := s.gateway.Now()
	if !ok || known.Oracle != gateway.ByForeignKE {
		return
	}
	newest := ike.KE_NONE
	for _, r := range s.result.Matrix.Products {
		for _, m := range proposals.KeyExchangeMethods([]proposals.Product{r.Product}) {
			if public, _, _ := keyexchange.Sizes(m); keyexchange.Supported(m) && public <= closing.MostPublic && m > newest {
				newest = m
			}
		}
	}
	if newest <= lastWidelyKnown || slices.ContainsFunc(s.journal.Since(0), func(x evidence.Exchange) bool { return x.KE >= newest && x.Outcome.IsIKEv2() }) {
		return
	}
	offer := []proposals.Product{suite.Product()}
	if proposals.HasKeyExchange(offer, newest) {
		offer = known.Control // of an older method, or the same
	}
	if proposals.HasKeyExchange(offer, newest) {
		offer = offers.MustParse(weakSuites) // that is answered, too
	}
	a := s.sound(ctx, func() initiator.Answer { return s.init(ctx, s.main, evidence.PurposeControl, offer, newest) })
	if a.Outcome == initiator.NoAnswer {
		s.findings.Doubt(evidence.DoubtDeaf, nil, a.ID)
	}
}
