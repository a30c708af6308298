package wire

import (
	"encoding/json"
	"time"
)

// MerchantStatus is whether a merchant, or a store of it, may be paid by the payers of a
// wallet.
type MerchantStatus struct {
	AcquirerID string `json:"acquirer_id"`
	// RequestID is the registrationRequestId of the acquirer.
	RequestID  string `json:"request_id"`
	MerchantID string `json:"merchant_id"`
	// StoreID is empty for the merchant itself.
	StoreID  string `json:"store_id,omitempty"`
	WalletID string `json:"wallet_id"`
	// Status is PENDING, REGISTERED or REFUSED, and Why what a refused one was told.
	Status    string    `json:"status"`
	Why       string    `json:"why,omitempty"`
	ChangedAt time.Time `json:"changed_at"`
}

// Merchants are the states of merchants, the ones that were changed last first.
type Merchants struct {
	Merchants []MerchantStatus `json:"merchants"`
}

// MerchantFile is a registration as the acquirer sent it, and what it has come to.
type MerchantFile struct {
	RegisteredAt time.Time        `json:"registered_at"`
	Registration json.RawMessage  `json:"registration"`
	Statuses     []MerchantStatus `json:"statuses"`
}
