package probe

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/keyexchange"
	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/matrix"
)

// FirstPacket is a client's IKE_SA_INIT request, to be sent as that client
// sends it.
type FirstPacket struct {
	// Name is the client's, for [ClientAnswer.Name].
	Name string
	// Proposals are sent octet for octet in their order, whatever they hold.
	Proposals []ike.Proposal
	// KE is the method of the KE payload.
	KE ike.KeyExchangeMethod
	// Payloads are those of a captured packet, and are sent in their order:
	// Proposals and KE as above in the places of its SA and KE payloads; a
	// nonce of our own, as long as the captured one; NAT detection hashes of
	// our addresses; no COOKIE, which was the client's; all else as it is. Nil
	// stands for the payloads of our own requests.
	Payloads []ike.Payload
}

// ClientAnswer is what a gateway made of a client's first packet.
type ClientAnswer struct {
	Name string // of the FirstPacket
	// State is Accepted if the client gets an IKE SA, as far as algorithms go,
	// Refused if it gets none, NoAnswer if no answer decides that, and
	// NotTested if nothing was sent.
	State matrix.State
	// Outcome and Group are those of the last exchange.
	Outcome Outcome
	Group   ike.KeyExchangeMethod
	// Suite is what the gateway chose, where it chose one.
	Suite *proposals.Suite
	// Detail says, in printable sentences, what the rest leaves out; "" if
	// nothing.
	Detail string
	// Evidence holds the numbers of the exchanges.
	Evidence []int
}

// clients sends the first packet of each client.
func (s *scan) clients(ctx context.Context) {
	for _, p := range s.Clients {
		c := clientTry{scan: s, packet: p, answer: ClientAnswer{Name: p.Name}}
		if c.prepare() {
			c.run(ctx)
		}
		s.result.Clients = append(s.result.Clients, c.answer)
	}
}

// clientTry is a client on its way to an answer.
type clientTry struct {
	scan   *scan
	packet FirstPacket
	// offer holds what each proposal offers; an empty product for nothing
	// that can be told.
	offer  []proposals.Product
	tries  int // of the packet as it is now
	answer ClientAnswer
}

// remark adds a sentence to the Detail.
func (c *clientTry) remark(format string, args ...any) {
	c.answer.Detail = strings.TrimSpace(c.answer.Detail + " " + fmt.Sprintf(format, args...))
}

// prepare reads the offer, and reports whether the packet can be sent.
func (c *clientTry) prepare() bool {
	var untold []string
	for _, p := range c.packet.Proposals {
		product, whole := productOf(p)
		c.offer = append(c.offer, product)
		if !whole {
			untold = append(untold, fmt.Sprint(p.Number))
		}
	}
	if len(untold) > 0 {
		c.remark("Proposals that hold more than can be told as suites, and were sent as they are: %s.", strings.Join(untold, ", "))
	}
	if problem := c.packet.problem(); problem != "" {
		c.remark("Not tried: %s.", problem)
		return false
	}
	if n := c.scan.halfOpenLeft(); n >= halfOpenLimit {
		c.remark("Not tried: %d half-open IKE SAs are left at the gateway.", n)
		return false
	}
	return true
}

// run sends the packet and goes on as the client would, which retries once with
// the method that an INVALID_KE_PAYLOAD names (RFC 7296, Section 1.2).
func (c *clientTry) run(ctx context.Context) {
	method := c.packet.KE
	if !keyexchange.Supported(method) {
		var ok bool
		if method, ok = c.scan.stateless(c.offer); !ok {
			c.remark("Not tried: this scanner cannot compute %v, of which the client's KE payload is.", c.packet.KE)
			return
		}
	}
	a := c.send(ctx, method)
	if a.Outcome == InvalidKEPayload && isTaken(a.Exchange) && a.Group != method {
		switch {
		case a.Group == c.packet.KE:
			c.answer.State = matrix.Accepted
			c.remark("This scanner cannot compute %v, of which the client's KE payload is. To one of %v the gateway answered that it wants %[1]v: "+
				"the offer is acceptable.", a.Group, method)
			return
		case !keyexchange.Supported(a.Group):
			c.answer.State = matrix.Accepted
			c.remark("The gateway wants %v, with which the client tries again and this scanner cannot: the offer is acceptable.", a.Group)
			return
		}
		c.remark("The gateway asked for %v, and the client tried again with that.", a.Group)
		a = c.send(ctx, a.Group)
	}
	c.judge(ctx, a)
}

// stateless returns a method for a KE payload to which the gateway answers with
// the one that it wants, if it does so.
func (s *scan) stateless(offer []proposals.Product) (ike.KeyExchangeMethod, bool) {
	named := func(x Exchange) bool { return x.Outcome == InvalidKEPayload && isTaken(x) }
	if s.way != byForeignKE || !slices.ContainsFunc(s.result.Exchanges, named) {
		return 0, false
	}
	return foreign(offer)
}

// send sends the packet until it is answered, or it is sure that the gateway
// does not answer it.
func (c *clientTry) send(ctx context.Context, ke ike.KeyExchangeMethod) answer {
	c.tries = 0
	return c.scan.sound(ctx, func() answer {
		a := c.scan.initiate(ctx, initRequest{transport: c.scan.main, purpose: forClient, offer: c.offer, ke: ke, packet: &c.packet})
		if a.ID == 0 {
			return a
		}
		if len(c.answer.Evidence) == 0 && len(a.request) > maxDatagram {
			c.remark("The client's packet has %d octets, more than every path carries whole.", len(a.request))
		}
		c.answer.Evidence = append(c.answer.Evidence, a.ID)
		c.answer.Outcome, c.answer.Group, c.answer.Suite = a.Outcome, a.Group, a.Suite
		if c.tries += a.Tries; a.Outcome == NoAnswer {
			c.scan.measure(ctx)
		}
		return a
	})
}

