package alipayplus

import (
	"context"
	"strconv"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/internal/reason"
)

// CodeRequest is a wallet's getPaymentCode: CodeQuantity is "1" to "10", and
// "1" where it is absent. CustomerName is an extension, see the package
// comment.
type CodeRequest struct {
	Region       string    `json:"region,omitempty"       aps:"2"`
	CustomerID   string    `json:"customerId"             aps:"64,required"`
	CodeQuantity string    `json:"codeQuantity,omitempty" aps:"2"`
	CustomerName *UserName `json:"customerName,omitempty"`
}

// CodeAnswer answers getPaymentCode.
type CodeAnswer struct {
	Answer
	Codes []PaymentCodeInfo `json:"paymentCodeInfoList,omitempty"`
}

// PaymentCodeInfo is one payment code with its validity.
type PaymentCodeInfo struct {
	PaymentCode string `json:"paymentCode"           aps:"32,required"`
	ValidFrom   string `json:"codeValidityStartTime" aps:"40"`
	ExpiresAt   string `json:"codeExpiryTime"        aps:"40"`
}

// codesMost is the greatest codeQuantity.
const codesMost = 10

func (s *Server) getPaymentCode(ctx context.Context, call Call) (any, error) {
	var request CodeRequest
	if err := Decode(call.Body, &request); err != nil {
		return nil, err
	}
	quantity, err := strconv.ParseUint(firstOf(request.CodeQuantity, "1"), 10, 8)
	if err != nil || quantity < 1 || quantity > codesMost {
		return nil, illegal("codeQuantity", "not 1 to 10")
	}
	codes, err := s.hub.IssueCodes(ctx, call.From, connectors.CodeRequest{
		PayerReference: request.CustomerID, PayerName: request.CustomerName.text(),
		Region: request.Region, Quantity: int(quantity),
	})
	if err != nil {
		return nil, err
	}
	answer := CodeAnswer{Answer: Answer{ResultOf(reason.None)}}
	for _, code := range codes {
		answer.Codes = append(answer.Codes, PaymentCodeInfo{
			PaymentCode: code.Value, ValidFrom: formatTime(code.ValidFrom), ExpiresAt: formatTime(code.ExpiresAt),
		})
	}
	return answer, nil
}
