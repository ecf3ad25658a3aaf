//go:build linux

package main

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/report"
)

// oneSuite asks about a suite that every gateway's default policy takes, where
// the matrix does not matter.
const oneSuite = "--suite=aes256-sha256-prfsha256-modp2048"

// testPaths: both ports answer over both versions of IP, and NAT detection sees
// the NAT from behind it and none from elsewhere.
func (l lab) testPaths(t *testing.T) {
	for _, gateway := range gateways {
		t.Run(gateway, func(t *testing.T) {
			l.need(t, gateway)
			for version, outside := range map[string]string{"4": "10.88.2.2", "6": "fd88:2::2"} {
				address := l.do(t, "addr", gateway, version)
				t.Run("direct IPv"+version, func(t *testing.T) {
					target := l.scan(t, beside, 0, oneSuite, address)
					checkPaths(t, target, "answers", "answers")
					if n := target.NAT; n == nil || !n.Supported || n.LocalBehindNAT || n.GatewayBehindNAT || n.Observed != nil {
						t.Errorf("NAT is %+v, want it supported and none found", n)
					}
				})
				t.Run("NAT IPv"+version, func(t *testing.T) {
					target := l.scan(t, inside, 0, oneSuite, "--outside", outside, address)
					checkPaths(t, target, "answers", "answers")
					n := target.NAT
					if n == nil || !n.Supported || !n.LocalBehindNAT || n.GatewayBehindNAT {
						t.Fatalf("NAT is %+v, want us alone behind one", n)
					}
					if o := n.Observed; o == nil || o.Address != outside || o.Port < 40000 || o.Port > 50000 {
						t.Errorf("observed %+v, want %s with a port from 40000 to 50000", o, outside)
					}
				})
			}
		})
	}
	t.Run("unknown NAT", func(t *testing.T) {
		n := l.scan(t, inside, 0, oneSuite, "--outside", "192.0.2.1", l.do(t, "addr", "strongswan")).NAT
		if n == nil || !n.Supported || !n.LocalBehindNAT || n.GatewayBehindNAT || n.Observed != nil {
			t.Errorf("NAT is %+v, want us alone behind one, and nothing of its outside", n)
		}
	})
	t.Run("gateway behind NAT", func(t *testing.T) {
		l.rules(t, fmt.Sprintf(`
			chain prerouting {
				type nat hook prerouting priority dstnat
				iifname "client" ip daddr 10.88.1.1 dnat ip to %s
			}
		`, l.do(t, "addr", "strongswan")))
		target := l.scan(t, beside, 0, oneSuite, "10.88.1.1")
		checkPaths(t, target, "answers", "answers")
		if n := target.NAT; n == nil || !n.Supported || n.LocalBehindNAT || !n.GatewayBehindNAT || n.Observed != nil {
			t.Errorf("NAT is %+v, want the gateway alone behind one", n)
		}
	})
}

// testUnreachable: what is no gateway is told from what is silent, and ends
// with 4.
func (l lab) testUnreachable(t *testing.T) {
	const noAnswer = 4
	for _, test := range []struct {
		name, address, rules string
		verdict              report.Verdict
		state                report.PathState
		reporter             string
	}{
		{name: "closed port IPv4", address: "10.88.1.1",
			verdict: "unreachable", state: "port_unreachable", reporter: "10.88.1.1"},
		{name: "closed port IPv6", address: "fd88:1::1",
			verdict: "unreachable", state: "port_unreachable", reporter: "fd88:1::1"},
		{name: "no such host", address: "10.88.11.77",
			verdict: "unreachable", state: "error", reporter: "10.88.1.1"},
		{name: "no such host beside us", address: "10.88.1.77",
			verdict: "unreachable", state: "error", reporter: "10.88.1.2"},
		{name: "silence IPv4", address: "10.88.11.77", rules: "drop",
			verdict: "no_answer", state: "silent"},
		{name: "silence IPv6", address: "fd88:11::77", rules: "drop",
			verdict: "no_answer", state: "silent"},
		{name: "prohibited IPv4", address: l.do(t, "addr", "strongswan"), rules: "reject with icmpx type admin-prohibited",
			verdict: "unreachable", state: "admin_prohibited", reporter: "10.88.1.1"},
		{name: "prohibited IPv6", address: l.do(t, "addr", "strongswan", "6"), rules: "reject with icmpx type admin-prohibited",
			verdict: "unreachable", state: "admin_prohibited", reporter: "fd88:1::1"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if test.rules != "" {
				l.rules(t, forward(`iifname "client" `+test.rules))
			}
			args := []string{test.address}
			if test.state == "silent" {
				args = append(args, "--tries", "2") // each further one doubles the wait
			}
			target := l.scan(t, beside, noAnswer, args...)
			if target.Verdict != test.verdict || target.Matrix != nil || target.NAT != nil {
				t.Errorf("verdict %s, matrix: %v, NAT: %v; want %s and nothing more",
					target.Verdict, target.Matrix != nil, target.NAT != nil, test.verdict)
			}
			checkPaths(t, target, test.state, test.state)
			for _, p := range target.Paths {
				if p.Reporter != test.reporter || p.Received != 0 {
					t.Errorf("%s: %d datagrams received, and an ICMP error from %q; want none, and %q",
						p.Transport, p.Received, p.Reporter, test.reporter)
				}
			}
		})
	}
}

