package assess

import (
	"github.com/ikescope/ikescope/proposals/client"
	"github.com/ikescope/ikescope/proposals/matrix"
	"github.com/ikescope/ikescope/proposals/remedy"
	"github.com/ikescope/ikescope/report"
)

// windowsFinding tells that no Windows client with default settings can
// connect, where a refusal of each of its suites was seen.
func windowsFinding(f Facts) (report.Finding, bool) {
	windows, _ := client.Named("windows-11") // which offers all that older ones do
	var evidence []int
	for _, p := range windows.Offer {
		for s := range p.Suites() {
			id, ok := f.refusal(s)
			if !ok || f.State(s) != matrix.Refused {
				return report.Finding{}, false
			}
			evidence = append(evidence, id)
		}
	}
	out := report.Finding{
		ID: "CLIENT-WINDOWS-DEFAULT", Severity: report.SeverityInfo,
		Title:    "Windows VPN clients with default settings cannot connect",
		Detail:   "Windows 7 to 11 offer KE_MODP_1024 alone unless configured; the gateway refuses it",
		Evidence: evidence,
	}
	out.Fix = []string{"let the gateway accept aes256-sha256-prfsha256-modp2048, and set the clients to it"}
	c := remedy.Case{Client: windows, Accepted: f.Accepted}
	if best := c.Remedies(); len(best) > 0 && len(best[0].Lines) > 0 && len(best[0].Weaker) == 0 {
		out.Fix = []string{"on the clients, with ESP values that the gateway takes: " + best[0].Lines[0]}
	}
	return out, true
}
