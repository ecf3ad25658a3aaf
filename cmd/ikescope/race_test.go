package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestRacedInMakefile holds RACED of the Makefile: packages that start goroutines are
// tested with the race detector.
func TestRacedInMakefile(t *testing.T) {
	makefile, err := os.ReadFile("../../Makefile")
	if err != nil {
		t.Fatal(err)
	}
	list := regexp.MustCompile(`(?m)^RACED = (.*)$`).FindSubmatch(makefile)
	if list == nil {
		t.Fatal("the Makefile does not set RACED")
	}
	raced := strings.Fields(string(list[1]))
	started := 0
	for _, p := range packages(t) {
		if !startsGoroutines(t, p.Dir, p.GoFiles) {
			continue
		}
		started++
		listed := slices.ContainsFunc(raced, func(pattern string) bool {
			tree, all := strings.CutSuffix(strings.TrimPrefix(pattern, "./"), "/...")
			return p.ImportPath == tree || all && strings.HasPrefix(p.ImportPath, tree+"/")
		})
		// The Makefile names tests of the command.
		if !listed && p.ImportPath != "cmd/ikescope" {
			t.Errorf("%s starts goroutines, and RACED of the Makefile does not name it", p.ImportPath)
		}
	}
	if started < 5 {
		t.Errorf("%d packages start goroutines", started)
	}
}

// startsGoroutines reports whether files have a go statement, or call a method Go.
func startsGoroutines(t *testing.T, dir string, files []string) (starts bool) {
	t.Helper()
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(dir, name), nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.GoStmt:
				starts = true
			case *ast.CallExpr:
				if s, ok := n.Fun.(*ast.SelectorExpr); ok && s.Sel.Name == "Go" {
					starts = true
				}
			}
			return true
		})
	}
	return starts
}
