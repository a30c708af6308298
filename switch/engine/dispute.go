package engine

import (
	"context"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/money"
	"github.com/causeway-pay/causeway/settlement/instruct"
	"github.com/causeway-pay/causeway/settlement/ledger"
	"github.com/causeway-pay/causeway/switch/dispute"
	"github.com/causeway-pay/causeway/switch/payment"
)

var _ dispute.Payments = (*Engine)(nil)

// DisputedPayment implements [dispute.Payments].
func (e *Engine) DisputedPayment(
	ctx context.Context, reader db.Reader, wallet connectors.Participant, reference connectors.Reference,
) (dispute.Payment, error) {
	const op = "engine.DisputedPayment"
	id := reference.PaymentID
	if id == ids.Nil {
		var err error
		if id, err = ids.Parse(reference.RequestID); err != nil {
			return dispute.Payment{}, reason.New(reason.NotFound, op, "")
		}
	}
	p, err := e.PaymentOf(ctx, reader, id)
	if err == nil && p.WalletID != wallet.ID {
		err = reason.New(reason.NotFound, op, "")
	}
	return p, err
}

// PaymentOf implements [dispute.Payments].
func (e *Engine) PaymentOf(ctx context.Context, reader db.Reader, id ids.ID) (dispute.Payment, error) {
	record, err := findRecord(ctx, reader, selectPayment, id)
	if err != nil {
		return dispute.Payment{}, err
	}
	p := dispute.Payment{
		ID: id, Region: record.Region, AcquirerID: record.AcquirerID, WalletID: record.WalletID,
		RequestID: record.RequestID, Amount: record.Amount, Returned: money.New(0, record.Amount.Currency),
		Completed: record.State == payment.Posted, CompletedAt: record.CompletedAt,
	}
	returns, err := returnsOf(ctx, reader, id)
	for _, r := range returns {
		if r.State != payment.ReturnDeclined {
			p.Returned.Minor += r.Amount.Minor
		}
	}
	return p, err
}

// RuleDispute carries out what two people have decided about a dispute. What goes back
// is owed in the open window, by the acquirer to the hub and by the hub to the wallet,
// each in the currency of its leg and in the part of the payment that goes back.
func (e *Engine) RuleDispute(ctx context.Context, tx db.Tx, ruling dispute.Ruling, subject ids.ID) error {
	const op = "engine.RuleDispute"
	ruled, err := dispute.Rule(ctx, tx, ruling)
	if err != nil || !ruling.ForPayer {
		return err
	}
	record, err := findRecord(ctx, tx, selectPayment, ruled.PaymentID)
	if err != nil {
		return err
	}
	back, err := e.disputedPart(ctx, tx, record, ruled)
	if err != nil {
		return err
	}
	for number, leg := range []struct {
		debit, credit string
		whole         money.Amount
	}{
		{record.AcquirerID, ledger.Hub, record.MerchantAmount}, {ledger.Hub, record.WalletID, record.PayerAmount},
	} {
		part, err := back.stretch(leg.whole)
		if err != nil {
			return err
		}
		if !part.IsPositive() {
			return reason.New(reason.AmountTooSmall, op, "")
		}
		err = e.Adjust(ctx, tx, instruct.Adjustment{
			ID: ids.Derive(subject, "dispute", int64(number)), Debit: leg.debit, Credit: leg.credit, Amount: part,
			Link: record.ID, At: ruling.At,
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// disputedPart is the stretch of a payment's amount that a ruling gives back. Returns take
// theirs from the beginning and rulings from the end, so that both together make exactly
// the whole, in whatever order they come. They never overlap.
func (e *Engine) disputedPart(ctx context.Context, tx db.Tx, record Record, ruled dispute.Dispute) (part, error) {
	p := part{after: record.Amount.Minor, whole: record.Amount}
	disputes, err := dispute.OfPayment(ctx, tx, record.ID)
	for _, d := range disputes {
		if d.ID != ruled.ID && d.State == dispute.Settled {
			p.after -= d.Refund.Minor
		}
	}
	p.before = p.after - ruled.Refund.Minor
	if err != nil {
		return part{}, err
	}
	of, err := e.PaymentOf(ctx, tx, record.ID)
	if err == nil && p.before < of.Returned.Minor {
		err = reason.New(reason.RefundExceeds, "engine.RuleDispute", "refunds and other disputes have given it back")
	}
	return p, err
}

// undisputed refuses a return of what disputes have given back or may: nobody gets it
// twice. A payment that is disputed cannot be cancelled as a whole.
func undisputed(ctx context.Context, tx db.Tx, r ReturnRecord, record Record, earlier []ReturnRecord) error {
	const op = "engine.Return"
	disputes, err := dispute.OfPayment(ctx, tx, record.ID)
	held := dispute.Held(disputes)
	switch {
	case err != nil || held == 0:
		return err
	case r.Kind == CancelReturn:
		return reason.New(reason.CancelTooLate, op, "the payment is disputed")
	}
	for _, other := range earlier {
		if other.State != payment.ReturnDeclined {
			held += other.Amount.Minor
		}
	}
	if held+r.Amount.Minor > record.Amount.Minor {
		return reason.New(reason.RefundExceeds, op, "the payment is disputed")
	}
	return nil
}
