package instruct

import (
	"errors"
	"fmt"
	"time"

	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/iso20022"
	"github.com/causeway-pay/causeway/money"
	"github.com/causeway-pay/causeway/settlement/ledger"
	"github.com/causeway-pay/causeway/settlement/window"
)

// Direction says who pays.
type Direction string

// The directions.
const (
	// PayIn: the participant pays the hub.
	PayIn Direction = "PAY_IN"
	// PayOut: the hub pays the participant.
	PayOut Direction = "PAY_OUT"
)

// Obligation is what one participant and the hub owe each other in one currency
// for one window, or for one payment or return that is settled by itself.
type Obligation struct {
	ID ids.ID
	// WindowID is the window whose net it is, SubjectID the payment or return that is
	// settled by itself; the other one is nil.
	WindowID      ids.ID
	SubjectID     ids.ID
	Region        string
	ParticipantID string
	Direction     Direction
	// Amount is positive.
	Amount    money.Amount
	ValueDate time.Time
	// Instruction is the first pacs.009 as XML.
	Instruction []byte
	CreatedAt   time.Time

	State State
	// Discharged is how much of Amount is paid, moved or covered.
	Discharged money.Amount
	// Attempt counts the instructions from 1.
	Attempt int64
	// FinalAt is when nothing was left to pay; zero before.
	FinalAt time.Time
}

// Rest is what is still owed.
func (o Obligation) Rest() money.Amount {
	return money.New(o.Amount.Minor-o.Discharged.Minor, o.Amount.Currency)
}

// HubAgent names the hub in instructions.
const HubAgent = "CAUSEWAY"

// ErrUnbalanced means that the figures of a window do not sum to zero in some
// currency, so that nothing may be instructed.
var ErrUnbalanced = errors.New("instruct: the nets of the window do not sum to zero")

// Obligations returns the obligations of a window, one for each figure of a
// participant that is not zero, and refuses figures that do not sum to zero with
// the hub's.
//
// The calendars say when each is due, counted from the close.
func Obligations(w window.Window, nets []window.Net, calendars window.Calendars, at time.Time) ([]Obligation, error) {
	sums := map[money.Currency]int64{}
	var obligations []Obligation
	for _, net := range nets {
		amount := net.Amount()
		sums[net.Currency] += amount.Minor
		if net.Owner == ledger.Hub || amount.IsZero() {
			continue
		}
		obligation, err := newObligation(Obligation{
			ID:       ids.Derive(w.ID, "obligation."+net.Owner+"."+string(net.Currency), w.Number),
			WindowID: w.ID, Region: w.Region, ParticipantID: net.Owner, Amount: amount, CreatedAt: at,
			ValueDate: calendars.Of(net.Currency).ValueDate(w.ClosedAt),
		}, remittance(w))
		if err != nil {
			return nil, err
		}
		obligations = append(obligations, obligation)
	}
	for currency, sum := range sums {
		if sum != 0 {
			return nil, fmt.Errorf("%w: %s by %d", ErrUnbalanced, currency, sum)
		}
	}
	return obligations, nil
}

// newObligation makes one obligation of what it is about; its amount is positive if the
// participant is owed.
func newObligation(o Obligation, remittance string) (Obligation, error) {
	o.Direction, o.State, o.Discharged, o.Attempt = PayOut, Instructed, money.New(0, o.Amount.Currency), 1
	if o.Amount.Minor < 0 {
		o.Direction, o.Amount.Minor = PayIn, -o.Amount.Minor
	}
	instruction, err := o.transfer(remittance).AppendXML(nil)
	if err != nil {
		return Obligation{}, fmt.Errorf("instruct: %s: %w", o.ParticipantID, err)
	}
	o.Instruction = instruction
	return o, nil
}

// remittance says what the instructions of a window are for.
func remittance(w window.Window) string {
	return fmt.Sprintf("Settlement window %d of %s", w.Number, w.Region)
}

// transfer is the instruction to pay what is still owed.
func (o Obligation) transfer(remittance string) iso20022.InstitutionTransfer {
	hub, participant := iso20022.Agent{OtherID: HubAgent}, iso20022.Agent{OtherID: o.ParticipantID}
	debtor, creditor := hub, participant
	if o.Direction == PayIn {
		debtor, creditor = participant, hub
	}
	id := o.instructionID()
	reference := compact(id)
	return iso20022.InstitutionTransfer{
		MessageID: reference, CreatedAt: o.CreatedAt, InstructingAgent: hub, InstructedAgent: participant,
		InstructionID: reference, EndToEndID: reference, TransactionID: reference, UETR: uetr(id),
		Amount: o.Rest(), SettlementDate: o.ValueDate, Debtor: debtor, Creditor: creditor,
		Remittance: remittance,
	}
}

// instructionID is the id of the obligation's present instruction: the first has
// that of the obligation.
func (o Obligation) instructionID() ids.ID {
	if o.Attempt <= 1 {
		return o.ID
	}
	return ids.Derive(o.ID, "instruction", o.Attempt)
}

// derivedVersion is the version of the ids of obligations, in the place that it
// has in a UUID.
const derivedVersion = 0x50

// uetr makes a version 4 UUID out of a derived id, because a UETR must be one;
// it stays the same when an instruction is issued again.
func uetr(id ids.ID) iso20022.UETR {
	u := iso20022.UETR(id)
	u[6] = u[6]&0x0f | 0x40
	return u
}
