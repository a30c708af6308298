package match_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/causeway-pay/causeway/compliance/match"
)

// anyScript are words of many scripts that are near one another when they are read.
var anyScript = []string{
	"Viktor", "Виктор", "Wiktor", "Βίκτωρ", "Mohammed", "محمد", "Muhamad", "Мухаммад", "Rahman", "الرحمن", "عبد", "عبدالله",
	"Abdullah", "Zhang", "张", "张伟", "Wei", "Kim", "김", "金", "金正恩", "Jong", "정은", "Yamada", "山田", "太郎", "Taro", "さくら",
	"Levi", "לוי", "David", "דוד", "Давид", "สมชาย", "Somchai", "Ltd", "ООО", "LLC", "ОАО", "Zarya", "Заря", "V", "В", "M", "7",
	"Blocksworth", "Блоксворт", "بلوكسورث", "Block", "sworth", "Al", "ال",
}

func drawScripts(t *rapid.T, label string, most int) string {
	return strings.Join(rapid.SliceOfN(rapid.SampledFrom(anyScript), 1, most).Draw(t, label), " ")
}

// TestSearchFindsWhatComparingFinds: in every script, a search finds what scoring every name
// finds, with the score that comparing the two names word by word has.
func TestSearchFindsWhatComparingFinds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		names := make([]string, rapid.IntRange(1, 12).Draw(t, "names"))
		for i := range names {
			names[i] = drawScripts(t, "listed", 5)
		}
		x := index(names...)
		name, threshold := drawScripts(t, "name", 6), rapid.IntRange(6_500, 9_900).Draw(t, "threshold")
		if rapid.IntRange(0, 3).Draw(t, "as listed") == 0 {
			name = rapid.SampledFrom(names).Draw(t, "of")
		}
		found := losesNothing(t, x, name, threshold, len(names))
		if diff := cmp.Diff(x.Brute(name, threshold), found); diff != "" {
			t.Fatalf("%q from %d word by word: %s", name, threshold, diff)
		}
		for _, m := range x.Search(name, threshold, len(names)) {
			if c := x.Compare(name, m.Name.Text); c.Score != m.Score {
				t.Fatalf("%q finds %q by %d, compared %d", name, m.Name.Text, m.Score, c.Score)
			}
		}
	})
}

// TestThresholdsCutOneOrder: a lower threshold finds what a higher one does, with the same
// scores, and what is more has less.
func TestThresholdsCutOneOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		names := make([]string, rapid.IntRange(1, 20).Draw(t, "names"))
		for i := range names {
			names[i] = drawName(t, "listed", 5)
		}
		x := index(names...)
		name := drawName(t, "name", 5)
		low := rapid.IntRange(5_000, 9_000).Draw(t, "low")
		high := rapid.IntRange(low, 10_000).Draw(t, "high")
		all, some := scores(x.Search(name, low, len(names))), scores(x.Search(name, high, len(names)))
		for entry, score := range all {
			if _, found := some[entry]; found != (score >= high) {
				t.Fatalf("%q finds %q by %d; from %d: %t", name, entry, score, high, found)
			}
			if score < low || has(some, entry) && some[entry] != score {
				t.Fatalf("%q finds %q by %d from %d, by %d from %d", name, entry, score, low, some[entry], high)
			}
		}
	})
}

func has(scores map[string]int, entry string) bool {
	_, ok := scores[entry]
	return ok
}

// TestOthersOnTheListOnlyWeigh: what else is listed changes no name's order of words or
// explanation, and hides none that is equal.
func TestOthersOnTheListHideNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name := drawScripts(t, "name", 5)
		others := make([]string, rapid.IntRange(0, 30).Draw(t, "others"))
		for i := range others {
			others[i] = drawScripts(t, "other", 5)
		}
		x := index(append(others, name)...)
		m := x.Search(name, 10_000, len(others)+1)
		if len(match.Fold(name)) > 0 && !slices.ContainsFunc(m, func(m match.Match) bool { return m.Name.Text == name }) {
			t.Fatalf("%q is hidden by %q: %v", name, others, m)
		}
	})
}

// TestSearchesDoNotDisturbOneAnother: what was searched for before changes no answer.
func TestSearchesDoNotDisturbOneAnother(t *testing.T) {
	names := []string{
		"Viktor Blocksworth", "محمد عبد الله", "Zhang Wei", "김정은", "ООО Заря", "David Levi", "V. M. Blocksworth", "Block Sworth",
	}
	used := index(names...)
	rapid.Check(t, func(t *rapid.T) {
		name := drawScripts(t, "name", 5)
		if diff := cmp.Diff(index(names...).Search(name, 6_000, 10), used.Search(name, 6_000, 10)); diff != "" {
			t.Fatalf("%q: %s", name, diff)
		}
	})
}

// FuzzSearchIsExhaustive holds any search to scoring every listed name, and to comparing the
// two names.
func FuzzSearchIsExhaustive(f *testing.F) {
	f.Add("Viktor Blocksworth", "Blocksworth V", "Viktor Anatol Blocksworth", uint16(7_250))
	f.Add("محمد عبد الله", "Abdullah Mohammed", "عبدالله", uint16(7_000))
	f.Add("金正恩", "Kim Jong Un", "Jin Zheng En", uint16(9_000))
	f.Add("Limited Liability Company - Garant", "Garantex Europe", "Garant LLC", uint16(6_500))
	f.Add("A B C D E F G H", "X X X X X X X X", "A. B. C.", uint16(8_000))
	f.Add("Ⓥⓘⓚ \u200bVik\xfftor", "Viktor", "\xff", uint16(9_900))
	f.Fuzz(func(t *testing.T, name, first, second string, from uint16) {
		// Below that the search leaves out what it may.
		threshold := 6_500 + int(from)%3_500
		x := index(first, second, "Viktor Blocksworth", "Dockside Trading LLC")
		got := losesNothing(t, x, name, threshold, 4)
		if diff := cmp.Diff(x.Brute(name, threshold), got); diff != "" {
			t.Errorf("%q among %q and %q from %d word by word: %s", name, first, second, threshold, diff)
		}
	})
}
