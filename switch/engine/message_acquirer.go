package engine

import (
	"cmp"
	"errors"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/iso20022"
	"github.com/causeway-pay/causeway/switch/payment"
)

// asked adds an acquirer's request in its own words.
func (t *talk) asked(c *caller, pair ids.ID) {
	t.words(acquirerLeg, in, c.words.Operation, c.words.Received, ids.Derive(c.id, "received", 0), pair)
}

// firstMessages are what is on record when a payment starts: the partner's own
// message as received, the transfers that it became and, where the payment goes
// no further for now, the answer.
func (e *Engine) firstMessages(record Record, c *caller) ([]Message, error) {
	t := &talk{record: record, at: record.CreatedAt, changed: true}
	id := transferID(record.ID, acquirerLeg)
	t.words(acquirerLeg, out, c.question.Operation, c.question.Sent, ids.Derive(c.id, "question", 0), ids.Nil)
	t.asked(c, id)
	if err := t.transfer(acquirerLeg, in, id, e.transfer(record, acquirerLeg)); err != nil {
		return nil, err
	}
	if record.State != payment.Reserved {
		e.answered(c)(t)
		return t.messages, nil
	}
	err := t.transfer(walletLeg, out, transferID(record.ID, walletLeg), e.transfer(record, walletLeg))
	return t.messages, err
}

// answered tells the acquirer how its payment stands.
func (e *Engine) answered(c *caller) saying {
	return func(t *talk) {
		c.view, c.told = e.leg(t.record, acquirerLeg), true
		pair := t.status(verdict{c.view.Status, c.view.Reason, acceptance(t.record)})
		t.reply(c, connectors.Outcome{Payment: c.view}, pair)
	}
}

// toldAgain answers a repeated pay.
func toldAgain(c *caller, t *talk, view connectors.Payment) *talk {
	t.asked(c, transferID(t.record.ID, acquirerLeg))
	pair := t.status(verdict{view.Status, view.Reason, acceptance(t.record)})
	t.reply(c, connectors.Outcome{Payment: view}, pair)
	return t
}

// inquiry is an acquirer's pacs.028 with its answer. All ids follow from the
// answer, so that what was told before is not told again.
func inquiry(c *caller, t *talk, view connectors.Payment) *talk {
	v := verdict{view.Status, view.Reason, acceptance(t.record)}
	body := c.words.Reply(connectors.Outcome{Payment: view})
	call := answerID(t.record.ID, cmp.Or(c.words.Operation, "inquiry"), string(body)+string(v.status))
	request, status := ids.Derive(call, "request", 0), ids.Derive(call, "status", 0)
	asked := t.iso(acquirerLeg, in, request, statusRequest(t.record, acquirerLeg, in, request, t.at))
	t.words(acquirerLeg, in, c.words.Operation, c.words.Received, ids.Derive(call, "received", 0), asked)
	t.words(acquirerLeg, out, c.words.Operation+".answer", body, ids.Derive(call, "sent", 0), status)
	t.iso(acquirerLeg, out, status, t.report(acquirerLeg, out, status, v))
	return t
}

// cancelAsked is an acquirer's camt.056, if it changes anything.
func cancelAsked(c *caller, record Record) saying {
	return func(t *talk) {
		if t.changed {
			t.cancelRequest(c, record)
		}
	}
}

func (t *talk) cancelRequest(c *caller, record Record) {
	t.asked(c, t.iso(acquirerLeg, in, c.id, cancellation(record, acquirerLeg, in, c.id, t.at)))
}

// cancelAnswered is an acquirer's camt.056 with the camt.029 that answers it;
// nothing if the call failed without an answer to the question.
func cancelAnswered(c *caller, t *talk, view connectors.Payment, err error) *talk {
	confirmation, why := confirmationFor(view, err)
	if confirmation == "" {
		return t
	}
	t.cancelRequest(c, t.record)
	body := c.words.Reply(connectors.Outcome{Payment: view, Err: err})
	id := answerID(t.record.ID, cmp.Or(c.words.Operation, "cancel"), string(body)+confirmation)
	pair := t.iso(acquirerLeg, out, id, resolution(t.record, acquirerLeg, out, id, t.at, confirmation, why))
	t.words(acquirerLeg, out, c.words.Operation+".answer", body, ids.Derive(id, "sent", 0), pair)
	return t
}

