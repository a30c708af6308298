package alipayplus_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/connectors/alipayplus"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/iso20022"
)

func TestPayBecomesAnOrder(t *testing.T) {
	b := newBench(t)
	body := string(payBody("PR-1", 1500))
	body = strings.Replace(body, `"env":`, `"buyer":{"buyerName":{"firstName":"Mei","lastName":"Example"}},"env":`, 1)
	body = strings.Replace(
		body,
		`{"paymentRequestId"`,
		`{"paymentExpiryTime":"2026-01-02T11:05:05+08:00","paymentRequestId"`,
		1,
	)
	b.post(t, acquirer, alipayplus.PathPay, body)
	order := b.last(t).(connectors.Order)
	transfer := order.Transfer
	checks := map[string][2]any{
		"request id": {order.RequestID, "PR-1"}, "mode": {order.Mode, connectors.PaymentCode},
		"settlement": {string(order.SettlementCurrency), "USD"}, "notify": {order.NotifyURL, "https://acqp.example/notify"},
		"words": {string(order.Words.Received), body}, "amount": {transfer.InstructedAmount.String(), "1500 JPY"},
		"instrument": {transfer.LocalInstrument, "PaymentCode"}, "category": {transfer.MerchantCategory, "5814"},
		"creditor": {transfer.Creditor, iso20022.Party{Name: "Test Shop", Town: "Tokyo", Country: "JP", OtherID: "M-77"}},
		"code":     {transfer.DebtorAccount, iso20022.Account{ProxyType: "TOKN", ProxyID: "251001020123456789012345"}},
		"buyer":    {transfer.Debtor.Name, "Mei Example"}, "remittance": {transfer.Remittance, "Coffee"},
		"expiry": {transfer.ExpiresAt, time.Date(2026, 1, 2, 3, 5, 5, 0, time.UTC)},
	}
	for name, pair := range checks {
		if pair[0] != pair[1] {
			t.Errorf("%s: %v, want %v", name, pair[0], pair[1])
		}
	}
	var message struct{ Order json.RawMessage }
	if err := json.Unmarshal([]byte(body), &message); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(transfer.Supplementary, message.Order) {
		t.Error("the order was not carried untouched")
	}
}

func TestPayAnswerOfSuccess(t *testing.T) {
	b := newBench(t)
	answer := b.post(t, acquirer, alipayplus.PathPay, string(payBody("PR-1", 1500)))
	expect(t, answer, map[string]any{
		"result.resultCode": "SUCCESS", "result.resultStatus": "S", "acquirerId": "JP-ACQ", "pspId": "WALLET",
		"walletBrandName": "Harbour Pay", "customerId": "payer", "mppPaymentId": "W-1",
		"paymentTime": "2026-01-02T03:04:05Z", "paymentAmount.value": "1500", "paymentAmount.currency": "JPY",
		"settlementAmount.value": "958", "settlementAmount.currency": "USD",
		"settlementQuote.quoteCurrencyPair": "USD/JPY", "settlementQuote.quotePrice": "156.6",
		"settlementQuote.quoteExpiryTime": "2026-01-02T04:04:05Z", "orderCodeForm": nil,
	})
	if id, _ := answer["paymentId"].(string); len(id) != 36 {
		t.Errorf("paymentId %q", id)
	}
}

func orderCodePay(key string) string {
	body := strings.Replace(string(payBody(key, 1500)), `"PaymentCode"`, `"OrderCode"`, 1)
	return strings.Replace(body, `,"paymentMethodId":"251001020123456789012345"`, ``, 1)
}