// testBlocked: where one port is blocked the other tells all.
func (l lab) testBlocked(t *testing.T) {
	for _, test := range []struct {
		name, rule      string
		udp500, udp4500 report.PathState
	}{
		{"500 dropped", "udp dport 500 drop", "silent", "answers"},
		{"500 prohibited", "udp dport 500 reject with icmpx type admin-prohibited", "admin_prohibited", "answers"},
		{"500 rejected", "udp dport 500 reject", "port_unreachable", "answers"},
		{"4500 dropped", "udp dport 4500 drop", "answers", "silent"},
		{"4500 prohibited", "udp dport 4500 reject with icmpx type admin-prohibited", "answers", "admin_prohibited"},
		{"answers of 500 dropped", "udp sport 500 drop", "silent", "answers"},
	} {
		t.Run(test.name, func(t *testing.T) {
			l.policy(t, "strongswan", "weak")
			l.rules(t, forward(test.rule))
			target := l.scan(t, beside, 0, l.do(t, "addr", "strongswan"))
			checkPaths(t, target, test.udp500, test.udp4500)
			checkMatrix(t, target, l.accepts(t, "strongswan", "weak"))
			if target.Cost.HalfOpenLeft != 0 {
				t.Errorf("%d half-open IKE SAs left", target.Cost.HalfOpenLeft)
			}
			l.noneHalfOpen(t, "strongswan")
		})
	}
}

// testLoss: one datagram of twenty is lost in each direction, and the result is
// the same each time.
func (l lab) testLoss(t *testing.T) {
	runs := 3
	if testing.Short() {
		runs = 1
	}
	l.rules(t, forward("udp dport { 500, 4500 } numgen random mod 100 < 5 drop", "udp sport { 500, 4500 } numgen random mod 100 < 5 drop"))
	for _, gateway := range []string{"strongswan", "libreswan", "openiked"} {
		t.Run(gateway, func(t *testing.T) {
			t.Parallel()
			policy := map[string]string{"strongswan": "overlap", "libreswan": "two", "openiked": "two"}[gateway]
			l.policy(t, gateway, policy)
			want := l.accepts(t, gateway, policy)
			lost := 0
			for run := range runs {
				t.Run(fmt.Sprint(run), func(t *testing.T) {
					target := l.scan(t, beside, 0, l.do(t, "addr", gateway))
					checkPaths(t, target, "answers", "answers")
					checkMatrix(t, target, want)
					lost += target.Cost.DatagramsSent - target.Cost.DatagramsReceived
				})
			}
			if lost < runs {
				t.Errorf("%d datagrams were lost in %d runs: the rules are not in force", lost, runs)
			}
			l.noneHalfOpen(t, gateway)
		})
	}
}

// testLostClosing: daemons answer the IKE_AUTH that fails once, and forget the
// IKE SA. Where every second such answer is lost, none is said to be left.
func (l lab) testLostClosing(t *testing.T) {
	for _, gateway := range sample(gateways, 2) {
		t.Run(gateway, func(t *testing.T) {
			l.need(t, gateway)
			// Exchange Type 35 is IKE_AUTH; on port 4500 a non-ESP marker stands before it.
			l.rules(t, forward("udp sport 500 @th,208,8 35 numgen inc mod 2 == 0 drop", "udp sport 4500 @th,240,8 35 numgen inc mod 2 == 0 drop"))
			target := l.scan(t, beside, 0, l.do(t, "addr", gateway))
			lost := slices.ContainsFunc(target.Exchanges, func(x report.Exchange) bool {
				return x.Type == ike.IKE_AUTH.String() && x.Outcome == "no_answer"
			})
			if !lost || target.Cost.HalfOpenLeft != 0 {
				t.Errorf("closing was met with silence: %v; %d half-open IKE SAs left; %q", lost, target.Cost.HalfOpenLeft, target.Notes)
			}
			l.noneHalfOpen(t, gateway)
		})
	}
}

