package fx_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/causeway-pay/causeway/fx"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/db/dbtest"
	"github.com/causeway-pay/causeway/internal/db/sqllint"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/money"
)

// each runs a test on every engine with the tables of this package.
func each(t *testing.T, body func(t *testing.T, pool *db.Pool)) {
	t.Helper()
	migrations, err := fx.Migrations()
	if err != nil {
		t.Fatal(err)
	}
	dbtest.Each(t, body, migrations)
}

func inTx(t *testing.T, pool *db.Pool, step func(ctx context.Context, tx db.Tx) error) {
	t.Helper()
	if err := pool.InTx(t.Context(), step); err != nil {
		t.Fatal(err)
	}
}

func TestRatesKeepTheirHistory(t *testing.T) {
	each(t, func(t *testing.T, pool *db.Pool) {
		save := func(want int64, references ...fx.Reference) {
			t.Helper()
			inTx(t, pool, func(ctx context.Context, tx db.Tx) error {
				saved, err := fx.SaveRates(ctx, tx, references)
				if saved != want {
					t.Errorf("%d of %d saved, want %d", saved, len(references), want)
				}
				return err
			})
		}
		load := func(until time.Time, skip, limit int, want ...fx.Reference) {
			t.Helper()
			got, err := fx.History(t.Context(), pool, "EUR", "USD", until, skip, limit)
			if difference := cmp.Diff(want, got, cmpopts.EquateEmpty()); err != nil || difference != "" {
				t.Errorf("until %s: %v\n%s", until, err, difference)
			}
		}
		dollar, yen := reference(t, "EUR", "USD", "1.1684"), reference(t, "EUR", "JPY", "186.75")
		later := reference(t, "EUR", "USD", "1.2")
		later.ObservedAt = noon.Add(time.Hour)
		changed := reference(t, "EUR", "USD", "9")
		load(noon.Add(time.Hour), 0, 9)
		save(0)
		save(2, dollar, yen)
		save(1, later, dollar)
		save(0, changed)
		load(noon.Add(-1), 0, 9)
		load(noon, 0, 9, dollar)
		load(noon.Add(time.Hour), 0, 9, later, dollar)
		load(noon.Add(time.Hour), 0, 1, later)
		load(noon.Add(time.Hour), 1, 9, dollar)
	})
}

func TestSampleGoesThroughTheDatabase(t *testing.T) {
	each(t, func(t *testing.T, pool *db.Pool) {
		references, err := fx.Sample()
		if err != nil {
			t.Fatal(err)
		}
		inTx(t, pool, func(ctx context.Context, tx db.Tx) error {
			_, err := fx.Take(ctx, tx, fx.Rules{}, references, references[0].ObservedAt)
			return err
		})
		loaded, err := fx.LoadLines(t.Context(), pool)
		if err != nil || len(loaded) != len(references) {
			t.Fatalf("%d rates, %v", len(loaded), err)
		}
		b := board(t, loaded...)
		for _, r := range references {
			if got, _ := against(b, r.Rate.Quote); got != r {
				t.Errorf("%+v came back as %+v", r, got)
			}
		}
	})
}

func TestBadRatesAreNotSaved(t *testing.T) {
	each(t, func(t *testing.T, pool *db.Pool) {
		good := reference(t, "EUR", "USD", "1.1684")
		tests := map[string]func(r *fx.Reference){
			"fx_rate_value":  func(r *fx.Reference) { r.Rate.Mantissa = 0 },
			"fx_rate_pair":   func(r *fx.Reference) { r.Rate.Quote = "EUR" },
			"fx_rate_source": func(r *fx.Reference) { r.Source = "" },
		}
		for constraint, change := range tests {
			bad := good
			change(&bad)
			err := pool.InTx(t.Context(), func(ctx context.Context, tx db.Tx) error {
				_, err := fx.SaveRates(ctx, tx, []fx.Reference{good, bad})
				return err
			})
			if !db.Violates(err, constraint) {
				t.Errorf("%s: %v", constraint, err)
			}
		}
	})
}

// quotes returns the two quotes of one payment.
func quotes(t testing.TB, paymentID ids.ID) []fx.Quote {
	t.Helper()
	b := sampleBoard(t)
	make := func(leg fx.Leg, participant string, into money.Currency, side fx.Side) fx.Quote {
		price, err := b.Price(fx.Ask{Amount: money.New(150000, "JPY"), Into: into, Side: side, MarkupBasisPoints: 100,
			Rounding: money.HalfEven, At: noon})
		if err != nil {
			t.Fatal(err)
		}
		return fx.Quote{ID: ids.New(), Region: "ap-east", PaymentID: paymentID, Leg: leg, ParticipantID: participant,
			Price: price, QuotedAt: noon, ExpiresAt: noon.Add(fx.QuoteLife)}
	}
	merchant := make(fx.LegMerchant, "JP-ACQUIRER", "JPY", fx.PayOut)
	merchant.QuotedAt = noon.Add(time.Microsecond)
	return []fx.Quote{make(fx.LegPayer, "HK-WALLET", "HKD", fx.PayIn), merchant}
}