// judge says what the last answer means for the client.
func (c *clientTry) judge(ctx context.Context, a answer) {
	c.answer.State = matrix.NoAnswer
	switch a.Outcome {
	case Accepted:
		c.answer.State = matrix.Accepted
	case NoProposalChosen:
		c.answer.State = matrix.Refused
	case InvalidKEPayload:
		c.answer.State = matrix.Refused
		if offers(c.offer, a.Group) {
			c.remark("The gateway asked for %v again.", a.Group)
		} else {
			c.remark("The gateway asks for %v, which the client does not offer.", a.Group)
		}
	case NoAnswer:
		c.remark("The packet was sent %d times without an answer, while control offers in between were answered.", c.tries)
		if len(a.request) <= maxDatagram && c.scan.learnRefusal(ctx).how == dropsRefused {
			c.answer.State = matrix.Refused
			c.remark("The gateway drops offers that it does not take.")
		}
	case NotTried:
		if len(c.answer.Evidence) == 0 {
			c.answer.State = matrix.NotTested
		}
		c.remark("There was no more to be learnt: the scan was over, or the gateway stopped answering.")
	default:
		c.remark("The gateway's answer was %s.", cmp.Or(a.Detail, a.Outcome.String()))
		if c.scan.refusesWith(ctx, a) {
			c.answer.State = matrix.Refused
		}
	}
}

// refusesWith reports whether a is an error with which the gateway refuses
// offers.
func (s *scan) refusesWith(ctx context.Context, a answer) bool {
	if a.Outcome != OtherError {
		return false
	}
	r := s.learnRefusal(ctx)
	return r.how == refusesByError && slices.ContainsFunc(errorNotifies(a.message), func(n *ike.Notify) bool { return n.Notification == r.notify })
}

// productOf returns what a proposal offers, as a product, and whether that is
// all that stands in it. A Proposal with a transform type that a responder does
// not know has to be refused; a transform with an attribute that it does not
// know, too (RFC 7296, Section 3.3.6), but strongSwan overlooks the attribute.
func productOf(p ike.Proposal) (product proposals.Product, whole bool) {
	product, err := proposals.ProductOf(p)
	if err == nil {
		return product, true
	}
	p = withoutAttributes(p)
	p.Transforms = slices.DeleteFunc(p.Transforms, func(t ike.Transform) bool {
		_, known := proposals.AxisOf(t.Type)
		_, err := proposals.AlgorithmOf(t)
		return known && err != nil
	})
	product, _ = proposals.ProductOf(p)
	return product, false
}

// withoutAttributes returns p with no attribute but Key Length.
func withoutAttributes(p ike.Proposal) ike.Proposal {
	p.Transforms = slices.Clone(p.Transforms)
	for i, t := range p.Transforms {
		p.Transforms[i].Attributes = slices.DeleteFunc(slices.Clone(t.Attributes), func(a ike.Attribute) bool {
			return a.Type != ike.AttributeKeyLength
		})
	}
	return p
}

// problem says why a packet cannot be sent, or "".
func (p *FirstPacket) problem() string {
	if len(p.Proposals) == 0 {
		return "it offers nothing"
	}
	if _, _, err := ike.AppendPayloads(nil, append([]ike.Payload{&ike.SA{Proposals: p.Proposals}}, p.Payloads...)); err != nil {
		return err.Error()
	}
	m := &ike.Message{Payloads: p.Payloads}
	_, sa := ike.Find[*ike.SA](m)
	_, ke := ike.Find[*ike.KE](m)
	_, nonce := ike.Find[*ike.Nonce](m)
	if p.Payloads != nil && !(sa && ke && nonce) {
		return "its packet lacks an SA, KE or Nonce payload"
	}
	return ""
}

// nonceLen returns how long the nonce of the packet is.
func (p *FirstPacket) nonceLen() int {
	if nonce, ok := ike.Find[*ike.Nonce](&ike.Message{Payloads: p.Payloads}); ok {
		return len(nonce.Data)
	}
	return nonceLen
}

// payloads returns those of the captured packet, with ours, which are payloads
// of each type in question, in place of what has to be ours.
func (p *FirstPacket) payloads(ours []ike.Payload) []ike.Payload {
	var out []ike.Payload
	for _, theirs := range p.Payloads {
		switch n, _ := theirs.(*ike.Notify); {
		case n != nil && n.Notification == ike.COOKIE:
			continue
		case n != nil && n.Notification != ike.NAT_DETECTION_SOURCE_IP && n.Notification != ike.NAT_DETECTION_DESTINATION_IP:
		default:
			if i := slices.IndexFunc(ours, func(o ike.Payload) bool { return sameKind(o, theirs) }); i >= 0 {
				theirs = ours[i]
			}
		}
		out = append(out, theirs)
	}
	return out
}

// sameKind reports whether two payloads are of one type, and notifies of one
// type.
func sameKind(p, q ike.Payload) bool {
	n, ok := p.(*ike.Notify)
	m, _ := q.(*ike.Notify)
	return p.Type() == q.Type() && (!ok || n.Notification == m.Notification)
}
