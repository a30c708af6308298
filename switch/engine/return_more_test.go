package engine_test

import (
	"testing"
	"time"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/iso20022"
)

func (h *hub) cancelOf(requestID string) (connectors.Payment, error) {
	h.t.Helper()
	return h.Cancel(h.t.Context(), h.participant("JP-ACQUIRER"), connectors.Reference{RequestID: requestID})
}

// TestReturnsRepeatedLate: a cancel or refund that was asked for in time is
// answered as it was, also when the question is repeated after the deadline; a
// new one is too late.
func TestReturnsRepeatedLate(t *testing.T) {
	each(t, func(t *testing.T, h *hub) {
		for _, id := range []string{"PR-1", "PR-2", "PR-3"} {
			if _, err := h.pay(id, jpy(1500)); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := h.cancelOf("PR-1"); err != nil {
			t.Fatal(err)
		}
		first, err := h.refund("RF-1", "PR-2", jpy(500))
		if err != nil {
			t.Fatal(err)
		}
		h.clock.Advance(49 * time.Hour)
		again, err := h.cancelOf("PR-1")
		if err != nil || again.Status != iso20022.Cancelled {
			t.Errorf("cancel again after the deadline: %s, %v", again.Status, err)
		}
		if _, err := h.cancelOf("PR-3"); reason.Of(err) != reason.CancelTooLate {
			t.Errorf("a new cancel after the deadline: %v", err)
		}
		h.clock.Advance(365 * 24 * time.Hour)
		if again, err := h.refund("RF-1", "PR-2", jpy(500)); err != nil || again.ID != first.ID || again.Status != first.Status {
			t.Errorf("refund again after a year: %+v, %v", again, err)
		}
		if _, err := h.refund("RF-1", "PR-2", jpy(501)); reason.Of(err) != reason.Inconsistent {
			t.Errorf("the same id with another amount after a year: %v", err)
		}
		if _, err := h.refund("RF-2", "PR-2", jpy(500)); reason.Of(err) != reason.RefundTooLate {
			t.Errorf("a new refund after a year: %v", err)
		}
		if h.wallet.count("refund") != 1 || h.wallet.count("cancel") != 1 {
			t.Errorf("the wallet was asked %v", h.wallet.calls)
		}
		h.sound()
	})
}

// TestCancelWaitsForRefund: while the wallet owes the answer to a refund the
// payment is not cancelled, because a wallet that cancels gives back what is
// left by its own count.
func TestCancelWaitsForRefund(t *testing.T) {
	each(t, func(t *testing.T, h *hub) {
		if _, err := h.pay("PR-1", jpy(1500)); err != nil {
			t.Fatal(err)
		}
		h.wallet.refund = says(connectors.Undecided)
		if pending, err := h.refund("RF-1", "PR-1", jpy(500)); err != nil || pending.Status != iso20022.Pending {
			t.Fatalf("%+v, %v", pending, err)
		}
		if answer, err := h.cancelOf("PR-1"); reason.Of(err) != reason.InProcess {
			t.Errorf("cancelled over a refund under way: %+v, %v", answer, err)
		}
		if n := h.wallet.count("cancel"); n != 0 {
			t.Errorf("the wallet was told to cancel %d times", n)
		}
		h.wallet.refund = says(connectors.Accepted)
		h.clock.Advance(time.Minute)
		if err := h.DutyRound(t.Context()); err != nil {
			t.Fatal(err)
		}
		if answer, err := h.cancelOf("PR-1"); err != nil || answer.Status != iso20022.Cancelled {
			t.Errorf("cancel after the refund: %s, %v", answer.Status, err)
		}
		if p := h.position("HK-WALLET"); p.Posted.Minor != 0 || p.Reserved.Minor != 0 {
			t.Errorf("wallet's position %+v", p)
		}
		h.sound()
	})
}
