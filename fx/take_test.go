package fx_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/causeway-pay/causeway/fx"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/money"
)

var strict = fx.Rules{Default: fx.Guard{FreshFor: time.Hour, MoveMax: 1000, SpreadMax: 200}}

func take(t *testing.T, pool *db.Pool, at time.Time, references ...fx.Reference) fx.Taken {
	t.Helper()
	var taken fx.Taken
	inTx(t, pool, func(ctx context.Context, tx db.Tx) error {
		var err error
		taken, err = fx.Take(ctx, tx, strict, references, at)
		return err
	})
	return taken
}

// onDesk is the board that the database stands for.
func onDesk(t *testing.T, pool *db.Pool) *fx.Board {
	t.Helper()
	lines, err := fx.LoadLines(t.Context(), pool)
	if err != nil {
		t.Fatal(err)
	}
	stops, err := fx.LoadStops(t.Context(), pool)
	if err != nil {
		t.Fatal(err)
	}
	return ruled(t, strict, stops, lines...)
}

func at(r fx.Reference, observed time.Time) fx.Reference {
	r.ObservedAt = observed
	return r
}

func TestRatesAreTakenInOrder(t *testing.T) {
	each(t, func(t *testing.T, pool *db.Pool) {
		dollar := dealer(t, "BANK", "EUR/USD", "1.1684", "1.1683", "1.1685")
		later := at(dealer(t, "BANK", "EUR/USD", "1.17", "1.1699", "1.1701"), noon.Add(time.Minute))
		other := dealer(t, "OTHER", "EUR/USD", "1.1685", "", "")
		early := at(dealer(t, "BANK", "EUR/JPY", "186.75", "", ""), noon.Add(time.Hour))
		for _, step := range []struct {
			name       string
			at         time.Time
			references []fx.Reference
			want       []fx.Reference
			saved      int64
		}{
			{"first", noon, []fx.Reference{dollar, other}, []fx.Reference{dollar, other}, 2},
			{"again", noon, []fx.Reference{dollar, other}, nil, 0},
			{"not out yet", noon, []fx.Reference{early}, nil, 0},
			{"of several the latest", noon.Add(time.Minute), []fx.Reference{dollar, later, at(dollar, noon.Add(time.Second))},
				[]fx.Reference{later}, 2},
			{"older than what is there", noon.Add(time.Minute), []fx.Reference{at(dollar, noon.Add(-time.Hour))}, nil, 1},
			{"out by now", noon.Add(time.Hour), []fx.Reference{early}, []fx.Reference{early}, 1},
			{"nothing", noon, nil, nil, 0},
		} {
			taken := take(t, pool, step.at, step.references...)
			if diff := cmp.Diff(step.want, taken.New, cmpopts.EquateEmpty()); diff != "" || taken.Saved != step.saved {
				t.Errorf("%s: %d saved\n%s", step.name, taken.Saved, diff)
			}
		}
		lines, err := fx.LoadLines(t.Context(), pool)
		if diff := cmp.Diff([]fx.Reference{early, later, other}, lines); err != nil || diff != "" {
			t.Errorf("%v\n%s", err, diff)
		}
		err = pool.InTx(t.Context(), func(ctx context.Context, tx db.Tx) error {
			bad := later
			bad.Rate.Mantissa = 0
			_, err := fx.Take(ctx, tx, strict, []fx.Reference{at(dollar, noon.Add(time.Hour)), bad}, noon.Add(time.Hour))
			return err
		})
		if err == nil {
			t.Error("a rate of zero was taken")
		}
	})
}

