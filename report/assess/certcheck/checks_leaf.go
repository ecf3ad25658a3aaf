package certcheck

import (
	"crypto/x509"
	"slices"
	"strings"
	"time"

	"github.com/ikescope/ikescope/ike/certificate"
)

// date returns a day as people write it for machines.
func date(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }

func ekuAbsent(f *facts) (values, bool) { return when(!f.leaf().HasEKU) }

func ekuNoServerAuth(f *facts) (values, bool) {
	leaf := f.leaf()
	return values{"usages": listed(leaf.EKU)}, leaf.HasEKU && !leaf.HasUsage("serverAuth")
}

// forServers are the usages that Android takes for a server's: serverAuth, any, and
// those of Server Gated Cryptography, Microsoft's and Netscape's.
var forServers = []string{"serverAuth", "any", "1.3.6.1.4.1.311.10.3.3", "2.16.840.1.113730.4.1"}

func ekuOtherPurpose(f *facts) (values, bool) {
	leaf := f.leaf()
	return values{"usages": listed(leaf.EKU)}, leaf.HasEKU && !slices.ContainsFunc(forServers, leaf.HasUsage)
}

func ekuNoIKEIntermediate(f *facts) (values, bool) {
	return when(f.leaf().HasUsage("serverAuth") && !f.leaf().HasUsage("ikeIntermediate"))
}

func keyUsage(f *facts) (values, bool) {
	x := f.leaf().X509()
	const signs = x509.KeyUsageDigitalSignature | x509.KeyUsageContentCommitment
	return when(x != nil && x.KeyUsage != 0 && x.KeyUsage&signs == 0)
}

// Curves that RFC 4754 has a method of authentication for.
var ofRFC4754 = []string{"P-256", "P-384", "P-521"}

func keyECDSA(f *facts) (values, bool) {
	k := f.leaf().Key
	return values{"key": shown(k.String())}, k.Algorithm == "ECDSA" && slices.Contains(ofRFC4754, k.Curve)
}

func keyBrainpool(f *facts) (values, bool) {
	k := f.leaf().Key
	return values{"key": shown(k.String())}, k.Algorithm == "ECDSA" && strings.HasPrefix(k.Curve, "brainpool")
}

func keyOtherCurve(f *facts) (values, bool) {
	k := f.leaf().Key
	return values{"key": shown(k.String())},
		k.Algorithm == "ECDSA" && !slices.Contains(ofRFC4754, k.Curve) && !strings.HasPrefix(k.Curve, "brainpool")
}

func keyEd25519(f *facts) (values, bool) { return when(f.leaf().Key.Algorithm == "Ed25519") }

func keyEd448(f *facts) (values, bool) { return when(f.leaf().Key.Algorithm == "Ed448") }

func keyUnknown(f *facts) (values, bool) {
	k := f.leaf().Key
	return values{"key": shown(k.String())}, !slices.Contains([]string{"RSA", "ECDSA", "Ed25519", "Ed448"}, k.Algorithm)
}

func nameUnknown(f *facts) (values, bool) { return when(f.Name == "") }

func nameNotASCII(f *facts) (values, bool) {
	return values{"name": shown(f.Name)}, !isASCII(f.Name)
}

// dialed are the values of a sentence on the name that users dial.
func (f *facts) dialed() values {
	return values{"name": shown(f.Name), "names": listed(altNames(f.leaf())), "cn": shown(f.leaf().CommonName)}
}

// isCN reports whether the common name is the host.
func (f *facts) isCN(host string) bool { return matchDNS(f.leaf().CommonName, host) >= butForCase }

func nameMissing(f *facts) (values, bool) {
	host, ok := f.host()
	return f.dialed(), ok && bestDNS(f.leaf(), host) == different && !f.isCN(host)
}

func nameCNOnly(f *facts) (values, bool) {
	host, ok := f.host()
	return f.dialed(), ok && bestDNS(f.leaf(), host) == different && f.isCN(host)
}

func nameCase(f *facts) (values, bool) {
	host, ok := f.host()
	return f.dialed(), ok && bestDNS(f.leaf(), host) == butForCase
}

func nameTrailingDot(f *facts) (values, bool) {
	host, ok := f.host()
	return f.dialed(), ok && strings.HasSuffix(host, ".") && bestDNS(f.leaf(), host) != different
}

func nameWildcard(f *facts) (values, bool) {
	host, ok := f.host()
	return f.dialed(), ok && bestDNS(f.leaf(), host) == byWildcard
}

func wildcardSAN(f *facts) (values, bool) {
	var names []string
	for _, name := range f.leaf().DNSNames {
		if strings.Contains(name, "*") {
			names = append(names, name)
		}
	}
	return values{"names": listed(names)}, len(names) > 0
}

func noSAN(f *facts) (values, bool) {
	return values{"cn": shown(f.leaf().CommonName)}, !hasSAN(f.leaf())
}

// oddName: a dNSName with what no host name has, such as controls or blanks.
func oddName(f *facts) (values, bool) {
	var names []string
	for _, name := range f.leaf().DNSNames {
		if !certificate.IsHostName(strings.TrimPrefix(name, "*.")) {
			names = append(names, name)
		}
	}
	return values{"names": listed(names)}, len(names) > 0
}

func addressNotDNSName(f *facts) (values, bool) {
	a, ok := f.address()
	return f.dialed(), ok && !slices.Contains(f.leaf().DNSNames, a.String())
}

func addressNotIPAddress(f *facts) (values, bool) {
	a, ok := f.address()
	return f.dialed(), ok && !hasAddress(f.leaf(), a)
}

func addressMissing(f *facts) (values, bool) {
	_, noDNSName := addressNotDNSName(f)
	_, noAddress := addressNotIPAddress(f)
	return f.dialed(), noDNSName && noAddress
}
