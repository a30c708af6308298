package engine

import (
	"cmp"
	"fmt"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/iso20022"
	"github.com/causeway-pay/causeway/switch/payment"
)

// exchanged adds both sides of a call in the wallet's own words. verb names a
// call whose connector does not.
func (t *talk) exchanged(call ids.ID, verb string, answer connectors.Answer, request, reply ids.ID) {
	name := cmp.Or(answer.Operation, verb)
	t.words(walletLeg, out, name, answer.Sent, ids.Derive(call, "sent", 0), request)
	t.words(walletLeg, in, name+".answer", answer.Received, ids.Derive(call, "received", 0), reply)
}

// paid is a wallet's answer to the pacs.008 of its leg.
func paid(call ids.ID, answer connectors.Answer) saying {
	return func(t *talk) {
		reply := t.heard(answer, ids.Derive(call, "status", 0))
		t.exchanged(call, "pay", answer, transferID(t.record.ID, walletLeg), reply)
	}
}

// inquired is a pacs.028 and a wallet's answer to it.
func inquired(call ids.ID, request iso20022.StatusRequest, answer connectors.Answer) saying {
	return func(t *talk) {
		asked := t.iso(walletLeg, out, call, request)
		reply := t.heard(answer, ids.Derive(call, "status", 0))
		t.exchanged(call, "inquire", answer, asked, reply)
	}
}

// cancelled is a camt.056 and a wallet's answer to it, the camt.029. record is
// the payment that was to be cancelled.
func cancelled(call ids.ID, record Record, request iso20022.CancellationRequest, answer connectors.Answer) saying {
	return func(t *talk) {
		asked, reply := t.iso(walletLeg, out, call, request), ids.Nil
		if confirmation := confirmationOf(answer); confirmation != "" {
			id := ids.Derive(call, "resolution", 0)
			reply = t.iso(walletLeg, in, id, resolution(record, walletLeg, in, id, t.at, confirmation, answer.Reason))
		}
		t.exchanged(call, "cancel", answer, asked, reply)
	}
}

// confirmationOf reads a wallet's answer to a cancel; "" if nothing was
// understood.
func confirmationOf(answer connectors.Answer) string {
	switch {
	case answer.Decision == connectors.Accepted:
		return iso20022.CancellationDone
	case answer.Decision == connectors.Declined, answer.Decision == connectors.Absent:
		return iso20022.CancellationRefused
	case answer.Err == nil:
		return iso20022.CancellationPending
	default:
		return ""
	}
}

// refunded is a wallet's answer to the pacs.004 of its leg.
func refunded(call ids.ID, answer connectors.Answer) saying {
	return func(t *talk) {
		reply := t.heard(answer, ids.Derive(call, "status", 0))
		t.exchanged(call, "refund", answer, returnID(t.back.ID, walletLeg), reply)
	}
}

// undone is the money of a cancelled payment going back on both legs, once it
// has moved.
func undone(record Record) saying {
	return func(t *talk) {
		if t.back.Kind != CancelReturn || t.back.State != payment.ReturnPosted || !t.changed {
			return
		}
		t.iso(acquirerLeg, in, returnID(t.back.ID, acquirerLeg), paymentReturn(t.back, record, acquirerLeg))
		t.iso(walletLeg, out, returnID(t.back.ID, walletLeg), paymentReturn(t.back, record, walletLeg))
	}
}

// shown is a scan of an order: the answer is the wallet's pacs.008, or that it is in
// process while people look at it. The acquirer's is written again, now that it has its
// price.
func (e *Engine) shown(c *caller, t *talk) error {
	t.words(walletLeg, in, c.words.Operation, c.words.Received, ids.Derive(t.record.ID, "scan", 0), ids.Nil)
	priced := e.transfer(t.record, acquirerLeg)
	id := ids.Derive(t.record.ID, "pacs.008.acquirer.priced", 0)
	priced.MessageID = compact(id)
	if err := t.transfer(acquirerLeg, in, id, priced); err != nil {
		return err
	}
	if id = ids.Nil; t.record.State != payment.UnderReview {
		id = transferID(t.record.ID, walletLeg)
		if err := t.transfer(walletLeg, out, id, e.transfer(t.record, walletLeg)); err != nil {
			return err
		}
	}
	c.view, c.told = e.leg(t.record, walletLeg), true
	t.reply(c, connectors.Outcome{Payment: c.view}, id)
	return nil
}

// shownAgain is a scan that finds an order as somebody is paying it already.
func shownAgain(c *caller, t *talk, view connectors.Payment) *talk {
	t.words(walletLeg, in, c.words.Operation, c.words.Received, ids.Derive(c.id, "received", 0), ids.Nil)
	t.reply(c, connectors.Outcome{Payment: view}, ids.Nil)
	return t
}

// confirmed is a wallet's own word about a payment. One that says the same again
// is on record once.
func confirmed(c *caller, said connectors.Confirmation) saying {
	return func(t *talk) {
		what := fmt.Sprintf("%s.%s.%s", c.words.Operation, said.Decision, said.Reason)
		id := ids.Derive(t.record.ID, what, 0)
		pair := t.heard(connectors.Answer{
			Decision: said.Decision, Reason: said.Reason, CompletedAt: said.CompletedAt,
		}, ids.Derive(id, "status", 0))
		t.words(walletLeg, in, c.words.Operation, c.words.Received, id, pair)
		t.words(walletLeg, out, c.words.Operation+".answer", c.words.Reply(connectors.Outcome{}),
			ids.Derive(id, "answer", 0), ids.Nil)
	}
}
