package sandbox

import (
	"context"
	"time"

	"github.com/causeway-pay/causeway/connectors/alipayplus"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/money"
)

// wallet is the payer's side.
type wallet struct {
	*partner
	book         *book
	consents     consents
	declarations declarations
}

func (w *wallet) serve(ctx context.Context, call alipayplus.Call) any {
	answer, err := w.answer(ctx, call)
	if err != nil {
		return refuse(err)
	}
	return answer
}

func (w *wallet) answer(ctx context.Context, call alipayplus.Call) (any, error) {
	switch call.Path {
	case alipayplus.PathPay:
		return w.pay(ctx, call.Body)
	case alipayplus.PathInquiryPayment:
		return w.inquire(call.Body)
	case alipayplus.PathCancelPayment:
		return w.cancel(call.Body)
	case alipayplus.PathRefund:
		return w.refund(call.Body)
	case alipayplus.PathPrepare:
		return w.prepare(call.Body)
	case alipayplus.PathApplyToken:
		return w.applyToken(call.Body)
	case alipayplus.PathCancelToken:
		return w.cancelToken(call.Body)
	case alipayplus.PathDeclare:
		answer, silent, err := w.declare(call.Body)
		if silent {
			w.hold(ctx)
		}
		return answer, err
	case alipayplus.PathDeclarations:
		return w.inquireDeclarations(call.Body)
	default:
		if answer, taken := w.notices.take(call, w.clock.Now()); taken {
			return answer, nil
		}
		return nil, reason.New(reason.UnknownInterface, "sandbox.wallet", "")
	}
}

func (w *wallet) pay(ctx context.Context, body []byte) (any, error) {
	var request alipayplus.PayRequest
	if err := alipayplus.Decode(body, &request); err != nil {
		return nil, err
	}
	if token := request.PaymentMethod.ID; token != "" {
		var err error
		if request.PaymentMethod.CustomerID, err = w.holder(token); err != nil {
			return nil, err
		}
	}
	if request.PaymentMethod.CustomerID == "" {
		return w.sendToPage(request)
	}
	customer, err := w.book.customer(request.PaymentMethod.CustomerID)
	if err != nil {
		return nil, err
	}
	if customer.Behaviour == Silent {
		w.hold(ctx)
		return nil, reason.New(reason.Unknown, "sandbox.wallet", "")
	}
	e, err := newEntry(request.PaymentRequestID, customer.ID, request.PaymentAmount, request.PayToAmount)
	if err != nil {
		return nil, err
	}
	known, repeated, err := w.enter(e, offerOf(request.Order, request.PaymentQuote, request.PaymentExpiryTime))
	if err != nil || repeated {
		return payAnswer(known), err
	}
	return payAnswer(w.behave(ctx, customer, known)), nil
}

// behave carries out what is scripted for the customer.
func (w *wallet) behave(ctx context.Context, customer Customer, e entry) entry {
	switch customer.Behaviour {
	case Decline:
		return w.book.fail(e.requestID, reason.InsufficientFunds, w.clock.Now())
	case Slow:
		w.rest(customer.DelayMillis)
	case Later:
		w.background.Go(func() {
			w.rest(customer.DelayMillis)
			// A notification that is not confirmed is what the switch's
			// inquiry is for.
			_ = w.notify(w.book.debit(e.requestID, w.clock.Now()))
		})
		return e
	case SilentDebited:
		e = w.book.debit(e.requestID, w.clock.Now())
		w.hold(ctx)
		return e
	case Duplicates:
		e = w.book.debit(e.requestID, w.clock.Now())
		w.background.Go(func() {
			_ = w.notify(e)
			_ = w.notify(e)
		})
		return e
	}
	return w.book.debit(e.requestID, w.clock.Now())
}

func newEntry(requestID, customer string, paid, owed *alipayplus.Amount) (entry, error) {
	if owed == nil || paid == nil {
		return entry{}, reason.New(reason.InvalidRequest, "sandbox.wallet", "paymentAmount or payToAmount is missing")
	}
	amount, err := readAmount(*owed)
	return entry{requestID: requestID, customer: customer, paid: *paid, owed: amount}, err
}

// enter begins a payment of which the payer is told something.
func (w *wallet) enter(e entry, told offer) (known entry, repeated bool, err error) {
	e.offer, e.begun = told, w.clock.Now()
	return w.book.begin(e)
}

