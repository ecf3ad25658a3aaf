package baseline

import (
	"fmt"
	"strings"

	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/table"
)

// Severity says how much a finding matters.
type Severity string

const (
	Critical Severity = "critical"
	High     Severity = "high"
	Medium   Severity = "medium"
	Low      Severity = "low"
	Info     Severity = "info"
)

// Rank orders severities: 0 for critical to 4 for info, 5 for anything else.
func (s Severity) Rank() int {
	for i, known := range []Severity{Critical, High, Medium, Low, Info} {
		if s == known {
			return i
		}
	}
	return 5
}

// Weakness says why an algorithm should not be accepted.
type Weakness struct {
	ID       string // of the finding, such as "IKE-ENCR-3DES"
	Severity Severity
	Reason   string   // half a sentence
	Refs     []string // what RFC 8247 and RFC 9395 say of it, and other sources
}

// WeaknessOf returns what is wrong with a. It reports false for algorithms
// that nothing speaks against, and for additional key exchanges, which can only
// add strength (RFC 9370, Section 1).
func WeaknessOf(a proposals.Algorithm) (Weakness, bool) {
	w := weakRowOf(a)
	if w == nil {
		return Weakness{}, false
	}
	out := w.Weakness
	out.Refs = nil
	for _, name := range []string{RFC8247, RFC9395} {
		b, _ := Named(name)
		if r, ok := b.Requirement(a); ok && r.Level.Objects() {
			out.Refs = append(out.Refs, r.String())
		}
	}
	out.Refs = append(out.Refs, w.Refs...)
	return out, true
}

// weakRowOf returns the row on a, or nil.
func weakRowOf(a proposals.Algorithm) *weakRow {
	return tables().weak[transformID{a.Axis, a.ID}]
}

// transformID is a Transform ID of an axis, whatever its key length.
type transformID struct {
	axis proposals.Axis
	id   uint16
}

// weakRows finds the row on each transform that one is about.
func weakRows(rows []weakRow) map[transformID]*weakRow {
	out := make(map[transformID]*weakRow)
	for i := range rows {
		for _, a := range rows[i].match.algorithms() {
			if key := (transformID{a.Axis, a.ID}); out[key] == nil {
				out[key] = &rows[i]
			}
		}
	}
	return out
}

type weakRow struct {
	Weakness
	match match
}

func readWeaknesses(text string) ([]weakRow, error) {
	records, err := table.Read(text, "axis", "ids", "id", "severity", "reason", "refs")
	if err != nil {
		return nil, err
	}
	var out []weakRow
	for _, f := range records {
		m, err := parseMatch(f["axis"], f["ids"], "")
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f["id"], err)
		}
		w := Weakness{ID: f["id"], Severity: Severity(f["severity"]), Reason: f["reason"]}
		if w.Severity.Rank() > Info.Rank() {
			return nil, fmt.Errorf("%s: unknown severity %q", w.ID, w.Severity)
		}
		if f["refs"] != "" {
			w.Refs = strings.Split(f["refs"], "; ")
		}
		out = append(out, weakRow{w, m})
	}
	return out, nil
}
