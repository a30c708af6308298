package engine

import (
	"cmp"
	"context"
	"log/slog"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/switch/payment"
)

// means translates an event for the payment's mode: a debit that the acquirer has
// still to agree to is not yet the end, and a wallet that has scanned the order asks for
// it by itself.
func (r Record) means(event payment.Event) payment.Event {
	switch {
	case event == payment.WalletAccepted && r.Mode == connectors.Push:
		return payment.PushDue
	case event == payment.CaseReleased && r.scanned():
		return payment.OrderReleased
	default:
		return event
	}
}

// scanned reports whether the payer's wallet has fetched the order. Who chooses a wallet
// on a page is not known before that wallet was asked.
func (r Record) scanned() bool { return r.Mode.Waits() && r.PayerReference != "" }

// pushByDuty tells the acquirer that the payer was debited, or asks again what
// became of that. A push that never arrived is made again: it has the same key.
func (e *Engine) pushByDuty(ctx context.Context, record Record) error {
	const op = "engine.push"
	acquirer, known := e.Directory().Participant(record.AcquirerID)
	connector, ok := e.Acquirers[acquirer.Connector]
	if !known || !ok {
		return reason.New(reason.InvalidContract, op, "no way to "+record.AcquirerID)
	}
	calling, cancel := context.WithTimeout(ctx, e.options.WalletPatience)
	defer cancel()
	view, verb := e.leg(record, acquirerLeg), "push"
	var answer connectors.Answer
	if record.DutyAttempts > 0 {
		verb = "inquirePush"
		answer = connector.InquirePush(calling, acquirer.Participant, view)
	}
	if record.DutyAttempts == 0 || answer.Decision == connectors.Absent {
		verb = "push"
		answer = connector.Push(calling, acquirer.Participant, view)
	}
	e.acquirerAnswered(ctx, verb, record, answer)
	if err := unmade(answer); err != nil {
		return err
	}
	f := pushFact(answer)
	f.says, f.duty, f.again = []saying{pushed(ids.New(), verb, answer)}, true, true
	if f.event == payment.PushUndecided && !e.Clock.Now().Before(record.ExpiresAt) {
		f.event = payment.Expired
	}
	_, err := e.apply(ctx, record, f)
	return err
}

func pushFact(answer connectors.Answer) fact {
	f := fact{event: payment.PushUndecided, reason: answer.Reason, completedAt: answer.CompletedAt}
	switch answer.Decision {
	case connectors.Accepted:
		f.event = payment.PushAccepted
	case connectors.Declined:
		f.event = payment.PushDeclined
	}
	return f
}

// pushed is a push, or an inquiry about it, and what the acquirer said.
func pushed(call ids.ID, verb string, answer connectors.Answer) saying {
	return func(t *talk) {
		name := cmp.Or(answer.Operation, verb)
		t.words(acquirerLeg, out, name, answer.Sent, ids.Derive(call, "sent", 0), ids.Nil)
		t.words(acquirerLeg, in, name+".answer", answer.Received, ids.Derive(call, "received", 0), ids.Nil)
	}
}

func (e *Engine) acquirerAnswered(ctx context.Context, verb string, record Record, answer connectors.Answer) {
	level := slog.LevelDebug
	if answer.Err != nil {
		level = slog.LevelWarn
	}
	e.Logger.LogAttrs(ctx, level, "acquirer answered",
		slog.String("verb", verb), slog.String("payment", record.ID.String()),
		slog.String("acquirer", record.AcquirerID), slog.String("decision", answer.Decision.String()),
		slog.String("reason", answer.Reason.String()), slog.Any("problem", answer.Err))
}

// ConfirmPush implements [connectors.Hub].
func (e *Engine) ConfirmPush(
	ctx context.Context, from connectors.Participant, confirmation connectors.Confirmation,
) error {
	const op = "engine.ConfirmPush"
	record, err := e.owned(ctx, from, confirmation.Payment)
	if err != nil {
		return err
	}
	requestID := confirmation.Payment.RequestID
	switch {
	case record.Mode != connectors.Push:
		return reason.New(reason.NotFound, op, "not a payment that is pushed")
	case requestID != "" && requestID != record.RequestID:
		return reason.New(reason.Inconsistent, op, "another request id")
	case !record.State.Final() && !pushUnderWay(record.State):
		return reason.New(reason.InProcess, op, "nothing was pushed yet")
	}
	f := pushFact(connectors.Answer{
		Decision: confirmation.Decision, Reason: confirmation.Reason, CompletedAt: confirmation.CompletedAt,
	})
	if f.event == payment.PushUndecided {
		return reason.New(reason.InvalidRequest, op, "a notification must be final")
	}
	f.says = []saying{pushConfirmed(newCaller(from, confirmation.Words), f.event)}
	if record, err = e.confirm(ctx, record, from, "notifyPush", confirmation.CheckedFields, f); err != nil {
		return err
	}
	switch {
	case f.event == payment.PushAccepted && record.State != payment.Posted:
		return reason.New(reason.Closed, op, "")
	case f.event == payment.PushDeclined && record.State == payment.Posted:
		return reason.New(reason.Inconsistent, op, "accepted before")
	default:
		return nil
	}
}

// pushUnderWay reports whether a payment in the state was pushed, and may be being
// undone because of it.
func pushUnderWay(state payment.State) bool {
	return state == payment.Pushing || state == payment.Cancelling || state == payment.Held
}

// pushConfirmed is an acquirer's own word about a push; the same word again is on
// record once.
func pushConfirmed(c *caller, event payment.Event) saying {
	return func(t *talk) {
		id := ids.Derive(t.record.ID, c.words.Operation+"."+string(event), 0)
		t.words(acquirerLeg, in, c.words.Operation, c.words.Received, id, ids.Nil)
		t.words(acquirerLeg, out, c.words.Operation+".answer", c.words.Reply(connectors.Outcome{}),
			ids.Derive(id, "answer", 0), ids.Nil)
	}
}
