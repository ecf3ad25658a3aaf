package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"runtime/metrics"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/iketest"
	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/report"
)

// gatewayFleet are gateways on loopback addresses, one socket each, and targets
// that are as many as there are asked for: each names the port of one of them and
// a port of NAT traversal of its own, which nothing is sent to.
func gatewayFleet(t *testing.T, targets int) []string {
	t.Helper()
	const gateways = 64
	accepted, err := proposals.ParseProducts("aes256gcm16-prfsha384-x25519")
	if err != nil {
		t.Fatal(err)
	}
	var at []string
	for i := range gateways {
		conn, err := net.ListenPacket("udp4", fmt.Sprintf("127.0.1.%d:0", i+1))
		if err != nil {
			t.Skipf("no further loopback addresses here: %v", err)
		}
		gateway := &iketest.Responder{Policy: []ike.Proposal{accepted[0].Proposal(1)}}
		served := make(chan error, 1)
		go func() { served <- gateway.Serve(conn, nil) }()
		t.Cleanup(func() {
			conn.Close()
			<-served
		})
		at = append(at, conn.LocalAddr().String())
	}
	var list []string
	for i := range targets {
		list = append(list, fmt.Sprintf("%s+%d", at[i%gateways], 10000+i/gateways))
	}
	return list
}

// heapWatch counts the lines that are written to it, and measures the heap after a
// quarter of them and before the last ones.
type heapWatch struct {
	lines, first, last int
	early, late        uint64
	kept               *bufio.Writer
}

func (w *heapWatch) Write(p []byte) (int, error) {
	w.lines++
	switch w.lines {
	case w.first:
		w.early = liveHeap()
	case w.last:
		w.late = liveHeap()
	}
	if w.kept != nil {
		return w.kept.Write(p)
	}
	return len(p), nil
}

// liveHeap returns the octets of the heap that are in use. What the scans beside it
// allocate while the collector runs counts as in use, so that the least of several
// runs counts.
func liveHeap() uint64 {
	least := uint64(math.MaxUint64)
	for range 5 {
		runtime.GC()
		live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
		metrics.Read(live)
		least = min(least, live[0].Value.Uint64())
	}
	return least
}

