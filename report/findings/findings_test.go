package findings

import (
	"bytes"
	"encoding/csv"
	"flag"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/ikescope/ikescope/probe/evidence"
	"github.com/ikescope/ikescope/report/explain"
)

var update = flag.Bool("update", false, "write docs/findings.md")

// findingID is one of a finding, as a whole or as what follows its subject.
var findingID = regexp.MustCompile(`^(?:PATH|IKE|CLIENT|GATEWAY|SCAN|IDENTITY)-[A-Z0-9]+(?:-[A-Z0-9]+)*$`)

// TestNoneIsMissing: whatever the code gives a finding, a note or a verdict as its ID has
// a page, and each page is of such an ID.
func TestNoneIsMissing(t *testing.T) {
	made := map[string]bool{}
	for _, dir := range []string{"../assess", "../assess/network", "../assess/certfinding"} {
		for _, id := range stringsOf(t, dir) {
			if findingID.MatchString(id) && id != "IDENTITY-EAP" {
				made[id] = true
			}
		}
	}
	if len(made) < 55 {
		t.Errorf("only %d findings are found in the source", len(made))
	}
	for _, doubt := range constants(t, "../doubt.go", "DoubtKind") {
		made["SCAN-"+strings.ToUpper(strings.ReplaceAll(doubt, "_", "-"))] = true
	}
	for _, row := range column(t, "../../proposals/baseline/weaknesses.csv", 2) {
		made[row] = true
	}
	for _, row := range column(t, "../assess/certcheck/rules.csv", 0) {
		made["IDENTITY-"+strings.ToUpper(row)] = true
	}
	for _, k := range evidence.NoteKinds() {
		made["NOTE-"+strings.ToUpper(strings.ReplaceAll(k.String(), "_", "-"))] = true
	}
	for _, kind := range []string{"Verdict", "ClientVerdict", "Acceptance", "RuleState"} {
		for _, word := range constants(t, "../words.go", kind) {
			made[word] = true
		}
	}
	for _, row := range column(t, "../incident/causes/causes.csv", 0) {
		made[row] = true
	}
	for _, row := range column(t, "../login/causes/causes.csv", 0) {
		made[row] = true
	}
	logins := causesOfLogins(t)
	if len(logins) < 40 {
		t.Errorf("only %d causes of logins are found in the source: %q", len(logins), logins)
	}
	for _, cause := range logins {
		made[cause] = true
	}
	captured := capturedIDs(t)
	if len(captured) < 40 {
		t.Errorf("only %d verdicts on captures are found in the source: %q", len(captured), captured)
	}
	for _, id := range captured {
		made[id] = true
	}
	for id := range made {
		if _, ok := Of(id); !ok && !explain.Known(id) {
			t.Errorf("%s has no page", id)
		}
	}
	seen := map[string]bool{}
	for _, id := range IDs() {
		if !made[id] {
			t.Errorf("there is a page of %s, which nothing is called", id)
		}
		if seen[id] {
			t.Errorf("%s has two pages", id)
		}
		seen[id] = true
	}
}

// TestPagesAreWhole: each page says what was seen and why it matters, in whole sentences;
// that of a finding how it is changed and how it can be wrong, too.
func TestPagesAreWhole(t *testing.T) {
	sentences := regexp.MustCompile(`^["A-Z].*[.]$`)
	for _, g := range Groups() {
		if g.Title == "" {
			t.Errorf("a group of %v has no title", g.Pages[0].IDs)
		}
		for _, p := range g.Pages {
			id := p.IDs[0]
			if p.Title == "" && !strings.HasPrefix(id, identityPrefix) && !strings.HasPrefix(g.Title, "Causes ") || strings.HasSuffix(p.Title, ".") {
				t.Errorf("%s: the title is %q", id, p.Title)
			}
			for _, s := range []string{p.Seen, p.Why} {
				if !sentences.MatchString(s) {
					t.Errorf("%s: %q is not made of sentences", id, s)
				}
			}
			finding := findingID.MatchString(id)
			if finding && p.Wrong == "" || p.Wrong != "" && !sentences.MatchString(p.Wrong) {
				t.Errorf("%s: how it can be wrong is %q", id, p.Wrong)
			}
			if finding && !strings.HasPrefix(id, identityPrefix) && len(p.Change) == 0 {
				t.Errorf("%s: nothing is said of how to change it", id)
			}
			for i, c := range p.Change {
				if strings.HasPrefix(g.Title, "Causes ") && slices.ContainsFunc(p.Change[:i], func(o explain.Change) bool { return o.What == c.What && slices.Equal(o.Lines, c.Lines) }) {
					t.Errorf("%s: a change is there twice: %+v", id, c)
				}
				if c.Product == "" || c.What == "" || strings.HasSuffix(c.What, ".") || strings.Contains(c.What, "WORDS") {
					t.Errorf("%s: a change is %+v", id, c)
				}
			}
			if strings.ContainsAny(p.Title+p.Seen+p.Why+p.Wrong, "{}") {
				t.Errorf("%s: a place is not filled", id)
			}
		}
	}
}

