package iketest

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/certificate"
	"github.com/ikescope/ikescope/ike/eap"
	"github.com/ikescope/ikescope/ike/eap/eaptls"
	"github.com/ikescope/ikescope/ike/iketest/eapserver"
	"github.com/ikescope/ikescope/ike/iketest/internal/esp"
	"github.com/ikescope/ikescope/ike/iketest/internal/offers"
	"github.com/ikescope/ikescope/ike/iketest/internal/own"
	"github.com/ikescope/ikescope/ike/keymat"
)

// A Login says whom a Connection lets in, which without one authenticates no one.
type Login struct {
	// PSK lets in who authenticates by it; the gateway then does so, too.
	PSK []byte
	// ClientCAs lets in who has a certificate of theirs.
	ClientCAs *x509.CertPool
	// Second demands of who has a certificate a second round by one of the Methods of the
	// Connection (RFC 4739), and lets in nobody else.
	Second bool
	// Users are the passwords of EAP by name, for the Methods of the Connection that
	// package eapserver has.
	Users map[string]string
	// NeedsAddress answers who asks for none with FAILED_CP_REQUIRED, as strongSwan with
	// a pool. Child is the error in answer to the offer of a Child SA in IKE_AUTH, 0 for
	// none: the first suite of ESP is then taken, without its key exchange, or without ESP
	// the first that is offered.
	NeedsAddress bool
	Child        ike.NotifyType
	// ESP are the suites of Child SAs: every combination of the transforms of each
	// Proposal. One without KE transforms refuses offers that have any, and the other
	// way round. Narrow refuses traffic selectors when a suite is found, as strongSwan
	// where no address was assigned.
	ESP    []ike.Proposal
	Narrow bool
	// Rekey are the suites that its IKE SAs may be rekeyed with, nil for those of the
	// Responder. It asks for their method and rekeys none.
	Rekey []ike.Proposal
	// Lifetime, unless 0, stands in AUTH_LIFETIME.
	Lifetime time.Duration

	Own []OwnRequest // to who was let in, in their order

	// Refused, unless nil, is told why somebody is not let in.
	Refused func(why string)

	// Faults, of gateways that are not to be trusted.

	// ForgedEnd makes the last AUTH of EAP of another key. Unasked sets up a Child SA
	// that nobody asked for. SilentPassword does not answer the first response of the
	// method, as OpenIKED a wrong one.
	// RefusesSecond answers what begins a second round with AUTHENTICATION_FAILED; a gateway
	// that let in whom by the first alone keeps the IKE SA all the same.
	ForgedEnd, Unasked, SilentPassword, RefusesSecond bool
	// ChildAnswer, unless nil, has the last word on what answers CREATE_CHILD_SA.
	ChildAnswer func([]ike.Payload) []ike.Payload
	// Server are those of the EAP server.
	Server eapserver.Config
}

// An OwnRequest is a request of the gateway.
type OwnRequest = own.Request

// admit answers the AUTH payload of an initiator, where a connection lets anyone in by
// it; it is not done where none does.
func (s *server) admit(sa *gatewaySA, m *ike.Message, auth *ike.Auth) (payloads []ike.Payload, done bool) {
	if sa.connection != nil {
		return s.admitEAP(sa, m, auth)
	}
	c := s.connection(sa, m)
	id, ok := initiatorID(m)
	if c == nil || c.Login == nil || !ok {
		return nil, false
	}
	body := append([]byte{byte(id.IDType), 0, 0, 0}, id.Data...)
	idr := &ike.ID{Payload: ike.PayloadIDr, IDType: c.IDType, Data: []byte(c.ID)}
	own := append([]byte{byte(idr.IDType), 0, 0, 0}, idr.Data...)
	out := []ike.Payload{idr}
	switch {
	case auth.Method == ike.AuthSharedKey && c.Login.PSK != nil:
		if !bytes.Equal(auth.Data, sa.mac(keymat.Initiator, c.Login.PSK, body)) {
			return c.Login.refuse("another pre-shared key")
		}
		psk := c.Login.PSK
		if c.Forged {
			psk = []byte("another key")
		}
		out = append(out, &ike.Auth{Method: ike.AuthSharedKey, Data: sa.mac(keymat.Responder, psk, own)})
	case auth.Method != ike.AuthSharedKey && c.Login.ClientCAs != nil:
		if !c.Login.knows(m, auth, sa.signed(keymat.Initiator, body)) {
			return c.Login.refuse("a certificate of another CA, or another key")
		}
		for _, der := range c.Certificates {
			out = append(out, &ike.Cert{Encoding: ike.CertX509Signature, Data: der})
		}
		proof, err := c.prove(sa, idr)
		if err != nil {
			return nil, false
		}
		out = append(out, proof)
	default:
		return c.Login.refuse(fmt.Sprintf("authentication method %v, by which it lets nobody in", auth.Method))
	}
	if c.Login.Second {
		if _, follows := m.Notify(ike.ANOTHER_AUTH_FOLLOWS); !follows || auth.Method == ike.AuthSharedKey {
			return c.Login.refuse("one round of authentication, where two are needed")
		}
		sa.connection, sa.first = c, m
		return out, true
	}
	return append(out, s.establish(sa, c.Login, m)...), true
}

