package text

import (
	"slices"
	"strings"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/proposals/english"
	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/internal/lists"
)

// maxVendorIDs is how many of a gateway's vendor IDs are written.
const maxVendorIDs = 8

// gateway writes what the gateway showed of itself.
func (p *page) gateway(t *report.Target) {
	g := t.Gateway
	p.Section("GATEWAY")
	// A redirect alone says nothing of vendor IDs.
	told := g.Redirect == "" || slices.ContainsFunc(t.Exchanges, func(x report.Exchange) bool { return x.Outcome == report.OutcomeAccepted })
	if len(g.VendorIDs) == 0 && told {
		p.Text(0, "no vendor ID")
	}
	for _, v := range g.VendorIDs[:min(len(g.VendorIDs), maxVendorIDs)] {
		p.Text(2, "vendor ID "+v.String())
	}
	if more := len(g.VendorIDs) - maxVendorIDs; more > 0 {
		p.Text(2, english.Counted(int64(more), "more vendor ID", "more vendor IDs")+", in the JSON report")
	}
	var said []string
	for _, n := range g.Notifies {
		if w := notifyWords(n); w != "" {
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
	var not []string
	if t.Cost.Cookies == 0 {
		not = append(not, "no cookies requested")
	}
	if g.Redirect == "" {
		not = append(not, "no redirect")
	} else {
		p.Text(2, "redirects to "+g.Redirect)
	}
	if len(not) > 0 {
		p.Text(2, strings.Join(not, ", "))
	}
}

// notifyWords says what a status notify of an IKE_SA_INIT answer means. NAT
// detection and signature hashes have places of their own.
func notifyWords(n report.Number) string {
	switch ike.NotifyType(n.ID) {
	case ike.NAT_DETECTION_SOURCE_IP, ike.NAT_DETECTION_DESTINATION_IP, ike.SIGNATURE_HASH_ALGORITHMS, ike.REDIRECT:
		return ""
	case ike.IKEV2_FRAGMENTATION_SUPPORTED:
		return "fragmentation"
	case ike.MULTIPLE_AUTH_SUPPORTED:
		return "multiple authentication"
	case ike.CHILDLESS_IKEV2_SUPPORTED:
		return "childless IKE SAs"
	case ike.INTERMEDIATE_EXCHANGE_SUPPORTED:
		return "intermediate exchange"
	}
	return n.Name
}
