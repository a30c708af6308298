package engine

import (
	"context"
	"slices"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/fx"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/money"
)

// QuoteRequest asks what a payment would cost and bring.
type QuoteRequest struct {
	// OwnerID is who the quote is for: AcquirerID or WalletID.
	OwnerID              string
	AcquirerID, WalletID string
	Mode                 connectors.Mode
	// Amount is what the merchant is to be paid, in the merchant's currency.
	Amount money.Amount
}

// Indicate prices a payment without any promise: the rates may be others a moment
// later, nothing is kept, and there is no id to pay by.
func (e *Engine) Indicate(request QuoteRequest) (fx.Offer, error) {
	p, err := e.partiesOf(request)
	if err != nil {
		return fx.Offer{}, err
	}
	return e.Pricer.Offer(e.request(p, request.Amount, productOf(request.Mode)))
}

// Quote prices a payment firmly: until the quote expires, its owner may make the
// payment at it, once.
func (e *Engine) Quote(ctx context.Context, request QuoteRequest) (fx.Firm, error) {
	p, err := e.partiesOf(request)
	if err != nil {
		return fx.Firm{}, err
	}
	asked := e.request(p, request.Amount, productOf(request.Mode))
	offer, err := e.Pricer.Offer(asked)
	if err != nil {
		return fx.Firm{}, err
	}
	firm := fx.Firm{
		ID: ids.New(), Region: e.options.Region, OwnerID: request.OwnerID, AcquirerID: request.AcquirerID,
		WalletID: request.WalletID, Product: productOf(request.Mode), Amount: request.Amount, Offer: offer,
		QuotedAt: asked.At, ExpiresAt: asked.At.Add(e.options.QuoteLife),
	}
	err = e.commit(ctx, "engine.Quote", func(ctx context.Context, tx db.Tx) error { return fx.InsertFirm(ctx, tx, firm) })
	return firm, err
}

func (e *Engine) partiesOf(request QuoteRequest) (parties, error) {
	const op = "engine.Quote"
	directory := e.Directory()
	wallet, known := directory.Participant(request.WalletID)
	acquirer, also := directory.Participant(request.AcquirerID)
	switch {
	case !known || wallet.Role != connectors.RoleWallet:
		return parties{}, reason.New(reason.InvalidRequest, op, "no wallet "+request.WalletID)
	case !also || acquirer.Role != connectors.RoleAcquirer:
		return parties{}, reason.New(reason.InvalidRequest, op, "no acquirer "+request.AcquirerID)
	case request.OwnerID != request.WalletID && request.OwnerID != request.AcquirerID:
		return parties{}, reason.New(reason.InvalidRequest, op, "the owner is neither wallet nor acquirer")
	case !slices.Contains(connectors.Modes(), request.Mode):
		return parties{}, reason.New(reason.InvalidRequest, op, "no such way of paying")
	case !request.Amount.IsPositive() || !request.Amount.Currency.Known():
		return parties{}, reason.New(reason.InvalidRequest, op, "amount")
	}
	corridor, err := directory.Corridor(wallet, acquirer, request.Amount, e.Clock.Now())
	return parties{wallet, acquirer, corridor}, err
}
