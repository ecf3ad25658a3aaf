package login

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"software.sslmate.com/src/go-pkcs12"

	"github.com/ikescope/ikescope/ike/certificate"
	"github.com/ikescope/ikescope/probe/login"
)

// maxChain bounds the certificates of a chain.
const maxChain = 10

// fillKeys reads certificate and key, which may be in one file, and one of PKCS #12 with
// the password.
func fillKeys(c *login.Credentials, values map[string]value) error {
	cert, key := values["certificate"], values["key"]
	if cert.text != "" {
		path := resolve(cert)
		data, err := read(path, false)
		if err != nil {
			return fmt.Errorf("%s: %w", cert.where, err)
		}
		b, err := parseBundle(data, values["password"].text)
		if err != nil {
			return fmt.Errorf("%s: %s: %w", cert.where, path, err)
		}
		if b.key != nil {
			if _, err := readPrivate(path); err != nil { // it holds the key
				return fmt.Errorf("%s: %w", cert.where, err)
			}
			c.Key = login.NewKey(b.key)
		}
		if len(b.chain) == 0 {
			return fmt.Errorf("%s: %s: holds no certificate", cert.where, path)
		}
		c.Chain = b.chain
	}
	if key.text == "" {
		return nil
	}
	path := resolve(key)
	data, err := readPrivate(path)
	if err != nil {
		return fmt.Errorf("%s: %w", key.where, err)
	}
	b, err := parseBundle(data, values["password"].text)
	if err == nil && b.key == nil {
		err = errors.New("holds no private key")
	}
	if err != nil {
		return fmt.Errorf("%s: %s: %w", key.where, path, err)
	}
	c.Key = login.NewKey(b.key)
	return nil
}

// resolve returns the path of a file that stands in another.
func resolve(v value) string {
	if filepath.IsAbs(v.text) {
		return v.text
	}
	return filepath.Join(v.dir, v.text)
}

// bundle is what a file holds.
type bundle struct {
	chain []*x509.Certificate // the first is that of the key, if both are there
	key   crypto.Signer
}

// parseBundle reads PEM, DER or PKCS #12. The error holds nothing of a key.
func parseBundle(data []byte, password string) (bundle, error) {
	if bytes.Contains(data, []byte("-----BEGIN")) {
		return parsePEM(data)
	}
	if cert, err := x509.ParseCertificate(data); err == nil {
		return bundle{chain: []*x509.Certificate{cert}}, nil
	}
	if key, err := certificate.ParseKey(data); err == nil {
		return bundle{key: key}, nil
	}
	key, cert, others, err := decodePKCS12(data, password)
	switch {
	case errors.Is(err, errTooSlow):
		return bundle{}, fmt.Errorf("is PKCS #12 that takes longer than %v to open: write it again, with fewer rounds", longestPKCS12)
	case errors.Is(err, pkcs12.ErrIncorrectPassword) && password == "":
		return bundle{}, errors.New("is PKCS #12 with a password, which the word password gives")
	case errors.Is(err, pkcs12.ErrIncorrectPassword):
		return bundle{}, errors.New("the password is not that of this PKCS #12 file")
	case err != nil:
		return bundle{}, errors.New("is not PEM, DER or PKCS #12 with a certificate and its key")
	}
	signer, ok := key.(crypto.Signer)
	if !ok {
		return bundle{}, fmt.Errorf("its private key is of the type %T, which cannot sign", key)
	}
	if len(others) >= maxChain {
		return bundle{}, fmt.Errorf("holds more than %d certificates", maxChain)
	}
	return bundle{chain: append([]*x509.Certificate{cert}, withoutRoots(others)...), key: signer}, nil
}

// longestPKCS12 is how long a file may take to open: the file itself says how many rounds
// of hashing its password takes, up to 2,147,483,647, and the common ones have 2,048 to
// some 100,000, which are well below a second.
var longestPKCS12 = 30 * time.Second

var errTooSlow = errors.New("it takes too long")

// decodePKCS12 is pkcs12.DecodeChain with that limit. What takes too long goes on until
// the process ends.
func decodePKCS12(data []byte, password string) (key any, cert *x509.Certificate, others []*x509.Certificate, err error) {
	type decoded struct {
		key    any
		cert   *x509.Certificate
		others []*x509.Certificate
		err    error
	}
	done := make(chan decoded, 1)
	go func() {
		key, cert, others, err := pkcs12.DecodeChain(data, password)
		done <- decoded{key, cert, others, err}
	}()
	select {
	case d := <-done:
		return d.key, d.cert, d.others, d.err
	case <-time.After(longestPKCS12):
		return nil, nil, nil, errTooSlow
	}
}

// parsePEM reads certificates and a private key.
func parsePEM(data []byte) (bundle, error) {
	var b bundle
	for block, rest := pem.Decode(data); block != nil; block, rest = pem.Decode(rest) {
		switch {
		case block.Type == "CERTIFICATE":
			cert, err := x509.ParseCertificate(block.Bytes)
			if err != nil {
				return bundle{}, fmt.Errorf("certificate %d: %w", len(b.chain)+1, err)
			}
			if b.chain = append(b.chain, cert); len(b.chain) > maxChain {
				return bundle{}, fmt.Errorf("holds more than %d certificates", maxChain)
			}
		case block.Type == "ENCRYPTED PRIVATE KEY" || strings.Contains(block.Headers["Proc-Type"], "ENCRYPTED"):
			return bundle{}, errors.New("its private key is encrypted: put it into a PKCS #12 file with openssl pkcs12 -export, and give its password")
		case strings.HasSuffix(block.Type, "PRIVATE KEY"):
			if b.key != nil {
				return bundle{}, errors.New("holds more than one private key")
			}
			key, err := certificate.ParseKey(block.Bytes)
			if err != nil {
				return bundle{}, err
			}
			b.key = key
		}
	}
	if b.key == nil && len(b.chain) == 0 {
		return bundle{}, errors.New("holds neither a certificate nor a private key in PEM")
	}
	if len(b.chain) > 1 {
		b.chain = append(b.chain[:1], withoutRoots(b.chain[1:])...)
	}
	return b, nil
}

// withoutRoots leaves out what the gateway has to have itself.
func withoutRoots(all []*x509.Certificate) []*x509.Certificate {
	var out []*x509.Certificate
	for _, c := range all {
		if !bytes.Equal(c.RawSubject, c.RawIssuer) {
			out = append(out, c)
		}
	}
	return out
}
