package position_test

import (
	"context"
	"errors"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/db/dbtest"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/settlement/position"
)

// TestHold: a pay-out gets what all regions together have and no more, its row has room
// for it, no region is taken what it uses, and the allotments sum to the cap as before.
func TestHold(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rows := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) position.Allotment {
			return position.Allotment{
				Allotted: rapid.Int64Range(-1e6, 1e6).Draw(t, "allotted"), Posted: rapid.Int64Range(-1e6, 1e6).Draw(t, "posted"),
				Reserved: rapid.Int64Range(0, 1e5).Draw(t, "reserved"), Paying: rapid.Int64Range(0, 1e5).Draw(t, "paying"),
			}
		}), 1, 5).Draw(t, "rows")
		at := rapid.IntRange(0, len(rows)-1).Draw(t, "at")
		amount := rapid.Int64Range(1, 3e6).Draw(t, "amount")
		free, allotted := int64(0), int64(0)
		for _, row := range rows {
			free, allotted = free+row.Free(), allotted+row.Allotted
		}
		held, after := position.Hold(rows, at, amount)
		if want := min(amount, max(0, free)); held != want {
			t.Fatalf("%d held, want %d of %d with %d free", held, want, amount, free)
		}
		for i, row := range after {
			allotted -= row.Allotted
			switch {
			case i == at && held > 0 && row.Free() < 0:
				t.Fatalf("the row is overdrawn: %+v was %+v", row, rows[i])
			case i == at:
				row.Paying -= held
			case row.Free() < min(0, rows[i].Free()):
				t.Fatalf("a region was taken what it uses: %+v was %+v", row, rows[i])
			}
			if row.Allotted = rows[i].Allotted; row != rows[i] {
				t.Fatalf("%+v became %+v", rows[i], after[i])
			}
		}
		if allotted != 0 {
			t.Fatalf("%d are missing of the cap", allotted)
		}
	})
}

// credit makes a participant be owed an amount in a region.
func credit(t *testing.T, pool *db.Pool, participant, region string, minor int64) {
	t.Helper()
	must(t, inTx(t, pool, func(ctx context.Context, tx db.Tx) error {
		return position.Add(ctx, tx, position.Change{ParticipantID: participant, Debit: hkd(-minor), Region: region})
	}))
}

// payOut sets aside and returns how much was.
func payOut(pool *db.Pool, participant, region string, minor int64) (held int64, err error) {
	err = pool.InTx(context.Background(), func(ctx context.Context, tx db.Tx) error {
		amount, err := position.PayOut(ctx, tx, participant, region, hkd(minor))
		held = amount.Minor
		return err
	})
	return held, err
}

// TestPayOut: what is set aside covers no debit, whether or not the bank has paid yet;
// what covers a reservation cannot be set aside until that is void.
func TestPayOut(t *testing.T) {
	each(t, func(t *testing.T, pool *db.Pool) {
		must(t, inTx(t, pool, func(ctx context.Context, tx db.Tx) error { return position.SetCap(ctx, tx, "HK-WALLET", hkd(0)) }))
		credit(t, pool, "HK-WALLET", "asia-1", 1000)
		refund := reservation("HK-WALLET", hkd(400))
		must(t, reserve(t, pool, refund))
		if held, err := payOut(pool, "HK-WALLET", "asia-1", 1000); err != nil || held != 600 {
			t.Fatalf("%d, %v", held, err)
		}
		if err := reserve(t, pool, reservation("HK-WALLET", hkd(1))); !errors.Is(err, position.ErrCapExceeded) {
			t.Errorf("against what is paid out: %v", err)
		}
		if held, err := payOut(pool, "HK-WALLET", "asia-1", 1); err != nil || held != 0 {
			t.Errorf("against what is reserved: %d, %v", held, err)
		}
		must(t, inTx(t, pool, func(ctx context.Context, tx db.Tx) error {
			return position.Settle(ctx, tx, position.Change{ParticipantID: "HK-WALLET", Debit: hkd(600), Region: "asia-1", Paying: -600})
		}))
		if err := reserve(t, pool, reservation("HK-WALLET", hkd(1))); !errors.Is(err, position.ErrCapExceeded) {
			t.Errorf("after the bank has paid: %v", err)
		}
		must(t, inTx(t, pool, func(ctx context.Context, tx db.Tx) error { return position.Void(ctx, tx, []ids.ID{refund.ID}) }))
		must(t, reserve(t, pool, reservation("HK-WALLET", hkd(400))))
		if _, err := payOut(pool, "NOBODY", "asia-1", 1); !errors.Is(err, position.ErrNoPosition) {
			t.Errorf("nobody: %v", err)
		}
	})
}

