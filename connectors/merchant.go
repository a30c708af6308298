package connectors

import "context"

// MerchantStatus is whether a merchant may be paid by the payers of a wallet.
type MerchantStatus string

// The states of a merchant at a wallet.
const (
	// MerchantPending: nobody has decided yet.
	MerchantPending MerchantStatus = "PENDING"
	// MerchantRegistered: it may be paid.
	MerchantRegistered MerchantStatus = "REGISTERED"
	// MerchantRefused: it may not.
	MerchantRefused MerchantStatus = "REFUSED"
)

// MerchantRegistration is what an acquirer says about a merchant, or a store of it.
type MerchantRegistration struct {
	// RequestID is the acquirer's, at most 64 characters; the same one means the same
	// registration.
	RequestID string
	// CheckedFields is the SHA-256 of what must be the same when it is repeated.
	CheckedFields [32]byte
	// MerchantID is the acquirer's own id of the merchant. StoreID is empty for the
	// merchant itself.
	MerchantID, StoreID string
	// Names is what the merchant, the company behind it and the store are called.
	Names []string
	// Body is what the acquirer sent, to be read by those who decide.
	Body []byte
}

// WalletRegistration is the state of a merchant at one wallet.
type WalletRegistration struct {
	WalletID string
	Status   MerchantStatus
	// Why is said by those who refused.
	Why string
}

// Merchants is what a connector may ask about merchants on behalf of an authenticated
// acquirer.
type Merchants interface {
	// Register takes a registration in. It may be repeated.
	Register(ctx context.Context, from Participant, registration MerchantRegistration) error
	// RegistrationStatus returns the states that the registration with a request id has
	// come to, by wallet. An unknown id is NotFound.
	RegistrationStatus(ctx context.Context, from Participant, requestID string) ([]WalletRegistration, error)
}

// RegistrationAcquirer is the hub's way to tell an acquirer what its registration has come
// to.
type RegistrationAcquirer interface {
	// NotifyRegistration tells the states by wallet; Accepted confirms the receipt.
	NotifyRegistration(ctx context.Context, to Participant, requestID string, states []WalletRegistration) Answer
}
