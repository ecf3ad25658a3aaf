package probe

import (
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
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/eap"
	"github.com/ikescope/ikescope/ike/iketest"
	"github.com/ikescope/ikescope/probe/identity"
	"github.com/ikescope/ikescope/probe/target"
)

// keyPair is a key with a certificate of it, signed by itself.
func keyPair(t *testing.T, kind string) (crypto.Signer, []byte) {
	t.Helper()
	var key crypto.Signer
	var err error
	switch kind {
	case "RSA":
		key, err = rsa.GenerateKey(rand.Reader, 2048)
	case "P-256":
		key, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	case "P-384":
		key, err = ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	default:
		_, key, err = ed25519.GenerateKey(rand.Reader)
	}
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: kind}, NotAfter: time.Date(2050, 1, 1, 0, 0, 0, 0, time.UTC)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return key, der
}

// connection is one of a gateway that does EAP-MSCHAPv2.
func connection(t *testing.T, id, kind string) iketest.Connection {
	key, der := keyPair(t, kind)
	return iketest.Connection{IDType: ike.ID_FQDN, ID: id, Key: key, Certificates: [][]byte{der}, Methods: []eap.Type{eap.MSCHAPv2}, AsksIdentity: true, ServerName: "gateway"}
}

const (
	identityPolicy = "aes256gcm16-prfsha384-ecp384"
	otherPolicy    = "aes128-sha256-prfsha256-modp2048"
)

// TestScanIdentity: what a gateway shows to strangers, and how that differs by client,
// is what it is configured to.
func TestScanIdentity(t *testing.T) {
	t.Parallel()
	type seen struct {
		state   identity.State
		proof   identity.Proof
		scheme  string
		chain   int
		without identity.State // RFC 7427
		scheme1 string         // without it
		certs   int            // without a CERTREQ
		named   identity.State // by the host name
		methods []eap.Type
		all     bool
	}
	eapOnly := connection(t, "vpn.example.com", "RSA")
	eapOnly.EAPOnly = true
	psk := connection(t, "vpn.example.com", "RSA")
	psk.Key, psk.Certificates, psk.PSK = nil, nil, []byte("secret")
	forged := connection(t, "vpn.example.com", "P-256")
	forged.Forged = true
	always := connection(t, "vpn.example.com", "P-256")
	always.SendAlways = true
	several := connection(t, "vpn.example.com", "P-256")
	several.Methods = []eap.Type{eap.TLS, eap.PEAP, eap.MSCHAPv2}
	user := connection(t, "vpn.example.com", "P-256")
	user.UserSuffix = "@vpn.example.com"
	silent := connection(t, "vpn.example.com", "P-256")
	silent.IgnoresNak = true
	bare := connection(t, "vpn.example.com", "RSA")
	bare.Certificates = nil
	chap := []eap.Type{eap.MSCHAPv2}
	for _, tt := range []struct {
		name       string
		connection iketest.Connection
		want       seen
	}{
		{"RSA", connection(t, "vpn.example.com", "RSA"), seen{identity.Seen, identity.Verified, "RSA PKCS#1 with SHA2-256", 1, identity.Seen, "RSA PKCS#1 with SHA-1", 0, identity.Seen, chap, true}},
		{"P-256", connection(t, "vpn.example.com", "P-256"), seen{identity.Seen, identity.Verified, "ECDSA with SHA2-256", 1, identity.Seen, "ECDSA with SHA2-256", 0, identity.Seen, chap, true}},
		{"P-384", connection(t, "vpn.example.com", "P-384"), seen{identity.Seen, identity.Verified, "ECDSA with SHA2-384", 1, identity.Seen, "ECDSA with SHA2-384", 0, identity.Seen, chap, true}},
		{"Ed25519", connection(t, "vpn.example.com", "Ed25519"), seen{identity.Seen, identity.Verified, "Ed25519", 1, identity.Refused, "", 0, identity.Seen, chap, true}},
		{"another name", connection(t, "other.example.com", "P-256"), seen{identity.Seen, identity.Verified, "ECDSA with SHA2-256", 1, identity.Seen, "ECDSA with SHA2-256", 0, identity.Refused, chap, true}},
		{"a certificate to all", always, seen{identity.Seen, identity.Verified, "ECDSA with SHA2-256", 1, identity.Seen, "ECDSA with SHA2-256", 1, identity.Seen, chap, true}},
		{"forged", forged, seen{identity.Seen, identity.Forged, "ECDSA with SHA2-256", 1, identity.Seen, "ECDSA with SHA2-256", 0, identity.Seen, chap, true}},
		{"no certificate", bare, seen{identity.Seen, identity.NoCertificate, "", 0, identity.Seen, "", 0, identity.Seen, chap, true}},
		{"several methods", several, seen{identity.Seen, identity.Verified, "ECDSA with SHA2-256", 1, identity.Seen, "ECDSA with SHA2-256", 0, identity.Seen,
			[]eap.Type{eap.TLS, eap.PEAP, eap.MSCHAPv2}, true}},
		{"users of a domain", user, seen{identity.Seen, identity.Verified, "ECDSA with SHA2-256", 1, identity.Seen, "ECDSA with SHA2-256", 0, identity.Seen, chap, true}},
		{"RFC 5998", eapOnly, seen{identity.Seen, identity.NoProof, "", 1, identity.NotAsked, "", 0, identity.Seen, chap, true}},
		{"a MAC to strangers", psk, seen{identity.Seen, identity.SharedKeyMAC, "", 0, identity.NotAsked, "", 0, identity.Seen, chap, true}},
		{"no answer to a Nak", silent, seen{identity.Seen, identity.Verified, "ECDSA with SHA2-256", 1, identity.Seen, "ECDSA with SHA2-256", 0, identity.Seen, chap, false}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			o := scene{policy: identityPolicy, profile: iketest.StrongSwan, connections: []iketest.Connection{tt.connection},
				scanner: Scanner{Identity: identity.Full}, target: target.Target{Name: "vpn.example.com", Address: gatewayAddr}}.scan(t)
			r := o.Identity
			if r == nil || len(r.Identities) != 1 {
				t.Fatalf("%+v", r)
			}
			c := r.Identities[0]
			got := seen{state: c.Plain.State, proof: c.Plain.Proof, scheme: c.Plain.Scheme.String(), chain: len(c.Plain.Chain), methods: c.Methods, all: c.AllMethods}
			if c.NoHashes != nil {
				got.without, got.scheme1 = c.NoHashes.State, c.NoHashes.Scheme.String()
			}
			if c.NoCertReq != nil {
				got.certs = len(c.NoCertReq.Chain)
			}
			if c.ByName != nil {
				got.named = c.ByName.State
			}
			want := tt.want
			if got.state != want.state || got.proof != want.proof || got.scheme != want.scheme || got.chain != want.chain || got.without != want.without ||
				got.scheme1 != want.scheme1 || got.certs != want.certs || got.named != want.named || !slices.Equal(got.methods, want.methods) || got.all != want.all {
				t.Errorf("%+v\nwant %+v", got, want)
			}
			if c.Plain.State == identity.Seen && string(c.Plain.ID.Data) != tt.connection.ID || c.ServerName != "gateway" {
				t.Errorf("identity %s, server %q", c.Plain.ID.Data, c.ServerName)
			}
			if o.stats.HalfOpen != o.Cost.HalfOpenLeft || o.stats.HalfOpen > 0 && !tt.connection.IgnoresNak {
				t.Errorf("%d half-open IKE SAs, %d told", o.stats.HalfOpen, o.Cost.HalfOpenLeft)
			}
			if !o.Complete || len(o.Doubts) > 0 {
				t.Errorf("complete %v, doubts %v", o.Complete, o.Doubts)
			}
		})
	}
}

