package network

import (
	"slices"
	"strings"
	"testing"

	"github.com/ikescope/ikescope/report"
)

// TestLines: lines name the ports that were asked, and what IPv6 has another word for.
func TestLines(t *testing.T) {
	both := []report.Path{{Transport: report.UDP500, Port: 500, State: report.PathSilent}, {Transport: report.UDP4500, Port: 5500, State: report.PathSilent}}
	for address, want := range map[string][]string{
		"198.51.100.7": {"udp dport { 500, 5500 } accept", "-LocalPort 500,5500 -Action Allow", "/ip firewall filter add chain=input action=accept protocol=udp dst-port=500,5500 ",
			"ip access-list extended OUTSIDE-IN", " 1 permit udp any host 198.51.100.7 eq 500", " 2 permit udp any host 198.51.100.7 eq 5500"},
		"2001:db8::7": {"udp dport { 500, 5500 } accept", "-LocalPort 500,5500 -Action Allow", "/ipv6 firewall filter add chain=input action=accept protocol=udp dst-port=500,5500 "},
	} {
		target := &report.Target{Address: address, Verdict: report.VerdictNoAnswer, Paths: both}
		found := Findings(target)
		if len(found) != 1 || found[0].ID != "PATH-NO-ANSWER" || len(found[0].Lines) != len(want) {
			t.Fatalf("%s: %+v", address, found)
		}
		for i, line := range found[0].Lines {
			if !strings.Contains(line, want[i]) {
				t.Errorf("%s: %q, want %q in it", address, line, want[i])
			}
		}
	}
	if lines := openLines(&report.Target{}, report.Path{Transport: report.TCP4500, Port: 4500}); lines != nil {
		t.Errorf("%q for TCP", lines)
	}
	one := &report.Target{Address: "198.51.100.7", Verdict: report.VerdictIKEv2, Paths: slices.Clone(both)}
	one.Paths[0].State = report.PathAnswers
	found := Findings(one)
	if len(found) != 1 || found[0].ID != "PATH-4500" || !slices.ContainsFunc(found[0].Lines, func(l string) bool { return strings.Contains(l, "dport { 5500 }") }) {
		t.Errorf("%+v", found)
	}
	if words := found[0].Title + found[0].Detail + strings.Join(found[0].Fix, " "); strings.Contains(words, "4500") {
		t.Errorf("%q names a port that was not asked", words)
	}
}
