package markdown

import (
	"bytes"
	"flag"
	"html"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	gmhtml "github.com/yuin/goldmark/renderer/html"
	"pgregory.net/rapid"

	"github.com/ikescope/ikescope/probe/evidence"
	"github.com/ikescope/ikescope/proposals/baseline"
	"github.com/ikescope/ikescope/proposals/client"
	"github.com/ikescope/ikescope/report"
	"github.com/ikescope/ikescope/report/assess"
	"github.com/ikescope/ikescope/report/gate"
	"github.com/ikescope/ikescope/report/reporttest"
	"github.com/ikescope/ikescope/report/scan"
)

var update = flag.Bool("update", false, "rewrite golden files")

func document(t *testing.T, results ...evidence.Result) *report.Document {
	t.Helper()
	doc := scan.Document(scan.Run{Tool: report.Tool{Name: "ikescope", Version: "1"}}, results)
	windows, _ := client.Named("windows-11")
	android, _ := client.Named("android-12")
	policy, _ := baseline.PolicyNamed("modern")
	for i := range doc.Targets {
		target := &doc.Targets[i]
		target.Clients = assess.Clients(target, []client.Policy{windows, android})
		target.Policies = assess.Policies(target, []baseline.Policy{policy})
	}
	doc.Gates, doc.Exit = gate.Check(doc, gate.Gates{Clients: true, FailOn: report.SeverityHigh})
	return doc
}

func written(t *testing.T, doc report.Source) string {
	t.Helper()
	var b bytes.Buffer
	if err := Write(&b, doc); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// reader is one of GitHub's Markdown that lets HTML through, as some do.
var reader = goldmark.New(goldmark.WithExtensions(extension.GFM), goldmark.WithRendererOptions(gmhtml.WithUnsafe()))

// hostile is what a gateway might send to a ticket.
const hostile = "<script>alert(1)</script> @everyone #1 [a](http://x) | `` \n# heading"

// says fails where a text lacks any of the words.
func says(t *testing.T, text string, want ...string) {
	t.Helper()
	for _, words := range want {
		if !strings.Contains(text, words) {
			t.Errorf("no %q in\n%s", words, text)
		}
	}
}

// harmless fails where hostile is markup in a text that has it, or mentions a person.
func harmless(t *testing.T, text string) {
	t.Helper()
	page := rendered(t, text)
	for _, markup := range []string{"<script", "<h1>heading", `href="http`} {
		if strings.Contains(page, markup) {
			t.Errorf("%s is markup in\n%s", markup, page)
		}
	}
	if !strings.Contains(text, "@<!-- -->everyone") {
		t.Errorf("a person is mentioned in\n%s", text)
	}
}

func rendered(t interface{ Fatal(...any) }, text string) string {
	var b bytes.Buffer
	if err := reader.Convert([]byte(text), &b); err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(b.String(), "<!-- -->", "")
}

func TestGolden(t *testing.T) {
	cases := reporttest.Cases(t)
	docs := map[string]*report.Document{"many": document(t, cases["weak-behind-nat"][0], cases["dead"][0], cases["mlkem"][0])}
	for _, name := range []string{"weak-behind-nat", "hostile", "error"} {
		docs[name] = document(t, cases[name]...)
	}
	for name, doc := range docs {
		got, path := written(t, doc), filepath.Join("testdata", name+".md")
		if *update {
			if err := os.WriteFile(path, []byte(got), 0o666); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// TestStructure: a reader of Markdown sees tables, headings and lists, and of the
// hostile gateway no more elements than of another.
func TestStructure(t *testing.T) {
	elements := regexp.MustCompile(`<([a-z0-9]+)`)
	known := map[string]bool{}
	for name, results := range reporttest.Cases(t) {
		doc := document(t, results...)
		for i := range doc.Targets {
			if g := doc.Targets[i].Gateway; g != nil {
				g.Redirect = "<script>alert(1)</script>"
			}
			doc.Targets[i].Notes = append(doc.Targets[i].Notes, "<img src=x onerror=alert(1)> @everyone #1 [a](http://x) www.x.example | ``` \n# heading")
			doc.Targets[i].Name += "`|<b>"
		}
		out := rendered(t, written(t, doc))
		for _, m := range elements.FindAllStringSubmatch(out, -1) {
			known[m[1]] = true
		}
		if !strings.Contains(out, "&lt;img src=x onerror=alert(1)&gt; @everyone #1 [a](http://x) www.x.example | ``` \\u{a}# heading") {
			t.Errorf("%s: the note is not shown as it is", name)
		}
	}
	for name := range known {
		if !strings.Contains(" h1 h2 h3 p strong ul li code pre table thead tbody tr th td ", " "+name+" ") {
			t.Errorf("there is an element %s", name)
		}
	}
	for _, name := range []string{"h2", "table", "li", "code"} {
		if !known[name] {
			t.Errorf("element %s is missing", name)
		}
	}
}

var tags = regexp.MustCompile(`<[^>]*>`)

// TestProse: whatever text is, a reader shows it as it is, in a paragraph, a list and
// a table, as prose and as code.
func TestProse(t *testing.T) {
	word := rapid.StringMatching("([ -~]|[*_`|<>&@#.:/\\\\!~-]|www\\.|https?://|a@b\\.c|\u00e9){0,40}")
	rapid.Check(t, func(t *rapid.T) {
		s := strings.Join(strings.Fields(word.Draw(t, "text")), " ")
		if s == "" {
			return
		}
		want := regexp.QuoteMeta(s)
		for where, text := range map[string]string{
			"paragraph": "x " + prose(s) + " y\n", "alone": prose(s) + "\n", "item": "- " + prose(s) + "\n",
			"table": "| a | b |\n| --- | --- |\n| " + prose(s) + " | y |\n",
			"code":  "x " + code(s) + " y\n", "cell": "| a | b |\n| --- | --- |\n| " + cell(s) + " | y |\n",
		} {
			out := rendered(t, text)
			if strings.Contains(out, "<a ") || strings.Contains(out, "<em>") || strings.Contains(out, "<del>") {
				t.Fatalf("%s: %q becomes %s", where, s, out)
			}
			if shown := html.UnescapeString(tags.ReplaceAllString(out, "")); !regexp.MustCompile(want).MatchString(shown) {
				t.Fatalf("%s: %q is shown as %q, by %q", where, s, shown, text)
			}
		}
	})
}

// TestIdentity: who the gateway is stands there as in text, in a code block.
func TestIdentity(t *testing.T) {
	id := report.Identity{State: report.IdentitySeen, Name: "vpn.example.com", NullAccepted: true}
	doc := &report.Document{Targets: []report.Target{{Name: "vpn.example.com", Verdict: report.VerdictIKEv2, Complete: true, Identity: &id}}}
	if got := written(t, doc); !strings.Contains(got, "\n### Identity\n\n```\nAnyone is let in: the gateway authenticates initiators with the NULL method (RFC 7619).\n```\n") {
		t.Error(got)
	}
	doc.Targets[0].Identity = nil
	if got := written(t, doc); strings.Contains(got, "Identity") {
		t.Error(got)
	}
}

// TestClientsCounted: one client connects, several connect.
func TestClientsCounted(t *testing.T) {
	fails := report.Client{Name: "ios", Verdict: report.ClientFails}
	for want, all := range map[string][]report.Client{"0 of 1 client connects with a sound suite.": {fails}, "0 of 2 clients connect with a sound suite.": {fails, fails}} {
		says(t, written(t, &report.Document{Targets: []report.Target{{Verdict: report.VerdictIKEv2, Clients: all}}}), want)
	}
}