func TestOrderCode(t *testing.T) {
	b := newBench(t)
	answer := b.post(t, acquirer, alipayplus.PathPay, orderCodePay("PR-1"))
	expect(t, answer, map[string]any{
		"result.resultCode": "PAYMENT_IN_PROCESS", "result.resultStatus": "U", "paymentTime": nil,
		"settlementAmount": nil, "settlementQuote": nil, "orderCodeForm.paymentMethodType": "CONNECT_WALLET",
	})
	details, _ := at(answer, "orderCodeForm", "codeDetails").([]any)
	if len(details) != 1 {
		t.Fatalf("%d renderings", len(details))
	}
	code, _ := at(details[0], "codeValue").(string)
	if at(details[0], "displayType") != "TEXT" || at(details[0], "codeValueType") != "QRCODE" || code == "" {
		t.Errorf("rendering %v", details[0])
	}
	scanned := b.post(t, wallet, alipayplus.PathUserInitiatedPay, fmt.Sprintf(
		`{"codeValue":%q,"customerId":"C-1","passThroughInfo":"{}","customerName":{"fullName":"Mei Example"}}`, code))
	expect(t, scanned, map[string]any{
		"result.resultStatus": "S", "codeType": "ORDER_CODE", "acquirerId": "JP-ACQ",
		"paymentRequestId": answer["paymentId"], "paymentAmount.value": "1500", "payToAmount.value": "958",
		"paymentQuote.quotePrice": "156.6", "order.referenceOrderId": "ORD-1",
		"order.env.storeTerminalId": "T1", "paymentFactor.inStorePaymentScenario": "OrderCode",
		"paymentNotifyUrl": "https://switch.example/aps/api/v1/payments/notifyPayment",
	})
	scan := b.last(t).(connectors.Scan)
	if scan.PayerReference != "C-1" || scan.PayerName != "Mei Example" || scan.CodeValue != code {
		t.Error("the scan lost a field")
	}
}

func TestScanOfAFinalOrderAsksNobody(t *testing.T) {
	b := newBench(t)
	answer := b.post(t, acquirer, alipayplus.PathPay, orderCodePay("PR-1"))
	details := at(answer, "orderCodeForm", "codeDetails").([]any)
	b.post(t, acquirer, alipayplus.PathCancelPayment, `{"paymentRequestId":"PR-1"}`)
	scanned := b.post(t, wallet, alipayplus.PathUserInitiatedPay,
		fmt.Sprintf(`{"codeValue":%q,"customerId":"C-1"}`, at(details[0], "codeValue")))
	expect(t, scanned, map[string]any{
		"result.resultCode": "ORDER_IS_CLOSED", "result.resultStatus": "F", "payToAmount": nil,
	})
}

func TestInquiryHasTwoResults(t *testing.T) {
	b := newBench(t)
	paid := b.post(t, acquirer, alipayplus.PathPay, string(payBody("PR-1", 1500)))
	b.post(t, acquirer, alipayplus.PathPay, orderCodePay("PR-2"))
	for body, want := range map[string]map[string]any{
		`{"paymentRequestId":"PR-1"}`: {
			"result.resultStatus": "S", "paymentResult.resultStatus": "S", "paymentRequestId": "PR-1",
			"paymentId": paid["paymentId"], "settlementAmount.value": "958", "transactions": nil,
		},
		fmt.Sprintf(`{"paymentId":%q,"paymentRequestId":"PR-2"}`, paid["paymentId"]): {
			"paymentRequestId": "PR-1", "paymentResult.resultStatus": "S",
		},
		`{"paymentRequestId":"PR-2"}`: {
			"result.resultStatus": "S", "paymentResult.resultStatus": "U", "paymentResult.resultCode": "PAYMENT_IN_PROCESS",
		},
		`{"paymentRequestId":"PR-3"}`: {"result.resultStatus": "F", "result.resultCode": "ORDER_NOT_EXIST", "paymentResult": nil},
		`{"paymentId":"X"}`:           {"result.resultStatus": "F", "result.resultCode": "ORDER_NOT_EXIST"},
		`{}`:                          {"result.resultCode": "PARAM_ILLEGAL"},
	} {
		expect(t, b.post(t, acquirer, alipayplus.PathInquiryPayment, body), want)
	}
}

