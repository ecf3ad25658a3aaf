package mock

import (
	"cmp"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net"
	"net/netip"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/ikescope/ikescope/cmd/ikescope/internal/argfile"
	"github.com/ikescope/ikescope/cmd/ikescope/internal/local"
	"github.com/ikescope/ikescope/ike/certificate"
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
		if (eapserver.Supported(m) || m.HasTunnel()) && m != eap.MSCHAPv2 {
			names = append(names, m.String())
		}
	}
	return names
}

// introduce has r show who it is to clients that want EAP, if g names a method, and lets
// in whom g knows. The error names the flag.
func (g *Gateway) introduce(r *iketest.Responder) error {
	method := g.method()
	if method == "" && !g.PSK {
		return nil
	}
	kind, id := certificate.IDOf(g.ID())
	c := iketest.Connection{IDType: kind, ID: string(id), AsksIdentity: true, ServerName: "ikescope", SendAlways: true}
	for _, m := range eap.Methods() {
		if m.String() == method {
			c.Methods = []eap.Type{m}
		}
	}
	key := g.secret(keyVariable)
	if g.User != "" || g.PSK && key != "" {
		c.Login = &iketest.Login{}
	}
	if c.Login != nil {
		var err error
		if c.Login.ESP, err = parseESP(cmp.Or(g.ESP, defaultESP)); err != nil {
			return err
		}
	}
	if g.User != "" {
		c.Login.Users = map[string]string{g.User: g.secret(passwordVariable)}
		c.Login.Server.Cryptobinding = true
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
		if c.Key, c.Certificates, err = g.credentials(g.ID()); err != nil {
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
		if key, chain, _, err = issued(c.ID); err != nil {
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
		key, chain, root, err := issued(name)
		if err == nil && g.RootFile != "" {
			if err = os.WriteFile(g.RootFile, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: root}), 0o644); err != nil {
				err = fmt.Errorf("--root-out: %s: %w", g.RootFile, local.Cause(err))
			}
		}
		return key, chain, err
	}
	text, err := argfile.Regular(g.CertFile, maxCertFile)
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
			if key != nil {
				return nil, nil, fmt.Errorf("--cert: %s holds two private keys: leave that of its certificate", g.CertFile)
			}
			if key, err = certificate.ParseKey(block.Bytes); err != nil {
				return nil, nil, fmt.Errorf("--cert: %s: %w", g.CertFile, err)
			}
		}
	}
	if key == nil || len(chain) == 0 {
		return nil, nil, fmt.Errorf("--cert: %s has to hold a private key and its certificate, and may hold intermediates, all in PEM", g.CertFile)
	}
	if err := fits(key, chain[0]); err != nil {
		return nil, nil, fmt.Errorf("--cert: %s: %w", g.CertFile, err)
	}
	return key, chain, nil
}

// maxCertFile is the largest file of a key and certificates, in octets.
const maxCertFile = 1 << 20

// fits fails if a certificate in DER is not of key.
func fits(key crypto.Signer, der []byte) error {
	c, err := x509.ParseCertificate(der)
	if err != nil {
		return nil // one that crypto/x509 does not read may be what is to be tried
	}
	public, ok := c.PublicKey.(interface{ Equal(crypto.PublicKey) bool })
	if ok && !public.Equal(key.Public()) {
		return errors.New("its first certificate is not that of its private key: put the gateway's own first")
	}
	return nil
}

// issued makes a certificate for name that all clients take which trust the root: of an
// intermediate of a root that nobody has. It returns the intermediate too, as gateways
// send it, and the root on its own.
func issued(name string) (_ crypto.Signer, chain [][]byte, root []byte, _ error) {
	now := time.Now()
	var issuer *x509.Certificate // of the next
	var signer crypto.Signer
	for n, subject := range []string{"ikescope mock root", "ikescope mock intermediate", name} {
		var key crypto.Signer
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		template := &x509.Certificate{
			SerialNumber: big.NewInt(now.UnixNano() + int64(n)), Subject: pkix.Name{CommonName: subject},
			NotBefore: now.Add(-time.Hour), NotAfter: now.AddDate(0, 0, 90),
			BasicConstraintsValid: true, IsCA: subject != name, KeyUsage: x509.KeyUsageCertSign,
		}
		if subject == name {
			template.DNSNames, template.KeyUsage = []string{name}, x509.KeyUsageDigitalSignature
			if a, err := netip.ParseAddr(name); err == nil {
				template.IPAddresses = []net.IP{a.AsSlice()} // Windows wants it as dNSName
			}
			template.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
			template.UnknownExtKeyUsage = []asn1.ObjectIdentifier{{1, 3, 6, 1, 5, 5, 8, 2, 2}} // ikeIntermediate
			key, err = rsa.GenerateKey(rand.Reader, 2048)
		}
		if err != nil {
			return nil, nil, nil, err
		}
		if issuer == nil {
			issuer, signer = template, key
		}
		der, err := x509.CreateCertificate(rand.Reader, template, issuer, key.Public(), signer)
		if err != nil {
			return nil, nil, nil, err
		}
		if issuer, err = x509.ParseCertificate(der); err != nil {
			return nil, nil, nil, err
		}
		signer = key
		if n > 0 {
			chain = append([][]byte{der}, chain...)
		} else {
			root = der
		}
	}
	return signer, chain, root, nil
}

// method is that of EAP which it asks clients for, "" for none.
func (g *Gateway) method() string {
	if g.EAP == "" && g.User != "" {
		return loginMethods()[0]
	}
	return g.EAP
}

// IDWords says in a line who the gateway says it is, how it proves it, and to whom; "" if
// it does not.
func (g *Gateway) IDWords() string {
	method := g.method()
	switch {
	case g.PSK && method == "":
		return g.ID() + ", by a pre-shared key; shown to nobody who does not know it"
	case g.PSK:
		return fmt.Sprintf("%s, by a pre-shared key, which strangers can guess offline; asks clients for %s", g.ID(), method)
	case method == "":
		return ""
	case g.CertFile != "":
		return fmt.Sprintf("%s, by the certificate of %s; asks clients for %s", g.ID(), g.CertFile, method)
	}
	return fmt.Sprintf("%s, by a certificate made for it, of a root made for it; asks clients for %s", g.ID(), method)
}

// LoginWords says in a line who can log in; "" for nobody.
func (g *Gateway) LoginWords() string {
	var who []string
	if g.PSK && g.secret(keyVariable) != "" {
		who = append(who, "whoever knows the pre-shared key")
	}
	if g.User != "" {
		who = append(who, g.User+" by "+g.method())
	}
	return strings.Join(who, "; ")
}

// TrustWords says in a line how those who log in can trust the gateway; "" where nobody
// can log in by its certificate, or the file of the certificate says who made it.
func (g *Gateway) TrustWords() string {
	switch {
	case g.User == "" || g.PSK || g.CertFile != "":
		return ""
	case g.RootFile != "":
		return fmt.Sprintf("log in with --trust %s, and with remote_identity: %s in the credentials", g.RootFile, g.ID())
	}
	return "nobody can trust a root made for it: --root-out FILE writes it for ikescope login --trust FILE"
}
