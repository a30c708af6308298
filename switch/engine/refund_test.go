package engine_test

import (
	"crypto/sha256"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/iso20022"
	"github.com/causeway-pay/causeway/money"
	"github.com/causeway-pay/causeway/settlement/ledger"
	"github.com/causeway-pay/causeway/switch/engine"
	"github.com/causeway-pay/causeway/switch/payment"
)

func (h *hub) refund(requestID, paymentRequest string, amount money.Amount) (connectors.Return, error) {
	h.t.Helper()
	return h.Return(h.t.Context(), h.participant("JP-ACQUIRER"), connectors.ReturnOrder{
		RequestID: requestID, CheckedFields: sha256.Sum256([]byte(amount.String())),
		Payment: connectors.Reference{RequestID: paymentRequest}, Amount: amount, Words: said("refund", "{}"),
	})
}

// TestRefundsAddUp: whatever the steps, all refunds together give back exactly
// what was paid, on both legs, and the hub's markup and rounding with it.
func TestRefundsAddUp(t *testing.T) {
	each(t, func(t *testing.T, h *hub) {
		for i, parts := range [][]int64{{1500}, {500, 500, 500}, {1, 1498, 1}, {333, 334, 833}, {7, 11, 13, 1469}} {
			id := fmt.Sprint("PR-", i)
			if _, err := h.pay(id, jpy(1500)); err != nil {
				t.Fatal(err)
			}
			for j, part := range parts {
				refunded, err := h.refund(fmt.Sprint("RF-", i, "-", j), id, jpy(part))
				if err != nil || refunded.Status != iso20022.Completed {
					t.Fatalf("refund of %d: %s, %v", part, refunded.Status, err)
				}
			}
			if _, err := h.refund(fmt.Sprint("RF-", i, "-over"), id, jpy(1)); reason.Of(err) != reason.RefundExceeds {
				t.Errorf("one yen too much: %v", err)
			}
		}
		if p := h.position("HK-WALLET"); p.Posted.Minor != 0 {
			t.Errorf("the wallet still owes %s", p.Posted)
		}
		balances, err := ledger.Balances(t.Context(), h.pool)
		if err != nil {
			t.Fatal(err)
		}
		for _, b := range balances {
			// Fees stay; everything else has gone back where it came from.
			kept := b.Purpose == ledger.Fee || b.Owner == "JP-ACQUIRER"
			if !kept && b.Net().Minor != 0 {
				t.Errorf("%s keeps %s", b.AccountID, b.Net())
			}
		}
		h.sound()
	})
}

