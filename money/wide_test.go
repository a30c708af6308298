package money

import (
	"math/big"
	"testing"

	"pgregory.net/rapid"
)

func bigPower(n int) *big.Int { return new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n)), nil) }

func (w *wide) big() *big.Int {
	sum := new(big.Int)
	for i := len(w) - 1; i >= 0; i-- {
		sum.Lsh(sum, 64).Or(sum, new(big.Int).SetUint64(w[i]))
	}
	return sum
}

// anyWide draws numbers of every length, with words that are all ones or zero
// more often than chance would have it: there the carries are.
func anyWide() *rapid.Generator[wide] {
	return rapid.Custom(func(t *rapid.T) wide {
		var w wide
		for i := range rapid.IntRange(1, wideBits/64).Draw(t, "words") {
			w[i] = rapid.OneOf(rapid.Uint64(), rapid.SampledFrom([]uint64{0, 1, 1 << 63, 1<<64 - 1})).Draw(t, "word")
		}
		return w
	})
}

func TestWideArithmetic(t *testing.T) {
	limit := new(big.Int).Lsh(big.NewInt(1), wideBits)
	rapid.Check(t, func(t *rapid.T) {
		u, v := anyWide().Draw(t, "u"), anyWide().Draw(t, "v")
		if got, want := u.cmp(&v), u.big().Cmp(v.big()); got != want {
			t.Fatalf("cmp %d, want %d", got, want)
		}
		if u.cmp(&v) >= 0 {
			if difference := u.sub(&v); difference.big().Cmp(new(big.Int).Sub(u.big(), v.big())) != 0 {
				t.Fatalf("sub %s", difference.big())
			}
		}
		same := func(name string, got wide, fits bool, want *big.Int) {
			if fits != (want.Cmp(limit) < 0) || fits && got.big().Cmp(want) != 0 {
				t.Fatalf("%s of %s and %s is %s, %v", name, u.big(), v.big(), got.big(), fits)
			}
		}
		product, fits := u.multiply(&v)
		same("product", product, fits, new(big.Int).Mul(u.big(), v.big()))
		product, fits = u.times(v[0])
		same("product with a word", product, fits, new(big.Int).Mul(u.big(), new(big.Int).SetUint64(v[0])))
		power := rapid.IntRange(0, 150).Draw(t, "power")
		product, fits = u.power10(power)
		want := new(big.Int).Mul(u.big(), bigPower(power))
		if u.words() > 0 {
			same("power", product, fits, want)
		}
	})
}

func TestWideDivision(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := anyWide().Filter(func(v wide) bool { return v.words() > 0 }).Draw(t, "v")
		u := anyWide().Draw(t, "u")
		if rapid.Bool().Draw(t, "fitting") {
			// A dividend near a multiple of the divisor, where estimates go wrong.
			product, fits := v.times(rapid.Uint64().Draw(t, "quotient"))
			if !fits {
				t.Skip("too long")
			}
			u = product
			if one := wideOf(1); rapid.Bool().Draw(t, "one less") && u.words() > 0 {
				u = u.sub(&one)
			}
		}
		quotient, remainder, fits := u.divide(&v)
		want, rest := new(big.Int).QuoRem(u.big(), v.big(), new(big.Int))
		if fits != want.IsUint64() {
			t.Fatalf("%s / %s fits one word: %v", u.big(), v.big(), fits)
		}
		if fits && (quotient != want.Uint64() || remainder.big().Cmp(rest) != 0) {
			t.Fatalf("%s / %s = %d rest %s, want %s rest %s", u.big(), v.big(), quotient, remainder.big(), want, rest)
		}
	})
}

// A chain that is too long to be exact is refused, never wrapped.
func TestLongChainsEnd(t *testing.T) {
	rate := Rate{Base: "USD", Quote: "USD", Mantissa: 1e18 - 1, Scale: 18}
	chain, steps := rate.Ratio(), 1
	for chain.Valid() && steps < 20 {
		chain = chain.Through(rate.Ratio())
		steps++
	}
	if steps < 4 || steps == 20 {
		t.Errorf("a chain of rates of 18 digits ends after %d", steps)
	}
}

func TestRatiosCompare(t *testing.T) {
	one := Rate{Base: "EUR", Quote: "USD", Mantissa: 11684, Scale: 4}.Ratio()
	more := Rate{Base: "EUR", Quote: "USD", Mantissa: 11685, Scale: 4}.Ratio()
	tests := []struct {
		a, b       Ratio
		want       int
		comparable bool
	}{
		{one, more, -1, true}, {more, one, 1, true}, {one, one, 0, true},
		{one, one.Inverse(), 0, false}, {one, Ratio{}, 0, false}, {Ratio{}, Ratio{}, 0, false},
		{one, Rate{Base: "EUR", Quote: "JPY", Mantissa: 1}.Ratio(), 0, false},
	}
	for i, tt := range tests {
		got, comparable := tt.a.Compare(tt.b)
		if comparable != tt.comparable || comparable && got != tt.want {
			t.Errorf("%d: %d, %v", i, got, comparable)
		}
	}
	if one.Base() != "EUR" || one.Quote() != "USD" {
		t.Errorf("%s/%s", one.Base(), one.Quote())
	}
}

func TestPricesCostNoGarbage(t *testing.T) {
	euro := Rate{Base: "EUR", Quote: "IDR", Mantissa: 2008205, Scale: 2}.Ratio()
	yen := Rate{Base: "EUR", Quote: "JPY", Mantissa: 18675, Scale: 2}.Ratio()
	allocations := testing.AllocsPerRun(100, func() {
		if _, err := euro.Inverse().Through(yen).MarkedUp(50).Upward().Rate(11, 10, HalfEven); err != nil {
			t.Error(err)
		}
	})
	if allocations != 0 {
		t.Errorf("%v allocations", allocations)
	}
}

func TestParts(t *testing.T) {
	ratio := Rate{Base: "EUR", Quote: "USD", Mantissa: 125005, Scale: 5}.Ratio()
	tests := []struct {
		ratio    Ratio
		unit     int64
		rounding Rounding
		want     int64
		fits     bool
	}{
		{ratio, 10_000, HalfEven, 12500, true}, {ratio, 10_000, Up, 12501, true}, {ratio, 1, Down, 1, true},
		{ratio, 0, Down, 0, false}, {ratio, 1, 0, 0, false}, {Ratio{}, 1, Up, 0, false},
		{Rate{Base: "EUR", Quote: "USD", Mantissa: 1e18 - 1}.Ratio(), 1000, Up, 0, false},
	}
	for i, tt := range tests {
		if got, fits := tt.ratio.Parts(tt.unit, tt.rounding); fits != tt.fits || fits && got != tt.want {
			t.Errorf("%d: %d, %v", i, got, fits)
		}
	}
}

func TestParseRounding(t *testing.T) {
	for r := HalfEven; r <= Up; r++ {
		if got, err := ParseRounding(r.String()); err != nil || got != r {
			t.Errorf("%s: %s, %v", r, got, err)
		}
	}
	for _, name := range []string{"", "unnamed", "Half-Even", "nearest"} {
		if got, err := ParseRounding(name); err == nil || got != 0 {
			t.Errorf("%q: %s", name, got)
		}
	}
}
