package fees_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/db/dbtest"
	"github.com/causeway-pay/causeway/money"
	"github.com/causeway-pay/causeway/settlement/fees"
	"github.com/causeway-pay/causeway/settlement/ledger"
	"github.com/causeway-pay/causeway/settlement/position"
	"github.com/causeway-pay/causeway/settlement/window"
)

func inTx(t *testing.T, pool *db.Pool, work func(ctx context.Context, tx db.Tx) error) {
	t.Helper()
	if err := pool.InTx(t.Context(), work); err != nil {
		t.Fatal(err)
	}
}

func each(t *testing.T, body func(t *testing.T, pool *db.Pool)) {
	t.Helper()
	dbtest.Each(t, body, dbtest.Load(t, ledger.Migrations, position.Migrations, window.Migrations, fees.Migrations))
}

// TestSchedulesStay: a line is kept as it was agreed; a newer one stands beside
// it.
func TestSchedulesStay(t *testing.T) {
	each(t, func(t *testing.T, pool *db.Pool) {
		first := line(fees.Scheme, "A", 10, 5)
		first.Corridor, first.Product, first.Least, first.Most, first.Paid = "HK-JP", "PaymentCode", 1, 9, true
		changed, newer, bad := first, first, first
		changed.Points, newer.EffectiveAt, bad.Points = 20, summer, -1
		for _, step := range []struct {
			line  fees.Line
			added bool
		}{{first, true}, {first, false}, {changed, false}, {newer, true}} {
			inTx(t, pool, func(ctx context.Context, tx db.Tx) error {
				added, err := fees.Save(ctx, tx, step.line)
				if added != step.added {
					t.Errorf("%+v: added %v", step.line, added)
				}
				return err
			})
		}
		err := pool.InTx(t.Context(), func(ctx context.Context, tx db.Tx) error {
			_, err := fees.Save(ctx, tx, bad)
			return err
		})
		if err == nil {
			t.Error("a bad line was saved")
		}
		lines, err := fees.Lines(t.Context(), pool)
		if diff := cmp.Diff([]fees.Line{first, newer}, lines); err != nil || diff != "" {
			t.Error(err, diff)
		}
	})
}

// TestPost: a closing window is charged once, in entries, positions and figures
// that agree.
func TestPost(t *testing.T) {
	each(t, func(t *testing.T, pool *db.Pool) {
		var w window.Window
		inTx(t, pool, func(ctx context.Context, tx db.Tx) error {
			if err := window.Start(ctx, tx, "asia-1", spring); err != nil {
				return err
			}
			id, err := window.Current(ctx, tx, "asia-1")
			if err != nil {
				return err
			}
			for _, owner := range []string{"A", "B"} {
				if err := position.Open(ctx, tx, owner, "asia-1", money.New(0, "HKD")); err != nil {
					return err
				}
				if err := ledger.OpenAccounts(ctx, tx, []string{ledger.PositionOf(owner).ID("HKD")}); err != nil {
					return err
				}
				for range 2 {
					if err := fees.Count(ctx, tx, id, []fees.Volume{volume(owner, "HK-JP", 1, 10_000, 0)}); err != nil {
						return err
					}
				}
			}
			paid := line(fees.Interchange, "B", 30, 0)
			paid.Paid = true
			for _, l := range []fees.Line{line(fees.Scheme, "A", 10, 5), paid} {
				if _, err := fees.Save(ctx, tx, l); err != nil {
					return err
				}
			}
			w, err = window.Close(ctx, tx, "asia-1", summer)
			return err
		})
		post := func(ctx context.Context, tx db.Tx) error { return fees.Post(ctx, tx, w, summer.Add(time.Second)) }
		inTx(t, pool, post)
		if err := pool.InTx(t.Context(), post); err == nil {
			t.Error("charged twice")
		}
		checkPosted(t, pool, w)
	})
}

func checkPosted(t *testing.T, pool *db.Pool, w window.Window) {
	t.Helper()
	want := map[string]int64{"A": -30, "B": 60}
	nets, err := window.Nets(t.Context(), pool, w.ID)
	if err != nil {
		t.Fatal(err)
	}
	got, sum := map[string]int64{}, int64(0)
	for _, n := range nets {
		if sum += n.Amount().Minor; n.Owner != ledger.Hub {
			got[n.Owner] = n.Amount().Minor
		}
	}
	if diff := cmp.Diff(want, got); diff != "" || sum != 0 {
		t.Errorf("figures sum to %d: %s", sum, diff)
	}
	positions, err := position.All(t.Context(), pool)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range positions {
		if -p.Posted.Minor != want[p.ParticipantID] {
			t.Errorf("%s owes %s", p.ParticipantID, p.Posted)
		}
	}
	entries, err := ledger.OthersOf(t.Context(), pool, w.ID, ledger.PositionOf("A").ID("HKD"))
	if err != nil || len(entries) != 1 || entries[0].Credit != ledger.HubAccount(ledger.Scheme) ||
		entries[0].Kind != ledger.KindSchedule {
		t.Errorf("%+v, %v", entries, err)
	}
}
