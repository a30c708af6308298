package merchant

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/reason"
)

const (
	// poll is how often the desk looks for acquirers to tell; a decision takes days.
	poll = time.Second
	// batch is how many registrations are taken up at once: with a call of a second,
	// more than two people can decide.
	batch = 32
	// patience bounds a call, undisturbed is for how long what was taken up is left
	// alone.
	patience    = 8 * time.Second
	undisturbed = 4 * patience
)

// Run tells acquirers what their registrations have come to until ctx ends.
func (d *Desk) Run(ctx context.Context) {
	ticker := time.NewTicker(poll)
	defer ticker.Stop()
	for {
		if err := d.round(ctx); err != nil && ctx.Err() == nil {
			d.Logger.LogAttrs(ctx, slog.LevelWarn, "registrations not looked up", slog.Any("problem", err))
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

func (d *Desk) round(ctx context.Context) error {
	var due []untold
	now := d.Clock.Now()
	err := d.Pool.InTx(ctx, func(ctx context.Context, tx db.Tx) (err error) {
		due, err = leaseUntold(ctx, tx, d.Region, now, now.Add(undisturbed))
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
	return nil
}

// tell calls once and writes down what came of it.
func (d *Desk) tell(ctx context.Context, one untold) {
	calling, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	failed := d.call(calling, one)
	next := d.Clock.Now().Add(d.Notices[min(one.attempts, int64(len(d.Notices)-1))])
	err := d.Pool.InTx(ctx, func(ctx context.Context, tx db.Tx) error {
		return settleUntold(ctx, tx, one, failed == nil, next)
	})
	if failed == nil {
		failed = err
	}
	if failed != nil && ctx.Err() == nil {
		d.Logger.LogAttrs(ctx, slog.LevelWarn, "registration not told", slog.String("acquirer", one.acquirerID),
			slog.Any("problem", failed))
	}
}

func (d *Desk) call(ctx context.Context, one untold) error {
	const op = "merchant.tell"
	to, known := d.Directory().Participant(one.acquirerID)
	way, ok := d.Acquirers[to.Connector]
	if !known || !ok {
		return reason.New(reason.Unsupported, op, "no way to "+one.acquirerID)
	}
	all, err := statuses(ctx, d.Pool, one.acquirerID, one.requestID)
	if err != nil {
		return err
	}
	answer := way.NotifyRegistration(ctx, to.Participant, one.requestID, all)
	if answer.Decision != connectors.Accepted {
		return reason.New(reason.Unknown, op, "not confirmed: "+answer.Reason.String())
	}
	return nil
}
