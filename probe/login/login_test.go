package login

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"math/big"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/eap"
	"github.com/ikescope/ikescope/ike/iketest"
	"github.com/ikescope/ikescope/ike/iketest/memnet"
	"github.com/ikescope/ikescope/probe/initiator"
	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/matrix"
)

var (
	clientAddr  = netip.MustParseAddr("192.0.2.10")
	gatewayAddr = netip.MustParseAddr("198.51.100.7")
)

// signer is a key with its certificate.
type signer struct {
	key  crypto.Signer
	cert *x509.Certificate
}

// authority is a CA that certifies keys.
func newSigner(t testing.TB, key crypto.Signer, by *signer, name string, change func(*x509.Certificate)) *signer {
	t.Helper()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: name},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour), BasicConstraintsValid: true,
	}
	if by == nil {
		template.IsCA, template.KeyUsage = true, x509.KeyUsageCertSign
		by = &signer{key, template}
	} else {
		template.DNSNames = []string{name}
	}
	if change != nil {
		change(template)
	}
	der, err := x509.CreateCertificate(rand.Reader, template, by.cert, key.Public(), by.key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return &signer{key, cert}
}

func newKey(t testing.TB) crypto.Signer {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func poolOf(certs ...*signer) *x509.CertPool {
	pool := x509.NewCertPool()
	for _, c := range certs {
		pool.AddCert(c.cert)
	}
	return pool
}

// scene is a gateway in a network in memory, in a bubble of synctest.
type scene struct {
	t       *testing.T
	network *memnet.Network
	gateway *iketest.Responder
	served  sync.WaitGroup
	ca      *signer
	client  Client
}

// newScene makes a gateway that lets in: who has the PSK "it" or a certificate of the
// CA, and carol with Ar3etTnp by EAP.
func newScene(t *testing.T) *scene {
	s := &scene{t: t, network: memnet.New(), ca: newSigner(t, newKey(t), nil, "CA", nil)}
	s.network.SetLink(memnet.Link{Delay: 5 * time.Millisecond})
	products, err := proposals.ParseProducts("aes256gcm16-prfsha384-ecp384")
	if err != nil {
		t.Fatal(err)
	}
	own := newSigner(t, newKey(t), s.ca, "vpn.example.com", nil)
	s.gateway = &iketest.Responder{
		Profile: iketest.StrongSwan,
		Policy:  []ike.Proposal{products[0].Proposal(1)},
		Connections: []iketest.Connection{{
			IDType: ike.ID_FQDN, ID: "vpn.example.com", Certificates: [][]byte{own.cert.Raw}, Key: own.key,
			AsksIdentity: true, Methods: []eap.Type{eap.MSCHAPv2}, ServerName: "mock",
			Login: &iketest.Login{PSK: []byte("it"), ClientCAs: poolOf(s.ca), Users: map[string]string{"carol": "Ar3etTnp"}},
		}},
	}
	s.client = Client{
		Host: "vpn.example.com", Roots: poolOf(s.ca),
		Listen: func(_ context.Context, _ netip.Addr, source netip.AddrPort) (net.PacketConn, error) {
			return s.network.ListenPacket(netip.AddrPortFrom(clientAddr, source.Port()))
		},
	}
	return s
}

// connection is that of the gateway.
func (s *scene) connection() *iketest.Connection { return &s.gateway.Connections[0] }

// login serves the gateway, logs in, and reports what came of it.
func (s *scene) login(ctx context.Context) *Result {
	s.t.Helper()
	var pair [2]net.PacketConn
	for i, port := range []uint16{500, 4500} {
		conn, err := s.network.ListenPacket(netip.AddrPortFrom(gatewayAddr, port))
		if err != nil {
			s.t.Fatal(err)
		}
		pair[i] = conn
	}
	s.served.Go(func() {
		if err := s.gateway.Serve(pair[0], pair[1]); err != nil {
			s.t.Error(err)
		}
	})
	defer s.served.Wait()
	defer pair[1].Close()
	defer pair[0].Close()
	r, err := s.client.Login(ctx, Target{Address: gatewayAddr})
	if err != nil {
		s.t.Fatal(err)
	}
	return r
}

// told is a result in short: "negotiate+ gateway+ authenticate-cause end+".
func told(r *Result) string {
	mark := map[StepState]string{Passed: "+", Failed: "-", Warning: "!", Unknown: "?"}
	var out []string
	for _, s := range r.Steps {
		out = append(out, string(s.Kind)+mark[s.State]+s.Cause)
	}
	return strings.Join(out, " ")
}

func psk(key string) Credentials {
	return Credentials{Method: PSK, PSK: NewSecret([]byte(key)), Identity: Identity{ike.ID_FQDN, []byte("client.example.com")}}
}

func user(method Method, name, password string) Credentials {
	return Credentials{Method: method, User: name, Password: NewSecret([]byte(password))}
}

func certified(s *signer) Credentials {
	return Credentials{Method: Certificate, Chain: []*x509.Certificate{s.cert}, Key: NewKey(s.key)}
}

const (
	wellDirect = "negotiate+ gateway+ authenticate+ end+"
	wellEAP    = "negotiate+ gateway+ eap_method+ authenticate+ end+"
)

// TestLogin: what the credentials, the gateway and its faults lead to, and that no IKE SA
// is left at a gateway that takes part.
func TestLogin(t *testing.T) {
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	_, edKey, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	eapOf := func(method Method, t eap.Type) func(*scene) {
		return func(s *scene) {
			s.connection().Methods = []eap.Type{t}
			s.client.Credentials = user(method, "carol", "Ar3etTnp")
		}
	}
	byUser := eapOf(MSCHAPv2, eap.MSCHAPv2)
	with := func(all ...func(*scene)) func(*scene) {
		return func(s *scene) {
			for _, f := range all {
				f(s)
			}
		}
	}
	byPSK := func(s *scene) { s.client.Credentials = psk("it") }
	judged := func(proven, trusted bool, fit Fit, wanted string) func(*scene, *Result) string {
		return func(_ *scene, r *Result) string {
			if g := r.Gateway; g.Proven != proven || g.Trusted != trusted || g.Fit() != fit || g.Wanted.String() != wanted {
				return fmt.Sprintf("proven %v, trusted %v, fits %v %v", g.Proven, g.Trusted, g.Fit(), g.Wanted)
			}
			return ""
		}
	}
	isStranger := func(s *scene) { s.client.Roots = poolOf(newSigner(s.t, newKey(s.t), nil, "stranger", nil)) }
	byKey := func(key crypto.Signer) func(*scene) {
		return func(s *scene) { s.client.Credentials = certified(newSigner(s.t, key, s.ca, "client", nil)) }
	}
	byCert := func(s *scene) { byKey(newKey(s.t))(s) }
	for _, tt := range []struct {
		name  string
		set   func(*scene)
		want  string
		check func(*scene, *Result) string // what is wrong, "" for nothing
		left  int                          // IKE SAs at the gateway
	}{
		{name: "PSK", set: byPSK, want: wellDirect, check: judged(true, true, Unjudged, "")},
		{name: "PSK wrong", set: func(s *scene) { s.client.Credentials = psk("other") }, want: "negotiate+ authenticate-auth-refused"},
		{name: "PSK, gateway's wrong", set: with(byPSK, func(s *scene) { s.connection().Forged = true }), want: "negotiate+ gateway-psk-mismatch end?", left: 1},
		{name: "PSK for an unknown name", set: with(byPSK, func(s *scene) {
			s.client.Credentials.RemoteIdentity = Identity{ike.ID_FQDN, []byte("other.example.com")}
		}), want: "negotiate+ authenticate-auth-refused"},
		{name: "PSK for a name", set: with(byPSK, func(s *scene) {
			s.client.Credentials.RemoteIdentity = Identity{ike.ID_FQDN, []byte("VPN.example.com")}
		}), want: wellDirect, check: judged(true, true, Fits, "VPN.example.com")},

		{name: "ECDSA", set: byCert, want: wellDirect},
		{name: "RSA in fragments", set: byKey(rsaKey), want: wellDirect, check: func(s *scene, r *Result) string {
			if n := s.gateway.Stats().Requests; n < 4 {
				return fmt.Sprintf("%d requests, so no fragments", n)
			}
			return ""
		}},
		{name: "RSA by PSS", set: with(byKey(rsaKey), func(s *scene) { s.client.Credentials.PSS = true }), want: wellDirect},
		{name: "RSA without RFC 7427", set: with(byKey(rsaKey), noHashes), want: wellDirect},
		{name: "Ed25519", set: byKey(edKey), want: wellDirect},
		{name: "Ed25519 without RFC 7427", set: with(byKey(edKey), noHashes), want: "negotiate+ authenticate-no-hash end+"},
		{name: "certificate of a stranger", set: func(s *scene) {
			s.client.Credentials = certified(newSigner(s.t, newKey(s.t), newSigner(s.t, newKey(s.t), nil, "stranger", nil), "client", nil))
		}, want: "negotiate+ authenticate-auth-refused"},
		{name: "gateway of a stranger", set: with(byCert, isStranger), want: "negotiate+ gateway-cert-untrusted end+", check: judged(true, false, Fits, "vpn.example.com")},
		{name: "gateway of a stranger and of another name", set: with(byCert, isStranger, func(s *scene) { s.client.Host = "other.example.com" }),
			want: "negotiate+ gateway-cert-untrusted end+", check: judged(true, false, Differs, "other.example.com")},
		{name: "gateway expired", set: with(byCert, func(s *scene) {
			own := newSigner(s.t, newKey(s.t), s.ca, "vpn.example.com", func(c *x509.Certificate) { c.NotAfter = time.Now().Add(-time.Minute) })
			s.connection().Key, s.connection().Certificates = own.key, [][]byte{own.cert.Raw}
		}), want: "negotiate+ gateway-cert-invalid end+"},
		{name: "gateway of another name", set: with(byCert, func(s *scene) { s.client.Host = "other.example.com" }), want: "negotiate+ gateway-id-not-in-cert end+",
			check: judged(true, true, Differs, "other.example.com")},
		{name: "gateway asked for by its address", set: with(byCert, func(s *scene) { s.client.Host = gatewayAddr.String() }), want: "negotiate+ gateway-id-not-in-cert end+"},
		{name: "gateway asked for by its identity", set: with(byCert, func(s *scene) {
			s.client.Host, s.client.Credentials.RemoteIdentity = gatewayAddr.String(), Identity{ike.ID_FQDN, []byte("vpn.example.com")}
		}), want: wellDirect, check: judged(true, true, Fits, "vpn.example.com")},
		{name: "gateway's signature forged", set: with(byCert, func(s *scene) { s.connection().Forged = true }), want: "negotiate+ gateway-signature end?", left: 1, check: judged(false, false, Unjudged, "")},
		{name: "gateway without certificate", set: with(byCert, func(s *scene) { s.connection().Certificates = nil }), want: "negotiate+ gateway-cert-missing end?", left: 1},

		{name: "MSCHAPv2", set: byUser, want: wellEAP, check: func(s *scene, r *Result) string {
			if r.EAPServer != "mock" || !r.Childless {
				return fmt.Sprintf("%q, childless %v", r.EAPServer, r.Childless)
			}
			return ""
		}},
		{name: "MSCHAPv2 without identity", set: with(byUser, func(s *scene) { s.connection().AsksIdentity = false }), want: wellEAP},
		{name: "MD5", set: eapOf(MD5, eap.MD5), want: wellEAP},
		{name: "GTC", set: eapOf(GTC, eap.GTC), want: wellEAP},
		{name: "GTC after a Nak", set: with(eapOf(GTC, eap.GTC), func(s *scene) { s.connection().Methods = []eap.Type{eap.MSCHAPv2, eap.GTC} }), want: wellEAP,
			check: func(s *scene, r *Result) string {
				if r.OtherMethod != eap.MSCHAPv2 {
					return r.OtherMethod.String()
				}
				return ""
			}},
		{name: "another method", set: with(eapOf(MD5, eap.GTC)), want: "negotiate+ gateway+ eap_method-eap-method"},
		{name: "wrong password", set: with(byUser, func(s *scene) { s.client.Credentials = user(MSCHAPv2, "carol", "wrong") }),
			want: "negotiate+ gateway+ eap_method+ authenticate-eap-credentials", check: func(s *scene, r *Result) string {
				if r.EAPError != 691 || r.EAPMessage != "FAIL" {
					return fmt.Sprint(r.EAPError, r.EAPMessage)
				}
				return ""
			}},
		{name: "wrong user", set: with(byUser, func(s *scene) { s.client.Credentials = user(MSCHAPv2, "dave", "Ar3etTnp") }),
			want: "negotiate+ gateway+ eap_method+ authenticate-eap-credentials"},
		{name: "wrong password of MD5", set: with(eapOf(MD5, eap.MD5), func(s *scene) { s.client.Credentials = user(MD5, "carol", "wrong") }),
			want: "negotiate+ gateway+ eap_method+ authenticate-eap-refused"},
		{name: "no EAP", set: with(byUser, func(s *scene) { s.gateway.Connections = nil }), want: "negotiate+ eap_method-eap-wanted"},
		{name: "another gateway's name", set: with(byUser, func(s *scene) {
			s.client.Credentials.RemoteIdentity = Identity{ike.ID_FQDN, []byte("other.example.com")}
		}), want: "negotiate+ eap_method-auth-refused"},
		{name: "password to a stranger", set: with(byUser, func(s *scene) { s.client.Roots = x509.NewCertPool() }),
			want: "negotiate+ gateway-cert-untrusted end+", check: noPassword},
		{name: "password to another name", set: with(byUser, func(s *scene) { s.client.Host = "other.example.com" }),
			want: "negotiate+ gateway-id-not-in-cert end+", check: noPassword},
		{name: "password to a forger", set: with(byUser, func(s *scene) { s.connection().Forged = true }),
			want: "negotiate+ gateway-signature end?", check: noPassword, left: 1},
		{name: "password to who proves nothing", set: with(byUser, func(s *scene) { s.connection().Key, s.connection().PSK = nil, []byte("it") }),
			want: "negotiate+ gateway-gateway-unproven end?", check: noPassword, left: 1},
		{name: "password to who has a key of many", set: with(byUser, func(s *scene) {
			s.connection().Key, s.connection().PSK, s.client.Credentials.PSK = nil, []byte("it"), NewSecret([]byte("it"))
		}), want: "negotiate+ gateway-gateway-unproven end?", check: noPassword, left: 1},

		{name: "EAP-TLS 1.3", set: byTLS(tls.VersionTLS13), want: wellEAP, check: func(s *scene, r *Result) string {
			if string(r.Local.Data) != "client" {
				return r.Local.String()
			}
			return ""
		}},
		{name: "EAP-TLS 1.2", set: byTLS(tls.VersionTLS12), want: wellEAP},
		{name: "EAP-TLS after a Nak", set: with(byTLS(tls.VersionTLS13), func(s *scene) { s.connection().Methods = []eap.Type{eap.MD5, eap.TLS} }), want: wellEAP},
		{name: "EAP-TLS 1.3, certificate of a stranger", set: with(byTLS(tls.VersionTLS13), stranger), want: "negotiate+ gateway+ eap_method+ authenticate-own-cert-refused"},
		{name: "EAP-TLS 1.2, certificate of a stranger", set: with(byTLS(tls.VersionTLS12), stranger), want: "negotiate+ gateway+ eap_method+ authenticate-own-cert-refused"},
		{name: "EAP-TLS 1.3, server of a stranger", set: with(byTLS(tls.VersionTLS13), strangeServer), want: "negotiate+ gateway+ eap_method+ authenticate-eap-server-cert"},
		{name: "EAP-TLS 1.2, server of a stranger", set: with(byTLS(tls.VersionTLS12), strangeServer), want: "negotiate+ gateway+ eap_method+ authenticate-eap-server-cert"},
		{name: "EAP-TLS of version 1.1", set: byTLS(tls.VersionTLS11), want: "negotiate+ gateway+ eap_method+ authenticate-eap-tls"},

		// Hostile gateways.
		{name: "EAP that never ends", set: with(byUser, func(s *scene) { s.connection().Login, s.connection().Endless = nil, true }),
			want: "negotiate+ gateway+ eap_method-protocol end+"},
		{name: "the challenge replayed", set: with(byUser, func(s *scene) { s.connection().Login.Server.Replays = true }),
			want: "negotiate+ gateway+ eap_method+ authenticate-protocol end+", check: func(s *scene, r *Result) string {
				if n := len(r.Exchanges); n != 6 { // INIT with the wrong method and again, hello, identity, password, end
					return fmt.Sprintf("%d exchanges", n)
				}
				return ""
			}},
		{name: "MD5 replayed", set: with(eapOf(MD5, eap.MD5), func(s *scene) { s.connection().Login.Server.Replays = true }),
			want: "negotiate+ gateway+ eap_method+ authenticate-protocol end+"},
		{name: "a server that does not know the password", set: with(byUser, func(s *scene) { s.connection().Login.Server.Unproven = true }),
			want: "negotiate+ gateway+ eap_method+ authenticate-eap-server-unproven end+"},
		{name: "success before the password", set: with(byUser, func(s *scene) { s.connection().Login.Server.Hasty = true }),
			want: "negotiate+ gateway+ eap_method-protocol end+", check: noPassword},
		{name: "the last AUTH forged", set: with(byUser, func(s *scene) { s.connection().Login.ForgedEnd = true }),
			want: "negotiate+ gateway+ eap_method+ authenticate-eap-key end?", left: 1},
		{name: "a Child SA that was not asked for", set: with(byPSK, func(s *scene) { s.connection().Login.Unasked = true }),
			want: "negotiate+ gateway+ authenticate+ session!child-unasked end+"},
		{name: "silence to the password", set: with(byUser, func(s *scene) { s.connection().Login.SilentPassword = true }),
			want: "negotiate+ gateway+ eap_method+ authenticate?silence-password end?", left: 1},

		// What comes beside.
		{name: "needs an address", set: with(byUser, func(s *scene) { s.connection().Login.NeedsAddress = true }),
			want: "negotiate+ gateway+ eap_method+ authenticate+ session!address-wanted end+"},
		{name: "gets an address", set: with(byUser, func(s *scene) { s.connection().Login.NeedsAddress, s.client.Address = true, true }),
			want: "negotiate+ gateway+ eap_method+ authenticate+ session+ end+", check: func(s *scene, r *Result) string {
				if !r.Child || r.Childless || len(r.Assigned) != 2 || s.gateway.Stats().Children != 1 {
					return fmt.Sprintf("%+v", r.Assigned)
				}
				return ""
			}},
		{name: "gets no address", set: with(byUser, func(s *scene) { s.client.Address = true }),
			want: "negotiate+ gateway+ eap_method+ authenticate+ session!address-ignored end+"},
		{name: "cannot do without a Child SA", set: with(byPSK, func(s *scene) { s.gateway.Profile = iketest.OpenIKED }),
			want: "negotiate+ gateway+ authenticate+ session+ end+"},
		{name: "no ESP in common", set: with(byPSK, func(s *scene) {
			s.gateway.Profile, s.connection().Login.Child = iketest.OpenIKED, ike.NO_PROPOSAL_CHOSEN
		}), want: "negotiate+ gateway+ authenticate+ session!child-proposal end+"},
		{name: "lifetime", set: with(byPSK, func(s *scene) { s.connection().Login.Lifetime = time.Hour }), want: wellDirect, check: func(s *scene, r *Result) string {
			if r.AuthLifetime != time.Hour {
				return r.AuthLifetime.String()
			}
			return ""
		}},
		{name: "no suite", set: with(byPSK, func(s *scene) { s.gateway.Policy = nil }), want: "negotiate-ike-proposal"},
		{name: "cookies", set: with(byUser, func(s *scene) { s.gateway.Profile.AlwaysCookie = true }), want: wellEAP},
		{name: "an echo", set: with(byPSK, func(s *scene) { s.gateway.Faults.Instead = iketest.Echo }), want: "negotiate-no-responder"},
		{name: "silence", set: with(byPSK, func(s *scene) { s.network.SetLink(memnet.Link{Loss: 1}) }), want: "negotiate?silence"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newScene(t)
				tt.set(s)
				refused := ""
				if len(s.gateway.Connections) > 0 && s.connection().Login != nil {
					s.connection().Login.Refused = func(why string) { refused = why }
				}
				r := s.login(t.Context())
				if got := told(r); got != tt.want {
					t.Errorf("%s, want %s\n%+v", got, tt.want, r.Steps)
				}
				// What the gateway says of it.
				if want, known := map[string]string{
					"PSK": "", "PSK wrong": "another pre-shared key", "wrong password": "another password", "wrong user": "a user that it does not know",
				}[tt.name]; known && refused != want {
					t.Errorf("refused for %q, want %q", refused, want)
				}
				if tt.check != nil {
					if fault := tt.check(s, r); fault != "" {
						t.Error(fault)
					}
				}
				stats := s.gateway.Stats()
				if left := stats.HalfOpen + stats.Established; left != tt.left {
					t.Errorf("%d IKE SAs are left, want %d", left, tt.left)
				}
				if wantIn := strings.Contains(tt.want, "authenticate+"); r.LoggedIn != wantIn {
					t.Errorf("logged in: %v", r.LoggedIn)
				}
				if tt.left > 0 && r.Left != MayBeLeft || tt.left == 0 && r.Left == MayBeLeft {
					t.Errorf("%d are left, and the result says %d", tt.left, r.Left)
				}
				if stats.Passwords > 1 {
					t.Errorf("the password was sent %d times", stats.Passwords)
				}
			})
		})
	}
}

