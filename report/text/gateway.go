package text

import (
	"slices"
	"strings"

	"github.com/ikescope/ikescope/proposals/english"
	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/internal/lists"
	"github.com/ikescope/ikescope/report/internal/traversal"
)

// maxVendorIDs is how many of a gateway's vendor IDs are written.
const maxVendorIDs = 8

// gateway writes what the gateway showed of itself.
func (p *page) gateway(t *report.Target) {
	g := t.Gateway
	p.Section("GATEWAY")
	// A redirect alone says nothing of vendor IDs.
	told := g.Redirect == "" || slices.ContainsFunc(t.Exchanges, func(x report.Exchange) bool { return x.Outcome == report.OutcomeAccepted })
	var said []string
	if len(g.VendorIDs) == 0 && told {
		said = append(said, "no vendor ID")
	}
	for _, v := range g.VendorIDs[:min(len(g.VendorIDs), maxVendorIDs)] {
		p.Text(2, "vendor ID "+v.String())
	}
	if more := len(g.VendorIDs) - maxVendorIDs; more > 0 {
		p.Text(2, english.Counted(int64(more), "more vendor ID", "more vendor IDs")+", in the JSON report")
	}
	for _, n := range g.Notifies {
		if w := traversal.Notify(n); w != "" {
			said = append(said, w)
		}
	}
	if len(g.SignatureHashes) > 0 {
		said = append(said, "signature hashes "+english.List(lists.Convert(g.SignatureHashes, func(h report.Number) string {
			return strings.ReplaceAll(strings.TrimPrefix(h.Name, "SIGHASH_"), "_", "-")
		}), "and"))
	}
	if g.Authorities > 0 {
		said = append(said, "asks for certificates of "+english.Counted(int64(g.Authorities), "authority", "authorities"))
	}
	if len(said) > 0 {
		p.Text(2, strings.Join(said, "; "))
	}
	if g.Redirect != "" {
		p.Text(2, "redirects to "+g.Redirect)
	}
}
