package alipayplus

import (
	"context"
	"time"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/internal/reason"
)

// RefundRequest asks to give a payer money back. RefundFromAmount and
// RefundQuote are in the switch's request to a wallet only.
type RefundRequest struct {
	AcquirerID       string  `json:"acquirerId,omitempty"       aps:"64"`
	PspID            string  `json:"pspId,omitempty"            aps:"64"`
	PaymentRequestID string  `json:"paymentRequestId,omitempty" aps:"64"`
	PaymentID        string  `json:"paymentId,omitempty"        aps:"64"`
	RefundRequestID  string  `json:"refundRequestId"            aps:"64,required"`
	RefundAmount     *Amount `json:"refundAmount"               aps:",required"`
	RefundFromAmount *Amount `json:"refundFromAmount,omitempty"`
	RefundQuote      *Quote  `json:"refundQuote,omitempty"`
	RefundReason     string  `json:"refundReason,omitempty"     aps:"256"`
}

// RefundAnswer answers refund. U means: repeat with the same refundRequestId.
type RefundAnswer struct {
	Answer
	AcquirerID       string  `json:"acquirerId,omitempty"       aps:"64"`
	PspID            string  `json:"pspId,omitempty"            aps:"64"`
	RefundID         string  `json:"refundId,omitempty"         aps:"64"`
	RefundTime       string  `json:"refundTime,omitempty"       aps:"40"`
	RefundAmount     *Amount `json:"refundAmount,omitempty"`
	SettlementAmount *Amount `json:"settlementAmount,omitempty"`
	SettlementQuote  *Quote  `json:"settlementQuote,omitempty"`
}

func (s *Server) refund(ctx context.Context, call Call) (any, error) {
	var request RefundRequest
	if err := Decode(call.Body, &request); err != nil {
		return nil, err
	}
	named, err := reference(request.PaymentID, request.PaymentRequestID)
	if err != nil {
		return nil, err
	}
	amount, err := request.RefundAmount.read("refundAmount")
	if err != nil {
		return nil, err
	}
	refund, err := s.hub.Return(ctx, call.From, connectors.ReturnOrder{
		RequestID: request.RefundRequestID, Payment: named, Amount: amount,
		Why:   request.RefundReason,
		Words: call.words(func(o connectors.Outcome) (any, error) { return refundAnswer(call.From, o.Return), nil }),
		CheckedFields: checked("refund", request.RefundAmount.Currency, request.RefundAmount.Value,
			request.PaymentRequestID, request.PaymentID),
	})
	if err != nil {
		return nil, err
	}
	return refundAnswer(call.From, refund), nil
}

func refundAnswer(acquirer connectors.Participant, refund connectors.Return) RefundAnswer {
	kind := outcome(refund.Status, refund.Reason)
	answer := RefundAnswer{
		Answer: Answer{ResultOf(kind)}, AcquirerID: acquirer.ID,
		RefundID: idText(refund.ID), RefundAmount: optionalAmount(refund.Amount),
	}
	if kind == reason.None {
		answer.RefundTime = formatTime(refund.CompletedAt)
		answer.SettlementAmount = optionalAmount(refund.SettlementAmount)
		answer.SettlementQuote = quoteOf(refund.Rate, time.Time{})
	}
	return answer
}
