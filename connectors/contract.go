package connectors

import (
	"context"
	"time"

	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/iso20022"
	"github.com/causeway-pay/causeway/money"
)

// Hub is what a connector may ask of the switch on behalf of an authenticated
// participant. Errors carry a [reason.Kind]; a payment that was refused is not
// an error but a Payment with status Rejected and its reason.
type Hub interface {
	// Pay starts a payment and returns when its outcome is known or the
	// answer is due, whichever is first.
	Pay(ctx context.Context, from Participant, order Order) (Payment, error)
	// Inquire returns the present state of one of the caller's payments. A
	// payment of somebody else is NotFound, like one that never was.
	Inquire(ctx context.Context, from Participant, payment Reference) (Payment, error)
	// Cancel undoes a payment wholly, whatever its state. It succeeds when the
	// payment is cancelled; InProcess means: ask again.
	Cancel(ctx context.Context, from Participant, payment Reference) (Payment, error)
	// Return refunds a completed payment, wholly or in part.
	Return(ctx context.Context, from Participant, order ReturnOrder) (Return, error)
	// IssueCodes issues payment codes to a wallet.
	IssueCodes(ctx context.Context, from Participant, request CodeRequest) ([]Code, error)
	// Scanned prices, screens and reserves the order behind a merchant's code
	// for a payer, and returns what the payer is to pay. While its status is
	// AcceptedUnposted people look at it: the payer is not asked yet, and the wallet
	// scans again.
	Scanned(ctx context.Context, from Participant, scan Scan) (Payment, error)
	// Confirm takes a wallet's final word about a payment.
	Confirm(ctx context.Context, from Participant, confirmation Confirmation) error
	// ConfirmPush takes an acquirer's final word about a payment that was pushed to
	// it. A yes that comes when the payment is undone already is Closed.
	ConfirmPush(ctx context.Context, from Participant, confirmation Confirmation) error
	// Price tells a wallet what a currency costs: firmly for one payment, else as
	// an indication that binds nobody.
	Price(ctx context.Context, from Participant, request PriceRequest) (PriceQuote, error)
	// Identify tells a wallet what to do with a code that its payer has scanned.
	Identify(ctx context.Context, from Participant, codeValue string) (Action, error)
	// Consult lists the wallets that could pay a merchant of the caller, in the
	// order of their ids.
	Consult(ctx context.Context, from Participant, request ConsultRequest) ([]WalletOption, error)
}

// Decision is what a wallet said.
type Decision uint8

// The decisions.
const (
	// Undecided: the outcome is unknown and must be asked for.
	Undecided Decision = iota
	// Accepted: the payer was debited (pay, inquiry), or the money was given
	// back (cancel, return).
	Accepted
	// Declined: the payer was not debited and will not be, or the money was
	// not given back and will not be.
	Declined
	// Absent: the wallet does not know the payment. That is no proof that it
	// will not arrive yet.
	Absent
)

// String returns the decision's name.
func (d Decision) String() string {
	switch d {
	case Accepted:
		return "accepted"
	case Declined:
		return "declined"
	case Absent:
		return "absent"
	default:
		return "undecided"
	}
}

// Answer is a partner's answer to one call, with the bytes of both sides for the
// record. A failure of the call itself is an Undecided answer whose Err says
// what happened.
type Answer struct {
	// Operation is the protocol's name of the call, such as "alipayplus.pay".
	Operation       string
	Decision        Decision
	Reason          reason.Kind
	WalletPaymentID string
	// PayerReference is who pays, where the partner names a payer whom the hub did not
	// know.
	PayerReference string
	// PaymentURL is the wallet's page on which the payer confirms, if the answer to
	// pay names one.
	PaymentURL string
	// Owed is what the partner says that it owes for the payment, if its answer to an
	// inquiry does. The hub believes a yes only if this is what it has reserved.
	Owed           money.Amount
	CompletedAt    time.Time
	Sent, Received []byte
	Err            error
}

// Wallet is the hub's way to the payer's side.
type Wallet interface {
	// Pay asks the wallet to debit the payer. The transfer is the wallet's leg;
	// its UETR is the idempotency key.
	Pay(ctx context.Context, to Participant, payment Payment) Answer
	// Inquire asks what became of a payment.
	Inquire(ctx context.Context, to Participant, request iso20022.StatusRequest) Answer
	// Cancel asks the wallet to make sure that the payer keeps or gets back the
	// money. It is repeated until the answer is Accepted.
	Cancel(ctx context.Context, to Participant, request iso20022.CancellationRequest) Answer
	// Return asks the wallet to credit the payer. It is repeated with the same
	// return id until the answer is Accepted or Declined.
	Return(ctx context.Context, to Participant, payment Payment, refund iso20022.PaymentReturn) Answer
}

// Preparer is a [Wallet] that can make a request ready while the hub still commits what it is
// about.
type Preparer interface {
	// PreparePay does what Pay does until the request would leave. Nothing leaves until the
	// function that it returns is called, once or never.
	PreparePay(ctx context.Context, to Participant, payment Payment) func(ctx context.Context) Answer
}

// Acquirer is the hub's way to the merchant's side.
type Acquirer interface {
	// Notify delivers the final state of a payment. Accepted means that the
	// acquirer confirmed the receipt; of any other answer Err says why not.
	Notify(ctx context.Context, to Participant, payment Payment) Answer
	// Order fetches the order behind a code of the acquirer's own: Accepted with the
	// order, Declined, or Undecided. The same code gives the same request id always.
	Order(ctx context.Context, to Participant, request OrderRequest) (Order, Answer)
	// Push tells that the payer was debited and asks whether the acquirer takes the
	// payment. It may be repeated; the payment id is the key.
	Push(ctx context.Context, to Participant, payment Payment) Answer
	// InquirePush asks what became of a push. Absent means that it never arrived.
	InquirePush(ctx context.Context, to Participant, payment Payment) Answer
}

// Network is the hub's way to a network that stands for payers, as its acquirer.
type Network interface {
	// Consult asks which wallets behind the network could pay. Accepted comes with them,
	// by the network's own ids, which have no slash; Declined means that none could. It
	// may be repeated.
	Consult(ctx context.Context, to Participant, request ConsultRequest) ([]WalletOption, Answer)
}

// Issuer is the hub's way to a network that issues payment codes for payers of the
// hub's wallets.
type Issuer interface {
	// IssueCodes asks for codes that the network's merchants can scan. It has no key:
	// asked again, the network issues other codes.
	IssueCodes(ctx context.Context, to Participant, request CodeRequest) ([]Code, error)
}
