package fx

import (
	"fmt"
	"time"

	"github.com/causeway-pay/causeway/money"
)

// Guard is what a rate of one pair must keep to be priced from.
type Guard struct {
	// FreshFor is how old the rate may be, more than nothing.
	FreshFor time.Duration
	// MoveMax is by how much the middle may move from one rate to the next, in
	// basis points; 0 means any move.
	MoveMax int64
	// SpreadMax is how far bid and ask may be apart, in basis points of the bid;
	// 0 means any spread.
	SpreadMax int64
}

func (g Guard) check(name string) error {
	if g.FreshFor <= 0 || g.MoveMax < 0 || g.SpreadMax < 0 {
		return fmt.Errorf("fx: guard of %s: freshness %s, move %d and spread %d are not limits", name, g.FreshFor,
			g.MoveMax, g.SpreadMax)
	}
	return nil
}

// partsPerPoint is how many parts per billion a basis point has.
const partsPerPoint = billion / 10_000

// Breach returns why a rate must not be priced from, compared with the middle
// rate before it, which may be the zero rate; "" if nothing is wrong.
func (g Guard) Breach(next Reference, before money.Rate) string {
	if next.Executable() && g.SpreadMax > 0 {
		if spread := partsOver(next.Ask, next.Bid); spread > g.SpreadMax*partsPerPoint {
			return fmt.Sprintf("spread of %d basis points, %d allowed", spread/partsPerPoint, g.SpreadMax)
		}
	}
	if !before.Valid() || g.MoveMax == 0 {
		return ""
	}
	ratio := next.Rate.Ratio()
	if ratio.Base() != before.Base {
		ratio = ratio.Inverse()
	}
	// As growth, whichever is larger: a move and the move back are of one size.
	change := ratio.Through(before.Ratio().Inverse()).Upward()
	parts, fits := change.Parts(billion, money.Down)
	if move := min(parts-billion, partsMax); !fits || move > g.MoveMax*partsPerPoint {
		return fmt.Sprintf("move of %d basis points, %d allowed", move/partsPerPoint, g.MoveMax)
	}
	return ""
}

// Rules are the limits under which rates price.
type Rules struct {
	// Pivots are the currencies through which pairs without a rate of their own
	// are crossed; none means the euro. There are at most pivotsMax.
	Pivots []money.Currency
	// Default is the guard of every pair that Pairs does not name.
	Default Guard
	// Pairs are guards by pair, such as "EUR/USD", in either order.
	Pairs map[string]Guard
}

// pivotsMax bounds the ways that a price may have to try: with 8 pivots there
// are 64 of three hops.
const pivotsMax = 8

// Check returns what is wrong with the rules.
func (r Rules) Check() error {
	if len(r.Pivots) > pivotsMax {
		return fmt.Errorf("fx: %d pivots, at most %d", len(r.Pivots), pivotsMax)
	}
	for _, pivot := range r.Pivots {
		if !pivot.Known() {
			return fmt.Errorf("fx: pivot %q is no currency", pivot)
		}
	}
	if err := r.Default.check("all pairs"); err != nil {
		return err
	}
	for name, guard := range r.Pairs {
		if _, err := ParsePair(name); err != nil {
			return err
		}
		if err := guard.check(name); err != nil {
			return err
		}
	}
	return nil
}

// Guard returns the guard of a pair.
func (r Rules) Guard(a, b money.Currency) Guard {
	for _, p := range []pair{{a, b}, {b, a}} {
		if guard, named := r.Pairs[p.String()]; named {
			return guard
		}
	}
	return r.Default
}

func (r Rules) pivots() []money.Currency {
	if len(r.Pivots) == 0 {
		return []money.Currency{pivot}
	}
	return r.Pivots
}

// ParsePair reads "EUR/USD" as the two currencies of a pair.
func ParsePair(text string) ([2]money.Currency, error) {
	if len(text) == 7 && text[3] == '/' {
		first, second := money.Currency(text[:3]), money.Currency(text[4:])
		if first.Known() && second.Known() && first != second {
			return [2]money.Currency{first, second}, nil
		}
	}
	return [2]money.Currency{}, fmt.Errorf("fx: %q is no pair of currencies such as EUR/USD", text)
}

// Stop says that a pair must not be priced, or nothing of one source.
type Stop struct {
	// Base and Quote name the pair in either order; both are empty where Source
	// is what is stopped.
	Base, Quote money.Currency
	Source      string
	// Why is for operators: "move of 1700 basis points, 1500 allowed".
	Why string
	// Automatic stops were made by the switch for a source that fails, and are
	// lifted by it when the source is back.
	Automatic bool
	Since     time.Time
}

// Subject names what is stopped: "EUR/USD", or the source.
func (s Stop) Subject() string {
	if s.Base == "" {
		return s.Source
	}
	return pairOf(s.Base, s.Quote).String()
}
