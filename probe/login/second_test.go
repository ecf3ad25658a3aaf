package login

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/eap"
	"github.com/ikescope/ikescope/ike/iketest/memnet"
	"github.com/ikescope/ikescope/probe/initiator"
)

// TestSecondRound: a certificate and then a user's password (RFC 4739) let in where both
// are right, and no password is sent where the first round fails, or where the gateway
// knows of one round alone.
func TestSecondRound(t *testing.T) {
	const well = "negotiate+ gateway+ authenticate+ eap_method+ authenticate+ end+"
	const ignored = "negotiate+ gateway+ authenticate+ eap_method-round-ignored end+"
	oneRound := func(s *scene) { s.connection().Login.Second = false }
	for _, tt := range []struct {
		name      string
		set       func(*scene)
		want      string
		passwords int
	}{
		{"well", func(*scene) {}, well, 1},
		{"GTC", func(s *scene) {
			s.connection().Methods, s.client.Credentials.Second = []eap.Type{eap.GTC}, GTC
		}, well, 1},
		{"password", func(s *scene) { s.client.Credentials.Password = NewSecret([]byte("wrong")) }, "negotiate+ gateway+ authenticate+ eap_method+ authenticate-eap-credentials", 2},
		{"certificate", func(s *scene) {
			other := newSigner(t, newKey(t), nil, "stranger", nil)
			s.client.Credentials.Chain[0] = newSigner(t, s.client.Credentials.Key.Signer(), other, "client", nil).cert
		}, "negotiate+ authenticate-auth-refused", 0},
		{"the gateway is not trusted", func(s *scene) { s.client.Roots = poolOf(newSigner(t, newKey(t), nil, "stranger", nil)) }, "negotiate+ gateway-cert-untrusted end+", 0},
		{"one round at the client", func(s *scene) { s.client.Credentials.Second = "" }, "negotiate+ authenticate-auth-refused", 0},
		{"one round at the gateway", func(s *scene) { s.gateway.Profile.Notifies = nil }, "negotiate+ authenticate-one-round end+", 0},
		{"a gateway of one round", oneRound, ignored, 0},
		{"and a Child SA", func(s *scene) { oneRound(s); s.client.Address = true }, ignored, 0},
		{"a gateway of one round, not trusted", func(s *scene) {
			oneRound(s)
			s.client.Roots = poolOf(newSigner(t, newKey(t), nil, "stranger", nil))
		}, "negotiate+ gateway-cert-untrusted end+", 0},
		{"and a Child SA, not trusted", func(s *scene) {
			oneRound(s)
			s.client.Address, s.client.Roots = true, poolOf(newSigner(t, newKey(t), nil, "stranger", nil))
		}, "negotiate+ gateway-cert-untrusted end+", 0},
		{"a gateway of one round, which says that it refuses another", func(s *scene) {
			oneRound(s)
			s.connection().Login.RefusesSecond = true
		}, ignored, 0},
		{"the second is refused", func(s *scene) { s.connection().Login.RefusesSecond = true }, "negotiate+ gateway+ authenticate+ eap_method-second-refused", 0},
		{"a gateway of one round, which falls silent", func(s *scene) {
			oneRound(s)
			s.client.Address = true
			s.client.Trace = func(d initiator.Datagram) {
				if h, _, _, err := ike.ParseHeader(d.Octets); err == nil && d.Sent && h.Exchange == ike.INFORMATIONAL {
					s.network.SetLink(memnet.Link{Loss: 1})
				}
			}
		}, "negotiate+ gateway+ authenticate+ eap_method-round-ignored end?", 0},
		{"another method", func(s *scene) { s.connection().Methods = []eap.Type{eap.MD5} }, "negotiate+ gateway+ authenticate+ eap_method-eap-method", 0},
		{"the last AUTH is forged", func(s *scene) { s.connection().Login.ForgedEnd = true }, "negotiate+ gateway+ authenticate+ eap_method+ authenticate-eap-key end?", 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newScene(t)
				s.connection().Login.Second = true
				c := certified(newSigner(s.t, newKey(s.t), s.ca, "client", nil))
				c.Second, c.User, c.Password = MSCHAPv2, "carol", NewSecret([]byte("Ar3etTnp"))
				s.client.Credentials = c
				tt.set(s)
				r := s.login(t.Context())
				if got := told(r); got != tt.want {
					t.Errorf("%s, want %s", got, tt.want)
				}
				stats := s.gateway.Stats()
				if stats.Passwords > tt.passwords || stats.HalfOpen+stats.Established > 0 && r.Left != MayBeLeft {
					t.Errorf("%d responses with a password, %d IKE SAs are left", stats.Passwords, stats.HalfOpen+stats.Established)
				}
			})
		})
	}
}

// TestSecondNeedsCertificate: other methods have no second round.
func TestSecondNeedsCertificate(t *testing.T) {
	for _, c := range []Credentials{
		{Method: PSK, PSK: NewSecret([]byte("it")), Second: MSCHAPv2, User: "carol", Password: NewSecret([]byte("x"))},
		{Method: MSCHAPv2, Second: MSCHAPv2, User: "carol", Password: NewSecret([]byte("x"))},
		{Method: Certificate, Second: TLS},
		{Method: Certificate, Second: Certificate},
	} {
		if err := c.Check(time.Now()); err == nil {
			t.Errorf("%s and %s", c.Method, c.Second)
		}
	}
}
