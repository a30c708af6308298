package instruct_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/db/dbtest"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/money"
	"github.com/causeway-pay/causeway/settlement/instruct"
	"github.com/causeway-pay/causeway/settlement/position"
	"github.com/causeway-pay/causeway/settlement/window"
)

// hubs are regions that have a part of every cap.
var hubs = []string{region, "europe-1", "us-1"}

// threeRegions starts the other regions, which get their parts of the caps.
func (b books) threeRegions() {
	b.t.Helper()
	for _, other := range hubs[1:] {
		b.in(func(ctx context.Context, tx db.Tx) error {
			return errors.Join(window.Start(ctx, tx, other, at), position.OpenRegion(ctx, tx, other))
		})
	}
	b.rebalance()
}

func (b books) rebalance() {
	b.t.Helper()
	for range len(hubs) {
		for _, of := range hubs {
			if _, err := position.Rebalance(b.t.Context(), b.pool, of); err != nil {
				b.t.Fatal(err)
			}
		}
	}
}

// adjust debits A-1 for B-2 in a region.
func (b books) adjust(in string, minor int64) error {
	return dbtest.Persistently(func() error {
		return b.pool.InTx(context.Background(), func(ctx context.Context, tx db.Tx) error {
			return instruct.Adjust(ctx, tx, instruct.Adjustment{
				ID: ids.New(), Region: in, Debit: "A-1", Credit: "B-2", Amount: money.New(minor, "HKD"), Link: ids.New(), At: at,
			})
		})
	})
}

// reserve reserves of A-1's part of a region, and says whether there was room.
func (b books) reserve(in string, minor int64) (fits bool, err error) {
	r := position.Reservation{
		ID: ids.New(), Region: in, ParticipantID: "A-1", Amount: money.New(minor, "HKD"), ExpiresAt: at.AddDate(1, 0, 0),
	}
	err = dbtest.Persistently(func() error {
		return b.pool.InTx(context.Background(), func(ctx context.Context, tx db.Tx) error { return position.Reserve(ctx, tx, r) })
	})
	if errors.Is(err, position.ErrCapExceeded) {
		return false, nil
	}
	return err == nil, err
}

// room is what A-1 has left under its cap, negative beyond it, and what the regions
// together can still reserve.
func (b books) room() (left, reservable int64, err error) {
	all, err := position.Allotments(context.Background(), b.pool)
	for _, row := range all[position.Key{ParticipantID: "A-1", Currency: "HKD"}] {
		left, reservable = left+row.Free(), reservable+max(0, row.Free())
	}
	return left, reservable, err
}

// TestAdjustmentsTakeRoomEverywhere: whatever is debited and reserved in three regions, in
// any order, together they can reserve what is left under the cap and nothing beyond it.
func TestAdjustmentsTakeRoomEverywhere(t *testing.T) {
	each(t, func(t *testing.T, b books) {
		b.threeRegions()
		rapid.Check(t, func(r *rapid.T) {
			left := b.raised(r, rapid.Int64Range(0, 3000).Draw(r, "room"))
			for range rapid.IntRange(1, 6).Draw(r, "steps") {
				in, minor := rapid.SampledFrom(hubs).Draw(r, "region"), rapid.Int64Range(1, 1500).Draw(r, "amount")
				if rapid.Bool().Draw(r, "adjusts") {
					if err := b.adjust(in, minor); err != nil {
						r.Fatal(err)
					}
					left -= minor
				} else if fits, err := b.reserve(in, minor); err != nil {
					r.Fatal(err)
				} else if fits {
					left -= minor
				}
				if got, reservable, err := b.room(); err != nil || got != left || reservable != max(0, left) {
					r.Fatalf("%d are left, want %d, of which the regions can reserve %d: %v", got, left, reservable, err)
				}
			}
		})
	})
}

// raised sets A-1's cap so that this much is left under it, in all regions.
func (b books) raised(r *rapid.T, left int64) int64 {
	all, err := position.All(b.t.Context(), b.pool)
	for _, p := range all {
		if err == nil && p.ParticipantID == "A-1" {
			limit := money.New(p.Posted.Minor+p.Reserved.Minor+left, "HKD")
			err = b.try(func(ctx context.Context, tx db.Tx) error { return position.SetCap(ctx, tx, "A-1", limit) })
		}
	}
	if err != nil {
		r.Fatal(err)
	}
	b.rebalance()
	return left
}

// TestAdjustmentsAmongReservations: while three regions reserve and adjust at once, nobody
// reserves what another region's adjustment has used.
func TestAdjustmentsAmongReservations(t *testing.T) {
	each(t, func(t *testing.T, b books) {
		b.threeRegions()
		const rounds, each = 15, 20_000_000
		var working sync.WaitGroup
		for i, in := range hubs {
			random := rand.New(rand.NewPCG(36, uint64(i)))
			working.Go(func() {
				for range rounds {
					if _, err := b.reserve(in, 1+random.Int64N(each)); err != nil {
						t.Error(err)
					}
				}
			})
			working.Go(func() {
				for range rounds {
					if err := b.adjust(in, each); err != nil {
						t.Error(err)
					}
				}
			})
		}
		working.Wait()
		left, reservable, err := b.room()
		if err != nil || left > 1e9-int64(len(hubs))*rounds*each || reservable != max(0, left) {
			t.Errorf("%d are left, of which the regions can reserve %d: %v", left, reservable, err)
		}
	})
}
