package payment

// ReturnState is where a return is in its life. A return gives a payer money
// back after the payment was posted: a refund, or the late cancel of the whole.
type ReturnState string

// The states of a return.
const (
	// ReturnReserved: the amount is held against the acquirer's cap and the
	// wallet has been asked, or is about to be.
	ReturnReserved ReturnState = "RESERVED"
	// ReturnHeld: the wallet never answered; an operator decides.
	ReturnHeld ReturnState = "HELD"
	// ReturnPosted: the money has moved back. Final.
	ReturnPosted ReturnState = "POSTED"
	// ReturnDeclined: the wallet said no. Final.
	ReturnDeclined ReturnState = "DECLINED"
)

// ReturnStates returns all states of a return.
func ReturnStates() []ReturnState {
	return []ReturnState{ReturnReserved, ReturnHeld, ReturnPosted, ReturnDeclined}
}

// Final reports whether the state absorbs every event.
func (s ReturnState) Final() bool { return s == ReturnPosted || s == ReturnDeclined }

// ReturnTransition is the outcome of an event for a return.
type ReturnTransition struct {
	Next    ReturnState
	Effects Effect
}

// StepReturn returns what an event does to a return. Inquire as an effect means
// that the wallet is asked again with the same return id, which it answers as
// the first time. A wallet must not refuse to cancel a whole payment, so with
// mandatory set its refusal is asked again until the limit.
func StepReturn(state ReturnState, event Event, mandatory bool) ReturnTransition {
	if state.Final() {
		return ReturnTransition{state, lateForReturn(state, event)}
	}
	switch event {
	case WalletAccepted, OperatorPosted:
		return ReturnTransition{ReturnPosted, Post | done}
	case OperatorVoided:
		return ReturnTransition{ReturnDeclined, Void | done}
	case WalletDeclined:
		if !mandatory {
			return ReturnTransition{ReturnDeclined, Void | done}
		}
		return again(state)
	case WalletUndecided, WalletAbsent:
		return again(state)
	case Exhausted:
		return ReturnTransition{ReturnHeld, Rest}
	default:
		return ReturnTransition{Next: state}
	}
}

// again keeps asking, except for a held return, which waits for an operator.
func again(state ReturnState) ReturnTransition {
	if state == ReturnHeld {
		return ReturnTransition{Next: state}
	}
	return ReturnTransition{ReturnReserved, Inquire}
}

func lateForReturn(state ReturnState, event Event) Effect {
	contradicted := state == ReturnPosted && event == WalletDeclined ||
		state == ReturnDeclined && event == WalletAccepted
	if contradicted {
		return Contradiction
	}
	return 0
}
