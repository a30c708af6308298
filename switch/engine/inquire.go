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
	view, err := e.view(ctx, from, record)
	if err != nil || from.Role != connectors.RoleAcquirer {
		return view, err
	}
	return view, e.tell(ctx, inquiry(newCaller(from, reference.Words), e.talk(record), view))
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
	by := newCaller(from, reference.Words)
	e.await(ctx, record.ID)
	view, err := e.cancel(ctx, by, record)
	if failed := e.tell(ctx, cancelAnswered(by, e.talk(record), view, err)); failed != nil {
		return connectors.Payment{}, failed
	}
	return view, err
}

// cancel undoes a payment in whatever state it is.
func (e *Engine) cancel(ctx context.Context, by *caller, record Record) (connectors.Payment, error) {
	asked := fact{event: payment.CancelRequested, says: []saying{cancelAsked(by, record)}}
	record, err := e.apply(ctx, record, asked)
	if err != nil {
		return connectors.Payment{}, err
	}
	if record.State == payment.Posted {
		return e.cancelPosted(ctx, by, record)
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
	return e.view(ctx, by.from, record)
}

// cancelPosted undoes a posted payment by a return of what is left of it.
func (e *Engine) cancelPosted(ctx context.Context, by *caller, record Record) (connectors.Payment, error) {
	const op = "engine.Cancel"
	order := connectors.ReturnOrder{RequestID: record.RequestID, Payment: connectors.Reference{PaymentID: record.ID}}
	if !e.Clock.Now().Before(CancelDeadline(record.CompletedAt, e.options.CancelGrace)) {
		if err := e.onlyRepeated(ctx, by.from, order, CancelReturn, reason.CancelTooLate); err != nil {
			return connectors.Payment{}, err
		}
	}
	returned, err := e.startReturn(ctx, by, record, order, CancelReturn)
	if err != nil {
		return connectors.Payment{}, err
	}
	if returned.State != payment.ReturnPosted {
		return connectors.Payment{}, reason.New(reason.InProcess, op, "")
	}
	return e.view(ctx, by.from, record)
}

// cancelAtWallet asks the wallet once to cancel; the duty worker goes on if the
// answer is not a yes.
func (e *Engine) cancelAtWallet(ctx context.Context, record Record) (Record, error) {
	f, err := e.askCancel(context.WithoutCancel(ctx), record)
	switch {
	case reason.Of(err) == reason.Busy:
		return record, nil // the duty asks once the wallet may be called again
	case err != nil:
		return record, err
	}
	return e.apply(ctx, record, f)
}

// askCancel calls the wallet once to cancel a payment. It is Busy if the wallet's own
// limits did not let that out.
func (e *Engine) askCancel(ctx context.Context, record Record) (fact, error) {
	participant, connector, err := e.wallet(record.WalletID)
	if err != nil {
		return fact{}, err
	}
	calling, cancel := context.WithTimeout(ctx, e.options.WalletPatience)
	defer cancel()
	call, started := ids.New(), e.Clock.Now()
	request := cancellation(record, walletLeg, out, call, started)
	answer := connector.Cancel(calling, participant, request)
	e.walletAnswered(ctx, "cancel", record, started, answer)
	if err := unmade(answer); err != nil {
		return fact{}, err
	}
	f := cancelFact(answer)
	f.says = []saying{cancelled(call, record, request, answer)}
	return f, nil
}
