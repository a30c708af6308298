package fx

import (
	"time"

	"github.com/causeway-pay/causeway/internal/ids"
)

// QuoteLife is how long a quote is good for unless a corridor says otherwise.
// Nexus has the same ten minutes.
const QuoteLife = 600 * time.Second

// Leg says which conversion of a payment a quote prices.
type Leg string

// The legs.
const (
	// LegPayer: merchant currency into the wallet's settlement currency.
	LegPayer Leg = "payer"
	// LegMerchant: merchant currency into the acquirer's settlement currency.
	LegMerchant Leg = "merchant"
	// LegReturnPayer is LegPayer of a refund.
	LegReturnPayer Leg = "return-payer"
	// LegReturnMerchant is LegMerchant of a refund.
	LegReturnMerchant Leg = "return-merchant"
)

// Quote is a price that is locked for one leg of one payment until it expires.
type Quote struct {
	ID ids.ID
	// Region is the home region of the payment.
	Region    string
	PaymentID ids.ID
	Leg       Leg
	// ParticipantID is the participant on this leg.
	ParticipantID string
	Price         Price
	QuotedAt      time.Time
	// ExpiresAt is the first moment at which the quote is good no more.
	ExpiresAt time.Time
	// UsedAt is when the quote was used; zero as long as it was not.
	UsedAt time.Time
}
