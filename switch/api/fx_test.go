package api_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/causeway-pay/causeway/conformance/invariant"
	"github.com/causeway-pay/causeway/fx"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/money"
	"github.com/causeway-pay/causeway/switch/api/client"
	"github.com/causeway-pay/causeway/switch/api/wire"
)

// springRule is a rule with everything that a rule can state.
func springRule(at time.Time) wire.RuleChange {
	return wire.RuleChange{
		Corridor: "HK-JP", PartnerID: "HK-WALLET", Product: "PaymentCode", Leg: "payer", Currency: "HKD",
		Tiers: []wire.Tier{{FromMinor: "0", MarkupPoints: 50}, {FromMinor: "100000", MarkupPoints: 30}}, FeeMinor: "250",
		Sponsor: "JP-TOURISM", PromotionPoints: 200, PromotionMost: "10000", PromotedFrom: at.Add(-time.Hour),
		PromotedUntil: at.Add(time.Hour), Rounding: "half-up", Refund: "current",
	}
}

func quoteFor(owner, minor string, firm bool) wire.QuoteRequest {
	return wire.QuoteRequest{OwnerID: owner, AcquirerID: "JP-ACQUIRER", WalletID: "HK-WALLET", Product: "PaymentCode",
		Amount: wire.Amount{Currency: "JPY", Minor: minor}, Firm: firm}
}

func (b *bench) readsExchange() {
	t, ctx, c := b.t, b.t.Context(), b.as("viewer-1")
	t.Helper()
	board, err := c.Rates(ctx)
	if err != nil || len(board.Rates) != 29 || len(board.Stops) != 0 || board.Rates[0].Source != "ECB" {
		t.Errorf("%d rates, %v", len(board.Rates), err)
	}
	pushed := wire.Rate{UnitCurrency: "EUR", QuotedCurrency: "USD", Bid: "1.1683", Ask: "1.1685", ObservedAt: b.clock.Now()}
	taken, err := b.as("provider-1").PushRates(ctx, []wire.Rate{pushed})
	if err != nil || taken.New != 1 {
		t.Errorf("%+v, %v", taken, err)
	}
	history, err := c.RateHistory(ctx, "EUR/USD", client.Page{Limit: 1})
	if err != nil || len(history.Rates) != 1 || history.Rates[0].Source != "provider-1" || history.Rates[0].Mid != "1.1684" || history.Next == "" {
		t.Errorf("%+v, %v", history, err)
	}
	older, err := c.RateHistory(ctx, "EUR/USD", client.Page{Before: history.Next})
	if err != nil || len(older.Rates) != 1 || older.Rates[0].Source != "ECB" || older.Next != "" {
		t.Errorf("%+v, %v", older, err)
	}
	if rules, err := c.Tariff(ctx); err != nil || len(rules.Rules) != 0 {
		t.Errorf("%+v, %v", rules, err)
	}
	indication, err := b.as("operations-1").MakeQuote(ctx, quoteFor("HK-WALLET", "1500", false))
	if err != nil || indication.ID != ids.Nil || indication.Payer.To.Minor != "7387" || indication.Payer.UnitCurrency != "HKD" {
		t.Errorf("%+v, %v", indication, err)
	}
	firm, err := b.as("treasury-1").MakeQuote(ctx, quoteFor("HK-WALLET", "1500", true))
	if err != nil || firm.ID.Version() != 4 || firm.ExpiresAt.Sub(firm.QuotedAt) != 600*time.Second {
		t.Errorf("%+v, %v", firm, err)
	}
	if again, err := c.Quote(ctx, firm.ID); err != nil || again.Payer.To != firm.Payer.To || again.OwnerID != "HK-WALLET" {
		t.Errorf("%+v, %v", again, err)
	}
	book, err := c.Book(ctx)
	if err != nil || len(book.Positions) != 2 || book.Currency != "EUR" || len(book.Profits) != 2 || len(book.Exposures) != 2 {
		t.Errorf("%+v, %v", book, err)
	}
	today := b.clock.Now().Format(time.DateOnly)
	closed, err := b.as("treasury-1").CloseBook(ctx, today)
	if err != nil || closed.Positions != 2 {
		t.Errorf("%+v, %v", closed, err)
	}
	chart, err := c.BookHistory(ctx, "HKD", today, today)
	if err != nil || len(chart.Points) != 1 || chart.Points[0].Net.Currency != "HKD" || chart.Points[0].Day != today {
		t.Errorf("%+v, %v", chart, err)
	}
}

