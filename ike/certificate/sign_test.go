package certificate

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/ikescope/ikescope/ike"
)

// TestSignAuth: what is signed verifies, by the scheme that it says, and not over other
// octets.
func TestSignAuth(t *testing.T) {
	all := []ike.HashAlgorithm{ike.SIGHASH_SHA2_512, ike.SIGHASH_IDENTITY, ike.SIGHASH_SHA2_384, ike.SIGHASH_SHA2_256}
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	_, edKey, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	curve := func(c elliptic.Curve) crypto.Signer {
		key, err := ecdsa.GenerateKey(c, rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		return key
	}
	p256, p384, p521 := curve(elliptic.P256()), curve(elliptic.P384()), curve(elliptic.P521())
	for _, tt := range []struct {
		key  crypto.Signer
		o    SigningOptions
		want string // "" for ErrNoScheme
	}{
		{rsaKey, SigningOptions{Hashes: all}, "Digital Signature: RSA PKCS#1 with SHA2-256"},
		{rsaKey, SigningOptions{Hashes: []ike.HashAlgorithm{ike.SIGHASH_SHA2_512}}, "Digital Signature: RSA PKCS#1 with SHA2-512"},
		{rsaKey, SigningOptions{Hashes: all, PSS: true}, "Digital Signature: RSA PSS with SHA2-256"},
		{rsaKey, SigningOptions{Hashes: []ike.HashAlgorithm{ike.SIGHASH_SHA2_384}, PSS: true}, "Digital Signature: RSA PSS with SHA2-384"},
		{rsaKey, SigningOptions{Hashes: []ike.HashAlgorithm{ike.SIGHASH_SHA2_512}, PSS: true}, "Digital Signature: RSA PSS with SHA2-512"},
		{rsaKey, SigningOptions{}, "RSA Digital Signature: RSA PKCS#1 with SHA-1"},
		{rsaKey, SigningOptions{PSS: true}, ""},
		{p256, SigningOptions{Hashes: all}, "Digital Signature: ECDSA with SHA2-256"},
		{p384, SigningOptions{Hashes: all}, "Digital Signature: ECDSA with SHA2-384"},
		{p521, SigningOptions{Hashes: all}, "Digital Signature: ECDSA with SHA2-512"},
		{p384, SigningOptions{Hashes: []ike.HashAlgorithm{ike.SIGHASH_SHA2_256}}, ""},
		{p256, SigningOptions{}, "ECDSA with SHA-256 on the P-256 curve: ECDSA with SHA2-256"},
		{p384, SigningOptions{}, "ECDSA with SHA-384 on the P-384 curve: ECDSA with SHA2-384"},
		{p521, SigningOptions{}, "ECDSA with SHA-512 on the P-521 curve: ECDSA with SHA2-512"},
		{edKey, SigningOptions{Hashes: all}, "Digital Signature: Ed25519"},
		{edKey, SigningOptions{Hashes: []ike.HashAlgorithm{ike.SIGHASH_SHA2_256}}, ""},
		{edKey, SigningOptions{}, ""},
	} {
		c := certificateOf(t, tt.key)
		auth, scheme, err := SignAuth(tt.key, []byte("signed"), tt.o)
		if tt.want == "" {
			if !errors.Is(err, ErrNoScheme) {
				t.Errorf("%v with %+v: %v, want ErrNoScheme", c.Key, tt.o, err)
			}
			continue
		}
		if err != nil {
			t.Errorf("%v with %+v: %v", c.Key, tt.o, err)
			continue
		}
		if got := scheme.Method.String() + ": " + scheme.String(); got != tt.want {
			t.Errorf("%v with %+v: %q, want %q", c.Key, tt.o, got, tt.want)
		}
		if seen, err := c.VerifyAuth(auth, []byte("signed")); err != nil || seen != scheme {
			t.Errorf("%v with %+v verifies as %+v, %v", c.Key, tt.o, seen, err)
		}
		if _, err := c.VerifyAuth(auth, []byte("other octets")); !errors.Is(err, ErrForged) {
			t.Errorf("%v with %+v: over other octets it is %v", c.Key, tt.o, err)
		}
	}
	if _, _, err := SignAuth(unknownKey{}, nil, SigningOptions{Hashes: all}); !errors.Is(err, ErrNoScheme) || !strings.Contains(err.Error(), "string") {
		t.Error(err)
	}
}

type unknownKey struct{ crypto.Signer }

func (unknownKey) Public() crypto.PublicKey { return "no key" }

// certificateOf returns a certificate for key.
func certificateOf(t *testing.T, key crypto.Signer) *Certificate {
	t.Helper()
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "client"}, NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	c, err := Parse(der)
	if err != nil {
		t.Fatal(err)
	}
	return c
}
