package book_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/causeway-pay/causeway/fx"
	"github.com/causeway-pay/causeway/fx/book"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/db/sqllint"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/money"
)

var monday = time.Date(2026, 4, 13, 0, 0, 0, 0, time.UTC)

// dollars is a board on which one euro is so many dollars, and 200 yen.
func dollars(t *testing.T, text string) *fx.Board {
	t.Helper()
	return quotes{monday, map[money.Currency]string{"USD": text, "JPY": "200"}}.board(t)
}

func usd(minor int64) money.Amount { return money.New(minor, "USD") }

func flow(partner string, currency money.Currency, due time.Time, minor, cost int64) book.Flow {
	return book.Flow{ID: ids.New(), Region: "asia-1", SubjectID: ids.New(), At: monday, Minor: minor, Cost: cost,
		Key: book.Key{Corridor: "US-JP", PartnerID: partner, Currency: currency, ValueDate: due}}
}

func run(t *testing.T, pool *db.Pool, work func(ctx context.Context, tx db.Tx) error) {
	t.Helper()
	if err := pool.InTx(t.Context(), work); err != nil {
		t.Fatal(err)
	}
}

func enter(t *testing.T, pool *db.Pool, flows ...book.Flow) {
	t.Helper()
	run(t, pool, func(ctx context.Context, tx db.Tx) error { return book.Enter(ctx, tx, flows) })
}

func closeDay(t *testing.T, pool *db.Pool, at time.Time, marker fx.Marker) (book.Valuation, error) {
	t.Helper()
	v := book.Valuation{ID: ids.New(), Region: "asia-1", Day: at, Currency: "EUR", At: at}
	err := pool.InTx(t.Context(), func(ctx context.Context, tx db.Tx) error { return book.Close(ctx, tx, marker, &v) })
	return v, err
}

// Worked by hand: 1,000.00 USD come in for 800.00 EUR at 1.25. At 1.00 they are
// worth 1,000.00, 200.00 more; that becomes final on the value date. The treasury
// then sells half of them for the 550.00 that they are worth at 0.909..., closes
// that half at average cost, and keeps the other half's gain open.
func TestALifeOfAPosition(t *testing.T) {
	each(t, func(t *testing.T, pool *db.Pool) {
		enter(t, pool, flow("US-WALLET", "USD", monday.AddDate(0, 0, 1), 100_000, 80_000))
		steps := []struct {
			name           string
			after          int
			euro           string
			gain, realised int64
			want           []book.Position
		}{
			{"open", 0, "1.00", 20_000, 0, []book.Position{
				{Key: book.Key{Corridor: "US-JP", PartnerID: "US-WALLET", Currency: "USD", ValueDate: monday.AddDate(0, 0, 1)},
					Minor: 100_000, Cost: 80_000, Unrealised: 20_000}}},
			{"matured", 1, "1.00", 0, 20_000, []book.Position{
				{Key: book.Key{PartnerID: book.Treasury, Currency: "USD"}, Minor: 100_000, Cost: 100_000}}},
			{"gained since", 2, "0.80", 25_000, 0, []book.Position{
				{Key: book.Key{PartnerID: book.Treasury, Currency: "USD"}, Minor: 100_000, Cost: 100_000, Unrealised: 25_000}}},
		}
		for _, step := range steps {
			v, err := closeDay(t, pool, monday.AddDate(0, 0, step.after), dollars(t, step.euro))
			if err != nil || v.Gain != step.gain || v.Realised != step.realised {
				t.Errorf("%s: %+v, %v", step.name, v, err)
			}
			got, err := book.Open(t.Context(), pool)
			if diff := cmp.Diff(step.want, got); err != nil || diff != "" {
				t.Errorf("%s: %v\n%s", step.name, err, diff)
			}
		}
		deal := book.Deal{ID: ids.New(), Region: "asia-1", Counterparty: "BANK", Reference: "D-1", Buy: money.New(62_500, "EUR"),
			Sell: usd(50_000), ValueDate: monday.AddDate(0, 0, 3), At: monday}
		flows, err := deal.Flows(dollars(t, "0.80"), "EUR")
		if err != nil {
			t.Fatal(err)
		}
		enter(t, pool, flows...)
		v, err := closeDay(t, pool, monday.AddDate(0, 0, 3), dollars(t, "0.80"))
		if err != nil || v.Gain != 0 || v.Realised != 12_500 {
			t.Errorf("half is closed: %+v, %v", v, err)
		}
		got, err := book.Open(t.Context(), pool)
		want := []book.Position{
			{Key: book.Key{PartnerID: book.Treasury, Currency: "EUR"}, Minor: 62_500, Cost: 62_500},
			{Key: book.Key{PartnerID: book.Treasury, Currency: "USD"}, Minor: 50_000, Cost: 50_000, Unrealised: 12_500, Realised: 12_500},
		}
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("%v\n%s", err, diff)
		}
		profits, err := book.Profits(t.Context(), pool)
		if diff := cmp.Diff([]book.Profit{{PartnerID: book.Treasury, Unrealised: 12_500, Realised: 12_500},
			{Corridor: "US-JP", PartnerID: "US-WALLET", Realised: 20_000}}, profits); err != nil || diff != "" {
			t.Errorf("%v\n%s", err, diff)
		}
	})
}

