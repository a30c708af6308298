package fx

import (
	"errors"
	"time"

	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/money"
)

// Side says who bears spread and markup and in which direction they work.
type Side uint8

// The sides.
const (
	// PayIn: somebody pays Into for Amount, which the hub buys at the ask. Spread,
	// markup and fee make it pay more.
	PayIn Side = iota + 1
	// PayOut: somebody receives Into for Amount, which the hub sells at the bid.
	// Spread, markup and fee make it receive less.
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
	// MarkupBasisPoints is the hub's share of the amount at the side of the
	// market that it deals at, 0 to 9999: 100 is one percent.
	MarkupBasisPoints int64
	// Fee is a fixed amount of Into on top, in minor units.
	Fee int64
	// Promotion is what somebody else pays of it.
	Promotion Promotion
	// Rounding makes whole minor units, of the answer and of its parts.
	Rounding money.Rounding
	// At is the moment for which the rates must be fresh.
	At time.Time
}

// Promotion makes a price better at the cost of a named party.
type Promotion struct {
	// Sponsor is who pays: a participant, or the hub. "" means no promotion.
	Sponsor string
	// BasisPoints is the sponsor's share of the amount at the middle rate, 0 to
	// 9999.
	BasisPoints int64
	// Most is the largest share in minor units of Into; 0 means any.
	Most int64
}

// Price is the answer to an [Ask], exact to the minor unit. All parts are in the
// currency of To, and
//
//	PayIn:  To = AtMid + Spread + Markup + Fee - Promotion + Residue
//	PayOut: To = AtMid - Spread - Markup - Fee + Promotion + Residue
//
// Between equal currencies there is no rate: AtMid is From, and spread, markup
// and residue are zero.
type Price struct {
	// From is what was asked for, To what it costs or yields.
	From, To money.Amount
	// Rate is the client rate, which turns From into To before fee and promotion
	// with one rounding. It is stated in the direction in which it is at least 1
	// and has at most 11 digits, 10 of them after the point.
	Rate money.Rate
	// Mid is the market rate in the direction of Rate, to 18 digits.
	Mid money.Rate
	// AtMid is From at Mid, rounded.
	AtMid money.Amount
	// Spread is what the sources take: the amount at their bid or ask, rounded,
	// less AtMid, never negative.
	Spread money.Amount
	// Markup is the hub's part of the rate, never negative: its basis points of
	// the amount at bid or ask, rounded.
	Markup money.Amount
	// Fee is the fixed fee, Promotion what Sponsor pays of the price.
	Fee, Promotion money.Amount
	Sponsor        string
	// Residue is what the roundings of the client rate and of the amounts leave:
	// at most 4 minor units, and 10^-10 of To for the digits of the rate.
	Residue money.Amount
	// Via are the currencies that the rate is crossed through, Sources who stated
	// the rates of each hop.
	Via     [hopsMax - 1]money.Currency
	Sources [hopsMax]string
}

// Price converts an amount, directly or crossed through pivots. Errors are
// [reason.InvalidRequest] for a question that makes no sense,
// [reason.UnsupportedCurrency], [reason.RateUnavailable] if a rate is missing,
// stale, stopped or out of range, [reason.AmountTooSmall] if nothing would be
// left, and [reason.AmountLimit] beyond 18 digits.
func (b *Board) Price(ask Ask) (Price, error) {
	if err := ask.check(); err != nil {
		return Price{}, err
	}
	price := Price{From: ask.Amount, AtMid: ask.Amount}
	for _, part := range []*money.Amount{&price.Spread, &price.Markup, &price.Fee, &price.Promotion, &price.Residue} {
		part.Currency = ask.Into
	}
	if ask.Amount.Currency == ask.Into {
		return price.finish(ask, ask.Amount)
	}
	w, err := b.way(ask.Amount.Currency, ask.Into, ask.Side, ask.At)
	if err != nil {
		return Price{}, err
	}
	price.Via, price.Sources = w.via, w.sources()
	converted, err := price.convert(ask, &w)
	if err != nil {
		return Price{}, err
	}
	return price.finish(ask, converted)
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
	case ask.Fee < 0 || ask.Fee > amountMax:
		return reason.New(reason.InvalidRequest, "fx.Price", "the fee is not within 18 digits")
	case ask.Promotion.BasisPoints < 0 || ask.Promotion.BasisPoints > 9999 || ask.Promotion.Most < 0:
		return reason.New(reason.InvalidRequest, "fx.Price", "the promotion is not within 0 to 9999 basis points")
	case ask.Rounding < money.HalfEven || ask.Rounding > money.Up:
		return reason.New(reason.InvalidRequest, "fx.Price", "no rounding")
	default:
		return nil
	}
}