func TestCancelAndRefund(t *testing.T) {
	b := newBench(t)
	b.post(t, acquirer, alipayplus.PathPay, string(payBody("PR-1", 1500)))
	refund := `{"paymentRequestId":"PR-1","refundRequestId":"RF-1","refundReason":"cold",` +
		`"refundAmount":{"currency":"JPY","value":"500"}}`
	answer := b.post(t, acquirer, alipayplus.PathRefund, refund)
	expect(t, answer, map[string]any{
		"result.resultStatus": "S", "refundAmount.value": "500", "settlementAmount.value": "100",
		"refundTime": "2026-01-02T03:04:05Z", "acquirerId": "JP-ACQ",
	})
	order := b.last(t).(connectors.ReturnOrder)
	if order.RequestID != "RF-1" || order.Why != "cold" || order.Amount.Minor != 500 || order.Payment.RequestID != "PR-1" {
		t.Errorf("the refund became %+v", order)
	}
	again := b.post(t, acquirer, alipayplus.PathRefund, refund)
	if again["refundId"] != answer["refundId"] {
		t.Error("a repetition made another refund")
	}
	expect(t, b.post(t, acquirer, alipayplus.PathCancelPayment, `{"paymentRequestId":"PR-1"}`),
		map[string]any{"result.resultStatus": "S", "acquirerId": "JP-ACQ", "pspId": "WALLET"})
	expect(t, b.post(t, acquirer, alipayplus.PathInquiryPayment, `{"paymentRequestId":"PR-1"}`),
		map[string]any{"paymentResult.resultStatus": "F", "paymentResult.resultCode": "ORDER_IS_CLOSED"})
}

func TestPaymentCodes(t *testing.T) {
	b := newBench(t)
	answer := b.post(t, wallet, alipayplus.PathGetPaymentCode,
		`{"region":"HK","customerId":"C-1","codeQuantity":3,"customerName":{"firstName":"Mei","lastName":"Example"}}`)
	codes, _ := answer["paymentCodeInfoList"].([]any)
	if len(codes) != 3 {
		t.Fatalf("%d codes", len(codes))
	}
	if code, _ := at(codes[0], "paymentCode").(string); len(code) != 24 ||
		at(codes[0], "codeExpiryTime") != "2026-01-02T03:05:05Z" {
		t.Errorf("code %v", codes[0])
	}
	request := b.last(t).(connectors.CodeRequest)
	want := connectors.CodeRequest{PayerReference: "C-1", PayerName: "Mei Example", Region: "HK", Quantity: 3}
	if request != want {
		t.Error("the request lost a field")
	}
	for _, quantity := range []string{`"0"`, `11`, `"1.5"`, `"-1"`, `"x"`, `"011"`} {
		answer := b.post(t, wallet, alipayplus.PathGetPaymentCode, `{"customerId":"C-1","codeQuantity":`+quantity+`}`)
		expect(t, answer, map[string]any{"result.resultCode": "PARAM_ILLEGAL", "paymentCodeInfoList": nil})
	}
}

func TestNotifyPaymentBecomesAConfirmation(t *testing.T) {
	b := newBench(t)
	expect(t, b.post(t, wallet, alipayplus.PathNotifyPayment, `{"paymentRequestId":"U-1","paymentId":"W-9",
		"paymentResult":{"resultCode":"SUCCESS","resultStatus":"S"},"paymentTime":"2026-01-02T11:04:07+08:00",
		"paymentAmount":{"currency":"JPY","value":"1500"},"payToAmount":{"currency":"HKD","value":"7500"},
		"customerId":"C-1"}`), map[string]any{"result.resultStatus": "S"})
	got := b.last(t).(connectors.Confirmation)
	if got.Payment.RequestID != "U-1" || got.Decision != connectors.Accepted || got.WalletPaymentID != "W-9" ||
		got.SettlementAmount.String() != "75.00 HKD" || !got.CompletedAt.Equal(time.Date(2026, 1, 2, 3, 4, 7, 0, time.UTC)) {
		t.Errorf("became %+v", got)
	}
	b.post(t, wallet, alipayplus.PathNotifyPayment,
		`{"paymentRequestId":"U-2","paymentResult":{"resultCode":"RISK_REJECT","resultStatus":"F"}}`)
	got = b.last(t).(connectors.Confirmation)
	if got.Decision != connectors.Declined || got.Reason != reason.RiskRejected {
		t.Errorf("became %+v", got)
	}
}

