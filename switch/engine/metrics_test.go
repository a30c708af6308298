package engine_test

import (
	"context"
	"io"
	"strings"
	"testing"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/fx/book"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/internal/telemetry"
	"github.com/causeway-pay/causeway/money"
)

// TestMetrics: what operators watch follows the payments, and names no person.
func TestMetrics(t *testing.T) {
	measured, err := telemetry.Start(t.Context(), telemetry.Options{Service: "test", LogOutput: io.Discard})
	if err != nil {
		t.Fatal(err)
	}
	each(t, func(t *testing.T, h *hub) {
		if _, err := h.pay("PR-1", jpy(1500)); err != nil {
			t.Fatal(err)
		}
		h.wallet.pay = func(string) connectors.Answer {
			return connectors.Answer{Decision: connectors.Declined, Reason: reason.InsufficientFunds}
		}
		if _, err := h.pay("PR-2", jpy(1500)); err != nil {
			t.Fatal(err)
		}
		series, err := measured.Snapshot(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		seen := map[string]bool{}
		for _, m := range series {
			seen[m.Name+" "+m.Attributes] = true
			if strings.Contains(m.Attributes, "Lantern") || strings.Contains(m.Attributes, "U1") {
				t.Errorf("%s names a person: %s", m.Name, m.Attributes)
			}
		}
		for _, want := range []string{
			"causeway.payments.final reason=None,state=POSTED",
			"causeway.payments.final reason=InsufficientFunds,state=DECLINED",
			"causeway.wallet.call decision=accepted,verb=pay,wallet=HK-WALLET",
			"causeway.wallet.call decision=declined,verb=pay,wallet=HK-WALLET",
			"causeway.lane.batch ",
		} {
			if !seen[want] {
				t.Errorf("%q is not among the measurements %v", want, seen)
			}
		}
	})
}

// TestMeasuredAlerts: an exposure beyond its limit is counted once.
func TestMeasuredAlerts(t *testing.T) {
	measured, err := telemetry.Start(t.Context(), telemetry.Options{Service: "test", LogOutput: io.Discard})
	if err != nil {
		t.Fatal(err)
	}
	each(t, func(t *testing.T, h *hub) {
		h.do(func(ctx context.Context, tx db.Tx) error {
			return book.SetLimit(ctx, tx, money.New(1, "HKD"), h.clock.Now())
		})
		if _, err := h.pay("PR-1", jpy(1500)); err != nil {
			t.Fatal(err)
		}
		for range 3 {
			if _, _, err := h.WatchExposure(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		series, err := measured.Snapshot(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range series {
			if m.Name == "causeway.fx.alerts" && m.Attributes == "currency=HKD" {
				return
			}
		}
		t.Error("no alert was counted")
	})
}
