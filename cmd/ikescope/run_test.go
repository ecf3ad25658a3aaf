package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/ikescope/ikescope/cmd/ikescope/internal/flagvalue"
	"github.com/ikescope/ikescope/cmd/ikescope/internal/places"
	"github.com/ikescope/ikescope/cmd/ikescope/internal/progress"
	"github.com/ikescope/ikescope/cmd/ikescope/internal/targets"
	"github.com/ikescope/ikescope/probe"
	"github.com/ikescope/ikescope/probe/initiator"
	"github.com/ikescope/ikescope/probe/target"
	"github.com/ikescope/ikescope/report"
)

var errNoRoom = errors.New("no room")

// lockedBuffer is written by several goroutines.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// TestInterrupt ends a scan of three targets, of which two run, while it waits
// for answers.
func TestInterrupt(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	var targets []string
	asked := make(chan struct{}, 3)
	for _, address := range []string{"127.0.0.1:0", "127.0.0.2:0", "127.0.0.3:0"} {
		c, err := net.ListenPacket("udp4", address)
		if err != nil {
			t.Skipf("no address like %s here: %v", address, err)
		}
		defer c.Close()
		targets = append(targets, c.LocalAddr().String())
		go func() {
			if _, _, err := c.ReadFrom(make([]byte, 2048)); err == nil {
				asked <- struct{}{} // once for each target
			}
		}()
	}
	go func() {
		<-asked
		<-asked
		cancel()
	}()
	path := filepath.Join(t.TempDir(), "kept.json")
	var stdout bytes.Buffer
	var stderr lockedBuffer
	args := append([]string{"--parallel", "2", "--transport", "udp500", "-o", "text", "-o", "json=" + path}, targets...)
	if code := runContext(ctx, args, nil, &stdout, &stderr); code != report.ExitInterrupted {
		t.Errorf("ended with %d: %s", code, stderr.String())
	}
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	doc, err := report.ReadJSON(f)
	if err != nil {
		t.Fatal(err)
	}
	if doc.Complete || len(doc.Targets) != 3 {
		t.Errorf("complete %v, %d targets", doc.Complete, len(doc.Targets))
	}
	if last := doc.Targets[2]; last.Name != targets[2] || last.Verdict != report.VerdictNotScanned || len(last.Findings) > 0 || last.Error != "" {
		t.Errorf("the third target: %+v", last)
	}
	// The two that were asked did not have their time to answer.
	for _, asked := range doc.Targets[:2] {
		if asked.Verdict != report.VerdictNotScanned || len(asked.Findings) > 0 || len(asked.Exchanges) == 0 {
			t.Errorf("a target that was asked: %+v", asked)
		}
	}
	if stdout.Len() == 0 {
		t.Error("nothing on stdout")
	}
}

// TestInterruptedEarly ends a scan while it looks for the address of a name.
func TestInterruptedEarly(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var stdout, stderr bytes.Buffer
	code := runContext(ctx, []string{"vpn.invalid"}, nil, &stdout, &stderr)
	if want := "ikescope: not scanned: interrupted\n"; code != report.ExitInterrupted || stderr.String() != want || stdout.Len() != 0 {
		t.Errorf("ended with %d, stderr %q, stdout %q; want %d and %q", code, stderr.String(), stdout.String(), report.ExitInterrupted, want)
	}
}

