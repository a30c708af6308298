package money_test

import (
	"errors"
	"math"
	"math/big"
	"testing"

	"pgregory.net/rapid"

	"github.com/causeway-pay/causeway/money"
)

func TestRound(t *testing.T) {
	tests := []struct {
		text             string
		digits, fraction int
		rounding         money.Rounding
		want             string
	}{
		{"2515.6964435592", 11, 10, money.HalfEven, "2515.6964436"},
		{"2515.6964435592", 11, 10, money.Down, "2515.6964435"},
		{"0.0000497957123", 11, 10, money.HalfEven, "0.0000497957"},
		{"9.99999999996", 11, 10, money.HalfEven, "10"},
		{"99999999999.4", 11, 10, money.HalfEven, "99999999999"},
		{"99999999999.5", 11, 10, money.HalfEven, ""},
		{"100000000000", 11, 10, money.HalfEven, ""},
		{"0.00000000004", 11, 10, money.HalfEven, ""},
		{"0.00000000004", 11, 10, money.Up, "0.0000000001"},
		{"0.0012345", 3, 18, money.HalfUp, "0.00123"},
		{"0.001", 1, 18, money.HalfUp, "0.001"},
		{"0.00099999", 3, 18, money.HalfUp, "0.001"},
		{"2.5", 1, 0, money.HalfEven, "2"},
		{"2.5", 1, 0, money.HalfUp, "3"},
		{"1.5", 0, 0, money.HalfUp, ""},
		{"1.5", 19, 0, money.HalfUp, ""},
		{"1.5", 3, 19, money.HalfUp, ""},
		{"1.5", 3, -1, money.HalfUp, ""},
		{"1.5", 3, 1, 0, ""},
	}
	for _, tt := range tests {
		got, err := mustRate(t, "USD", "JPY", tt.text).Round(tt.digits, tt.fraction, tt.rounding)
		if (err != nil) != (tt.want == "") || err == nil && got.Decimal() != tt.want {
			t.Errorf("%+v: %v, %v", tt, got, err)
		}
		if err != nil && !errors.Is(err, money.ErrRate) {
			t.Errorf("Round(%s): error %v is not ErrRate", tt.text, err)
		}
	}
}

func TestRoundAgainstRationals(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rate, rounding := anyRate().Draw(t, "rate"), anyRounding().Draw(t, "rounding")
		digits, fraction := rapid.IntRange(1, 18).Draw(t, "digits"), rapid.IntRange(0, 18).Draw(t, "fraction")
		got, err := rate.Round(digits, fraction, rounding)
		if err != nil {
			return
		}
		if int(got.Scale) > fraction || got.Mantissa >= pow10(digits).Int64() {
			t.Fatalf("%s to %d/%d digits is %s", rate, digits, fraction, got)
		}
		if got.Scale > 0 && got.Mantissa%10 == 0 {
			t.Fatalf("%s is not in lowest form", got)
		}
		// One unit in the last place that the limits leave.
		place := fraction
		limit := new(big.Rat).SetInt(pow10(digits))
		for place > 0 && new(big.Rat).Mul(value(rate), new(big.Rat).SetInt(pow10(place))).Cmp(limit) >= 0 {
			place--
		}
		unit := new(big.Rat).SetFrac(big.NewInt(1), pow10(place))
		want := roundRat(new(big.Rat).Quo(value(rate), unit), rounding)
		if new(big.Rat).Mul(new(big.Rat).SetInt(want), unit).Cmp(value(got)) != 0 {
			t.Fatalf("%s to %d/%d digits %s is %s, want %s at 10^-%d", rate, digits, fraction, rounding, got, want, place)
		}
	})
}

func TestMarkup(t *testing.T) {
	tests := []struct {
		text   string
		points int64
		want   string
	}{
		{"156.6", 0, "156.6"},
		{"156.6", 100, "158.166"},
		{"156.6", -100, "155.034"},
		{"156.6", 1, "156.61566"},
		{"100", 10000, "200"},
		{"100", -9999, "0.01"},
		{"100", -10000, ""},
		{"100", -20000, ""},
		{"999999999999999999", 10000, ""},
	}
	for _, tt := range tests {
		got, err := mustRate(t, "USD", "JPY", tt.text).Markup(tt.points, money.HalfEven)
		if (err != nil) != (tt.want == "") || err == nil && got.Decimal() != tt.want {
			t.Errorf("%s marked up by %d = %v, %v; want %q", tt.text, tt.points, got, err, tt.want)
		}
	}
}

func TestCross(t *testing.T) {
	dollar, yen := mustRate(t, "EUR", "USD", "1.1684"), mustRate(t, "EUR", "JPY", "186.75")
	tests := []struct {
		a, b money.Rate
		want string
	}{
		{dollar, yen, "USD/JPY 159.834"},
		{yen, dollar, "JPY/USD 0.00625649"},
		{mustRate(t, "USD", "EUR", "0.5"), yen, "USD/JPY 93.375"},
		{mustRate(t, "USD", "EUR", "0.5"), mustRate(t, "JPY", "EUR", "0.005"), "USD/JPY 100"},
		{dollar, mustRate(t, "JPY", "EUR", "0.005"), "USD/JPY 171.174"},
	}
	for _, tt := range tests {
		rate, err := money.Cross(tt.a, tt.b, money.HalfEven)
		if err != nil {
			t.Errorf("%s x %s: %v", tt.a, tt.b, err)
			continue
		}
		if short, err := rate.Round(6, 18, money.HalfEven); err != nil || short.String() != tt.want {
			t.Errorf("%s x %s = %v, %v; want %s", tt.a, tt.b, rate, err, tt.want)
		}
	}
	for _, other := range []money.Rate{dollar, mustRate(t, "USD", "EUR", "0.9"), mustRate(t, "GBP", "JPY", "200"), {}} {
		if rate, err := money.Cross(dollar, other, money.HalfEven); !errors.Is(err, money.ErrCurrencyMismatch) {
			t.Errorf("%s x %s = %v, %v", dollar, other, rate, err)
		}
	}
}

