package book

import (
	"time"

	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/money"
)

// Treasury is the partner of what the hub holds for itself: deals, and positions
// that have matured.
const Treasury = "HUB"

// Key says whose exposure a position is.
type Key struct {
	// Corridor is payer's and merchant's country; "" for the treasury.
	Corridor string
	// PartnerID is the participant on the leg, or [Treasury].
	PartnerID string
	Currency  money.Currency
	// ValueDate is the day on which the money moves, midnight UTC; the zero time
	// for the treasury's matured positions.
	ValueDate time.Time
}

// treasury is where matured positions of a currency are held.
func treasury(currency money.Currency) Key { return Key{PartnerID: Treasury, Currency: currency} }

// matured reports whether the position is due on a day. The treasury's own stays
// until it is closed.
func (k Key) matured(day time.Time) bool {
	return !k.ValueDate.IsZero() && !k.ValueDate.After(day)
}

// Flow is what one leg of a payment, return or deal adds to a position.
type Flow struct {
	// ID makes the flow count once.
	ID     ids.ID
	Region string
	// SubjectID is the payment, return or deal, PaymentID the payment behind it.
	SubjectID, PaymentID ids.ID
	Key
	// Minor is what the hub gets of the currency, negative if it gives, at the
	// middle rate.
	Minor int64
	// Cost is what that was worth in the book's currency, with the same sign.
	Cost int64
	// Income is what the hub earns beside it, in minor units of the currency, and
	// IncomeWorth the same in the book's currency.
	Income, IncomeWorth int64
	At                  time.Time
}

// Position is the sum of flows with one key.
type Position struct {
	Key
	// Minor is how much of the currency is open: long above, short below zero.
	Minor int64
	// Cost is what it cost; Unrealised what it was worth more at the last
	// revaluation; Realised what earlier amounts have brought. All are in the
	// book's currency.
	Cost, Unrealised, Realised int64
	// Income is what was earned on the payments, in minor units of the currency,
	// and IncomeWorth the same in the book's currency.
	Income, IncomeWorth int64
}

// day cuts a time to its date.
func day(at time.Time) time.Time {
	if at.IsZero() {
		return time.Time{}
	}
	at = at.UTC()
	return time.Date(at.Year(), at.Month(), at.Day(), 0, 0, 0, 0, time.UTC)
}
