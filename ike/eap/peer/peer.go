package peer

import (
	"errors"
	"fmt"

	"github.com/ikescope/ikescope/ike/eap"
)

// A Method is the peer's side of one method of EAP, for one conversation.
type Method interface {
	// Type is the method's.
	Type() eap.Type
	// Respond answers a request of the method: with Type Data, which stands behind the
	// type. The error is why nothing is to be answered.
	Respond(request eap.Packet) (data []byte, err error)
	// Complete reports whether the method has come so far that the server may say
	// EAP-Success: for methods that prove the server, that it has done so.
	Complete() bool
	// MSK is the Master Session Key, nil for methods that make none. RFC 5247.
	MSK() []byte
}

// ErrProtocol is why a conversation does not go on: the server does not keep to EAP or
// to the method.
var ErrProtocol = errors.New("the server violates EAP")

// ErrServer says that the server did not prove that it knows the password.
var ErrServer = errors.New("the server does not prove that it knows the password")

// ErrBinding says that whoever has the keys of TLS does not prove to be the one that knows
// the password inside.
var ErrBinding = errors.New("the cryptobinding of eap-peap does not hold")

// maxRequests bounds the requests that are answered: 50 is what FreeRADIUS sends at most.
const maxRequests = 64

// maxAside bounds those that are no step of the method: EAP-Identity and Notification.
const maxAside = 4

// Conversation is the peer's side of one conversation.
type Conversation struct {
	// Identity is the EAP identity, in UTF-8: who the user is.
	Identity string
	Method   Method

	// Refused is the method that the server asked for first, and that was refused by a
	// Nak in favour of Method; 0 if none was.
	Refused eap.Type
	// Started: a request of Method was answered.
	Started bool
	// Cryptobinding: the server of PEAP asked for it (MS-PEAP, Section 2.2.8.1.1). Compound
	// is the key that it makes, of 64 octets, in place of that of TLS; nil without.
	Cryptobinding bool
	Compound      []byte
	// Ended is how the server ended it: eap.Success or eap.Failure, 0 if it has not.
	Ended eap.Code
	// Notices are what the server said in Notification requests. They come from the
	// server and are not escaped.
	Notices []string

	requests, aside int
}

// Respond answers a packet of the server. It is nil after the last, when Ended says
// how it ended. The error is ErrProtocol, ErrServer, or that of the method: nothing is
// to be answered then.
func (c *Conversation) Respond(in eap.Packet) (*eap.Packet, error) {
	if c.Ended != 0 {
		return nil, fmt.Errorf("%w: a packet after the end", ErrProtocol)
	}
	switch in.Code {
	case eap.Failure:
		c.Ended = eap.Failure
		return nil, nil
	case eap.Success:
		if !c.Started || !c.Method.Complete() {
			return nil, fmt.Errorf("%w: EAP-Success before %v is complete", ErrProtocol, c.Method.Type())
		}
		c.Ended = eap.Success
		return nil, nil
	case eap.Request:
	default:
		return nil, fmt.Errorf("%w: an %v from the server", ErrProtocol, in.Code)
	}
	if c.requests++; c.requests > maxRequests {
		return nil, fmt.Errorf("%w: more than %d requests", ErrProtocol, maxRequests)
	}
	data, err := c.answer(in)
	if err != nil {
		return nil, err
	}
	out := eap.Packet{Code: eap.Response, Identifier: in.Identifier, Type: in.Type, Data: data}
	if in.Type.IsMethod() && in.Type != c.Method.Type() {
		out = eap.RefuseFor(in, c.Method.Type())
	}
	return &out, nil
}

// answer returns the Type Data of the response to a request.
func (c *Conversation) answer(in eap.Packet) ([]byte, error) {
	if !in.Type.IsMethod() {
		if c.aside++; c.aside > maxAside {
			return nil, fmt.Errorf("%w: more than %d requests that belong to no method", ErrProtocol, maxAside)
		}
	}
	switch {
	case in.Type == eap.Identity && c.Started:
		return nil, fmt.Errorf("%w: it asks for the identity again, within %v", ErrProtocol, c.Method.Type())
	case in.Type == eap.Identity:
		return []byte(c.Identity), nil
	case in.Type == eap.Notification:
		c.Notices = append(c.Notices, string(in.Data))
		return nil, nil
	case in.Type == eap.Nak:
		return nil, fmt.Errorf("%w: a Nak from the server", ErrProtocol)
	case in.Type == c.Method.Type():
		c.Started = true
		return c.Method.Respond(in)
	case c.Started:
		return nil, fmt.Errorf("%w: a request for %v within %v", ErrProtocol, in.Type, c.Method.Type())
	case c.Refused != 0:
		// "Legacy Nak" was answered by a method that it did not ask for.
		return nil, fmt.Errorf("%w: after a Nak for %v it asks for %v", ErrProtocol, c.Method.Type(), in.Type)
	}
	c.Refused = in.Type
	return nil, nil
}
