package engine_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/iso20022"
	"github.com/causeway-pay/causeway/switch/engine"
	"github.com/causeway-pay/causeway/switch/payment"
)

// digits is an id as ISO 20022 messages carry it.
func digits(id ids.ID) string { return hex.EncodeToString(id[:]) }

// spoken says what one message of the record says: "acquirer IN pacs.008",
// "wallet IN pacs.002 ACSC", "acquirer OUT camt.029 RJCR AGNT", and of partners'
// words their names. It checks what every message must have.
func (h *hub) spoken(m engine.Message, paymentID ids.ID) string {
	h.t.Helper()
	text := string(m.Leg) + " " + m.Direction + " " + m.Name
	uetr, id := paymentID.String(), digits(m.ID)
	var problem error
	var found []string
	short := strings.Join(strings.Split(m.Name, ".")[:min(2, strings.Count(m.Name, ".")+1)], ".")
	switch m.Name {
	case iso20022.CreditTransferName:
		x, err := iso20022.ParseCreditTransfer(m.Body)
		problem, found = err, []string{x.MessageID, x.UETR.String()}
	case iso20022.StatusReportName:
		x, err := iso20022.ParseStatusReport(m.Body)
		problem, found = err, []string{x.MessageID, x.OriginalUETR.String()}
		short += strings.TrimRight(" "+string(x.Status)+" "+x.Reason, " ")
		if x.OriginalMessageName == iso20022.PaymentReturnName {
			short += " of return"
		}
	case iso20022.PaymentReturnName:
		x, err := iso20022.ParsePaymentReturn(m.Body)
		problem, found = err, []string{x.MessageID, x.OriginalUETR.String()}
		short += " " + x.Reason + " " + x.ReturnedAmount.String()
	case iso20022.StatusRequestName:
		x, err := iso20022.ParseStatusRequest(m.Body)
		problem, found = err, []string{x.MessageID, x.OriginalUETR.String()}
	case iso20022.CancellationRequestName:
		x, err := iso20022.ParseCancellationRequest(m.Body)
		problem, found = err, []string{x.AssignmentID, x.OriginalUETR.String()}
	case iso20022.CancellationAnswerName:
		x, err := iso20022.ParseCancellationAnswer(m.Body)
		problem, found = err, []string{x.AssignmentID, x.OriginalUETR.String()}
		short += strings.TrimRight(" "+x.Confirmation+" "+x.Reason, " ")
	default:
		return text
	}
	if problem != nil || found[0] != id || found[1] != uetr || m.PairID != m.ID {
		h.t.Errorf("%s: carries %v, want %s %s; %v", text, found, id, uetr, problem)
	}
	return string(m.Leg) + " " + m.Direction + " " + short
}

// record returns what is on record about a payment, in its order, each message
// with "=" and the place of the message that says the same in ISO 20022.
func (h *hub) record(paymentID ids.ID) []string {
	h.t.Helper()
	messages, err := engine.MessagesOf(h.t.Context(), h.pool, paymentID)
	if err != nil {
		h.t.Fatal(err)
	}
	names := map[ids.ID]string{}
	for _, m := range messages {
		names[m.ID] = h.spoken(m, paymentID)
	}
	if len(names) != len(messages) {
		h.t.Errorf("%d messages with %d ids", len(messages), len(names))
	}
	var all []string
	for _, m := range messages {
		text := names[m.ID]
		if m.PairID != m.ID && m.PairID != ids.Nil {
			text += " = " + names[m.PairID]
		}
		all = append(all, text)
		one, err := engine.FindMessage(h.t.Context(), h.pool, m.ID)
		if difference := cmp.Diff(m, one); err != nil || difference != "" {
			h.t.Errorf("%s by its id: %v, %s", text, err, difference)
		}
	}
	slices.Sort(all)
	return all
}

func (h *hub) recorded(paymentID ids.ID, want ...string) {
	h.t.Helper()
	slices.Sort(want)
	if difference := cmp.Diff(want, h.record(paymentID)); difference != "" {
		h.t.Errorf("on record (-want +got):\n%s", difference)
	}
}

// words are those of a call.
func words(operation string) connectors.Words { return said(operation, "{}") }

func (h *hub) inquire(requestID string) {
	h.t.Helper()
	_, err := h.Inquire(h.t.Context(), h.participant("JP-ACQUIRER"), connectors.Reference{
		RequestID: requestID, Words: words("inquiry"),
	})
	if err != nil {
		h.t.Fatal(err)
	}
}

func (h *hub) cancelWith(requestID string) error {
	h.t.Helper()
	_, err := h.Cancel(h.t.Context(), h.participant("JP-ACQUIRER"), connectors.Reference{
		RequestID: requestID, Words: words("cancel"),
	})
	return err
}

