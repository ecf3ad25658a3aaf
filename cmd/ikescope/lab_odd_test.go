//go:build linux

package main

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/report"
)

// second is a gateway like strongswan, beside it.
const second = "strongswan-2"

// shared is the address of the router at which testCluster has two gateways.
const shared = "10.88.1.1"

// clusterDeadline ends scans of what cannot be found out.
const clusterDeadline = "40s"

// testCluster: two strongSwan behind one address, of which one takes a weak
// suite. Whichever way they share what comes, the scan says so, proves nothing,
// and no gate passes.
func (l lab) testCluster(t *testing.T) {
	l.policy(t, "strongswan", "singles")
	l.policy(t, second, "weak")
	taken := suitesOf(t, slices.Concat(l.accepts(t, "strongswan", "singles"), l.accepts(t, second, "weak")))
	strong, weak := l.do(t, "addr", "strongswan"), l.do(t, "addr", second)
	for _, test := range []struct{ name, rules string }{
		{"half of the flows", perFlow(fmt.Sprintf("numgen inc mod 2 map { 0 : %s, 1 : %s }", strong, weak))},
		{"a tenth of the flows", perFlow(fmt.Sprintf("numgen inc mod 10 map { 0-8 : %s, 9 : %s }", strong, weak))},
		{"half of the SPIs", perSPI(fmt.Sprintf("mod 2 map { 0 : %s, 1 : %s }", strong, weak), strong, weak)},
		{"a tenth of the SPIs", perSPI(fmt.Sprintf("mod 10 map { 0-8 : %s, 9 : %s }", strong, weak), strong, weak)},
	} {
		t.Run(test.name, func(t *testing.T) {
			l.rules(t, test.rules)
			target := l.unfinished(t, []int{0}, "scan", shared, "--deadline", clusterDeadline)
			if !slices.ContainsFunc(target.Doubts, func(d report.Doubt) bool {
				return d.Kind == report.DoubtSeveral || d.Kind == report.DoubtContradiction
			}) {
				t.Errorf("doubts %+v, want that several gateways answer", target.Doubts)
			}
			if target.Matrix == nil || target.Matrix.Proven {
				t.Fatalf("matrix: %v, want one that is not proven", target.Matrix != nil)
			}
			for _, fault := range unobserved(target) {
				t.Error(fault)
			}
			for _, p := range target.Matrix.Products {
				if p.Basis == report.BasisObserved {
					reportMissing(t, "observed, but taken by neither", suitesOf(t, []proposals.Product{productOf(p.Suites)}), taken)
				}
			}
			if target.Cost.HalfOpenLeft != 0 {
				t.Errorf("%d half-open IKE SAs left", target.Cost.HalfOpenLeft)
			}
			l.noneHalfOpen(t, "strongswan")
			l.noneHalfOpen(t, second)

			l.rules(t, test.rules) // from the start
			l.unfinished(t, []int{report.ExitFailed, report.ExitUndecided}, "check", shared, "--fail-on", "high", "--deadline", clusterDeadline)
		})
	}
}

// testMembers: strongSwan and libreswan behind one address, told apart by their
// errors, are each asked until it is decided what it accepts.
func (l lab) testMembers(t *testing.T) {
	l.policy(t, "strongswan", "overlap")
	l.policy(t, "libreswan", "two")
	strongSwan, libreswan := l.do(t, "addr", "strongswan"), l.do(t, "addr", "libreswan")
	l.rules(t, perSPI(fmt.Sprintf("mod 2 map { 0 : %s, 1 : %s }", strongSwan, libreswan), strongSwan, libreswan))
	target := l.unfinished(t, []int{0}, "scan", shared, "--profile", "quick", "--deadline", clusterDeadline)
	if len(target.Members) != 2 {
		t.Fatalf("members %+v, want two", target.Members)
	}
	for _, m := range target.Members {
		gateway, policy := "strongswan", "overlap"
		if m.ErrorSPI == "drawn" {
			gateway, policy = "libreswan", "two"
		}
		var got []proposals.Product
		for _, p := range m.Products {
			got = append(got, productOf(p.Suites))
		}
		found, accepted := suitesOf(t, got), suitesOf(t, l.accepts(t, gateway, policy))
		reportMissing(t, "taken by "+gateway+", and not accepted by it", found, accepted)
		reportMissing(t, "accepted by "+gateway+", and not in the report", accepted, found)
		if m.Accepted == 0 || m.Refused == 0 || m.Unknown != 0 {
			t.Errorf("%s: %d suites accepted, %d refused, %d unknown; want some of each, and none", gateway, m.Accepted, m.Refused, m.Unknown)
		}
	}
	if target.Cost.HalfOpenLeft != 0 {
		t.Errorf("%d half-open IKE SAs left", target.Cost.HalfOpenLeft)
	}
	l.noneHalfOpen(t, "strongswan")
	l.noneHalfOpen(t, "libreswan")
}

