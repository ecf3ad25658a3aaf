//go:build linux

package main

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/ikescope/ikescope/report"
)

// reachNamed runs reach beside the gateways, where names have the addresses of hosts,
// lines of hosts(5), and returns what it reports of each address.
func (l lab) reachNamed(t *testing.T, exit int, hosts, name string) map[string]report.Target {
	t.Helper()
	const patience = time.Minute
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	file := filepath.Join(t.TempDir(), "hosts")
	if err := os.WriteFile(file, []byte(hosts), 0o644); err != nil {
		t.Fatal(err)
	}
	// What lab exec starts has a mount namespace of its own.
	cmd := l.start(ctx, "exec", beside, "sh", "-euc", `mount --bind "$0" /etc/hosts; exec "$@"`, file, l.ikescope, "reach", "--quiet", "-o", "json", name)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	doc, readErr := report.ReadJSON(&stdout)
	if readErr != nil {
		t.Fatalf("%v; %v; %s", err, readErr, &stderr)
	}
	if cmd.ProcessState.ExitCode() != exit || doc.Exit.Code != exit || !doc.Complete {
		t.Errorf("%v, exit %+v, complete: %v; want %d and true", err, doc.Exit, doc.Complete, exit)
	}
	targets := map[string]report.Target{}
	for _, target := range doc.Targets {
		targets[target.Address] = target
	}
	return targets
}

// testReachNames: each address of a name is reported by itself, and where only one
// version of IP is to be had that is enough.
func (l lab) testReachNames(t *testing.T) {
	v4, v6 := l.do(t, "addr", "strongswan"), l.do(t, "addr", "strongswan", "6")
	const dead, name = "10.88.11.77", "gateway.lab"
	healthy := func(t *testing.T, target report.Target) {
		t.Helper()
		checkPaths(t, target, "answers", "answers")
		checkFindings(t, target)
		if n := target.NAT; n == nil || !n.Supported || n.LocalBehindNAT || n.GatewayBehindNAT {
			t.Errorf("NAT is %+v", n)
		}
	}
	t.Run("one address is dead", func(t *testing.T) {
		l.rules(t, forward("ip daddr "+dead+" drop"))
		targets := l.reachNamed(t, report.ExitNoAnswer, dead+" "+name+"\n"+v4+" "+name+"\n", name)
		if len(targets) != 2 {
			t.Fatalf("%d targets, want 2", len(targets))
		}
		healthy(t, targets[v4])
		checkPaths(t, targets[dead], "silent", "silent")
		checkFindings(t, targets[dead], "PATH-NO-ANSWER")
	})
	t.Run("IPv6 only", func(t *testing.T) {
		l.do(t, "exec", beside, "ip", "-4", "address", "flush", "dev", "wan")
		targets := l.reachNamed(t, 0, v6+" "+name+"\n", name)
		if len(targets) != 1 {
			t.Fatalf("%d targets, want 1", len(targets))
		}
		healthy(t, targets[v6])

		targets = l.reachNamed(t, report.ExitNoAnswer, v4+" "+name+"\n"+v6+" "+name+"\n", name)
		if len(targets) != 2 {
			t.Fatalf("%d targets, want 2", len(targets))
		}
		healthy(t, targets[v6])
		checkFindings(t, targets[v4], "PATH-ICMP")
		for _, p := range targets[v4].Paths {
			if p.State != report.PathError || p.Reason != report.ReasonNoRoute || p.Reporter != "" || p.Sent != 0 {
				t.Errorf("%+v, want that there is no route from here", p)
			}
		}
	})
}

// testReachNATs: NAT that keeps ports, and two NATs one after the other, of which the
// gateway sees the outer one.
func (l lab) testReachNATs(t *testing.T) {
	address := l.do(t, "addr", "strongswan")
	nat := func(t *testing.T, namespace, rules string) {
		t.Helper()
		// Before the NAT that is there without these rules.
		if _, err := l.run("chain postrouting {\ntype nat hook postrouting priority srcnat - 10\n"+rules+"\n}\n", "nft", namespace, "rules"); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { l.do(t, "nft", namespace, "none") })
	}
	t.Run("keeps ports", func(t *testing.T) {
		nat(t, "iks-nat", `oifname "wan" masquerade`)
		target := l.reach(t, inside, 0, "--outside", "10.88.2.2", address)
		checkFindings(t, target)
		n := target.NAT
		if n == nil || !n.LocalBehindNAT || n.Observed == nil || n.Observed.Address != "10.88.2.2" || n.Observed.Port != n.Local.Port ||
			!n.PortKept || n.Mapping != report.MappingSame {
			t.Errorf("NAT is %+v", n)
		}
	})
	t.Run("two", func(t *testing.T) {
		nat(t, router, `iifname "nat" oifname "strongswan" meta l4proto udp masquerade to :30000-30999`)
		const outer = "10.88.11.1"
		target := l.reach(t, inside, 0, "--outside", "10.88.2.2", "--outside", outer, address)
		checkPaths(t, target, "answers", "answers")
		checkFindings(t, target)
		n := target.NAT
		if n == nil || !n.LocalBehindNAT || n.GatewayBehindNAT || n.Observed == nil || n.Observed.Address != outer || n.Observed.Port/1000 != 30 || n.PortKept {
			t.Errorf("NAT is %+v, want us behind %s", n, outer)
		}
		// Of the inner one alone nothing is found.
		if n := l.reach(t, inside, 0, "--outside", "10.88.2.2", address).NAT; n == nil || !n.LocalBehindNAT || n.Observed != nil {
			t.Errorf("NAT is %+v, want nothing of its outside", n)
		}
	})
}

