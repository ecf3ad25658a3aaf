package text

import (
	"fmt"
	"strings"

	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/report/internal/lists"
)

// picture draws the rows below names or numbers of key exchange methods, in
// blocks where they do not fit side by side.
func (p *page) picture(pic *picture) {
	left := pictureLeft(pic)
	labels := lists.Convert(pic.columns, proposals.Algorithm.Label)
	widths := lists.Convert(labels, func(l string) int { return columns(l) + 2 })
	byNumber := sum(widths) > p.width-left
	if byNumber {
		labels = lists.Convert(pic.columns, func(a proposals.Algorithm) string { return fmt.Sprint(a.ID) })
		widths = lists.Convert(labels, func(l string) int { return max(2, columns(l)) + 1 })
	}
	for from := 0; from < len(labels); {
		to := from + 1
		for to < len(labels) && sum(widths[from:to+1]) <= p.width-left {
			to++
		}
		p.wide("")
		p.columnHeads(pic.columns[from:to], labels[from:to], left, widths[from:to])
		for _, g := range pic.groups {
			p.rowGroup(g, from, left, widths[from:to])
		}
		from = to
	}
	p.wide("")
	if byNumber {
		p.list("columns    ", lists.Convert(pic.columns, func(a proposals.Algorithm) string {
			return fmt.Sprintf("%d %s", a.ID, a.Label())
		}))
	}
	p.legend(pic)
	if pic.partial {
		p.text(0, "Most of what is unknown is outside this picture: the JSON report lists it.")
	}
}

func sum(widths []int) int {
	total := 0
	for _, w := range widths {
		total += w
	}
	return total
}

// pictureLeft is the width of the row labels: indent, label, gap and mark.
func pictureLeft(pic *picture) int {
	left := 0
	for _, g := range pic.groups {
		for _, r := range g.rows {
			left = max(left, columns(r.label()))
		}
	}
	return left + 8
}

func (p *page) columnHeads(methods []proposals.Algorithm, labels []string, left int, widths []int) {
	head, marks := strings.Repeat(" ", left), strings.Repeat(" ", left)
	weak := false
	for i, m := range methods {
		head += center(labels[i], widths[i])
		mark := weakMark(m)
		weak = weak || mark != ""
		marks += p.paint(markStyle(mark), center(mark, widths[i]))
	}
	p.wide(head)
	if weak {
		p.wide(marks)
	}
}

// rowGroup writes the PRFs and integrity algorithms that rows share, and the
// rows with as many columns, beginning with from, as widths has.
func (p *page) rowGroup(g rowGroup, from, left int, widths []int) {
	heading := "AEAD ciphers, prf " + markedLabels(g.prfs)
	if len(g.integs) > 0 {
		heading = "integrity " + markedLabels(g.integs) + ", prf " + markedLabels(g.prfs)
	}
	for _, line := range wrap(heading, p.width-2, 4) {
		p.wide("  " + line)
	}
	for _, r := range g.rows {
		mark := weakMark(r.ciphers[0])
		line := "    " + pad(r.label(), left-7) + p.paint(markStyle(mark), pad(mark, 3))
		for i, width := range widths {
			c := r.cells[from+i]
			line += p.paint(cellStyle(c), center(string(rune(c)), width))
		}
		p.wide(line)
	}
}

// markedLabels lists algorithms, each with its mark where it is weak.
func markedLabels(list []proposals.Algorithm) string {
	return strings.Join(lists.Convert(list, func(a proposals.Algorithm) string {
		return a.Label() + weakMark(a)
	}), " ")
}

func markStyle(mark string) string {
	switch mark {
	case "!!":
		return red
	case "!":
		return yellow
	}
	return ""
}

func cellStyle(cell byte) string {
	switch cell {
	case markObserved, markInferred:
		return green
	case markNoAnswer:
		return yellow
	}
	return dim
}

// legend explains the marks that the picture uses.
func (p *page) legend(pic *picture) {
	used := map[byte]bool{}
	marks := map[string]bool{}
	for _, m := range pic.columns {
		marks[weakMark(m)] = true
	}
	for _, g := range pic.groups {
		for _, list := range [][]proposals.Algorithm{g.prfs, g.integs} {
			for _, a := range list {
				marks[weakMark(a)] = true
			}
		}
		for _, r := range g.rows {
			marks[weakMark(r.ciphers[0])] = true
			for _, c := range r.cells {
				used[c] = true
			}
		}
	}
	type entry struct{ mark, word, style string }
	var entries []entry
	for _, e := range []struct {
		mark byte
		word string
	}{
		{markObserved, "observed"}, {markInferred, "inferred from samples"}, {markRefused, "refused"},
		{markNoAnswer, "no answer"}, {markNotTested, "not tested"},
	} {
		if used[e.mark] {
			entries = append(entries, entry{string(rune(e.mark)), e.word, cellStyle(e.mark)})
		}
	}
	for _, e := range []struct{ mark, word string }{{"!", "weak"}, {"!!", "very weak"}} {
		if marks[e.mark] {
			entries = append(entries, entry{e.mark, e.word, markStyle(e.mark)})
		}
	}
	line, at := "", 0
	for _, e := range entries {
		width := columns(e.mark) + 1 + columns(e.word) + 3
		if at+width-3 > p.width-margin {
			p.raw(line)
			line, at = "", 0
		}
		line += p.paint(e.style, e.mark) + " " + e.word + "   "
		at += width
	}
	p.raw(line)
}
