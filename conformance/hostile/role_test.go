package hostile_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/causeway-pay/causeway/conformance/stage"
	"github.com/causeway-pay/causeway/connectors/alipayplus"
	"github.com/causeway-pay/causeway/internal/ids"
)

// declaration is of a payment.
const declaration = `{"paymentRequestId":%q,"customsDeclarationRequestId":"D-1","isSplit":"false",
	"customs":{"customsCode":"ZONGSHU","region":"CN"},"declarationAmount":{"currency":"CNY","value":"100"},
	"merchantCustomsInfo":{"merchantCustomsCode":"M-9","merchantCustomsName":"Tea House"}}`

// roles lets everybody call what is for the others.
func (w *world) roles(t *testing.T) {
	order, said := w.paid(t)
	named := fmt.Sprintf(`{"paymentId":%q}`, said.PaymentID)
	for _, c := range []struct{ partner, path, body string }{
		{harbour, alipayplus.PathPay, w.fresh(t).text(t)},
		{harbour, alipayplus.PathInquiryPayment, named},
		{harbour, alipayplus.PathCancelPayment, named},
		{harbour, alipayplus.PathRefund, fmt.Sprintf(
			`{"paymentId":%q,"refundRequestId":"R-1","refundAmount":{"currency":"JPY","value":"100"}}`, said.PaymentID)},
		{harbour, alipayplus.PathDeclare, fmt.Sprintf(declaration, order["paymentRequestId"])},
		{harbour, alipayplus.PathDeclarations, `{"declarationRequestIds":["D-1"]}`},
		{sakura, alipayplus.PathGetPaymentCode, `{"customerId":"traveller-0"}`},
		{sakura, alipayplus.PathUserInitiatedPay, `{"customerId":"traveller-0","codeValue":"HTTPS://CAUSEWAY.EXAMPLE/O/X"}`},
		{sakura, alipayplus.PathNotifyPayment, fmt.Sprintf(
			`{"paymentRequestId":%q,"paymentResult":{"resultCode":"SUCCESS","resultStatus":"S"}}`, said.PaymentID)},
	} {
		t.Run(c.partner+c.path, func(t *testing.T) {
			before := w.counts(t)
			w.post(t, c.partner, c.path, c.body).refused(t, "ACCESS_DENIED")
			w.untouched(t, before)
		})
	}
	t.Run("another payer's order", func(t *testing.T) {
		order["paymentRequestId"] = w.next("STOLEN") // with a code that is spent
		before := w.counts(t)
		w.post(t, merlion, alipayplus.PathPay, order.text(t)).refused(t, "INVALID_CODE")
		w.onRecord(t, before, 1)
	})
}

// foreign compares what a partner is told about somebody else's payment with
// what it is told about one that does not exist: the same bytes.
func (w *world) foreign(t *testing.T) {
	order, said := w.paid(t)
	theirs, nobodys := said.PaymentID, ids.New().String()
	request, unknown := order["paymentRequestId"].(string), w.next("NEVER")
	refund := `"refundRequestId":"R-9","refundAmount":{"currency":"JPY","value":"100"}`
	const (
		inquiry = alipayplus.PathInquiryPayment
		cancel  = alipayplus.PathCancelPayment
		notify  = alipayplus.PathNotifyPayment
	)
	byID, byRequest := `{"paymentId":%q}`, `{"paymentRequestId":%q}`
	for _, c := range []struct{ name, partner, path, form, theirs, nobodys string }{
		{"inquiry by id", merlion, inquiry, byID, theirs, nobodys},
		{"inquiry by request", merlion, inquiry, byRequest, request, unknown},
		{"cancel by id", merlion, cancel, byID, theirs, nobodys},
		{"cancel by request", merlion, cancel, byRequest, request, unknown},
		{"refund by id", merlion, alipayplus.PathRefund, `{"paymentId":%q,` + refund + `}`, theirs, nobodys},
		{"refund by request", merlion, alipayplus.PathRefund, `{"paymentRequestId":%q,` + refund + `}`, request, unknown},
		{"declaration", merlion, alipayplus.PathDeclare, declaration, request, unknown},
		{"another wallet's yes", luzon, notify, notification("SUCCESS", "S"), theirs, nobodys},
		{"another wallet's no", luzon, notify, notification("PROCESS_FAIL", "F"), theirs, nobodys},
		{"an id that is none", merlion, inquiry, byID, theirs, "1"},
		{"an id in braces", merlion, inquiry, byID, theirs, "{" + theirs + "}"},
		{"the nil id", merlion, inquiry, byID, theirs, ids.Nil.String()},
	} {
		t.Run(c.name, func(t *testing.T) {
			before := w.counts(t)
			one := w.post(t, c.partner, c.path, fmt.Sprintf(c.form, c.theirs))
			two := w.post(t, c.partner, c.path, fmt.Sprintf(c.form, c.nobodys))
			one.refused(t, "ORDER_NOT_EXIST")
			if string(one.body) != string(two.body) {
				t.Errorf("somebody else's: %s\nnobody's: %s", one.body, two.body)
			}
			if difference := cmp.Diff(lasting(one.header), lasting(two.header)); difference != "" {
				t.Errorf("headers differ:\n%s", difference)
			}
			w.untouched(t, before)
		})
	}
	t.Run("the owner finds it", func(t *testing.T) {
		for _, body := range []string{fmt.Sprintf(byID, theirs), fmt.Sprintf(byRequest, request)} {
			a := w.post(t, sakura, inquiry, body)
			var found alipayplus.InquiryAnswer
			err := json.Unmarshal(a.body, &found)
			if err != nil || found.PaymentResult == nil || found.PaymentResult.Code != "SUCCESS" {
				t.Errorf("its own payment: %s", a.body)
			}
		}
	})
}

