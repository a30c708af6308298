package engine

import (
	"context"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/money"
	"github.com/causeway-pay/causeway/switch/customs"
	"github.com/causeway-pay/causeway/switch/dispute"
	"github.com/causeway-pay/causeway/switch/payment"
)

var _ customs.Payments = (*Engine)(nil)

// DeclaredPayment implements [customs.Payments].
func (e *Engine) DeclaredPayment(
	ctx context.Context, reader db.Reader, acquirer connectors.Participant, reference connectors.Reference,
) (customs.Payment, error) {
	record, err := findRecord(ctx, reader, selectPaymentByRequest, acquirer.ID, reference.RequestID)
	if err != nil {
		return customs.Payment{}, err
	}
	p := customs.Payment{
		ID: record.ID, AcquirerID: record.AcquirerID, WalletID: record.WalletID, RequestID: record.RequestID,
		Paid: record.PayerAmount, Returned: money.New(0, record.PayerAmount.Currency),
		Completed: record.State == payment.Posted,
	}
	if p.Completed {
		p.Returned.Minor, err = payerReturned(ctx, reader, record)
	}
	return p, err
}

// payerReturned is how many minor units of what the payer has paid refunds and disputes
// have given back, or refunds are about to.
func payerReturned(ctx context.Context, reader db.Reader, record Record) (minor int64, err error) {
	returns, err := returnsOf(ctx, reader, record.ID)
	if err != nil {
		return 0, err
	}
	for _, r := range returns {
		if r.State != payment.ReturnDeclined {
			minor += r.Detail.Payer.Amount.Minor
		}
	}
	disputes, err := dispute.OfPayment(ctx, reader, record.ID)
	if err != nil {
		return 0, err
	}
	given, err := money.Prorate(record.PayerAmount, dispute.Given(disputes), record.Amount.Minor, money.HalfEven)
	return minor + given.Minor, reason.Wrap(reason.Unknown, "engine.payerReturned", err)
}
