package fx_test

import (
	"math/big"
	"sync"
	"testing"
	"time"

	"github.com/causeway-pay/causeway/fx"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/money"
)

var noon = time.Date(2026, 4, 13, 12, 0, 0, 0, time.UTC)

func rate(t testing.TB, base, quote money.Currency, text string) money.Rate {
	t.Helper()
	r, err := money.ParseRate(base, quote, text)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func reference(t testing.TB, base, quote money.Currency, text string) fx.Reference {
	return fx.Reference{Rate: rate(t, base, quote, text), ObservedAt: noon, Source: "test"}
}

func board(t testing.TB, references ...fx.Reference) *fx.Board {
	t.Helper()
	b, err := fx.NewBoard(references, 24*time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// sampleBoard holds the rates of one real day, seen at noon.
func sampleBoard(t testing.TB) *fx.Board {
	t.Helper()
	references, err := fx.Sample()
	if err != nil {
		t.Fatal(err)
	}
	for i := range references {
		references[i].ObservedAt = noon
	}
	return board(t, references...)
}

func TestNewBoardRefuses(t *testing.T) {
	good := reference(t, "EUR", "USD", "1.1684")
	tests := map[string]struct {
		reference fx.Reference
		freshness time.Duration
	}{
		"no freshness":       {good, 0},
		"negative freshness": {good, -time.Second},
		"euro twice":         {reference(t, "EUR", "EUR", "1"), time.Hour},
		"no rate":            {fx.Reference{ObservedAt: noon}, time.Hour},
		"rate zero":          {fx.Reference{Rate: money.Rate{Base: "EUR", Quote: "USD"}, ObservedAt: noon}, time.Hour},
		"unknown currency":   {fx.Reference{Rate: money.Rate{Base: "EUR", Quote: "XXX", Mantissa: 1}}, time.Hour},
	}
	for name, tt := range tests {
		if b, err := fx.NewBoard([]fx.Reference{good, tt.reference}, tt.freshness); err == nil || b != nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestTheLatestRateCounts(t *testing.T) {
	early, late := reference(t, "EUR", "USD", "1.1"), reference(t, "EUR", "USD", "1.2")
	late.ObservedAt = noon.Add(time.Minute)
	for _, references := range [][]fx.Reference{{early, late}, {late, early}} {
		b := board(t, references...)
		if rows := b.Rows(noon); len(rows) != 1 || rows[0].Rate != late.Rate || b.Len() != 1 {
			t.Errorf("%v of %d", rows, b.Len())
		}
	}
	if rows := board(t).Rows(noon); len(rows) > 0 {
		t.Error("an empty board has a rate")
	}
}

func TestFreshness(t *testing.T) {
	b := board(t, reference(t, "EUR", "USD", "1.1684"), reference(t, "JPY", "EUR", "0.005"))
	tests := []struct {
		after time.Duration
		want  reason.Kind
	}{
		{0, reason.None},
		{24 * time.Hour, reason.None},
		{24*time.Hour + 1, reason.RateUnavailable},
		{-time.Minute, reason.None},
		{-time.Minute - 1, reason.RateUnavailable},
	}
	for _, tt := range tests {
		for _, pair := range [][2]money.Currency{{"USD", "JPY"}, {"EUR", "USD"}, {"JPY", "EUR"}} {
			if _, err := b.Mid(pair[0], pair[1], noon.Add(tt.after)); reason.Of(err) != tt.want {
				t.Errorf("%s after %s: %v", pair, tt.after, err)
			}
		}
		if _, err := b.Mid("EUR", "EUR", noon.Add(tt.after)); err != nil {
			t.Errorf("the euro in euro after %s: %v", tt.after, err)
		}
	}
	for _, pair := range [][2]money.Currency{{"USD", "THB"}, {"THB", "USD"}, {"THB", "EUR"}, {"EUR", "XXX"}} {
		if _, err := b.Mid(pair[0], pair[1], noon); reason.Of(err) != reason.RateUnavailable {
			t.Errorf("%s: %v", pair, err)
		}
	}
}

// One rate too old stops its own currency and no other.
func TestStalenessIsPerCurrency(t *testing.T) {
	old := reference(t, "EUR", "THB", "37.728")
	old.ObservedAt = noon.Add(-48 * time.Hour)
	b := board(t, old, reference(t, "EUR", "USD", "1.1684"), reference(t, "EUR", "JPY", "186.75"))
	if _, err := b.Mid("USD", "THB", noon); reason.Of(err) != reason.RateUnavailable {
		t.Errorf("baht: %v", err)
	}
	if _, err := b.Mid("USD", "JPY", noon); err != nil {
		t.Errorf("yen: %v", err)
	}
}

// The direction in which a rate is quoted does not matter.
func TestMidInBothDirections(t *testing.T) {
	straight := board(t, reference(t, "EUR", "USD", "1.25"), reference(t, "EUR", "JPY", "200"))
	inverse := board(t, reference(t, "USD", "EUR", "0.8"), reference(t, "JPY", "EUR", "0.005"))
	for _, b := range []*fx.Board{straight, inverse} {
		ratio, err := b.Mid("USD", "JPY", noon)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := ratio.Rate(18, 18, money.HalfEven); err != nil || got != rate(t, "USD", "JPY", "160") {
			t.Errorf("%v, %v", got, err)
		}
	}
}

func TestDesk(t *testing.T) {
	var desk fx.Desk
	ask := fx.Ask{Amount: money.New(10000, "USD"), Into: "JPY", Side: fx.PayIn, Rounding: money.HalfEven, At: noon}
	if err := desk.Quote([]fx.Reference{reference(t, "USD", "JPY", "150")}); err != nil || desk.Board().Len() != 1 {
		t.Errorf("an empty desk takes no rate: %v", err)
	}
	// Without rules a rate is good for nothing but its own moment.
	later := ask
	later.At = noon.Add(1)
	if _, err := desk.Price(later); reason.Of(err) != reason.RateUnavailable {
		t.Errorf("an empty desk priced: %v", err)
	}
	cheap := board(t, reference(t, "EUR", "USD", "1"), reference(t, "EUR", "JPY", "100"))
	dear := board(t, reference(t, "EUR", "USD", "2"), reference(t, "EUR", "JPY", "400"))
	desk.Replace(cheap)
	var pricing sync.WaitGroup
	for range 4 {
		pricing.Go(func() {
			for range 500 {
				// Never the dollar of one board with the yen of the other.
				if price, err := desk.Price(ask); err != nil || price.To.Minor != 10000 && price.To.Minor != 20000 {
					t.Errorf("%v, %v", price.To, err)
				}
			}
		})
	}
	for i := range 500 {
		desk.Replace([]*fx.Board{cheap, dear}[i%2])
	}
	pricing.Wait()
	if desk.Board() != dear {
		t.Error("the last board is not up")
	}
}

func value(r money.Rate) *big.Rat {
	scale := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(r.Scale)), nil)
	return new(big.Rat).SetFrac(big.NewInt(r.Mantissa), scale)
}
