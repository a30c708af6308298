package money_test

import (
	"errors"
	"math"
	"math/big"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/causeway-pay/causeway/money"
)

func TestParseMinor(t *testing.T) {
	tests := []struct {
		text     string
		currency money.Currency
		want     int64
		err      error
	}{
		{"0", "HKD", 0, nil},
		{"1500", "JPY", 1500, nil},
		{"999999999999999999", "IDR", 999999999999999999, nil},
		{"1000000000000000000", "IDR", 0, money.ErrSyntax},
		{"", "HKD", 0, money.ErrSyntax},
		{"01", "HKD", 0, money.ErrSyntax},
		{"00", "HKD", 0, money.ErrSyntax},
		{"-1", "HKD", 0, money.ErrSyntax},
		{"+1", "HKD", 0, money.ErrSyntax},
		{"1.0", "HKD", 0, money.ErrSyntax},
		{"1e3", "HKD", 0, money.ErrSyntax},
		{" 1", "HKD", 0, money.ErrSyntax},
		{"1\n", "HKD", 0, money.ErrSyntax},
		{"١", "HKD", 0, money.ErrSyntax},
		{"1", "XXX", 0, money.ErrUnknownCurrency},
		{"1", "", 0, money.ErrUnknownCurrency},
		{"1", "hkd", 0, money.ErrUnknownCurrency},
	}
	for _, tt := range tests {
		got, err := money.ParseMinor(tt.text, tt.currency)
		if !errors.Is(err, tt.err) || got.Minor != tt.want {
			t.Errorf("ParseMinor(%q, %s) = %v, %v; want %d, %v", tt.text, tt.currency, got, err, tt.want, tt.err)
		}
		if err != nil && got != (money.Amount{}) {
			t.Errorf("ParseMinor(%q): amount %v beside an error", tt.text, got)
		}
	}
}

func TestParseDecimal(t *testing.T) {
	tests := []struct {
		text     string
		currency money.Currency
		want     int64
		err      error
	}{
		{"15.00", "HKD", 1500, nil},
		{"15", "HKD", 1500, nil},
		{"15.", "HKD", 1500, nil},
		{".5", "HKD", 50, nil},
		{"0.05", "HKD", 5, nil},
		{"00015.10000", "HKD", 1510, nil},
		{"1500.00", "JPY", 1500, nil},
		{"1.234", "KWD", 1234, nil},
		{"1.2345", "CLF", 12345, nil},
		{"0", "JPY", 0, nil},
		{"0.000000", "JPY", 0, nil},
		{"9999999999999999.99", "USD", 999999999999999999, nil},
		{"9007199254740993", "JPY", 9007199254740993, nil},
		{"1000000000000000.01", "USD", 100000000000000001, nil},
		{"10000000000000000.00", "USD", 0, money.ErrOverflow},
		{"1000000000000000000", "JPY", 0, money.ErrOverflow},
		{"1500.5", "JPY", 0, money.ErrFractionDigits},
		{"1.001", "USD", 0, money.ErrFractionDigits},
		{"1.23456", "CLF", 0, money.ErrFractionDigits},
		{"", "USD", 0, money.ErrSyntax},
		{".", "USD", 0, money.ErrSyntax},
		{"-1", "USD", 0, money.ErrSyntax},
		{"1e3", "USD", 0, money.ErrSyntax},
		{"1.2.3", "USD", 0, money.ErrSyntax},
		{"1,00", "USD", 0, money.ErrSyntax},
		{"NaN", "USD", 0, money.ErrSyntax},
		{"INF", "USD", 0, money.ErrSyntax},
		{"0x10", "USD", 0, money.ErrSyntax},
		{"1", "XAU", 0, money.ErrUnknownCurrency},
		{strings.Repeat("0", 1000) + "7", "JPY", 7, nil},
	}
	for _, tt := range tests {
		got, err := money.ParseDecimal(tt.text, tt.currency)
		if !errors.Is(err, tt.err) || got.Minor != tt.want {
			t.Errorf("ParseDecimal(%q, %s) = %v, %v; want %d, %v", tt.text, tt.currency, got, err, tt.want, tt.err)
		}
	}
}

func TestDecimal(t *testing.T) {
	tests := []struct {
		amount money.Amount
		want   string
	}{
		{money.New(1500, "JPY"), "1500 JPY"},
		{money.New(0, "JPY"), "0 JPY"},
		{money.New(0, "USD"), "0.00 USD"},
		{money.New(5, "USD"), "0.05 USD"},
		{money.New(-5, "USD"), "-0.05 USD"},
		{money.New(123456, "KWD"), "123.456 KWD"},
		{money.New(1, "CLF"), "0.0001 CLF"},
		{money.New(100000000, "IDR"), "1000000.00 IDR"},
		{money.New(math.MaxInt64, "USD"), "92233720368547758.07 USD"},
		{money.New(math.MinInt64, "USD"), "-92233720368547758.08 USD"},
		{money.New(math.MinInt64, "JPY"), "-9223372036854775808 JPY"},
	}
	for _, tt := range tests {
		if got := tt.amount.String(); got != tt.want {
			t.Errorf("String of %d %s = %q, want %q", tt.amount.Minor, tt.amount.Currency, got, tt.want)
		}
		if got := string(tt.amount.AppendDecimal([]byte("x="))); got != "x="+tt.amount.Decimal() {
			t.Errorf("AppendDecimal wrote %q", got)
		}
	}
}

