package picture

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/internal/lists"
)

// Marks of a cell of the picture. A cell stands for all suites of its row and
// column, which have one state.
const (
	markOutside   = ' ' // not in the universe
	MarkRefused   = '.'
	MarkNotTested = '-' // not offered
	MarkNoAnswer  = '?' // offered, and not answered
	MarkInferred  = '+' // accepted, by samples
	MarkObserved  = '#' // accepted, and seen so
)

// Picture is the matrix without additional key exchanges, for people: ciphers
// down, key exchange methods across. Suites that differ in PRF or integrity
// alone share a row where their cells are equal.
type Picture struct {
	Columns []proposals.Algorithm // key exchange methods that any row needs
	Groups  []Group
	// Partial: rows and columns without an accepted suite were left out, which
	// were too many.
	Partial bool
	// Never holds, for each axis, what was asked and refused in every suite.
	Never map[proposals.Axis][]proposals.Algorithm
}

// Group is the rows that share their PRFs and integrity algorithms.
type Group struct {
	PRFs, Integs []proposals.Algorithm // Integs is empty for AEAD
	Rows         []Row
}

// Row is the key lengths of one cipher with equal cells.
type Row struct {
	Ciphers []proposals.Algorithm
	Cells   []byte // a mark for each column
}

// Of draws t's matrix. It reports false if there is nothing to draw,
// or too much.
func Of(t *report.Target) (*Picture, bool) {
	g, ok := newGrid(t)
	if !ok {
		return nil, false
	}
	pic := g.picture(g.live)
	if rows := pic.rows(); rows > mostRows || len(pic.Columns) > mostColumns {
		// An accepted row cannot be left out, an undecided one can.
		if accepted := g.picture(g.accepted); accepted.rows() < rows || len(accepted.Columns) < len(pic.Columns) {
			accepted.Never, accepted.Partial = pic.Never, true
			pic = accepted
		}
	}
	return pic, len(pic.Groups) > 0
}

// A picture of more rows or columns than these leaves undecided ones out.
const (
	mostRows    = 24
	mostColumns = 18
)

func (pic *Picture) rows() int {
	n := 0
	for _, g := range pic.Groups {
		n += len(g.Rows)
	}
	return n
}

// picture draws the rows and columns with one of the values of live.
func (g *grid) picture(live valueSets) *Picture {
	pic := &Picture{Never: map[proposals.Axis][]proposals.Algorithm{}}
	for _, axis := range Axes {
		for i, a := range g.values[axis] {
			if !live[axis][i] && g.asked[axis][i] && !a.IsNone() {
				pic.Never[axis] = append(pic.Never[axis], a)
			}
		}
	}
	for i, a := range g.values[proposals.KE] {
		if live[proposals.KE][i] {
			pic.Columns = append(pic.Columns, a)
		}
	}
	pic.Groups = g.groups(live)
	return pic
}

// groups gathers the triples that are not refused throughout into rows: for
// each cipher, PRFs and integrity algorithms with equal cells; then ciphers
// with the same of those.
func (g *grid) groups(live valueSets) []Group {
	var out []Group
	index := map[string]int{} // of out, by PRFs and integrity algorithms
	for e, cipher := range g.values[proposals.ENCR] {
		for _, b := range g.blocks(e, live) {
			key := fmt.Sprint(b.prfs, b.integs)
			at, ok := index[key]
			if !ok {
				at = len(out)
				index[key] = at
				out = append(out, Group{g.pick(proposals.PRF, b.prfs), g.pick(proposals.INTEG, b.integs), nil})
			}
			rows := out[at].Rows
			if i := slices.IndexFunc(rows, func(r Row) bool {
				return Family(r.Ciphers[0]) == Family(cipher) && string(r.Cells) == b.cells
			}); i >= 0 {
				rows[i].Ciphers = append(rows[i].Ciphers, cipher)
			} else {
				out[at].Rows = append(rows, Row{[]proposals.Algorithm{cipher}, []byte(b.cells)})
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
			if !live[proposals.PRF][p] || strings.Trim(cells, string([]byte{markOutside, MarkRefused})) == "" {
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

// Label names the ciphers of r, each as label does, key lengths of one as
// aes128/256gcm16.
func (r Row) Label(label func(proposals.Algorithm) string) string {
	labels := lists.Convert(r.Ciphers, label)
	bits := func(a proposals.Algorithm) string { return strconv.Itoa(int(a.KeyBits)) }
	before, after, ok := strings.Cut(labels[0], bits(r.Ciphers[0]))
	lengths := lists.Convert(r.Ciphers, bits)
	for i, label := range labels {
		ok = ok && label == before+lengths[i]+after
	}
	if !ok {
		return strings.Join(labels, " ")
	}
	return before + strings.Join(lengths, "/") + after
}

// Family is a cipher without its key length.
func Family(a proposals.Algorithm) string {
	a.KeyBits = 0
	return a.Label()
}
