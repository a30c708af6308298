package archtest_test

import (
	"fmt"
	"go/ast"
	"os"
	"path"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/causeway-pay/causeway/internal/archtest"
)

// Limits of the house. A function that does not fit a screen is two functions.
const (
	functionLinesMax = 70
	fileLinesMax     = 500
)

var module = sync.OnceValues(func() ([]archtest.File, error) {
	dir, err := os.Getwd()
	if err != nil {
		return nil, err
	}
	root, err := archtest.Root(dir)
	if err != nil {
		return nil, err
	}
	return archtest.Read(root)
})

func source(t *testing.T) []archtest.File {
	t.Helper()
	files, err := module()
	if err != nil {
		t.Fatal(err)
	}
	if len(files) < 50 {
		t.Fatalf("only %d files found: the walk is broken", len(files))
	}
	return files
}

func TestImportsPointDown(t *testing.T) {
	for _, file := range source(t) {
		for _, name := range file.Imports {
			to, ours := strings.CutPrefix(name, archtest.Module+"/")
			// A test may use the test helpers of the plumbing and the proof from
			// outside.
			helper := strings.HasPrefix(to, "internal/") || strings.HasPrefix(to, "conformance/")
			if !ours || file.Package == to || file.Test && helper {
				continue
			}
			if ok, why := archtest.Allowed(file.Package, to); !ok {
				t.Errorf("%s imports %s: %s", file.Path, to, why)
			}
		}
	}
}

func TestRulesOfImports(t *testing.T) {
	cases := []struct {
		from, to string
		want     bool
	}{
		{"fx", "compliance", false},
		{"connectors/alipayplus", "fx", false},
		{"settlement/window", "settlement/ledger", true},
		{"switch/engine", "fx", true},
		{"switch/engine", "switch/node", false},
		{"switch/payment", "internal/ids", false},
		{"switch/node", "switch/api", true},
		{"iso20022", "internal/db", false},
		{"connectors/sandbox", "switch/engine", false},
		{"internal/db", "money", false},
		{"nowhere", "money", false},
	}
	for _, c := range cases {
		if got, _ := archtest.Allowed(c.from, c.to); got != c.want {
			t.Errorf("%s -> %s allowed: %v", c.from, c.to, got)
		}
	}
}

func TestDependenciesStayInTheirRooms(t *testing.T) {
	for _, file := range source(t) {
		if file.Test {
			continue
		}
		for _, name := range file.Imports {
			for _, room := range archtest.Rooms() {
				if strings.HasPrefix(name, room.Dependency) && !allowed(file, room) {
					t.Errorf("%s imports %s: %s", file.Path, name, room.Because)
				}
			}
		}
	}
}

func allowed(file archtest.File, room archtest.Room) bool {
	base := path.Base(file.Path)
	if slices.Contains(room.Files, base) || slices.Contains(room.Files, "store.go") && strings.HasPrefix(base, "store_") {
		return true
	}
	return slices.ContainsFunc(room.Folders, func(folder string) bool {
		return file.Package == folder || strings.HasPrefix(file.Package, folder+"/")
	})
}

// TestClockAndPanic: the time comes from internal/clock, so that tests can hold
// it still, and a product that moves money does not panic.
func TestClockAndPanic(t *testing.T) {
	for _, file := range source(t) {
		if file.Test || file.Package == "internal/clock" {
			continue
		}
		ast.Inspect(file.Syntax, func(node ast.Node) bool {
			call, ok := node.(*ast.CallExpr)
			if !ok {
				return true
			}
			switch name := called(call); name {
			case "time.Now", "time.Since", "time.Until", "panic":
				t.Errorf("%s calls %s", place(file, node), name)
			}
			return true
		})
	}
}

func called(call *ast.CallExpr) string {
	switch fun := call.Fun.(type) {
	case *ast.Ident:
		return fun.Name
	case *ast.SelectorExpr:
		if pkg, ok := fun.X.(*ast.Ident); ok {
			return pkg.Name + "." + fun.Sel.Name
		}
	}
	return ""
}