// A rate beyond its guard stops the pair, once, until somebody lifts it; what is
// priced then is the new level.
func TestABreachStopsThePair(t *testing.T) {
	each(t, func(t *testing.T, pool *db.Pool) {
		take(t, pool, noon, dealer(t, "BANK", "EUR/USD", "1.0", "", ""), dealer(t, "BANK", "EUR/JPY", "150", "", ""))
		jump := at(dealer(t, "OTHER", "USD/EUR", "0.8", "", ""), noon.Add(time.Minute))
		want := fx.Stop{Base: "USD", Quote: "EUR", Source: "OTHER", Why: "move of 2500 basis points, 1000 allowed (OTHER)",
			Since: noon.Add(time.Minute)}
		taken := take(t, pool, noon.Add(time.Minute), jump)
		if diff := cmp.Diff([]fx.Stop{want}, taken.Stops); diff != "" {
			t.Error(diff)
		}
		if again := take(t, pool, noon.Add(2*time.Minute), at(dealer(t, "BANK", "EUR/USD", "1.5", "", ""),
			noon.Add(2*time.Minute))); len(again.Stops) > 0 || len(again.New) != 1 {
			t.Errorf("stopped twice: %+v", again)
		}
		ask := payIn(money.New(100, "EUR"), "USD")
		if _, err := onDesk(t, pool).Price(ask); err == nil {
			t.Error("a stopped pair was priced")
		}
		if _, err := onDesk(t, pool).Price(payIn(money.New(100, "EUR"), "JPY")); err != nil {
			t.Errorf("another pair: %v", err)
		}
		lift := func(subject string, manual bool) (lifted bool) {
			inTx(t, pool, func(ctx context.Context, tx db.Tx) error {
				var err error
				lifted, err = fx.Lift(ctx, tx, subject, manual, noon.Add(time.Hour))
				return err
			})
			return lifted
		}
		if lift("EUR/USD", false) || lift("EUR/JPY", true) || !lift("EUR/USD", true) || lift("EUR/USD", true) {
			t.Error("a stop is lifted by somebody, once")
		}
		ask.At = noon.Add(2 * time.Minute)
		if price, err := onDesk(t, pool).Price(ask); err != nil || price.To.Minor != 125 {
			t.Errorf("at the new level: %+v, %v", price, err)
		}
		wide := take(t, pool, noon.Add(3*time.Minute), at(dealer(t, "BANK", "EUR/JPY", "150", "148", "152"), noon.Add(3*time.Minute)))
		if len(wide.Stops) != 1 || wide.Stops[0].Why != "spread of 270 basis points, 200 allowed (BANK)" {
			t.Errorf("%+v", wide.Stops)
		}
	})
}

func TestSourcesAreSuspended(t *testing.T) {
	each(t, func(t *testing.T, pool *db.Pool) {
		take(t, pool, noon, dealer(t, "BANK", "EUR/USD", "1.0", "0.995", "1.005"), dealer(t, "ECB", "EUR/USD", "1.1", "", ""))
		halt := func(stop fx.Stop) (made bool) {
			inTx(t, pool, func(ctx context.Context, tx db.Tx) error {
				var err error
				made, err = fx.Halt(ctx, tx, ids.New(), stop)
				return err
			})
			return made
		}
		stop := fx.Stop{Source: "BANK", Why: "3 fetches failed", Automatic: true, Since: noon}
		if !halt(stop) || halt(stop) {
			t.Error("a source is suspended once")
		}
		if price, err := onDesk(t, pool).Price(payIn(money.New(100, "EUR"), "USD")); err != nil || price.Sources[0] != "ECB" {
			t.Errorf("%+v, %v", price, err)
		}
		inTx(t, pool, func(ctx context.Context, tx db.Tx) error {
			lifted, err := fx.Lift(ctx, tx, "BANK", false, noon)
			if !lifted {
				t.Error("the switch does not lift its own stop")
			}
			return err
		})
		if price, err := onDesk(t, pool).Price(payIn(money.New(100, "EUR"), "USD")); err != nil || price.Sources[0] != "BANK" {
			t.Errorf("%+v, %v", price, err)
		}
		if halt(fx.Stop{Base: "USD", Quote: "EUR", Why: "by hand", Since: noon}); len(onDesk(t, pool).Stops()) != 1 {
			t.Errorf("%+v", onDesk(t, pool).Stops())
		}
	})
}

