package customs_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/switch/customs"
)

// TestForget: what is old loses the person, in slices; what is young keeps it; amount,
// order and state stay. The declarations of a payment go by its id.
func TestForget(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		b.wallet.say(connectors.Undecided, reason.Unknown)
		for _, id := range []string{"D-1", "D-2", "D-3"} {
			said := sample(id, "O-"+id, 100)
			said.Buyer = &buyer
			b.want(id, said, reason.InProcess)
			b.clock.At = b.clock.At.Add(time.Hour)
		}
		b.wallet.say(connectors.Accepted, reason.None)
		b.want("taken", sample("D-4", "O-4", 100), reason.None)
		forget := func(region string, before time.Time, limit int) (count int64) {
			err := b.pool.InTx(t.Context(), func(ctx context.Context, tx db.Tx) (err error) {
				count, err = customs.Forget(ctx, tx, region, before, limit)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			return count
		}
		before := began.Add(2 * time.Hour)
		for _, step := range []struct {
			region string
			limit  int
			want   int64
		}{{"europe-1", 9, 0}, {"asia-1", 1, 1}, {"asia-1", 9, 1}, {"asia-1", 9, 0}} {
			if got := forget(step.region, before, step.limit); got != step.want {
				t.Errorf("%+v: %d", step, got)
			}
		}
		knows := func() (known []bool) {
			for _, d := range b.all() {
				known = append(known, d.Personal && (d.Said.Buyer != nil || d.Receipt != connectors.CustomsReceipt{}))
				if d.Said.Amount != cny(100) || !strings.HasPrefix(d.Said.OrderID, "O-") {
					t.Errorf("%+v", d)
				}
			}
			return known
		}
		if got := knows(); got[0] || got[1] || !got[2] || !got[3] {
			t.Errorf("persons are in %v", got)
		}
		err := b.pool.InTx(t.Context(), func(_ context.Context, tx db.Tx) error {
			customs.ForgetPayments(tx, nil)
			customs.ForgetPayments(tx, []ids.ID{b.payment.ID})
			return nil
		})
		if got := knows(); err != nil || got[2] || got[3] {
			t.Errorf("persons are in %v, %v", got, err)
		}
	})
}
