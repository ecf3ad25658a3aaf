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

// maxStaples bounds the OCSP responses that are read of one answer.
const maxStaples = 4

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
		c.Revocation = append(c.Revocation, stapled(asker, chain, c.Staple)...)
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

// stapled returns what the OCSP responses say that the gateway sent itself: each of the
// certificate of the chain that it is of, the first one where it is of none.
func stapled(asker revocation.Asker, chain []*x509.Certificate, i *report.Introduction) []report.Revocation {
	if i == nil || len(chain) == 0 {
		return nil
	}
	var out []report.Revocation
	for _, response := range i.Staples[:min(len(i.Staples), maxStaples)] {
		said := report.Revocation{Subject: chain[0].Subject.String(), By: revocation.Staple, State: report.RevocationUnknown, Why: "its issuer did not come, so that the answer cannot be verified"}
		for n := range chain[:len(chain)-1] {
			answer := asker.Stapled(chain, n, response)
			if n == 0 || answer.State != revocation.Unknown {
				said.Subject, said.State, said.Why, said.NextUpdate = chain[n].Subject.String(), report.RevocationState(answer.State), answer.Why, time.Time{}
				if !answer.NextUpdate.IsZero() {
					said.NextUpdate = answer.NextUpdate.UTC()
				}
			}
			if answer.State != revocation.Unknown {
				break
			}
		}
		out = append(out, said)
	}
	return out
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
