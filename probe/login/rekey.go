package login

import (
	"bytes"
	"context"
	"fmt"
	"slices"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/matrix"
)

// IKE is what the connection of this login accepts when its IKE SA is rekeyed. In
// IKE_SA_INIT a gateway does not know yet which of its connections a client wants, and
// accepts the suites of all of them.
type IKE struct {
	// Suites is a matrix of [RekeyUniverse], nil if it was not asked about.
	Suites *matrix.Matrix
	// Own is what it says to the suite that the IKE SA has.
	Own matrix.State
	// Questions counts the CREATE_CHILD_SA exchanges.
	Questions int
	// Rekeyed: the gateway says that it set up a new IKE SA, with a key exchange that
	// was not offered. Nobody has its keys, so that it cannot be deleted.
	Rekeyed bool
	// Unasked says why nothing, or not all, was asked; "" if all was.
	Unasked string
}

// RekeyUniverse returns the suites that a login asks about for rekeying: those that a scan
// asks about, but for Curve448, which the KE payload is of. Those with additional key
// exchanges are among them only if hybrid: OpenIKED answers no offer that has any.
func RekeyUniverse(hybrid bool) *matrix.Universe {
	products := matrix.Classical().Products()
	if hybrid {
		products = matrix.Standard().Products()
	}
	for i := range products {
		products[i][proposals.KE] = slices.DeleteFunc(products[i][proposals.KE], func(a proposals.Algorithm) bool {
			return proposals.MethodOf(a) == decoy
		})
	}
	u, err := matrix.NewUniverse(products...)
	if err != nil {
		panic("login: internal error: " + err.Error())
	}
	return u
}

// openIKED is how the Vendor ID of OpenIKED begins.
const openIKED = "OpenIKED"

// isOpenIKED reports whether a message of IKE_SA_INIT is OpenIKED's.
func isOpenIKED(m *ike.Message) bool {
	return slices.ContainsFunc(m.Payloads, func(p ike.Payload) bool {
		v, ok := p.(*ike.VendorID)
		return ok && bytes.HasPrefix(v.Data, []byte(openIKED))
	})
}

// rekeyer asks which suites an IKE SA may be rekeyed with.
type rekeyer struct {
	*asker
	ike *IKE
}

// rekey offers to rekey the IKE SA in ways that do not come about: the KE payload is of a
// method that is not offered, for which the gateway asks for one that is, or says that it
// has no proposal to choose (RFC 7296, Sections 1.3.2 and 2.7).
func (a *attempt) rekey(user, ctx context.Context) {
	a.r.IKE = &IKE{Own: matrix.NotTested}
	if a.sa.openIKED {
		// Of each such offer 7.4 keeps an IKE SA that nothing ends but its restart.
		a.r.IKE.Unasked = "OpenIKED keeps an IKE SA of each offer to rekey until it is restarted, so none was made"
		return
	}
	asker, ok := a.newAsker(user, ctx)
	if !ok {
		return
	}
	x := &rekeyer{asker, a.r.IKE}
	defer func() { x.ike.Questions, x.ike.Unasked = x.questions, x.unasked }()
	// What nobody accepts: that it is refused shows that the answers are about suites.
	if reply := x.ask(parsed("des-md5-prfmd5-modp768")); reply.state != matrix.Refused {
		x.stop(fmt.Sprintf("an offer that no gateway should take is answered by %s", reply.words))
		return
	}
	if own := a.r.Suite.Product(); !proposals.HasKeyExchange([]proposals.Product{own}, decoy) {
		x.ike.Own = x.ask([]proposals.Product{own}).state
	}
	x.ike.Suites = matrix.Planner{
		Universe: RekeyUniverse(hasAdditional(*a.r.Suite)), Limits: matrix.Limits{Octets: 800},
		Ask: func(offers []matrix.Offer) []matrix.Answer {
			return x.answers(offers, func(o matrix.Offer) matrix.Answer {
				reply := x.ask(o.Products)
				return matrix.Answer{State: reply.state, KE: reply.method, Exchange: reply.exchange}
			})
		},
	}.Run()
}

// ask offers some suites. None of them has the method of the KE payload.
func (x *rekeyer) ask(products []proposals.Product) reply {
	random := x.octets(8 + 32)
	if random == nil {
		return reply{state: matrix.NotTested}
	}
	random[0] |= 0x80 // an SPI is not zero
	sa := &ike.SA{}
	for i, product := range products {
		p := product.Proposal(uint8(i + 1))
		p.SPI = random[:8:8]
		sa.Proposals = append(sa.Proposals, p)
	}
	out, answer, other := x.question(products, []ike.Payload{sa, &ike.Nonce{Data: random[8:]}, &ike.KE{Method: decoy, Data: x.public}})
	switch {
	case !other:
	case answer.Notify == 0 && hasSA(answer.Message):
		x.ike.Rekeyed = true
		x.stop("the gateway says that it rekeyed the IKE SA, with a key exchange that was not offered")
	default:
		x.unexpected(answer)
	}
	return out
}

// hasSA reports whether a message has an SA payload.
func hasSA(m *ike.Message) bool {
	_, ok := ike.Find[*ike.SA](m)
	return ok
}

// hasAdditional reports whether a suite has additional key exchanges.
func hasAdditional(s proposals.Suite) bool {
	return slices.ContainsFunc(s[proposals.ADDKE1:], func(a proposals.Algorithm) bool { return !a.IsNone() })
}
