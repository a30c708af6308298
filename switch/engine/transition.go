package engine

import (
	"context"
	"time"

	"github.com/causeway-pay/causeway/compliance/limits"
	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/settlement/position"
	"github.com/causeway-pay/causeway/switch/payment"
)

// fact is an event with what is known about it.
type fact struct {
	event           payment.Event
	reason          reason.Kind
	walletPaymentID string
	// walletURL is the wallet's page for the payment, payerReference the payer whom
	// it found there.
	walletURL      string
	payerReference string
	completedAt    time.Time
	// says puts on record how it was found out.
	says []saying
	// again marks one of many calls that ask the same until the answer decides.
	// They are on record thinly, see kept.
	again bool
	// at is when the hub learned it: one moment for everything that follows,
	// however often the transaction is tried.
	at time.Time
	// claim ties a partner's word to the payment, so that it can be said again only
	// as it was; nil for what nobody said by itself.
	claim *claim
	// duty says that the duty worker found it out, so the duty was tried once
	// more even if nothing changed.
	duty bool
}

// apply commits what a fact does to a payment and returns the payment as it is
// then.
func (e *Engine) apply(ctx context.Context, id ids.ID, f fact) (Record, error) {
	var record Record
	f.at = e.Clock.Now()
	err := e.commit(ctx, "engine.apply", func(ctx context.Context, tx db.Tx) error {
		var err error
		record, err = findRecord(ctx, tx, selectPayment, id)
		if err != nil {
			return err
		}
		if err := f.claimed(ctx, tx); err != nil {
			return err
		}
		return e.change(ctx, tx, &record, f)
	})
	if err == nil {
		e.metrics.ended(ctx, record, f.at)
	}
	return record, err
}

// claimed makes the claim of a partner's word. Another word under the same claim is
// Inconsistent.
func (f fact) claimed(ctx context.Context, tx db.Tx) error {
	if f.claim == nil {
		return nil
	}
	made, err := makeClaim(ctx, tx, *f.claim)
	if err != nil || made {
		return err
	}
	_, err = findClaim(ctx, tx, *f.claim)
	return err
}

// confirm applies a partner's own word about a payment. A word that differs from
// what it said before changes nothing but the record, where a contradiction of a
// final state is kept, and is refused.
func (e *Engine) confirm(
	ctx context.Context, record Record, from connectors.Participant, operation string, checked [32]byte, f fact,
) (Record, error) {
	if checked == ([32]byte{}) {
		return e.apply(ctx, record.ID, f)
	}
	f.claim = &claim{
		ParticipantID: from.ID, Operation: operation, RequestID: record.ID.String(), Region: record.Region,
		Checked: checked, SubjectID: record.ID, At: e.Clock.Now(),
	}
	after, err := e.apply(ctx, record.ID, f)
	if reason.Of(err) != reason.Inconsistent || !record.State.Final() {
		return after, err
	}
	f.claim = nil
	if _, failed := e.apply(ctx, record.ID, f); failed != nil {
		return record, failed
	}
	return record, err
}

// change carries out one transition inside a transaction.
func (e *Engine) change(ctx context.Context, tx db.Tx, record *Record, f fact) error {
	f.event = record.means(f.event)
	step := payment.Step(record.State, f.event)
	before := record.State
	// Reverse is carried out by a return; the payment stays as it is, so that the
	// event of its last version remains the one that was notified.
	if step.Next == before && step.Effects&^payment.Reverse == 0 && !f.duty {
		return insertMessages(ctx, tx, said(*record, f, before, false))
	}
	e.advance(record, step, f, f.at)
	if err := e.moveMoney(ctx, tx, record, step.Effects, f.at); err != nil {
		return err
	}
	if err := updateRecord(ctx, tx, record); err != nil {
		return err
	}
	if err := closeReview(ctx, tx, *record, before, f); err != nil {
		return err
	}
	contradiction := step.Effects.Has(payment.Contradiction)
	if err := insertMessages(ctx, tx, said(*record, f, before, contradiction)); err != nil {
		return err
	}
	if before == step.Next && !contradiction {
		return nil
	}
	return recordChange(ctx, tx, *record, string(f.event), step.Effects, f.at)
}

// advance writes a transition into the record.
func (e *Engine) advance(record *Record, step payment.Transition, f fact, now time.Time) {
	if step.Next.Final() && !record.State.Final() {
		record.Reason, record.CompletedAt = finalReason(step.Next, f.reason), now
	}
	record.State = step.Next
	if f.walletPaymentID != "" {
		record.WalletPaymentID = f.walletPaymentID
	}
	if f.walletURL != "" {
		record.Detail.WalletURL = f.walletURL
	}
	if record.PayerReference == "" {
		record.PayerReference = f.payerReference
	}
	switch {
	case step.Effects.Has(payment.Rest):
		record.Duty, record.DutyAttempts, record.DueAt = DutyNone, 0, now
	case step.Effects.Has(payment.Undo):
		e.schedule(record, DutyCancel, now)
	case step.Effects.Has(payment.Inquire):
		e.schedule(record, DutyInquire, now)
	case step.Effects.Has(payment.Push):
		e.schedule(record, DutyPush, now)
	case step.Effects.Has(payment.Send):
		// The time to find out begins now: people have had theirs.
		record.ExpiresAt = now.Add(e.options.CodeWindow)
		e.schedule(record, DutySend, now)
	case f.duty:
		e.schedule(record, record.Duty, now)
	}
}

// finalReason is what the partners are told about an end.
func finalReason(state payment.State, given reason.Kind) reason.Kind {
	switch {
	case state == payment.Posted:
		return reason.None
	case state == payment.Cancelled:
		return reason.Closed
	case state == payment.Rejected:
		return reason.Regulation
	case given == reason.None || !given.Final():
		return reason.Failed
	default:
		return given
	}
}

// schedule sets when a duty is tried next. A new duty starts with the first wait
// of its schedule, a cancel, a push and a first request at once.
func (e *Engine) schedule(record *Record, duty Duty, now time.Time) {
	if record.Duty != duty {
		record.Duty, record.DutyAttempts = duty, 0
		if duty == DutyCancel || duty == DutyPush || duty == DutySend {
			record.DueAt = now
			return
		}
	} else {
		record.DutyAttempts++
	}
	attempts := record.DutyAttempts
	if duty == DutyPush { // the first wait is that after the push itself
		attempts--
	}
	record.DueAt = now.Add(wait(e.waits(duty), attempts))
}

func (e *Engine) waits(duty Duty) []time.Duration {
	switch duty {
	case DutyCancel:
		return e.options.Cancels
	case DutyPush:
		return e.options.Pushes
	default:
		return e.options.Inquiries
	}
}

func (e *Engine) moveMoney(ctx context.Context, tx db.Tx, record *Record, effects payment.Effect, now time.Time) error {
	if effects.Has(payment.Post) {
		windowID, err := e.post(ctx, tx, record.booking(now), record.Detail.Booked)
		record.WindowID = windowID
		return err
	}
	if effects.Has(payment.Void) {
		if err := limits.Release(ctx, tx, []ids.ID{record.ID}); err != nil {
			return err
		}
		return position.Void(ctx, tx, record.ID)
	}
	return nil
}
