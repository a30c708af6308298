package feed

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/causeway-pay/causeway/fx"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
)

// Source is where rates are fetched from.
type Source interface {
	Name() string
	Fetch(ctx context.Context) ([]fx.Reference, error)
}

// Scheduled is a source that is asked regularly.
type Scheduled struct {
	Source
	// Every is how often, more than nothing.
	Every time.Duration
}

// failuresMax is how often in a row a source may fail before it is suspended.
const failuresMax = 3

// follow asks one source until ctx ends.
func (f *Feed) follow(ctx context.Context, s Scheduled) {
	ticker := time.NewTicker(s.Every)
	defer ticker.Stop()
	failures := 0
	for {
		failures = f.Ask(ctx, s.Source, failures)
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// Ask fetches the rates of a source once and takes them. It is told how often
// the source has failed in a row, and returns that: the third failure suspends
// the source, a success resumes it.
func (f *Feed) Ask(ctx context.Context, source Source, failures int) int {
	references, err := source.Fetch(ctx)
	if err == nil {
		_, err = f.Take(ctx, references)
	}
	switch {
	case ctx.Err() != nil:
		return failures
	case err == nil:
		f.resume(ctx, source.Name())
		return 0
	}
	failures++
	f.metrics.failed(ctx, source.Name())
	f.config.Logger.LogAttrs(ctx, slog.LevelWarn, "source failed", slog.String("source", source.Name()),
		slog.Int("failures", failures), slog.Any("problem", err))
	if failures == failuresMax {
		f.suspend(ctx, source.Name())
	}
	return failures
}

func (f *Feed) suspend(ctx context.Context, name string) {
	id, at := ids.New(), f.config.Clock.Now()
	f.change(ctx, "source suspended", name, func(ctx context.Context, tx db.Tx) (bool, error) {
		return fx.Halt(ctx, tx, id, fx.Stop{
			Source: name, Why: fmt.Sprintf("%d fetches failed", failuresMax), Automatic: true, Since: at,
		})
	})
}

// resume lifts what [Feed.suspend] did, and nothing that people stopped. Where
// nothing is suspended the board knows it without the database.
func (f *Feed) resume(ctx context.Context, name string) {
	for _, stop := range f.Board().Stops() {
		if stop.Source == name && stop.Base == "" && stop.Automatic {
			at := f.config.Clock.Now()
			f.change(ctx, "source resumed", name, func(ctx context.Context, tx db.Tx) (bool, error) {
				return fx.Lift(ctx, tx, name, false, at)
			})
			return
		}
	}
}

func (f *Feed) change(ctx context.Context, what, name string, work func(context.Context, db.Tx) (bool, error)) {
	changed := false
	err := f.config.Pool.InTx(ctx, func(ctx context.Context, tx db.Tx) error {
		var err error
		changed, err = work(ctx, tx)
		return err
	})
	switch {
	case err != nil:
		f.config.Logger.LogAttrs(ctx, slog.LevelError, "source not changed", slog.String("source", name),
			slog.Any("problem", err))
	case changed:
		f.config.Logger.LogAttrs(ctx, slog.LevelWarn, what, slog.String("source", name))
		f.Changed(ctx)
	}
}
