package customs

import (
	"strings"
	"time"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/money"
)

// The one country whose customs the protocol knows, and the currency that they are told
// amounts in.
const (
	Country                 = "CN"
	Currency money.Currency = "CNY"
)

// DeclarationsMost is how many declarations of one payment may stand: an order that is
// split into more parcels is more than one order.
const DeclarationsMost = 100

// State is how far the hub is with a declaration.
type State string

// The states. Taken and Refused are final.
const (
	// Sent: recorded, and the wallet has not answered yet.
	Sent State = "SENT"
	// Taken: the wallet tells customs, or has told them.
	Taken State = "TAKEN"
	// Refused: the wallet does not.
	Refused State = "REFUSED"
)

// States returns all states.
func States() []State { return []State{Sent, Taken, Refused} }

// Event is what happened to a declaration.
type Event string

// The events.
const (
	Declared    Event = "DECLARED"
	WalletTook  Event = "WALLET_TOOK"
	WalletNot   Event = "WALLET_REFUSED"
	CustomsSaid Event = "CUSTOMS_SAID"
)

// Payment is a payment as far as declarations need to know it.
type Payment struct {
	ID                   ids.ID
	AcquirerID, WalletID string
	// RequestID is the acquirer's.
	RequestID string
	// Paid is what the payer has paid, and Returned what refunds and disputes have given
	// back of it or are about to, in the payer's currency.
	Paid, Returned money.Amount
	// Completed payments were paid and not cancelled.
	Completed bool
}

// Declaration is one declaration as the hub keeps it.
type Declaration struct {
	ID        ids.ID
	Region    string
	PaymentID ids.ID
	// AcquirerID has declared, WalletID tells customs.
	AcquirerID, WalletID string
	// Version counts the changes, from 1.
	Version int64
	State   State
	// Reason is why the wallet refused.
	Reason reason.Kind
	// Said is what the acquirer declared. Its Payment is empty, its OrderID never.
	Said     connectors.CustomsDeclaration
	Receipt  connectors.CustomsReceipt
	Progress connectors.CustomsProgress
	// Personal says that the declaration still tells of persons: of who has bought, of the
	// merchant, and what was said about them.
	Personal bool
	// AnsweredAt is when the wallet said yes or no; zero before.
	DeclaredAt, AnsweredAt time.Time
	// Attempts counts how often the wallet was asked in vain, DueAt is when it is asked
	// again.
	Attempts int64
	DueAt    time.Time
}

// Declarable returns what of a payment customs may be told, which is what the payer has
// paid, and nothing where the wallet's country has no such customs.
func Declarable(wallet connectors.Participant, paid money.Amount) money.Amount {
	if wallet.Country != Country || paid.Currency != Currency {
		return money.Amount{}
	}
	return paid
}

// admit refuses a declaration that may not stand beside the others of the payment.
func admit(p Payment, wallet connectors.Participant, said connectors.CustomsDeclaration, others []Declaration) error {
	const op = "customs.Declare"
	declarable := Declarable(wallet, p.Paid)
	switch {
	case !p.Completed:
		return reason.New(reason.NotPaid, op, "")
	case said.OfficeCountry != Country || declarable == (money.Amount{}):
		return reason.New(reason.Unsupported, op, "neither customs nor wallet for it")
	case said.Amount.Currency != Currency:
		return reason.New(reason.UnsupportedCurrency, op, "")
	case !said.Amount.IsPositive():
		return reason.New(reason.InvalidRequest, op, "amount")
	}
	standing, total := 0, int64(0)
	for _, other := range others {
		if other.State == Refused {
			continue
		}
		if strings.EqualFold(other.Said.OfficeCode, said.OfficeCode) && other.Said.OrderID == said.OrderID {
			return reason.New(reason.DeclaredTwice, op, "")
		}
		standing, total = standing+1, total+other.Said.Amount.Minor
	}
	// Compared by what is left, since a sum of what was asked for may overflow.
	if standing >= DeclarationsMost || said.Amount.Minor > declarable.Minor-p.Returned.Minor-total {
		return reason.New(reason.DeclarationExceeds, op, "")
	}
	return nil
}

// answered is a declaration after its wallet's answer. Nobody needs to know any more who
// has bought.
func (d Declaration) answered(
	receipt connectors.CustomsReceipt, answer connectors.Answer, at time.Time,
) (Declaration, Event) {
	d.Version, d.AnsweredAt, d.Said.Buyer = d.Version+1, at, nil
	if answer.Decision == connectors.Accepted {
		d.State, d.Receipt, d.Personal = Taken, receipt, true
		return d, WalletTook
	}
	d.State, d.Reason = Refused, answer.Reason
	return d, WalletNot
}

// outcome is what the acquirer is answered.
func (d Declaration) outcome() (connectors.CustomsReceipt, error) {
	switch d.State {
	case Taken:
		return d.Receipt, nil
	case Refused:
		return connectors.CustomsReceipt{}, reason.New(d.Reason, "customs.Declare", "the wallet refused")
	default:
		return connectors.CustomsReceipt{}, reason.New(reason.InProcess, "customs.Declare", "")
	}
}

// waiting is the documented word for a declaration that has not gone on to customs.
const waiting = "WAITING_FOR_PROCESSING"

// record is what an inquiry returns. Until the wallet has said more, a declaration waits.
func (d Declaration) record() connectors.CustomsRecord {
	record := connectors.CustomsRecord{Declaration: d.Said, Receipt: d.Receipt, Progress: d.Progress}
	record.Declaration.Buyer = nil
	if record.Progress.Status == "" {
		record.Progress.Status = waiting
		record.Progress.ModifiedAt = d.AnsweredAt
	}
	if record.Progress.ModifiedAt.IsZero() {
		record.Progress.ModifiedAt = d.DeclaredAt
	}
	return record
}
