//go:build linux

package main

import (
	"bufio"
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
// "require" it fails elsewhere, and without it never.
//
// Each test of a gateway, and each of what the network between is made to do, has
// a lab apart to itself, and they run side by side. With -short of several of a kind
// only some are tested.
func TestLab(t *testing.T) {
	t.Parallel() // mostly waiting
	l := openLab(t)
	for _, gateway := range gateways {
		t.Run(gateway, func(t *testing.T) {
			t.Parallel()
			l.testGateway(t, gateway)
		})
	}
	for _, scene := range []struct {
		name     string
		run      func(lab, *testing.T)
		gateways []string
	}{
		{"limits", lab.testLimits, []string{"strongswan", "libreswan"}},
		{"loss", lab.testLoss, []string{"strongswan", "libreswan", "openiked"}},
		{"lost closing", lab.testLostClosing, gateways},
		{"cluster", lab.testCluster, []string{"strongswan", second}},
		{"unreachable", lab.testUnreachable, []string{"strongswan"}},
		{"redirect", lab.testRedirect, []string{"libreswan", "openiked"}},
		{"blocked", lab.testBlocked, []string{"strongswan"}},
		{"members", lab.testMembers, []string{"strongswan", "libreswan"}},
		{"truncation", lab.testTruncation, []string{short}},
		{"paths", lab.testPaths, gateways},
		{"pcap", lab.testPcap, []string{"libreswan"}},
		{"reach", lab.testReach, gateways},
		{"reach blocked", lab.testReachBlocked, []string{"strongswan"}},
		{"reach other address", lab.testReachOtherAddress, []string{"openiked"}},
		{"reach IKEv1", lab.testReachIKEv1, []string{"strongswan"}},
		{"reach NAT", lab.testReachNAT, []string{"strongswan"}},
		{"reach loss", lab.testReachLoss, []string{"libreswan"}},
		{"reach size", lab.testReachSize, []string{"strongswan"}},
		{"reach NATs", lab.testReachNATs, []string{"strongswan"}},
		{"reach mapping", lab.testReachMapping, []string{"strongswan", "libreswan"}},
		{"reach hop limits", lab.testReachHopLimits, []string{"strongswan"}},
		{"reach names", lab.testReachNames, []string{"strongswan"}},
		{"reach relay", lab.testReachRelay, []string{"strongswan"}},
		{"reach several", lab.testReachSeveral, []string{"strongswan", "libreswan"}},
		{"reach hops", lab.testReachHops, []string{"strongswan"}},
		{"exhaustive", lab.testExhaustive, []string{"strongswan"}},
		{"identity keys", lab.testIdentityKeys, []string{"strongswan"}},
		{"identity faults", lab.testIdentityFaults, []string{"strongswan"}},
		{"identity methods", lab.testIdentityMethods, []string{"strongswan"}},
		{"identity OpenIKED", lab.testIdentityOpenIKED, []string{"openiked"}},
		{"identity anyone", lab.testIdentityAnyone, []string{"libreswan"}},
		{"identity rounds", lab.testIdentityRounds, []string{"strongswan"}},
	} {
		t.Run(scene.name, func(t *testing.T) {
			t.Parallel()
			scene.run(l.apart(t, scene.gateways...), t)
		})
	}
}

// testGateway tests what is of one gateway alone.
func (l lab) testGateway(t *testing.T, gateway string) {
	l.need(t, gateway)
	for _, test := range []struct {
		name string
		run  func(lab, *testing.T, string)
		only string // the gateway that has it, "" for all
	}{
		{"matrix", lab.testMatrix, ""},
		{"remedy elsewhere", lab.testRemedyElsewhere, "strongswan"},
		{"remedy", lab.testRemedy, ""},
		{"clients", lab.testClients, ""},
		{"preference", lab.testPreference, ""},
		{"initiator", lab.testInitiator, ""},
		{"half-open", lab.testHalfOpen, ""},
		{"ciphers", lab.testCiphers, "strongswan"},
		{"behaviour", lab.testBehaviour, ""},
		{"hybrid", lab.testHybrid, postQuantum},
		{"gates", lab.testGates, "strongswan"},
		{"remedy words", lab.testRemedyWords, ""},
		{"transform order", lab.testTransformOrder, ""},
		{"defaults", lab.testDefaults, ""},
		{"identity", lab.testIdentity, ""},
		{"hybrid login", lab.testLoginHybrid, postQuantum},
	} {
		if test.only == "" || test.only == gateway {
			t.Run(test.name, func(t *testing.T) {
				t.Parallel()
				test.run(l.apart(t, gateway), t, gateway)
			})
		}
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

// lab is a lab of testdata/lab, and the ikescope that is under test.
type lab struct {
	command  []string // what runs a command of the lab
	root     string   // where the lab's / is
	ikescope string
}

// openLab returns the lab without network and daemons, which labs apart have.
func openLab(t *testing.T) lab {
	t.Helper()
	l := findLab(t)
	lockLab(t)
	l.do(t, "install")
	l.ikescope = buildIkescope(t)
	return l
}

// apart returns a lab of its own, up with those of some gateways that are installed,
// until the test ends.
func (l lab) apart(t *testing.T, gateways ...string) lab {
	t.Helper()
	cmd := l.start(context.Background(), "apart")
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		stdin.Close()
		cmd.Wait()
	})
	number, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		t.Fatalf("lab apart: %v: %s", err, &stderr)
	}
	number = strings.TrimSpace(number)
	l.command = append(slices.Clone(l.command), "within", number)
	l.root = "/proc/" + number + "/root"
	installed := slices.DeleteFunc(slices.Clone(gateways), func(g string) bool { return !l.has(g) })
	if len(installed) == 0 {
		l.need(t, gateways[0])
	}
	l.do(t, append([]string{"up"}, installed...)...)
	return l
}

