package text

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/ikescope/ikescope/ike/printable"
)

// margin is the width of the labels at the left of a text report.
const margin = 11

// page lays out lines of a limited width below labels at the left. Everything
// that it is given is made printable.
type page struct {
	out   strings.Builder
	width int
	color bool
	label string // for the next line
}

func newPage(o Options) *page {
	if o.Width == 0 {
		o.Width = 80
	}
	return &page{width: max(o.Width, 60), color: o.Color}
}

// Styles, as parameters of the terminal sequence that sets them.
const (
	bold   = "1"
	red    = "31"
	green  = "32"
	yellow = "33"
	dim    = "2"
)

// paint sets s in a style where the page has colours. The width of the result
// is that of s.
func (p *page) paint(style, s string) string {
	if !p.color || style == "" || s == "" {
		return s
	}
	return "\x1b[" + style + "m" + s + "\x1b[0m"
}

// section begins a part of the report, whose label stands at its first line.
func (p *page) section(label string) {
	p.out.WriteByte('\n')
	p.label = label
}

// raw writes one line that is laid out and painted already, beside the label.
func (p *page) raw(line string) {
	fmt.Fprintf(&p.out, "%s%s\n", p.paint(bold, fmt.Sprintf("%-*s", margin, p.label)), line)
	p.label = ""
}

// wide writes one line that is laid out and painted already, from the left.
func (p *page) wide(line string) {
	if p.label != "" {
		p.raw("")
	}
	p.out.WriteString(line)
	p.out.WriteByte('\n')
}

// text writes a paragraph beside the label, its further lines indented by hang.
func (p *page) text(hang int, text string) { p.styled("", hang, text) }

// styled is text in a style.
func (p *page) styled(style string, hang int, text string) {
	for _, line := range wrap(printable.Text(text), p.width-margin, hang) {
		p.raw(p.paint(style, line))
	}
}

func (p *page) writeTo(w io.Writer) error {
	_, err := io.WriteString(w, trimLines(p.out.String()))
	return err
}

// trimLines drops spaces at the ends of lines.
func trimLines(s string) string {
	lines := strings.Split(s, "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	return strings.Join(lines, "\n")
}

// wrap breaks text at spaces into lines of at most width columns, all but the
// first indented by hang. A longer word is broken where it must.
func wrap(text string, width, hang int) []string { return wrapWords(strings.Fields(text), width, hang) }

// wrapWords is wrap for words that may hold spaces.
func wrapWords(words []string, width, hang int) []string {
	width = max(width, hang+10)
	var lines []string
	line, indent := "", ""
	add := func() {
		lines = append(lines, line)
		line, indent = "", strings.Repeat(" ", hang)
	}
	for _, word := range words {
		if line != "" && columns(line)+1+columns(word) > width {
			add()
		}
		if line == "" {
			line = indent
		} else {
			line += " "
		}
		for rest := []rune(word); ; {
			room := width - columns(line)
			if len(rest) <= room {
				line += string(rest)
				break
			}
			n := cut(rest, room)
			line += string(rest[:n])
			add()
			line, rest = indent, rest[n:]
		}
	}
	if strings.TrimSpace(line) != "" {
		lines = append(lines, line)
	}
	return lines
}

// cut returns where to break a word that is longer than n: after a mark near
// there, so that a suite breaks between its algorithms.
func cut(word []rune, n int) int {
	for i := n; i > n*2/3; i-- {
		if strings.ContainsRune("-,/:", word[i-1]) {
			return i
		}
	}
	return n
}

func columns(s string) int { return utf8.RuneCountInString(s) }

// pad fills s to n columns.
func pad(s string, n int) string { return s + strings.Repeat(" ", max(0, n-columns(s))) }

// center puts s into the middle of n columns.
func center(s string, n int) string {
	left := max(0, n-columns(s)) / 2
	return pad(strings.Repeat(" ", left)+s, n)
}

// indented writes a paragraph indented by n columns, its further lines by
// hang more.
func (p *page) indented(n, hang int, text string) {
	for _, line := range wrap(printable.Text(text), p.width-margin-n, hang) {
		p.raw(strings.Repeat(" ", n) + line)
	}
}

// list writes items that are not broken, beside a label of 11 columns.
func (p *page) list(label string, items []string) {
	for i := range items[:max(0, len(items)-1)] {
		items[i] += ","
	}
	for _, line := range wrapWords(items, p.width-margin-11, 0) {
		p.raw(pad(label, 11) + printable.Text(line))
		label = ""
	}
}
