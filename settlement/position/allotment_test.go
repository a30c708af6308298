package position_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/causeway-pay/causeway/internal/clock"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/db/dbtest"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/settlement/position"
)

// TestGifts: a region gives no more than is unused and no more than brings both to
// the even share, and when each gives in turn, all soon have a part.
func TestGifts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rows := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) position.Allotment {
			return position.Allotment{
				Allotted: rapid.Int64Range(-1e6, 1e9).Draw(t, "allotted"),
				Posted:   rapid.Int64Range(-1e6, 1e6).Draw(t, "posted"),
				Reserved: rapid.Int64Range(0, 1e6).Draw(t, "reserved"),
			}
		}), 1, 6).Draw(t, "rows")
		total := int64(0)
		for i := range rows {
			rows[i].Region = string(rune('a' + i))
			total += rows[i].Free()
		}
		share := total / int64(len(rows))
		for step := 0; ; step++ {
			if step > 10*len(rows) {
				t.Fatalf("never at rest: %+v", rows)
			}
			moved := false
			for own := range rows {
				to, amount := position.Gift(rows, own)
				if amount == 0 {
					continue
				}
				moved = true
				other := slices.IndexFunc(rows, func(a position.Allotment) bool { return a.Region == to })
				rows[own].Allotted -= amount
				rows[other].Allotted += amount
				if other == own || amount < 0 || rows[own].Free() < max(share, 0) || rows[other].Free() > max(share, 0) {
					t.Fatalf("%d from %d to %d: %+v, share %d", amount, own, other, rows, share)
				}
			}
			if !moved {
				break
			}
		}
		after := int64(0)
		for _, row := range rows {
			after += row.Free()
			if total >= 0 && row.Free() < share/2 {
				t.Fatalf("%s is left with %d of a share of %d", row.Region, row.Free(), share)
			}
		}
		if after != total {
			t.Fatalf("%d became %d", total, after)
		}
	})
}

const allotted = 1_000_000

// hub is a region's hub: it pays from its own region's row, and gives what it does
// not need.
type hub struct {
	region string
	pool   *db.Pool
	proxy  *dbtest.Proxy
	random *rand.Rand
}

// threeRegions returns three hubs over one database, each behind a proxy of its own.
func threeRegions(t *testing.T) (hubs []*hub, straight *db.Pool) {
	t.Helper()
	migrations, err := position.Migrations()
	must(t, err)
	url := dbtest.URL(t)
	straight = dbtest.Open(t, url)
	_, err = db.Migrate(t.Context(), straight, clock.System{}, migrations)
	must(t, err)
	must(t, inTx(t, straight, func(ctx context.Context, tx db.Tx) error {
		return position.Open(ctx, tx, "HK-WALLET", "asia-1", hkd(allotted))
	}))
	for i, region := range []string{"asia-1", "europe-1", "us-1"} {
		proxy := dbtest.NewProxy(t, url)
		hubs = append(hubs, &hub{region, dbtest.Open(t, proxy.URL()), proxy, rand.New(rand.NewPCG(60, uint64(i)))})
	}
	// The first round opens the rows of the other regions.
	for range 4 {
		for _, h := range hubs {
			_, err := position.Rebalance(t.Context(), h.pool, h.region)
			must(t, err)
		}
	}
	return hubs, straight
}

// pay reserves and then posts or voids, and says what was posted. A lost answer is
// looked up, as an engine would.
func (h *hub) pay(amount int64, straight *db.Pool) (posted int64, paid bool, err error) {
	r := reservation("HK-WALLET", hkd(amount))
	r.Region = h.region
	for {
		err = h.pool.InTx(context.Background(), func(ctx context.Context, tx db.Tx) error { return position.Reserve(ctx, tx, r) })
		switch {
		case errors.Is(err, position.ErrCapExceeded):
			return 0, false, nil
		case errors.Is(err, db.ErrConflict), errors.Is(err, db.ErrUnavailable), errors.Is(err, db.ErrAmbiguous):
			if !reserved(straight, r) {
				continue
			}
		case db.Violates(err, "reservation_pk"):
		case err != nil:
			return 0, false, err
		}
		break
	}
	posted = amount
	if h.random.IntN(3) == 0 {
		posted = 0
	}
	for {
		err = h.pool.InTx(context.Background(), func(ctx context.Context, tx db.Tx) error {
			return resolve(ctx, tx, posted > 0, r.ID)
		})
		if err == nil || errors.Is(err, position.ErrResolved) {
			return posted, true, nil
		}
		if !errors.Is(err, db.ErrConflict) && !errors.Is(err, db.ErrUnavailable) && !errors.Is(err, db.ErrAmbiguous) {
			return 0, false, err
		}
	}
}

func reserved(straight *db.Pool, r position.Reservation) bool {
	var count int
	err := straight.QueryRow(context.Background(), `SELECT count(*) FROM reservation WHERE reservation_id = $1`, r.ID).Scan(&count)
	return err == nil && count == 1
}

