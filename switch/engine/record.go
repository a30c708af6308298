package engine

import (
	"time"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/fx"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/iso20022"
	"github.com/causeway-pay/causeway/money"
	"github.com/causeway-pay/causeway/settlement"
	"github.com/causeway-pay/causeway/switch/payment"
)

// Duty is what the switch still has to do about a payment or return.
type Duty string

// The duties.
const (
	// DutyNone: nothing; every final payment ends up here.
	DutyNone Duty = "NONE"
	// DutyInquire: ask the wallet what became of it (a return: ask it again).
	DutyInquire Duty = "INQUIRE"
	// DutyCancel: make the wallet cancel it.
	DutyCancel Duty = "CANCEL"
	// DutySend: ask the wallet for the first time.
	DutySend Duty = "SEND"
	// DutyExpire: close the order when its time is over.
	DutyExpire Duty = "EXPIRE"
	// DutyPush: ask the acquirer whether it takes the payment.
	DutyPush Duty = "PUSH"
)

// Record is a payment as the hub knows it.
type Record struct {
	ID              ids.ID
	Region          string
	Version         int64
	State           payment.State
	Mode            connectors.Mode
	AcquirerID      string
	RequestID       string
	WalletID        string
	PayerReference  string
	WalletPaymentID string
	OrderCode       string
	NotifyURL       string
	Reason          reason.Kind
	// Amount is what the merchant asked for.
	Amount money.Amount
	// PayerAmount is what the wallet owes, MerchantAmount what the acquirer is
	// owed before the fee; both zero until priced.
	PayerAmount    money.Amount
	MerchantAmount money.Amount
	Fee            money.Amount
	WindowID       ids.ID
	Duty           Duty
	DutyAttempts   int64
	DueAt          time.Time
	ExpiresAt      time.Time
	CreatedAt      time.Time
	CompletedAt    time.Time
	Detail         Detail
}

// Detail is the part of a record that no query needs.
type Detail struct {
	// Transfer is the order as the acquirer gave it.
	Transfer iso20022.CreditTransfer
	// PayerName is known to the hub and the wallet; no acquirer sees it.
	PayerName string
	// SettlementCurrency is what the acquirer is settled in.
	SettlementCurrency money.Currency
	// Wanted is the rate and the firm quote that the acquirer asked to be paid at;
	// nil if it takes the rate of the moment.
	Wanted *iso20022.AgreedRate
	// AllowedRegions are the countries whose wallets may pay; none means all.
	AllowedRegions []string `json:",omitempty"`
	// StoreID is the acquirer's own id of the store where the merchant sells, StaticCode
	// the static code that the payer has scanned there.
	StoreID    string `json:",omitempty"`
	StaticCode string `json:",omitempty"`
	// RedirectURL is where the payer returns to; WalletURL is the wallet's own page
	// for the payment, once it has one.
	RedirectURL string `json:",omitempty"`
	WalletURL   string `json:",omitempty"`

	Payer    Priced
	Merchant Priced
	Booked   Booked
}

// Priced is one leg with its quote. A leg without conversion has a zero QuoteID.
type Priced struct {
	Price     fx.Price
	QuoteID   ids.ID
	QuotedAt  time.Time
	ExpiresAt time.Time
	// Refund is the rate of refunds by contract, Rounding that of this leg.
	Refund   fx.RefundRate
	Rounding money.Rounding
}

// or returns another price where there is none of the day.
func (p Priced) or(other Priced) Priced {
	if p.QuoteID != ids.Nil {
		return p
	}
	return other
}

// Booked is how a payment, or a return's share of it, counts in the book of
// exposure. Amounts are in the book's currency.
type Booked struct {
	Corridor string
	// Product is how the payment was made, by which schedules charge.
	Product string
	// Worth is what the merchant's amount was worth when it was priced.
	Worth money.Amount
	// PayerIncome and MerchantIncome are what the hub earns on the legs.
	PayerIncome, MerchantIncome money.Amount
}