func TestCrossAgainstRationals(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := anyRate().Draw(t, "a"), anyRate().Draw(t, "b")
		a.Base, a.Quote, b.Base, b.Quote = "EUR", "CNY", "EUR", "IDR"
		ratio, err := money.CrossRatio(a, b)
		if err != nil {
			t.Fatal(err)
		}
		upward, err := ratio.Upward().Rate(18, 18, money.HalfEven)
		if err != nil {
			t.Skip("outside 18 digits")
		}
		exact := new(big.Rat).Quo(value(b), value(a))
		if upward.Base == "IDR" {
			exact.Inv(exact)
		}
		if exact.Cmp(big.NewRat(1, 1)) < 0 || value(upward).Cmp(big.NewRat(1, 1)) < 0 {
			t.Fatalf("%s is below 1", upward)
		}
		relative := new(big.Rat).Quo(new(big.Rat).Sub(value(upward), exact), exact)
		if relative.Abs(relative).Cmp(new(big.Rat).SetFrac(big.NewInt(5), pow10(18))) > 0 {
			t.Fatalf("%s x %s = %s, off by %s", a, b, upward, relative.FloatString(30))
		}
	})
}

func TestRatiosStayExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rate := anyRate().Draw(t, "rate")
		points := rapid.Int64Range(-9999, 20000).Draw(t, "points")
		marked := rate.Ratio().MarkedUp(points)
		if back, err := marked.Inverse().Inverse().Rate(18, 18, money.HalfEven); err == nil {
			direct, err := rate.Markup(points, money.HalfEven)
			if err != nil || back != direct {
				t.Fatalf("inverted twice %v, directly %v, %v", back, direct, err)
			}
		}
		if !marked.Valid() || marked.Through(marked).Valid() && rate.Base != rate.Quote {
			t.Fatalf("%s marked up by %d: valid %v, or crossed with itself", rate, points, marked.Valid())
		}
	})
	var none money.Ratio
	for i, ratio := range []money.Ratio{none, none.Upward(), none.MarkedUp(1), none.Inverse(), none.Through(none)} {
		if ratio.Valid() {
			t.Errorf("the zero ratio became one in %d", i)
		}
	}
	if _, err := none.Rate(18, 18, money.Up); !errors.Is(err, money.ErrRate) {
		t.Errorf("the zero ratio as a rate: %v", err)
	}
}

func TestRatioConvertsExactly(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		first, second := anyRate().Draw(t, "first"), anyRate().Draw(t, "second")
		second.Base = first.Quote
		ratio, rounding := first.Ratio().Through(second.Ratio()), anyRounding().Draw(t, "rounding")
		if rapid.Bool().Draw(t, "inverse") {
			ratio = ratio.Inverse()
		}
		amount := money.New(rapid.Int64Range(-1e15, 1e15).Draw(t, "minor"), ratio.Base())
		exact := new(big.Rat).Mul(value(first), value(second))
		if ratio.Base() != first.Base || ratio.Quote() != second.Quote || first.Base == second.Quote {
			return
		}
		exact.Mul(exact, major(amount)).Mul(exact, new(big.Rat).SetInt(pow10(ratio.Quote().Exponent())))
		want := roundRat(new(big.Rat).Abs(exact), rounding)
		if exact.Sign() < 0 {
			want.Neg(want)
		}
		got, err := ratio.Convert(amount, rounding)
		if (err == nil) != want.IsInt64() || err == nil && (got.Minor != want.Int64() || got.Currency != ratio.Quote()) {
			t.Fatalf("%s of %s by %s x %s is %s, %v; want %s", rounding, amount, first, second, got, err, want)
		}
	})
	dollar := mustRate(t, "EUR", "USD", "1.1684").Ratio()
	for i, try := range []func() (money.Amount, error){
		func() (money.Amount, error) { return dollar.Convert(money.New(1, "USD"), money.Up) },
		func() (money.Amount, error) { return dollar.Convert(money.New(1, "EUR"), 0) },
		func() (money.Amount, error) { return money.Ratio{}.Convert(money.New(1, ""), money.Up) },
	} {
		if got, err := try(); err == nil {
			t.Errorf("%d: converted to %s", i, got)
		}
	}
	if back, err := dollar.Inverse().Convert(money.New(-11684, "USD"), money.Down); err != nil || back != money.New(-10000, "EUR") {
		t.Errorf("%s, %v", back, err)
	}
}

// TestLongRatioConverts: a ratio that is as long as ratios may be converts, or says that it
// cannot, also where the exponents of the currencies make it longer still.
func TestLongRatioConverts(t *testing.T) {
	tiny := func(base, quote money.Currency) money.Ratio {
		return money.Rate{Base: quote, Quote: base, Mantissa: 999_999_999_999_999_999}.Ratio().Inverse()
	}
	ratio := tiny("CLF", "JPY").Through(tiny("JPY", "KWD")).Through(tiny("KWD", "KRW")).Through(tiny("KRW", "USD")).
		Through(tiny("USD", "JPY")).MarkedUp(9999)
	if !ratio.Valid() {
		t.Fatal("five rates are too long")
	}
	for _, minor := range []int64{1, -1, math.MaxInt64, math.MinInt64} {
		if got, err := ratio.Convert(money.New(minor, "CLF"), money.Up); !errors.Is(err, money.ErrOverflow) {
			t.Errorf("%d is %s, %v", minor, got, err)
		}
	}
}
