package identity

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"slices"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/certificate"
	"github.com/ikescope/ikescope/ike/eap"
	"github.com/ikescope/ikescope/ike/eap/eaptls"
)

// TLS is what the server of a method of EAP with TLS shows in one handshake. That is
// often a RADIUS server behind the gateway, with a certificate of its own.
type TLS struct {
	Method eap.Type
	// Most is the highest version of TLS that was offered; the lowest is 1.0.
	Most uint16
	// State is Seen if the server showed its certificate and proved to have its key,
	// Refused if it ended the handshake, and Unclear if that ended in another way, for
	// which Why has the reason.
	State State
	Why   string
	// Version and Suite are those that it chose.
	Version, Suite uint16
	// Chain and Unread are its certificates, as in [Reply].
	Chain  []*certificate.Certificate
	Unread []string
	// AsksCertificate: it wants one of the client. Authorities are the distinguished
	// names of those that it takes, at most maxAuthorities.
	AsksCertificate bool
	Authorities     []string
	Exchanges       []int
}

// maxTLSSAs bounds the IKE SAs that are opened to see the servers of TLS, and
// maxAuthorities the names that are read of one.
const (
	maxTLSSAs      = 6
	maxAuthorities = 32
)

// handshakes sees the server of each method with TLS that the gateway has, and which
// versions of TLS the first one takes: each is asked for as the highest, down from 1.3,
// until it takes none.
func (a Asker) handshakes(ctx context.Context, r *Result, c *Connection) {
	left := maxTLSSAs
	look := func(method eap.Type, most uint16) *TLS {
		if left == 0 || r.Unclosed || ctx.Err() != nil {
			return nil
		}
		left--
		t := &TLS{Method: method, Most: most}
		reply := a.ask(ctx, r, c.Plain.Question, func(reply *Reply, ask func([]ike.Payload) Answer) {
			d := dialogue{reply: reply, ask: ask}
			d.look(t)
		})
		t.Exchanges = reply.Exchanges
		c.TLS = append(c.TLS, t)
		return t
	}
	var methods []eap.Type
	for _, m := range c.Methods {
		if m.HasTLS() {
			methods = append(methods, m)
		}
	}
	var versions uint16
	for _, m := range methods {
		if t := look(m, tls.VersionTLS13); t != nil && t.State == Seen && versions == 0 {
			versions = t.Version
		}
	}
	for versions > tls.VersionTLS10 {
		t := look(methods[0], versions-1)
		if t == nil || t.State != Seen || t.Version >= versions {
			break
		}
		versions = t.Version
	}
}

// dialogue is EAP in one IKE SA.
type dialogue struct {
	reply *Reply
	ask   func([]ike.Payload) Answer
	// silent: the gateway did not answer; ended: it ended the IKE SA.
	silent, ended bool
}

// Errors of a dialogue.
var (
	errSilent = errors.New("the gateway does not answer")
	errNoEAP  = errors.New("the gateway's answer holds no EAP")
)

// exchange sends a response and returns what follows it.
func (d *dialogue) exchange(response eap.Packet) (eap.Packet, error) {
	answer := d.ask([]ike.Payload{&ike.EAP{Data: response.Append(nil)}})
	if answer.Exchange != 0 {
		d.reply.Exchanges = append(d.reply.Exchanges, answer.Exchange)
	}
	switch {
	case !answer.Answered:
		d.silent = !answer.Heard
		return eap.Packet{}, errSilent
	case answer.Notify != 0:
		d.ended = true
		return eap.Packet{}, fmt.Errorf("the gateway answers %v", answer.Notify)
	}
	p, ok := ike.Find[*ike.EAP](&ike.Message{Payloads: answer.Payloads})
	if !ok {
		return eap.Packet{}, errNoEAP
	}
	return eap.Parse(p.Data)
}

