package connectors

import (
	"time"

	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/money"
)

// PriceRequest asks a wallet's way: what does one currency cost in another?
type PriceRequest struct {
	// Sell is what the wallet pays in, Buy what the merchant is paid in.
	Sell, Buy money.Currency
	Mode      Mode
	// AcquirerID and Amount name one payment. With both of them the answer is a
	// firm quote for that payment; Amount is in the currency Buy.
	AcquirerID string
	Amount     money.Amount
}

// PriceQuote is the price of a currency. It binds nobody if its ID is zero.
type PriceQuote struct {
	// ID is the firm quote's, which a scan may name once until ExpiresAt.
	ID        ids.ID
	Rate      money.Rate
	QuotedAt  time.Time
	ExpiresAt time.Time
}

// Action is what a wallet does with a code that it has scanned.
type Action string

// The actions.
const (
	// ActionNone: the code is nobody's in the switch.
	ActionNone Action = ""
	// ActionScan: report the code as scanned; the order comes back.
	ActionScan Action = "scan"
	// ActionOpen: open the code, which is an address, in a web view.
	ActionOpen Action = "open"
)

// ConsultRequest asks which wallets could pay a merchant of the caller.
type ConsultRequest struct {
	// Amount is in the merchant's currency and may be zero: any amount.
	Amount money.Amount
	// Regions are the wallets' countries that are wanted, ISO 3166 alpha-2; none
	// means all.
	Regions []string
}

// WalletOption is a wallet that could pay.
type WalletOption struct {
	ID string
	// Name is what travellers know the wallet by.
	Name string
	// Country is the wallet's own, ISO 3166 alpha-2.
	Country string
}
