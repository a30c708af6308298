package alipayplus

import (
	"context"
	"encoding/json"
	"strconv"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/iso20022"
)

// Member is a [Client] in a member's place of another network of this kind: an
// acquirer there towards a network that stands for payers, a wallet there towards one
// that stands for merchants.
//
// Between the hub and a network a payment is about one amount, in the currency of
// their agreement, which the hub finds by its own rates: the network is asked for it,
// and an answer about another amount is a contradiction. So the books of both agree
// about each other to the last minor unit.
type Member struct{ client *Client }

var (
	_ connectors.Wallet   = Member{}
	_ connectors.Acquirer = Member{}
	_ connectors.Issuer   = Member{}
	_ connectors.Network  = Member{}
)

// Member returns the client's calls as a member of other networks.
func (c *Client) Member() Member { return Member{c} }

// Pay implements [connectors.Wallet] by an acquirer's pay. What cannot be asked for
// again, a code or a token that nobody has kept, is refused without a call.
func (m Member) Pay(
	ctx context.Context, to connectors.Participant, payment connectors.Payment,
) connectors.Answer {
	const op = "alipayplus.member.Pay"
	request, err := m.payRequest(to, payment)
	if err != nil {
		return failed(err)
	}
	switch {
	case payment.Mode == connectors.PaymentCode && payment.PaymentCode == "":
		return notSent(PathPay, request, reason.ExpiredCode)
	case payment.Mode == connectors.AutoDebit && payment.Grant.Token == "":
		return notSent(PathPay, request, reason.ExpiredToken)
	case payment.Mode != connectors.PaymentCode && payment.Mode != connectors.AutoDebit && !payment.Mode.Redirects():
		return notSent(PathPay, request, reason.Unsupported)
	}
	var said PayAnswer
	answer := m.client.exchange(ctx, to, PathPay, request, &said)
	answer.Sent = withoutCode(request)
	if answer.Err != nil {
		return answer
	}
	answer.WalletPaymentID, answer.PayerReference = said.PaymentID, cut(said.CustomerID, idMost)
	completedAt(&answer, said.PaymentTime)
	result := readResult(said.Result)
	switch {
	case result.status == statusUnknown:
		answer.PaymentURL = pageOf(to, firstOf(said.NormalURL, said.PaymentURL))
		return undecided(answer, result.kind)
	case result.status == statusFailed && result.kind == reason.NotFound:
		return contradiction(answer, op+" of an unknown order")
	case result.status == statusFailed:
		return refused(answer, result.kind)
	}
	return agreed(answer, request.PaymentAmount, said.PaymentAmount, said.SettlementAmount)
}

// agreed accepts an answer whose amounts are those of the agreement.
func agreed(answer connectors.Answer, asked *Amount, said ...*Amount) connectors.Answer {
	for _, amount := range said {
		if amountDiffers(amount, asked) {
			return contradiction(answer, "amounts")
		}
	}
	answer.Decision = connectors.Accepted
	return answer
}

// notSent is the answer to a call that the network need not be asked: the payment
// never left the hub.
func notSent(path string, request PayRequest, kind reason.Kind) connectors.Answer {
	return connectors.Answer{
		Operation: operationOf(path), Decision: connectors.Declined, Reason: kind, Sent: withoutCode(request),
	}
}

// withoutCode is a pay as it is recorded: a code, or a token, is as good as money while
// it lives.
func withoutCode(request PayRequest) []byte {
	method := *request.PaymentMethod
	method.ID, request.PaymentMethod = "", &method
	body, err := Encode(request)
	if err != nil {
		return nil // as none was sent then
	}
	return body
}