func readAmount(amount alipayplus.Amount) (money.Amount, error) {
	parsed, err := money.ParseMinor(amount.Value, money.Currency(amount.Currency))
	return parsed, reason.Wrap(reason.InvalidRequest, "sandbox.wallet", err)
}

// kind is what a payment's state means to the switch.
func (e entry) kind() reason.Kind {
	switch e.state {
	case statePaid:
		return reason.None
	case stateOpen:
		return reason.InProcess
	default:
		return e.why
	}
}

func (e entry) time() string {
	if e.at.IsZero() {
		return ""
	}
	return e.at.Format(time.RFC3339)
}

func (e entry) owes() *alipayplus.Amount { return writeAmount(e.owed) }

func payAnswer(e entry) alipayplus.WalletAnswer {
	answer := alipayplus.WalletAnswer{
		Answer:    alipayplus.Answer{Result: alipayplus.ResultOf(e.kind())},
		PaymentID: e.paymentID, CustomerID: e.customer,
	}
	if e.state == statePaid {
		answer.PaymentTime = e.time()
	}
	return answer
}

func (w *wallet) inquire(body []byte) (any, error) {
	var request alipayplus.InquiryRequest
	if err := alipayplus.Decode(body, &request); err != nil {
		return nil, err
	}
	e, known := w.book.find(request.PaymentRequestID)
	if !known {
		return nil, reason.New(reason.NotFound, "sandbox.wallet", "")
	}
	said := alipayplus.ResultOf(e.kind())
	if customer, err := w.book.customer(e.customer); err == nil && customer.Behaviour == Lies {
		said = alipayplus.ResultOf(reason.Failed)
	}
	answer := alipayplus.InquiryAnswer{
		Answer:        alipayplus.Answer{Result: alipayplus.ResultOf(reason.None)},
		PaymentResult: &said, PaymentRequestID: e.requestID, PaymentID: e.paymentID, CustomerID: e.customer,
	}
	if e.customer != "" {
		answer.PaymentAmount, answer.PayToAmount = &e.paid, e.owes()
	}
	if e.state == statePaid {
		answer.PaymentTime = e.time()
	}
	return answer, nil
}

func (w *wallet) cancel(body []byte) (any, error) {
	var request alipayplus.CancelRequest
	if err := alipayplus.Decode(body, &request); err != nil {
		return nil, err
	}
	if request.PaymentRequestID == "" {
		return nil, reason.New(reason.InvalidRequest, "sandbox.wallet", "paymentRequestId is missing")
	}
	w.book.cancel(request.PaymentRequestID, w.clock.Now())
	return alipayplus.Answer{Result: alipayplus.ResultOf(reason.None)}, nil
}

func (w *wallet) refund(body []byte) (any, error) {
	var request alipayplus.RefundRequest
	if err := alipayplus.Decode(body, &request); err != nil {
		return nil, err
	}
	if request.RefundFromAmount == nil {
		return nil, reason.New(reason.InvalidRequest, "sandbox.wallet", "refundFromAmount is missing")
	}
	owed, err := readAmount(*request.RefundFromAmount)
	if err != nil {
		return nil, err
	}
	done, err := w.book.giveBack(request.PaymentRequestID, request.RefundRequestID, owed, w.clock.Now())
	if err != nil {
		return nil, err
	}
	return alipayplus.RefundAnswer{
		Answer:   alipayplus.Answer{Result: alipayplus.ResultOf(reason.None)},
		RefundID: done.id, RefundTime: done.at.Format(time.RFC3339), RefundAmount: request.RefundAmount,
	}, nil
}

// notify tells the switch how a payment ended. A notification that fails is not
// repeated: the switch asks.
func (w *wallet) notify(e entry) error {
	said := alipayplus.ResultOf(e.kind())
	var answer alipayplus.Answer
	err := w.call(w.stopping, alipayplus.PathNotifyPayment, alipayplus.NotifyRequest{
		PaymentResult: &said, PaymentRequestID: e.requestID, PaymentID: e.paymentID, PaymentTime: e.time(),
		PaymentAmount: &e.paid, PayToAmount: e.owes(), CustomerID: e.customer,
	}, &answer)
	if err != nil {
		return err
	}
	if answer.Result.Status != "S" {
		return reason.New(reason.FromAPS(answer.Result.Code), "sandbox.notify", "")
	}
	return nil
}
