package wire

import (
	"time"

	"github.com/causeway-pay/causeway/internal/ids"
)

// SidePayee is the side of who was paid. The payer's is PAYER, or none.
const SidePayee = "PAYEE"

// PersonErasure is the change "forget the person who paid this payment", or was paid, with
// everything else that is known of that customer of the wallet or merchant of the acquirer.
type PersonErasure struct {
	PaymentID ids.ID `json:"payment_id"`
	Side      string `json:"side,omitempty"`
}

// PersonQuery asks what is known about a customer of a wallet by the wallet's reference,
// about a merchant of an acquirer by the acquirer's, or about who paid a payment or was
// paid.
type PersonQuery struct {
	WalletID       string  `json:"wallet_id,omitempty"`
	PayerReference string  `json:"payer_reference,omitempty"`
	AcquirerID     string  `json:"acquirer_id,omitempty"`
	PayeeReference string  `json:"payee_reference,omitempty"`
	PaymentID      *ids.ID `json:"payment_id,omitempty"`
	// Side goes with PaymentID.
	Side string `json:"side,omitempty"`
	// From is where the page before ended (its next); empty is the beginning.
	From string `json:"from,omitempty"`
}

// PersonPage is a part of what is known about a person.
type PersonPage struct {
	Payments   []PersonPayment   `json:"payments"`
	Agreements []PersonAgreement `json:"agreements"`
	// Next is empty on the last page. A page may be empty and not be the last one.
	Next string `json:"next,omitempty"`
}

// PersonPayment is a payment as who is in it may see it. A payee sees nothing of the payer,
// a payer no account of the merchant.
type PersonPayment struct {
	ID              ids.ID    `json:"id"`
	CreatedAt       time.Time `json:"created_at"`
	State           string    `json:"state"`
	WalletID        string    `json:"wallet_id,omitempty"`
	PayerReference  string    `json:"payer_reference,omitempty"`
	PayerName       string    `json:"payer_name,omitempty"`
	Debtor          *Party    `json:"debtor,omitempty"`
	DebtorAccount   string    `json:"debtor_account,omitempty"`
	AcquirerID      string    `json:"acquirer_id"`
	Merchant        Party     `json:"merchant"`
	MerchantAccount string    `json:"merchant_account,omitempty"`
	Order           string    `json:"order"`
	PayerAmount     *Amount   `json:"payer_amount,omitempty"`
	Amount          Amount    `json:"amount"`
	// Declarations are what customs were told of the payment.
	Declarations []PersonDeclaration `json:"declarations"`
	// Kept is why an erasure would leave the payment as it is: OPEN, it is not over; LAW,
	// the law wants it kept. Empty where nothing keeps it.
	Kept string `json:"kept,omitempty"`
}

// PersonDeclaration is what customs were told of a payment. Only the payer sees Buyer and
// what was said about the buyer.
type PersonDeclaration struct {
	ID            ids.ID    `json:"id"`
	DeclaredAt    time.Time `json:"declared_at"`
	State         string    `json:"state"`
	Office        string    `json:"office"`
	OfficeCountry string    `json:"office_country"`
	MerchantCode  string    `json:"merchant_code"`
	MerchantName  string    `json:"merchant_name"`
	OrderID       string    `json:"order_id"`
	Amount        Amount    `json:"amount"`
	// Buyer is known until the wallet has answered.
	Buyer *Buyer `json:"buyer,omitempty"`
	// IdentityCheck is the wallet's word on whether buyer and payer are the same;
	// WalletPaymentID and ClearingID are what customs find the payment by.
	IdentityCheck   string `json:"identity_check,omitempty"`
	WalletPaymentID string `json:"wallet_payment_id,omitempty"`
	ClearingID      string `json:"clearing_id,omitempty"`
	// Status and Result are how far it is at customs, and what they said.
	Status string `json:"status,omitempty"`
	Result string `json:"result,omitempty"`
}

// Buyer is who has bought, as an acquirer declares it.
type Buyer struct {
	Name              string `json:"name"`
	CertificateType   string `json:"certificate_type"`
	CertificateNumber string `json:"certificate_number"`
	EffectiveDate     string `json:"effective_date,omitempty"`
	ExpiryDate        string `json:"expiry_date,omitempty"`
}

// Party is a payer or a payee as a payment names them.
type Party struct {
	Name    string `json:"name"`
	Town    string `json:"town,omitempty"`
	Country string `json:"country,omitempty"`
	OtherID string `json:"other_id,omitempty"`
}

// PersonAgreement is an agreement of a payer that a merchant may take money.
type PersonAgreement struct {
	ID         ids.ID    `json:"id"`
	State      string    `json:"state"`
	AcquirerID string    `json:"acquirer_id"`
	WalletID   string    `json:"wallet_id"`
	ClientID   string    `json:"client_id"`
	CreatedAt  time.Time `json:"created_at"`
	ChangedAt  time.Time `json:"changed_at"`
	// Kept is as in PersonPayment.
	Kept string `json:"kept,omitempty"`
}

// Erasures are the persons who are to be forgotten, or have been. Nothing in here says
// who they are.
type Erasures struct {
	Erasures []Erasure `json:"erasures"`
}

// Erasure is one of them.
type Erasure struct {
	ID ids.ID `json:"id"`
	// Side is PAYER or PAYEE, PartnerID the payer's wallet or the payee's acquirer.
	Side      string `json:"side"`
	PartnerID string `json:"partner_id"`
	// State is PAYMENTS or AGREEMENTS while these are gone through, and DONE.
	State string `json:"state"`
	// Before is how old payments and ended agreements must be to be erased.
	Before       time.Time `json:"before"`
	Payments     int64     `json:"payments"`
	Declarations int64     `json:"declarations"`
	Agreements   int64     `json:"agreements"`
	// Kept are the payments and agreements that stay: KeptOpen of them because they are not
	// over, the others because the law wants them kept.
	Kept     int64      `json:"kept"`
	KeptOpen int64      `json:"kept_open"`
	AskedAt  time.Time  `json:"asked_at"`
	DoneAt   *time.Time `json:"done_at,omitempty"`
}
