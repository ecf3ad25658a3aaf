//go:build linux

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/report"
)

// TestLab scans the real gateways of testdata/lab. The environment variable
// IKESCOPE_LAB decides whether it runs: with "auto" where a lab can be, with
// "require" it fails elsewhere, and without it never. It has the lab to itself
// and leaves it as it was found: up with default policies, or down.
//
// Gateways are tested side by side, and what the network between is made to do
// comes after that. With -short of several of a kind only some are tested.
func TestLab(t *testing.T) {
	t.Parallel() // mostly waiting
	l := openLab(t)
	t.Run("gateways", func(t *testing.T) {
		for _, gateway := range gateways {
			t.Run(gateway, func(t *testing.T) {
				t.Parallel()
				l.need(t, gateway)
				l.testGateway(t, gateway)
			})
		}
	})
	t.Run("exhaustive", l.testExhaustive)
	t.Run("paths", l.testPaths)
	t.Run("unreachable", l.testUnreachable)
	t.Run("blocked", l.testBlocked)
	t.Run("loss", l.testLoss)
	t.Run("lost closing", l.testLostClosing)
	t.Run("limits", l.testLimits)
	t.Run("cluster", l.testCluster)
	t.Run("members", l.testMembers)
	t.Run("redirect", l.testRedirect)
	t.Run("truncation", l.testTruncation)
	t.Run("pcap", l.testPcap)
	t.Run("reach", l.testReach)
	t.Run("reach blocked", l.testReachBlocked)
	t.Run("reach other address", l.testReachOtherAddress)
	t.Run("reach IKEv1", l.testReachIKEv1)
	t.Run("reach NAT", l.testReachNAT)
	t.Run("reach loss", l.testReachLoss)
	t.Run("reach size", l.testReachSize)
}

// testGateway tests what is of one gateway alone.
func (l lab) testGateway(t *testing.T, gateway string) {
	for _, test := range []struct {
		name string
		run  func(*testing.T, string)
	}{
		{"defaults", l.testDefaults},
		{"matrix", l.testMatrix},
		{"clients", l.testClients},
		{"preference", l.testPreference},
		{"remedy", l.testRemedy},
		{"remedy words", l.testRemedyWords},
		{"behaviour", l.testBehaviour},
		{"transform order", l.testTransformOrder},
		{"half-open", l.testHalfOpen},
		{"initiator", l.testInitiator},
	} {
		t.Run(test.name, func(t *testing.T) { test.run(t, gateway) })
	}
	switch gateway {
	case "strongswan":
		t.Run("ciphers", l.testCiphers)
		t.Run("remedy elsewhere", l.testRemedyElsewhere)
		t.Run("gates", l.testGates)
	case postQuantum:
		t.Run("hybrid", l.testHybrid)
	}
}

// sample returns all, or with -short the first few and the last.
func sample[T any](all []T, few int) []T {
	if !testing.Short() || len(all) <= few {
		return all
	}
	return append(slices.Clone(all[:few-1]), all[len(all)-1])
}

// The namespaces that ask: one beside the gateways, and one behind a NAT.
const (
	beside = "iks-client"
	inside = "iks-inside"
	router = "iks-router"
)

// The gateways; postQuantum is made of a distribution that moves, and may be
// missing.
const postQuantum = "strongswan-pq"

var gateways = []string{"strongswan", postQuantum, "libreswan", "openiked"}

// lab is the command testdata/lab/lab, and the ikescope that is under test.
type lab struct{ command, ikescope string }

// openLab brings the lab up, each gateway with its default policy and limits
// and without IKE SAs. When t ends it is left like that, or taken down if it
// was down before.
func openLab(t *testing.T) lab {
	t.Helper()
	l := findLab(t)
	lockLab(t)
	wasUp := exec.Command(l.command, "exec", router, "true").Run() == nil
	l.do(t, "install")
	l.do(t, "up")
	l.reset(t)
	l.ikescope = buildIkescope(t)
	t.Cleanup(func() {
		if wasUp {
			l.reset(t)
		} else {
			l.do(t, "down")
		}
	})
	return l
}

// findLab returns the lab's command, or skips a test that is not to run here.
func findLab(t *testing.T) lab {
	t.Helper()
	mode := os.Getenv("IKESCOPE_LAB")
	switch mode {
	case "auto", "require":
	case "":
		t.Skip("real gateways are not tested: IKESCOPE_LAB=auto does it, as root on Debian (testdata/lab/README.md)")
	default:
		t.Fatalf("IKESCOPE_LAB is %q, want auto or require", mode)
	}
	command, err := filepath.Abs("../../testdata/lab/lab")
	if err != nil {
		t.Fatal(err)
	}
	l := lab{command: command}
	if out, err := exec.Command(command, "check").CombinedOutput(); err != nil {
		if why := bytes.TrimSpace(out); mode == "auto" {
			t.Skipf("real gateways are not tested: %s", why)
		} else {
			t.Fatalf("IKESCOPE_LAB=require: %s", why)
		}
	}
	return l
}

// buildIkescope returns the path of the command, which, but with -short, ends
// with an exit code of its own if it finds a data race. The lab has installed the
// C compiler that this takes.
func buildIkescope(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "ikescope")
	build := exec.Command("go", "build", "-race", "-o", path, ".")
	if testing.Short() {
		build = exec.Command("go", "build", "-o", path, ".")
	}
	build.Env = append(os.Environ(), "CGO_ENABLED=1")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	return path
}

