package money_test

import (
	"math/big"
	"testing"

	"pgregory.net/rapid"

	"github.com/causeway-pay/causeway/money"
)

var roundings = []money.Rounding{money.HalfEven, money.HalfUp, money.Down, money.Up}

// roundRat is the reference for every rounding rule: it works on rationals and
// compares with the neighbours instead of with remainders.
func roundRat(exact *big.Rat, rounding money.Rounding) *big.Int {
	below := new(big.Int).Quo(exact.Num(), exact.Denom())
	above := new(big.Int).Add(below, big.NewInt(1))
	if exact.IsInt() || rounding == money.Down {
		return below
	}
	if rounding == money.Up {
		return above
	}
	down := new(big.Rat).Sub(exact, new(big.Rat).SetInt(below))
	up := new(big.Rat).Sub(new(big.Rat).SetInt(above), exact)
	switch order := down.Cmp(up); {
	case order < 0:
		return below
	case order > 0:
		return above
	case rounding == money.HalfEven && new(big.Int).And(below, big.NewInt(1)).Sign() == 0:
		return below
	default:
		return above
	}
}

func pow10(n int) *big.Int {
	return new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n)), nil)
}

// major returns the exact value of an amount in major units.
func major(a money.Amount) *big.Rat {
	return new(big.Rat).SetFrac(big.NewInt(a.Minor), pow10(a.Currency.Exponent()))
}

// value returns the exact value of a rate.
func value(r money.Rate) *big.Rat {
	return new(big.Rat).SetFrac(big.NewInt(r.Mantissa), pow10(int(r.Scale)))
}

// convertExactly is what Convert has to round: the amount in minor units of the
// other currency.
func convertExactly(r money.Rate, a money.Amount) (*big.Rat, money.Currency) {
	exact, into := new(big.Rat), r.Quote
	if a.Currency == r.Base {
		exact.Mul(major(a), value(r))
	} else {
		exact.Quo(major(a), value(r))
		into = r.Base
	}
	return exact.Mul(exact, new(big.Rat).SetInt(pow10(into.Exponent()))), into
}

var someCurrencies = []money.Currency{"JPY", "KRW", "EUR", "USD", "CNY", "IDR", "KWD", "TND", "CLF", "UYW"}

func anyCurrency() *rapid.Generator[money.Currency] {
	return rapid.SampledFrom(someCurrencies)
}

func anyRounding() *rapid.Generator[money.Rounding] { return rapid.SampledFrom(roundings) }

func anyAmount() *rapid.Generator[money.Amount] {
	return rapid.Custom(func(t *rapid.T) money.Amount {
		minor := rapid.OneOf(rapid.Int64Range(0, 1e4), rapid.Int64Range(0, 1e15), rapid.Int64Min(0)).Draw(t, "minor")
		return money.New(minor, anyCurrency().Draw(t, "currency"))
	})
}

func anyRate() *rapid.Generator[money.Rate] {
	return rapid.Custom(func(t *rapid.T) money.Rate {
		return money.Rate{
			Base:     anyCurrency().Draw(t, "base"),
			Quote:    anyCurrency().Draw(t, "quote"),
			Mantissa: rapid.OneOf(rapid.Int64Range(1, 1e6), rapid.Int64Range(1, 1e18-1)).Draw(t, "mantissa"),
			Scale:    uint8(rapid.IntRange(0, money.ScaleMax).Draw(t, "scale")),
		}
	})
}

func mustRate(t testing.TB, base, quote money.Currency, text string) money.Rate {
	t.Helper()
	rate, err := money.ParseRate(base, quote, text)
	if err != nil {
		t.Fatalf("ParseRate(%q): %v", text, err)
	}
	return rate
}
