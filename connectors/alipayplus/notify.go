package alipayplus

import (
	"context"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/money"
)

// NotifyRequest tells the final state of a payment: a wallet tells the switch,
// the switch tells an acquirer.
type NotifyRequest struct {
	AcquirerID       string  `json:"acquirerId,omitempty"       aps:"64"`
	PspID            string  `json:"pspId,omitempty"            aps:"64"`
	PaymentResult    *Result `json:"paymentResult"              aps:",required"`
	PaymentRequestID string  `json:"paymentRequestId"           aps:"64,required"`
	PaymentID        string  `json:"paymentId,omitempty"        aps:"64"`
	PaymentTime      string  `json:"paymentTime,omitempty"      aps:"40"`
	PaymentAmount    *Amount `json:"paymentAmount,omitempty"`
	PayToAmount      *Amount `json:"payToAmount,omitempty"`
	CustomerID       string  `json:"customerId,omitempty"       aps:"64"`
	WalletBrandName  string  `json:"walletBrandName,omitempty"  aps:"256"`
	SettlementAmount *Amount `json:"settlementAmount,omitempty"`
	SettlementQuote  *Quote  `json:"settlementQuote,omitempty"`
	MppPaymentID     string  `json:"mppPaymentId,omitempty"     aps:"64"`
	DeclarableAmount *Amount `json:"customsDeclarationAmount,omitempty"`
}

// notifyPayment takes a wallet's final word. The wallet's paymentRequestId is
// the UETR of its leg, as the switch gave it.
func (s *Server) notifyPayment(ctx context.Context, call Call) (any, error) {
	var request NotifyRequest
	if err := Decode(call.Body, &request); err != nil {
		return nil, err
	}
	confirmation, err := request.read(call)
	if err != nil {
		return nil, err
	}
	if err := s.hub.Confirm(ctx, call.From, confirmation); err != nil {
		return nil, err
	}
	return received(), nil
}

// received confirms the receipt of a notification.
func received() Answer { return Answer{ResultOf(reason.None)} }

func (r NotifyRequest) read(call Call) (connectors.Confirmation, error) {
	confirmation := connectors.Confirmation{
		Payment: connectors.Reference{RequestID: r.PaymentRequestID},
		CheckedFields: checked("notifyPayment", r.PaymentResult.Status, r.PaymentResult.Code, r.PaymentID, r.CustomerID,
			r.PaymentAmount.text(), r.PayToAmount.text()),
		WalletPaymentID: r.PaymentID, PayerReference: r.CustomerID,
		Words: call.words(func(connectors.Outcome) (any, error) { return received(), nil }),
	}
	if err := decide(&confirmation, *r.PaymentResult, r.PaymentTime); err != nil {
		return confirmation, err
	}
	var err error
	confirmation.SettlementAmount, err = r.settlement(confirmation.Decision)
	return confirmation, err
}

// decide writes a final result and its time into a confirmation.
func decide(confirmation *connectors.Confirmation, result Result, at string) error {
	switch said := readResult(result); said.status {
	case statusSuccess:
		confirmation.Decision = connectors.Accepted
	case statusFailed:
		confirmation.Decision, confirmation.Reason = connectors.Declined, said.kind
	default:
		return illegal("paymentResult", "not final")
	}
	if at == "" {
		return nil
	}
	moment, readable := parseBodyTime(at)
	if !readable {
		return illegal("paymentTime", "not ISO 8601 with an offset")
	}
	confirmation.CompletedAt = moment
	return nil
}

// settlement reads what the wallet says it owes. A success without it cannot be
// compared with what the payer was shown, and is refused.
func (r NotifyRequest) settlement(decision connectors.Decision) (money.Amount, error) {
	if r.PaymentAmount != nil {
		if _, err := r.PaymentAmount.read("paymentAmount"); err != nil {
			return money.Amount{}, err
		}
	}
	if r.PayToAmount != nil {
		return r.PayToAmount.read("payToAmount")
	}
	if decision == connectors.Accepted {
		return money.Amount{}, illegal("payToAmount", "missing")
	}
	return money.Amount{}, nil
}
