package certcheck

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/certificate"
)

// now is when the tests judge, whatever the clock says.
var now = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)

const host = "vpn.example.com"

// authority is a CA of the tests.
type authority struct {
	*certificate.Certificate
	key crypto.Signer
}

// pki is a root with an intermediate below it.
type pki struct{ root, intermediate authority }

var testPKI = sync.OnceValue(func() pki {
	var p pki
	p.root = newCA("Test Root", nil, nil)
	p.intermediate = newCA("Test Intermediate", &p.root, nil)
	return p
})

// newCA makes one that parent signs, or that signs itself.
func newCA(name string, parent *authority, change func(*x509.Certificate)) authority {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	template := x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name},
		NotBefore: now.AddDate(-5, 0, 0), NotAfter: now.AddDate(5, 0, 0),
		BasicConstraintsValid: true, IsCA: true, KeyUsage: x509.KeyUsageCertSign,
	}
	if change != nil {
		change(&template)
	}
	issuer, signer := &template, crypto.Signer(key)
	if parent != nil {
		issuer, signer = parent.X509(), parent.key
	}
	return authority{made(&template, issuer, key.Public(), signer), key}
}

// made returns a certificate that signer signs as issuer.
func made(template, issuer *x509.Certificate, key crypto.PublicKey, signer crypto.Signer) *certificate.Certificate {
	der, err := x509.CreateCertificate(rand.Reader, template, issuer, key, signer)
	if err != nil {
		panic(err)
	}
	c, err := certificate.Parse(der)
	if err != nil {
		panic(err)
	}
	return c
}

// rsaKey is a public key that nobody has the private one of.
func rsaKey(bits int) *rsa.PublicKey {
	n := new(big.Int).Lsh(big.NewInt(1), uint(bits-1))
	return &rsa.PublicKey{N: n.Add(n, big.NewInt(0x12345)), E: 65537}
}

// goodTemplate is a certificate as all clients want it.
func goodTemplate() *x509.Certificate {
	return &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: host}, DNSNames: []string{host},
		NotBefore: now.AddDate(0, -3, 0), NotAfter: now.AddDate(0, 9, 0),
		KeyUsage:           x509.KeyUsageDigitalSignature,
		ExtKeyUsage:        []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		UnknownExtKeyUsage: []asn1.ObjectIdentifier{{1, 3, 6, 1, 5, 5, 8, 2, 2}},
	}
}

func fqdn(name string) *ike.ID {
	return &ike.ID{Payload: ike.PayloadIDr, IDType: ike.ID_FQDN, Data: []byte(name)}
}

func pool(roots ...*certificate.Certificate) *x509.CertPool {
	out := x509.NewCertPool()
	for _, c := range roots {
		out.AddCert(c.X509())
	}
	return out
}

// gateway returns one that all clients accept, with one thing changed.
func gateway(change func(*Gateway)) Gateway {
	return withKey(rsaKey(2048), nil, change)
}

// withLeaf returns one whose certificate is changed.
func withLeaf(change func(*x509.Certificate)) Gateway { return withKey(rsaKey(2048), change, nil) }

func withKey(key crypto.PublicKey, changeLeaf func(*x509.Certificate), change func(*Gateway)) Gateway {
	p := testPKI()
	template := goodTemplate()
	if changeLeaf != nil {
		changeLeaf(template)
	}
	g := Gateway{
		Chain: []*certificate.Certificate{
			made(template, p.intermediate.X509(), key, p.intermediate.key), p.intermediate.Certificate,
		},
		Name: host, ID: fqdn(host), At: now, WarnDays: 30, Roots: pool(p.root.Certificate),
		WithoutHashes: Yes, WithoutCertReq: Yes, WithHostName: Yes,
	}
	if change != nil {
		change(&g)
	}
	return g
}

// below returns a gateway whose certificate is issued by another intermediate, made
// below the root.
func below(changeCA func(*x509.Certificate)) Gateway {
	p := testPKI()
	ca := newCA("Another Intermediate", &p.root, changeCA)
	return gateway(func(g *Gateway) {
		leaf := made(goodTemplate(), ca.X509(), rsaKey(2048), ca.key)
		g.Chain = []*certificate.Certificate{leaf, ca.Certificate}
	})
}

// stored returns a certificate that crypto/x509 does not read whole.
func stored(t testing.TB, name string) *certificate.Certificate {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "..", "ike", "certificate", "testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	block, _ := pem.Decode(text)
	if block == nil {
		t.Fatalf("%s holds no PEM", name)
	}
	c, err := certificate.Parse(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func ed25519Key() ed25519.PublicKey { return make(ed25519.PublicKey, ed25519.PublicKeySize) }

func curveKey(c elliptic.Curve) *ecdsa.PublicKey {
	k, err := ecdsa.GenerateKey(c, rand.Reader)
	if err != nil {
		panic(err)
	}
	return &k.PublicKey
}
