package certcheck

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/certificate"
	"github.com/ikescope/ikescope/ike/printable"
)

// Bounds of what a sentence holds of a stranger's words: octets of one name, and names.
const (
	maxName  = 120
	maxNames = 5
)

// shown returns a stranger's words fit for a sentence.
func shown(text string) string {
	cut := len(text) > maxName
	if cut {
		text = text[:maxName]
		for n := 1; n < utf8.UTFMax && !utf8.ValidString(text); n++ { // not within a character
			text = text[:len(text)-1]
		}
	}
	text = printable.Text(text)
	if cut {
		text += "..."
	}
	return text
}

// listed returns names as a list.
func listed(names []string) string {
	if len(names) == 0 {
		return "none"
	}
	var out []string
	for _, name := range names[:min(len(names), maxNames)] {
		out = append(out, shown(name))
	}
	text := strings.Join(out, ", ")
	if more := len(names) - maxNames; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}

// altNames returns the subjectAltNames of c that can be dialed; a dNSName that is an
// address, as Windows wants one, is marked.
func altNames(c *certificate.Certificate) []string {
	out := slices.Clone(c.DNSNames)
	for i, name := range out {
		if _, err := netip.ParseAddr(name); err == nil {
			out[i] = "DNS:" + name
		}
	}
	for _, a := range c.Addresses {
		out = append(out, a.String())
	}
	return out
}

// idNames returns the names of c that an identity may be: as it is a distinguished name,
// the subject.
func idNames(id *ike.ID, c *certificate.Certificate) []string {
	if id.IDType == ike.ID_DER_ASN1_DN {
		return []string{c.Subject}
	}
	return append(altNames(c), c.EmailAddresses...)
}

// hasSAN reports whether c has a subjectAltName of any type that is read.
func hasSAN(c *certificate.Certificate) bool {
	return len(c.DNSNames)+len(c.EmailAddresses)+len(c.URIs)+len(c.Addresses) > 0
}

// match is how well a name fits another.
type match uint8

const (
	different match = iota
	byWildcard
	butForCase
	exact
)

// matchDNS compares a dNSName with a host name, as RFC 9525, Section 6.3, has it:
// without regard to case, and with a wildcard as the whole left-most label only. A
// host without its last dot is the same.
func matchDNS(pattern, host string) match {
	host = strings.TrimSuffix(host, ".")
	switch {
	case host == "" || !isASCII(host) || !isASCII(pattern):
		return different
	case pattern == host:
		return exact
	case strings.EqualFold(pattern, host):
		return butForCase
	}
	parent, isWildcard := strings.CutPrefix(pattern, "*.")
	label, rest, hasParent := strings.Cut(host, ".")
	if isWildcard && hasParent && label != "" && label != "*" && parent != "" && !strings.Contains(parent, "*") && strings.EqualFold(parent, rest) {
		return byWildcard
	}
	return different
}

// bestDNS returns the best match of the dNSNames of c.
func bestDNS(c *certificate.Certificate, host string) match {
	best := different
	for _, name := range c.DNSNames {
		best = max(best, matchDNS(name, host))
	}
	return best
}

func isASCII(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r >= utf8.RuneSelf }) < 0
}

// address returns the address that users dial, if it is one.
func (f *facts) address() (netip.Addr, bool) {
	a, err := netip.ParseAddr(f.Name)
	return a.WithZone("").Unmap(), err == nil
}

// host returns the host name that users dial, if it is one of ASCII.
func (f *facts) host() (string, bool) {
	_, isAddress := f.address()
	return f.Name, f.Name != "" && !isAddress && isASCII(f.Name)
}

// hasAddress reports whether a is an iPAddress of c.
func hasAddress(c *certificate.Certificate, a netip.Addr) bool {
	return slices.ContainsFunc(c.Addresses, func(one netip.Addr) bool { return one.Unmap() == a })
}

// idName returns an identity as text.
func idName(id *ike.ID) string { return shown(certificate.IDText(id)) }

// idInCertificate reports whether c has the identity: as a subjectAltName of the
// same type, or as the subject (RFC 7296, Section 3.5; RFC 4945, Section 5.1.2). It is
// not known of a KEY_ID.
func idInCertificate(id *ike.ID, c *certificate.Certificate) (is, known bool) {
	switch id.IDType {
	case ike.ID_FQDN:
		return bestDNS(c, string(id.Data)) >= butForCase, true
	case ike.ID_RFC822_ADDR:
		return slices.ContainsFunc(c.EmailAddresses, func(s string) bool { return strings.EqualFold(s, string(id.Data)) }), true
	case ike.ID_IPV4_ADDR, ike.ID_IPV6_ADDR:
		a, ok := certificate.IDAddress(id)
		return ok && hasAddress(c, a.Unmap()), true
	case ike.ID_DER_ASN1_DN:
		return c.HasSubject(id.Data), true
	}
	return false, false
}

// idIsName reports whether the identity is the name that users dial.
func (f *facts) idIsName() bool {
	if f.ID == nil {
		return false
	}
	if a, ok := f.address(); ok {
		id, isAddress := certificate.IDAddress(f.ID)
		return isAddress && id.Unmap() == a
	}
	return f.ID.IDType == ike.ID_FQDN && matchDNS(string(f.ID.Data), f.Name) >= butForCase
}
