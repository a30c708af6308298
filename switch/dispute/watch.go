package dispute

import (
	"context"
	"log/slog"
	"time"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/teller"
)

// Run tells and watches until ctx ends.
func (d *Desk) Run(ctx context.Context) {
	teller.Teller[Dispute]{
		Pool: d.Pool, Clock: d.Clock, Logger: d.Logger, What: "dispute", Call: d.call, Settle: d.settle,
		Lease: func(ctx context.Context, tx db.Tx, now, until time.Time) ([]Dispute, error) {
			return query(ctx, tx, leaseNotices, d.Region, now, until, teller.Batch)
		},
		Names: func(one Dispute) []slog.Attr {
			return []slog.Attr{slog.String("dispute", one.ID.String()), slog.String("to", string(one.Notice))}
		},
		Afterwards: d.lapse,
	}.Run(ctx)
}

// lapse ends what nobody has answered in time.
func (d *Desk) lapse(ctx context.Context, tx db.Tx, now time.Time) error {
	overdue, err := query(ctx, tx, selectOverdue, d.Region, now, teller.Batch)
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
}

// settle writes down whether somebody was told how a dispute stands.
func (d *Desk) settle(ctx context.Context, tx db.Tx, told Dispute, confirmed bool, now time.Time) error {
	present, err := Find(ctx, tx, told.ID)
	if err != nil || present.Version != told.Version {
		return err // something happened meanwhile, which is to be told now
	}
	if !confirmed {
		present.NoticeAt = now.Add(teller.Wait(d.Notices, present.NoticeAttempts))
		present.NoticeAttempts++
		return update(ctx, tx, present)
	}
	if present.Notice == NoticeAcquirer {
		present.DueAt = now.Add(d.Terms.answer(present.Stage))
	}
	present.Notice = NoticeNone
	return update(ctx, tx, present)
}
