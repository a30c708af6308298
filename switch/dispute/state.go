package dispute

import "github.com/causeway-pay/causeway/connectors"

// State is where a dispute is in its life.
type State string

// The states.
const (
	// Waiting: the acquirer has until a day to answer.
	Waiting State = "WAITING"
	// Accepted: the money goes back, once two people have booked it.
	Accepted State = "ACCEPTED"
	// Contested: the acquirer has sent evidence and gives nothing back. Of a retrieval
	// that is the end; an escalation is for two people to decide.
	Contested State = "CONTESTED"
	// Lapsed: a retrieval that nobody has answered.
	Lapsed State = "LAPSED"
	// Settled: the money went back.
	Settled State = "SETTLED"
	// Dismissed: two people have decided for the merchant, or another escalation goes on.
	Dismissed State = "DISMISSED"
)

// States returns all states, in the order of their lives.
func States() []State { return []State{Waiting, Accepted, Contested, Lapsed, Settled, Dismissed} }

// Final reports whether nothing can happen to a dispute of a stage any more.
func (s State) Final(stage connectors.DisputeStage) bool {
	return s == Lapsed || s == Settled || s == Dismissed || s == Contested && stage == connectors.Retrieval
}

// Event is what can happen to a dispute.
type Event string

// The events.
const (
	// GivesBack: the acquirer gives back all or a part.
	GivesBack Event = "GIVES_BACK"
	// Contests: the acquirer gives back nothing.
	Contests Event = "CONTESTS"
	// TimeOver: the acquirer has not answered until the day.
	TimeOver Event = "TIME_OVER"
	// ForPayer: two people book what goes back.
	ForPayer Event = "FOR_PAYER"
	// EscalatedAgain: the wallet has opened another escalation in its place.
	EscalatedAgain Event = "ESCALATED_AGAIN"
	// ForMerchant: two people decide that nothing goes back.
	ForMerchant Event = "FOR_MERCHANT"
)

// turn is an event in a state.
type turn struct {
	state State
	event Event
}

// turns say what follows in both stages, and those of an escalation what follows only or
// otherwise there: who does not answer an escalation has lost it, as in card schemes; who
// does not answer a retrieval has given no evidence, no more. A wallet takes back what
// waits, which is for the merchant.
var (
	turns = map[turn]State{
		{Waiting, GivesBack}: Accepted, {Waiting, Contests}: Contested, {Waiting, TimeOver}: Lapsed,
		{Waiting, ForMerchant}: Dismissed, {Accepted, ForPayer}: Settled,
	}
	turnsOfEscalation = map[turn]State{
		{Waiting, TimeOver}: Accepted, {Contested, ForPayer}: Settled, {Contested, ForMerchant}: Dismissed,
		{Contested, EscalatedAgain}: Dismissed,
	}
)

// Step returns the state after an event, and whether it may happen.
func Step(stage connectors.DisputeStage, state State, event Event) (State, bool) {
	if next, ok := turnsOfEscalation[turn{state, event}]; ok && stage == connectors.Escalation {
		return next, true
	}
	if next, ok := turns[turn{state, event}]; ok {
		return next, true
	}
	return state, false
}
