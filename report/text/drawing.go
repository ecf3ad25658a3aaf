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

// picture draws the rows below the names of key exchange methods and their numbers, or
// the numbers alone where the names do not fit side by side; in blocks where these do
// not either.
func (p *page) picture(pic *picture.Picture) {
	left := p.pictureLeft(pic)
	names, numbers, word := p.columnNames(pic)
	width := func(i int) int { return max(layout.Columns(names[i]), layout.Columns(numbers[i])) + 2 }
	total := 0
	for i := range names {
		total += width(i)
	}
	byNumber := total > p.Width-left
	if byNumber {
		width = func(i int) int { return max(2, layout.Columns(numbers[i])) + 1 }
	}
	widths := make([]int, len(names))
	for i := range names {
		widths[i] = width(i)
	}
	for from := 0; from < len(names); {
		to := from + 1
		for to < len(names) && sum(widths[from:to+1]) <= p.Width-left {
			to++
		}
		if !byNumber && strings.Join(names[from:to], "") != "" {
			p.columnHeads("", nil, names[from:to], left, widths[from:to])
		}
		if strings.Join(numbers[from:to], "") != "" {
			p.columnHeads(word, pic.Columns[from:to], numbers[from:to], left, widths[from:to])
		}
		for _, g := range pic.Groups {
			p.rowGroup(g, from, left, widths[from:to])
		}
		from = to
	}
	if byNumber {
		var key []string
		for i, a := range pic.Columns {
			if names[i] != "" {
				key = append(key, fmt.Sprintf("%d %s", a.ID, names[i]))
			}
		}
		p.List("columns    ", key)
	}
	p.legend(pic)
	if pic.Partial {
		p.Text(0, "Most of what is unknown is outside this picture: the JSON report lists it.")
	}
}

// columnNames returns the names of the columns, and their numbers with the marks of what is
// weak: no name where it is the number alone, which the word says what it is of.
func (p *page) columnNames(pic *picture.Picture) (names, numbers []string, word string) {
	for _, a := range pic.Columns {
		name := p.names.Label(a)
		if p.names.IsNumber(a) {
			name, word = "", p.names.GroupWord()
		}
		names = append(names, name)
		numbers = append(numbers, fmt.Sprint(a.ID)+weakMark(a))
	}
	return names, numbers, word
}

func sum(widths []int) int {
	total := 0
	for _, w := range widths {
		total += w
	}
	return total
}

// pictureLeft is the width of the row labels: indent, label, gap and mark.
func (p *page) pictureLeft(pic *picture.Picture) int {
	left := 0
	for _, g := range pic.Groups {
		for _, r := range g.Rows {
			left = max(left, layout.Columns(p.rowLabel(r)))
		}
	}
	return left + 8
}

// columnHeads writes labels above columns, behind a word for all of them, those of methods
// that are weak in their colour.
func (p *page) columnHeads(word string, methods []proposals.Algorithm, labels []string, left int, widths []int) {
	head := layout.Pad("    "+word, left)
	for i, label := range labels {
		style := ""
		if methods != nil {
			style = markStyle(weakMark(methods[i]))
		}
		head += p.Paint(style, layout.Center(label, widths[i]))
	}
	p.Wide(head)
}

// rowGroup writes the PRFs and integrity algorithms that rows share, and the
// rows with as many columns, beginning with from, as widths has.
func (p *page) rowGroup(g picture.Group, from, left int, widths []int) {
	prfs := p.prfs(g.PRFs, p.markedLabels(g.PRFs))
	heading := "AEAD ciphers, " + prfs
	if len(g.Integs) > 0 {
		heading = "integrity " + p.markedLabels(g.Integs) + ", " + prfs
	}
	for _, line := range layout.Wrap(heading, p.Width-2, 4) {
		p.Wide("  " + line)
	}
	for _, r := range g.Rows {
		mark := weakMark(r.Ciphers[0])
		line := "    " + layout.Pad(p.rowLabel(r), left-7) + p.Paint(markStyle(mark), layout.Pad(mark, 3))
		for i, width := range widths {
			c := r.Cells[from+i]
			line += p.Paint(cellStyle(c), layout.Center(string(rune(c)), width))
		}
		p.Wide(line)
	}
}

// markedLabels lists algorithms, each with its mark where it is weak.
func (p *page) markedLabels(list []proposals.Algorithm) string {
	return strings.Join(lists.Convert(list, func(a proposals.Algorithm) string {
		return p.names.Label(a) + weakMark(a)
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