// A provider states rates in its own name, and a rate beyond the guard stops the
// pair until two people let it on again.
func TestRatesArePushedStoppedAndResumed(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		ctx, provider := t.Context(), b.as("provider-1")
		push := func(mid string) (wire.Taken, error) {
			return provider.PushRates(ctx, []wire.Rate{{UnitCurrency: "HKD", QuotedCurrency: "JPY", Mid: mid, ObservedAt: b.clock.Now()}})
		}
		price := func() (string, error) {
			q, err := b.as("treasury-1").MakeQuote(ctx, quoteFor("HK-WALLET", "1500", false))
			return q.Payer.To.Decimal, err
		}
		if _, err := push("20"); err != nil {
			t.Fatal(err)
		}
		if got, err := price(); err != nil || got != "75.38" {
			t.Errorf("%s, %v", got, err)
		}
		b.clock.Advance(time.Second)
		taken, err := push("30")
		if err != nil || len(taken.Stopped) != 1 || taken.Stopped[0].Subject != "HKD/JPY" ||
			!strings.Contains(taken.Stopped[0].Why, "move of 5000 basis points, 2000 allowed") {
			t.Errorf("%+v, %v", taken, err)
		}
		if _, err := price(); client.ReasonOf(err) != "RateUnavailable" || !strings.Contains(err.Error(), "HKD/JPY: stopped") {
			t.Errorf("a stopped pair: %v", err)
		}
		board, err := b.as("viewer-1").Rates(ctx)
		if err != nil || len(board.Stops) != 1 {
			t.Errorf("%+v, %v", board.Stops, err)
		}
		resume := wire.PairChange{Pair: "JPY/HKD", Why: "the market did move"}
		if err := b.agree(wire.KindPairResume, resume, "treasury-1", "treasury-2"); err != nil {
			t.Fatal(err)
		}
		if got, err := price(); err != nil || got != "50.25" {
			t.Errorf("%s, %v", got, err)
		}
		if err := b.agree(wire.KindPairResume, resume, "treasury-1", "treasury-2"); client.ReasonOf(err) != "Closed" {
			t.Errorf("resumed twice: %v", err)
		}
		if err := b.agree(wire.KindPairStop, resume, "treasury-1", "treasury-2"); err != nil {
			t.Fatal(err)
		}
		if _, err := price(); client.ReasonOf(err) != "RateUnavailable" {
			t.Errorf("stopped by hand: %v", err)
		}
	})
}

func TestWrongPushes(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		now := b.clock.Now()
		good := wire.Rate{UnitCurrency: "EUR", QuotedCurrency: "USD", Mid: "1.1", ObservedAt: now}
		for name, change := range map[string]func(r *wire.Rate){
			"no currency": func(r *wire.Rate) { r.UnitCurrency = "XXX" }, "one currency": func(r *wire.Rate) { r.QuotedCurrency = "EUR" },
			"zero": func(r *wire.Rate) { r.Mid = "0" }, "nothing": func(r *wire.Rate) { r.Mid = "" }, "one side": func(r *wire.Rate) { r.Bid = "1" },
			"the future": func(r *wire.Rate) { r.ObservedAt = now.Add(time.Hour) }, "no time": func(r *wire.Rate) { r.ObservedAt = time.Time{} },
			"sides turned": func(r *wire.Rate) { r.Bid, r.Ask = "1.2", "1.0" },
		} {
			bad := good
			change(&bad)
			if _, err := b.as("provider-1").PushRates(t.Context(), []wire.Rate{good, bad}); client.ReasonOf(err) != "InvalidRequest" {
				t.Errorf("%s: %v", name, err)
			}
		}
		if _, err := b.as("provider-1").PushRates(t.Context(), nil); client.ReasonOf(err) != "InvalidRequest" {
			t.Errorf("no rates: %v", err)
		}
		if _, err := b.as("provider-1").PushRates(t.Context(), make([]wire.Rate, 501)); client.ReasonOf(err) != "InvalidRequest" {
			t.Errorf("too many: %v", err)
		}
		history, err := b.as("viewer-1").RateHistory(t.Context(), "EUR/USD", client.Page{})
		if err != nil || len(history.Rates) != 1 {
			t.Errorf("of a refused push something stayed: %+v, %v", history, err)
		}
		if _, err := b.as("viewer-1").RateHistory(t.Context(), "EURUSD", client.Page{}); client.ReasonOf(err) != "InvalidRequest" {
			t.Errorf("no pair: %v", err)
		}
		for _, query := range []string{"?currency=XXX", "?from=yesterday", "?to=1", "?since=1"} {
			if a := b.send("GET", "/v1/fx/book/history"+query, "", bearer(b.tokens["viewer-1"])); a.status != 400 {
				t.Errorf("%s: %d", query, a.status)
			}
		}
		if _, err := b.as("viewer-1").Quote(t.Context(), ids.New()); client.ReasonOf(err) != "Missing" {
			t.Errorf("a quote that nobody has: %v", err)
		}
		for _, day := range []string{"", "soon", now.AddDate(0, 0, 2).Format(time.DateOnly)} {
			if _, err := b.as("treasury-1").CloseBook(t.Context(), day); client.ReasonOf(err) != "InvalidRequest" {
				t.Errorf("close %q: %v", day, err)
			}
		}
	})
}

