// Package documents writes the documents of commands that are not reports on targets, and
// reads the saved ones again.
package documents

import (
	"io"

	"github.com/ikescope/ikescope/cmd/ikescope/internal/output"
	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/html"
	"github.com/ikescope/ikescope/report/incident"
	"github.com/ikescope/ikescope/report/login"
	"github.com/ikescope/ikescope/report/markdown"
	"github.com/ikescope/ikescope/report/text"
	"github.com/ikescope/ikescope/report/text/capturetext"
)

// The formats of documents, the one that goes without saying first.
var (
	TextOrJSON             = []string{"text", "json"}
	TextJSONOrHTML         = []string{"text", "json", "html"}
	TextJSONHTMLOrMarkdown = []string{"text", "json", "html", "markdown"}
)

// Writers are those of v, which asText writes to be read.
func Writers(v any, asText output.Writer) output.Writers {
	return output.Writers{
		"text": asText,
		"json": func(w io.Writer, _ text.Options) error { return report.WriteJSON(w, v) },
	}
}

// Capture returns those of a capture; with all each IKE SA is shown in full.
func Capture(doc *report.Capture, all bool) output.Writers {
	how := Writers(doc, func(w io.Writer, look text.Options) error {
		look.All = all
		return capturetext.Write(w, doc, look)
	})
	how["html"] = func(w io.Writer, look text.Options) error {
		return html.Capture(w, doc, html.CaptureOptions{All: all, Names: look.Names})
	}
	return how
}

// Stories returns those of log stories; with attempt over 0 that one alone is shown.
func Stories(doc *incident.Document, attempt int) output.Writers {
	how := Writers(doc, func(w io.Writer, look text.Options) error {
		look.Attempt = attempt
		return text.Incident(w, doc, look)
	})
	how["html"] = func(w io.Writer, _ text.Options) error { return html.Stories(w, doc, attempt) }
	return how
}

// Login returns those of a login.
func Login(doc *login.Document) output.Writers {
	how := Writers(doc, func(w io.Writer, look text.Options) error { return login.Text(w, doc, look) })
	how["html"] = func(w io.Writer, look text.Options) error { return html.Login(w, doc, look.Names) }
	how["markdown"] = func(w io.Writer, look text.Options) error { return markdown.Login(w, doc, look.Names) }
	return how
}

// Advice returns those of advice on clients.
func Advice(all []report.Advice) output.Writers {
	how := Writers(all, func(w io.Writer, look text.Options) error { return text.Advice(w, all, look) })
	how["html"] = func(w io.Writer, look text.Options) error { return html.Advice(w, all, look.Names) }
	return how
}

// Diff returns those of what changed between two reports.
func Diff(d report.Differences) output.Writers {
	how := Writers(d, func(w io.Writer, look text.Options) error { return text.Diff(w, d, look) })
	how["html"] = func(w io.Writer, look text.Options) error { return html.Diff(w, d, look.Names) }
	how["markdown"] = func(w io.Writer, look text.Options) error { return markdown.Diff(w, d, look.Names) }
	return how
}
