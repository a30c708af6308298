package compliance

import (
	"time"

	"github.com/causeway-pay/causeway/internal/ids"
)

// Outcome is what a screening decided.
type Outcome string

// The outcomes.
const (
	// Pass: nothing stands against the payment.
	Pass Outcome = "PASS"
	// Reject: a party matches a list; the payment is refused at once because
	// payer and merchant are waiting.
	Reject Outcome = "REJECT"
)

// Subject is what is screened: one payment with its parties.
type Subject struct {
	PaymentID ids.ID
	Region    string
	Parties   []Party
}

// Party is a name in a role. An empty name is no party.
type Party struct {
	// Role is "payer", "merchant" or the like.
	Role string
	Name string
}

// Hit is a match of a party with a list entry, strong enough to stop a payment.
type Hit struct {
	Role string `json:"role"`
	// List and Entry name the list entry, such as "OFAC-SDN" and "12345".
	List  string `json:"list"`
	Entry string `json:"entry"`
	// ScoreBasisPoints is the similarity: 10,000 is equal.
	ScoreBasisPoints int `json:"score_basis_points"`
}

// Decision is the recorded result of a screening.
type Decision struct {
	ID        ids.ID
	PaymentID ids.ID
	Region    string
	Outcome   Outcome
	Hits      []Hit
	// ListVersion identifies the exact list contents, EngineVersion the rules.
	ListVersion   string
	EngineVersion string
	DecidedAt     time.Time
}
