package engine_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/settlement/ledger"
	"github.com/causeway-pay/causeway/switch/engine"
)

func (h *hub) forget(before time.Time, limit int) (count int64) {
	h.t.Helper()
	err := h.pool.InTx(h.t.Context(), func(ctx context.Context, tx db.Tx) (err error) {
		count, err = engine.Forget(ctx, tx, region, before, limit)
		return err
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return count
}

// TestForget: payments that ended long ago lose their persons and their messages and keep
// their money; those that did not end, and those of yesterday, stay as they are.
func TestForget(t *testing.T) {
	each(t, func(t *testing.T, h *hub) {
		var old []connectors.Payment
		for i := range 3 {
			paid, err := h.pay(fmt.Sprint("old-", i), jpy(1500))
			if err != nil {
				t.Fatal(err)
			}
			old = append(old, paid)
		}
		h.wallet.pay = says(connectors.Undecided)
		open, err := h.pay("open", jpy(1500))
		if err != nil {
			t.Fatal(err)
		}
		h.wallet.pay = says(connectors.Accepted)
		h.clock.Advance(48 * time.Hour)
		young, err := h.pay("young", jpy(1500))
		if err != nil {
			t.Fatal(err)
		}
		before := map[string]engine.File{}
		for _, p := range append(old, open, young) {
			before[p.RequestID] = h.file(p)
		}
		yesterday := h.clock.Now().Add(-24 * time.Hour)
		if first, second, none := h.forget(yesterday, 2), h.forget(yesterday, 2), h.forget(yesterday, 2); first != 2 || second != 1 || none != 0 {
			t.Errorf("forgot %d, %d and %d", first, second, none)
		}
		for _, p := range old {
			was, is := before[p.RequestID], h.file(p)
			if person(is) != "" || len(is.Messages) != 0 {
				t.Errorf("%s is remembered: %s, %d messages", p.RequestID, person(is), len(is.Messages))
			}
			if person(was) == "" || is.Payment.PayerAmount != was.Payment.PayerAmount || is.Payment.Version != was.Payment.Version ||
				is.Payment.Detail.Payer != was.Payment.Detail.Payer || len(is.History) != len(was.History) {
				t.Errorf("%s lost more than its persons: %+v", p.RequestID, is.Payment)
			}
			if entries, err := ledger.EntriesOf(t.Context(), h.pool, p.ID); err != nil || len(entries) < 3 {
				t.Errorf("%d entries, %v", len(entries), err)
			}
		}
		for _, p := range []connectors.Payment{open, young} {
			if is := h.file(p); person(is) != person(before[p.RequestID]) || len(is.Messages) != len(before[p.RequestID].Messages) {
				t.Errorf("%s is forgotten: %+v", p.RequestID, is.Payment)
			}
		}
	})
}

// person is everything in a file that tells who it is about.
func person(f engine.File) string {
	d := f.Payment.Detail
	return f.Payment.PayerReference + d.PayerName + d.Transfer.Debtor.Name + d.Transfer.Creditor.Name +
		d.Transfer.Creditor.OtherID + d.Transfer.CreditorAccount.ID + d.Transfer.Remittance
}

func (h *hub) file(p connectors.Payment) engine.File {
	h.t.Helper()
	file, err := engine.Open(h.t.Context(), h.pool, p.ID)
	if err != nil {
		h.t.Fatal(err)
	}
	return file
}
