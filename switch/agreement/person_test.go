package agreement_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/switch/agreement"
)

// of is the references of a payer's agreements, page by page.
func (o *office) of(payer string, limit int) (found []string) {
	o.t.Helper()
	for after := ids.Nil; ; {
		own, next, err := agreement.OfPayer(o.t.Context(), o.pool, o.Region, purse.ID, payer, after, limit)
		if err != nil {
			o.t.Fatal(err)
		}
		for _, a := range own {
			found = append(found, a.ReferenceID)
		}
		if after = next; next == ids.Nil {
			return found
		}
	}
}

// TestOfPayer: every page size finds a payer's own agreements and nobody else's.
func TestOfPayer(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		for i := range 7 {
			o.world.payer = []string{"U1", "U2"}[i%2]
			o.agreed(fmt.Sprint("R-", i))
		}
		for limit := 1; limit <= 8; limit++ {
			if one, two, none := len(o.of("U1", limit)), len(o.of("U2", limit)), len(o.of("U3", limit)); one != 4 || two != 3 || none != 0 {
				t.Errorf("in pages of %d: %d, %d and %d", limit, one, two, none)
			}
		}
	})
}

// TestForget: agreements that ended long ago lose their payers; those that go on, and
// those that ended yesterday, do not.
func TestForget(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		ended := func(reference string, tokens connectors.Tokens) {
			t.Helper()
			err := o.tell(purse, connectors.AgreementNotice{
				Event: connectors.TokenCancelled, ClientID: "M-1", ReferenceID: reference, Tokens: tokens,
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		for _, reference := range []string{"old-1", "old-2", "old-3"} {
			ended(reference, o.agreed(reference))
		}
		o.agreed("open")
		young := o.agreed("young")
		o.clock.At = o.clock.At.Add(48 * time.Hour)
		ended("young", young)
		before := o.clock.At.Add(-24 * time.Hour)
		for _, want := range []int64{2, 1, 0} {
			var count int64
			err := o.pool.InTx(t.Context(), func(ctx context.Context, tx db.Tx) (err error) {
				count, err = agreement.Forget(ctx, tx, o.Region, before, 2)
				return err
			})
			if err != nil || count != want {
				t.Errorf("%d forgotten, %v, want %d", count, err, want)
			}
		}
		if left := o.of("U1", 10); len(left) != 2 {
			t.Errorf("left: %v", left)
		}
	})
}

// TestForgetPayer: of one payer's agreements those that have ended before a time.
func TestForgetPayer(t *testing.T) {
	all := []agreement.Agreement{
		{State: agreement.Active, ChangedAt: at}, {State: agreement.Cancelled, ChangedAt: at},
		{State: agreement.Cancelled, ChangedAt: at.Add(time.Hour)}, {State: agreement.Prepared, ChangedAt: at},
	}
	each(t, func(t *testing.T, o *office) {
		for before, want := range map[time.Time]int{at: 0, at.Add(time.Minute): 2, at.Add(2 * time.Hour): 3} {
			err := o.pool.InTx(t.Context(), func(_ context.Context, tx db.Tx) error {
				if got := agreement.ForgetPayer(tx, all, before); got != want {
					t.Errorf("before %v: %d, want %d", before, got, want)
				}
				return nil
			})
			if err != nil {
				t.Error(err)
			}
		}
	})
}
