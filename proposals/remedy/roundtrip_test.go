package remedy

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/client"
	"github.com/ikescope/ikescope/proposals/matrix"
)

// file returns the configuration that holds the lines of a remedy, as its
// reader would make it.
func file(r Remedy) string {
	lines := strings.Join(r.Lines, "\n") + "\n"
	switch r.Syntax {
	case client.SyntaxIked:
		return "ikev2 \"NAME\" active esp from any to any local any peer any \\\n" + lines + "\tpsk \"secret\"\n"
	case client.SyntaxFortiGate:
		return strings.ReplaceAll(lines, " append ", " set ")
	case client.SyntaxMobileconfig:
		return `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0"><dict>
<key>PayloadType</key><string>Configuration</string>
<key>PayloadContent</key><array><dict>
<key>PayloadType</key><string>com.apple.vpn.managed</string>
<key>UserDefinedName</key><string>NAME</string>
<key>VPNType</key><string>IKEv2</string>
<key>IKEv2</key><dict>
<key>RemoteAddress</key><string>vpn.example.com</string>
` + lines + `</dict></dict></array></dict></plist>
`
	}
	return lines
}

// What is written is read back as what was promised: by the client that suite
// and nothing else, by the gateway what it took before, too. Lines that only
// add are read without the latter.
func TestRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := randomCase(t)
		for _, r := range c.Remedies() {
			if len(r.Lines) == 0 {
				continue
			}
			if strings.HasPrefix(r.Lines[0], "reg.exe") {
				offersAfterRegistry(t, r.Suite)
				continue
			}
			policies, err := client.Import("", []byte(file(r)), r.Syntax)
			if err != nil || len(policies) != 1 {
				t.Fatalf("%s %s: %d policies, %v, of\n%s", r.Side, r.Syntax, len(policies), err, file(r))
			}
			want := []proposals.Product{r.Suite.Product()}
			if r.Side == GatewaySide && r.Syntax != client.SyntaxCisco && r.Syntax != client.SyntaxFortiGate {
				want = append(want, c.Accepted...)
			}
			for _, test := range [][2][]proposals.Product{{want, policies[0].Offer}, {policies[0].Offer, want}} {
				if rest, err := matrix.Difference(test[0], test[1]); err != nil || len(rest) > 0 {
					t.Fatalf("%s %s reads as %v, want %v, of\n%s", r.Side, r.Syntax, policies[0].Offer, want, file(r))
				}
			}
		}
	})
}

// offersAfterRegistry fails unless a Windows client with the value in the
// registry offers s.
func offersAfterRegistry(t *rapid.T, s proposals.Suite) {
	p, ok := client.Named("windows-dh2048")
	if !ok || !slices.ContainsFunc(p.Offer, func(o proposals.Product) bool { return o.Contains(s) }) {
		t.Fatalf("windows-dh2048 does not offer %v: %v", s, p.Offer)
	}
}
