package certificate

import (
	"crypto"
	"crypto/x509"
	"errors"
)

// ParseKey reads a private key in DER: PKCS #8, SEC 1 or PKCS #1, whichever it is.
func ParseKey(der []byte) (crypto.Signer, error) {
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
