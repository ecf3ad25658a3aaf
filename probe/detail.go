package probe

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/keyexchange"
	"github.com/ikescope/ikescope/ike/keymat"
	"github.com/ikescope/ikescope/proposals"
)

// orderLength is how many key exchange methods of the gateway's order are
// found: each costs an exchange.
const orderLength = 5

// detail learns what only an accepted answer tells: the suite that the gateway
// prefers, what it supports, and NAT detection on each path.
func (s *scan) detail(ctx context.Context) {
	offer := s.closable()
	if len(offer) == 0 {
		if s.result.Matrix.Accepted > 0 && ctx.Err() == nil {
			s.note("Every accepted suite needs algorithms that this scanner cannot compute; no IKE SA was begun, so NAT detection and extensions are not known.")
		}
		return
	}
	method := s.preference(ctx, offer)
	for _, p := range s.result.Paths {
		if p.State != PathAnswers || ctx.Err() != nil {
			continue
		}
		a := s.init(ctx, p.Transport, forDetail, offer, method)
		if a.Outcome == InvalidKEPayload && keyexchange.Supported(a.Group) && offers(offer, a.Group) {
			a = s.init(ctx, p.Transport, forDetail, offer, a.Group)
		}
		if a.Outcome != Accepted {
			s.note("The offer of what was found acceptable ended with %s over %s (exchange %d).", a.Outcome, p.Transport, a.ID)
			continue
		}
		s.describe(a)
		s.detectNAT(a)
		if pref := s.result.Preference; pref.Suite == nil {
			pref.Suite = a.Suite
			pref.Evidence = append(pref.Evidence, a.ID)
		}
	}
}

// Of the offer that asks for an accepted answer: the most transforms of a type
// and octets, and the most octets of a public value, so that any of them fits
// the datagram.
const (
	closableTransforms = 15
	closableOctets     = 540
	closablePublic     = 512
)

// closable returns what of the accepted products fits an offer, and can be
// computed so that the IKE SA can be closed again.
func (s *scan) closable() []proposals.Product {
	room, public := closableOctets, closablePublic
	if s.limit > 0 {
		public = 256
		room = min(room, s.limit-requestOctets(nil, ike.KE_MODP_2048))
	}
	var offer []proposals.Product
	for _, r := range s.result.Matrix.Products {
		p := r.Product
		p[proposals.KE] = slices.DeleteFunc(slices.Clone(p[proposals.KE]), func(a proposals.Algorithm) bool {
			m := ike.KeyExchangeMethod(a.ID)
			n, _, _ := keyexchange.Sizes(m)
			return !keyexchange.Supported(m) || n > public
		})
		p[proposals.ENCR] = slices.DeleteFunc(slices.Clone(p[proposals.ENCR]), func(a proposals.Algorithm) bool {
			return !keymat.Supported(transformsOf(a, p))
		})
		for a, list := range p {
			p[a] = list[:min(len(list), closableTransforms)]
		}
		if p.Size() == 0 {
			continue
		}
		offer = append(offer, p)
	}
	for octetsOf(offer) > room {
		longest := slices.MaxFunc(offer, func(p, q proposals.Product) int { return p.Octets() - q.Octets() })
		i := slices.IndexFunc(offer, func(p proposals.Product) bool { return p.Octets() == longest.Octets() })
		if first, rest := halve(offer[i : i+1]); rest != nil {
			offer[i] = first[0]
		} else {
			offer = slices.Delete(offer, i, i+1)
		}
	}
	return offer
}

// transformsOf returns the cipher encr with the first other algorithms of p.
func transformsOf(encr proposals.Algorithm, p proposals.Product) keymat.Transforms {
	t := keymat.Transforms{Encr: ike.EncryptionID(encr.ID), KeyBits: int(encr.KeyBits), PRF: ike.PRFID(p[proposals.PRF][0].ID)}
	if len(p[proposals.INTEG]) > 0 {
		t.Integ = ike.IntegrityID(p[proposals.INTEG][0].ID)
	}
	return t
}