// A day is closed once, and never after a later one; a failed close leaves
// nothing.
func TestADayIsClosedOnce(t *testing.T) {
	each(t, func(t *testing.T, pool *db.Pool) {
		if v, err := closeDay(t, pool, monday, dollars(t, "1")); err != nil || len(v.Lines) > 0 {
			t.Fatalf("an empty book: %+v, %v", v, err)
		}
		enter(t, pool, flow("US-WALLET", "USD", monday, 100, 100))
		for name, at := range map[string]time.Time{"again": monday.Add(20 * time.Hour), "before": monday.AddDate(0, 0, -1)} {
			if _, err := closeDay(t, pool, at, dollars(t, "1")); reason.Of(err) != reason.Closed {
				t.Errorf("%s: %v", name, err)
			}
		}
		enter(t, pool, flow("US-WALLET", "KWD", monday, 100, 100))
		if _, err := closeDay(t, pool, monday.AddDate(0, 0, 1), dollars(t, "1")); reason.Of(err) != reason.RateUnavailable {
			t.Errorf("a currency without any rate: %v", err)
		}
		if points, err := book.Points(t.Context(), pool, "", monday, monday.AddDate(1, 0, 0), 10); err != nil || len(points) > 0 {
			t.Errorf("%+v, %v", points, err)
		}
	})
}

func TestAFlowCountsOnce(t *testing.T) {
	each(t, func(t *testing.T, pool *db.Pool) {
		f := flow("US-WALLET", "USD", monday, 100, 80)
		twin := f
		twin.ID = ids.New()
		enter(t, pool)
		enter(t, pool, f, twin)
		err := pool.InTx(t.Context(), func(ctx context.Context, tx db.Tx) error {
			return book.Enter(ctx, tx, []book.Flow{flow("US-WALLET", "USD", monday, 7, 7), f})
		})
		if !db.Violates(err, "fx_flow_pk") {
			t.Errorf("entered twice: %v", err)
		}
		got, err := book.Open(t.Context(), pool)
		if err != nil || len(got) != 1 || got[0].Minor != 200 || got[0].Cost != 160 {
			t.Errorf("%+v, %v", got, err)
		}
	})
}