// testReachMapping: two gateways tell how NAT maps a port, in RFC 4787's words, and
// have nothing open afterwards.
func (l lab) testReachMapping(t *testing.T) {
	one, other := l.do(t, "addr", "strongswan"), l.do(t, "addr", "libreswan")
	for _, test := range []struct {
		name, rules string
		scan        bool
		want        report.MappingBehavior
		reason      string
	}{
		{"another port for each destination", `oifname "wan" meta l4proto udp masquerade to :20000-29999 fully-random`, false, report.MappingAddressAndPortDependent, ""},
		{"another port for each gateway", "oifname \"wan\" ip daddr " + one + " meta l4proto udp masquerade to :41000-41999\n" +
			"oifname \"wan\" meta l4proto udp masquerade to :42000-42999", false, report.MappingAddressDependent, ""},
		{"one port for all", `oifname "wan" meta l4proto udp masquerade to :20000-29999`, false, report.MappingEndpointIndependent, ""},
		{"one port for all, before a scan", `oifname "wan" meta l4proto udp masquerade to :20000-29999`, true, report.MappingEndpointIndependent, ""},
		{"keeps ports", `oifname "wan" masquerade`, false, report.MappingUnknown, "port_kept"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if _, err := l.run("chain postrouting {\ntype nat hook postrouting priority srcnat - 10\n"+test.rules+"\n}\n", "nft", "iks-nat", "rules"); err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { l.do(t, "nft", "iks-nat", "none") })
			args := []string{"reach", "--outside", "10.88.2.2", one, other}
			if test.scan {
				args = append([]string{"scan", oneSuite}, args[1:]...)
			}
			targets := l.reports(t, inside, 0, args...)
			if len(targets) != 2 {
				t.Fatalf("%d targets, want 2", len(targets))
			}
			for _, target := range targets {
				if !test.scan {
					checkFindings(t, target)
				}
				n := target.NAT
				if n == nil || !n.LocalBehindNAT || n.MappingBehavior == nil || n.MappingBehavior.Behavior != test.want || n.MappingBehavior.Reason != test.reason {
					t.Errorf("%s: NAT is %+v, its mapping %+v", target.Name, n, n.MappingBehavior)
				}
				if target.Cost.HalfOpenLeft != 0 || target.Cost.Cookies != 0 {
					t.Errorf("%s: the cost is %+v", target.Name, target.Cost)
				}
			}
			l.noneHalfOpen(t, "strongswan")
			l.noneHalfOpen(t, "libreswan")
		})
	}
}

// testReachHopLimits: that answers arrive with different hop limits is told, with the
// exchanges, and is no finding.
func (l lab) testReachHopLimits(t *testing.T) {
	for version, hops := range map[string]string{"4": "ip ttl", "6": "ip6 hoplimit"} {
		address := l.do(t, "addr", "strongswan", version)
		target := l.reach(t, beside, 0, address)
		if len(target.HopLimits) != 1 || target.HopLimits[0].Limit != 63 || len(target.HopLimits[0].Evidence) == 0 {
			t.Errorf("IPv%s: hop limits %+v, want 63, of a gateway behind a router", version, target.HopLimits)
		}
		l.rules(t, forward("udp sport 4500 "+hops+" set 251"))
		target = l.reach(t, beside, 0, address)
		checkFindings(t, target)
		if len(target.HopLimits) != 2 || target.HopLimits[1].Limit < 249 {
			t.Fatalf("IPv%s: hop limits %+v, want two", version, target.HopLimits)
		}
		for _, x := range target.Exchanges {
			if x.RTTms > 0 && (x.HopLimit > 200) != (x.Transport == report.UDP4500) {
				t.Errorf("IPv%s: %+v", version, x)
			}
		}
		l.rules(t, "")
	}
}

// relay hands datagrams between an address of the router and a gateway on, late and in
// another order.
type relay struct {
	t       *testing.T
	listen  func(address string) net.PacketConn // in the router's namespace
	mu      sync.Mutex
	n       int // datagrams
	due     []time.Time
	swapped int
	ends    map[string]net.PacketConn // towards the gateway, by port and sender
}

// Of three datagrams that follow each other the first is as late as this, and the
// others a step and two steps less: the rate of a scan is a datagram in 20 ms.
const (
	mostLate = 70 * time.Millisecond
	lateStep = 30 * time.Millisecond
)