// TestNobodyReads: where the lines of a report cannot be written, and nothing else is
// to be, nothing is sent.
func TestNobodyReads(t *testing.T) {
	conn, err := net.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	target := conn.LocalAddr().String()
	for name, tt := range map[string]struct {
		err    error
		stderr string
	}{
		"closed pipe": {syscall.EPIPE, ""},
		"full disk":   {errNoRoom, "ikescope: write to stdout: no room\n"},
	} {
		var errs lockedBuffer
		code := runContext(t.Context(), []string{"-q", "-o", "jsonl", "--transport", "udp500", target}, nil, broken{tt.err}, &errs)
		if code != report.ExitError || errs.String() != tt.stderr {
			t.Errorf("%s: ended with %d and %q", name, code, errs.String())
		}
	}
	if err := conn.SetReadDeadline(time.Now().Add(20 * time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	if n, _, err := conn.ReadFrom(make([]byte, 2048)); err == nil {
		t.Errorf("a datagram of %d octets was sent", n)
	}

	// A file beside stdout is written all the same.
	kept := filepath.Join(t.TempDir(), "kept.jsonl")
	var errs lockedBuffer
	code := runContext(t.Context(), []string{"demo", "-q", "-o", "jsonl", "-o", "jsonl=" + kept}, nil, broken{syscall.EPIPE}, &errs)
	lines := 0
	eachLine(t, kept, func([]byte) { lines++ })
	if code != report.ExitError || errs.String() != "" || lines != 3 {
		t.Errorf("with a file: ended with %d and %q, and %d lines", code, errs.String(), lines)
	}
}

// TestManyReports reads more reports than stay open.
func TestManyReports(t *testing.T) {
	dir := t.TempDir()
	args := []string{"check", "--fail-on", "critical", "-o", "jsonl"}
	const reports = maxOpenReports + 10
	for i := range reports {
		path := filepath.Join(dir, fmt.Sprint(i))
		text := fmt.Sprintf(`{"schema_version": "1.0", "tool": {"name": "ikescope", "version": "1"}, "complete": true, "gates": [], "exit": {"code": 0, "reason": ""},
			"targets": [{"target": "gw%d", "address": "192.0.2.%[1]d", "verdict": "no_answer", "complete": true}]}`, i)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		args = append(args, path)
	}
	var out, errs bytes.Buffer
	if code := runContext(t.Context(), args, nil, &out, &errs); code != report.ExitNoAnswer {
		t.Fatalf("ended with %d: %s", code, &errs)
	}
	doc, err := report.ReadJSON(&out)
	if err != nil || len(doc.Targets) != reports {
		t.Fatalf("%v, %v", doc, err)
	}
	for i, got := range doc.Targets {
		if got.Name != fmt.Sprintf("gw%d", i) {
			t.Errorf("target %d is %s", i, got.Name)
		}
	}
}

// TestNowhereToKeep: where no temporary file can be made, a report that memory should
// not hold fails in words, and what is written as it grows is written.
func TestNowhereToKeep(t *testing.T) {
	dir := t.TempDir()
	saved, lines := filepath.Join(dir, "saved.jsonl"), filepath.Join(dir, "lines.jsonl")
	const targets = 40
	var b bytes.Buffer
	write := func(v any) {
		if err := report.WriteLine(&b, v); err != nil {
			t.Fatal(err)
		}
	}
	write(report.NewFirstLine(report.Tool{Name: "ikescope", Version: "1"}, targets))
	for i := range targets {
		write(report.NewTargetLine(i, &report.Target{Name: fmt.Sprintf("gw%d", i), Verdict: report.VerdictNoAnswer, Complete: true}, nil))
	}
	write(report.NewLastLine(true, report.Exit{}))
	if err := os.WriteFile(saved, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"TMPDIR", "TMP", "TEMP"} {
		t.Setenv(name, filepath.Join(dir, "nowhere"))
	}
	var out, errs bytes.Buffer
	code := runContext(t.Context(), []string{"check", "-q", "--fail-on", "high", "-o", "jsonl=" + lines, "-o", "json", saved}, nil, &out, &errs)
	if code != report.ExitError || out.Len() > 0 || !strings.HasPrefix(errs.String(), "ikescope: keep the report until it is written: ") {
		t.Errorf("ended with %d: %.200s%s", code, &out, &errs)
	}
	written, err := os.ReadFile(lines)
	if err != nil {
		t.Fatal(err)
	}
	if doc, err := report.ReadJSON(bytes.NewReader(written)); err != nil || len(doc.Targets) != targets {
		t.Errorf("%v, %v", doc, err)
	}
}

// TestFleet scans many gateways, writes what comes of each as it comes, and reads it
// again: check, compare, diff and --resume. Memory does not grow with the targets,
// but for their names.
func TestFleet(t *testing.T) {
	targets := 20_000
	if testing.Short() {
		targets = 100
	}
	// What a target may leave in memory: its name and where its report is. A
	// report takes fifty times as much.
	const perTarget, noise = 1 << 10, 32 << 20
	list := gatewayFleet(t, targets)
	dir := t.TempDir()
	path := func(name string) string { return filepath.Join(dir, name) }
	if err := os.WriteFile(path("list"), []byte(strings.Join(list, "\n")), 0o600); err != nil {
		t.Fatal(err)
	}
	run := func(want int, keep string, args ...string) *heapWatch {
		t.Helper()
		w := &heapWatch{first: targets / 4, last: targets * 3 / 4}
		if keep != "" {
			file, err := os.Create(keep)
			if err != nil {
				t.Fatal(err)
			}
			defer file.Close()
			w.kept = bufio.NewWriter(file)
			defer w.kept.Flush()
		}
		var errs lockedBuffer
		if code := runContext(t.Context(), append(args, "-q"), nil, w, &errs); code != want {
			t.Fatalf("%.120q ended with %d, want %d: %.500s", args, code, want, errs.String())
		}
		return w
	}
	flat := func(what string, w *heapWatch) {
		t.Helper()
		t.Logf("%s: %d octets of heap after %d lines, %d after %d", what, w.early, w.first, w.late, w.last)
		if w.lines != targets+2 {
			t.Errorf("%s: %d lines of %d targets", what, w.lines, targets)
		}
		if most := uint64(noise + perTarget*(w.last-w.first)); !testing.Short() && w.late > w.early+most {
			t.Errorf("%s: the heap grew from %d to %d octets", what, w.early, w.late)
		}
	}
	scan := []string{"--suite", "aes256gcm16-prfsha384-x25519", "--transport", "udp500", "--rate", "10000", "--parallel", "64", "--client", "macos"}
	flat("scan", run(report.ExitDone, path("all.jsonl"), append(scan, "-o", "jsonl", "-o", "json="+path("all.json"), "@"+path("list"))...))

	// The lines are of each target once, in whatever order; the document has
	// them in the order asked.
	indexes := make([]bool, targets)
	octets := 0
	eachLine(t, path("all.jsonl"), func(line []byte) {
		var l struct {
			Record  report.Record
			Index   int
			Target  string
			Verdict report.Verdict
		}
		if err := json.Unmarshal(line, &l); err != nil {
			t.Fatal(err)
		}
		octets += len(line)
		if l.Record == report.RecordTarget {
			if indexes[l.Index] || l.Target != list[l.Index] || l.Verdict != report.VerdictIKEv2 {
				t.Errorf("index %d, before: %v, is %s with verdict %s, want %s", l.Index, indexes[l.Index], l.Target, l.Verdict, list[l.Index])
			}
			indexes[l.Index] = true
		}
	})
	if octets/targets < 4*perTarget {
		t.Errorf("a target has %d octets: too few to see it stay in memory", octets/targets)
	}
	if saved, err := (&app{}).openReport(path("all.json")); err != nil || saved.Count() != targets || saved.Key(targets-1).Name != list[targets-1] || !saved.Head().Complete {
		t.Fatalf("the document: %v", err)
	}

	flat("check", run(report.ExitDone, "", "check", path("all.jsonl"), "--baseline", path("all.json"), "-o", "jsonl"))
	flat("check of a document", run(report.ExitDone, "", "check", path("all.json"), "--client", "aes256gcm16-prfsha384-x25519", "-o", "jsonl"))
	flat("compare", run(report.ExitDone, "", "compare", path("all.jsonl"), "--client", "ios", "-o", "jsonl"))
	run(report.ExitDone, "", "diff", "--exit-code", path("all.jsonl"), path("all.json"))

	// What changed of each is told.
	file, err := os.Create(path("changed.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	eachLine(t, path("all.jsonl"), func(line []byte) {
		if _, err := file.Write(bytes.Replace(line, []byte(`"nat":{"supported":true`), []byte(`"nat":{"supported":false`), 1)); err != nil {
			t.Fatal(err)
		}
	})
	run(report.ExitFailed, path("changes"), "diff", "--exit-code", path("all.jsonl"), path("changed.jsonl"))
	changes := 0
	eachLine(t, path("changes"), func(line []byte) {
		if bytes.HasPrefix(line, []byte("OTHER ")) {
			changes++
		}
	})
	if changes != targets {
		t.Errorf("%d changes of %d targets", changes, targets)
	}

	// A part of them goes on, and nothing is asked again that is decided.
	part := list[:targets/20]
	if err := os.WriteFile(path("part"), []byte(strings.Join(part, "\n")), 0o600); err != nil {
		t.Fatal(err)
	}
	run(report.ExitDone, path("part.jsonl"), append(scan, "-o", "jsonl", "--resume", path("all.jsonl"), "@"+path("part"))...)
	resumed := 0
	eachLine(t, path("part.jsonl"), func(line []byte) {
		if bytes.Contains(line, []byte("exchanges to ")) {
			resumed++
		}
	})
	if resumed != len(part) {
		t.Errorf("%d of %d targets went on", resumed, len(part))
	}
}

func eachLine(t *testing.T, path string, each func([]byte)) {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	in := bufio.NewReader(file)
	for {
		line, err := in.ReadBytes('\n')
		if err == io.EOF {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		each(line)
	}
}
