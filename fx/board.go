package fx

import (
	"fmt"
	"sync/atomic"
	"time"

	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/money"
)

// pivot is the currency through which all others are crossed.
const pivot money.Currency = "EUR"

// clockSkew is how far ahead of the asker the clock of whoever observed a rate
// may be.
const clockSkew = time.Minute

// Reference is a mid rate that somebody observed in the market: one unit of
// Rate.Base is Rate of Rate.Quote.
type Reference struct {
	Rate       money.Rate
	ObservedAt time.Time
	// Source names who published the rate, at most 35 characters, such as "ECB".
	Source string
}

// Board is a set of reference rates, one per currency, that never changes. It
// may be used by any number of goroutines.
type Board struct {
	freshness time.Duration
	rates     map[money.Currency]Reference
}

// NewBoard makes a board of rates against the euro, in either direction. Of
// several for one currency the latest counts. A rate is good for pricing until
// it is older than freshness.
func NewBoard(references []Reference, freshness time.Duration) (*Board, error) {
	if freshness <= 0 {
		return nil, fmt.Errorf("fx: board: freshness %s is not positive", freshness)
	}
	board := &Board{freshness: freshness, rates: make(map[money.Currency]Reference, len(references))}
	for _, reference := range references {
		currency, err := againstPivot(reference.Rate)
		if err != nil {
			return nil, err
		}
		if known, found := board.rates[currency]; !found || reference.ObservedAt.After(known.ObservedAt) {
			board.rates[currency] = reference
		}
	}
	return board, nil
}

func againstPivot(rate money.Rate) (money.Currency, error) {
	switch {
	case !rate.Valid() || rate.Base == rate.Quote:
		return "", fmt.Errorf("fx: board: %s is no exchange rate", rate.Pair())
	case rate.Base == pivot:
		return rate.Quote, nil
	case rate.Quote == pivot:
		return rate.Base, nil
	default:
		return "", fmt.Errorf("fx: board: %s is not quoted against %s", rate.Pair(), pivot)
	}
}

// Len returns how many currencies beside the euro the board can price.
func (b *Board) Len() int { return len(b.rates) }

// Reference returns the rate of a currency against the euro, fresh or not.
func (b *Board) Reference(currency money.Currency) (Reference, bool) {
	reference, found := b.rates[currency]
	return reference, found
}

// Mid returns the exact mid rate at a time: one from is the ratio of into. A
// rate that is missing, too old or from the future is
// [reason.RateUnavailable].
func (b *Board) Mid(from, into money.Currency, at time.Time) (money.Ratio, error) {
	first, err := b.fresh(from, at)
	if err != nil {
		return money.Ratio{}, err
	}
	second, err := b.fresh(into, at)
	if err != nil {
		return money.Ratio{}, err
	}
	return first.Inverse().Through(second), nil
}

// fresh returns one euro in the currency.
func (b *Board) fresh(currency money.Currency, at time.Time) (money.Ratio, error) {
	if currency == pivot {
		return money.Rate{Base: pivot, Quote: pivot, Mantissa: 1}.Ratio(), nil
	}
	reference, found := b.rates[currency]
	if !found {
		return money.Ratio{}, reason.New(reason.RateUnavailable, "fx.Board", "no rate for "+string(currency))
	}
	if age := at.Sub(reference.ObservedAt); age > b.freshness || age < -clockSkew {
		return money.Ratio{}, reason.New(reason.RateUnavailable, "fx.Board",
			fmt.Sprintf("the rate for %s is %s old", currency, age.Truncate(time.Second)))
	}
	ratio := reference.Rate.Ratio()
	if reference.Rate.Quote == pivot {
		return ratio.Inverse(), nil
	}
	return ratio, nil
}

// Desk holds the present board and lets it be replaced while others price. The
// zero Desk has none and knows no rate.
type Desk struct{ board atomic.Pointer[Board] }

// Replace puts up another board. Prices in progress finish on the old one.
func (d *Desk) Replace(board *Board) { d.board.Store(board) }

// Board returns the present board.
func (d *Desk) Board() *Board {
	if board := d.board.Load(); board != nil {
		return board
	}
	return &Board{}
}

// Price prices on the present board; see [Board.Price].
func (d *Desk) Price(ask Ask) (Price, error) { return d.Board().Price(ask) }
