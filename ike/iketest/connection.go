package iketest

import (
	"crypto"
	"crypto/tls"
	"slices"
	"strings"
	"time"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/certificate"
	"github.com/ikescope/ikescope/ike/eap"
	"github.com/ikescope/ikescope/ike/eap/eaptls"
	"github.com/ikescope/ikescope/ike/keymat"
)

// A Connection is who a Responder is to initiators that want EAP, which send no AUTH
// in their first IKE_AUTH (RFC 7296, Section 2.16), or that Login lets in.
type Connection struct {
	// Policy are the suites whose IKE SAs it serves, nil for those of the Responder.
	Policy []ike.Proposal
	// ID is the Identification Data in IDr, of IDType. Who asks for another one in
	// IDr is not served.
	IDType ike.IDType
	ID     string
	// UserSuffix, unless empty, ends the Identification Data of whom it serves.
	UserSuffix string

	// Certificates are X.509 in DER, its own first, sent where the initiator sent a
	// CERTREQ, or with SendAlways to all.
	Certificates [][]byte
	SendAlways   bool
	// Staple, unless nil, is an OCSP response, sent where the initiator sent a CERTREQ for
	// one (RFC 4806).
	Staple []byte
	// Key signs: an *rsa.PrivateKey, an *ecdsa.PrivateKey or an ed25519.PrivateKey.
	// Without it PSK makes a MAC, which gives strangers something to guess it with.
	Key crypto.Signer
	PSK []byte
	// EAPOnly serves initiators alone that notify EAP_ONLY_AUTHENTICATION (RFC 5998),
	// and sends no AUTH.
	EAPOnly bool
	// Forged signs other octets than it should.
	Forged bool

	// Methods are those of EAP, the first of which it asks for; a Nak gets the first
	// of those that it names. AsksIdentity asks for the EAP identity before.
	Methods      []eap.Type
	AsksIdentity bool
	// IgnoresNak does not answer a Nak, as OpenIKED.
	IgnoresNak bool
	// ServerName stands in the challenge of MSCHAPv2.
	ServerName string
	// TLS is the server's side of methods with TLS: EAP-TLS, TTLS and PEAP. Nothing goes
	// on inside: when hands are shaken EAP fails. It needs a certificate of its own.
	TLS *tls.Config
	// Endless asks again and again, whatever it is answered.
	Endless bool
	// Converse, unless nil, has the last word on the EAP payload that answers in, which
	// would be out. With nil it does not answer.
	Converse func(in, out eap.Packet) []byte

	// Login, unless nil, says whom it lets in. Nobody else is.
	Login *Login
}

// connection returns the first that serves an initiator, nil if none does.
func (s *server) connection(sa *gatewaySA, m *ike.Message) *Connection {
	var user, wanted *ike.ID
	for _, p := range m.Payloads {
		if id, ok := p.(*ike.ID); ok {
			if id.Payload == ike.PayloadIDi {
				user = id
			} else {
				wanted = id
			}
		}
	}
	_, eapOnly := m.Notify(ike.EAP_ONLY_AUTHENTICATION)
	for i := range s.connections {
		c := &s.connections[i]
		switch {
		case user == nil,
			c.Policy != nil && !s.profile.Accepts(c.Policy, sa.chosen),
			wanted != nil && (wanted.IDType != c.IDType || !strings.EqualFold(string(wanted.Data), c.ID)),
			!strings.HasSuffix(string(user.Data), c.UserSuffix),
			c.EAPOnly && !eapOnly:
			continue
		}
		return c
	}
	return nil
}

// introduce answers the first IKE_AUTH of an initiator that wants EAP; without
// payloads it is to be refused.
func (s *server) introduce(sa *gatewaySA, m *ike.Message) []ike.Payload {
	c := s.connection(sa, m)
	if c == nil || c.Login != nil && c.Login.Second {
		return nil
	}
	id := &ike.ID{Payload: ike.PayloadIDr, IDType: c.IDType, Data: []byte(c.ID)}
	out := []ike.Payload{id}
	if _, asked := ike.Find[*ike.CertReq](m); asked || c.SendAlways {
		for _, der := range c.Certificates {
			out = append(out, &ike.Cert{Encoding: ike.CertX509Signature, Data: der})
		}
	}
	for _, p := range m.Payloads {
		if r, ok := p.(*ike.CertReq); ok && r.Encoding == ike.CertOCSPContent && c.Staple != nil {
			out = append(out, &ike.Cert{Encoding: ike.CertOCSPContent, Data: c.Staple})
		}
	}
	if !c.EAPOnly {
		auth, err := c.prove(sa, id)
		if err != nil {
			return nil
		}
		out = append(out, auth)
	}
	sa.connection, sa.first = c, m
	if user, ok := initiatorID(m); ok {
		sa.user, sa.idi = string(user.Data), append([]byte{byte(user.IDType), 0, 0, 0}, user.Data...)
	}
	first := eap.Packet{Code: eap.Request, Type: eap.Identity}
	switch {
	case !c.AsksIdentity && c.Login != nil && len(c.Methods) > 0:
		var err error
		if first, _, err = s.examine(sa, eap.Packet{}); err != nil {
			return nil
		}
	case !c.AsksIdentity && len(c.Methods) > 0:
		first = sa.start(c.Methods[0], 1)
	}
	return append(out, &ike.EAP{Data: first.Append(nil)})
}

