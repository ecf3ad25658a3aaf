package text

import (
	"fmt"
	"strings"

	"github.com/ikescope/ikescope/proposals"
	"github.com/ikescope/ikescope/proposals/baseline"
	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/internal/layout"
	"github.com/ikescope/ikescope/report/internal/lists"
	"github.com/ikescope/ikescope/report/internal/picture"
)

// picture draws the rows below names or numbers of key exchange methods, in
// blocks where they do not fit side by side.
func (p *page) picture(pic *picture.Picture) {
	left := pictureLeft(pic)
	labels := lists.Convert(pic.Columns, proposals.Algorithm.Label)
	widths := lists.Convert(labels, func(l string) int { return layout.Columns(l) + 2 })
	byNumber := sum(widths) > p.Width-left
	if byNumber {
		labels = lists.Convert(pic.Columns, func(a proposals.Algorithm) string { return fmt.Sprint(a.ID) })
		widths = lists.Convert(labels, func(l string) int { return max(2, layout.Columns(l)) + 1 })
	}
	for from := 0; from < len(labels); {
		to := from + 1
		for to < len(labels) && sum(widths[from:to+1]) <= p.Width-left {
			to++
		}
		p.Wide("")
		p.columnHeads(pic.Columns[from:to], labels[from:to], left, widths[from:to])
		for _, g := range pic.Groups {
			p.rowGroup(g, from, left, widths[from:to])
		}
		from = to
	}
	p.Wide("")
	if byNumber {
		p.List("columns    ", lists.Convert(pic.Columns, func(a proposals.Algorithm) string {
			return fmt.Sprintf("%d %s", a.ID, a.Label())
		}))
	}
	p.legend(pic)
	if pic.Partial {
		p.Text(0, "Most of what is unknown is outside this picture: the JSON report lists it.")
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
func pictureLeft(pic *picture.Picture) int {
	left := 0
	for _, g := range pic.Groups {
		for _, r := range g.Rows {
			left = max(left, layout.Columns(r.Label()))
		}
	}
	return left + 8
}

func (p *page) columnHeads(methods []proposals.Algorithm, labels []string, left int, widths []int) {
	head, marks := strings.Repeat(" ", left), strings.Repeat(" ", left)
	weak := false
	for i, m := range methods {
		head += layout.Center(labels[i], widths[i])
		mark := weakMark(m)
		weak = weak || mark != ""
		marks += p.Paint(markStyle(mark), layout.Center(mark, widths[i]))
	}
	p.Wide(head)
	if weak {
		p.Wide(marks)
	}
}

// rowGroup writes the PRFs and integrity algorithms that rows share, and the
// rows with as many columns, beginning with from, as widths has.
func (p *page) rowGroup(g picture.Group, from, left int, widths []int) {
	heading := "AEAD ciphers, prf " + markedLabels(g.PRFs)
	if len(g.Integs) > 0 {
		heading = "integrity " + markedLabels(g.Integs) + ", prf " + markedLabels(g.PRFs)
	}
	for _, line := range layout.Wrap(heading, p.Width-2, 4) {
		p.Wide("  " + line)
	}
	for _, r := range g.Rows {
		mark := weakMark(r.Ciphers[0])
		line := "    " + layout.Pad(r.Label(), left-7) + p.Paint(markStyle(mark), layout.Pad(mark, 3))
		for i, width := range widths {
			c := r.Cells[from+i]
			line += p.Paint(cellStyle(c), layout.Center(string(rune(c)), width))
		}
		p.Wide(line)
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
		return layout.Red
	case "!":
		return layout.Yellow
	}
	return ""
}

func cellStyle(cell byte) string {
	switch cell {
	case picture.MarkObserved, picture.MarkInferred:
		return layout.Green
	case picture.MarkNoAnswer:
		return layout.Yellow
	}
	return layout.Dim
}

// legend explains the marks that the picture uses.
func (p *page) legend(pic *picture.Picture) {
	used := map[byte]bool{}
	marks := map[string]bool{}
	for _, m := range pic.Columns {
		marks[weakMark(m)] = true
	}
	for _, g := range pic.Groups {
		for _, list := range [][]proposals.Algorithm{g.PRFs, g.Integs} {
			for _, a := range list {
				marks[weakMark(a)] = true
			}
		}
		for _, r := range g.Rows {
			marks[weakMark(r.Ciphers[0])] = true
			for _, c := range r.Cells {
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
		{picture.MarkObserved, "observed"}, {picture.MarkInferred, "inferred from samples"}, {picture.MarkRefused, "refused"},
		{picture.MarkNoAnswer, "no answer"}, {picture.MarkNotTested, "not tested"},
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
		width := layout.Columns(e.mark) + 1 + layout.Columns(e.word) + 3
		if at+width-3 > p.Width-layout.Margin {
			p.Raw(line)
			line, at = "", 0
		}
		line += p.Paint(e.style, e.mark) + " " + e.word + "   "
		at += width
	}
	p.Raw(line)
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
