package fx

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/money"
)

// Board is a set of rates, several sources for each pair, that never changes. It
// may be used by any number of goroutines.
type Board struct {
	rules  Rules
	pivots []money.Currency
	// markets has every pair in both directions.
	markets map[pair]*market
	stops   []Stop
}

// market is a pair seen from one of its currencies: its lines, best first.
type market struct {
	freshFor time.Duration
	// stopped is why the pair must not be priced; "" if it may.
	stopped string
	// byAsk and byBid hold the lines of the sources that may price.
	byAsk, byBid []*line
	// all holds the lines of every source, the youngest first.
	all []*line
}

// NewBoard makes a board of rates with one freshness for all pairs, crossed
// through the euro; see [Rules.Board].
func NewBoard(references []Reference, freshness time.Duration) (*Board, error) {
	return Rules{Default: Guard{FreshFor: freshness}}.Board(references, nil)
}

// Board makes a board of rates. Of several by one source for one pair the latest
// counts. What is stopped prices nothing.
func (r Rules) Board(references []Reference, stops []Stop) (*Board, error) {
	if err := r.Check(); err != nil {
		return nil, err
	}
	b := &Board{rules: r, pivots: r.pivots(), markets: map[pair]*market{}, stops: slices.Clone(stops)}
	latest := map[pair][]Reference{}
	for _, reference := range references {
		if err := reference.Check(); err != nil {
			return nil, err
		}
		p := pairOf(reference.Rate.Base, reference.Rate.Quote)
		latest[p] = withLatest(latest[p], reference)
	}
	for p, references := range latest {
		b.put(p, references)
	}
	return b, nil
}

// With returns a board with further rates. One that is older than what its
// source has said already changes nothing.
func (b *Board) With(references []Reference) (*Board, error) {
	next := &Board{rules: b.rules, pivots: b.pivots, markets: maps.Clone(b.markets), stops: b.stops}
	if next.markets == nil {
		next.markets = map[pair]*market{}
	}
	changed := map[pair][]Reference{}
	for _, reference := range references {
		if err := reference.Check(); err != nil {
			return nil, err
		}
		p := pairOf(reference.Rate.Base, reference.Rate.Quote)
		if m := next.markets[p]; m != nil && changed[p] == nil {
			for _, l := range m.all {
				changed[p] = append(changed[p], l.Reference)
			}
		}
		changed[p] = withLatest(changed[p], reference)
	}
	for p, list := range changed {
		next.put(p, list)
	}
	return next, nil
}

func withLatest(references []Reference, next Reference) []Reference {
	for i, known := range references {
		if known.Source == next.Source {
			if next.ObservedAt.After(known.ObservedAt) {
				references[i] = next
			}
			return references
		}
	}
	return append(references, next)
}

// put makes both markets of a pair.
func (b *Board) put(p pair, references []Reference) {
	stopped, suspended := "", map[string]bool{}
	for _, stop := range b.stops {
		switch {
		case stop.Base == "":
			suspended[stop.Source] = true
		case pairOf(stop.Base, stop.Quote) == p:
			stopped = stop.Why
		}
	}
	for _, seen := range []pair{p, p.inverse()} {
		m := &market{freshFor: b.rules.Guard(p.from, p.into).FreshFor, stopped: stopped}
		for _, reference := range references {
			l := newLine(reference, seen.from)
			m.all = append(m.all, l)
			if !suspended[reference.Source] {
				m.byAsk, m.byBid = append(m.byAsk, l), append(m.byBid, l)
			}
		}
		slices.SortFunc(m.all, func(a, b *line) int {
			return cmp.Or(b.ObservedAt.Compare(a.ObservedAt), cmp.Compare(a.Source, b.Source))
		})
		slices.SortFunc(m.byAsk, byPrice(PayIn))
		slices.SortFunc(m.byBid, byPrice(PayOut))
		b.markets[seen] = m
	}
}

func byPrice(side Side) func(a, b *line) int {
	return func(x, y *line) int {
		switch {
		case x == y:
			return 0
		case x.better(y, side):
			return -1
		default:
			return 1
		}
	}
}

