package money

import (
	"math"
	"math/big"
	"testing"

	"pgregory.net/rapid"
)

func (u uint128) big() *big.Int {
	high := new(big.Int).Lsh(new(big.Int).SetUint64(u.hi), 64)
	return high.Add(high, new(big.Int).SetUint64(u.lo))
}

func anyWord() *rapid.Generator[uint64] {
	return rapid.OneOf(rapid.Uint64Range(0, 10), rapid.Uint64(), rapid.Uint64Min(math.MaxUint64-10))
}

func anyUint128() *rapid.Generator[uint128] {
	return rapid.Custom(func(t *rapid.T) uint128 {
		return uint128{anyWord().Draw(t, "hi"), anyWord().Draw(t, "lo")}
	})
}

func TestUint128Division(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		u, v := anyUint128().Draw(t, "u"), anyUint128().Draw(t, "v")
		if v.isZero() {
			v.lo = 1
		}
		quotient, remainder := u.div(v)
		wantQuotient, wantRemainder := new(big.Int).QuoRem(u.big(), v.big(), new(big.Int))
		if quotient.big().Cmp(wantQuotient) != 0 || remainder.big().Cmp(wantRemainder) != 0 {
			t.Fatalf("%s / %s = %s rest %s", u.big(), v.big(), quotient.big(), remainder.big())
		}
	})
}

func TestUint128Arithmetic(t *testing.T) {
	limit := new(big.Int).Lsh(big.NewInt(1), 128)
	rapid.Check(t, func(t *rapid.T) {
		u, v := anyUint128().Draw(t, "u"), anyUint128().Draw(t, "v")
		if got, want := u.cmp(v), u.big().Cmp(v.big()); got != want {
			t.Fatalf("cmp %d, want %d", got, want)
		}
		if u.cmp(v) >= 0 && u.sub(v).big().Cmp(new(big.Int).Sub(u.big(), v.big())) != 0 {
			t.Fatalf("sub %s", u.sub(v).big())
		}
		product := new(big.Int).Mul(uint128{lo: u.lo}.big(), uint128{lo: v.lo}.big())
		if got := mul64(u.lo, v.lo).big(); got.Cmp(product) != 0 {
			t.Fatalf("mul %s", got)
		}
		power := rapid.IntRange(0, 40).Draw(t, "power")
		want := new(big.Int).Mul(u.big(), bigPower(power))
		scaled, fits := u.scale(power)
		if fits != (want.Cmp(limit) < 0) || fits && scaled.big().Cmp(want) != 0 {
			t.Fatalf("%s scaled by 10^%d = %s, %v", u.big(), power, scaled.big(), fits)
		}
	})
}

// Both ways of computing a conversion agree wherever both can.
func TestNarrowAndWideAgree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.Uint64Max(math.MaxInt64).Draw(t, "a"), rapid.Uint64Range(1, 1e18-1).Draw(t, "b")
		divisor := rapid.Uint64Range(1, 1e18-1).Draw(t, "divisor")
		shift := rapid.IntRange(-22, 22).Draw(t, "shift")
		for rounding := HalfEven; rounding <= Up; rounding++ {
			narrow, narrowErr := mulPow10(a, b, divisor, shift, rounding)
			wide, wideErr := wideMulPow10(a, b, divisor, shift, rounding)
			if narrow != wide || (narrowErr == nil) != (wideErr == nil) {
				t.Fatalf("%d, %v and %d, %v", narrow, narrowErr, wide, wideErr)
			}
		}
	})
}

func TestTiesAtTheEdgeOfTheRange(t *testing.T) {
	tests := []struct {
		a, divisor uint64
		rounding   Rounding
		want       int64
		overflows  bool
	}{
		{math.MaxInt64, 1, Up, math.MaxInt64, false},
		{math.MaxUint64, 2, Down, math.MaxInt64, false},
		{math.MaxUint64, 2, HalfEven, 0, true},
		{math.MaxUint64, 2, HalfUp, 0, true},
		{math.MaxUint64, 2, Up, 0, true},
		{math.MaxUint64, 1, Down, 0, true},
		{5, 2, HalfEven, 2, false},
		{7, 2, HalfEven, 4, false},
		{5, 2, HalfUp, 3, false},
	}
	for _, tt := range tests {
		got, err := mulPow10(tt.a, 1, tt.divisor, 0, tt.rounding)
		if (err != nil) != tt.overflows || got != tt.want {
			t.Errorf("%d/%d %s = %d, %v; want %d", tt.a, tt.divisor, tt.rounding, got, err, tt.want)
		}
	}
}
