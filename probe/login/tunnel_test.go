package login

import (
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/eap"
	"github.com/ikescope/ikescope/ike/iketest/eapserver"
)

// TestTunnelled: a user logs in by TTLS and PEAP in both versions of TLS, with the key
// that the gateway has, and fails where the password, the server's certificate or its
// proof is wrong.
func TestTunnelled(t *testing.T) {
	bound := func(c eapserver.Config) func(*scene) {
		c.Cryptobinding = true
		return func(s *scene) { s.connection().Login.Server = c }
	}
	const begun = "negotiate+ gateway+ eap_method+ "
	for method, of := range map[Method]eap.Type{TTLS: eap.TTLS, TTLSMSCHAPv2: eap.TTLS, TTLSPAP: eap.TTLS, PEAP: eap.PEAP} {
		refused := "authenticate-eap-credentials"
		if method == TTLSPAP {
			refused = "authenticate-eap-refused"
		}
		for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
			for _, tt := range []struct {
				name, password, want string
				set                  func(*scene)
			}{
				{"well", "Ar3etTnp", wellEAP, nil},
				{"password", "wrong", begun + refused, nil},
				{"cryptobinding", "Ar3etTnp", wellEAP, bound(eapserver.Config{})},
				{"cryptobinding refused", "Ar3etTnp", begun + "authenticate-eap-refused-bound", bound(eapserver.Config{BoundRefused: true})},
				{"cryptobinding of other keys", "Ar3etTnp", begun + "authenticate-eap-cryptobinding", bound(eapserver.Config{Bound: func(tlv []byte) []byte {
					tlv[len(tlv)-1] ^= 1
					return tlv
				}})},
				{"cryptobinding cut off", "Ar3etTnp", begun + "authenticate-eap-cryptobinding", bound(eapserver.Config{Bound: func(tlv []byte) []byte {
					return tlv[:20]
				}})},
				{"stranger", "Ar3etTnp", begun + "authenticate-eap-server-cert", strangeServer},
				{"unproven", "Ar3etTnp", begun + "authenticate-eap-server-unproven", func(s *scene) {
					s.connection().Login.Server = eapserver.Config{Unproven: true}
				}},
			} {
				if method != PEAP && strings.HasPrefix(tt.name, "cryptobinding") {
					continue
				}
				switch {
				case method == TTLSPAP && tt.name == "unproven":
					continue // PAP proves nothing of the server
				case method == TTLSMSCHAPv2 && tt.name == "unproven":
					tt.want += " end+" // after its last word, it takes the alert for an answer
				}
				t.Run(fmt.Sprintf("%s %s %s", method, tls.VersionName(version), tt.name), func(t *testing.T) {
					synctest.Test(t, func(t *testing.T) {
						s := newScene(t)
						byTLS(version)(s)
						s.connection().Methods = []eap.Type{of}
						s.connection().TLS.ClientAuth = tls.NoClientCert
						s.client.Credentials = user(method, "carol", tt.password)
						if tt.set != nil {
							tt.set(s)
						}
						r := s.login(t.Context())
						stats := s.gateway.Stats()
						if got := told(r); got != tt.want || stats.HalfOpen+stats.Established > 0 || r.LoggedIn != (tt.want == wellEAP) {
							t.Errorf("%s, want %s; %+v\n%+v", got, tt.want, stats, r.Steps)
						}
						trusted := tt.name != "stranger"
						if s := r.EAPTLS; s == nil || s.Version != version || s.Proven != trusted || s.Trusted != trusted || s.Fit != Differs || s.Wanted.String() != "vpn.example.com" || len(s.Chain) != 1 || s.Chain[0].CommonName != "radius.example.com" {
							t.Errorf("the EAP server is %+v", s)
						}
						if tt.name == "password" && method != TTLSPAP && r.EAPError != 691 {
							t.Errorf("error %d", r.EAPError)
						}
					})
				})
			}
		}
	}
}

