package login

import (
	"crypto/x509"
	"fmt"
	"strings"
	"testing"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/certificate"
)

func TestParseIdentity(t *testing.T) {
	own := newSigner(t, newKey(t), newSigner(t, newKey(t), nil, "CA", nil), "client", nil)
	for s, want := range map[string]string{
		"vpn.example.com":                  "ID_FQDN vpn.example.com",
		"carol":                            "ID_FQDN carol",
		`EXAMPLE\carol`:                    `ID_FQDN EXAMPLE\carol`,
		"carol@example.com":                "ID_RFC822_ADDR carol@example.com",
		"192.0.2.1":                        "ID_IPV4_ADDR 192.0.2.1",
		"2001:db8::1":                      "ID_IPV6_ADDR 2001:db8::1",
		"keyid:0x0a1b":                     "ID_KEY_ID keyid:0a1b",
		"CN=client":                        "ID_DER_ASN1_DN CN=client",
		"cn = Client":                      "ID_DER_ASN1_DN CN=client",
		"CN=other":                         "error",
		"keyid:xyz":                        "error",
		"keyid:":                           "error",
		"":                                 "error",
		strings.Repeat("a", maxIdentity+1): "error",
	} {
		id, err := ParseIdentity(s, own.cert)
		got := fmt.Sprint(id.Type, " ", id)
		if err != nil {
			got = "error"
		}
		if got != want {
			t.Errorf("%.60q is %s, %v; want %s", s, got, err, want)
		}
	}
	if _, err := ParseIdentity("CN=client", nil); err == nil {
		t.Error("a distinguished name without a certificate")
	}
}

// TestLocal: who we say we are unless told.
func TestLocal(t *testing.T) {
	ca := newSigner(t, newKey(t), nil, "CA", nil)
	mail := newSigner(t, newKey(t), ca, "x", func(c *x509.Certificate) { c.DNSNames, c.EmailAddresses = nil, []string{"carol@example.com"} })
	bare := newSigner(t, newKey(t), ca, "x", func(c *x509.Certificate) { c.DNSNames = nil })
	given := user(MSCHAPv2, "carol", "x")
	given.Identity = Identity{ike.ID_KEY_ID, []byte{1}}
	for want, c := range map[string]Credentials{
		"ID_FQDN client":                   certified(newSigner(t, newKey(t), ca, "client", nil)),
		"ID_RFC822_ADDR carol@example.com": certified(mail),
		"ID_DER_ASN1_DN CN=x":              certified(bare),
		"ID_FQDN carol":                    user(MSCHAPv2, "carol", "x"),
		"ID_FQDN a=b":                      user(MSCHAPv2, "a=b", "x"),
		"ID_RFC822_ADDR carol@x":           user(GTC, "carol@x", "x"),
		"ID_KEY_ID keyid:01":               given,
		"ID_FQDN branch.example.com":       {Method: PSK, User: "branch.example.com"},
		"ID_IPV4_ADDR 192.0.2.1":           {Method: PSK, User: "192.0.2.1"},
		"ID_FQDN hq.example.com":           {Method: PSK, User: "branch", Identity: Identity{ike.ID_FQDN, []byte("hq.example.com")}},
	} {
		if got := fmt.Sprint(c.Local().Type, " ", c.Local()); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
	if c := (Credentials{Method: PSK}); !c.Local().IsZero() {
		t.Errorf("%v", c.Local())
	}
}

// TestFits: the identity of the gateway and its certificate are judged each for itself, and
// the identity is told first.
func TestFits(t *testing.T) {
	cert := newSigner(t, newKey(t), newSigner(t, newKey(t), nil, "CA", nil), "a.example.com", func(c *x509.Certificate) { c.DNSNames = append(c.DNSNames, "b.example.com") })
	parsed, err := certificate.Parse(cert.cert.Raw)
	if err != nil {
		t.Fatal(err)
	}
	named := func(name string) Identity {
		if name == "" {
			return Identity{}
		}
		return Identity{ike.ID_FQDN, []byte(name)}
	}
	for _, tt := range []struct {
		says, remote, host string
		certified          bool
		id, cert, all      Fit
		cause              string
	}{
		{"a.example.com", "a.example.com", "x", true, Fits, Fits, Fits, ""},
		{"a.example.com", "b.example.com", "x", true, Differs, Fits, Differs, "peer-id"},
		{"a.example.com", "c.example.com", "x", true, Differs, Differs, Differs, "peer-id"},
		{"c.example.com", "c.example.com", "x", true, Fits, Differs, Differs, "id-not-in-cert"},
		{"a.example.com", "", "b.example.com", true, Unjudged, Fits, Fits, ""},
		{"a.example.com", "", "c.example.com", true, Unjudged, Differs, Differs, "id-not-in-cert"},
		{"a.example.com", "", "", true, Unjudged, Unjudged, Unjudged, ""},
		{"a.example.com", "b.example.com", "x", false, Differs, Unjudged, Differs, "peer-id"},
		{"a.example.com", "", "x", false, Unjudged, Unjudged, Unjudged, ""},
	} {
		a := &attempt{Client: Client{Host: tt.host, Credentials: Credentials{RemoteIdentity: named(tt.remote)}}, r: &Result{}}
		p := &a.r.Gateway
		p.ID, p.Chain = named(tt.says), []*certificate.Certificate{parsed}
		if cause := a.fits(tt.certified, map[string]string{}); cause != tt.cause || p.IDFit != tt.id || p.CertificateFit != tt.cert || p.Fit() != tt.all {
			t.Errorf("%+v: %q, identity %v, certificate %v, both %v", tt, cause, p.IDFit, p.CertificateFit, p.Fit())
		}
	}
}

func FuzzParseIdentity(f *testing.F) {
	for _, s := range []string{"carol", "keyid:0a", "192.0.2.1", "a@b", "CN=x"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		id, err := ParseIdentity(s, nil)
		if err != nil {
			return
		}
		back, err := ParseIdentity(id.String(), nil)
		if err != nil || !back.equal(id) {
			t.Fatalf("%q is %v %q, and that %v, %v", s, id.Type, id, back, err)
		}
	})
}
