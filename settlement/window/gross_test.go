package window_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/money"
	"github.com/causeway-pay/causeway/settlement/window"
)

// TestSoonest: money moves on the day itself if it is a business day in the currency's
// own time zone, and else on the next one.
func TestSoonest(t *testing.T) {
	calendars, err := window.Published()
	if err != nil {
		t.Fatal(err)
	}
	for moment, want := range map[string]string{
		"JPY 2026-01-05T03:00:00Z": "2026-01-05", // a Monday
		"JPY 2026-01-05T15:00:00Z": "2026-01-06", // Tuesday in Tokyo
		"JPY 2026-01-01T03:00:00Z": "2026-01-05", // New Year, then the banks' holidays and a weekend
		"USD 2026-01-05T03:00:00Z": "2026-01-05", // Sunday evening in New York
		"EUR 2026-04-03T10:00:00Z": "2026-04-07", // Good Friday until Easter Monday
		"XTS 2026-01-03T10:00:00Z": "2026-01-05", // no calendar: weekends alone
	} {
		at, err := time.Parse(time.RFC3339, moment[4:])
		if err != nil {
			t.Fatal(err)
		}
		calendar := calendars.Of(money.Currency(moment[:3]))
		got := calendar.Soonest(at)
		if got.Format(time.DateOnly) != want || !calendar.BusinessDay(got) {
			t.Errorf("%s: %s, want %s", moment, got.Format(time.DateOnly), want)
		}
		if calendar.Days = 0; !calendar.ValueDate(at).Equal(got) {
			t.Errorf("%s: T+0 is another day", moment)
		}
	}
}

// TestGrossBesideNets: what is settled by itself grows apart from the nets of its window,
// and both are carried into the next one with what was settled.
func TestGrossBesideNets(t *testing.T) {
	each(t, func(t *testing.T, pool *db.Pool) {
		add := func(how func(context.Context, db.Tx, window.Movement) error, owner string, debit, credit int64) {
			t.Helper()
			inTx(t, pool, func(ctx context.Context, tx db.Tx) error {
				return how(ctx, tx, window.Movement{Owner: owner, Debit: money.New(debit, "HKD"), Credit: money.New(credit, "HKD")})
			})
		}
		start(t, pool)
		id, err := window.Current(t.Context(), pool, region)
		if err != nil {
			t.Fatal(err)
		}
		netted := func(ctx context.Context, tx db.Tx, m window.Movement) error {
			return window.Add(ctx, tx, id, []window.Movement{m})
		}
		apart := func(ctx context.Context, tx db.Tx, m window.Movement) error {
			return window.AddGross(ctx, tx, id, []window.Movement{m})
		}
		settled := func(ctx context.Context, tx db.Tx, m window.Movement) error {
			return window.AddSettled(ctx, tx, id, []window.Movement{m})
		}
		add(netted, "A-1", 100, 0)
		add(apart, "A-1", 0, 30)
		add(apart, "A-1", 5, 0)
		add(settled, "A-1", 0, 7)
		first, err := window.Get(t.Context(), pool, id)
		if err != nil {
			t.Fatal(err)
		}
		next := first
		next.Number++
		amounts := map[string]int64{}
		for name, read := range map[string]func() ([]window.Net, error){
			"net":     func() ([]window.Net, error) { return window.Nets(t.Context(), pool, id) },
			"gross":   func() ([]window.Net, error) { return window.GrossIn(t.Context(), pool, id) },
			"settled": func() ([]window.Net, error) { return window.SettledIn(t.Context(), pool, id) },
			"carried": func() ([]window.Net, error) { return window.Carried(t.Context(), pool, next) },
			"before":  func() ([]window.Net, error) { return window.Carried(t.Context(), pool, first) },
		} {
			nets, err := read()
			if err != nil {
				t.Fatal(err)
			}
			for _, n := range nets {
				amounts[name] += n.Amount().Minor
			}
		}
		want := map[string]int64{"net": -100, "gross": 25, "settled": 7, "carried": -68}
		if difference := cmp.Diff(want, amounts); difference != "" {
			t.Error(difference)
		}
	})
}
