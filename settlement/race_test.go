package settlement_test

import (
	"context"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/db/dbtest"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/settlement"
	"github.com/causeway-pay/causeway/settlement/ledger"
	"github.com/causeway-pay/causeway/settlement/position"
	"github.com/causeway-pay/causeway/settlement/window"
)

// persistently commits what loses against others for a while.
func persistently(pool *db.Pool, work func(ctx context.Context, tx db.Tx) error) error {
	return dbtest.Persistently(func() error { return pool.InTx(context.Background(), work) })
}

// TestBookingWhileClosing books whole payments from many goroutines while the
// window is closed again and again: the entries of each payment are in one
// window, each window's figures are its entries, and the positions are right.
func TestBookingWhileClosing(t *testing.T) {
	each(t, func(t *testing.T, pool *db.Pool) {
		inTx(t, pool, func(ctx context.Context, tx db.Tx) error {
			return position.SetCap(ctx, tx, "HK-WALLET", hkd(100_000_000))
		})
		var mu sync.Mutex
		booked := map[ids.ID]ids.ID{}
		var wg sync.WaitGroup
		for range 10 {
			wg.Go(func() {
				for range 6 {
					b := booking()
					windowID, err := bookOnce(pool, b)
					if err != nil {
						t.Error(err)
						return
					}
					mu.Lock()
					booked[b.PaymentID] = windowID
					mu.Unlock()
				}
			})
		}
		done := make(chan struct{})
		go func() { wg.Wait(); close(done) }()
		for working := true; working; {
			select {
			case <-done:
				working = false
			default:
			}
			err := persistently(pool, func(ctx context.Context, tx db.Tx) error {
				_, err := window.Close(ctx, tx, region, at)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		checkWindows(t, pool, booked)
		got := positions(t, pool)
		if n := int64(len(booked)); got["HK-WALLET"].Posted != hkd(7543*n) || got["JP-ACQUIRER"].Posted != jpy(-1488*n) {
			t.Errorf("after %d bookings: %+v", n, got)
		}
	})
}

func bookOnce(pool *db.Pool, b settlement.Booking) (ids.ID, error) {
	err := persistently(pool, func(ctx context.Context, tx db.Tx) error { return position.Reserve(ctx, tx, reserve(b)) })
	if err != nil {
		return ids.Nil, err
	}
	var windowID ids.ID
	err = persistently(pool, func(ctx context.Context, tx db.Tx) (err error) {
		windowID, err = new(settlement.Booker).Book(ctx, tx, b)
		return err
	})
	return windowID, err
}

// checkWindows recomputes each window's figures from the entries that name it.
func checkWindows(t *testing.T, pool *db.Pool, booked map[ids.ID]ids.ID) {
	t.Helper()
	want := map[ids.ID]map[string]int64{}
	for paymentID, windowID := range booked {
		entries, err := ledger.EntriesOf(t.Context(), pool, paymentID)
		if err != nil || len(entries) != 5 {
			t.Fatalf("%d entries, %v", len(entries), err)
		}
		for _, e := range entries {
			if e.WindowID != windowID {
				t.Errorf("entry %d of %s is in %s, its payment in %s", e.Sequence, paymentID, e.WindowID, windowID)
			}
			if e.Debit.Owner == e.Credit.Owner {
				continue
			}
			if want[windowID] == nil {
				want[windowID] = map[string]int64{}
			}
			want[windowID][e.Debit.Owner+string(e.Amount.Currency)] -= e.Amount.Minor
			want[windowID][e.Credit.Owner+string(e.Amount.Currency)] += e.Amount.Minor
		}
	}
	windows, err := window.Recent(t.Context(), pool, region, 100_000)
	if err != nil {
		t.Fatal(err)
	}
	got := map[ids.ID]map[string]int64{}
	for _, w := range windows {
		nets, err := window.Nets(t.Context(), pool, w.ID)
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range nets {
			if got[w.ID] == nil {
				got[w.ID] = map[string]int64{}
			}
			got[w.ID][n.Owner+string(n.Currency)] = n.Amount().Minor
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
