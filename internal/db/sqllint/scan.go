package sqllint

import "strings"

type kind uint8

const (
	word   kind = iota // keyword, name or parameter, upper-cased
	quoted             // "name", without the quotes
	text               // 'string' or $$string$$, without the quotes
	number
	symbol // operator or punctuation
)

type token struct {
	kind kind
	text string
	line int
}

// scanner cuts SQL into tokens and drops white space and comments.
type scanner struct {
	sql  string
	at   int
	line int
}

// symbols of more than one character, longest first.
const symbolsLong = "->> :: // -> <<= >>= << >> || && <= >= <> != @> <@ := =>"

func scan(sql string) []token {
	s := &scanner{sql: sql, line: 1}
	var tokens []token
	for s.skip(); s.at < len(s.sql); s.skip() {
		tokens = append(tokens, s.next())
	}
	return tokens
}

// skip moves past white space and comments.
func (s *scanner) skip() {
	for s.at < len(s.sql) {
		rest := s.sql[s.at:]
		switch {
		case strings.ContainsRune(" \t\r\n", rune(rest[0])):
			s.advance(1)
		case strings.HasPrefix(rest, "--"):
			s.advance(until(rest, "\n"))
		case strings.HasPrefix(rest, "/*"):
			s.advance(2 + until(rest[2:], "*/"))
		default:
			return
		}
	}
}

func (s *scanner) next() token {
	start, rest := s.line, s.sql[s.at:]
	switch c := rest[0]; {
	case c == '\'':
		return token{text, s.delimited("'"), start}
	case c == '"':
		return token{quoted, s.delimited(`"`), start}
	case c == '$' && dollarTag(rest) != "":
		return token{text, s.delimited(dollarTag(rest)), start}
	case letter(c) || c == '$':
		return token{word, strings.ToUpper(s.take(span(rest, named))), start}
	case c >= '0' && c <= '9':
		return token{number, s.take(span(rest, numeric)), start}
	}
	for long := range strings.FieldsSeq(symbolsLong) {
		if strings.HasPrefix(rest, long) {
			return token{symbol, s.take(len(long)), start}
		}
	}
	return token{symbol, s.take(1), start}
}

// delimited takes a text between two equal marks; a doubled mark inside belongs
// to the text, which is what reading two neighbours amounts to.
func (s *scanner) delimited(mark string) string {
	inner := s.sql[s.at+len(mark):]
	length := strings.Index(inner, mark)
	if length < 0 {
		s.advance(len(s.sql) - s.at)
		return inner
	}
	s.advance(length + 2*len(mark))
	return inner[:length]
}

func (s *scanner) take(n int) string {
	taken := s.sql[s.at : s.at+n]
	s.advance(n)
	return taken
}

func (s *scanner) advance(n int) {
	s.line += strings.Count(s.sql[s.at:s.at+n], "\n")
	s.at += n
}

// until returns the length up to and including the mark, or the whole length.
func until(rest, mark string) int {
	if i := strings.Index(rest, mark); i >= 0 {
		return i + len(mark)
	}
	return len(rest)
}

// dollarTag returns the opening mark of a dollar-quoted text, or "".
func dollarTag(rest string) string {
	end := 1 + span(rest[1:], letter)
	if end < len(rest) && rest[end] == '$' {
		return rest[:end+1]
	}
	return ""
}

func span(rest string, belongs func(byte) bool) int {
	n := 0
	for n < len(rest) && belongs(rest[n]) {
		n++
	}
	return n
}

func letter(c byte) bool {
	return c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= 0x80
}

func numeric(c byte) bool { return c == '.' || c >= '0' && c <= '9' }

func named(c byte) bool { return letter(c) || c == '$' || c >= '0' && c <= '9' }
