package money

import (
	"errors"
	"fmt"
	"math/bits"
	"strconv"
	"strings"
)

// Rounding names the one way in which a conversion becomes whole minor units.
type Rounding uint8

// The rounding rules. A contract or a currency names one of them; nothing is
// rounded without a name.
const (
	// HalfEven rounds to the nearest unit, ties to the even one.
	HalfEven Rounding = iota + 1
	// HalfUp rounds to the nearest unit, ties away from zero.
	HalfUp
	// Down cuts towards zero.
	Down
	// Up rounds away from zero.
	Up
)

// String returns the rule's name as configuration writes it.
func (r Rounding) String() string {
	switch r {
	case HalfEven:
		return "half-even"
	case HalfUp:
		return "half-up"
	case Down:
		return "down"
	case Up:
		return "up"
	default:
		return "unnamed"
	}
}

// ParseRounding reads the name of a rounding rule.
func ParseRounding(name string) (Rounding, error) {
	for r := HalfEven; r <= Up; r++ {
		if r.String() == name {
			return r, nil
		}
	}
	return 0, fmt.Errorf("money: no rounding %q", name)
}

// ScaleMax is the largest scale of a rate: with 18 fraction digits the smallest
// rate of the market (about 10^-10) still has eight significant digits.
const ScaleMax = 18

// ErrRate means that a rate is not a positive decimal of at most 18 digits.
var ErrRate = errors.New("money: not a positive rate of at most 18 digits")

// Rate is an exact exchange rate: one major unit of Base is Mantissa·10^-Scale
// major units of Quote. It is written "Base/Quote".
type Rate struct {
	Base, Quote Currency
	Mantissa    int64
	Scale       uint8
}

// ParseRate reads a positive plain decimal such as "156.6".
func ParseRate(base, quote Currency, text string) (Rate, error) {
	if !base.Known() || !quote.Known() {
		return Rate{}, fmt.Errorf("%w in %s/%s", ErrUnknownCurrency, base, quote)
	}
	whole, fraction, _ := strings.Cut(text, ".")
	if !plainDigits(whole + fraction) {
		return Rate{}, ErrRate
	}
	fraction = strings.TrimRight(fraction, "0")
	digits := strings.TrimLeft(whole+fraction, "0")
	if digits == "" || len(digits) > 18 || len(fraction) > ScaleMax {
		return Rate{}, ErrRate
	}
	mantissa, err := strconv.ParseInt(digits, 10, 64)
	if err != nil {
		return Rate{}, ErrRate
	}
	return Rate{Base: base, Quote: quote, Mantissa: mantissa, Scale: uint8(len(fraction))}, nil
}

// Decimal writes the rate as a plain decimal without its pair.
func (r Rate) Decimal() string {
	return string(appendDecimal(nil, r.Mantissa, int(r.Scale)))
}

// Pair returns "Base/Quote".
func (r Rate) Pair() string { return string(r.Base) + "/" + string(r.Quote) }

// String writes the rate for people: "USD/JPY 156.6".
func (r Rate) String() string { return r.Pair() + " " + r.Decimal() }

// Valid reports whether the rate can convert amounts.
func (r Rate) Valid() bool {
	return r.Base.Known() && r.Quote.Known() && r.Mantissa > 0 && r.Scale <= ScaleMax
}

// Convert exchanges an amount of one of the rate's two currencies into the
// other, rounding once. An amount in Base is multiplied by the rate, an amount
// in Quote is divided by it. The exact result differs from the returned one by
// less than one minor unit.
func (r Rate) Convert(a Amount, rounding Rounding) (Amount, error) {
	if !r.Valid() || rounding < HalfEven || rounding > Up {
		return Amount{}, ErrRate
	}
	if a.Minor < 0 {
		return Amount{}, fmt.Errorf("%w: negative amount", ErrRate)
	}
	switch a.Currency {
	case r.Base:
		shift := r.Quote.Exponent() - r.Base.Exponent() - int(r.Scale)
		minor, err := mulPow10(uint64(a.Minor), uint64(r.Mantissa), 1, shift, rounding)
		return Amount{Minor: minor, Currency: r.Quote}, err
	case r.Quote:
		shift := r.Base.Exponent() - r.Quote.Exponent() + int(r.Scale)
		minor, err := mulPow10(uint64(a.Minor), 1, uint64(r.Mantissa), shift, rounding)
		return Amount{Minor: minor, Currency: r.Base}, err
	default:
		return Amount{}, fmt.Errorf("%w: %s is not in %s", ErrCurrencyMismatch, a.Currency, r.Pair())
	}
}

