package login

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/certificate"
	"github.com/ikescope/ikescope/ike/eap"
	"github.com/ikescope/ikescope/ike/eap/eaptls"
	"github.com/ikescope/ikescope/ike/eap/peer"
)

// tlsMethod stands in a conversation for a method that package eaptls carries.
type tlsMethod struct {
	of  eap.Type
	msk []byte
	// inside is the conversation in the tunnel of TTLS and PEAP, nil for none; chap
	// authenticates there by attributes in its place, and pap sends the password.
	inside *peer.Conversation
	chap   *peer.MSCHAPv2
	pap    bool
}

// mschapv2 is that method inside, nil for none.
func (m *tlsMethod) mschapv2() *peer.MSCHAPv2 {
	if m.inside != nil {
		own, _ := m.inside.Method.(*peer.MSCHAPv2)
		return own
	}
	return m.chap
}

// proven reports whether the server has shown inside that it knows the password, where
// the method there has it do so.
func (m *tlsMethod) proven() bool {
	return (m.inside == nil || m.inside.Method.Complete()) && (m.chap == nil || m.chap.Complete())
}

func (m *tlsMethod) Type() eap.Type { return m.of }

// Respond is never called: TLS goes on where its first request comes.
func (m *tlsMethod) Respond(eap.Packet) ([]byte, error) {
	return nil, fmt.Errorf("%v: the server starts it again", m.of)
}

func (m *tlsMethod) Complete() bool { return m.msk != nil }
func (m *tlsMethod) MSK() []byte    { return m.msk }

// errStopped ends TLS where the step that failed is known already.
var errStopped = errors.New("login: EAP has ended")

// errServerCertificate wraps why the certificate of the EAP server is not trusted.
type errServerCertificate struct{ error }

// byTLS shakes hands from the request that starts TLS, until the server ends EAP. It
// reports whether it does so well.
func (e *dialogue) byTLS(user, ctx context.Context, m *tlsMethod, start eap.Packet) bool {
	e.conversation.Started = true
	e.add(Step{Kind: EAPMethod, State: Passed, Exchanges: slices.Clone(e.exchanges[len(e.exchanges)-1:])})
	conn, err := eaptls.New(start, func(response eap.Packet) (eap.Packet, error) {
		if user.Err() != nil {
			e.r.Interrupted = true
			e.fail(Authenticate, Unknown, CauseInterrupted, "")
			return eap.Packet{}, errStopped
		}
		answer, ok := e.ask(ctx, ike.IKE_AUTH, []ike.Payload{&ike.EAP{Data: response.Append(nil)}}, e.Attempts)
		if !ok {
			return eap.Packet{}, errStopped
		}
		e.exchanges = append(e.exchanges, answer.ID)
		payloads, ok := e.answered(answer, Authenticate, "eap-refused")
		if !ok {
			return eap.Packet{}, errStopped
		}
		return packetIn(payloads)
	})
	if err != nil {
		return e.fail(Authenticate, Failed, CauseProtocol, err.Error())
	}
	shaken := tls.Client(conn, e.tlsConfig())
	err = e.shake(ctx, shaken, m)
	if err == nil {
		err = e.tunnel(shaken, m)
	}
	switch {
	case err == nil:
		var end eap.Packet
		end, err = conn.Finish()
		switch {
		case err != nil || end.Code != eap.Success:
		case !m.proven():
			err = peer.ErrServer
		default:
			e.conversation.Ended = eap.Success
			return true
		}
	case conn.End() == nil && !errors.Is(err, errStopped):
		// An alert of ours is still to be sent, which ends EAP in good order. To a server that
		// is not believed an empty answer would say the contrary (RFC 5281, Section 11.2.4).
		if m.chap != nil {
			_ = shaken.Close()
		}
		_ = conn.Leave()
	}
	if end := conn.End(); end != nil && end.Code == eap.Failure {
		e.sa.over = true
	} else if end != nil && (errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)) {
		err = fmt.Errorf("%w: EAP-Success before %v is complete", peer.ErrProtocol, m.of)
	}
	return e.notShaken(err)
}

// notShaken adds the step at which TLS failed.
func (e *dialogue) notShaken(err error) bool {
	var server errServerCertificate
	switch {
	case errors.Is(err, errStopped):
		return false
	case errors.As(err, &server):
		return e.fail(Authenticate, Failed, "eap-server-cert", server.Error())
	case errors.Is(err, errServerName):
		return e.fail(Authenticate, Failed, "eap-server-name", "")
	case err == nil || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF):
		return e.failed()
	case errors.Is(err, peer.ErrServer):
		return e.fail(Authenticate, Failed, CauseServer, "")
	case errors.Is(err, peer.ErrBinding):
		return e.fail(Authenticate, Failed, CauseCryptobinding, "")
	case errors.Is(err, peer.ErrProtocol) || errors.Is(err, eaptls.ErrProtocol):
		return e.fail(Authenticate, Failed, CauseProtocol, err.Error())
	case refusesCertificate(err):
		return e.fail(Authenticate, Failed, "own-cert-refused", err.Error())
	}
	return e.fail(Authenticate, Failed, "eap-tls", err.Error())
}

