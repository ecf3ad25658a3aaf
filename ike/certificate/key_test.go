package certificate

import (
	"crypto"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"testing"
)

func TestParseKey(t *testing.T) {
	curve, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	_, edwards, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	modulus, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	sec1, err := x509.MarshalECPrivateKey(curve)
	if err != nil {
		t.Fatal(err)
	}
	pkcs8 := func(key any) []byte {
		der, err := x509.MarshalPKCS8PrivateKey(key)
		if err != nil {
			t.Fatal(err)
		}
		return der
	}
	for name, c := range map[string]struct {
		der  []byte
		want crypto.PublicKey
	}{
		"ECDSA in SEC 1":     {sec1, curve.Public()},
		"ECDSA in PKCS #8":   {pkcs8(curve), curve.Public()},
		"RSA in PKCS #1":     {x509.MarshalPKCS1PrivateKey(modulus), modulus.Public()},
		"RSA in PKCS #8":     {pkcs8(modulus), modulus.Public()},
		"Ed25519 in PKCS #8": {pkcs8(edwards), edwards.Public()},
	} {
		got, err := ParseKey(c.der)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if !got.Public().(interface{ Equal(crypto.PublicKey) bool }).Equal(c.want) {
			t.Errorf("%s: another key was read", name)
		}
		if _, err := ParseKey(c.der[:len(c.der)-1]); err == nil {
			t.Errorf("%s: read without its last octet", name)
		}
	}
	agreement, err := ecdh.X25519().GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := ParseKey(pkcs8(agreement)); err == nil {
		t.Error("a key of X25519, which signs nothing, was read")
	}
}