// TestPayOutAcrossRegions: a region that is short gets what others do not use, so does one
// that nobody has opened, and a discharge in one region leaves no room in another that was
// used.
func TestPayOutAcrossRegions(t *testing.T) {
	hubs, pool := threeRegions(t)
	before := rows(t, pool)
	must(t, inTx(t, pool, func(ctx context.Context, tx db.Tx) error {
		return position.Add(ctx, tx, position.Change{ParticipantID: "HK-WALLET", Debit: hkd(-900_000), Region: hubs[0].region})
	}))
	if held, err := payOut(pool, "HK-WALLET", hubs[2].region, 900_000); err != nil || held != 900_000 {
		t.Fatalf("%d, %v", held, err)
	}
	if now := rows(t, pool); now[hubs[2].region].Paying != 900_000 || now[hubs[1].region].Allotted > before[hubs[1].region].Allotted {
		t.Errorf("%+v", now)
	}
	if held, err := payOut(pool, "HK-WALLET", "nowhere-1", 2_000_000); err != nil || held != 1_000_000 {
		t.Errorf("%d, %v", held, err)
	}
	if now := rows(t, pool); now["nowhere-1"].Paying != 1_000_000 {
		t.Errorf("a new row: %+v", now)
	}
	for region, minor := range map[string]int64{hubs[2].region: 900_000, "nowhere-1": 1_000_000} {
		must(t, inTx(t, pool, func(ctx context.Context, tx db.Tx) error {
			return position.Settle(ctx, tx, position.Change{ParticipantID: "HK-WALLET", Debit: hkd(minor), Region: region, Paying: -minor})
		}))
	}
	for _, h := range hubs {
		if _, paid, err := h.pay(1, pool); err != nil || paid {
			t.Errorf("%s has room after all is paid out: %v", h.region, err)
		}
	}
	rows(t, pool)
}

// TestPayOutBeforeTheRegionIsOpened: what was held before a region's hub has opened its rows
// is taken back after it.
func TestPayOutBeforeTheRegionIsOpened(t *testing.T) {
	each(t, func(t *testing.T, pool *db.Pool) {
		credit(t, pool, "HK-WALLET", "asia-1", 1000)
		if held, err := payOut(pool, "HK-WALLET", "eu-1", 1000); err != nil || held != 1000 {
			t.Fatalf("%d, %v", held, err)
		}
		must(t, inTx(t, pool, func(ctx context.Context, tx db.Tx) error { return position.OpenRegion(ctx, tx, "eu-1") }))
		must(t, inTx(t, pool, func(ctx context.Context, tx db.Tx) error {
			return position.Settle(ctx, tx, position.Change{ParticipantID: "HK-WALLET", Debit: hkd(1000), Region: "eu-1", Paying: -1000})
		}))
		all, err := position.All(t.Context(), pool)
		if err != nil || all[0].Paying.Minor != 0 || all[0].Posted.Minor != 0 || all[0].Headroom().Minor != limit {
			t.Errorf("%+v, %v", all, err)
		}
	})
}

