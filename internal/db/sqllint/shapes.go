package sqllint

import "strings"

// shape is a rule that needs more than a phrase. match returns the positions of
// the offending tokens.
type shape struct {
	name   string
	reason string
	match  func([]token) []int
}

func shapes() []shape {
	return []shape{
		{"statements", "one statement in one text: several DDL steps can be half-applied", severalStatements},
		{"star", "a migration changes its meaning under cached statements: name the columns", stars},
		{"unnamed", "generated names differ: write CONSTRAINT name in front", unnamedConstraints},
		{"update-lock", "row locks are best-effort on CockroachDB; only FOR UPDATE SKIP LOCKED is a fair hint", updateLocks},
		{"arbiter", "name the columns of one unique constraint, without expression or WHERE", badArbiters},
		{"sum", "sum() is a decimal: cast it, as in sum(amount)::BIGINT", uncastSums},
		{"infinity", "infinite times are absent on CockroachDB: use NOT NULL and a chosen bound", infinities},
		{"ordered-key", "a key that begins with a time is a hot spot on CockroachDB: put a shard or id first", timeKeys},
		{"two-writes", "CockroachDB refuses two writes to one table in one statement", twoWrites},
		{"alter-type", "not in place on CockroachDB: expand, backfill, contract", alteredTypes},
	}
}

// where returns the positions at which the condition holds.
func where(tokens []token, holds func(i int) bool) []int {
	var found []int
	for i := range tokens {
		if holds(i) {
			found = append(found, i)
		}
	}
	return found
}

func severalStatements(tokens []token) []int {
	return where(tokens, func(i int) bool { return i > 0 && starts(tokens, i) && !is(tokens, i, ";") })
}

func stars(tokens []token) []int {
	return where(tokens, func(i int) bool {
		return is(tokens, i, "*") && (is(tokens, i-1, "SELECT") || is(tokens, i-1, "RETURNING") ||
			is(tokens, i-1, "DISTINCT") || is(tokens, i-1, "ALL") || is(tokens, i-1, "."))
	})
}

func unnamedConstraints(tokens []token) []int {
	if !sequence(tokens, 0, "CREATE TABLE") && !sequence(tokens, 0, "ALTER TABLE") {
		return nil
	}
	return where(tokens, func(i int) bool {
		return constraintAt(tokens, i) && !is(tokens, i-2, "CONSTRAINT")
	})
}

func constraintAt(tokens []token, i int) bool {
	switch {
	case sequence(tokens, i, "PRIMARY KEY"), sequence(tokens, i, "FOREIGN KEY"),
		sequence(tokens, i, "CHECK ("), is(tokens, i, "UNIQUE"):
		return true
	case is(tokens, i, "REFERENCES"):
		return !sequence(tokens, opening(tokens, i-1)-2, "FOREIGN KEY")
	default:
		return false
	}
}

func updateLocks(tokens []token) []int {
	return where(tokens, func(i int) bool {
		return sequence(tokens, i, "FOR UPDATE") && !sequence(tokens, i+2, "SKIP LOCKED")
	})
}

func badArbiters(tokens []token) []int {
	return where(tokens, func(i int) bool {
		if !sequence(tokens, i, "ON CONFLICT") {
			return false
		}
		end := closing(tokens, i+2)
		if end < 0 || !is(tokens, end+1, "DO") {
			return true
		}
		for _, t := range tokens[i+3 : end] {
			if t.text == "(" {
				return true
			}
		}
		return false
	})
}

// uncastSums accepts a cast of the sum itself or of any parenthesis around it.
func uncastSums(tokens []token) []int {
	return where(tokens, func(i int) bool {
		if !sequence(tokens, i, "SUM (") {
			return false
		}
		for end := closing(tokens, i+1); end >= 0; end = outer(tokens, end) {
			if sequence(tokens, end+1, ":: BIGINT") || sequence(tokens, end-2, "AS BIGINT )") {
				return false
			}
		}
		return true
	})
}

func infinities(tokens []token) []int {
	return where(tokens, func(i int) bool {
		return tokens[i].kind == text && strings.HasSuffix(strings.ToLower(tokens[i].text), "infinity")
	})
}

func timeKeys(tokens []token) []int {
	return where(tokens, func(i int) bool {
		if !sequence(tokens, i, "PRIMARY KEY (") || i+3 >= len(tokens) {
			return false
		}
		first := tokens[i+3].text
		return first == "AT" || strings.HasSuffix(first, "_AT")
	})
}

func twoWrites(tokens []token) []int {
	written := map[string]bool{}
	return where(tokens, func(i int) bool {
		if starts(tokens, i) {
			clear(written)
		}
		name := target(tokens, i)
		repeated := name != "" && written[name]
		written[name] = true
		return repeated
	})
}

// target returns the table that a write starting at i is for, or "".
func target(tokens []token, i int) string {
	switch {
	case (sequence(tokens, i, "INSERT INTO") || sequence(tokens, i, "DELETE FROM")) && i+2 < len(tokens):
		return tokens[i+2].text
	case is(tokens, i, "UPDATE") && i+1 < len(tokens) && !is(tokens, i-1, "DO") && !is(tokens, i-1, "FOR") &&
		!is(tokens, i-1, "ON"):
		return tokens[i+1].text
	default:
		return ""
	}
}

func alteredTypes(tokens []token) []int {
	return where(tokens, func(i int) bool {
		return sequence(tokens, i, "ALTER COLUMN") && is(tokens, i+3, "TYPE")
	})
}

// unguarded returns DDL that fails when it is run twice.
func unguarded(tokens []token) []int {
	return where(tokens, func(i int) bool {
		switch {
		case starts(tokens, i) && is(tokens, i, "CREATE"):
			return !within(tokens, i, 5, "IF NOT EXISTS")
		case starts(tokens, i) && is(tokens, i, "DROP"), sequence(tokens, i, "DROP COLUMN"),
			sequence(tokens, i, "DROP CONSTRAINT"):
			return !sequence(tokens, i+2, "IF EXISTS")
		case sequence(tokens, i, "ADD COLUMN"):
			return !sequence(tokens, i+2, "IF NOT EXISTS")
		default:
			return false
		}
	})
}

func within(tokens []token, from, length int, words string) bool {
	for i := from; i < from+length; i++ {
		if sequence(tokens, i, words) {
			return true
		}
	}
	return false
}

// closing returns the position of the parenthesis that closes the one at i, or
// -1 when there is none.
func closing(tokens []token, i int) int {
	if !is(tokens, i, "(") {
		return -1
	}
	return balance(tokens, i, 1, "(", ")")
}

// opening returns the position of the parenthesis that opens the one at i.
func opening(tokens []token, i int) int {
	if !is(tokens, i, ")") {
		return -1
	}
	return balance(tokens, i, -1, ")", "(")
}

// outer returns the parenthesis that closes the one around position i.
func outer(tokens []token, i int) int {
	depth := 1
	for j := i + 1; j < len(tokens); j++ {
		if depth += change(tokens, j, "(", ")"); depth == 0 {
			return j
		}
	}
	return -1
}

func balance(tokens []token, i, step int, deeper, higher string) int {
	depth := 0
	for j := i; j >= 0 && j < len(tokens); j += step {
		if depth += change(tokens, j, deeper, higher); depth == 0 {
			return j
		}
	}
	return -1
}

func change(tokens []token, i int, deeper, higher string) int {
	switch {
	case is(tokens, i, deeper):
		return 1
	case is(tokens, i, higher):
		return -1
	default:
		return 0
	}
}
