package certcheck

import (
	"bytes"
	"crypto/x509"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/ikescope/ikescope/ike/certificate"
)

// maxChain is how many certificates of a chain are looked at. Real ones have two or
// three.
const maxChain = 16

// maxKey is the longest RSA key, in bits, that a signature is verified with, which
// takes time with its square.
const maxKey = 16384

// facts are a gateway's, with what follows from its chain.
type facts struct {
	Gateway
	chain []*certificate.Certificate // what is looked at
	// path are the indexes of the leaf and its issuers, as far as they came.
	path []int
	// displaced: the leaf is not the first.
	displaced bool
	// forged: a certificate has the name of an issuer, and is not the issuer.
	forged bool
	// unverified: a signature of the path could not be verified here.
	unverified bool
	trust      trust
	// rootEnd is the end of the root that clients have, if it is before the end of what
	// hangs on it.
	rootEnd time.Time
	// constraint says what in the path is not allowed, "" if nothing is.
	constraint string
}

// trust is whether the path ends at a root.
type trust uint8

const (
	undecided trust = iota
	trusted
	untrusted
)

// examine finds the path of a chain.
func examine(g Gateway) *facts {
	f := &facts{Gateway: g, chain: g.Chain[:min(len(g.Chain), maxChain)]}
	if len(f.chain) == 0 {
		return f
	}
	f.path = []int{f.leafIndex()}
	f.displaced = f.path[0] > 0
	for {
		next, ok := f.issuer(f.top())
		if !ok {
			break
		}
		f.path = append(f.path, next)
	}
	f.unverified = f.unverified || !verifiable(f.top()) || !f.isRoot() && weakHash(f.top()) != ""
	if f.unverified || f.forged {
		return f
	}
	f.verify()
	return f
}

// leaf returns the gateway's certificate, nil if there is none.
func (f *facts) leaf() *certificate.Certificate {
	if len(f.chain) == 0 {
		return nil
	}
	return f.chain[f.path[0]]
}

// leafIndex finds the gateway's own certificate: the first, unless that is of a CA
// that issued another one of the chain, which is of none.
func (f *facts) leafIndex() int {
	if first := f.chain[0]; first.IsCA {
		for i, c := range f.chain {
			if !c.IsCA && isNameOf(first, c) {
				return i
			}
		}
	}
	return 0
}

// top returns the last certificate of the path.
func (f *facts) top() *certificate.Certificate { return f.chain[f.path[len(f.path)-1]] }

// isRoot reports whether the path ends in a certificate that signed itself.
func (f *facts) isRoot() bool { return signedItself(f.top()) }

// signedItself reports whether c is its own issuer, by name and, where that can be
// told, by signature.
func signedItself(c *certificate.Certificate) bool {
	if !c.IsSelfSigned() {
		return false
	}
	err := signedBy(c, c)
	return err == nil || errors.Is(err, errNotVerifiable)
}

// root returns the name of the authority that the path ends at or below.
func (f *facts) root() string {
	if f.leaf() == nil {
		return ""
	}
	return f.top().Issuer
}

// issuer finds the one of c that the path lacks.
func (f *facts) issuer(c *certificate.Certificate) (int, bool) {
	if signedItself(c) {
		return 0, false
	}
	named, forged := -1, false
	for i, candidate := range f.chain {
		if slices.Contains(f.path, i) || !isNameOf(candidate, c) {
			continue
		}
		switch err := signedBy(c, candidate); {
		case err == nil:
			return i, true
		case errors.Is(err, errNotVerifiable):
			if named < 0 {
				named = i
			}
		default:
			forged = true
		}
	}
	if named >= 0 {
		f.unverified = true
		return named, true
	}
	f.forged = f.forged || forged
	return 0, false
}

// isNameOf reports whether parent has the name of the issuer of c.
func isNameOf(parent, c *certificate.Certificate) bool {
	if p, x := parent.X509(), c.X509(); p != nil && x != nil {
		return bytes.Equal(p.RawSubject, x.RawIssuer)
	}
	return parent.Subject == c.Issuer
}

// verifiable reports whether signatures under the key of c can be verified, in time
// too.
func verifiable(c *certificate.Certificate) bool {
	return c.X509() != nil && (c.Key.Algorithm != "RSA" || c.Key.Bits <= maxKey)
}

