package match_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/causeway-pay/causeway/compliance/match"
)

// stopped are the entries of which a match reaches its threshold.
func stopped(matches []match.Match, policy match.Policy) map[string]bool {
	all := map[string]bool{}
	for _, m := range matches {
		if m.Score >= policy.Threshold(m.Name) {
			all[m.Name.List+" "+m.Name.Entry] = true
		}
	}
	return all
}

// drawListed are names of a few entries of two lists, some of them weak.
func drawListed(t *rapid.T) []match.Name {
	names := make([]match.Name, rapid.IntRange(1, 12).Draw(t, "names"))
	for i := range names {
		names[i] = match.Name{
			List: rapid.SampledFrom([]string{"OWN", "UN"}).Draw(t, "list"), Entry: fmt.Sprint(rapid.IntRange(1, 3).Draw(t, "entry")),
			Text: drawName(t, "listed", 4), Weak: rapid.Bool().Draw(t, "weak"),
		}
	}
	return names
}

// TestWeakNamesHideNoStrongOne: whom a policy stops is stopped by what a search returns,
// whatever weak aliases stand before the strong name of an entry.
func TestWeakNamesHideNoStrongOne(t *testing.T) {
	hidden := 0
	rapid.Check(t, func(t *rapid.T) {
		names := drawListed(t)
		x := match.NewIndex(names)
		name := drawName(t, "name", 4)
		policy := match.Policy{
			Default: rapid.IntRange(6_500, 9_000).Draw(t, "threshold"), Weak: rapid.IntRange(0, 2_500).Draw(t, "more for weak"),
			Lists: map[string]int{"UN": rapid.IntRange(6_500, 9_000).Draw(t, "threshold of a list")},
		}
		var each []match.Match
		for _, n := range names {
			m := x.Compare(name, n.Text)
			m.Name = n
			each = append(each, m)
		}
		found := x.Search(name, policy.Lowest(), len(names))
		if diff := cmp.Diff(stopped(each, policy), stopped(found, policy)); diff != "" {
			t.Fatalf("%q among %v: %s", name, names, diff)
		}
		if len(found) > 0 && !cmp.Equal(stopped(found, policy), stopped(found[:1], policy)) {
			hidden++
		}
	})
	if hidden == 0 && !testing.Short() {
		t.Error("no search had a second name to tell")
	}
}

// TestNamesOfAnEntry: an entry is told by its best name and its best strong one, once each,
// in the order of their scores, and never by more.
func TestNamesOfAnEntry(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		names := drawListed(t)
		x := match.NewIndex(names)
		matches := x.Search(drawName(t, "name", 4), 5_000, len(names))
		told := map[string][]match.Match{}
		for i, m := range matches {
			if i > 0 && m.Score > matches[i-1].Score {
				t.Fatalf("not best first: %v", matches)
			}
			told[m.Name.List+" "+m.Name.Entry] = append(told[m.Name.List+" "+m.Name.Entry], m)
		}
		for entry, of := range told {
			if len(of) > 2 || len(of) == 2 && (!of[0].Name.Weak || of[1].Name.Weak) {
				t.Fatalf("%s is told by %v", entry, of)
			}
		}
	})
}

// TestWeakAliasesInText is a row for each way in which a weak alias stands beside a strong
// name in free text.
func TestWeakAliasesInText(t *testing.T) {
	x := match.NewIndex([]match.Name{
		{List: "OWN", Entry: "1", Text: "Viktor Bloksworth", Weak: true}, {List: "OWN", Entry: "1", Text: "Victor Bloksword"},
		{List: "OWN", Entry: "2", Text: "Grey Heron", Weak: true}, {List: "OWN", Entry: "2", Text: "Ocean Lantern"},
		{List: "OWN", Entry: "3", Text: "Harbour Light"}, {List: "OWN", Entry: "3", Text: "Harbour Light", Weak: true},
	})
	for _, c := range []struct{ text, want string }{
		{"rent for Viktor Bloksworth", "Viktor Bloksworth weak, Victor Bloksword strong"},
		{"rent for Victor Bloksword", "Victor Bloksword strong"},
		{"freight grey heron", "Grey Heron weak"},
		{"grey heron, ocean lantern", "Ocean Lantern strong"},
		{"harbour light", "Harbour Light strong"},
	} {
		var told []string
		for _, m := range x.SearchText(c.text, 7_250, 10) {
			quality := "strong"
			if m.Name.Weak {
				quality = "weak"
			}
			told = append(told, m.Name.Text+" "+quality)
		}
		if got := strings.Join(told, ", "); got != c.want {
			t.Errorf("%q tells %q, want %q", c.text, got, c.want)
		}
	}
}
