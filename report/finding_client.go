package report

import (
	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/client"
)

// windowsCustom are suites that a Windows client can be set to, by the
// arguments of Set-VpnConnectionIPsecConfiguration, best first. The PRF is that
// of the integrity algorithm.
var windowsCustom = []struct{ suite, arguments string }{
	{"aes256-sha384-prfsha384-ecp384", "-EncryptionMethod AES256 -IntegrityCheckMethod SHA384 -DHGroup ECP384"},
	{"aes256-sha256-prfsha256-ecp256", "-EncryptionMethod AES256 -IntegrityCheckMethod SHA256 -DHGroup ECP256"},
	{"aes256-sha256-prfsha256-modp2048", "-EncryptionMethod AES256 -IntegrityCheckMethod SHA256 -DHGroup Group14"},
	{"aes128-sha256-prfsha256-modp2048", "-EncryptionMethod AES128 -IntegrityCheckMethod SHA256 -DHGroup Group14"},
}

// windowsFinding tells that no Windows client with default settings can
// connect, where a refusal of each of its suites was seen.
func windowsFinding(f facts) (Finding, bool) {
	windows, _ := client.Named("windows-11") // which offers all that older ones do
	var evidence []int
	for _, p := range windows.Offer {
		for s := range p.Suites() {
			id, ok := f.refusal(s)
			if !ok || f.state(s) != proposals.Refused {
				return Finding{}, false
			}
			evidence = append(evidence, id)
		}
	}
	out := Finding{
		ID: "CLIENT-WINDOWS-DEFAULT", Severity: "info",
		Title:    "Windows VPN clients with default settings cannot connect",
		Detail:   "Windows 7 to 11 offer KE_MODP_1024 alone unless configured; the gateway refuses it",
		Evidence: evidence,
	}
	for _, custom := range windowsCustom {
		for _, p := range parse(custom.suite) {
			for s := range p.Suites() {
				if f.state(s) == proposals.Accepted && out.Fix == nil {
					out.Fix = []string{"on the clients: Set-VpnConnectionIPsecConfiguration " + custom.arguments +
						" and the ESP transforms of the gateway"}
				}
			}
		}
	}
	if out.Fix == nil {
		out.Fix = []string{"let the gateway accept aes256-sha256-prfsha256-modp2048, and set the clients to it"}
	}
	return out, true
}
