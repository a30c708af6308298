package clearance_test

import (
	"context"
	"testing"
	"time"

	"github.com/causeway-pay/causeway/compliance/clearance"
	"github.com/causeway-pay/causeway/compliance/match"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/db/dbtest"
	"github.com/causeway-pay/causeway/internal/ids"
)

var noon = time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)

func TestClearances(t *testing.T) {
	steps, err := clearance.Migrations()
	if err != nil {
		t.Fatal(err)
	}
	dbtest.Each(t, func(t *testing.T, pool *db.Pool) {
		good := match.GoodGuy{Party: match.PartyKey("Mei Lantern", match.Facts{}), List: "UN", Entry: "7", Version: "v1"}
		grant := func(c clearance.Clearance) error {
			return pool.InTx(t.Context(), func(ctx context.Context, tx db.Tx) error { return clearance.Grant(ctx, tx, c) })
		}
		first := clearance.Clearance{GoodGuy: good, ClearedAt: noon, ExpiresAt: noon.Add(time.Hour), ProposerID: ids.New(), DeciderID: ids.New()}
		if err := grant(first); err != nil {
			t.Fatal(err)
		}
		loaded := func(at time.Time) match.GoodGuys {
			t.Helper()
			all, err := clearance.Load(t.Context(), pool, at)
			if err != nil {
				t.Fatal(err)
			}
			return all
		}
		if all := loaded(noon); len(all) != 1 || !all.Clear(good.Party, "UN", "7", "v1") || all.Clear(good.Party, "UN", "7", "v2") {
			t.Errorf("%v", all)
		}
		if all := loaded(noon.Add(time.Hour)); len(all) != 0 {
			t.Errorf("after its time: %v", all)
		}
		renewed := first
		renewed.Version, renewed.ExpiresAt = "v2", noon.Add(2*time.Hour)
		if err := grant(renewed); err != nil {
			t.Fatal(err)
		}
		if all := loaded(noon.Add(time.Hour)); len(all) != 1 || !all.Clear(good.Party, "UN", "7", "v2") || all.Clear(good.Party, "UN", "7", "v1") {
			t.Errorf("renewed: %v", all)
		}
		for name, spoil := range map[string]func(c *clearance.Clearance){
			"alone":       func(c *clearance.Clearance) { c.DeciderID = c.ProposerID },
			"for no time": func(c *clearance.Clearance) { c.ExpiresAt = c.ClearedAt },
		} {
			bad := first
			spoil(&bad)
			if err := grant(bad); err == nil {
				t.Errorf("%s: granted", name)
			}
		}
	}, steps)
}
