package connectors

import (
	"context"

	"github.com/causeway-pay/causeway/iso20022"
	"github.com/causeway-pay/causeway/money"
)

// Checkout is what the hub offers to payers who were sent to the address of an
// order. They are nobody's clients: who has the order's token may look at it and
// choose a wallet, no more.
type Checkout interface {
	// OpenOrder returns the order behind a token; of one that never was it is
	// NotFound.
	OpenOrder(ctx context.Context, token string) (OpenOrder, error)
	// ChooseWallet asks a wallet for the payment of an order and returns the order
	// as it is then. The first choice stays: another one returns the order as it
	// was.
	ChooseWallet(ctx context.Context, token, walletID string) (OpenOrder, error)
}

// OpenOrder is an order as its payer may see it.
type OpenOrder struct {
	Status iso20022.Status
	// MerchantName and Description are who sells and what.
	MerchantName, Description string
	// Amount is what the merchant is paid.
	Amount money.Amount
	// Wallets could pay the order; none if one was chosen or the order is final.
	Wallets []WalletOption
	// WalletURL is the chosen wallet's own page for the payment.
	WalletURL string
	// RedirectURL is where the payer goes when the order is final.
	RedirectURL string
}
