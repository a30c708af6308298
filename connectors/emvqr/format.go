package emvqr

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// format is what a value must look like: a class of characters and how many of
// them, written as in the specifications: "n4", "an1-25".
type format struct {
	class    string
	min, max int
}

// classes of characters: n digits, a capital letters, an letters and digits, hex
// hexadecimal digits, s any.
var classes = map[string]func(rune) bool{
	"n":   func(r rune) bool { return r >= '0' && r <= '9' },
	"a":   func(r rune) bool { return r >= 'A' && r <= 'Z' },
	"an":  func(r rune) bool { return r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' },
	"hex": func(r rune) bool { return r >= '0' && r <= '9' || r >= 'A' && r <= 'F' || r >= 'a' && r <= 'f' },
	"s":   func(rune) bool { return true },
}

// parseFormat reads a format.
func parseFormat(text string) (format, bool) {
	class := strings.TrimRight(text, "0123456789-")
	least, most, ranged := strings.Cut(text[len(class):], "-")
	if !ranged {
		most = least
	}
	f := format{class: class}
	var errs [2]error
	f.min, errs[0] = strconv.Atoi(least)
	f.max, errs[1] = strconv.Atoi(most)
	ok := classes[class] != nil && errs[0] == nil && errs[1] == nil && f.min > 0 && f.min <= f.max && f.max <= valueMax
	return f, ok
}

// matches reports whether a value has the format.
func (f format) matches(value string) bool {
	n := utf8.RuneCountInString(value)
	return n >= f.min && n <= f.max && !strings.ContainsFunc(value, func(r rune) bool { return !classes[f.class](r) })
}

// String says the format in words fit for a finding.
func (f format) String() string {
	names := map[string]string{
		"n": "digits", "a": "capital letters", "an": "letters and digits", "hex": "hexadecimal digits", "s": "characters",
	}
	if f.min == f.max {
		return strconv.Itoa(f.min) + " " + names[f.class]
	}
	return strconv.Itoa(f.min) + " to " + strconv.Itoa(f.max) + " " + names[f.class]
}
