package archive

import (
	"bytes"
	"iter"

	"github.com/ikescope/ikescope/report"
)

// Differences hold what changed of each target in a Spool, until the whole is
// written.
type Differences struct {
	head    report.Diff
	spool   *Spool
	targets []report.Span
}

var _ report.Differences = (*Differences)(nil)

// NewDifferences returns Differences without a target, which write to spool.
func NewDifferences(spool *Spool) *Differences { return &Differences{spool: spool} }

// Add takes in what changed of one target.
func (d *Differences) Add(t report.TargetDiff) error {
	var b bytes.Buffer
	if err := report.WriteLine(&b, t); err != nil {
		return err
	}
	from, err := d.spool.Append(b.Bytes())
	d.targets = append(d.targets, report.Span{From: from, To: from + int64(b.Len())})
	return err
}

// SetHead says all else of the difference.
func (d *Differences) SetHead(head report.Diff) { d.head = head }

// Head returns what SetHead said.
func (d *Differences) Head() report.Diff { return d.head }

// EachTarget yields what was added, in this order.
func (d *Differences) EachTarget() iter.Seq2[report.TargetDiff, error] {
	return func(yield func(report.TargetDiff, error) bool) {
		for _, at := range d.targets {
			var t report.TargetDiff
			if err := readSpan(d.spool, at, &t); !yield(t, err) || err != nil {
				return
			}
		}
	}
}
