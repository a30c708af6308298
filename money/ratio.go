package money

import "fmt"

// basis is the number of basis points in one.
const basis = 10_000

// Ratio is an exact positive exchange ratio, the working form in which rates
// are crossed, inverted and marked up: every step is exact and only
// [Ratio.Rate] rounds, once. Four rates may be crossed and marked up; what
// becomes too long to be exact is no ratio any more. It is an immutable value
// that needs no memory of its own; the zero value is no ratio and yields
// [ErrRate].
type Ratio struct {
	base, quote            Currency
	numerator, denominator wide
}

// Ratio returns the rate as an exact ratio: one Base is numerator/denominator
// Quote.
func (r Rate) Ratio() Ratio {
	if !r.Valid() {
		return Ratio{}
	}
	return Ratio{r.Base, r.Quote, wideOf(uint64(r.Mantissa)), wideOf(powers[r.Scale])}
}

// Valid reports whether the ratio can become a rate.
func (r Ratio) Valid() bool {
	return r.numerator.words() > 0 && r.denominator.words() > 0
}

// Inverse returns the same ratio with its currencies exchanged.
func (r Ratio) Inverse() Ratio {
	return Ratio{r.quote, r.base, r.denominator, r.numerator}
}

// Upward returns of the ratio and its inverse the one that is at least 1: the
// direction in which a rate of limited fraction digits says most.
func (r Ratio) Upward() Ratio {
	if r.Valid() && r.numerator.cmp(&r.denominator) < 0 {
		return r.Inverse()
	}
	return r
}

// Base returns the currency of which one unit is priced, Quote the one it is
// priced in.
func (r Ratio) Base() Currency { return r.base }

// Quote returns the currency that the ratio is priced in.
func (r Ratio) Quote() Currency { return r.quote }

// Compare returns -1, 0 or 1 if r is less than, equal to or more than a ratio of
// the same two currencies, and false if they cannot be compared.
func (r Ratio) Compare(other Ratio) (order int, comparable bool) {
	if !r.Valid() || !other.Valid() || r.base != other.base || r.quote != other.quote {
		return 0, false
	}
	left, fits := r.numerator.multiply(&other.denominator)
	right, also := other.numerator.multiply(&r.denominator)
	return left.cmp(&right), fits && also
}

// MarkedUp returns the ratio times (1 + basisPoints/10000), exactly. Negative
// basis points make it smaller; at -10000 nothing is left and the ratio is no
// longer valid.
func (r Ratio) MarkedUp(basisPoints int64) Ratio {
	if !r.Valid() || basisPoints <= -basis || basisPoints > maxMinor-basis {
		return Ratio{}
	}
	numerator, fits := r.numerator.times(uint64(basis + basisPoints))
	denominator, also := r.denominator.times(basis)
	if !fits || !also {
		return Ratio{}
	}
	return Ratio{r.base, r.quote, numerator, denominator}
}

// Through multiplies two ratios that meet in a currency: the quote of r is the
// base of next. Ratios that do not meet give the zero Ratio.
func (r Ratio) Through(next Ratio) Ratio {
	if !r.Valid() || !next.Valid() || r.quote != next.base {
		return Ratio{}
	}
	numerator, fits := r.numerator.multiply(&next.numerator)
	denominator, also := r.denominator.multiply(&next.denominator)
	if !fits || !also {
		return Ratio{}
	}
	return Ratio{r.base, next.quote, numerator, denominator}
}

// Rate rounds the ratio to a rate of at most the given significant digits (1 to
// 18) of which at most fraction (0 to 18) follow the point, as the facets
// totalDigits and fractionDigits of XML Schema count them. A ratio that rounds
// to zero, or has more digits before the point, is [ErrRate].
func (r Ratio) Rate(digits, fraction int, rounding Rounding) (Rate, error) {
	if !r.Valid() || digits < 1 || digits > 18 || fraction < 0 || fraction > ScaleMax ||
		rounding < HalfEven || rounding > Up {
		return Rate{}, ErrRate
	}
	scale := min(fraction, digits-r.magnitude())
	if scale < 0 {
		return Rate{}, fmt.Errorf("%w: %s/%s is too large", ErrRate, r.base, r.quote)
	}
	numerator, fits := r.numerator.power10(scale)
	mantissa, rounds := numerator.round(&r.denominator, rounding)
	rate := Rate{Base: r.base, Quote: r.quote, Mantissa: mantissa, Scale: uint8(scale)}.trimmed()
	if !fits || !rounds || !rate.Valid() || uint64(rate.Mantissa) >= powers[digits] {
		return Rate{}, fmt.Errorf("%w: %s/%s leaves %d digits", ErrRate, r.base, r.quote, digits)
	}
	return rate, nil
}