// TestScanIdentityConnections: the suite decides which connection a gateway shows.
func TestScanIdentityConnections(t *testing.T) {
	t.Parallel()
	a, b := connection(t, "a.example.com", "P-256"), connection(t, "b.example.com", "RSA")
	a.Policy, b.Policy = policyOf(t, identityPolicy), policyOf(t, otherPolicy)
	for name, tt := range map[string]struct {
		connections []iketest.Connection
		want        []string
	}{
		"two":                        {[]iketest.Connection{a, b}, []string{"a.example.com", "b.example.com"}},
		"one, and none":              {[]iketest.Connection{b}, []string{"", "b.example.com"}},
		"one, of two ways to log in": {sameCertificate(t), []string{"a.example.com", "a.example.com"}},
		"one for both":               {[]iketest.Connection{connection(t, "c.example.com", "P-256")}, []string{"c.example.com"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := scene{policy: identityPolicy + "," + otherPolicy, profile: iketest.StrongSwan, connections: tt.connections, scanner: Scanner{Identity: identity.Full}}.scan(t)
			var got []string
			suites := 0
			for _, c := range o.Identity.Identities {
				id := ""
				if c.Plain.ID != nil {
					id = string(c.Plain.ID.Data)
				}
				got = append(got, id)
				suites += len(c.Suites)
			}
			slices.Sort(got)
			if !slices.Equal(got, tt.want) || suites != 2 || o.stats.HalfOpen != 0 || o.Cost.HalfOpenLeft != 0 {
				t.Errorf("%q with %d suites, %d half-open; want %q", got, suites, o.stats.HalfOpen, tt.want)
			}
		})
	}
}

