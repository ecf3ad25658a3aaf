//go:build linux

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/ikescope/ikescope/report"
)

// reach is report for the command reach.
func (l lab) reach(t *testing.T, namespace string, exit int, args ...string) report.Target {
	t.Helper()
	return l.report(t, namespace, exit, append([]string{"reach"}, args...)...)
}

// findingIDs returns those of the findings of a target, worst first.
func findingIDs(target report.Target) []string {
	ids := []string{}
	for _, f := range target.Findings {
		ids = append(ids, f.ID)
	}
	return ids
}

// checkFindings compares the findings of a target.
func checkFindings(t *testing.T, target report.Target, want ...string) {
	t.Helper()
	if got := findingIDs(target); !slices.Equal(got, want) {
		t.Errorf("findings %v, want %v", got, want)
	}
}

// pasteLines has nftables take the lines of a target's findings that are for it, on the
// router.
func (l lab) pasteLines(t *testing.T, target report.Target) {
	t.Helper()
	for _, f := range target.Findings {
		for _, line := range f.Lines {
			if !strings.HasPrefix(line, "nft ") {
				continue
			}
			script := "nft add table inet filter\n"
			for _, hook := range []string{"input", "forward"} {
				script += fmt.Sprintf("nft 'add chain inet filter %[1]s { type filter hook %[1]s priority 0; }'\n", hook)
			}
			if out, err := l.run("", "exec", router, "sh", "-euc", script+line+"\nnft delete table inet filter\n"); err != nil {
				t.Errorf("%s: %s: %v %s", f.ID, line, err, out)
			}
		}
	}
}

// testReach: a healthy gateway gives no finding, and nothing is left open there.
func (l lab) testReach(t *testing.T) {
	for _, gateway := range sample(gateways, 3) {
		for _, version := range sample([]string{"4", "6"}, 1) {
			t.Run(gateway+" IPv"+version, func(t *testing.T) {
				l.need(t, gateway)
				target := l.reach(t, beside, 0, l.do(t, "addr", gateway, version))
				checkPaths(t, target, "answers", "answers")
				checkFindings(t, target)
				for _, p := range target.Paths {
					if p.Lost != 0 || p.Received != 5 || len(p.Sources) != 1 || p.Sources[0].State != report.PathAnswers {
						t.Errorf("%+v", p)
					}
				}
				n := target.NAT
				if n == nil || !n.Supported || n.LocalBehindNAT || n.GatewayBehindNAT || n.Floats != report.AnswerYes {
					t.Errorf("NAT is %+v", n)
				}
				if target.Cost.HalfOpenLeft != 0 || target.Cost.Cookies != 0 || target.Cost.Exchanges > 25 {
					t.Errorf("cost %+v", target.Cost)
				}
				if v := target.IKEv1; v == nil || v.MainMode == report.AnswerYes || v.AggressiveMode == report.AnswerYes {
					t.Errorf("IKEv1 %+v, which no gateway here has", v)
				}
				l.noneHalfOpen(t, gateway)
			})
		}
	}
}