// Parts returns the ratio in whole parts of 1/unit, rounded: 1.25 is 12500 parts
// of 1/10000. It reports false for what does not fit an int64.
func (r Ratio) Parts(unit int64, rounding Rounding) (int64, bool) {
	if !r.Valid() || unit <= 0 || rounding < HalfEven || rounding > Up {
		return 0, false
	}
	numerator, fits := r.numerator.times(uint64(unit))
	parts, rounds := numerator.round(&r.denominator, rounding)
	return parts, fits && rounds
}

// Convert exchanges an amount of the ratio's base into its quote, exactly but for
// one rounding. The amount may be negative; then the rounding is that of its
// magnitude.
func (r Ratio) Convert(a Amount, rounding Rounding) (Amount, error) {
	if !r.Valid() || a.Currency != r.base || rounding < HalfEven || rounding > Up {
		return Amount{}, fmt.Errorf("%w: %s is not converted by %s/%s", ErrCurrencyMismatch, a.Currency, r.base, r.quote)
	}
	negative := a.Minor < 0
	numerator, fits := r.numerator.times(uint64(max(a.Minor, -a.Minor)))
	denominator := r.denominator
	var also bool
	if shift := r.quote.Exponent() - r.base.Exponent(); shift >= 0 {
		numerator, also = numerator.power10(shift)
	} else {
		denominator, also = denominator.power10(-shift)
	}
	if !fits || !also {
		return Amount{}, ErrOverflow
	}
	minor, rounds := numerator.round(&denominator, rounding)
	if !rounds {
		return Amount{}, ErrOverflow
	}
	if negative {
		minor = -minor
	}
	return Amount{Minor: minor, Currency: r.quote}, nil
}

// magnitude counts the digits before the point, or below 1 the zeros that
// follow it, as a negative number. Beyond what one word holds it is only known
// to be out of every rate's range.
func (r Ratio) magnitude() int {
	if r.numerator.cmp(&r.denominator) >= 0 {
		return quotientDigits(&r.numerator, &r.denominator)
	}
	return 1 - quotientDigits(&r.denominator, &r.numerator)
}

// quotientDigits counts the digits of a quotient of at least 1. The lengths in
// bits leave at most three candidates (log10 of 2 is 1233/4096, cut off).
func quotientDigits(numerator, denominator *wide) int {
	length := numerator.bits() - denominator.bits()
	digits := 1 + max(length-1, 0)*1233/4096
	for digits < len(powers) {
		if next := denominator.product(powers[digits]); next.cmp(numerator) > 0 {
			break
		}
		digits++
	}
	return digits
}

// trimmed drops trailing zeros of the fraction, so that equal rates are equal
// values.
func (r Rate) trimmed() Rate {
	for r.Scale > 0 && r.Mantissa%10 == 0 {
		r.Mantissa /= 10
		r.Scale--
	}
	return r
}

// Round limits the rate to significant and fraction digits; see [Ratio.Rate].
// ISO 20022 allows 11 and 10 (BaseOneRate).
func (r Rate) Round(digits, fraction int, rounding Rounding) (Rate, error) {
	return r.Ratio().Rate(digits, fraction, rounding)
}

// Markup returns the rate times (1 + basisPoints/10000), computed exactly and
// then limited to 18 digits. Basis points may be negative down to -9999.
func (r Rate) Markup(basisPoints int64, rounding Rounding) (Rate, error) {
	return r.Ratio().MarkedUp(basisPoints).Rate(18, ScaleMax, rounding)
}

// Cross returns the rate between the two currencies that a and b do not share,
// from the one of a to the one of b, with 18 digits and one rounding. The
// direction in which a and b are quoted does not matter. Where both name the
// same pair there is nothing to cross.
func Cross(a, b Rate, rounding Rounding) (Rate, error) {
	ratio, err := CrossRatio(a, b)
	if err != nil {
		return Rate{}, err
	}
	return ratio.Rate(18, ScaleMax, rounding)
}

// CrossRatio is [Cross] before any rounding. Its Upward form is the cross rate
// that is at least 1.
func CrossRatio(a, b Rate) (Ratio, error) {
	first, second := a.Ratio(), b.Ratio()
	for _, from := range []Ratio{first, first.Inverse()} {
		for _, to := range []Ratio{second, second.Inverse()} {
			if ratio := from.Through(to); ratio.Valid() && ratio.base != ratio.quote {
				return ratio, nil
			}
		}
	}
	return Ratio{}, fmt.Errorf("%w: %s and %s share no currency to cross", ErrCurrencyMismatch, a.Pair(), b.Pair())
}

// BasisPoints returns basisPoints/10000 of an amount, rounded once. Neither may
// be negative.
func (a Amount) BasisPoints(basisPoints int64, rounding Rounding) (Amount, error) {
	if a.Minor < 0 || basisPoints < 0 || rounding < HalfEven || rounding > Up {
		return Amount{}, fmt.Errorf("%w: share of %d basis points", ErrRate, basisPoints)
	}
	minor, err := mulPow10(uint64(a.Minor), uint64(basisPoints), 1, -4, rounding)
	return Amount{Minor: minor, Currency: a.Currency}, err
}
