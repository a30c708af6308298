package sandbox

import (
	"context"
	"net/http"
	"strconv"

	"github.com/causeway-pay/causeway/connectors/alipayplus"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/money"
)

// CodeOrder asks a wallet to fetch payment codes for a customer. Quantity is 1
// unless set; more than ten take several calls of the switch.
type CodeOrder struct {
	Customer string `json:"customer"`
	Quantity int    `json:"quantity"`
	// Region is where the customer is, ISO 3166 alpha-2; empty if that does not matter.
	Region string `json:"region,omitempty"`
}

// Codes are payment codes, and what the switch said last.
type Codes struct {
	Codes  []alipayplus.PaymentCodeInfo `json:"codes"`
	Result alipayplus.Result            `json:"result"`
}

// ScanOrder lets a customer scan a merchant's code and, with Confirm, pay at
// once.
type ScanOrder struct {
	CodeValue string `json:"codeValue"`
	Customer  string `json:"customer"`
	Confirm   bool   `json:"confirm"`
	// QuoteID is that of a firm quote, if the customer was shown one.
	QuoteID string `json:"quoteId,omitempty"`
	// Amount is what the customer has typed, where the code states none.
	Amount *alipayplus.Amount `json:"amount,omitempty"`
}

// Scan is what the customer was shown, and what became of it.
type Scan struct {
	Shown alipayplus.ScanAnswer `json:"shown"`
	// Payment is the wallet's own outcome after a confirmation.
	Payment *alipayplus.Result `json:"payment,omitempty"`
	// NotifyError says why the switch did not confirm the notification.
	NotifyError string `json:"notifyError,omitempty"`
}

// ConfirmOrder lets a customer pay what an earlier scan showed.
type ConfirmOrder struct {
	PaymentRequestID string `json:"paymentRequestId"`
	// Customer is who pays a payment that the switch asked for without knowing.
	Customer string `json:"customer,omitempty"`
}

// RateOrder asks what a currency costs. With an acquirer and an amount, in digits
// of minor units of Buy, the answer is a firm quote.
type RateOrder struct {
	Buy      string `json:"buy"`
	Acquirer string `json:"acquirer,omitempty"`
	Amount   string `json:"amount,omitempty"`
}

// IdentifyOrder asks about a code.
type IdentifyOrder struct {
	CodeValue string `json:"codeValue"`
}

// BehaviourOrder changes a customer's script.
type BehaviourOrder struct {
	Customer    string    `json:"customer"`
	Behaviour   Behaviour `json:"behaviour"`
	DelayMillis int       `json:"delayMillis"`
}

func (w *wallet) control(mux *http.ServeMux) {
	w.agreementControl(mux)
	w.walletPages(mux)
	mux.Handle("POST /control/codes", handle(w.codes))
	mux.Handle("POST /control/scan", handle(w.scan))
	mux.Handle("POST /control/confirm", handle(w.confirm))
	mux.Handle("POST /control/rate", handle(w.rate))
	mux.Handle("POST /control/identify", handle(w.identify))
	mux.Handle("POST /control/behaviour", handle(func(_ context.Context, order BehaviourOrder) (struct{}, error) {
		return struct{}{}, w.book.behave(order.Customer, order.Behaviour, order.DelayMillis)
	}))
	mux.Handle("GET /control/customers", show(func() any { customers, _ := w.book.list(); return customers }))
	mux.Handle("GET /control/movements", show(func() any { _, movements := w.book.list(); return movements }))
}

// codesPerCall is the greatest codeQuantity of getPaymentCode.
const codesPerCall = 10

func (w *wallet) codes(ctx context.Context, order CodeOrder) (Codes, error) {
	customer, err := w.book.customer(order.Customer)
	if err != nil {
		return Codes{}, err
	}
	all := Codes{Codes: []alipayplus.PaymentCodeInfo{}}
	for left := max(order.Quantity, 1); left > 0; left -= codesPerCall {
		var answer alipayplus.CodeAnswer
		err := w.call(ctx, alipayplus.PathGetPaymentCode, alipayplus.CodeRequest{
			CustomerID: customer.ID, CodeQuantity: strconv.Itoa(min(left, codesPerCall)), CustomerName: nameOf(customer),
			Region: order.Region,
		}, &answer)
		if err != nil {
			return all, err
		}
		all.Codes, all.Result = append(all.Codes, answer.Codes...), answer.Result
		if answer.Result.Status != "S" {
			return all, nil
		}
	}
	return all, nil
}