func notification(code, status string) string {
	return `{"paymentRequestId":%q,"paymentResult":{"resultCode":"` + code + `","resultStatus":"` + status + `"},
		"payToAmount":{"currency":"PHP","value":"100"}}`
}

// lasting are the headers but for those that change with time.
func lasting(header http.Header) http.Header {
	same := header.Clone()
	for _, name := range []string{"Date", "Response-Time", "Signature"} {
		if same.Get(name) == "" {
			same.Set(name, "missing")
			continue
		}
		same.Del(name)
	}
	return same
}

// wallets send codes, scans and notifications that do not fit.
func (w *world) wallets(t *testing.T) {
	_, said := w.paid(t)
	const (
		fetch   = alipayplus.PathGetPaymentCode
		scan    = alipayplus.PathUserInitiatedPay
		notify  = alipayplus.PathNotifyPayment
		noOrder = `"codeValue":"HTTPS://CAUSEWAY.EXAMPLE/O/X"`
	)
	for _, c := range []struct{ name, path, body, code string }{
		{"no customer", fetch, `{"codeQuantity":"1"}`, "PARAM_ILLEGAL"},
		{"customer of 65 characters", fetch, `{"customerId":"` + long(65) + `"}`, "PARAM_ILLEGAL"},
		{"no codes", fetch, `{"customerId":"traveller-0","codeQuantity":"0"}`, "PARAM_ILLEGAL"},
		{"eleven codes", fetch, `{"customerId":"traveller-0","codeQuantity":"11"}`, "PARAM_ILLEGAL"},
		{"less than no codes", fetch, `{"customerId":"traveller-0","codeQuantity":"-1"}`, "PARAM_ILLEGAL"},
		{"half a code", fetch, `{"customerId":"traveller-0","codeQuantity":0.5}`, "PARAM_ILLEGAL"},
		{"an order that is none", scan, `{"customerId":"traveller-0",` + noOrder + `}`, "INVALID_CODE"},
		{"an order without a payer", scan, `{` + noOrder + `}`, "PARAM_ILLEGAL"},
		{"an empty order", scan, `{"customerId":"traveller-0","codeValue":""}`, "PARAM_ILLEGAL"},
		{"not final", notify, harbours(said.PaymentID, "PAYMENT_IN_PROCESS", "U", ""), "PARAM_ILLEGAL"},
		{"a yes that says no", notify, harbours(said.PaymentID, "PROCESS_FAIL", "S", ""), "PARAM_ILLEGAL"},
		{"a no that says yes", notify, harbours(said.PaymentID, "SUCCESS", "F", ""), "PARAM_ILLEGAL"},
		{"a yes without amount", notify, harbours(said.PaymentID, "SUCCESS", "S", ""), "PARAM_ILLEGAL"},
		{"another amount", notify, harbours(said.PaymentID, "SUCCESS", "S", "1"), "REPEAT_REQ_INCONSISTENT"},
		{"less than nothing", notify, harbours(said.PaymentID, "SUCCESS", "S", "-1"), "PARAM_ILLEGAL"},
	} {
		t.Run(c.name, func(t *testing.T) {
			before := w.counts(t)
			w.post(t, harbour, c.path, c.body).refused(t, c.code)
			w.untouched(t, before)
		})
	}
	t.Run("an order of another wallet's payer", func(t *testing.T) {
		order := w.order(t, "")
		delete(order.at("paymentMethod"), "paymentMethodId")
		order.at("paymentFactor")["inStorePaymentScenario"] = "OrderCode"
		a := w.post(t, sakura, alipayplus.PathPay, order.text(t))
		var shown alipayplus.PayAnswer
		if err := json.Unmarshal(a.body, &shown); err != nil || shown.OrderCodeForm == nil {
			t.Fatalf("no order code: %s", a.body)
		}
		scanned := func(customer string) string {
			return fmt.Sprintf(`{"customerId":%q,"codeValue":%q}`, customer, shown.OrderCodeForm.CodeDetails[0].CodeValue)
		}
		if a := w.post(t, harbour, scan, scanned(stage.Regular+"-0")); a.result.Status != "S" {
			t.Fatalf("the first payer: %s", a.body)
		}
		before := w.counts(t)
		w.post(t, luzon, scan, scanned(stage.Regular+"-0")).refused(t, "ORDER_IS_CLOSED")
		w.post(t, harbour, scan, scanned(stage.Regular+"-1")).refused(t, "REPEAT_REQ_INCONSISTENT")
		for _, table := range []string{"payment", "reservation", "fx_quote", "screening_decision"} {
			if after := w.counts(t); after[table] != before[table] {
				t.Errorf("%s: %d before, %d after", table, before[table], after[table])
			}
		}
		undo := fmt.Sprintf(`{"paymentId":%q}`, shown.PaymentID)
		if a := w.post(t, sakura, alipayplus.PathCancelPayment, undo); a.result.Status == "F" {
			t.Errorf("cancel: %s", a.body)
		}
	})
}

