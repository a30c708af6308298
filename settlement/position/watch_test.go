package position_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math/big"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/db/dbtest"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/outbox"
	"github.com/causeway-pay/causeway/settlement/position"
)

// TestReached: a threshold is reached exactly when used * 100 >= cap * percent, by
// numbers without bounds, and beyond the cap it is always the one for that.
func TestReached(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		limit := rapid.Int64Range(0, 1e18-1).Draw(t, "cap")
		used := rapid.OneOf(rapid.Int64Range(0, limit), rapid.Int64Range(-limit, 2*limit)).Draw(t, "used")
		thresholds := rapid.SliceOfN(rapid.Int16Range(1, 100), 0, 5).Draw(t, "thresholds")
		want := int16(0)
		for _, percent := range thresholds {
			left := new(big.Int).Mul(big.NewInt(used), big.NewInt(100))
			right := new(big.Int).Mul(big.NewInt(limit), big.NewInt(int64(percent)))
			if limit > 0 && left.Cmp(right) >= 0 {
				want = max(want, percent)
			}
		}
		if used > limit {
			want = position.OverCap
		}
		if got := position.Reached(used, limit, thresholds); got != want {
			t.Fatalf("%d of %d: %d, want %d", used, limit, got, want)
		}
	})
}

// eventsOf returns the payloads of the outbox in order.
func eventsOf(t *testing.T, pool *db.Pool) []string {
	t.Helper()
	rows, err := pool.Query(t.Context(), `SELECT payload, subject FROM outbox ORDER BY version`)
	must(t, err)
	defer rows.Close()
	var list []string
	for rows.Next() {
		var payload []byte
		var subject string
		must(t, rows.Scan(&payload, &subject))
		var told struct {
			ParticipantID string `json:"participant_id"`
			Used          string `json:"used_minor"`
			Percent       int    `json:"percent"`
			Before        int    `json:"percent_before"`
		}
		must(t, json.Unmarshal(payload, &told))
		list = append(list, fmt.Sprintf("%s %s %s %d from %d", subject, told.ParticipantID, told.Used, told.Percent, told.Before))
	}
	must(t, rows.Err())
	return list
}

// TestThresholdsAreToldOnce: each passing of a threshold, up and down, is one event,
// however many hubs watch at once, and a participant's own thresholds go before those
// of everybody.
func TestThresholdsAreToldOnce(t *testing.T) {
	events, err := outbox.Migrations()
	must(t, err)
	tables, err := position.Migrations()
	must(t, err)
	pool := dbtest.Migrated(t, events, tables)
	must(t, inTx(t, pool, func(ctx context.Context, tx db.Tx) error {
		return position.Open(ctx, tx, "HK-WALLET", "asia-1", hkd(limit))
	}))
	watch := func() {
		var hubs sync.WaitGroup
		for range 4 {
			hubs.Go(func() {
				all, err := position.Usages(t.Context(), pool, "asia-1")
				if err != nil || len(all) != 1 {
					t.Errorf("%+v, %v", all, err)
					return
				}
				if !all[0].Changed() {
					return
				}
				if err := dbtest.Persistently(func() error {
					_, err := position.Tell(t.Context(), pool, "asia-1", all[0], at)
					return err
				}); err != nil {
					t.Error(err)
				}
			})
		}
		hubs.Wait()
	}
	var held []ids.ID
	take := func(minor int64) {
		r := reservation("HK-WALLET", hkd(minor))
		must(t, reserve(t, pool, r))
		held = append(held, r.ID)
		watch()
	}
	take(7499)
	take(1)
	take(1)
	take(2499)
	must(t, inTx(t, pool, func(ctx context.Context, tx db.Tx) error { return position.Void(ctx, tx, []ids.ID{held[3]}) }))
	watch()
	must(t, inTx(t, pool, func(ctx context.Context, tx db.Tx) error {
		return position.SetThresholds(ctx, tx, "HK-WALLET", []int16{50})
	}))
	watch()
	must(t, inTx(t, pool, func(ctx context.Context, tx db.Tx) error { return position.SetThresholds(ctx, tx, "HK-WALLET", nil) }))
	watch()
	const subject = "settlement.asia-1.position.HK-WALLET HK-WALLET"
	want := []string{
		subject + " 7500 75 from 0", subject + " 10000 100 from 75", subject + " 7501 75 from 100",
		subject + " 7501 50 from 75", subject + " 7501 75 from 50",
	}
	if diff := cmp.Diff(want, eventsOf(t, pool)); diff != "" {
		t.Error(diff)
	}
	if others, err := position.Usages(t.Context(), pool, "us-1"); err != nil || len(others) > 0 {
		t.Errorf("a region told of others' positions: %+v, %v", others, err)
	}
}
