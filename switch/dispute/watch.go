package dispute

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/causeway-pay/causeway/internal/db"
)

const (
	// poll is how often the desk looks for what is due. Days are counted, so a second is
	// nothing.
	poll = time.Second
	// batch is how many disputes are taken up at once: at a second a call, 32 notices a
	// second are more than a year's disputes in a day.
	batch = 32
	// patience bounds a call, undisturbed is for how long a notice that was taken up is
	// left alone.
	patience    = 8 * time.Second
	undisturbed = 4 * patience
)

// Run tells and watches until ctx ends.
func (d *Desk) Run(ctx context.Context) {
	ticker := time.NewTicker(poll)
	defer ticker.Stop()
	for {
		if err := d.round(ctx); err != nil && ctx.Err() == nil {
			d.Logger.LogAttrs(ctx, slog.LevelWarn, "disputes not looked up", slog.Any("problem", err))
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// round tells what is due to be told, and ends what nobody has answered in time.
func (d *Desk) round(ctx context.Context) error {
	now := d.Clock.Now()
	var due []Dispute
	err := d.Pool.InTx(ctx, func(ctx context.Context, tx db.Tx) (err error) {
		due, err = query(ctx, tx, leaseNotices, d.Region, now, now.Add(undisturbed), batch)
		return err
	})
	if err != nil {
		return err
	}
	var group sync.WaitGroup
	for _, one := range due {
		group.Go(func() { d.tell(ctx, one) })
	}
	group.Wait()
	return d.Pool.InTx(ctx, func(ctx context.Context, tx db.Tx) error {
		overdue, err := query(ctx, tx, selectOverdue, d.Region, now, batch)
		if err != nil {
			return err
		}
		for _, one := range overdue {
			if err := one.advance(TimeOver, one.Amount, now); err != nil {
				return err
			}
			if err := change(ctx, tx, one, TimeOver, now); err != nil {
				return err
			}
		}
		return nil
	})
}

// tell calls once and writes down what came of it.
func (d *Desk) tell(ctx context.Context, told Dispute) {
	calling, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	failed := d.call(calling, told)
	now := d.Clock.Now()
	err := d.Pool.InTx(ctx, func(ctx context.Context, tx db.Tx) error {
		present, err := Find(ctx, tx, told.ID)
		if err != nil || present.Version != told.Version {
			return err // something happened meanwhile, which is to be told now
		}
		if failed != nil {
			last := int64(len(d.Notices) - 1)
			present.NoticeAt = now.Add(d.Notices[min(present.NoticeAttempts, last)])
			present.NoticeAttempts++
			return update(ctx, tx, present)
		}
		if present.Notice == NoticeAcquirer {
			present.DueAt = now.Add(d.Terms.answer(present.Stage))
		}
		present.Notice = NoticeNone
		return update(ctx, tx, present)
	})
	if failed == nil {
		failed = err
	}
	if failed != nil && ctx.Err() == nil {
		d.Logger.LogAttrs(ctx, slog.LevelWarn, "dispute not told", slog.String("dispute", told.ID.String()),
			slog.String("to", string(told.Notice)), slog.Any("problem", failed))
	}
}
