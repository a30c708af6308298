package alipayplus

import (
	"context"
	"encoding/json"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/internal/reason"
)

// OrderRequest is the switch's userInitiatedPay towards an acquirer: whose order
// is behind this code?
type OrderRequest struct {
	AcquirerID string `json:"acquirerId,omitempty" aps:"64"`
	PspID      string `json:"pspId,omitempty"      aps:"64"`
	CodeValue  string `json:"codeValue"            aps:"512,required"`
	CustomerID string `json:"customerId,omitempty" aps:"64"`
	// PaymentAmount is what the payer has typed, an extension.
	PaymentAmount *Amount `json:"paymentAmount,omitempty"`
}

// OrderAnswer answers an OrderRequest. The documents call the amount
// paymentAmount, an SDK calls it amount.
type OrderAnswer struct {
	Answer
	CodeType           string              `json:"codeType,omitempty"           aps:"64"`
	PaymentRequestID   string              `json:"paymentRequestId,omitempty"   aps:"64"`
	Order              json.RawMessage     `json:"order,omitempty"`
	Amount             *Amount             `json:"amount,omitempty"`
	PaymentAmount      *Amount             `json:"paymentAmount,omitempty"`
	PaymentFactor      *PaymentFactor      `json:"paymentFactor,omitempty"`
	SettlementStrategy *SettlementStrategy `json:"settlementStrategy,omitempty"`
	PaymentExpiryTime  string              `json:"paymentExpiryTime,omitempty"  aps:"40"`
	PaymentNotifyURL   string              `json:"paymentNotifyUrl,omitempty"   aps:"2048"`
	PaymentRedirectURL string              `json:"paymentRedirectUrl,omitempty" aps:"2048"`
}

// What a code stands for: one order, or a store. Nothing public says how a store's code
// gets its amount: ours is what the payer has typed, or what the acquirer says.
const (
	codeTypeOrder = "ORDER_CODE"
	codeTypeStore = "STORE_CODE"
)

// codeKnown reports whether the code is one that can be paid. A store's without an amount
// cannot.
func (a OrderAnswer) codeKnown() bool {
	stated := a.PaymentAmount != nil || a.Amount != nil
	return a.CodeType == "" || a.CodeType == codeTypeOrder || a.CodeType == codeTypeStore && stated
}

// Order implements [connectors.Acquirer] by userInitiatedPay.
func (c *Client) Order(
	ctx context.Context, to connectors.Participant, request connectors.OrderRequest,
) (connectors.Order, connectors.Answer) {
	asked := OrderRequest{
		AcquirerID: to.ID, PspID: request.WalletID, CodeValue: request.CodeValue, CustomerID: request.PayerReference,
		PaymentAmount: optionalAmount(request.Amount),
	}
	var said OrderAnswer
	answer := c.exchange(ctx, to, PathUserInitiatedPay, asked, &said)
	if answer.Err != nil {
		return connectors.Order{}, answer
	}
	switch result := readResult(said.Result); {
	case result.status == statusUnknown:
		return connectors.Order{}, undecided(answer, result.kind)
	case result.status == statusFailed:
		return connectors.Order{}, refused(answer, result.kind)
	case !said.codeKnown():
		return connectors.Order{}, refused(answer, reason.Unsupported)
	}
	words := connectors.Words{Operation: operationOf(PathUserInitiatedPay) + ".answer", Received: answer.Received}
	order, err := said.order(request.Mode, to, words)
	if err != nil {
		return connectors.Order{}, contradiction(answer, err.Error())
	}
	answer.Decision = connectors.Accepted
	return order, answer
}

// order reads the answer as the pay that it stands for.
func (a OrderAnswer) order(
	mode connectors.Mode, acquirer connectors.Participant, words connectors.Words,
) (connectors.Order, error) {
	amount := a.PaymentAmount
	if amount == nil {
		amount = a.Amount
	}
	switch {
	case a.PaymentRequestID == "":
		return connectors.Order{}, illegal("paymentRequestId", "missing")
	case amount == nil:
		return connectors.Order{}, illegal("paymentAmount", "missing")
	case a.Amount != nil && *a.Amount != *amount:
		return connectors.Order{}, illegal("amount", "is not paymentAmount")
	case len(a.Order) == 0:
		return connectors.Order{}, illegal("order", "missing")
	}
	order, err := PayRequest{
		Order: a.Order, PaymentRequestID: a.PaymentRequestID, PaymentAmount: amount,
		PaymentMethod: &PaymentMethod{Type: methodType}, SettlementStrategy: a.SettlementStrategy,
		PaymentExpiryTime: a.PaymentExpiryTime, PaymentNotifyURL: a.PaymentNotifyURL,
		PaymentRedirectURL: a.PaymentRedirectURL,
	}.order(mode, acquirer, words)
	order.Template = a.CodeType == codeTypeStore
	return order, err
}
