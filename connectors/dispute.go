package connectors

import (
	"context"
	"time"

	"github.com/causeway-pay/causeway/money"
)

// DisputeStage is what a dispute asks for.
type DisputeStage string

// The stages.
const (
	// Retrieval asks for evidence about a payment.
	Retrieval DisputeStage = "RETRIEVAL"
	// Escalation asks for the money (a chargeback).
	Escalation DisputeStage = "ESCALATION"
)

// DisputeOrder is a wallet's request to open a dispute.
type DisputeOrder struct {
	// RequestID is the wallet's, at most 64 characters; the same one means the same
	// dispute.
	RequestID string
	// CheckedFields is the SHA-256 of what must be the same when it is repeated.
	CheckedFields [32]byte
	Stage         DisputeStage
	// Payment names the payment as the wallet knows it.
	Payment Reference
	// Amount is disputed, in the merchant's currency.
	Amount money.Amount
	// Why is the payer's reason, at most 256 characters.
	Why string
	// OccurredAt is when the payer objected.
	OccurredAt time.Time
}

// DisputeResponse is an acquirer's answer to a dispute.
type DisputeResponse struct {
	// RequestID is the dispute's id, as the hub named it to the acquirer.
	RequestID     string
	CheckedFields [32]byte
	Stage         DisputeStage
	// Refund is what the acquirer gives back, in the merchant's currency: the whole
	// disputed amount with Whole, nothing if it is zero.
	Refund money.Amount
	Whole  bool
	// Evidence is what the acquirer has to say, at most 20,000 characters.
	Evidence string
}

// Disputes is what a connector may ask about disputes on behalf of an authenticated
// participant.
type Disputes interface {
	// OpenDispute takes a wallet's dispute in. It may be repeated.
	OpenDispute(ctx context.Context, from Participant, order DisputeOrder) error
	// RespondToDispute takes an acquirer's answer in. It may be repeated; one that comes
	// when the dispute has ended is Closed.
	RespondToDispute(ctx context.Context, from Participant, response DisputeResponse) error
}

// DisputeNotice is what a participant is told about a dispute.
type DisputeNotice struct {
	// RequestID names the dispute: to the acquirer by the hub's id, to the wallet by its
	// own.
	RequestID string
	Stage     DisputeStage
	// PaymentRequestID is the payment's request id on this leg.
	PaymentRequestID string
	Amount           money.Amount
	Why              string
	OccurredAt       time.Time
	// AnswerBy is until when the acquirer has to answer.
	AnswerBy time.Time
	// Refund is what the wallet gets back; zero is nothing. Evidence is the acquirer's.
	Refund   money.Amount
	Evidence string
}

// DisputeAcquirer is the hub's way to the merchant's side in disputes.
type DisputeAcquirer interface {
	// NotifyDispute tells that a dispute was opened; Accepted confirms the receipt.
	NotifyDispute(ctx context.Context, to Participant, notice DisputeNotice) Answer
}

// DisputeWallet is the hub's way to the payer's side in disputes.
type DisputeWallet interface {
	// NotifyDisputeResponse tells how a dispute stands; Accepted confirms the receipt.
	NotifyDisputeResponse(ctx context.Context, to Participant, notice DisputeNotice) Answer
}