// testReachBlocked: what sits in between is named, with where it is.
func (l lab) testReachBlocked(t *testing.T) {
	strongswan := l.do(t, "addr", "strongswan")
	type scene struct {
		name, rules, address string
		exit                 int
		states               [2]report.PathState
		reasons              [2]report.PathReason
		reporter             string // of the paths that have one
		findings             []string
	}
	for _, test := range sample([]scene{
		{name: "4500 rejected", rules: "udp dport 4500 reject with icmpx type admin-prohibited", address: strongswan,
			states: [2]report.PathState{"answers", "admin_prohibited"}, reporter: "10.88.1.1", findings: []string{"PATH-4500"}},
		{name: "no route at the router", address: "10.99.0.1", exit: report.ExitNoAnswer,
			states: [2]report.PathState{"error", "error"}, reasons: [2]report.PathReason{report.ReasonNoRoute, report.ReasonNoRoute},
			reporter: "10.88.1.1", findings: []string{"PATH-ICMP"}},
		{name: "500 dropped", rules: "udp dport 500 drop", address: strongswan,
			states: [2]report.PathState{"silent", "answers"}, findings: []string{"PATH-500"}},
		{name: "4500 dropped", rules: "udp dport 4500 drop", address: strongswan,
			states: [2]report.PathState{"answers", "silent"}, findings: []string{"PATH-4500"}},
		{name: "no such host", address: "10.88.11.77", exit: report.ExitNoAnswer,
			states: [2]report.PathState{"error", "error"}, reasons: [2]report.PathReason{report.ReasonNoHost, report.ReasonNoHost},
			reporter: "10.88.1.1", findings: []string{"PATH-ICMP"}},
		{name: "no such host on the link", address: "10.88.1.77", exit: report.ExitNoAnswer,
			states: [2]report.PathState{"error", "error"}, reasons: [2]report.PathReason{report.ReasonNoHostOnLink, report.ReasonNoHostOnLink},
			reporter: "10.88.1.2", findings: []string{"PATH-ICMP"}},
		{name: "no such host on the link IPv6", address: "fd88:1::77", exit: report.ExitNoAnswer,
			states: [2]report.PathState{"error", "error"}, reasons: [2]report.PathReason{report.ReasonNoHostOnLink, report.ReasonNoHostOnLink},
			reporter: "fd88:1::2", findings: []string{"PATH-ICMP"}},
		{name: "silence", rules: `iifname "client" drop`, address: strongswan, exit: report.ExitNoAnswer,
			states: [2]report.PathState{"silent", "silent"}, findings: []string{"PATH-NO-ANSWER"}},
		{name: "source port 500 taken on the way", rules: `iifname "client" udp sport 500 drop`, address: strongswan,
			states: [2]report.PathState{"answers", "answers"}, findings: []string{"PATH-SOURCE-PORT"}},
		{name: "only source port 500 let through", rules: `iifname "client" udp dport 500 udp sport != 500 drop`, address: strongswan,
			states: [2]report.PathState{"silent", "answers"}, findings: []string{"PATH-SOURCE-PORT"}},
	}, 3) {
		t.Run(test.name, func(t *testing.T) {
			if test.rules != "" {
				l.rules(t, forward(test.rules))
			}
			target := l.reach(t, beside, test.exit, test.address)
			checkPaths(t, target, test.states[:]...)
			checkFindings(t, target, test.findings...)
			for i, p := range target.Paths {
				if p.Reason != test.reasons[i] {
					t.Errorf("%s: the reason is %q, want %q", p.Name(), p.Reason, test.reasons[i])
				}
				if p.State != report.PathAnswers && p.State != report.PathSilent && p.Reporter != test.reporter {
					t.Errorf("%s: reported by %q, want %q", p.Name(), p.Reporter, test.reporter)
				}
			}
			if target.Cost.HalfOpenLeft != 0 {
				t.Errorf("%d half-open IKE SAs left", target.Cost.HalfOpenLeft)
			}
			l.pasteLines(t, target)
		})
	}
}

// testReachOtherAddress: OpenIKED listens on all addresses and answers from the first
// one, whichever was asked.
func (l lab) testReachOtherAddress(t *testing.T) {
	const second = "10.88.14.3"
	namespace := "iks-openiked"
	l.do(t, "exec", namespace, "ip", "address", "add", second+"/24", "dev", "wan")
	t.Cleanup(func() { l.do(t, "exec", namespace, "ip", "address", "delete", second+"/24", "dev", "wan") })
	target := l.reach(t, beside, report.ExitNoAnswer, second)
	checkPaths(t, target, "silent", "silent")
	checkFindings(t, target, "PATH-OTHER-ADDRESS")
	for _, p := range target.Paths {
		if want := (report.Endpoint{Address: "10.88.14.2", Port: p.Port}); p.Reason != report.ReasonOtherAddress || p.AnswersFrom == nil || *p.AnswersFrom != want {
			t.Errorf("%s: %q, answers from %v, want %v", p.Name(), p.Reason, p.AnswersFrom, &want)
		}
	}
	l.noneHalfOpen(t, "openiked")
}

