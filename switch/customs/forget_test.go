package customs_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

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
		b.wallet.say(connectors.Declined, reason.RiskRejected)
		b.want("refused", sample("D-5", "O-5", 100), reason.RiskRejected)
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
				told := d.Said.Buyer != nil || d.Receipt != connectors.CustomsReceipt{} || d.State == customs.Refused
				sold := d.Said.MerchantCode == "M-9" && d.Said.MerchantName == "Tea House"
				known = append(known, d.Personal && told && sold)
				if !d.Personal && d.Said.MerchantCode+d.Said.MerchantName != "" {
					t.Errorf("still sold by %+v", d.Said)
				}
				if d.Said.Amount != cny(100) || !strings.HasPrefix(d.Said.OrderID, "O-") {
					t.Errorf("%+v", d)
				}
			}
			return known
		}
		if got := knows(); got[0] || got[1] || !got[2] || !got[3] || !got[4] {
			t.Errorf("persons are in %v", got)
		}
		err := b.pool.InTx(t.Context(), func(_ context.Context, tx db.Tx) error {
			customs.ForgetPayments(tx, nil)
			customs.ForgetPayments(tx, []ids.ID{b.payment.ID})
			return nil
		})
		if got := knows(); err != nil || got[2] || got[3] || got[4] {
			t.Errorf("persons are in %v, %v", got, err)
		}
	})
}

// TestForgottenIsNotToldAgain: what customs say about a declaration whose persons are
// forgotten is passed on and noted down nowhere.
func TestForgottenIsNotToldAgain(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		b.want("taken", sample("D-1", "O-1", 100), reason.None)
		err := b.pool.InTx(t.Context(), func(_ context.Context, tx db.Tx) error {
			customs.ForgetPayments(tx, []ids.ID{b.payment.ID})
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		before := b.one("D-1")
		b.wallet.progress = connectors.CustomsProgress{Status: "SUCCESS", ResultText: "released to Canary Featherstone"}
		records, err := b.Declarations(t.Context(), sakura, []string{"D-1"})
		if err != nil || len(records) != 1 || records[0].Progress.ResultText != b.wallet.progress.ResultText {
			t.Errorf("told %+v, %v", records, err)
		}
		if difference := cmp.Diff(before, b.one("D-1")); difference != "" {
			t.Errorf("noted down: %s", difference)
		}
	})
}

// TestOfPayments: declarations by their payments, and none of others.
func TestOfPayments(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		var payments []ids.ID
		for i, count := range []int{2, 0, 1} {
			b.payment.ID = ids.New()
			payments = append(payments, b.payment.ID)
			for j := range count {
				b.want("declared", sample(fmt.Sprintf("D-%d%d", i, j), fmt.Sprint("O-", j), 100), reason.None)
				b.clock.At = b.clock.At.Add(time.Second)
			}
		}
		of, err := customs.OfPayments(t.Context(), b.pool, payments[:2])
		if err != nil || len(of) != 1 || len(of[payments[0]]) != 2 || of[payments[0]][1].Said.RequestID != "D-01" {
			t.Errorf("%+v, %v", of, err)
		}
		if of, err := customs.OfPayments(t.Context(), b.pool, nil); err != nil || len(of) != 0 {
			t.Errorf("of none: %+v, %v", of, err)
		}
	})
}
