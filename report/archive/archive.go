package archive

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"slices"

	"github.com/ikescope/ikescope/report"
)

// Archive is a saved report, the targets of which stay in its file.
type Archive struct {
	head    report.Head
	file    io.ReaderAt
	targets []entry
	gates   []report.Span // of a document; those of JSON lines are in their targets'
}

var _ report.Source = (*Archive)(nil)

// entry is where a target is, and what it is known by.
type entry struct {
	index int
	key   report.Key
	at    report.Span
}

// Open reads the report in file once, and returns it for its targets to be read
// again. The file has size octets and must not change. The error is that of
// [report.ReadEach], or says that a place in the order is taken twice.
func Open(file io.ReaderAt, size int64) (*Archive, error) {
	a := &Archive{file: file}
	head, err := report.ReadParts(io.NewSectionReader(file, 0, size), func(line *report.TargetLine, at report.Span) error {
		a.targets = append(a.targets, entry{line.Index, line.Key(), at})
		return nil
	}, func(_ *report.Gate, at report.Span) error {
		a.gates = append(a.gates, at)
		return nil
	})
	if err != nil {
		return nil, err
	}
	a.head = head
	slices.SortStableFunc(a.targets, byIndex)
	for i := 1; i < len(a.targets); i++ {
		if a.targets[i].index == a.targets[i-1].index {
			return nil, fmt.Errorf("index %d stands twice", a.targets[i].index)
		}
	}
	return a, nil
}

func byIndex(a, b entry) int { return cmp.Compare(a.index, b.index) }

// Head returns what the report says of the run as a whole.
func (a *Archive) Head() report.Head { return a.head }

// Count returns the number of targets.
func (a *Archive) Count() int { return len(a.targets) }

// Key returns what the target at i is known by.
func (a *Archive) Key(i int) report.Key { return a.targets[i].key }

// At reads the target at i.
func (a *Archive) At(i int) (*report.Target, error) {
	t := new(report.Target)
	if err := readSpan(a.file, a.targets[i].at, t); err != nil {
		return nil, err
	}
	if t.Key() != a.targets[i].key {
		return nil, errChanged
	}
	return t, nil
}

// EachGate reads the gates, in the order of their targets.
func (a *Archive) EachGate() iter.Seq2[report.Gate, error] {
	return func(yield func(report.Gate, error) bool) {
		for _, at := range a.gates {
			var g report.Gate
			if err := readSpan(a.file, at, &g); !yield(g, err) || err != nil {
				return
			}
		}
		if len(a.gates) > 0 {
			return
		}
		for _, t := range a.targets {
			var line struct{ Gates []report.Gate } // absent in a document
			if err := readSpan(a.file, t.at, &line); err != nil {
				yield(report.Gate{}, err)
				return
			}
			for _, g := range line.Gates {
				if !yield(g, nil) {
					return
				}
			}
		}
	}
}

var errChanged = fmt.Errorf("the report changed while it was read")

// readSpan decodes the JSON that stands at a span of file.
func readSpan(file io.ReaderAt, at report.Span, to any) error {
	raw := make([]byte, at.To-at.From)
	if _, err := file.ReadAt(raw, at.From); err != nil && err != io.EOF {
		return err
	}
	if err := json.Unmarshal(raw, to); err != nil {
		return errChanged
	}
	return nil
}
