package settlement_test

import (
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/money"
	"github.com/causeway-pay/causeway/settlement"
	"github.com/causeway-pay/causeway/settlement/position"
)

// tooLarge is a cap that still counts prefunding which has paid for something.
const tooLarge = `
UPDATE position_limit SET prefunded_minor = prefunded_minor + $2 WHERE participant_id = 'HK-WALLET' AND currency = $1`

// tooLargeAtHome is where that is.
const tooLargeAtHome = `
UPDATE participant_position SET cap_minor = cap_minor + $2 WHERE participant_id = 'HK-WALLET' AND currency = $1`

// prefund pays prefunding of HK-WALLET in, and lets its cap count more than that.
func prefund(t *testing.T, pool *db.Pool, minor, more int64) {
	t.Helper()
	inTx(t, pool, func(ctx context.Context, tx db.Tx) error {
		err := settlement.Fund(ctx, tx, settlement.Funding{Region: region, EffectiveAt: at, Movement: position.Movement{
			ID: ids.New(), ParticipantID: "HK-WALLET", Amount: hkd(minor), Evidence: ids.New().String(), At: at,
		}})
		if err != nil {
			return err
		}
		for _, statement := range []string{tooLarge, tooLargeAtHome} {
			if _, err := tx.Exec(ctx, statement, "HKD", more); err != nil {
				return err
			}
		}
		return nil
	})
}

func correct(t *testing.T, pool *db.Pool, participant string, agreed money.Amount) error {
	t.Helper()
	return pool.InTx(t.Context(), func(ctx context.Context, tx db.Tx) error {
		return settlement.CorrectPrefunding(ctx, tx, participant, agreed)
	})
}

// capOf is what the cap of HK-WALLET is made of.
func capOf(t *testing.T, pool *db.Pool) (limit, prefunded, allotted int64) {
	t.Helper()
	limits, err := position.Limits(t.Context(), pool)
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range limits {
		if l.ParticipantID == "HK-WALLET" {
			limit, prefunded = l.Limit, l.Prefunded
		}
	}
	all, err := position.Allotments(t.Context(), pool)
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range all[position.Key{ParticipantID: "HK-WALLET", Currency: "HKD"}] {
		allotted += row.Allotted
	}
	return limit, prefunded, allotted
}

// TestCorrectPrefunding: a cap is corrected to what is on the account and to nothing else,
// once; nothing is booked, and a refusal changes nothing.
func TestCorrectPrefunding(t *testing.T) {
	each(t, func(t *testing.T, pool *db.Pool) {
		prefund(t, pool, 500, 300)
		limit, prefunded, before := capOf(t, pool)
		if prefunded != 800 || before != limit+800 {
			t.Fatalf("%d of %d are prefunded", prefunded, before)
		}
		for name, c := range map[string]struct {
			participant string
			agreed      money.Amount
			want        error
		}{
			"too little":     {"HK-WALLET", hkd(499), settlement.ErrPrefunding},
			"as it is":       {"HK-WALLET", hkd(800), settlement.ErrPrefunding},
			"nothing there":  {"HK-WALLET", hkd(0), settlement.ErrPrefunding},
			"other currency": {"HK-WALLET", jpy(500), position.ErrNoPosition},
			"nobody":         {"NOBODY", hkd(500), position.ErrNoPosition},
		} {
			if err := correct(t, pool, c.participant, c.agreed); !errors.Is(err, c.want) {
				t.Errorf("%s: %v, want %v", name, err, c.want)
			}
		}
		if _, _, after := capOf(t, pool); after != before {
			t.Errorf("refusals have changed the cap from %d to %d", before, after)
		}
		if err := correct(t, pool, "HK-WALLET", hkd(500)); err != nil {
			t.Fatal(err)
		}
		if _, prefunded, after := capOf(t, pool); prefunded != 500 || after != limit+500 {
			t.Errorf("%d prefunded, a cap of %d beside a limit of %d", prefunded, after, limit)
		}
		if err := correct(t, pool, "HK-WALLET", hkd(500)); !errors.Is(err, settlement.ErrPrefunding) {
			t.Errorf("a second time: %v", err)
		}
	})
}

// Whatever a cap counts, too much or too little, in whatever region, with whatever is
// reserved: it is limit and account after the correction, and nothing else has changed.
func TestCorrectedCapsAreTheirAccounts(t *testing.T) {
	each(t, func(t *testing.T, pool *db.Pool) {
		inTx(t, pool, func(ctx context.Context, tx db.Tx) error { return position.OpenRegion(ctx, tx, "eu-1") })
		there := int64(0)
		rapid.Check(t, func(r *rapid.T) {
			minor := rapid.Int64Range(1, 4000).Draw(r, "paid in")
			prefund(t, pool, minor, 0)
			there += minor
			more := rapid.Int64Range(-min(there, 3000), 3000).Filter(func(n int64) bool { return n != 0 }).Draw(r, "too much")
			reservation := position.Reservation{
				ID: ids.New(), PaymentID: ids.New(), Region: rapid.SampledFrom([]string{region, "eu-1"}).Draw(r, "in"),
				ParticipantID: "HK-WALLET", Amount: hkd(rapid.Int64Range(1, 5000).Draw(r, "reserved")), At: at,
			}
			inTx(t, pool, func(ctx context.Context, tx db.Tx) error {
				_, err := position.ReserveAll(ctx, tx, []position.Reservation{reservation}) // or it has no room
				return err
			})
			if _, err := position.Rebalance(t.Context(), pool, region); err != nil {
				r.Fatal(err)
			}
			inTx(t, pool, func(ctx context.Context, tx db.Tx) error {
				_, err := tx.Exec(ctx, tooLarge, "HKD", more)
				return err
			})
			before := used(t, pool)
			if err := correct(t, pool, "HK-WALLET", hkd(there)); err != nil {
				r.Fatal(err)
			}
			if limit, prefunded, allotted := capOf(t, pool); prefunded != there || allotted != limit+there {
				r.Fatalf("%d are there, %d prefunded, %d allotted of %d", there, prefunded, allotted, limit)
			}
			if diff := cmp.Diff(before, used(t, pool)); diff != "" {
				r.Fatal(diff)
			}
		})
	})
}

// used is what is posted, reserved and paid out of every position, by region.
func used(t *testing.T, pool *db.Pool) map[position.Key][]position.Allotment {
	t.Helper()
	all, err := position.Allotments(t.Context(), pool)
	if err != nil {
		t.Fatal(err)
	}
	for _, rows := range all {
		for i := range rows {
			rows[i].Allotted = 0
		}
	}
	return all
}
