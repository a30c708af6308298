package fx

import (
	"time"

	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/money"
)

// Back is the rate at which a refund converts by contract when that is not the
// payment's own: the middle of the day, without spread and markup.
type Back struct {
	// Rate has the digits of a client rate, Mid 18; both are in one direction.
	Rate, Mid money.Rate
	Via       [hopsMax - 1]money.Currency
	Sources   [hopsMax]string
}

// Back returns the rate of a refund from the merchant's currency at a time.
// Errors are those of [Board.Price].
func (b *Board) Back(from, into money.Currency, at time.Time) (Back, error) {
	w, err := b.way(from, into, PayIn, at)
	if err != nil {
		return Back{}, err
	}
	mid := w.mid().Upward()
	back := Back{Via: w.via, Sources: w.sources()}
	if back.Rate, err = mid.Rate(clientDigits, clientFraction, money.HalfEven); err == nil {
		back.Mid, err = mid.Rate(18, money.ScaleMax, money.HalfEven)
	}
	return back, reason.Wrap(reason.RateUnavailable, "fx.Back", err)
}

// Price converts the part of a payment that lies between two amounts, before and
// after, as the difference of both conversions. So refunds at one rate give back
// exactly what they would give back in one, in whatever steps. A part that is
// worth less than a minor unit is [reason.AmountTooSmall].
func (back Back) Price(before, after money.Amount, into money.Currency, rounding money.Rounding) (Price, error) {
	nothing := money.New(0, into)
	p := Price{
		From: money.New(after.Minor-before.Minor, after.Currency), Rate: back.Rate, Mid: back.Mid, Spread: nothing,
		Markup: nothing, Fee: nothing, Promotion: nothing, Residue: nothing, Via: back.Via, Sources: back.Sources,
	}
	var err error
	if p.To, err = difference(back.Rate, before, after, rounding); err == nil {
		p.AtMid, err = difference(back.Mid, before, after, rounding)
	}
	if err != nil {
		return Price{}, reason.Wrap(reason.AmountLimit, "fx.Back", err)
	}
	if !p.To.IsPositive() {
		return Price{}, reason.New(reason.AmountTooSmall, "fx.Back", "converts to less than a minor unit")
	}
	p.Residue.Minor = p.To.Minor - p.AtMid.Minor
	return p, nil
}

func difference(rate money.Rate, before, after money.Amount, rounding money.Rounding) (money.Amount, error) {
	low, err := rate.Convert(before, rounding)
	if err != nil {
		return money.Amount{}, err
	}
	high, err := rate.Convert(after, rounding)
	if err != nil {
		return money.Amount{}, err
	}
	return high.Sub(low)
}
