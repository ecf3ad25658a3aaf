package output

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ikescope/ikescope/proposals/baseline"
	"github.com/ikescope/ikescope/proposals/client"
	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/archive"
	"github.com/ikescope/ikescope/report/assess"
	"github.com/ikescope/ikescope/report/gate"
	"github.com/ikescope/ikescope/report/reporttest"
	"github.com/ikescope/ikescope/report/scan"
	"github.com/ikescope/ikescope/report/text"
)

// everyFormat are the arguments of --output for each format and part.
func everyFormat(t *testing.T) []string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "mail.tmpl")
	if err := os.WriteFile(path, []byte("{{range .Targets}}{{json .}}\n{{end}}{{json .Gates}}"), 0o600); err != nil {
		t.Fatal(err)
	}
	all := []string{"template=" + path}
	for _, format := range Reports {
		switch format {
		case Template:
		case CSV:
			for _, name := range tableNames {
				all = append(all, CSV+":"+name)
			}
		default:
			all = append(all, format)
		}
	}
	return all
}

// written is what is written of doc in a format.
func written(t *testing.T, doc report.Source, format string) string {
	t.Helper()
	var l List
	if err := Flag(&l, Reports).Set(format); err != nil {
		t.Fatal(err)
	}
	if _, err := l.Open(); err != nil {
		t.Fatal(err)
	}
	how := l.ReportWriters(doc, func(w io.Writer, look text.Options) error {
		look.Evidence = true
		return text.Document(w, doc, look)
	})
	how.AddLines(doc)
	var b bytes.Buffer
	if err := l.Write(&b, 0, text.Options{}, how); err != nil {
		t.Fatalf("%s: %v", format, err)
	}
	if b.Len() == 0 {
		t.Errorf("%s: nothing is written", format)
	}
	return b.String()
}

// TestConversion: what is written of a saved report, in either form, is octet by
// octet what is written of the report itself, in every format.
func TestConversion(t *testing.T) {
	windows, _ := client.Named("windows-11")
	policy, _ := baseline.PolicyNamed("modern")
	formats := everyFormat(t)
	for name, results := range reporttest.Cases(t) {
		if testing.Short() && !slices.Contains([]string{"weak-behind-nat", "hostile", "several", "interrupted"}, name) {
			continue
		}
		doc := scan.Document(scan.Run{Tool: report.Tool{Name: "ikescope", Version: "1"}}, results)
		for i := range doc.Targets {
			target := &doc.Targets[i]
			target.MakeValid()
			target.ListedIn = &report.FileLine{File: "gateways.txt", Line: i + 1}
			target.Clients, target.ClientsAsked = assess.Clients(target, append(client.Policies(), windows)), i%2 == 0
			target.Policies = assess.Policies(target, []baseline.Policy{policy})
		}
		doc.Gates, doc.Exit = gate.Check(doc, gate.Gates{Policies: true, FailOn: report.SeverityHigh})
		for _, form := range []string{"json", "jsonl"} {
			file := bytes.NewReader([]byte(written(t, doc, form)))
			saved, err := archive.Open(file, file.Size())
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			for _, format := range formats {
				if diff := cmp.Diff(written(t, doc, format), written(t, saved, format)); diff != "" {
					t.Errorf("%s from %s to %s (-scan +conversion):\n%.3000s", name, form, format, diff)
				}
			}
		}
	}
}
