package alipayplus

import (
	"context"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/internal/reason"
)

// InquiryRequest asks what became of a payment. An acquirer names it by either
// id; the switch asks a wallet with all but PaymentID.
type InquiryRequest struct {
	AcquirerID       string `json:"acquirerId,omitempty"       aps:"64"`
	PspID            string `json:"pspId,omitempty"            aps:"64"`
	PaymentRequestID string `json:"paymentRequestId,omitempty" aps:"64"`
	PaymentID        string `json:"paymentId,omitempty"        aps:"64"`
}

// InquiryAnswer answers inquiryPayment: Result is about the question,
// PaymentResult about the payment.
type InquiryAnswer struct {
	Answer
	PaymentResult    *Result       `json:"paymentResult,omitempty"`
	AcquirerID       string        `json:"acquirerId,omitempty"       aps:"64"`
	PspID            string        `json:"pspId,omitempty"            aps:"64"`
	PaymentRequestID string        `json:"paymentRequestId,omitempty" aps:"64"`
	PaymentID        string        `json:"paymentId,omitempty"        aps:"64"`
	PaymentAmount    *Amount       `json:"paymentAmount,omitempty"`
	PayToAmount      *Amount       `json:"payToAmount,omitempty"`
	PaymentTime      string        `json:"paymentTime,omitempty"      aps:"40"`
	CustomerID       string        `json:"customerId,omitempty"       aps:"64"`
	WalletBrandName  string        `json:"walletBrandName,omitempty"  aps:"256"`
	SettlementAmount *Amount       `json:"settlementAmount,omitempty"`
	SettlementQuote  *Quote        `json:"settlementQuote,omitempty"`
	MppPaymentID     string        `json:"mppPaymentId,omitempty"     aps:"64"`
	DeclarableAmount *Amount       `json:"customsDeclarationAmount,omitempty"`
	Transactions     []Transaction `json:"transactions,omitempty"`
}

// Transaction is a refund as an inquiry lists it.
type Transaction struct {
	Result    Result  `json:"transactionResult"`
	ID        string  `json:"transactionId"`
	Type      string  `json:"transactionType"`
	Status    string  `json:"transactionStatus"`
	Amount    *Amount `json:"transactionAmount"`
	RequestID string  `json:"transactionRequestId"`
	Time      string  `json:"transactionTime,omitempty"`
}

func (s *Server) inquiryPayment(ctx context.Context, call Call) (any, error) {
	var request InquiryRequest
	if err := Decode(call.Body, &request); err != nil {
		return nil, err
	}
	named, err := reference(request.PaymentID, request.PaymentRequestID)
	if err != nil {
		return nil, err
	}
	named.Words = call.words(func(o connectors.Outcome) (any, error) { return inquiryAnswer(o.Payment), nil })
	payment, err := s.hub.Inquire(ctx, call.From, named)
	if err != nil {
		return nil, err
	}
	return inquiryAnswer(payment), nil
}

func inquiryAnswer(payment connectors.Payment) InquiryAnswer {
	of := payAnswer(payment)
	answer := InquiryAnswer{
		Answer: Answer{ResultOf(reason.None)}, PaymentResult: &of.Result,
		AcquirerID: of.AcquirerID, PspID: of.PspID, WalletBrandName: of.WalletBrandName,
		PaymentRequestID: payment.RequestID, PaymentID: of.PaymentID,
		PaymentAmount: of.PaymentAmount, PaymentTime: of.PaymentTime, CustomerID: of.CustomerID,
		SettlementAmount: of.SettlementAmount, SettlementQuote: of.SettlementQuote, MppPaymentID: of.MppPaymentID,
		DeclarableAmount: of.DeclarableAmount,
	}
	for _, refund := range payment.Returns {
		answer.Transactions = append(answer.Transactions, transactionOf(refund))
	}
	return answer
}

func transactionOf(refund connectors.Return) Transaction {
	kind := outcome(refund.Status, refund.Reason)
	status := "FAIL"
	switch kind {
	case reason.None:
		status = "SUCCESS"
	case reason.InProcess:
		status = "PROCESSING"
	}
	return Transaction{
		Result: ResultOf(kind), ID: idText(refund.ID), Type: "REFUND", Status: status,
		Amount: amountOf(refund.Amount), RequestID: refund.RequestID, Time: formatTime(refund.CompletedAt),
	}
}
