package api_test

import (
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/causeway-pay/causeway/compliance/keeper"
	"github.com/causeway-pay/causeway/compliance/lists"
	"github.com/causeway-pay/causeway/switch/api/client"
	"github.com/causeway-pay/causeway/switch/api/wire"
)

// alone is a hub that no other hub hears.
type alone struct{}

// Broadcast implements keeper.Bus.
func (alone) Broadcast(string, []byte) error { return nil }

// Listen implements keeper.Bus.
func (alone) Listen(string, func([]byte)) (func(), error) { return func() {}, nil }

// listFile is an own list in a file with so many people.
type listFile struct {
	t    *testing.T
	path string
}

func (f listFile) write(people int) {
	f.t.Helper()
	var text strings.Builder
	text.WriteString("id,name\n")
	for n := range people {
		text.WriteString(strings.Repeat(string(rune('a'+n%26)), 3+n/26) + ",Viktor Blocksworth\n")
	}
	if err := os.WriteFile(f.path, []byte(text.String()), 0o600); err != nil {
		f.t.Fatal(err)
	}
}

// keeping returns a hub's keeper with the lists of these names, all of one file.
func (b *bench) keeping(names ...string) (*keeper.Keeper, listFile) {
	b.t.Helper()
	file := listFile{b.t, filepath.Join(b.t.TempDir(), "own.csv")}
	file.write(60)
	config := keeper.Config{
		Pool: b.pool, Officer: b.officer, Bus: alone{}, Clock: b.clock, Logger: slog.New(slog.DiscardHandler), Guard: lists.DefaultGuard,
	}
	for _, name := range names {
		config.Sources = append(config.Sources, keeper.Source{
			Name: name, Every: time.Hour, Files: []keeper.File{{Format: lists.FormatSimple, Place: file.path}},
		})
	}
	k := keeper.New(config)
	if err := k.Start(b.t.Context()); err != nil {
		b.t.Fatal(err)
	}
	return k, file
}

// shown returns what the API shows of lists: those in force, and what was refused.
func (b *bench) shown() (inForce int, refused []wire.RefusedList) {
	b.t.Helper()
	all, err := b.as("viewer-1").Lists(b.t.Context())
	if err != nil {
		b.t.Fatal(err)
	}
	for _, v := range all.Versions {
		if v.Active {
			inForce++
		}
	}
	return inForce, all.Refused
}

// refusedVersion makes a version of a list that is refused.
func (b *bench) refusedVersion() (*keeper.Keeper, wire.ListAcceptance) {
	b.t.Helper()
	k, file := b.keeping("OWN")
	file.write(30)
	if err := k.Start(b.t.Context()); err != nil {
		b.t.Fatal(err)
	}
	_, refused := b.shown()
	return k, wire.ListAcceptance{List: "OWN", Version: refused[0].Version}
}

// abandonedList makes lists that nobody fetches any more.
func (b *bench) abandonedList() wire.ListRetirement {
	b.t.Helper()
	b.keeping("OLD", "OLDER")
	if b.exec(`UPDATE list_active SET next_at = next_at - INTERVAL '1 day'`) == 0 {
		b.t.Fatal("no lists")
	}
	return wire.ListRetirement{List: "OLD"}
}

