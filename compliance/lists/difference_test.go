package lists_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/causeway-pay/causeway/compliance/lists"
	"github.com/causeway-pay/causeway/compliance/match"
)

// described is what became of each entry, at most so many in all.
func described(before, after []lists.Entry, most int) []lists.Difference {
	was, is := listOf(before), listOf(after)
	return lists.Compare(was, is).Differences(was, is, func(lists.Difference) bool {
		most--
		return most >= 0
	})
}

// TestDifferencesSayWhat: of a changed entry everything that it lost and gained, and of
// one that came or went who it is.
func TestDifferencesSayWhat(t *testing.T) {
	before := []lists.Entry{
		{
			ID: "gone", Kind: lists.Person, Programmes: []string{"DPRK"},
			Names: []lists.Name{{Text: "Ivan Blok", Quality: lists.Primary}},
		},
		{
			ID: "other", Kind: lists.Person, Programmes: []string{"IRAN", "SDGT"},
			Names: []lists.Name{{Text: "Anna Old", Quality: lists.Primary}, {Text: "Ann", Quality: lists.Weak}},
			Born:  []match.Date{{Year: 1970}}, Identifiers: []lists.Identifier{{Type: "Passport", Value: "A1", Country: "RU"}},
			Addresses: []lists.Address{{Lines: "Street 1", Country: "RU"}},
		},
		{ID: "same", Kind: lists.Vessel, Names: []lists.Name{{Text: "Sea Star"}}},
	}
	after := []lists.Entry{
		before[2],
		{
			ID: "other", Kind: lists.Entity, Programmes: []string{"SDGT"},
			Names:     []lists.Name{{Text: "Anna Old", Quality: lists.Primary}, {Text: "Ann", Quality: lists.Strong}},
			Born:      []match.Date{{Year: 1970}, {Year: 1971, Month: 2, Day: 3}},
			Addresses: []lists.Address{{Lines: "Street 2", Country: "RU"}},
		},
		{ID: "new", Kind: lists.Person},
	}
	want := []lists.Difference{
		{Fate: lists.Removed, ID: "gone", Name: "Ivan Blok", Programmes: []string{"DPRK"}},
		{Fate: lists.Changed, ID: "other", Name: "Anna Old", Programmes: []string{"SDGT"}, Parts: []lists.Part{
			{Name: "names", Lost: []string{"Ann (weak)"}, Gained: []string{"Ann (strong)"}},
			{Name: "identifiers", Lost: []string{"Passport A1 RU"}},
			{Name: "births", Gained: []string{"1971-02-03"}},
			{Name: "addresses", Lost: []string{"Street 1, RU"}, Gained: []string{"Street 2, RU"}},
			{Name: "programmes", Lost: []string{"IRAN"}},
			{Name: "kind", Lost: []string{"person"}, Gained: []string{"entity"}},
		}},
		{Fate: lists.Added, ID: "new"},
	}
	got := described(before, after, 10)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatal(diff)
	}
	for i, line := range map[int]string{
		0: "names: -Ann (weak) +Ann (strong)", 1: "identifiers: -Passport A1 RU", 2: "births: +1971-02-03",
	} {
		if text := got[1].Parts[i].String(); text != line {
			t.Errorf("%q, want %q", text, line)
		}
	}
	if none := described(before, before, 10); none != nil {
		t.Errorf("nothing differs: %+v", none)
	}
}

// TestDifferencesAreWhatDiffers: each fate has its own entries and no other, a changed one
// says in what, and where there is room for some only each fate has its share.
func TestDifferencesAreWhatDiffers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		draw := func(label string) map[string]string {
			return rapid.MapOfN(rapid.StringMatching(`[a-h]`), rapid.StringMatching(`[A-C]{1,2}`), 0, 8).Draw(t, label)
		}
		was, is := draw("before"), draw("after")
		most := rapid.IntRange(0, 12).Draw(t, "most")
		counts := map[lists.Fate]int{}
		for _, d := range described(entriesOf(was), entriesOf(is), most) {
			before, known := was[d.ID]
			after, left := is[d.ID]
			fate, name := lists.Changed, after
			switch {
			case known && !left:
				fate, name = lists.Removed, before
			case !known:
				fate = lists.Added
			case before == after:
				t.Fatalf("%s is as it was: %+v", d.ID, d)
			}
			if d.Fate != fate || d.Name != name || (len(d.Parts) == 1) != (fate == lists.Changed) {
				t.Fatalf("%s was %q and is %q: %+v", d.ID, before, after, d)
			}
			counts[fate]++
		}
		all := lists.Compare(listOf(entriesOf(was)), listOf(entriesOf(is)))
		want := shares(most, len(all.Removed), len(all.Changed), len(all.Added))
		got := []int{counts[lists.Removed], counts[lists.Changed], counts[lists.Added]}
		if !slices.Equal(got, want) {
			t.Fatalf("%d, want %d", got, want)
		}
	})
}

// shares are how many of each there are if they take so many in turn.
func shares(most int, there ...int) []int {
	taken := make([]int, len(there))
	for most > 0 && !slices.Equal(taken, there) {
		for i := range there {
			if most > 0 && taken[i] < there[i] {
				taken[i]++
				most--
			}
		}
	}
	return taken
}

// An entry that says the same in another order has changed, and in no part.
func TestAnotherOrderHasNoParts(t *testing.T) {
	one := lists.Entry{ID: "1", Names: []lists.Name{{Text: "Ann"}, {Text: "Bob"}}}
	other := lists.Entry{ID: "1", Names: []lists.Name{{Text: "Bob"}, {Text: "Ann"}}}
	want := []lists.Difference{{Fate: lists.Changed, ID: "1", Name: "Bob"}}
	if diff := cmp.Diff(want, described([]lists.Entry{one}, []lists.Entry{other}, 10)); diff != "" {
		t.Error(diff)
	}
}

// entriesOf are entries of one name each, in the order of their ids.
func entriesOf(names map[string]string) []lists.Entry {
	var all []lists.Entry
	for id, name := range names {
		all = append(all, lists.Entry{ID: id, Names: []lists.Name{{Text: name}}})
	}
	slices.SortFunc(all, func(a, b lists.Entry) int { return strings.Compare(a.ID, b.ID) })
	return all
}