var errNotVerifiable = errors.New("not verifiable")

// signedBy verifies the signature of c with the key of parent.
func signedBy(c, parent *certificate.Certificate) error {
	if c.X509() == nil || !verifiable(parent) || weakHash(c) != "" {
		return errNotVerifiable
	}
	x := c.X509()
	err := parent.X509().CheckSignature(x.SignatureAlgorithm, x.RawTBSCertificate, x.Signature)
	if insecure := x509.InsecureAlgorithmError(0); errors.Is(err, x509.ErrUnsupportedAlgorithm) || errors.As(err, &insecure) {
		return errNotVerifiable
	}
	return err
}

// weakHash names the hash of the signature of c, if it is broken.
func weakHash(c *certificate.Certificate) string {
	for _, hash := range []string{"MD2", "MD5", "SHA1"} {
		if strings.Contains(c.Signature, hash) {
			return strings.Replace(hash, "SHA1", "SHA-1", 1)
		}
	}
	return ""
}

// verify decides trust, and has crypto/x509 look for what the path is not allowed
// to. Dates are not its business here, but those of rules of their own: only those of
// the root that clients have count, which the chain does not show.
func (f *facts) verify() {
	top := f.top().X509()
	leads := false // a valid root that clients have to the top
	if f.Roots != nil {
		f.trust = untrusted
		_, err := valid(top, f.At).Verify(x509.VerifyOptions{Roots: f.Roots, CurrentTime: f.at(), KeyUsages: anyUsage})
		invalid := new(x509.CertificateInvalidError)
		switch {
		case err == nil:
			f.trust, leads = trusted, true
		case errors.As(err, invalid) && invalid.Reason == x509.Expired && invalid.Cert != nil && !invalid.Cert.Equal(top):
			// A root that has expired is trusted, and a fault of its own.
			f.trust, f.rootEnd = trusted, invalid.Cert.NotAfter
		default: // where the system verifies, it looks at the dates in the certificate
			_, err = top.Verify(x509.VerifyOptions{Roots: f.Roots, CurrentTime: within(f.At, top), KeyUsages: anyUsage})
			if err == nil {
				f.trust = trusted
			}
		}
	}
	o := x509.VerifyOptions{Roots: x509.NewCertPool(), Intermediates: x509.NewCertPool(), CurrentTime: f.at(), KeyUsages: anyUsage}
	for _, i := range f.path[1:] {
		if !verifiable(f.chain[i]) {
			return
		}
		o.Intermediates.AddCert(valid(f.chain[i].X509(), f.At))
	}
	if leads && !f.isRoot() {
		o.Roots = f.Roots
	} else {
		o.Roots.AddCert(valid(top, f.At))
	}
	if _, err := valid(f.leaf().X509(), f.At).Verify(o); err != nil {
		f.constraint = shown(strings.TrimPrefix(err.Error(), "x509: "))
	}
}

var anyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageAny}

// at is the time to judge at, other than that which crypto/x509 takes for now.
func (f *facts) at() time.Time {
	if f.At.IsZero() {
		return f.At.Add(time.Nanosecond)
	}
	return f.At
}

// valid returns c as if it were valid at the time. What is signed stays as it is.
func valid(c *x509.Certificate, at time.Time) *x509.Certificate {
	out := *c
	out.NotBefore, out.NotAfter = at.Add(-day), at.Add(day)
	return &out
}

// within returns the time at, or the nearest at which c is valid.
func within(at time.Time, c *x509.Certificate) time.Time {
	switch {
	case at.Before(c.NotBefore):
		at = c.NotBefore
	case at.After(c.NotAfter):
		at = c.NotAfter
	}
	if at.IsZero() { // which crypto/x509 takes for now
		at = at.Add(time.Nanosecond)
	}
	return at
}

// isValid reports whether c is valid at the time.
func isValid(c *certificate.Certificate, at time.Time) bool {
	return !at.Before(c.NotBefore) && !at.After(c.NotAfter)
}

// day is one; leap seconds aside.
const day = 24 * time.Hour

// daysLeft is how many whole days the leaf is valid.
func (f *facts) daysLeft() int {
	leaf := f.leaf()
	if leaf == nil {
		return 0
	}
	left := leaf.NotAfter.Sub(f.At)
	if left < 0 {
		return -1 - int(-left/day)
	}
	return int(left / day)
}
