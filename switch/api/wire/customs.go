package wire

import (
	"time"

	"github.com/causeway-pay/causeway/internal/ids"
)

// Declaration is what customs are told about a payment, without whoever has bought.
type Declaration struct {
	ID         ids.ID `json:"id"`
	PaymentID  ids.ID `json:"payment_id"`
	AcquirerID string `json:"acquirer_id"`
	WalletID   string `json:"wallet_id"`
	// RequestID is the acquirer's own id of the declaration.
	RequestID string `json:"request_id"`
	// State is SENT, TAKEN or REFUSED; Reason says why the wallet refused.
	State  string `json:"state"`
	Reason string `json:"reason,omitempty"`
	// Status is how far the declaration is at customs, in the wallet's word, when somebody
	// asked last.
	Status string `json:"status,omitempty"`
	// Office is the customs that are told, Merchant their code of the merchant.
	Office   string `json:"office"`
	Merchant string `json:"merchant"`
	// OrderID is the order that is declared, Split whether it is a part of one.
	OrderID string `json:"order_id"`
	Split   bool   `json:"split"`
	// Amount is in the payer's currency.
	Amount     Amount    `json:"amount"`
	DeclaredAt time.Time `json:"declared_at"`
	AnsweredAt time.Time `json:"answered_at,omitzero"`
	// Attempts is how often the wallet was asked again in vain.
	Attempts int64 `json:"attempts"`
}

// Declarations is a page of declarations, newest first.
type Declarations struct {
	Declarations []Declaration `json:"declarations"`
	Next         string        `json:"next,omitempty"`
}
