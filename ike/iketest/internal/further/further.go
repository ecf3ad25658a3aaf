// Package further does the responder's side of additional key exchanges (RFC 9370), each
// in an IKE_INTERMEDIATE (RFC 9242).
package further

import (
	"io"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/keyexchange"
	"github.com/ikescope/ikescope/ike/keymat"
)

// State is what the exchanges of one IKE SA have led to. The zero value is that before
// the first.
type State struct {
	done         int
	keys         *keymat.Keys // nil before the first
	ours, theirs []byte       // IntAuth
	next         uint32       // Message ID of the request behind the last one
}

// Keys returns those that are in force: own before the first exchange.
func (s *State) Keys(own *keymat.Keys) *keymat.Keys {
	if s.keys != nil {
		return s.keys
	}
	return own
}

// methods are the additional ones of a suite, in their order.
func methods(suite ike.Proposal) (out []ike.KeyExchangeMethod) {
	for t := ike.TransformADDKE1; t <= ike.TransformADDKE7; t++ {
		for _, transform := range suite.Transforms {
			if transform.Type == t && transform.ID != uint16(ike.KE_NONE) {
				out = append(out, ike.KeyExchangeMethod(transform.ID))
			}
		}
	}
	return out
}

// Pending reports whether the suite has exchanges that are still to come, before which
// nobody is authenticated.
func (s *State) Pending(suite ike.Proposal) bool { return s.done < len(methods(suite)) }

// Answer answers the next request, which whole has put together, and whose KE payload
// makes the next keys of those that protect it. It is nil where none is to come, or
// where the request is not the one.
func (s *State) Answer(suite ike.Proposal, keys *keymat.Keys, whole *keymat.Reassembly, m *ike.Message, ni, nr []byte, answer ike.Header, random io.Reader) ([]ike.Payload, error) {
	ke, ok := ike.Find[*ike.KE](m)
	if !ok || !s.Pending(suite) || ke.Method != methods(suite)[s.done] || !keyexchange.Supported(ke.Method) {
		return nil, nil
	}
	public, secret, err := keyexchange.Respond(ke.Method, random, ke.Data)
	if err != nil {
		return nil, nil // as a public value that is none
	}
	out := []ike.Payload{&ike.KE{Method: ke.Method, Data: public}}
	inside, first, err := ike.AppendPayloads(nil, out)
	if err != nil {
		return nil, err
	}
	theirs, err := whole.IntAuthOf(s.theirs, m.Header)
	if err != nil {
		return nil, err
	}
	ours, err := keys.IntAuth(keymat.Responder, s.ours, answer, first, inside)
	if err != nil {
		return nil, err
	}
	next, err := keys.Further(secret, ni, nr, answer.SPIi, answer.SPIr)
	if err != nil {
		return nil, err
	}
	s.done++
	s.keys, s.ours, s.theirs, s.next = next, ours, theirs, m.MessageID+1
	return out, nil
}

// Signed is what both sides append to the octets that they sign: nothing, unless there
// were such exchanges.
func (s *State) Signed() []byte {
	if s.done == 0 {
		return nil
	}
	return keymat.Intermediate(s.theirs, s.ours, s.next)
}