// What every payment of a code has on record from its first two commits.
var (
	payRecord = []string{
		"acquirer IN scripted.pay = acquirer IN pacs.008", "acquirer IN pacs.008", "wallet OUT pacs.008",
		"wallet OUT pay = wallet OUT pacs.008",
	}
	paidRecord = append(slices.Clone(payRecord),
		"wallet IN pay.answer = wallet IN pacs.002 ACSC", "wallet IN pacs.002 ACSC",
		"acquirer OUT scripted.pay.answer = acquirer OUT pacs.002 ACSC", "acquirer OUT pacs.002 ACSC")
)

func with(some []string, more ...string) []string { return append(slices.Clone(some), more...) }

// TestRecordOfPayments: a payment that went well, one that was declined and one
// that was rejected.
func TestRecordOfPayments(t *testing.T) {
	each(t, func(t *testing.T, h *hub) {
		paid, err := h.pay("PR-1", jpy(1500))
		if err != nil {
			t.Fatal(err)
		}
		h.recorded(paid.ID, paidRecord...)
		h.wallet.pay = func(string) connectors.Answer {
			return connectors.Answer{Decision: connectors.Declined, Reason: reason.InsufficientFunds,
				Operation: "x.pay", Sent: []byte("a"), Received: []byte("b")}
		}
		declined, err := h.pay("PR-2", jpy(1500))
		if err != nil {
			t.Fatal(err)
		}
		h.recorded(declined.ID,
			"acquirer IN scripted.pay = acquirer IN pacs.008", "acquirer IN pacs.008", "wallet OUT pacs.008",
			"wallet OUT x.pay = wallet OUT pacs.008",
			"wallet IN x.pay.answer = wallet IN pacs.002 RJCT AM04", "wallet IN pacs.002 RJCT AM04",
			"acquirer OUT scripted.pay.answer = acquirer OUT pacs.002 RJCT AM04", "acquirer OUT pacs.002 RJCT AM04")
		rejected, err := h.Pay(t.Context(), h.participant("JP-ACQUIRER"),
			order("PR-3", h.code("HK-WALLET", "U2", "Viktor Blocksworth"), jpy(1500)))
		if err != nil {
			t.Fatal(err)
		}
		h.recorded(rejected.ID, "acquirer IN scripted.pay = acquirer IN pacs.008", "acquirer IN pacs.008",
			"acquirer OUT scripted.pay.answer = acquirer OUT pacs.002 RJCT RR04", "acquirer OUT pacs.002 RJCT RR04")
	})
}

// TestRecordIsWhatWasAnswered: the answer on record is the answer that the
// caller gets, to the byte, and a repetition that is told the same adds nothing.
func TestRecordIsWhatWasAnswered(t *testing.T) {
	each(t, func(t *testing.T, h *hub) {
		request := order("PR-1", h.fresh(), jpy(1500))
		var composed []string
		request.Words.Answer = func(o connectors.Outcome) []byte {
			composed = append(composed, fmt.Sprintf("%+v %v", o.Payment, o.Err))
			return []byte(composed[len(composed)-1])
		}
		paid, err := h.Pay(t.Context(), h.participant("JP-ACQUIRER"), request)
		if err != nil {
			t.Fatal(err)
		}
		for range 3 {
			if _, err := h.Pay(t.Context(), h.participant("JP-ACQUIRER"), request); err != nil {
				t.Fatal(err)
			}
		}
		h.recorded(paid.ID, paidRecord...)
		messages, err := engine.MessagesOf(t.Context(), h.pool, paid.ID)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range messages {
			switch m.Name {
			case "scripted.pay":
				if !bytes.Equal(m.Body, request.Words.Received) {
					t.Errorf("received %s", m.Body)
				}
			case "scripted.pay.answer":
				if string(m.Body) != fmt.Sprintf("%+v %v", paid, error(nil)) {
					t.Errorf("on record %s, answered %+v", m.Body, paid)
				}
			}
		}
	})
}

// TestRecordOfSilence: a wallet that says nothing is asked; what the acquirer is
// told meanwhile is on record, each thing once.
func TestRecordOfSilence(t *testing.T) {
	each(t, func(t *testing.T, h *hub) {
		h.wallet.pay = func(string) connectors.Answer {
			return connectors.Answer{Sent: []byte("a"), Err: errors.New("connection reset")}
		}
		pending, err := h.pay("PR-1", jpy(1500))
		if err != nil {
			t.Fatal(err)
		}
		silent := with(payRecord, "acquirer OUT scripted.pay.answer = acquirer OUT pacs.002 PDNG",
			"acquirer OUT pacs.002 PDNG")
		h.recorded(pending.ID, silent...)
		for range 4 {
			h.inquire("PR-1")
		}
		asked := with(silent, "acquirer IN pacs.028", "acquirer IN scripted.inquiry = acquirer IN pacs.028",
			"acquirer OUT pacs.002 PDNG", "acquirer OUT scripted.inquiry.answer = acquirer OUT pacs.002 PDNG")
		h.recorded(pending.ID, asked...)
		h.duties()
		h.until(pending.ID, string(payment.Posted))
		for range 4 {
			h.inquire("PR-1")
		}
		h.recorded(pending.ID, with(asked, "wallet OUT pacs.028", "wallet OUT inquire = wallet OUT pacs.028",
			"wallet IN pacs.002 ACSC", "wallet IN inquire.answer = wallet IN pacs.002 ACSC",
			"acquirer OUT pacs.002 ACSC",
			"acquirer IN pacs.028", "acquirer IN scripted.inquiry = acquirer IN pacs.028",
			"acquirer OUT pacs.002 ACSC", "acquirer OUT scripted.inquiry.answer = acquirer OUT pacs.002 ACSC")...)
	})
}

