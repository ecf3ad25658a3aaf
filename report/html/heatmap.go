package html

import (
	"strings"

	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/baseline"
	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/internal/picture"
	"github.com/ikescope/ikescope/report/spelling"
)

// heatMap is a matrix as an SVG, and as a table for those who do not see it.
type heatMap struct {
	Width, Height int
	Columns       []mapColumn
	Groups        []mapGroup
	Legend        []mapLegend
	Partial       bool
	Left, Top     int
}

type mapColumn struct {
	Label, Name string
	Weak        string // "", "!" or "!!"
	X           int    // of the middle
}

type mapGroup struct {
	Title string
	Y     int // of the baseline of the title
	Rows  []mapRow
}

type mapRow struct {
	Label, Weak string
	Y           int // of the upper edge
	Text        int // of the baseline of text
	Cells       []mapCell
}

type mapCell struct {
	X, Y   int
	TX, TY int // of the mark
	State  string
	Mark   string
	Words  string // for a reader who points at it
}

type mapLegend struct{ State, Mark, Words string }

const (
	cellSize  = 26
	cellGap   = 2
	labelSize = 8 // of a character, about
	headSize  = 124
)

// states are those of cells: the class, the mark and the words.
var states = map[byte]mapLegend{
	picture.MarkObserved:  {"observed", "#", "accepted, and seen so"},
	picture.MarkInferred:  {"inferred", "+", "accepted, inferred from samples"},
	picture.MarkRefused:   {"refused", ".", "refused"},
	picture.MarkNoAnswer:  {"noanswer", "?", "no answer"},
	picture.MarkNotTested: {"untested", "-", "not tested"},
}

func newHeatMap(pic *picture.Picture, names spelling.Names) *heatMap {
	label := names.Label
	labelOf := func(r picture.Row) string { return r.Label(label) }
	m := &heatMap{Top: headSize, Partial: pic.Partial}
	for _, g := range pic.Groups {
		for _, r := range g.Rows {
			m.Left = max(m.Left, labelSize*(len(labelOf(r))+4))
		}
	}
	m.Left = max(m.Left, 120)
	used := map[byte]bool{}
	for i, k := range pic.Columns {
		m.Columns = append(m.Columns, mapColumn{Label: names.Listed(k), Name: k.Name(), Weak: weak(k), X: m.Left + i*(cellSize+cellGap) + cellSize/2})
	}
	y := m.Top
	for _, g := range pic.Groups {
		group := mapGroup{Title: groupTitle(g, label), Y: y + 18}
		y += 26
		for _, r := range g.Rows {
			row := mapRow{Label: labelOf(r), Weak: weak(r.Ciphers[0]), Y: y, Text: y + 18}
			for i, c := range r.Cells {
				cell := mapCell{X: m.Left + i*(cellSize+cellGap), Y: y}
				cell.TX, cell.TY = cell.X+cellSize/2, y+18
				if s, ok := states[c]; ok {
					used[c] = true
					cell.State, cell.Mark = s.State, s.Mark
					cell.Words = row.Label + " with " + m.Columns[i].Label + ", " + group.Title + ": " + s.Words
				}
				row.Cells = append(row.Cells, cell)
			}
			group.Rows = append(group.Rows, row)
			y += cellSize + cellGap
		}
		m.Groups = append(m.Groups, group)
		m.Width = max(m.Width, 16+(labelSize+1)*len(group.Title))
	}
	m.Width = max(m.Width, m.Left+len(pic.Columns)*(cellSize+cellGap)+60)
	m.Height = y + 4
	for _, c := range []byte{picture.MarkObserved, picture.MarkInferred, picture.MarkRefused, picture.MarkNoAnswer, picture.MarkNotTested} {
		if used[c] {
			m.Legend = append(m.Legend, states[c])
		}
	}
	return m
}

func groupTitle(g picture.Group, label func(proposals.Algorithm) string) string {
	prfs := labels(g.PRFs, label)
	if !strings.HasPrefix(prfs, "prf") { // strongSwan's names say it
		prfs = "PRF " + prfs
	}
	if len(g.Integs) == 0 {
		return "AEAD ciphers, " + prfs
	}
	return "integrity " + labels(g.Integs, label) + ", " + prfs
}

func labels(list []proposals.Algorithm, label func(proposals.Algorithm) string) string {
	var out []string
	for _, a := range list {
		out = append(out, label(a)+weak(a))
	}
	return strings.Join(out, " ")
}

// weak is "!!" beside what is critical or high, "!" beside what is less, as in the
// text report.
func weak(a proposals.Algorithm) string {
	w, ok := baseline.WeaknessOf(a)
	switch {
	case !ok:
		return ""
	case report.Severity(w.Severity).Rank() <= report.SeverityHigh.Rank():
		return "!!"
	}
	return "!"
}
