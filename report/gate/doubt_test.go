package gate

import (
	"testing"

	"github.com/ikescope/ikescope/probe/evidence"
	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/reporttest"
	"github.com/ikescope/ikescope/report/scan"
)

// TestDoubtedReport: no gate passes on a report that is doubted, and one that
// fails still does.
func TestDoubtedReport(t *testing.T) {
	for _, kind := range evidence.DoubtKinds() {
		for name, results := range reporttest.Cases(t) {
			plain := scan.Document(scan.Run{}, results)
			before, _ := Check(plain, Gates{FailOn: report.SeverityHigh})
			for i := range results {
				results[i].Doubts = []evidence.Doubt{{Kind: kind, Exchanges: []int{1}}}
			}
			doc := scan.Document(scan.Run{}, results)
			gates, exit := Check(doc, Gates{FailOn: report.SeverityCritical})
			for _, g := range gates {
				if g.State == report.GatePassed {
					t.Errorf("%v, %s: the gate passed: %s", kind, name, g.Reason)
				}
			}
			if exit.Code == report.ExitDone && len(gates) > 0 {
				t.Errorf("%v, %s: exit %d", kind, name, exit.Code)
			}
			after, _ := Check(doc, Gates{FailOn: report.SeverityHigh})
			for i := range before {
				if before[i].State == report.GateFailed && after[i].State != report.GateFailed {
					t.Errorf("%v, %s: a gate that failed is %s", kind, name, after[i].State)
				}
			}
		}
	}
}
