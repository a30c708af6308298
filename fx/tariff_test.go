package fx_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/causeway-pay/causeway/fx"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/money"
)

func tariff(t testing.TB, roundings map[money.Currency]money.Rounding, rules ...fx.Rule) *fx.Tariff {
	t.Helper()
	made, err := fx.NewTariff(rules, roundings)
	if err != nil {
		t.Fatal(err)
	}
	return made
}

func flat(points int64) []fx.Tier { return []fx.Tier{{BasisPoints: points}} }

// Each term comes from the narrowest rule that states it: a contract says its
// fee and rounding and leaves the markup to the corridor.
func TestTheNarrowestRuleCounts(t *testing.T) {
	spring := fx.Promotion{Sponsor: "JP-TOURISM", BasisPoints: 300, Most: 5000}
	made := tariff(t, map[money.Currency]money.Rounding{"HKD": money.HalfUp, "KRW": money.Down},
		fx.Rule{Leg: fx.LegPayer, Tiers: flat(90)},
		fx.Rule{Leg: fx.LegPayer, Scope: fx.Scope{Corridor: "HK-JP"}, Tiers: []fx.Tier{{0, 80}, {10_000, 60}, {100_000, 40}}},
		fx.Rule{Leg: fx.LegPayer, Scope: fx.Scope{Corridor: "HK-JP"}, Currency: "HKD", Promotion: spring,
			PromotedFrom: noon, PromotedUntil: noon.Add(time.Hour)},
		fx.Rule{Leg: fx.LegPayer, Scope: fx.Scope{PartnerID: "HK-WALLET"}, Currency: "HKD", Fee: 25, Rounding: money.Up,
			Refund: fx.RefundCurrent},
		fx.Rule{Leg: fx.LegPayer, Scope: fx.Scope{PartnerID: "HK-WALLET", Product: "ORDER_CODE"}, Tiers: flat(10)},
		fx.Rule{Leg: fx.LegMerchant, Scope: fx.Scope{Corridor: "HK-JP"}, Tiers: flat(15)})
	japan := fx.Scope{Corridor: "HK-JP", PartnerID: "HK-WALLET", Product: "PAYMENT_CODE"}
	other := fx.Scope{Corridor: "KR-JP", PartnerID: "KR-WALLET", Product: "PAYMENT_CODE"}
	order := fx.Scope{Corridor: "HK-JP", PartnerID: "HK-WALLET", Product: "ORDER_CODE"}
	contract := fx.Terms{Priced: true, MarkupBasisPoints: 80, Fee: 25, Promotion: spring, Rounding: money.Up,
		Refund: fx.RefundCurrent}
	with := func(change func(*fx.Terms)) fx.Terms {
		terms := contract
		change(&terms)
		return terms
	}
	tests := []struct {
		name  string
		scope fx.Scope
		leg   fx.Leg
		minor int64
		into  money.Currency
		at    time.Time
		want  fx.Terms
	}{
		{"contract, corridor and promotion", japan, fx.LegPayer, 9_999, "HKD", noon, contract},
		{"second tier", japan, fx.LegPayer, 10_000, "HKD", noon, with(func(t *fx.Terms) { t.MarkupBasisPoints = 60 })},
		{"third tier", japan, fx.LegPayer, 1e9, "HKD", noon, with(func(t *fx.Terms) { t.MarkupBasisPoints = 40 })},
		{"before the promotion", japan, fx.LegPayer, 1, "HKD", noon.Add(-1),
			with(func(t *fx.Terms) { t.Promotion = fx.Promotion{} })},
		{"at its end", japan, fx.LegPayer, 1, "HKD", noon.Add(time.Hour),
			with(func(t *fx.Terms) { t.Promotion = fx.Promotion{} })},
		{"by order code", order, fx.LegPayer, 1, "HKD", noon, with(func(t *fx.Terms) { t.MarkupBasisPoints = 10 })},
		{"everybody else", other, fx.LegPayer, 1, "KRW", noon,
			fx.Terms{Priced: true, MarkupBasisPoints: 90, Rounding: money.Down, Refund: fx.RefundOriginal}},
		{"rules of other currencies do not count", japan, fx.LegPayer, 1, "USD", noon,
			fx.Terms{Priced: true, MarkupBasisPoints: 80, Rounding: money.HalfEven, Refund: fx.RefundOriginal}},
		{"merchant's leg", japan, fx.LegMerchant, 1, "JPY", noon,
			fx.Terms{Priced: true, MarkupBasisPoints: 15, Rounding: money.HalfEven, Refund: fx.RefundOriginal}},
		{"nothing stated", other, fx.LegMerchant, 1, "JPY", noon,
			fx.Terms{Rounding: money.HalfEven, Refund: fx.RefundOriginal}},
	}
	for _, tt := range tests {
		got := made.Terms(tt.scope, tt.leg, tt.minor, tt.into, tt.at)
		if difference := cmp.Diff(tt.want, got); difference != "" {
			t.Errorf("%s:\n%s", tt.name, difference)
		}
	}
}

