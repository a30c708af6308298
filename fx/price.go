package fx

import (
	"errors"
	"time"

	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/money"
)

// Side says who bears the markup and in which direction it works.
type Side uint8

// The sides.
const (
	// PayIn: somebody pays Into for Amount. The markup makes it pay more.
	PayIn Side = iota + 1
	// PayOut: somebody receives Into for Amount. The markup makes it receive
	// less.
	PayOut
)

// A client rate has the digits of BaseOneRate of ISO 20022, so that the rate in
// a message is the rate that was applied.
const (
	clientDigits   = 11
	clientFraction = 10
)

// amountMax is the largest amount that ISO 20022 can carry: 18 digits.
const amountMax = 1e18 - 1

// Ask is a question for a price.
type Ask struct {
	// Amount is what is converted, more than nothing.
	Amount money.Amount
	// Into is the currency of the answer.
	Into money.Currency
	Side Side
	// MarkupBasisPoints is the spread as a share of the amount at mid, 0 to
	// 9999: 100 is one percent.
	MarkupBasisPoints int64
	// Rounding makes whole minor units, of the answer and of its parts.
	Rounding money.Rounding
	// At is the moment for which the rates must be fresh.
	At time.Time
}

// Price is the answer to an [Ask], exact to the minor unit. AtMid, Markup and
// Residue are in the currency of To, and
//
//	PayIn:  To = AtMid + Markup + Residue
//	PayOut: To = AtMid - Markup + Residue
//
// Between equal currencies there is no rate: To is From, the rest is zero.
type Price struct {
	// From is what was asked for, To what it costs or yields.
	From, To money.Amount
	// Rate is the client rate, which turns From into To with one rounding. It
	// is stated in the direction in which it is at least 1 and has at most 11
	// digits, 10 of them after the point.
	Rate money.Rate
	// Mid is the market rate in the direction of Rate, to 18 digits.
	Mid money.Rate
	// AtMid is From at Mid, rounded.
	AtMid money.Amount
	// Markup is the spread, never negative: its basis points of AtMid, rounded.
	Markup money.Amount
	// Residue is what the roundings of the client rate and of the three amounts
	// leave: at most 3 minor units, and 10^-10 of To for the digits of the rate.
	Residue money.Amount
}

// Price converts an amount through the euro. Errors are
// [reason.InvalidRequest] for a question that makes no sense,
// [reason.UnsupportedCurrency], [reason.RateUnavailable] if a rate is missing,
// stale or out of range, [reason.AmountTooSmall] if nothing would be left, and
// [reason.AmountLimit] beyond 18 digits.
func (b *Board) Price(ask Ask) (Price, error) {
	if err := ask.check(); err != nil {
		return Price{}, err
	}
	if ask.Amount.Currency == ask.Into {
		nothing := money.New(0, ask.Into)
		return Price{From: ask.Amount, To: ask.Amount, AtMid: ask.Amount, Markup: nothing, Residue: nothing}, nil
	}
	mid, err := b.Mid(ask.Amount.Currency, ask.Into, ask.At)
	if err != nil {
		return Price{}, err
	}
	price := Price{From: ask.Amount}
	if price.Rate, price.Mid, err = ask.rates(mid); err != nil {
		return Price{}, reason.Wrap(reason.RateUnavailable, "fx.Price", err)
	}
	if err := price.convert(ask); err != nil {
		return Price{}, reason.Wrap(reason.AmountLimit, "fx.Price", err)
	}
	if !price.To.IsPositive() {
		return Price{}, reason.New(reason.AmountTooSmall, "fx.Price", "converts to less than a minor unit")
	}
	return price, nil
}

func (ask Ask) check() error {
	switch {
	case !ask.Amount.Currency.Known() || !ask.Into.Known():
		return reason.New(reason.UnsupportedCurrency, "fx.Price", "")
	case !ask.Amount.IsPositive():
		return reason.New(reason.InvalidRequest, "fx.Price", "the amount is not positive")
	case ask.Amount.Minor > amountMax:
		return reason.New(reason.AmountLimit, "fx.Price", "more than 18 digits")
	case ask.Side != PayIn && ask.Side != PayOut:
		return reason.New(reason.InvalidRequest, "fx.Price", "no side")
	case ask.MarkupBasisPoints < 0 || ask.MarkupBasisPoints > 9999:
		return reason.New(reason.InvalidRequest, "fx.Price", "the markup is not within 0 to 9999 basis points")
	case ask.Rounding < money.HalfEven || ask.Rounding > money.Up:
		return reason.New(reason.InvalidRequest, "fx.Price", "no rounding")
	default:
		return nil
	}
}

// rates makes the client rate and the mid rate out of the exact mid ratio. The
// markup is a share of the converted amount, whichever way the rate is stated:
// one percent makes the payer pay 1.01 times what mid would cost.
func (ask Ask) rates(mid money.Ratio) (client, market money.Rate, err error) {
	points := ask.MarkupBasisPoints
	if ask.Side == PayOut {
		points = -points
	}
	client, err = mid.MarkedUp(points).Upward().Rate(clientDigits, clientFraction, money.HalfEven)
	if err != nil {
		return money.Rate{}, money.Rate{}, err
	}
	if client.Base != ask.Amount.Currency {
		mid = mid.Inverse()
	}
	market, err = mid.Rate(18, money.ScaleMax, money.HalfEven)
	return client, market, err
}

var errDigits = errors.New("more than 18 digits")

func (p *Price) convert(ask Ask) (err error) {
	if p.To, err = p.Rate.Convert(ask.Amount, ask.Rounding); err != nil {
		return err
	}
	if p.AtMid, err = p.Mid.Convert(ask.Amount, ask.Rounding); err != nil {
		return err
	}
	if p.To.Minor > amountMax || p.AtMid.Minor > amountMax {
		return errDigits
	}
	if p.Markup, err = p.AtMid.BasisPoints(ask.MarkupBasisPoints, ask.Rounding); err != nil {
		return err
	}
	expected := p.AtMid.Minor + p.Markup.Minor
	if ask.Side == PayOut {
		expected = p.AtMid.Minor - p.Markup.Minor
	}
	// None of these leaves the range: both are between 0 and 2·10^18.
	p.Residue = money.New(p.To.Minor-expected, ask.Into)
	return nil
}