// byTLS has both sides use EAP-TLS of one version.
func byTLS(version uint16) func(*scene) {
	return func(s *scene) {
		server := newSigner(s.t, newKey(s.t), s.ca, "radius.example.com", nil)
		s.connection().Methods = []eap.Type{eap.TLS}
		s.connection().TLS = &tls.Config{
			Certificates: []tls.Certificate{{Certificate: [][]byte{server.cert.Raw}, PrivateKey: server.key}},
			ClientAuth:   tls.RequireAndVerifyClientCert, ClientCAs: poolOf(s.ca), MinVersion: version, MaxVersion: version,
		}
		s.client.Credentials = certified(newSigner(s.t, newKey(s.t), s.ca, "client", func(c *x509.Certificate) {
			c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}
		}))
		s.client.Credentials.Method = TLS
	}
}

// stranger has the client have a certificate that the server does not trust, and
// strangeServer the server one that the client does not.
func stranger(s *scene) {
	s.client.Credentials = certified(newSigner(s.t, newKey(s.t), newSigner(s.t, newKey(s.t), nil, "stranger", nil), "client", nil))
	s.client.Credentials.Method = TLS
}

func strangeServer(s *scene) {
	server := newSigner(s.t, newKey(s.t), newSigner(s.t, newKey(s.t), nil, "stranger", nil), "radius.example.com", nil)
	s.connection().TLS.Certificates = []tls.Certificate{{Certificate: [][]byte{server.cert.Raw}, PrivateKey: server.key}}
}

