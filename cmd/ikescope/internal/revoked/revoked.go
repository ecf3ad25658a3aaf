// Package revoked asks whether the certificates in a report are revoked.
package revoked

import (
	"context"
	"crypto/x509"
	"fmt"
	"io"
	"net/netip"
	"slices"
	"time"

	"github.com/ikescope/ikescope/ike/certificate"
	"github.com/ikescope/ikescope/ike/printable"
	"github.com/ikescope/ikescope/probe/revocation"
	"github.com/ikescope/ikescope/report"
)

// ofEach is the longest time for a question, and ofAll for those about a target.
const (
	ofEach = 10 * time.Second
	ofAll  = time.Minute
)

// Check asks the authorities that the certificates of t name, and writes each URL to w
// first. It fills in what they say. Roots are those of clients, nil if they are not known.
func Check(ctx context.Context, w io.Writer, t *report.Target, roots *x509.CertPool) {
	if t.Identity == nil {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, ofAll)
	defer cancel()
	at, err := netip.ParseAddr(t.Address)
	asker := revocation.Asker{At: time.Now(), Timeout: ofEach, Loopback: err == nil && at.IsLoopback()}
	id := *t.Identity
	id.RevocationAsked, id.Connections = true, slices.Clone(id.Connections)
	known := make(map[string]report.Revocation) // connections mostly have one certificate
	for i := range id.Connections {
		c := &id.Connections[i]
		c.Revocation = nil
		chain := path(c.Chain, roots)
		for _, q := range revocation.Questions(chain) {
			of := chain[q.Certificate]
			key := q.By + "\x00" + q.URL + "\x00" + string(of.Raw)
			said, ok := known[key]
			if !ok {
				said = report.Revocation{Subject: of.Subject.String(), By: q.By, URL: q.URL, State: report.RevocationUnknown, Why: "not asked: the time for all questions was up"}
				if ctx.Err() == nil {
					fmt.Fprintf(w, "ikescope: asking %s about %s (--revocation)\n", printable.Text(q.URL), printable.Text(said.Subject))
					answer := asker.Ask(ctx, chain, q)
					said.State, said.Why = report.RevocationState(answer.State), answer.Why
					if !answer.NextUpdate.IsZero() {
						said.NextUpdate = answer.NextUpdate.UTC()
					}
				}
				known[key] = said
			}
			c.Revocation = append(c.Revocation, said)
		}
	}
	t.Identity = &id
}

// path returns the gateway's certificate and those that issued it, as far as they came,
// with the root that clients have.
func path(chain []report.Certificate, roots *x509.CertPool) []*x509.Certificate {
	var all []*x509.Certificate
	for i, c := range chain {
		if parsed, err := certificate.Parse(c.DER); err == nil && parsed.X509() != nil {
			all = append(all, parsed.X509())
		} else if i == 0 {
			return nil
		}
	}
	if len(all) == 0 {
		return nil
	}
	out := all[:1:1]
	for {
		top := out[len(out)-1]
		i := slices.IndexFunc(all, func(c *x509.Certificate) bool { return !slices.Contains(out, c) && top.CheckSignatureFrom(c) == nil })
		if i < 0 {
			break
		}
		out = append(out, all[i])
	}
	if top := out[len(out)-1]; roots != nil {
		found, err := top.Verify(x509.VerifyOptions{Roots: roots, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny}})
		if err == nil && len(found[0]) == 2 {
			out = append(out, found[0][1])
		}
	}
	return out
}
