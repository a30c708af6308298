package schema

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// Problem is the rule of a type that a value breaks.
type Problem uint8

// The problems; None is a good value.
const (
	None Problem = iota
	// Malformed: the value is not of its kind at all.
	Malformed
	// TooShort and TooLong: see [Facets.MinLength] and [Facets.MaxLength].
	TooShort
	TooLong
	// NoMatch: see [Facets.Expression].
	NoMatch
	// NotListed: see [Facets.Values].
	NotListed
	// TooManyDigits and TooManyFractionDigits: see [Facets.TotalDigits] and
	// [Facets.FractionDigits].
	TooManyDigits
	TooManyFractionDigits
	// TooSmall: see [Facets.AtLeast].
	TooSmall
)

// Collapse removes the white space around a value that is no part of it: that
// of every kind but Text.
func (t *Type) Collapse(value []byte) []byte {
	if t.Kind == Text {
		return value
	}
	start, end := 0, len(value)
	for start < end && space(value[start]) {
		start++
	}
	for end > start && space(value[end-1]) {
		end--
	}
	return value[start:end]
}

func space(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

// Check holds a collapsed value to a leaf type. The value of an Amount is its
// number; the currency is checked by the type of the attribute.
func (t *Type) Check(value []byte) Problem {
	switch t.Kind {
	case Text:
		return t.Facets.text(value)
	case Amount:
		return t.Value.Facets.decimal(value)
	case Decimal:
		return t.Facets.decimal(value)
	case Binary:
		return t.Facets.binary(value)
	case Boolean:
		switch string(value) {
		case "true", "false", "1", "0":
			return None
		}
		return Malformed
	default:
		return t.moment(value)
	}
}

func (f *Facets) text(value []byte) Problem {
	if f.MinLength > 0 || f.MaxLength > 0 {
		if problem := f.length(value); problem != None {
			return problem
		}
	}
	if f.Values != nil {
		if _, found := slices.BinarySearchFunc(f.Values, value, compare); !found {
			return NotListed
		}
	}
	if f.pattern != nil && !f.pattern.matches(value) {
		return NoMatch
	}
	return None
}

func compare(listed string, value []byte) int {
	switch {
	case listed == string(value):
		return 0
	case listed < string(value):
		return -1
	default:
		return 1
	}
}

func (f *Facets) length(value []byte) Problem {
	n := len(value)
	// Bytes are at least characters, so most values need no counting.
	if n < f.MinLength || f.MaxLength > 0 && n > f.MaxLength || f.MinLength > 1 {
		n = utf8.RuneCount(value)
	}
	return f.within(n)
}

func (f *Facets) within(n int) Problem {
	switch {
	case n < f.MinLength:
		return TooShort
	case f.MaxLength > 0 && n > f.MaxLength:
		return TooLong
	default:
		return None
	}
}

// decimal is [+-]? digits with at most one point, which may stand at either end.
func (f *Facets) decimal(value []byte) Problem {
	number, ok := scanDecimal(value)
	switch {
	case !ok:
		return Malformed
	case f.TotalDigits > 0 && number.integer+number.fraction > f.TotalDigits:
		return TooManyDigits
	case f.TotalDigits > 0 && number.fraction > f.FractionDigits:
		return TooManyFractionDigits
	case f.Bounded && !number.atLeast(f.AtLeast):
		return TooSmall
	default:
		return None
	}
}

// decimal describes a number by its digits that count.
type decimal struct {
	negative bool
	// integer counts the digits before the point without leading zeros,
	// fraction those behind it without zeros at the end.
	integer, fraction int
}

func scanDecimal(value []byte) (decimal, bool) {
	var d decimal
	if len(value) > 0 && (value[0] == '+' || value[0] == '-') {
		d.negative = value[0] == '-'
		value = value[1:]
	}
	i, digits := 0, 0
	for ; i < len(value) && digit(value[i]); i++ {
		digits++
		if value[i] != '0' || d.integer > 0 {
			d.integer++
		}
	}
	if i < len(value) && value[i] == '.' {
		first := i + 1
		for i = first; i < len(value) && digit(value[i]); i++ {
			digits++
			if value[i] != '0' {
				d.fraction = i + 1 - first
			}
		}
	}
	return d, digits > 0 && i == len(value)
}

// atLeast compares with a bound that is 0 or 1, the only ones of the official
// schemas.
func (d decimal) atLeast(bound int64) bool {
	zero := d.integer == 0 && d.fraction == 0
	if bound > 0 {
		return !d.negative && d.integer > 0
	}
	return !d.negative || zero
}

func digit(c byte) bool { return c >= '0' && c <= '9' }

// alphabet has the symbols of base 64 in the order of the six bits that they are.
const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

// binary is base 64 with white space anywhere; its length counts bytes. The bits
// of the last symbol that no byte needs are zero, so that bytes are written in
// one way only (XML Schema Part 2, 3.2.16).
func (f *Facets) binary(value []byte) Problem {
	symbols, padding, last := 0, 0, 0
	for _, c := range value {
		six := strings.IndexByte(alphabet, c)
		switch {
		case space(c):
		case c == '=':
			padding++
		case padding > 0 || six < 0:
			return Malformed
		default:
			last = six
			symbols++
		}
	}
	spare := 1<<(2*padding) - 1
	if padding > 2 || (symbols+padding)%4 != 0 || last&spare != 0 {
		return Malformed
	}
	return f.within(symbols * 3 / 4)
}
