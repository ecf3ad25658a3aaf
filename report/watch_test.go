package report_test

import (
	"bytes"
	"math"
	"testing"

	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/reporttest"
)

func TestWatchPath(t *testing.T) {
	p := report.WatchPath{Record: report.WatchPathRecord, Target: "vpn.example", Address: "198.51.100.7", Transport: report.UDP500, Port: 500}
	if p.Loss() != 0 {
		t.Errorf("a loss of %v before the first request", p.Loss())
	}
	for _, s := range []report.WatchSample{
		{State: report.PathAnswers, RTTms: 12},
		{State: report.PathSilent},
		{State: report.PathAnswers, RTTms: 6},
		{State: report.PathAdminProhibited, Detail: "ICMP administratively prohibited"},
	} {
		s.Record, s.Target, s.Address, s.Transport, s.Port, s.Sent = report.WatchSampleRecord, p.Target, p.Address, p.Transport, p.Port, reporttest.Started
		p.Add(s)
		for _, line := range []any{s, p} {
			var b bytes.Buffer
			if err := report.WriteLine(&b, line); err != nil {
				t.Fatal(err)
			}
			if err := reporttest.Fault(t, report.WatchSchema(), b.Bytes()); err != nil {
				t.Error(err)
			}
		}
	}
	if p.Sent != 4 || p.Received != 2 || p.Lost != 2 || p.Loss() != 0.5 || p.RTTms != 6 || p.MaxMs != 12 || math.Abs(p.MeanMs-9) > 1e-9 ||
		p.LastMs != 0 || p.State != report.PathAdminProhibited || p.Detail == "" {
		t.Errorf("%+v", p)
	}
}