func (m Member) payRequest(to connectors.Participant, payment connectors.Payment) (PayRequest, error) {
	transfer := payment.Transfer
	order, err := orderFor(transfer)
	if err != nil {
		return PayRequest{}, err
	}
	method := &PaymentMethod{Type: methodType, ID: payment.PaymentCode}
	if payment.Mode == connectors.AutoDebit {
		method.ID, method.MetaData = payment.Grant.Token, &MethodMetaData{AuthClientID: payment.Grant.ClientID}
	}
	return PayRequest{
		Order: order, PaymentRequestID: uetrText(transfer.UETR), PaymentAmount: amountOf(transfer.SettlementAmount),
		PaymentMethod: method,
		PaymentFactor: FactorOf(payment.Mode), PaymentExpiryTime: formatTime(transfer.ExpiresAt),
		SettlementStrategy: &SettlementStrategy{Currency: string(to.Currency)},
		PaymentNotifyURL:   notifyAddress(m.client.publicURL), PaymentRedirectURL: payment.RedirectURL,
	}, nil
}

// Inquire implements [connectors.Wallet] by an acquirer's inquiryPayment.
func (m Member) Inquire(
	ctx context.Context, to connectors.Participant, request iso20022.StatusRequest,
) connectors.Answer {
	var said InquiryAnswer
	answer := m.client.inquire(ctx, to, InquiryRequest{PaymentRequestID: uetrText(request.OriginalUETR)}, &said)
	answer.PayerReference = said.CustomerID
	if said.SettlementAmount == nil {
		return owed(answer, said.PaymentAmount)
	}
	return owed(answer, said.SettlementAmount)
}

// Cancel implements [connectors.Wallet] by an acquirer's cancelPayment.
func (m Member) Cancel(
	ctx context.Context, to connectors.Participant, request iso20022.CancellationRequest,
) connectors.Answer {
	return m.client.cancel(ctx, to, CancelRequest{PaymentRequestID: uetrText(request.OriginalUETR)})
}

// Return implements [connectors.Wallet] by an acquirer's refund.
func (m Member) Return(
	ctx context.Context, to connectors.Participant, _ connectors.Payment, refund iso20022.PaymentReturn,
) connectors.Answer {
	asked := RefundRequest{
		PaymentRequestID: uetrText(refund.OriginalUETR), RefundRequestID: refund.ReturnID,
		RefundAmount: amountOf(refund.ReturnedAmount),
	}
	var said RefundAnswer
	answer := m.client.exchange(ctx, to, PathRefund, asked, &said)
	if answer.Err != nil {
		return answer
	}
	answer.WalletPaymentID = said.RefundID
	completedAt(&answer, said.RefundTime)
	answer = paymentDecision(answer, readResult(said.Result))
	if answer.Decision != connectors.Accepted {
		return answer
	}
	return agreed(answer, asked.RefundAmount, said.RefundAmount, said.SettlementAmount)
}

// Notify implements [connectors.Acquirer] by a wallet's notifyPayment, to the address
// of the contract.
func (m Member) Notify(
	ctx context.Context, to connectors.Participant, payment connectors.Payment,
) connectors.Answer {
	const op = "alipayplus.member.Notify"
	said := memberInquiryAnswer(payment)
	if said.PaymentResult.Status == statusUnknown {
		return failed(reason.New(reason.InvalidRequest, op, "the payment is not final"))
	}
	var confirmed Answer
	answer := m.client.exchange(ctx, to, PathNotifyPayment, NotifyRequest{
		PaymentResult: said.PaymentResult, PaymentRequestID: said.PaymentRequestID, PaymentID: said.PaymentID,
		PaymentTime: said.PaymentTime, PaymentAmount: said.PaymentAmount, PayToAmount: said.PayToAmount,
		CustomerID: said.CustomerID,
	}, &confirmed)
	if answer.Err != nil {
		return answer
	}
	if result := readResult(confirmed.Result); result.status != statusSuccess {
		answer.Reason = result.kind
		answer.Err = reason.New(result.kind, op, "the network did not confirm the receipt")
		return answer
	}
	answer.Decision = connectors.Accepted
	return answer
}

