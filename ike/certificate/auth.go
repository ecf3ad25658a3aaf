package certificate

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/sha1"
	_ "crypto/sha256" // for the hashes of signatures
	_ "crypto/sha512"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"fmt"
	"math/big"

	"golang.org/x/crypto/cryptobyte"

	"github.com/ikescope/ikescope/ike"
)

// Scheme is how an AUTH payload was signed.
type Scheme struct {
	Method ike.AuthMethod
	// Algorithm is "RSA PKCS#1", "RSA PSS", "ECDSA" or "Ed25519", Hash the name of the
	// hash function, "" where the algorithm brings its own.
	Algorithm, Hash string
}

// String returns the scheme as "RSA PKCS#1 with SHA2-256".
func (s Scheme) String() string {
	if s.Hash == "" {
		return s.Algorithm
	}
	return s.Algorithm + " with " + s.Hash
}

// Errors of [Certificate.VerifyAuth].
var (
	// ErrForged: the signature is not of the key.
	ErrForged = errors.New("the signature does not verify")
	// ErrUnknownScheme: the method or algorithm is not known here.
	ErrUnknownScheme = errors.New("the signature scheme is not known")
)

// Algorithm identifiers of RFC 7427, Appendix A, and RFC 8420.
var (
	oidPSS     = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 10}
	oidEd25519 = asn1.ObjectIdentifier{1, 3, 101, 112}

	pkcs1Hashes = map[string]crypto.Hash{
		"1.2.840.113549.1.1.5":  crypto.SHA1,
		"1.2.840.113549.1.1.11": crypto.SHA256,
		"1.2.840.113549.1.1.12": crypto.SHA384,
		"1.2.840.113549.1.1.13": crypto.SHA512,
	}
	ecdsaHashes = map[string]crypto.Hash{
		"1.2.840.10045.4.1":   crypto.SHA1,
		"1.2.840.10045.4.3.2": crypto.SHA256,
		"1.2.840.10045.4.3.3": crypto.SHA384,
		"1.2.840.10045.4.3.4": crypto.SHA512,
	}
	hashesByID = map[string]crypto.Hash{
		"1.3.14.3.2.26":          crypto.SHA1,
		"2.16.840.1.101.3.4.2.1": crypto.SHA256,
		"2.16.840.1.101.3.4.2.2": crypto.SHA384,
		"2.16.840.1.101.3.4.2.3": crypto.SHA512,
	}
	hashNames = map[crypto.Hash]string{
		crypto.SHA1: "SHA-1", crypto.SHA256: "SHA2-256", crypto.SHA384: "SHA2-384", crypto.SHA512: "SHA2-512",
	}
)

// VerifyAuth holds the Authentication Data of an AUTH payload (RFC 7296, Section
// 3.8; RFC 7427) against the key of the certificate. Signed are the octets that the
// peer signs: RFC 7296, Section 2.15. The scheme is what the payload claims, as far
// as it could be read, also with an error: ErrForged, ErrUnknownScheme, or
// Unverifiable.
func (c *Certificate) VerifyAuth(auth *ike.Auth, signed []byte) (Scheme, error) {
	claims, err := claimsOf(auth)
	if err != nil {
		return claims[0].Scheme, err
	}
	if c.x509 == nil {
		return claims[0].Scheme, c.Unverifiable
	}
	if k := c.Key; k.Algorithm == "RSA" && (k.Bits < leastRSA || k.Bits > mostRSA) {
		return claims[0].Scheme, fmt.Errorf("an RSA key of %d bits is not verified here", k.Bits)
	}
	for _, claim := range claims {
		if claim.verify(c.x509.PublicKey, signed) {
			return claim.Scheme, nil
		}
	}
	scheme := claims[0].Scheme
	if len(claims) > 1 {
		scheme.Hash = "" // which only a signature that verifies shows
	}
	return scheme, ErrForged
}

// RSA keys that are verified, in bits: crypto/rsa refuses shorter ones, and longer ones
// take too long.
const (
	leastRSA = 1024
	mostRSA  = 1 << 14
)

// claim is one way in which an AUTH payload may have been signed.
type claim struct {
	Scheme
	// verify reports whether the signature is of key.
	verify func(key crypto.PublicKey, signed []byte) bool
}

