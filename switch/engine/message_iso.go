package engine

import (
	"time"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/iso20022"
	"github.com/causeway-pay/causeway/switch/payment"
)

// transferID is the id of a leg's pacs.008, to which everything said about the
// leg refers.
func transferID(paymentID ids.ID, leg connectors.Role) ids.ID {
	return ids.Derive(paymentID, "pacs.008."+string(leg), 0)
}

// returnID is the id of a leg's pacs.004.
func returnID(id ids.ID, leg connectors.Role) ids.ID {
	return ids.Derive(id, "pacs.004."+string(leg), 0)
}

// agents are who sends and who gets a message of a leg.
func agents(leg connectors.Role, direction string, record Record) (from, to iso20022.Agent) {
	partner := agent(record.AcquirerID)
	if leg == walletLeg {
		partner = agent(record.WalletID)
	}
	if direction == in {
		return partner, hubAgent
	}
	return hubAgent, partner
}

// verdict is what is said about a payment or return.
type verdict struct {
	status iso20022.Status
	reason reason.Kind
	// acceptedAt is when the payer's side said yes, if it did.
	acceptedAt time.Time
}

// verdictOf reads what a wallet says about the money. heard is false if nothing
// was understood, so that there is nothing to say in ISO 20022 either. A payment
// that the wallet does not know is pending, because it may still arrive.
func verdictOf(answer connectors.Answer) (v verdict, heard bool) {
	switch answer.Decision {
	case connectors.Accepted:
		return verdict{iso20022.Completed, reason.None, answer.CompletedAt}, true
	case connectors.Declined:
		return verdict{status: iso20022.Rejected, reason: answer.Reason}, true
	case connectors.Absent:
		return verdict{status: iso20022.Pending, reason: reason.NotFound}, true
	default:
		return verdict{status: iso20022.Pending}, answer.Err == nil
	}
}

// code is the reason as a pacs.002 carries it: always with a refusal, and with
// a pending status if there is more to say than that. The external code set has
// no reason for what is not known yet, so that is told in words (NARR).
func (v verdict) code() string {
	switch {
	case v.status == iso20022.Rejected && v.reason == reason.None:
		return reason.Failed.Codes().ISO
	case v.status == iso20022.Rejected:
		return v.reason.Codes().ISO
	case v.reason == reason.NotFound:
		return "NARR"
	default:
		return ""
	}
}

// text explains a reason that is told in words.
func (v verdict) text() string {
	if v.code() == "NARR" {
		return "the payment is not known here"
	}
	return ""
}

func acceptance(record Record) time.Time {
	if record.State == payment.Posted {
		return record.CompletedAt
	}
	return time.Time{}
}

// report is the pacs.002 about a leg.
func (t *talk) report(leg connectors.Role, direction string, id ids.ID, v verdict) iso20022.StatusReport {
	from, to := agents(leg, direction, t.record)
	report := iso20022.StatusReport{
		MessageID: compact(id), CreatedAt: t.at, InstructingAgent: from, InstructedAgent: to,
		OriginalMessageID:   compact(transferID(t.record.ID, leg)),
		OriginalMessageName: iso20022.CreditTransferName, OriginalInstruction: compact(t.record.ID),
		OriginalTransaction: compact(t.record.ID), OriginalUETR: iso20022.UETR(t.record.ID),
		Status: v.status, Reason: v.code(), ReasonText: v.text(), AcceptedAt: v.acceptedAt,
		ClearingReference: compact(t.record.ID),
	}
	if t.record.RequestID != "" {
		report.OriginalEndToEndID = iso20022.Identifier35(t.record.RequestID)
	}
	if t.back.ID != ids.Nil {
		report.OriginalMessageID = compact(returnID(t.back.ID, leg))
		report.OriginalMessageName = iso20022.PaymentReturnName
		report.OriginalInstruction, report.OriginalTransaction = "", compact(t.back.ID)
		report.ClearingReference = compact(t.back.ID)
	}
	return report
}

// statusID is the id of the pacs.002 that tells the acquirer a verdict. There is one for
// each verdict: whoever tells it again sends a copy.
func (t *talk) statusID(v verdict) ids.ID {
	return ids.Derive(t.subject(), "pacs.002."+string(v.status)+"."+v.code(), 0)
}

// status adds the pacs.002 that tells the acquirer a verdict, and returns its id.
func (t *talk) status(v verdict) ids.ID {
	id := t.statusID(v)
	if t.has(id) {
		return id
	}
	return t.iso(acquirerLeg, out, id, t.report(acquirerLeg, out, id, v))
}

// verdict is what the acquirer is told about a payment as it is.
func (r Record) verdict() verdict { return verdict{statuses[r.State], r.Reason, acceptance(r)} }

// returnStatus adds the pacs.002 about the return as it is.
func (t *talk) returnStatus() ids.ID {
	return t.status(verdict{status: returnStatuses[t.back.State], reason: t.back.Reason})
}