func TestExplain(t *testing.T) {
	for input, want := range map[string]string{
		"IKE-KE-MODP1024":             "IKE-KE-MODP1024: modp1024 (group 2) is accepted",
		" ike-ke-modp1024 ":           "IKE-KE-MODP1024: modp1024 (group 2) is accepted",
		"retry-no-answer":             "RETRY-NO-ANSWER: ",
		"IDENTITY-NAME-MISSING":       "IDENTITY-NAME-MISSING",
		"identity-eap-issuer-unknown": "IDENTITY-EAP-ISSUER-UNKNOWN",
		"violated":                    "violated: ",
		"malformed":                   "in ikescope's reports, malformed", // an outcome
		"MALFORMED":                   "MALFORMED: ",                      // a verdict on a capture
		"INVALID_MAJOR_VERSION":       "notify message INVALID_MAJOR_VERSION",
		"psk-mismatch":                "psk-mismatch",
		"13868":                       "Windows error 13868",
	} {
		found, err := Explain(input)
		if err != nil || !strings.HasPrefix(found[0].Title, want) {
			t.Errorf("%s: %v, %+v; want %q", input, err, found, want)
		}
	}
	for input, want := range map[string]string{
		"IKE-KE-MODP1042": `"IKE-KE-MODP1042" is not known; did you mean IKE-KE-MODP1024`,
		"PATH-450":        `did you mean PATH-4500`,
		"PSK-mismatsch":   `did you mean psk-mismatch`,
		"XQZWV":           `is not an error code`,
	} {
		if found, err := Explain(input); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, %v; want %q", input, found, err, want)
		}
	}
	if !Known("path-4500") || Known("fails") || Known("gateway.log") || !Known("13868") {
		t.Error("it is not known what is a word and what a file")
	}
}

// TestProducts: a weak group is named as each product names it.
func TestProducts(t *testing.T) {
	p, _ := Of("IKE-KE-MODP1024")
	var all []string
	for _, c := range p.Change {
		all = append(all, c.Product+": "+c.What)
	}
	text := strings.Join(all, "\n")
	for _, want := range []string{
		"strongSwan: leave modp1024 out of proposals", "OpenIKED: leave group modp1024 out",
		"Windows Server: set -DHGroup to another value than Group2:", "FortiOS: leave 2 out of set dhgrp", "IOS-XE: leave 2 out of group",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("there is no %q in\n%s", want, text)
		}
	}
	if strings.Contains(text, "libreswan") {
		t.Error("libreswan has no MODP_1024 to leave out")
	}
}

// TestDocument holds docs/findings.md to the pages.
func TestDocument(t *testing.T) {
	path := filepath.FromSlash("../../docs/findings.md")
	var b bytes.Buffer
	if err := WriteMarkdown(&b); err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(path, b.Bytes(), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	if text, err := os.ReadFile(path); err != nil || !bytes.Equal(text, b.Bytes()) {
		t.Errorf("docs/findings.md is not what the pages say (%v): go test ./report/findings -update", err)
	}
}

func TestParseNamesTheLine(t *testing.T) {
	if _, err := parse("# Title\n\n## A-B\ntitle\n\nSeen: it.\nHow: so.\n"); err == nil || !strings.HasPrefix(err.Error(), `line 7: "How: so."`) {
		t.Errorf("got %v", err)
	}
}

// sourcesOf parses the files of a package without its tests.
func sourcesOf(t *testing.T, dir string) (files []*ast.File) {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(filepath.FromSlash(dir), "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
	}
	return files
}

// literal returns the string of an expression; of string(report.AboutIdentity) + "-X", it
// is IDENTITY-X.
func literal(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.BasicLit:
		s, err := strconv.Unquote(e.Value)
		if err == nil && e.Kind == token.STRING {
			return s
		}
	case *ast.BinaryExpr:
		if call, ok := e.X.(*ast.CallExpr); ok && len(call.Args) == 1 {
			if about, ok := call.Args[0].(*ast.SelectorExpr); ok && e.Op == token.ADD {
				return strings.ToUpper(strings.TrimPrefix(about.Sel.Name, "About")) + literal(e.Y)
			}
		}
	}
	return ""
}

