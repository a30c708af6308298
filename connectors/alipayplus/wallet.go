package alipayplus

import (
	"context"
	"net/url"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/iso20022"
)

// WalletAnswer is a wallet's answer to pay. The two amounts are not in the
// protocol; a wallet that echoes them must echo what it was sent.
type WalletAnswer struct {
	Answer
	PaymentID        string  `json:"paymentId,omitempty"        aps:"64"`
	PaymentTime      string  `json:"paymentTime,omitempty"      aps:"40"`
	CustomerID       string  `json:"customerId,omitempty"`
	PaymentRequestID string  `json:"paymentRequestId,omitempty" aps:"64"`
	PaymentAmount    *Amount `json:"paymentAmount,omitempty"`
	PayToAmount      *Amount `json:"payToAmount,omitempty"`
	// PaymentURL and NormalURL are names of the page that the payer is sent to.
	PaymentURL string `json:"paymentUrl,omitempty" aps:"2048"`
	NormalURL  string `json:"normalUrl,omitempty"  aps:"2048"`
}

// Pay implements [connectors.Wallet]. S is Accepted, a refusal of the payment
// is Declined; a refusal of the message, U and everything else is Undecided.
func (c *Client) Pay(ctx context.Context, to connectors.Participant, payment connectors.Payment) connectors.Answer {
	return c.PreparePay(ctx, to, payment)(ctx)
}

// PreparePay implements [connectors.Preparer].
func (c *Client) PreparePay(
	ctx context.Context, to connectors.Participant, payment connectors.Payment,
) func(ctx context.Context) connectors.Answer {
	request, err := c.payRequest(to, payment)
	if err != nil {
		return func(context.Context) connectors.Answer { return failed(err) }
	}
	var said WalletAnswer
	send := c.prepare(ctx, to, PathPay, request, &said)
	return func(ctx context.Context) connectors.Answer {
		answer := send(ctx)
		if payment.Grant.Token != "" {
			answer.Sent = withoutToken(request)
		}
		if answer.Err != nil {
			return answer
		}
		return readPay(to, request, said, answer)
	}
}

// readPay completes an answer by what the wallet said.
func readPay(
	to connectors.Participant, request PayRequest, said WalletAnswer, answer connectors.Answer,
) connectors.Answer {
	answer.WalletPaymentID = said.PaymentID
	completedAt(&answer, said.PaymentTime)
	result := readResult(said.Result)
	switch {
	case said.PaymentRequestID != "" && said.PaymentRequestID != request.PaymentRequestID:
		return contradiction(answer, "paymentRequestId")
	case result.status == statusUnknown:
		answer.PaymentURL = pageOf(to, firstOf(said.NormalURL, said.PaymentURL))
		return undecided(answer, result.kind)
	case result.status == statusFailed && result.kind == reason.NotFound:
		return contradiction(answer, "pay of an unknown order")
	case result.status == statusFailed:
		return refused(answer, result.kind)
	case amountDiffers(said.PaymentAmount, request.PaymentAmount) || amountDiffers(said.PayToAmount, request.PayToAmount):
		return contradiction(answer, "amounts")
	}
	answer.Decision = connectors.Accepted
	return answer
}

// pageOf returns a wallet's page, and none where a payer must not be sent to it.
func pageOf(wallet connectors.Participant, address string) string {
	if checkAddress("paymentUrl", address, wallet.Endpoint) != nil {
		return ""
	}
	return address
}

// pageBehind returns the page of a wallet behind a network: by HTTPS, or on the network's
// host as it is called itself.
func pageBehind(network connectors.Participant, address string) string {
	page, err := url.Parse(address)
	if err != nil {
		return ""
	}
	if endpoint, err := url.Parse(network.Endpoint); err == nil && page.Hostname() == endpoint.Hostname() {
		network.Endpoint = page.Scheme + "://" + page.Host
		if page.Scheme != endpoint.Scheme {
			return ""
		}
	}
	return pageOf(network, address)
}

func (c *Client) payRequest(to connectors.Participant, payment connectors.Payment) (PayRequest, error) {
	transfer := payment.Transfer
	order, err := orderFor(transfer)
	if err != nil {
		return PayRequest{}, err
	}
	return PayRequest{
		AcquirerID: payment.AcquirerID, PspID: firstOf(payment.WalletID, to.ID), Order: order,
		PaymentRequestID: uetrText(transfer.UETR),
		PaymentAmount:    amountOf(transfer.InstructedAmount),
		PayToAmount:      amountOf(transfer.SettlementAmount),
		PaymentQuote:     quoteOf(transfer.Rate, payment.QuoteExpiresAt),
		PaymentMethod:    methodOf(payment),
		PaymentFactor:    FactorOf(payment.Mode), PaymentExpiryTime: formatTime(transfer.ExpiresAt),
		PaymentNotifyURL: notifyAddress(c.publicURL), PaymentRedirectURL: payment.RedirectURL,
	}, nil
}

