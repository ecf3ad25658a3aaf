package text

import (
	"strings"
	"testing"

	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/internal/layout"
)

func TestWatch(t *testing.T) {
	paths := []report.WatchPath{
		{Address: "198.51.100.7", Transport: report.UDP500, Port: 500, State: report.PathAnswers, Sent: 12, Received: 11, Lost: 1,
			LastMs: 11.8, RTTms: 11.2, MeanMs: 12.25, MaxMs: 40},
		{Address: "2001:db8:1234:5678:9abc:def0:1234:5678", Transport: report.UDP4500, Port: 4500, State: report.PathAdminProhibited, Sent: 12, Lost: 12,
			Detail: "ICMPv6 administratively prohibited from 2001:db8::1" + strings.Repeat("\x1b", 90)},
		{Address: "198.51.100.8", Transport: report.UDP500, Port: 500},
	}
	for _, width := range []int{60, 80, 200} {
		var b strings.Builder
		n, err := Watch(&b, paths, Options{Width: width})
		if err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(strings.TrimSuffix(b.String(), "\n"), "\n")
		if len(lines) != n || n != 5 {
			t.Errorf("%d lines, %d are told", len(lines), n)
		}
		for _, line := range lines {
			if layout.Columns(line) > max(width, 74) || strings.Contains(line, "\x1b") {
				t.Errorf("%d columns of %d: %q", layout.Columns(line), width, line)
			}
		}
		if width == 200 && (!strings.Contains(b.String(), "8.3 %       12  11.8 ms  11.2 ms  12.2 ms  40.0 ms") ||
			!strings.Contains(b.String(), "  admin prohibited: ICMPv6")) {
			t.Errorf("%s", b.String())
		}
	}
}
