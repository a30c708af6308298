package fx

import (
	"time"

	"github.com/causeway-pay/causeway/money"
)

// hopsMax is how many rates one price may be crossed from. Further ones would
// only add up spreads.
const hopsMax = 3

// way is a chain of lines from one currency to another.
type way struct {
	hops [hopsMax]*line
	via  [hopsMax - 1]money.Currency
	// length counts the hops.
	length int
}

// cost orders ways of one length: first how many hops are at a mere middle, at
// which nobody deals, then what the sources take, in parts per billion.
func (w *way) cost() (middles, spread int64) {
	for _, l := range w.hops[:w.length] {
		spread += l.spread
		if !l.Executable() {
			middles++
		}
	}
	return middles, spread
}

func (w *way) cheaper(other *way) bool {
	middles, spread := w.cost()
	otherMiddles, otherSpread := other.cost()
	return middles < otherMiddles || middles == otherMiddles && spread < otherSpread
}

func (w *way) mid() money.Ratio {
	ratio := w.hops[0].mid
	for _, l := range w.hops[1:w.length] {
		ratio = ratio.Through(l.mid)
	}
	return ratio
}

func (w *way) side(side Side) money.Ratio {
	ratio := w.hops[0].side(side)
	for _, l := range w.hops[1:w.length] {
		ratio = ratio.Through(l.side(side))
	}
	return ratio
}

// executable reports whether any source on the way has a price to deal at, so
// that the side is not the middle.
func (w *way) executable() bool {
	for _, l := range w.hops[:w.length] {
		if l.Executable() {
			return true
		}
	}
	return false
}

func (w *way) sources() (names [hopsMax]string) {
	for i, l := range w.hops[:w.length] {
		names[i] = l.Source
	}
	return names
}

// way finds how one currency becomes another for a side at a time. A pair that
// is stopped is not got round through others.
func (b *Board) way(from, into money.Currency, side Side, at time.Time) (way, error) {
	if direct := b.markets[pair{from, into}]; direct != nil && direct.stopped != "" {
		return way{}, b.explain(from, into, at)
	}
	w, found := b.shortest(from, into, func(p pair) *line {
		if m := b.markets[p]; m != nil && m.stopped == "" {
			return m.best(side, at)
		}
		return nil
	})
	if !found {
		return way{}, b.explain(from, into, at)
	}
	return w, nil
}

// shortest returns the way of the fewest hops over the lines that pick offers,
// of several the one at the most prices to deal at, and of these the one on which
// the sources take least. Between equals the earlier pivot wins.
func (b *Board) shortest(from, into money.Currency, pick func(pair) *line) (way, bool) {
	if l := pick(pair{from, into}); l != nil {
		return way{hops: [hopsMax]*line{l}, length: 1}, true
	}
	best, found := way{}, false
	take := func(w way) {
		if !found || w.cheaper(&best) {
			best, found = w, true
		}
	}
	var first, last [pivotsMax]*line
	for i, p := range b.pivots {
		first[i], last[i] = pick(pair{from, p}), pick(pair{p, into})
		if first[i] != nil && last[i] != nil {
			take(way{[hopsMax]*line{first[i], last[i]}, [hopsMax - 1]money.Currency{p}, 2})
		}
	}
	if found {
		return best, true
	}
	for i, p := range b.pivots {
		for j, q := range b.pivots {
			if first[i] == nil || last[j] == nil {
				continue
			}
			if l := pick(pair{p, q}); l != nil {
				take(way{[hopsMax]*line{first[i], l, last[j]}, [hopsMax - 1]money.Currency{p, q}, 3})
			}
		}
	}
	return best, found
}
