package report

import "iter"

// Head is what a report says of the run as a whole.
type Head struct {
	SchemaVersion string
	Tool          Tool
	Complete      bool
	Interrupted   bool
	Exit          Exit
	// About is the subject of findings to which the report was cut down, "" for all. It
	// is no part of JSON.
	About Subject
}

// Key is what a target is known by, within a report and from one to another.
type Key struct{ Name, Address string }

// Key returns what t is known by.
func (t *Target) Key() Key { return Key{t.Name, t.Address} }

// Targets are those of a report. They are read one at a time, since all of them
// may be more than memory holds.
type Targets interface {
	// Count is how many there are. Key names one of them without reading it,
	// and At reads it, again each time unless memory holds it.
	Count() int
	Key(i int) Key
	At(i int) (*Target, error)
}

// A Source is a report that can be written. A [Document] is one that memory holds.
type Source interface {
	Targets
	Head() Head
	// EachGate yields the gates in the order of their targets.
	EachGate() iter.Seq2[Gate, error]
}

var _ Source = (*Document)(nil)

// Head returns all of d but its targets and gates.
func (d *Document) Head() Head {
	return Head{SchemaVersion: d.SchemaVersion, Tool: d.Tool, Complete: d.Complete, Interrupted: d.Interrupted, Exit: d.Exit}
}

// Count returns the number of targets.
func (d *Document) Count() int { return len(d.Targets) }

// Key returns what the target at i is known by.
func (d *Document) Key(i int) Key { return d.Targets[i].Key() }

// At returns the target at i, which is not a copy. The error is nil.
func (d *Document) At(i int) (*Target, error) { return &d.Targets[i], nil }

// EachGate yields the gates. No error is among them.
func (d *Document) EachGate() iter.Seq2[Gate, error] {
	return func(yield func(Gate, error) bool) {
		for _, g := range d.Gates {
			if !yield(g, nil) {
				return
			}
		}
	}
}
