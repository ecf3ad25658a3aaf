package certificate

import (
	"crypto/sha1"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"time"
)

// maxOctets is the longest certificate that is read: what a CERT payload of 64 kB
// can hold is more than any gateway needs.
const maxOctets = 1 << 15

// Certificate is what a certificate says, as far as IKE and its clients look at it.
type Certificate struct {
	// Raw is the certificate in DER, SHA256 its fingerprint.
	Raw    []byte
	SHA256 [sha256.Size]byte
	// KeyHash is the SHA-1 hash of SubjectPublicKeyInfo, by which a CERTREQ names an
	// authority (RFC 7296, Section 3.7).
	KeyHash [sha1.Size]byte

	// Subject and Issuer are distinguished names as RFC 2253 writes them. They come
	// from the peer and are not escaped for a terminal. CommonName is that of the
	// subject.
	Subject, Issuer, CommonName string
	SerialNumber                string // in hexadecimal
	NotBefore, NotAfter         time.Time

	// Names of the subjectAltName extension (RFC 5280, Section 4.2.1.6).
	DNSNames, EmailAddresses, URIs []string
	Addresses                      []netip.Addr

	// EKU are the extended key usages by name or object identifier; HasEKU tells a
	// certificate without the extension, which is for any usage, from one with an
	// empty one.
	EKU    []string
	HasEKU bool

	Key       Key
	Signature string // the algorithm that the issuer signed with
	IsCA      bool

	// OCSP and Issuers are the URLs of the authorityInfoAccess extension, CRL those
	// of cRLDistributionPoints. Policies are object identifiers.
	OCSP, Issuers, CRL []string
	Policies           []string

	// Unverifiable says why no signature by or under the key can be verified here;
	// it is nil where one can.
	Unverifiable error

	x509    *x509.Certificate // nil if it is not verifiable
	subject []byte            // in DER
}

// Key is a public key.
type Key struct {
	// Algorithm is "RSA", "ECDSA", "Ed25519", "Ed448" or an object identifier. Curve
	// is the name of that of ECDSA.
	Algorithm, Curve string
	// Bits is the length of the modulus of RSA or of the field of the curve; 0 if it
	// is not known.
	Bits int
}

// String returns the key as "RSA 2048" or "ECDSA P-256".
func (k Key) String() string {
	switch {
	case k.Curve != "":
		return k.Algorithm + " " + k.Curve
	case k.Bits != 0 && k.Algorithm == "RSA":
		return fmt.Sprintf("%s %d", k.Algorithm, k.Bits)
	}
	return k.Algorithm
}

// X509 returns the certificate as crypto/x509 reads it; nil if that refuses it.
func (c *Certificate) X509() *x509.Certificate { return c.x509 }

// IsSelfSigned reports whether subject and issuer are the same name, as those of a
// root are.
func (c *Certificate) IsSelfSigned() bool { return c.Subject == c.Issuer }

// Object identifiers of extended key usages: RFC 5280, Section 4.2.1.12; RFC 4945,
// Section 5.1.3.12 (ikeIntermediate is from a draft, and still asked for).
var usages = map[string]string{
	"2.5.29.37.0":        "any",
	"1.3.6.1.5.5.7.3.1":  "serverAuth",
	"1.3.6.1.5.5.7.3.2":  "clientAuth",
	"1.3.6.1.5.5.7.3.17": "ipsecIKE",
	"1.3.6.1.5.5.8.2.2":  "ikeIntermediate",
}

// extensionEKU is extKeyUsage.
var extensionEKU = asn1.ObjectIdentifier{2, 5, 29, 37}

