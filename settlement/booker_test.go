package settlement_test

import (
	"context"
	"testing"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/settlement"
	"github.com/causeway-pay/causeway/settlement/position"
	"github.com/causeway-pay/causeway/settlement/window"
)

// TestBookerIsNotBelieved: a booker that remembers a window that was open, or who settled
// gross, books by what is so now. It needs a second attempt once, and none while nothing
// changes.
func TestBookerIsNotBelieved(t *testing.T) {
	eachGross(t, func(t *testing.T, pool *db.Pool) {
		booker := &settlement.Booker{}
		inTx(t, pool, func(ctx context.Context, tx db.Tx) error {
			return position.SetCap(ctx, tx, "HK-WALLET", hkd(100_000_000))
		})
		book := func() (windowID ids.ID, attempts int) {
			t.Helper()
			b := booking()
			b.SubjectID, b.PaymentID = ids.New(), ids.New()
			inTx(t, pool, func(ctx context.Context, tx db.Tx) error { return position.Reserve(ctx, tx, reserve(b)) })
			err := pool.InTxHopeful(t.Context(), func(ctx context.Context, tx db.Tx) (err error) {
				attempts++
				windowID, err = booker.Book(ctx, tx, b)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			return windowID, attempts
		}
		open := func() (id ids.ID) {
			t.Helper()
			inTx(t, pool, func(ctx context.Context, tx db.Tx) (err error) {
				id, err = window.Current(ctx, tx, booking().Region)
				return err
			})
			return id
		}
		for i, step := range []struct {
			change   func(ctx context.Context, tx db.Tx) error
			attempts int
			gross    int
		}{
			{nil, 1, 0},
			{nil, 1, 0},
			{func(ctx context.Context, tx db.Tx) error {
				_, err := window.Close(ctx, tx, booking().Region, at)
				return err
			}, 2, 0},
			{nil, 1, 0},
			{func(ctx context.Context, tx db.Tx) error {
				return position.SetModel(ctx, tx, "JP-ACQUIRER", "JPY", position.Gross)
			}, 2, 1},
			{nil, 1, 2},
			{func(ctx context.Context, tx db.Tx) error {
				return position.SetModel(ctx, tx, "JP-ACQUIRER", "JPY", position.DeferredNet)
			}, 2, 2},
			{nil, 1, 2},
		} {
			if step.change != nil {
				inTx(t, pool, step.change)
			}
			windowID, attempts := book()
			if windowID != open() || attempts != step.attempts || len(grossOf(t, pool)) != step.gross {
				t.Errorf("step %d: window %s of %s, %d attempts, %d gross", i, windowID, open(), attempts, len(grossOf(t, pool)))
			}
		}
	})
}
