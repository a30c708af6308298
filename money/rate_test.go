package money_test

import (
	"errors"
	"math"
	"math/big"
	"testing"

	"pgregory.net/rapid"

	"github.com/causeway-pay/causeway/money"
)

func TestParseRate(t *testing.T) {
	tests := []struct {
		text, want string
		bad        bool
	}{
		{"156.6", "156.6", false},
		{"156.600", "156.6", false},
		{"0156.6", "156.6", false},
		{"1", "1", false},
		{"20082.05", "20082.05", false},
		{".5", "0.5", false},
		{"0.000000000000000001", "0.000000000000000001", false},
		{"999999999999999999", "999999999999999999", false},
		{"0.0000000000000000001", "", true},
		{"1000000000000000000", "", true},
		{"0", "", true},
		{"0.00", "", true},
		{"", "", true},
		{".", "", true},
		{"-1", "", true},
		{"1e3", "", true},
		{"1 ", "", true},
		{"1.2.3", "", true},
	}
	for _, tt := range tests {
		got, err := money.ParseRate("USD", "JPY", tt.text)
		if tt.bad != (err != nil) || err == nil && got.Decimal() != tt.want {
			t.Errorf("ParseRate(%q) = %v, %v; want %q", tt.text, got, err, tt.want)
		}
	}
	if _, err := money.ParseRate("USD", "JPX", "1"); !errors.Is(err, money.ErrUnknownCurrency) {
		t.Errorf("unknown quote: %v", err)
	}
	if got := mustRate(t, "USD", "JPY", "156.6").String(); got != "USD/JPY 156.6" {
		t.Errorf("String = %q", got)
	}
}

func TestConvert(t *testing.T) {
	tests := []struct {
		rate     money.Rate
		amount   money.Amount
		rounding money.Rounding
		want     money.Amount
	}{
		{mustRate(t, "USD", "JPY", "156.6"), money.New(100, "USD"), money.HalfEven, money.New(157, "JPY")},
		{mustRate(t, "USD", "JPY", "156.6"), money.New(100, "USD"), money.Down, money.New(156, "JPY")},
		{mustRate(t, "USD", "JPY", "156.5"), money.New(100, "USD"), money.HalfEven, money.New(156, "JPY")},
		{mustRate(t, "USD", "JPY", "157.5"), money.New(100, "USD"), money.HalfEven, money.New(158, "JPY")},
		{mustRate(t, "USD", "JPY", "156.5"), money.New(100, "USD"), money.HalfUp, money.New(157, "JPY")},
		{mustRate(t, "USD", "JPY", "156.1"), money.New(100, "USD"), money.Up, money.New(157, "JPY")},
		{mustRate(t, "USD", "JPY", "156"), money.New(100, "USD"), money.Up, money.New(156, "JPY")},
		{mustRate(t, "USD", "JPY", "200"), money.New(100, "JPY"), money.HalfEven, money.New(50, "USD")},
		{mustRate(t, "USD", "KWD", "0.3"), money.New(1000, "USD"), money.HalfEven, money.New(3000, "KWD")},
		{mustRate(t, "KWD", "IDR", "57000"), money.New(1, "IDR"), money.HalfEven, money.New(0, "KWD")},
		{mustRate(t, "KWD", "IDR", "57000"), money.New(1, "IDR"), money.Up, money.New(1, "KWD")},
		{mustRate(t, "USD", "JPY", "156.6"), money.New(0, "USD"), money.Up, money.New(0, "JPY")},
		{mustRate(t, "USD", "USD", "2"), money.New(7, "USD"), money.Up, money.New(14, "USD")},
	}
	for _, tt := range tests {
		got, err := tt.rate.Convert(tt.amount, tt.rounding)
		if err != nil || got != tt.want {
			t.Errorf("%s at %s, %s: %v, %v; want %s", tt.amount, tt.rate, tt.rounding, got, err, tt.want)
		}
	}
}