// noHashes has the gateway not know RFC 7427, though it still signs by what the client
// announces.
func noHashes(s *scene) {
	s.gateway.Profile.Notifies = slices.DeleteFunc(slices.Clone(s.gateway.Profile.Notifies), func(n ike.Notify) bool {
		return n.Notification == ike.SIGNATURE_HASH_ALGORITHMS
	})
}

// noPassword: none was sent.
func noPassword(s *scene, r *Result) string {
	if n := s.gateway.Stats().Passwords; n > 0 {
		return "the password was sent"
	}
	return ""
}

// TestInterrupted: whenever the user ends it, what was opened is ended.
func TestInterrupted(t *testing.T) {
	for after := time.Duration(0); after < 200*time.Millisecond; after += 4 * time.Millisecond {
		synctest.Test(t, func(t *testing.T) {
			s := newScene(t)
			s.client.Credentials = user(MSCHAPv2, "carol", "Ar3etTnp")
			ctx, cancel := context.WithTimeout(t.Context(), after)
			defer cancel()
			r := s.login(ctx)
			stats := s.gateway.Stats()
			if left := stats.HalfOpen + stats.Established; left > 0 && r.Left != MayBeLeft || len(r.Steps) > 1 && left > 0 {
				t.Errorf("after %v: %d IKE SAs are left: %s", after, left, told(r))
			}
			if !r.LoggedIn && !r.Interrupted {
				t.Errorf("after %v: it is not said to be interrupted: %s", after, told(r))
			}
		})
	}
}

