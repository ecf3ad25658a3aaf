//go:build linux

package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/client"
	"github.com/ikescope/ikescope/report"
)

// syntaxOf are the syntaxes of the lab's gateways.
var syntaxOf = map[string]client.Syntax{
	"strongswan": client.SyntaxSwanctl, "libreswan": client.SyntaxLibreswan, "openiked": client.SyntaxIked,
}

// testRemedy: each change that is proposed for a client that a gateway refuses
// is made, in the gateway's configuration or in the client's, and the client's
// own first packet is then accepted, with the suite that was promised.
func (l lab) testRemedy(t *testing.T) {
	for _, test := range []struct{ gateway, policy, client string }{
		{"strongswan", "single", "windows-11"},
		{"strongswan", "single", "android-11"},
		{"strongswan", "weak", "macos"},
		{"strongswan", "weak", "android-12"},
		{"strongswan", "weak", "libreswan-5"},
		{"strongswan", "singles", "ios"},
		{"strongswan", "overlap", "windows-11"},
		{"libreswan", "default", "windows-10"},
		{"libreswan", "single", "android-11"},
		{"libreswan", "two", "windows-11"},
		{"openiked", "two", "windows-11"},
		{"openiked", "single", "windows-11"},
		{"openiked", "weak", "macos"},
		{"openiked", "weak", "libreswan-5"},
	} {
		t.Run(test.gateway+" "+test.policy+" "+test.client, func(t *testing.T) {
			p, ok := client.Named(test.client)
			if !ok {
				t.Fatalf("there is no client %s", test.client)
			}
			l.policy(t, test.gateway, test.policy)
			target := l.live(t, test.gateway, test.client)
			if got := target.Clients[0]; got.Verdict != "fails" {
				t.Fatalf("%s %s: %v, want one that fails", got.Client, got.Verdict, got.Notes)
			}
			applied := 0
			for _, r := range target.Advise(p, []client.Syntax{p.Syntax, syntaxOf[test.gateway]}).Remedies {
				// strongSwan and libreswan are clients, too, but not this one.
				if len(r.Lines) == 0 || r.Together || r.Side == "client" && r.Syntax != string(p.Syntax) || r.Side == "gateway" && r.Syntax != string(syntaxOf[test.gateway]) {
					continue
				}
				applied++
				name := r.Side
				if strings.HasPrefix(r.Lines[0], "reg.exe") {
					name = "registry"
				}
				t.Run(name, func(t *testing.T) {
					if r.Side == "gateway" {
						l.mendGateway(t, test.gateway, test.client, target, r)
					} else {
						l.mendClient(t, test.gateway, r)
					}
				})
			}
			if applied == 0 {
				t.Error("there is no remedy for either side")
			}
			l.noneHalfOpen(t, test.gateway)
		})
	}
}

// live scans a gateway and sends it the first packet of a client.
func (l lab) live(t *testing.T, gateway, name string) report.Target {
	t.Helper()
	target := l.report(t, beside, 0, "compare", "--live", "--client", name, l.do(t, "addr", gateway))
	if len(target.Clients) != 1 || target.Clients[0].Basis != "live" {
		t.Fatalf("clients %+v, want one live", target.Clients)
	}
	return target
}

// mendGateway puts the lines of r into the gateway's configuration, which then
// takes the client, with that suite, and what it took before.
func (l lab) mendGateway(t *testing.T, gateway, name string, before report.Target, r report.Remedy) {
	lines := strings.Join(r.Lines, "\n") + "\n"
	switch gateway {
	case "strongswan":
		lines = strings.ReplaceAll(lines, "NAME", "lab")
	case "libreswan":
		lines = strings.ReplaceAll(lines, "NAME", "policy")
	case "openiked":
		lines = "set passive\nikev2 \"lab\" passive esp from any to any local any peer any \\\n" +
			lines + "\tsrcid gateway.lab psk \"ikescope lab\"\n"
	}
	policy := l.inForce(t, gateway)
	t.Cleanup(func() { l.do(t, "policy", gateway, policy) })
	l.policy(t, gateway, write(t, "remedy.conf", lines))
	target := l.live(t, gateway, name)
	checkConnects(t, target.Clients[0], r.Suite)

	suite, err := proposals.ParseProduct(r.Suite)
	if err != nil {
		t.Fatal(err)
	}
	checkMatrix(t, target, append(acceptedBy(before), suite))
}

// inForce returns the policy that is in force.
func (l lab) inForce(t *testing.T, gateway string) string {
	t.Helper()
	for line := range strings.Lines(l.do(t, "list")) {
		if words := strings.Fields(line); len(words) > 2 && words[0] == gateway {
			return words[2]
		}
	}
	t.Fatalf("lab list does not name %s", gateway)
	return ""
}

// mendClient has a client of the lines of r, or with them in its registry, ask
// the unchanged gateway.
func (l lab) mendClient(t *testing.T, gateway string, r report.Remedy) {
	lines := strings.Join(r.Lines, "\n") + "\n"
	var name string
	switch client.Syntax(r.Syntax) {
	case client.SyntaxWindows:
		if strings.HasPrefix(lines, "reg.exe") {
			// Of the suites that this client then offers, the gateway chooses.
			if got := l.live(t, gateway, "windows-dh2048").Clients[0]; got.Verdict != "connects" {
				t.Errorf("the client %s: %v", got.Verdict, got.Notes)
			}
			return
		}
		name = write(t, "client.ps1", lines)
	case client.SyntaxMobileconfig:
		name = write(t, "client.mobileconfig", `<?xml version="1.0" encoding="UTF-8"?>
<plist version="1.0"><dict><key>PayloadType</key><string>Configuration</string><key>PayloadContent</key><array><dict>
<key>PayloadType</key><string>com.apple.vpn.managed</string><key>VPNType</key><string>IKEv2</string>
<key>UserDefinedName</key><string>lab</string><key>IKEv2</key><dict><key>RemoteAddress</key><string>gateway.lab</string>
`+lines+"</dict></dict></array></dict></plist>\n")
	case client.SyntaxLibreswan:
		name = write(t, "ipsec.conf", "config setup\n\tikev1-policy=drop\n\n"+lines)
	default:
		t.Fatalf("there is no client of the syntax %s", r.Syntax)
	}
	checkConnects(t, l.live(t, gateway, name).Clients[0], r.Suite)
}

// checkConnects fails the test if a client was not accepted with suite.
func checkConnects(t *testing.T, c report.Client, suite string) {
	t.Helper()
	if c.Verdict != "connects" || c.Suite != suite {
		t.Errorf("the client %s with %q, want that it connects with %s: %v", c.Verdict, c.Suite, suite, c.Notes)
	}
}

// acceptedBy returns what a target accepts.
func acceptedBy(t report.Target) []proposals.Product {
	var out []proposals.Product
	for _, p := range t.Matrix.Products {
		out = append(out, productOf(p.Suites))
	}
	return out
}

func write(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