// TestRecordOfPollingIsBounded: however long a wallet is asked in vain, the
// record grows with the logarithm of the tries.
func TestRecordOfPollingIsBounded(t *testing.T) {
	each(t, func(t *testing.T, h *hub) {
		h.wallet.pay, h.wallet.inquire = says(connectors.Undecided), says(connectors.Absent)
		pending, err := h.pay("PR-1", jpy(1500))
		if err != nil {
			t.Fatal(err)
		}
		const tries = 70
		for range tries {
			h.clock.Advance(time.Second)
			if err := h.DutyRound(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		asked, kept := h.wallet.count("inquire"), 0
		for _, text := range h.record(pending.ID) {
			if text == "wallet OUT pacs.028" {
				kept++
			}
		}
		// The call itself was try 1. On record are 2 to 8, then 16, 32 and 64.
		if asked < tries || kept != 10 {
			t.Errorf("%d inquiries, %d on record", asked, kept)
		}
		h.wallet.inquire = says(connectors.Accepted)
		h.clock.Advance(time.Second)
		if err := h.DutyRound(t.Context()); err != nil {
			t.Fatal(err)
		}
		h.until(pending.ID, string(payment.Posted))
		if !slices.Contains(h.record(pending.ID), "wallet IN inquire.answer = wallet IN pacs.002 ACSC") {
			t.Error("the answer that decided is not on record")
		}
	})
}

// TestRecordOfCancels: before the money moved, in every state, with every answer.
func TestRecordOfCancels(t *testing.T) {
	each(t, func(t *testing.T, h *hub) {
		h.wallet.pay, h.wallet.cancel = says(connectors.Undecided), says(connectors.Undecided)
		pending, err := h.pay("PR-1", jpy(1500))
		if err != nil {
			t.Fatal(err)
		}
		for range 3 {
			if err := h.cancelWith("PR-1"); reason.Of(err) != reason.InProcess {
				t.Fatal(err)
			}
		}
		open := with(payRecord, "wallet IN pacs.002 PDNG", "wallet IN pay.answer = wallet IN pacs.002 PDNG",
			"acquirer OUT pacs.002 PDNG", "acquirer OUT scripted.pay.answer = acquirer OUT pacs.002 PDNG",
			"acquirer IN camt.056", "acquirer IN scripted.cancel = acquirer IN camt.056",
			"acquirer OUT camt.029 PDCR", "acquirer OUT scripted.cancel.answer = acquirer OUT camt.029 PDCR")
		for range 3 { // each call asks the wallet
			open = with(open, "wallet OUT camt.056", "wallet OUT cancel = wallet OUT camt.056",
				"wallet IN camt.029 PDCR", "wallet IN cancel.answer = wallet IN camt.029 PDCR")
		}
		h.recorded(pending.ID, open...)
		h.wallet.cancel = says(connectors.Accepted)
		for range 2 {
			if err := h.cancelWith("PR-1"); err != nil {
				t.Fatal(err)
			}
		}
		h.recorded(pending.ID, with(open,
			"wallet OUT camt.056", "wallet OUT cancel = wallet OUT camt.056",
			"wallet IN camt.029 CNCL", "wallet IN cancel.answer = wallet IN camt.029 CNCL", "acquirer OUT pacs.002 CANC",
			"acquirer IN camt.056", "acquirer IN scripted.cancel = acquirer IN camt.056",
			"acquirer OUT camt.029 CNCL", "acquirer OUT scripted.cancel.answer = acquirer OUT camt.029 CNCL")...)
	})
}

// TestRecordOfLateCancels: after the money moved a cancel is answered like one
// before, and the money goes back on both legs; when its time is over it is
// refused, once on record.
func TestRecordOfLateCancels(t *testing.T) {
	each(t, func(t *testing.T, h *hub) {
		paid, err := h.pay("PR-1", jpy(1500))
		if err != nil {
			t.Fatal(err)
		}
		late, err := h.pay("PR-2", jpy(1500))
		if err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if err := h.cancelWith("PR-1"); err != nil {
				t.Fatal(err)
			}
		}
		h.recorded(paid.ID, with(paidRecord,
			"acquirer IN camt.056", "acquirer IN scripted.cancel = acquirer IN camt.056",
			"wallet OUT camt.056", "wallet OUT cancel = wallet OUT camt.056",
			"wallet IN camt.029 CNCL", "wallet IN cancel.answer = wallet IN camt.029 CNCL",
			"acquirer IN pacs.004 FOCR 1500 JPY", "wallet OUT pacs.004 FOCR 73.87 HKD",
			"acquirer OUT camt.029 CNCL", "acquirer OUT scripted.cancel.answer = acquirer OUT camt.029 CNCL")...)
		h.clock.Advance(48 * time.Hour)
		for range 3 {
			if err := h.cancelWith("PR-2"); reason.Of(err) != reason.CancelTooLate {
				t.Fatal(err)
			}
		}
		h.recorded(late.ID, with(paidRecord,
			"acquirer IN camt.056", "acquirer IN scripted.cancel = acquirer IN camt.056",
			"acquirer OUT camt.029 RJCR AGNT", "acquirer OUT scripted.cancel.answer = acquirer OUT camt.029 RJCR AGNT")...)
	})
}

// TestRecordOfRefunds: a refund that went well, one that the wallet refused, one
// that was pending first, and one that the payment does not allow.
func TestRecordOfRefunds(t *testing.T) {
	each(t, func(t *testing.T, h *hub) {
		paid, err := h.pay("PR-1", jpy(1500))
		if err != nil {
			t.Fatal(err)
		}
		refund := func(id string, amount int64, want reason.Kind) {
			t.Helper()
			for range 2 {
				if _, err := h.refund(id, "PR-1", jpy(amount)); reason.Of(err) != want {
					t.Fatal(err)
				}
			}
		}
		refund("RF-1", 500, reason.None)
		good := with(paidRecord, "acquirer IN pacs.004 CUST 500 JPY",
			"acquirer IN scripted.refund = acquirer IN pacs.004 CUST 500 JPY",
			"wallet OUT pacs.004 CUST 24.62 HKD", "wallet OUT refund = wallet OUT pacs.004 CUST 24.62 HKD",
			"wallet IN pacs.002 ACSC of return", "wallet IN refund.answer = wallet IN pacs.002 ACSC of return",
			"acquirer OUT pacs.002 ACSC of return",
			"acquirer OUT scripted.refund.answer = acquirer OUT pacs.002 ACSC of return")
		h.recorded(paid.ID, good...)
		h.wallet.refund = func(string) connectors.Answer {
			return connectors.Answer{Decision: connectors.Declined, Reason: reason.PayerBlocked, Sent: []byte("a")}
		}
		refund("RF-2", 300, reason.None)
		refused := with(good, "acquirer IN pacs.004 CUST 300 JPY",
			"acquirer IN scripted.refund = acquirer IN pacs.004 CUST 300 JPY",
			"wallet OUT pacs.004 CUST 14.78 HKD", "wallet OUT refund = wallet OUT pacs.004 CUST 14.78 HKD",
			"wallet IN pacs.002 RJCT AC06 of return", "acquirer OUT pacs.002 RJCT AC06 of return",
			"acquirer OUT scripted.refund.answer = acquirer OUT pacs.002 RJCT AC06 of return")
		h.recorded(paid.ID, refused...)
		refund("RF-3", 1400, reason.RefundExceeds)
		refund("RF-4", 1400, reason.RefundExceeds)
		h.recorded(paid.ID, with(refused, "acquirer IN pacs.004 CUST 1400 JPY",
			"acquirer IN scripted.refund = acquirer IN pacs.004 CUST 1400 JPY",
			"acquirer OUT pacs.002 RJCT AM09 of return",
			"acquirer OUT scripted.refund.answer = acquirer OUT pacs.002 RJCT AM09 of return")...)
		h.knowsReturns(paid.ID)
	})
}

// knowsReturns checks that each message about a return names it, and no other.
func (h *hub) knowsReturns(id ids.ID) {
	h.t.Helper()
	file, err := engine.Open(h.t.Context(), h.pool, id)
	if err != nil {
		h.t.Fatal(err)
	}
	returns := map[ids.ID]int{}
	for _, m := range file.Messages {
		returns[m.ReturnID]++
	}
	for _, r := range file.Returns {
		if returns[r.ID] != 7 && returns[r.ID] != 8 {
			h.t.Errorf("%d messages about return %s", returns[r.ID], r.RequestID)
		}
		delete(returns, r.ID)
	}
	if delete(returns, ids.Nil); len(returns) != 0 {
		h.t.Errorf("messages about returns that are not there: %v", returns)
	}
}
