package fx

import (
	"fmt"
	"strings"
	"time"

	"github.com/causeway-pay/causeway/money"
)

// pivot is the currency through which others are crossed where nothing else is
// said: reference rates are published against it.
const pivot money.Currency = "EUR"

// clockSkew is how far ahead of the asker the clock of whoever observed a rate
// may be.
const clockSkew = time.Minute

// Reference is what a source says a pair is worth: one unit of Rate.Base
// (ISO 20022: UnitCcy) is Rate of Rate.Quote (QtdCcy). A rate is kept in the
// direction in which it was stated, because an inverse is not exact.
type Reference struct {
	// Rate is the middle rate.
	Rate money.Rate
	// Bid and Ask are what the source pays and takes for one unit of Rate.Base;
	// both are zero if it states the middle alone.
	Bid, Ask   money.Rate
	ObservedAt time.Time
	// Source names who states the rate, at most 35 characters, such as "ECB".
	Source string
}

// Executable reports whether the source states a price to deal at.
func (r Reference) Executable() bool { return r.Bid.Mantissa != 0 || r.Ask.Mantissa != 0 }

// Check returns why the reference is none: a rate that is not valid, sides of
// another pair, or a bid above the middle or the middle above the ask.
func (r Reference) Check() error {
	if !r.Rate.Valid() || r.Rate.Base == r.Rate.Quote {
		return fmt.Errorf("fx: %s is no exchange rate", r.Rate.Pair())
	}
	if len(r.Source) > sourceMax || strings.Contains(r.Source, ",") {
		return fmt.Errorf("fx: the name of the source of %s is not up to %d characters without a comma", r.Rate.Pair(),
			sourceMax)
	}
	if !r.Executable() {
		return nil
	}
	below, comparable := r.Bid.Ratio().Compare(r.Rate.Ratio())
	above, also := r.Ask.Ratio().Compare(r.Rate.Ratio())
	if !comparable || !also || below > 0 || above < 0 {
		return fmt.Errorf("fx: bid %s, middle %s and ask %s of %s are not in order",
			r.Bid.Decimal(), r.Rate.Decimal(), r.Ask.Decimal(), r.Rate.Pair())
	}
	return nil
}

// sourceMax is the longest name of a source, that of an ISO 20022 identifier.
const sourceMax = 35

// pair is an ordered pair of currencies.
type pair struct{ from, into money.Currency }

func (p pair) inverse() pair { return pair{p.into, p.from} }

func (p pair) String() string { return string(p.from) + "/" + string(p.into) }

// pairOf is the one order in which limits and stops know a pair, however its
// sources state it.
func pairOf(a, b money.Currency) pair {
	if b < a {
		return pair{b, a}
	}
	return pair{a, b}
}

// line is what one source says about a pair, seen from one of its currencies.
type line struct {
	Reference
	// mid is the middle rate as it is seen, ask what one unit of the first
	// currency costs, bid what it brings.
	mid, bid, ask money.Ratio
	// spread is the distance of bid and ask in parts per billion of the bid.
	spread int64
}

// newLine makes the line as it is seen from one currency of the pair.
func newLine(r Reference, from money.Currency) *line {
	l := &line{Reference: r, mid: r.Rate.Ratio(), bid: r.Rate.Ratio(), ask: r.Rate.Ratio()}
	if r.Executable() {
		l.bid, l.ask, l.spread = r.Bid.Ratio(), r.Ask.Ratio(), partsOver(r.Ask, r.Bid)
	}
	if r.Rate.Base != from {
		l.mid, l.bid, l.ask = l.mid.Inverse(), l.ask.Inverse(), l.bid.Inverse()
	}
	return l
}

func (l *line) side(side Side) money.Ratio {
	if side == PayIn {
		return l.ask
	}
	return l.bid
}

// better reports whether the line gives the hub a better price than another of
// the same pair: it buys cheaper, or sells dearer. A middle alone is nobody's
// price, so it never beats one to deal at.
func (l *line) better(other *line, side Side) bool {
	if l.Executable() != other.Executable() {
		return l.Executable()
	}
	order, _ := l.side(side).Compare(other.side(side))
	switch {
	case order == 0:
		return l.Source < other.Source
	case side == PayIn:
		return order < 0
	default:
		return order > 0
	}
}

// partsOver returns by how much one rate of a pair is above another, in parts
// per billion, cut off and at most partsMax.
func partsOver(more, less money.Rate) int64 {
	parts, fits := more.Ratio().Through(less.Ratio().Inverse()).Parts(billion, money.Down)
	if !fits {
		return partsMax
	}
	return min(parts-billion, partsMax)
}

const billion = 1_000_000_000

// partsMax keeps sums of three spreads far from the end of 64 bits; a spread of
// a thousand times the price is no price.
const partsMax = 1_000_000_000_000

// Between returns the middle of bid and ask, exactly: rates of one pair whose
// middle has at most 18 digits.
func Between(bid, ask money.Rate) (money.Rate, error) {
	if !bid.Valid() || !ask.Valid() || bid.Base != ask.Base || bid.Quote != ask.Quote {
		return money.Rate{}, fmt.Errorf("fx: no middle of %s and %s", bid, ask)
	}
	for bid.Scale < ask.Scale && bid.Mantissa <= mantissaMax/10 {
		bid.Mantissa, bid.Scale = bid.Mantissa*10, bid.Scale+1
	}
	for ask.Scale < bid.Scale && ask.Mantissa <= mantissaMax/10 {
		ask.Mantissa, ask.Scale = ask.Mantissa*10, ask.Scale+1
	}
	sum := bid.Mantissa + ask.Mantissa
	middle := money.Rate{Base: bid.Base, Quote: bid.Quote, Mantissa: sum / 2, Scale: bid.Scale}
	if sum%2 == 1 {
		middle.Mantissa, middle.Scale = 5*sum, bid.Scale+1
	}
	if bid.Scale != ask.Scale || middle.Scale > money.ScaleMax || sum > mantissaMax/5 {
		return money.Rate{}, fmt.Errorf("fx: the middle of %s and %s has more than 18 digits", bid, ask)
	}
	for middle.Scale > 0 && middle.Mantissa%10 == 0 {
		middle.Mantissa, middle.Scale = middle.Mantissa/10, middle.Scale-1
	}
	return middle, nil
}

// mantissaMax is the largest number of 18 digits.
const mantissaMax int64 = 1e18 - 1
