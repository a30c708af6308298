package sandbox

import (
	"context"
	"encoding/json"
	"testing"

	"github.com/causeway-pay/causeway/connectors/alipayplus"
	"github.com/causeway-pay/causeway/internal/clock"
)

// asked sends one message to a wallet's operation, behind its envelope.
func asked(t *testing.T, w *wallet, path, body string) alipayplus.InquiryAnswer {
	t.Helper()
	data, err := alipayplus.Encode(w.serve(context.Background(), alipayplus.Call{Path: path, Body: []byte(body)}))
	if err != nil {
		t.Fatal(err)
	}
	var answer alipayplus.InquiryAnswer
	if err := json.Unmarshal(data, &answer); err != nil {
		t.Fatal(err)
	}
	return answer
}

func walletOf(behaviour Behaviour) *wallet {
	customers := []Customer{{ID: "C-1", Balance: 10_000, Behaviour: behaviour}}
	return &wallet{
		partner: &partner{clock: &clock.Fixed{At: now}, stopping: context.Background()},
		book:    newBook("HKD", customers),
	}
}

const payMessage = `{"paymentRequestId":"P-1","order":{},"paymentAmount":{"currency":"JPY","value":"1500"},
	"payToAmount":{"currency":"HKD","value":"7500"},"paymentFactor":{},
	"paymentMethod":{"paymentMethodType":"CONNECT_WALLET","customerId":"C-1"}}`

func TestAWalletThatLies(t *testing.T) {
	w := walletOf(Lies)
	if said := asked(t, w, alipayplus.PathPay, payMessage); said.Result.Status != "S" {
		t.Errorf("pay: %+v", said.Result)
	}
	said := asked(t, w, alipayplus.PathInquiryPayment, `{"paymentRequestId":"P-1"}`)
	if said.Result.Status != "S" || said.PaymentResult.Status != "F" {
		t.Errorf("inquiry: %+v, %+v", said.Result, said.PaymentResult)
	}
	if _, movements := w.book.list(); len(movements) != 1 {
		t.Errorf("%d movements", len(movements))
	}
}

func TestAWalletTellsWhatItKnows(t *testing.T) {
	w := walletOf(Approve)
	asked(t, w, alipayplus.PathPay, payMessage)
	said := asked(t, w, alipayplus.PathInquiryPayment, `{"paymentRequestId":"P-1"}`)
	if said.PaymentResult.Status != "S" || said.PayToAmount.Value != "7500" || said.PaymentAmount.Value != "1500" ||
		said.CustomerID != "C-1" || said.PaymentTime != "2026-01-02T03:04:05Z" {
		t.Errorf("%+v", said)
	}
}

func TestAWalletRefuses(t *testing.T) {
	w := walletOf(Approve)
	for _, c := range []struct{ path, body, want string }{
		{alipayplus.PathInquiryPayment, `{"paymentRequestId":"P-9"}`, "ORDER_NOT_EXIST"},
		{alipayplus.PathInquiryPayment, `[]`, "PARAM_ILLEGAL"},
		{alipayplus.PathCancelPayment, `{}`, "PARAM_ILLEGAL"},
		{alipayplus.PathCancelPayment, `x`, "PARAM_ILLEGAL"},
		{alipayplus.PathGetPaymentCode, `{}`, "NO_INTERFACE_DEF"},
		{alipayplus.PathPay, `{}`, "PARAM_ILLEGAL"},
		{alipayplus.PathRefund, `{}`, "PARAM_ILLEGAL"},
		{alipayplus.PathRefund, `{"refundRequestId":"R","refundAmount":{"currency":"JPY","value":"1"}}`, "PARAM_ILLEGAL"},
		{alipayplus.PathRefund, `{"refundRequestId":"R","refundAmount":{"currency":"JPY","value":"1"},
			"refundFromAmount":{"currency":"HKD","value":"-1"}}`, "PARAM_ILLEGAL"},
		{alipayplus.PathRefund, `{"refundRequestId":"R","paymentRequestId":"P-9",
			"refundAmount":{"currency":"JPY","value":"1"},"refundFromAmount":{"currency":"HKD","value":"1"}}`, "ORDER_NOT_EXIST"},
		{alipayplus.PathPay, `{"paymentRequestId":"P-2","order":{},"paymentAmount":{"currency":"JPY","value":"1500"},
			"paymentFactor":{},"paymentMethod":{"paymentMethodType":"CONNECT_WALLET","customerId":"C-1"}}`, "PARAM_ILLEGAL"},
		{alipayplus.PathPay, `{"paymentRequestId":"P-2","order":{},"paymentAmount":{"currency":"JPY","value":"1500"},
			"payToAmount":{"currency":"HKD","value":"7500"},"paymentFactor":{},
			"paymentMethod":{"paymentMethodType":"CONNECT_WALLET","customerId":"C-9"}}`, "USER_NOT_EXIST"},
	} {
		if got := asked(t, w, c.path, c.body).Result.Code; got != c.want {
			t.Errorf("%s %s: %s, want %s", c.path, c.body, got, c.want)
		}
	}
}

func TestAPaymentThatWasCancelledFirst(t *testing.T) {
	w := walletOf(Approve)
	if said := asked(t, w, alipayplus.PathCancelPayment, `{"paymentRequestId":"P-1"}`); said.Result.Status != "S" {
		t.Errorf("cancel: %+v", said.Result)
	}
	if said := asked(t, w, alipayplus.PathPay, payMessage); said.Result.Code != "ORDER_IS_CLOSED" {
		t.Errorf("pay: %+v", said.Result)
	}
	if customer, _ := w.book.customer("C-1"); customer.Balance != 10_000 {
		t.Errorf("balance %d", customer.Balance)
	}
}
