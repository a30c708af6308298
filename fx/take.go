package fx

import (
	"context"
	"slices"
	"time"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/money"
)

// Taken is what became of rates that a source has stated.
type Taken struct {
	// New are the rates that are priced from now on.
	New []Reference
	// Stops are the pairs that these rates have stopped.
	Stops []Stop
	// Saved counts the rates that the history did not have.
	Saved int64
}

// Take brings in what sources have stated: into the history, and the latest of
// each source and pair into the lines that prices are made from. A rate beyond
// the guard of its pair is kept, but stops the pair until somebody lifts that.
// Rates that are not out yet at the given time are left for later; if one is
// none at all, nothing is taken.
func Take(ctx context.Context, tx db.Tx, rules Rules, references []Reference, at time.Time) (Taken, error) {
	var due []Reference
	for _, r := range references {
		if err := r.Check(); err != nil {
			return Taken{}, err
		}
		if !r.ObservedAt.After(at.Add(clockSkew)) {
			due = append(due, r)
		}
	}
	lines, err := LoadLines(ctx, tx)
	if err != nil {
		return Taken{}, err
	}
	stops, err := LoadStops(ctx, tx)
	if err != nil {
		return Taken{}, err
	}
	var taken Taken
	if taken.Saved, err = SaveRates(ctx, tx, due); err != nil {
		return Taken{}, err
	}
	taken.New = latest(due, lines)
	if err := saveLines(ctx, tx, taken.New); err != nil {
		return Taken{}, err
	}
	// What a suspended source has said is no measure for others.
	trusted := slices.DeleteFunc(lines, func(l Reference) bool {
		return slices.ContainsFunc(stops, func(s Stop) bool { return s.Base == "" && s.Source == l.Source })
	})
	err = taken.guard(ctx, tx, rules, trusted, at)
	return taken, err
}

// guard stops the pairs of new rates that are beyond their limits.
func (taken *Taken) guard(ctx context.Context, tx db.Tx, rules Rules, lines []Reference, at time.Time) error {
	for _, r := range taken.New {
		why := rules.Guard(r.Rate.Base, r.Rate.Quote).Breach(r, before(lines, r))
		if why == "" {
			continue
		}
		stop := Stop{
			Base: r.Rate.Base, Quote: r.Rate.Quote, Source: r.Source, Why: why + " (" + r.Source + ")", Since: at,
		}
		id := ids.Derive(ids.Nil, "fx.stop."+stop.Subject()+"."+r.Source, r.ObservedAt.UnixMicro())
		stopped, err := Halt(ctx, tx, id, stop)
		if err != nil {
			return err
		}
		if stopped {
			taken.Stops = append(taken.Stops, stop)
		}
	}
	return nil
}

// latest returns of each pair and source the youngest rate, if it is younger
// than the line that is there.
func latest(references, lines []Reference) []Reference {
	type key struct {
		base, quote money.Currency
		source      string
	}
	keyOf := func(r Reference) key { return key{r.Rate.Base, r.Rate.Quote, r.Source} }
	youngest := map[key]time.Time{}
	for _, r := range slices.Concat(lines, references) {
		if r.ObservedAt.After(youngest[keyOf(r)]) {
			youngest[keyOf(r)] = r.ObservedAt
		}
	}
	for _, l := range lines {
		if youngest[keyOf(l)].Equal(l.ObservedAt) {
			delete(youngest, keyOf(l))
		}
	}
	var young []Reference
	for _, r := range references {
		if at, found := youngest[keyOf(r)]; found && at.Equal(r.ObservedAt) {
			delete(youngest, keyOf(r))
			young = append(young, r)
		}
	}
	return young
}

// before returns the middle rate that a pair had last, whoever stated it.
func before(lines []Reference, next Reference) money.Rate {
	var last Reference
	for _, l := range lines {
		if pairOf(l.Rate.Base, l.Rate.Quote) == pairOf(next.Rate.Base, next.Rate.Quote) &&
			l.ObservedAt.After(last.ObservedAt) {
			last = l
		}
	}
	return last.Rate
}
