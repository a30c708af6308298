// Package sqllint finds SQL that would not mean the same on CockroachDB and on
// PostgreSQL 15, or that only one of them accepts, and SQL that is correct on
// both but wrong in a switch (business time from the server, floats).
//
// It reads tokens, not a grammar: a rule looks for a short sequence of words.
// What needs knowledge of the tables stays with the reviewer: nullable columns
// in ORDER BY, the size of transactions, uniqueness across regions.
package sqllint

import (
	"fmt"
	"strings"
)

// Finding is one construct that must not be used.
type Finding struct {
	// Rule is the stable name of the rule, such as "serial".
	Rule string
	// Line is where the construct stands, from 1.
	Line int
	// Construct is the offending piece of SQL.
	Construct string
	// Reason says why, and what to use.
	Reason string
}

// String renders "line 3: SERIAL: ... (serial)".
func (f Finding) String() string {
	return fmt.Sprintf("line %d: %s: %s (%s)", f.Line, f.Construct, f.Reason, f.Rule)
}

// Check returns what is wrong with one SQL text, in the order of the rules.
func Check(sql string) []Finding {
	tokens := scan(sql)
	var findings []Finding
	for _, r := range banned() {
		for _, phrase := range r.phrases {
			findings = append(findings, r.find(tokens, phrase)...)
		}
	}
	for _, r := range shapes() {
		for _, at := range r.match(tokens) {
			findings = append(findings, Finding{r.name, tokens[at].line, near(tokens, at), r.reason})
		}
	}
	return findings
}

// CheckMigration is [Check] for one step of a migration, which must also be
// safe to run a second time after a crash.
func CheckMigration(sql string) []Finding {
	tokens := scan(sql)
	findings := Check(sql)
	for _, at := range unguarded(tokens) {
		findings = append(findings, Finding{"rerun", tokens[at].line, near(tokens, at),
			"a step killed midway runs again: add IF NOT EXISTS or IF EXISTS"})
	}
	return findings
}

// Statements returns how many statements the text holds.
func Statements(sql string) int {
	count, open := 0, false
	for _, t := range scan(sql) {
		if t.kind == symbol && t.text == ";" {
			open = false
		} else if !open {
			open = true
			count++
		}
	}
	return count
}

// ban is a rule that looks for phrases. A phrase is words and symbols with
// spaces between; "^" in front asks for the start of a statement, "*" at the end
// of its last word for any ending.
type ban struct {
	name    string
	phrases []string
	reason  string
}

func (b ban) find(tokens []token, phrase string) []Finding {
	pattern, atStart := strings.CutPrefix(phrase, "^")
	if pattern == "" { // the operator itself
		pattern, atStart = phrase, false
	}
	words := strings.Fields(pattern)
	var findings []Finding
	for i := range tokens {
		if atStart && !starts(tokens, i) || !phraseAt(tokens[i:], words) {
			continue
		}
		findings = append(findings, Finding{b.name, tokens[i].line, pattern, b.reason})
	}
	return findings
}

func phraseAt(tokens []token, words []string) bool {
	if len(tokens) < len(words) {
		return false
	}
	for i, want := range words {
		if !fits(tokens[i], want) {
			return false
		}
	}
	return true
}

func fits(t token, want string) bool {
	if t.kind != word && t.kind != symbol {
		return false
	}
	if prefix, open := strings.CutSuffix(want, "*"); open && prefix != "" {
		return strings.HasPrefix(t.text, prefix)
	}
	return t.text == want
}

func starts(tokens []token, i int) bool {
	return i == 0 || is(tokens, i-1, ";")
}

// is reports whether the token at i exists and is the word or symbol.
func is(tokens []token, i int, want string) bool {
	return i >= 0 && i < len(tokens) && fits(tokens[i], want)
}

// sequence reports whether the words stand at i.
func sequence(tokens []token, i int, words string) bool {
	return i >= 0 && i <= len(tokens) && phraseAt(tokens[i:], strings.Fields(words))
}

// near renders a few tokens for a message.
func near(tokens []token, at int) string {
	var parts []string
	for _, t := range tokens[at:min(at+4, len(tokens))] {
		parts = append(parts, t.text)
	}
	return strings.Join(parts, " ")
}