// sameCertificate are two connections that differ only in the method, after the identity
// was asked for.
func sameCertificate(t *testing.T) []iketest.Connection {
	a := connection(t, "a.example.com", "P-256")
	b := a
	a.Policy, b.Policy = policyOf(t, identityPolicy), policyOf(t, otherPolicy)
	b.Methods = []eap.Type{eap.MD5}
	return []iketest.Connection{a, b}
}

// TestScanIdentityEndless: EAP without an end is ended.
func TestScanIdentityEndless(t *testing.T) {
	t.Parallel()
	c := connection(t, "vpn.example.com", "P-256")
	c.Endless = true
	o := scene{policy: identityPolicy, profile: iketest.StrongSwan, connections: []iketest.Connection{c}, scanner: Scanner{Identity: identity.Full}}.scan(t)
	asked := 0
	for _, r := range o.Identity.Replies {
		asked += len(r.Exchanges)
	}
	if asked > 40 || o.stats.HalfOpen != 0 {
		t.Errorf("%d exchanges, %d half-open", asked, o.stats.HalfOpen)
	}
}

// radius is a connection whose server of EAP-TLS has a certificate of its own.
func radius(t *testing.T, least, most uint16, methods ...eap.Type) iketest.Connection {
	c := connection(t, "vpn.example.com", "RSA")
	key, der := keyPair(t, "P-384")
	authority, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(authority)
	c.Methods = methods
	c.TLS = &tls.Config{
		Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}, MinVersion: least, MaxVersion: most,
		ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: pool,
	}
	return c
}

// TestScanIdentityTLS: the server of EAP with TLS is seen, which certificate it has, which
// versions it takes and whose certificates it wants, and nobody logs in.
func TestScanIdentityTLS(t *testing.T) {
	t.Parallel()
	silent := radius(t, 0, 0, eap.TLS)
	silent.Converse = func(in, out eap.Packet) []byte {
		if in.Type == eap.TLS {
			return nil
		}
		return out.Append(nil)
	}
	stalls := radius(t, 0, 0, eap.TLS)
	stalls.Converse = func(in, out eap.Packet) []byte {
		if in.Type == eap.TLS {
			out = eap.Packet{Code: eap.Request, Identifier: in.Identifier + 1, Type: eap.TLS, Data: []byte{0}}
		}
		return out.Append(nil)
	}
	huge := radius(t, 0, 0, eap.TLS)
	huge.Converse = func(in, out eap.Packet) []byte {
		if in.Type == eap.TLS {
			out = eap.Packet{Code: eap.Request, Identifier: in.Identifier + 1, Type: eap.TLS, Data: append([]byte{0x40}, make([]byte, 60000)...)}
		}
		return out.Append(nil)
	}
	open := radius(t, 0, tls.VersionTLS12, eap.PEAP)
	open.TLS.ClientAuth = tls.NoClientCert
	for name, tt := range map[string]struct {
		connection iketest.Connection
		want       []string
	}{
		"EAP-TLS": {radius(t, tls.VersionTLS12, 0, eap.TLS), []string{
			"eap-tls TLS 1.3: seen TLS 1.3 CN=P-384 of CN=P-384", "eap-tls TLS 1.2: seen TLS 1.2 CN=P-384 of CN=P-384", "eap-tls TLS 1.1: refused",
		}},
		"old": {radius(t, tls.VersionTLS10, tls.VersionTLS11, eap.MSCHAPv2, eap.TLS), []string{
			"eap-tls TLS 1.3: seen TLS 1.1 CN=P-384 of CN=P-384", "eap-tls TLS 1.0: seen TLS 1.0 CN=P-384 of CN=P-384",
		}},
		"several": {radius(t, tls.VersionTLS12, tls.VersionTLS12, eap.TTLS, eap.PEAP, eap.TLS), []string{
			"eap-tls TLS 1.3: seen TLS 1.2 CN=P-384 of CN=P-384", "eap-ttls TLS 1.3: seen TLS 1.2 CN=P-384 of CN=P-384", "eap-peap TLS 1.3: seen TLS 1.2 CN=P-384 of CN=P-384",
			"eap-ttls TLS 1.1: refused",
		}},
		"no certificate of clients": {open, []string{"eap-peap TLS 1.3: seen TLS 1.2 CN=P-384", "eap-peap TLS 1.1: refused"}},
		"silent":                    {silent, []string{"eap-tls TLS 1.3: no_answer"}},
		"stalls":                    {stalls, []string{"eap-tls TLS 1.3: unclear"}},
		"fragments without end":     {huge, []string{"eap-tls TLS 1.3: unclear"}},
		"no TLS":                    {connection(t, "vpn.example.com", "RSA"), nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := scene{policy: identityPolicy, profile: iketest.StrongSwan, connections: []iketest.Connection{tt.connection},
				scanner: Scanner{Identity: identity.Full}}.scan(t)
			var got []string
			for _, h := range o.Identity.Identities[0].TLS {
				line := fmt.Sprintf("%v %s: %v", h.Method, tls.VersionName(h.Most), h.State)
				if h.State == identity.Seen {
					line += " " + tls.VersionName(h.Version)
				}
				for _, c := range h.Chain {
					line += " " + c.Subject
				}
				if h.AsksCertificate {
					line += " of " + strings.Join(h.Authorities, "+")
				}
				got = append(got, line)
				if (h.Why == "") != (h.State == identity.Seen) || len(h.Exchanges) < 3 || len(h.Exchanges) > 250 {
					t.Errorf("%s: why %q, %d exchanges", line, h.Why, len(h.Exchanges))
				}
			}
			slices.Sort(got)
			slices.Sort(tt.want)
			if !slices.Equal(got, tt.want) {
				t.Errorf("%q\nwant %q", got, tt.want)
			}
			if o.stats.HalfOpen != 0 || o.Cost.HalfOpenLeft != 0 || o.stats.Established != 0 || !o.Complete {
				t.Errorf("%d half-open, %d told, %d established, complete %v", o.stats.HalfOpen, o.Cost.HalfOpenLeft, o.stats.Established, o.Complete)
			}
		})
	}
}

