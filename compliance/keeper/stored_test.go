package keeper_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/causeway-pay/causeway/compliance"
	"github.com/causeway-pay/causeway/compliance/keeper"
	"github.com/causeway-pay/causeway/internal/db"
)

// hard is a list that hardly can be packed: it fills several pieces.
func hard() []byte {
	var rows bytes.Buffer
	rows.WriteString("id,name,identifier\n")
	random, number := rand.NewChaCha8([32]byte{1}), make([]byte, 2_000)
	for n := range 700 {
		_, _ = random.Read(number) // never fails
		fmt.Fprintf(&rows, "%d,Somebody Listed,%s\n", n, base64.StdEncoding.EncodeToString(number))
	}
	return rows.Bytes()
}

// A version that takes several rows of the database comes back as it was.
func TestManyPieces(t *testing.T) {
	w := newWorld(t)
	w.set(hard(), "", 0)
	k, _ := w.hub(w.source(w.address))
	start(t, k)
	var pieces int64
	if err := w.pool.QueryRow(t.Context(), `SELECT count(*) FROM list_part`).Scan(&pieces); err != nil || pieces < 2 {
		t.Fatalf("%d pieces, %v", pieces, err)
	}
	version := versions(t, w.pool)[0].Version
	list, err := keeper.Stored(t.Context(), w.pool, "OWN", version)
	if err != nil || list.Version != version || list.Entries.Len() != 700 {
		t.Errorf("version %q with %d entries, %v", list.Version, list.Entries.Len(), err)
	}
}

// A list that is damaged in the database is told to a hub that comes to it, which does not
// screen by half of it; a hub that has it goes on.
func TestDamagedInTheDatabase(t *testing.T) {
	for _, damage := range []string{
		`UPDATE list_part SET body = substr(body, 1, length(body) - 9)`,
		`UPDATE list_part SET body = set_byte(body, 60, 255 - get_byte(body, 60))`,
		`UPDATE list_part SET body = 'no gzip'`,
		`UPDATE list_part SET format = 'un'`,
		`UPDATE list_part SET number = 1`, // where the first one is missing
		`DELETE FROM list_part`,
		`UPDATE list_active SET version = 'x'`,
	} {
		t.Run(damage, func(t *testing.T) {
			w := newWorld(t)
			w.set(csv("Viktor Blocksworth", 30), "", 0)
			first, officer := w.hub(w.source(w.address))
			start(t, first)
			err := w.pool.InTx(t.Context(), func(ctx context.Context, tx db.Tx) error {
				_, err := tx.Exec(ctx, damage)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			next, unled := w.hub(w.source(w.address))
			if err := next.Start(t.Context()); err == nil {
				t.Error("a hub has started on it")
			}
			if version, names := unled.Version(); names != 0 {
				t.Errorf("it screens by version %s", version)
			}
			// It need not be read again, or cannot be.
			_ = first.Load(t.Context())
			if !listed(t, officer, "Viktor Blocksworth") {
				t.Error("a hub that had it has lost it")
			}
		})
	}
}

// A list that no hub keeps any more stays in force, and is too old in the end: nobody passes
// because somebody left a line out.
func TestListThatNobodyKeeps(t *testing.T) {
	w := newWorld(t)
	w.set(csv("Viktor Blocksworth", 30), "", 0)
	other := w.source(w.address)
	other.Name = "OTHER"
	both, _ := w.hub(w.source(w.address), other)
	start(t, both)
	one, officer := w.hub(w.source(w.address))
	for hours, want := range []error{0: nil, 24: nil, 25: compliance.ErrStale} {
		w.clock.At = noon.Add(time.Duration(hours) * time.Hour)
		if err := one.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := officer.Ready(); !errors.Is(err, want) {
			t.Errorf("after %d hours: %v", hours, err)
		}
	}
	if list, _ := officer.Watchlist(); len(list.Lists()) != 2 {
		t.Errorf("%d lists", len(list.Lists()))
	}
	if err := both.Check(t.Context(), other); err != nil || officer.Ready() == nil {
		t.Errorf("kept again, before the hub has heard of it: %v", err)
	}
	if err := one.Load(t.Context()); err != nil || officer.Ready() != nil {
		t.Errorf("kept again: %v, %v", err, officer.Ready())
	}
}
