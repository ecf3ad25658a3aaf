package assess

import (
	"slices"

	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/client"
	"github.com/ikescope/ikescope/proposals/matrix"
	"github.com/ikescope/ikescope/report"
)

// dh2048 gives a Windows client another group besides those that it has, so that it
// still connects elsewhere.
const dh2048 = "set NegotiateDH2048_AES256 to 1 on Windows clients, which then offer KE_MODP_2048 with aes256 too (ikescope client show windows-dh2048-enabled)"

// moveWindows says what lets Windows clients with default settings, if they are among
// those that a change cuts off, connect to what is accepted then; "" if nothing does.
func moveWindows(cutOff []string, accepted []proposals.Product) string {
	isWindows := func(name string) bool {
		p, ok := client.Named(name)
		return ok && p.Family == client.FamilyWindows
	}
	enabled, ok := client.Named("windows-dh2048-enabled")
	if !ok || !slices.ContainsFunc(cutOff, isWindows) || !overlapsAny(enabled.Offer, accepted) {
		return ""
	}
	return dh2048
}

// windowsFinding says that no Windows client with default settings can
// connect, where a refusal of each of its suites was seen, and what would mend
// that.
func windowsFinding(t *report.Target, f Facts) (report.Finding, bool) {
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
		Detail:   "unless configured otherwise, Windows 7 to 11 offer only KE_MODP_1024, which the gateway refuses",
		Evidence: evidence,
	}
	c := newPredictor(t)
	if fix := c.fix(windows, c.predict(windows)); fix != nil {
		words := FixWords(*fix)
		if len(fix.Lines) > 0 {
			words += ", with ESP values that the gateway accepts"
			out.Lines = fix.Lines
		}
		out.Fix = []string{words}
		if move := moveWindows([]string{windows.Name}, f.Accepted); move != "" {
			out.Fix = []string{move, "or " + words}
		}
		out.Weaker = append(out.Weaker, fix.Weaker...)
	}
	return out, true
}
