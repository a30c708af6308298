package sandbox

import (
	"context"
	"net/http"
	"sync"
	"time"

	"github.com/causeway-pay/causeway/connectors/alipayplus"
	"github.com/causeway-pay/causeway/internal/ids"
)

// Outcome is what an acquirer's call of the switch came to.
type Outcome[T any] struct {
	RequestID string `json:"requestId,omitempty"`
	// Micros is how long the call took, in microseconds.
	Micros int64 `json:"micros"`
	// Error says why there is no genuine answer.
	Error  string `json:"error,omitempty"`
	Answer T      `json:"answer"`
}

// The outcomes of an acquirer's operations.
type (
	// PayOutcome is the outcome of pay.
	PayOutcome = Outcome[alipayplus.PayAnswer]
	// InquiryOutcome is the outcome of inquiryPayment.
	InquiryOutcome = Outcome[alipayplus.InquiryAnswer]
	// CancelOutcome is the outcome of cancelPayment.
	CancelOutcome = Outcome[alipayplus.CancelAnswer]
	// RefundOutcome is the outcome of refund.
	RefundOutcome = Outcome[alipayplus.RefundAnswer]
	// ConsultOutcome is the outcome of consultPayment.
	ConsultOutcome = Outcome[alipayplus.ConsultAnswer]
)

// NamedPayment names a payment by either of its ids.
type NamedPayment struct {
	RequestID string `json:"requestId,omitempty"`
	PaymentID string `json:"paymentId,omitempty"`
}

// RefundOrder asks for a refund. Amount is digits of minor units; an empty
// RefundID is made up.
type RefundOrder struct {
	NamedPayment
	RefundID string `json:"refundId,omitempty"`
	Amount   string `json:"amount"`
	Currency string `json:"currency"`
	Why      string `json:"why,omitempty"`
}

// ConsultOrder asks which wallets could pay. Amount is digits of minor units and
// may be "0".
type ConsultOrder struct {
	Amount         string   `json:"amount"`
	Currency       string   `json:"currency"`
	AllowedRegions []string `json:"allowedRegions,omitempty"`
}

// LoadOrder runs many payments, so many at a time; 0 means one, and more than there are
// payments all of them.
type LoadOrder struct {
	Payments    []PayOrder `json:"payments"`
	Concurrency int        `json:"concurrency"`
}

// Load is what became of a load order: its payments in their order, and how
// long all of it took in microseconds.
type Load struct {
	Payments []PayOutcome `json:"payments"`
	Micros   int64        `json:"micros"`
}

func (a *acquirer) control(mux *http.ServeMux) {
	a.agreementControl(mux)
	a.shopPages(mux)
	mux.Handle("POST /control/pay", handle(func(ctx context.Context, order PayOrder) (PayOutcome, error) {
		return a.pay(ctx, order), nil
	}))
	mux.Handle("POST /control/inquire", handle(func(ctx context.Context, named NamedPayment) (InquiryOutcome, error) {
		return ask[alipayplus.InquiryAnswer](ctx, a, alipayplus.PathInquiryPayment, named.RequestID, named.message()), nil
	}))
	mux.Handle("POST /control/cancel", handle(func(ctx context.Context, named NamedPayment) (CancelOutcome, error) {
		return ask[alipayplus.CancelAnswer](ctx, a, alipayplus.PathCancelPayment, named.RequestID, named.message()), nil
	}))
	mux.Handle("POST /control/refund", handle(a.refund))
	mux.Handle("POST /control/consult", handle(a.consult))
	mux.Handle("POST /control/show", handle(func(_ context.Context, order OwnOrder) (OwnCode, error) {
		return a.orders.show(order)
	}))
	mux.Handle("GET /control/pushed", show(func() any { return a.orders.list() }))
	mux.Handle("POST /control/load", handle(a.load))
	mux.Handle("GET /control/notifications", show(func() any { return a.received() }))
}

func (n NamedPayment) message() alipayplus.InquiryRequest {
	return alipayplus.InquiryRequest{PaymentRequestID: n.RequestID, PaymentID: n.PaymentID}
}

// ask calls the switch and measures.
func ask[T any](ctx context.Context, a *acquirer, path, requestID string, message any) Outcome[T] {
	outcome, started := Outcome[T]{RequestID: requestID}, a.clock.Now()
	err := a.call(ctx, path, message, &outcome.Answer)
	outcome.Micros = a.clock.Now().Sub(started).Microseconds()
	if err != nil {
		outcome.Error = err.Error()
	}
	return outcome
}

func (a *acquirer) pay(ctx context.Context, order PayOrder) PayOutcome {
	if order.RequestID == "" {
		order.RequestID = "PR-" + ids.New().String()
	}
	message, err := a.request(order)
	if err != nil {
		return PayOutcome{RequestID: order.RequestID, Error: err.Error()}
	}
	return ask[alipayplus.PayAnswer](ctx, a, alipayplus.PathPay, order.RequestID, message)
}

func (a *acquirer) refund(ctx context.Context, order RefundOrder) (RefundOutcome, error) {
	if order.RefundID == "" {
		order.RefundID = "RF-" + ids.New().String()
	}
	return ask[alipayplus.RefundAnswer](ctx, a, alipayplus.PathRefund, order.RefundID, alipayplus.RefundRequest{
		PaymentRequestID: order.RequestID, PaymentID: order.PaymentID, RefundRequestID: order.RefundID,
		RefundAmount: &alipayplus.Amount{Currency: order.Currency, Value: order.Amount}, RefundReason: order.Why,
	}), nil
}

func (a *acquirer) consult(ctx context.Context, order ConsultOrder) (ConsultOutcome, error) {
	return ask[alipayplus.ConsultAnswer](ctx, a, alipayplus.PathConsultPayment, "", alipayplus.ConsultRequest{
		PaymentAmount:     &alipayplus.Amount{Currency: order.Currency, Value: order.Amount},
		AllowedPspRegions: order.AllowedRegions,
	}), nil
}

func (a *acquirer) load(ctx context.Context, order LoadOrder) (Load, error) {
	done, started := Load{Payments: make([]PayOutcome, len(order.Payments))}, a.clock.Now()
	next := make(chan int)
	var workers sync.WaitGroup
	for range min(max(order.Concurrency, 1), len(order.Payments)) {
		workers.Go(func() {
			for i := range next {
				done.Payments[i] = a.pay(ctx, order.Payments[i])
			}
		})
	}
	for i := range order.Payments {
		next <- i
	}
	close(next)
	workers.Wait()
	done.Micros = a.clock.Now().Sub(started).Microseconds()
	return done, nil
}

func (a *acquirer) inSeconds(seconds int) string {
	return a.clock.Now().Add(time.Duration(seconds) * time.Second).Format(time.RFC3339)
}
