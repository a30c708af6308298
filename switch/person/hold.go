package person

import (
	"time"

	"github.com/causeway-pay/causeway/switch/agreement"
	"github.com/causeway-pay/causeway/switch/customs"
	"github.com/causeway-pay/causeway/switch/engine"
)

// Hold is why something that tells of a person is kept although the person asks for it to
// be forgotten. Nothing holds what has none.
type Hold string

// The holds. What is open is open however old it is.
const (
	// Open: it is not over, and needs to know who it is about.
	Open Hold = "OPEN"
	// Law: it is over, and younger than laws against money laundering want it kept.
	Law Hold = "LAW"
)

func holdOf(open, young bool) Hold {
	switch {
	case open:
		return Open
	case young:
		return Law
	default:
		return ""
	}
}

// Payment is a payment with what customs were told of it.
type Payment struct {
	engine.Record
	Declarations []customs.Declaration
	Hold         Hold
}

// held returns a payment with why it is kept if what was made before a time may go. It is
// as open and as young as any of its declarations, since these name the same persons.
func held(r engine.Record, declared []customs.Declaration, before time.Time) Payment {
	open, young := r.Duty != engine.DutyNone || !r.State.Final(), !r.CreatedAt.Before(before)
	for _, d := range declared {
		open, young = open || d.State == customs.Sent, young || !d.DeclaredAt.Before(before)
	}
	return Payment{r, declared, holdOf(open, young)}
}

// Agreement is a payer's agreement that a merchant may take money.
type Agreement struct {
	agreement.Agreement
	Hold Hold
}

func heldAgreement(a agreement.Agreement, before time.Time) Agreement {
	return Agreement{a, holdOf(a.State == agreement.Active, !a.ChangedAt.Before(before))}
}
