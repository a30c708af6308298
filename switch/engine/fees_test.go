package engine_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/causeway-pay/causeway/conformance/invariant"
	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/iso20022"
	"github.com/causeway-pay/causeway/money"
	"github.com/causeway-pay/causeway/settlement/fees"
	"github.com/causeway-pay/causeway/settlement/instruct"
	"github.com/causeway-pay/causeway/settlement/position"
)

// TestFeesBeyondTheCap: a wallet whose whole cap is posted and reserved owes its fee all
// the same. It is told to be over its cap, pays the fee with the window, and nothing more
// is reserved until then; the payment under way ends as it would have.
func TestFeesBeyondTheCap(t *testing.T) {
	each(t, func(t *testing.T, h *hub) {
		h.do(func(ctx context.Context, tx db.Tx) error {
			_, err := fees.Save(ctx, tx, fees.Line{
				Kind: fees.Scheme, ParticipantID: "HK-WALLET", Currency: "HKD", EffectiveAt: h.clock.Now().Add(-time.Hour), Fixed: 40,
			})
			return err
		})
		if _, err := h.pay("PR-1", jpy(1500)); err != nil {
			t.Fatal(err)
		}
		h.wallet.pay = nil
		if _, err := h.pay("PR-2", jpy(1500)); err != nil {
			t.Fatal(err)
		}
		p := h.position("HK-WALLET")
		h.cap("HK-WALLET", money.New(p.Posted.Minor+p.Reserved.Minor, "HKD"))
		w := h.mustCutOff()
		if over := h.position("HK-WALLET"); over.Headroom().Minor != -40 || over.Reserved != p.Reserved {
			t.Errorf("%+v", over)
		}
		h.sound()
		if u := h.usage("HK-WALLET"); u.Reached != position.OverCap || !u.Changed() {
			t.Errorf("%+v", u)
		}
		h.wallet.pay = says(connectors.Accepted)
		if refused, err := h.pay("PR-3", jpy(100)); err != nil || refused.Status != iso20022.Rejected || refused.Reason != reason.CapExceeded {
			t.Errorf("beyond the cap: %s %s, %v", refused.Status, refused.Reason, err)
		}
		for _, o := range h.obligations(w.ID) {
			if o.ParticipantID == "HK-WALLET" && (o.Direction != instruct.PayIn || o.Amount.Minor != p.Posted.Minor+40) {
				t.Errorf("%s %s, want what was posted and the fee", o.Direction, o.Amount)
			}
			h.settle(o, "B-"+o.ParticipantID, o.Amount.Minor)
		}
		if after := h.position("HK-WALLET"); !after.Posted.IsZero() || h.usage("HK-WALLET").Reached == position.OverCap {
			t.Errorf("%+v", after)
		}
		h.wallet.inquire = says(connectors.Accepted)
		h.duties()
		h.eventually("the payment ends", func() bool { return h.position("HK-WALLET").Reserved.IsZero() })
		if _, err := h.pay("PR-4", jpy(100)); err != nil {
			t.Error(err)
		}
		h.sound()
	})
}

// A position beyond its cap by more than what is owed whatever the room is a violation.
func TestBeyondTheCapIsSeen(t *testing.T) {
	each(t, func(t *testing.T, h *hub) {
		h.wallet.pay = nil
		if _, err := h.pay("PR-1", jpy(1500)); err != nil {
			t.Fatal(err)
		}
		h.cap("HK-WALLET", h.position("HK-WALLET").Reserved)
		h.sound()
		h.do(func(ctx context.Context, tx db.Tx) error {
			return position.Charge(ctx, tx, []position.Change{{ParticipantID: "HK-WALLET", Debit: money.New(1, "HKD")}})
		})
		violations, err := invariant.Run(t.Context(), h.pool)
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range violations {
			if text := v.String(); strings.Contains(text, "I3") && strings.Contains(text, "HK-WALLET") {
				return
			}
		}
		t.Errorf("not seen: %v", violations)
	})
}

// usage is how much of its cap a position uses.
func (h *hub) usage(participant string) position.Usage {
	h.t.Helper()
	all, err := position.Usages(h.t.Context(), h.pool, region)
	if err != nil {
		h.t.Fatal(err)
	}
	for _, u := range all {
		if u.ParticipantID == participant {
			return u
		}
	}
	h.t.Fatalf("no position of %s", participant)
	return position.Usage{}
}
