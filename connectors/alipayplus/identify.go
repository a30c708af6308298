package alipayplus

import (
	"context"
	"strconv"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/internal/reason"
)

// IdentifyRequest is a wallet's identifyCode: is this code one of the network's?
type IdentifyRequest struct {
	CodeValue string `json:"codeValue" aps:"512,required"`
}

// IdentifyAnswer answers identifyCode. A code that is not supported is a good
// answer too: the wallet looks for another use of it.
type IdentifyAnswer struct {
	Answer
	IsSupported string `json:"isSupported,omitempty"`
	CodeValue   string `json:"codeValue,omitempty"`
	// Action is ActionDecode or ActionOpenURL, for supported codes.
	Action string `json:"postCodeMatchActionType,omitempty"`
	// RedirectURL and UserAgent are for ActionOpenURL: what to open in a web
	// view, and the token that its user agent must contain.
	RedirectURL string `json:"redirectUrl,omitempty"`
	UserAgent   string `json:"userAgent,omitempty"`
}

// What a wallet does with a supported code. The documentation names the field
// and not its values.
const (
	// ActionDecode: call userInitiatedPay with the code.
	ActionDecode = "DECODE"
	// ActionOpenURL: open the code in a web view.
	ActionOpenURL = "OPEN_URL"
)

// userAgentToken is by what an acquirer's page knows that it was opened by a
// wallet of the network.
const userAgentToken = "AlipayConnect"

func (s *Server) identifyCode(ctx context.Context, call Call) (any, error) {
	var request IdentifyRequest
	if err := Decode(call.Body, &request); err != nil {
		return nil, err
	}
	action, err := s.hub.Identify(ctx, call.From, request.CodeValue)
	if err != nil {
		return nil, err
	}
	answer := IdentifyAnswer{
		Answer: Answer{ResultOf(reason.None)}, CodeValue: request.CodeValue,
		IsSupported: strconv.FormatBool(action != connectors.ActionNone),
	}
	switch action {
	case connectors.ActionScan:
		answer.Action = ActionDecode
	case connectors.ActionOpen:
		answer.Action, answer.RedirectURL, answer.UserAgent = ActionOpenURL, request.CodeValue, userAgentToken
	}
	return answer, nil
}
