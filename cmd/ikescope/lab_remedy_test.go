//go:build linux

package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/ikescope/ikescope/cmd/ikescope/internal/flagvalue"
	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/client"
	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/assess"
)

// syntaxOf are the syntaxes of the lab's gateways.
var syntaxOf = map[string]client.Syntax{
	"strongswan": client.SyntaxSwanctl, postQuantum: client.SyntaxSwanctl,
	"libreswan": client.SyntaxLibreswan, "openiked": client.SyntaxIked,
}

// samples is where configurations of clients are.
const samples = "../../proposals/client/testdata/"

// remedied is a client that a gateway refuses, and the changes that are
// proposed: "client" in its own syntax or another of its product, "registry",
// "gateway", or "together" for a change of both.
type remedied struct{ gateway, policy, client, changes string }

// testRemedy: each change is made, in the gateway's configuration or in the
// client's, and the client's own first packet is then accepted, with the suite
// that was promised.
func (l lab) testRemedy(t *testing.T, gateway string) {
	mine := slices.DeleteFunc([]remedied{
		{"strongswan", "single", "windows-11", "client registry gateway"},
		{"strongswan", "single", "android-11", "gateway"},
		{"strongswan", "single", "cisco-ios", "client gateway"},
		{"strongswan", "single", samples + "iked/big-test.conf#big test", "client gateway"},
		{"strongswan", "weak", "macos", "client gateway"},
		{"strongswan", "weak", "android-12", "gateway"},
		{"strongswan", "weak", "libreswan-5", "client gateway"},
		{"strongswan", "weak", "fortigate", "client gateway"},
		{"strongswan", "singles", "ios", "client gateway"},
		{"strongswan", "overlap", "windows-11", "client registry gateway"},
		{"strongswan", "modern", "windows-10", "together gateway"},
		{"strongswan", "modern", "cisco-ios", "together gateway"},
		{postQuantum, "hybrid", "strongswan-6", "client ipsec.conf gateway"},
		{"libreswan", "default", "windows-10", "client registry"},
		{"libreswan", "single", "android-11", "gateway"},
		{"libreswan", "single", samples + "swanctl/initiators.conf#old", "client ipsec.conf gateway"},
		{"libreswan", "two", "windows-11", "client registry"},
		{"libreswan", "modern", "windows-11", "together"},
		{"openiked", "two", "windows-11", "client registry gateway"},
		{"openiked", "single", "windows-11", "client registry gateway"},
		{"openiked", "single", samples + "swanctl/initiators.conf#aead", "gateway client ipsec.conf"},
		{"openiked", "weak", "macos", "client gateway"},
		{"openiked", "weak", "libreswan-5", "client gateway"},
		{"openiked", "modern", "windows-11", "together gateway"},
	}, func(r remedied) bool { return r.gateway != gateway })
	for _, test := range sample(mine, 2) {
		t.Run(test.policy+" "+test.client[strings.LastIndexByte(test.client, '/')+1:], func(t *testing.T) {
			l.policy(t, test.gateway, test.policy)
			target := l.live(t, test.gateway, test.client)
			checkFails(t, target.Clients[0])
			remedies := changesOf(t, target, test)
			var changes []string
			for i, r := range remedies {
				change := changeOf(t, test, r)
				if r.Together && r.Side == "gateway" {
					continue // which follows the client's, and is made with it
				}
				changes = append(changes, change)
				t.Run(change, func(t *testing.T) {
					switch {
					case r.Together:
						l.mendBoth(t, test, target, r, remedies[i+1])
					case r.Side == "client":
						l.mendClient(t, test.gateway, r)
					default:
						l.mendGateway(t, test, target, r)
					}
				})
			}
			if got := strings.Join(changes, " "); got != test.changes {
				t.Errorf("the changes are %q, want %q", got, test.changes)
			}
			l.noneHalfOpen(t, test.gateway)
		})
	}
}

// clientOf returns the policy that --client NAME stands for.
func clientOf(t *testing.T, name string) client.Policy {
	t.Helper()
	var list []client.Policy
	if err := flagvalue.Clients(&list).Set(name); err != nil || len(list) != 1 {
		t.Fatalf("--client %s: %d clients, %v", name, len(list), err)
	}
	return list[0]
}

