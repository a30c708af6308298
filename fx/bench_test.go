package fx_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/causeway-pay/causeway/fx"
	"github.com/causeway-pay/causeway/money"
)

// market is a desk with every currency against two pivots, by three sources with
// bid and ask, and a tariff of 1,000 corridors with tiers, contracts and a
// promotion.
func market(t testing.TB) (*fx.Desk, []fx.Request) {
	t.Helper()
	var references []fx.Reference
	for i, currency := range currencies {
		for _, base := range []money.Currency{"EUR", "USD"} {
			for j, source := range []string{"ALPHA", "BETA", "GAMMA"} {
				if currency == base || base == "USD" && currency == "EUR" {
					continue
				}
				mid := money.Rate{Base: base, Quote: currency, Mantissa: int64(10_000_000 + 7919*i), Scale: uint8(4 + i%4)}
				bid, ask := mid, mid
				bid.Mantissa -= int64(100 + j)
				ask.Mantissa += int64(103 - j)
				references = append(references, fx.Reference{Rate: mid, Bid: bid, Ask: ask, ObservedAt: noon, Source: source})
			}
		}
	}
	desk := &fx.Desk{}
	rules := fx.Rules{Default: fx.Guard{FreshFor: time.Hour}, Pivots: []money.Currency{"EUR", "USD"}}
	desk.Replace(ruled(t, rules, nil, references...))
	var list []fx.Rule
	var requests []fx.Request
	for i := range 1000 {
		r := request(money.New(int64(1_000_000+i), currencies[i%len(currencies)]))
		r.PayerCurrency, r.MerchantCurrency = currencies[(7*i+1)%len(currencies)], currencies[(11*i+2)%len(currencies)]
		r.Corridor = fmt.Sprintf("%c%c-%c%c", 'A'+i%26, 'A'+i/26%26, 'A'+i/7%26, 'A'+i/3%26)
		list = append(list, fx.Rule{Leg: fx.LegPayer, Scope: fx.Scope{Corridor: fmt.Sprint(r.Corridor, i)}, Tiers: []fx.Tier{
			{0, 90}, {100_000, 70}, {1_000_000, 50}}})
		r.Corridor = fmt.Sprint(r.Corridor, i)
		requests = append(requests, r)
	}
	list = append(list, fx.Rule{Leg: fx.LegPayer, Scope: fx.Scope{PartnerID: "HK-WALLET"}, Rounding: money.HalfUp},
		fx.Rule{Leg: fx.LegMerchant, Scope: fx.Scope{Product: "PAYMENT_CODE"}, Tiers: flat(15)})
	desk.SetTariff(tariff(t, nil, list...))
	var good []fx.Request
	for _, r := range requests {
		if _, err := desk.Offer(r); err == nil {
			good = append(good, r)
		}
	}
	if len(good) < 900 {
		t.Fatalf("%d of %d corridors have a price", len(good), len(requests))
	}
	return desk, good
}

// BenchmarkOffer prices both legs of a payment.
func BenchmarkOffer(b *testing.B) {
	desk, requests := market(b)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if _, err := desk.Offer(requests[i%len(requests)]); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkPrice prices one leg, crossed.
func BenchmarkPrice(b *testing.B) {
	desk, _ := market(b)
	ask := payIn(money.New(1_500_00, "JPY"), "HKD")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := desk.Price(ask); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkQuote replaces one rate among all.
func BenchmarkQuote(b *testing.B) {
	desk, _ := market(b)
	next := desk.Board().Rows(noon)[0].Reference
	b.ReportAllocs()
	for b.Loop() {
		next.ObservedAt = next.ObservedAt.Add(1)
		if err := desk.Quote([]fx.Reference{next}); err != nil {
			b.Fatal(err)
		}
	}
}

func TestAnOfferCostsNoGarbage(t *testing.T) {
	desk, requests := market(t)
	i := 0
	allocations := testing.AllocsPerRun(1000, func() {
		i++
		if _, err := desk.Offer(requests[i%len(requests)]); err != nil {
			t.Error(err)
		}
	})
	if allocations > 2 {
		t.Errorf("%v allocations", allocations)
	}
}
