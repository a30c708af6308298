package connectors

import (
	"time"

	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/iso20022"
	"github.com/causeway-pay/causeway/money"
)

// Mode is how payer and merchant meet. Its text is also the LocalInstrument of
// the transfer.
type Mode string

// The modes.
const (
	// PaymentCode: the payer shows a code, the merchant scans it.
	PaymentCode Mode = "PaymentCode"
	// OrderCode: the merchant shows a code for one order, the payer scans it.
	OrderCode Mode = "OrderCode"
	// EntryCode: the merchant shows a code that opens a page of the acquirer; the
	// order comes from there.
	EntryCode Mode = "EntryCode"
	// Cashier: the payer buys in a browser or an app and is redirected to pay.
	Cashier Mode = "Cashier"
	// PrivateOrderCode: the merchant shows a code of the acquirer's own for one
	// order, the payer scans it, and the switch fetches the order.
	PrivateOrderCode Mode = "PrivateOrderCode"
	// Push: like PrivateOrderCode, but the merchant is paid only if the acquirer,
	// which is told once the payer was debited, takes the payment.
	Push Mode = "PushPayment"
	// AutoDebit: the payer agreed beforehand; the acquirer holds a token.
	AutoDebit Mode = "AutoDebit"
)

// Modes returns all modes.
func Modes() []Mode {
	return []Mode{PaymentCode, OrderCode, EntryCode, Cashier, PrivateOrderCode, Push, AutoDebit}
}

// Redirects reports whether the payer is sent to an address to pay, and back.
func (m Mode) Redirects() bool { return m == EntryCode || m == Cashier }

// Waits reports whether an order of the mode waits for a payer who is not known
// yet.
func (m Mode) Waits() bool { return m == OrderCode || m.Redirects() || m.Fetched() }

// Fetched reports whether the order is fetched from the acquirer when its code is
// scanned.
func (m Mode) Fetched() bool { return m == PrivateOrderCode || m == Push }

// Order is an acquirer's request to be paid.
type Order struct {
	// RequestID is the acquirer's idempotency key, at most 64 characters.
	RequestID string
	// CheckedFields is the SHA-256 of the fields that must be the same when
	// the request id is repeated.
	CheckedFields [32]byte
	Mode          Mode
	// Transfer holds InstructedAmount, the creditor, the payment code as proxy
	// of the debtor account (mode PaymentCode), the buyer's name as debtor if
	// the acquirer knows it, ExpiresAt, and the partner's order as
	// supplementary data. The hub fills in the rest.
	Transfer iso20022.CreditTransfer
	// SettlementCurrency is what the acquirer wants to be settled in; empty
	// means the currency of its contract.
	SettlementCurrency money.Currency
	// NotifyURL is where the acquirer wants the result; empty means the
	// address of its contract.
	NotifyURL string
	// RedirectURL is where the payer returns to after paying (modes that redirect).
	RedirectURL string
	// StoreID is the acquirer's own id of the store where the merchant sells, if it sells in
	// one; the merchant's is the creditor's OtherID.
	StoreID string
	// AllowedRegions are the countries whose wallets may pay, ISO 3166 alpha-2;
	// none means all.
	AllowedRegions []string
	// Template is said of a fetched order whose code stands for a place: it is for the
	// payer who has scanned it alone, and the code is for others and later, too.
	Template bool
	// Grant is what the payer agreed to (mode AutoDebit).
	Grant Grant
	// CustomerID is the payer as another network knows it, which is the id that the
	// hub gave that network (mode PaymentCode, from a network alone).
	CustomerID string
	// Words are the partner's own, for the record.
	Words Words
}

// OrderRequest asks an acquirer for the order behind a code of its own.
type OrderRequest struct {
	CodeValue string
	// Mode is what the code stands for: PrivateOrderCode or Push.
	Mode Mode
	// Amount is what the payer has typed, where the code states none; zero if nobody did.
	Amount money.Amount
	// WalletID and PayerReference are who scanned it.
	WalletID       string
	PayerReference string
}

// Reference names a payment: by the hub's id or by the partner's request id.
// The payment id wins when both are given.
type Reference struct {
	PaymentID ids.ID
	RequestID string
	// Words are those of a call that says nothing but which payment it is about:
	// an inquiry or a cancel.
	Words Words
}