func harbours(id, code, status, value string) string {
	amount := ""
	if value != "" {
		amount = `,"payToAmount":{"currency":"HKD","value":"` + value + `"}`
	}
	return fmt.Sprintf(`{"paymentRequestId":%q,"paymentResult":{"resultCode":%q,"resultStatus":%q}%s}`,
		id, code, status, amount)
}

// refunds ask for more than there is.
func (w *world) refunds(t *testing.T) {
	_, said := w.paid(t)
	refund := func(id, currency, value string) string {
		return fmt.Sprintf(`{"paymentId":%q,"refundRequestId":%q,"refundAmount":{"currency":%q,"value":%q}}`,
			said.PaymentID, id, currency, value)
	}
	// What the payment does not allow is on record once, with its refusal, in both
	// languages.
	const evidence = 4
	for _, c := range []struct {
		name, body, code string
		messages         int64
	}{
		{"more than was paid", refund(w.next("RF"), "JPY", "1501"), "REFUND_AMOUNT_EXCEED", evidence},
		{"more than was paid, again", refund(w.next("RF"), "JPY", "1502"), "REFUND_AMOUNT_EXCEED", 0},
		{"nothing", refund(w.next("RF"), "JPY", "0"), "PARAM_ILLEGAL", 0},
		{"less than nothing", refund(w.next("RF"), "JPY", "-5"), "PARAM_ILLEGAL", 0},
		{"in another currency", refund(w.next("RF"), "HKD", "100"), "CURRENCY_NOT_SUPPORT", evidence},
		{"without id", refund("", "JPY", "100"), "PARAM_ILLEGAL", 0},
		{"with an id of 65 characters", refund(long(65), "JPY", "100"), "PARAM_ILLEGAL", 0},
		{"of no payment", `{"refundRequestId":"R","refundAmount":{"currency":"JPY","value":"100"}}`, "PARAM_ILLEGAL", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			before := w.counts(t)
			before["messages"] += c.messages
			w.post(t, sakura, alipayplus.PathRefund, c.body).refused(t, c.code)
			w.untouched(t, before)
		})
	}
	t.Run("the same id for another amount", func(t *testing.T) {
		id := w.next("RF")
		if a := w.post(t, sakura, alipayplus.PathRefund, refund(id, "JPY", "1000")); a.result.Code != "SUCCESS" {
			t.Fatalf("an honest refund: %s", a.body)
		}
		before := w.counts(t)
		w.post(t, sakura, alipayplus.PathRefund, refund(id, "JPY", "400")).refused(t, "REPEAT_REQ_INCONSISTENT")
		w.post(t, sakura, alipayplus.PathRefund, refund(w.next("RF"), "JPY", "501")).refused(t, "REFUND_AMOUNT_EXCEED")
		w.untouched(t, before)
	})
}