// perFlow has each flow to the shared address sent to the gateway that choice, an
// expression of nftables, is.
func perFlow(choice string) string {
	return "chain prerouting {\ntype nat hook prerouting priority dstnat\n" +
		`iifname "client" ip daddr ` + shared + " udp dport { 500, 4500 } dnat ip to " + choice + "\n}\n"
}

// perSPI does so with each initiator SPI, of which choice gets a hash. Nothing is
// kept of flows, so the answers get their source address here.
func perSPI(choice string, gateways ...string) string {
	rules := "chain prerouting {\ntype filter hook prerouting priority raw\n"
	// The SPI is the first of the message, which on port 4500 follows the non-ESP marker.
	for port, at := range map[int]string{500: "@th,64,64", 4500: "@th,96,64"} {
		rules += fmt.Sprintf("iifname \"client\" ip daddr %s udp dport %d notrack ip daddr set jhash %s %s\n", shared, port, at, choice)
	}
	rules += "}\nchain postrouting {\ntype filter hook postrouting priority srcnat\n"
	for _, gateway := range gateways {
		rules += fmt.Sprintf("oifname \"client\" ip saddr %s udp sport { 500, 4500 } ip saddr set %s\n", gateway, shared)
	}
	return rules + "}\n"
}

// testRedirect: a gateway that sends all initiators to another one answers, and
// accepts nothing that is known.
func (l lab) testRedirect(t *testing.T) {
	const gateway = "libreswan"
	elsewhere := l.do(t, "addr", "openiked")
	l.do(t, "redirect", gateway, elsewhere)
	t.Cleanup(func() { l.do(t, "redirect", gateway, "none") })
	address := l.do(t, "addr", gateway)

	followed := l.reach(t, beside, 0, "--follow-redirect", address)
	if r := followed.Redirects; followed.Address != elsewhere || len(r) != 1 || r[0].Address != address || r[0].To != elsewhere {
		t.Errorf("%s after %+v, want %s", followed.Address, r, elsewhere)
	}
	checkPaths(t, followed, "answers", "answers")
	checkFindings(t, followed, "GATEWAY-REDIRECTED")
	target := l.unfinished(t, []int{0}, "scan", address, "--client", "windows-11", "--client", "strongswan-6")
	if target.Verdict != report.VerdictIKEv2 {
		t.Errorf("verdict %s, want ikev2", target.Verdict)
	}
	checkPaths(t, target, "answers", "answers")
	if g := target.Gateway; g == nil || g.Redirect != elsewhere {
		t.Errorf("gateway %+v, want a redirect to %s", g, elsewhere)
	}
	if !slices.ContainsFunc(target.Doubts, func(d report.Doubt) bool { return d.Kind == report.DoubtRedirected }) {
		t.Errorf("doubts %+v, want that it redirects", target.Doubts)
	}
	if m := target.Matrix; m != nil && (m.Proven || m.Accepted+m.Refused > 0) {
		t.Errorf("proven: %v, %d suites accepted and %d refused; want nothing known", m.Proven, m.Accepted, m.Refused)
	}
	for _, f := range target.Findings {
		if f.About() == report.AboutPath {
			t.Errorf("finding %s: %s", f.ID, f.Title)
		}
	}
	for _, c := range target.Clients {
		if c.Verdict != report.ClientUnknown {
			t.Errorf("client %s: %s, want unknown", c.Name, c.Verdict)
		}
	}
	for _, x := range target.Exchanges {
		if x.Outcome == report.OutcomeAccepted {
			t.Errorf("exchange %d was accepted", x.ID)
		}
	}
	l.unfinished(t, []int{report.ExitUndecided}, "check", address, "--fail-on", "high")
	l.noneHalfOpen(t, gateway)
}