// changesOf returns what is proposed for both sides and can be made. strongSwan
// and libreswan are clients, too, and all are gateways: but not these.
func changesOf(t *testing.T, target report.Target, test remedied) []report.Remedy {
	t.Helper()
	p := clientOf(t, test.client)
	syntaxes := []client.Syntax{p.Syntax, client.SyntaxIpsecConf}
	if syntaxOf[test.gateway] != p.Syntax {
		syntaxes = append(syntaxes, syntaxOf[test.gateway])
	}
	var out []report.Remedy
	for _, r := range assess.Advise(&target, p, syntaxes).Remedies {
		own := r.Syntax == string(syntaxOf[test.gateway])
		if r.Side == "client" {
			own = r.Syntax == string(p.Syntax) || p.Syntax == client.SyntaxSwanctl && r.Syntax == string(client.SyntaxIpsecConf)
		}
		if own && len(r.Lines) > 0 {
			out = append(out, r)
		}
	}
	return out
}

// changeOf names a change as remedied does.
func changeOf(t *testing.T, test remedied, r report.Remedy) string {
	t.Helper()
	switch {
	case r.Together:
		return "together"
	case r.Side == "client" && strings.HasPrefix(r.Lines[0], "reg.exe"):
		return "registry"
	case r.Side == "client" && r.Syntax != string(clientOf(t, test.client).Syntax):
		return r.Syntax
	}
	return r.Side
}

// live scans a gateway and sends it the first packet of a client.
func (l lab) live(t *testing.T, gateway, name string) report.Target {
	t.Helper()
	target := l.report(t, beside, 0, "compare", "--live", "--client", name, l.do(t, "addr", gateway))
	if len(target.Clients) != 1 || target.Clients[0].Basis != report.BasisLive {
		t.Fatalf("clients %+v, want one live", target.Clients)
	}
	return target
}

// mendGateway makes the change r of the gateway, which then takes the client,
// with that suite, and what it took before.
func (l lab) mendGateway(t *testing.T, test remedied, before report.Target, r report.Remedy) {
	l.changeGateway(t, test.gateway, r)
	target := l.live(t, test.gateway, test.client)
	checkConnects(t, target.Clients[0], r.Suite)
	checkMatrix(t, target, append(acceptedBy(before), products(t, r.Suite)...))
}

// mendClient makes the change r of the client, which then gets that suite of
// the unchanged gateway. Where the client's program is here, it gets it, too.
func (l lab) mendClient(t *testing.T, gateway string, r report.Remedy) {
	if strings.HasPrefix(r.Lines[0], "reg.exe") {
		// Of the suites that this client then offers, the gateway chooses.
		if got := l.live(t, gateway, "windows-dh2048").Clients[0]; got.Verdict != report.ClientConnects {
			t.Errorf("the client %s: %v", got.Verdict, got.Notes)
		}
		return
	}
	file := changedClient(t, r)
	checkConnects(t, l.live(t, gateway, file).Clients[0], r.Suite)

	var daemon string
	switch client.Syntax(r.Syntax) {
	case client.SyntaxSwanctl:
		daemon = "strongswan"
		if gateway == postQuantum { // whose suites the other does not have
			daemon = postQuantum
		}
	case client.SyntaxLibreswan:
		daemon = "libreswan"
	default:
		return
	}
	path, err := filepath.Abs(file)
	if err != nil {
		t.Fatal(err)
	}
	outcome, _, _ := strings.Cut(l.do(t, "initiate", daemon, path, clientOf(t, file).Name, gateway), "\n")
	suite, agreed := strings.CutPrefix(outcome, "agreed ")
	if !agreed || products(t, suite)[0].String() != r.Suite {
		t.Errorf("%s as the client: %s, want that it agrees on %s", daemon, outcome, r.Suite)
	}
	l.do(t, "restart", gateway)
}

