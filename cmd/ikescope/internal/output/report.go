package output

import (
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/ikescope/ikescope/cmd/ikescope/internal/argfile"
	"github.com/ikescope/ikescope/proposals/english"
	"github.com/ikescope/ikescope/proposals/plaintext"
	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/html"
	"github.com/ikescope/ikescope/report/junit"
	"github.com/ikescope/ikescope/report/markdown"
	"github.com/ikescope/ikescope/report/sarif"
	"github.com/ikescope/ikescope/report/spelling"
	"github.com/ikescope/ikescope/report/tables"
	"github.com/ikescope/ikescope/report/template"
	"github.com/ikescope/ikescope/report/text"
)

// Reports are the formats of reports on targets.
var Reports = []string{"text", "json", JSONLines, CSV, "markdown", "html", "junit", "sarif", Template, "gates"}

// tableNames are the parts of CSV, the one that goes without saying first.
var tableNames = tables.Names()

// tableKey names the writer of a table.
func tableKey(name string) string { return CSV + ":" + name }

// ReportWriters returns those of doc, which asText writes to be read. It has none
// for JSON lines.
func (l *List) ReportWriters(doc report.Source, asText Writer) Writers {
	keywords := spelling.StrongSwan.Source(doc)
	how := Writers{
		"text": asText,
		"json": func(w io.Writer, _ text.Options) error { return report.WriteJSON(w, doc) },
		"markdown": func(w io.Writer, look text.Options) error {
			if look.Names == "" {
				return markdown.Write(w, keywords)
			}
			return markdown.Write(w, spelling.Names(look.Names).Source(doc))
		},
		"html":  func(w io.Writer, look text.Options) error { return html.Write(w, doc, look.Names) },
		"junit": func(w io.Writer, _ text.Options) error { return junit.Write(w, keywords) },
		"sarif": func(w io.Writer, _ text.Options) error { return sarif.Write(w, keywords) },
		"gates": func(w io.Writer, look text.Options) error { return text.Gates(w, doc, look) },
	}
	for _, name := range tableNames {
		how[tableKey(name)] = func(w io.Writer, _ text.Options) error { return tables.Write(w, doc, name) }
	}
	for _, out := range l.Outputs {
		if out.Format == Template {
			how[out.key()] = func(w io.Writer, _ text.Options) error { return out.template.Write(w, doc) }
		}
	}
	return how
}

// HasOther reports whether anything is to be written in a format that is none of
// formats.
func (l *List) HasOther(formats []string) bool {
	return slices.ContainsFunc(l.Outputs, func(o Output) bool { return !slices.Contains(formats, o.Format) })
}

// Check fails if something is to be written in a format that how does not have.
func (l *List) Check(how Writers) error {
	formats := slices.DeleteFunc(slices.Clone(l.formats), func(f string) bool { return how[f] == nil })
	for _, o := range l.Outputs {
		if how[o.key()] == nil {
			return fmt.Errorf("--output: %s is not a format that this command writes: %s", o.Format, english.List(formats, "or"))
		}
	}
	return nil
}

// named are the formats that have the names of --names.
var named = []string{"text", "markdown", "html", "gates"}

// CheckNames fails if nothing is to be written in a format that has the names of --names.
func (l *List) CheckNames() error {
	if len(l.Outputs) == 0 || slices.ContainsFunc(l.Outputs, func(o Output) bool { return slices.Contains(named, o.Format) }) {
		return nil
	}
	can := slices.DeleteFunc(slices.Clone(named), func(f string) bool { return !slices.Contains(l.formats, f) })
	format, names := l.Outputs[0].Format, "the names of IANA and strongSwan"
	if slices.Contains([]string{CSV, "junit", "sarif"}, format) {
		names = "strongSwan's names"
	}
	return fmt.Errorf("--names: is for %s: %s has %s", english.List(can, "and"), format, names)
}

// maxTemplate bounds a template, in octets.
const maxTemplate = 1 << 20

// readTemplate reads a template. Its errors name the file.
func readTemplate(path string) (*template.Template, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, argfile.Cause(err))
	}
	defer f.Close()
	raw, err := io.ReadAll(io.LimitReader(f, maxTemplate+1))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, argfile.Cause(err))
	}
	if len(raw) > maxTemplate {
		return nil, fmt.Errorf("%s: is larger than %d octets, the most of a template", path, maxTemplate)
	}
	return template.Parse(path, string(plaintext.Bytes(raw)))
}

// AddLines adds the writer of doc as JSON lines, for a document that is whole.
func (w Writers) AddLines(doc report.Source) {
	w[JSONLines] = func(to io.Writer, _ text.Options) error { return report.WriteLines(to, doc, false) }
	w[JSONLines+":"+Events] = func(to io.Writer, _ text.Options) error { return report.WriteLines(to, doc, true) }
}