// testReachIKEv1: IKEv1 is seen where it is enabled, alone or beside IKEv2, and what is
// opened is ended.
func (l lab) testReachIKEv1(t *testing.T) {
	for _, test := range []struct {
		version  int
		findings []string
	}{
		{1, []string{"IKE-V1-ONLY"}},
		{0, []string{"IKE-V1"}},
	} {
		t.Run(fmt.Sprintf("version %d", test.version), func(t *testing.T) {
			policy := filepath.Join(t.TempDir(), "ikev1.conf")
			text := fmt.Sprintf("# accepts: aes256-sha256-prfsha256-modp2048\n"+
				"connections {\nlab {\nversion = %d\nproposals = aes256-sha256-modp2048\n}\n}\n", test.version)
			if err := os.WriteFile(policy, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			l.policy(t, "strongswan", policy)
			target := l.reach(t, beside, 0, l.do(t, "addr", "strongswan"))
			checkPaths(t, target, "answers", "answers")
			checkFindings(t, target, test.findings...)
			// strongSwan refuses our identity, which does not show that the mode is off.
			if v := target.IKEv1; v == nil || v.MainMode != report.AnswerYes || v.AggressiveMode != report.AnswerUnknown ||
				v.MainModeDetail != "aes256-sha256-modp2048, pre-shared key" {
				t.Errorf("IKEv1 %+v", v)
			}
			l.noneHalfOpen(t, "strongswan")
		})
	}
}

// testReachNAT: which port a NAT gives is found by both ports of the gateway, whether
// it is one or two.
func (l lab) testReachNAT(t *testing.T) {
	address := l.do(t, "addr", "strongswan")
	t.Run("one mapping", func(t *testing.T) {
		target := l.reach(t, inside, 0, "--outside", "10.88.2.2", address)
		checkFindings(t, target)
		n := target.NAT
		if n == nil || !n.LocalBehindNAT || n.Observed == nil || n.ObservedNATT == nil || n.PortKept != (n.Observed.Port == n.Local.Port) || n.Floats != report.AnswerYes {
			t.Fatalf("NAT is %+v", n)
		}
		if (n.Mapping == report.MappingSame) != (*n.Observed == *n.ObservedNATT) || n.Mapping == "" {
			t.Errorf("the mapping is %q: %v, %v", n.Mapping, n.Observed, n.ObservedNATT)
		}
	})
	t.Run("a mapping for each destination", func(t *testing.T) {
		rules := "chain postrouting {\ntype nat hook postrouting priority srcnat - 10\n" +
			"oifname \"wan\" udp dport 500 masquerade to :41000-41999\noifname \"wan\" udp dport 4500 masquerade to :42000-42999\n}\n"
		if _, err := l.run(rules, "nft", "iks-nat", "rules"); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { l.do(t, "nft", "iks-nat", "none") })
		n := l.reach(t, inside, 0, "--outside", "10.88.2.2", address).NAT
		if n == nil || n.Mapping != report.MappingPerDestination || n.Observed.Port/1000 != 41 || n.ObservedNATT.Port/1000 != 42 {
			t.Errorf("NAT is %+v", n)
		}
	})
	t.Run("lifetime of a mapping", func(t *testing.T) {
		rules := "chain postrouting {\ntype nat hook postrouting priority srcnat - 10\noifname \"wan\" meta l4proto udp masquerade to :20000-29999\n}\n"
		if _, err := l.run(rules, "nft", "iks-nat", "rules"); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { l.do(t, "nft", "iks-nat", "none") })
		timeout := func(unreplied, stream string) {
			l.do(t, "exec", "iks-nat", "sysctl", "-qw", "net.netfilter.nf_conntrack_udp_timeout="+unreplied, "net.netfilter.nf_conntrack_udp_timeout_stream="+stream)
		}
		timeout("4", "4")
		t.Cleanup(func() { timeout("30", "120") })
		target := l.reach(t, inside, 0, "--outside", "10.88.2.2", "--nat-lifetime", "8s", address)
		checkFindings(t, target, "PATH-NAT-LIFETIME")
		// The kernel ends mappings a moment late.
		if n := target.NAT; n == nil || n.Lifetime == nil || n.Lifetime.Unmeasured != "" || n.Lifetime.KeptMs < 2000 || n.Lifetime.KeptMs > 6000 || n.Lifetime.LostMs < 4000 {
			t.Errorf("NAT is %+v, the lifetime %+v", n, n.Lifetime)
		}
	})
	t.Run("gateway behind NAT", func(t *testing.T) {
		l.rules(t, fmt.Sprintf("chain prerouting {\ntype nat hook prerouting priority dstnat\niifname \"client\" ip daddr 10.88.1.1 dnat ip to %s\n}\n", address))
		target := l.reach(t, beside, 0, "10.88.1.1")
		checkFindings(t, target, "PATH-GATEWAY-NAT")
		if n := target.NAT; n == nil || n.LocalBehindNAT || !n.GatewayBehindNAT || n.GatewayInside == nil || n.GatewayInside.Address != address {
			t.Errorf("NAT is %+v", n)
		}
	})
}

