package api

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/causeway-pay/causeway/fx"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/money"
	"github.com/causeway-pay/causeway/switch/api/wire"
)

// anyRule draws rules that a tariff takes.
func anyRule() *rapid.Generator[fx.Rule] {
	start := time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC)
	return rapid.Custom(func(t *rapid.T) fx.Rule {
		rule := fx.Rule{
			Scope: fx.Scope{
				Corridor:  rapid.SampledFrom([]string{"", "HK-JP", "KR-SG"}).Draw(t, "corridor"),
				PartnerID: rapid.SampledFrom([]string{"", "HK-WALLET", "JP-ACQUIRER"}).Draw(t, "partner"),
				Product:   rapid.SampledFrom([]string{"", "PaymentCode", "OrderCode"}).Draw(t, "product"),
			},
			Leg:      rapid.SampledFrom([]fx.Leg{fx.LegPayer, fx.LegMerchant}).Draw(t, "leg"),
			Currency: rapid.SampledFrom([]money.Currency{"HKD", "JPY", "KWD"}).Draw(t, "currency"),
			Fee:      rapid.OneOf(rapid.Just(int64(0)), rapid.Int64Range(0, 1e12)).Draw(t, "fee"),
			Rounding: rapid.SampledFrom([]money.Rounding{0, money.HalfEven, money.HalfUp, money.Down, money.Up}).Draw(t, "rounding"),
			Refund:   rapid.SampledFrom([]fx.RefundRate{"", fx.RefundOriginal, fx.RefundCurrent}).Draw(t, "refund"),
		}
		threshold := int64(0)
		for range rapid.IntRange(0, 16).Draw(t, "tiers") {
			rule.Tiers = append(rule.Tiers, fx.Tier{From: threshold, BasisPoints: rapid.Int64Range(0, 9999).Draw(t, "points")})
			threshold += rapid.Int64Range(1, 1e9).Draw(t, "step")
		}
		if rapid.Bool().Draw(t, "promoted") {
			rule.Promotion = fx.Promotion{Sponsor: "JP-TOURISM", BasisPoints: rapid.Int64Range(0, 9999).Draw(t, "promotion"),
				Most: rapid.Int64Range(0, 1e9).Draw(t, "most")}
			rule.PromotedFrom = start.Add(time.Duration(rapid.IntRange(0, 1000).Draw(t, "from")) * time.Hour)
			rule.PromotedUntil = rule.PromotedFrom.Add(time.Duration(rapid.IntRange(1, 1000).Draw(t, "hours")) * time.Hour)
		}
		return rule
	})
}

// What the API shows of a rule is what it takes as one: the same rule comes back
// through JSON, the strict reader of proposals, and the canonical form.
func TestRulesComeBack(t *testing.T) {
	kind := ruleSet(nil)
	rapid.Check(t, func(t *rapid.T) {
		rule := anyRule().Draw(t, "rule")
		shown, err := json.Marshal(ruleWire(rule))
		if err != nil {
			t.Fatal(err)
		}
		canonical, err := kind.canonical(shown)
		if err != nil {
			t.Fatalf("%s: %v", shown, err)
		}
		var change wire.RuleChange
		if err := decodeStrict(canonical, &change); err != nil {
			t.Fatal(err)
		}
		again, err := ruleOf(change)
		if diff := cmp.Diff(rule, again); err != nil || diff != "" {
			t.Fatalf("%v\n%s", err, diff)
		}
		if _, err := fx.NewTariff([]fx.Rule{again}, nil); err != nil {
			t.Fatal(err)
		}
	})
}

// The same rate comes back through the API, to the last digit.
func TestRatesComeBack(t *testing.T) {
	now := time.Date(2026, 4, 13, 12, 0, 0, 0, time.UTC)
	rapid.Check(t, func(t *rapid.T) {
		mid := money.Rate{Base: "USD", Quote: "JPY", Mantissa: rapid.Int64Range(1, 1e17).Draw(t, "mid"),
			Scale: uint8(rapid.IntRange(0, 18).Draw(t, "scale"))}
		r := fx.Reference{Rate: mid, ObservedAt: now, Source: "BANK"}
		if rapid.Bool().Draw(t, "sides") {
			r.Bid, r.Ask = mid, mid
			r.Bid.Mantissa -= rapid.Int64Range(0, mid.Mantissa-1).Draw(t, "below")
			r.Ask.Mantissa += rapid.Int64Range(0, 1e17).Draw(t, "above")
		}
		got, err := referenceOf(rateOf(r), "BANK")
		if err != nil {
			t.Fatal(err)
		}
		same := func(name string, a, b money.Rate) {
			order, comparable := a.Ratio().Compare(b.Ratio())
			if a.Mantissa != b.Mantissa && (!comparable || order != 0) {
				t.Fatalf("%s %s came back as %s", name, a, b)
			}
		}
		same("mid", r.Rate, got.Rate)
		same("bid", r.Bid, got.Bid)
		same("ask", r.Ask, got.Ask)
		if got.ObservedAt != now || got.Source != "BANK" || got.Executable() != r.Executable() {
			t.Fatalf("%+v", got)
		}
	})
}

// FuzzRate: whatever a provider sends is a rate in order, or a clear refusal.
func FuzzRate(f *testing.F) {
	f.Add("EUR", "USD", "1.1684", "1.1683", "1.1685")
	f.Add("EUR", "USD", "", "1.1683", "1.1685")
	f.Add("USD", "JPY", "0.000000000000000001", "", "")
	f.Add("XXX", "JPY", "1e3", "-1", "999999999999999999999")
	f.Fuzz(func(t *testing.T, unit, quoted, mid, bid, ask string) {
		r, err := referenceOf(wire.Rate{UnitCurrency: unit, QuotedCurrency: quoted, Mid: mid, Bid: bid, Ask: ask,
			ObservedAt: time.Date(2026, 4, 13, 12, 0, 0, 0, time.UTC)}, "BANK")
		if err != nil {
			if reason.Of(err) != reason.InvalidRequest {
				t.Fatal(err)
			}
			return
		}
		if r.Check() != nil || !r.Rate.Valid() {
			t.Fatalf("accepted %+v", r)
		}
	})
}