// rows returns the position's rows by region, and fails if they are overdrawn or
// are not the cap together.
func rows(t *testing.T, pool *db.Pool) map[string]position.Allotment {
	t.Helper()
	all, err := position.Allotments(t.Context(), pool)
	must(t, err)
	byRegion, total := map[string]position.Allotment{}, int64(0)
	for _, row := range all[position.Key{ParticipantID: "HK-WALLET", Currency: "HKD"}] {
		byRegion[row.Region] = row
		total += row.Allotted
		if row.Free() < 0 {
			t.Errorf("overdrawn: %+v", row)
		}
	}
	if total != allotted {
		t.Errorf("the regions have %d of %d: %+v", total, allotted, byRegion)
	}
	return byRegion
}

// TestThreeRegions: three regions pay and rebalance at once until the cap is used up,
// with connections broken in the middle. Nothing is overdrawn, all of the cap can be
// used, and what was posted is what the payments say.
func TestThreeRegions(t *testing.T) {
	hubs, straight := threeRegions(t)
	posted := make([]int64, len(hubs))
	stop := make(chan struct{})
	var paying, rest sync.WaitGroup
	for i, h := range hubs {
		paying.Go(func() {
			for refusals := 0; refusals < 40; {
				amount, paid, err := h.pay(1+h.random.Int64N(9000), straight)
				if err != nil {
					t.Error(err)
					return
				}
				posted[i] += amount
				if !paid {
					refusals++
				}
			}
		})
		rest.Go(func() {
			for {
				// Whatever a broken connection made of it: what counts is what the rows say.
				_, _ = position.Rebalance(context.Background(), h.pool, h.region)
				select {
				case <-stop:
					return
				case <-time.After(5 * time.Millisecond):
				}
			}
		})
	}
	rest.Go(func() {
		for n := 0; ; n++ {
			select {
			case <-stop:
				return
			case <-time.After(50 * time.Millisecond):
				hubs[n%3].proxy.Cut()
				rows(t, straight)
			}
		}
	})
	paying.Wait()
	close(stop)
	rest.Wait()
	// What is left is paid in turns, so that it does not depend on who was quick.
	for range 60 {
		for i, h := range hubs {
			amount, _, err := h.pay(9000, straight)
			must(t, err)
			posted[i] += amount
			_, err = position.Rebalance(t.Context(), straight, h.region)
			must(t, err)
		}
	}
	// A refusal can follow on a commit whose answer was lost: such a reservation stays
	// behind, is found by its expiry, and was never posted.
	left, err := position.Overdue(t.Context(), straight, at.AddDate(0, 0, 1))
	must(t, err)
	for _, r := range left {
		must(t, inTx(t, straight, func(ctx context.Context, tx db.Tx) error { return position.Void(ctx, tx, []ids.ID{r.ID}) }))
	}
	total := int64(0)
	for i, row := range []string{"asia-1", "europe-1", "us-1"} {
		if got := rows(t, straight)[row]; got.Posted != posted[i] || got.Reserved != 0 {
			t.Errorf("%s: %+v, the payments say %d", row, got, posted[i])
		}
		total += posted[i]
	}
	if total > allotted || total < allotted*9/10 {
		t.Errorf("%d of %d could be used", total, allotted)
	}
}

// TestRegionCutOff: a region that nothing reaches and that reaches nobody keeps what
// it was allotted, whatever the others use, and pays from it until it is used up.
func TestRegionCutOff(t *testing.T) {
	hubs, straight := threeRegions(t)
	cut := hubs[2]
	kept := rows(t, straight)[cut.region]
	if kept.Allotted < allotted/5 {
		t.Fatalf("the region starts with too little: %+v", kept)
	}
	// The two others use up all they have; the one that is cut off does not rebalance.
	for _, h := range hubs[:2] {
		for refusals := 0; refusals < 20; {
			_, paid, err := h.pay(1+h.random.Int64N(20_000), straight)
			must(t, err)
			if !paid {
				refusals++
				_, err := position.Rebalance(t.Context(), h.pool, h.region)
				must(t, err)
			}
		}
	}
	if now := rows(t, straight)[cut.region]; now != kept {
		t.Fatalf("others have changed what a region holds that is cut off: %+v, was %+v", now, kept)
	}
	// Its own connections break, too, and come back.
	spent := int64(0)
	for paid := true; paid; {
		cut.proxy.Cut()
		amount, fits, err := cut.pay(5000, straight)
		must(t, err)
		spent, paid = spent+amount, fits
	}
	if after := rows(t, straight)[cut.region]; after.Posted != spent || after.Free() >= 5000 {
		t.Errorf("%+v, %d were spent of %d", after, spent, kept.Allotted)
	}
	// Healed: a credit in one region becomes room in all.
	must(t, inTx(t, straight, func(ctx context.Context, tx db.Tx) error {
		return position.Add(ctx, tx, position.Change{ParticipantID: "HK-WALLET", Debit: hkd(-600_000), Region: cut.region})
	}))
	for range 3 {
		for _, h := range hubs {
			_, err := position.Rebalance(t.Context(), h.pool, h.region)
			must(t, err)
		}
	}
	for region, row := range rows(t, straight) {
		if row.Free() < 100_000 {
			t.Errorf("%s has %d left after healing", region, row.Free())
		}
	}
}