func TestRulesOfATariffAreChecked(t *testing.T) {
	tests := map[string]fx.Rule{
		"no leg":                   {},
		"leg of a refund":          {Leg: fx.LegReturnPayer},
		"unknown currency":         {Leg: fx.LegPayer, Currency: "XXX"},
		"tiers not from 0":         {Leg: fx.LegPayer, Tiers: []fx.Tier{{From: 1}}},
		"tiers not rising":         {Leg: fx.LegPayer, Tiers: []fx.Tier{{0, 1}, {5, 1}, {5, 2}}},
		"negative markup":          {Leg: fx.LegPayer, Tiers: flat(-1)},
		"markup of everything":     {Leg: fx.LegPayer, Tiers: flat(10_000)},
		"too many tiers":           {Leg: fx.LegPayer, Tiers: make([]fx.Tier, 17)},
		"negative fee":             {Leg: fx.LegPayer, Currency: "HKD", Fee: -1},
		"fee in any currency":      {Leg: fx.LegPayer, Fee: 1},
		"promotion of too much":    {Leg: fx.LegPayer, Promotion: fx.Promotion{BasisPoints: 10_000}},
		"promotion without an end": {Leg: fx.LegPayer, Promotion: fx.Promotion{Sponsor: "A"}},
		"unknown rounding":         {Leg: fx.LegPayer, Rounding: 9},
		"unknown refund":           {Leg: fx.LegPayer, Refund: "yesterday's"},
	}
	for name, rule := range tests {
		if _, err := fx.NewTariff([]fx.Rule{rule}, nil); !errors.Is(err, fx.ErrRule) {
			t.Errorf("%s: %v", name, err)
		}
	}
	twice := fx.Rule{Leg: fx.LegPayer, Tiers: flat(1)}
	if _, err := fx.NewTariff([]fx.Rule{twice, twice}, nil); !errors.Is(err, fx.ErrRule) {
		t.Errorf("the same scope twice: %v", err)
	}
	for currency, rounding := range map[money.Currency]money.Rounding{"XXX": money.Up, "JPY": 0} {
		if _, err := fx.NewTariff(nil, map[money.Currency]money.Rounding{currency: rounding}); !errors.Is(err, fx.ErrRule) {
			t.Errorf("rounding %d of %s: %v", rounding, currency, err)
		}
	}
}

func request(amount money.Amount) fx.Request {
	return fx.Request{
		Amount: amount, PayerCurrency: "HKD", MerchantCurrency: "JPY", Corridor: "HK-JP", WalletID: "HK-WALLET",
		AcquirerID: "JP-ACQUIRER", Product: "PAYMENT_CODE", PayerMarkup: 100, MerchantMarkup: 20, BookCurrency: "EUR", At: noon,
	}
}

// 150,000 JPY are 7,349.96 HKD at mid; one percent markup, a fee of 2.50 and a
// promotion of 3 percent, at most 100.00.
func TestOffer(t *testing.T) {
	var desk fx.Desk
	if _, err := desk.Offer(request(money.New(150000, "JPY"))); reason.Of(err) != reason.RateUnavailable {
		t.Errorf("an empty desk offers: %v", err)
	}
	desk.Replace(sampleBoard(t))
	plain, err := desk.Offer(request(money.New(150000, "JPY")))
	if err != nil || plain.Payer.To.Minor != 742346 || plain.Merchant.To.Minor != 150000 || plain.Worth.Minor != 80321 {
		t.Errorf("%+v, %v", plain, err)
	}
	desk.SetTariff(tariff(t, nil, fx.Rule{
		Leg: fx.LegPayer, Currency: "HKD", Fee: 250, PromotedFrom: noon, PromotedUntil: noon.Add(1),
		Promotion: fx.Promotion{Sponsor: "JP-TOURISM", BasisPoints: 300, Most: 10_000},
	}, fx.Rule{Leg: fx.LegMerchant, Currency: "JPY", Fee: 30}))
	got, err := desk.Offer(request(money.New(150000, "JPY")))
	if err != nil || got.Payer.To.Minor != 742346+250-10_000 || got.Payer.Sponsor != "JP-TOURISM" ||
		got.Merchant.To.Minor != 150000-30 || got.Merchant.Fee.Minor != 30 {
		t.Errorf("%+v, %v", got, err)
	}
	if _, err := desk.Offer(request(money.New(30, "JPY"))); reason.Of(err) != reason.AmountTooSmall {
		t.Errorf("a fee that leaves the merchant nothing: %v", err)
	}
	unknown := request(money.New(1, "JPY"))
	unknown.MerchantCurrency = "KWD"
	if _, err := desk.Offer(unknown); reason.Of(err) != reason.RateUnavailable {
		t.Errorf("no rate on the merchant's leg: %v", err)
	}
	unknown = request(money.New(150000, "JPY"))
	unknown.BookCurrency = ""
	if got, err := desk.Offer(unknown); err != nil || got.Worth != (money.Amount{}) {
		t.Errorf("without a book: %+v, %v", got, err)
	}
}