func TestDealsAreBookedOnce(t *testing.T) {
	each(t, func(t *testing.T, pool *db.Pool) {
		good := book.Deal{ID: ids.New(), Region: "asia-1", Counterparty: "BANK", Reference: "D-1", Buy: money.New(20_000, "JPY"),
			Sell: usd(12_500), ValueDate: monday, At: monday}
		insert := func(d book.Deal) (made bool, err error) {
			err = pool.InTx(t.Context(), func(ctx context.Context, tx db.Tx) error {
				made, err = book.InsertDeal(ctx, tx, d)
				return err
			})
			return made, err
		}
		again := good
		again.ID = ids.New()
		for i, d := range []book.Deal{good, again} {
			if made, err := insert(d); err != nil || made != (i == 0) {
				t.Errorf("%d: %v, %v", i, made, err)
			}
		}
		for name, change := range map[string]func(d *book.Deal){
			"nobody":       func(d *book.Deal) { d.Counterparty = "" },
			"no reference": func(d *book.Deal) { d.Reference = "" },
			"nothing":      func(d *book.Deal) { d.Buy.Minor = 0 },
			"negative":     func(d *book.Deal) { d.Sell.Minor = -1 },
			"one currency": func(d *book.Deal) { d.Sell.Currency = "JPY" },
			"no currency":  func(d *book.Deal) { d.Sell.Currency = "XXX" },
			"no date":      func(d *book.Deal) { d.ValueDate = time.Time{} },
		} {
			bad := good
			change(&bad)
			if _, err := insert(bad); !errors.Is(err, book.ErrDeal) {
				t.Errorf("%s: %v", name, err)
			}
		}
		deals, err := book.Deals(t.Context(), pool, 5)
		if diff := cmp.Diff([]book.Deal{good}, deals); err != nil || diff != "" {
			t.Errorf("%v\n%s", err, diff)
		}
		flows, err := good.Flows(dollars(t, "1.25"), "EUR")
		if err != nil || flows[0].Minor != 20_000 || flows[1].Minor != -12_500 || flows[0].Cost != 10_000 || flows[1].Cost != -10_000 {
			t.Errorf("%+v, %v", flows, err)
		}
		good.Sell.Currency = "KWD"
		if _, err := good.Flows(dollars(t, "1.25"), "EUR"); reason.Of(err) != reason.RateUnavailable {
			t.Errorf("what is sold has no rate: %v", err)
		}
	})
}

// An exposure beyond its limit raises one alert, which is cleared when it is
// back.
func TestLimitsRaiseAlerts(t *testing.T) {
	each(t, func(t *testing.T, pool *db.Pool) {
		limit := func(minor int64) {
			run(t, pool, func(ctx context.Context, tx db.Tx) error { return book.SetLimit(ctx, tx, usd(minor), monday) })
		}
		watch := func(at time.Time) (raised, cleared []book.Alert) {
			run(t, pool, func(ctx context.Context, tx db.Tx) error {
				var err error
				raised, cleared, err = book.Watch(ctx, tx, "asia-1", at)
				return err
			})
			return raised, cleared
		}
		enter(t, pool, flow("US-WALLET", "USD", monday, -500, -400), flow("A", "JPY", monday, 9, 9), flow("B", "JPY", monday, -9, -9))
		if raised, cleared := watch(monday); len(raised)+len(cleared) > 0 {
			t.Error("an alert without a limit")
		}
		limit(500)
		if raised, _ := watch(monday); len(raised) > 0 {
			t.Error("an alert at the limit")
		}
		limit(499)
		want := book.Alert{Region: "asia-1", Net: usd(-500), Limit: usd(499), RaisedAt: monday}
		for i := range 2 {
			raised, _ := watch(monday.Add(time.Duration(i)))
			if i == 0 && cmp.Diff([]book.Alert{want}, raised, cmpopts.IgnoreFields(book.Alert{}, "ID")) != "" || i == 1 && len(raised) > 0 {
				t.Errorf("%d: %+v", i, raised)
			}
		}
		exposures, err := book.Exposures(t.Context(), pool)
		wantExposures := []book.Exposure{{Net: money.New(0, "JPY"), Limit: money.New(0, "JPY")}, {Net: usd(-500), Limit: usd(499), Limited: true}}
		if diff := cmp.Diff(wantExposures, exposures); err != nil || diff != "" || !exposures[1].Breached() || exposures[0].Breached() {
			t.Errorf("%v\n%s", err, diff)
		}
		enter(t, pool, flow("US-WALLET", "USD", monday.AddDate(0, 0, 5), 2, 1))
		if _, cleared := watch(monday.Add(time.Hour)); len(cleared) != 1 || !cleared[0].ClearedAt.Equal(monday.Add(time.Hour)) {
			t.Errorf("%+v", cleared)
		}
		open, err := book.Alerts(t.Context(), pool, true, 9)
		all, err2 := book.Alerts(t.Context(), pool, false, 9)
		if err != nil || err2 != nil || len(open) != 0 || len(all) != 1 || all[0].ClearedAt.IsZero() {
			t.Errorf("open %+v, all %+v", open, all)
		}
	})
}

