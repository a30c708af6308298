package ledger

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/money"
)

// Hub owns the accounts that belong to no participant.
const Hub = "HUB"

// Purpose is what an account is for.
type Purpose string

// The purposes. A participant has one account for its position in each currency,
// and may have prefunding; the others are the hub's.
const (
	// Position: what the participant owes (debit) or is owed (credit).
	Position Purpose = "POSITION"
	// Exchange: the hub's open position in a currency.
	Exchange Purpose = "EXCHANGE"
	// Markup: what the hub earned on exchange rates.
	Markup Purpose = "MARKUP"
	// Rounding: what rounding to whole minor units left over.
	Rounding Purpose = "ROUNDING"
	// Fee: service fees earned.
	Fee Purpose = "FEE"
	// Spread: the distance from the middle to the sources' bid or ask, kept until
	// a deal costs it.
	Spread Purpose = "SPREAD"
	// Promotion: what a sponsor owes (debit) for payments that it made cheaper,
	// outside the settlement windows; on the hub's own account its expense.
	Promotion Purpose = "PROMOTION"
	// Deal: what liquidity providers owe the hub (debit) or are owed.
	Deal Purpose = "DEAL"
	// Revaluation: by how much open positions are worth more (debit) than they
	// cost, in the book's currency.
	Revaluation Purpose = "REVALUATION"
	// Unrealised: the profit that Revaluation stands for, as long as positions
	// are open. Realised: the same when they have matured or were closed.
	Unrealised Purpose = "UNREALISED"
	Realised   Purpose = "REALISED"
	// Nostro: what the hub has with settlement banks (debit).
	Nostro Purpose = "NOSTRO"
	// Prefunding: what a participant has paid in beforehand (credit).
	Prefunding Purpose = "PREFUNDING"
	// Carried: what leaves one window for a later one; zero after each step.
	Carried Purpose = "CARRIED"
	// Loss: what participants did not pay (debit), until others have borne it.
	Loss Purpose = "LOSS"
	// Adjustment: what adjustments left with the hub (credit).
	Adjustment Purpose = "ADJUSTMENT"
	// Interchange, Scheme and Tax: what schedules charge and pay out.
	Interchange Purpose = "INTERCHANGE"
	Scheme      Purpose = "SCHEME"
	Tax         Purpose = "TAX"
)

// Account names an account. It is in the currency of the entries that use it.
type Account struct {
	Owner   string
	Purpose Purpose
}

// PositionOf returns a participant's position account.
func PositionOf(participant string) Account { return Account{participant, Position} }

// HubAccount returns one of the hub's accounts.
func HubAccount(purpose Purpose) Account { return Account{Hub, purpose} }

// ID is the account's key in a currency: "HK-WALLET.POSITION.HKD".
func (a Account) ID(currency money.Currency) string {
	return a.Owner + "." + string(a.Purpose) + "." + string(currency)
}

// Kind says why an entry was made.
type Kind string

// The kinds of entries.
const (
	// KindPayment: the amount that a payment moves.
	KindPayment Kind = "PAYMENT"
	// KindReturn: the amount that a refund or late cancel moves back.
	KindReturn Kind = "RETURN"
	// KindMarkup: the spread between the client's and the middle rate.
	KindMarkup Kind = "MARKUP"
	// KindRounding: the residue of rounding.
	KindRounding Kind = "ROUNDING"
	// KindFee: a service fee.
	KindFee Kind = "FEE"
	// KindSpread: the distance from the middle to the sources' bid or ask.
	KindSpread Kind = "SPREAD"
	// KindPromotion: what a sponsor pays of a price.
	KindPromotion Kind = "PROMOTION"
	// KindDeal: one side of a deal with a liquidity provider.
	KindDeal Kind = "DEAL"
	// KindRevaluation: what an open position gained or lost by a day's rates.
	KindRevaluation Kind = "REVALUATION"
	// KindRealisation: what a position has gained or lost when it is closed.
	KindRealisation Kind = "REALISATION"
	// KindSettlement: a position is discharged by money, or otherwise.
	KindSettlement Kind = "SETTLEMENT"
	// KindAdjustment: something is owed for another reason than a payment.
	KindAdjustment Kind = "ADJUSTMENT"
	// KindSchedule: what a schedule charges or pays for a window.
	KindSchedule Kind = "SCHEDULE"
)

// Entry moves an amount from the debit to the credit account.
type Entry struct {
	ID     ids.ID
	Region string
	// PaymentID is the payment that the entry belongs to, SubjectID the very
	// thing that caused it: the payment itself or one of its returns.
	PaymentID ids.ID
	SubjectID ids.ID
	// Sequence numbers the entries of one subject from 1.
	Sequence int16
	Kind     Kind
	Debit    Account
	Credit   Account
	Amount   money.Amount
	// WindowID is the settlement window in which the entry counts.
	WindowID ids.ID
	// BookedAt is when the entry was written, EffectiveAt when it counts for its
	// owners: the same, unless it is said.
	BookedAt    time.Time
	EffectiveAt time.Time
}

// What can be wrong with an entry.
var (
	// ErrEntry means that an entry is not fit to be written.
	ErrEntry = errors.New("ledger: invalid entry")
	// ErrNoAccount means that an account of an entry was never opened.
	ErrNoAccount = errors.New("ledger: account does not exist")
)

func (e Entry) validate() error {
	switch {
	case e.Amount.Minor <= 0:
		return fmt.Errorf("%w: amount %s is not positive", ErrEntry, e.Amount)
	case !e.Amount.Currency.Known():
		return fmt.Errorf("%w: currency %q", ErrEntry, e.Amount.Currency)
	case e.Debit == e.Credit:
		return fmt.Errorf("%w: debit and credit are both %s", ErrEntry, e.Debit.ID(e.Amount.Currency))
	case e.SubjectID == ids.Nil || e.WindowID == ids.Nil || e.ID == ids.Nil:
		return fmt.Errorf("%w: id missing", ErrEntry)
	default:
		return nil
	}
}

// Balance is the state of one account.
type Balance struct {
	AccountID string
	Owner     string
	Purpose   Purpose
	Debits    money.Amount
	Credits   money.Amount
}

// Net returns credits less debits: positive if the owner is owed.
func (b Balance) Net() money.Amount {
	return money.New(b.Credits.Minor-b.Debits.Minor, b.Credits.Currency)
}

// parseID splits an account id into owner, purpose and currency.
func parseID(id string) (owner string, purpose Purpose, currency money.Currency) {
	owner, rest, _ := strings.Cut(id, ".")
	name, code, _ := strings.Cut(rest, ".")
	return owner, Purpose(name), money.Currency(code)
}
