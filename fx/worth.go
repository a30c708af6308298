package fx

import (
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/money"
)

// Marker knows the middle rates that books are valued by.
type Marker interface {
	// Mark returns the last known middle rate: one from is the ratio of into.
	Mark(from, into money.Currency) (money.Ratio, error)
}

// Worth values an amount, which may be negative, in another currency at the last
// known middle rate, rounded half to even: what books say that it is worth.
func Worth(marker Marker, amount money.Amount, in money.Currency) (money.Amount, error) {
	if amount.Currency == in || amount.Minor == 0 {
		return money.New(amount.Minor, in), nil
	}
	mark, err := marker.Mark(amount.Currency, in)
	if err != nil {
		return money.Amount{}, err
	}
	rate, err := mark.Upward().Rate(18, money.ScaleMax, money.HalfEven)
	if err != nil {
		return money.Amount{}, reason.Wrap(reason.RateUnavailable, "fx.Worth", err)
	}
	magnitude := money.New(max(amount.Minor, -amount.Minor), amount.Currency)
	value, err := rate.Convert(magnitude, money.HalfEven)
	if err != nil {
		return money.Amount{}, reason.Wrap(reason.AmountLimit, "fx.Worth", err)
	}
	if amount.Minor < 0 {
		value.Minor = -value.Minor
	}
	return value, nil
}
