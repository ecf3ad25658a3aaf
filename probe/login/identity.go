package login

import (
	"bytes"
	"crypto/x509"
	"encoding/hex"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/certificate"
)

// Identity is who one side is: the body of an ID payload. The zero Identity is none.
type Identity struct {
	Type ike.IDType
	Data []byte
}

// maxIdentity is the longest identity in octets that is read of a user.
const maxIdentity = 1024

// ParseIdentity reads an identity as strongSwan's configuration has it: an address, a
// user name with an @ (ID_RFC822_ADDR), a key ID in hexadecimal behind "keyid:", or a
// host name or any other word (ID_FQDN). A distinguished name, with a =, is the subject
// of cert.
func ParseIdentity(s string, cert *x509.Certificate) (Identity, error) {
	if s == "" || len(s) > maxIdentity {
		return Identity{}, fmt.Errorf("an identity has 1 to %d octets, and this has %d", maxIdentity, len(s))
	}
	if digits, ok := strings.CutPrefix(s, "keyid:"); ok {
		b, err := hex.DecodeString(strings.TrimPrefix(digits, "0x"))
		if err != nil || len(b) == 0 {
			return Identity{}, fmt.Errorf("%q is not a key ID: write it in hexadecimal, as keyid:0a1b2c", s)
		}
		return Identity{ike.ID_KEY_ID, b}, nil
	}
	if a, err := netip.ParseAddr(s); err == nil && a.Zone() == "" {
		return identityOf(a), nil
	}
	switch {
	case strings.Contains(s, "=") && cert != nil && sameName(s, cert.Subject.String()):
		return Identity{ike.ID_DER_ASN1_DN, cert.RawSubject}, nil
	case strings.Contains(s, "="):
		return Identity{}, fmt.Errorf("%q is a distinguished name, and no subject of the certificate", s)
	case strings.Contains(s, "@"):
		return Identity{ike.ID_RFC822_ADDR, []byte(s)}, nil
	}
	return Identity{ike.ID_FQDN, []byte(s)}, nil
}

// sameName compares distinguished names but for blanks, case and the order in which they
// are written.
func sameName(a, b string) bool {
	parts := func(s string) []string {
		var out []string
		for part := range strings.SplitSeq(s, ",") {
			out = append(out, strings.ToLower(strings.ReplaceAll(part, " ", "")))
		}
		slices.Sort(out)
		return out
	}
	return slices.Equal(parts(a), parts(b))
}

// identityOf returns an address as an identity.
func identityOf(a netip.Addr) Identity {
	a = a.Unmap()
	if a.Is4() {
		return Identity{ike.ID_IPV4_ADDR, a.AsSlice()}
	}
	return Identity{ike.ID_IPV6_ADDR, a.AsSlice()}
}

// IsZero reports whether it is none.
func (id Identity) IsZero() bool { return id.Type == 0 }

// String returns the identity as ParseIdentity reads it; it is not escaped.
func (id Identity) String() string {
	switch id.Type {
	case 0:
		return ""
	case ike.ID_IPV4_ADDR, ike.ID_IPV6_ADDR:
		if a, ok := netip.AddrFromSlice(id.Data); ok {
			return a.String()
		}
	case ike.ID_DER_ASN1_DN:
		if name, err := certificate.DistinguishedName(id.Data); err == nil {
			return name
		}
	case ike.ID_FQDN, ike.ID_RFC822_ADDR:
		return string(id.Data)
	}
	return fmt.Sprintf("keyid:%x", id.Data)
}

// equal compares identities; host names and domains without regard to case.
func (id Identity) equal(other Identity) bool {
	if id.Type == ike.ID_FQDN || id.Type == ike.ID_RFC822_ADDR {
		return id.Type == other.Type && strings.EqualFold(string(id.Data), string(other.Data))
	}
	return id.Type == other.Type && bytes.Equal(id.Data, other.Data)
}

// payload returns the ID payload of one side.
func (id Identity) payload(t ike.PayloadType) *ike.ID {
	return &ike.ID{Payload: t, IDType: id.Type, Data: id.Data}
}

// body is the ID payload without its generic header, as AUTH covers it.
func (id Identity) body() []byte { return append([]byte{byte(id.Type), 0, 0, 0}, id.Data...) }

// isOf reports whether a certificate is of the identity: by a subjectAltName of its
// type, or the subject.
func (id Identity) isOf(c *certificate.Certificate) bool {
	fold := func(s string) bool { return strings.EqualFold(s, string(id.Data)) }
	switch id.Type {
	case ike.ID_FQDN:
		return slices.ContainsFunc(c.DNSNames, fold) || len(c.DNSNames) == 0 && fold(c.CommonName)
	case ike.ID_RFC822_ADDR:
		return slices.ContainsFunc(c.EmailAddresses, fold)
	case ike.ID_IPV4_ADDR, ike.ID_IPV6_ADDR:
		a, ok := netip.AddrFromSlice(id.Data)
		return ok && slices.Contains(c.Addresses, a)
	case ike.ID_DER_ASN1_DN:
		x := c.X509()
		return x != nil && bytes.Equal(x.RawSubject, id.Data)
	}
	return false
}

// identityIn returns who a certificate is of: its first subjectAltName that can be an
// identity, else its subject.
func identityIn(c *x509.Certificate) Identity {
	switch {
	case len(c.DNSNames) > 0:
		return Identity{ike.ID_FQDN, []byte(c.DNSNames[0])}
	case len(c.EmailAddresses) > 0:
		return Identity{ike.ID_RFC822_ADDR, []byte(c.EmailAddresses[0])}
	}
	return Identity{ike.ID_DER_ASN1_DN, c.RawSubject}
}