// Order implements [connectors.Acquirer] by a wallet's userInitiatedPay. The order is
// about what the network wants to be paid.
func (m Member) Order(
	ctx context.Context, to connectors.Participant, request connectors.OrderRequest,
) (connectors.Order, connectors.Answer) {
	asked := ScanRequest{
		CodeValue: request.CodeValue, CustomerID: request.PayerReference, PaymentAmount: optionalAmount(request.Amount),
	}
	if request.Mode != connectors.PrivateOrderCode {
		return connectors.Order{}, failed(reason.New(reason.Unsupported, "alipayplus.member.Order", ""))
	}
	var said ScanAnswer
	answer := m.client.exchange(ctx, to, PathUserInitiatedPay, asked, &said)
	if answer.Err != nil {
		return connectors.Order{}, answer
	}
	switch result := readResult(said.Result); result.status {
	case statusUnknown:
		return connectors.Order{}, undecided(answer, result.kind)
	case statusFailed:
		return connectors.Order{}, refused(answer, result.kind)
	}
	order, err := OrderAnswer{
		CodeType: said.CodeType, PaymentRequestID: said.PaymentRequestID, Order: said.Order,
		PaymentAmount: said.PayToAmount, PaymentExpiryTime: said.PaymentExpiryTime,
		PaymentRedirectURL: said.PaymentRedirectURL,
	}.order(request.Mode, to, connectors.Words{
		Operation: operationOf(PathUserInitiatedPay) + ".answer", Received: answer.Received,
	})
	if err != nil {
		return connectors.Order{}, contradiction(answer, err.Error())
	}
	answer.Decision = connectors.Accepted
	return order, answer
}

// Push implements [connectors.Acquirer]. A network takes what it was notified of.
func (m Member) Push(context.Context, connectors.Participant, connectors.Payment) connectors.Answer {
	return failed(reason.New(reason.Unsupported, "alipayplus.member.Push", ""))
}

// InquirePush implements [connectors.Acquirer].
func (m Member) InquirePush(context.Context, connectors.Participant, connectors.Payment) connectors.Answer {
	return failed(reason.New(reason.Unsupported, "alipayplus.member.InquirePush", ""))
}

// IssueCodes implements [connectors.Issuer] by a wallet's getPaymentCode.
func (m Member) IssueCodes(
	ctx context.Context, to connectors.Participant, request connectors.CodeRequest,
) ([]connectors.Code, error) {
	const op = "alipayplus.member.IssueCodes"
	asked := CodeRequest{
		Region: request.Region, CustomerID: request.PayerReference, CodeQuantity: strconv.Itoa(request.Quantity),
	}
	if request.PayerName != "" {
		asked.CustomerName = &UserName{Full: request.PayerName}
	}
	var said CodeAnswer
	if answer := m.client.exchange(ctx, to, PathGetPaymentCode, asked, &said); answer.Err != nil {
		return nil, reason.Wrap(reason.Unknown, op, answer.Err)
	}
	if result := readResult(said.Result); result.status != statusSuccess {
		return nil, reason.New(result.kind, op, "the network issued no codes")
	}
	if len(said.Codes) == 0 || len(said.Codes) > request.Quantity {
		return nil, reason.New(reason.Unknown, op, "another number of codes than was asked for")
	}
	codes := make([]connectors.Code, len(said.Codes))
	for i, code := range said.Codes {
		from, fromReadable := parseBodyTime(code.ValidFrom)
		until, untilReadable := parseBodyTime(code.ExpiresAt)
		if !allDigits(code.PaymentCode) || !fromReadable || !untilReadable {
			return nil, reason.New(reason.Unknown, op, "a code that cannot be read")
		}
		codes[i] = connectors.Code{Value: code.PaymentCode, ValidFrom: from, ExpiresAt: until}
	}
	return codes, nil
}

// merchantAmount is what the merchant of an order asks for, if its order says so.
func merchantAmount(raw json.RawMessage) *Amount {
	order, err := readOrder(raw)
	if err != nil {
		return nil
	}
	return order.Amount
}
