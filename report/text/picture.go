package text

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/baseline"
	"github.com/ikescope/ikescope/report"
)

// Marks of a cell of the picture. A cell stands for all suites of its row and
// column, which have one state.
const (
	markOutside   = ' ' // not in the universe
	markRefused   = '.'
	markNotTested = '-'
	markNoAnswer  = '?'
	markInferred  = '+'
	markObserved  = '#'
)

// picture is the matrix without additional key exchanges, for people: ciphers
// down, key exchange methods across. Suites that differ in PRF or integrity
// alone share a row where their cells are equal.
type picture struct {
	columns []proposals.Algorithm // key exchange methods that any row needs
	groups  []rowGroup
	// partial: rows and columns without an accepted suite were left out, which
	// were too many.
	partial bool
	// never holds, for each axis, what was asked and refused in every suite.
	never map[proposals.Axis][]proposals.Algorithm
}

// rowGroup is the rows that share their PRFs and integrity algorithms.
type rowGroup struct {
	prfs, integs []proposals.Algorithm // integs is empty for AEAD
	rows         []row
}

// row is the key lengths of one cipher with equal cells.
type row struct {
	ciphers []proposals.Algorithm
	cells   []byte // a mark for each column
}

// newPicture draws t's matrix. It reports false if there is nothing to draw,
// or too much.
func newPicture(t *report.Target) (*picture, bool) {
	g, ok := newGrid(t)
	if !ok {
		return nil, false
	}
	pic := g.picture(g.live)
	if rows := pic.rows(); rows > mostRows || len(pic.columns) > mostColumns {
		// An accepted row cannot be left out, an undecided one can.
		if accepted := g.picture(g.accepted); accepted.rows() < rows || len(accepted.columns) < len(pic.columns) {
			accepted.never, accepted.partial = pic.never, true
			pic = accepted
		}
	}
	return pic, len(pic.groups) > 0
}

// A picture of more rows or columns than these leaves undecided ones out.
const (
	mostRows    = 24
	mostColumns = 18
)

func (pic *picture) rows() int {
	n := 0
	for _, g := range pic.groups {
		n += len(g.rows)
	}
	return n
}

// picture draws the rows and columns with one of the values of live.
func (g *grid) picture(live valueSets) *picture {
	pic := &picture{never: map[proposals.Axis][]proposals.Algorithm{}}
	for _, axis := range gridAxes {
		for i, a := range g.values[axis] {
			if !live[axis][i] && g.asked[axis][i] && !a.IsNone() {
				pic.never[axis] = append(pic.never[axis], a)
			}
		}
	}
	for i, a := range g.values[proposals.KE] {
		if live[proposals.KE][i] {
			pic.columns = append(pic.columns, a)
		}
	}
	pic.groups = g.groups(live)
	return pic
}

// groups gathers the triples that are not refused throughout into rows: for
// each cipher, PRFs and integrity algorithms with equal cells; then ciphers
// with the same of those.
func (g *grid) groups(live valueSets) []rowGroup {
	var out []rowGroup
	index := map[string]int{} // of out, by PRFs and integrity algorithms
	for e, cipher := range g.values[proposals.ENCR] {
		for _, b := range g.blocks(e, live) {
			key := fmt.Sprint(b.prfs, b.integs)
			at, ok := index[key]
			if !ok {
				at = len(out)
				index[key] = at
				out = append(out, rowGroup{g.pick(proposals.PRF, b.prfs), g.pick(proposals.INTEG, b.integs), nil})
			}
			rows := out[at].rows
			if i := slices.IndexFunc(rows, func(r row) bool {
				return family(r.ciphers[0]) == family(cipher) && string(r.cells) == b.cells
			}); i >= 0 {
				rows[i].ciphers = append(rows[i].ciphers, cipher)
			} else {
				out[at].rows = append(rows, row{[]proposals.Algorithm{cipher}, []byte(b.cells)})
			}
		}
	}
	return out
}

// block is the PRFs and integrity algorithms, each with each, with which a
// cipher has the same cells.
type block struct {
	prfs, integs []int
	cells        string // of the live columns
}

func (g *grid) blocks(e int, live valueSets) []block {
	var out []block
	if !live[proposals.ENCR][e] {
		return nil
	}
	for i := range g.values[proposals.INTEG] {
		if !live[proposals.INTEG][i] {
			continue
		}
		byCells := map[string][]int{} // PRFs
		var order []string
		for p := range g.values[proposals.PRF] {
			cells := liveCells(g.marks[triple{e, p, i}], live)
			if !live[proposals.PRF][p] || strings.Trim(cells, string([]byte{markOutside, markRefused})) == "" {
				continue
			}
			if byCells[cells] == nil {
				order = append(order, cells)
			}
			byCells[cells] = append(byCells[cells], p)
		}
		for _, cells := range order {
			same := func(b block) bool { return b.cells == cells && slices.Equal(b.prfs, byCells[cells]) }
			if at := slices.IndexFunc(out, same); at >= 0 {
				out[at].integs = append(out[at].integs, i)
			} else {
				out = append(out, block{byCells[cells], []int{i}, cells})
			}
		}
	}
	return out
}

func liveCells(marks []byte, live valueSets) string {
	var cells []byte
	for k, mark := range marks {
		if live[proposals.KE][k] {
			cells = append(cells, mark)
		}
	}
	return string(cells)
}

func (g *grid) pick(axis proposals.Axis, indices []int) []proposals.Algorithm {
	var out []proposals.Algorithm
	for _, i := range indices {
		if a := g.values[axis][i]; !a.IsNone() {
			out = append(out, a)
		}
	}
	return out
}

// label names the ciphers of r: "AES_GCM_16 128 192 256".
func (r row) label() string {
	s := family(r.ciphers[0])
	for _, c := range r.ciphers {
		if c.KeyBits != 0 {
			s += fmt.Sprintf(" %d", c.KeyBits)
		}
	}
	return s
}

// family is a cipher without its key length.
func family(a proposals.Algorithm) string {
	a.KeyBits = 0
	return a.Label()
}

// weakMark is "!!" beside what is critical or high, "!" beside what is less.
func weakMark(a proposals.Algorithm) string {
	if w, ok := baseline.WeaknessOf(a); ok {
		return severityMark(report.Severity(w.Severity))
	}
	return ""
}

// severityMark marks what is weak by s.
func severityMark(s report.Severity) string {
	if s.Rank() <= report.SeverityHigh.Rank() {
		return "!!"
	}
	return "!"
}
