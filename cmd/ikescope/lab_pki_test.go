//go:build linux

package main

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
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
	"testing"
	"time"
)

// authority is a CA of the lab.
type authority struct {
	key  crypto.Signer
	cert *x509.Certificate
}

// newAuthority makes one that another one has certified, or itself, if that is nil.
func newAuthority(t *testing.T, name string, by *authority) *authority {
	t.Helper()
	key := newKey(t, "RSA 2048") // strongSwan asks clients of EAP-TLS for no others
	template := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: name},
		NotBefore: time.Now().AddDate(-5, 0, 0), NotAfter: time.Now().AddDate(5, 0, 0),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
	}
	if by == nil {
		by = &authority{key, template}
	}
	der, err := x509.CreateCertificate(rand.Reader, template, by.cert, key.Public(), by.key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return &authority{key, cert}
}

// newKey makes a key of a kind that crypto/x509 knows.
func newKey(t *testing.T, kind string) crypto.Signer {
	t.Helper()
	var key crypto.Signer
	var err error
	switch kind {
	case "RSA 2048":
		key, err = rsa.GenerateKey(rand.Reader, 2048)
	case "RSA 4096":
		key, err = rsa.GenerateKey(rand.Reader, 4096)
	case "P-256":
		key, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	case "P-384":
		key, err = ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	case "P-521":
		key, err = ecdsa.GenerateKey(elliptic.P521(), rand.Reader)
	case "Ed25519":
		_, key, err = ed25519.GenerateKey(rand.Reader)
	default:
		t.Fatalf("no key %s", kind)
	}
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// issue certifies a key for names, as changed by change, unless that is nil.
func (a *authority) issue(t *testing.T, key crypto.Signer, names []string, change func(*x509.Certificate)) []byte {
	t.Helper()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: names[0]}, DNSNames: names,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().AddDate(0, 6, 0),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	if change != nil {
		change(template)
	}
	der, err := x509.CreateCertificate(rand.Reader, template, a.cert, key.Public(), a.key)
	if err != nil {
		t.Fatal(err)
	}
	return der
}

// issueBrainpool is issue for a key on a curve that only openssl knows. It returns the
// key in PEM.
func (a *authority) issueBrainpool(t *testing.T, name string) (der, key []byte) {
	t.Helper()
	dir := t.TempDir()
	a.write(t, dir, "ca")
	script := `openssl ecparam -name brainpoolP256r1 -genkey -noout -out key
		openssl req -new -key key -subj "/CN=$1" -out request
		printf 'subjectAltName=DNS:%s\nextendedKeyUsage=serverAuth\n' "$1" >extensions
		openssl x509 -req -in request -CA ca.pem -CAkey ca.key -extfile extensions -days 90 -out cert.pem`
	cmd := exec.Command("sh", "-euc", script, "sh", name)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("openssl: %v: %s", err, out)
	}
	block, _ := pem.Decode(readFile(t, filepath.Join(dir, "cert.pem")))
	if block == nil {
		t.Fatal("openssl made no certificate")
	}
	return block.Bytes, readFile(t, filepath.Join(dir, "key"))
}

// write writes the certificate and the key of the CA into a folder.
func (a *authority) write(t *testing.T, dir, name string) {
	t.Helper()
	writeCertificate(t, filepath.Join(dir, name+".pem"), a.cert.Raw)
	writeKey(t, filepath.Join(dir, name+".key"), a.key)
}

func readFile(t *testing.T, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func writeFile(t *testing.T, path string, b []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
}

// writeCertificate writes certificates in PEM.
func writeCertificate(t *testing.T, path string, chain ...[]byte) {
	t.Helper()
	var out []byte
	for _, der := range chain {
		out = append(out, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})...)
	}
	writeFile(t, path, out)
}

// writeKey writes a private key in PEM.
func writeKey(t *testing.T, path string, key crypto.Signer) {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	writeFile(t, path, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
}

// The suites of connections that are told apart by them: no two differ in one axis
// alone, so that a scan finds each on its own. A scan asks for as many identities.
var identitySuites = []string{
	"aes256gcm16-prfsha384-ecp384",
	"aes128gcm16-prfsha256-ecp256",
	"aes256gcm16-prfsha256-x25519",
	"aes128gcm16-prfsha384-modp2048",
	"chacha20poly1305-prfsha512-ecp521",
	"aes192gcm16-prfsha512-modp3072",
	"aes256-sha256-prfsha256-modp4096",
	"aes128-sha1-prfsha1-ecp384",
}

// strongSwanPolicy is a policy of strongSwan with its files: a connection for each
// suite.
type strongSwanPolicy struct {
	dir         string
	connections []string
}

func newStrongSwanPolicy(t *testing.T) *strongSwanPolicy {
	return &strongSwanPolicy{dir: t.TempDir()}
}

// file returns the path of what the policy brings along, as x509/gateway.pem.
func (p *strongSwanPolicy) file(name string) string { return filepath.Join(p.dir, "policy", name) }

// add adds a connection with the next suite, and what stands in its sections.
func (p *strongSwanPolicy) add(local, remote string) (suite string) {
	n := len(p.connections)
	suite = identitySuites[n]
	name := fmt.Sprint("lab", n)
	if n == 0 {
		name = "lab" // which is in every policy
	}
	p.connections = append(p.connections, fmt.Sprintf("%s {\nversion = 2\nproposals = %s\nlocal {\n%s\n}\nremote {\n%s\n}\n}\n", name, suite, local, remote))
	return suite
}

// addKey adds a connection with a certificate.
func (p *strongSwanPolicy) addKey(t *testing.T, local, remote string, key crypto.Signer, chain ...[]byte) (suite string) {
	t.Helper()
	name := fmt.Sprint("k", len(p.connections))
	writeCertificate(t, p.file("x509/"+name+".pem"), chain[0])
	for i, ca := range chain[1:] {
		writeCertificate(t, p.file(fmt.Sprint("x509ca/", name, i, ".pem")), ca)
	}
	if key != nil {
		writeKey(t, p.file("private/"+name+".key"), key)
	}
	return p.add(local+"\ncerts = "+name+".pem", remote)
}

// write writes the policy, with more sections, and returns its path.
func (p *strongSwanPolicy) write(t *testing.T, more string) string {
	t.Helper()
	text := "connections {\n"
	for _, c := range p.connections {
		text += c
	}
	writeFile(t, p.file("x509ca/none"), nil) // lest the folder is missing
	if err := os.Remove(p.file("x509ca/none")); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(p.dir, "policy.conf")
	writeFile(t, path, []byte(text+"}\n"+more))
	return path
}
