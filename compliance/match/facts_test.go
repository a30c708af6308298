package match_test

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/causeway-pay/causeway/compliance/match"
)

var drawDate = rapid.Custom(func(t *rapid.T) match.Date {
	d := match.Date{Year: rapid.IntRange(1940, 2000).Draw(t, "year"), About: rapid.Bool().Draw(t, "about")}
	switch rapid.IntRange(0, 3).Draw(t, "known") {
	case 0:
		d.Until = d.Year + rapid.IntRange(1, 5).Draw(t, "years")
	case 1:
		d.Month, d.Day = rapid.IntRange(1, 12).Draw(t, "month"), rapid.IntRange(1, 28).Draw(t, "day")
	case 2:
		d.Month = rapid.IntRange(1, 12).Draw(t, "month")
	}
	return d
})

var drawIdentifier = rapid.StringMatching(`[A-C]{1,2}[0-9]{4,6}`)

// TestFactsMoveOneWay: a birth date that agrees raises a score or leaves it, one that
// contradicts lowers it, an identifier only raises, and what one side does not say does
// nothing.
func TestFactsMoveOneWay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		score := rapid.IntRange(0, 10_000).Draw(t, "score")
		born, listed := drawDate.Draw(t, "born"), drawDate.Draw(t, "listed")
		party, entry := match.Facts{Born: []match.Date{born}}, match.Facts{Born: []match.Date{listed}}
		got, reasons := match.Qualify(score, party, entry)
		last, latest := max(listed.Year, listed.Until), max(born.Year, born.Until)
		switch {
		case born.Year >= listed.Year && born.Year <= last && got < score,
			(latest < listed.Year-3 || born.Year > last+3) && got > score:
			t.Fatalf("%v and %v: %d becomes %d", born, listed, score, got)
		}
		sum := score
		for _, r := range reasons {
			sum += r.Change
		}
		if sum != got || got > score+match.FactsMost {
			t.Fatalf("%d becomes %d by %v", score, got, reasons)
		}
		for _, nothing := range [][2]match.Facts{{party, {}}, {{}, entry}, {{}, {}}} {
			if same, why := match.Qualify(score, nothing[0], nothing[1]); same != score || len(why) > 0 {
				t.Fatalf("without a date %d becomes %d by %v", score, same, why)
			}
		}
	})
}

// TestMoreFactsOfAnEntryNeverHideIt: another date or identifier of an entry never makes a
// party that has one of them score less.
func TestMoreFactsOfAnEntryNeverHideIt(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		draw := func(label string) match.Facts {
			return match.Facts{
				Born:        rapid.SliceOfN(drawDate, 0, 3).Draw(t, label+" born"),
				Identifiers: rapid.SliceOfN(drawIdentifier, 0, 3).Draw(t, label+" identifiers"),
			}
		}
		party, entry, more := draw("party"), draw("entry"), draw("more")
		score := rapid.IntRange(0, 10_000).Draw(t, "score")
		if len(entry.Born) == 0 {
			// The first date that an entry has may contradict.
			more.Born = nil
		}
		before, _ := match.Qualify(score, party, entry)
		after, _ := match.Qualify(score, party, match.Facts{
			Born: slices.Concat(more.Born, entry.Born), Identifiers: slices.Concat(more.Identifiers, entry.Identifiers),
		})
		if after < before {
			t.Fatalf("%+v and %+v: %d, with %+v %d", party, entry, before, more, after)
		}
	})
}

// TestHigherScoresStayHigher: facts turn the order of no two names.
func TestHigherScoresStayHigher(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		party, entry := match.Facts{Born: []match.Date{drawDate.Draw(t, "born")}}, match.Facts{Born: []match.Date{drawDate.Draw(t, "listed")}}
		low := rapid.IntRange(0, 10_000).Draw(t, "low")
		high := rapid.IntRange(low, 10_000).Draw(t, "high")
		a, _ := match.Qualify(low, party, entry)
		b, _ := match.Qualify(high, party, entry)
		if a > b {
			t.Fatalf("%d becomes %d, %d becomes %d", low, a, high, b)
		}
	})
}

// TestIdentifierKeys: numbers that are one, and such that are not.
func TestIdentifierKeys(t *testing.T) {
	for _, same := range [][]string{
		{"P12345", "p 12-345", "P/12.345", "Ｐ１２３４５", "P\u200b12345", "P١٢٣٤٥", "P१२३४५", "Ⓟ12345"},
		{"IMO 9187629", "IMO9187629", "imo-9187629"}, {"MP1234567", "МР1234567"}, {"12345", "１２３４５", "12 345"},
	} {
		for _, text := range same {
			if got := match.IdentifierKey(text); got != match.IdentifierKey(same[0]) || got == "" {
				t.Errorf("%q is %q, not %q", text, got, match.IdentifierKey(same[0]))
			}
		}
	}
	for _, text := range []string{"", "1234", "PASSPORT", "A-B-C-D-E", "12é", "....."} {
		if got := match.IdentifierKey(text); got != "" {
			t.Errorf("%q identifies by %q", text, got)
		}
	}
	if match.IdentifierKey("P12345") == match.IdentifierKey("P12346") {
		t.Error("two numbers are one")
	}
}