// convert finds rates, spread, markup and residue, and returns the amount at the
// client rate.
func (p *Price) convert(ask Ask, w *way) (money.Amount, error) {
	mid := w.mid()
	side := mid
	if w.executable() {
		side = w.side(ask.Side)
	}
	var atSide money.Rate
	var err error
	if p.Rate, p.Mid, atSide, err = ask.rates(mid, side); err != nil {
		return money.Amount{}, reason.Wrap(reason.RateUnavailable, "fx.Price", err)
	}
	converted, err := p.amounts(ask, atSide)
	if err != nil {
		return money.Amount{}, reason.Wrap(reason.AmountLimit, "fx.Price", err)
	}
	return converted, nil
}

// rates makes the client rate, the middle and that of the side out of the exact
// ratios. The markup is a share of the converted amount, whichever way the rate
// is stated: one percent makes the payer pay 1.01 times what the side would
// cost.
func (ask Ask) rates(mid, side money.Ratio) (client, market, atSide money.Rate, err error) {
	points := ask.MarkupBasisPoints
	if ask.Side == PayOut {
		points = -points
	}
	client, err = side.MarkedUp(points).Upward().Rate(clientDigits, clientFraction, money.HalfEven)
	if err != nil {
		return money.Rate{}, money.Rate{}, money.Rate{}, err
	}
	if client.Base != ask.Amount.Currency {
		mid, side = mid.Inverse(), side.Inverse()
	}
	if market, err = mid.Rate(18, money.ScaleMax, money.HalfEven); err != nil {
		return money.Rate{}, money.Rate{}, money.Rate{}, err
	}
	atSide, err = side.Rate(18, money.ScaleMax, money.HalfEven)
	return client, market, atSide, err
}

var errDigits = errors.New("more than 18 digits")

func (p *Price) amounts(ask Ask, atSide money.Rate) (money.Amount, error) {
	converted, err := p.Rate.Convert(ask.Amount, ask.Rounding)
	if err != nil {
		return money.Amount{}, err
	}
	if p.AtMid, err = p.Mid.Convert(ask.Amount, ask.Rounding); err != nil {
		return money.Amount{}, err
	}
	side, err := atSide.Convert(ask.Amount, ask.Rounding)
	if err != nil {
		return money.Amount{}, err
	}
	if max(converted.Minor, p.AtMid.Minor, side.Minor) > amountMax {
		return money.Amount{}, errDigits
	}
	if p.Markup, err = side.BasisPoints(ask.MarkupBasisPoints, ask.Rounding); err != nil {
		return money.Amount{}, err
	}
	// None of these leaves the range: all are between 0 and 2·10^18.
	expected := side.Minor + p.Markup.Minor
	p.Spread.Minor = side.Minor - p.AtMid.Minor
	if ask.Side == PayOut {
		expected = side.Minor - p.Markup.Minor
		p.Spread.Minor = p.AtMid.Minor - side.Minor
	}
	p.Residue.Minor = converted.Minor - expected
	return converted, nil
}

// finish adds fee and promotion. What is not a whole minor unit or more is no
// price.
func (p Price) finish(ask Ask, converted money.Amount) (Price, error) {
	p.Fee.Minor = ask.Fee
	if ask.Promotion.Sponsor != "" {
		share, err := p.AtMid.BasisPoints(ask.Promotion.BasisPoints, ask.Rounding)
		if err != nil {
			return Price{}, reason.Wrap(reason.AmountLimit, "fx.Price", err)
		}
		if most := ask.Promotion.Most; most > 0 {
			share.Minor = min(share.Minor, most)
		}
		p.Promotion, p.Sponsor = share, ask.Promotion.Sponsor
	}
	extra := p.Fee.Minor - p.Promotion.Minor
	if ask.Side == PayOut {
		extra = -extra
	}
	p.To = money.New(converted.Minor+extra, ask.Into)
	switch {
	case p.To.Minor <= 0 || converted.Minor <= 0:
		return Price{}, reason.New(reason.AmountTooSmall, "fx.Price", "converts to less than a minor unit")
	case p.To.Minor > amountMax:
		return Price{}, reason.New(reason.AmountLimit, "fx.Price", "more than 18 digits")
	default:
		return p, nil
	}
}
