package ledger_test

import (
	"math/rand/v2"
	"testing"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/settlement/ledger"
)

// TestEntriesOfWindow: pages of any size hold every entry of an account in a window
// once, in one order, and none of another.
func TestEntriesOfWindow(t *testing.T) {
	each(t, func(t *testing.T, pool *db.Pool) {
		random := rand.New(rand.NewPCG(7, 7))
		windows := []ids.ID{ids.New(), ids.New()}
		var all []ledger.Entry
		for range 60 {
			entries := some(random, ids.New())
			for i := range entries {
				entries[i].WindowID = windows[random.IntN(2)]
			}
			all = append(all, entries...)
		}
		if err := post(t, pool, all); err != nil {
			t.Fatal(err)
		}
		account := ledger.PositionOf(owners[0]).ID(currencies[0])
		want := map[ids.ID]bool{}
		for _, e := range all {
			currency := e.Amount.Currency
			if e.WindowID == windows[0] && (e.Debit.ID(currency) == account || e.Credit.ID(currency) == account) {
				want[e.ID] = true
			}
		}
		for _, size := range []int{1, 3, 1000} {
			var place ledger.WindowPlace
			seen := map[ids.ID]bool{}
			for {
				page, err := ledger.EntriesOfWindow(t.Context(), pool, windows[0], account, place, size)
				if err != nil {
					t.Fatal(err)
				}
				for _, e := range page {
					if seen[e.ID] || !want[e.ID] {
						t.Errorf("%s is there twice, or not of the window", e.ID)
					}
					seen[e.ID], place = true, ledger.WindowPlaceOf(e)
				}
				if len(page) < size {
					break
				}
			}
			if len(seen) != len(want) || len(want) == 0 {
				t.Errorf("pages of %d hold %d entries, want %d", size, len(seen), len(want))
			}
		}
	})
}
