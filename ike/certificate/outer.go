package certificate

import (
	"crypto/ed25519"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"fmt"
	"math/big"
)

// outer is the structure of a certificate (RFC 5280, Section 4.1), with its parts
// as they were encoded.
type outer struct {
	tbs       tbsCertificate
	algorithm asn1.RawValue
	signature asn1.BitString
}

type tbsCertificate struct {
	Version      asn1.RawValue
	SerialNumber asn1.RawValue
	Signature    asn1.RawValue
	Issuer       asn1.RawValue
	Validity     asn1.RawValue
	Subject      asn1.RawValue
	PublicKey    asn1.RawValue
	// Rest are the optional fields: unique identifiers and extensions.
	Rest []asn1.RawValue
}

// parseOuter divides a certificate into its parts.
func parseOuter(der []byte) (*outer, error) {
	var c struct {
		TBS       asn1.RawValue
		Algorithm asn1.RawValue
		Signature asn1.BitString
	}
	if rest, err := asn1.Unmarshal(der, &c); err != nil {
		return nil, fmt.Errorf("certificate: %w", err)
	} else if len(rest) > 0 {
		return nil, fmt.Errorf("certificate: %w: %d", errTrailing, len(rest))
	}
	o := &outer{algorithm: c.Algorithm, signature: c.Signature}
	in := c.TBS.Bytes
	next := func(v *asn1.RawValue) (err error) {
		in, err = asn1.Unmarshal(in, v)
		return err
	}
	t := &o.tbs
	fields := []*asn1.RawValue{&t.Version, &t.SerialNumber, &t.Signature, &t.Issuer, &t.Validity, &t.Subject, &t.PublicKey}
	if len(in) > 0 && in[0] != 0xa0 { // the version of X.509 v1 is left out
		fields = fields[1:]
	}
	for _, v := range fields {
		if err := next(v); err != nil {
			return nil, fmt.Errorf("certificate: %w", err)
		}
	}
	for len(in) > 0 && len(t.Rest) < 3 {
		var v asn1.RawValue
		if err := next(&v); err != nil {
			return nil, fmt.Errorf("certificate: %w", err)
		}
		t.Rest = append(t.Rest, v)
	}
	if len(in) > 0 {
		return nil, fmt.Errorf("certificate: %w: %d", errTrailing, len(in))
	}
	return o, nil
}

// withKnownKey has crypto/x509 read the certificate with a key that it knows in
// place of its own: all but the key and what hangs on it is as it was.
func (o *outer) withKnownKey() (*x509.Certificate, error) {
	key, err := x509.MarshalPKIXPublicKey(make(ed25519.PublicKey, ed25519.PublicKeySize))
	if err != nil {
		return nil, err
	}
	t := o.tbs
	var in []byte
	for _, v := range []asn1.RawValue{t.Version, t.SerialNumber, t.Signature, t.Issuer, t.Validity, t.Subject, {FullBytes: key}} {
		in = append(in, v.FullBytes...)
	}
	for _, v := range t.Rest {
		in = append(in, v.FullBytes...)
	}
	tbs, err := asn1.Marshal(asn1.RawValue{Tag: asn1.TagSequence, IsCompound: true, Bytes: in})
	if err != nil {
		return nil, err
	}
	der, err := asn1.Marshal(struct {
		TBS       asn1.RawValue
		Algorithm asn1.RawValue
		Signature asn1.BitString
	}{asn1.RawValue{FullBytes: tbs}, o.algorithm, o.signature})
	if err != nil {
		return nil, err
	}
	return x509.ParseCertificate(der)
}

// Algorithms of SubjectPublicKeyInfo: RFC 3279, 5480 and 8410.
var keyAlgorithms = map[string]string{
	"1.2.840.113549.1.1.1":  "RSA",
	"1.2.840.113549.1.1.10": "RSA", // for RSASSA-PSS alone
	"1.2.840.10045.2.1":     "ECDSA",
	"1.2.840.10040.4.1":     "DSA",
	"1.3.101.112":           "Ed25519",
	"1.3.101.113":           "Ed448",
}

// Curves of ECDSA: RFC 5480, Section 2.1.1.1; RFC 5639, Section 4.1.
var curves = map[string]Key{
	"1.2.840.10045.3.1.7":   {Curve: "P-256", Bits: 256},
	"1.3.132.0.34":          {Curve: "P-384", Bits: 384},
	"1.3.132.0.35":          {Curve: "P-521", Bits: 521},
	"1.3.132.0.33":          {Curve: "P-224", Bits: 224},
	"1.3.132.0.10":          {Curve: "secp256k1", Bits: 256},
	"1.3.36.3.3.2.8.1.1.7":  {Curve: "brainpoolP256r1", Bits: 256},
	"1.3.36.3.3.2.8.1.1.11": {Curve: "brainpoolP384r1", Bits: 384},
	"1.3.36.3.3.2.8.1.1.13": {Curve: "brainpoolP512r1", Bits: 512},
}

// key reads the public key as far as its kind.
func (o *outer) key() Key {
	var info struct {
		Algorithm pkix.AlgorithmIdentifier
		Key       asn1.BitString
	}
	if _, err := asn1.Unmarshal(o.tbs.PublicKey.FullBytes, &info); err != nil {
		return Key{Algorithm: "unknown"}
	}
	id := info.Algorithm.Algorithm.String()
	k := Key{Algorithm: id}
	if name, ok := keyAlgorithms[id]; ok {
		k.Algorithm = name
	}
	switch k.Algorithm {
	case "RSA":
		var key struct {
			N *big.Int
			E *big.Int
		}
		if _, err := asn1.Unmarshal(info.Key.Bytes, &key); err == nil {
			k.Bits = key.N.BitLen()
		}
	case "ECDSA":
		var curve asn1.ObjectIdentifier
		if _, err := asn1.Unmarshal(info.Algorithm.Parameters.FullBytes, &curve); err != nil {
			k.Curve = "explicit curve"
			break
		}
		known, ok := curves[curve.String()]
		if !ok {
			known.Curve = curve.String()
		}
		k.Curve, k.Bits = known.Curve, known.Bits
	case "Ed25519":
		k.Bits = 256
	case "Ed448":
		k.Bits = 456
	}
	return k
}

// signatureName returns the algorithm that p is signed with.
func signatureName(p *x509.Certificate) string {
	if p.SignatureAlgorithm != x509.UnknownSignatureAlgorithm {
		return p.SignatureAlgorithm.String()
	}
	return "unknown"
}
