package baseline

import (
	_ "embed"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/table"
)

// Names of baselines, as baselines.csv has them.
const (
	RFC8247 = "RFC8247" // Algorithm Implementation Requirements for IKEv2
	RFC9395 = "RFC9395" // Deprecation of IKEv1 and some algorithms
)

// Level is the word with which a document requires or forbids an algorithm,
// such as "MUST", "SHOULD NOT", "MUST-" (expected to be weakened) or
// "DEPRECATED". Documents have words of their own.
type Level string

// Objects reports whether l speaks against an algorithm.
func (l Level) Objects() bool {
	switch l {
	case "MUST NOT", "SHOULD NOT", "MUST-", "DEPRECATED":
		return true
	}
	return false
}

// Requirement is what one row of a baseline says.
type Requirement struct {
	Baseline  string // such as "RFC8247"
	Transform string // the row's own words for what it is about
	Level     Level
	Section   string // of the document, such as "s2.4"
	// Verification says how far the row was checked against the document.
	Verification string
	Notes        string
}

// Verified reports whether the row was checked against the document itself.
func (r Requirement) Verified() bool {
	how, _, _ := strings.Cut(r.Verification, " (")
	return how == "verified"
}

// String returns the requirement as a reference, such as
// "RFC 8247, Section 2.4: SHOULD NOT". A row that was not checked against the
// document itself says so.
func (r Requirement) String() string {
	name := r.Baseline
	if number, ok := strings.CutPrefix(name, "RFC"); ok {
		name = "RFC " + number
	}
	if section, ok := strings.CutPrefix(r.Section, "s"); ok {
		name += ", Section " + section
	}
	s := name + ": " + string(r.Level)
	switch {
	case r.Verified():
		return s
	case strings.HasPrefix(r.Verification, "verified-secondary"):
		return s + " (from secondary sources)"
	}
	return s + " (not verified)"
}

// Baseline is one published document.
type Baseline struct{ rows []row }

// Named returns the baseline of that name, and false if there is none.
func Named(name string) (Baseline, bool) {
	b, ok := tables().baselines[name]
	return b, ok
}

// Requirement returns what b says of a. It reports false where b does not
// speak of a.
func (b Baseline) Requirement(a proposals.Algorithm) (Requirement, bool) {
	for _, wantDefault := range []bool{false, true} {
		for _, r := range b.rows {
			if r.match.rest == wantDefault && r.match.holds(a) {
				return r.Requirement, true
			}
		}
	}
	return Requirement{}, false
}

// Required returns the algorithms at level MUST, in the order of the document.
func (b Baseline) Required() []proposals.Algorithm {
	var out []proposals.Algorithm
	for _, r := range b.rows {
		if r.Level == "MUST" {
			out = append(out, r.match.algorithms()...)
		}
	}
	return out
}

type row struct {
	Requirement
	match match
}

// match is the set of algorithms that a row is about.
type match struct {
	axis       proposals.Axis
	observable bool // false: the row is about nothing that an IKE SA negotiates
	rest       bool // every algorithm of the axis that no other row names
	ids        []idRange
	keyBits    []uint16 // empty: any
}

type idRange struct{ first, last uint16 }

func (m match) holds(a proposals.Algorithm) bool {
	if !m.observable || m.axis != a.Axis {
		return false
	}
	if len(m.keyBits) > 0 && a.KeyBits != 0 && !slices.Contains(m.keyBits, a.KeyBits) {
		return false
	}
	return m.rest || slices.ContainsFunc(m.ids, func(r idRange) bool { return r.first <= a.ID && a.ID <= r.last })
}

// algorithms lists what m names, one for each key length that it gives.
func (m match) algorithms() []proposals.Algorithm {
	if !m.observable {
		return nil
	}
	keyBits := m.keyBits
	if len(keyBits) == 0 {
		keyBits = []uint16{0}
	}
	var out []proposals.Algorithm
	for _, r := range m.ids {
		for id := int(r.first); id <= int(r.last); id++ {
			for _, bits := range keyBits {
				out = append(out, proposals.Algorithm{Axis: m.axis, ID: uint16(id), KeyBits: bits})
			}
		}
	}
	return out
}

//go:embed baselines.csv
var baselinesCSV string

//go:embed weaknesses.csv
var weaknessesCSV string

type embedded struct {
	baselines  map[string]Baseline
	weaknesses []weakRow
	weak       map[transformID]*weakRow
	advised    [proposals.NumAxes][]proposals.Algorithm
}

// tables reads the embedded files once. They are part of the program: a fault
// in them is a programmer's.
var tables = sync.OnceValue(func() embedded {
	baselines, err := readBaselines(baselinesCSV)
	if err != nil {
		panic("baseline: internal error: baselines.csv: " + err.Error())
	}
	weaknesses, err := readWeaknesses(weaknessesCSV)
	if err != nil {
		panic("baseline: internal error: weaknesses.csv: " + err.Error())
	}
	advised, err := readAdvised(advisedCSV)
	if err != nil {
		panic("baseline: internal error: advised.csv: " + err.Error())
	}
	return embedded{baselines, weaknesses, weakRows(weaknesses), advised}
})

func readBaselines(text string) (map[string]Baseline, error) {
	records, err := table.Read(text, "baseline", "baseline_version_date", "scope", "transform_type", "ids",
		"transform", "key_bits", "level", "source_section", "verification", "notes")
	if err != nil {
		return nil, err
	}
	out := map[string]Baseline{}
	for _, f := range records {
		m, err := parseMatch(f["transform_type"], f["ids"], f["key_bits"])
		if err != nil {
			return nil, fmt.Errorf("%s %s: %w", f["baseline"], f["transform"], err)
		}
		b := out[f["baseline"]]
		b.rows = append(b.rows, row{Requirement{
			Baseline: f["baseline"], Transform: f["transform"], Level: Level(f["level"]),
			Section: f["source_section"], Verification: f["verification"], Notes: f["notes"],
		}, m})
		out[f["baseline"]] = b
	}
	return out, nil
}

// parseMatch reads a transform type, its ids ("12", "1,5-7", "*" or empty) and
// key lengths in bits ("128,256" or empty).
func parseMatch(axis, ids, keyBits string) (match, error) {
	var m match
	if ids == "" {
		return m, nil
	}
	m.observable = true
	switch axis {
	case "ENCR":
		m.axis = proposals.ENCR
	case "PRF":
		m.axis = proposals.PRF
	case "INTEG":
		m.axis = proposals.INTEG
	case "KE":
		m.axis = proposals.KE
	case "ADDKE":
		m.axis = proposals.ADDKE1
	default:
		return m, fmt.Errorf("%q is not a transform type with ids", axis)
	}
	if keyBits != "" {
		for word := range strings.SplitSeq(keyBits, ",") {
			bits, err := strconv.ParseUint(word, 10, 16)
			if err != nil {
				return m, err
			}
			m.keyBits = append(m.keyBits, uint16(bits))
		}
	}
	if ids == "*" {
		m.rest = true
		return m, nil
	}
	for word := range strings.SplitSeq(ids, ",") {
		from, to, isRange := strings.Cut(word, "-")
		if !isRange {
			to = from
		}
		first, err := strconv.ParseUint(from, 10, 16)
		if err != nil {
			return m, err
		}
		last, err := strconv.ParseUint(to, 10, 16)
		if err != nil {
			return m, err
		}
		m.ids = append(m.ids, idRange{uint16(first), uint16(last)})
	}
	return m, nil
}
