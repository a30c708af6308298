package position_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/settlement/position"
)

// TestOverdue: a pending reservation is listed from the moment of its expiry, still
// counts against the cap, and leaves the list only by being resolved.
func TestOverdue(t *testing.T) {
	each(t, func(t *testing.T, pool *db.Pool) {
		usual, short, posted := reservation("HK-WALLET", hkd(10)), reservation("HK-WALLET", hkd(20)), reservation("HK-WALLET", hkd(30))
		short.ExpiresAt = at.Add(time.Minute)
		for _, r := range []position.Reservation{usual, short, posted} {
			must(t, reserve(t, pool, r))
		}
		must(t, inTx(t, pool, func(ctx context.Context, tx db.Tx) error {
			return position.Post(ctx, tx, []position.Reservation{posted})
		}))
		usual.ExpiresAt = at.Add(position.ReservationLife)
		for _, c := range []struct {
			after time.Duration
			want  []position.Reservation
		}{
			{time.Minute - time.Microsecond, []position.Reservation{}},
			{time.Minute, []position.Reservation{short}},
			{position.ReservationLife, []position.Reservation{short, usual}},
		} {
			got, err := position.Overdue(t.Context(), pool, at.Add(c.after))
			if diff := cmp.Diff(c.want, got); err != nil || diff != "" {
				t.Errorf("after %s: %v\n%s", c.after, err, diff)
			}
		}
		all, err := position.All(t.Context(), pool)
		must(t, err)
		if all[0].Reserved != hkd(30) {
			t.Errorf("overdue reservations hold %s", all[0].Reserved)
		}
		for _, id := range []ids.ID{usual.ID, short.ID} {
			must(t, inTx(t, pool, func(ctx context.Context, tx db.Tx) error { return position.Void(ctx, tx, []ids.ID{id}) }))
		}
		if got, err := position.Overdue(t.Context(), pool, at.AddDate(1, 0, 0)); err != nil || len(got) > 0 {
			t.Errorf("resolved and still listed: %+v, %v", got, err)
		}
	})
}
