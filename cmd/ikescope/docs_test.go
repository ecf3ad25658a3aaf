package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/ikescope/ikescope/report"
)

// TestJSONExamples holds the examples of docs/json.md to a report on the demo:
// its suites and counts, and the fields of an exchange in their order. Numbers
// of exchanges and times are those of one run, and not compared.
func TestJSONExamples(t *testing.T) {
	text, err := os.ReadFile("../../docs/json.md")
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if code := runContext(t.Context(), []string{"demo", "-q", "-o", "json"}, nil, &out, io.Discard); code != report.ExitDone {
		t.Fatalf("the demo ended with %d", code)
	}
	doc, err := report.ReadJSON(&out)
	if err != nil {
		t.Fatal(err)
	}
	target := doc.Targets[0]
	want := []string{fmt.Sprintf(`{"target":"demo","verdict":"ikev2","accepted":%d,"refused":%d,"unknown":%d,"proven":%t}`,
		target.Matrix.Accepted, target.Matrix.Refused, target.Matrix.Unknown, target.Matrix.Proven)}
	for _, p := range target.Matrix.Products {
		var words []string
		for _, list := range append([][]report.Algorithm{p.ENCR, p.PRF, p.INTEG, p.KE}, p.ADDKE...) {
			for _, a := range list {
				words = append(words, a.Keyword)
			}
		}
		want = append(want, strings.Join(words, "-"))
	}
	for _, line := range want {
		if !strings.Contains(string(text), "    "+line+"\n") {
			t.Errorf("docs/json.md has no line %s", line)
		}
	}

	_, rest, ok := strings.Cut(string(text), "One exchange, whole:")
	_, rest, ok2 := strings.Cut(rest, "    {\n")
	example, _, ok3 := strings.Cut(rest, "    }\n")
	if !ok || !ok2 || !ok3 {
		t.Fatal("docs/json.md shows no exchange")
	}
	example = strings.ReplaceAll("{\n"+example+"}\n", "\n    ", "\n")
	var x report.Exchange
	d := json.NewDecoder(strings.NewReader(example))
	d.DisallowUnknownFields()
	if err := d.Decode(&x); err != nil {
		t.Fatal(err)
	}
	var written strings.Builder
	if err := report.WriteJSON(&written, x); err != nil {
		t.Fatal(err)
	}
	if written.String() != example {
		t.Errorf("docs/json.md shows an exchange as\n%sand it is written as\n%s", example, written.String())
	}
	for _, y := range target.Exchanges {
		if y.Purpose == x.Purpose && y.Outcome == x.Outcome && y.Offer == x.Offer && y.KE == x.KE && y.Suite == x.Suite {
			return
		}
	}
	t.Errorf("the demo has no exchange like %+v", x)
}

// TestExamples holds what documents show of a saved report to a report on the mock gateway
// that they start: all but the gateway's name and the numbers of exchanges.
func TestExamples(t *testing.T) {
	for doc, least := range map[string]int{"README.md": 2, "docs/clients.md": 1} {
		t.Run(doc, func(t *testing.T) {
			t.Parallel()
			text, err := os.ReadFile("../../" + doc)
			if err != nil {
				t.Fatal(err)
			}
			if n := holdExamples(t, string(text)); n < least {
				t.Errorf("%d examples with their output, want at least %d", n, least)
			}
		})
	}
}

// holdExamples compares each example of a document with what the command prints, and
// returns how many there are.
func holdExamples(t *testing.T, doc string) int {
	_, recipe, _ := strings.Cut(doc, "\n    ikescope mock --accept")
	recipe, _, _ = strings.Cut(recipe, "\n")
	mock, err := startMock(strings.Fields("--accept" + recipe)...)
	if err != nil {
		t.Fatal(err)
	}
	defer mock.stop()
	at := "127.0.0.1:" + mock.port + "+" + mock.natt
	saved := filepath.Join(t.TempDir(), "vpn.json")
	if code := runContext(t.Context(), []string{"-q", "--rate", "1000", "-o", "json=" + saved, at}, nil, io.Discard, io.Discard); code != report.ExitDone {
		t.Fatalf("the scan ended with %d", code)
	}
	ofOneRun := regexp.MustCompile(`vpn\.example\.com 198\.51\.100\.7|` + regexp.QuoteMeta(at) + `|\(exchanges? [^)]*\)`)
	plain := func(s string) string { return strings.Join(strings.Fields(ofOneRun.ReplaceAllString(s, "")), " ") }
	examples := 0
	_, rest, _ := strings.Cut(doc, "    $ ikescope ")
	for rest != "" {
		var example string
		example, rest, _ = strings.Cut(rest, "    $ ikescope ")
		command, shown, _ := strings.Cut(example, "\n")
		var block strings.Builder
		for line := range strings.Lines(shown) {
			if line != "\n" && !strings.HasPrefix(line, "    ") {
				break
			}
			block.WriteString(line)
		}
		args := strings.Fields(strings.Replace(command, "vpn.json", saved, 1))
		var out bytes.Buffer
		runContext(t.Context(), args, nil, &out, io.Discard)
		if got, want := plain(out.String()), plain(block.String()); got != want {
			t.Errorf("shown of %s\n%s\nand it prints\n%s", command, want, got)
		}
		examples++
	}
	return examples
}

// sourcePath is a file of the repository in a document for those who work on it,
// with the names in parentheses that it declares, if any.
var sourcePath = regexp.MustCompile("`([\\w.-]+/[\\w./-]+\\.[a-z]+)`(?: \\(((?:`[\\w.]+`(?:, )?)+)\\))?")

