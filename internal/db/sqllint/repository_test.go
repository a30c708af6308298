package sqllint_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/causeway-pay/causeway/internal/db/crdbtest"
	"github.com/causeway-pay/causeway/internal/db/sqllint"
)

// root is the repository.
const root = "../../.."

// looksLikeSQL recognises statements among the strings of a program: a keyword
// in capitals at the start, or small letters with the words that follow it.
var looksLikeSQL = regexp.MustCompile(`^\s*(?:` +
	`(?:SELECT|INSERT INTO|UPDATE|DELETE FROM|CREATE|ALTER|DROP|TRUNCATE|UPSERT|MERGE|LOCK|SET|SAVEPOINT|` +
	`LISTEN|NOTIFY|VACUUM|COPY|DECLARE)\s+\S|WITH\s+\w+\s+AS\s*\(|` +
	`(?:select\s[^.]*\sfrom\s+\w|insert\s+into\s+\w+\s*\(|update\s+\w+\s+set\s+\w+\s*=|delete\s+from\s+\w+\s+where\s|` +
	`create\s+(?:unique\s+)?(?:table|index)\s|alter\s+table\s|drop\s+table\s))`)

// TestRepository checks every .sql file and every string of product code that
// looks like SQL, outside deploy/, where the extras of one engine belong,
// conformance/bench, which reads what PostgreSQL counts, internal/db/dbserver and
// internal/db/dbtest, which start servers and copy databases as PostgreSQL does, and this
// package, which names what it bans.
func TestRepository(t *testing.T) {
	seen := statements(t)
	if len(seen) == 0 {
		t.Fatal("no SQL found: the test looks in the wrong place")
	}
	for _, s := range seen {
		for _, finding := range s.check(s.sql) {
			t.Errorf("%s: %s", s.place, finding)
		}
	}
	t.Logf("%d statements", len(seen))
}

// TestCockroachReadsIt: CockroachDB's own grammar knows every statement. What is made of a
// template is for the tests of who makes it.
func TestCockroachReadsIt(t *testing.T) {
	seen := slices.DeleteFunc(statements(t), func(s statement) bool { return strings.Contains(s.sql, "%s") })
	texts := make([]string, len(seen))
	for i, s := range seen {
		texts[i] = s.sql
	}
	for i, problem := range crdbtest.Problems(t, texts) {
		if problem != "" {
			t.Errorf("%s: %s\n%s", seen[i].place, problem, texts[i])
		}
	}
}

// statement is one SQL text of the repository.
type statement struct {
	place, sql string
	check      func(string) []sqllint.Finding
}

// statements are those of the repository.
func statements(t *testing.T) (seen []statement) {
	t.Helper()
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir():
			return skip(path, entry)
		case strings.HasSuffix(path, ".sql"):
			seen = append(seen, inFile(t, path))
		case strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, "_test.go"):
			seen = append(seen, inGo(t, path)...)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return seen
}

func skip(path string, entry fs.DirEntry) error {
	name := entry.Name()
	if path != root && (strings.HasPrefix(name, ".") || name == "testdata" || name == "node_modules") {
		return filepath.SkipDir
	}
	for _, folder := range []string{"deploy", "conformance/bench", "internal/db/dbserver", "internal/db/dbtest", "internal/db/sqllint"} {
		if path == filepath.Join(root, folder) {
			return filepath.SkipDir
		}
	}
	return nil
}

func inFile(t *testing.T, path string) statement {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	check := sqllint.Check
	if filepath.Base(filepath.Dir(path)) == "migrations" {
		check = sqllint.CheckMigration
	}
	return statement{path, string(content), check}
}

// inGo returns the strings of the file that are taken for SQL.
func inGo(t *testing.T, path string) (seen []statement) {
	t.Helper()
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, path, nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(file, func(node ast.Node) bool {
		expression, isExpression := node.(ast.Expr)
		if !isExpression {
			return true
		}
		sql, isText := constant(expression)
		if !isText {
			return true
		}
		if looksLikeSQL.MatchString(sql) {
			seen = append(seen, statement{files.Position(node.Pos()).String(), sql, sqllint.Check})
		}
		return false
	})
	return seen
}

// constant returns the text of a string literal or of several joined by +, where
// a variable among them counts as a name.
func constant(expression ast.Expr) (sql string, isText bool) {
	switch e := expression.(type) {
	case *ast.BasicLit:
		text, err := strconv.Unquote(e.Value)
		return text, err == nil && e.Kind == token.STRING
	case *ast.BinaryExpr:
		if e.Op != token.ADD {
			return "", false
		}
		left, leftIsText := constant(e.X)
		right, rightIsText := constant(e.Y)
		if !leftIsText && !rightIsText {
			return "", false
		}
		return orName(left, leftIsText) + orName(right, rightIsText), true
	default:
		return "", false
	}
}

func orName(text string, isText bool) string {
	if isText {
		return text
	}
	return "name"
}

func TestLooksLikeSQL(t *testing.T) {
	for text, want := range map[string]bool{
		"SELECT id FROM payment":                true,
		"\n\tWITH due AS (SELECT id FROM a)":    true,
		"select id from payment":                true,
		"update payment set state = $1":         true,
		"Select a participant from the list.":   false,
		"update available":                      false,
		"CREATED":                               false,
		"with care":                             false,
		"delete from the archive what is older": false,
		"INSERT INTO a (b) VALUES ($1)":         true,
		"create table a (b BIGINT NOT NULL)":    true,
		"drop it":                               false,
	} {
		if got := looksLikeSQL.MatchString(text); got != want {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
}

func TestJoinedStringsAreReadAsOne(t *testing.T) {
	for source, want := range map[string]string{
		"`SELECT ` + column + ` FROM a`": "SELECT name FROM a",
		`"SELECT id" + " FROM a"`:        "SELECT id FROM a",
	} {
		expression, err := parser.ParseExpr(source)
		if err != nil {
			t.Fatal(err)
		}
		if got, _ := constant(expression); got != want {
			t.Errorf("%s: %q, want %q", source, got, want)
		}
	}
}
