package engine_test

import (
	"testing"
	"time"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/switch/route"
)

// TestCorridorRulesRefuse: a payment that its corridor does not carry is refused with
// the reason, reserves nothing, and its acquirer is not shown the wallet; when the rule
// is gone the next one passes, without a restart.
func TestCorridorRulesRefuse(t *testing.T) {
	each(t, func(t *testing.T, h *hub) {
		tomorrow := h.clock.Now().UTC().Add(24 * time.Hour).Format("Mon")
		days := map[string]string{
			"Mon": "mon", "Tue": "tue", "Wed": "wed", "Thu": "thu", "Fri": "fri", "Sat": "sat", "Sun": "sun",
		}
		closed, err := route.ParseHours(days[tomorrow] + " 00:00-24:00 UTC")
		if err != nil {
			t.Fatal(err)
		}
		cases := []struct {
			name   string
			change func(*route.Corridor)
			want   reason.Kind
		}{
			{"hours", func(c *route.Corridor) { c.Hours = closed }, reason.MethodUnavailable},
			{"minimum", func(c *route.Corridor) { c.Minimum = 1501 }, reason.AmountTooSmall},
			{"wallets", func(c *route.Corridor) { c.Wallets = []string{"XX-WALLET"} }, reason.Unsupported},
			{"closed", func(c *route.Corridor) { c.Closed = true }, reason.Unsupported},
			{"none", func(*route.Corridor) {}, reason.None},
		}
		for _, c := range cases {
			all := corridors()
			for i := range all {
				c.change(&all[i])
			}
			h.directory = route.NewDirectory(participants(), all)
			paid, err := h.pay("PR-"+c.name, jpy(1500))
			if err != nil || paid.Reason != c.want {
				t.Errorf("%s: %s, %v", c.name, paid.Reason, err)
			}
			_, err = h.Consult(t.Context(), h.participant("JP-ACQUIRER"), connectors.ConsultRequest{Amount: jpy(1500)})
			if reason.Of(err) != c.want {
				t.Errorf("%s, consulted: %v", c.name, err)
			}
			if p := h.position("HK-WALLET"); p.Reserved.Minor != 0 || (p.Posted.Minor != 0) != (c.want == reason.None) {
				t.Errorf("%s: %+v", c.name, p)
			}
		}
		h.sound()
	})
}
