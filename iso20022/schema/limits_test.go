package schema

import (
	"encoding/base64"
	"fmt"
	"math/big"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"pgregory.net/rapid"
)

// What a line of a table says limits the values of its type: at the limit they
// are taken, one beyond it they are not.
func TestFacetsOfTables(t *testing.T) {
	number := func(digits string) string { return "decimal\t" + digits }
	tests := []struct {
		definition     string
		within, beyond string
		want           Problem
	}{
		{"text\tlength=1..3", "éßñ", "éßñŁ", TooLong},
		{"text\tlength=2..3", "é1", "é", TooShort},
		{"text\tlength=1..3", "1", "", TooShort},
		{"text\tlength=9..9", "123456789", "12345678", TooShort},
		{"text\tlength=9..9", "123456789", "1234567890", TooLong},
		{"text\tlength=2..*", strings.Repeat("é", 100_000), "é", TooShort},
		{"text\tlength=0..1", "", "12", TooLong},
		{"text\tvalues=CRED|DEBT|SHAR", "DEBT", "DEBU", NotListed},
		{"text\tvalues=CRED", "CRED", "CREE", NotListed},
		{"text\tpattern=[A-Z]{3,3}", "EUR", "EU", NoMatch},
		{"text\tlength=1..2\tpattern=[0-9]*", "12", "123", TooLong},
		{"text\tlength=1..2\tpattern=[0-9]*", "12", "1a", NoMatch},
		{number("digits=3.0"), "999", "1000", TooManyDigits},
		{number("digits=3.0"), "999.000", "99.9", TooManyFractionDigits},
		{number("digits=18.17"), "0.12345678901234567", "0.123456789012345678", TooManyFractionDigits},
		{number("digits=18.17"), "1.12345678901234567", "12.12345678901234567", TooManyDigits},
		{number("digits=30.29"), "9." + strings.Repeat("9", 29), "99." + strings.Repeat("9", 29), TooManyDigits},
		{number("digits=18.5\tleast=0"), "0", "-0.00001", TooSmall},
		{number("digits=18.5\tleast=1"), "1", "0.99999", TooSmall},
		{number("least=1"), "99999999999999999999", "-99999999999999999999", TooSmall},
		{number("digits=18.5"), "-1", "1e0", Malformed},
		{number("least=0"), "12345678901234567890.12345678901234567890", "-0.1", TooSmall},
		{"boolean", "1", "2", Malformed},
		{"binary\tlength=1..1", "QQ==", "QUI=", TooLong},
		{"binary\tlength=2..*", "QUI=", "QQ==", TooShort},
		{"year", "9999", "10000", Malformed},
		{"year", "0001", "0000", Malformed},
	}
	for _, test := range tests {
		value := parsed(t, test.definition).Find("X").Type
		if got := value.Check([]byte(test.within)); got != None {
			t.Errorf("%q of %q: %d, want none", test.within, test.definition, got)
		}
		if got := value.Check([]byte(test.beyond)); got != test.want {
			t.Errorf("%q of %q: %d, want %d", test.beyond, test.definition, got, test.want)
		}
	}
}

// parsed returns a sequence of one element X of a type so defined.
func parsed(t *testing.T, definition string) *Type {
	t.Helper()
	set, err := Parse("T\t" + definition + "\nB\tsequence\tX:T\nD\tsequence\tR:B\nx.001.001.01\tmessage\tDocument:D\n")
	if err != nil {
		t.Fatalf("%q: %v", definition, err)
	}
	return set.Lookup("x.001.001.01").Body().Type
}