// Two people state a rate, set a rule with a fee and a promotion, a rounding, a
// limit, and book a deal; each takes effect at once, and the books stay sound.
func TestTreasurySetsExchange(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		ctx, viewer := t.Context(), b.as("viewer-1")
		rate := wire.Rate{UnitCurrency: "HKD", QuotedCurrency: "JPY", Mid: "20", ObservedAt: b.clock.Now()}
		limit := wire.LimitChange{Limit: wire.Amount{Currency: "HKD", Minor: "100"}}
		deal := wire.DealChange{Counterparty: "BANK", Reference: "D-1", Buy: wire.Amount{Currency: "JPY", Minor: "1500"},
			Sell: wire.Amount{Currency: "HKD", Minor: "7400"}, ValueDate: "2026-04-15"}
		for kind, change := range map[string]any{
			wire.KindRateSet: rate, wire.KindRuleSet: springRule(b.clock.Now()), wire.KindLimitSet: limit,
			wire.KindRoundingSet: wire.RoundingChange{Currency: "JPY", Rounding: "up"},
		} {
			if err := b.agree(kind, change, "treasury-1", "treasury-2"); err != nil {
				t.Fatal(kind, err)
			}
		}
		quote, err := b.as("treasury-1").MakeQuote(ctx, quoteFor("JP-ACQUIRER", "1500", true))
		if err != nil || quote.Payer.Fee.Minor != "250" || quote.Payer.Sponsor != "JP-TOURISM" || quote.Payer.Sources[0] != "MANUAL" ||
			quote.Payer.To.Minor != "7638" {
			t.Errorf("%+v, %v", quote.Payer, err)
		}
		b.pay("PR-1")
		if err := b.agree(wire.KindDealBook, deal, "treasury-1", "treasury-2"); err != nil {
			t.Fatal(err)
		}
		if err := b.agree(wire.KindDealBook, deal, "treasury-1", "treasury-2"); client.ReasonOf(err) != "Inconsistent" {
			t.Errorf("a deal twice: %v", err)
		}
		book, err := viewer.Book(ctx)
		if err != nil || len(book.Deals) != 1 || len(book.Exposures) != 2 {
			t.Fatalf("%+v, %v", book, err)
		}
		for _, e := range book.Exposures {
			want := map[string]string{"HKD": "100", "JPY": "0"}[e.Net.Currency]
			if e.Net.Minor != want || e.Breached || (e.Limit != nil) != (e.Net.Currency == "HKD") {
				t.Errorf("%+v", e)
			}
		}
		rules, err := viewer.Tariff(ctx)
		if err != nil || len(rules.Rules) != 1 || rules.Rules[0].FeeMinor != "250" || len(rules.Rules[0].Tiers) != 2 {
			t.Errorf("%+v, %v", rules, err)
		}
		if err := b.agree(wire.KindSourceSuspend, wire.SourceChange{Source: "MANUAL", Why: "typing error"}, "treasury-1", "treasury-2"); err != nil {
			t.Fatal(err)
		}
		if quote, err = b.as("treasury-1").MakeQuote(ctx, quoteFor("JP-ACQUIRER", "1500", false)); err != nil || quote.Payer.Sources[0] != "ECB" {
			t.Errorf("%+v, %v", quote.Payer, err)
		}
		if err := b.agree(wire.KindSourceResume, wire.SourceChange{Source: "MANUAL", Why: "checked"}, "treasury-1", "treasury-2"); err != nil {
			t.Fatal(err)
		}
		if err := b.agree(wire.KindSourceResume, wire.SourceChange{Source: "MANUAL", Why: "again"}, "treasury-1", "treasury-2"); client.ReasonOf(err) != "Closed" {
			t.Errorf("resumed twice: %v", err)
		}
		violations, err := invariant.Run(context.WithoutCancel(ctx), b.pool)
		if err != nil || len(violations) > 0 {
			t.Errorf("%v, %v", violations, err)
		}
	})
}

// The pages of a history show every rate once, also where many sources spoke at
// the same moment.
func TestHistoryPages(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		var want []string
		for moment := range 3 {
			at := b.clock.Now().Add(time.Duration(moment-5) * time.Second)
			for _, source := range []string{"A", "B", "C", "D", "E"} {
				rate, err := money.ParseRate("USD", "THB", "32.3")
				if err != nil {
					t.Fatal(err)
				}
				b.do(func(ctx context.Context, tx db.Tx) error {
					_, err := fx.SaveRates(ctx, tx, []fx.Reference{{Rate: rate, ObservedAt: at, Source: source}})
					return err
				})
				want = append(want, fmt.Sprint(2-moment, source))
			}
		}
		slices.Sort(want)
		for _, limit := range []int{1, 2, 3, 4, 5, 7, 14, 15, 16} {
			var got []string
			page, moments := client.Page{Limit: limit}, map[time.Time]int{}
			for {
				history, err := b.as("viewer-1").RateHistory(t.Context(), "USD/THB", page)
				if err != nil || len(history.Rates) > limit {
					t.Fatalf("%d of %d, %v", len(history.Rates), limit, err)
				}
				for _, r := range history.Rates {
					if _, known := moments[r.ObservedAt]; !known {
						moments[r.ObservedAt] = len(moments)
					}
					got = append(got, fmt.Sprint(moments[r.ObservedAt], r.Source))
				}
				if page.Before = history.Next; page.Before == "" {
					break
				}
			}
			if !slices.Equal(got, want) {
				t.Errorf("pages of %d: %v, want %v", limit, got, want)
			}
		}
	})
}