// start goes on until the gateway begins method, and returns that request.
func (d *dialogue) start(method eap.Type) (eap.Packet, error) {
	if d.reply.EAP == nil {
		return eap.Packet{}, errNoEAP
	}
	request := *d.reply.EAP
	for range maxRounds {
		if request.Code != eap.Request {
			return request, fmt.Errorf("the server answers %v", request.Code)
		}
		var response eap.Packet
		switch {
		case request.Type == method:
			return request, nil
		case request.Type == eap.Identity:
			response = eap.Packet{Code: eap.Response, Identifier: request.Identifier, Type: eap.Identity, Data: []byte(nobody)}
		case request.Type.IsMethod():
			response = eap.RefuseFor(request, method)
		default:
			response = eap.Packet{Code: eap.Response, Identifier: request.Identifier, Type: request.Type}
		}
		var err error
		if request, err = d.exchange(response); err != nil {
			return request, err
		}
	}
	return request, errors.New("the server does not begin the method")
}

// errEnough ends a handshake of which all is known that there is to know without
// credentials.
var errEnough = errors.New("identity: enough")

// look shakes hands with the server as far as that goes without a certificate of ours,
// and never says anything inside.
func (d *dialogue) look(t *TLS) {
	request, err := d.start(t.Method)
	var c *eaptls.Conn
	if err == nil {
		c, err = eaptls.New(request, d.exchange)
	}
	if err != nil {
		t.State, t.Why = d.failure(), err.Error()
		return
	}
	config := &tls.Config{
		// The certificate is what there is to see: it is judged later.
		InsecureSkipVerify: true,
		MinVersion:         tls.VersionTLS10, MaxVersion: t.Most,
		CipherSuites: everySuite(),
		// A ClientHello that fits one packet: without ML-KEM.
		CurvePreferences: []tls.CurveID{tls.X25519, tls.CurveP256, tls.CurveP384, tls.CurveP521},
		VerifyConnection: func(s tls.ConnectionState) error {
			t.Version, t.Suite = s.Version, s.CipherSuite
			for i, cert := range s.PeerCertificates[:min(len(s.PeerCertificates), maxCertificates)] {
				if parsed, err := certificate.Parse(cert.Raw); err == nil {
					t.Chain = append(t.Chain, parsed)
				} else {
					t.Unread = append(t.Unread, fmt.Sprintf("certificate %d: %v", i+1, err))
				}
			}
			return nil
		},
		GetClientCertificate: func(info *tls.CertificateRequestInfo) (*tls.Certificate, error) {
			t.AsksCertificate = true
			for _, ca := range info.AcceptableCAs[:min(len(info.AcceptableCAs), maxAuthorities)] {
				if name, err := certificate.DistinguishedName(ca); err == nil {
					t.Authorities = append(t.Authorities, name)
				}
			}
			return nil, errEnough
		},
	}
	client := tls.Client(c, config)
	err = client.Handshake()
	// The signature over the key exchange is verified before a certificate of ours is
	// asked for, or the handshake is complete.
	switch {
	case err == nil, errors.Is(err, errEnough):
		t.State = Seen
	case c.End() != nil:
		t.State, t.Why = Refused, "the server ended EAP"
	case isAlert(err):
		t.State, t.Why = Refused, err.Error()
	default:
		t.State, t.Why = d.failure(), err.Error()
	}
	if err == nil {
		_ = client.Close() // which says so to the server
	}
	if c.End() == nil && !d.silent && !d.ended {
		_ = c.Abort()
	}
}

// failure is the state of a handshake that failed.
func (d *dialogue) failure() State {
	if d.silent {
		return Silent
	}
	return Unclear
}

// isAlert reports whether an error is an alert of the server.
func isAlert(err error) bool {
	var op *net.OpError
	return errors.As(err, &op) && op.Op == "remote error"
}

// everySuite returns all cipher suites of TLS 1.2 and before, those that clients should
// not use as well: a server is to be seen whichever it has.
func everySuite() []uint16 {
	var out []uint16
	for _, s := range slices.Concat(tls.CipherSuites(), tls.InsecureCipherSuites()) {
		out = append(out, s.ID)
	}
	return out
}
