package window

import (
	"errors"
	"time"

	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/money"
)

// State is where a window is in its life.
type State string

// The states, in their only order.
const (
	Open       State = "OPEN"
	Closed     State = "CLOSED"
	Instructed State = "INSTRUCTED"
)

// Window is one settlement window of a region.
type Window struct {
	ID     ids.ID
	Region string
	// Number counts the windows of the region from 1.
	Number   int64
	State    State
	OpenedAt time.Time
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
