package introduction

import (
	"time"

	"github.com/ikescope/ikescope/report"
)

// revocation writes what authorities say of the certificates, if they were asked.
func (p page) revocation(c *report.Connection, asked bool) {
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
		p.Aligned(label, r.Subject+": "+words+" ("+r.By+", "+r.URL+")")
		label = ""
	}
}