// TestScanIdentityNone: without EAP nothing is shown, and nothing is claimed.
func TestScanIdentityNone(t *testing.T) {
	t.Parallel()
	o := scene{policy: identityPolicy, profile: iketest.StrongSwan, scanner: Scanner{Identity: identity.Full}, target: target.Target{Name: "vpn.example.com", Address: gatewayAddr}}.scan(t)
	c := o.Identity.Identities[0]
	if len(o.Identity.Identities) != 1 || c.Plain.State != identity.Refused || c.Plain.Notify != ike.AUTHENTICATION_FAILED || len(o.Identity.Replies) != 5 {
		t.Errorf("%+v, %d questions", c.Plain, len(o.Identity.Replies))
	}
	if o.stats.HalfOpen != 0 || o.Cost.HalfOpenLeft != 0 || !o.Complete {
		t.Errorf("%d half-open, %d told, complete %v", o.stats.HalfOpen, o.Cost.HalfOpenLeft, o.Complete)
	}
}

// TestScanIdentityKinds: the identity is seen whatever type it has, and asked for by an
// address where that is what users dial.
func TestScanIdentityKinds(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		kind   ike.IDType
		id     string
		dialed string
		named  identity.State
	}{
		"address":          {ike.ID_IPV4_ADDR, "\xc0\x00\x02\x07", "192.0.2.7", identity.Seen},
		"another address":  {ike.ID_IPV4_ADDR, "\xc0\x00\x02\x07", "192.0.2.8", identity.Refused},
		"IPv6 address":     {ike.ID_IPV6_ADDR, "\x20\x01\x0d\xb8" + strings.Repeat("\x00", 11) + "\x07", "2001:db8::7", identity.Seen},
		"e-mail":           {ike.ID_RFC822_ADDR, "gw@example.com", "vpn.example.com", identity.Refused},
		"distinguished":    {ike.ID_DER_ASN1_DN, "\x30\x0d\x31\x0b\x30\x09\x06\x03\x55\x04\x03\x0c\x02gw", "vpn.example.com", identity.Refused},
		"key ID":           {ike.ID_KEY_ID, "gw", "vpn.example.com", identity.Refused},
		"a name of octets": {ike.ID_FQDN, "\x1b[2J", "vpn.example.com", identity.Refused},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := connection(t, tt.id, "P-256")
			c.IDType = tt.kind
			o := scene{policy: identityPolicy, profile: iketest.StrongSwan, connections: []iketest.Connection{c},
				scanner: Scanner{Identity: identity.Brief, HostName: tt.dialed}}.scan(t)
			r := o.Identity.Identities[0]
			if p := r.Plain; p.State != identity.Seen || p.ID.IDType != tt.kind || string(p.ID.Data) != tt.id || p.Proof != identity.Verified {
				t.Errorf("%+v", p)
			}
			if r.ByName == nil || r.ByName.State != tt.named {
				t.Errorf("by what is dialed: %+v, want %v", r.ByName, tt.named)
			}
		})
	}
}