// mulPow10 returns a·b·10^shift/divisor, rounded once. The fraction is built so
// that numerator and denominator each stay within 128 bits; what does not is an
// overflow.
func mulPow10(a, b, divisor uint64, shift int, rounding Rounding) (int64, error) {
	numerator := mul64(a, b)
	denominator := uint128{lo: divisor}
	var fits bool
	if shift >= 0 {
		numerator, fits = numerator.scale(shift)
	} else {
		denominator, fits = denominator.scale(-shift)
	}
	if !fits {
		return wideMulPow10(a, b, divisor, shift, rounding)
	}
	quotient, remainder := numerator.div(denominator)
	if quotient.hi != 0 || quotient.lo > maxMinor {
		return 0, ErrOverflow
	}
	minor := quotient.lo
	if roundsUp(minor, remainder, denominator, rounding) {
		minor++
	}
	if minor > maxMinor {
		return 0, ErrOverflow
	}
	return int64(minor), nil
}

const maxMinor = 1<<63 - 1

func roundsUp(quotient uint64, remainder, denominator uint128, rounding Rounding) bool {
	if remainder.isZero() || rounding == Down {
		return false
	}
	if rounding == Up {
		return true
	}
	// Compare the remainder with what is left to the next unit; doubling it
	// could leave 128 bits.
	switch remainder.cmp(denominator.sub(remainder)) {
	case -1:
		return false
	case 1:
		return true
	default:
		return rounding == HalfUp || quotient&1 == 1
	}
}

type uint128 struct{ hi, lo uint64 }

func mul64(a, b uint64) uint128 {
	hi, lo := bits.Mul64(a, b)
	return uint128{hi, lo}
}

func (u uint128) isZero() bool { return u.hi == 0 && u.lo == 0 }

func (u uint128) cmp(v uint128) int {
	switch {
	case u.hi < v.hi, u.hi == v.hi && u.lo < v.lo:
		return -1
	case u == v:
		return 0
	default:
		return 1
	}
}

func (u uint128) sub(v uint128) uint128 {
	lo, borrow := bits.Sub64(u.lo, v.lo, 0)
	hi, _ := bits.Sub64(u.hi, v.hi, borrow)
	return uint128{hi, lo}
}

// scale multiplies by 10^n and reports whether the product fits.
func (u uint128) scale(n int) (uint128, bool) {
	for range n {
		carry, lo := bits.Mul64(u.lo, 10)
		over, hi := bits.Mul64(u.hi, 10)
		sum, wrapped := bits.Add64(hi, carry, 0)
		if over != 0 || wrapped != 0 {
			return uint128{}, false
		}
		u = uint128{sum, lo}
	}
	return u, true
}

// div is schoolbook binary long division; conversions divide by small numbers,
// where the first branch serves.
func (u uint128) div(v uint128) (quotient, remainder uint128) {
	if v.hi == 0 {
		hi, rest := u.hi/v.lo, u.hi%v.lo
		lo, rest := bits.Div64(rest, u.lo, v.lo)
		return uint128{hi, lo}, uint128{0, rest}
	}
	for i := 127; i >= 0; i-- {
		remainder = uint128{remainder.hi<<1 | remainder.lo>>63, remainder.lo << 1}
		remainder.lo |= u.bit(i)
		if remainder.cmp(v) >= 0 {
			remainder = remainder.sub(v)
			quotient.setBit(i)
		}
	}
	return quotient, remainder
}

func (u uint128) bit(i int) uint64 {
	if i >= 64 {
		return u.hi >> (i - 64) & 1
	}
	return u.lo >> i & 1
}

func (u *uint128) setBit(i int) {
	if i >= 64 {
		u.hi |= 1 << (i - 64)
		return
	}
	u.lo |= 1 << i
}
