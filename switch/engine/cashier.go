package engine

import (
	"context"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/switch/payment"
)

var _ connectors.Checkout = (*Engine)(nil)

// OpenOrder implements [connectors.Checkout].
func (e *Engine) OpenOrder(ctx context.Context, token string) (connectors.OpenOrder, error) {
	record, err := e.byToken(ctx, token)
	if err != nil {
		return connectors.OpenOrder{}, err
	}
	return e.openOrder(ctx, record)
}

// byToken finds the order of a token. An order that is shown as a code has no
// page.
func (e *Engine) byToken(ctx context.Context, token string) (Record, error) {
	if token == "" || e.options.PublicURL == "" {
		return Record{}, reason.New(reason.NotFound, "engine.byToken", "")
	}
	return findRecord(ctx, e.Pool, selectPaymentByOrderCode, e.options.PublicURL+CashierPath+token)
}

func (e *Engine) openOrder(ctx context.Context, record Record) (connectors.OpenOrder, error) {
	transfer := record.Detail.Transfer
	order := connectors.OpenOrder{
		Status: statuses[record.State], MerchantName: transfer.Creditor.Name, Description: transfer.Remittance,
		Amount: record.Amount, WalletURL: record.Detail.WalletURL, RedirectURL: record.Detail.RedirectURL,
	}
	if record.State != payment.Created {
		return order, nil
	}
	acquirer, known := e.Directory().Participant(record.AcquirerID)
	if !known {
		return order, nil
	}
	var err error
	order.Wallets, err = e.Consult(ctx, acquirer.Participant, connectors.ConsultRequest{
		Amount: record.Amount, Regions: record.Detail.AllowedRegions,
	})
	if kind := reason.Of(err); kind.Final() {
		return order, nil // an order that nobody can pay is shown as it is
	}
	return order, err
}

// ChooseWallet implements [connectors.Checkout]. The payer is not known before the
// wallet has asked who it is: what is reserved is the wallet's, and the wallet
// answers that the payment is in process, with its page.
func (e *Engine) ChooseWallet(ctx context.Context, token, walletID string) (connectors.OpenOrder, error) {
	const op = "engine.ChooseWallet"
	leave, err := e.enter()
	if err != nil {
		return connectors.OpenOrder{}, err
	}
	defer leave()
	record, err := e.byToken(ctx, token)
	if err != nil {
		return connectors.OpenOrder{}, err
	}
	wallet, known := e.Directory().Participant(walletID)
	switch {
	case !known || wallet.Role != connectors.RoleWallet:
		return connectors.OpenOrder{}, reason.New(reason.MethodUnavailable, op, "no such wallet")
	case record.State != payment.Created:
		return e.openOrder(ctx, record)
	case !e.Clock.Now().Before(record.ExpiresAt):
		return connectors.OpenOrder{}, reason.New(reason.Closed, op, "")
	}
	agreed, err := e.agree(ctx, &record, payer{walletID: walletID})
	if err != nil {
		return connectors.OpenOrder{}, e.refuseScan(ctx, agreed.decision, err)
	}
	by := newCaller(wallet.Participant, connectors.Words{})
	if err := e.reserveScanned(ctx, &record, agreed, by, e.Clock.Now()); err != nil {
		return connectors.OpenOrder{}, err
	}
	if by.told && record.State == payment.Reserved { // nobody else was first, nobody has to look
		if record, err = e.askKnown(ctx, record, by); err != nil {
			return connectors.OpenOrder{}, err
		}
	}
	return e.openOrder(ctx, record)
}
