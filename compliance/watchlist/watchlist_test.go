package watchlist_test

import (
	"errors"
	"fmt"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/causeway-pay/causeway/compliance/lists"
	"github.com/causeway-pay/causeway/compliance/match"
	"github.com/causeway-pay/causeway/compliance/watchlist"
)

func list(t testing.TB, name, rows string) lists.List {
	t.Helper()
	l, err := lists.Read(name, lists.FormatSimple, strings.NewReader("id,name,birth,identifier\n"+rows))
	if err != nil {
		t.Fatal(err)
	}
	return l
}

const rows = "7,Viktor Blocksworth,1970-03-04,AB123456\n8,Ocean Lantern Shipping Ltd,,IMO 9876543\n9,Anna Blocksworth,,\n"

func loaded(t testing.TB, all ...lists.List) *watchlist.Watchlist {
	t.Helper()
	w, err := watchlist.New(all)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func born(t *testing.T, text string) match.Facts {
	t.Helper()
	date, ok := match.ParseDate(text)
	if !ok {
		t.Fatal(text)
	}
	return match.Facts{Born: []match.Date{date}}
}

func TestScreen(t *testing.T) {
	w := loaded(t, list(t, "OWN", rows))
	for name, c := range map[string]struct {
		party watchlist.Party
		want  string
	}{
		"nobody":             {watchlist.Party{Name: "Mei Lantern"}, ""},
		"the name":           {watchlist.Party{Name: "BLOCKSWORTH, Victor"}, "7"},
		"another birth year": {watchlist.Party{Name: "Viktor Blocksworth", Facts: born(t, "1999-01-01")}, ""},
		"the birth day":      {watchlist.Party{Name: "Viktor Blocksworth", Facts: born(t, "1970-03-04")}, "7"},
		"a number":           {watchlist.Party{Name: "Somebody Else", Facts: match.Facts{Identifiers: []string{"ab-123 456"}}}, "7"},
		"text":               {watchlist.Party{Name: "freight for Viktor Blocksworth, May", Text: true}, "7"},
		"text, no name":      {watchlist.Party{Name: "freight for Victor, May", Text: true}, ""},
		"two":                {watchlist.Party{Name: "Blocksworth"}, ""},
	} {
		var got []string
		for _, hit := range w.Screen(c.party, match.DefaultPolicy, nil, 10) {
			got = append(got, hit.Entry)
			if hit.Version == "" || hit.EntryVersion == "" || hit.List != "OWN" || hit.Listed == "" {
				t.Errorf("%s: %+v", name, hit)
			}
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// A clearance is for this party, this entry, and what both say today.
func TestClearance(t *testing.T) {
	w := loaded(t, list(t, "OWN", rows))
	party := watchlist.Party{Name: "Viktor Blocksworth"}
	hit := w.Screen(party, match.DefaultPolicy, nil, 10)[0]
	cleared := match.GoodGuys{{
		Party: match.PartyKey(party.Name, party.Facts), List: hit.List, Entry: hit.Entry, Version: hit.EntryVersion,
	}: true}
	if hits := w.Screen(party, match.DefaultPolicy, cleared, 10); len(hits) != 0 {
		t.Errorf("cleared: %+v", hits)
	}
	if hits := w.Screen(watchlist.Party{Name: "Victor Blocksworth"}, match.DefaultPolicy, cleared, 10); len(hits) != 1 {
		t.Errorf("another spelling: %+v", hits)
	}
	changed := loaded(t, list(t, "OWN", strings.Replace(rows, "1970-03-04", "1970-03-05", 1)))
	if hits := changed.Screen(party, match.DefaultPolicy, cleared, 10); len(hits) != 1 {
		t.Errorf("the entry has changed: %+v", hits)
	}
}

func TestLists(t *testing.T) {
	first, second := list(t, "A", rows), list(t, "B", "7,Viktor Blocksworth,,\n")
	w := loaded(t, first, second)
	if hits := w.Screen(watchlist.Party{Name: "Viktor Blocksworth"}, match.DefaultPolicy, nil, 10); len(hits) != 2 {
		t.Errorf("%+v", hits)
	}
	if hits := w.Screen(watchlist.Party{Name: "Viktor Blocksworth"}, match.DefaultPolicy, nil, 1); len(hits) != 1 {
		t.Errorf("the limit: %+v", hits)
	}
	if w.Names() != 4 || len(w.Lists()) != 2 {
		t.Errorf("%d names", w.Names())
	}
	if w.Version() == loaded(t, first).Version() || w.Version() != loaded(t, first, second).Version() {
		t.Error("the version is that of the contents")
	}
	if _, err := watchlist.New([]lists.List{first, first}); err == nil {
		t.Error("one list twice")
	}
	if _, err := watchlist.New(nil); !errors.Is(err, watchlist.ErrNoNames) {
		t.Error(err)
	}
}

// TestFewObjects: however many names lists hold, the garbage collector has next to
// nothing to follow in them.
func TestFewObjects(t *testing.T) {
	var rows strings.Builder
	for i := range 5_000 {
		fmt.Fprintf(&rows, "%d,Viktor%d Blocksworth%d,1970-03-04,AB%06d\n", i, i%97, i, i)
	}
	objects := func() uint64 {
		var stats runtime.MemStats
		runtime.GC()
		runtime.GC()
		runtime.ReadMemStats(&stats)
		return stats.HeapObjects
	}
	before := objects()
	w := loaded(t, list(t, "OWN", rows.String()))
	w.Screen(watchlist.Party{Name: "Viktor Blocksworth"}, match.DefaultPolicy, nil, 10)
	if more := int64(objects() - before); more > 1_000 {
		t.Errorf("%d names are %d objects", w.Names(), more)
	}
	runtime.KeepAlive(w)
}

// TestNumbersOfMany: each entry with an identifier is found by it, in each list that
// has it, and no other.
func TestNumbersOfMany(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		number := rapid.SampledFrom([]string{"", "AB100001", "AB100002", "AB100003", "AB10000"})
		want, all := map[string]bool{}, []lists.List{}
		for _, name := range []string{"A", "B"} {
			rows := ""
			for id := range 6 {
				n := number.Draw(t, "number")
				rows += fmt.Sprintf("%d,Entry%c Somebody,,%s\n", id, 'A'+id, n)
				want[name+strconv.Itoa(id)] = n == "AB100002"
			}
			l, err := lists.Read(name, lists.FormatSimple, strings.NewReader("id,name,birth,identifier\n"+rows))
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, l)
		}
		w, err := watchlist.New(all)
		if err != nil {
			t.Fatal(err)
		}
		party := watchlist.Party{Name: "Nemo Lindqvist", Facts: match.Facts{Identifiers: []string{"ab 100-002", "no"}}}
		for _, hit := range w.Screen(party, match.DefaultPolicy, nil, 100) {
			if !want[hit.List+hit.Entry] {
				t.Fatalf("%s %s has no such number", hit.List, hit.Entry)
			}
			delete(want, hit.List+hit.Entry)
		}
		for entry, missed := range want {
			if missed {
				t.Fatalf("%s is missed", entry)
			}
		}
	})
}