func TestRefundIsIdempotent(t *testing.T) {
	each(t, func(t *testing.T, h *hub) {
		if _, err := h.pay("PR-1", jpy(1500)); err != nil {
			t.Fatal(err)
		}
		answers := make([]connectors.Return, 4)
		var wg sync.WaitGroup
		for i := range answers {
			wg.Go(func() {
				var err error
				if answers[i], err = h.refund("RF-1", "PR-1", jpy(400)); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		for _, answer := range answers {
			if answer.ID != answers[0].ID || answer.Status != iso20022.Completed {
				t.Errorf("answers differ: %+v", answers)
			}
		}
		if _, err := h.refund("RF-1", "PR-1", jpy(401)); reason.Of(err) != reason.Inconsistent {
			t.Errorf("other amount: %v", err)
		}
		if n := h.wallet.count("refund"); n != 1 {
			t.Errorf("the wallet was asked %d times", n)
		}
		h.sound()
	})
}

func TestRefundsRefused(t *testing.T) {
	each(t, func(t *testing.T, h *hub) {
		if _, err := h.pay("PR-1", jpy(1500)); err != nil {
			t.Fatal(err)
		}
		h.wallet.pay = says(connectors.Declined)
		if _, err := h.pay("PR-2", jpy(1500)); err != nil {
			t.Fatal(err)
		}
		cases := []struct {
			name, payment string
			amount        money.Amount
			want          reason.Kind
		}{
			{"unknown payment", "PR-9", jpy(1), reason.NotFound},
			{"declined payment", "PR-2", jpy(1), reason.Closed},
			{"nothing", "PR-1", jpy(0), reason.InvalidRequest},
			{"negative", "PR-1", jpy(-1), reason.InvalidRequest},
			{"too much", "PR-1", jpy(1501), reason.RefundExceeds},
			{"other currency", "PR-1", money.New(1, "HKD"), reason.UnsupportedCurrency},
		}
		for i, c := range cases {
			if refunded, err := h.refund(fmt.Sprint("RF-", i), c.payment, c.amount); reason.Of(err) != c.want {
				t.Errorf("%s: %+v, %v", c.name, refunded, err)
			}
		}
		h.wallet.refund = func(string) connectors.Answer {
			return connectors.Answer{Decision: connectors.Declined, Reason: reason.PayerBlocked}
		}
		declined, err := h.refund("RF-D", "PR-1", jpy(1500))
		if err != nil || declined.Status != iso20022.Rejected || declined.Reason != reason.PayerBlocked {
			t.Errorf("got %s %s, %v", declined.Status, declined.Reason, err)
		}
		h.wallet.refund = says(connectors.Accepted)
		if again, err := h.refund("RF-E", "PR-1", jpy(1500)); err != nil || again.Status != iso20022.Completed {
			t.Errorf("a declined refund blocks the next: %s, %v", again.Status, err)
		}
		h.clock.Advance(366 * 24 * time.Hour)
		if _, err := h.refund("RF-L", "PR-1", jpy(1)); reason.Of(err) != reason.RefundTooLate {
			t.Errorf("after a year: %v", err)
		}
		h.sound()
	})
}

// TestSilentRefundIsRepeated with the same id until the wallet answers.
func TestSilentRefundIsRepeated(t *testing.T) {
	each(t, func(t *testing.T, h *hub) {
		paid, err := h.pay("PR-1", jpy(1500))
		if err != nil {
			t.Fatal(err)
		}
		var mu sync.Mutex
		seen := map[string]int{}
		h.wallet.refund = func(id string) connectors.Answer {
			mu.Lock()
			defer mu.Unlock()
			if seen[id]++; seen[id] < 3 {
				return connectors.Answer{Decision: connectors.Undecided}
			}
			return connectors.Answer{Decision: connectors.Accepted}
		}
		pending, err := h.refund("RF-1", "PR-1", jpy(700))
		if err != nil || pending.Status != iso20022.Pending {
			t.Fatalf("got %s, %v", pending.Status, err)
		}
		h.duties()
		deadline := time.Now().Add(time.Minute)
		for {
			file, err := engine.Open(t.Context(), h.pool, paid.ID)
			if err != nil {
				t.Fatal(err)
			}
			if file.Returns[0].State == payment.ReturnPosted {
				break
			}
			if time.Now().After(deadline) {
				t.Fatalf("refund is %s", file.Returns[0].State)
			}
			time.Sleep(5 * time.Millisecond)
		}
		mu.Lock()
		defer mu.Unlock()
		if len(seen) != 1 {
			t.Errorf("the refund was sent under %d ids", len(seen))
		}
		h.sound()
	})
}

func TestCancelAfterPosting(t *testing.T) {
	each(t, func(t *testing.T, h *hub) {
		if _, err := h.pay("PR-1", jpy(1500)); err != nil {
			t.Fatal(err)
		}
		acquirer := h.participant("JP-ACQUIRER")
		for range 3 {
			cancelled, err := h.Cancel(t.Context(), acquirer, connectors.Reference{RequestID: "PR-1"})
			if err != nil || cancelled.Status != iso20022.Cancelled {
				t.Fatalf("got %s, %v", cancelled.Status, err)
			}
		}
		if p := h.position("HK-WALLET"); p.Posted.Minor != 0 || h.wallet.count("cancel") != 1 {
			t.Errorf("wallet owes %s after %d cancels", p.Posted, h.wallet.count("cancel"))
		}
		seen, err := h.Inquire(t.Context(), acquirer, connectors.Reference{RequestID: "PR-1"})
		if err != nil || seen.Status != iso20022.Cancelled || seen.Reason != reason.Closed {
			t.Errorf("inquiry says %s %s, %v", seen.Status, seen.Reason, err)
		}
		if _, err := h.refund("RF-1", "PR-1", jpy(1)); reason.Of(err) != reason.RefundExceeds {
			t.Errorf("refund of a cancelled payment: %v", err)
		}
		h.sound()
	})
}

func TestCancelTooLate(t *testing.T) {
	each(t, func(t *testing.T, h *hub) {
		if _, err := h.pay("PR-1", jpy(1500)); err != nil {
			t.Fatal(err)
		}
		h.clock.Advance(25 * time.Hour)
		_, err := h.Cancel(t.Context(), h.participant("JP-ACQUIRER"), connectors.Reference{RequestID: "PR-1"})
		if reason.Of(err) != reason.CancelTooLate {
			t.Errorf("got %v", err)
		}
	})
}

func TestCancelDeadline(t *testing.T) {
	cases := map[string]string{
		"2026-01-02T03:00:00Z": "2026-01-02T16:15:00Z",
		"2026-01-02T15:59:59Z": "2026-01-02T16:15:00Z",
		"2026-01-02T16:00:00Z": "2026-01-03T16:15:00Z",
		"2026-12-31T17:00:00Z": "2027-01-01T16:15:00Z",
	}
	for completed, want := range cases {
		at, err := time.Parse(time.RFC3339, completed)
		if err != nil {
			t.Fatal(err)
		}
		if got := engine.CancelDeadline(at, 15*time.Minute).UTC().Format(time.RFC3339); got != want {
			t.Errorf("CancelDeadline(%s) = %s, want %s", completed, got, want)
		}
	}
}