// Payment is a payment as one partner may see it. Its Transfer is the leg
// between the hub and that partner.
type Payment struct {
	ID        ids.ID
	RequestID string
	Mode      Mode
	Status    iso20022.Status
	// Reason says why the status is Rejected or Cancelled, or what is awaited.
	Reason reason.Kind
	// Transfer has InstructedAmount in the merchant's currency and
	// SettlementAmount in the partner's; Rate is the quote between the two.
	Transfer iso20022.CreditTransfer
	// QuoteExpiresAt ends the quote of Transfer.Rate.
	QuoteExpiresAt time.Time
	AcquirerID     string
	WalletID       string
	WalletName     string
	// PayerReference is the wallet's pseudonym of the payer.
	PayerReference string
	// WalletPaymentID is the wallet's own id of the payment.
	WalletPaymentID string
	// OrderCode is what the merchant shows (mode OrderCode), or the address that the
	// payer is sent to (modes that redirect).
	OrderCode string
	NotifyURL string
	// RedirectURL is where the payer returns to after paying.
	RedirectURL string
	// CompletedAt is when the payment became final.
	CompletedAt time.Time
	Returns     []Return
	// Declarable is what customs of the payer's country may be told of, in the currency
	// that was paid in, towards the acquirer and once paid; zero if there are none.
	Declarable money.Amount
	// Grant is what the payer agreed to, towards its wallet and in pay alone (mode
	// AutoDebit).
	Grant Grant
	// PaymentCode is what the payer has shown, towards the network that issued it and in
	// pay alone (mode PaymentCode).
	PaymentCode string
}

// ReturnOrder is an acquirer's request to give a payer money back.
type ReturnOrder struct {
	// RequestID is the acquirer's refund id, its idempotency key.
	RequestID     string
	CheckedFields [32]byte
	Payment       Reference
	// Amount is in the merchant's currency.
	Amount money.Amount
	// Why is free text of at most 256 characters.
	Why   string
	Words Words
}

// Return is a refund as one partner may see it.
type Return struct {
	ID        ids.ID
	RequestID string
	Status    iso20022.Status
	Reason    reason.Kind
	// Amount is in the merchant's currency.
	Amount money.Amount
	// SettlementAmount is what moves back on this partner's leg.
	SettlementAmount money.Amount
	Rate             *iso20022.AgreedRate
	CompletedAt      time.Time
}

// CodeRequest asks for payment codes for one payer of a wallet.
type CodeRequest struct {
	// PayerReference is the wallet's pseudonym of the payer, at most 64
	// characters.
	PayerReference string
	// PayerName is screened; wallets whose contract asks for it send it.
	PayerName string
	// Region is where the payer is, ISO 3166 alpha-2.
	Region string
	// Quantity is 1 to 10.
	Quantity int
}

// Code is a one-time payment code.
type Code struct {
	Value     string
	ValidFrom time.Time
	ExpiresAt time.Time
}

// Scan says that a payer of a wallet has scanned a merchant's code.
type Scan struct {
	CodeValue      string
	PayerReference string
	PayerName      string
	// Amount is what the payer has typed at a code that states none, in the merchant's
	// currency; zero if the code or its acquirer says it.
	Amount money.Amount
	// QuoteID is the firm quote that the wallet was given for this payment; zero
	// if it pays at the rate of the moment.
	QuoteID ids.ID
	Words   Words
}

// Confirmation is a wallet's word about a payment that it was asked for or that
// its payer started: final, yes or no.
type Confirmation struct {
	Payment Reference
	// CheckedFields is the SHA-256 of the fields that must be the same when the
	// payment is confirmed again; zero checks none.
	CheckedFields [32]byte
	// Decision is Accepted or Declined.
	Decision        Decision
	Reason          reason.Kind
	WalletPaymentID string
	// PayerReference is who paid, where the hub did not know it before.
	PayerReference string
	CompletedAt    time.Time
	// SettlementAmount is what the wallet says it owes; it must equal ours.
	SettlementAmount money.Amount
	Words            Words
}