func TestNotifyPaymentMustBeFinalAndComplete(t *testing.T) {
	b := newBench(t)
	for name, body := range map[string]string{
		"open":          `{"paymentRequestId":"U","paymentResult":{"resultCode":"PAYMENT_IN_PROCESS","resultStatus":"U"}}`,
		"contradictory": `{"paymentRequestId":"U","paymentResult":{"resultCode":"RISK_REJECT","resultStatus":"S"}}`,
		"no amount":     `{"paymentRequestId":"U","paymentResult":{"resultCode":"SUCCESS","resultStatus":"S"}}`,
		"no result":     `{"paymentRequestId":"U"}`,
		"no id":         `{"paymentResult":{"resultCode":"RISK_REJECT","resultStatus":"F"}}`,
		"no offset": `{"paymentRequestId":"U","paymentTime":"2026-01-02T11:04:07",
			"paymentResult":{"resultCode":"RISK_REJECT","resultStatus":"F"}}`,
		"wrong amount": `{"paymentRequestId":"U","paymentAmount":{"currency":"JPY","value":"-1"},
			"paymentResult":{"resultCode":"RISK_REJECT","resultStatus":"F"}}`,
	} {
		answer := b.post(t, wallet, alipayplus.PathNotifyPayment, body)
		if at(answer, "result", "resultCode") != "PARAM_ILLEGAL" {
			t.Errorf("%s: %v", name, answer)
		}
	}
	if calls := b.hub.Calls(); len(calls) != 0 {
		t.Errorf("%d confirmations reached the hub", len(calls))
	}
}