// refusesCertificate reports whether an error of crypto/tls is an alert of the server
// about our certificate, of which it gives the text alone (RFC 8446, Section 6.2).
func refusesCertificate(err error) bool {
	text, remote := strings.CutPrefix(err.Error(), "remote error: tls: ")
	return remote && (strings.Contains(text, "certificate") || text == "access denied")
}

// shake shakes hands and takes the key.
func (e *dialogue) shake(ctx context.Context, conn *tls.Conn, m *tlsMethod) error {
	if err := conn.HandshakeContext(ctx); err != nil {
		return err
	}
	e.r.EAPTLS.Proven = true
	state := conn.ConnectionState()
	label, context := "client EAP encryption", []byte(nil) // RFC 5216, Section 2.3
	if m.of == eap.TTLS {
		label = "ttls keying material" // RFC 5281, Section 8
	}
	if state.Version == tls.VersionTLS13 {
		// RFC 9190, Section 2.3, and of TTLS and PEAP RFC 9427, Section 2.1.
		label, context = "EXPORTER_EAP_TLS_Key_Material", []byte{byte(m.of)}
		var done [1]byte
		if m.of == eap.TLS { // the server says 0 when it has accepted us: RFC 9190, Section 2.1.1
			if _, err := io.ReadFull(conn, done[:]); err != nil {
				return err
			}
		}
	}
	const size = 64
	material, err := state.ExportKeyingMaterial(label, context, 2*size)
	if err != nil {
		return err
	}
	m.msk = material[:size]
	return nil
}

// tunnel authenticates inside, to a server whose certificate is trusted.
func (e *dialogue) tunnel(conn *tls.Conn, m *tlsMethod) error {
	switch {
	case m.pap:
		return peer.TTLSPassword(conn, e.Credentials.User, e.Credentials.Password.Reveal())
	case m.chap != nil:
		state := conn.ConnectionState()
		challenge, err := state.ExportKeyingMaterial(peer.TTLSChallengeLabel, nil, peer.TTLSChallengeSize)
		if err != nil {
			return err
		}
		return peer.TTLSMSCHAPv2(conn, m.chap, challenge)
	case m.of == eap.TTLS:
		return peer.TTLS(conn, m.inside)
	case m.of == eap.PEAP:
		err := peer.PEAP(conn, m.inside, m.msk)
		if m.inside.Compound != nil {
			m.msk = m.inside.Compound
		}
		return err
	}
	return nil
}

// tlsConfig is that of the client: the chain of the EAP server has to lead to a root
// that is trusted. Its name need not be that of the gateway, which has proven itself before.
func (e *dialogue) tlsConfig() *tls.Config {
	c := &e.Credentials
	own := tls.Certificate{PrivateKey: c.Key.Signer()}
	for _, cert := range c.Chain {
		own.Certificate = append(own.Certificate, cert.Raw)
	}
	return &tls.Config{
		MinVersion: tls.VersionTLS12,
		Rand:       e.Rand,
		// Verified by meetServer, since there may be no name to ask for.
		InsecureSkipVerify:   true,
		GetClientCertificate: func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return &own, nil },
		VerifyConnection:     e.meetServer,
	}
}

// errServerName says that the certificate of the EAP server is not for whom the credentials
// demand.
var errServerName = errors.New("login: the EAP server has another name")

// meetServer judges the certificate that the EAP server shows, and whom it is for. That
// comes before the server proves that it has the key of it, as the end of the handshake does.
func (e *dialogue) meetServer(s tls.ConnectionState) error {
	own, err := certificate.Parse(s.PeerCertificates[0].Raw)
	if err != nil {
		return fmt.Errorf("the EAP server's certificate cannot be read: %w", err)
	}
	server := &EAPServer{Version: s.Version, Chain: []*certificate.Certificate{own}, Wanted: e.Credentials.EAPServer}
	e.r.EAPTLS = server
	for _, cert := range s.PeerCertificates[1:min(len(s.PeerCertificates), maxCertificates)] {
		if parsed, err := certificate.Parse(cert.Raw); err == nil {
			server.Chain = append(server.Chain, parsed)
		}
	}
	between := x509.NewCertPool()
	for _, cert := range s.PeerCertificates[1:] {
		between.AddCert(cert)
	}
	_, err = s.PeerCertificates[0].Verify(x509.VerifyOptions{Roots: e.Roots, Intermediates: between, CurrentTime: time.Now()})
	server.Trusted = err == nil
	if server.Demanded = !server.Wanted.IsZero(); !server.Demanded {
		server.Wanted = e.r.Gateway.ID
	}
	server.Fit = fit(server.Wanted.isOf(own) || hostOf(server.Wanted, own))
	switch {
	case err != nil:
		return errServerCertificate{err}
	case server.Demanded && server.Fit != Fits:
		return errServerName
	}
	return nil
}
