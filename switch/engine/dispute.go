package engine

import (
	"context"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/money"
	"github.com/causeway-pay/causeway/settlement"
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
	payer, merchant, err := ruledLegs(ctx, tx, record, ruled)
	if err != nil {
		return err
	}
	for number, leg := range []struct {
		debit, credit string
		part          money.Amount
	}{{record.AcquirerID, ledger.Hub, merchant}, {ledger.Hub, record.WalletID, payer}} {
		if !leg.part.IsPositive() {
			return reason.New(reason.AmountTooSmall, op, "")
		}
		err = e.Adjust(ctx, tx, instruct.Adjustment{
			ID: ids.Derive(subject, "dispute", int64(number)), Debit: leg.debit, Credit: leg.credit, Amount: leg.part,
			Link: record.ID, At: ruling.At,
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// ruledLegs are what a ruling gives back on each leg. It takes its stretch of the payment's
// amount from the end, as returns take theirs from the beginning, so that both together make
// exactly the whole in whatever order they come; what leaves nothing is all that is left.
func ruledLegs(
	ctx context.Context, tx db.Tx, record Record, ruled dispute.Dispute,
) (payer, merchant money.Amount, err error) {
	returns, err := returnsOf(ctx, tx, record.ID)
	if err != nil {
		return payer, merchant, err
	}
	returned, given, err := sumReturns(RefundReturn, returns)
	if err != nil {
		return payer, merchant, err
	}
	back, err := ruledPart(ctx, tx, record, ruled)
	if err == nil && back.before < returned {
		const why = "refunds and other disputes have given it back"
		err = reason.New(reason.RefundExceeds, "engine.RuleDispute", why)
	}
	if err != nil {
		return payer, merchant, err
	}
	legs, whole := [2]settlement.Leg{}, record.booking(record.CompletedAt)
	for i, side := range []struct {
		whole, given settlement.Leg
		priced       Priced
	}{{whole.Payer, given.Payer, record.Detail.Payer}, {whole.Merchant, given.Merchant, record.Detail.Merchant}} {
		if back.before > returned {
			if side.given, err = back.start(side.whole); err != nil {
				return payer, merchant, err
			}
		}
		if legs[i], _, err = back.leg(side.whole, side.given, side.priced, nil, 1); err != nil {
			return payer, merchant, err
		}
	}
	return legs[0].Amount, legs[1].Amount, nil
}

// ruledPart is the stretch of a payment's amount before those of earlier rulings.
func ruledPart(ctx context.Context, tx db.Tx, record Record, ruled dispute.Dispute) (part, error) {
	back := part{after: record.Amount.Minor, whole: record.Amount}
	disputes, err := dispute.OfPayment(ctx, tx, record.ID)
	for _, d := range disputes {
		if d.ID != ruled.ID && d.State == dispute.Settled {
			back.after -= d.Refund.Minor
		}
	}
	back.before = back.after - ruled.Refund.Minor
	return back, err
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
