// Package html writes reports as one HTML file that loads nothing: to look at, to
// print, and to send on.
package html

import (
	"cmp"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"html/template"
	"io"
	"sync"

	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/internal/printed"
	"github.com/ikescope/ikescope/report/spelling"
)

var (
	//go:embed page.html
	page string
	//go:embed capture.html
	capturePage string
	//go:embed stories.html
	storiesPage string
	//go:embed login.html
	loginPage string
	//go:embed diff.html
	diffPage string
	//go:embed advice.html
	advicePage string
	//go:embed style.css
	style string
	//go:embed script.js
	script string
)

// pages is parsed at its first use.
var pages = sync.OnceValue(func() *template.Template {
	return template.Must(template.New("page").Funcs(functions).Parse(page + capturePage + storiesPage + loginPage + diffPage + advicePage))
})

// policy is the Content-Security-Policy of the file: our own style and script, by
// their hashes, and nothing else. A script that reached the file would not run, and
// nothing is loaded from anywhere.
func policy() string {
	return "default-src 'none'; style-src " + hash(style) + "; script-src " + hash(script) + "; base-uri 'none'; form-action 'none'"
}

func hash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

// frame is what every page has around what it says.
type frame struct {
	Policy string
	Style  template.CSS
	Script template.JS
	Title  string
}

func newFrame(title string) frame {
	return frame{Policy: policy(), Style: template.CSS(style), Script: template.JS(script), Title: title}
}

// head is what stands before the targets, and behind them.
type head struct {
	report.Head
	frame
	Many  bool
	Rows  []row
	Gates []report.Gate
}

// row is a target in the overview.
type row struct {
	ID, Name, Address string
	Verdict           report.Verdict
	Layers            []layerView
	Severities        []int // counts, worst first
	Connect, Clients  int
	Violated, Policy  int
	Complete          bool
}

// Write writes doc, the targets of which are read twice where there are several: an
// overview stands before them. What came from the wire is escaped, by html/template
// and as in a text report. Names is whose names algorithms have, one of [spelling.All];
// "" for those of strongSwan.
func Write(w io.Writer, doc report.Source, names string) error {
	names = cmp.Or(names, string(spelling.StrongSwan))
	doc = spelling.Names(names).Source(doc)
	of := doc.Head()
	h := head{Head: *printed.Copy(&of), frame: newFrame("IKE report"), Many: doc.Count() > 1}
	for i := range doc.Count() {
		t, err := doc.At(i)
		if err != nil {
			return err
		}
		h.Rows = append(h.Rows, newRow(i, printed.Copy(t)))
		if !h.Many {
			h.Title += " on " + h.Rows[0].Name
		}
	}
	for g, err := range doc.EachGate() {
		if err != nil {
			return err
		}
		h.Gates = append(h.Gates, *printed.Copy(&g))
	}
	if err := pages().ExecuteTemplate(w, "head", h); err != nil {
		return err
	}
	for i := range doc.Count() {
		t, err := doc.At(i)
		if err != nil {
			return err
		}
		if err := pages().ExecuteTemplate(w, "target", newTarget(i, printed.Copy(t), &h, spelling.Names(names))); err != nil {
			return err
		}
	}
	return pages().ExecuteTemplate(w, "foot", h)
}
