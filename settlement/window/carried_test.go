package window_test

import (
	"context"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/money"
	"github.com/causeway-pay/causeway/settlement/window"
)

// years are windows of two regions with random figures, and what each should be brought.
type years struct {
	t      *testing.T
	pool   *db.Pool
	random *rand.Rand
	// owed is what owners are owed after all windows so far, by region.
	owed map[string]map[string]int64
	// brought is what each window should be brought.
	brought map[ids.ID]map[string]int64
}

// TestCarriedOfYears: what is brought into a window is the sum of those before it of its region,
// after however many windows, whether it was kept of all, some or none of them; it is never kept
// while a window before is still to be finished.
func TestCarriedOfYears(t *testing.T) {
	each(t, func(t *testing.T, pool *db.Pool) {
		y := years{t, pool, rand.New(rand.NewPCG(11, 42)), map[string]map[string]int64{}, map[ids.ID]map[string]int64{}}
		for _, r := range []string{region, "europe-1"} {
			y.owed[r] = map[string]int64{}
			inTx(t, pool, func(ctx context.Context, tx db.Tx) error { return window.Start(ctx, tx, r, at) })
		}
		for range 210 {
			y.pass(region, true)
			y.pass("europe-1", false)
		}
		y.check(region, 3)
		y.check("europe-1", 0)
		y.interrupt()
	})
}

// pass fills and closes a window, and keeps what is brought into it if it is kept.
func (y years) pass(r string, kept bool) {
	y.t.Helper()
	inTx(y.t, y.pool, func(ctx context.Context, tx db.Tx) error {
		id, err := window.Current(ctx, tx, r)
		if err != nil {
			return err
		}
		for _, add := range []func(context.Context, db.Tx, ids.ID, []window.Movement) error{
			window.Add, window.AddGross, window.AddSettled,
		} {
			if err := add(ctx, tx, id, y.movements()); err != nil {
				return err
			}
		}
		return nil
	})
	id := y.end(r)
	y.finish(id)
	if kept {
		y.carry(id)
	}
}

// end closes the open window of a region, whose figures it adds up.
func (y years) end(r string) ids.ID {
	y.t.Helper()
	var w window.Window
	inTx(y.t, y.pool, func(ctx context.Context, tx db.Tx) (err error) {
		w, err = window.Close(ctx, tx, r, at)
		return err
	})
	y.brought[w.ID] = map[string]int64{}
	for owner, minor := range y.owed[r] {
		y.brought[w.ID][owner] = minor
	}
	for _, read := range []func(context.Context, db.Reader, ids.ID) ([]window.Net, error){
		window.Nets, window.GrossIn, window.SettledIn,
	} {
		y.add(y.owed[r], read, w.ID)
	}
	return w.ID
}

func (y years) add(
	sums map[string]int64, read func(context.Context, db.Reader, ids.ID) ([]window.Net, error), id ids.ID,
) {
	y.t.Helper()
	nets, err := read(y.t.Context(), y.pool, id)
	if err != nil {
		y.t.Fatal(err)
	}
	for _, n := range nets {
		sums[n.Owner+" "+string(n.Currency)] += n.Amount().Minor
	}
}

// movements are of some owners, more of them as time goes by.
func (y years) movements() []window.Movement {
	list := make([]window.Movement, y.random.IntN(3))
	for i := range list {
		owner := string(rune('A' + y.random.IntN(1+len(y.brought)/40)))
		currency := []money.Currency{"HKD", "JPY"}[y.random.IntN(2)]
		list[i] = window.Movement{
			Owner: owner, Debit: money.New(y.random.Int64N(900), currency), Credit: money.New(1+y.random.Int64N(900), currency),
		}
	}
	return list
}

func (y years) finish(id ids.ID) {
	y.t.Helper()
	inTx(y.t, y.pool, func(ctx context.Context, tx db.Tx) error {
		return window.Advance(ctx, tx, id, window.Closing, window.Closed, at)
	})
}

// carry does it twice, as a hub does that died before it knew that it was done.
func (y years) carry(id ids.ID) {
	y.t.Helper()
	for range 2 {
		inTx(y.t, y.pool, func(ctx context.Context, tx db.Tx) error { return window.Carry(ctx, tx, id) })
	}
}

// check compares what each window of a region is brought, and of how many it is kept.
func (y years) check(r string, kept int64) {
	y.t.Helper()
	all, err := window.Recent(y.t.Context(), y.pool, r, 1000)
	if err != nil {
		y.t.Fatal(err)
	}
	for _, w := range all[1:] {
		got := map[string]int64{}
		y.add(got, func(ctx context.Context, reader db.Reader, _ ids.ID) ([]window.Net, error) {
			return window.Carried(ctx, reader, w)
		}, w.ID)
		if diff := cmp.Diff(y.brought[w.ID], got); diff != "" {
			y.t.Fatalf("window %d of %s: %s", w.Number, r, diff)
		}
	}
	if got := y.kept(r); got != kept {
		y.t.Errorf("it is kept of %d windows of %s, want %d", got, r, kept)
	}
}

func (y years) kept(r string) (count int64) {
	y.t.Helper()
	row := y.pool.QueryRow(y.t.Context(), `SELECT count(DISTINCT number) FROM window_carried WHERE region = $1`, r)
	if err := row.Scan(&count); err != nil {
		y.t.Fatal(err)
	}
	return count
}

// interrupt leaves a window behind whose figures are not final when it should be kept of a
// later one; what has no figures yet is in no sum that is kept.
func (y years) interrupt() {
	y.t.Helper()
	interrupted := y.end(region)
	var last ids.ID
	for range 60 {
		last = y.end(region)
		y.finish(last)
		y.carry(last)
	}
	y.check(region, 3)
	y.finish(interrupted)
	for range 64 {
		y.pass(region, true)
	}
	y.check(region, 4)
}
