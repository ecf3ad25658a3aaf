package text

import (
	"bytes"
	"strings"
	"testing"

	"github.com/ikescope/ikescope/report"
)

// TestTCPPath: what TCP 4500 does is shown in words that fit TCP.
func TestTCPPath(t *testing.T) {
	for _, tt := range []struct {
		path report.Path
		want string
	}{
		{report.Path{Transport: report.TCP4500, Port: 4500, State: report.PathPortUnreachable, Sent: 1, Detail: "the TCP connection is refused"}, "tcp/4500   refused     1 sent\n"},
		{report.Path{Transport: report.TCP4500, Port: 443, State: report.PathAnswers, Sent: 5, Received: 5, RTTms: 2}, "tcp/443    answers      2.0 ms   5 of 5\n"},
		{report.Path{Transport: report.TCP4500, Port: 4500, State: report.PathOpen, Sent: 2, Detail: "the TCP connection is closed after the stream prefix"}, "the TCP connection is closed after the stream prefix\n"},
		{report.Path{Transport: report.UDP4500, Port: 4500, State: report.PathPortUnreachable, Sent: 1, Detail: "ICMP port unreachable"}, "udp/4500   port unreachable  1 sent\n"},
	} {
		doc := &report.Document{Targets: []report.Target{{Verdict: report.VerdictIKEv2, Paths: []report.Path{tt.path}}}}
		var out bytes.Buffer
		if err := Document(&out, doc, Options{Width: 100}); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(out.String(), tt.want) {
			t.Errorf("no %q in\n%s", tt.want, &out)
		}
	}
}
