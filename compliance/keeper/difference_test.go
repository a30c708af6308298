package keeper_test

import (
	"bytes"
	"context"
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

// A version with more changes than people read shows the first of each fate and the counts
// of all, also if its entries say so much that fewer have room.
func TestChangesHaveTheirRoom(t *testing.T) {
	for name, c := range map[string]struct{ text, least, most int }{
		"short": {10, 500, 500}, "long": {4000, 60, 130},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			var text bytes.Buffer
			text.WriteString("id,name\n")
			for n := range 700 {
				fmt.Fprintf(&text, "%d,Person %s%d\n", n, strings.Repeat("long ", c.text/5), n)
			}
			w.set(text.Bytes(), "", 0)
			w.clock.At = noon.Add(time.Minute)
			k, _ := w.hub(w.source(w.address))
			start(t, k)
			found := w.changes(versions(t, w.pool)[0].Version)
			if shown := len(found.Differences); found.Added != 700 || shown < c.least || shown > c.most {
				t.Errorf("%d came, %d are described", found.Added, shown)
			}
		})
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
