// Package wire holds the JSON values of the operators' API, for its server and
// its clients: names in snake_case, times in RFC 3339, absent what is not known.
package wire

import (
	"errors"
	"fmt"
	"strings"

	"github.com/causeway-pay/causeway/money"
)

// Amount is an exact amount. Minor counts minor units in digits, with a minus
// for less than nothing; Decimal says the same in major units, for people.
type Amount struct {
	Currency string `json:"currency"`
	Minor    string `json:"minor"`
	Decimal  string `json:"decimal,omitempty"`
}

// AmountOf returns the amount in the form of the API.
func AmountOf(a money.Amount) Amount {
	return Amount{Currency: string(a.Currency), Minor: fmt.Sprint(a.Minor), Decimal: a.Decimal()}
}

// AmountIf returns the amount, or nil for one without currency, which is not
// known yet.
func AmountIf(a money.Amount) *Amount {
	if a.Currency == "" {
		return nil
	}
	amount := AmountOf(a)
	return &amount
}

// ErrAmount means that an amount cannot be read, or that its decimal form says
// something else than its minor units.
var ErrAmount = errors.New("wire: not an amount")

// Money returns the amount, at most 18 digits. Decimal may be empty; if it is
// not, it must be exactly what [AmountOf] writes.
func (a Amount) Money() (money.Amount, error) {
	digits, negative := strings.CutPrefix(a.Minor, "-")
	amount, err := money.ParseMinor(digits, money.Currency(a.Currency))
	if err != nil || negative && amount.IsZero() {
		return money.Amount{}, ErrAmount
	}
	if negative {
		amount.Minor = -amount.Minor
	}
	if a.Decimal != "" && a.Decimal != amount.Decimal() {
		return money.Amount{}, ErrAmount
	}
	return amount, nil
}
