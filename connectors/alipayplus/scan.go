package alipayplus

import (
	"context"
	"encoding/json"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/iso20022"
	"github.com/causeway-pay/causeway/money"
)

// ScanRequest is a wallet's userInitiatedPay: its payer has scanned a
// merchant's code. CustomerName is an extension, see the package comment.
type ScanRequest struct {
	CodeValue       string    `json:"codeValue"                 aps:"512,required"`
	CustomerID      string    `json:"customerId"                aps:"64,required"`
	PassThroughInfo string    `json:"passThroughInfo,omitempty" aps:"20000"`
	CustomerName    *UserName `json:"customerName,omitempty"`
	// QuoteID is that of a firm quote of inquiryForeignExchangeQuote, an extension.
	QuoteID string `json:"quoteId,omitempty" aps:"64"`
	// PaymentAmount is what the payer has typed, an extension.
	PaymentAmount *Amount `json:"paymentAmount,omitempty"`
}

// ScanAnswer answers userInitiatedPay with what the payer is to confirm:
// PaymentAmount at the merchant, PayToAmount on the wallet's leg.
type ScanAnswer struct {
	Answer
	CodeType          string          `json:"codeType,omitempty"          aps:"64"`
	AcquirerID        string          `json:"acquirerId,omitempty"        aps:"64"`
	PspID             string          `json:"pspId,omitempty"             aps:"64"`
	PaymentRequestID  string          `json:"paymentRequestId,omitempty"  aps:"64"`
	Order             json.RawMessage `json:"order,omitempty"`
	PaymentAmount     *Amount         `json:"paymentAmount,omitempty"`
	PayToAmount       *Amount         `json:"payToAmount,omitempty"`
	PaymentQuote      *Quote          `json:"paymentQuote,omitempty"`
	PaymentFactor     *PaymentFactor  `json:"paymentFactor,omitempty"`
	PaymentNotifyURL  string          `json:"paymentNotifyUrl,omitempty"  aps:"2048"`
	PaymentExpiryTime string          `json:"paymentExpiryTime,omitempty" aps:"40"`
	// PaymentRedirectURL is where the payer is sent after paying.
	PaymentRedirectURL string `json:"paymentRedirectUrl,omitempty" aps:"2048"`
}

func (s *Server) userInitiatedPay(ctx context.Context, call Call) (any, error) {
	var request ScanRequest
	if err := Decode(call.Body, &request); err != nil {
		return nil, err
	}
	quoteID, err := readQuoteID(request.QuoteID)
	if err != nil {
		return nil, err
	}
	typed, err := request.typed()
	if err != nil {
		return nil, err
	}
	payment, err := s.hub.Scanned(ctx, call.From, connectors.Scan{
		Amount:    typed,
		CodeValue: request.CodeValue, PayerReference: request.CustomerID,
		PayerName: request.CustomerName.text(), QuoteID: quoteID,
		Words: call.words(func(o connectors.Outcome) (any, error) { return s.scanAnswer(o.Payment) }),
	})
	if err != nil {
		return nil, err
	}
	return s.scanAnswer(payment)
}

// typed is the amount that the payer has typed; zero if nobody did.
func (r ScanRequest) typed() (money.Amount, error) {
	if r.PaymentAmount == nil {
		return money.Amount{}, nil
	}
	return r.PaymentAmount.read("paymentAmount")
}

// payable refuses a scan of an order that is final, or not released yet: there is nothing
// to confirm, and a payer must not be asked. While people look at it the wallet is told
// that it is in process, U, and asks again with the same code.
func payable(payment connectors.Payment) error {
	const op = "alipayplus.scan"
	switch payment.Status {
	case iso20022.AcceptedUnposted:
		return reason.New(reason.InProcess, op, "")
	case iso20022.Completed:
		return reason.New(reason.Closed, op, "")
	case iso20022.Cancelled, iso20022.Rejected:
		return reason.New(outcome(payment.Status, payment.Reason), op, "")
	default:
		return nil
	}
}

func (s *Server) scanAnswer(payment connectors.Payment) (ScanAnswer, error) {
	if err := payable(payment); err != nil {
		return ScanAnswer{}, err
	}
	order, err := orderFor(payment.Transfer)
	if err != nil {
		return ScanAnswer{}, err
	}
	return ScanAnswer{
		Answer: Answer{ResultOf(reason.None)}, CodeType: "ORDER_CODE",
		AcquirerID: payment.AcquirerID, PspID: payment.WalletID,
		PaymentRequestID: uetrText(payment.Transfer.UETR), Order: order,
		PaymentAmount:      optionalAmount(payment.Transfer.InstructedAmount),
		PayToAmount:        optionalAmount(payment.Transfer.SettlementAmount),
		PaymentQuote:       quoteOf(payment.Transfer.Rate, payment.QuoteExpiresAt),
		PaymentFactor:      FactorOf(payment.Mode),
		PaymentNotifyURL:   notifyAddress(s.publicURL),
		PaymentExpiryTime:  formatTime(payment.Transfer.ExpiresAt),
		PaymentRedirectURL: payment.RedirectURL,
	}, nil
}

// notifyAddress is where a wallet is to send notifyPayment.
func notifyAddress(publicURL string) string {
	if publicURL == "" {
		return ""
	}
	return publicURL + PathNotifyPayment
}
