package main

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/ikescope/ikescope/ike"
	"github.com/ikescope/ikescope/ike/iketest"
	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/report"
)

// cloned are the random numbers of machines that were cloned: nonces and keys are the
// same ones each time, and SPIs, of 8 octets, are not.
type cloned struct{ n *atomic.Uint64 }

func (c cloned) Read(p []byte) (int, error) {
	if len(p) == 8 {
		binary.BigEndian.PutUint64(p, c.n.Add(1))
		return len(p), nil
	}
	for i := range p {
		p[i] = 0x42
	}
	return len(p), nil
}

// TestSharedByGateways: two gateways with one public value and one nonce are found out,
// in text and in JSON, and two that draw their own are not.
func TestSharedByGateways(t *testing.T) {
	t.Parallel() // mostly waiting
	accepted, err := proposals.ParseProducts("aes256gcm16-prfsha384-x25519")
	if err != nil {
		t.Fatal(err)
	}
	serve := func(t *testing.T, host string, random *cloned) string {
		gateway := &iketest.Responder{Profile: iketest.StrongSwan, Policy: []ike.Proposal{accepted[0].Proposal(1)}}
		if random != nil {
			gateway.Rand = *random
		}
		var ports []string
		var conns [2]net.PacketConn
		for i := range conns {
			conn, err := net.ListenPacket("udp4", host+":0")
			if errors.Is(err, syscall.EADDRNOTAVAIL) {
				t.Skipf("no further loopback addresses here: %v", err)
			} else if err != nil {
				t.Fatal(err)
			}
			_, port, _ := net.SplitHostPort(conn.LocalAddr().String())
			conns[i], ports = conn, append(ports, port)
		}
		served := make(chan error, 1)
		go func() { served <- gateway.Serve(conns[0], conns[1]) }()
		t.Cleanup(func() {
			conns[0].Close()
			conns[1].Close()
			<-served
		})
		return host + ":" + ports[0] + "+" + ports[1]
	}
	for name, random := range map[string]*cloned{"cloned": {new(atomic.Uint64)}, "each its own": nil} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			targets := []string{serve(t, "127.0.2.1", random), serve(t, "127.0.2.2", random)}
			file := filepath.Join(t.TempDir(), "report.json")
			var out, errs bytes.Buffer
			args := append([]string{"-q", "-o", "text", "-o", "json=" + file, "--no-identity", "--rate", "10000", "--parallel", "1", "--suite", "aes256gcm16-prfsha384-x25519"}, targets...)
			if code := runContext(t.Context(), args, nil, &out, &errs); code != 0 {
				t.Fatalf("ended with %d, %s", code, errs.String())
			}
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var doc report.Document
			if err := json.Unmarshal(text, &doc); err != nil || len(doc.Targets) != 2 {
				t.Fatalf("%d targets, %v", len(doc.Targets), err)
			}
			for _, id := range []string{"GATEWAY-SHARES-PUBLIC", "GATEWAY-SHARES-NONCES"} {
				if found := strings.Contains(out.String(), id+": the gateway and 127.0.2.1 have the same"); found != (random != nil) {
					t.Errorf("%s in the text: %v\n%s", id, found, out.String())
				}
				for i, target := range doc.Targets {
					at := slices.IndexFunc(target.Findings, func(f report.Finding) bool { return f.ID == id })
					if want := random != nil && i == 1; (at >= 0) != want || want && (target.Findings[at].Severity != report.SeverityHigh || len(target.Findings[at].Evidence) == 0) {
						t.Errorf("%s of %s: %v", id, target.Address, at >= 0)
					}
				}
			}
		})
	}
}
