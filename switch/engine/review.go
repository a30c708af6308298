package engine

import (
	"context"
	"time"

	"github.com/causeway-pay/causeway/compliance"
	"github.com/causeway-pay/causeway/compliance/review"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/switch/payment"
)

// fileReview opens the case of a payment that is held, or that was refused because it
// could not be.
func fileReview(ctx context.Context, tx db.Tx, record Record, decision compliance.Decision, at time.Time) error {
	c := review.Case{
		Region: record.Region, PaymentID: record.ID, DecisionID: decision.ID, OpenedAt: at,
		DueAt: at.Add(review.InformedFor),
	}
	switch {
	case record.State == payment.UnderReview:
		c.Held, c.DueAt = true, record.DueAt
	case decision.Outcome != compliance.Hold || record.Reason != reason.Regulation:
		return nil
	}
	return review.File(ctx, tx, c)
}

// closeReview closes the case of a payment that is not held any more without its
// having been decided.
func closeReview(ctx context.Context, tx db.Tx, record Record, before payment.State, f fact) error {
	if before != payment.UnderReview || record.State == payment.UnderReview {
		return nil
	}
	switch f.event {
	case payment.CaseReleased, payment.OrderReleased, payment.CaseRefused:
		return nil
	case payment.Expired:
		return review.Close(ctx, tx, record.ID, review.Lapsed, f.at)
	default:
		return review.Close(ctx, tx, record.ID, review.Moot, f.at)
	}
}

// Review carries out what two people have decided about a case, in the transaction
// of the decision: a payment that is released goes on, exactly once, and one that is
// refused gives its reservation back. One that could not be held has ended already.
func (e *Engine) Review(ctx context.Context, tx db.Tx, decision review.Decision) error {
	c, err := review.Decide(ctx, tx, decision)
	if err != nil || !c.Held {
		return err
	}
	record, err := findRecord(ctx, tx, selectPayment, c.PaymentID)
	if err != nil {
		return err
	}
	if record.State != payment.UnderReview {
		return reason.New(reason.ProposalClosed, "engine.Review", "the payment is "+string(record.State))
	}
	decided := fact{event: payment.CaseRefused, reason: reason.Regulation, at: decision.At}
	if decision.Release {
		decided = fact{event: payment.CaseReleased, at: decision.At, says: []saying{e.sent()}}
	}
	return e.change(ctx, tx, &record, decided)
}

// sent is the pacs.008 of the wallet's leg, before the wallet is asked.
func (e *Engine) sent() saying {
	return func(t *talk) {
		t.iso(walletLeg, out, transferID(t.record.ID, walletLeg), e.transfer(t.record, walletLeg))
	}
}

// Case returns how a payment's case stands; a payment that was never held has none,
// which is [reason.Missing].
func (e *Engine) Case(ctx context.Context, paymentID ids.ID) (review.Case, error) {
	return review.Find(ctx, e.Pool, review.CaseOf(paymentID))
}