func TestConvertRefuses(t *testing.T) {
	good := mustRate(t, "USD", "JPY", "156.6")
	tests := []struct {
		name     string
		rate     money.Rate
		amount   money.Amount
		rounding money.Rounding
		want     error
	}{
		{"no rounding", good, money.New(1, "USD"), 0, money.ErrRate},
		{"unknown rounding", good, money.New(1, "USD"), 5, money.ErrRate},
		{"negative amount", good, money.New(-1, "USD"), money.Up, money.ErrRate},
		{"lowest amount", good, money.New(math.MinInt64, "USD"), money.Up, money.ErrRate},
		{"third currency", good, money.New(1, "EUR"), money.Up, money.ErrCurrencyMismatch},
		{"no rate", money.Rate{}, money.New(1, "USD"), money.Up, money.ErrRate},
		{"zero rate", money.Rate{Base: "USD", Quote: "JPY"}, money.New(1, "USD"), money.Up, money.ErrRate},
		{"negative rate", money.Rate{Base: "USD", Quote: "JPY", Mantissa: -1},
			money.New(1, "USD"), money.Up, money.ErrRate},
		{"scale", money.Rate{Base: "USD", Quote: "JPY", Mantissa: 1, Scale: 19},
			money.New(1, "USD"), money.Up, money.ErrRate},
		{"overflow", mustRate(t, "USD", "CLF", "999999999999999999"),
			money.New(math.MaxInt64, "USD"), money.Up, money.ErrOverflow},
		{"up to overflow", mustRate(t, "USD", "EUR", "1.0000000000000001"),
			money.New(math.MaxInt64, "USD"), money.Up, money.ErrOverflow},
	}
	for _, tt := range tests {
		if got, err := tt.rate.Convert(tt.amount, tt.rounding); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, %v; want %v", tt.name, got, err, tt.want)
		}
	}
}

func TestConvertAgainstRationals(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rate, amount := anyRate().Draw(t, "rate"), anyAmount().Draw(t, "amount")
		if rapid.Bool().Draw(t, "divide") {
			amount.Currency = rate.Quote
		} else {
			amount.Currency = rate.Base
		}
		for _, rounding := range roundings {
			exact, into := convertExactly(rate, amount)
			want := roundRat(exact, rounding)
			got, err := rate.Convert(amount, rounding)
			switch {
			case !want.IsInt64():
				if !errors.Is(err, money.ErrOverflow) {
					t.Fatalf("%s at %s: %v, %v; exact %s overflows", amount, rate, got, err, want)
				}
			case err != nil || got != money.New(want.Int64(), into):
				t.Fatalf("%s at %s, %s: %v, %v; want %s", amount, rate, rounding, got, err, want)
			}
		}
	})
}

// An amount that went there and came back differs by what one rounding of half
// a unit there is worth here, and half a unit here.
func TestThereAndBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rate, amount := anyRate().Draw(t, "rate"), anyAmount().Draw(t, "amount")
		amount.Currency = rate.Base
		there, err := rate.Convert(amount, money.HalfEven)
		if err != nil || rate.Base == rate.Quote {
			t.Skip("does not fit")
		}
		back, err := rate.Convert(there, money.HalfEven)
		if err != nil {
			t.Skip("does not fit")
		}
		unitThere, _ := convertExactly(rate, money.New(1, rate.Quote))
		residue := new(big.Rat).SetInt64(back.Minor - amount.Minor)
		limit := new(big.Rat).Add(new(big.Rat).Mul(unitThere, big.NewRat(1, 2)), big.NewRat(1, 2))
		if residue.Abs(residue).Cmp(limit) > 0 {
			t.Fatalf("%s at %s became %s and then %s", amount, rate, there, back)
		}
	})
}

func TestConvertIsMonotone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rate, rounding := anyRate().Draw(t, "rate"), anyRounding().Draw(t, "rounding")
		less := rapid.Int64Range(0, 1e15).Draw(t, "less")
		more := rapid.Int64Range(less, 2e15).Draw(t, "more")
		small, errSmall := rate.Convert(money.New(less, rate.Base), rounding)
		large, errLarge := rate.Convert(money.New(more, rate.Base), rounding)
		if errSmall != nil && errLarge == nil || errLarge == nil && small.Minor > large.Minor {
			t.Fatalf("%d gives %v (%v), %d gives %v (%v)", less, small, errSmall, more, large, errLarge)
		}
	})
}

func TestRoundingNames(t *testing.T) {
	want := map[money.Rounding]string{
		money.HalfEven: "half-even", money.HalfUp: "half-up", money.Down: "down", money.Up: "up", 0: "unnamed", 9: "unnamed",
	}
	for rounding, name := range want {
		if rounding.String() != name {
			t.Errorf("%d is named %q, want %q", rounding, rounding, name)
		}
	}
}
