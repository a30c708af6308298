package engine

import (
	"time"

	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/switch/customs"
	"github.com/causeway-pay/causeway/switch/dispute"
)

// Subjects of the events: payment.<region>.<acquirer>.<state>,
// return.<region>.<acquirer>.<state>, dispute.<region>.<acquirer>.<state> and
// settlement.<region>.<state>. A payment's event that the answer to its acquirer's request has
// told ends in another part, ".told". None of the parts is personal data.
const (
	// Stream is the name of the JetStream stream.
	Stream           = "CAUSEWAY"
	paymentPrefix    = "payment"
	returnPrefix     = "return"
	settlementPrefix = "settlement"
	toldSuffix       = ".told"
)

// StreamSubjects are what the stream takes in.
func StreamSubjects() []string {
	return []string{paymentPrefix + ".>", returnPrefix + ".>", settlementPrefix + ".>", dispute.Subject + ".>",
		customs.Subject + ".>"}
}

// Event is the payload of an outbox event: that something changed, never what
// about persons. A consumer that needs more reads it from the database. Told is whether the
// acquirer had its final state as the answer to its own request and wants no other word.
type Event struct {
	PaymentID  ids.ID    `json:"payment_id"`
	ReturnID   *ids.ID   `json:"return_id,omitempty"`
	Version    int64     `json:"version"`
	State      string    `json:"state"`
	Final      bool      `json:"final"`
	Told       bool      `json:"told,omitempty"`
	AcquirerID string    `json:"acquirer_id"`
	WalletID   string    `json:"wallet_id"`
	Currency   string    `json:"currency"`
	Minor      string    `json:"amount_minor"`
	Reason     string    `json:"reason"`
	At         time.Time `json:"at"`
}
