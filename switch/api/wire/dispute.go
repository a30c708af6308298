package wire

import (
	"time"

	"github.com/causeway-pay/causeway/internal/ids"
)

// KindDisputeDecide is the kind of a decision about a dispute.
const KindDisputeDecide = "dispute.decide"

// Dispute is a retrieval or an escalation.
type Dispute struct {
	ID         ids.ID `json:"id"`
	PaymentID  ids.ID `json:"payment_id"`
	AcquirerID string `json:"acquirer_id"`
	WalletID   string `json:"wallet_id"`
	// RequestID is the wallet's own id of the dispute.
	RequestID string `json:"request_id"`
	// Stage is RETRIEVAL or ESCALATION.
	Stage string `json:"stage"`
	// State is WAITING, ACCEPTED, CONTESTED, LAPSED, SETTLED or DISMISSED.
	State   string `json:"state"`
	Version int64  `json:"version"`
	// Amount is disputed, Refund goes back; both in the merchant's currency.
	Amount   Amount    `json:"amount"`
	Refund   Amount    `json:"refund"`
	OpenedAt time.Time `json:"opened_at"`
	// DueAt is until when the acquirer has to answer.
	DueAt      time.Time `json:"due_at"`
	AnsweredAt time.Time `json:"answered_at,omitzero"`
	ClosedAt   time.Time `json:"closed_at,omitzero"`
	// Untold is who has not confirmed yet to know how it stands: ACQUIRER or WALLET; none
	// if everybody has. Attempts is how often it was tried in vain.
	Untold   string `json:"untold,omitempty"`
	Attempts int64  `json:"attempts"`
}

// Disputes is a page of disputes, newest first.
type Disputes struct {
	Disputes []Dispute `json:"disputes"`
	Next     string    `json:"next,omitempty"`
}

// DisputeChange is one thing that happened to a dispute.
type DisputeChange struct {
	Version int64     `json:"version"`
	Event   string    `json:"event"`
	State   string    `json:"state"`
	At      time.Time `json:"at"`
}

// DisputeFile is a dispute with what both sides say.
type DisputeFile struct {
	Dispute Dispute `json:"dispute"`
	// Why is the payer's reason, Evidence the acquirer's answer.
	Why      string          `json:"why"`
	Evidence string          `json:"evidence"`
	Changes  []DisputeChange `json:"changes"`
}

// What two operators can decide about a dispute.
const (
	// ForPayer: the amount goes back, as an adjustment in the open window.
	ForPayer = "PAYER"
	// ForMerchant: nothing goes back.
	ForMerchant = "MERCHANT"
)

// DisputeDecision decides about a dispute.
type DisputeDecision struct {
	DisputeID ids.ID `json:"dispute_id"`
	// Outcome is [ForPayer] or [ForMerchant].
	Outcome string `json:"outcome"`
	// Amount goes back to the payer: all that the acquirer gives back if it has accepted.
	Amount *Amount `json:"amount,omitempty"`
	Why    string  `json:"why"`
}
