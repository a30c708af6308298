package money

import (
	"errors"
	"fmt"
)

// Currency is an ISO 4217 alphabetic code in upper case, such as "JPY".
// Values come from [ParseCurrency]; a conversion from an arbitrary string
// yields a currency that no other function of this package accepts.
type Currency string

// ErrUnknownCurrency is returned for a code that is not an active ISO 4217
// currency with minor units.
var ErrUnknownCurrency = errors.New("money: unknown currency")

// ParseCurrency returns the currency with the given ISO 4217 alphabetic code.
// The code is case sensitive, as the standard and every ISO 20022 schema are.
func ParseCurrency(code string) (Currency, error) {
	c := Currency(code)
	if _, known := exponents[c]; !known {
		return "", fmt.Errorf("%w %q", ErrUnknownCurrency, code)
	}
	return c, nil
}

// Known reports whether c is an active ISO 4217 currency.
func (c Currency) Known() bool {
	_, known := exponents[c]
	return known
}

// Exponent returns the number of decimal digits of the minor unit: 0, 2, 3 or
// 4 (ISO 4217, list one). An unknown currency has exponent 0 and is refused by
// every constructor of amounts and rates.
func (c Currency) Exponent() int {
	return int(exponents[c])
}

// Currencies returns every currency of the table in no particular order.
func Currencies() []Currency {
	all := make([]Currency, 0, len(exponents))
	for c := range exponents {
		all = append(all, c)
	}
	return all
}
