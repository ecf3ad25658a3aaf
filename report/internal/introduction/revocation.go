package introduction

import (
	"time"

	"github.com/ikescope/ikescope/proposals/english"
	"github.com/ikescope/ikescope/report"
)

// revocation writes what authorities say of the certificates, if they were asked.
func (p page) revocation(c *report.Connection, asked bool) {
	defer p.noStaple(c, asked)
	if asked && len(c.Revocation) == 0 {
		p.Aligned("revocation", "nobody was asked: the certificates name no OCSP server and no CRL, or their issuer's certificate was not sent")
	}
	label := "revocation"
	for _, r := range c.Revocation {
		words := string(r.State)
		if r.Why != "" {
			words += ": " + r.Why
		}
		if r.State == report.RevocationGood && !r.NextUpdate.IsZero() {
			words += " until " + r.NextUpdate.UTC().Format(time.DateOnly)
		}
		where := r.By + ", " + r.URL
		if r.URL == "" {
			where = "OCSP response that the gateway sends itself, RFC 4806"
		}
		p.Aligned(label, r.Subject+": "+words+" ("+where+")")
		label = ""
	}
}

// noStaple says that the gateway sends no OCSP response itself, as few do, where it was
// asked for one.
func (p page) noStaple(c *report.Connection, asked bool) {
	switch {
	case !asked || c.Staple == nil || len(c.Staple.Staples) > 0:
	case c.Staple.State == report.IdentitySeen:
		p.Aligned("", "no OCSP response comes from the gateway itself (RFC 4806), which is optional")
	case c.Staple.State == report.IdentityRefused:
		p.Aligned("", "asked for an OCSP response (RFC 4806), the gateway refuses with "+c.Staple.Notify)
	default:
		p.Aligned("", "whether the gateway sends OCSP responses itself (RFC 4806) is not known: "+english.Plain(c.Staple.State))
	}
}
