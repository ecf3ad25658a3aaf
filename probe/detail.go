package probe

import (
	"cmp"
	"context"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/keyexchange"
	"github.com/ikescope/ikescope/ike/printable"
	"github.com/ikescope/ikescope/probe/evidence"
	"github.com/ikescope/ikescope/probe/initiator"
	"github.com/ikescope/ikescope/probe/internal/closing"
	"github.com/ikescope/ikescope/probe/internal/gateway"
	"github.com/ikescope/ikescope/proposals"
)

// detail learns what only an accepted answer shows: the suite that the gateway
// prefers, what it supports, and NAT detection on each path.
func (s *scan) detail(ctx context.Context) {
	defer s.closing.Wait()
	if s.gateway.Now().Gone {
		return
	}
	offer := s.closable()
	if len(offer) == 0 {
		if s.result.Matrix.Accepted > 0 && ctx.Err() == nil {
			s.journal.Note(evidence.Note{Kind: evidence.NoteNothingClosable})
		}
		return
	}
	s.preference(ctx)
	method := proposals.KeyExchangeMethods(offer)[0]
	if suite := s.result.Preference.Suite; suite != nil {
		offer = []proposals.Product{suite.Product()}
		method = ike.KeyExchangeMethod(suite[proposals.KE].ID)
	}
	for _, p := range s.result.Paths {
		if p.State != initiator.PathAnswers || ctx.Err() != nil || s.gateway.Now().Described[p.Transport] {
			continue
		}
		a := s.init(ctx, p.Transport, evidence.PurposeDetail, offer, method)
		if a.Outcome == initiator.InvalidKEPayload && keyexchange.Supported(a.Group) && proposals.HasKeyExchange(offer, a.Group) {
			a = s.init(ctx, p.Transport, evidence.PurposeDetail, offer, a.Group)
		}
		switch a.Outcome {
		case initiator.Accepted:
		case initiator.NotTried:
			continue // a note says why
		default:
			s.journal.Note(evidence.Note{Kind: evidence.NoteDetailFailed, Outcome: a.Outcome, Transport: p.Transport, Exchanges: []int{a.ID}})
			continue
		}
		s.describe(a)
		if pref := s.result.Preference; pref.Suite == nil {
			pref.Suite = a.Suite
			pref.Evidence = append(pref.Evidence, a.ID)
		}
	}
}

// closableOctets is the most octets of an offer that asks for an accepted answer, so
// that any public value fits the datagram with it.
const closableOctets = 540

// closable returns what of the accepted products fits an offer, and can be
// computed so that the IKE SA can be closed again.
func (s *scan) closable() []proposals.Product {
	known := s.gateway.Now()
	octets, public := closableOctets, closing.MostPublic
	if known.Limit > 0 {
		public = 256
		octets = min(octets, known.Limit-gateway.Overhead(ike.KE_MODP_2048))
	}
	var accepted []proposals.Product
	for _, r := range s.result.Matrix.Products {
		accepted = append(accepted, r.Product)
	}
	offer := closing.Offer(accepted, octets, public)
	if known.ReadsLess(offer) {
		suite, _ := offer[0].First()
		return []proposals.Product{suite.Product()}
	}
	return offer
}

// describe adds what an accepted answer says of the gateway, and of NAT.
func (s *scan) describe(a initiator.Answer) {
	s.gateway.AddDescribed(a.Transport)
	if s.result.NAT == nil {
		s.result.NAT, s.result.Gateway = &evidence.NAT{Local: a.Local}, cmp.Or(s.result.Gateway, &evidence.Gateway{})
	}
	s.result.NAT.Add(a, s.conn.Remote(a.Transport), s.Outside)
	s.result.Gateway.Add(a)
}

// describeRedirect adds where a REDIRECT points.
func (s *scan) describeRedirect(a initiator.Answer) {
	n, _ := a.Message.Notify(ike.REDIRECT)
	to, ok := n.Redirect()
	if !ok {
		return
	}
	if s.result.Gateway == nil {
		s.result.Gateway = &evidence.Gateway{}
	}
	s.result.Gateway.Redirect = printable.Text(to.String())
	s.result.Gateway.Evidence = append(s.result.Gateway.Evidence, a.ID)
}
