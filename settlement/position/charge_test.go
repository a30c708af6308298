package position_test

import (
	"context"
	"errors"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/db/dbtest"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/outbox"
	"github.com/causeway-pay/causeway/money"
	"github.com/causeway-pay/causeway/settlement/position"
)

// charge charges a participant at home, whatever room it has.
func charge(pool *db.Pool, amounts ...money.Amount) error {
	changes := db.Column(amounts, func(a money.Amount) position.Change {
		return position.Change{ParticipantID: "HK-WALLET", Debit: a}
	})
	return dbtest.Persistently(func() error {
		return pool.InTx(context.Background(), func(ctx context.Context, tx db.Tx) error {
			return position.Charge(ctx, tx, changes)
		})
	})
}

// parts are the rows of the position by region.
func parts(t *testing.T, pool *db.Pool) map[string]position.Allotment {
	t.Helper()
	all, err := position.Allotments(t.Context(), pool)
	must(t, err)
	byRegion := map[string]position.Allotment{}
	for _, row := range all[position.Key{ParticipantID: "HK-WALLET", Currency: "HKD"}] {
		byRegion[row.Region] = row
	}
	return byRegion
}

// TestChargeTakesRoomEverywhere: a fee that the home has no room for takes that of other
// regions, so that nobody reserves it again; beyond the cap nobody has room, until it is
// paid.
func TestChargeTakesRoomEverywhere(t *testing.T) {
	hubs, pool := threeRegions(t)
	full := reservation("HK-WALLET", hkd(rows(t, pool)["asia-1"].Free()))
	must(t, reserve(t, pool, full))
	must(t, charge(pool, hkd(400_000)))
	free := int64(0)
	for _, row := range rows(t, pool) { // which fails the test if a row is overdrawn
		free += row.Free()
	}
	if want := allotted - 400_000 - full.Amount.Minor; free != want {
		t.Errorf("%d are free, want %d", free, want)
	}
	must(t, charge(pool, hkd(500_000)))
	for region, row := range parts(t, pool) {
		if short := 900_000 + full.Amount.Minor - allotted; region == "asia-1" && row.Free() != -short || region != "asia-1" && row.Free() != 0 {
			t.Errorf("%+v", row)
		}
	}
	for _, h := range hubs {
		r := reservation("HK-WALLET", hkd(1))
		r.Region = h.region
		if err := reserve(t, pool, r); !errors.Is(err, position.ErrCapExceeded) {
			t.Errorf("%s reserves beyond the cap: %v", h.region, err)
		}
	}
	must(t, charge(pool, hkd(-900_000)))
	must(t, reserve(t, pool, reservation("HK-WALLET", hkd(1))))
	rows(t, pool)
}

// What is charged together counts together: a charge that another one covers takes
// nothing from anybody.
func TestChargesTogether(t *testing.T) {
	_, pool := threeRegions(t)
	must(t, reserve(t, pool, reservation("HK-WALLET", hkd(rows(t, pool)["asia-1"].Free()))))
	before := rows(t, pool)
	must(t, charge(pool, hkd(700), hkd(-1000), hkd(300)))
	if difference := cmp.Diff(before, rows(t, pool)); difference != "" {
		t.Error(difference)
	}
	err := charge(pool, hkd(1), money.New(1, "JPY"))
	if !errors.Is(err, position.ErrNoPosition) {
		t.Errorf("in a currency without a position: %v", err)
	}
	if difference := cmp.Diff(before, rows(t, pool)); difference != "" {
		t.Error(difference)
	}
}

