package wire

import (
	"time"

	"github.com/causeway-pay/causeway/internal/ids"
)

// PersonErasure is the change "forget the person who paid this payment", with everything
// else that is known of that customer of the wallet.
type PersonErasure struct {
	PaymentID ids.ID `json:"payment_id"`
}

// PersonQuery asks what is known about a customer of a wallet, who is named by the
// wallet's reference or by a payment.
type PersonQuery struct {
	WalletID       string  `json:"wallet_id,omitempty"`
	PayerReference string  `json:"payer_reference,omitempty"`
	PaymentID      *ids.ID `json:"payment_id,omitempty"`
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

// PersonPayment is a payment as the payer may see it.
type PersonPayment struct {
	ID             ids.ID    `json:"id"`
	CreatedAt      time.Time `json:"created_at"`
	State          string    `json:"state"`
	WalletID       string    `json:"wallet_id"`
	PayerReference string    `json:"payer_reference"`
	PayerName      string    `json:"payer_name"`
	Debtor         Party     `json:"debtor"`
	DebtorAccount  string    `json:"debtor_account"`
	Merchant       Party     `json:"merchant"`
	Order          string    `json:"order"`
	PayerAmount    Amount    `json:"payer_amount"`
	Amount         Amount    `json:"amount"`
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
}

// Erasures are the persons who are to be forgotten, or have been. Nothing in here says
// who they are.
type Erasures struct {
	Erasures []Erasure `json:"erasures"`
}

// Erasure is one of them.
type Erasure struct {
	ID       ids.ID `json:"id"`
	WalletID string `json:"wallet_id"`
	// State is PAYMENTS or AGREEMENTS while these are gone through, and DONE.
	State string `json:"state"`
	// Before is how old payments and ended agreements must be to be erased.
	Before     time.Time `json:"before"`
	Payments   int64     `json:"payments"`
	Agreements int64     `json:"agreements"`
	// Kept are those that the law wants kept, or that go on.
	Kept    int64      `json:"kept"`
	AskedAt time.Time  `json:"asked_at"`
	DoneAt  *time.Time `json:"done_at,omitempty"`
}
