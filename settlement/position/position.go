package position

import (
	"errors"
	"time"

	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/money"
)

// Position is what a participant owes in one currency.
type Position struct {
	ParticipantID string
	Currency      money.Currency
	// Cap limits Posted + Reserved + Paying.
	Cap money.Amount
	// Posted is the net debit that is not settled yet; negative if the
	// participant is owed.
	Posted money.Amount
	// Reserved is the sum of the pending reservations.
	Reserved money.Amount
	// Paying is what banks were told to pay the participant and have not paid yet: a
	// part of what it is owed that covers no debit any more.
	Paying money.Amount
}

// Headroom is how much more can be reserved.
func (p Position) Headroom() money.Amount {
	return money.New(p.Cap.Minor-p.Posted.Minor-p.Reserved.Minor-p.Paying.Minor, p.Currency)
}

// Reservation holds an amount of a participant until it is posted or voided.
type Reservation struct {
	// ID is the id of the payment or return that reserves: one reservation each.
	ID            ids.ID
	Region        string
	PaymentID     ids.ID
	ParticipantID string
	Amount        money.Amount
	At            time.Time
	// ExpiresAt is when somebody should look at the reservation if it is still
	// pending; zero means At and [ReservationLife].
	ExpiresAt time.Time
}

// Change is a change of a posted position without a reservation: a credit is
// negative.
type Change struct {
	ParticipantID string
	// Debit is added to the posted position.
	Debit money.Amount
	// Region is where it happens; empty for the participant's home.
	Region string
	// Paying is added to what is being paid out, in minor units.
	Paying int64
}

// Errors of this package.
var (
	// ErrCapExceeded means that a reservation or change does not fit under the
	// participant's net debit cap.
	ErrCapExceeded = errors.New("position: net debit cap exceeded")
	// ErrResolved means that a reservation is not pending: it was resolved
	// before, or never made.
	ErrResolved = errors.New("position: reservation is not pending")
	// ErrNoPosition means that the participant has no position in the currency.
	ErrNoPosition = errors.New("position: participant has no position in this currency")
	// ErrPrefundedOnly means that a participant that settles by prefunding alone can
	// have no limit beside it.
	ErrPrefundedOnly = errors.New("position: the settlement model allows prefunding only")
	// ErrPrefundingInUse means that prefunding cannot go out: it was never there, or
	// it covers what is posted or reserved.
	ErrPrefundingInUse = errors.New("position: prefunding is in use")
	// ErrEvidenceUsed means that a movement of prefunding with this evidence was
	// booked before.
	ErrEvidenceUsed = errors.New("position: evidence was used before")
)
