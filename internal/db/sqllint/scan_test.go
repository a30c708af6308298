package sqllint

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// words renders tokens as "kind:text" for comparison.
func words(sql string) []string {
	names := map[kind]string{word: "w", quoted: "q", text: "t", number: "n", symbol: "s"}
	var all []string
	for _, t := range scan(sql) {
		all = append(all, names[t.kind]+":"+t.text)
	}
	return all
}

func TestScan(t *testing.T) {
	for sql, want := range map[string][]string{
		`SELECT id, "Id" FROM a`:    {"w:SELECT", "w:ID", "s:,", "q:Id", "w:FROM", "w:A"},
		`x = 'it''s' || 'b'`:        {"w:X", "s:=", "t:it", "t:s", "s:||", "t:b"},
		`$1::BIGINT`:                {"w:$1", "s:::", "w:BIGINT"},
		`$$ ; -- no comment $$`:     {"t: ; -- no comment "},
		`$tag$a$$b$tag$`:            {"t:a$$b"},
		`a->>'b' -> c`:              {"w:A", "s:->>", "t:b", "s:->", "w:C"},
		`1.5 + 20`:                  {"n:1.5", "s:+", "n:20"},
		`a // b / c`:                {"w:A", "s://", "w:B", "s:/", "w:C"},
		"a -- b\nc /* d\n e */ f":   {"w:A", "w:C", "w:F"},
		`a<=b<>c!=d`:                {"w:A", "s:<=", "w:B", "s:<>", "w:C", "s:!=", "w:D"},
		`a[1:2]`:                    {"w:A", "s:[", "n:1", "s::", "n:2", "s:]"},
		`größe`:                     {"w:" + strings.ToUpper("größe")},
		`SELECT %s FROM a`:          {"w:SELECT", "s:%", "w:S", "w:FROM", "w:A"},
		`'open`:                     {"t:open"},
		`"open`:                     {"q:open"},
		`/* open`:                   nil,
		`-- open`:                   nil,
		``:                          nil,
		`schema_migration_2.number`: {"w:SCHEMA_MIGRATION_2", "s:.", "w:NUMBER"},
	} {
		if diff := cmp.Diff(want, words(sql)); diff != "" {
			t.Errorf("%s:\n%s", sql, diff)
		}
	}
}

func TestLinesAreCounted(t *testing.T) {
	var lines []int
	for _, token := range scan("a\n'b\nc' d /* \n */ e\n-- f\ng") {
		lines = append(lines, token.line)
	}
	if want := []int{1, 2, 3, 4, 6}; !slices.Equal(lines, want) {
		t.Fatalf("lines %v, want %v", lines, want)
	}
}

func TestParentheses(t *testing.T) {
	tokens := scan(`f ( a ( b ) , ( c ) ) d )`)
	//              0 1 2 3 4 5 6 7 8 9 10 11 12
	for _, test := range []struct {
		name string
		got  int
		want int
	}{
		{"closing of the outer", closing(tokens, 1), 10},
		{"closing of the inner", closing(tokens, 3), 5},
		{"closing of a word", closing(tokens, 0), -1},
		{"closing behind the end", closing(tokens, 99), -1},
		{"opening of the outer", opening(tokens, 10), 1},
		{"opening of the inner", opening(tokens, 9), 7},
		{"opening of nothing", opening(tokens, 12), -1},
		{"opening of a word", opening(tokens, 0), -1},
		{"around the inner", outer(tokens, 5), 10},
		{"around the outer", outer(tokens, 10), 12},
		{"around all", outer(tokens, 12), -1},
	} {
		if test.got != test.want {
			t.Errorf("%s: %d, want %d", test.name, test.got, test.want)
		}
	}
}

func TestPhrases(t *testing.T) {
	for _, test := range []struct {
		phrase, sql string
		want        int
	}{
		{"^SET", "SET a", 1},
		{"^SET", "UPDATE a SET b", 0},
		{"^SET", "SELECT 1; SET a", 1},
		{"SET", "UPDATE a SET b", 1},
		{"PG_*", "SELECT pg_sleep(1), pg_cancel(2)", 2},
		{"NOW (", "now()", 1},
		{"NOW (", "now", 0},
		{"ROLLBACK TO", "ROLLBACK", 0},
		{"^", "a ^ b", 1},
		{"SET", "'SET' \"SET\"", 0},
	} {
		if got := len(ban{phrases: []string{test.phrase}}.find(scan(test.sql), test.phrase)); got != test.want {
			t.Errorf("%s in %s: %d, want %d", test.phrase, test.sql, got, test.want)
		}
	}
}

// White space, comments and capitals change nothing about what is found.
func TestLayoutDoesNotMatter(t *testing.T) {
	rules := func(sql string) []string {
		var names []string
		for _, f := range CheckMigration(sql) {
			names = append(names, f.Rule)
		}
		slices.Sort(names)
		return names
	}
	rapid.Check(t, func(rt *rapid.T) {
		test := rapid.SampledFrom(cases).Draw(rt, "case")
		sql := rapid.SampledFrom(append(slices.Clone(test.bad), test.good...)).Draw(rt, "sql")
		if strings.ContainsAny(sql, `'"$`) || strings.Contains(sql, "--") || strings.Contains(sql, "/*") {
			return // their texts are not layout
		}
		gap := rapid.SampledFrom([]string{"\n", " \t ", " /* SERIAL / now() */ ", " -- ; SELECT *\n"}).Draw(rt, "gap")
		changed := strings.ReplaceAll(sql, " ", gap)
		if rapid.Bool().Draw(rt, "small") {
			changed = strings.ToLower(changed)
		}
		if diff := cmp.Diff(rules(sql), rules(changed)); diff != "" {
			rt.Fatalf("%s\n%s\n%s", sql, changed, diff)
		}
	})
}
