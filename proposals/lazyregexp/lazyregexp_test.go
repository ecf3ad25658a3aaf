package lazyregexp

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// TestAllCompile compiles every expression that the program makes with New: a fault in one
// would else show at its first use alone.
func TestAllCompile(t *testing.T) {
	fset := token.NewFileSet()
	constants := map[string]map[string]ast.Expr{} // of each folder
	calls := map[ast.Expr]string{}                // what New is given, and the folder
	err := filepath.WalkDir(filepath.Join("..", ".."), func(path string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(fset, path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		dir := filepath.Dir(path)
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.ValueSpec:
				for i, name := range n.Names {
					if constants[dir] == nil {
						constants[dir] = map[string]ast.Expr{}
					}
					if i < len(n.Values) {
						constants[dir][name.Name] = n.Values[i]
					}
				}
			case *ast.CallExpr:
				if f, ok := n.Fun.(*ast.SelectorExpr); ok && f.Sel.Name == "New" && len(n.Args) == 1 {
					if of, ok := f.X.(*ast.Ident); ok && of.Name == "lazyregexp" {
						calls[n.Args[0]] = dir
					}
				}
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	compiled, others := 0, 0
	for e, dir := range calls {
		text, ok := value(e, constants[dir])
		if !ok {
			others++
			continue
		}
		compiled++
		if _, err := regexp.Compile(text); err != nil {
			t.Errorf("%v: %v", fset.Position(e.Pos()), err)
		}
	}
	// One is of a table, whose own test uses each row.
	if compiled < 100 || others > 1 {
		t.Errorf("%d expressions were compiled, and %d are not constant", compiled, others)
	}
}

// value returns the string that e is, if it is constant.
func value(e ast.Expr, constants map[string]ast.Expr) (string, bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		s, err := strconv.Unquote(e.Value)
		return s, err == nil
	case *ast.Ident:
		return value(constants[e.Name], constants)
	case *ast.BinaryExpr:
		x, ok1 := value(e.X, constants)
		y, ok2 := value(e.Y, constants)
		return x + y, e.Op == token.ADD && ok1 && ok2
	}
	return "", false
}
