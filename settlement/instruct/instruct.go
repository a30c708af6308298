package instruct

import (
	"errors"
	"fmt"
	"strings"
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
// for one window.
type Obligation struct {
	ID            ids.ID
	WindowID      ids.ID
	Region        string
	ParticipantID string
	Direction     Direction
	// Amount is positive.
	Amount    money.Amount
	ValueDate time.Time
	// Instruction is the pacs.009 as XML.
	Instruction []byte
	CreatedAt   time.Time
}

// HubAgent names the hub in instructions.
const HubAgent = "CAUSEWAY"

// ErrUnbalanced means that the figures of a window do not sum to zero in some
// currency, so that nothing may be instructed.
var ErrUnbalanced = errors.New("instruct: the nets of the window do not sum to zero")

// Obligations returns the obligations of a window, one for each figure of a
// participant that is not zero, and refuses figures that do not sum to zero with
// the hub's.
func Obligations(w window.Window, nets []window.Net, at time.Time) ([]Obligation, error) {
	sums := map[money.Currency]int64{}
	var obligations []Obligation
	for _, net := range nets {
		amount := net.Amount()
		sums[net.Currency] += amount.Minor
		if net.Owner == ledger.Hub || amount.IsZero() {
			continue
		}
		obligation, err := oblige(w, net.Owner, amount, at)
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

// oblige makes one obligation; amount is positive if the participant is owed.
func oblige(w window.Window, participant string, amount money.Amount, at time.Time) (Obligation, error) {
	o := Obligation{
		ID:       ids.Derive(w.ID, "obligation."+participant+"."+string(amount.Currency), w.Number),
		WindowID: w.ID, Region: w.Region, ParticipantID: participant, Direction: PayOut, Amount: amount,
		ValueDate: ValueDate(at), CreatedAt: at,
	}
	if amount.Minor < 0 {
		o.Direction, o.Amount = PayIn, money.New(-amount.Minor, amount.Currency)
	}
	instruction, err := o.transfer(w).AppendXML(nil)
	if err != nil {
		return Obligation{}, fmt.Errorf("instruct: %s: %w", participant, err)
	}
	o.Instruction = instruction
	return o, nil
}

func (o Obligation) transfer(w window.Window) iso20022.InstitutionTransfer {
	hub, participant := iso20022.Agent{OtherID: HubAgent}, iso20022.Agent{OtherID: o.ParticipantID}
	debtor, creditor := hub, participant
	if o.Direction == PayIn {
		debtor, creditor = participant, hub
	}
	reference := strings.ReplaceAll(o.ID.String(), "-", "")
	return iso20022.InstitutionTransfer{
		MessageID: reference, CreatedAt: o.CreatedAt, InstructingAgent: hub, InstructedAgent: participant,
		InstructionID: reference, EndToEndID: reference, TransactionID: reference, UETR: uetr(o.ID),
		Amount: o.Amount, SettlementDate: o.ValueDate, Debtor: debtor, Creditor: creditor,
		Remittance: fmt.Sprintf("Settlement window %d of %s", w.Number, w.Region),
	}
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

// ValueDate is the day on which an obligation is due: the next day from Monday
// to Friday after the close, in UTC+8, the zone of the scheme's days.
func ValueDate(closed time.Time) time.Time {
	local := closed.In(time.FixedZone("UTC+8", 8*60*60))
	day := time.Date(local.Year(), local.Month(), local.Day()+1, 0, 0, 0, 0, time.UTC)
	for day.Weekday() == time.Saturday || day.Weekday() == time.Sunday {
		day = day.AddDate(0, 0, 1)
	}
	return day
}