// TestESP: the suites of Child SAs are those of the gateway, and none of these is left.
func TestESP(t *testing.T) {
	with := func(keywords string) ike.Proposal { // with its own PRF left out
		products, err := proposals.ParseProducts(keywords)
		if err != nil {
			t.Fatal(err)
		}
		p := products[0].Proposal(1)
		p.Transforms = slices.DeleteFunc(p.Transforms, func(t ike.Transform) bool { return t.Type == ike.TransformPRF })
		return p
	}
	plain := func(keywords string) ike.Proposal {
		p := with(keywords + "-modp2048")
		p.Transforms = slices.DeleteFunc(p.Transforms, func(t ike.Transform) bool { return t.Type == ike.TransformKE })
		return p
	}
	modern := with("aes256gcm16-aes128gcm16-prfsha256-ecp384-x25519")
	classic := with("aes256-aes128-sha256-sha1-prfsha256-modp2048")
	extended := plain("aes256-sha256-prfsha256")
	extended.Transforms = append(extended.Transforms, ike.Transform{Type: ike.TransformSN, ID: 1})
	for _, tt := range []struct {
		name       string
		esp        []ike.Proposal
		narrow     bool
		pfs, plain string
		sn         string
		installed  int
		most       int // questions
	}{
		{name: "PFS demanded", esp: []ike.Proposal{modern, classic}, pfs: "aes128gcm16-aes256gcm16-prfsha256-ecp384-x25519 aes128-aes256-sha1-sha256-prfsha256-modp2048", sn: "short", most: 110},
		{name: "PFS refused", esp: []ike.Proposal{plain("aes256gcm16-prfsha256")}, plain: "aes256gcm16-prfsha256-modp2048", sn: "short", installed: 7, most: 40},
		{name: "both, and nothing is installed", narrow: true, esp: []ike.Proposal{with("aes256gcm16-prfsha256-ecp384"), plain("aes256gcm16-aes256gcm12-prfsha256")},
			pfs: "aes256gcm16-prfsha256-ecp384", plain: "aes256gcm12-aes256gcm16-prfsha256-modp2048", sn: "short", most: 80},
		{name: "extended sequence numbers", narrow: true, esp: []ike.Proposal{extended}, plain: "aes256-sha256-prfsha256-modp2048", sn: "extended", most: 60},
		{name: "nothing", esp: nil, most: 16},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newScene(t)
				s.client.Credentials, s.client.ESP = psk("it"), true
				s.connection().Login.ESP, s.connection().Login.Narrow = tt.esp, tt.narrow
				r := s.login(t.Context())
				e := r.ESP
				if e == nil || e.Unasked != "" || e.PFS == nil || e.Plain == nil || !e.PFS.Proven || !e.Plain.Proven {
					t.Fatalf("%+v", e)
				}
				if got := productsOf(e.PFS); got != tt.pfs {
					t.Errorf("with PFS %s, want %s", got, tt.pfs)
				}
				if got := productsOf(e.Plain); got != tt.plain {
					t.Errorf("without %s, want %s", got, tt.plain)
				}
				sn := ""
				if e.NoESN {
					sn += "short"
				}
				if e.ESN {
					sn += "extended"
				}
				stats := s.gateway.Stats()
				if sn != tt.sn || e.Installed > tt.installed || e.Installed != stats.Children || stats.ChildrenLeft != 0 || e.Questions > tt.most {
					t.Errorf("%s sequence numbers, %d installed, %d at the gateway, %d left, %d questions", sn, e.Installed, stats.Children, stats.ChildrenLeft, e.Questions)
				}
				if left := stats.HalfOpen + stats.Established; left != 0 || !strings.HasSuffix(told(r), "end+") {
					t.Errorf("%d IKE SAs are left: %s", left, told(r))
				}
			})
		})
	}
}

