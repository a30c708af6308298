package fx_test

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/causeway-pay/causeway/fx"
	"github.com/causeway-pay/causeway/money"
)

// narrower orders rules as people read a contract: partner before corridor before
// product, and one currency before all.
func narrower(a, b fx.Rule) int {
	weight := func(r fx.Rule) (w int) {
		for i, part := range []string{string(r.Currency), r.Product, r.Corridor, r.PartnerID} {
			if part != "" {
				w += 1 << i
			}
		}
		return w
	}
	return weight(b) - weight(a)
}

// stated finds every term by going through all rules, the narrowest first.
func stated(rules []fx.Rule, scope fx.Scope, leg fx.Leg, minor int64, into money.Currency, at time.Time) fx.Terms {
	fits := func(r fx.Rule) bool {
		return r.Leg == leg && (r.Currency == "" || r.Currency == into) && (r.Corridor == "" || r.Corridor == scope.Corridor) &&
			(r.PartnerID == "" || r.PartnerID == scope.PartnerID) && (r.Product == "" || r.Product == scope.Product)
	}
	list := slices.SortedFunc(slices.Values(rules), narrower)
	first := func(has func(r fx.Rule) bool) fx.Rule {
		for _, r := range list {
			if fits(r) && has(r) {
				return r
			}
		}
		return fx.Rule{}
	}
	terms := fx.Terms{Rounding: money.HalfEven, Refund: fx.RefundOriginal}
	if r := first(func(r fx.Rule) bool { return len(r.Tiers) > 0 }); len(r.Tiers) > 0 {
		terms.Priced = true
		for _, tier := range r.Tiers {
			if tier.From <= minor {
				terms.MarkupBasisPoints = tier.BasisPoints
			}
		}
	}
	terms.Fee = first(func(r fx.Rule) bool { return r.Fee != 0 }).Fee
	terms.Promotion = first(func(r fx.Rule) bool {
		return r.Promotion.Sponsor != "" && !at.Before(r.PromotedFrom) && at.Before(r.PromotedUntil)
	}).Promotion
	if r := first(func(r fx.Rule) bool { return r.Rounding != 0 }); r.Rounding != 0 {
		terms.Rounding = r.Rounding
	}
	if r := first(func(r fx.Rule) bool { return r.Refund != "" }); r.Refund != "" {
		terms.Refund = r.Refund
	}
	return terms
}

// The tariff finds the terms that a reader of all rules finds.
func TestTermsAreThoseOfAReader(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var rules []fx.Rule
		taken := map[string]bool{}
		for range rapid.IntRange(0, 25).Draw(t, "rules") {
			r := fx.Rule{
				Scope: fx.Scope{
					Corridor:  rapid.SampledFrom([]string{"", "HK-JP", "KR-JP"}).Draw(t, "corridor"),
					PartnerID: rapid.SampledFrom([]string{"", "A", "B"}).Draw(t, "partner"),
					Product:   rapid.SampledFrom([]string{"", "PaymentCode", "OrderCode"}).Draw(t, "product"),
				},
				Leg:      rapid.SampledFrom([]fx.Leg{fx.LegPayer, fx.LegMerchant}).Draw(t, "leg"),
				Currency: rapid.SampledFrom([]money.Currency{"", "HKD", "JPY"}).Draw(t, "currency"),
				Rounding: money.Rounding(rapid.IntRange(0, 4).Draw(t, "rounding")),
				Refund:   rapid.SampledFrom([]fx.RefundRate{"", fx.RefundOriginal, fx.RefundCurrent}).Draw(t, "refund"),
			}
			if r.Currency != "" {
				r.Fee = rapid.Int64Range(0, 3).Draw(t, "fee")
			}
			if rapid.Bool().Draw(t, "tiered") {
				r.Tiers = []fx.Tier{{0, rapid.Int64Range(0, 99).Draw(t, "low")}, {500, rapid.Int64Range(0, 99).Draw(t, "high")}}
			}
			if rapid.Bool().Draw(t, "promoted") {
				r.Promotion = fx.Promotion{Sponsor: rapid.SampledFrom([]string{"X", "Y"}).Draw(t, "sponsor"), BasisPoints: 5}
				r.PromotedFrom = noon.Add(time.Duration(rapid.IntRange(-5, 5).Draw(t, "from")) * time.Hour)
				r.PromotedUntil = r.PromotedFrom.Add(5 * time.Hour)
			}
			key := r.Corridor + "|" + r.PartnerID + "|" + r.Product + "|" + string(r.Leg) + "|" + string(r.Currency)
			if !taken[key] {
				taken[key], rules = true, append(rules, r)
			}
		}
		made, err := fx.NewTariff(rules, nil)
		if err != nil {
			t.Fatal(err)
		}
		scope := fx.Scope{Corridor: rapid.SampledFrom([]string{"HK-JP", "KR-JP", "HK-SG"}).Draw(t, "of"),
			PartnerID: rapid.SampledFrom([]string{"A", "B", "C"}).Draw(t, "by"),
			Product:   rapid.SampledFrom([]string{"PaymentCode", "OrderCode"}).Draw(t, "as")}
		leg := rapid.SampledFrom([]fx.Leg{fx.LegPayer, fx.LegMerchant}).Draw(t, "on")
		into := rapid.SampledFrom([]money.Currency{"HKD", "JPY", "KWD"}).Draw(t, "into")
		minor := rapid.Int64Range(1, 1000).Draw(t, "minor")
		got, want := made.Terms(scope, leg, minor, into, noon), stated(rules, scope, leg, minor, into, noon)
		if got != want {
			t.Fatalf("%+v, a reader finds %+v", got, want)
		}
	})
}

// A move and the move back are of one size, a pair may be stated in either
// direction, and a wider guard never stops what a narrower one lets pass.
func TestGuardsAreFair(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		draw := func(name string) money.Rate {
			return money.Rate{Base: "USD", Quote: "JPY", Mantissa: rapid.Int64Range(1, 1e9).Draw(t, name), Scale: 4}
		}
		before, next := draw("before"), draw("next")
		limit := rapid.Int64Range(1, 20_000).Draw(t, "limit")
		guard := fx.Guard{FreshFor: 1, MoveMax: limit}
		there := guard.Breach(fx.Reference{Rate: next}, before)
		back := guard.Breach(fx.Reference{Rate: before}, next)
		if there != back {
			t.Fatalf("from %s to %s %q, back %q", before, next, there, back)
		}
		wider := fx.Guard{FreshFor: 1, MoveMax: limit + rapid.Int64Range(0, 1000).Draw(t, "more")}
		if there == "" && wider.Breach(fx.Reference{Rate: next}, before) != "" {
			t.Fatalf("a guard of %d stops what one of %d lets pass", wider.MoveMax, limit)
		}
		turned := before
		turned.Base, turned.Quote = before.Quote, before.Base
		inverse, err := before.Ratio().Inverse().Rate(18, 18, money.HalfEven)
		if err != nil {
			t.Skip("no inverse of 18 digits")
		}
		// The inverse is rounded to 18 digits, so only what is not at the very limit
		// must come out alike.
		parts, fits := next.Ratio().Through(before.Ratio().Inverse()).Upward().Parts(1_000_000, money.Down)
		if edge := 1_000_000 + 100*limit; fits && (parts == edge || parts == edge-1 || parts == edge+1) {
			return
		}
		if (guard.Breach(fx.Reference{Rate: next}, inverse) == "") != (there == "") {
			t.Fatalf("against %s: %q, against its inverse %s not", before, there, inverse)
		}
	})
}