func use(t *testing.T, pool *db.Pool, at time.Time, quotes ...fx.Quote) error {
	t.Helper()
	for i := range quotes {
		quotes[i].UsedAt = at
	}
	return dbtest.Persistently(func() error {
		return pool.InTx(t.Context(), func(ctx context.Context, tx db.Tx) error { return fx.UseQuotes(ctx, tx, quotes) })
	})
}

func TestQuotesComeBack(t *testing.T) {
	each(t, func(t *testing.T, pool *db.Pool) {
		payment, other := ids.New(), ids.New()
		want := quotes(t, payment)
		if err := use(t, pool, noon.Add(time.Minute), append(want, quotes(t, other)...)...); err != nil {
			t.Fatal(err)
		}
		for i := range want {
			want[i].UsedAt = noon.Add(time.Minute)
		}
		got, err := fx.QuotesOf(t.Context(), pool, payment)
		if difference := cmp.Diff(want, got); err != nil || difference != "" {
			t.Errorf("%v\n%s", err, difference)
		}
		if none, err := fx.QuotesOf(t.Context(), pool, ids.New()); err != nil || len(none) > 0 {
			t.Errorf("%v, %v", none, err)
		}
	})
}

func TestUseQuotes(t *testing.T) {
	each(t, func(t *testing.T, pool *db.Pool) {
		expiry := noon.Add(fx.QuoteLife)
		for name, step := range map[string]struct {
			at   time.Time
			want reason.Kind
		}{
			"not used": {time.Time{}, reason.QuoteExpired}, "at expiry": {expiry, reason.QuoteExpired},
			"after expiry":       {expiry.Add(time.Hour), reason.QuoteExpired},
			"just before expiry": {expiry.Add(-time.Microsecond), reason.None},
		} {
			payment := ids.New()
			if err := use(t, pool, step.at, quotes(t, payment)...); reason.Of(err) != step.want {
				t.Errorf("%s: %v", name, err)
			}
			stored, err := fx.QuotesOf(t.Context(), pool, payment)
			if err != nil || (len(stored) > 0) != (step.want == reason.None) {
				t.Errorf("%s: %v, %v", name, stored, err)
			}
		}
		if err := use(t, pool, noon); err != nil {
			t.Errorf("none: %v", err)
		}
	})
}

// Of many who use the same quote at once, one succeeds.
func TestAQuoteIsUsedOnce(t *testing.T) {
	each(t, func(t *testing.T, pool *db.Pool) {
		pair := quotes(t, ids.New())
		results := make([]error, 6)
		var racing sync.WaitGroup
		for i := range results {
			racing.Go(func() { results[i] = use(t, pool, noon, slices.Clone(pair)...) })
		}
		racing.Wait()
		succeeded := 0
		for _, err := range results {
			switch {
			case err == nil:
				succeeded++
			case !db.Violates(err, "fx_quote_pk"):
				t.Errorf("%v", err)
			}
		}
		if succeeded != 1 {
			t.Errorf("used %d times", succeeded)
		}
	})
}

func TestAFailedStepLeavesTheQuoteGood(t *testing.T) {
	each(t, func(t *testing.T, pool *db.Pool) {
		pair := quotes(t, ids.New())
		pair[0].UsedAt = noon
		later := errors.New("a later step failed")
		err := pool.InTx(t.Context(), func(ctx context.Context, tx db.Tx) error {
			if err := fx.UseQuotes(ctx, tx, pair[:1]); err != nil {
				return err
			}
			return later
		})
		if !errors.Is(err, later) {
			t.Fatal(err)
		}
		if err := use(t, pool, noon, pair...); err != nil {
			t.Error(err)
		}
	})
}

func TestBadQuotesAreNotStored(t *testing.T) {
	each(t, func(t *testing.T, pool *db.Pool) {
		tests := map[string]func(q *fx.Quote){
			"fx_quote_leg":     func(q *fx.Quote) { q.Leg = "tip" },
			"fx_quote_amounts": func(q *fx.Quote) { q.Price.To.Minor = 0 },
			"fx_quote_rate":    func(q *fx.Quote) { q.Price.Rate.Mantissa = 0 },
			"fx_quote_life":    func(q *fx.Quote) { q.ExpiresAt = q.QuotedAt },
		}
		for constraint, change := range tests {
			pair := quotes(t, ids.New())
			change(&pair[0])
			if err := use(t, pool, noon.Add(-time.Second), pair...); !db.Violates(err, constraint) {
				t.Errorf("%s: %v", constraint, err)
			}
		}
	})
}

// The SQL means the same on every engine.
func TestSQLIsPortable(t *testing.T) {
	migrations, err := fx.Migrations()
	if err != nil || len(migrations) != 11 {
		t.Fatalf("%d migrations, %v", len(migrations), err)
	}
	for _, m := range migrations {
		for _, finding := range sqllint.CheckMigration(m.SQL) {
			t.Errorf("%s: %s", m.Name, finding)
		}
	}
}
