package emvqr

import (
	_ "embed"
	"strings"
	"sync"

	"github.com/causeway-pay/causeway/money"
)

// currencyList holds the numeric codes of ISO 4217, list one, for every currency
// of package money: "392 JPY" on each line.
//
//go:embed currencies.txt
var currencyList string

type currencyTable struct {
	byNumber map[string]money.Currency
	byCode   map[money.Currency]string
}

var currencies = sync.OnceValue(func() currencyTable {
	t := currencyTable{map[string]money.Currency{}, map[money.Currency]string{}}
	for line := range strings.Lines(currencyList) {
		number, code, _ := strings.Cut(strings.TrimSpace(line), " ")
		t.byNumber[number], t.byCode[money.Currency(code)] = money.Currency(code), number
	}
	return t
})

// CurrencyOf returns the currency with a numeric code of ISO 4217, three digits.
func CurrencyOf(number string) (money.Currency, bool) {
	c, ok := currencies().byNumber[number]
	return c, ok
}

// NumberOf returns the numeric code of a currency.
func NumberOf(currency money.Currency) (string, bool) {
	number, ok := currencies().byCode[currency]
	return number, ok
}

// amountMax is the most characters of an amount.
const amountMax = 13

// plainAmount reports whether a text is an amount as EMV QRCPS writes it: digits
// in major units, with at most one point after the first of them.
func plainAmount(text string) bool {
	whole, fraction, _ := strings.Cut(text, ".")
	return len(text) <= amountMax && digits(whole) && (fraction == "" || digits(fraction))
}

// parseAmount reads an amount exactly. A point may be the last character.
func parseAmount(text string, currency money.Currency) (money.Amount, error) {
	if !plainAmount(text) {
		return money.Amount{}, money.ErrSyntax
	}
	return money.ParseDecimal(strings.TrimSuffix(text, "."), currency)
}

// basisPoints reads a percentage such as "5" or "02.75" in hundredths of a
// percent, 1 to 9999.
func basisPoints(text string) (int64, bool) {
	whole, fraction, _ := strings.Cut(text, ".")
	if len(text) > len("99.99") || len(whole) > 2 || len(fraction) > 2 || !plainAmount(text) {
		return 0, false
	}
	points := int64(0)
	for _, d := range whole + (fraction + "00")[:2] {
		points = points*10 + int64(d-'0')
	}
	return points, points > 0
}

// ParsePercentage reads a percentage such as "5" or "2.75" for a Tip, in basis
// points.
func ParsePercentage(text string) (int64, error) {
	if points, ok := basisPoints(text); ok {
		return points, nil
	}
	return 0, &Finding{Place: idTipPercent, Rule: "percentage", Text: "00.01 to 99.99 per cent"}
}
