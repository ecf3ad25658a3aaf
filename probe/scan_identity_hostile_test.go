package probe

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/ikescope/ikescope/ike/iketest"
	"github.com/ikescope/ikescope/probe/identity"
)

// named is a certificate of a subject, as short as one can be.
func named(t *testing.T, subject string) []byte {
	t.Helper()
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: subject}, NotAfter: time.Date(2050, 1, 1, 0, 0, 0, 0, time.UTC)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return der
}

// nested is ASN.1 that is nested as deep as so many octets allow.
func nested(octets int) []byte {
	var b []byte
	for range octets / 2 {
		b = append(b, 0x30, 0x80)
	}
	return b
}

// TestScanIdentityHostile: whatever a gateway sends in place of certificates, the scan
// ends, keeps little of it, and leaves nothing open.
func TestScanIdentityHostile(t *testing.T) {
	t.Parallel()
	many := make([][]byte, 200)
	for i := range many {
		many[i] = named(t, "x")
	}
	long := append([]byte{0x30, 0x82, 0xff, 0xf0}, make([]byte, 60000)...)
	fragmented := iketest.StrongSwan
	fragmented.FragmentSize = 1252
	for name, tt := range map[string]struct {
		certificates [][]byte
		profile      iketest.Profile
		lose         int
		chain        int
		unread       int
		state        identity.State
	}{
		"200 certificates":              {many, iketest.StrongSwan, 0, 16, 0, identity.Seen},
		"200 certificates in fragments": {many, fragmented, 0, 16, 0, identity.Seen},
		"64 kB":                         {[][]byte{long}, iketest.StrongSwan, 0, 0, 1, identity.Seen},
		"64 kB in fragments":            {[][]byte{long}, fragmented, 0, 0, 1, identity.Seen},
		"nested ASN.1":                  {[][]byte{nested(30000)}, iketest.StrongSwan, 0, 0, 1, identity.Seen},
		"no octets":                     {[][]byte{{}}, iketest.StrongSwan, 0, 0, 1, identity.Seen},
		"a name full of escapes":        {[][]byte{named(t, "\x1b]0;x\a\x1b[2J\r\n\u202e")}, iketest.StrongSwan, 0, 1, 0, identity.Seen},
		"the first fragment is lost":    {many[:20], fragmented, 1, 0, 0, identity.Silent},
		"the second fragment is lost":   {many[:20], fragmented, 2, 0, 0, identity.Silent},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := connection(t, "vpn.example.com", "P-256")
			c.Certificates = tt.certificates
			tt.profile.LoseFragment = tt.lose
			o := scene{policy: identityPolicy, profile: tt.profile, connections: []iketest.Connection{c}, scanner: Scanner{Identity: identity.Brief}}.scan(t)
			r := o.Identity.Identities[0].Plain
			if r.State != tt.state || len(r.Chain) != tt.chain || len(r.Unread) != tt.unread {
				t.Errorf("%v with %d certificates, %d unread; want %v with %d, %d", r.State, len(r.Chain), len(r.Unread), tt.state, tt.chain, tt.unread)
			}
			for _, u := range r.Unread {
				if len(u) > 200 {
					t.Errorf("%d octets on why a certificate was not read", len(u))
				}
			}
			if tt.state == identity.Seen && r.Proof == identity.Verified {
				t.Errorf("%v", r.Proof)
			}
			if o.stats.HalfOpen != 0 || o.Cost.HalfOpenLeft != 0 {
				t.Errorf("%d half-open, %d told", o.stats.HalfOpen, o.Cost.HalfOpenLeft)
			}
		})
	}
}

// TestScanIdentityFragments: an answer in fragments says what one in one piece does, and
// retransmissions get all of them again.
func TestScanIdentityFragments(t *testing.T) {
	t.Parallel()
	c := connection(t, "vpn.example.com", "RSA")
	c.Certificates = append(c.Certificates, named(t, strings.Repeat("x", 2000)))
	for _, size := range []int{200, 548, 1252} {
		profile := iketest.StrongSwan
		profile.FragmentSize = size
		for _, loss := range []float64{0, 0.2} {
			o := scene{policy: identityPolicy, profile: profile, connections: []iketest.Connection{c}, faults: iketest.Faults{Loss: loss / 10}, scanner: Scanner{Identity: identity.Full}}.scan(t)
			r := o.Identity.Identities[0]
			if r.Plain.State != identity.Seen || r.Plain.Proof != identity.Verified || len(r.Plain.Chain) != 2 || !bytes.Equal(r.Plain.Chain[0].Raw, c.Certificates[0]) {
				t.Errorf("%d octets: %v, %v, %d certificates", size, r.Plain.State, r.Plain.Proof, len(r.Plain.Chain))
			}
			if loss == 0 && (o.stats.HalfOpen != 0 || !r.AllMethods) {
				t.Errorf("%d octets: %d half-open; all methods %v", size, o.stats.HalfOpen, r.AllMethods)
			}
		}
	}
}