func TestSums(t *testing.T) {
	const highest, lowest = math.MaxInt64, math.MinInt64
	tests := []struct {
		a, b     int64
		sum, sub error
	}{
		{1, 2, nil, nil},
		{highest, 0, nil, nil},
		{highest, 1, money.ErrOverflow, nil},
		{highest, -1, nil, money.ErrOverflow},
		{lowest, -1, money.ErrOverflow, nil},
		{lowest, 1, nil, money.ErrOverflow},
		{lowest, lowest, money.ErrOverflow, nil},
		{-1, lowest, money.ErrOverflow, nil},
		{0, lowest, nil, money.ErrOverflow},
		{highest, highest, money.ErrOverflow, nil},
		{highest, lowest, nil, money.ErrOverflow},
	}
	for _, tt := range tests {
		a, b := money.New(tt.a, "EUR"), money.New(tt.b, "EUR")
		if _, err := a.Add(b); !errors.Is(err, tt.sum) {
			t.Errorf("%d + %d: %v, want %v", tt.a, tt.b, err, tt.sum)
		}
		if _, err := a.Sub(b); !errors.Is(err, tt.sub) {
			t.Errorf("%d - %d: %v, want %v", tt.a, tt.b, err, tt.sub)
		}
	}
}

func TestCurrenciesDoNotMix(t *testing.T) {
	euro, yen := money.New(1, "EUR"), money.New(1, "JPY")
	if _, err := euro.Add(yen); !errors.Is(err, money.ErrCurrencyMismatch) {
		t.Errorf("Add: %v", err)
	}
	if _, err := euro.Sub(money.New(math.MinInt64, "JPY")); !errors.Is(err, money.ErrCurrencyMismatch) {
		t.Errorf("Sub: %v", err)
	}
	if _, err := money.New(math.MinInt64, "EUR").Neg(); !errors.Is(err, money.ErrOverflow) {
		t.Errorf("Neg: %v", err)
	}
}

func TestSigns(t *testing.T) {
	for minor, want := range map[int64][2]bool{-1: {false, false}, 0: {false, true}, 1: {true, false}} {
		a := money.New(minor, "EUR")
		if got := [2]bool{a.IsPositive(), a.IsZero()}; got != want {
			t.Errorf("%d: positive, zero = %v, want %v", minor, got, want)
		}
	}
}

func TestSumsAgainstBigIntegers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := money.New(rapid.Int64().Draw(t, "a"), "EUR")
		b := money.New(rapid.Int64().Draw(t, "b"), "EUR")
		check := func(name string, got money.Amount, err error, want *big.Int) {
			if want.IsInt64() != (err == nil) {
				t.Fatalf("%s: error %v, exact %s", name, err, want)
			}
			if err == nil && got != money.New(want.Int64(), "EUR") {
				t.Fatalf("%s: got %v, want %s", name, got, want)
			}
		}
		x, y := big.NewInt(a.Minor), big.NewInt(b.Minor)
		sum, err := a.Add(b)
		check("Add", sum, err, new(big.Int).Add(x, y))
		difference, err := a.Sub(b)
		check("Sub", difference, err, new(big.Int).Sub(x, y))
		negated, err := a.Neg()
		check("Neg", negated, err, new(big.Int).Neg(x))
	})
}

func TestDecimalAndBack(t *testing.T) {
	currencies := money.Currencies()
	rapid.Check(t, func(t *rapid.T) {
		a := money.New(rapid.Int64Range(0, 1e18-1).Draw(t, "minor"), rapid.SampledFrom(currencies).Draw(t, "currency"))
		back, err := money.ParseDecimal(a.Decimal(), a.Currency)
		if err != nil || back != a {
			t.Fatalf("%s came back as %v, %v", a, back, err)
		}
	})
}

func TestBasisPoints(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, rounding := anyAmount().Draw(t, "amount"), anyRounding().Draw(t, "rounding")
		points := rapid.Int64Range(0, 1e6).Draw(t, "points")
		exact := new(big.Rat).Mul(new(big.Rat).SetInt64(a.Minor), big.NewRat(points, 10000))
		want := roundRat(exact, rounding)
		got, err := a.BasisPoints(points, rounding)
		if want.IsInt64() != (err == nil) || err == nil && (got.Minor != want.Int64() || got.Currency != a.Currency) {
			t.Fatalf("%d basis points of %s: %v, %v; want %s", points, a, got, err, want)
		}
	})
	for _, bad := range []struct {
		minor, points int64
		rounding      money.Rounding
	}{{-1, 1, money.HalfUp}, {1, -1, money.HalfUp}, {1, 1, 0}, {1, 1, 9}} {
		if _, err := money.New(bad.minor, "EUR").BasisPoints(bad.points, bad.rounding); err == nil {
			t.Errorf("%+v accepted", bad)
		}
	}
}