// start returns a command of the lab, which has not started yet.
func (l lab) start(ctx context.Context, args ...string) *exec.Cmd {
	args = append(l.command[1:len(l.command):len(l.command)], args...)
	cmd := exec.CommandContext(ctx, l.command[0], args...)
	cmd.WaitDelay = time.Second // what it started within a lab apart may outlive it
	return cmd
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
	l := lab{command: []string{command}}
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

// lockLab waits until no other run of these tests on this machine goes on: they
// would slow each other down.
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

func (l lab) has(gateway string) bool {
	return l.start(context.Background(), "has", gateway).Run() == nil
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
	cmd := l.start(ctx, args...)
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

// report is reports of one target.
func (l lab) report(t *testing.T, namespace string, exit int, args ...string) report.Target {
	t.Helper()
	targets := l.reports(t, namespace, exit, args...)
	if len(targets) != 1 {
		t.Fatalf("the document has %d targets, want 1", len(targets))
	}
	return targets[0]
}

// reports runs ikescope in a namespace, which has to end with an exit code and to be
// silent on stderr, and returns its report on the targets.
func (l lab) reports(t *testing.T, namespace string, exit int, args ...string) []report.Target {
	t.Helper()
	const patience = 2 * time.Minute
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	args = append([]string{"exec", namespace, l.ikescope, args[0], "--quiet", "-o", "json"}, args[1:]...)
	cmd := l.start(ctx, args...)
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
	if doc.Exit.Code != exit || !doc.Complete {
		var why []any
		for _, target := range doc.Targets {
			why = append(why, target.Doubts, target.Notes)
		}
		t.Fatalf("the document is complete: %v, and exits with %d (%s); want true, %d: %+v", doc.Complete, doc.Exit.Code, doc.Exit.Reason, exit, why)
	}
	return doc.Targets
}

// noneHalfOpen fails the test if a gateway has half-open IKE SAs.
func (l lab) noneHalfOpen(t *testing.T, gateway string) {
	t.Helper()
	if got := l.do(t, "stats", gateway); !strings.HasPrefix(got, "half_open=0 ") {
		t.Errorf("%s has %s after the scan, want half_open=0", gateway, got)
	}
}