// booking turns a record into what settlement books.
func (r Record) booking(at time.Time) settlement.Booking {
	payer, merchant := r.Detail.Payer.Price, r.Detail.Merchant.Price
	return settlement.Booking{
		SubjectID: r.ID, PaymentID: r.ID, Region: r.Region, At: at,
		Payer: legOf(r.WalletID, payer, payer.Residue.Minor),
		// What the merchant's side gets too much by rounding, the hub lacks.
		Merchant: legOf(r.AcquirerID, merchant, -merchant.Residue.Minor),
		Fee:      r.Fee,
	}
}

// legOf is what settlement books of a price.
func legOf(participantID string, price fx.Price, residue int64) settlement.Leg {
	return settlement.Leg{
		ParticipantID: participantID, Amount: price.To, Markup: price.Markup, Spread: price.Spread, Fee: price.Fee,
		Promotion: price.Promotion, Sponsor: price.Sponsor, Residue: money.New(residue, price.To.Currency),
	}
}

// Kinds of returns.
const (
	// RefundReturn: the merchant gives back all or a part, later.
	RefundReturn = "REFUND"
	// CancelReturn: the whole payment is undone after it was posted.
	CancelReturn = "CANCEL"
)

// ReturnRecord is a return as the hub knows it.
type ReturnRecord struct {
	ID         ids.ID
	Region     string
	PaymentID  ids.ID
	Version    int64
	State      payment.ReturnState
	Kind       string
	AcquirerID string
	WalletID   string
	RequestID  string
	Reason     reason.Kind
	// Amount is in the merchant's currency.
	Amount       money.Amount
	WindowID     ids.ID
	Duty         Duty
	DutyAttempts int64
	DueAt        time.Time
	CreatedAt    time.Time
	CompletedAt  time.Time
	Detail       ReturnDetail
}

// ReturnDetail is the part of a return that no query needs: its share of each
// figure of the payment.
type ReturnDetail struct {
	Payer    settlement.Leg
	Merchant settlement.Leg
	// PayerBack and MerchantBack are the legs' prices where the contract refunds
	// at the rate of the day; zero where at the payment's own.
	PayerBack, MerchantBack Priced
	Booked                  Booked
	// Fee is given back when a payment is cancelled, and kept on a refund.
	Fee money.Amount
}

func (r ReturnRecord) booking(at time.Time) settlement.Booking {
	return settlement.Booking{
		SubjectID: r.ID, PaymentID: r.PaymentID, Region: r.Region, At: at,
		Payer: r.Detail.Payer, Merchant: r.Detail.Merchant, Fee: r.Detail.Fee, Return: true,
	}
}

// mandatory reports whether the wallet must not refuse the return.
func (r ReturnRecord) mandatory() bool { return r.Kind == CancelReturn }

// Change is one line of a payment's history.
type Change struct {
	SubjectID     ids.ID
	Version       int64
	Event         string
	State         string
	Effects       string
	Reason        reason.Kind
	Contradiction bool
	At            time.Time
}

// Message is one message on record, as sent or received.
type Message struct {
	// ID is the record's own. An ISO 20022 message carries it as its message id, in
	// 32 hexadecimal digits.
	ID ids.ID
	// PairID ties together messages that say the same, one in ISO 20022, the
	// others in the partner's words: it is the id of the former, and nil where a
	// partner's message has no counterpart.
	PairID    ids.ID
	PaymentID ids.ID
	// ReturnID is set where the message is about a return of the payment.
	ReturnID ids.ID
	// WindowID is set where the message is about a settlement window and not about
	// a payment.
	WindowID  ids.ID
	Region    string
	PartnerID string
	// Leg is the side of the hub on which the message travels.
	Leg connectors.Role
	// Direction is IN or OUT as the hub sees it.
	Direction string
	// Name is the ISO 20022 name or the partner protocol's own.
	Name string
	Body []byte
	At   time.Time
}