// testLimits: a gateway that is silent, or asks for cookies, from the first
// half-open IKE SA on is found out as well as any.
func (l lab) testLimits(t *testing.T) {
	for gateway, policy := range map[string]string{"strongswan": "overlap", "libreswan": "two"} {
		t.Run(gateway+" silent", func(t *testing.T) {
			l.limits(t, gateway, "1", "1")
			l.policy(t, gateway, policy)
			target := l.scan(t, beside, 0, l.do(t, "addr", gateway))
			checkMatrix(t, target, l.accepts(t, gateway, policy))
			if target.Cost.HalfOpenLeft != 0 {
				t.Errorf("%d half-open IKE SAs left", target.Cost.HalfOpenLeft)
			}
			l.noneHalfOpen(t, gateway)
		})
		t.Run(gateway+" with cookies", func(t *testing.T) {
			l.limits(t, gateway, "1", "1000")
			l.policy(t, gateway, policy)
			address := l.do(t, "addr", gateway)
			// Someone else at our address leaves one half-open.
			other := l.asker(t, beside, address)
			if got := other.open(t, question{offer: "aes256gcm16-prfsha384-ecp384", ke: ike.KE_ECP_384}); got != accepted {
				t.Fatalf("the first half-open IKE SA: %s", got)
			}
			target := l.scan(t, beside, 0, address)
			checkMatrix(t, target, l.accepts(t, gateway, policy))
			if target.Cost.HalfOpenLeft != 0 {
				t.Errorf("%d half-open IKE SAs left", target.Cost.HalfOpenLeft)
			}
			for _, x := range target.Exchanges {
				if x.Type == ike.IKE_SA_INIT.String() && !x.Cookie {
					t.Errorf("exchange %d was answered without a cookie: %s", x.ID, x.Outcome)
				}
			}
			if got := l.do(t, "stats", gateway); !strings.HasPrefix(got, "half_open=1 ") {
				t.Errorf("%s has %s, want the other's one", gateway, got)
			}
		})
	}
}

// testPcap: what the router forwards, what the report counts and what tcpdump
// reads in the file, with right checksums, are the same datagrams.
func (l lab) testPcap(t *testing.T) {
	packet := regexp.MustCompile(`(?m)(\S+)\.\d+ > (\S+)\.\d+: \[udp sum ok\] (?:NONESP-encap: )?isakmp 2\.0 `)
	forwarded := regexp.MustCompile(`counter packets (\d+) `)
	for _, version := range []string{"4", "6"} {
		t.Run("IPv"+version, func(t *testing.T) {
			l.rules(t, forward("udp dport { 500, 4500 } counter", "udp sport { 500, 4500 } counter"))
			file := filepath.Join(t.TempDir(), "scan.pcap")
			address := l.do(t, "addr", "libreswan", version)
			target := l.scan(t, beside, 0, "--pcap", file, address)
			want := []int{target.Cost.DatagramsSent, target.Cost.DatagramsReceived}

			var wire []int
			for _, m := range forwarded.FindAllStringSubmatch(l.do(t, "exec", router, "nft", "list", "table", "inet", "lab"), -1) {
				n, err := strconv.Atoi(m[1])
				if err != nil {
					t.Fatal(err)
				}
				wire = append(wire, n)
			}
			if !slices.Equal(wire, want) {
				t.Errorf("the router forwarded %d datagrams, the report has %d", wire, want)
			}

			out, err := exec.Command("tcpdump", "-nn", "-t", "-vv", "-r", file).Output()
			if err != nil {
				t.Fatalf("tcpdump: %v", err)
			}
			read := []int{0, 0}
			for _, m := range packet.FindAllSubmatch(out, -1) {
				switch address {
				case string(m[2]):
					read[0]++
				case string(m[1]):
					read[1]++
				}
			}
			if !slices.Equal(read, want) {
				t.Errorf("tcpdump reads %d good datagrams, the report has %d", read, want)
			}
			if n := len(regexp.MustCompile(`(?m)^IP6? `).FindAll(out, -1)); n != want[0]+want[1] {
				t.Errorf("the file has %d packets, want %d", n, want[0]+want[1])
			}
		})
	}
}

// forward returns a chain of rules for what the router forwards.
func forward(rules ...string) string {
	return "chain forward {\ntype filter hook forward priority filter\n" + strings.Join(rules, "\n") + "\n}\n"
}

// checkPaths compares the states of UDP 500 and 4500, in this order.
func checkPaths(t *testing.T, target report.Target, want ...report.PathState) {
	t.Helper()
	var got []report.PathState
	for i, p := range target.Paths {
		if p.Transport != []report.Transport{report.UDP500, report.UDP4500}[i] || p.Sent == 0 || p.State == report.PathAnswers && p.Received == 0 {
			t.Errorf("path %+v", p)
		}
		got = append(got, p.State)
	}
	if !slices.Equal(got, want) {
		t.Errorf("the paths are %v, want %v: %+v", got, want, target.Paths)
	}
}