func nameOf(customer Customer) *alipayplus.UserName {
	if customer.Name == "" {
		return nil
	}
	return &alipayplus.UserName{Full: customer.Name}
}

func (w *wallet) scan(ctx context.Context, order ScanOrder) (Scan, error) {
	customer, err := w.book.customer(order.Customer)
	if err != nil {
		return Scan{}, err
	}
	var scan Scan
	err = w.call(ctx, alipayplus.PathUserInitiatedPay, alipayplus.ScanRequest{
		CodeValue: order.CodeValue, CustomerID: customer.ID, CustomerName: nameOf(customer), QuoteID: order.QuoteID,
		PaymentAmount: order.Amount,
	}, &scan.Shown)
	if err != nil || scan.Shown.Result.Status != "S" {
		return scan, err
	}
	e, err := newEntry(scan.Shown.PaymentRequestID, customer.ID, scan.Shown.PaymentAmount, scan.Shown.PayToAmount)
	if err != nil {
		return scan, err
	}
	told := offerOf(scan.Shown.Order, scan.Shown.PaymentQuote, scan.Shown.PaymentExpiryTime)
	if _, _, err := w.enter(e, told); err != nil || !order.Confirm {
		return scan, err
	}
	confirmed, err := w.confirm(ctx, ConfirmOrder{PaymentRequestID: e.requestID})
	scan.Payment, scan.NotifyError = confirmed.Payment, confirmed.NotifyError
	return scan, err
}

// confirm debits as scripted and notifies. A silent wallet keeps its word to
// itself.
func (w *wallet) confirm(ctx context.Context, order ConfirmOrder) (Scan, error) {
	e, known := w.book.find(order.PaymentRequestID)
	if !known {
		return Scan{}, reason.New(reason.NotFound, "sandbox.confirm", "")
	}
	customer, err := w.book.customer(orDefault(e.customer, order.Customer))
	if err != nil {
		return Scan{}, err
	}
	if err := w.book.assign(e.requestID, customer.ID); err != nil {
		return Scan{}, err
	}
	silent := customer.Behaviour == Silent || customer.Behaviour == SilentDebited
	switch customer.Behaviour {
	case Silent:
	case Decline:
		e = w.book.fail(e.requestID, reason.InsufficientFunds, w.clock.Now())
	case Slow, Later:
		w.rest(customer.DelayMillis)
		fallthrough
	default:
		e = w.book.debit(e.requestID, w.clock.Now())
	}
	result := alipayplus.ResultOf(e.kind())
	scan := Scan{Payment: &result}
	if silent {
		return scan, nil
	}
	err = w.notify(e)
	if customer.Behaviour == Duplicates {
		err = w.notify(e)
	}
	if err != nil {
		scan.NotifyError = err.Error()
	}
	return scan, nil
}

func (w *wallet) rate(ctx context.Context, order RateOrder) (alipayplus.RateAnswer, error) {
	request := alipayplus.RateRequest{
		SellCurrency: string(w.book.currency), BuyCurrency: order.Buy, AcquirerID: order.Acquirer,
	}
	if order.Amount != "" {
		request.PaymentAmount = &alipayplus.Amount{Currency: order.Buy, Value: order.Amount}
	}
	var answer alipayplus.RateAnswer
	err := w.call(ctx, alipayplus.PathExchangeRate, request, &answer)
	return answer, err
}

func (w *wallet) identify(ctx context.Context, order IdentifyOrder) (alipayplus.IdentifyAnswer, error) {
	var answer alipayplus.IdentifyAnswer
	err := w.call(ctx, alipayplus.PathIdentifyCode, alipayplus.IdentifyRequest{CodeValue: order.CodeValue}, &answer)
	return answer, err
}

func writeAmount(amount money.Amount) *alipayplus.Amount {
	return &alipayplus.Amount{Currency: string(amount.Currency), Value: strconv.FormatInt(amount.Minor, 10)}
}
