package template

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/internal/printed"
	"github.com/ikescope/ikescope/report/reporttest"
	"github.com/ikescope/ikescope/report/scan"
)

func written(t *testing.T, text, name string) string {
	t.Helper()
	parsed, err := Parse("mail.tmpl", text)
	if err != nil {
		t.Fatal(err)
	}
	doc := scan.Document(scan.Run{Tool: report.Tool{Name: "ikescope", Version: "1"}}, reporttest.Cases(t)[name])
	var b bytes.Buffer
	if err := parsed.Write(&b, doc); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestWrite(t *testing.T) {
	got := written(t, `{{range .Targets}}{{.Name}}: {{len .Findings}}{{range .Findings}}{{if .IsProblem}}
{{.Severity}} {{.ID}}: {{join "; " .Fix}}{{end}}{{end}}{{end}}
{{json .Exit}}`, "weak-behind-nat")
	for _, want := range []string{"old-gw.example: ", "\nhigh IKE-ENCR-3DES: remove 3des", `{"code":0,`} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is missing in\n%s", want, got)
		}
	}
}

// TestExample: what docs/formats.md shows works.
func TestExample(t *testing.T) {
	page, err := os.ReadFile("../../docs/formats.md")
	if err != nil {
		t.Fatal(err)
	}
	_, example, found := strings.Cut(string(page), "`.Fix`, and so on.\n\n")
	example, _, _ = strings.Cut(example, "\n\n")
	if got := written(t, example, "weak-behind-nat"); !found || !strings.Contains(got, "HIGH IKE-ENCR-3DES ") {
		t.Errorf("%s", got)
	}
}

// TestEscapes: what came from the wire cannot reach a terminal as it is, and the
// document itself is not changed.
func TestEscapes(t *testing.T) {
	got := written(t, `{{range .Targets}}{{.Name}} {{range .Paths}}{{.Detail}}{{end}} {{range .Gateway.VendorIDs}}{{.Text}}{{end}} {{.Gateway.Redirect}} {{.Started.Year}}{{end}}`, "hostile")
	if strings.ContainsAny(got, "\x1b\x07\u009b\u202e") || !strings.Contains(got, `\u{1b}]0;owned`) || !strings.HasSuffix(got, " 2026") {
		t.Errorf("got %q", got)
	}
	doc := scan.Document(scan.Run{}, reporttest.Cases(t)["hostile"])
	before := doc.Targets[0].Gateway.Redirect
	if printed.Copy(doc).Targets[0].Gateway.Redirect == before || doc.Targets[0].Gateway.Redirect != before {
		t.Error("the copy shares strings with the document")
	}
}

// TestParse: mistakes are found before anything is sent, those in fields too, and
// what is absent in the one report and there in another is not one.
func TestParse(t *testing.T) {
	for text, want := range map[string]string{
		"{{range .Targets}}\n{{.Nmae}}{{end}}":        "mail.tmpl:2:2: executing \"mail.tmpl\" at <.Nmae>: can't evaluate field Nmae",
		"a\n{{end}}":                                  "mail.tmpl:2: unexpected {{end}}",
		"{{range .Targets}}{{.NAT.Floatz}}{{end}}":    "can't evaluate field Floatz",
		"{{nothing .}}":                               `function "nothing" not defined`,
		"{{range .Targets}}{{.NAT.Floats}}{{end}}":    "",
		"{{index (index .Targets 0).Paths 5}}":        "",
		"{{range .Targets}}{{.Matrix.Proven}}{{end}}": "",
	} {
		_, err := Parse("mail.tmpl", text)
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}

// TestWriteFails: a template that asks for what a report has not got says so.
func TestWriteFails(t *testing.T) {
	parsed, err := Parse("mail.tmpl", "{{range .Targets}}{{.Matrix.Accepted}}{{end}}")
	if err != nil {
		t.Fatal(err)
	}
	doc := scan.Document(scan.Run{}, reporttest.Cases(t)["dead"])
	if err := parsed.Write(new(bytes.Buffer), doc); err == nil || !strings.HasPrefix(err.Error(), "mail.tmpl:1:") {
		t.Errorf("got %v", err)
	}
	if _, err := (&bounded{new(bytes.Buffer), 3}).Write([]byte("four")); err == nil {
		t.Error("a writer of 3 octets takes 4")
	}
}
