package engine_test

import (
	"fmt"
	"sync"
	"testing"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/settlement/instruct"
	"github.com/causeway-pay/causeway/settlement/position"
	"github.com/causeway-pay/causeway/settlement/window"
)

// paidOut is what the window pays the acquirer.
func (h *hub) paidOut(w window.Window) (list []instruct.Obligation) {
	h.t.Helper()
	for _, o := range h.obligations(w.ID) {
		if o.ParticipantID == "JP-ACQUIRER" {
			list = append(list, o)
		}
	}
	return list
}

// TestPayOutLeavesRefunds: an acquirer without a cap is not paid what a refund under way
// will take back. It is carried to the next window, whose refund it covers, or which pays
// it out if the wallet refuses the refund. The files say so.
func TestPayOutLeavesRefunds(t *testing.T) {
	for name, c := range map[string]struct {
		decision connectors.Decision
		second   int64
	}{"refunded": {connectors.Accepted, 0}, "refused": {connectors.Declined, 1000}} {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, h *hub) {
				h.cap("JP-ACQUIRER", jpy(0))
				if _, err := h.pay("PR-1", jpy(1500)); err != nil {
					t.Fatal(err)
				}
				h.wallet.refund = nil
				if _, err := h.refund("RF-1", "PR-1", jpy(1000)); err != nil {
					t.Fatal(err)
				}
				first := h.mustCutOff()
				made := h.paidOut(first)
				if len(made) != 1 || made[0].Amount != jpy(488) {
					t.Fatalf("paid out: %+v", made)
				}
				h.settle(made[0], "A", 488)
				if p := h.position("JP-ACQUIRER"); p.Headroom() != jpy(0) || p.Posted != jpy(-1000) || p.Paying != jpy(0) {
					t.Errorf("%+v", p)
				}
				h.sound()
				h.wallet.inquire = says(c.decision)
				h.wallet.refund = says(c.decision)
				h.duties()
				h.eventually("the refund ends", func() bool { return h.position("JP-ACQUIRER").Reserved.IsZero() })
				second := h.mustCutOff()
				if made := h.paidOut(second); (len(made) == 0) != (c.second == 0) || signedSum(made) != c.second {
					t.Errorf("paid out next: %+v", made)
				}
				for _, w := range []window.Window{first, second} {
					paths, err := h.Report(t.Context(), t.TempDir(), w.ID)
					if err != nil {
						t.Fatal(err)
					}
					for _, path := range paths {
						h.checkFigures(path)
					}
				}
				h.sound()
			})
		})
	}
}

// TestPayOutUnderWay: between the instruction and the bank's word no refund is reserved
// against what is paid out, and after it neither.
func TestPayOutUnderWay(t *testing.T) {
	each(t, func(t *testing.T, h *hub) {
		h.cap("JP-ACQUIRER", jpy(100))
		if _, err := h.pay("PR-1", jpy(1500)); err != nil {
			t.Fatal(err)
		}
		w := h.mustCutOff()
		made := h.paidOut(w)
		if len(made) != 1 || made[0].Amount != jpy(1488) {
			t.Fatalf("paid out: %+v", made)
		}
		if _, err := h.refund("RF-1", "PR-1", jpy(101)); reason.Of(err) != reason.CapExceeded {
			t.Errorf("before the bank's word: %v", err)
		}
		if _, err := h.refund("RF-2", "PR-1", jpy(60)); err != nil {
			t.Errorf("within the cap: %v", err)
		}
		h.settle(made[0], "A", 1000)
		h.sound()
		h.settle(made[0], "B", 488)
		if _, err := h.refund("RF-3", "PR-1", jpy(41)); reason.Of(err) != reason.CapExceeded {
			t.Errorf("after the bank's word: %v", err)
		}
		h.sound()
	})
}

// TestPayOutUnderRefunds: acquirers' refunds, payments, cut-offs and banks all at once,
// some participants settling gross: at no moment is more posted, reserved and being paid
// than the cap, and nothing that was owed is lost.
func TestPayOutUnderRefunds(t *testing.T) {
	each(t, func(t *testing.T, h *hub) {
		h.cap("JP-ACQUIRER", jpy(500))
		var working sync.WaitGroup
		for worker := range 4 {
			working.Go(func() {
				for i := range 6 {
					id := fmt.Sprintf("%d-%d", worker, i)
					if _, err := h.pay("PR-"+id, jpy(1000)); err != nil {
						t.Error(err)
						return
					}
					_, err := h.refund("RF-"+id, "PR-"+id, jpy(900))
					if err != nil && reason.Of(err) != reason.CapExceeded {
						t.Error(err)
					}
				}
			})
		}
		finished := make(chan struct{})
		go func() { working.Wait(); close(finished) }()
		for n, busy := 0, true; busy; n++ {
			select {
			case <-finished:
				busy = false
			default:
			}
			h.model("JP-ACQUIRER", "JPY", []position.Model{position.DeferredNet, position.Gross}[n%2])
			for i, o := range append(h.paidOut(h.mustCutOff()), h.gross("JP-ACQUIRER")...) {
				if !o.State.Final() {
					h.settle(o, fmt.Sprintf("B-%d-%d", n, i), o.Rest().Minor)
				}
				if p := h.position("JP-ACQUIRER"); p.Headroom().Minor < 0 {
					t.Errorf("more is in use than the cap: %+v", p)
				}
			}
		}
		h.sound()
		if p := h.position("JP-ACQUIRER"); p.Posted.Minor > 500 {
			t.Errorf("more was paid out than was owed and the cap: %+v", p)
		}
	})
}