// Whatever is charged while three regions reserve: at every end there is room in a region
// only if there is room under the cap, and no allotment is lost.
func TestChargesAmongReservations(t *testing.T) {
	hubs, pool := threeRegions(t)
	const rounds = 30
	var working sync.WaitGroup
	for _, h := range hubs {
		working.Go(func() {
			for range rounds {
				r := reservation("HK-WALLET", hkd(1+h.random.Int64N(20_000)))
				r.Region = h.region
				err := dbtest.Persistently(func() error {
					return h.pool.InTx(context.Background(), func(ctx context.Context, tx db.Tx) error { return position.Reserve(ctx, tx, r) })
				})
				if err != nil && !errors.Is(err, position.ErrCapExceeded) {
					t.Error(err)
				}
			}
		})
	}
	working.Go(func() {
		for range rounds {
			if err := charge(pool, hkd(25_000)); err != nil {
				t.Error(err)
			}
		}
	})
	working.Wait()
	total, shares := int64(0), int64(0)
	for _, row := range parts(t, pool) {
		total, shares = total+row.Free(), shares+row.Allotted
	}
	for region, row := range parts(t, pool) {
		if row.Free() < 0 && region != "asia-1" || total < 0 && region != "asia-1" && row.Free() > 0 {
			t.Errorf("%d are free in all, and %s has %d", total, region, row.Free())
		}
	}
	if shares != allotted {
		t.Errorf("the regions have %d of %d", shares, allotted)
	}
}

// TestGather: a row gets what it needs or all that others do not use, no region is taken
// what it uses, and what is free in all stays.
func TestGather(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rows := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) position.Allotment {
			return position.Allotment{
				Allotted: rapid.Int64Range(-1e6, 1e6).Draw(t, "allotted"), Posted: rapid.Int64Range(-1e6, 1e6).Draw(t, "posted"),
			}
		}), 1, 5).Draw(t, "rows")
		at := rapid.IntRange(0, len(rows)-1).Draw(t, "at")
		after := position.Gather(rows, at, 0)
		unused, before, now := int64(0), int64(0), int64(0)
		for i := range rows {
			before, now = before+rows[i].Free(), now+after[i].Free()
			if i == at {
				continue
			}
			unused += max(0, rows[i].Free())
			if after[i].Free() < min(0, rows[i].Free()) || after[i].Free() > rows[i].Free() {
				t.Fatalf("%+v became %+v", rows[i], after[i])
			}
		}
		if want := max(rows[at].Free(), min(0, rows[at].Free()+unused)); after[at].Free() != want || before != now {
			t.Fatalf("%+v became %+v, want %d free; %d free before, %d now", rows, after, want, before, now)
		}
	})
}

// TestOverTheCapIsTold: what only a fee can bring about is told once, whatever thresholds
// there are, and so is its end.
func TestOverTheCapIsTold(t *testing.T) {
	events, err := outbox.Migrations()
	must(t, err)
	tables, err := position.Migrations()
	must(t, err)
	pool := dbtest.Migrated(t, events, tables)
	must(t, inTx(t, pool, func(ctx context.Context, tx db.Tx) error {
		if err := position.SetThresholds(ctx, tx, "", nil); err != nil {
			return err
		}
		return position.Open(ctx, tx, "HK-WALLET", "asia-1", hkd(limit))
	}))
	held := reservation("HK-WALLET", hkd(limit))
	must(t, reserve(t, pool, held))
	for _, step := range []func() error{
		func() error { return nil },
		func() error { return charge(pool, hkd(1)) },
		func() error { return charge(pool, hkd(1)) },
		func() error {
			return inTx(t, pool, func(ctx context.Context, tx db.Tx) error { return position.Void(ctx, tx, []ids.ID{held.ID}) })
		},
	} {
		must(t, step())
		all, err := position.Usages(t.Context(), pool, "asia-1")
		must(t, err)
		if all[0].Changed() {
			_, err := position.Tell(t.Context(), pool, "asia-1", all[0], at)
			must(t, err)
		}
	}
	const subject = "settlement.asia-1.position.HK-WALLET HK-WALLET"
	want := []string{subject + " 10001 101 from 0", subject + " 2 0 from 101"}
	if difference := cmp.Diff(want, eventsOf(t, pool)); difference != "" {
		t.Error(difference)
	}
}