// methodOf says who pays: the holder of a token, or the customer that the code or
// the scan names; nobody yet where the wallet is to ask the payer itself.
func methodOf(payment connectors.Payment) *PaymentMethod {
	method := &PaymentMethod{Type: methodType, CustomerID: payment.PayerReference}
	if payment.Grant.Token != "" {
		method.ID, method.MetaData = payment.Grant.Token, &MethodMetaData{payment.Grant.ClientID}
	}
	return method
}

// Inquire implements [connectors.Wallet], reading the two results of an
// inquiry: only a payment result that is final decides. A wallet that does not
// know the payment is Absent.
func (c *Client) Inquire(
	ctx context.Context, to connectors.Participant, request iso20022.StatusRequest,
) connectors.Answer {
	var said InquiryAnswer
	answer := c.inquire(ctx, to, InquiryRequest{PspID: to.ID, PaymentRequestID: uetrText(request.OriginalUETR)}, &said)
	return owed(answer, said.PayToAmount)
}

// owed completes an answer with what the partner says it owes.
func owed(answer connectors.Answer, amount *Amount) connectors.Answer {
	if answer.Decision != connectors.Accepted || amount == nil {
		return answer
	}
	var err error
	if answer.Owed, err = amount.read("amount"); err != nil {
		return contradiction(answer, "amount")
	}
	return answer
}

func (c *Client) inquire(
	ctx context.Context, to connectors.Participant, asked InquiryRequest, said *InquiryAnswer,
) connectors.Answer {
	answer := c.exchange(ctx, to, PathInquiryPayment, asked, said)
	if answer.Err != nil {
		return answer
	}
	question := readResult(said.Result)
	switch {
	case said.PaymentRequestID != "" && said.PaymentRequestID != asked.PaymentRequestID:
		return contradiction(answer, "paymentRequestId")
	case question.status == statusFailed && question.kind == reason.NotFound:
		return refused(answer, question.kind)
	case question.status != statusSuccess:
		return undecided(answer, question.kind)
	case said.PaymentResult == nil:
		return contradiction(answer, "no paymentResult")
	}
	answer.WalletPaymentID = said.PaymentID
	completedAt(&answer, said.PaymentTime)
	return paymentDecision(answer, readResult(*said.PaymentResult))
}

func paymentDecision(answer connectors.Answer, payment said) connectors.Answer {
	switch payment.status {
	case statusSuccess:
		answer.Decision = connectors.Accepted
		return answer
	case statusFailed:
		return refused(answer, payment.kind)
	default:
		return undecided(answer, payment.kind)
	}
}

// Cancel implements [connectors.Wallet]. S is Accepted and a cancel that came
// too late Declined; every other refusal is to be repeated.
func (c *Client) Cancel(
	ctx context.Context, to connectors.Participant, request iso20022.CancellationRequest,
) connectors.Answer {
	return c.cancel(ctx, to, CancelRequest{PspID: to.ID, PaymentRequestID: uetrText(request.OriginalUETR)})
}

func (c *Client) cancel(ctx context.Context, to connectors.Participant, asked CancelRequest) connectors.Answer {
	var said CancelAnswer
	answer := c.exchange(ctx, to, PathCancelPayment, asked, &said)
	if answer.Err != nil {
		return answer
	}
	result := readResult(said.Result)
	switch {
	case result.status == statusSuccess:
		answer.Decision = connectors.Accepted
		return answer
	case result.kind == reason.CancelTooLate || result.kind == reason.NotFound:
		return refused(answer, result.kind)
	default:
		return undecided(answer, result.kind)
	}
}

// Return implements [connectors.Wallet]. The refund id is the return id.
func (c *Client) Return(
	ctx context.Context, to connectors.Participant, payment connectors.Payment, refund iso20022.PaymentReturn,
) connectors.Answer {
	asked := RefundRequest{
		AcquirerID: payment.AcquirerID, PspID: firstOf(payment.WalletID, to.ID),
		PaymentRequestID: uetrText(refund.OriginalUETR), PaymentID: payment.WalletPaymentID,
		RefundRequestID: refund.ReturnID,
		RefundAmount:    amountOf(refund.InstructedAmount), RefundFromAmount: amountOf(refund.ReturnedAmount),
	}
	if refund.Rate != nil {
		asked.RefundQuote = &Quote{Pair: refund.Rate.Pair(), Price: refund.Rate.Decimal()}
	}
	var said RefundAnswer
	answer := c.exchange(ctx, to, PathRefund, asked, &said)
	if answer.Err != nil {
		return answer
	}
	answer.WalletPaymentID = said.RefundID
	completedAt(&answer, said.RefundTime)
	if amountDiffers(said.RefundAmount, asked.RefundAmount) {
		return contradiction(answer, "refundAmount")
	}
	return paymentDecision(answer, readResult(said.Result))
}