// productsOf are the accepted products, their algorithms in the order of the keywords.
func productsOf(m *matrix.Matrix) string {
	var out []string
	for _, region := range m.Products {
		for _, list := range region.Product {
			slices.SortFunc(list, func(a, b proposals.Algorithm) int { return strings.Compare(a.Keyword(), b.Keyword()) })
		}
		out = append(out, region.Product.String())
	}
	return strings.Join(out, " ")
}

// TestESPNeverKEWithoutPayload: pluto aborts where KE is offered without a KE payload.
func TestESPNeverKEWithoutPayload(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newScene(t)
		s.client.Credentials, s.client.ESP = psk("it"), true
		r := s.login(t.Context())
		for _, x := range r.Exchanges {
			if x.Type == ike.CREATE_CHILD_SA && slices.Contains(x.Sends, "KE") != x.OffersKE {
				t.Errorf("exchange %d sends %q, and offers KE: %v", x.ID, x.Sends, x.OffersKE)
			}
		}
		if r.ESP.Questions < 4 {
			t.Errorf("%d questions", r.ESP.Questions)
		}
	})
}

// TestLosses: what is lost is sent again, and the password is answered for once.
func TestLosses(t *testing.T) {
	for every := 3; every < 12; every++ {
		synctest.Test(t, func(t *testing.T) {
			s := newScene(t)
			var mu sync.Mutex
			sent := 0
			s.network.SetFilter(func(_, _ netip.AddrPort, _ []byte) memnet.Verdict {
				mu.Lock()
				defer mu.Unlock()
				if sent++; sent%every == 0 {
					return memnet.Drop
				}
				return memnet.Pass
			})
			s.client.Credentials = user(MSCHAPv2, "carol", "Ar3etTnp")
			r := s.login(t.Context())
			// A gateway that has deleted the IKE SA does not answer once more.
			stats := s.gateway.Stats()
			if !r.LoggedIn || stats.HalfOpen+stats.Established > 0 || stats.Passwords != 1 || stats.Logins != 1 {
				t.Errorf("every %d. datagram is lost: %s; %+v", every, told(r), stats)
			}
		})
	}
}

