package engine_test

import (
	"io"
	"strings"
	"testing"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/internal/telemetry"
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
