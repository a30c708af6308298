package window

import (
	"errors"
	"slices"
	"time"

	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/money"
)

// State is where a window is in its life.
type State string

// The states.
const (
	// Open: it takes payments.
	Open State = "OPEN"
	// Closing: the next one takes payments, and this one's last entries, such as
	// fees, are being written.
	Closing State = "CLOSING"
	// Closed: its figures are final and every obligation is on record.
	Closed State = "CLOSED"
	// Settling: the obligations were handed to settlement banks.
	Settling State = "SETTLING"
	// Settled: every obligation is discharged.
	Settled State = "SETTLED"
	// Aborted: what is not discharged is owed in a later window.
	Aborted State = "ABORTED"
)

// following are the states that may come after each.
func following(state State) []State {
	switch state {
	case Open:
		return []State{Closing}
	case Closing:
		return []State{Closed}
	case Closed:
		return []State{Settling, Aborted}
	case Settling:
		return []State{Settled, Aborted}
	default:
		return nil
	}
}

// Ordinal numbers the states of a window's life from 0; Settled and Aborted are
// the same step. It is the version of the window's events.
func (s State) Ordinal() int64 {
	if s == Aborted {
		s = Settled
	}
	return int64(slices.Index([]State{Open, Closing, Closed, Settling, Settled}, s))
}

// Window is one settlement window of a region.
type Window struct {
	ID     ids.ID
	Region string
	// Number counts the windows of the region from 1.
	Number   int64
	State    State
	OpenedAt time.Time
	// ClosedAt is when the window stopped taking payments; zero while it is open.
	ClosedAt time.Time
	// ChangedAt is when the window got its present state.
	ChangedAt time.Time
}

// Movement adds an amount to the figures of the owner of one side of an entry.
type Movement struct {
	// Owner is a participant, or the hub.
	Owner  string
	Debit  money.Amount
	Credit money.Amount
}

// Net is the figure of one owner in one currency.
type Net struct {
	WindowID ids.ID
	Owner    string
	Currency money.Currency
	Debits   money.Amount
	Credits  money.Amount
	Entries  int64
}

// Amount returns credits less debits: positive if the owner is to be paid.
func (n Net) Amount() money.Amount {
	return money.New(n.Credits.Minor-n.Debits.Minor, n.Currency)
}

// ErrState means that a window is not in the state that the step needs.
var ErrState = errors.New("window: not in the state for this step")