// unfinished runs ikescope beside the gateways on one target, of which the report
// says that it is not complete, and asks for one of some exit codes.
func (l lab) unfinished(t *testing.T, exits []int, args ...string) report.Target {
	t.Helper()
	const patience = 2 * time.Minute
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	args = append([]string{"exec", beside, l.ikescope, args[0], "--quiet", "-o", "json"}, args[1:]...)
	cmd := l.start(ctx, args...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	doc, readErr := report.ReadJSON(&stdout)
	if readErr != nil {
		t.Fatalf("%v; %v; %s", err, readErr, &stderr)
	}
	if !slices.Contains(exits, doc.Exit.Code) || doc.Complete || len(doc.Targets) != 1 || cmd.ProcessState.ExitCode() != doc.Exit.Code {
		t.Errorf("ikescope %v: %v; exit %+v, complete: %v; want one of %v and false", args[3:], err, doc.Exit, doc.Complete, exits)
	}
	return doc.Targets[0]
}

// short is an OpenIKED that reads less than all of an offer.
const short = "openiked-2"

// testTruncation: a gateway that reads the first proposals of an offer, or the
// first transforms of a type, is asked within these limits, and so found out as
// well as any.
func (l lab) testTruncation(t *testing.T) {
	l.need(t, short)
	l.do(t, "restart", short)
	l.policy(t, short, "two")
	t.Cleanup(func() { l.do(t, "reads", short, "1000", "1000") })
	for _, test := range []struct {
		proposals, transforms int
		habits                []report.Habit
	}{
		{1000, 1000, nil},
		{1, 1000, []report.Habit{{Kind: report.HabitProposals, Count: 1}}},
		{1000, 6, []report.Habit{{Kind: report.HabitTransforms, Count: 6}}},
		{3, 9, []report.Habit{{Kind: report.HabitTransforms, Count: 9}, {Kind: report.HabitProposals, Count: 3}}},
	} {
		t.Run(fmt.Sprintf("%d proposals, %d transforms", test.proposals, test.transforms), func(t *testing.T) {
			l.do(t, "reads", short, fmt.Sprint(test.proposals), fmt.Sprint(test.transforms))
			target := l.scan(t, beside, 0, "--rate", "500", l.do(t, "addr", short))
			checkMatrix(t, target, l.accepts(t, short, "two"))
			for i := range target.Habits {
				target.Habits[i].Evidence = nil
			}
			if fmt.Sprint(target.Habits) != fmt.Sprint(test.habits) {
				t.Errorf("habits %+v, want %+v", target.Habits, test.habits)
			}
			if target.Cost.HalfOpenLeft != 0 {
				t.Errorf("%d half-open IKE SAs left", target.Cost.HalfOpenLeft)
			}
			l.noneHalfOpen(t, short)
			// What is said of clients is what they get.
			live := l.report(t, beside, 0, "compare", "--live", "--rate", "500", l.do(t, "addr", short),
				"--client", "strongswan-6", "--client", "windows-dh2048-enabled", "--client", "libreswan-5", "--client", "macos")
			for _, c := range live.Clients {
				if c.Basis != report.BasisLive || slices.ContainsFunc(c.Notes, func(n string) bool { return strings.HasPrefix(n, "The matrix predicted something else") }) {
					t.Errorf("client %s, %s: %q", c.Name, c.Basis, c.Notes)
				}
			}
		})
	}
	t.Run("3 transforms", func(t *testing.T) {
		l.do(t, "reads", short, "1000", "3")
		target := l.unfinished(t, []int{0}, "scan", l.do(t, "addr", short))
		if m := target.Matrix; m == nil || m.Proven {
			t.Errorf("matrix: %v, want one that is not proven", m != nil)
		}
		if !slices.ContainsFunc(target.Doubts, func(d report.Doubt) bool { return d.Kind == report.DoubtUnexamined }) {
			t.Errorf("doubts %+v, want that it was not examined", target.Doubts)
		}
	})
}
