package match_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/causeway-pay/causeway/compliance/match"
)

// words are some that are near one another, joined, split, initials, common names,
// particles, legal forms and numbers.
var words = []string{
	"Viktor", "Wiktor", "Victor", "Anatol", "Anatoly", "Blocksworth", "Blockswort", "Block", "Sworth", "Dockside",
	"Dock", "Side", "Mohammed", "Muhamad", "Ali", "Al", "Rahman", "Abdul", "Abdulrahman", "A", "B", "V", "M", "J", "K",
	"LLC", "Ltd", "Trading", "Company", "Plant", "7", "12", "Ivanovich", "Ivan", "Kim", "Lee", "Zarya", "Saria",
	"Haji", "Zadeh", "Hajizadeh", "Qari", "Gholamreza", "Reza", "Marti", "Nez", "Martinez", "Iyad", "Eyad", "Omar", "Umar",
}

func drawName(t *rapid.T, label string, most int) string {
	return strings.Join(rapid.SliceOfN(rapid.SampledFrom(words), 1, most).Draw(t, label), " ")
}

// TestBoundsLoseNothing: whatever is listed and asked, at thresholds of use, the
// search finds what comparing every name finds: no bound rules out a name that
// reaches the threshold.
func TestBoundsLoseNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		names := make([]string, rapid.IntRange(1, 25).Draw(t, "names"))
		for i := range names {
			names[i] = drawName(t, "listed", 6)
		}
		x := index(names...)
		name := drawName(t, "name", 7)
		if rapid.Bool().Draw(t, "as listed") {
			name = rapid.SampledFrom(names).Draw(t, "of") + " " + name
		}
		if rapid.Bool().Draw(t, "cut") && len(name) > 35 {
			name = name[:35]
		}
		threshold := rapid.IntRange(7_000, 9_900).Draw(t, "threshold")
		losesNothing(t, x, name, threshold, len(names))
	})
}

// TestBoundsOfLongNamesLoseNothing: the same where there are more words than a tally has
// steps, and more initials than are told beforehand.
func TestBoundsOfLongNamesLoseNothing(t *testing.T) {
	letters := []string{"A", "B", "V", "M", "J", "K", "S", "D"}
	rapid.Check(t, func(t *rapid.T) {
		draw := func(label string) string {
			initials := rapid.SliceOfN(rapid.SampledFrom(letters), 0, 5).Draw(t, label+"'s initials")
			words := append(rapid.SliceOfN(rapid.SampledFrom(words), 1, 16).Draw(t, label), "Zarya")
			for i, letter := range initials {
				words = slices.Insert(words, min(2*i+1, len(words)), letter)
			}
			return strings.Join(words, " ")
		}
		names := []string{draw("first"), draw("second"), draw("third"), draw("fourth")}
		x := index(names...)
		name := draw("name")
		if rapid.Bool().Draw(t, "alike") {
			listed := strings.Fields(rapid.SampledFrom(names).Draw(t, "of"))
			name = strings.Join(rapid.Permutation(listed).Draw(t, "order"), " ")
		}
		threshold := rapid.IntRange(6_000, 9_900).Draw(t, "threshold")
		losesNothing(t, x, name, threshold, len(names))
	})
}

// TestCutWordAloneIsFound: a name of which only the last word agrees, and goes on
// where the name was cut, is found as comparing finds it.
func TestCutWordAloneIsFound(t *testing.T) {
	x := index("Garantex Europe", "Zarya Plant")
	for name, want := range map[string]int{
		"Limited Liability Company Garant":    0,
		"Limited Liability Company - Garant":  1,
		"Limited Liability Company - Garan S": 1,
	} {
		found := x.Search(name, 7_700, 5)
		diff := cmp.Diff(scores(x.Exhaustive(name, 7_700)), scores(found))
		if diff != "" || len(found) != want {
			t.Errorf("%q: %v, want %d, %s", name, found, want, diff)
		}
	}
}

// TestHow: what agrees is told by how it does.
func TestHow(t *testing.T) {
	x := index("Filler One", "Filler Two")
	for _, c := range []struct{ name, listed, want string }{
		{"Viktor Blocksworth", "BLOCKSWORTH, Viktor", "equal equal"},
		{"Viktor Blockswort", "Viktor Blocksworth", "equal spelling"},
		{"William Blocksworth", "Bill Blocksworth", "equal variant"},
		{"V Blocksworth", "Viktor Blocksworth", "equal initial"},
		{"Block Sworth Zarya", "Blocksworth Zarya", "equal joined"},
		{"Blocksworth Zarya", "Block Sworth Zarya", "equal joined"},
		{"Viktor Blocksworth", "Viktor Lindqvist", "equal only-listed only-query"},
		{"Viktor Anatol Blocksworth", "Viktor Blocksworth", "equal equal only-query"},
		{"Viktor Blocksworth", "Viktor Anatol Blocksworth", "equal equal only-listed"},
	} {
		var hows []string
		for _, pair := range x.Compare(c.name, c.listed).Pairs {
			hows = append(hows, pair.How)
		}
		if got := strings.Join(sorted(hows), " "); got != c.want {
			t.Errorf("%s, %s: %s, want %s", c.name, c.listed, got, c.want)
		}
	}
}

// TestBestOfAnEntry: an entry is found once, by the name of it that is most alike,
// whatever list has another entry of that number.
func TestBestOfAnEntry(t *testing.T) {
	x := match.NewIndex([]match.Name{
		{List: "A", Entry: "1", Text: "Wiktor Blocksworth"}, {List: "A", Entry: "1", Text: "Viktor Blocksworth"},
		{List: "B", Entry: "1", Text: "Viktor Blockswort"}, {List: "A", Entry: "2", Text: "Nemo Lindqvist", Weak: true},
	})
	for name, want := range map[string][]string{
		"Viktor Blocksworth": {"A 1 Viktor Blocksworth", "B 1 Viktor Blockswort"},
		"Wiktor Blocksworth": {"A 1 Wiktor Blocksworth", "B 1 Viktor Blockswort"},
		"Nemo Lindqvist":     {"A 2 Nemo Lindqvist weak"}, "Ada Lovell": nil, "": nil, "...": nil,
	} {
		var got []string
		for _, m := range x.Search(name, 7_700, 10) {
			text := m.Name.List + " " + m.Name.Entry + " " + m.Name.Text
			if m.Name.Weak {
				text += " weak"
			}
			got = append(got, text)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q: %s", name, diff)
		}
	}
	for limit := range 3 {
		if got := len(x.Search("Viktor Blocksworth", 7_700, limit)); got != limit {
			t.Errorf("%d of at most %d", got, limit)
		}
	}
}

// TestEmptyIndex: nobody is like nobody.
func TestEmptyIndex(t *testing.T) {
	for _, names := range [][]match.Name{nil, {{Text: "..."}, {Text: ""}}} {
		x := match.NewIndex(names)
		if found := x.Search("Viktor Blocksworth", 1, 10); len(found) > 0 || x.Len() != len(names) {
			t.Errorf("%v: %v", names, found)
		}
		if found := x.SearchText("for Viktor Blocksworth", 1, 10); len(found) > 0 {
			t.Errorf("%v: %v", names, found)
		}
	}
}
