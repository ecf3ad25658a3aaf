//go:build linux

package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/incident/event"
)

// gatewayScene is a scene of a gateway alone, with ikescope in the place of the
// initiator.
type gatewayScene struct {
	*scene
	ikescope string
}

// openGateway starts a gateway, strongSwan, libreswan or OpenIKED, that set may change,
// in a scene that ends with the test. files lie beside its configuration.
func openGateway(t *testing.T, l lab, ikescope, product string, w *world, set func(*end), files ...string) gatewayScene {
	t.Helper()
	return openGatewayFor(t, l, "strongswan", ikescope, product, w, set, files...)
}

// openGatewayFor has the initiator be of another product.
func openGatewayFor(t *testing.T, l lab, initiator, ikescope, product string, w *world, set func(*end), files ...string) gatewayScene {
	t.Helper()
	dir := t.TempDir()
	letters := map[string]string{"strongswan": "ss", "libreswan": "sl", "openiked": "so"}
	_, r := base(letters[product])
	if set != nil {
		set(r)
	}
	for _, side := range []event.Side{event.Initiator, event.Responder} {
		if err := os.Mkdir(filepath.Join(dir, string(side)), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	folder := filepath.Join(dir, string(event.Responder))
	if err := r.write(folder, w); err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		if err := os.WriteFile(filepath.Join(folder, name), nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	s, err := openScene(context.WithoutCancel(t.Context()), l, dir, initiator, product)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.close)
	if err := s.do("start responder"); err != nil {
		t.Fatal(err)
	}
	return gatewayScene{s, ikescope}
}

// run runs ikescope, which has to end with an exit code, and returns its report on
// the gateway.
func (s gatewayScene) run(t *testing.T, exit int, args ...string) report.Target {
	t.Helper()
	file := filepath.Join(s.dir, "report.json")
	args = append([]string{args[0], "--quiet", "-o", "json=" + file}, args[1:]...)
	args = append(args, addressOf(event.Responder))
	if err := s.do(fmt.Sprintf("code=0; net initiator %s %s || code=$?; [[ $code == %d ]]", s.ikescope, strings.Join(args, " "), exit)); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	doc, err := report.ReadJSON(f)
	if err != nil {
		t.Fatal(err)
	}
	if len(doc.Targets) != 1 || !doc.Complete {
		t.Fatalf("%d targets, complete: %v", len(doc.Targets), doc.Complete)
	}
	return doc.Targets[0]
}

// TestLabTCP: IKE in TCP (RFC 9329) of libreswan, alone and beside UDP, and what its
// port does where the kernel cannot frame the stream.
func TestLabTCP(t *testing.T) {
	l := findLab(t)
	l.do(t, "install")
	t.Parallel()
	ikescope := buildIkescope(t)
	listen := func(r *end) { r.daemon = "	listen-tcp=yes" }
	const all = "--transport=udp500,udp4500,tcp4500"
	t.Run("beside UDP", func(t *testing.T) {
		s := openGateway(t, l, ikescope, "libreswan", nil, listen, "espintcp")
		target := s.run(t, 0, "reach", all)
		checkStates(t, target, "answers", "answers", "answers")
		checkFindings(t, target)
		if p := target.Paths[2]; p.Transport != report.TCP4500 || p.RTTms == 0 || p.Sent != 5 || p.Received != 5 {
			t.Errorf("%+v", p)
		}
	})
	t.Run("UDP blocked", func(t *testing.T) {
		s := openGateway(t, l, ikescope, "libreswan", nil, listen, "espintcp")
		if err := s.rules("meta l4proto udp drop"); err != nil {
			t.Fatal(err)
		}
		target := s.run(t, 0, "reach", all)
		checkStates(t, target, "silent", "silent", "answers")
		checkFindings(t, target, "PATH-TCP-ONLY")
		if n := target.NAT; n == nil || !n.Supported || n.LocalBehindNAT || n.GatewayBehindNAT {
			t.Errorf("NAT is %+v", n)
		}
		if target.Cost.HalfOpenLeft != 0 {
			t.Errorf("%d half-open IKE SAs left", target.Cost.HalfOpenLeft)
		}
		pcap := filepath.Join(s.dir, "tcp.pcap")
		scan := s.run(t, 0, "scan", "--pcap="+pcap, "--transport=tcp4500", "--suite=aes256-aes128-sha256-sha1-prfsha256-modp2048-modp1536")
		checkStates(t, scan, "answers")
		m := scan.Matrix
		if m == nil || m.Accepted != 1 || m.Refused != m.Universe-1 || !m.Proven {
			t.Errorf("the matrix is %+v", m)
		}
		if slices.ContainsFunc(scan.Exchanges, func(e report.Exchange) bool { return e.Transport != report.TCP4500 }) {
			t.Error("something was asked over UDP")
		}
		var out bytes.Buffer
		if code := run([]string{"capture", pcap}, strings.NewReader(""), &out, &out); code != 0 || !strings.Contains(out.String(), "TCP") || !strings.Contains(out.String(), "ikescope scan") {
			t.Errorf("the capture: exit code %d\n%s", code, &out)
		}
		lines := filepath.Join(s.dir, "lines")
		if err := s.do(fmt.Sprintf("net initiator %s watch --transport tcp4500 --interval 100ms --count 3 %s >%s", s.ikescope, addressOf(event.Responder), lines)); err != nil {
			t.Fatal(err)
		}
		watched, err := os.ReadFile(lines)
		if err != nil || bytes.Count(watched, []byte(`"transport":"tcp4500"`)) != 4 || bytes.Count(watched, []byte(`"state":"answers"`)) != 4 {
			t.Errorf("%v\n%s", err, watched)
		}
	})
	t.Run("no espintcp", func(t *testing.T) {
		target := openGateway(t, l, ikescope, "libreswan", nil, listen).run(t, 0, "reach", all)
		checkFindings(t, target, "PATH-TCP")
		if p := target.Paths[2]; p.State != report.PathOpen || p.Reason != report.ReasonCloses {
			t.Skipf("this kernel has espintcp: %+v", p)
		}
	})
	t.Run("refused", func(t *testing.T) {
		target := openGateway(t, l, ikescope, "strongswan", nil, nil).run(t, 0, "reach", all)
		checkStates(t, target, "answers", "answers", "port_unreachable")
		checkFindings(t, target, "PATH-GATEWAY-NAT") // its ESP of user space always encapsulates
	})
}

// checkStates compares the states of the paths of a target, of whatever transports.
func checkStates(t *testing.T, target report.Target, want ...report.PathState) {
	t.Helper()
	var got []report.PathState
	for _, p := range target.Paths {
		got = append(got, p.State)
	}
	if !slices.Equal(got, want) {
		t.Errorf("the paths are %v, want %v: %+v", got, want, target.Paths)
	}
}
