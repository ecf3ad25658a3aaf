package certificate

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
	"math/big"
	"net"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// signer makes a key of the kind that a test names.
func signer(t testing.TB, kind string) crypto.Signer {
	t.Helper()
	var key crypto.Signer
	var err error
	switch kind {
	case "RSA 2048":
		key, err = rsa.GenerateKey(rand.Reader, 2048)
	case "ECDSA P-256":
		key, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	case "ECDSA P-384":
		key, err = ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	case "ECDSA P-521":
		key, err = ecdsa.GenerateKey(elliptic.P521(), rand.Reader)
	case "Ed25519":
		_, key, err = ed25519.GenerateKey(rand.Reader)
	default:
		t.Fatalf("no key of kind %s", kind)
	}
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// issued returns a certificate of key that it signed itself.
func issued(t testing.TB, key crypto.Signer, template x509.Certificate) *Certificate {
	t.Helper()
	if template.SerialNumber == nil {
		template.SerialNumber = big.NewInt(0x1234)
	}
	der, err := x509.CreateCertificate(rand.Reader, &template, &template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	c, err := Parse(der)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestParse(t *testing.T) {
	link, _ := url.Parse("https://example.com/")
	notBefore := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	template := x509.Certificate{
		Subject:   pkix.Name{Organization: []string{"Example"}, CommonName: "vpn.example.com"},
		NotBefore: notBefore, NotAfter: notBefore.AddDate(1, 0, 0),
		DNSNames: []string{"vpn.example.com"}, EmailAddresses: []string{"admin@example.com"}, URIs: []*url.URL{link},
		IPAddresses:           []net.IP{net.ParseIP("192.0.2.7").To4(), net.ParseIP("2001:db8::7")},
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		UnknownExtKeyUsage:    []asn1.ObjectIdentifier{{1, 3, 6, 1, 5, 5, 8, 2, 2}, {1, 2, 3}},
		BasicConstraintsValid: true, IsCA: true,
		OCSPServer: []string{"http://ocsp.example.com"}, IssuingCertificateURL: []string{"http://example.com/ca.cer"},
		CRLDistributionPoints: []string{"http://crl.example.com/ca.crl"},
	}
	for _, kind := range []string{"RSA 2048", "ECDSA P-256", "ECDSA P-384", "ECDSA P-521", "Ed25519"} {
		t.Run(kind, func(t *testing.T) {
			key := signer(t, kind)
			c := issued(t, key, template)
			spki, err := x509.MarshalPKIXPublicKey(key.Public())
			if err != nil {
				t.Fatal(err)
			}
			for _, tt := range []struct {
				name      string
				got, want any
			}{
				{"subject", c.Subject, "CN=vpn.example.com,O=Example"},
				{"common name", c.CommonName, "vpn.example.com"},
				{"issuer", c.Issuer, c.Subject},
				{"self-signed", c.IsSelfSigned(), true},
				{"serial number", c.SerialNumber, "1234"},
				{"not after", c.NotAfter, notBefore.AddDate(1, 0, 0)},
				{"key", c.Key.String(), kind},
				{"key hash", c.KeyHash, sha1.Sum(spki)},
				{"CA", c.IsCA, true},
				{"names", strings.Join(slices.Concat(c.DNSNames, c.EmailAddresses, c.URIs), " "), "vpn.example.com admin@example.com https://example.com/"},
				{"addresses", slices.Equal(c.Addresses, []netip.Addr{netip.MustParseAddr("192.0.2.7"), netip.MustParseAddr("2001:db8::7")}), true},
				{"EKU", strings.Join(c.EKU, " "), "serverAuth ikeIntermediate 1.2.3"},
				{"URLs", strings.Join(slices.Concat(c.OCSP, c.Issuers, c.CRL), " "), "http://ocsp.example.com http://example.com/ca.cer http://crl.example.com/ca.crl"},
				{"unverifiable", c.Unverifiable, error(nil)},
			} {
				if tt.got != tt.want {
					t.Errorf("%s: %v, want %v", tt.name, tt.got, tt.want)
				}
			}
		})
	}
}

// pemFile returns the DER of a certificate of testdata.
func pemFile(t testing.TB, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	block, _ := pem.Decode(text)
	if block == nil {
		t.Fatalf("%s holds no PEM", name)
	}
	return block.Bytes
}

// TestParseUnverifiable: what crypto/x509 refuses, or has no key of, is read all
// the same.
func TestParseUnverifiable(t *testing.T) {
	for _, tt := range []struct{ file, key, commonName, names string }{
		{"brainpool.pem", "ECDSA brainpoolP256r1", "vpn.example.com", "vpn.example.com 192.0.2.7 serverAuth ikeIntermediate http://crl.example.com/ca.crl 1.2.3.4"},
		{"ed448.pem", "Ed448", "ed448.example", "ed448.example"},
		{"rsapss.pem", "RSA 2048", "pss.example", ""},
		{"explicit.pem", "ECDSA explicit curve", "explicit.example", ""},
	} {
		t.Run(tt.file, func(t *testing.T) {
			c, err := Parse(pemFile(t, tt.file))
			if err != nil {
				t.Fatal(err)
			}
			var names []string
			names = append(names, c.DNSNames...)
			for _, a := range c.Addresses {
				names = append(names, a.String())
			}
			names = slices.Concat(names, c.EKU, c.CRL, c.Policies)
			if c.Key.String() != tt.key || c.CommonName != tt.commonName || strings.Join(names, " ") != tt.names {
				t.Errorf("%s, %s, %q, want %+v", c.Key, c.CommonName, names, tt)
			}
			if c.Unverifiable == nil || c.X509() != nil {
				t.Errorf("it is verifiable")
			}
		})
	}
}

// TestParseLongKey: whoever sends an RSA key of 100,000 bits would have us verify with it
// for seconds, so that none is.
func TestParseLongKey(t *testing.T) {
	for bits, want := range map[int]bool{4096: true, mostRSA: true, mostRSA + 1: false, 100000: false} {
		modulus := new(big.Int).SetBit(big.NewInt(12345), bits-1, 1)
		template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "gw"}, DNSNames: []string{"gw.example.com"}}
		der, err := x509.CreateCertificate(rand.Reader, template, template, &rsa.PublicKey{N: modulus, E: 65537}, signer(t, "Ed25519"))
		if err != nil {
			t.Fatal(err)
		}
		c, err := Parse(der)
		if err != nil || c.Key.Bits != bits || c.DNSNames[0] != "gw.example.com" || (c.X509() != nil) != want || (c.Unverifiable == nil) != want {
			t.Errorf("%d bits: %+v, %v", bits, c, err)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	good := issued(t, signer(t, "Ed25519"), x509.Certificate{Subject: pkix.Name{CommonName: "x"}}).Raw
	for name, der := range map[string][]byte{
		"nothing":          nil,
		"text":             []byte("-----BEGIN CERTIFICATE-----"),
		"cut":              good[:len(good)-1],
		"an octet more":    append(slices.Clone(good), 0),
		"too long":         make([]byte, maxOctets+1),
		"deep":             bytes.Repeat([]byte{0x30, 0x80}, 1000),
		"no certificate":   {0x30, 0x03, 0x02, 0x01, 0x00},
		"a length too far": {0x30, 0x84, 0xff, 0xff, 0xff, 0xff, 0},
	} {
		if c, err := Parse(der); err == nil {
			t.Errorf("%s: read as %s", name, c.Subject)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, name := range []string{"brainpool.pem", "ed448.pem", "rsapss.pem", "explicit.pem"} {
		f.Add(pemFile(f, name))
	}
	f.Add(issued(f, signer(f, "Ed25519"), x509.Certificate{Subject: pkix.Name{CommonName: "x"}}).Raw)
	f.Fuzz(func(t *testing.T, der []byte) {
		c, err := Parse(der)
		if err != nil {
			return
		}
		if (c.X509() == nil) != (c.Unverifiable != nil) {
			t.Errorf("x509: %v, unverifiable: %v", c.X509() != nil, c.Unverifiable)
		}
	})
}
