package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/baseline"
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

// maxValues and maxCells bound the work of drawing, in algorithms of an axis
// and in cells times products: a document may come from anywhere.
const (
	maxValues = 256
	maxCells  = 64 << 20
)

// newPicture draws t's matrix. It reports false if there is nothing to draw,
// or too much.
func newPicture(t *Target) (*picture, bool) {
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
func (g *grid) picture(live layer) *picture {
	pic := &picture{never: map[proposals.Axis][]proposals.Algorithm{}}
	for _, axis := range judgedAxes {
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

// layer is the suites of one product, as a set of values for each axis.
type layer [proposals.KE + 1][]bool

// grid has a mark for each suite of ENCR, PRF, INTEG and KE.
type grid struct {
	values [proposals.KE + 1][]proposals.Algorithm
	marks  map[triple][]byte // a mark for each value of KE
	// asked, live and accepted tell of each value whether it was asked about,
	// and whether a suite that holds it is accepted or undecided, or accepted.
	asked, live, accepted layer
}

// triple is a cipher, a PRF and an integrity algorithm, as indices of values.
type triple struct{ encr, prf, integ int }

// newGrid paints the products of t over each other: what was asked as refused,
// then what is undecided, inferred and observed.
func newGrid(t *Target) (*grid, bool) {
	type paint struct {
		product proposals.Product
		mark    byte
	}
	var coats []paint
	f := newFacts(t)
	for _, p := range f.asked {
		coats = append(coats, paint{p, markRefused})
	}
	for _, u := range t.Matrix.Undecided {
		mark := byte(markNotTested)
		if u.State == "no_answer" {
			mark = markNoAnswer
		}
		for _, p := range parse(u.Suites) {
			coats = append(coats, paint{p, mark})
		}
	}
	for _, basis := range []string{"inferred", "observed"} {
		for i, a := range t.Matrix.Products {
			mark := byte(markObserved)
			if basis == "inferred" {
				mark = markInferred
			}
			if a.Basis == basis {
				coats = append(coats, paint{f.accepted[i], mark})
			}
		}
	}
	g := &grid{marks: map[triple][]byte{}}
	var painted []paint
	for _, c := range coats {
		part, ok := classicalPart(c.product)
		if !ok {
			continue
		}
		if len(part[proposals.INTEG]) == 0 {
			part[proposals.INTEG] = []proposals.Algorithm{proposals.None(proposals.INTEG)}
		}
		painted = append(painted, paint{part, c.mark})
		for _, axis := range judgedAxes {
			if len(part[axis]) > maxValues {
				return nil, false
			}
			for _, a := range part[axis] {
				if !holds(g.values[axis], a) {
					g.values[axis] = append(g.values[axis], a)
				}
			}
		}
		if size := len(g.values[0]) * len(g.values[1]) * len(g.values[2]) * len(g.values[3]); size*len(painted) > maxCells {
			return nil, false
		}
	}
	for _, axis := range judgedAxes {
		slices.SortStableFunc(g.values[axis], byWorth)
		g.asked[axis] = make([]bool, len(g.values[axis]))
		g.live[axis] = make([]bool, len(g.values[axis]))
		g.accepted[axis] = make([]bool, len(g.values[axis]))
	}
	for _, c := range painted {
		g.paint(g.layer(c.product), c.mark)
	}
	return g, true
}

// byWorth orders sound algorithms before weak ones, AEAD ciphers before the
// others, what RFC 8247 asks for before the rest, and then by number. Key
// exchange methods keep to their numbers, which people know.
func byWorth(a, b proposals.Algorithm) int {
	return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a.ID, b.ID), cmp.Compare(a.KeyBits, b.KeyBits))
}

func rank(a proposals.Algorithm) int {
	if w, weak := baseline.WeaknessOf(a); weak {
		return 100 - w.Severity.Rank()
	}
	r := 0
	if a.Axis == proposals.ENCR && !a.AEAD() {
		r = 10
	}
	if a.Axis == proposals.KE {
		return r
	}
	rfc8247, _ := baseline.Named(baseline.RFC8247)
	a.KeyBits = 0 // the lengths of a key stay together
	said, _ := rfc8247.Requirement(a)
	switch {
	case said.Level == "MUST":
		return r
	case strings.HasPrefix(string(said.Level), "SHOULD") && !strings.Contains(said.Notes, "IoT"):
		return r + 1
	}
	return r + 2
}

func (g *grid) layer(p proposals.Product) layer {
	var l layer
	for axis := range l {
		l[axis] = make([]bool, len(g.values[axis]))
		for i, a := range g.values[axis] {
			l[axis][i] = holds(p[axis], a)
		}
	}
	return l
}

func (g *grid) paint(l layer, mark byte) {
	for axis := range l {
		for i, in := range l[axis] {
			if !in {
				continue
			}
			switch mark {
			case markRefused:
				g.asked[axis][i] = true
			case markInferred, markObserved:
				g.accepted[axis][i] = true
				fallthrough
			default:
				g.live[axis][i] = true
			}
		}
	}
	for e, in := range l[proposals.ENCR] {
		if !in {
			continue
		}
		for p, in := range l[proposals.PRF] {
			if !in {
				continue
			}
			for i, in := range l[proposals.INTEG] {
				if !in {
					continue
				}
				cells := g.marks[triple{e, p, i}]
				if cells == nil {
					cells = []byte(strings.Repeat(string(markOutside), len(g.values[proposals.KE])))
					g.marks[triple{e, p, i}] = cells
				}
				for k, in := range l[proposals.KE] {
					if in {
						cells[k] = mark
					}
				}
			}
		}
	}
}

// groups gathers the triples that are not refused throughout into rows: for
// each cipher, PRFs and integrity algorithms with equal cells; then ciphers
// with the same of those.
func (g *grid) groups(live layer) []rowGroup {
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

func (g *grid) blocks(e int, live layer) []block {
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

func liveCells(marks []byte, live layer) string {
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

// family is a cipher without its key length.
func family(a proposals.Algorithm) string {
	a.KeyBits = 0
	return a.Label()
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

// weakMark is "!!" beside what is critical or high, "!" beside what is less.
func weakMark(a proposals.Algorithm) string {
	w, ok := baseline.WeaknessOf(a)
	switch {
	case !ok:
		return ""
	case w.Severity.Rank() <= baseline.High.Rank():
		return "!!"
	}
	return "!"
}