// How often an element stands there, and from where on nothing can be missing.
func TestElementsOfTables(t *testing.T) {
	set, err := Parse("T\ttext\nE\tany\turn:foreign\nC\tchoice\tP:T Q:T\n" +
		"B\tsequence\tOne:T Maybe:T:0..1 Two:T:0..2 Some:T:1..* Must:C:2..3 Last:E:0..1\n" +
		"O\tsequence\tA:T:0..1 B:T:0..*\n" +
		"D\tsequence\tR:B\nF\tsequence\tR:O\nx.001.001.01\tmessage\tDocument:D\nx.002.001.01\tmessage\tDocument:F\n")
	if err != nil {
		t.Fatal(err)
	}
	body := set.Lookup("x.001.001.01").Body()
	if body.Min != 1 || body.Max != 1 || body.Repeats() {
		t.Errorf("the body stands there %d to %d times", body.Min, body.Max)
	}
	var got []string
	for i := range body.Type.Elements {
		e := &body.Type.Elements[i]
		got = append(got, fmt.Sprint(e.Ordinal, e.Name, e.Min, e.Max, e.Repeats()))
	}
	want := []string{
		"0One1 1 false", "1Maybe0 1 false", "2Two0 2 true", "3Some1 2147483647 true", "4Must2 3 true", "5Last0 1 false",
	}
	if strings.Join(got, "|") != strings.Join(want, "|") {
		t.Errorf("%v, want %v", got, want)
	}
	if body.Type.Settled != 5 {
		t.Errorf("nothing can be missing from element %d, want 5", body.Type.Settled)
	}
	if optional := set.Lookup("x.002.001.01").Body().Type; optional.Settled != 0 {
		t.Errorf("something can be missing up to element %d of optional ones", optional.Settled)
	}
	foreign := body.Type.Find("Last").Type
	if foreign.Namespace != "urn:foreign" || foreign.Kind.Leaf() || !body.Type.Find("One").Type.Kind.Leaf() {
		t.Errorf("foreign content %+v", foreign)
	}
	if p := body.Type.Find("Must").Type; p.Kind != Choice || p.Kind.Leaf() || len(p.Elements) != 2 {
		t.Errorf("choice %+v", p)
	}
}

// A text is measured in characters, whatever their bytes.
func TestLengthCountsCharacters(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := Facets{MinLength: rapid.IntRange(0, 12).Draw(t, "least")}
		if rapid.Bool().Draw(t, "limited") {
			f.MaxLength = max(1, f.MinLength+rapid.IntRange(0, 6).Draw(t, "room"))
		}
		value := rapid.StringN(0, 20, -1).Draw(t, "value")
		n, want := utf8.RuneCountInString(value), None
		switch {
		case n < f.MinLength:
			want = TooShort
		case f.MaxLength > 0 && n > f.MaxLength:
			want = TooLong
		}
		if got := (&Type{Kind: Text, Facets: f}).Check([]byte(value)); got != want {
			t.Fatalf("%d characters in %d..%d: %d, want %d", n, f.MinLength, f.MaxLength, got, want)
		}
	})
}

var lexicalDecimal = regexp.MustCompile(`^[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)$`)

// A decimal is judged like the number that it writes, by exact arithmetic: its
// digits are those of the shortest way to write it.
func TestDecimalsByArithmetic(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		total := rapid.IntRange(1, 8).Draw(t, "total")
		f := Facets{TotalDigits: total, FractionDigits: rapid.IntRange(0, total).Draw(t, "fraction")}
		if f.Bounded = rapid.Bool().Draw(t, "bounded"); f.Bounded {
			f.AtLeast = rapid.Int64Range(0, 1).Draw(t, "least")
		}
		value := rapid.OneOf(
			rapid.StringMatching(`[+-]?0{0,3}[0-9]{0,9}(\.[0-9]{0,9}0{0,3})?`),
			rapid.StringMatching(`0{0,2}[0-9]{1,4}(\.[0-9]{1,4})?`),
			rapid.StringMatching(`[-+.0-9e]{0,4}`),
		).Draw(t, "value")
		if got, want := f.decimal([]byte(value)), decimalProblem(&f, value); got != want {
			t.Fatalf("%q in %+v: %d, want %d", value, f, got, want)
		}
	})
}