// TestNeverInitialContact: what is sent is what is meant to be, and no more.
func TestNeverInitialContact(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newScene(t)
		s.client.Credentials = user(MSCHAPv2, "carol", "Ar3etTnp")
		r := s.login(t.Context())
		var sent []string
		for _, x := range r.Exchanges {
			if x.Type != ike.IKE_SA_INIT {
				sent = append(sent, fmt.Sprint(x.Type, " ", x.MessageID, ": ", strings.Join(x.Sends, " ")))
			}
			if x.Tries != 1 {
				t.Errorf("exchange %d was sent %d times", x.ID, x.Tries)
			}
		}
		want := []string{"IKE_AUTH 1: IDi CERTREQ", "IKE_AUTH 2: EAP", "IKE_AUTH 3: EAP", "IKE_AUTH 4: EAP", "IKE_AUTH 5: AUTH", "INFORMATIONAL 6: Delete"}
		if !slices.Equal(sent, want) {
			t.Errorf("%q, want %q", sent, want)
		}
	})
}

// TestOwnFaults: what is wrong with the credentials, nothing being sent.
func TestOwnFaults(t *testing.T) {
	ca := newSigner(t, newKey(t), nil, "CA", nil)
	own := newSigner(t, newKey(t), ca, "client", nil)
	expired := newSigner(t, newKey(t), ca, "client", func(c *x509.Certificate) { c.NotAfter = time.Now().Add(-time.Minute) })
	early := newSigner(t, newKey(t), ca, "client", func(c *x509.Certificate) { c.NotBefore = time.Now().Add(time.Minute) })
	for want, c := range map[string]Credentials{
		"method: \"\" is not a method":                     {},
		"psk: is missing":                                  {Method: PSK},
		"user: is missing":                                 {Method: MSCHAPv2},
		"password: is missing":                             {Method: GTC, User: "carol"},
		"certificate: is missing":                          {Method: Certificate},
		"key: is missing":                                  {Method: Certificate, Chain: []*x509.Certificate{own.cert}},
		"user: has 1025 octets, more than 1024":            user(GTC, strings.Repeat("u", 1025), "pw"),
		"password: has 1025 octets, more than 1024":        user(GTC, "carol", strings.Repeat("p", 1025)),
		"key: is not that of the certificate":              {Method: Certificate, Chain: []*x509.Certificate{own.cert}, Key: NewKey(ca.key)},
		"certificate: that of \"CN=client\" expired on":    certified(expired),
		"certificate: that of \"CN=client\" is not valid ": certified(early),
	} {
		client := Client{Credentials: c, Listen: func(context.Context, netip.Addr, netip.AddrPort) (net.PacketConn, error) {
			t.Error("a socket was opened")
			return nil, net.ErrClosed
		}}
		if _, err := client.Login(t.Context(), Target{Address: gatewayAddr}); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

// TestOffer: what is offered fits one datagram, and can be computed.
func TestOffer(t *testing.T) {
	for _, products := range [][]proposals.Product{Offer(), HybridOffer()} {
		if n := (initiator.Offer{Products: products, KE: ike.KE_MODP_4096}).Octets(); n > 1232 {
			t.Errorf("the request has up to %d octets", n)
		}
	}
}