// TestDocsNameTheCode holds that each file that a document names is there, and
// declares what is named with it.
func TestDocsNameTheCode(t *testing.T) {
	for _, doc := range []string{"docs/architecture.md", "CONTRIBUTING.md"} {
		text, err := os.ReadFile(filepath.Join("../..", doc))
		if err != nil {
			t.Fatal(err)
		}
		found := sourcePath.FindAllStringSubmatch(string(text), -1)
		if len(found) < 10 {
			t.Errorf("%s names %d files", doc, len(found))
		}
		for _, m := range found {
			if strings.ContainsAny(m[1], "ABCDEFGHIJKLMNOPQRSTUVWXYZ") {
				continue // a placeholder, or a document
			}
			path := filepath.Join("../..", m[1])
			if _, err := os.Stat(path); err != nil {
				t.Errorf("%s: %v", doc, err)
				continue
			}
			if m[2] == "" {
				continue
			}
			declared := declarations(t, path)
			for name := range strings.SplitSeq(m[2], ", ") {
				if name = strings.Trim(name, "`"); !slices.Contains(declared, name) {
					t.Errorf("%s: %s does not declare %s", doc, m[1], name)
				}
			}
		}
	}
}

// declarations returns what a Go file declares: a method as Type.Name.
func declarations(t *testing.T, path string) (names []string) {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range file.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			name := d.Name.Name
			if d.Recv != nil {
				receiver := d.Recv.List[0].Type
				if star, ok := receiver.(*ast.StarExpr); ok {
					receiver = star.X
				}
				if r, ok := receiver.(*ast.Ident); ok {
					name = r.Name + "." + name
				}
			}
			names = append(names, name)
		case *ast.GenDecl:
			for _, s := range d.Specs {
				switch s := s.(type) {
				case *ast.TypeSpec:
					names = append(names, s.Name.Name)
				case *ast.ValueSpec:
					for _, n := range s.Names {
						names = append(names, n.Name)
					}
				}
			}
		}
	}
	return names
}

// TestArchitecture holds the picture of docs/architecture.md and its list of
// packages to rooms: each package is there once, above all that it imports.
func TestArchitecture(t *testing.T) {
	text, err := os.ReadFile("../../docs/architecture.md")
	if err != nil {
		t.Fatal(err)
	}
	const product = "report/incident/PRODUCT"
	drawn := func(room string) string { // as it is named there
		name, ok := strings.CutPrefix(room, "report/incident/")
		if ok && name != "readers" && name != "logtext" && name != "general" && name != "offered" && name != "causes" && name != "sentence" && name != "how" && name != "ask" && name != "template" && name != "meet" && name != "event" {
			return product
		}
		return room
	}
	rows := map[string]int{}
	folders := regexp.MustCompile(`\S+`)
	_, picture, _ := strings.Cut(string(text), "## The import graph")
	_, picture, _ = strings.Cut(picture, "\n    ike ")
	head, picture, _ := strings.Cut("    ike "+picture, "\n\n")
	picture, _, _ = strings.Cut(picture, "\n\n")
	columns := folders.FindAllStringIndex(head, -1)
	for row, line := range strings.Split(picture, "\n") {
		for _, word := range folders.FindAllStringIndex(line, -1) {
			name := line[word[0]:word[1]]
			column := 0
			for i, c := range columns {
				if c[0] <= word[0] {
					column = i
				}
			}
			if folder := head[columns[column][0]:columns[column][1]]; name != folder {
				name = folder + "/" + name
			}
			if _, twice := rows[name]; twice {
				t.Errorf("the picture has %s twice", name)
			}
			rows[name] = row
		}
	}
	wanted := map[string]bool{}
	for name, r := range rooms {
		wanted[drawn(name)] = true
		for _, imported := range r.ours {
			if above, below := rows[drawn(name)], rows[drawn(imported)]; above >= below {
				t.Errorf("the picture has %s in row %d and %s, which it imports, in row %d", name, above, imported, below)
			}
		}
	}
	if got, want := slices.Sorted(maps.Keys(rows)), slices.Sorted(maps.Keys(wanted)); !slices.Equal(got, want) {
		t.Errorf("the picture has the packages\n%q\nwant\n%q", got, want)
	}
	for name := range wanted {
		if n := strings.Count(string(text), "\n| `"+name+"` |"); n != 1 {
			t.Errorf("the list of packages has %d rows for %s", n, name)
		}
	}
	for name := range rooms {
		if p, ok := strings.CutPrefix(name, "report/incident/"); ok && drawn(name) == product && !strings.Contains(string(text), "`"+p+"`") {
			t.Errorf("the list of packages does not name the reader %s", p)
		}
	}
}

// TestREADMEDependencies holds the README's table to what go.mod requires.
func TestREADMEDependencies(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	mod, err := os.ReadFile("../../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	var required, listed []string
	for _, m := range regexp.MustCompile(`(?m)^\t(\S+) v\S+$`).FindAllSubmatch(mod, -1) {
		required = append(required, string(m[1]))
	}
	_, table, _ := strings.Cut(string(readme), "\n## Dependencies\n")
	table, _, _ = strings.Cut(table, "\n## ")
	for _, m := range regexp.MustCompile(`(?m)^\| \[\S+\]\(https://pkg\.go\.dev/(\S+)\) \| .+ \|$`).FindAllStringSubmatch(table, -1) {
		listed = append(listed, m[1])
	}
	slices.Sort(required)
	slices.Sort(listed)
	if len(required) == 0 || !slices.Equal(required, listed) {
		t.Errorf("the README has the dependencies\n%q\nand go.mod\n%q", listed, required)
	}
}
