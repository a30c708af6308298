package window_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/money"
	"github.com/causeway-pay/causeway/settlement/window"
)

// TestLife: a window goes from open to closing to closed to settling to settled,
// or is aborted once it is closed, and no other way.
func TestLife(t *testing.T) {
	each(t, func(t *testing.T, pool *db.Pool) {
		if _, err := closeWindow(t, pool, at); err == nil {
			t.Error("closed a window of a region without any")
		}
		if _, err := window.Current(t.Context(), pool, region); err == nil {
			t.Error("a region without windows has an open one")
		}
		start(t, pool)
		w, err := closeWindow(t, pool, at.Add(time.Hour))
		if err != nil || w.State != window.Closing || !w.ClosedAt.Equal(at.Add(time.Hour)) || !w.OpenedAt.Equal(at) {
			t.Fatalf("%+v, %v", w, err)
		}
		life := []window.State{window.Closing, window.Closed, window.Settling, window.Settled}
		for i := range life[1:] {
			checkStep(t, pool, w.ID, life[i], life[i+1])
		}
		got, err := window.Get(t.Context(), pool, w.ID)
		changed := at.Add(2 * time.Hour)
		if err != nil || got.State != window.Settled || !got.ClosedAt.Equal(w.ClosedAt) || !got.ChangedAt.Equal(changed) {
			t.Errorf("%+v, %v", got, err)
		}
		if _, err := window.Get(t.Context(), pool, ids.New()); err == nil {
			t.Error("got a window that never was")
		}
	})
}

// checkStep tries every step out of a state: those that are not allowed change
// nothing, and the wanted one is taken once.
func checkStep(t *testing.T, pool *db.Pool, id ids.ID, from, to window.State) {
	t.Helper()
	states := []window.State{
		window.Open, window.Closing, window.Closed, window.Settling, window.Settled, window.Aborted,
	}
	advance := func(from, to window.State) error {
		return pool.InTx(t.Context(), func(ctx context.Context, tx db.Tx) error {
			return window.Advance(ctx, tx, id, from, to, at.Add(2*time.Hour))
		})
	}
	for _, wrong := range states {
		if wrong != from {
			for _, next := range states {
				if err := advance(wrong, next); !errors.Is(err, window.ErrState) {
					t.Errorf("in %s went from %s to %s: %v", from, wrong, next, err)
				}
			}
		}
		if aborts := from == window.Closed || from == window.Settling; wrong != to && (wrong != window.Aborted || !aborts) {
			if err := advance(from, wrong); !errors.Is(err, window.ErrState) {
				t.Errorf("went from %s to %s: %v", from, wrong, err)
			}
		}
	}
	if err := advance(from, to); err != nil {
		t.Fatal(err)
	}
	if err := advance(from, to); !errors.Is(err, window.ErrState) {
		t.Errorf("%s twice: %v", to, err)
	}
}

// TestInState: windows that wait for a step are found oldest first.
func TestInState(t *testing.T) {
	each(t, func(t *testing.T, pool *db.Pool) {
		start(t, pool)
		for i := range 3 {
			if _, err := closeWindow(t, pool, at.Add(time.Duration(i)*time.Hour)); err != nil {
				t.Fatal(err)
			}
		}
		waiting, err := window.InState(t.Context(), pool, region, window.Closing, 2)
		if err != nil || len(waiting) != 2 || waiting[0].Number != 1 || waiting[1].Number != 2 {
			t.Errorf("%+v, %v", waiting, err)
		}
		if none, err := window.InState(t.Context(), pool, region, window.Settled, 2); err != nil || len(none) != 0 {
			t.Errorf("%+v, %v", none, err)
		}
	})
}

func TestAborted(t *testing.T) {
	each(t, func(t *testing.T, pool *db.Pool) {
		start(t, pool)
		closed := []window.State{window.Closing, window.Closed}
		for _, way := range [][]window.State{closed, append(closed, window.Settling)} {
			w, err := closeWindow(t, pool, at)
			if err != nil {
				t.Fatal(err)
			}
			inTx(t, pool, func(ctx context.Context, tx db.Tx) error {
				for i := range way[1:] {
					if err := window.Advance(ctx, tx, w.ID, way[i], way[i+1], at); err != nil {
						return err
					}
				}
				return window.Advance(ctx, tx, w.ID, way[len(way)-1], window.Aborted, at)
			})
			checkFinal(t, pool, w.ID)
		}
	})
}

func checkFinal(t *testing.T, pool *db.Pool, id ids.ID) {
	t.Helper()
	w, err := window.Get(t.Context(), pool, id)
	if err != nil || w.State != window.Aborted || w.State.Ordinal() != window.Settled.Ordinal() {
		t.Fatalf("%+v, %v", w, err)
	}
	err = pool.InTx(t.Context(), func(ctx context.Context, tx db.Tx) error {
		return window.Advance(ctx, tx, id, window.Aborted, window.Settling, at)
	})
	if !errors.Is(err, window.ErrState) {
		t.Errorf("an aborted window went on: %v", err)
	}
}

// TestSettledIsCarried: what was settled changes what is brought into the next
// window and not what is netted.
func TestSettledIsCarried(t *testing.T) {
	each(t, func(t *testing.T, pool *db.Pool) {
		start(t, pool)
		first, err := window.Current(t.Context(), pool, region)
		if err != nil {
			t.Fatal(err)
		}
		owes := []window.Movement{{Owner: "HK-WALLET", Debit: money.New(700, "HKD")}}
		paid := []window.Movement{{Owner: "HK-WALLET", Credit: money.New(400, "HKD")}}
		inTx(t, pool, func(ctx context.Context, tx db.Tx) error {
			if err := window.Add(ctx, tx, first, owes); err != nil {
				return err
			}
			if err := window.AddSettled(ctx, tx, first, paid); err != nil {
				return err
			}
			return window.AddSettled(ctx, tx, first, paid)
		})
		if _, err := closeWindow(t, pool, at); err != nil {
			t.Fatal(err)
		}
		nets, err := window.Nets(t.Context(), pool, first)
		if err != nil || len(nets) != 1 || nets[0].Amount() != money.New(-700, "HKD") {
			t.Errorf("netted %+v, %v", nets, err)
		}
		settled, err := window.SettledIn(t.Context(), pool, first)
		if err != nil || len(settled) != 1 || settled[0].Amount() != money.New(800, "HKD") || settled[0].Entries != 2 {
			t.Errorf("settled %+v, %v", settled, err)
		}
		carried, err := window.Carried(t.Context(), pool, recent(t, pool)[0])
		if err != nil || len(carried) != 1 || carried[0].Amount() != money.New(100, "HKD") {
			t.Errorf("carried %+v, %v", carried, err)
		}
	})
}
