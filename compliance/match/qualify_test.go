package match_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/causeway-pay/causeway/compliance/match"
)

func date(t testing.TB, text string) match.Date {
	t.Helper()
	d, ok := match.ParseDate(text)
	if !ok {
		t.Fatalf("%q is no date", text)
	}
	return d
}

func TestParseDate(t *testing.T) {
	cases := map[string]string{
		"09 Feb 1980": "1980-02-09", "Mar 1978": "1978-03", "1963": "1963", "circa 1963": "1963", "1963 to 1964": "1963-1964",
		"1980-02-09": "1980-02-09", "00/00/1980": "1980", "00/03/1980": "1980-03", "31/12/1980": "1980-12-31",
		"9.2.1980": "1980-02-09", "circa Mar 1978": "1978-03",
	}
	for text, want := range cases {
		if got := date(t, text).String(); got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
	for _, text := range []string{"", "soon", "31 Feb 1980", "19800"} {
		if d, ok := match.ParseDate(text); ok {
			t.Errorf("%q: %v", text, d)
		}
	}
	if !date(t, "circa 1963").About {
		t.Error("circa is lost")
	}
}

func TestQualify(t *testing.T) {
	born := func(texts ...string) match.Facts {
		var f match.Facts
		for _, text := range texts {
			f.Born = append(f.Born, date(t, text))
		}
		return f
	}
	number := func(n string) match.Facts { return match.Facts{Identifiers: []string{n}} }
	cases := map[string]struct {
		party, entry match.Facts
		want         int
		reasons      []match.Reason
	}{
		"nothing known":      {match.Facts{}, born("1970"), 8_000, nil},
		"the same day":       {born("1970-01-02"), born("1960", "2 Jan 1970"), 8_500, []match.Reason{{"birth-day-equal", 500}}},
		"the same year":      {born("1970-01-02"), born("1970"), 8_100, []match.Reason{{"birth-year-equal", 100}}},
		"a year beside":      {born("1970-01-02"), born("1971"), 8_000, nil},
		"another generation": {born("1970-01-02"), born("1940"), 5_000, []match.Reason{{"birth-year-far", -3_000}}},
		"some years beside":  {born("1970-01-02"), born("1974"), 7_000, []match.Reason{{"birth-year-differs", -1_000}}},
		"about then":         {born("1970-01-02"), born("circa 1973"), 8_000, nil},
		"within the years":   {born("1970-01-02"), born("1968 to 1972"), 8_100, []match.Reason{{"birth-year-equal", 100}}},
		"the same passport":  {number("p 12-345"), number("P12345"), 10_000, []match.Reason{{"identifier-equal", 2_000}}},
		"too short a number": {number("123"), number("123"), 8_000, nil},
		"words are none":     {number("PASSPORT"), number("PASSPORT"), 8_000, nil},
	}
	for name, c := range cases {
		got, reasons := match.Qualify(8_000, c.party, c.entry)
		if diff := cmp.Diff(c.reasons, reasons); got != c.want || diff != "" {
			t.Errorf("%s: %d, %s", name, got, diff)
		}
	}
}

// TestQualifyStaysAScore: whatever the facts, a score stays a score, and an
// equal identifier decides.
func TestQualifyStaysAScore(t *testing.T) {
	year := rapid.IntRange(0, 2030)
	rapid.Check(t, func(t *rapid.T) {
		party := match.Facts{Born: []match.Date{{Year: year.Draw(t, "year")}}, Identifiers: []string{"A12345"}}
		entry := match.Facts{Born: []match.Date{{Year: year.Draw(t, "listed")}}}
		if rapid.Bool().Draw(t, "same") {
			entry.Identifiers = []string{"a-12345"}
		}
		got, _ := match.Qualify(rapid.IntRange(0, 10_000).Draw(t, "score"), party, entry)
		if got < 0 || got > 10_000 || entry.Identifiers != nil && got != 10_000 {
			t.Fatalf("score %d", got)
		}
	})
}

func TestPolicy(t *testing.T) {
	p := match.Policy{Default: 7_700, Lists: map[string]int{"UN": 7_000}, Weak: 1_500}
	cases := map[match.Name]int{
		{List: "EU"}: 7_700, {List: "UN"}: 7_000, {List: "UN", Weak: true}: 8_500, {List: "X", Weak: true}: 9_200,
	}
	for name, want := range cases {
		if got := p.Threshold(name); got != want {
			t.Errorf("%+v: %d, want %d", name, got, want)
		}
	}
	if p.Lowest() != 7_000 {
		t.Errorf("lowest %d", p.Lowest())
	}
}

// TestGoodGuysAreExact: a clearance holds for one party and one version of one
// entry, and for nothing that is merely like them.
func TestGoodGuysAreExact(t *testing.T) {
	party := match.PartyKey("Ada Lovell", match.Facts{Identifiers: []string{"P12345"}})
	good := match.GoodGuys{{Party: party, List: "UN", Entry: "7", Version: "v1"}: true}
	if !good.Clear(party, "UN", "7", "v1") {
		t.Error("the cleared one is not")
	}
	other := match.PartyKey("Ada Lovell", match.Facts{})
	if good.Clear(other, "UN", "7", "v1") || good.Clear(party, "EU", "7", "v1") || good.Clear(party, "UN", "8", "v1") ||
		good.Clear(party, "UN", "7", "v2") || good.Clear(party, "UN", "7", "") {
		t.Error("somebody else is cleared")
	}
}
