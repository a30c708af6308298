package payment

// State is where a payment is in its life.
type State string

// The states. A payment that the switch refused before the wallet was asked is
// Rejected; the others follow the diagram of the package.
const (
	// Created: the merchant shows the order, nobody has scanned it.
	Created State = "CREATED"
	// UnderReview: the amount is held, and people decide whether the wallet is asked.
	UnderReview State = "UNDER_REVIEW"
	// Reserved: the amount is held against the wallet's cap and the wallet has
	// been asked, or is about to be.
	Reserved State = "RESERVED"
	// Unresolved: the wallet's answer is unknown and is being asked for.
	Unresolved State = "UNRESOLVED"
	// Pushing: the payer was debited and the acquirer has been asked whether it
	// takes the payment, or is about to be (push mode).
	Pushing State = "PUSHING"
	// Cancelling: the payment must be undone at the wallet.
	Cancelling State = "CANCELLING"
	// Held: the switch cannot find out alone; an operator decides.
	Held State = "HELD"
	// Posted: the money has moved. Final.
	Posted State = "POSTED"
	// Declined: the wallet said no. Final.
	Declined State = "DECLINED"
	// Cancelled: undone before it was posted. Final.
	Cancelled State = "CANCELLED"
	// Rejected: the switch refused it. Final.
	Rejected State = "REJECTED"
)

// States returns all states.
func States() []State {
	return []State{Created, UnderReview, Reserved, Unresolved, Pushing, Cancelling, Held, Posted, Declined, Cancelled,
		Rejected}
}

// Final reports whether the state absorbs every event.
func (s State) Final() bool {
	return s == Posted || s == Declined || s == Cancelled || s == Rejected
}

// Holding reports whether a payment in this state has an open reservation.
func (s State) Holding() bool {
	return s == UnderReview || s == Reserved || s == Unresolved || s == Pushing || s == Cancelling || s == Held
}

// Event is something that happened to a payment.
type Event string

// The events.
const (
	// PayerScanned: a payer has scanned the order and all checks have passed.
	PayerScanned Event = "PAYER_SCANNED"
	// PayerHeld: a payer has scanned the order, and people must look at it before it
	// goes on.
	PayerHeld Event = "PAYER_HELD"
	// CaseReleased: two people have let a payment go on, and the wallet is to be asked.
	CaseReleased Event = "CASE_RELEASED"
	// OrderReleased: two people have let an order go on that its payer's wallet asks for
	// by itself.
	OrderReleased Event = "ORDER_RELEASED"
	// CaseRefused: two people have refused a payment.
	CaseRefused Event = "CASE_REFUSED"
	// WalletAccepted: the wallet says that the payer was debited.
	WalletAccepted Event = "WALLET_ACCEPTED"
	// PushDue: the wallet says that the payer was debited, and the acquirer wants to
	// be asked before it is paid (push mode).
	PushDue Event = "PUSH_DUE"
	// PushAccepted: the acquirer takes the payment.
	PushAccepted Event = "PUSH_ACCEPTED"
	// PushDeclined: the acquirer does not and will not take the payment.
	PushDeclined Event = "PUSH_DECLINED"
	// PushUndecided: the acquirer gave no usable answer.
	PushUndecided Event = "PUSH_UNDECIDED"
	// WalletDeclined: the wallet says that the payer was not and will not be
	// debited.
	WalletDeclined Event = "WALLET_DECLINED"
	// WalletUndecided: the wallet gave no usable answer.
	WalletUndecided Event = "WALLET_UNDECIDED"
	// WalletAbsent: the wallet does not know the payment, which is no proof
	// that the request will not arrive yet.
	WalletAbsent Event = "WALLET_ABSENT"
	// WalletCancelled: the wallet confirms that the payer keeps or has got
	// back the money.
	WalletCancelled Event = "WALLET_CANCELLED"
	// CancelRequested: the acquirer wants the payment undone.
	CancelRequested Event = "CANCEL_REQUESTED"
	// Expired: the time to find out or to scan is over.
	Expired Event = "EXPIRED"
	// Exhausted: a duty was tried as often as its limit allows.
	Exhausted Event = "EXHAUSTED"
	// OperatorPosted: two operators found that the payer was debited.
	OperatorPosted Event = "OPERATOR_POSTED"
	// OperatorVoided: two operators found that the payer was not debited.
	OperatorVoided Event = "OPERATOR_VOIDED"
)

// Events returns all events.
func Events() []Event {
	return []Event{
		PayerScanned, PayerHeld, CaseReleased, OrderReleased, CaseRefused, WalletAccepted, WalletDeclined, WalletUndecided,
		WalletAbsent, WalletCancelled,
		PushDue, PushAccepted, PushDeclined, PushUndecided, CancelRequested, Expired, Exhausted, OperatorPosted,
		OperatorVoided,
	}
}
