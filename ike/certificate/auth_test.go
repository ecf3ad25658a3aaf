package certificate

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/ikescope/ikescope/ike"
)

// AlgorithmIdentifiers as gateways send them.
const (
	derSHA256WithRSA   = "300d06092a864886f70d01010b0500"
	derSHA512WithRSA   = "300d06092a864886f70d01010d0500"
	derECDSAWithSHA384 = "300a06082a8648ce3d040303"
	derEd25519         = "300506032b6570"
	derPSSWithSHA512   = "304106092a864886f70d01010a3034a00f300d06096086480165030402030500a11c301a06092a864886f70d010108300d06096086480165030402030500a203020140"
	derPSSDefaults     = "300d06092a864886f70d01010a3000"
)

func octets(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// sign returns the signature of key over the digest of data.
func sign(t testing.TB, key crypto.Signer, data []byte, opts crypto.SignerOpts) []byte {
	t.Helper()
	digest := data
	if h := opts.HashFunc(); h != 0 {
		digest = sum(h, data)
	}
	s, err := key.Sign(rand.Reader, digest, opts)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// fixed returns r and s of a signature, of the length of the field each.
func fixed(t testing.TB, key crypto.Signer, data []byte, h crypto.Hash) []byte {
	t.Helper()
	k := key.(*ecdsa.PrivateKey)
	r, s, err := ecdsa.Sign(rand.Reader, k, sum(h, data))
	if err != nil {
		t.Fatal(err)
	}
	n := (k.Params().BitSize + 7) / 8
	return slices.Concat(r.FillBytes(make([]byte, n)), s.FillBytes(make([]byte, n)))
}

func TestVerifyAuth(t *testing.T) {
	signed := []byte("the IKE_SA_INIT message, the other side's nonce, and prf(SK_p, ID)")
	pss := &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash, Hash: crypto.SHA512}
	pss1 := &rsa.PSSOptions{SaltLength: 20, Hash: crypto.SHA1}
	digital := func(der string, s []byte) *ike.Auth {
		id := octets(t, der)
		return &ike.Auth{Method: ike.AuthDigitalSignature, Data: slices.Concat([]byte{byte(len(id))}, id, s)}
	}
	for _, tt := range []struct {
		key, scheme string
		auth        func(crypto.Signer) *ike.Auth
	}{
		{"RSA 2048", "RSA PKCS#1 with SHA-1", func(k crypto.Signer) *ike.Auth {
			return &ike.Auth{Method: ike.AuthRSASignature, Data: sign(t, k, signed, crypto.SHA1)}
		}},
		{"RSA 2048", "RSA PKCS#1 with SHA2-256", func(k crypto.Signer) *ike.Auth {
			return &ike.Auth{Method: ike.AuthRSASignature, Data: sign(t, k, signed, crypto.SHA256)}
		}},
		{"RSA 2048", "RSA PKCS#1 with SHA2-256", func(k crypto.Signer) *ike.Auth {
			return digital(derSHA256WithRSA, sign(t, k, signed, crypto.SHA256))
		}},
		{"RSA 2048", "RSA PKCS#1 with SHA2-512", func(k crypto.Signer) *ike.Auth {
			return digital(derSHA512WithRSA, sign(t, k, signed, crypto.SHA512))
		}},
		{"RSA 2048", "RSA PSS with SHA2-512", func(k crypto.Signer) *ike.Auth {
			return digital(derPSSWithSHA512, sign(t, k, signed, pss))
		}},
		{"RSA 2048", "RSA PSS with SHA-1", func(k crypto.Signer) *ike.Auth {
			return digital(derPSSDefaults, sign(t, k, signed, pss1))
		}},
		{"ECDSA P-256", "ECDSA with SHA2-256", func(k crypto.Signer) *ike.Auth {
			return &ike.Auth{Method: ike.AuthECDSA256, Data: fixed(t, k, signed, crypto.SHA256)}
		}},
		{"ECDSA P-384", "ECDSA with SHA2-384", func(k crypto.Signer) *ike.Auth {
			return &ike.Auth{Method: ike.AuthECDSA384, Data: fixed(t, k, signed, crypto.SHA384)}
		}},
		{"ECDSA P-521", "ECDSA with SHA2-512", func(k crypto.Signer) *ike.Auth {
			return &ike.Auth{Method: ike.AuthECDSA521, Data: fixed(t, k, signed, crypto.SHA512)}
		}},
		{"ECDSA P-384", "ECDSA with SHA2-384", func(k crypto.Signer) *ike.Auth {
			return digital(derECDSAWithSHA384, sign(t, k, signed, crypto.SHA384))
		}},
		{"Ed25519", "Ed25519", func(k crypto.Signer) *ike.Auth {
			return digital(derEd25519, sign(t, k, signed, crypto.Hash(0)))
		}},
	} {
		t.Run(tt.key+" "+tt.scheme, func(t *testing.T) {
			key := signer(t, tt.key)
			c := issued(t, key, x509.Certificate{Subject: pkix.Name{CommonName: "x"}})
			auth := tt.auth(key)
			s, err := c.VerifyAuth(auth, signed)
			if err != nil || s.String() != tt.scheme || s.Method != auth.Method {
				t.Errorf("%v, %v, want %s", s, err, tt.scheme)
			}
			if _, err := c.VerifyAuth(auth, append([]byte("not "), signed...)); !errors.Is(err, ErrForged) {
				t.Errorf("other octets: %v", err)
			}
			auth.Data[len(auth.Data)-1] ^= 1
			if _, err := c.VerifyAuth(auth, signed); !errors.Is(err, ErrForged) {
				t.Errorf("another signature: %v", err)
			}
			for _, other := range []string{"RSA 2048", "ECDSA P-256", "Ed25519"} {
				stranger := issued(t, signer(t, other), x509.Certificate{Subject: pkix.Name{CommonName: "x"}})
				if _, err := stranger.VerifyAuth(tt.auth(key), signed); !errors.Is(err, ErrForged) {
					t.Errorf("a key of %s: %v", other, err)
				}
			}
		})
	}
}

func TestVerifyAuthUnknown(t *testing.T) {
	c := issued(t, signer(t, "Ed25519"), x509.Certificate{Subject: pkix.Name{CommonName: "x"}})
	digital := func(s string) *ike.Auth {
		return &ike.Auth{Method: ike.AuthDigitalSignature, Data: octets(t, s)}
	}
	for name, auth := range map[string]*ike.Auth{
		"a shared key":                 {Method: ike.AuthSharedKey, Data: make([]byte, 32)},
		"nothing":                      digital(""),
		"a length too long":            digital("ff30"),
		"no AlgorithmIdentifier":       digital("020500" + "00"),
		"an unknown algorithm":         digital("0a" + "3008" + "0606" + "2a0304050607" + "00"),
		"parameters that are none":     digital("0f" + "300d06092a864886f70d01010a0500" + "00"),
		"a hash of PSS that is none":   digital("17" + "3015" + "06092a864886f70d01010a" + "3008a006300406022a03" + "00"),
		"octets behind the identifier": digital("09" + derEd25519 + "050000"),
	} {
		if s, err := c.VerifyAuth(auth, nil); !errors.Is(err, ErrUnknownScheme) {
			t.Errorf("%s: %v, %v", name, s, err)
		}
	}
	brainpool, err := Parse(pemFile(t, "brainpool.pem"))
	if err != nil {
		t.Fatal(err)
	}
	s, err := brainpool.VerifyAuth(digital("0c300a06082a8648ce3d040302"+strings.Repeat("00", 70)), nil)
	if err == nil || errors.Is(err, ErrForged) || s.String() != "ECDSA with SHA2-256" {
		t.Errorf("Brainpool: %v, %v, want not verifiable", s, err)
	}
}

func FuzzVerifyAuth(f *testing.F) {
	for _, s := range []string{derSHA256WithRSA, derECDSAWithSHA384, derEd25519, derPSSWithSHA512, derPSSDefaults} {
		id := octets(f, s)
		f.Add(uint8(ike.AuthDigitalSignature), slices.Concat([]byte{byte(len(id))}, id, make([]byte, 64)))
	}
	f.Add(uint8(ike.AuthECDSA256), make([]byte, 64))
	c := issued(f, signer(f, "ECDSA P-256"), x509.Certificate{Subject: pkix.Name{CommonName: "x"}})
	f.Fuzz(func(t *testing.T, method uint8, data []byte) {
		if _, err := c.VerifyAuth(&ike.Auth{Method: ike.AuthMethod(method), Data: data}, []byte("signed")); err == nil {
			t.Error("a signature of nobody verifies")
		}
	})
}
