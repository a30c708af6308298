package sandbox

import (
	"context"
	"sync"

	"github.com/causeway-pay/causeway/connectors/alipayplus"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/reason"
)

// PushBehaviour is what an acquirer does when the switch pushes a payment to it.
type PushBehaviour string

// The behaviours.
const (
	// PushAccept takes the payment.
	PushAccept PushBehaviour = "accept"
	// PushDecline refuses it for its risk.
	PushDecline PushBehaviour = "decline"
	// PushLater answers that the payment is in process, takes it when it is asked
	// again, and notifies.
	PushLater PushBehaviour = "later"
	// PushSilent takes the payment and never answers the push.
	PushSilent PushBehaviour = "silent"
	// PushNever answers every question that the payment is in process.
	PushNever PushBehaviour = "never"
	// PushEarly notifies before it answers the push.
	PushEarly PushBehaviour = "early"
)

// OwnOrder lets an acquirer show a code of its own. Code is what the merchant
// shows; the rest is as in a pay.
type OwnOrder struct {
	PayOrder
	Code string        `json:"ownCode"`
	Push PushBehaviour `json:"push,omitempty"`
}

// OwnCode is a code that a merchant shows.
type OwnCode struct {
	Code      string `json:"code"`
	RequestID string `json:"requestId"`
}

// Pushed is a payment that was pushed to an acquirer.
type Pushed struct {
	alipayplus.PushRequest
	// Taken is whether the merchant was told to be paid.
	Taken bool `json:"taken"`
	Times int  `json:"times"`
}

// orders are an acquirer's own orders. It is safe for concurrent use.
type orders struct {
	mu     sync.Mutex
	byCode map[string]OwnOrder
	asked  int
	pushed map[string]*Pushed // by payment id
}

func newOrders() orders { return orders{byCode: map[string]OwnOrder{}, pushed: map[string]*Pushed{}} }

func (o *orders) show(order OwnOrder) (OwnCode, error) {
	if order.Code == "" {
		return OwnCode{}, reason.New(reason.InvalidRequest, "sandbox.orders", "ownCode is missing")
	}
	if order.RequestID == "" {
		order.RequestID = "PR-" + ids.New().String()
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.byCode[order.Code] = order
	return OwnCode{order.Code, order.RequestID}, nil
}

func (o *orders) find(code string) (OwnOrder, bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.asked++
	order, known := o.byCode[code]
	return order, known
}

func (o *orders) list() []Pushed {
	o.mu.Lock()
	defer o.mu.Unlock()
	all := make([]Pushed, 0, len(o.pushed))
	for _, p := range o.pushed {
		all = append(all, *p)
	}
	return all
}

// push enters a payment once and returns it with its order. The same payment id
// with other amounts is refused, as is a payment that is not the order's.
func (o *orders) push(request alipayplus.PushRequest) (OwnOrder, Pushed, error) {
	const op = "sandbox.push"
	o.mu.Lock()
	defer o.mu.Unlock()
	order, known := o.byCode[request.CodeValue]
	paid := alipayplus.Amount{Currency: order.Currency, Value: order.Amount}
	if !known || order.RequestID != request.PaymentRequestID || paid != *request.PaymentAmount {
		return order, Pushed{}, reason.New(reason.NotFound, op, "")
	}
	entry := o.pushed[request.PaymentID]
	if entry == nil {
		entry = &Pushed{PushRequest: request}
	}
	if entry.SettlementAmount == nil || request.SettlementAmount == nil ||
		*entry.SettlementAmount != *request.SettlementAmount {
		return order, Pushed{}, reason.New(reason.Inconsistent, op, "")
	}
	entry.Times++
	o.pushed[request.PaymentID] = entry
	return order, *entry, nil
}

func (o *orders) take(paymentID string) (order OwnOrder, known bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	entry := o.pushed[paymentID]
	if entry == nil {
		return OwnOrder{}, false
	}
	order = o.byCode[entry.CodeValue]
	entry.Taken = entry.Taken || order.Push != PushDecline && order.Push != PushNever
	return order, true
}

func (a *acquirer) ownOrder(body []byte) (any, error) {
	var request alipayplus.OrderRequest
	if err := alipayplus.Decode(body, &request); err != nil {
		return nil, err
	}
	order, known := a.orders.find(request.CodeValue)
	if !known {
		return nil, reason.New(reason.NotFound, "sandbox.orders", "")
	}
	sold, err := order.order()
	if err != nil {
		return nil, err
	}
	answer := alipayplus.OrderAnswer{
		Answer: alipayplus.Answer{Result: alipayplus.ResultOf(reason.None)}, CodeType: "ORDER_CODE",
		PaymentRequestID: order.RequestID, Order: sold, PaymentNotifyURL: order.NotifyURL,
		PaymentAmount: &alipayplus.Amount{Currency: order.Currency, Value: order.Amount},
	}
	if order.ExpiresInSeconds != 0 {
		answer.PaymentExpiryTime = a.inSeconds(order.ExpiresInSeconds)
	}
	return answer, nil
}

func (a *acquirer) takePush(ctx context.Context, body []byte) (any, error) {
	var request alipayplus.PushRequest
	if err := alipayplus.Decode(body, &request); err != nil {
		return nil, err
	}
	order, entry, err := a.orders.push(request)
	if err != nil {
		return nil, err
	}
	kind := reason.None
	switch order.Push {
	case PushDecline:
		kind = reason.RiskRejected
	case PushNever:
		kind = reason.InProcess
	case PushLater:
		kind = reason.InProcess
		a.background.Go(func() {
			a.rest(100)
			a.orders.take(entry.PaymentID)
			// What is not confirmed is what the switch's inquiry is for.
			_ = a.notifyPush(a.stopping, entry)
		})
	case PushSilent:
		a.orders.take(entry.PaymentID)
		a.hold(ctx)
	case PushEarly:
		a.orders.take(entry.PaymentID)
		if err := a.notifyPush(ctx, entry); err != nil {
			return nil, err
		}
	default:
		a.orders.take(entry.PaymentID)
	}
	return alipayplus.PushAnswer{
		Answer: alipayplus.Answer{Result: alipayplus.ResultOf(kind)}, PaymentID: request.PaymentID,
	}, nil
}

func (a *acquirer) notifyPush(ctx context.Context, entry Pushed) error {
	said := alipayplus.ResultOf(reason.None)
	var answer alipayplus.Answer
	return a.call(ctx, alipayplus.PathNotifyPush, alipayplus.PushNotice{
		PaymentResult: &said, PaymentID: entry.PaymentID, PaymentRequestID: entry.PaymentRequestID,
		PaymentTime: a.inSeconds(0),
	}, &answer)
}

func (a *acquirer) inquirePush(body []byte) (any, error) {
	var request alipayplus.PushInquiryRequest
	if err := alipayplus.Decode(body, &request); err != nil {
		return nil, err
	}
	order, known := a.orders.take(request.PaymentID)
	if !known {
		return nil, reason.New(reason.NotFound, "sandbox.push", "")
	}
	said := alipayplus.ResultOf(reason.None)
	switch order.Push {
	case PushNever:
		said = alipayplus.ResultOf(reason.InProcess)
	case PushDecline:
		said = alipayplus.ResultOf(reason.RiskRejected)
	}
	return alipayplus.PushAnswer{
		Answer: alipayplus.Answer{Result: alipayplus.ResultOf(reason.None)}, PaymentResult: &said,
		PaymentID: request.PaymentID,
	}, nil
}