// A version that differs by too much waits for two people of compliance, who see by how
// much.
func TestListAccept(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		k, change := b.refusedVersion()
		_, refused := b.shown()
		if len(refused) != 1 || refused[0].Removed != 30 || !strings.Contains(refused[0].Problem, "lost 30 of 60") {
			t.Fatalf("%+v", refused)
		}
		changes, err := b.as("viewer-1").ListChanges(t.Context(), change.List, change.Version, client.Page{})
		if err != nil || changes.Removed != 30 || len(changes.Differences) != 30 ||
			changes.Differences[0].Fate != "removed" || changes.Differences[0].Name != "Viktor Blocksworth" {
			t.Errorf("%+v, %v", changes, err)
		}
		if _, err := b.as("viewer-1").ListChanges(t.Context(), change.List, "0000", client.Page{}); client.ReasonOf(err) != "Missing" {
			t.Errorf("what nobody has seen: %v", err)
		}
		for _, c := range []struct {
			spoil            func(a *wire.ListAcceptance)
			proposer, reason string
		}{
			{func(a *wire.ListAcceptance) { a.List = "" }, "compliance-1", "InvalidRequest"},
			{func(a *wire.ListAcceptance) { a.List = "OTHER" }, "compliance-1", "Missing"},
			{func(a *wire.ListAcceptance) { a.Version = "" }, "compliance-1", "Missing"},
			{func(*wire.ListAcceptance) {}, "treasury-1", "AccessDenied"},
		} {
			bad := change
			c.spoil(&bad)
			if err := b.agree(wire.KindListAccept, bad, c.proposer, "compliance-2"); client.ReasonOf(err) != c.reason {
				t.Errorf("%+v by %s: %v", bad, c.proposer, err)
			}
		}
		second, err := b.as("compliance-2").Propose(t.Context(), wire.KindListAccept, change)
		if err != nil {
			t.Fatal(err)
		}
		if err := b.agree(wire.KindListAccept, change, "compliance-1", "compliance-2"); err != nil {
			t.Fatal(err)
		}
		if _, refused := b.shown(); len(refused) != 1 || !refused[0].Accepted {
			t.Errorf("%+v", refused)
		}
		if _, err := b.as("compliance-1").Approve(t.Context(), second.ID, second.ChangeHash); client.ReasonOf(err) != "ProposalClosed" {
			t.Errorf("a second time: %v", err)
		}
		if err := k.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		inForce, refused := b.shown()
		if list, _ := b.officer.Watchlist(); inForce != 1 || len(refused) != 0 || list.Names() != 30 {
			t.Errorf("%d in force, %+v, %d names", inForce, refused, list.Names())
		}
	})
}

// What a version changed comes in pages, each entry once, and every page says how many there
// are in all; what a page does not know is refused.
func TestListChangesInPages(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		_, change := b.refusedVersion()
		page := func(before string, limit int) (wire.ListChanges, error) {
			return b.as("viewer-1").ListChanges(t.Context(), change.List, change.Version, client.Page{Before: before, Limit: limit})
		}
		seen := map[string]bool{}
		for before, pages := "", 1; ; pages++ {
			found, err := page(before, 7)
			if err != nil || found.Removed != 30 || found.NotKept != 0 || len(found.Previous) != 32 {
				t.Fatalf("%+v, %v", found, err)
			}
			for _, d := range found.Differences {
				seen[d.ID] = true
			}
			if before = found.Next; before == "" {
				if len(seen) != 30 || pages != 5 || len(found.Differences) != 2 {
					t.Errorf("%d entries on %d pages, the last of %d", len(seen), pages, len(found.Differences))
				}
				break
			}
		}
		if beyond, err := page("31", 7); err != nil || len(beyond.Differences) != 0 || beyond.Next != "" || beyond.Removed != 30 {
			t.Errorf("behind the last page: %+v, %v", beyond, err)
		}
		for before, limit := range map[string]int{"-1": 7, "one": 7, "2000000000": 7, "0": 501} {
			if _, err := page(before, limit); client.ReasonOf(err) != "InvalidRequest" {
				t.Errorf("before %s, %d: %v", before, limit, err)
			}
		}
		b.exec(`UPDATE list_refused SET differences = ''`)
		if bare, err := page("", 7); err != nil || bare.NotKept != 30 || bare.Differences == nil || len(bare.Differences) != 0 {
			t.Errorf("of an earlier program: %+v, %v", bare, err)
		}
	})
}

