package mock

import (
	"cmp"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"os"
	"slices"
	"time"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/eap"
	"github.com/ikescope/ikescope/ike/iketest"
	"github.com/ikescope/ikescope/ike/iketest/eapserver"
)

// defaultName is whose certificate the gateway makes for itself.
const defaultName = "vpn.example.com"

// EAPMethods are the methods that the gateway can ask for.
func EAPMethods() []string {
	var names []string
	for _, m := range eap.Methods() {
		names = append(names, m.String())
	}
	return names
}

// ID returns who the gateway says it is.
func (g *Gateway) ID() string { return cmp.Or(g.Name, defaultName) }

// loginMethods are those of EAP by which users can log in, the default first.
func loginMethods() []string {
	names := []string{eap.MSCHAPv2.String()}
	for _, m := range eap.Methods() {
		if eapserver.Supported(m) && m != eap.MSCHAPv2 {
			names = append(names, m.String())
		}
	}
	return names
}

// introduce has r show who it is to clients that want EAP, if g names a method, and lets
// in whom g knows. The error names the flag.
func (g *Gateway) introduce(r *iketest.Responder) error {
	method := g.EAP
	switch {
	case method == "" && g.User != "":
		method = loginMethods()[0]
	case method == "" && !g.PSK:
		return nil
	}
	c := iketest.Connection{IDType: ike.ID_FQDN, ID: g.ID(), AsksIdentity: true, ServerName: "ikescope"}
	for _, m := range eap.Methods() {
		if m.String() == method {
			c.Methods = []eap.Type{m}
		}
	}
	key := g.secret(keyVariable)
	if g.User != "" || g.PSK && key != "" {
		c.Login = &iketest.Login{}
	}
	if g.User != "" {
		c.Login.Users = map[string]string{g.User: g.secret(passwordVariable)}
	}
	switch {
	case g.PSK && key != "":
		c.PSK, c.Login.PSK = []byte(key), []byte(key)
	case g.PSK:
		c.PSK = make([]byte, 32)
		if _, err := rand.Read(c.PSK); err != nil {
			return err
		}
	default:
		var err error
		if c.Key, c.Certificates, err = g.credentials(c.ID); err != nil {
			return err
		}
	}
	if slices.ContainsFunc(c.Methods, eap.Type.HasTLS) {
		var err error
		if c.TLS, err = g.tls(c); err != nil {
			return err
		}
	}
	r.Connections = []iketest.Connection{c}
	return nil
}

// tls returns the server's side of TLS in EAP, with the certificate of the gateway. With
// EAP-TLS it asks for one of the client, and takes none.
func (g *Gateway) tls(c iketest.Connection) (*tls.Config, error) {
	key, chain := c.Key, c.Certificates
	if key == nil {
		var err error
		if key, chain, err = selfSigned(c.ID); err != nil {
			return nil, err
		}
	}
	config := &tls.Config{Certificates: []tls.Certificate{{Certificate: chain, PrivateKey: key}}}
	if slices.Contains(c.Methods, eap.TLS) {
		config.ClientAuth, config.ClientCAs = tls.RequireAndVerifyClientCert, x509.NewCertPool()
	}
	return config, nil
}

// credentials returns the key and the certificates of the file, or ones made for name.
func (g *Gateway) credentials(name string) (crypto.Signer, [][]byte, error) {
	if g.CertFile == "" {
		return selfSigned(name)
	}
	text, err := os.ReadFile(g.CertFile)
	if err != nil {
		return nil, nil, fmt.Errorf("--cert: %w", err)
	}
	var key crypto.Signer
	var chain [][]byte
	for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
		switch block.Type {
		case "CERTIFICATE":
			chain = append(chain, block.Bytes)
		case "PRIVATE KEY", "EC PRIVATE KEY", "RSA PRIVATE KEY":
			if key, err = parseKey(block.Bytes); err != nil {
				return nil, nil, fmt.Errorf("--cert: %s: %w", g.CertFile, err)
			}
		}
	}
	if key == nil || len(chain) == 0 {
		return nil, nil, fmt.Errorf("--cert: %s has to hold a private key and its certificate, and may hold intermediates, all in PEM", g.CertFile)
	}
	return key, chain, nil
}

// parseKey reads a private key in PKCS#8, SEC 1 or PKCS#1.
func parseKey(der []byte) (crypto.Signer, error) {
	if key, err := x509.ParsePKCS8PrivateKey(der); err == nil {
		if signer, ok := key.(crypto.Signer); ok {
			return signer, nil
		}
	}
	if key, err := x509.ParseECPrivateKey(der); err == nil {
		return key, nil
	}
	if key, err := x509.ParsePKCS1PrivateKey(der); err == nil {
		return key, nil
	}
	return nil, errors.New("its private key is not RSA, ECDSA or Ed25519 in PKCS#8, SEC 1 or PKCS#1")
}

// selfSigned makes a certificate for name.
func selfSigned(name string) (crypto.Signer, [][]byte, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, err
	}
	now := time.Now()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(now.UnixNano()), Subject: pkix.Name{CommonName: name}, DNSNames: []string{name},
		NotBefore: now.Add(-time.Hour), NotAfter: now.AddDate(0, 0, 90),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	return key, [][]byte{der}, err
}
