package text

import (
	"bytes"
	"strings"
	"testing"

	"github.com/ikescope/ikescope/report"
)

// TestAdviceFails: a client that fails in IKE_AUTH is not said to connect, whatever
// suite it gets.
func TestAdviceFails(t *testing.T) {
	weak := &report.WeakSuite{Severity: report.SeverityHigh, Algorithms: []string{"KE_MODP_1024"}, Certain: true}
	for verdict, connects := range map[report.ClientVerdict]bool{report.ClientConnects: true, report.ClientFails: false, report.ClientUnknown: false} {
		var b bytes.Buffer
		c := report.Client{Name: "windows-11", Verdict: verdict, Weak: weak}
		if err := Advice(&b, []report.Advice{{Target: "vpn.example", Client: c}}, Options{}); err != nil {
			t.Fatal(err)
		}
		if got := strings.Contains(b.String(), "connects, but only with"); got != connects {
			t.Errorf("%s: said to connect: %v\n%s", verdict, got, b.String())
		}
	}
}
