package alipayplus

import (
	"context"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/iso20022"
)

// CancelRequest asks to undo a payment wholly; it names the payment as
// [InquiryRequest] does.
type CancelRequest = InquiryRequest

// CancelAnswer answers cancelPayment. U means: repeat.
type CancelAnswer struct {
	Answer
	AcquirerID string `json:"acquirerId,omitempty" aps:"64"`
	PspID      string `json:"pspId,omitempty"      aps:"64"`
}

func (s *Server) cancelPayment(ctx context.Context, call Call) (any, error) {
	var request CancelRequest
	if err := Decode(call.Body, &request); err != nil {
		return nil, err
	}
	named, err := reference(request.PaymentID, request.PaymentRequestID)
	if err != nil {
		return nil, err
	}
	named.Words = call.words(func(o connectors.Outcome) (any, error) { return cancelAnswer(o.Payment), nil })
	payment, err := s.hub.Cancel(ctx, call.From, named)
	if err != nil {
		return nil, err
	}
	return cancelAnswer(payment), nil
}

func cancelAnswer(payment connectors.Payment) CancelAnswer {
	kind := reason.InProcess
	// A payment that was refused never moved money: the merchant may treat the
	// sale as void, which is all that a cancel asks for.
	if payment.Status == iso20022.Cancelled || payment.Status == iso20022.Rejected {
		kind = reason.None
	}
	return CancelAnswer{Answer: Answer{ResultOf(kind)}, AcquirerID: payment.AcquirerID, PspID: payment.WalletID}
}
