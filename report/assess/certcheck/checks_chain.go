package certcheck

import (
	"fmt"
	"slices"

	"github.com/ikescope/ikescope/ike/certificate"
	"github.com/ikescope/ikescope/proposals/english"
)

func noCertificate(f *facts) (values, bool) { return when(f.leaf() == nil && !f.HashAndURL) }

func leafNotFirst(f *facts) (values, bool) {
	return values{"first": shown(f.chain[0].Subject), "leaf": shown(f.leaf().Subject)}, f.displaced
}

func chainOrder(f *facts) (values, bool) { return when(!f.displaced && !slices.IsSorted(f.path)) }

// strayCertificate: one that the path does not need.
func strayCertificate(f *facts) (values, bool) {
	var names []string
	for i, c := range f.chain {
		if !slices.Contains(f.path, i) {
			names = append(names, c.Subject)
		}
	}
	return values{"names": listed(names)}, len(names) > 0 && !f.forged
}

func rootSent(f *facts) (values, bool) {
	return values{"root": shown(f.root())}, len(f.path) > 1 && f.isRoot()
}

func chainLong(f *facts) (values, bool) {
	return values{"count": english.Counted(int64(f.came()), "certificate", "certificates"), "most": fmt.Sprint(len(f.chain))}, f.came() > len(f.chain)
}

// came is how many certificates did.
func (f *facts) came() int { return len(f.Chain) + f.Omitted }

func brokenSignature(f *facts) (values, bool) {
	return values{"subject": shown(f.top().Subject), "issuer": shown(f.top().Issuer)}, f.forged
}

func chainUnverifiable(f *facts) (values, bool) {
	if !f.unverified || f.forged {
		return nil, false
	}
	why := "a signature"
	for _, i := range f.path {
		if c := f.chain[i]; !verifiable(c) {
			why = "a key of " + shown(c.Key.String())
			break
		} else if weakHash(c) != "" {
			why = "a signature with " + weakHash(c)
			break
		}
	}
	return values{"why": why}, true
}

func chainConstraint(f *facts) (values, bool) {
	return values{"why": f.constraint}, f.constraint != ""
}

func issuerUnknown(f *facts) (values, bool) {
	return values{"subject": shown(f.top().Subject), "issuer": shown(f.top().Issuer)}, f.trust == untrusted && !f.isRoot()
}

func rootUntrusted(f *facts) (values, bool) {
	return values{"root": shown(f.root())}, f.trust == untrusted && f.isRoot()
}

func rootsUnknown(f *facts) (values, bool) {
	return values{"root": shown(f.root())}, f.Roots == nil && !f.unverified && !f.forged
}

// leafAlone: without roots it cannot be told whether an intermediate is missing.
func leafAlone(f *facts) (values, bool) {
	return values{"issuer": shown(f.root())}, f.Roots == nil && len(f.path) == 1 && !f.isRoot() && !f.forged
}

func selfSignedLeaf(f *facts) (values, bool) { return when(signedItself(f.leaf())) }

func leafIsCA(f *facts) (values, bool) { return when(f.leaf().IsCA) }

func expired(f *facts) (values, bool) {
	end := f.leaf().NotAfter
	return values{"end": date(f.leaf().NotAfter), "days": english.Counted(int64(-f.daysLeft()), "day", "days")}, f.At.After(end)
}

func notYetValid(f *facts) (values, bool) {
	return values{"begin": date(f.leaf().NotBefore)}, f.At.Before(f.leaf().NotBefore)
}

func issuerDates(f *facts) (values, bool) {
	for _, i := range f.path[1:] {
		if c := f.chain[i]; !isValid(c, f.At) && !signedItself(c) {
			return values{"subject": shown(c.Subject), "begin": date(c.NotBefore), "end": date(c.NotAfter)}, true
		}
	}
	return nil, false
}

// rootExpired: that of the chain, or the one that clients have.
func rootExpired(f *facts) (values, bool) {
	end := f.rootEnd
	if top := f.top(); len(f.path) > 1 && f.isRoot() && end.IsZero() {
		end = top.NotAfter
	}
	return values{"root": shown(f.root()), "end": date(end)}, !end.IsZero() && f.At.After(end)
}

func expiresSoon(f *facts) (values, bool) {
	left := f.daysLeft()
	return values{"end": date(f.leaf().NotAfter), "days": english.Counted(int64(left), "day", "days")}, isValid(f.leaf(), f.At) && left < f.WarnDays
}

// maxDays is what Apple allows a TLS certificate.
const maxDays = 825

func validityLong(f *facts) (values, bool) {
	days := int(f.leaf().NotAfter.Sub(f.leaf().NotBefore) / day)
	return values{"days": english.Counted(int64(days), "day", "days")}, days > maxDays
}

// weakHashes looks at signatures by issuers: that of a root over itself proves
// nothing.
func weakHashes(f *facts) (values, bool) {
	for _, i := range f.path {
		if c := f.chain[i]; weakHash(c) != "" && !signedItself(c) {
			return values{"subject": shown(c.Subject), "hash": weakHash(c)}, true
		}
	}
	return nil, false
}

// shortest returns the certificate of the path with the shortest RSA key; nil if
// there is none.
func (f *facts) shortest() *certificate.Certificate {
	var out *certificate.Certificate
	for _, i := range f.path {
		if c := f.chain[i]; c.Key.Algorithm == "RSA" && c.Key.Bits > 0 && (out == nil || c.Key.Bits < out.Key.Bits) {
			out = c
		}
	}
	return out
}

func rsaShort(f *facts) (values, bool) { return f.rsaBelow(1024, 2048) }

func rsaTiny(f *facts) (values, bool) { return f.rsaBelow(0, 1024) }

// rsaBelow reports whether the shortest RSA key has at least so many bits, and fewer
// than most.
func (f *facts) rsaBelow(least, most int) (values, bool) {
	c := f.shortest()
	if c == nil {
		return nil, false
	}
	return values{"subject": shown(c.Subject), "bits": english.Counted(int64(c.Key.Bits), "bit", "bits")}, c.Key.Bits >= least && c.Key.Bits < most
}
