package readers

import (
	"testing"

	"github.com/ikescope/ikescope/report/incident/event"
)

// Each sample is of its product, and of its own row and no other before it.
func TestSamples(t *testing.T) {
	rows := 0
	for _, product := range All() {
		if product.Lines == nil {
			continue
		}
		for i := range product.Lines.Rows() {
			rows++
			row := &product.Lines.Rows()[i]
			if row.Source == "" || row.Sample == "" {
				t.Errorf("%s: %q has no sample or source", product.Name, row.Template)
				continue
			}
			for _, l := range event.Unwrap("log", 1, row.Sample) {
				var events []event.Event
				for _, p := range All() {
					r := p.New()
					found, mine := r.Read(&l)
					if ender, ok := r.(event.Ender); ok && mine {
						found = append(found, ender.End()...)
					}
					if mine && p.Name != product.Name {
						t.Errorf("%q is taken for a line of %s, not of %s", row.Sample, p.Name, product.Name)
					}
					if mine {
						events = found
						break
					}
				}
				if len(events) == 0 {
					t.Errorf("%s: nothing is read of %q", product.Name, row.Sample)
					continue
				}
				e := events[0]
				if e.Kind != row.Kind || row.Cause != "" && e.Cause != row.Cause && e.Cause != "child-proposal" && e.Cause != "liveness" && !(row.Cause == "phase1" && e.Cause == "phase2") || row.Side != "" && e.Side != row.Side {
					t.Errorf("%s: %q is read as %s %s %s, want %s %s %s", product.Name, row.Sample, e.Kind, e.Side, e.Cause, row.Kind, row.Side, row.Cause)
				}
			}
		}
	}
	if rows < 600 {
		t.Errorf("there are only %d rows", rows)
	}
}