// testReachLoss: what is lost is counted, and is no silence.
func (l lab) testReachLoss(t *testing.T) {
	l.rules(t, forward(`iifname "client" udp dport 500 udp sport != 500 numgen inc mod 4 == 3 drop`))
	target := l.reach(t, beside, 0, "--probes", "12", l.do(t, "addr", "libreswan"))
	checkPaths(t, target, "answers", "answers")
	checkFindings(t, target)
	if p := target.Paths[0]; p.Lost == 0 || p.Sent != p.Received+p.Lost {
		t.Errorf("%+v, want some lost", p)
	}
	if p := target.Paths[1]; p.Lost != 0 {
		t.Errorf("%+v, want none lost", p)
	}
}

// testReachSize: a smaller link on the way is found, with who reports it or that nobody
// does, and told from fragments that are dropped.
func (l lab) testReachSize(t *testing.T) {
	smallLink := func(t *testing.T) {
		l.do(t, "exec", router, "ip", "link", "set", "strongswan", "mtu", "1280")
		t.Cleanup(func() { l.do(t, "exec", router, "ip", "link", "set", "strongswan", "mtu", "1500") })
	}
	noICMP := "chain output {\ntype filter hook output priority filter\nicmp type destination-unreachable drop\nicmpv6 type packet-too-big drop\n}\n"
	noFragments := "chain prerouting {\ntype filter hook prerouting priority -450\nip frag-off & 0x1fff != 0 drop\nexthdr frag exists drop\n}\n"
	for _, version := range sample([]string{"4", "6"}, 1) {
		reporter := map[string]string{"4": "10.88.1.1", "6": "fd88:1::1"}[version]
		blackHole := report.PathSize{MTU: 1280, Discovery: report.DiscoveryBlackHole, Fragments: report.AnswerYes}
		if version == "6" {
			blackHole.Fragments = report.AnswerUnknown
		}
		type scene struct {
			name     string
			small    bool
			rules    string
			want     report.PathSize
			findings []string
		}
		for _, test := range sample([]scene{
			{"MTU 1280 without ICMP", true, noICMP, blackHole, []string{"PATH-MTU"}},
			{"whole", false, "", report.PathSize{MTU: 1500, Discovery: report.DiscoveryUnneeded, Fragments: report.AnswerYes}, nil},
			{"MTU 1280", true, "", report.PathSize{MTU: 1280, Discovery: report.DiscoveryWorks, Reporter: reporter, Fragments: report.AnswerYes}, nil},
			{"no fragments", false, noFragments, report.PathSize{MTU: 1500, Discovery: report.DiscoveryUnneeded, Fragments: report.AnswerNo}, []string{"PATH-FRAGMENTS"}},
		}, 3) {
			t.Run(test.name+" IPv"+version, func(t *testing.T) {
				if test.small {
					smallLink(t)
				}
				// What the client's kernel remembers of another test is forgotten.
				l.do(t, "exec", beside, "ip", "-"+version, "route", "flush", "cache")
				if test.rules != "" {
					l.rules(t, test.rules)
				}
				target := l.reach(t, beside, 0, l.do(t, "addr", "strongswan", version))
				checkPaths(t, target, "answers", "answers")
				checkFindings(t, target, test.findings...)
				got := target.PathSize
				if got == nil || len(got.Evidence) == 0 {
					t.Fatalf("no size: %+v", got)
				}
				got.Evidence = nil
				if !reflect.DeepEqual(*got, test.want) {
					t.Errorf("%+v, want %+v", *got, test.want)
				}
				l.noneHalfOpen(t, "strongswan")
				l.pasteLines(t, target)
			})
		}
	}
}
