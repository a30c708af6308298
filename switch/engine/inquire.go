package engine

import (
	"context"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/switch/payment"
)

// Inquire implements [connectors.Hub].
func (e *Engine) Inquire(
	ctx context.Context,
	from connectors.Participant,
	reference connectors.Reference,
) (connectors.Payment, error) {
	record, err := e.owned(ctx, from, reference)
	if err != nil {
		return connectors.Payment{}, err
	}
	return e.view(ctx, from, record)
}

// owned finds a payment of the caller. Somebody else's is not found, in the
// same words as one that never was (invariant I13).
func (e *Engine) owned(
	ctx context.Context,
	from connectors.Participant,
	reference connectors.Reference,
) (Record, error) {
	missing := reason.New(reason.NotFound, "engine.owned", "")
	record, err := e.lookup(ctx, from, reference)
	if err != nil {
		return Record{}, err
	}
	mine := record.AcquirerID
	if from.Role == connectors.RoleWallet {
		mine = record.WalletID
	}
	if mine != from.ID {
		return Record{}, missing
	}
	return record, nil
}

// lookup reads by the hub's id or by the caller's: an acquirer's request id, or
// for a wallet our payment id, which is the request id it was called with.
func (e *Engine) lookup(
	ctx context.Context,
	from connectors.Participant,
	reference connectors.Reference,
) (Record, error) {
	if reference.PaymentID != ids.Nil {
		return findRecord(ctx, e.Pool, selectPayment, reference.PaymentID)
	}
	if from.Role == connectors.RoleAcquirer {
		return findRecord(ctx, e.Pool, selectPaymentByRequest, from.ID, reference.RequestID)
	}
	id, err := ids.Parse(reference.RequestID)
	if err != nil {
		return Record{}, reason.New(reason.NotFound, "engine.lookup", "")
	}
	return findRecord(ctx, e.Pool, selectPayment, id)
}

// Cancel implements [connectors.Hub].
func (e *Engine) Cancel(
	ctx context.Context,
	from connectors.Participant,
	reference connectors.Reference,
) (connectors.Payment, error) {
	record, err := e.owned(ctx, from, reference)
	if err != nil {
		return connectors.Payment{}, err
	}
	e.await(ctx, record.ID)
	record, err = e.apply(ctx, record.ID, fact{event: payment.CancelRequested})
	if err != nil {
		return connectors.Payment{}, err
	}
	if record.State == payment.Posted {
		return e.cancelPosted(ctx, from, record)
	}
	if record.State == payment.Cancelling {
		record, err = e.cancelAtWallet(ctx, record)
		if err != nil {
			return connectors.Payment{}, err
		}
	}
	if !record.State.Final() {
		return connectors.Payment{}, reason.New(reason.InProcess, "engine.Cancel", "")
	}
	return e.view(ctx, from, record)
}

// cancelPosted undoes a posted payment by a return of what is left of it.
func (e *Engine) cancelPosted(
	ctx context.Context,
	from connectors.Participant,
	record Record,
) (connectors.Payment, error) {
	const op = "engine.Cancel"
	order := connectors.ReturnOrder{RequestID: record.RequestID, Payment: connectors.Reference{PaymentID: record.ID}}
	if !e.Clock.Now().Before(CancelDeadline(record.CompletedAt)) {
		if err := e.onlyRepeated(ctx, from, order, CancelReturn, reason.CancelTooLate); err != nil {
			return connectors.Payment{}, err
		}
	}
	returned, err := e.startReturn(ctx, from, record, order, CancelReturn)
	if err != nil {
		return connectors.Payment{}, err
	}
	if returned.State != payment.ReturnPosted {
		return connectors.Payment{}, reason.New(reason.InProcess, op, "")
	}
	return e.view(ctx, from, record)
}

// cancelAtWallet asks the wallet once to cancel; the duty worker goes on if the
// answer is not a yes.
func (e *Engine) cancelAtWallet(ctx context.Context, record Record) (Record, error) {
	participant, connector, err := e.wallet(record.WalletID)
	if err != nil {
		return record, err
	}
	calling, cancel := context.WithTimeout(context.WithoutCancel(ctx), e.options.WalletPatience)
	defer cancel()
	started := e.Clock.Now()
	answer := connector.Cancel(calling, participant, e.cancellation(record))
	e.answered(ctx, "cancel", record, started, answer)
	return e.apply(ctx, record.ID, cancelFact(answer))
}
