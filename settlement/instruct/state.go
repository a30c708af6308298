package instruct

import (
	"errors"
	"fmt"
	"time"

	"github.com/causeway-pay/causeway/money"
)

// State is how far an obligation is discharged.
type State string

// The states.
const (
	// Instructed: a settlement bank was told, and nothing is known of it.
	Instructed State = "INSTRUCTED"
	// Partly: some of it is paid.
	Partly State = "PARTLY"
	// Failed: the bank refused, and nothing is paid.
	Failed State = "FAILED"
	// Settled: all of it is paid. Final.
	Settled State = "SETTLED"
	// Moved: the rest is owed in a later window. Final.
	Moved State = "MOVED"
	// Covered: the rest was lost and is borne by others. Final.
	Covered State = "COVERED"
)

// Final reports whether nothing is left to pay.
func (s State) Final() bool { return s == Settled || s == Moved || s == Covered }

// What can be wrong with a step of an obligation.
var (
	// ErrState means that an obligation is not in a state for the step.
	ErrState = errors.New("instruct: obligation is not in the state for this step")
	// ErrAmount means that more is confirmed than is owed.
	ErrAmount = errors.New("instruct: more is confirmed than is owed")
)

// Confirm is the obligation after a bank has moved an amount of it: all steps
// but this one leave money where it is. A bank may move money that it refused
// before.
func (o Obligation) Confirm(amount money.Amount, at time.Time) (Obligation, error) {
	switch {
	case o.State.Final():
		return o, fmt.Errorf("%w: it is %s", ErrState, o.State)
	case amount.Currency != o.Amount.Currency || amount.Minor <= 0 || amount.Minor > o.Rest().Minor:
		return o, fmt.Errorf("%w: %s of %s", ErrAmount, amount, o.Rest())
	}
	o.Discharged.Minor += amount.Minor
	if o.State = Partly; o.Rest().IsZero() {
		o.State, o.FinalAt = Settled, at
	}
	return o, nil
}

// Reject is the obligation after a bank has refused its present instruction.
func (o Obligation) Reject() (Obligation, error) {
	if o.State != Instructed && o.State != Partly {
		return o, fmt.Errorf("%w: it is %s", ErrState, o.State)
	}
	if o.State = Failed; !o.Discharged.IsZero() {
		o.State = Partly
	}
	return o, nil
}

// attemptsMax bounds how often one obligation is instructed.
const attemptsMax = 20

// Retry is the obligation that is instructed again, for what is still owed.
func (o Obligation) Retry() (Obligation, error) {
	if o.State != Failed && o.State != Partly || o.Attempt >= attemptsMax {
		return o, fmt.Errorf("%w: it is %s after %d instructions", ErrState, o.State, o.Attempt)
	}
	o.State, o.Attempt = Instructed, o.Attempt+1
	return o, nil
}

// Move is the obligation whose rest is owed in a later window.
func (o Obligation) Move(at time.Time) (Obligation, error) { return o.end(Moved, at) }

// Cover is the obligation of a participant that does not pay, whose rest others
// bear. What the hub owes is never lost.
func (o Obligation) Cover(at time.Time) (Obligation, error) {
	if o.Direction != PayIn || o.State == Instructed {
		return o, fmt.Errorf("%w: %s that is %s cannot be lost", ErrState, o.Direction, o.State)
	}
	return o.end(Covered, at)
}

func (o Obligation) end(state State, at time.Time) (Obligation, error) {
	if o.State.Final() {
		return o, fmt.Errorf("%w: it is %s", ErrState, o.State)
	}
	o.State, o.Discharged, o.FinalAt = state, o.Amount, at
	return o, nil
}
