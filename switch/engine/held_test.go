package engine_test

import (
	"context"
	"testing"
	"time"

	"github.com/causeway-pay/causeway/compliance"
	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/money"
	"github.com/causeway-pay/causeway/settlement/position"
	"github.com/causeway-pay/causeway/switch/engine"
	"github.com/causeway-pay/causeway/switch/payment"
)

func (h *hub) resolve(id ids.ID, paid bool) error {
	h.t.Helper()
	return h.pool.InTx(h.t.Context(), func(ctx context.Context, tx db.Tx) error { return h.Resolve(ctx, tx, id, paid) })
}

// TestHeldReturn: a refund that the wallet never answers waits for two
// operators, who decide whether the payer got the money.
func TestHeldReturn(t *testing.T) {
	for _, got := range []bool{true, false} {
		each(t, func(t *testing.T, h *hub) {
			paid, err := h.pay("PR-1", jpy(1500))
			if err != nil {
				t.Fatal(err)
			}
			h.wallet.refund = says(connectors.Undecided)
			if _, err := h.refund("RF-1", "PR-1", jpy(700)); err != nil {
				t.Fatal(err)
			}
			h.duties()
			file := h.held(paid.ID)
			if p := h.position("JP-ACQUIRER"); p.Reserved != jpy(700) {
				t.Errorf("while held: %+v", p)
			}
			if err := h.resolve(paid.ID, got); err != nil {
				t.Fatal(err)
			}
			if file, err = engine.Open(t.Context(), h.pool, paid.ID); err != nil {
				t.Fatal(err)
			}
			want, posted := payment.ReturnDeclined, jpy(-1488)
			if got {
				want, posted = payment.ReturnPosted, jpy(-788)
			}
			if p := h.position("JP-ACQUIRER"); file.Returns[0].State != want || p.Reserved.Minor != 0 || p.Posted != posted {
				t.Errorf("resolved %v: %s, position %+v", got, file.Returns[0].State, p)
			}
			if err := h.resolve(paid.ID, got); reason.Of(err) != reason.Closed {
				t.Errorf("resolved twice: %v", err)
			}
			h.sound()
		})
	}
}

// held waits until the payment's only return is held.
func (h *hub) held(id ids.ID) engine.File {
	h.t.Helper()
	deadline := time.Now().Add(time.Minute)
	for {
		file, err := engine.Open(h.t.Context(), h.pool, id)
		if err != nil {
			h.t.Fatal(err)
		}
		if len(file.Returns) == 1 && file.Returns[0].State == payment.ReturnHeld {
			return file
		}
		if time.Now().After(deadline) {
			h.t.Fatalf("returns %+v", file.Returns)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// TestRefusedScanKeepsItsDecision: a cap that does not cover a scanned order
// refuses it, with the screening on record and the order still open.
func TestRefusedScanKeepsItsDecision(t *testing.T) {
	each(t, func(t *testing.T, h *hub) {
		lower := func(ctx context.Context, tx db.Tx) error {
			return position.SetCap(ctx, tx, "HK-WALLET", money.New(1, "HKD"))
		}
		if err := h.pool.InTx(t.Context(), lower); err != nil {
			t.Fatal(err)
		}
		shown := h.show("PR-1")
		if _, err := h.scan("HK-WALLET", "U1", "Mei Lantern", shown.OrderCode); reason.Of(err) != reason.CapExceeded {
			t.Fatalf("got %v", err)
		}
		decisions, err := compliance.DecisionsOf(t.Context(), h.pool, shown.ID)
		if err != nil || len(decisions) != 1 || decisions[0].Outcome != compliance.Pass {
			t.Errorf("decisions %+v, %v", decisions, err)
		}
		h.until(shown.ID, string(payment.Created))
		if due, err := h.scan("KR-WALLET", "U1", "", shown.OrderCode); err != nil || due.ID != shown.ID {
			t.Errorf("another wallet: %+v, %v", due, err)
		}
		h.sound()
	})
}
