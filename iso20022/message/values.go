package message

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/causeway-pay/causeway/iso20022/wire"
	"github.com/causeway-pay/causeway/money"
)

// digitsMax is how many digits an amount may have (ActiveCurrencyAndAmount).
const digitsMax = 18

// ErrDecimal means that a text is no decimal number of at most 18 digits.
var ErrDecimal = errors.New("message: not a decimal number of at most 18 digits")

// Decimal is an exact decimal number: Units / 10^Scale. Zeros at the end are
// kept: 0.30 is 30 with scale 2.
type Decimal struct {
	Units int64
	Scale uint8
}

// ParseDecimal reads digits with at most one point and a sign. More than 18
// digits are [ErrDecimal], after zeros in front and, where needed, at the end of
// the fraction were dropped.
func ParseDecimal(text string) (Decimal, error) {
	digits, negative := strings.CutPrefix(text, "-")
	if !negative {
		digits = strings.TrimPrefix(digits, "+")
	}
	whole, fraction, _ := strings.Cut(digits, ".")
	whole = strings.TrimLeft(whole, "0")
	for len(whole)+len(fraction) > digitsMax && strings.HasSuffix(fraction, "0") {
		fraction = fraction[:len(fraction)-1]
	}
	if len(whole)+len(fraction) > digitsMax || strings.Trim(digits, ".") == "" {
		return Decimal{}, ErrDecimal
	}
	var units int64
	for _, part := range [2]string{whole, fraction} {
		for i := range len(part) {
			c := part[i]
			if c < '0' || c > '9' {
				return Decimal{}, ErrDecimal
			}
			units = units*10 + int64(c-'0')
		}
	}
	if negative {
		units = -units
	}
	return Decimal{Units: units, Scale: uint8(len(fraction))}, nil
}

// String returns the number with all digits of its fraction.
func (d Decimal) String() string { return string(d.append(nil)) }

func (d Decimal) append(dst []byte) []byte {
	if d.Scale == 0 {
		return strconv.AppendInt(dst, d.Units, 10)
	}
	var space [24]byte
	digits := strconv.AppendInt(space[:0], d.Units, 10)
	if d.Units < 0 {
		dst = append(dst, '-')
		digits = digits[1:]
	}
	for n := len(digits); n <= int(d.Scale); n++ {
		if n == len(digits) {
			dst = append(dst, '0', '.')
			continue
		}
		dst = append(dst, '0')
	}
	if len(digits) <= int(d.Scale) {
		return append(dst, digits...)
	}
	point := len(digits) - int(d.Scale)
	return append(append(append(dst, digits[:point]...), '.'), digits[point:]...)
}

// Amount is a decimal with its currency.
type Amount struct {
	Decimal
	// Ccy is the ISO 4217 code.
	Ccy string
}

// AmountOf returns an amount of money with all digits of its currency's minor
// unit.
func AmountOf(a money.Amount) Amount {
	d, err := ParseDecimal(a.Decimal())
	if err != nil {
		return Amount{}
	}
	return Amount{Decimal: d, Ccy: string(a.Currency)}
}

// Money returns the amount in minor units. A currency that is not known and
// digits beyond the minor unit are errors.
func (a Amount) Money() (money.Amount, error) {
	return money.ParseDecimal(a.Decimal.String(), money.Currency(a.Ccy))
}

// String returns the number and the currency, such as "82.35 SGD".
func (a Amount) String() string { return a.Decimal.String() + " " + a.Ccy }

// Text types keep a value as it was written.
type (
	// DateTime is a time such as 2026-07-21T10:15:30.123+08:00 (ISODateTime). Its
	// offset may be missing; then it is local to nobody knows where.
	DateTime string
	// Date is a day such as 2026-07-21 (ISODate).
	Date string
	// Time is a time of day such as 10:15:30+08:00 (ISOTime).
	Time string
	// Year is a year such as 2026 (ISOYear).
	Year string
	// YearMonth is a month such as 2026-07 (ISOYearMonth).
	YearMonth string
	// LongDecimal is a number of more digits than a [Decimal] has.
	LongDecimal string
	// Binary is base 64.
	Binary string
	// Foreign is one element of another namespace as XML that stands on its own.
	Foreign string
)

// At returns the date and time with all digits that t has, and its offset.
func At(t time.Time) DateTime { return DateTime(t.Format(time.RFC3339Nano)) }

// On returns the calendar day of t in its own location.
func On(t time.Time) Date { return Date(t.Format(time.DateOnly)) }

// ErrNoOffset means that a time does not say how far it is from UTC.
var ErrNoOffset = errors.New("message: a time without its offset from UTC")

// Time returns the instant. A time without an offset is [ErrNoOffset]: which
// instant it means is not for the reader to guess.
func (d DateTime) Time() (time.Time, error) {
	t, err := time.Parse(time.RFC3339Nano, string(d))
	if err == nil {
		return t, nil
	}
	if _, local := time.Parse("2006-01-02T15:04:05.999999999", string(d)); local == nil {
		return time.Time{}, ErrNoOffset
	}
	return time.Time{}, fmt.Errorf("message: %w", err)
}

// Day returns midnight UTC of the day; an offset of the date is not looked at.
func (d Date) Day() (time.Time, error) {
	text := string(d)
	if len(text) > len(time.DateOnly) {
		text = text[:len(time.DateOnly)]
	}
	t, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return time.Time{}, fmt.Errorf("message: %w", err)
	}
	return t, nil
}

// Bytes returns what the base 64 stands for.
func (b Binary) Bytes() ([]byte, error) {
	data, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(string(b)), ""))
	if err != nil {
		return nil, fmt.Errorf("message: %w", err)
	}
	return data, nil
}

// The readers of values see only what the schema has accepted.

func readDecimal(n wire.Node) Decimal {
	d, err := ParseDecimal(n.Text())
	if err != nil {
		// More zeros at the end than anybody means; the schema counts none.
		return Decimal{}
	}
	return d
}

func readAmount(n wire.Node) Amount { return Amount{Decimal: readDecimal(n), Ccy: n.Currency()} }
