package instruct

import (
	"time"

	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/money"
	"github.com/causeway-pay/causeway/settlement/window"
)

// Due is what one payment or return comes to for one participant that settles gross.
type Due struct {
	// SubjectID is the payment or the return.
	SubjectID     ids.ID
	Region        string
	ParticipantID string
	// Amount is what the participant is owed; negative if it owes, never zero.
	Amount money.Amount
	At     time.Time
}

// Gross returns the obligation that a payment or return is by itself, due on the first
// day on which the currency's money can move.
func Gross(d Due, calendars window.Calendars) (Obligation, error) {
	currency := d.Amount.Currency
	return newObligation(Obligation{
		ID:        ids.Derive(d.SubjectID, "obligation."+d.ParticipantID+"."+string(currency), 1),
		SubjectID: d.SubjectID, Region: d.Region, ParticipantID: d.ParticipantID, Amount: d.Amount, CreatedAt: d.At,
		ValueDate: calendars.Of(currency).Soonest(d.At),
	}, remittanceOf(d.SubjectID))
}

// remittanceOf says what an instruction about one payment or return is for.
func remittanceOf(subject ids.ID) string { return "Payment or return " + subject.String() }