// TestNoFloats: there is no floating point near money.
func TestNoFloats(t *testing.T) {
	near := []string{"money", "fx", "settlement", "switch/engine", "switch/payment", "switch/route", "iso20022"}
	for _, file := range source(t) {
		if file.Test ||
			!slices.ContainsFunc(near, func(folder string) bool { return strings.HasPrefix(file.Package, folder) }) {
			continue
		}
		ast.Inspect(file.Syntax, func(node ast.Node) bool {
			if name, ok := node.(*ast.Ident); ok && (name.Name == "float64" || name.Name == "float32") {
				t.Errorf("%s uses %s", place(file, node), name.Name)
			}
			return true
		})
	}
}

func place(file archtest.File, node ast.Node) string {
	return fmt.Sprintf("%s:%d", file.Path, file.Set.Position(node.Pos()).Line)
}

func TestLengths(t *testing.T) {
	for _, file := range source(t) {
		if !file.Test && file.Lines >= fileLinesMax {
			t.Errorf("%s has %d lines", file.Path, file.Lines)
		}
		for _, declaration := range file.Syntax.Decls {
			function, ok := declaration.(*ast.FuncDecl)
			if !ok || function.Body == nil || file.Test {
				continue
			}
			start, end := file.Set.Position(function.Pos()).Line, file.Set.Position(function.End()).Line
			if lines := end - start + 1; lines > functionLinesMax {
				t.Errorf("%s %s has %d lines", place(file, function), function.Name.Name, lines)
			}
		}
	}
}

func TestEverythingIsDocumented(t *testing.T) {
	documented, packages := map[string]bool{}, map[string]bool{}
	for _, file := range source(t) {
		if file.Test {
			continue
		}
		packages[file.Package] = true
		if file.Syntax.Doc != nil {
			documented[file.Package] = true
		}
		for _, declaration := range file.Syntax.Decls {
			checkDocumented(t, file, declaration)
		}
	}
	for name := range packages {
		if !documented[name] {
			t.Errorf("package %s has no documentation", name)
		}
	}
}

func checkDocumented(t *testing.T, file archtest.File, declaration ast.Decl) {
	t.Helper()
	switch d := declaration.(type) {
	case *ast.FuncDecl:
		if d.Name.IsExported() && exportedReceiver(d) && d.Doc == nil {
			t.Errorf("%s %s has no documentation", place(file, d), d.Name.Name)
		}
	case *ast.GenDecl:
		for _, spec := range d.Specs {
			if s, ok := spec.(*ast.TypeSpec); ok && s.Name.IsExported() && d.Doc == nil && s.Doc == nil {
				t.Errorf("%s %s has no documentation", place(file, s), s.Name.Name)
			}
			if s, ok := spec.(*ast.ValueSpec); ok && s.Names[0].IsExported() && d.Doc == nil && s.Doc == nil {
				t.Errorf("%s %s has no documentation", place(file, s), s.Names[0].Name)
			}
		}
	}
}

func exportedReceiver(function *ast.FuncDecl) bool {
	if function.Recv == nil {
		return true
	}
	kind := function.Recv.List[0].Type
	if star, ok := kind.(*ast.StarExpr); ok {
		kind = star.X
	}
	if index, ok := kind.(*ast.IndexExpr); ok {
		kind = index.X
	}
	name, ok := kind.(*ast.Ident)
	return !ok || name.IsExported()
}

// TestNothingLeftOpen: what is not finished is an issue, not a comment.
func TestNothingLeftOpen(t *testing.T) {
	markers := []string{"TO" + "DO", "FIX" + "ME", "XX" + "X:", "HA" + "CK"}
	for _, file := range source(t) {
		for _, group := range file.Syntax.Comments {
			for _, comment := range group.List {
				for _, marker := range markers {
					if strings.Contains(comment.Text, marker) {
						t.Errorf("%s says %q", place(file, comment), marker)
					}
				}
			}
		}
	}
}