// TestPayOutWhileAnotherRegionIsOverdrawn: what a region is owed covers what another has
// debited beyond its part, as an adjustment may; it is not paid out, whatever room the
// region's own row has.
func TestPayOutWhileAnotherRegionIsOverdrawn(t *testing.T) {
	each(t, func(t *testing.T, pool *db.Pool) {
		must(t, inTx(t, pool, func(ctx context.Context, tx db.Tx) error { return position.OpenRegion(ctx, tx, "eu-1") }))
		key := position.Key{ParticipantID: "HK-WALLET", Currency: "HKD"}
		must(t, inTx(t, pool, func(ctx context.Context, tx db.Tx) error {
			change := position.Change{ParticipantID: "HK-WALLET", Debit: hkd(limit + 300), Region: "eu-1"}
			return errors.Join(position.Settle(ctx, tx, change), position.Cover(ctx, tx, key, "eu-1"))
		}))
		credit(t, pool, "HK-WALLET", "asia-1", 500)
		if held, err := payOut(pool, "HK-WALLET", "asia-1", 500); err != nil || held != 200 {
			t.Errorf("%d, %v", held, err)
		}
	})
}

// TestPayOutAgainstReservations: payees ask for refunds in three regions while what they
// were owed is paid out and banks confirm it. Whatever the order, what is reserved stays
// under the cap, and all of the cap and the credits can be used.
func TestPayOutAgainstReservations(t *testing.T) {
	hubs, pool := threeRegions(t)
	const rounds, credited = 40, 50_000
	var working sync.WaitGroup
	reserved, paid := make([]int64, len(hubs)), make([]int64, len(hubs))
	for i, h := range hubs {
		working.Go(func() {
			for range rounds {
				if err := dbtest.Persistently(func() error {
					return h.pool.InTx(context.Background(), func(ctx context.Context, tx db.Tx) error {
						return position.Add(ctx, tx, position.Change{ParticipantID: "HK-WALLET", Debit: hkd(-credited), Region: h.region})
					})
				}); err != nil {
					t.Error(err)
					return
				}
				r := reservation("HK-WALLET", hkd(1+h.random.Int64N(2*credited)))
				r.Region = h.region
				err := dbtest.Persistently(func() error {
					return h.pool.InTx(context.Background(), func(ctx context.Context, tx db.Tx) error { return position.Reserve(ctx, tx, r) })
				})
				if err == nil {
					reserved[i] += r.Amount.Minor
				} else if !errors.Is(err, position.ErrCapExceeded) {
					t.Error(err)
				}
			}
		})
		working.Go(func() {
			for range rounds {
				var held int64
				err := dbtest.Persistently(func() (err error) {
					held, err = payOut(pool, "HK-WALLET", h.region, credited)
					return err
				})
				if err == nil {
					err = dbtest.Persistently(func() error {
						return pool.InTx(context.Background(), func(ctx context.Context, tx db.Tx) error {
							return position.Settle(ctx, tx, position.Change{
								ParticipantID: "HK-WALLET", Debit: hkd(held), Region: h.region, Paying: -held,
							})
						})
					})
				}
				if err != nil {
					t.Error(err)
				}
				paid[i] += held
				rows(t, pool)
			}
		})
	}
	working.Wait()
	all, inUse := rows(t, pool), int64(0)
	for i, h := range hubs {
		row := all[h.region]
		if row.Reserved != reserved[i] || row.Paying != 0 {
			t.Errorf("%s: %+v, reserved %d", h.region, row, reserved[i])
		}
		inUse += row.Posted + row.Reserved
	}
	if want := sum(reserved) + sum(paid) - 3*rounds*credited; inUse != want || inUse > allotted {
		t.Errorf("%d are in use of %d, the calls say %d", inUse, allotted, want)
	}
	if rest, err := payOut(pool, "HK-WALLET", hubs[1].region, 1e12); err != nil || rest != allotted-inUse {
		t.Errorf("%d could be paid out, %d were free, %v", rest, allotted-inUse, err)
	}
}

func sum(list []int64) (total int64) {
	for _, n := range list {
		total += n
	}
	return total
}