// Len returns how many pairs the board has rates for.
func (b *Board) Len() int { return len(b.markets) / 2 }

// Row is what one source says about a pair, with what becomes of it.
type Row struct {
	Reference
	// Trouble is why the row prices nothing; "" if it may.
	Trouble string
}

// Rows returns every rate of the board in the order of pair and source, as it
// stands at a time.
func (b *Board) Rows(at time.Time) []Row {
	var rows []Row
	for p, m := range b.markets {
		if p != pairOf(p.from, p.into) {
			continue
		}
		for _, l := range m.all {
			rows = append(rows, Row{l.Reference, m.trouble(l, at)})
		}
	}
	slices.SortFunc(rows, func(a, b Row) int {
		return cmp.Or(cmp.Compare(a.Rate.Pair(), b.Rate.Pair()), cmp.Compare(a.Source, b.Source))
	})
	return rows
}

// Stops returns what is stopped.
func (b *Board) Stops() []Stop { return b.stops }

// trouble is why a line of the market prices nothing at a time.
func (m *market) trouble(l *line, at time.Time) string {
	switch age := at.Sub(l.ObservedAt); {
	case m.stopped != "":
		return "stopped: " + m.stopped
	case !slices.Contains(m.byAsk, l):
		return "source " + l.Source + " is suspended"
	case !m.fresh(l, at):
		return "the rate is " + age.Truncate(time.Second).String() + " old, " + m.freshFor.String() + " allowed"
	default:
		return ""
	}
}

func (m *market) fresh(l *line, at time.Time) bool {
	age := at.Sub(l.ObservedAt)
	return age <= m.freshFor && age >= -clockSkew
}

// best returns the best line for one side that is fresh, or nil.
func (m *market) best(side Side, at time.Time) *line {
	lines := m.byAsk
	if side == PayOut {
		lines = m.byBid
	}
	for _, l := range lines {
		if m.fresh(l, at) {
			return l
		}
	}
	return nil
}

// Mid returns the exact middle rate at a time: one from is the ratio of into.
// Errors are those of [Board.Price].
func (b *Board) Mid(from, into money.Currency, at time.Time) (money.Ratio, error) {
	if from == into && from.Known() {
		return money.Rate{Base: from, Quote: into, Mantissa: 1}.Ratio(), nil
	}
	w, err := b.way(from, into, PayIn, at)
	if err != nil {
		return money.Ratio{}, err
	}
	return w.mid(), nil
}

// Mark returns the last middle rate that is known, however old it is and whether
// or not it may price: books are valued by it.
func (b *Board) Mark(from, into money.Currency) (money.Ratio, error) {
	if from == into && from.Known() {
		return money.Rate{Base: from, Quote: into, Mantissa: 1}.Ratio(), nil
	}
	w, found := b.shortest(from, into, func(p pair) *line {
		if m := b.markets[p]; m != nil {
			return m.all[0]
		}
		return nil
	})
	if !found {
		return money.Ratio{}, reason.New(reason.RateUnavailable, "fx.Board", "no rate for "+pair{from, into}.String())
	}
	return w.mid(), nil
}

// explain says why a pair has no price: what is wrong with its own rate, or with
// those that it could be crossed through.
func (b *Board) explain(from, into money.Currency, at time.Time) error {
	var troubles []string
	look := func(p pair) {
		m := b.markets[p]
		if m == nil || len(m.all) == 0 {
			return
		}
		if trouble := m.trouble(m.all[0], at); trouble != "" && m.best(PayIn, at) == nil || m.stopped != "" {
			if text := pairOf(p.from, p.into).String() + ": " + trouble; !slices.Contains(troubles, text) {
				troubles = append(troubles, text)
			}
		}
	}
	look(pair{from, into})
	for _, pivot := range b.pivots {
		look(pair{from, pivot})
		look(pair{pivot, into})
	}
	if len(troubles) == 0 {
		return reason.New(reason.RateUnavailable, "fx.Board", "no rate for "+pair{from, into}.String())
	}
	return reason.New(reason.RateUnavailable, "fx.Board", strings.Join(troubles, "; "))
}