// heard adds the pacs.002 that a wallet's answer amounts to, and returns its id.
func (t *talk) heard(answer connectors.Answer, id ids.ID) ids.ID {
	v, heard := verdictOf(answer)
	if !heard {
		return ids.Nil
	}
	return t.iso(walletLeg, in, id, t.report(walletLeg, in, id, v))
}

// statusRequest is the pacs.028 that asks about a leg.
func statusRequest(
	record Record, leg connectors.Role, direction string, id ids.ID, at time.Time,
) iso20022.StatusRequest {
	from, to := agents(leg, direction, record)
	return iso20022.StatusRequest{
		MessageID: compact(id), CreatedAt: at, InstructingAgent: from, InstructedAgent: to,
		OriginalMessageID:   compact(transferID(record.ID, leg)),
		OriginalMessageName: iso20022.CreditTransferName, OriginalInstruction: compact(record.ID),
		OriginalEndToEndID: iso20022.Identifier35(record.RequestID), OriginalTransaction: compact(record.ID),
		OriginalUETR: iso20022.UETR(record.ID),
	}
}

// cancellation is the camt.056 that asks to cancel a leg.
func cancellation(
	record Record, leg connectors.Role, direction string, id ids.ID, at time.Time,
) iso20022.CancellationRequest {
	from, to := agents(leg, direction, record)
	amount := record.MerchantAmount
	if leg == walletLeg {
		amount = record.PayerAmount
	}
	return iso20022.CancellationRequest{
		AssignmentID: compact(id), CreatedAt: at, Assigner: from, Assignee: to, CaseID: compact(record.ID),
		OriginalMessageID: compact(transferID(record.ID, leg)), OriginalMessageName: iso20022.CreditTransferName,
		OriginalEndToEndID: iso20022.Identifier35(record.RequestID), OriginalTransaction: compact(record.ID),
		OriginalUETR: iso20022.UETR(record.ID), OriginalAmount: amount, OriginalDate: record.CreatedAt, Reason: "CUST",
	}
}

// resolution is the camt.029 that answers a request to cancel a leg. direction is
// its own.
func resolution(
	record Record, leg connectors.Role, direction string, id ids.ID, at time.Time, confirmation string, why reason.Kind,
) iso20022.CancellationAnswer {
	from, to := agents(leg, direction, record)
	answer := iso20022.CancellationAnswer{
		AssignmentID: compact(id), CreatedAt: at, Assigner: from, Assignee: to, CaseID: compact(record.ID),
		Confirmation: confirmation, OriginalMessageID: compact(transferID(record.ID, leg)),
		OriginalMessageName: iso20022.CreditTransferName,
		OriginalEndToEndID:  iso20022.Identifier35(record.RequestID), OriginalTransaction: compact(record.ID),
		OriginalUETR: iso20022.UETR(record.ID),
	}
	if confirmation == iso20022.CancellationRefused {
		answer.Reason = refusalCode(why)
	}
	return answer
}

// refusalCode says why a cancellation is refused
// (ExternalPaymentCancellationRejection1Code): AGNT, by decision of the agent,
// where no code is closer.
func refusalCode(why reason.Kind) string {
	switch why {
	case reason.NotFound:
		return "NOOR"
	case reason.RefundExceeds:
		return "ARDT"
	case reason.CapExceeded, reason.InsufficientFunds:
		return "AM04"
	case reason.PayerBlocked:
		return "AC04"
	case reason.Regulation:
		return "RR04"
	default:
		return "AGNT"
	}
}

// paymentReturn is the pacs.004 of a return on a leg: from the acquirer to the
// hub, and from the hub to the wallet.
func paymentReturn(r ReturnRecord, record Record, leg connectors.Role) iso20022.PaymentReturn {
	direction, original, returned := in, record.MerchantAmount, r.Detail.Merchant.Amount
	priced, why := r.Detail.MerchantBack.or(record.Detail.Merchant), "CUST"
	if leg == walletLeg {
		direction, original, returned = out, record.PayerAmount, r.Detail.Payer.Amount
		priced = r.Detail.PayerBack.or(record.Detail.Payer)
	}
	if r.Kind == CancelReturn {
		why = "FOCR"
	}
	from, to := agents(leg, direction, record)
	message := iso20022.PaymentReturn{
		MessageID: compact(returnID(r.ID, leg)), CreatedAt: r.CreatedAt, InstructingAgent: from, InstructedAgent: to,
		ReturnID: compact(r.ID), OriginalMessageID: compact(transferID(record.ID, leg)),
		OriginalMessageName: iso20022.CreditTransferName,
		OriginalEndToEndID:  iso20022.Identifier35(record.RequestID), OriginalTransaction: compact(record.ID),
		OriginalUETR: iso20022.UETR(record.ID), OriginalAmount: original, ReturnedAmount: returned,
		InstructedAmount: r.Amount, SettlementDate: r.CreatedAt, Reason: why,
	}
	if priced.QuoteID != ids.Nil {
		rate := priced.Price.Rate
		message.Rate = &rate
	}
	return message
}
