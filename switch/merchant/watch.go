package merchant

import (
	"context"
	"log/slog"
	"time"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/internal/teller"
)

// Run tells acquirers what their registrations have come to until ctx ends.
func (d *Desk) Run(ctx context.Context) {
	teller.Teller[untold]{
		Pool: d.Pool, Clock: d.Clock, Logger: d.Logger, What: "registration", Call: d.call,
		Lease: func(ctx context.Context, tx db.Tx, now, until time.Time) ([]untold, error) {
			return leaseUntold(ctx, tx, d.Region, now, until)
		},
		Settle: func(ctx context.Context, tx db.Tx, one untold, told bool, now time.Time) error {
			return settleUntold(ctx, tx, one, told, now.Add(teller.Wait(d.Notices, one.attempts)))
		},
		Names: func(one untold) []slog.Attr { return []slog.Attr{slog.String("acquirer", one.acquirerID)} },
	}.Run(ctx)
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
