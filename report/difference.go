package report

import (
	"iter"
	"time"
)

// DiffVersion is the version of a Diff as JSON.
const DiffVersion = "1.0"

// Diff is what changed from one report to another, in meaning: how suites are
// cut into products, times and ports of ours do not count.
type Diff struct {
	SchemaVersion string       `json:"schema_version"`
	Tool          Tool         `json:"tool"`
	Same          bool         `json:"same"`
	Targets       []TargetDiff `json:"targets"` // those of both reports
	// OnlyOld and OnlyNew are targets that the other report does not hold.
	OnlyOld []DiffTarget `json:"only_old"`
	OnlyNew []DiffTarget `json:"only_new"`
}

// Differences are a difference that can be written: what changed of each target is
// read one at a time, since all of it may be more than memory holds. A [Diff] is one
// that memory holds.
type Differences interface {
	// Head returns all but Targets.
	Head() Diff
	// EachTarget yields those of both reports, in the order of the old one.
	EachTarget() iter.Seq2[TargetDiff, error]
}

var _ Differences = (*Diff)(nil)

// Head returns all of d but its targets.
func (d *Diff) Head() Diff {
	head := *d
	head.Targets = nil
	return head
}

// EachTarget yields the targets. No error is among them.
func (d *Diff) EachTarget() iter.Seq2[TargetDiff, error] {
	return func(yield func(TargetDiff, error) bool) {
		for _, t := range d.Targets {
			if !yield(t, nil) {
				return
			}
		}
	}
}

// DiffTarget names a target of one report.
type DiffTarget struct {
	Name    string    `json:"target"`
	Address string    `json:"address"`
	Started time.Time `json:"started"`
}

// TargetDiff is what changed of one target.
type TargetDiff struct {
	Old     DiffTarget `json:"old"`
	New     DiffTarget `json:"new"`
	Same    bool       `json:"same"`
	Changes []Change   `json:"changes"` // weaker ones first
}

// Change is one difference.
type Change struct {
	// Area is "target", "path", "nat", "gateway", "suites", "algorithm",
	// "preference", "post_quantum", "finding", "client" or "policy".
	Area   Area   `json:"area"`
	Effect Effect `json:"effect"`           // "weaker", "unknown", "stronger" or "neither"
	Text   string `json:"text"`             // a sentence without its full stop
	Reason string `json:"reason,omitempty"` // why weaker or stronger
	// Suites are those of area "suites", as keywords, and Count their number.
	Suites []string `json:"suites"`
	Count  int64    `json:"count,omitempty"`
}

// DiffTargetOf returns t as differences name it.
func DiffTargetOf(t *Target) DiffTarget {
	return DiffTarget{Name: t.Name, Address: t.Address, Started: t.Started.UTC()}
}

// String returns the name of the target, and its address.
func (t DiffTarget) String() string {
	if address := AddressBeside(t.Name, t.Address); address != "" {
		return t.Name + "  " + address
	}
	return t.Name
}
