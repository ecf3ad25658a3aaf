package argfile

import (
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
)

// maxTrust is the largest file of root certificates that is read, in octets.
const maxTrust = 16 << 20

// Roots reads the root certificates of a PEM file, or "system" for those of
// this machine.
func Roots(file string) (*x509.CertPool, error) {
	if file == "system" {
		roots, err := x509.SystemCertPool()
		if err != nil {
			return nil, fmt.Errorf("this machine's root certificates: %w", err)
		}
		return roots, nil
	}
	text, err := Regular(file, maxTrust)
	if err != nil {
		return nil, err
	}
	roots := x509.NewCertPool()
	none := true
	for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
		if block.Type != "CERTIFICATE" {
			continue
		}
		c, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		roots.AddCert(c)
		none = false
	}
	if none {
		return nil, fmt.Errorf("%s: %w", file, errNoRoots)
	}
	return roots, nil
}

var errNoRoots = errors.New("it holds no certificate in PEM")

// Regular reads a file of most octets at most, which is no pipe and no device, so that
// it ends. The error begins with its name.
func Regular(file string, most int64) ([]byte, error) {
	info, err := os.Stat(file)
	switch {
	case err != nil:
		return nil, fmt.Errorf("%s: %w", file, Cause(err))
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("%s is not a regular file", file)
	case info.Size() > most:
		return nil, fmt.Errorf("%s has %d octets, more than %d", file, info.Size(), most)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, Cause(err))
	}
	return text, nil
}
