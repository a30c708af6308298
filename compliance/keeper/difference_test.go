package keeper_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/causeway-pay/causeway/compliance/keeper"
	"github.com/causeway-pay/causeway/compliance/lists"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/reason"
)

// changes are those of a version.
func (w *world) changes(version string) keeper.Changes {
	w.t.Helper()
	c, err := keeper.ChangesOf(w.t.Context(), w.pool, "OWN", version)
	if err != nil {
		w.t.Fatal(err)
	}
	return c
}

// What a refused version changed is there for the people who decide, and stays on record
// when it is in force; a version that nobody has ever seen is missing.
func TestChangesOfARefusedVersion(t *testing.T) {
	w, k := shrunk(t)
	version := refused(t, w.pool)[0].Version
	before := w.changes(version)
	if versions(t, w.pool)[0].Version != before.Previous {
		t.Errorf("as against %s", before.Previous)
	}
	if before.Removed != 200 || before.Changed != 1 || before.Added != 0 || len(before.Differences) != 201 {
		t.Fatalf("%d, %d, %d, %d described", before.Removed, before.Changed, before.Added, len(before.Differences))
	}
	renamed := lists.Difference{
		Fate: lists.Changed, ID: "1", Name: "Anna Otherwise",
		Parts: []lists.Part{{
			Name: "names", Lost: []string{"Viktor Blocksworth (strong)"}, Gained: []string{"Anna Otherwise (strong)"},
		}},
	}
	if diff := cmp.Diff(renamed, before.Differences[200]); diff != "" {
		t.Error(diff)
	}
	first := before.Differences[0]
	if first.Fate != lists.Removed || first.ID != "101" || !strings.HasPrefix(first.Name, "Person Number") {
		t.Errorf("%+v", first)
	}
	if err := w.accept("OWN", version); err != nil {
		t.Fatal(err)
	}
	if err := k.Check(t.Context(), k.Sources[0]); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(before, w.changes(version)); diff != "" {
		t.Error(diff)
	}
	for _, c := range [][2]string{{"OWN", "0000"}, {"OTHER", version}, {"", ""}} {
		if _, err := keeper.ChangesOf(t.Context(), w.pool, c[0], c[1]); reason.Of(err) != reason.Missing {
			t.Errorf("%s: %v", c, err)
		}
	}
}

// everybody is a list of so many people, each with a name of so many bytes more.
func everybody(people, more int, suffix string) []byte {
	var text bytes.Buffer
	text.WriteString("id,name\n")
	for n := range people {
		fmt.Fprintf(&text, "%d,Person %s%d%s\n", n, strings.Repeat("long ", more/5), n, suffix)
	}
	return text.Bytes()
}

// All entries of a version are kept, more than any list has, also if each of them changed; of
// entries that say more than any list's do, as many as have room, and of each fate some.
func TestChangesHaveTheirRoom(t *testing.T) {
	for name, c := range map[string]struct{ people, more, least, most int }{
		"short": {20_000, 0, 20_000, 20_000}, "long": {3000, 4000, 330, 360},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.set(everybody(c.people, c.more, ""), "", 0)
			k, _ := w.hub(w.source(w.address))
			start(t, k)
			w.set(append(everybody(c.people-10, c.more, "x"), "new,Somebody Else\n"...), "", 0)
			w.clock.At = noon.Add(time.Minute)
			if err := k.Check(t.Context(), k.Sources[0]); !errors.Is(err, lists.ErrBeyond) {
				t.Fatalf("got %v", err)
			}
			found := w.changes(refused(t, w.pool)[0].Version)
			fates := map[lists.Fate]int{}
			for _, d := range found.Differences {
				fates[d.Fate]++
			}
			if shown := fates[lists.Changed]; int(found.Changed) != c.people-10 || shown < c.least-10 || shown > c.most {
				t.Errorf("%d changed, %d are described", found.Changed, shown)
			}
			if fates[lists.Removed] != 10 || fates[lists.Added] != 1 {
				t.Errorf("%v", fates)
			}
		})
	}
}

// A version that the authority goes back to is the newest again, and has what it changed as
// against the one before it, not what it had changed when it first came.
func TestBackToAnEarlierVersion(t *testing.T) {
	w := newWorld(t)
	k, _ := w.hub(w.source(w.address))
	var names []string
	for i, name := range []string{"Viktor Blocksworth", "Anna Otherwise", "Viktor Blocksworth"} {
		w.set(csv(name, 300), "", 0)
		w.clock.At = noon.Add(time.Duration(i) * time.Minute)
		if err := k.Check(t.Context(), k.Sources[0]); err != nil {
			t.Fatal(err)
		}
		all := versions(t, w.pool)
		if !all[0].Active || !all[0].FetchedAt.Equal(w.clock.At) {
			t.Fatalf("the newest: %+v", all[0])
		}
		names = append(names, all[0].Version)
	}
	back := w.changes(names[0])
	if names[0] != names[2] || back.Previous != names[1] || back.Added != 0 || back.Changed != 1 || len(back.Differences) != 1 {
		t.Errorf("%s: %+v", names, back)
	}
	if first := w.changes(names[1]); first.Previous != names[0] || first.Changed != 1 {
		t.Errorf("%+v", first)
	}
}

// What an earlier program stored has its counts and no more.
func TestChangesOfAnEarlierProgram(t *testing.T) {
	w := newWorld(t)
	w.set(csv("Viktor Blocksworth", 3), "", 0)
	k, _ := w.hub(w.source(w.address))
	start(t, k)
	err := w.pool.InTx(t.Context(), func(ctx context.Context, tx db.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE list_version SET differences = ''`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if found := w.changes(versions(t, w.pool)[0].Version); found.Added != 3 || found.Differences != nil {
		t.Errorf("%+v", found)
	}
}
