package money

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Errors of amount arithmetic and parsing.
var (
	// ErrOverflow means that a result does not fit an int64 of minor units.
	ErrOverflow = errors.New("money: overflow")
	// ErrCurrencyMismatch means that two amounts of different currencies met.
	ErrCurrencyMismatch = errors.New("money: currencies differ")
	// ErrSyntax means that a text is not a plain decimal number.
	ErrSyntax = errors.New("money: not a decimal number")
	// ErrFractionDigits means that a text has more fraction digits than the
	// currency's minor unit.
	ErrFractionDigits = errors.New("money: too many fraction digits")
)

// Amount is an exact amount of money. The zero value is no money in no
// currency and is only good for comparisons.
type Amount struct {
	// Minor counts minor units: 1500 JPY is 1500, 15.00 HKD is 1500.
	Minor int64
	// Currency is the ISO 4217 currency of the minor units.
	Currency Currency
}

// New returns an amount of minor units.
func New(minor int64, currency Currency) Amount {
	return Amount{Minor: minor, Currency: currency}
}

// ParseMinor reads an amount written as integer minor units, as the Alipay+
// style protocol does: digits only, no sign, no leading zeros except "0", at
// most 18 digits.
func ParseMinor(text string, currency Currency) (Amount, error) {
	if !currency.Known() {
		return Amount{}, fmt.Errorf("%w %q", ErrUnknownCurrency, string(currency))
	}
	if !plainDigits(text) || len(text) > 18 || (len(text) > 1 && text[0] == '0') {
		return Amount{}, ErrSyntax
	}
	minor, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return Amount{}, ErrSyntax
	}
	return Amount{Minor: minor, Currency: currency}, nil
}

// ParseDecimal reads an amount written in major units with a decimal point, as
// ISO 20022 does (ActiveCurrencyAndAmount: at most 18 digits, no sign, no
// exponent). Trailing zeros beyond the minor unit are accepted, other digits
// there are [ErrFractionDigits].
func ParseDecimal(text string, currency Currency) (Amount, error) {
	if !currency.Known() {
		return Amount{}, fmt.Errorf("%w %q", ErrUnknownCurrency, string(currency))
	}
	whole, fraction, _ := strings.Cut(text, ".")
	if whole == "" && fraction == "" || !plainDigits(whole+fraction) {
		return Amount{}, ErrSyntax
	}
	fraction = strings.TrimRight(fraction, "0")
	exponent := currency.Exponent()
	if len(fraction) > exponent {
		return Amount{}, ErrFractionDigits
	}
	digits := strings.TrimLeft(whole+fraction+strings.Repeat("0", exponent-len(fraction)), "0")
	if len(digits) > 18 {
		return Amount{}, ErrOverflow
	}
	if digits == "" {
		digits = "0"
	}
	minor, err := strconv.ParseInt(digits, 10, 64)
	if err != nil {
		return Amount{}, ErrOverflow
	}
	return Amount{Minor: minor, Currency: currency}, nil
}

func plainDigits(text string) bool {
	if text == "" {
		return false
	}
	for i := range len(text) {
		if text[i] < '0' || text[i] > '9' {
			return false
		}
	}
	return true
}

// Decimal writes the amount in major units with all digits of the minor unit
// and no currency: "15.00", "1500", "-0.05".
func (a Amount) Decimal() string {
	return string(a.AppendDecimal(nil))
}

// AppendDecimal appends [Amount.Decimal] to dst.
func (a Amount) AppendDecimal(dst []byte) []byte {
	return appendDecimal(dst, a.Minor, a.Currency.Exponent())
}

// String writes the amount for people: "15.00 HKD".
func (a Amount) String() string {
	return a.Decimal() + " " + string(a.Currency)
}

// IsPositive reports whether a is more than nothing.
func (a Amount) IsPositive() bool { return a.Minor > 0 }

// IsZero reports whether a counts no minor units.
func (a Amount) IsZero() bool { return a.Minor == 0 }

// Add returns a+b.
func (a Amount) Add(b Amount) (Amount, error) {
	if a.Currency != b.Currency {
		return Amount{}, mismatch(a, b)
	}
	sum := a.Minor + b.Minor
	if (b.Minor > 0 && sum < a.Minor) || (b.Minor < 0 && sum > a.Minor) {
		return Amount{}, ErrOverflow
	}
	return Amount{Minor: sum, Currency: a.Currency}, nil
}

// Sub returns a-b.
func (a Amount) Sub(b Amount) (Amount, error) {
	if a.Currency != b.Currency {
		return Amount{}, mismatch(a, b)
	}
	difference := a.Minor - b.Minor
	if (b.Minor > 0 && difference > a.Minor) || (b.Minor < 0 && difference < a.Minor) {
		return Amount{}, ErrOverflow
	}
	return Amount{Minor: difference, Currency: a.Currency}, nil
}

// Neg returns -a.
func (a Amount) Neg() (Amount, error) {
	if a.Minor == math.MinInt64 {
		return Amount{}, ErrOverflow
	}
	return Amount{Minor: -a.Minor, Currency: a.Currency}, nil
}

func mismatch(a, b Amount) error {
	return fmt.Errorf("%w: %s and %s", ErrCurrencyMismatch, a.Currency, b.Currency)
}

// appendDecimal writes mantissa·10^-scale in plain notation.
func appendDecimal(dst []byte, mantissa int64, scale int) []byte {
	magnitude := uint64(mantissa)
	if mantissa < 0 {
		dst = append(dst, '-')
		magnitude = -magnitude
	}
	digits := strconv.AppendUint(nil, magnitude, 10)
	for len(digits) <= scale {
		digits = append([]byte{'0'}, digits...)
	}
	dst = append(dst, digits[:len(digits)-scale]...)
	if scale == 0 {
		return dst
	}
	dst = append(dst, '.')
	return append(dst, digits[len(digits)-scale:]...)
}