// prove returns the AUTH payload of the gateway. It signs as strongSwan does: with RFC
// 7427 where the initiator announced it, else as RFC 7296, Section 3.8, and RFC 4754
// have it; Ed25519 has no such way.
func (c *Connection) prove(sa *gatewaySA, id *ike.ID) (*ike.Auth, error) {
	body := append([]byte{byte(id.IDType), 0, 0, 0}, id.Data...)
	if c.Key == nil {
		return &ike.Auth{Method: ike.AuthSharedKey, Data: sa.mac(keymat.Responder, c.PSK, body)}, nil
	}
	signed := sa.signed(keymat.Responder, body)
	if c.Forged {
		signed = append([]byte("other octets"), signed...)
	}
	auth, _, err := certificate.SignAuth(c.Key, signed, certificate.SigningOptions{Hashes: sa.hashes})
	return auth, err
}

// request returns the first request of a method, of which no more is done.
func (c *Connection) request(method eap.Type, id uint8) eap.Packet {
	p := eap.Packet{Code: eap.Request, Identifier: id, Type: method}
	switch method {
	case eap.MSCHAPv2:
		const challenge = 16
		data := append([]byte{1, id, 0, 0, challenge}, make([]byte, challenge)...)
		data = append(data, c.ServerName...)
		data[3] = byte(len(data))
		p.Data = data
	case eap.MD5:
		p.Data = append([]byte{16}, make([]byte, 16)...)
	case eap.TLS, eap.TTLS, eap.PEAP:
		p.Data = []byte{0x20} // Start
	}
	return p
}

// start returns the first request of a method, and begins TLS where it has that.
func (sa *gatewaySA) start(method eap.Type, id uint8) eap.Packet {
	sa.stop()
	if method.HasTLS() && sa.connection.TLS != nil {
		sa.tls = eaptls.NewServer(method, sa.connection.TLS, nil)
		return sa.tls.Start(id)
	}
	return sa.connection.request(method, id)
}

// converse answers an IKE_AUTH with an EAP response.
func (s *server) converse(sa *gatewaySA, in eap.Packet, now time.Time) (payloads []ike.Payload, answered bool) {
	out, answered := s.answerEAP(sa, in)
	if !answered {
		return nil, false
	}
	sa.eapPassed = out.Code == eap.Success
	data := out.Append(nil)
	if sa.connection.Converse != nil {
		if data = sa.connection.Converse(in, out); data == nil {
			return nil, false
		}
	}
	if len(data) > 0 && eap.Code(data[0]) == eap.Failure {
		s.close(sa, now)
	}
	return []ike.Payload{&ike.EAP{Data: data}}, true
}

// answerEAP returns the packet that answers in, if any does.
func (s *server) answerEAP(sa *gatewaySA, in eap.Packet) (out eap.Packet, answered bool) {
	c := sa.connection
	reply := func(p eap.Packet) (eap.Packet, bool) { return p, true }
	fail := func() (eap.Packet, bool) {
		return reply(eap.Packet{Code: eap.Failure, Identifier: in.Identifier})
	}
	switch {
	case in.Code != eap.Response:
		return fail()
	case sa.tls != nil && in.Type != eap.Nak:
		return reply(sa.tls.Answer(in))
	case c.Endless:
		return reply(eap.Packet{Code: eap.Request, Identifier: in.Identifier + 1, Type: eap.Notification, Data: []byte("again")})
	case c.Login != nil && len(c.Methods) > 0:
		out, answered, err := s.examine(sa, in)
		if err != nil || !answered {
			return eap.Packet{}, false
		}
		if out.Code == eap.Failure {
			return fail()
		}
		return reply(out)
	case in.Type == eap.Identity && len(c.Methods) > 0:
		return reply(sa.start(c.Methods[0], in.Identifier+1))
	case in.Type == eap.Nak && c.IgnoresNak:
		return eap.Packet{}, false
	case in.Type == eap.Nak:
		for _, wanted := range in.Refused() {
			if slices.Contains(c.Methods, wanted) {
				return reply(sa.start(wanted, in.Identifier+1))
			}
		}
	}
	return fail()
}
