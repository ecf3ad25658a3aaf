package identity

import (
	"context"
	"slices"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/eap"
)

// maxMethodSAs and maxRounds bound what is asked for the methods of EAP: IKE SAs, and
// requests in each.
const (
	maxMethodSAs = 6
	maxRounds    = 12
)

// methods asks which methods of EAP the gateway has: it refuses what the gateway
// offers, with a Nak that names all that were not seen yet (RFC 3748, Section 5.3.1),
// until the gateway has no other one. No password is ever sent. Where the gateway ends
// the IKE SA after one Nak, the next one is opened, as long as each shows something
// new.
func (a Asker) methods(ctx context.Context, r *Result, c *Connection) {
	q := c.Plain.Question
	for range maxMethodSAs {
		before, refused, silent := len(c.Methods), false, false
		a.ask(ctx, r, q, func(reply *Reply, ask func([]ike.Payload) Answer) {
			refused = a.refuseEach(c, reply, func(p []ike.Payload) Answer {
				answer := ask(p)
				silent = answer.Exchange != 0 && !answer.Heard
				return answer
			})
		})
		if silent {
			break // as OpenIKED is to a Nak: the next one gets no answer, either
		}
		if len(c.Methods) == before {
			c.AllMethods = refused
			break
		}
		if r.Unclosed || ctx.Err() != nil {
			break
		}
	}
}

// refuseEach is methods for one IKE SA. It reports whether the gateway ended it since
// it has none of the methods that the last Nak names.
func (a Asker) refuseEach(c *Connection, reply *Reply, ask func([]ike.Payload) Answer) (refused bool) {
	request := reply.EAP
	for range maxRounds {
		if request == nil || request.Code != eap.Request {
			return false
		}
		var response eap.Packet
		switch {
		case request.Type == eap.Identity:
			response = eap.Packet{Code: eap.Response, Identifier: request.Identifier, Type: eap.Identity, Data: []byte(nobody)}
		case request.Type.IsMethod():
			c.addMethod(*request, reply.Exchanges[len(reply.Exchanges)-1])
			response = eap.RefuseFor(*request, c.unseen()...)
		default:
			response = eap.Packet{Code: eap.Response, Identifier: request.Identifier, Type: request.Type}
		}
		answer := ask([]ike.Payload{&ike.EAP{Data: response.Append(nil)}})
		if answer.Exchange == 0 {
			return false
		}
		reply.Exchanges = append(reply.Exchanges, answer.Exchange)
		request = nil
		if p, ok := ike.Find[*ike.EAP](&ike.Message{Payloads: answer.Payloads}); ok {
			if packet, err := eap.Parse(p.Data); err == nil {
				request = &packet
			}
		}
		if response.Type == eap.Nak && request != nil && request.Code == eap.Failure {
			return true
		}
	}
	return false
}

// addMethod notes a method that the gateway offered.
func (c *Connection) addMethod(request eap.Packet, exchange int) {
	if slices.Contains(c.Methods, request.Type) {
		return
	}
	c.Methods = append(c.Methods, request.Type)
	c.MethodsBy = append(c.MethodsBy, exchange)
	if name := request.ServerName(); name != "" {
		c.ServerName = name
	}
}

// unseen returns the methods that the gateway has not offered yet.
func (c *Connection) unseen() []eap.Type {
	return slices.DeleteFunc(eap.Methods(), func(t eap.Type) bool { return slices.Contains(c.Methods, t) })
}
