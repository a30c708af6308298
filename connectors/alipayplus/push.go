package alipayplus

import (
	"context"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/internal/reason"
)

// PushRequest is the switch's pushPayment: the payer was debited, does the
// acquirer take the payment? PaymentID is the idempotency key.
type PushRequest struct {
	AcquirerID       string  `json:"acquirerId,omitempty" aps:"64"`
	PspID            string  `json:"pspId,omitempty"      aps:"64"`
	CodeValue        string  `json:"codeValue"            aps:"512,required"`
	PaymentID        string  `json:"paymentId"            aps:"64,required"`
	PaymentRequestID string  `json:"paymentRequestId"     aps:"64,required"`
	PaymentAmount    *Amount `json:"paymentAmount"        aps:",required"`
	SettlementAmount *Amount `json:"settlementAmount,omitempty"`
	SettlementQuote  *Quote  `json:"settlementQuote,omitempty"`
	CustomerID       string  `json:"customerId,omitempty"      aps:"64"`
	WalletBrandName  string  `json:"walletBrandName,omitempty" aps:"256"`
}

// PushInquiryRequest is the switch's inquiryPushPayment.
type PushInquiryRequest struct {
	AcquirerID       string `json:"acquirerId,omitempty"       aps:"64"`
	PaymentID        string `json:"paymentId"                  aps:"64,required"`
	PaymentRequestID string `json:"paymentRequestId,omitempty" aps:"64"`
}

// PushAnswer answers pushPayment, where the result is about the payment, and
// inquiryPushPayment, where it is about the question and PaymentResult about the
// payment.
type PushAnswer struct {
	Answer
	PaymentResult    *Result `json:"paymentResult,omitempty"`
	PaymentID        string  `json:"paymentId,omitempty"        aps:"64"`
	PaymentRequestID string  `json:"paymentRequestId,omitempty" aps:"64"`
	PaymentTime      string  `json:"paymentTime,omitempty"      aps:"40"`
}

// PushNotice is an acquirer's notifyPushPayment.
type PushNotice struct {
	PaymentResult    *Result `json:"paymentResult"              aps:",required"`
	PaymentID        string  `json:"paymentId"                  aps:"64,required"`
	PaymentRequestID string  `json:"paymentRequestId,omitempty" aps:"64"`
	PaymentTime      string  `json:"paymentTime,omitempty"      aps:"40"`
}

// Push implements [connectors.Acquirer]. S is Accepted, a refusal of the payment
// Declined; a refusal of the message, U and everything else is Undecided.
func (c *Client) Push(ctx context.Context, to connectors.Participant, payment connectors.Payment) connectors.Answer {
	of := payAnswer(payment)
	asked := PushRequest{
		AcquirerID: of.AcquirerID, PspID: of.PspID, CodeValue: payment.OrderCode, PaymentID: of.PaymentID,
		PaymentRequestID: payment.RequestID, PaymentAmount: of.PaymentAmount, CustomerID: of.CustomerID,
		SettlementAmount: optionalAmount(payment.Transfer.SettlementAmount), WalletBrandName: of.WalletBrandName,
		SettlementQuote: quoteOf(payment.Transfer.Rate, payment.QuoteExpiresAt),
	}
	var said PushAnswer
	answer := c.exchange(ctx, to, PathPush, asked, &said)
	if answer.Err != nil {
		return answer
	}
	if said.about(asked.PaymentID, asked.PaymentRequestID) {
		completedAt(&answer, said.PaymentTime)
		return pushDecision(answer, readResult(said.Result))
	}
	return contradiction(answer, "another payment")
}

// about reports whether an answer is about a payment, as far as it says.
func (a PushAnswer) about(paymentID, requestID string) bool {
	return (a.PaymentID == "" || a.PaymentID == paymentID) &&
		(a.PaymentRequestID == "" || a.PaymentRequestID == requestID)
}

// pushDecision reads what an acquirer says about a payment that it was pushed.
// That the order does not exist is a refusal here: it was the acquirer's own.
func pushDecision(answer connectors.Answer, said said) connectors.Answer {
	if said.status == statusFailed && said.kind == reason.NotFound {
		answer.Decision, answer.Reason = connectors.Declined, said.kind
		return answer
	}
	return paymentDecision(answer, said)
}

// InquirePush implements [connectors.Acquirer] by inquiryPushPayment.
func (c *Client) InquirePush(
	ctx context.Context, to connectors.Participant, payment connectors.Payment,
) connectors.Answer {
	asked := PushInquiryRequest{
		AcquirerID: to.ID, PaymentID: idText(payment.ID), PaymentRequestID: payment.RequestID,
	}
	var said PushAnswer
	answer := c.exchange(ctx, to, PathInquiryPush, asked, &said)
	if answer.Err != nil {
		return answer
	}
	question := readResult(said.Result)
	switch {
	case !said.about(asked.PaymentID, asked.PaymentRequestID):
		return contradiction(answer, "another payment")
	case question.status == statusFailed && question.kind == reason.NotFound:
		return refused(answer, question.kind)
	case question.status != statusSuccess:
		return undecided(answer, question.kind)
	case said.PaymentResult == nil:
		return contradiction(answer, "no paymentResult")
	}
	completedAt(&answer, said.PaymentTime)
	return pushDecision(answer, readResult(*said.PaymentResult))
}

// notifyPushPayment takes an acquirer's final word about a payment that it was
// pushed.
func (s *Server) notifyPushPayment(ctx context.Context, call Call) (any, error) {
	var notice PushNotice
	if err := Decode(call.Body, &notice); err != nil {
		return nil, err
	}
	named, err := reference(notice.PaymentID, notice.PaymentRequestID)
	if err != nil {
		return nil, err
	}
	confirmation := connectors.Confirmation{
		CheckedFields: checked("notifyPushPayment", notice.PaymentResult.Status, notice.PaymentResult.Code,
			notice.PaymentRequestID),
		Payment: named, Words: call.words(func(connectors.Outcome) (any, error) { return received(), nil }),
	}
	if err := decide(&confirmation, *notice.PaymentResult, notice.PaymentTime); err != nil {
		return nil, err
	}
	if err := s.hub.ConfirmPush(ctx, call.From, confirmation); err != nil {
		return nil, err
	}
	return received(), nil
}
