// Package teller tells partners what they are to be told, each again and again until it
// has confirmed. What is to be told lies in the database with the time at which it is due:
// a teller leases it there, so that another one goes on where one has died.
package teller

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/causeway-pay/causeway/internal/clock"
	"github.com/causeway-pay/causeway/internal/db"
)

// Limits of a teller. What it tells is written by people and for people, who count in days:
// a second is nothing to them, and 32 notices a second are more than a year's in a day.
const (
	// Poll is how often it looks for what is due.
	Poll = time.Second
	// Batch is how many notices it takes at once; [Teller.Lease] must keep to it.
	Batch = 32
	// Patience bounds a call.
	Patience = 8 * time.Second
	// undisturbed is for how long a notice that was taken is left alone: the call and what
	// is written of it, with time to spare.
	undisturbed = 4 * Patience
)

// Teller tells notices of one kind. Its fields must not change while it runs.
type Teller[T any] struct {
	Pool   *db.Pool
	Clock  clock.Clock
	Logger *slog.Logger
	// What is told, for the log, such as "dispute".
	What string
	// Lease takes up to [Batch] notices that are due now and moves their time to until.
	Lease func(ctx context.Context, tx db.Tx, now, until time.Time) ([]T, error)
	// Call tells one and returns nil if that was confirmed.
	Call func(ctx context.Context, one T) error
	// Settle writes down whether one was told.
	Settle func(ctx context.Context, tx db.Tx, one T, told bool, now time.Time) error
	// Names say in the log which one it is; nothing personal.
	Names func(one T) []slog.Attr
	// Afterwards is done after each look, in a transaction of its own; nil if nothing is.
	Afterwards func(ctx context.Context, tx db.Tx, now time.Time) error
}

// Run tells until ctx ends and the calls under way have ended.
func (t Teller[T]) Run(ctx context.Context) {
	ticker := time.NewTicker(Poll)
	defer ticker.Stop()
	for {
		if err := t.round(ctx); err != nil && ctx.Err() == nil {
			t.Logger.LogAttrs(ctx, slog.LevelWarn, t.What+" not looked up", slog.Any("problem", err))
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

func (t Teller[T]) round(ctx context.Context) error {
	now := t.Clock.Now()
	var due []T
	err := t.Pool.InTx(ctx, func(ctx context.Context, tx db.Tx) (err error) {
		due, err = t.Lease(ctx, tx, now, now.Add(undisturbed))
		return err
	})
	if err != nil {
		return err
	}
	var group sync.WaitGroup
	for _, one := range due {
		group.Go(func() { t.tell(ctx, one) })
	}
	group.Wait()
	if t.Afterwards == nil {
		return nil
	}
	return t.Pool.InTx(ctx, func(ctx context.Context, tx db.Tx) error { return t.Afterwards(ctx, tx, now) })
}

// tell calls once and writes down what came of it.
func (t Teller[T]) tell(ctx context.Context, one T) {
	calling, cancel := context.WithTimeout(ctx, Patience)
	defer cancel()
	problem := t.Call(calling, one)
	told, now := problem == nil, t.Clock.Now()
	if !told && ctx.Err() != nil {
		return // the call may have ended with the hub; the lease has another one
	}
	// What a partner has confirmed is written down also when the hub is being stopped.
	writing, cancel := context.WithTimeout(context.WithoutCancel(ctx), Patience)
	defer cancel()
	err := t.Pool.InTx(writing, func(ctx context.Context, tx db.Tx) error { return t.Settle(ctx, tx, one, told, now) })
	if told {
		problem = err
	}
	if problem != nil {
		t.Logger.LogAttrs(ctx, slog.LevelWarn, t.What+" not told", append(t.Names(one), slog.Any("problem", problem))...)
	}
}

// Wait is how long to wait after so many tries that failed before: the last of the waits
// repeats.
func Wait(waits []time.Duration, attempts int64) time.Duration {
	return waits[min(attempts, int64(len(waits)-1))]
}
