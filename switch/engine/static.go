package engine

import (
	"context"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/money"
	"github.com/causeway-pay/causeway/switch/payment"
	"github.com/causeway-pay/causeway/switch/route"
)

// openByScan finds the payment that a payer has started by a static code and that is
// still open. There is none after it has ended or its time is over, or where the payer
// has typed another amount before anything was reserved: the next scan makes another one.
// While one is reserved, another amount is Inconsistent.
func (e *Engine) openByScan(
	ctx context.Context, reader db.Reader, scan route.StaticScan, typed money.Amount,
) (Record, bool, error) {
	id, err := route.FindScan(ctx, reader, scan)
	if err != nil || id == ids.Nil {
		return Record{}, false, err
	}
	record, err := findRecord(ctx, reader, selectPayment, id)
	if reason.Of(err) == reason.NotFound {
		return Record{}, false, nil
	}
	other := typed.Currency != "" && typed != record.Amount
	created := record.State == payment.Created
	switch {
	case err != nil || record.State.Final() || created && (other || !e.Clock.Now().Before(record.ExpiresAt)):
		return Record{}, false, err
	case other:
		return Record{}, false, reason.New(reason.Inconsistent, "engine.openByScan", "a payment by this code is open")
	default:
		return record, true, nil
	}
}

// claimStatic claims a static code for one payment of one payer, or finds the one that
// was first, which is open.
func (e *Engine) claimStatic(ctx context.Context, tx db.Tx, scan route.StaticScan, record Record) (ids.ID, error) {
	earlier, open, err := e.openByScan(ctx, tx, scan, record.Amount)
	if err != nil || open {
		return earlier.ID, err
	}
	return record.ID, route.SaveScan(ctx, tx, scan, record.Region, record.ID)
}