// stringsOf returns the strings that a package holds.
func stringsOf(t *testing.T, dir string) (out []string) {
	for _, file := range sourcesOf(t, dir) {
		ast.Inspect(file, func(n ast.Node) bool {
			if e, ok := n.(ast.Expr); ok {
				out = append(out, literal(e))
			}
			return true
		})
	}
	return out
}

// constants returns the values of the constants of a type in a file.
func constants(t *testing.T, path, kind string) (out []string) {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), filepath.FromSlash(path), nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(file, func(n ast.Node) bool {
		s, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		if of, ok := s.Type.(*ast.Ident); ok && of.Name == kind {
			out = append(out, literal(s.Values[0]))
		}
		return true
	})
	if len(out) < 3 {
		t.Errorf("%s has %d constants of %s", path, len(out), kind)
	}
	return out
}

// column returns one of a table with a header and comments.
func column(t *testing.T, path string, at int) (out []string) {
	t.Helper()
	file, err := os.Open(filepath.FromSlash(path))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	r := csv.NewReader(file)
	r.Comment = '#'
	rows, err := r.ReadAll()
	if err != nil || len(rows) < 10 {
		t.Fatalf("%s: %d rows, %v", path, len(rows), err)
	}
	for _, row := range rows[1:] {
		if !slices.Contains(out, row[at]) {
			out = append(out, row[at])
		}
	}
	return out
}

// loginCause is one of more than one word.
var loginCause = regexp.MustCompile(`^[a-z]+(?:-[a-z0-9]+)+$`)

// causesOfLogins returns the causes that package login gives its steps: as a field, by
// assignment, or as a constant; and whatever else is written like one, and is no method of
// authentication.
func causesOfLogins(t *testing.T) (out []string) {
	t.Helper()
	add := func(e ast.Expr) {
		if s := literal(e); s != "" && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	methods := constants(t, "../../probe/login/credentials.go", "Method")
	for _, s := range stringsOf(t, "../../probe/login") {
		if loginCause.MatchString(s) && !slices.Contains(methods, s) && !strings.Contains(s, "-prf") && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	for _, file := range sourcesOf(t, "../../probe/login") {
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.KeyValueExpr:
				if k, ok := n.Key.(*ast.Ident); ok && k.Name == "Cause" {
					add(n.Value)
				}
			case *ast.AssignStmt:
				for i, left := range n.Lhs {
					if s, ok := left.(*ast.SelectorExpr); ok && s.Sel.Name == "Cause" && len(n.Rhs) == len(n.Lhs) {
						add(n.Rhs[i])
					}
				}
			case *ast.ValueSpec:
				for i, name := range n.Names {
					if strings.HasPrefix(name.Name, "Cause") && i < len(n.Values) {
						add(n.Values[i])
					}
				}
			}
			return true
		})
	}
	return out
}

// capturedID is one of a verdict on a capture.
var capturedID = regexp.MustCompile(`^[A-Z0-9]+(?:[-_][A-Z0-9]+)*$`)

// capturedIDs returns the IDs that package capture gives its verdicts: as an argument of
// the functions that make one, by assignment, or as a constant, of package report too.
func capturedIDs(t *testing.T) (out []string) {
	t.Helper()
	add := func(e ast.Expr) {
		if s := literal(e); capturedID.MatchString(s) && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	isID := func(e ast.Expr) bool {
		s, ok := e.(*ast.SelectorExpr)
		i, plain := e.(*ast.Ident)
		return ok && s.Sel.Name == "ID" || plain && i.Name == "id"
	}
	for _, file := range sourcesOf(t, "../capture") {
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CallExpr:
				f, _ := n.Fun.(*ast.Ident)
				at := map[string]int{"fails": 1, "unknown": 0, "works": 0}
				if f != nil && len(n.Args) > 2 {
					if i, ok := at[f.Name]; ok {
						add(n.Args[i])
					}
				}
			case *ast.AssignStmt:
				for i, left := range n.Lhs {
					if isID(left) && i < len(n.Rhs) {
						add(n.Rhs[i])
					}
				}
			case *ast.ValueSpec:
				for i, name := range n.Names {
					if (name.Name == "id" || name.Name == "beginsAnew") && i < len(n.Values) {
						add(n.Values[i])
					}
				}
			}
			return true
		})
	}
	for _, id := range stringsOf(t, "..") { // of package report
		if strings.Contains(id, "-") && capturedID.MatchString(id) && !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	return out
}
