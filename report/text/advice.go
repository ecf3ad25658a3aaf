package text

import (
	"io"
	"strings"

	"github.com/ikescope/ikescope/ike/printable"
	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/internal/advised"
	"github.com/ikescope/ikescope/report/internal/layout"
)

// Advice writes advice as a text to read, with lines to paste.
func Advice(w io.Writer, all []report.Advice, o Options) error {
	p := newPage(o)
	for i, a := range all {
		if i > 0 {
			p.Wide("")
		}
		p.advice(a)
	}
	return p.Print(w)
}

// say writes a sentence of ours, with the report's names of algorithms.
func (p *page) say(hang int, text string) { p.Text(hang, p.names.Text(text)) }

func (p *page) advice(a report.Advice) {
	words, where := advised.Verdict(a)
	name := p.Paint(layout.Bold, printable.Text(a.Client.Name)) + " "
	if advised.IsWeak(a.Client) {
		p.Wide(name + p.Paint(layout.Yellow, printable.Text(words)))
		p.Wide(printable.Text(where))
	} else {
		style := map[report.ClientVerdict]string{report.ClientConnects: layout.Green, report.ClientFails: layout.Red, report.ClientUnknown: layout.Yellow}[a.Client.Verdict]
		p.Wide(name + p.Paint(style, printable.Text(words)) + " " + printable.Text(where))
	}
	for _, part := range advised.Parts(a, suiteMark(a.Client), p.names) {
		p.Section(strings.ToUpper(part.Title))
		for _, line := range part.Lines {
			p.Text(2, line)
		}
	}
	for _, r := range advised.Remedies(a, p.names) {
		p.remedy(r)
	}
	if next := advised.Next(a.Client); next != "" {
		p.Section("NEXT")
		p.say(2, next)
	}
}

func (p *page) remedy(r advised.Remedy) {
	p.Section(strings.ToUpper(r.Side))
	for _, line := range r.Before {
		p.Text(2, line)
	}
	for _, line := range r.Weaker {
		p.Styled(layout.Yellow, 2, line)
	}
	if len(r.Lines) > 0 {
		p.Wide("")
	}
	// Lines to paste stand as they are, however long.
	for _, line := range r.Lines {
		p.Wide(p.Paint(layout.Green, printable.Text(line)))
	}
	if len(r.After) > 0 {
		p.Wide("")
	}
	for _, line := range r.After {
		p.Text(2, "- "+line)
	}
}
