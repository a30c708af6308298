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
	var taken Taken
	if taken.Saved, err = SaveRates(ctx, tx, due); err != nil {
		return Taken{}, err
	}
	taken.New = latest(due, lines)
	if err := saveLines(ctx, tx, taken.New); err != nil {
		return Taken{}, err
	}
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
			return Taken{}, err
		}
		if stopped {
			taken.Stops = append(taken.Stops, stop)
		}
	}
	return taken, nil
}

// latest returns of each pair and source the youngest rate, if it is younger
// than the line that is there.
func latest(references, lines []Reference) []Reference {
	var young []Reference
	for _, r := range references {
		same := func(other Reference) bool {
			return other.Source == r.Source && other.Rate.Base == r.Rate.Base && other.Rate.Quote == r.Rate.Quote
		}
		if i := slices.IndexFunc(lines, same); i >= 0 && !r.ObservedAt.After(lines[i].ObservedAt) {
			continue
		}
		i := slices.IndexFunc(young, same)
		switch {
		case i < 0:
			young = append(young, r)
		case r.ObservedAt.After(young[i].ObservedAt):
			young[i] = r
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