// again begins EAP in a second round, for whom its IDi payload names.
func (s *server) again(sa *gatewaySA, m *ike.Message) []ike.Payload {
	user, ok := initiatorID(m)
	if !ok || sa.connection.Login == nil || !sa.connection.Login.Second || sa.connection.Login.RefusesSecond || sa.idi != nil {
		return nil
	}
	sa.user, sa.idi = string(user.Data), append([]byte{byte(user.IDType), 0, 0, 0}, user.Data...)
	return []ike.Payload{&ike.EAP{Data: eap.Packet{Code: eap.Request, Type: eap.Identity}.Append(nil)}}
}

func (l *Login) refuse(why string) (payloads []ike.Payload, done bool) {
	if l.Refused != nil {
		l.Refused(why)
	}
	return nil, false
}

func initiatorID(m *ike.Message) (*ike.ID, bool) {
	for _, p := range m.Payloads {
		if id, ok := p.(*ike.ID); ok && id.Payload == ike.PayloadIDi {
			return id, true
		}
	}
	return nil, false
}

// knows reports whether m is signed with a certificate of the ClientCAs.
func (l *Login) knows(m *ike.Message, auth *ike.Auth, signed []byte) bool {
	var leaf *certificate.Certificate
	between := x509.NewCertPool()
	for _, p := range m.Payloads {
		cert, ok := p.(*ike.Cert)
		if !ok {
			continue
		}
		c, err := certificate.Parse(cert.Data)
		if err != nil || c.X509() == nil {
			return false
		}
		if leaf == nil {
			leaf = c
		} else {
			between.AddCert(c.X509())
		}
	}
	if leaf == nil {
		return false
	}
	_, err := leaf.X509().Verify(x509.VerifyOptions{Roots: l.ClientCAs, Intermediates: between, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny}})
	if err != nil {
		return false
	}
	_, err = leaf.VerifyAuth(auth, signed)
	return err == nil
}

// admitEAP answers the AUTH payload behind EAP-Success.
func (s *server) admitEAP(sa *gatewaySA, m *ike.Message, auth *ike.Auth) (payloads []ike.Payload, done bool) {
	c := sa.connection
	if !sa.eapPassed || c.Login == nil || auth.Method != ike.AuthSharedKey {
		return nil, false
	}
	theirs, ours := sa.msk(), sa.msk()
	if theirs == nil {
		theirs, ours = sa.keys.SKpi, sa.keys.SKpr
	}
	if !bytes.Equal(auth.Data, sa.mac(keymat.Initiator, theirs, sa.idi)) {
		return nil, false
	}
	if c.Login.ForgedEnd {
		ours = []byte("another key")
	}
	own := append([]byte{byte(c.IDType), 0, 0, 0}, c.ID...)
	out := []ike.Payload{&ike.Auth{Method: ike.AuthSharedKey, Data: sa.mac(keymat.Responder, ours, own)}}
	return append(out, s.establish(sa, c.Login, sa.first)...), true
}