func TestPayRefusals(t *testing.T) {
	b := newBench(t)
	genuine := string(payBody("PR-1", 1500))
	replace := func(old, with string) string {
		if !strings.Contains(genuine, old) {
			t.Fatalf("no %s", old)
		}
		return strings.Replace(genuine, old, with, 1)
	}
	for _, c := range []struct{ body, code string }{
		{replace(`"isCashierPayment":"false"`, `"isCashierPayment":true`), "BUSINESS_NOT_SUPPORT"},
		{replace(`"isInStorePayment":"true"`, `"isInStorePayment":"false"`), "BUSINESS_NOT_SUPPORT"},
		{replace(`"isCashierPayment":"false"`, `"isPaymentEvaluation":"true"`), "BUSINESS_NOT_SUPPORT"},
		{replace(`"isCashierPayment":"false"`, `"needSurcharge":"TRUE"`), "BUSINESS_NOT_SUPPORT"},
		{replace(`"isCashierPayment":"false"`, `"isAgreementPayment":"true"`), "BUSINESS_NOT_SUPPORT"},
		{replace(`"isCashierPayment":"false"`, `"isCashierPayment":"maybe"`), "PARAM_ILLEGAL"},
		{replace(`"PaymentCode"`, `"EntryCode"`), "PARAM_ILLEGAL"},
		{replace(`"PaymentCode"`, `"paymentcode"`), "BUSINESS_NOT_SUPPORT"},
		{replace(`"CONNECT_WALLET"`, `"CARD"`), "BUSINESS_NOT_SUPPORT"},
		{replace(`{"paymentRequestId"`, `{"allowedPspRegions":["hk"],"paymentRequestId"`), "PARAM_ILLEGAL"},
		{replace(`"251001020123456789012345"`, `"25100102012345"`), "INVALID_CODE"},
		{replace(`"251001020123456789012345"`, `"25100102012345678901234x"`), "INVALID_CODE"},
		{replace(`,"paymentMethodId":"251001020123456789012345"`, ``), "PARAM_ILLEGAL"},
		{replace(`"settlementCurrency":"USD"`, `"settlementCurrency":"ABC"`), "CURRENCY_NOT_SUPPORT"},
		{replace(`"paymentAmount":{"currency":"JPY"`, `"paymentAmount":{"currency":"ABC"`), "CURRENCY_NOT_SUPPORT"},
		{replace(`"orderAmount":{"currency":"JPY","value":"1500"`,
			`"orderAmount":{"currency":"JPY","value":"15.00"`), "PARAM_ILLEGAL"},
		{replace(`"merchantName":"Test Shop",`, ``), "PARAM_ILLEGAL"},
		{replace(`"merchantMCC":"5814"`, `"merchantMCC":"58A4"`), "PARAM_ILLEGAL"},
		{replace(`"orderDescription":"Coffee"`,
			`"orderDescription":"`+strings.Repeat("c", 257)+`"`), "PARAM_ILLEGAL"},
		{replace(`"PR-1"`, `"`+strings.Repeat("p", 65)+`"`), "PARAM_ILLEGAL"},
		{replace(`https://acqp.example/notify`, `http://acqp.example/notify`), "PARAM_ILLEGAL"},
		{replace(`https://acqp.example/notify`, `https://user:pass@acqp.example/`), "PARAM_ILLEGAL"},
		{replace(`https://acqp.example/notify`, `/notify`), "PARAM_ILLEGAL"},
		{replace(`{"paymentRequestId"`, `{"paymentExpiryTime":"tomorrow","paymentRequestId"`), "PARAM_ILLEGAL"},
	} {
		answer := b.post(t, acquirer, alipayplus.PathPay, c.body)
		if got := at(answer, "result", "resultCode"); got != c.code || at(answer, "result", "resultStatus") != "F" {
			t.Errorf("%v, want %s, for %.300s", answer["result"], c.code, c.body)
		}
	}
	if calls := b.hub.Calls(); len(calls) != 0 {
		t.Errorf("%d refused payments reached the hub", len(calls))
	}
}

// The checked fields are those that the protocol names: a change of another
// field is the same request.
func TestCheckedFieldsOfPay(t *testing.T) {
	b := newBench(t)
	genuine := string(payBody("PR-1", 1500))
	first := b.post(t, acquirer, alipayplus.PathPay, genuine)
	for change, same := range map[[2]string]bool{
		{`"Coffee"`, `"Tea"`}: true,
		{`"value":"1500"},` + "\n" + ` "paymentMethod"`, `"value":1500},` + "\n" + ` "paymentMethod"`}:           true,
		{`"isCashierPayment":"false"`, `"isCashierPayment":false`}:                                               true,
		{`"settlementCurrency":"USD"`, `"settlementCurrency":"HKD"`}:                                             false,
		{`"orderAmount":{"currency":"JPY","value":"1500"`, `"orderAmount":{"currency":"JPY","value":"1400"`}:     false,
		{`"paymentAmount":{"currency":"JPY","value":"1500"`, `"paymentAmount":{"currency":"JPY","value":"1501"`}: false,
	} {
		if !strings.Contains(genuine, change[0]) {
			t.Fatalf("no %s", change[0])
		}
		answer := b.post(t, acquirer, alipayplus.PathPay, strings.Replace(genuine, change[0], change[1], 1))
		if same && answer["paymentId"] != first["paymentId"] {
			t.Errorf("%s is another payment: %v", change[1], answer["result"])
		}
		if !same && at(answer, "result", "resultCode") != "REPEAT_REQ_INCONSISTENT" {
			t.Errorf("%s was not noticed: %v", change[1], answer["result"])
		}
	}
}