// relayTo starts a relay at an address of the router until the test ends.
func (l lab) relayTo(t *testing.T, address, gateway string) *relay {
	t.Helper()
	r := &relay{t: t, ends: map[string]net.PacketConn{}, listen: func(address string) net.PacketConn {
		pc, err := listenIn(l.root+"/run/netns/"+router, address)
		if err != nil {
			t.Error(err)
			return nil
		}
		t.Cleanup(func() { pc.Close() })
		return pc
	}}
	for _, port := range []uint16{500, 4500} {
		pc := r.listen(fmt.Sprintf("%s:%d", address, port))
		if pc == nil {
			t.FailNow()
		}
		to := net.UDPAddrFromAddrPort(netip.AddrPortFrom(netip.MustParseAddr(gateway), port))
		go r.read(pc, func(from net.Addr, datagram []byte) {
			key := fmt.Sprint(port, from)
			r.mu.Lock()
			end := r.ends[key]
			if end == nil {
				if end = r.listen("10.88.11.1:0"); end == nil {
					r.mu.Unlock()
					return
				}
				r.ends[key] = end
				go r.read(end, func(_ net.Addr, datagram []byte) { r.late(pc, from, datagram) })
			}
			r.mu.Unlock()
			r.late(end, to, datagram)
		})
	}
	return r
}

// read hands on what pc receives until it is closed.
func (r *relay) read(pc net.PacketConn, hand func(net.Addr, []byte)) {
	buf := make([]byte, 1<<16)
	for {
		n, from, err := pc.ReadFrom(buf)
		if err != nil {
			return
		}
		hand(from, bytes.Clone(buf[:n]))
	}
}

// late sends a datagram in its time, and notes which others it overtakes.
func (r *relay) late(pc net.PacketConn, to net.Addr, datagram []byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	wait := mostLate - time.Duration(r.n%3)*lateStep
	at := time.Now().Add(wait)
	r.n++
	if slices.ContainsFunc(r.due, at.Before) {
		r.swapped++
	}
	r.due = append(r.due, at)
	time.AfterFunc(wait, func() { pc.WriteTo(datagram, to) })
}

// testReachRelay: what comes late and in another order is neither lost nor doubted.
func (l lab) testReachRelay(t *testing.T) {
	const gateway, policy = "strongswan", "overlap"
	l.policy(t, gateway, policy)
	r := l.relayTo(t, shared, l.do(t, "addr", gateway))
	target := l.reach(t, beside, 0, shared)
	checkPaths(t, target, "answers", "answers")
	checkFindings(t, target, "PATH-GATEWAY-NAT") // which the relay is
	const shortest = float64(2*(mostLate-2*lateStep)) / float64(time.Millisecond)
	for _, p := range target.Paths {
		if p.RTTms < shortest || p.RTTMaxMs < p.RTTms {
			t.Errorf("%s: round trips of %v to %v ms, want at least %v", p.Name(), p.RTTms, p.RTTMaxMs, shortest)
		}
	}
	target = l.scan(t, beside, 0, shared)
	checkMatrix(t, target, l.accepts(t, gateway, policy))
	if target.Cost.HalfOpenLeft != 0 {
		t.Errorf("%d half-open IKE SAs left", target.Cost.HalfOpenLeft)
	}
	l.noneHalfOpen(t, gateway)
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.swapped == 0 {
		t.Errorf("of %d datagrams none overtook another", r.n)
	}
	if len(target.Doubts) > 0 {
		t.Errorf("doubts %+v", target.Doubts)
	}
}

// testReachSeveral: strongSwan and libreswan behind one address are seen to be two.
func (l lab) testReachSeveral(t *testing.T) {
	one, other := l.do(t, "addr", "strongswan"), l.do(t, "addr", "libreswan")
	toPort := "chain prerouting {\ntype nat hook prerouting priority dstnat\n"
	for port, gateway := range map[int]string{500: one, 4500: other} {
		toPort += fmt.Sprintf("ip daddr %s udp dport %d dnat ip to %s\n", shared, port, gateway)
	}
	for _, test := range []struct{ name, rules string }{
		{"one only", perFlow(one)}, // first, since the router remembers flows from ports 500 and 4500
		{"by port", toPort + "}\n"},
		{"by flow", perFlow(fmt.Sprintf("numgen inc mod 2 map { 0 : %s, 1 : %s }", one, other))},
		{"by SPI", perSPI(fmt.Sprintf("mod 2 map { 0 : %s, 1 : %s }", one, other), one, other)},
	} {
		t.Run(test.name, func(t *testing.T) {
			l.rules(t, test.rules)
			target := l.reach(t, beside, 0, shared)
			checkPaths(t, target, "answers", "answers")
			if test.name == "one only" {
				checkFindings(t, target, "PATH-GATEWAY-NAT")
				return
			}
			ids := findingIDs(target)
			if !slices.Contains(ids, "PATH-SEVERAL") || target.Several == nil || !target.Several.ErrorSPIs {
				t.Errorf("findings %v, %+v, want that several gateways answer", ids, target.Several)
			}
			if test.name == "by port" && !slices.Contains(ids, "PATH-NO-FLOAT") {
				t.Errorf("findings %v, want that the gateway of UDP 4500 knows nothing of UDP 500", ids)
			}
		})
	}
}
