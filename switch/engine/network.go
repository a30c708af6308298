package engine

import (
	"context"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/switch/route"
)

// agreeByPayer finds the terms of a payment by what the payer has shown: to us a code,
// to another network, which names its customer instead, a code of its own.
func (e *Engine) agreeByPayer(ctx context.Context, record *Record, order connectors.Order) (terms, error) {
	if order.CustomerID == "" {
		return e.agreeByCode(ctx, record, order)
	}
	customer, err := route.FindCustomer(ctx, e.Pool, record.AcquirerID, order.CustomerID)
	if err != nil {
		return terms{}, err
	}
	agreed, err := e.agree(ctx, record, payer{
		walletID: customer.WalletID, reference: customer.PayerReference, name: customer.PayerName,
	})
	agreed.codeless = true
	return agreed, err
}

// agreeByNetwork finds the terms of a payment with the code of another network. Who
// pays is known there alone, and told when the payment is made.
func (e *Engine) agreeByNetwork(ctx context.Context, record *Record, network route.Participant) (terms, error) {
	record.Detail.Transfer.DebtorAccount.ProxyID = ""
	record.Detail.Transfer.DebtorAccount.ProxyType = ""
	agreed, err := e.agree(ctx, record, payer{walletID: network.ID})
	agreed.codeless = true
	return agreed, err
}

// networkCodes asks another network for codes that its merchants can scan. It knows the
// payer by an id of ours.
func (e *Engine) networkCodes(
	ctx context.Context, network, wallet route.Participant, request connectors.CodeRequest,
) ([]connectors.Code, error) {
	const op = "engine.networkCodes"
	issuer, ok := e.Issuers[network.Connector]
	if !ok {
		return nil, reason.New(reason.Unsupported, op, "no connector "+network.Connector)
	}
	customer := route.NewCustomer(network, wallet, request.PayerReference, request.PayerName)
	at := e.Clock.Now()
	err := e.commit(ctx, op, func(ctx context.Context, tx db.Tx) (err error) {
		request.PayerReference, err = route.SaveCustomer(ctx, tx, customer, at)
		return err
	})
	if err != nil {
		return nil, err
	}
	calling, cancel := context.WithTimeout(ctx, e.options.WalletPatience)
	defer cancel()
	return issuer.IssueCodes(calling, network.Participant, request)
}

// asReserved believes a yes to an inquiry only if it is about the amount that is
// reserved: nothing else can be posted.
func asReserved(record Record, answer connectors.Answer) connectors.Answer {
	if answer.Decision != connectors.Accepted || answer.Owed.Currency == "" || answer.Owed == record.PayerAmount {
		return answer
	}
	answer.Decision, answer.Reason = connectors.Undecided, reason.Unknown
	answer.Err = reason.New(reason.Unknown, "engine.inquire", "another amount than was reserved, payment "+
		record.ID.String())
	return answer
}