// TestIdentifierKeyIsAKey: a key is its own key, whatever it was made of.
func TestIdentifierKeyIsAKey(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(rapid.String(), drawIdentifier).Draw(t, "text")
		key := match.IdentifierKey(text)
		if again := match.IdentifierKey(key); again != key {
			t.Fatalf("%q is %q, which is %q", text, key, again)
		}
		if strings.ContainsAny(key, " -./,") {
			t.Fatalf("%q is %q", text, key)
		}
	})
}

// TestPartyKeysTellApart: parties of other names or facts have other keys, and the order of
// identifiers is none of their facts.
func TestPartyKeysTellApart(t *testing.T) {
	draw := rapid.Custom(func(t *rapid.T) match.Facts {
		return match.Facts{
			Born:        rapid.SliceOfN(drawDate, 0, 1).Draw(t, "born"),
			Identifiers: rapid.SliceOfNDistinct(drawIdentifier, 0, 3, rapid.ID[string]).Draw(t, "identifiers"),
		}
	})
	told := func(name string, f match.Facts) string {
		all := sorted(f.Identifiers)
		for _, d := range f.Born {
			all = append(all, "born "+d.String())
		}
		return name + "|" + strings.Join(all, "|")
	}
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.SampledFrom([]string{"Ada Lovell", "Ada Lovel", "ADA LOVELL", ""})
		a, b := draw.Draw(t, "one"), draw.Draw(t, "other")
		nameA, nameB := name.Draw(t, "one's name"), name.Draw(t, "other's name")
		same := told(nameA, a) == told(nameB, b)
		if (match.PartyKey(nameA, a) == match.PartyKey(nameB, b)) != same {
			t.Fatalf("%q %+v and %q %+v", nameA, a, nameB, b)
		}
		turned := match.Facts{Born: a.Born, Identifiers: rapid.Permutation(a.Identifiers).Draw(t, "order")}
		if match.PartyKey(nameA, a) != match.PartyKey(nameA, turned) {
			t.Fatalf("%+v turned is another", a)
		}
	})
}

// TestPolicyIsNeverAboveAScore: whatever a policy adds for weak aliases, an equal name
// reaches the threshold, and none is below the lowest.
func TestPolicyIsNeverAboveAScore(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		threshold := rapid.IntRange(0, 10_000)
		p := match.Policy{
			Default: threshold.Draw(t, "default"), Weak: threshold.Draw(t, "weak"),
			Lists: map[string]int{"UN": threshold.Draw(t, "un"), "EU": threshold.Draw(t, "eu")},
		}
		for _, list := range []string{"UN", "EU", "OWN"} {
			strong, weak := p.Threshold(match.Name{List: list}), p.Threshold(match.Name{List: list, Weak: true})
			if weak < strong || weak > 10_000 || strong < p.Lowest() {
				t.Fatalf("%+v: %s %d, weak %d", p, list, strong, weak)
			}
		}
	})
}

// TestDatesAsListsWriteThem is a row for each way in which a published list writes a date,
// and for what is none.
func TestDatesAsListsWriteThem(t *testing.T) {
	for text, want := range map[string]string{
		"01 Jan 1970": "1970-01-01", "1 January 1970": "1970-01-01", " 1970 ": "1970", "1970-01": "1970-01", "c. 1970": "1970",
		"Circa 1970": "1970", "approximately 1970": "1970", "01/1970": "1970-01", "29 Feb 1972": "1972-02-29",
		"1970-01-01T00:00:00": "1970-01-01", "Jan 1970": "1970-01", "circa 1970 to 1972": "1970-1972",
		"01 Jan 1970 to 31 Dec 1971": "1970-1971", "1972 to 1970": "1970-1972", "1970 to 1970": "1970-1970",
	} {
		if got, ok := match.ParseDate(text); !ok || got.String() != want {
			t.Errorf("%q is %v, %t, want %s", text, got, ok, want)
		}
	}
	for _, text := range []string{
		"29 Feb 1971", "1970 to", "to 1970", "1970 to soon", "soon to 1970", "31/31/1970", "0", "circa", "circa circa",
		"1970-13", "1970-00-00", "1970/01/01", "Janvier 1970", strings.Repeat("1970 to ", 5_000) + "soon",
	} {
		if got, ok := match.ParseDate(text); ok {
			t.Errorf("%.40q is %v", text, got)
		}
	}
}
