package fx

import (
	"time"

	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/money"
)

// Firm is a price on both legs that a participant was given: a payment may be
// made at it, once, until it expires. What is not given out so is indicative and
// has no id.
type Firm struct {
	// ID is a version 4 UUID, the QtId of the payment's messages.
	ID     ids.ID
	Region string
	// OwnerID is the participant that was given the quote: AcquirerID or WalletID.
	OwnerID              string
	AcquirerID, WalletID string
	// Product is the way of paying.
	Product string
	// Amount is what the merchant is to be paid.
	Amount    money.Amount
	Offer     Offer
	QuotedAt  time.Time
	ExpiresAt time.Time
	// UsedAt is when a payment was made at the quote, UsedBy that payment; both
	// are zero as long as none was.
	UsedAt time.Time
	UsedBy ids.ID
}

// LegID is the id of the quote of one leg: that of the firm quote on the payer's
// leg, and on the merchant's leg where only that one converts; otherwise the
// merchant's leg has an id of its own.
func (f Firm) LegID(leg Leg) ids.ID {
	converts := func(p Price) bool { return p.From.Currency != p.To.Currency }
	switch {
	case leg == LegPayer && converts(f.Offer.Payer), leg == LegMerchant && !converts(f.Offer.Payer):
		return f.ID
	default:
		return QtID(f.ID, 1)
	}
}

// QtID derives the id of a further quote from that of what it belongs to, marked
// as version 4, which a QtId must be.
func QtID(of ids.ID, number int64) ids.ID {
	id := ids.Derive(of, "quote", number)
	id[6] = id[6]&0x0f | 0x40
	id[8] = id[8]&0x3f | 0x80
	return id
}

// Claim is what a payment says about the quote that it wants to be made at.
type Claim struct {
	QuoteID ids.ID
	// ParticipantID is who presents the quote.
	ParticipantID        string
	AcquirerID, WalletID string
	Product              string
	Amount               money.Amount
}
