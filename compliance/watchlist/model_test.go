package watchlist_test

import (
	"encoding/csv"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/causeway-pay/causeway/compliance/lists"
	"github.com/causeway-pay/causeway/compliance/match"
	"github.com/causeway-pay/causeway/compliance/watchlist"
)

// drawName draws a name of few words that are like one another.
func drawName(t *rapid.T) string {
	words := rapid.SliceOfN(rapid.SampledFrom([]string{
		"Viktor", "Victor", "Anna", "Ana", "Blocksworth", "Bloksworth", "Kowalczyk", "Lantern", "Lanter",
	}), 1, 3).Draw(t, "words")
	return strings.Join(words, " ")
}

// drawList draws a list of entries with one to three names of any quality.
func drawList(t *rapid.T) lists.List {
	rows := [][]string{{"id", "name", "quality", "birth", "identifier"}}
	of := func(label string, values ...string) string { return rapid.SampledFrom(values).Draw(t, label) }
	for id := range rapid.IntRange(1, 30).Draw(t, "entries") {
		for range rapid.IntRange(1, 3).Draw(t, "names") {
			rows = append(rows, []string{
				fmt.Sprint(id), drawName(t), of("quality", "strong", "weak"), of("birth", "", "1970-03-04", "1999-01-01", "1971"),
				of("identifier", "", "AB123456", "CD7654321"),
			})
		}
	}
	var text strings.Builder
	if err := csv.NewWriter(&text).WriteAll(rows); err != nil {
		t.Fatal(err)
	}
	l, err := lists.Read("OWN", lists.FormatSimple, strings.NewReader(text.String()))
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// enough reports whether any of the names of an entry is enough, which is what screening
// comes to without an index.
func enough(x *match.Index, p watchlist.Party, policy match.Policy, entry lists.Entry) bool {
	for _, n := range entry.Names {
		score, _ := match.Qualify(x.Compare(p.Name, n.Text).Score, p.Facts, entry.Facts())
		if score >= policy.Threshold(match.Name{List: "OWN", Entry: entry.ID, Weak: n.Quality == lists.Weak}) {
			return true
		}
	}
	return false
}

// TestScreenByModel: whoever of a list is enough like a party and is not cleared is a hit,
// and nobody else, whatever stands before it; as many as are asked for, if there are so
// many.
func TestScreenByModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := drawList(t)
		w, err := watchlist.New([]lists.List{l})
		if err != nil {
			t.Fatal(err)
		}
		x := match.NewIndex(l.Names())
		party := watchlist.Party{Name: drawName(t)}
		if text := rapid.SampledFrom([]string{"", "1970-03-04", "1999-01-01"}).Draw(t, "born"); text != "" {
			date, _ := match.ParseDate(text)
			party.Facts.Born = []match.Date{date}
		}
		if number := rapid.SampledFrom([]string{"", "ab 123-456"}).Draw(t, "number"); number != "" {
			party.Facts.Identifiers = []string{number}
		}
		policy := match.Policy{Default: rapid.IntRange(6_000, 9_500).Draw(t, "threshold"), Weak: rapid.IntRange(0, 2_000).Draw(t, "weak")}
		cleared, want := match.GoodGuys{}, map[string]bool{}
		for _, entry := range l.Entries.All() {
			if rapid.Bool().Draw(t, "cleared") {
				cleared[match.GoodGuy{Party: match.PartyKey(party.Name, party.Facts), List: "OWN", Entry: entry.ID, Version: entry.Hash()}] = true
			} else if enough(x, party, policy, entry) {
				want[entry.ID] = true
			}
		}
		for _, limit := range []int{1, 3, 100} {
			hits := w.Screen(party, policy, cleared, limit)
			if len(hits) != min(limit, len(want)) {
				t.Fatalf("%d hits of %d, %d are asked for: %+v", len(hits), len(want), limit, hits)
			}
			for i, hit := range hits {
				if !want[hit.Entry] || i > 0 && hit.Score > hits[i-1].Score {
					t.Fatalf("%d: %+v; want %v", i, hit, want)
				}
			}
		}
	})
}

// drawParty draws somebody or a text, and how sure one must be.
func drawParty(t *rapid.T) (watchlist.Party, match.Policy) {
	party := watchlist.Party{Name: drawName(t), Text: rapid.Bool().Draw(t, "text")}
	if rapid.Bool().Draw(t, "born") {
		party.Facts.Born = []match.Date{{Year: 1970, Month: 3, Day: 4}}
	}
	return party, match.Policy{Default: rapid.SampledFrom([]int{7_000, 8_500, 9_900}).Draw(t, "threshold")}
}

// TestWhoIsUnlikeStaysSo: a watchlist that was asked about many says of each, and of each
// again, what one says that was asked about nobody before: under other thresholds, as a
// text, and with a birth date, too.
func TestWhoIsUnlikeStaysSo(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := drawList(t)
		asked, err := watchlist.New([]lists.List{l})
		if err != nil {
			t.Fatal(err)
		}
		for range rapid.IntRange(2, 12).Draw(t, "parties") {
			party, policy := drawParty(t)
			fresh, err := watchlist.New([]lists.List{l})
			if err != nil {
				t.Fatal(err)
			}
			want := fresh.Screen(party, policy, nil, 10)
			for range 2 {
				if difference := cmp.Diff(want, asked.Screen(party, policy, nil, 10)); difference != "" {
					t.Fatalf("%+v under %d: %s", party, policy.Default, difference)
				}
			}
		}
	})
}

// TestUnlikeAtOnce: many ask one watchlist at once about few, some of whom are listed.
func TestUnlikeAtOnce(t *testing.T) {
	w := loaded(t, list(t, "OWN", rows))
	var group sync.WaitGroup
	for who := range 8 {
		group.Go(func() {
			for i := range 200 {
				name, listed := "Mei Lantern", (who+i)%3 == 0
				if listed {
					name = "Viktor Blocksworth"
				}
				if hits := w.Screen(watchlist.Party{Name: name}, match.Policy{Default: 8_500}, nil, 5); (len(hits) > 0) != listed {
					t.Errorf("%s: %d hits", name, len(hits))
				}
			}
		})
	}
	group.Wait()
}
