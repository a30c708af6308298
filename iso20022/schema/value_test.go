package schema

import (
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestValues(t *testing.T) {
	amount := &Type{Kind: Amount, Value: &Type{Kind: Decimal, Facets: Facets{TotalDigits: 18, FractionDigits: 5, Bounded: true}}}
	text := &Type{Kind: Text, Facets: Facets{MinLength: 1, MaxLength: 5}}
	code := &Type{Kind: Text, Facets: Facets{Values: []string{"CRED", "DEBT", "SHAR"}}}
	positive := &Type{Kind: Decimal, Facets: Facets{TotalDigits: 18, Bounded: true, AtLeast: 1}}
	binary := &Type{Kind: Binary, Facets: Facets{MinLength: 1, MaxLength: 4}}
	tests := []struct {
		t     *Type
		value string
		want  Problem
	}{
		{amount, "0", None}, {amount, "0.30", None}, {amount, "1000000.00", None}, {amount, "999999999999999999", None},
		{amount, "9999999999999.99999", None}, {amount, "1.", None}, {amount, ".5", None}, {amount, "+5", None}, {amount, "-0", None},
		{amount, "0000000000000000000001", None}, {amount, "1.000000000000000000000", None}, {amount, "0.00001", None},
		{amount, "1000000000000000000", TooManyDigits}, {amount, "99999999999999.99999", TooManyDigits}, {amount, "0.000001", TooManyFractionDigits},
		{amount, "-5", TooSmall}, {amount, "-0.01", TooSmall}, {amount, "NaN", Malformed}, {amount, "INF", Malformed}, {amount, "1e3", Malformed},
		{amount, "", Malformed}, {amount, ".", Malformed}, {amount, "+", Malformed}, {amount, "--1", Malformed}, {amount, "1.2.3", Malformed},
		{amount, "1 2", Malformed}, {amount, "1,5", Malformed}, {amount, "٣", Malformed}, {amount, "0x10", Malformed},
		{positive, "1", None}, {positive, "0", TooSmall}, {positive, "-1", TooSmall}, {positive, "0.0", TooSmall},
		{text, "", TooShort}, {text, "x", None}, {text, "ไทย漢字", None}, {text, "ไทย漢字x", TooLong}, {text, " ", None},
		{code, "SHAR", None}, {code, "CRED", None}, {code, "SLEV", NotListed}, {code, "", NotListed}, {code, "shar", NotListed}, {code, "SHARE", NotListed},
		{binary, "QQ==", None}, {binary, "QUI=", None}, {binary, "QUJD", None}, {binary, "Q U J D", None}, {binary, "QUJDRA==", None},
		{binary, "QUJDREU=", TooLong}, {binary, "", TooShort}, {binary, "Q", Malformed}, {binary, "QQ", Malformed}, {binary, "QQ=", Malformed},
		{binary, "QQ==Q", Malformed}, {binary, "Q===", Malformed}, {binary, "A===", Malformed}, {binary, "QR==", Malformed}, {binary, "QUJ=", Malformed}, {binary, "Q-==", Malformed}, {binary, "====", Malformed},
		{&Type{Kind: Boolean}, "true", None}, {&Type{Kind: Boolean}, "0", None}, {&Type{Kind: Boolean}, "TRUE", Malformed}, {&Type{Kind: Boolean}, "", Malformed},
		{&Type{Kind: Sequence}, "x", Malformed},
	}
	for _, test := range tests {
		if got := test.t.Check([]byte(test.value)); got != test.want {
			t.Errorf("%d %q: %d, want %d", test.t.Kind, test.value, got, test.want)
		}
	}
}

func TestMoments(t *testing.T) {
	tests := map[Kind]struct{ right, wrong []string }{
		Date: {
			[]string{"2026-07-21", "2024-02-29", "2000-02-29", "0001-01-01", "9999-12-31", "2026-07-21Z", "2026-07-21+14:00", "2026-07-21-00:00"},
			[]string{"", "2026-02-29", "1900-02-29", "2026-04-31", "2026-13-01", "2026-0:-01", "2026-00-01", "2026-01-00", "0000-01-01", "26-01-01", "2026-1-1",
				"2026-01-01+14:01", "2026-01-01+15:00", "2026-01-01+0800", "2026-01-01z", "-2026-01-01", "12026-01-01", "2026-01-01 ", "2026/01/01", "2026-01-01T00:00:00"},
		},
		DateTime: {
			[]string{"2026-07-21T10:15:30", "2026-07-21T10:15:30.1", "2026-07-21T10:15:30.123456789012Z", "2026-07-21T24:00:00", "2026-07-21T24:00:00.000Z",
				"2026-07-21T00:00:00-11:30", "2026-07-21T23:59:59+14:00"},
			[]string{"", "2026-07-21", "2026-07-21 10:15:30", "2026-07-21T10:15", "2026-07-21T10:15:60", "2026-07-21T10:60:00", "2026-07-21T25:00:00",
				"2026-07-21T24:00:01", "2026-07-21T24:00:00.1", "2026-07-21T24:01:00", "2026-07-21T10:15:30.", "2026-07-21T10:15:30,5", "2026-07-21t10:15:30",
				"2026-07-21T10:15:30ZZ", "2026-07-21T10:15:30+8:00", "2026-07-21T10:15:30+08:60"},
		},
		Time:      {[]string{"10:15:30", "10:15:30.5Z", "24:00:00"}, []string{"", "10:15", "24:00:01", "1:15:30", "10:15:30+15:00"}},
		Year:      {[]string{"2026", "0001", "2026Z", "2026-08:00"}, []string{"", "26", "0000", "20260", "2026-"}},
		YearMonth: {[]string{"2026-07", "2026-01", "2026-12+01:00"}, []string{"", "2026", "2026-00", "2026-13", "2026-7", "2026-07-21"}},
	}
	for kind, test := range tests {
		for _, value := range test.right {
			if got := (&Type{Kind: kind}).Check([]byte(value)); got != None {
				t.Errorf("%d %q: %d", kind, value, got)
			}
		}
		for _, value := range test.wrong {
			if got := (&Type{Kind: kind}).Check([]byte(value)); got != Malformed {
				t.Errorf("%d %q: %d", kind, value, got)
			}
		}
	}
	// The oldest header demands UTC by a pattern.
	utc, err := compile(".*Z")
	if err != nil {
		t.Fatal(err)
	}
	header := &Type{Kind: DateTime, Facets: Facets{pattern: utc}}
	if header.Check([]byte("2026-07-21T10:15:30Z")) != None || header.Check([]byte("2026-07-21T10:15:30+00:00")) != NoMatch {
		t.Error("pattern of a time")
	}
}

func TestCollapse(t *testing.T) {
	if got := (&Type{Kind: Decimal}).Collapse([]byte(" \t\r\n1 2\n ")); string(got) != "1 2" {
		t.Errorf("%q", got)
	}
	if got := (&Type{Kind: Decimal}).Collapse([]byte(" \n")); len(got) != 0 {
		t.Errorf("%q", got)
	}
	if got := (&Type{Kind: Text}).Collapse([]byte(" a ")); string(got) != " a " {
		t.Errorf("%q", got)
	}
}

// Every pattern of the official schemas decides like the regular expressions of
// Go, on values that match and on others near them.
func TestPatterns(t *testing.T) {
	expressions := map[string]bool{}
	for _, m := range Official().Messages() {
		visit(m.Root.Type, map[*Type]bool{}, func(x *Type) {
			if x.Facets.Expression != "" {
				expressions[x.Facets.Expression] = true
			}
		})
	}
	if len(expressions) < 20 {
		t.Fatalf("%d expressions", len(expressions))
	}
	for expression := range expressions {
		compiled, err := compile(expression)
		if err != nil {
			t.Fatal(err)
		}
		whole := regexp.MustCompile("^(?:" + expression + ")$")
		rapid.Check(t, func(t *rapid.T) {
			value := rapid.OneOf(rapid.StringMatching(expression), rapid.StringN(0, 40, -1)).Draw(t, "value")
			if rapid.Bool().Draw(t, "damaged") && value != "" {
				i := rapid.IntRange(0, len(value)-1).Draw(t, "at")
				value = value[:i] + rapid.SampledFrom([]string{"", "a", "Z", "0", "-", "é", "\n", " "}).Draw(t, "instead") + value[i+1:]
			}
			value = strings.ToValidUTF8(value, "?")
			// The dollar of Go matches before a last line feed as well.
			want := whole.MatchString(value) && !strings.HasSuffix(value, "\n")
			if got := compiled.matches([]byte(value)); got != want {
				t.Fatalf("%s on %q: %v", expression, value, got)
			}
		})
	}
}

func visit(t *Type, seen map[*Type]bool, each func(*Type)) {
	if t == nil || seen[t] {
		return
	}
	seen[t] = true
	each(t)
	visit(t.Value, seen, each)
	visit(t.Currency, seen, each)
	for i := range t.Elements {
		visit(t.Elements[i].Type, seen, each)
	}
}

func TestPatternsThatDoNotCompile(t *testing.T) {
	for _, expression := range []string{
		"(", "[z-a]", "[ab]{200}[cd]{200}",
		// What means something else in XML Schema, or nothing.
		"^A$", "A^", "$", "[A-Z-[IO]]", "[[:alpha:]]", `\d+`, `\w`, `\s`, `\S`, `\p{Lu}`, `\i\c*`, `\bA`, `\x41`, `\Qa.b\E`, `\`,
		"(?i)a", "(?:a)", "é", "[à-ÿ]", "[^é]", `\é`,
	} {
		if _, err := compile(expression); err == nil {
			t.Errorf("%s compiles", expression)
		}
	}
}

// What is a plain character in a class or behind a backslash is one here, too.
func TestPlainCharactersOfPatterns(t *testing.T) {
	for expression, fits := range map[string]string{
		"[$^(?]{4}": "$^(?", `\^\[\]\(\)\{\}\-\|\.\?\*\+\\`: `^[](){}-|.?*+\`, `[\[\]\-\^\\]+`: `[]-^\`, `\n\r\t`: "\n\r\t",
		"[^$]": "é", "a|b|": "", "x-[0-9]": "x-7",
	} {
		p, err := compile(expression)
		if err != nil || !p.matches([]byte(fits)) || p.matches([]byte(fits+"x")) {
			t.Errorf("%s on %q: %v", expression, fits, err)
		}
	}
}
