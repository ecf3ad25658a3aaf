package main

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ikescope/ikescope/cmd/ikescope/internal/capturefiles"
	"github.com/ikescope/ikescope/ike/capture"
	"github.com/ikescope/ikescope/report"
	captured "github.com/ikescope/ikescope/report/capture"
	"github.com/ikescope/ikescope/report/text"
	capturetext "github.com/ikescope/ikescope/report/text/capturetext"
)

var updateCaptures = flag.Bool("update", false, "write the texts of testdata/captures")

const captureFolder = "../../testdata/captures"

// readPoint reads one file. The point is nil if this is no capture.
func readPoint(file []byte, ports ...uint16) (*capture.Point, error) {
	r, err := capture.NewReader(bytes.NewReader(file))
	if err != nil {
		return nil, err
	}
	p := &capture.Point{Dissector: capture.Dissector{Ports: ports}}
	return p, p.Read(context.Background(), "FILE", r)
}

func tell(p *capture.Point) *report.Capture {
	return captured.New(report.Tool{Name: "ikescope", Version: "0"}, []captured.View{capturefiles.View(p)})
}

// TestCaptures reads real captures. The verdicts follow from how each was set
// up, see the README beside them.
func TestCaptures(t *testing.T) {
	want := map[string]string{
		"nat-client":                   "works GOES-ON",
		"nat-gateway":                  "works GOES-ON",
		"wrong-key":                    "fails: authentication AUTH-REFUSED",
		"no-proposal":                  "fails: negotiation NO_PROPOSAL_CHOSEN",
		"invalid-ke":                   "fails: child CHILD-REFUSED",
		"4500-dropped":                 "fails: network 4500-NO-ANSWER",
		"ip-fragments":                 "fails: authentication AUTH-REFUSED",
		"ip-fragments-dropped-client":  "fails: network IP-FRAGMENTS-DROPPED",
		"ip-fragments-dropped-gateway": "fails: network IP-FRAGMENTS-LOST",
		"ike-fragments":                "fails: authentication AUTH-REFUSED",
		"libreswan-ipv6":               "unknown AUTH-ANSWERED",
		"no-answer":                    "fails: network NO-ANSWER",
		"port-unreachable":             "fails: network ICMP",
		"cookie":                       "works GOES-ON",
		"nat-keepalive":                "works GOES-ON",
		"scan":                         strings.Repeat("unknown SCAN; ", 8) + "works GOES-ON",
		"rekey":                        "works GOES-ON; works REKEYED; works REKEYED",
		"gateway-gone":                 "fails: network PEER-GONE",
		"one-direction":                "unknown ONE-SIDED",
		"ikev1":                        "fails: negotiation IKEV1-REFUSED",
		"eap-wrong-password":           "fails: authentication AUTH-ENDED",
	}
	files, err := filepath.Glob(filepath.Join(captureFolder, "*.pcap"))
	if err != nil || len(files) != len(want) {
		t.Fatalf("%d captures, want %d (%v)", len(files), len(want), err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".pcap")
		t.Run(name, func(t *testing.T) {
			octets, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			point, err := readPoint(octets)
			if err != nil {
				t.Fatal(err)
			}
			doc := tell(point)
			var verdicts []string
			for _, sa := range doc.SAs {
				verdicts = append(verdicts, sa.Verdict.String()+" "+sa.Verdict.ID)
			}
			if got := strings.Join(verdicts, "; "); got != want[name] {
				t.Errorf("verdict %s, want %s", got, want[name])
			}
			var printed bytes.Buffer
			if err := capturetext.Write(&printed, doc, text.Options{}); err != nil {
				t.Fatal(err)
			}
			golden := strings.TrimSuffix(file, ".pcap") + ".txt"
			if *updateCaptures {
				if err := os.WriteFile(golden, printed.Bytes(), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			wantText, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(wantText), printed.String()); diff != "" {
				t.Errorf("text (-want +got):\n%s", diff)
			}
		})
	}
}

// FuzzCapture reads what a stranger recorded: its JSON and text must be fit to
// look at.
func FuzzCapture(f *testing.F) {
	files, _ := filepath.Glob(filepath.Join(captureFolder, "*.pcap"))
	for _, file := range files {
		octets, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(octets)
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		p, _ := readPoint(file, 0x101)
		if p == nil {
			return
		}
		doc := tell(p)
		var out bytes.Buffer
		if err := capturetext.Write(&out, doc, text.Options{}); err != nil {
			t.Fatal(err)
		}
		if strings.ContainsFunc(out.String(), func(r rune) bool { return r != '\n' && r < ' ' || r == 0x7f }) {
			t.Errorf("the text holds controls: %q", out.String())
		}
		out.Reset()
		if err := report.WriteJSON(&out, doc); err != nil || !json.Valid(out.Bytes()) {
			t.Errorf("JSON: %v", err)
		}
	})
}

// The help says to capture with the filter of the manual.
func TestCaptureFilter(t *testing.T) {
	manual, err := os.ReadFile("../../docs/capture.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(manual), "vpn.pcap '")
	filter, _, found := strings.Cut(rest, "'")
	cmd := new(app).captureCommand()
	for _, help := range []string{cmd.Long, cmd.Example} {
		if !found || !strings.Contains(strings.Join(strings.Fields(help), " "), filter) {
			t.Errorf("%s\nlacks the filter %s", help, filter)
		}
	}
}