// lockLab waits until no other run of the tests on this machine uses the lab.
func lockLab(t *testing.T) {
	t.Helper()
	f, err := os.OpenFile(filepath.Join(os.TempDir(), "ikescope-lab.lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	how := syscall.LOCK_EX | syscall.LOCK_NB
	for {
		switch err := syscall.Flock(int(f.Fd()), how); {
		case err == nil:
			return
		case errors.Is(err, syscall.EWOULDBLOCK):
			t.Logf("waiting for another run, which holds %s", f.Name())
			how = syscall.LOCK_EX
		case !errors.Is(err, syscall.EINTR):
			t.Fatalf("lock %s: %v", f.Name(), err)
		}
	}
}

// reset undoes what a test, perhaps one that crashed, did to the lab.
func (l lab) reset(t *testing.T) {
	t.Helper()
	l.do(t, "nft", router, "none")
	for _, gateway := range gateways {
		if !l.has(gateway) {
			continue
		}
		l.do(t, "policy", gateway, "default")
		if gateway == "libreswan" {
			l.do(t, "redirect", gateway, "none")
		}
		if gateway == "openiked" { // which has no limits to restore
			l.do(t, "restart", gateway)
		} else {
			l.do(t, "limits", gateway, "default")
		}
	}
}

func (l lab) has(gateway string) bool {
	return exec.Command(l.command, "has", gateway).Run() == nil
}

// need skips a test of a gateway that is not installed, which only postQuantum and
// short may be.
func (l lab) need(t *testing.T, gateway string) {
	t.Helper()
	switch {
	case l.has(gateway):
	case gateway == short:
		t.Skip("not tested: openiked-2, the gateway that reads only part of an offer, could not be built; the output of lab install shows why")
	case gateway == postQuantum:
		t.Skip("not tested: strongswan-pq, the gateway with ML-KEM, is not installed; the output of lab install shows why")
	default:
		t.Fatalf("%s is not installed, though lab install succeeded", gateway)
	}
}

// do runs a command of the lab and returns what it prints.
func (l lab) do(t *testing.T, args ...string) string {
	t.Helper()
	out, err := l.run("", args...)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func (l lab) run(stdin string, args ...string) (string, error) {
	const patience = 20 * time.Minute // of an install over a slow line
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, l.command, args...)
	cmd.Stdin = strings.NewReader(stdin)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("lab %s: %w: %s", strings.Join(args, " "), err, &stderr)
	}
	return strings.TrimSpace(stdout.String()), nil
}

// policy puts a policy in force until the test ends.
func (l lab) policy(t *testing.T, gateway, policy string) {
	t.Helper()
	l.do(t, "policy", gateway, policy)
	t.Cleanup(func() { l.do(t, "policy", gateway, "default") })
}

// limits sets from how many half-open IKE SAs on a gateway asks for cookies and
// then is silent, until the test ends. The gateway forgets its IKE SAs.
func (l lab) limits(t *testing.T, gateway, cookie, block string) {
	t.Helper()
	l.do(t, "limits", gateway, cookie, block)
	t.Cleanup(func() { l.do(t, "limits", gateway, "default") })
}

// rules has nftables rules in force on the router until the test ends.
func (l lab) rules(t *testing.T, rules string) {
	t.Helper()
	if _, err := l.run(rules, "nft", router, "rules"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.do(t, "nft", router, "none") })
}

// accepts returns what a gateway takes with a policy, of which the lab knows
// from the gateway's own configuration or log.
func (l lab) accepts(t *testing.T, gateway, policy string) []proposals.Product {
	t.Helper()
	var products []proposals.Product
	for line := range strings.Lines(l.do(t, "accepts", gateway, policy)) {
		p, err := proposals.ParseProduct(strings.TrimSpace(line))
		if err != nil {
			t.Fatalf("lab accepts %s %s: %v", gateway, policy, err)
		}
		products = append(products, p)
	}
	return products
}

// scan is report for the command scan.
func (l lab) scan(t *testing.T, namespace string, exit int, args ...string) report.Target {
	t.Helper()
	return l.report(t, namespace, exit, append([]string{"scan"}, args...)...)
}

// report runs ikescope in a namespace, which has to end with an exit code and to be
// silent on stderr, and returns its report on the one target.
func (l lab) report(t *testing.T, namespace string, exit int, args ...string) report.Target {
	t.Helper()
	const patience = 2 * time.Minute
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	args = append([]string{"exec", namespace, l.ikescope, args[0], "--quiet", "-o", "json"}, args[1:]...)
	cmd := exec.CommandContext(ctx, l.command, args...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); cmd.ProcessState == nil || cmd.ProcessState.ExitCode() != exit || stderr.Len() > 0 {
		t.Fatalf("ikescope %s: %v, want exit code %d and nothing on stderr, which has\n%s",
			strings.Join(args[3:], " "), err, exit, &stderr)
	}
	doc, err := report.ReadJSON(&stdout)
	if err != nil {
		t.Fatal(err)
	}
	if doc.Exit.Code != exit || len(doc.Targets) != 1 || !doc.Complete {
		t.Fatalf("the document has %d targets, is complete: %v, and exits with %d (%s); want 1, true, %d",
			len(doc.Targets), doc.Complete, doc.Exit.Code, doc.Exit.Reason, exit)
	}
	return doc.Targets[0]
}

// noneHalfOpen fails the test if a gateway has half-open IKE SAs.
func (l lab) noneHalfOpen(t *testing.T, gateway string) {
	t.Helper()
	if got := l.do(t, "stats", gateway); !strings.HasPrefix(got, "half_open=0 ") {
		t.Errorf("%s has %s after the scan, want half_open=0", gateway, got)
	}
}
