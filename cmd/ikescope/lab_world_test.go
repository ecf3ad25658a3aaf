//go:build linux

package main

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// world is the certificates of the scenes: two CAs, "ca" and "stranger", an
// intermediate of the first, "between", and those of the two sides in all states.
// All of a kind share one RSA key.
type world struct {
	certs map[string]*x509.Certificate
	keys  map[string]*rsa.PrivateKey
	crls  map[string][]byte

	dir     string // of bundles
	mu      sync.Mutex
	bundles map[string]string // PKCS #12
}

// newWorld makes all certificates.
func newWorld(t *testing.T) *world {
	w := &world{certs: map[string]*x509.Certificate{}, keys: map[string]*rsa.PrivateKey{}, crls: map[string][]byte{}, dir: t.TempDir(), bundles: map[string]string{}}
	now := time.Now()
	year := func(n int) time.Time { return now.AddDate(n, 0, 0) }
	for _, c := range []struct {
		name, issuer, host string
		from, to           time.Time
	}{
		{"ca", "ca", "", year(-20), year(20)},
		{"stranger", "stranger", "", year(-20), year(20)},
		{"between", "ca", "", year(-20), year(20)},
		{"gateway", "ca", "gateway.lab", year(-1), year(2)},
		{"gateway expired", "ca", "gateway.lab", year(-2), year(-1)},
		{"gateway stranger", "stranger", "gateway.lab", year(-1), year(2)},
		{"gateway other", "ca", "other.lab", year(-1), year(2)},
		{"gateway revoked", "ca", "gateway.lab", year(-1), year(2)},
		{"gateway between", "between", "gateway.lab", year(-1), year(2)},
		{"client", "ca", "client.lab", year(-1), year(2)},
		{"client expired", "ca", "client.lab", year(-2), year(-1)},
		{"client stranger", "stranger", "client.lab", year(-1), year(2)},
		{"client other", "ca", "other.lab", year(-1), year(2)},
		{"client revoked", "ca", "client.lab", year(-1), year(2)},
		{"client between", "between", "client.lab", year(-1), year(2)},
	} {
		kind, _, _ := strings.Cut(c.name, " ")
		if w.keys[kind] == nil {
			key, err := rsa.GenerateKey(rand.Reader, 2048)
			if err != nil {
				t.Fatal(err)
			}
			w.keys[kind] = key
		}
		isCA := c.host == ""
		template := &x509.Certificate{
			SerialNumber: big.NewInt(int64(len(w.certs) + 1)),
			Subject:      pkix.Name{Organization: []string{"Lab"}, CommonName: c.name},
			NotBefore:    c.from, NotAfter: c.to,
			KeyUsage:              x509.KeyUsageDigitalSignature,
			BasicConstraintsValid: true, IsCA: isCA,
		}
		if isCA {
			template.KeyUsage = x509.KeyUsageCertSign | x509.KeyUsageCRLSign
		} else {
			template.DNSNames = []string{c.host}
			template.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth}
		}
		parent := template
		if c.issuer != c.name {
			parent = w.certs[c.issuer]
		}
		der, err := x509.CreateCertificate(rand.Reader, template, parent, &w.keys[kind].PublicKey, w.keys[c.issuer])
		if err != nil {
			t.Fatal(err)
		}
		if w.certs[c.name], err = x509.ParseCertificate(der); err != nil {
			t.Fatal(err)
		}
	}
	var err error
	w.crls["revoked"], err = x509.CreateRevocationList(rand.Reader, &x509.RevocationList{
		Number: big.NewInt(1), ThisUpdate: year(-1), NextUpdate: year(1),
		RevokedCertificateEntries: []x509.RevocationListEntry{
			{SerialNumber: w.certs["gateway revoked"].SerialNumber, RevocationTime: year(-1)},
			{SerialNumber: w.certs["client revoked"].SerialNumber, RevocationTime: year(-1)},
		},
	}, w.certs["ca"], w.keys["ca"])
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func encode(kind string, der []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
}

func (w *world) pem(name string) string { return encode("CERTIFICATE", w.certs[name].Raw) }

func (w *world) privateKey(name string) *rsa.PrivateKey {
	kind, _, _ := strings.Cut(name, " ")
	return w.keys[kind]
}

func (w *world) key(name string) string {
	return encode("RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(w.privateKey(name)))
}

func (w *world) public(name string) string {
	der, err := x509.MarshalPKIXPublicKey(&w.privateKey(name).PublicKey)
	if err != nil {
		panic(err)
	}
	return encode("PUBLIC KEY", der)
}

func (w *world) crl(name string) string    { return encode("X509 CRL", w.crls[name]) }
func (w *world) crlDER(name string) string { return string(w.crls[name]) }

// pkcs12 returns certificate and key as NSS takes them in, with the password x.
func (w *world) pkcs12(name string) (string, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.bundles[name] == "" {
		path := filepath.Join(w.dir, "own.pem")
		if err := os.WriteFile(path, []byte(w.pem(name)+w.key(name)), 0o600); err != nil {
			return "", err
		}
		export := exec.Command("openssl", "pkcs12", "-export", "-name", "own", "-in", path, "-passout", "pass:x")
		var stderr bytes.Buffer
		export.Stderr = &stderr
		out, err := export.Output()
		if err != nil {
			return "", fmt.Errorf("openssl pkcs12: %w: %s", err, &stderr)
		}
		w.bundles[name] = string(out)
	}
	return w.bundles[name], nil
}
