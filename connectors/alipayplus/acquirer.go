package alipayplus

import (
	"context"
	"strings"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/internal/reason"
)

// Notify implements [connectors.Acquirer]: it delivers a final state to the
// payment's own address, or else to notifyPayment under the contract's. Only
// SUCCESS, signed, confirms the receipt; the reason of any other outcome is what
// the acquirer said, or Unknown.
func (c *Client) Notify(ctx context.Context, to connectors.Participant, payment connectors.Payment) connectors.Answer {
	const op = "alipayplus.Notify"
	request := notifyRequest(payment)
	if request.PaymentResult.Status == statusUnknown {
		return failed(reason.New(reason.InvalidRequest, op, "the payment is not final"))
	}
	body, err := Encode(request)
	if err != nil {
		return failed(err)
	}
	received, err := c.caller.Call(ctx, notifyPeer(to, payment.NotifyURL), body)
	answer := connectors.Answer{Operation: operationOf(PathNotifyPayment), Sent: body, Received: received}
	var said Answer
	if err == nil {
		err = reason.Wrap(reason.Unknown, op, Decode(received, &said))
	}
	if err == nil {
		if result := readResult(said.Result); result.status != statusSuccess {
			err = reason.New(result.kind, op, "the acquirer did not confirm the receipt")
		}
	}
	if err != nil {
		answer.Reason, answer.Err = reason.Of(err), err
		return answer
	}
	answer.Decision = connectors.Accepted
	return answer
}

// notifyPeer is where a notification goes. An address on another host than the
// contract's is guarded, because a partner chose it and not an operator.
func notifyPeer(to connectors.Participant, address string) Peer {
	peer := Peer{Owner: to.ID, ClientID: to.ClientID, URL: address, Limits: to.Outbound}
	if address == "" {
		peer.URL = strings.TrimSuffix(to.Endpoint, "/") + PathNotifyPayment
		return peer
	}
	peer.Guarded = !sameOrigin(address, to.Endpoint)
	return peer
}

func notifyRequest(payment connectors.Payment) NotifyRequest {
	of := payAnswer(payment)
	return NotifyRequest{
		AcquirerID: of.AcquirerID, PspID: of.PspID,
		PaymentResult: &of.Result, PaymentRequestID: payment.RequestID, PaymentID: of.PaymentID,
		PaymentTime: of.PaymentTime, PaymentAmount: of.PaymentAmount, CustomerID: of.CustomerID,
		WalletBrandName: of.WalletBrandName, SettlementAmount: of.SettlementAmount,
		SettlementQuote: of.SettlementQuote, MppPaymentID: of.MppPaymentID,
		DeclarableAmount: of.DeclarableAmount,
	}
}
