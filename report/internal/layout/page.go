package layout

import (
	"cmp"
	"fmt"
	"io"
	"strings"

	"github.com/ikescope/ikescope/ike/printable"
)

// Margin is the width of the labels at the left, in columns.
const Margin = 11

// Page lays out lines of a limited width below labels at the left. Everything that it
// is given is made printable.
type Page struct {
	Width int // columns

	out   strings.Builder
	color bool
	ascii bool
	label string // for the next line
}

// NewPage returns an empty page that looks as o says.
func NewPage(o Options) *Page {
	return &Page{Width: max(cmp.Or(o.Width, 80), 60), color: o.Color, ascii: o.ASCII}
}

// Lines returns how many lines the page has so far.
func (p *Page) Lines() int { return strings.Count(p.out.String(), "\n") }

// Blank writes an empty line.
func (p *Page) Blank() { p.out.WriteByte('\n') }

// Title writes one line that is laid out and painted already, without a label.
func (p *Page) Title(line string) {
	p.out.WriteString(line)
	p.out.WriteByte('\n')
}

// Styles, as parameters of the terminal sequence that sets them.
const (
	Bold   = "1"
	Red    = "31"
	Green  = "32"
	Yellow = "33"
	Dim    = "2"
)

// Paint sets s in a style where the page has colours. The width of the result
// is that of s.
func (p *Page) Paint(style, s string) string {
	if !p.color || style == "" || s == "" {
		return s
	}
	return "\x1b[" + style + "m" + s + "\x1b[0m"
}

// Section begins a part of the report, whose label stands at its first line.
func (p *Page) Section(label string) {
	p.out.WriteByte('\n')
	p.label = printable.Text(label)
}

// Raw writes one line that is laid out and painted already, beside the label.
func (p *Page) Raw(line string) {
	fmt.Fprintf(&p.out, "%s%s\n", p.Paint(Bold, fmt.Sprintf("%-*s", Margin, p.label)), line)
	p.label = ""
}

// Wide writes one line that is laid out and painted already, from the left.
func (p *Page) Wide(line string) {
	if p.label != "" {
		p.Raw("")
	}
	p.out.WriteString(line)
	p.out.WriteByte('\n')
}

// Text writes a paragraph beside the label, its further lines indented by hang.
func (p *Page) Text(hang int, text string) { p.Styled("", hang, text) }

// Styled is text in a style.
func (p *Page) Styled(style string, hang int, text string) {
	for _, line := range Wrap(printable.Text(text), p.Width-Margin, hang) {
		p.Raw(p.Paint(style, line))
	}
}

// Print writes the page, without spaces at the ends of lines.
func (p *Page) Print(w io.Writer) error {
	text := TrimLines(p.out.String())
	if p.ascii {
		text = printable.ASCII(text)
	}
	_, err := io.WriteString(w, text)
	return err
}

// TrimLines drops spaces at the ends of lines.
func TrimLines(s string) string {
	lines := strings.Split(s, "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	return strings.Join(lines, "\n")
}

// Wrap breaks text at spaces into lines of at most width columns, all but the
// first indented by hang. A longer word is broken where it must.
func Wrap(text string, width, hang int) []string { return WrapWords(strings.Fields(text), width, hang) }

// WrapWords is wrap for words that may hold spaces.
func WrapWords(words []string, width, hang int) []string {
	width = max(width, hang+10)
	var lines []string
	line, indent := "", ""
	add := func() {
		lines = append(lines, line)
		line, indent = "", strings.Repeat(" ", hang)
	}
	for _, word := range words {
		if line != "" && Columns(line)+1+Columns(word) > width {
			add()
		}
		if line == "" {
			line = indent
		} else {
			line += " "
		}
		for rest := word; ; {
			room := width - Columns(line)
			if Columns(rest) <= room {
				line += rest
				break
			}
			var first string
			first, rest = head(rest, room)
			line += first
			add()
			line = indent
		}
	}
	if strings.TrimSpace(line) != "" {
		lines = append(lines, line)
	}
	return lines
}

// Pad fills s to n columns.
func Pad(s string, n int) string { return s + strings.Repeat(" ", max(0, n-Columns(s))) }

// Center puts s into the middle of n columns.
func Center(s string, n int) string {
	left := max(0, n-Columns(s)) / 2
	return Pad(strings.Repeat(" ", left)+s, n)
}

// Indented writes a paragraph indented by n columns, its further lines by
// hang more.
func (p *Page) Indented(n, hang int, text string) {
	for _, line := range Wrap(printable.Text(text), p.Width-Margin-n, hang) {
		p.Raw(strings.Repeat(" ", n) + line)
	}
}

// List writes items that are not broken, beside a label of 11 columns.
func (p *Page) List(label string, items []string) {
	for i := range items[:max(0, len(items)-1)] {
		items[i] += ","
	}
	for _, line := range WrapWords(items, p.Width-Margin-11, 0) {
		p.Raw(Pad(label, 11) + printable.Text(line))
		label = ""
	}
}

// Aligned writes a paragraph beside a label of 11 columns of its own, which stands at
// its first line.
func (p *Page) Aligned(label, text string) {
	label = Pad(printable.Text(label)+" ", Margin)
	for i, line := range Wrap(printable.Text(text), p.Width-2*Margin, 0) {
		if i > 0 {
			label = Pad("", Margin)
		}
		p.Raw(label + line)
	}
}

// Sides returns lines of width columns with left at the left and right at the
// right: one, where they fit into it.
func (p *Page) Sides(left, leftStyle, right, rightStyle string, width int) []string {
	var out []string
	lines := Wrap(right, width-2, 0)
	if len(lines) == 0 {
		lines = []string{""} // of a report that says nothing
	}
	if len(lines) > 1 || Columns(left)+2+Columns(lines[0]) > width {
		for _, line := range Wrap(left, width, 2) {
			out = append(out, p.Paint(leftStyle, line))
		}
		left = ""
	}
	for _, line := range lines {
		fill := strings.Repeat(" ", max(0, width-Columns(left)-Columns(line)))
		out = append(out, p.Paint(leftStyle, left)+fill+p.Paint(rightStyle, line))
		left = ""
	}
	return out
}