func TestTheTariffIsKept(t *testing.T) {
	each(t, func(t *testing.T, pool *db.Pool) {
		contract := fx.Rule{
			Scope: fx.Scope{PartnerID: "HK-WALLET", Corridor: "HK-JP"}, Leg: fx.LegPayer, Currency: "HKD",
			Tiers: []fx.Tier{{0, 80}, {1000, 60}}, Fee: 25, Promotion: fx.Promotion{Sponsor: "HUB", BasisPoints: 5, Most: 7},
			PromotedFrom: noon, PromotedUntil: noon.Add(time.Hour), Rounding: money.Up, Refund: fx.RefundCurrent,
		}
		changed := contract
		changed.Fee = 26
		save := func(rule fx.Rule) error {
			return pool.InTx(t.Context(), func(ctx context.Context, tx db.Tx) error {
				if err := fx.SaveRounding(ctx, tx, "JPY", money.HalfUp, noon); err != nil {
					return err
				}
				return fx.SaveRule(ctx, tx, rule, noon)
			})
		}
		for _, rule := range []fx.Rule{contract, changed, {Leg: fx.LegMerchant, Tiers: flat(3)}} {
			if err := save(rule); err != nil {
				t.Fatal(err)
			}
		}
		if err := save(fx.Rule{Leg: fx.LegPayer, Fee: 1}); err == nil {
			t.Error("a rule that is none was saved")
		}
		rules, err := fx.LoadRules(t.Context(), pool)
		if diff := cmp.Diff([]fx.Rule{{Leg: fx.LegMerchant, Tiers: flat(3)}, changed}, rules); err != nil || diff != "" {
			t.Errorf("%v\n%s", err, diff)
		}
		made, err := fx.LoadTariff(t.Context(), pool)
		if err != nil {
			t.Fatal(err)
		}
		want := fx.Terms{Priced: true, MarkupBasisPoints: 60, Fee: 26, Promotion: contract.Promotion, Rounding: money.Up,
			Refund: fx.RefundCurrent}
		if got := made.Terms(contract.Scope, fx.LegPayer, 1000, "HKD", noon); got != want {
			t.Errorf("%+v", got)
		}
		if got := made.Terms(fx.Scope{}, fx.LegMerchant, 1, "JPY", noon); got.Rounding != money.HalfUp || got.MarkupBasisPoints != 3 {
			t.Errorf("%+v", got)
		}
	})
}

// A source that is suspended for wrong rates does not make the right ones of
// others look like jumps: the runbook suspends it, and then resumes the pair.
func TestASuspendedSourceIsNoMeasure(t *testing.T) {
	each(t, func(t *testing.T, pool *db.Pool) {
		minute := func(n int) time.Time { return noon.Add(time.Duration(n) * time.Minute) }
		take(t, pool, noon, dealer(t, "GOOD", "EUR/USD", "1.00", "", ""))
		if wrong := take(t, pool, minute(1), at(dealer(t, "WRONG", "EUR/USD", "2", "", ""), minute(1))); len(wrong.Stops) != 1 {
			t.Fatalf("%+v", wrong)
		}
		inTx(t, pool, func(ctx context.Context, tx db.Tx) error {
			if _, err := fx.Halt(ctx, tx, ids.New(), fx.Stop{Source: "WRONG", Why: "twice the price", Since: minute(2)}); err != nil {
				return err
			}
			_, err := fx.Lift(ctx, tx, "EUR/USD", true, minute(2))
			return err
		})
		if good := take(t, pool, minute(3), at(dealer(t, "GOOD", "EUR/USD", "1.01", "", ""), minute(3))); len(good.Stops) != 0 {
			t.Errorf("%+v", good.Stops)
		}
		ask := payIn(money.New(100, "EUR"), "USD")
		ask.At = minute(3)
		if price, err := onDesk(t, pool).Price(ask); err != nil || price.Sources[0] != "GOOD" || price.To.Minor != 101 {
			t.Errorf("%+v, %v", price, err)
		}
	})
}