// establish has the SA stay, and returns what answers the wishes of a message for an
// address and a Child SA.
func (s *server) establish(sa *gatewaySA, l *Login, m *ike.Message) []ike.Payload {
	sa.login = l
	sa.established, sa.expires = true, time.Now().Add(establishedFor)
	s.stats.Logins++
	s.own.Fill(sa.keys, sa.spii, sa.spir, l.Own, s.rand)
	var out []ike.Payload
	if l.Lifetime > 0 {
		n := uint32(l.Lifetime / time.Second)
		out = append(out, &ike.Notify{Notification: ike.AUTH_LIFETIME, Data: []byte{byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)}})
	}
	cp, asksAddress := ike.Find[*ike.CP](m)
	offer, asksChild := ike.Find[*ike.SA](m)
	switch {
	case l.NeedsAddress && (!asksAddress || cp.ConfigType != ike.CFG_REQUEST):
		return append(out, &ike.Notify{Notification: ike.FAILED_CP_REQUIRED})
	case !asksChild && l.Unasked:
		offer = &ike.SA{Proposals: []ike.Proposal{{Number: 1, Protocol: ike.ProtocolESP, SPI: []byte{1, 2, 3, 4}, Transforms: []ike.Transform{
			{Type: ike.TransformENCR, ID: uint16(ike.ENCR_AES_GCM_16), Attributes: []ike.Attribute{ike.KeyLengthAttribute(256)}}, {Type: ike.TransformSN}}}}}
	case !asksChild:
		return out
	}
	if asksAddress && l.NeedsAddress {
		out = append(out, &ike.CP{ConfigType: ike.CFG_REPLY, Attributes: []ike.ConfigAttribute{
			{Type: ike.INTERNAL_IP4_ADDRESS, Value: []byte{10, 9, 0, 1}}, {Type: ike.INTERNAL_IP4_DNS, Value: []byte{10, 2, 0, 53}}}})
	}
	if l.Child != 0 {
		return append(out, &ike.Notify{Notification: l.Child})
	}
	chosen, ok := offers.First(offer.Proposals)
	if l.ESP != nil {
		chosen, ok = esp.Choose(esp.Plain(l.ESP), offer.Proposals)
	}
	if !ok {
		return append(out, &ike.Notify{Notification: ike.NO_PROPOSAL_CHOSEN})
	}
	chosen.SPI = []byte{0xc1, 0, 0, 1}
	s.stats.Children++
	out = append(out, &ike.SA{Proposals: []ike.Proposal{chosen}})
	for _, p := range m.Payloads {
		if ts, ok := p.(*ike.TS); ok {
			out = append(out, ts)
		}
	}
	return out
}

// shakeHands begins EAP-TLS, which ends well if hands are shaken, or TTLS or PEAP, where a
// user authenticates inside.
func (sa *gatewaySA) shakeHands(method eap.Type, id uint8, random io.Reader) eap.Packet {
	sa.stop()
	login, user := sa.connection.Login, sa.user
	var msk []byte
	sa.msk = func() []byte { return msk }
	sa.tls = eaptls.NewServer(method, sa.connection.TLS, func(conn *tls.Conn) error {
		state := conn.ConnectionState()
		label, context := "client EAP encryption", []byte(nil)
		if method == eap.TTLS {
			label = "ttls keying material"
		}
		if state.Version == tls.VersionTLS13 {
			label, context = "EXPORTER_EAP_TLS_Key_Material", []byte{byte(method)}
		}
		if state.Version == tls.VersionTLS13 && method == eap.TLS {
			if _, err := conn.Write([]byte{0}); err != nil {
				return err
			}
		}
		material, err := state.ExportKeyingMaterial(label, context, 128)
		if err != nil {
			return err
		}
		if key := material[:64]; method == eap.TLS {
			msk = key
		} else {
			config := login.Server
			config.Passwords, config.Rand, config.Refused = login.Users, random, login.Refused
			msk, err = eapserver.Tunnel(conn, method, user, key, config)
		}
		return err
	})
	return sa.tls.Start(id)
}

// examine is converse with a connection that lets users in.
func (s *server) examine(sa *gatewaySA, in eap.Packet) (out eap.Packet, answered bool, err error) {
	c := sa.connection
	if in.Type == eap.Identity {
		sa.user = string(in.Data)
	}
	if sa.server == nil || in.Type == eap.Nak {
		method := c.Methods[0]
		if in.Type == eap.Nak {
			method = 0
			if i := slices.IndexFunc(in.Refused(), func(t eap.Type) bool { return slices.Contains(c.Methods, t) }); i >= 0 {
				method = in.Refused()[i]
			}
		}
		if method.HasTLS() && c.TLS != nil {
			return sa.shakeHands(method, in.Identifier+1, s.rand), true, nil
		}
		if !eapserver.Supported(method) {
			return eap.Packet{Code: eap.Failure, Identifier: in.Identifier}, true, nil
		}
		config := c.Login.Server
		config.Refused, config.Name, config.Passwords, config.Rand = c.Login.Refused, c.ServerName, c.Login.Users, s.rand
		sa.server = eapserver.New(method, sa.user, config)
		sa.msk = sa.server.MSK
		out, err = sa.server.Start(in.Identifier + 1)
	} else {
		if c.Login.SilentPassword {
			return eap.Packet{}, false, nil
		}
		out = sa.server.Next(in)
	}
	s.stats.Passwords = max(s.stats.Passwords, sa.server.Responses)
	return out, true, err
}