// confirmationFor is what the hub answers to a camt.056.
func confirmationFor(view connectors.Payment, err error) (confirmation string, why reason.Kind) {
	kind := reason.Of(err)
	switch {
	case err == nil && (view.Status == iso20022.Cancelled || view.Status == iso20022.Rejected):
		return iso20022.CancellationDone, reason.None
	case err == nil, kind == reason.InProcess:
		return iso20022.CancellationPending, reason.None
	case kind.Final():
		return iso20022.CancellationRefused, kind
	default:
		return "", kind
	}
}

// refundAsked is an acquirer's pacs.004 and the wallet's that follows from it.
func refundAsked(c *caller, record Record) saying {
	return func(t *talk) {
		id := returnID(t.back.ID, acquirerLeg)
		t.asked(c, id)
		t.iso(acquirerLeg, in, id, paymentReturn(t.back, record, acquirerLeg))
		t.iso(walletLeg, out, returnID(t.back.ID, walletLeg), paymentReturn(t.back, record, walletLeg))
	}
}

// refundAnswered tells the acquirer how its refund stands.
func refundAnswered(c *caller, record Record) saying {
	return func(t *talk) {
		c.back, c.told = returnView(t.back, record, acquirerLeg), true
		t.reply(c, connectors.Outcome{Return: c.back}, t.returnStatus())
	}
}

// refundToldAgain answers a repeated refund.
func refundToldAgain(c *caller, t *talk, view connectors.Return) *talk {
	t.asked(c, returnID(t.back.ID, acquirerLeg))
	t.reply(c, connectors.Outcome{Return: view}, t.returnStatus())
	return t
}

// refundRefused is a pacs.004 that came to nothing, with the pacs.002 that
// refuses it. There is one for each payment and reason, so that an acquirer that
// tries on does not fill the record. Of the leg's amounts nothing is known but
// what the acquirer asked for.
func refundRefused(c *caller, t *talk, order connectors.ReturnOrder, err error) *talk {
	kind := reason.Of(err)
	var known *reason.Error
	if !errors.As(err, &known) || !kind.Final() && kind != reason.InProcess || aboutTheRequest(kind) {
		return t
	}
	call := ids.Derive(t.record.ID, "refund."+kind.String(), 0)
	t.back = ReturnRecord{
		ID: call, Kind: RefundReturn, RequestID: order.RequestID, Amount: order.Amount, CreatedAt: t.at,
	}
	t.back.Detail.Merchant.Amount = order.Amount
	request := paymentReturn(t.back, Record{
		ID: t.record.ID, RequestID: t.record.RequestID, AcquirerID: t.record.AcquirerID,
		MerchantAmount: t.record.MerchantAmount,
	}, acquirerLeg)
	asked := t.iso(acquirerLeg, in, returnID(call, acquirerLeg), request)
	t.words(acquirerLeg, in, c.words.Operation, c.words.Received, ids.Derive(call, "received", 0), asked)
	v := verdict{status: iso20022.Rejected, reason: kind}
	if kind == reason.InProcess {
		v.status = iso20022.Pending
	}
	t.words(acquirerLeg, out, c.words.Operation+".answer", c.words.Reply(connectors.Outcome{Err: err}),
		ids.Derive(call, "sent", 0), ids.Derive(call, "status", 0))
	t.iso(acquirerLeg, out, ids.Derive(call, "status", 0),
		t.report(acquirerLeg, out, ids.Derive(call, "status", 0), v))
	for i := range t.messages {
		t.messages[i].ReturnID = ids.Nil // it never came to be
	}
	return t
}

// aboutTheRequest reports whether a refusal says nothing about the payment but
// that its request is a mistake.
func aboutTheRequest(kind reason.Kind) bool {
	switch kind {
	case reason.InvalidRequest, reason.Inconsistent, reason.NotFound:
		return true
	default:
		return false
	}
}

// notice is a notification of the final state, and what the acquirer said to it.
// attempt tells one call from the next. The verdict that a payment ended with is on record
// since then.
func notice(t *talk, view connectors.Payment, answer connectors.Answer, attempt ids.ID) *talk {
	told := verdict{view.Status, view.Reason, acceptance(t.record)}
	pair := t.statusID(told)
	if pair != t.statusID(t.record.verdict()) {
		pair = t.status(told)
	}
	name := cmp.Or(answer.Operation, "notify")
	t.words(acquirerLeg, out, name, answer.Sent, ids.Derive(attempt, "sent", 0), pair)
	t.words(acquirerLeg, in, name+".answer", answer.Received, ids.Derive(attempt, "received", 0), ids.Nil)
	return t
}