// TestEAPServerName: the certificate of the EAP server has to be for whom the credentials
// demand, and else it is only said whether it is for the gateway's identity; a password goes
// to no other.
func TestEAPServerName(t *testing.T) {
	for _, tt := range []struct {
		demand, server, want string
		fit                  Fit
	}{
		{"", "radius.example.com", wellEAP, Differs},
		{"", "vpn.example.com", wellEAP, Fits},
		{"radius.example.com", "radius.example.com", wellEAP, Fits},
		{"RADIUS.example.com", "*.example.com", wellEAP, Fits},
		{"other.example.com", "radius.example.com", "negotiate+ gateway+ eap_method+ authenticate-eap-server-name", Differs},
	} {
		synctest.Test(t, func(t *testing.T) {
			s := newScene(t)
			byTLS(tls.VersionTLS13)(s)
			server := newSigner(t, newKey(t), s.ca, tt.server, nil)
			s.connection().TLS.Certificates = []tls.Certificate{{Certificate: [][]byte{server.cert.Raw}, PrivateKey: server.key}}
			s.connection().TLS.ClientAuth = tls.NoClientCert
			s.connection().Methods = []eap.Type{eap.TTLS}
			s.client.Credentials = user(TTLSPAP, "carol", "Ar3etTnp")
			if tt.demand != "" {
				s.client.Credentials.EAPServer = Identity{ike.ID_FQDN, []byte(tt.demand)}
			}
			r := s.login(t.Context())
			stats := s.gateway.Stats()
			if told(r) != tt.want || r.EAPTLS == nil || r.EAPTLS.Fit != tt.fit || !r.EAPTLS.Trusted || r.EAPTLS.Proven != r.LoggedIn || r.EAPTLS.Demanded != (tt.demand != "") || stats.HalfOpen+stats.Established > 0 {
				t.Errorf("%s, where %s is demanded: %s, %+v, %+v", tt.server, tt.demand, told(r), r.EAPTLS, stats)
			}
		})
	}
}

// TestEAPServerUnproven: who shows the chain of a server, which anybody can see, and has not
// the key of it proves nothing, and gets no password.
func TestEAPServerUnproven(t *testing.T) {
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		synctest.Test(t, func(t *testing.T) {
			s := newScene(t)
			byTLS(version)(s)
			s.connection().TLS.Certificates[0].PrivateKey = newKey(t)
			s.connection().TLS.ClientAuth = tls.NoClientCert
			s.connection().Methods = []eap.Type{eap.TTLS}
			s.client.Credentials = user(TTLSPAP, "carol", "Ar3etTnp")
			r := s.login(t.Context())
			const want = "negotiate+ gateway+ eap_method+ authenticate-eap-tls"
			if e := r.EAPTLS; told(r) != want || e == nil || e.Proven || !e.Trusted || len(e.Chain) != 1 || s.gateway.Stats().Passwords > 0 {
				t.Errorf("%s: %s, %+v", tls.VersionName(version), told(r), e)
			}
		})
	}
}

// TestEAPServerUnread: an intermediate is not taken for the server's own certificate where
// that is too long to read.
func TestEAPServerUnread(t *testing.T) {
	ca := newSigner(t, newKey(t), nil, "CA", nil)
	leaf := newSigner(t, newKey(t), ca, "radius.example.com", func(c *x509.Certificate) {
		c.ExtraExtensions = []pkix.Extension{{Id: asn1.ObjectIdentifier{1, 3, 9999}, Value: make([]byte, 1<<15)}}
	})
	e := &dialogue{attempt: &attempt{Client: Client{Roots: poolOf(ca)}, r: &Result{}}}
	err := e.meetServer(tls.ConnectionState{PeerCertificates: []*x509.Certificate{leaf.cert, ca.cert}})
	if err == nil || !strings.Contains(err.Error(), "cannot be read") || e.r.EAPTLS != nil {
		t.Errorf("%v, %+v", err, e.r.EAPTLS)
	}
}