// TestInterruptedResume: what an earlier report knows of a target that an interrupt
// comes before is in the new one, too.
func TestInterruptedResume(t *testing.T) {
	mock, err := startMock("--accept", "aes256gcm16-prfsha384-x25519")
	if err != nil {
		t.Fatal(err)
	}
	defer mock.stop()
	at := "127.0.0.1:" + mock.port + "+" + mock.natt
	earlier := filepath.Join(t.TempDir(), "earlier.jsonl")
	args := []string{"-q", "--rate", "1000", "--suite", "aes256gcm16-prfsha384-x25519"}
	if code := runContext(t.Context(), append(args, "-o", "jsonl="+earlier, at), nil, io.Discard, io.Discard); code != report.ExitDone {
		t.Fatalf("the first scan ended with %d", code)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var out, errs bytes.Buffer
	if code := runContext(ctx, append(args, "-o", "jsonl", "--resume", earlier, at, "127.0.0.9:9"), nil, &out, &errs); code != report.ExitInterrupted {
		t.Fatalf("the second scan ended with %d: %s", code, &errs)
	}
	doc, err := report.ReadJSON(&out)
	if err != nil {
		t.Fatal(err)
	}
	if known := doc.Targets[0]; doc.Complete || known.Verdict != report.VerdictIKEv2 || known.Matrix == nil || len(known.Exchanges) == 0 {
		t.Errorf("what was known became %+v", known)
	}
	if other := doc.Targets[1]; other.Verdict != report.VerdictNotScanned {
		t.Errorf("what was not scanned became %+v", other)
	}
}

// TestSameAddress holds that one address is never scanned twice at a time.
func TestSameAddress(t *testing.T) {
	var mu sync.Mutex
	open, peak := map[string]int{}, 0
	scanner := probe.Scanner{Attempts: 1, InitialRTO: 20 * time.Millisecond}
	scanner.Listen = func(_ context.Context, gateway netip.Addr, _ netip.AddrPort) (net.PacketConn, error) {
		mu.Lock()
		defer mu.Unlock()
		open[gateway.String()]++
		peak = max(peak, open[gateway.String()])
		c, err := net.ListenPacket("udp4", "127.0.0.1:0")
		return closing{c, func() {
			mu.Lock()
			defer mu.Unlock()
			open[gateway.String()]--
		}}, err
	}
	c, err := net.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	port := c.LocalAddr().(*net.UDPAddr).AddrPort().Port()
	var jobs []job
	for i := range 4 {
		jobs = append(jobs, job{Found: targets.Found{Target: target.Target{Name: fmt.Sprint(i), Address: loopback, Paths: initiator.Paths{{Transport: initiator.UDP500, Port: port}, {Transport: initiator.UDP4500, Port: port}}}}})
	}
	for i, r := range scanned(t, scanner, jobs, 4) {
		if r.Name != fmt.Sprint(i) || r.Error != "" {
			t.Errorf("result %d is of %s, error %v", i, r.Name, r.Error)
		}
	}
	if peak != 1 {
		t.Errorf("%d scans of one address at a time", peak)
	}
}

// TestOtherAddressesGoOn holds that targets of one address, which wait for each
// other, leave a place for those of others.
func TestOtherAddressesGoOn(t *testing.T) {
	another := netip.AddrFrom4([4]byte{127, 0, 0, 2})
	begun := make(chan struct{})
	begin := sync.OnceFunc(func() { close(begun) })
	scanner := probe.Scanner{}
	scanner.Listen = func(_ context.Context, gateway netip.Addr, _ netip.AddrPort) (net.PacketConn, error) {
		if gateway == another {
			begin()
		} else {
			<-begun
		}
		return nil, errors.New("enough")
	}
	var jobs []job
	for i, address := range []netip.Addr{loopback, loopback, loopback, another} {
		jobs = append(jobs, job{Found: targets.Found{Target: target.Target{Name: fmt.Sprint(i), Address: address}}})
	}
	for i, r := range scanned(t, scanner, jobs, 2) {
		if r.Name != fmt.Sprint(i) || r.Error == "" {
			t.Errorf("result %d is of %s, error %v", i, r.Name, r.Error)
		}
	}
}

// scanned returns what comes of jobs, in their order.
func scanned(t *testing.T, scanner probe.Scanner, jobs []job, parallel int) []*report.Target {
	t.Helper()
	var mu sync.Mutex
	results := make([]*report.Target, len(jobs))
	w := progress.New(io.Discard, progress.Options{Quiet: true})
	one := func(j job, p *places.Places, w *progress.Watch) report.Target {
		return reachAndScan(t.Context(), scanner, nil, following{}, j, p, p, w)
	}
	scanAll(jobs, parallel, w, one, func(i int, r *report.Target) {
		mu.Lock()
		defer mu.Unlock()
		if results[i] != nil {
			t.Errorf("target %d is done twice", i)
		}
		results[i] = r
	})
	for i, r := range results {
		if r == nil {
			t.Fatalf("target %d is not done", i)
		}
	}
	return results
}

// TestTooManyOpenFiles: where files run out, fewer targets are scanned at a time,
// and none fails for it; alone, one that finds no file fails.
func TestTooManyOpenFiles(t *testing.T) {
	const files = 3
	var mu sync.Mutex
	open, refused := 0, 0
	scanner := probe.Scanner{Attempts: 1, InitialRTO: 10 * time.Millisecond}
	listen := func(most int) func(context.Context, netip.Addr, netip.AddrPort) (net.PacketConn, error) {
		return func(context.Context, netip.Addr, netip.AddrPort) (net.PacketConn, error) {
			mu.Lock()
			defer mu.Unlock()
			if open >= most {
				refused++
				return nil, &net.OpError{Op: "listen", Err: os.NewSyscallError("socket", syscall.EMFILE)}
			}
			open++
			c, err := net.ListenPacket("udp4", "127.0.0.1:0")
			return closing{c, func() {
				mu.Lock()
				defer mu.Unlock()
				open--
			}}, err
		}
	}
	var jobs []job
	for i := range 40 {
		jobs = append(jobs, job{Found: targets.Found{Target: target.Target{Name: fmt.Sprint(i), Address: netip.AddrFrom4([4]byte{127, 0, 1, byte(i + 1)})}}})
	}
	scanner.Listen = listen(files)
	for i, r := range scanned(t, scanner, jobs, 16) {
		if r.Error != "" || r.Verdict == report.VerdictError {
			t.Errorf("target %d: %s, %s", i, r.Verdict, r.Error)
		}
	}
	// One refusal for each of the 16 places that there was no file for.
	if refused == 0 || refused > 16-files {
		t.Errorf("%d sockets were refused", refused)
	}
	scanner.Listen = listen(0)
	if r := scanned(t, scanner, jobs[:1], 16)[0]; r.Verdict != report.VerdictError || !strings.Contains(r.Error, "too many open files") {
		t.Errorf("without any file: %s, %q", r.Verdict, r.Error)
	}
}

// closing reports when a connection is closed.
type closing struct {
	net.PacketConn
	closed func()
}

func (c closing) Close() error {
	c.closed()
	return c.PacketConn.Close()
}

func TestFailedWrites(t *testing.T) {
	for name, test := range map[string]struct {
		stdout error
		code   int
		stderr string
	}{
		"closed pipe": {syscall.EPIPE, report.ExitError, ""},
		"full disk":   {errNoRoom, report.ExitError, "ikescope: write to stdout: no room\n"},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "kept.json")
			var stderr lockedBuffer
			code := runContext(t.Context(), []string{"demo", "-q", "-o", "text", "-o", "json=" + path}, nil, broken{test.stdout}, &stderr)
			if code != test.code || stderr.String() != test.stderr {
				t.Errorf("ended with %d and %q", code, stderr.String())
			}
			if _, err := os.Stat(path); err != nil {
				t.Errorf("the file was to be kept: %v", err)
			}
		})
	}
}

type broken struct{ err error }

func (b broken) Write([]byte) (int, error) { return 0, b.err }

func TestNearest(t *testing.T) {
	words := []string{"scan", "demo", "mock", "schema", "version", "completion"}
	for word, want := range map[string]string{
		"dmeo": "demo", "moc": "mock", "shcema": "schema", "verison": "version", "scam": "scan",
		"vpn": "", "gateway": "", "gw": "", "man": "", "": "", "compare": "",
	} {
		if got := flagvalue.Nearest(word, words); got != want {
			t.Errorf("%q: got %q, want %q", word, got, want)
		}
	}
}