func decimalProblem(f *Facets, value string) Problem {
	if !lexicalDecimal.MatchString(value) {
		return Malformed
	}
	number, ok := new(big.Rat).SetString(value)
	if !ok {
		return Malformed
	}
	fraction := 0
	for scaled := new(big.Rat).Set(number); !scaled.IsInt(); fraction++ {
		scaled.Mul(scaled, big.NewRat(10, 1))
	}
	whole := new(big.Int).Quo(number.Num(), number.Denom())
	integer := len(whole.Abs(whole).String())
	if whole.Sign() == 0 {
		integer = 0
	}
	switch {
	case integer+fraction > f.TotalDigits:
		return TooManyDigits
	case fraction > f.FractionDigits:
		return TooManyFractionDigits
	case f.Bounded && number.Cmp(new(big.Rat).SetInt64(f.AtLeast)) < 0:
		return TooSmall
	default:
		return None
	}
}

// Base 64 is what RFC 4648 takes in its strict form, and white space anywhere:
// the bits that no byte needs are zero (XML Schema Part 2, 3.2.16).
func TestBinaryIsStrict(t *testing.T) {
	blank := strings.NewReplacer(" ", "", "\t", "", "\n", "", "\r", "")
	rapid.Check(t, func(t *rapid.T) {
		f := Facets{MinLength: rapid.IntRange(0, 4).Draw(t, "least"), MaxLength: rapid.IntRange(4, 8).Draw(t, "most")}
		value := base64.StdEncoding.EncodeToString(rapid.SliceOfN(rapid.Byte(), 0, 10).Draw(t, "bytes"))
		for range rapid.IntRange(0, 2).Draw(t, "changes") {
			at := rapid.IntRange(0, len(value)).Draw(t, "at")
			change := rapid.SampledFrom(strings.Split("|@|A|B|Z|[|`|a|z|{|/|0|9|:|.|+|,|=| |\t|\n|\r|\x00|é", "|"))
			value = value[:at] + change.Draw(t, "instead") + value[min(at+rapid.IntRange(0, 1).Draw(t, "of"), len(value)):]
		}
		want := Malformed
		if decoded, err := base64.StdEncoding.Strict().DecodeString(blank.Replace(value)); err == nil {
			want = f.within(len(decoded))
		}
		if got := f.binary([]byte(value)); got != want {
			t.Fatalf("%q: %d, want %d", value, got, want)
		}
	})
}

// Every day of every month is a day where the calendar has it, in ordinary
// years, leap years, and the years of centuries, of which every fourth is one.
func TestDaysOfTheCalendar(t *testing.T) {
	date := &Type{Kind: Date}
	for _, year := range []int{1, 4, 100, 400, 1582, 1900, 2000, 2023, 2024, 2026, 2100, 2400, 9996, 9999} {
		for month := range 14 {
			for day := range 33 {
				at := time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
				want := Malformed
				if at.Year() == year && int(at.Month()) == month && at.Day() == day {
					want = None
				}
				value := fmt.Sprintf("%04d-%02d-%02d", year, month, day)
				if got := date.Check([]byte(value)); got != want {
					t.Errorf("%s: %d, want %d", value, got, want)
				}
			}
		}
	}
}

// The automata have states for the patterns of the standard and for a limit
// beyond: what needs more is refused when the table is read.
func TestStatesOfPatterns(t *testing.T) {
	// A start, a state for each character, and the one that refuses for good.
	longest := statesMax - 2
	p, err := compile(fmt.Sprintf("a{%d}", longest))
	if err != nil {
		t.Fatal(err)
	}
	if !p.matches([]byte(strings.Repeat("a", longest))) || p.matches([]byte(strings.Repeat("a", longest-1))) ||
		p.matches([]byte(strings.Repeat("a", longest+1))) {
		t.Error("an automaton with all its states counts wrongly")
	}
	if _, err := compile(fmt.Sprintf("a{%d}", longest+1)); err == nil {
		t.Error("an automaton with one state more")
	}
}

// Bytes that are no UTF-8 match like the character that replaces them.
func TestPatternsOnBrokenBytes(t *testing.T) {
	for expression, want := range map[string]bool{"[a-z]*": false, "[^a-z]*": true, ".*": true} {
		p, err := compile(expression)
		if err != nil {
			t.Fatal(err)
		}
		for _, value := range []string{"\x80", "\xff", "\xc3", "\xed\xa0\x80"} {
			if p.matches([]byte(value)) != want {
				t.Errorf("%s on %q: %v", expression, value, !want)
			}
		}
	}
}
