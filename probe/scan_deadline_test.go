package probe

import (
	"errors"
	"testing"
	"time"

	"github.com/ikescope/ikescope/ike/iketest"
	"github.com/ikescope/ikescope/probe/evidence"
)

// TestScanDeadline: whatever the gateway does, a scan ends soon after its
// deadline, and says what it left out.
func TestScanDeadline(t *testing.T) {
	t.Parallel()
	const deadline = 10 * time.Second
	for i, odd := range iketest.Oddities() {
		if testing.Short() && i%3 != 0 {
			continue
		}
		t.Run(odd.Name, func(t *testing.T) {
			sc := oddScene(overlapPolicy, iketest.StrongSwan, 1, odd)
			sc.scanner.Deadline = deadline
			o := sc.scan(t)
			if o.Cost.Elapsed > deadline+75*time.Second { // for the closing of what is half-open
				t.Errorf("it took %v", o.Cost.Elapsed)
			}
			late := errors.Is(o.err, ErrDeadline)
			if _, found := find(o.Notes, evidence.NoteDeadline); found != late || late && (o.Complete || errors.Is(o.err, ErrInterrupted)) {
				t.Errorf("error %v, complete %v, notes %v", o.err, o.Complete, kindsOf(o.Notes))
			}
		})
	}
}