func TestPointsOfAChart(t *testing.T) {
	each(t, func(t *testing.T, pool *db.Pool) {
		due := monday.AddDate(0, 0, 9)
		enter(t, pool, flow("A", "USD", due, 100, 100), flow("B", "USD", due, 25, 25), flow("A", "JPY", due, -200, -100))
		for i, euro := range []string{"1.00", "1.25"} {
			if _, err := closeDay(t, pool, monday.AddDate(0, 0, i), dollars(t, euro)); err != nil {
				t.Fatal(err)
			}
		}
		tuesday := monday.AddDate(0, 0, 1)
		want := []book.Point{
			{monday, "JPY", -200, -100, 0, 0}, {monday, "USD", 125, 125, 0, 0},
			{tuesday, "JPY", -200, -100, 0, 0}, {tuesday, "USD", 125, 100, -25, 0},
		}
		for _, tt := range []struct {
			currency money.Currency
			from     time.Time
			limit    int
			want     []book.Point
		}{
			{"", monday, 9, want}, {"USD", monday, 9, []book.Point{want[1], want[3]}}, {"", tuesday, 9, want[2:]},
			{"", monday, 1, want[:1]}, {"KWD", monday, 9, nil},
		} {
			got, err := book.Points(t.Context(), pool, tt.currency, tt.from, tuesday, tt.limit)
			if diff := cmp.Diff(tt.want, got, cmpopts.EquateEmpty()); err != nil || diff != "" {
				t.Errorf("%q: %v\n%s", tt.currency, err, diff)
			}
		}
	})
}

func TestSQLIsPortable(t *testing.T) {
	migrations, err := book.Migrations()
	if err != nil || len(migrations) != 10 {
		t.Fatalf("%d migrations, %v", len(migrations), err)
	}
	for _, m := range migrations {
		for _, finding := range sqllint.CheckMigration(m.SQL) {
			t.Errorf("%s: %s", m.Name, finding)
		}
	}
}

// Many who enter flows at once, on the same positions: no flow is lost and none
// counts twice.
func TestFlowsAtOnce(t *testing.T) {
	each(t, func(t *testing.T, pool *db.Pool) {
		var entering sync.WaitGroup
		const writers, rounds = 6, 10
		for range writers {
			entering.Go(func() {
				for range rounds {
					flows := []book.Flow{flow("B", "JPY", monday, -200, -100), flow("A", "USD", monday, 125, 100)}
					for {
						err := pool.InTx(t.Context(), func(ctx context.Context, tx db.Tx) error { return book.Enter(ctx, tx, flows) })
						if err == nil {
							break
						}
						if !errors.Is(err, db.ErrConflict) {
							t.Error(err)
							return
						}
					}
				}
			})
		}
		entering.Wait()
		open, err := book.Open(t.Context(), pool)
		if err != nil || len(open) != 2 {
			t.Fatalf("%+v, %v", open, err)
		}
		if a, b := open[0], open[1]; a.Minor != writers*rounds*125 || a.Cost != writers*rounds*100 || b.Minor != -writers*rounds*200 {
			t.Errorf("%+v", open)
		}
	})
}
