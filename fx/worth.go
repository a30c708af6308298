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
	value, err := mark.Convert(amount, money.HalfEven)
	if err != nil {
		return money.Amount{}, reason.Wrap(reason.AmountLimit, "fx.Worth", err)
	}
	return value, nil
}
