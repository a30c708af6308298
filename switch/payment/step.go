package payment

import "strings"

// Effect is a set of things to carry out together with a change of state.
type Effect uint16

// The effects. Reserve, Post and Void change money and belong into the
// transaction of the change; the others are carried out after its commit.
const (
	// Reserve holds the amount against the wallet's cap.
	Reserve Effect = 1 << iota
	// Post turns the reservation into entries.
	Post
	// Void releases the reservation.
	Void
	// Inquire makes asking the wallet the payment's duty.
	Inquire
	// Undo makes cancelling at the wallet the payment's duty.
	Undo
	// Rest ends the payment's duty.
	Rest
	// Notify tells the acquirer the final state.
	Notify
	// Reverse starts the return of the whole posted amount.
	Reverse
	// Contradiction records that a partner said two things that exclude each
	// other.
	Contradiction
	// Push makes asking the acquirer the payment's duty.
	Push
	// Send makes asking the wallet for the first time the payment's duty.
	Send
	// Tell has taken the place of Notify: the answer to the acquirer's own request tells it
	// the final state, which by its contract suffices. No state asks for it.
	Tell
)

var effectNames = []string{
	"reserve", "post", "void", "inquire", "undo", "rest", "notify", "reverse", "contradiction",
	"push", "send", "tell",
}

// Has reports whether all of the given effects are in the set.
func (e Effect) Has(effects Effect) bool { return e&effects == effects }

// String lists the effects: "post, rest, notify", or "none".
func (e Effect) String() string {
	var names []string
	for i, name := range effectNames {
		if e&(1<<i) != 0 {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return "none"
	}
	return strings.Join(names, ", ")
}

// Transition is the outcome of an event.
type Transition struct {
	Next    State
	Effects Effect
}

// Step returns what an event does to a payment in a state. It is total: an
// event without meaning in the state changes nothing and has no effect.
func Step(state State, event Event) Transition {
	outcome := transitions[state][event]
	if outcome.Next == "" {
		outcome.Next = state
	}
	return outcome
}

const done = Rest | Notify

// transitions lists what has an effect; all other pairs are "already so".
var transitions = map[State]map[Event]Transition{
	Created: {
		PayerScanned:    {Reserved, Reserve | Inquire},
		PayerHeld:       {UnderReview, Reserve},
		CancelRequested: {Cancelled, done},
		Expired:         {Cancelled, done},
		// Nobody was asked yet, so nobody can have said yes.
		WalletAccepted: {Created, Contradiction},
		PushDue:        {Created, Contradiction},
	},
	// Nobody was asked yet here either, and the money is given back to the cap.
	UnderReview: {
		CaseReleased:    {Reserved, Send},
		OrderReleased:   {Reserved, Inquire},
		CaseRefused:     {Rejected, Void | done},
		Expired:         {Rejected, Void | done},
		CancelRequested: {Cancelled, Void | done},
		WalletAccepted:  {UnderReview, Contradiction},
		PushDue:         {UnderReview, Contradiction},
	},
	Reserved:   asked,
	Unresolved: asked,
	Pushing: {
		PushAccepted:  {Posted, Post | done},
		PushUndecided: {Pushing, Push},
		// The payer was debited: whoever does not take the payment, or takes too long,
		// has it undone at the wallet.
		PushDeclined:    {Cancelling, Undo},
		CancelRequested: {Cancelling, Undo},
		Expired:         {Cancelling, Undo},
		Exhausted:       {Cancelling, Undo},
		WalletDeclined:  {Pushing, Contradiction},
		WalletCancelled: {Pushing, Contradiction},
	},
	Cancelling: {
		// A wish to cancel beats a late yes (the payer is given the money back).
		WalletAccepted:  {Cancelling, Undo},
		PushDue:         {Cancelling, Undo},
		PushAccepted:    {Cancelling, Contradiction},
		WalletDeclined:  {Cancelled, Void | done},
		WalletCancelled: {Cancelled, Void | done},
		WalletUndecided: {Cancelling, Undo},
		WalletAbsent:    {Cancelling, Undo},
		Exhausted:       {Held, Rest},
	},
	Held: {
		// A late yes is evidence for the operators, who decide.
		WalletAccepted:  {Held, Contradiction},
		PushDue:         {Held, Contradiction},
		PushAccepted:    {Held, Contradiction},
		WalletDeclined:  {Cancelled, Void | done},
		WalletCancelled: {Cancelled, Void | done},
		OperatorPosted:  {Posted, Post | done},
		OperatorVoided:  {Cancelled, Void | done},
	},
	Posted: {
		WalletDeclined:  {Posted, Contradiction},
		WalletCancelled: {Posted, Contradiction},
		PushDeclined:    {Posted, Contradiction},
		CancelRequested: {Posted, Reverse},
	},
	Declined:  ended,
	Cancelled: ended,
	Rejected:  ended,
}

// asked is shared by the two states in which the wallet owes an answer.
var asked = map[Event]Transition{
	WalletAccepted:  {Posted, Post | done},
	PushDue:         {Pushing, Push},
	WalletDeclined:  {Declined, Void | done},
	WalletUndecided: {Unresolved, Inquire},
	WalletAbsent:    {Unresolved, Inquire},
	WalletCancelled: {Cancelled, Void | done},
	CancelRequested: {Cancelling, Undo},
	Expired:         {Cancelling, Undo},
	Exhausted:       {Cancelling, Undo},
}

// ended is shared by the final states in which no money has moved: a payer who
// was debited all the same gets the money back.
var ended = map[Event]Transition{
	WalletAccepted:  {"", Undo | Contradiction},
	PushDue:         {"", Undo | Contradiction},
	PushAccepted:    {"", Contradiction},
	WalletCancelled: {"", Rest},
	Exhausted:       {"", Rest | Contradiction},
}