// Parse reads a certificate in DER. One whose key crypto/x509 does not know, as
// those on Brainpool curves, or that takes too long to verify with, is read for all else,
// and is Unverifiable.
func Parse(der []byte) (*Certificate, error) {
	if len(der) > maxOctets {
		return nil, fmt.Errorf("certificate: %d octets, more than %d", len(der), maxOctets)
	}
	outer, err := parseOuter(der)
	if err != nil {
		return nil, err
	}
	c := &Certificate{
		Raw:     slices.Clone(der),
		SHA256:  sha256.Sum256(der),
		KeyHash: sha1.Sum(outer.tbs.PublicKey.FullBytes),
		Key:     outer.key(),
	}
	parsed, err := x509.ParseCertificate(der)
	if err == nil && parsed.PublicKeyAlgorithm == x509.UnknownPublicKeyAlgorithm {
		c.Unverifiable = fmt.Errorf("a key of %s", c.Key)
	} else if err != nil {
		c.Unverifiable = err
		if parsed, err = outer.withKnownKey(); err != nil {
			return nil, fmt.Errorf("certificate: %w", c.Unverifiable)
		}
	}
	if c.Unverifiable == nil && c.Key.Algorithm == "RSA" && c.Key.Bits > mostRSA {
		c.Unverifiable = fmt.Errorf("an RSA key of %d bits", c.Key.Bits)
	}
	if c.Unverifiable == nil {
		c.x509 = parsed
	}
	c.read(parsed)
	return c, nil
}

// read takes over what p says beside the key.
func (c *Certificate) read(p *x509.Certificate) {
	c.Subject, c.Issuer, c.CommonName = p.Subject.String(), p.Issuer.String(), p.Subject.CommonName
	c.subject = p.RawSubject
	c.SerialNumber = fmt.Sprintf("%x", p.SerialNumber)
	c.NotBefore, c.NotAfter = p.NotBefore, p.NotAfter
	c.DNSNames, c.EmailAddresses = p.DNSNames, p.EmailAddresses
	for _, u := range p.URIs {
		c.URIs = append(c.URIs, u.String())
	}
	for _, ip := range p.IPAddresses {
		if a, ok := netip.AddrFromSlice(ip); ok {
			c.Addresses = append(c.Addresses, a)
		}
	}
	c.HasEKU = slices.ContainsFunc(p.Extensions, func(e pkix.Extension) bool { return e.Id.Equal(extensionEKU) })
	if c.HasEKU {
		c.EKU = extendedKeyUsages(p.Extensions)
	}
	c.Signature = signatureName(p)
	c.IsCA = p.BasicConstraintsValid && p.IsCA
	c.OCSP, c.Issuers, c.CRL = p.OCSPServer, p.IssuingCertificateURL, p.CRLDistributionPoints
	for _, id := range p.PolicyIdentifiers {
		c.Policies = append(c.Policies, id.String())
	}
}

// extendedKeyUsages returns those of the extension by name.
func extendedKeyUsages(extensions []pkix.Extension) []string {
	var out []string
	for _, e := range extensions {
		var ids []asn1.ObjectIdentifier
		if !e.Id.Equal(extensionEKU) {
			continue
		}
		if _, err := asn1.Unmarshal(e.Value, &ids); err != nil {
			continue // crypto/x509 has read it
		}
		for _, id := range ids {
			name, ok := usages[id.String()]
			if !ok {
				name = id.String()
			}
			out = append(out, name)
		}
	}
	return out
}

// DistinguishedName returns a name in DER, as an ID of type ID_DER_ASN1_DN holds it, as
// RFC 2253 writes it.
func DistinguishedName(der []byte) (string, error) {
	var name pkix.RDNSequence
	if rest, err := asn1.Unmarshal(der, &name); err != nil {
		return "", fmt.Errorf("certificate: %w", err)
	} else if len(rest) > 0 {
		return "", fmt.Errorf("certificate: %w: %d", errTrailing, len(rest))
	}
	return name.String(), nil
}

// HasUsage reports whether the certificate is for usage, a name as in EKU: by name
// only, since clients differ in what they take for it.
func (c *Certificate) HasUsage(usage string) bool { return slices.Contains(c.EKU, usage) }

// HasSubject reports whether the subject says what a distinguished name in DER does: the
// types of their strings may differ.
func (c *Certificate) HasSubject(der []byte) bool {
	name, err := DistinguishedName(der)
	subject, own := DistinguishedName(c.subject)
	return err == nil && own == nil && name == subject
}

// errTrailing is for octets after a structure.
var errTrailing = errors.New("trailing octets")
