package probe

import (
	"cmp"
	"context"
	"net"
	"slices"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/probe/evidence"
	"github.com/ikescope/ikescope/probe/identity"
	"github.com/ikescope/ikescope/probe/initiator"
	"github.com/ikescope/ikescope/probe/internal/closing"
	"github.com/ikescope/ikescope/probe/internal/session"
	"github.com/ikescope/ikescope/proposals"
)

// identify asks the gateway who it is, with one suite of each product that it
// accepts.
func (s *scan) identify(ctx context.Context) {
	if s.Identity == identity.Off || s.gateway.Now().Gone || s.result.Matrix == nil {
		return
	}
	var suites []proposals.Suite
	hybrid := 0
	for _, r := range s.result.Matrix.Products {
		plain, ok := withoutAdditional(r.Product)
		if !ok {
			hybrid++
			continue
		}
		for _, p := range closing.Offer([]proposals.Product{plain}, closableOctets, closing.MostPublic) {
			suites = append(suites, s.usual(p))
		}
	}
	if len(suites) == 0 && hybrid == 0 {
		return
	}
	host := cmp.Or(s.HostName, hostOf(s.target.Name))
	asker := identity.Asker{Gateway: sas{s}, Host: host, Methods: s.Identity == identity.Full, Brief: s.Identity == identity.Brief,
		Name: host, Roots: s.Roots, WarnDays: s.WarnDays, Staple: s.Staple}
	s.result.Identity = asker.Ask(ctx, suites)
	s.result.Identity.Hybrid = hybrid
}

// usual returns the suite of p that most clients have first in common with it, or the
// first.
func (s *scan) usual(p proposals.Product) proposals.Suite {
	usual, _ := p.First()
	count := make(map[proposals.Suite]int)
	for _, o := range s.Offers {
		for _, offered := range o.Offer {
			common, ok := p.Intersect(offered)
			if !ok {
				continue
			}
			suite, _ := common.First()
			if count[suite]++; count[suite] > count[usual] {
				usual = suite
			}
			break
		}
	}
	return usual
}

// withoutAdditional returns the suites of p without an additional key exchange, which
// would have to be done before IKE_AUTH (RFC 9370); false if there are none.
func withoutAdditional(p proposals.Product) (proposals.Product, bool) {
	for axis := proposals.ADDKE1; axis < proposals.NumAxes; axis++ {
		if len(p[axis]) > 0 {
			p[axis] = slices.DeleteFunc(slices.Clone(p[axis]), func(a proposals.Algorithm) bool { return a.ID != 0 })
			if len(p[axis]) == 0 {
				return p, false
			}
		}
	}
	return p, true
}

// sas opens IKE SAs for the questions of package identity.
type sas struct{ *scan }

// Open implements [identity.Gateway].
func (s sas) Open(ctx context.Context, suite proposals.Suite, without []ike.NotifyType, use func(identity.SA, func([]ike.Payload) identity.Answer)) identity.Opened {
	o := initiator.Offer{Transport: s.main, Products: []proposals.Product{suite.Product()}, KE: ike.KeyExchangeMethod(suite[proposals.KE].ID), Without: without}
	out := identity.Opened{Closed: true}
	used := false
	a := s.initiateAnd(ctx, evidence.PurposeIdentity, o, func(in *session.Session) func(bool) {
		used = true
		sa := identity.SA{Exchange: in.Answer.ID, Keys: in.Keys, Init: in.Answer.Octets, Nonce: in.Opened.Nonce(), Opening: in.Answer.Request}
		if nonce, ok := ike.Find[*ike.Nonce](in.Answer.Message); ok {
			sa.PeerNonce = nonce.Data
		}
		use(sa, func(p []ike.Payload) identity.Answer {
			return in.Ask(ctx, p)
		})
		return func(yes bool) { out.Closed, out.AnswerLost = yes, in.AnswerLost() }
	})
	if a.Outcome == initiator.Accepted && !used {
		out.Closed = false // it has no keys to close it with
	}
	if a.Outcome != initiator.NotTried {
		out.Exchange = a.ID
	}
	return out
}

// hostOf returns the host name in a target as the user wrote it, "" if that is an
// address.
func hostOf(target string) string {
	if host, _, err := net.SplitHostPort(target); err == nil {
		target = host
	}
	if !identity.IsHostName(target) {
		return ""
	}
	return target
}
