package lists_test

import (
	"errors"
	"io"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/causeway-pay/causeway/compliance/lists"
	"github.com/causeway-pay/causeway/compliance/match"
)

// drawEntry draws an entry of any parts, with texts of any length and bytes.
func drawEntry(t *rapid.T, id int) lists.Entry {
	text := rapid.OneOf(rapid.String(), rapid.StringN(100, 300, -1), rapid.Just(""))
	year := rapid.IntRange(0, 9_999)
	return lists.Entry{
		ID: strconv.Itoa(id), Kind: lists.Kind(text.Draw(t, "kind")), Programmes: drawList(t, "programmes", text),
		Names: drawList(t, "names", rapid.Custom(func(t *rapid.T) lists.Name {
			quality := lists.Quality(text.Draw(t, "quality"))
			return lists.Name{Text: text.Draw(t, "name"), Quality: quality, Script: text.Draw(t, "script")}
		})),
		Identifiers: drawList(t, "identifiers", rapid.Custom(func(t *rapid.T) lists.Identifier {
			return lists.Identifier{Type: text.Draw(t, "type"), Value: text.Draw(t, "value"), Country: text.Draw(t, "country")}
		})),
		Born: drawList(t, "born", rapid.Custom(func(t *rapid.T) match.Date {
			return match.Date{
				Year: year.Draw(t, "year"), Month: rapid.IntRange(0, 12).Draw(t, "month"),
				Day: rapid.IntRange(0, 31).Draw(t, "day"), Until: year.Draw(t, "until"), About: rapid.Bool().Draw(t, "about"),
			}
		})),
		Addresses: drawList(t, "addresses", rapid.Custom(func(t *rapid.T) lists.Address {
			return lists.Address{Lines: text.Draw(t, "lines"), Country: text.Draw(t, "country")}
		})),
	}
}

// drawList draws a list, which is nil when nothing is in it, as it is in entries.
func drawList[T any](t *rapid.T, label string, one *rapid.Generator[T]) []T {
	all := rapid.SliceOfN(one, 0, 4).Draw(t, label)
	if len(all) == 0 {
		return nil
	}
	return all
}

// TestEntriesAreKept: whatever entries hold, they come back as they were, by their
// place and by their id, with the hash that clearances are bound to.
func TestEntriesAreKept(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		all := make([]lists.Entry, rapid.IntRange(0, 5).Draw(t, "entries"))
		for i, id := range rapid.Permutation([]int{1, 20, 3, 100, 10}).Draw(t, "ids")[:len(all)] {
			all[i] = drawEntry(t, id)
		}
		entries := lists.NewEntries(all)
		if entries.Len() != len(all) {
			t.Fatalf("%d of %d entries", entries.Len(), len(all))
		}
		for i, got := range entries.All() {
			if diff := cmp.Diff(all[i], got); diff != "" || got.Hash() != all[i].Hash() {
				t.Fatalf("entry %d: %s", i, diff)
			}
			found, ok := entries.Find(got.ID)
			if diff := cmp.Diff(all[i], found); !ok || diff != "" {
				t.Fatalf("entry %s: %s", got.ID, diff)
			}
		}
		if _, ok := entries.Find("2"); ok {
			t.Fatal("an entry that is not there")
		}
	})
}

// TestEntriesStop: who looks at the first entries only is given no more.
func TestEntriesStop(t *testing.T) {
	entries, seen := lists.NewEntries(many(10, "one")), 0
	for range entries.All() {
		if seen++; seen == 3 {
			break
		}
	}
	if seen != 3 {
		t.Errorf("%d entries", seen)
	}
}

// TestVersion: the version of files is known without reading what they say.
func TestVersion(t *testing.T) {
	formats := []string{lists.FormatOFAC, lists.FormatOFACAliases, lists.FormatOFACAddresses}
	for count := 1; count <= len(formats); count++ {
		var all []lists.List
		var files []io.Reader
		for _, format := range formats[:count] {
			list, err := lists.Read("X", format, strings.NewReader(small[format]))
			if err != nil {
				t.Fatal(err)
			}
			all, files = append(all, list), append(files, strings.NewReader(small[format]))
		}
		joined := all[0]
		if count > 1 {
			var err error
			if joined, err = lists.Join(all[0], all[1:]...); err != nil {
				t.Fatal(err)
			}
		}
		if version, err := lists.Version(files...); err != nil || version != joined.Version {
			t.Errorf("%d files: %s, want %s, %v", count, version, joined.Version, err)
		}
	}
	broken := iotest.ErrReader(errors.New("cut off"))
	if version, err := lists.Version(broken); !errors.Is(err, lists.ErrList) {
		t.Errorf("a file that cannot be read has version %q, %v", version, err)
	}
}
