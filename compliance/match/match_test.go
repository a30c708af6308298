package match_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/causeway-pay/causeway/compliance/match"
)

func TestFold(t *testing.T) {
	cases := []struct {
		name string
		want []string
	}{
		{"Viktor Blocksworth", []string{"VIKTOR", "BLOCKSWORTH"}},
		{"BLOCKSWORTH, Viktor", []string{"BLOCKSWORTH", "VIKTOR"}},
		{"Dr. José  Núñez-Ø'Hara", []string{"JOSE", "NUNEZ", "OHARA"}},
		{"Łukasz Straße", []string{"LUKASZ", "STRASSE"}},
		{"Dr", []string{"DR"}},
		{"ＦＵＬＬ　Ｗｉｄｔｈ", []string{"FULL", "WIDTH"}},
		{"  ", nil},
		{"!?", nil},
	}
	for _, c := range cases {
		if diff := cmp.Diff(c.want, match.Fold(c.name)); diff != "" {
			t.Errorf("Fold(%q): %s", c.name, diff)
		}
	}
}

func index(names ...string) *match.Index {
	list := make([]match.Name, len(names))
	for i, name := range names {
		list[i] = match.Name{List: "OWN", Entry: name, Text: name}
	}
	return match.NewIndex(list)
}

func TestSearch(t *testing.T) {
	x := index("BLOCKSWORTH, Viktor Anatol", "Dockside Trading Company", "Nemo", "Ru Chaisu", "Khudoyor Docksworth")
	cases := []struct {
		name  string
		entry string
	}{
		{"Viktor Anatol Blocksworth", "BLOCKSWORTH, Viktor Anatol"},
		{"viktor blocksworth", "BLOCKSWORTH, Viktor Anatol"},
		{"Victor Blocksworth", "BLOCKSWORTH, Viktor Anatol"},
		{"Mr. Viktor Blockswroth", "BLOCKSWORTH, Viktor Anatol"},
		{"Vikttor Blocksworth", "BLOCKSWORTH, Viktor Anatol"},
		{"Dockside Traiding Company", "Dockside Trading Company"},
		{"NEMO", "Nemo"},
		{"Ru Chai Su", "Ru Chaisu"},
		{"Xudoyor Docksworth", "Khudoyor Docksworth"},
		{"Viktor", ""},
		{"Viktor Lindqvist", ""},
		{"Harbour Trading Company", ""},
		{"Nemo Lindqvist", ""},
		{"", ""},
	}
	for _, c := range cases {
		got := ""
		if matches := x.Search(c.name, 7_700, 5); len(matches) > 0 {
			got = matches[0].Name.Entry
		}
		if got != c.entry {
			t.Errorf("Search(%q) = %q, want %q", c.name, got, c.entry)
		}
	}
}

func TestSearchIsOrderedAndLimited(t *testing.T) {
	x := index("Ada Lovell", "Ada Lovel", "Ada Lowell", "Ada Novell")
	matches := x.Search("Ada Lovell", 5_000, 3)
	if len(matches) != 3 || matches[0].Name.Text != "Ada Lovell" || matches[0].Score != 10_000 {
		t.Fatalf("got %+v", matches)
	}
	for i := 1; i < len(matches); i++ {
		if matches[i].Score > matches[i-1].Score {
			t.Errorf("not best first: %+v", matches)
		}
	}
}

// TestEveryNameFindsItself: whatever a list holds, its own names are found at
// full score, in any order of their tokens, and one typing error in a token of eight
// letters or more does not hide them from whoever is stopped. Tokens are syllables, as
// those of names: what is left of AAAAA with another letter sounds like anything, and a
// random one may end in a legal form.
func TestEveryNameFindsItself(t *testing.T) {
	token := rapid.StringMatching(`([BDFGKMNPRSTZ][AEIOU]){4,6}`)
	rapid.Check(t, func(t *rapid.T) {
		names := rapid.SliceOfNDistinct(rapid.Custom(func(t *rapid.T) string {
			return strings.Join(rapid.SliceOfN(token, 2, 4).Draw(t, "tokens"), " ")
		}), 1, 30, rapid.ID[string]).Draw(t, "names")
		x := index(names...)
		name := rapid.SampledFrom(names).Draw(t, "name")
		tokens := rapid.Permutation(strings.Fields(name)).Draw(t, "order")
		if !found(x.Search(strings.Join(tokens, " "), 10_000, 100), name) {
			t.Fatalf("%q does not find itself as %q", name, tokens)
		}
		spoilt := []byte(tokens[0])
		spoilt[rapid.IntRange(0, len(spoilt)-1).Draw(t, "at")] = 'Q'
		tokens[0] = string(spoilt)
		if !found(x.Search(strings.Join(tokens, " "), match.DefaultPolicy.Default, 100), name) {
			t.Fatalf("%q is hidden by %q", name, tokens)
		}
	})
}

// TestMoreOnOneSideNeverHelps: a word that the other name has nothing like makes
// no score higher, on whichever side it is.
func TestMoreOnOneSideNeverHelps(t *testing.T) {
	x := index("Filler One", "Filler Two")
	word := rapid.StringMatching(`[A-M]{5,8}`)
	rapid.Check(t, func(t *rapid.T) {
		query := strings.Join(rapid.SliceOfN(word, 2, 3).Draw(t, "query"), " ")
		listed := strings.Join(rapid.SliceOfN(word, 2, 3).Draw(t, "listed"), " ")
		if rapid.Bool().Draw(t, "share") {
			listed += " " + query
		}
		for _, name := range []string{query, query + " WWWWWWWWWW"} {
			if len(name) == 34 || len(name) == 35 {
				t.Skip("may have been cut")
			}
		}
		score := x.Compare(query, listed).Score
		if more := x.Compare(query+" WWWWWWWWWW", listed).Score; more > score {
			t.Fatalf("%s and %s: %d, with one more word %d", query, listed, score, more)
		}
		if more := x.Compare(query, listed+" WWWWWWWWWW").Score; more > score {
			t.Fatalf("%s and %s: %d, with one more listed word %d", query, listed, score, more)
		}
	})
}

// TestOrderOfWordsIsFree: whatever the order of the words, the score is the same.
func TestOrderOfWordsIsFree(t *testing.T) {
	x := index("Filler One", "Filler Two")
	word := rapid.StringMatching(`[B-M][A-Z]{8,9}`)
	rapid.Check(t, func(t *rapid.T) {
		listed := rapid.SliceOfNDistinct(word, 2, 4, rapid.ID[string]).Draw(t, "listed")
		turned := rapid.Permutation(listed).Draw(t, "turned")
		name := strings.Join(turned, " ")
		if m := x.Compare(name, strings.Join(listed, " ")); m.Score != 10_000 {
			t.Fatalf("%s scores %d: %v", name, m.Score, m.Pairs)
		}
	})
}

func found(matches []match.Match, name string) bool {
	for _, m := range matches {
		if m.Name.Text == name {
			return true
		}
	}
	return false
}

func FuzzSearch(f *testing.F) {
	x := index("BLOCKSWORTH, Viktor Anatol", "Dockside Trading Company", "Nemo")
	for _, seed := range []string{"Viktor", "", "\xff\xfe", strings.Repeat("A ", 300), "Ｖｉｋｔｏｒ Blocksworth", "é́́́"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, name string) {
		for _, m := range x.Search(name, 8_500, 5) {
			if m.Score < 8_500 || m.Score > 10_000 {
				t.Errorf("score %d", m.Score)
			}
		}
	})
}
