package watchlist_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/causeway-pay/causeway/compliance/lists"
	"github.com/causeway-pay/causeway/compliance/match"
	"github.com/causeway-pay/causeway/compliance/watchlist"
)

// crowd is a list of many people of one name, of whom the first was born in 1940, the
// second in 1941 and so on, and of one more.
func crowd(t *testing.T, many int, one string) lists.List {
	t.Helper()
	var rows strings.Builder
	for n := range many {
		fmt.Fprintf(&rows, "%d,Viktor Blocksworth,%d-01-01,\n", n, 1940+n%30)
	}
	return list(t, "OWN", rows.String()+one)
}

func entries(hits []watchlist.Hit) string {
	all := make([]string, len(hits))
	for i, hit := range hits {
		all[i] = hit.Entry
	}
	return strings.Join(all, " ")
}

// TestOneOfManyNamesakes: somebody whose name is a little less like the party's is found by
// the day of birth behind any number of namesakes who were born long before.
func TestOneOfManyNamesakes(t *testing.T) {
	w := loaded(t, crowd(t, 100, "last,Victor Bloksworth,1990-05-06,\n"))
	party := watchlist.Party{Name: "Viktor Blocksworth", Facts: born(t, "1990-05-06")}
	if hits := w.Screen(party, match.DefaultPolicy, nil, 10); entries(hits) != "last" {
		t.Errorf("%s", entries(hits))
	}
}

// TestBehindTheCleared: somebody new is found behind any number of entries that the party
// was cleared of.
func TestBehindTheCleared(t *testing.T) {
	w := loaded(t, crowd(t, 100, "new,Victor Bloksworth,,\n"))
	party, cleared := watchlist.Party{Name: "Viktor Blocksworth"}, match.GoodGuys{}
	for _, hit := range w.Screen(party, match.DefaultPolicy, nil, 1_000) {
		if hit.Entry != "new" {
			cleared[match.GoodGuy{Party: match.PartyKey(party.Name, party.Facts), List: "OWN", Entry: hit.Entry, Version: hit.EntryVersion}] = true
		}
	}
	if len(cleared) != 100 {
		t.Fatalf("%d namesakes", len(cleared))
	}
	if hits := w.Screen(party, match.DefaultPolicy, cleared, 10); entries(hits) != "new" {
		t.Errorf("%s", entries(hits))
	}
	party.Name, party.Text = "for Viktor Blocksworth", true
	if hits := w.Screen(party, match.DefaultPolicy, nil, 1_000); len(hits) != 101 {
		t.Errorf("%d in a text", len(hits))
	}
}

// TestWeakBesideStrong: a weak alias that is more like the party's name than a strong one,
// and not enough for a weak one, does not hide it.
func TestWeakBesideStrong(t *testing.T) {
	const strong, weak = "Victor Bloksword", "Viktor Bloksworth"
	text := "id,name,quality\n7," + strong + ",strong\n7," + weak + ",weak\n"
	both, err := lists.Read("OWN", lists.FormatSimple, strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	w := loaded(t, both)
	x := match.NewIndex(both.Names())
	name := "Viktor Blocksworth"
	lesser, greater := x.Compare(name, strong).Score, x.Compare(name, weak).Score
	policy := match.Policy{Default: lesser, Weak: greater - lesser + 1}
	if lesser >= greater {
		t.Fatalf("the strong alias has %d, the weak one %d", lesser, greater)
	}
	if hits := w.Screen(watchlist.Party{Name: name}, policy, nil, 10); entries(hits) != "7" || hits[0].Listed != strong {
		t.Errorf("%+v", hits)
	}
	policy.Default++
	if hits := w.Screen(watchlist.Party{Name: name}, policy, nil, 10); len(hits) != 0 {
		t.Errorf("above both: %+v", hits)
	}
}

// TestWeakBesideStrongInText: nor does it in free text, where both are like the same words.
func TestWeakBesideStrongInText(t *testing.T) {
	const strong, weak = "Victor Maria Bloksword", "Viktor Anatol Bloksworth"
	both, err := lists.Read("OWN", lists.FormatSimple,
		strings.NewReader("id,name,quality\n7,"+strong+",strong\n7,"+weak+",weak\n"))
	if err != nil {
		t.Fatal(err)
	}
	x := match.NewIndex(both.Names())
	name := "Viktor Bloksworth"
	lesser, greater := x.Compare(name, strong).Score, x.Compare(name, weak).Score
	if lesser >= greater || greater == 10_000 {
		t.Fatalf("the strong alias has %d, the weak one %d", lesser, greater)
	}
	party := watchlist.Party{Name: "rent of March for " + name, Text: true}
	policy := match.Policy{Default: lesser, Weak: greater - lesser + 1}
	if hits := loaded(t, both).Screen(party, policy, nil, 10); entries(hits) != "7" || hits[0].Listed != strong {
		t.Errorf("%+v", hits)
	}
	policy.Default++
	if hits := loaded(t, both).Screen(party, policy, nil, 10); len(hits) != 0 {
		t.Errorf("above both: %+v", hits)
	}
}