// readsAnEntry reads what a version on record says of somebody.
func (b *bench) readsAnEntry() {
	b.t.Helper()
	b.keeping("READ")
	all, err := b.as("viewer-1").Lists(b.t.Context())
	if err != nil {
		b.t.Fatal(err)
	}
	version := all.Versions[0].Version
	entry, err := b.as("compliance-1").ListEntry(b.t.Context(), "READ", version, "aaa")
	if err != nil || entry.ID != "aaa" || entry.Version != version || entry.Names[0].Text != "Viktor Blocksworth" || entry.Births == nil {
		b.t.Errorf("%+v, %v", entry, err)
	}
	for _, c := range [][3]string{{"READ", version, "nobody"}, {"READ", "0000", "aaa"}, {"OTHER", version, "aaa"}} {
		if _, err := b.as("compliance-1").ListEntry(b.t.Context(), c[0], c[1], c[2]); client.ReasonOf(err) != "Missing" {
			b.t.Errorf("%s: %v", c, err)
		}
	}
	if _, err := b.as("viewer-1").ListEntry(b.t.Context(), "READ", version, "aaa"); client.ReasonOf(err) != "AccessDenied" {
		b.t.Errorf("by a viewer: %v", err)
	}
}

// TestListEntry: who an entry is, as a version has it, also one that is in force no more.
func TestListEntry(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		b.readsAnEntry()
		_, file := b.keeping("OWN")
		all, err := b.as("viewer-1").Lists(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		before := all.Versions[0].Version
		file.write(58)
		b.clock.Advance(time.Minute)
		k, _ := b.keeping()
		k.Sources = []keeper.Source{{Name: "OWN", Every: time.Hour, Files: []keeper.File{{Format: lists.FormatSimple, Place: file.path}}}}
		if err := k.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		gone := strings.Repeat("h", 5)
		entry, err := b.as("compliance-1").ListEntry(t.Context(), "OWN", before, gone)
		if err != nil || len(entry.Names) != 1 {
			t.Errorf("%+v, %v", entry, err)
		}
		all, err = b.as("viewer-1").Lists(t.Context())
		if err != nil || all.Versions[0].Version == before {
			t.Fatalf("%+v, %v", all, err)
		}
		if _, err := b.as("compliance-1").ListEntry(t.Context(), "OWN", all.Versions[0].Version, gone); client.ReasonOf(err) != "Missing" {
			t.Errorf("who is listed no more: %v", err)
		}
	})
}

// A list that nobody fetches any more is retired by two people; one that a hub may still
// fetch is not.
func TestListRetire(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		k, _ := b.keeping("OWN", "OLD")
		change := wire.ListRetirement{List: "OLD"}
		if err := b.agree(wire.KindListRetire, change, "compliance-1", "compliance-2"); client.ReasonOf(err) != "Inconsistent" {
			t.Errorf("fetched a moment ago: %v", err)
		}
		b.clock.Advance(2 * time.Hour)
		for list, want := range map[string]string{"": "InvalidRequest", "OTHER": "Missing"} {
			err := b.agree(wire.KindListRetire, wire.ListRetirement{List: list}, "compliance-1", "compliance-2")
			if client.ReasonOf(err) != want {
				t.Errorf("%q: %v", list, err)
			}
		}
		late, err := b.as("compliance-1").Propose(t.Context(), wire.KindListRetire, wire.ListRetirement{List: "OWN"})
		if err != nil {
			t.Fatal(err)
		}
		if err := b.agree(wire.KindListRetire, change, "compliance-1", "compliance-2"); err != nil {
			t.Fatal(err)
		}
		if _, err := b.as("compliance-2").Approve(t.Context(), late.ID, late.ChangeHash); client.ReasonOf(err) != "Inconsistent" {
			t.Errorf("the last one: %v", err)
		}
		if err := k.Load(t.Context()); err != nil {
			t.Fatal(err)
		}
		if list, _ := b.officer.Watchlist(); len(list.Lists()) != 1 || list.Lists()[0].Name != "OWN" {
			t.Errorf("%d lists", len(list.Lists()))
		}
	})
}