// claimsOf returns how an AUTH payload may have been signed, the likeliest first;
// with an error the only one has no verify.
func claimsOf(auth *ike.Auth) ([]claim, error) {
	s := Scheme{Method: auth.Method}
	switch auth.Method {
	case ike.AuthRSASignature:
		// SHA-1 is the default, and others are allowed, which only the signature
		// names: RFC 7296, Section 3.8.
		var claims []claim
		for _, h := range []crypto.Hash{crypto.SHA1, crypto.SHA256, crypto.SHA384, crypto.SHA512} {
			claims = append(claims, pkcs1(s, h, auth.Data))
		}
		return claims, nil
	case ike.AuthECDSA256:
		return []claim{fixedECDSA(s, crypto.SHA256, auth.Data)}, nil
	case ike.AuthECDSA384:
		return []claim{fixedECDSA(s, crypto.SHA384, auth.Data)}, nil
	case ike.AuthECDSA521:
		return []claim{fixedECDSA(s, crypto.SHA512, auth.Data)}, nil
	case ike.AuthDigitalSignature:
		c, err := digitalSignature(s, auth.Data)
		return []claim{c}, err
	}
	return []claim{{Scheme: s}}, fmt.Errorf("%w: %v", ErrUnknownScheme, auth.Method)
}

// fixedECDSA is ECDSA as RFC 4754 has it: r and s, of the length of the field each.
func fixedECDSA(s Scheme, h crypto.Hash, data []byte) claim {
	s.Algorithm, s.Hash = "ECDSA", hashNames[h]
	return claim{s, func(key crypto.PublicKey, signed []byte) bool {
		k, ok := key.(*ecdsa.PublicKey)
		if !ok || len(data) != 2*((k.Curve.Params().BitSize+7)/8) {
			return false
		}
		half := len(data) / 2
		return ecdsa.Verify(k, sum(h, signed), new(big.Int).SetBytes(data[:half]), new(big.Int).SetBytes(data[half:]))
	}}
}

// digitalSignature reads the data of RFC 7427, Section 3: the length of the
// AlgorithmIdentifier in one octet, that, and the signature.
func digitalSignature(s Scheme, data []byte) (claim, error) {
	in := cryptobyte.String(data)
	var der cryptobyte.String
	if !in.ReadUint8LengthPrefixed(&der) {
		return claim{Scheme: s}, fmt.Errorf("%w: no AlgorithmIdentifier", ErrUnknownScheme)
	}
	signature := []byte(in)
	var id pkix.AlgorithmIdentifier
	if rest, err := asn1.Unmarshal(der, &id); err != nil || len(rest) > 0 {
		return claim{Scheme: s}, fmt.Errorf("%w: malformed AlgorithmIdentifier", ErrUnknownScheme)
	}
	name := id.Algorithm.String()
	if h, ok := pkcs1Hashes[name]; ok {
		return pkcs1(s, h, signature), nil
	}
	if h, ok := ecdsaHashes[name]; ok {
		s.Algorithm, s.Hash = "ECDSA", hashNames[h]
		return claim{s, func(key crypto.PublicKey, signed []byte) bool {
			k, ok := key.(*ecdsa.PublicKey)
			return ok && ecdsa.VerifyASN1(k, sum(h, signed), signature)
		}}, nil
	}
	switch {
	case id.Algorithm.Equal(oidEd25519):
		s.Algorithm = "Ed25519"
		return claim{s, func(key crypto.PublicKey, signed []byte) bool {
			k, ok := key.(ed25519.PublicKey)
			return ok && ed25519.Verify(k, signed, signature)
		}}, nil
	case id.Algorithm.Equal(oidPSS):
		h, salt, err := pssParameters(id.Parameters.FullBytes)
		s.Algorithm, s.Hash = "RSA PSS", hashNames[h]
		if err != nil {
			return claim{Scheme: s}, err
		}
		return claim{s, func(key crypto.PublicKey, signed []byte) bool {
			k, ok := key.(*rsa.PublicKey)
			return ok && rsa.VerifyPSS(k, h, sum(h, signed), signature, &rsa.PSSOptions{SaltLength: salt}) == nil
		}}, nil
	}
	return claim{Scheme: s}, fmt.Errorf("%w: %s", ErrUnknownScheme, name)
}

