package picture

import (
	"slices"
	"strings"

	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/assess"
)

// maxValues and maxCells bound the work of drawing, in algorithms of an axis
// and in cells times products: a document may come from anywhere.
const (
	maxValues = 256
	maxCells  = 64 << 20
)

// Axes are those of a picture.
var Axes = []proposals.Axis{proposals.ENCR, proposals.PRF, proposals.INTEG, proposals.KE}

// valueSets is the suites of one product, as a set of values for each axis.
type valueSets [proposals.KE + 1][]bool

// grid has a mark for each suite of ENCR, PRF, INTEG and KE.
type grid struct {
	values [proposals.KE + 1][]proposals.Algorithm
	marks  map[triple][]byte // a mark for each value of KE
	// asked, live and accepted say of each value whether it was asked about,
	// and whether a suite that holds it is accepted or undecided, or accepted.
	asked, live, accepted valueSets
}

// triple is a cipher, a PRF and an integrity algorithm, as indices of values.
type triple struct{ encr, prf, integ int }

// layer is the suites of a product, and the mark that they get.
type layer struct {
	product proposals.Product
	mark    byte
}

// newLayers returns the layers of t, the last on top: what was asked as
// refused, then what is undecided, inferred and observed.
func newLayers(t *report.Target) []layer {
	var layers []layer
	add := func(p proposals.Product, mark byte) {
		part, ok := assess.ClassicalPart(p)
		if !ok {
			return
		}
		if len(part[proposals.INTEG]) == 0 {
			part[proposals.INTEG] = []proposals.Algorithm{proposals.None(proposals.INTEG)}
		}
		layers = append(layers, layer{part, mark})
	}
	f := assess.FactsOf(t)
	for _, p := range f.Asked {
		add(p, MarkRefused)
	}
	for _, u := range t.Matrix.Undecided {
		mark := byte(MarkNotTested)
		if u.State == report.StateNoAnswer {
			mark = MarkNoAnswer
		}
		for _, p := range assess.ParseKeywords(u.Suites) {
			add(p, mark)
		}
	}
	for _, top := range []struct {
		basis report.Basis
		mark  byte
	}{{report.BasisInferred, MarkInferred}, {report.BasisObserved, MarkObserved}} {
		for i, a := range t.Matrix.Products {
			if a.Basis == top.basis {
				add(f.Accepted[i], top.mark)
			}
		}
	}
	return layers
}

// newGrid lays the products of t over each other. It reports false if that is
// too much work.
func newGrid(t *report.Target) (*grid, bool) {
	g := &grid{marks: map[triple][]byte{}}
	layers := newLayers(t)
	for i, c := range layers {
		for _, axis := range Axes {
			if len(c.product[axis]) > maxValues {
				return nil, false
			}
			for _, a := range c.product[axis] {
				if !slices.Contains(g.values[axis], a) {
					g.values[axis] = append(g.values[axis], a)
				}
			}
		}
		if size := len(g.values[0]) * len(g.values[1]) * len(g.values[2]) * len(g.values[3]); size*(i+1) > maxCells {
			return nil, false
		}
	}
	for _, axis := range Axes {
		slices.SortStableFunc(g.values[axis], assess.BestFirst)
		g.asked[axis] = make([]bool, len(g.values[axis]))
		g.live[axis] = make([]bool, len(g.values[axis]))
		g.accepted[axis] = make([]bool, len(g.values[axis]))
	}
	for _, c := range layers {
		g.draw(g.setsOf(c.product), c.mark)
	}
	return g, true
}

func (g *grid) setsOf(p proposals.Product) valueSets {
	var l valueSets
	for axis := range l {
		l[axis] = make([]bool, len(g.values[axis]))
		for i, a := range g.values[axis] {
			l[axis][i] = slices.Contains(p[axis], a)
		}
	}
	return l
}

func (g *grid) draw(l valueSets, mark byte) {
	for axis := range l {
		for i, in := range l[axis] {
			if !in {
				continue
			}
			switch mark {
			case MarkRefused:
				g.asked[axis][i] = true
			case MarkInferred, MarkObserved:
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