// mendBoth makes changes of both sides, either of which alone is not enough.
// The gateway then takes the client, and what it took before.
func (l lab) mendBoth(t *testing.T, test remedied, before report.Target, ofClient, ofGateway report.Remedy) {
	if !ofGateway.Together || ofGateway.Side != "gateway" || ofClient.Suite != ofGateway.Suite || len(ofGateway.Weaker) > 0 {
		t.Fatalf("the changes do not go together: %+v, %+v", ofClient, ofGateway)
	}
	changed := changedClient(t, ofClient)
	checkFails(t, l.live(t, test.gateway, changed).Clients[0])
	l.changeGateway(t, test.gateway, ofGateway)
	checkFails(t, l.live(t, test.gateway, test.client).Clients[0])
	target := l.live(t, test.gateway, changed)
	checkConnects(t, target.Clients[0], ofClient.Suite)
	checkMatrix(t, target, append(acceptedBy(before), products(t, ofClient.Suite)...))
}

// changeGateway puts the lines of r into the gateway's configuration, until the
// test ends.
func (l lab) changeGateway(t *testing.T, gateway string, r report.Remedy) {
	t.Helper()
	lines := strings.Join(r.Lines, "\n") + "\n"
	switch gateway {
	case "strongswan", postQuantum:
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
}

// inForce returns the policy that is in force.
func (l lab) inForce(t *testing.T, gateway string) string {
	t.Helper()
	for line := range strings.Lines(l.do(t, "list", gateway)) {
		if words := strings.Fields(line); len(words) > 2 && words[0] == gateway {
			return words[2]
		}
	}
	t.Fatalf("lab list does not name %s", gateway)
	return ""
}

// changedClient returns the name of a file that holds the lines of r, as the
// client's configuration would.
func changedClient(t *testing.T, r report.Remedy) string {
	t.Helper()
	lines := strings.Join(r.Lines, "\n") + "\n"
	switch client.Syntax(r.Syntax) {
	case client.SyntaxWindows:
		return write(t, "client.ps1", lines)
	case client.SyntaxMobileconfig:
		return write(t, "client.mobileconfig", `<?xml version="1.0" encoding="UTF-8"?>
<plist version="1.0"><dict><key>PayloadType</key><string>Configuration</string><key>PayloadContent</key><array><dict>
<key>PayloadType</key><string>com.apple.vpn.managed</string><key>VPNType</key><string>IKEv2</string>
<key>UserDefinedName</key><string>lab</string><key>IKEv2</key><dict><key>RemoteAddress</key><string>gateway.lab</string>
`+lines+"</dict></dict></array></dict></plist>\n")
	case client.SyntaxLibreswan:
		return write(t, "ipsec.conf", "config setup\n\tikev1-policy=drop\n\n"+lines)
	case client.SyntaxSwanctl, client.SyntaxIpsecConf:
		return write(t, "strongswan.conf", lines)
	case client.SyntaxIked:
		return write(t, "iked.conf", "ikev2 \"lab\" active esp from any to any peer any \\\n"+lines+"\tpsk \"ikescope lab\"\n")
	case client.SyntaxCisco, client.SyntaxFortiGate:
		return write(t, "cli.txt", lines)
	}
	t.Fatalf("there is no client of the syntax %s", r.Syntax)
	return ""
}

// checkConnects fails the test if a client was not accepted with suite.
func checkConnects(t *testing.T, c report.Client, suite string) {
	t.Helper()
	if c.Verdict != report.ClientConnects || c.Suite != suite {
		t.Errorf("the client %s with %q, want that it connects with %s: %v", c.Verdict, c.Suite, suite, c.Notes)
	}
}

// checkFails fails the test unless a client was refused.
func checkFails(t *testing.T, c report.Client) {
	t.Helper()
	if c.Verdict != report.ClientFails {
		t.Fatalf("%s %s with %q, want that it fails: %v", c.Name, c.Verdict, c.Suite, c.Notes)
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

// products reads keywords.
func products(t *testing.T, keywords string) []proposals.Product {
	t.Helper()
	out, err := proposals.ParseProducts(keywords)
	if err != nil {
		t.Fatal(err)
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
