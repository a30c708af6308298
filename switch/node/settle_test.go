package node

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/causeway-pay/causeway/money"
)

// TestSettlementConfig: own calendars and days are taken in, and what is wrong is
// said with the name of the setting.
func TestSettlementConfig(t *testing.T) {
	own := filepath.Join(t.TempDir(), "holidays.txt")
	list := "calendar AUD Australia/Sydney 2026-12-31 RITS\n2026-01-26 Australia Day\n"
	if err := os.WriteFile(own, []byte(list), 0o600); err != nil {
		t.Fatal(err)
	}
	good := SettlementConfig{
		CutOffs: []string{"00:00"}, Zone: "Asia/Singapore", Calendars: own, Days: map[string]int{"JPY": 2},
	}
	n := &Node{config: Config{Settlement: good}}
	if err := n.openSettlement(); err != nil {
		t.Fatal(err)
	}
	friday := time.Date(2026, 1, 23, 1, 0, 0, 0, time.UTC)
	for currency, due := range map[string]string{"AUD": "2026-01-27", "JPY": "2026-01-27", "HKD": "2026-01-26"} {
		calendar := n.calendars.Of(money.Currency(currency))
		if got := calendar.ValueDate(friday).Format(time.DateOnly); got != due {
			t.Errorf("%s is due %s, want %s", currency, got, due)
		}
	}
	if next := n.cutOffs.Next(friday); !next.Equal(time.Date(2026, 1, 23, 16, 0, 0, 0, time.UTC)) {
		t.Errorf("next cut-off %s", next)
	}
	for name, spoil := range map[string]func(c *SettlementConfig){
		"settlement.cut_offs":  func(c *SettlementConfig) { c.CutOffs = []string{"midnight"} },
		"settlement.zone":      func(c *SettlementConfig) { c.Zone = "Asia/Edo" },
		"settlement.calendars": func(c *SettlementConfig) { c.Calendars = own + ".missing" },
		"settlement.days":      func(c *SettlementConfig) { c.Days = map[string]int{"JPY": -1} },
	} {
		bad := good
		spoil(&bad)
		if err := (&Node{config: Config{Settlement: bad}}).openSettlement(); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
}