// preference finds the gateway's order of key exchange methods, by taking
// away the one that it chose and asking again, and returns the first.
func (s *scan) preference(ctx context.Context, offer []proposals.Product) ike.KeyExchangeMethod {
	pref := &Preference{}
	s.result.Preference = pref
	methods := methodsOf(offer)
	first := methods[0]
	if s.way == byOwnKE {
		return first
	}
	left := offer
	for len(pref.KE) < orderLength && len(methods) > len(pref.KE) {
		g, id, ok := s.choice(ctx, left)
		if !ok {
			break
		}
		pref.KE = append(pref.KE, g)
		pref.Evidence = append(pref.Evidence, id)
		left = without(left, g)
	}
	var accepted []proposals.Product
	for _, r := range s.result.Matrix.Products {
		accepted = append(accepted, r.Product)
	}
	pref.KEComplete = len(pref.KE) == len(methodsOf(accepted))
	if len(pref.KE) == 0 {
		return first
	}
	if len(pref.KE) > 1 {
		// Whose order is it? Ask with ours turned round.
		if g, id, ok := s.choice(ctx, preferring(offer, pref.KE[len(pref.KE)-1])); ok {
			pref.Evidence = append(pref.Evidence, id)
			switch g {
			case pref.KE[0]:
				pref.Decides = "gateway"
			case pref.KE[len(pref.KE)-1]:
				pref.Decides = "initiator"
			}
		}
	}
	return pref.KE[0]
}

// choice returns the method that the gateway would choose from offer.
func (s *scan) choice(ctx context.Context, offer []proposals.Product) (ike.KeyExchangeMethod, int, bool) {
	if len(offer) == 0 {
		return 0, 0, false
	}
	a := s.ask(ctx, forDetail, offer)
	return a.Group, a.ID, a.Outcome == InvalidKEPayload && offers(offer, a.Group)
}

// without returns offer with the method m taken away.
func without(offer []proposals.Product, m ike.KeyExchangeMethod) []proposals.Product {
	var out []proposals.Product
	for _, p := range offer {
		p[proposals.KE] = slices.DeleteFunc(slices.Clone(p[proposals.KE]), func(a proposals.Algorithm) bool { return a.ID == uint16(m) })
		if len(p[proposals.KE]) > 0 {
			out = append(out, p)
		}
	}
	return out
}

// preferring returns offer with the method m before the others, and the
// products that hold it before those that do not.
func preferring(offer []proposals.Product, m ike.KeyExchangeMethod) []proposals.Product {
	rank := func(a proposals.Algorithm) int {
		if a.ID == uint16(m) {
			return 0
		}
		return 1
	}
	out := slices.Clone(offer)
	for i := range out {
		list := slices.Clone(out[i][proposals.KE])
		slices.SortStableFunc(list, func(a, b proposals.Algorithm) int { return rank(a) - rank(b) })
		out[i][proposals.KE] = list
	}
	slices.SortStableFunc(out, func(p, q proposals.Product) int { return rank(p[proposals.KE][0]) - rank(q[proposals.KE][0]) })
	return out
}

// describe adds what an accepted answer says of the gateway.
func (s *scan) describe(a answer) {
	g := s.result.Gateway
	if g == nil {
		g = &Gateway{}
		s.result.Gateway = g
	}
	g.Evidence = append(g.Evidence, a.ID)
	for _, p := range a.message.Payloads {
		switch p := p.(type) {
		case *ike.VendorID:
			if !slices.ContainsFunc(g.VendorIDs, func(v []byte) bool { return bytes.Equal(v, p.Data) }) {
				g.VendorIDs = append(g.VendorIDs, p.Data)
			}
		case *ike.CertReq:
			g.Authorities = max(g.Authorities, len(p.Hashes()))
		case *ike.Notify:
			if !p.Notification.IsError() && !slices.Contains(g.Notifies, p.Notification) {
				g.Notifies = append(g.Notifies, p.Notification)
			}
			if hashes, ok := p.SignatureHashes(); ok {
				g.SignatureHashes = hashes
			}
			if to, ok := p.Redirect(); ok {
				g.Redirect = printable(to.String())
			}
		}
	}
	slices.SortFunc(g.Notifies, func(a, b ike.NotifyType) int { return cmp.Compare(a, b) })
}

// printable escapes what a terminal should not get to see.
func printable(s string) string {
	var b strings.Builder
	for _, r := range s {
		if unicode.IsGraphic(r) && r != unicode.ReplacementChar {
			b.WriteRune(r)
		} else {
			fmt.Fprintf(&b, `\u%04x`, r)
		}
	}
	return b.String()
}