// pkcs1 is RSASSA-PKCS1-v1_5 with h.
func pkcs1(s Scheme, h crypto.Hash, signature []byte) claim {
	s.Algorithm, s.Hash = "RSA PKCS#1", hashNames[h]
	return claim{s, func(key crypto.PublicKey, signed []byte) bool {
		k, ok := key.(*rsa.PublicKey)
		return ok && rsa.VerifyPKCS1v15(k, h, sum(h, signed), signature) == nil
	}}
}

// oidMGF1 is the mask generation function of RSASSA-PSS, whose parameter is a hash.
var oidMGF1 = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 8}

// maxSalt is the longest salt that is verified, in octets; hashes have 64.
const maxSalt = 1 << 10

// pssParameters reads hash and salt length of RSASSA-PSS-params (RFC 4055, Section
// 3.1), whose defaults are SHA-1, MGF1 with SHA-1, 20 octets and trailer field 1. The
// mask generation function has to be MGF1 with the same hash, and the trailer field 1,
// as is all that crypto/rsa verifies. It takes a salt of 0 for one of any length, so
// that is not verified either.
func pssParameters(der []byte) (crypto.Hash, int, error) {
	p := struct {
		Hash    pkix.AlgorithmIdentifier `asn1:"explicit,optional,tag:0"`
		MGF     pkix.AlgorithmIdentifier `asn1:"explicit,optional,tag:1"`
		Salt    int                      `asn1:"explicit,optional,tag:2,default:20"`
		Trailer int                      `asn1:"explicit,optional,tag:3,default:1"`
	}{Salt: sha1.Size, Trailer: 1}
	if len(der) > 0 {
		if rest, err := asn1.Unmarshal(der, &p); err != nil || len(rest) > 0 {
			return 0, 0, fmt.Errorf("%w: malformed parameters of RSASSA-PSS", ErrUnknownScheme)
		}
	}
	h, ok := pssHash(p.Hash)
	if !ok {
		return 0, 0, fmt.Errorf("%w: RSASSA-PSS with hash %v", ErrUnknownScheme, p.Hash.Algorithm)
	}
	mask := crypto.SHA1
	if len(p.MGF.Algorithm) > 0 {
		var of pkix.AlgorithmIdentifier
		if rest, err := asn1.Unmarshal(p.MGF.Parameters.FullBytes, &of); !p.MGF.Algorithm.Equal(oidMGF1) || err != nil || len(rest) > 0 {
			return h, 0, fmt.Errorf("%w: RSASSA-PSS with the mask generation function %v", ErrUnknownScheme, p.MGF.Algorithm)
		}
		if mask, ok = pssHash(of); !ok {
			return h, 0, fmt.Errorf("%w: RSASSA-PSS with MGF1 of hash %v", ErrUnknownScheme, of.Algorithm)
		}
	}
	switch {
	case mask != h:
		return h, 0, fmt.Errorf("%w: RSASSA-PSS with %s, and MGF1 of %s", ErrUnknownScheme, hashNames[h], hashNames[mask])
	case p.Salt <= 0 || p.Salt > maxSalt:
		return h, 0, fmt.Errorf("%w: RSASSA-PSS with a salt of %d octets", ErrUnknownScheme, p.Salt)
	case p.Trailer != 1:
		return h, 0, fmt.Errorf("%w: RSASSA-PSS with trailer field %d", ErrUnknownScheme, p.Trailer)
	}
	return h, p.Salt, nil
}

// pssHash returns the hash of an AlgorithmIdentifier, SHA-1 where it is absent.
func pssHash(id pkix.AlgorithmIdentifier) (crypto.Hash, bool) {
	if len(id.Algorithm) == 0 {
		return crypto.SHA1, true
	}
	h, ok := hashesByID[id.Algorithm.String()]
	return h, ok
}

func sum(h crypto.Hash, data []byte) []byte {
	d := h.New()
	d.Write(data)
	return d.Sum(nil)
}
