package alipayplus_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/connectors/alipayplus"
	"github.com/causeway-pay/causeway/connectors/connectortest"
	"github.com/causeway-pay/causeway/internal/clock"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/iso20022"
)

// bench is a server before a recording hub.
type bench struct {
	hub    *connectortest.Hub
	server *httptest.Server
}

func newBench(t *testing.T) bench {
	hub := connectortest.NewHub()
	return bench{hub, serve(t, alipayplus.ServerConfig{
		Gate: gateConfig(t), Hub: hub, PublicURL: "https://switch.example",
	})}
}

// post sends a genuine request and returns the verified answer.
func (b bench) post(t *testing.T, from connectors.Participant, path, body string) map[string]any {
	t.Helper()
	return verified(t, b.do(t, from, path, body))
}

func (b bench) do(t *testing.T, from connectors.Participant, path, body string) *http.Response {
	t.Helper()
	request, err := http.NewRequest(http.MethodPost, b.server.URL+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Client-Id", from.ClientID)
	request.Header.Set("Request-Time", requestTime)
	request.Header.Set("Signature", sign(t, from.ID, "POST", request.URL.RequestURI(), from.ClientID, requestTime, []byte(body)))
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	return response
}

func verified(t *testing.T, response *http.Response) map[string]any {
	t.Helper()
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	target := ""
	if response.Request != nil {
		target = response.Request.URL.RequestURI()
	}
	outcome := readOutcome(t, connectortest.Request{Method: http.MethodPost, Target: target}, response, body)
	if !outcome.Genuine {
		t.Fatalf("status %d, not genuine: %s", response.StatusCode, body)
	}
	var answer map[string]any
	if err := json.Unmarshal(body, &answer); err != nil {
		t.Fatal(err)
	}
	return answer
}

// at walks into an answer by keys.
func at(answer any, keys ...string) any {
	for _, key := range keys {
		object, _ := answer.(map[string]any)
		answer = object[key]
	}
	return answer
}

func expect(t *testing.T, answer map[string]any, want map[string]any) {
	t.Helper()
	for path, value := range want {
		if got := at(answer, strings.Split(path, ".")...); got != value {
			t.Errorf("%s = %v, want %v", path, got, value)
		}
	}
}

func (b bench) last(t *testing.T) any {
	t.Helper()
	calls := b.hub.Calls()
	if len(calls) == 0 {
		t.Fatal("nothing reached the hub")
	}
	return calls[len(calls)-1].Value
}

func TestPayBecomesAnOrder(t *testing.T) {
	b := newBench(t)
	body := string(payBody("PR-1", 1500))
	body = strings.Replace(body, `"env":`, `"buyer":{"buyerName":{"firstName":"Mei","lastName":"Example"}},"env":`, 1)
	body = strings.Replace(body, `{"paymentRequestId"`, `{"paymentExpiryTime":"2026-01-02T11:05:05+08:00","paymentRequestId"`, 1)
	b.post(t, acquirer, alipayplus.PathPay, body)
	order := b.last(t).(connectors.Order)
	transfer := order.Transfer
	checks := map[string][2]any{
		"request id": {order.RequestID, "PR-1"}, "mode": {order.Mode, connectors.PaymentCode},
		"settlement": {string(order.SettlementCurrency), "USD"}, "notify": {order.NotifyURL, "https://acqp.example/notify"},
		"raw": {string(order.Raw), body}, "amount": {transfer.InstructedAmount.String(), "1500 JPY"},
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

func TestReplayOfGetPaymentCodeIsRefused(t *testing.T) {
	b := newBench(t)
	body := `{"customerId":"C-1"}`
	expect(t, b.post(t, wallet, alipayplus.PathGetPaymentCode, body), map[string]any{"result.resultStatus": "S"})
	expect(t, b.post(t, wallet, alipayplus.PathGetPaymentCode, body), map[string]any{"result.resultCode": "ACCESS_DENIED"})
	expect(t, b.post(t, wallet, alipayplus.PathGetPaymentCode, body+" "), map[string]any{"result.resultStatus": "S"})
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
	for body, code := range map[string]string{
		replace(`"isCashierPayment":"false"`, `"isCashierPayment":true`):                                             "BUSINESS_NOT_SUPPORT",
		replace(`"isInStorePayment":"true"`, `"isInStorePayment":"false"`):                                           "BUSINESS_NOT_SUPPORT",
		replace(`"isCashierPayment":"false"`, `"isPaymentEvaluation":"true"`):                                        "BUSINESS_NOT_SUPPORT",
		replace(`"isCashierPayment":"false"`, `"needSurcharge":"TRUE"`):                                              "BUSINESS_NOT_SUPPORT",
		replace(`"isCashierPayment":"false"`, `"isAgreementPayment":"true"`):                                         "BUSINESS_NOT_SUPPORT",
		replace(`"isCashierPayment":"false"`, `"isCashierPayment":"maybe"`):                                          "PARAM_ILLEGAL",
		replace(`"PaymentCode"`, `"EntryCode"`):                                                                      "BUSINESS_NOT_SUPPORT",
		replace(`"CONNECT_WALLET"`, `"CARD"`):                                                                        "BUSINESS_NOT_SUPPORT",
		replace(`{"paymentRequestId"`, `{"allowedPspRegions":["HK"],"paymentRequestId"`):                             "BUSINESS_NOT_SUPPORT",
		replace(`"251001020123456789012345"`, `"25100102012345"`):                                                    "INVALID_CODE",
		replace(`"251001020123456789012345"`, `"25100102012345678901234x"`):                                          "INVALID_CODE",
		replace(`,"paymentMethodId":"251001020123456789012345"`, ``):                                                 "PARAM_ILLEGAL",
		replace(`"settlementCurrency":"USD"`, `"settlementCurrency":"ABC"`):                                          "CURRENCY_NOT_SUPPORT",
		replace(`"paymentAmount":{"currency":"JPY"`, `"paymentAmount":{"currency":"ABC"`):                            "CURRENCY_NOT_SUPPORT",
		replace(`"orderAmount":{"currency":"JPY","value":"1500"`, `"orderAmount":{"currency":"JPY","value":"15.00"`): "PARAM_ILLEGAL",
		replace(`"merchantName":"Test Shop",`, ``):                                                                   "PARAM_ILLEGAL",
		replace(`"merchantMCC":"5814"`, `"merchantMCC":"58A4"`):                                                      "PARAM_ILLEGAL",
		replace(`"orderDescription":"Coffee"`, `"orderDescription":"`+strings.Repeat("c", 257)+`"`):                  "PARAM_ILLEGAL",
		replace(`"PR-1"`, `"`+strings.Repeat("p", 65)+`"`):                                                           "PARAM_ILLEGAL",
		replace(`https://acqp.example/notify`, `http://acqp.example/notify`):                                         "PARAM_ILLEGAL",
		replace(`https://acqp.example/notify`, `https://user:pass@acqp.example/`):                                    "PARAM_ILLEGAL",
		replace(`https://acqp.example/notify`, `/notify`):                                                            "PARAM_ILLEGAL",
		replace(`{"paymentRequestId"`, `{"paymentExpiryTime":"tomorrow","paymentRequestId"`):                         "PARAM_ILLEGAL",
	} {
		answer := b.post(t, acquirer, alipayplus.PathPay, body)
		if got := at(answer, "result", "resultCode"); got != code || at(answer, "result", "resultStatus") != "F" {
			t.Errorf("%v, want %s, for %.300s", answer["result"], code, body)
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

func TestClosedAndUnknownOperations(t *testing.T) {
	b := newBench(t)
	for path, code := range map[string]string{
		"/aps/api/v1/payments/consultPayment":              "BUSINESS_NOT_SUPPORT",
		"/aps/v1/payments/inquiryForeignExchangeQuote":     "BUSINESS_NOT_SUPPORT",
		"/aps/api/v1/payments/inquiryForeignExchangeQuote": "BUSINESS_NOT_SUPPORT",
		"/aps/api/v1/payments/consultUnregisteredUserPay":  "NO_INTERFACE_DEF",
		"/aps/api/v1/payments//pay":                        "NO_INTERFACE_DEF",
		"/aps/api/v1/payments/pay/":                        "NO_INTERFACE_DEF",
		"/aps/api/v1/payments/PAY":                         "NO_INTERFACE_DEF",
		"/":                                                "NO_INTERFACE_DEF",
	} {
		answer := b.post(t, acquirer, path, `{}`)
		if got := at(answer, "result", "resultCode"); got != code {
			t.Errorf("%s: %v, want %s", path, got, code)
		}
	}
}

func TestSuspendedParticipantsMayOnlyAsk(t *testing.T) {
	hub, config := connectortest.NewHub(), gateConfig(t)
	suspended := acquirer
	suspended.Suspended = true
	config.Directory = participants(suspended)
	b := bench{hub, serve(t, alipayplus.ServerConfig{Gate: config, Hub: hub})}
	expect(t, b.post(t, acquirer, alipayplus.PathPay, string(payBody("PR-1", 1500))),
		map[string]any{"result.resultCode": "INVALID_CONTRACT"})
	expect(t, b.post(t, acquirer, alipayplus.PathInquiryPayment, `{"paymentRequestId":"PR-1"}`),
		map[string]any{"result.resultCode": "ORDER_NOT_EXIST"})
}

// slowHub answers only when its context ends.
type slowHub struct {
	*connectortest.Hub
	entered chan struct{}
}

func (s slowHub) Pay(ctx context.Context, _ connectors.Participant, _ connectors.Order) (connectors.Payment, error) {
	s.entered <- struct{}{}
	<-ctx.Done()
	return connectors.Payment{}, fmt.Errorf("engine: %w", ctx.Err())
}

func TestAnAnswerThatIsDueIsOpen(t *testing.T) {
	hub, config := slowHub{connectortest.NewHub(), make(chan struct{}, 1)}, gateConfig(t)
	config.AnswerWithin = 50 * time.Millisecond
	b := bench{hub.Hub, serve(t, alipayplus.ServerConfig{Gate: config, Hub: hub})}
	expect(t, b.post(t, acquirer, alipayplus.PathPay, string(payBody("PR-1", 1500))),
		map[string]any{"result.resultStatus": "U", "result.resultCode": "UNKNOWN_EXCEPTION"})
}

func TestMoreThanInFlightIsNotRead(t *testing.T) {
	hub, config := slowHub{connectortest.NewHub(), make(chan struct{}, 1)}, gateConfig(t)
	config.AnswerWithin, config.InFlight = time.Second, 1
	b := bench{hub.Hub, serve(t, alipayplus.ServerConfig{Gate: config, Hub: hub})}
	held := make(chan int, 1)
	go func() {
		response := b.do(t, acquirer, alipayplus.PathPay, string(payBody("PR-1", 1500)))
		response.Body.Close()
		held <- response.StatusCode
	}()
	<-hub.entered
	response := b.do(t, acquirer, alipayplus.PathInquiryPayment, `{"paymentRequestId":"PR-1"}`)
	response.Body.Close()
	if response.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("a request above the limit was answered %d", response.StatusCode)
	}
	if status := <-held; status != http.StatusOK {
		t.Errorf("the held request was answered %d", status)
	}
}

type brokenSigner struct{}

func (brokenSigner) Sign(context.Context, []byte) ([]byte, int, error) {
	return nil, 0, errors.New("sealed")
}

func TestAnAnswerThatCannotBeSignedIsNotGiven(t *testing.T) {
	hub, config := connectortest.NewHub(), gateConfig(t)
	config.Signer = brokenSigner{}
	b := bench{hub, serve(t, alipayplus.ServerConfig{Gate: config, Hub: hub})}
	response := b.do(t, acquirer, alipayplus.PathPay, string(payBody("PR-1", 1500)))
	defer response.Body.Close()
	body, _ := io.ReadAll(response.Body)
	if response.StatusCode != http.StatusInternalServerError || len(body) != 0 {
		t.Errorf("status %d, body %q", response.StatusCode, body)
	}
}

// Nothing personal and no code may be logged, whatever happens.
func TestLogsHoldNothingPersonal(t *testing.T) {
	var log bytes.Buffer
	hub, config := connectortest.NewHub(), gateConfig(t)
	config.Logger = slog.New(slog.NewJSONHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	b := bench{hub, serve(t, alipayplus.ServerConfig{Gate: config, Hub: hub})}
	hub.FailWith(reason.New(reason.Unknown, "hub", ""))
	b.post(t, acquirer, alipayplus.PathPay, string(payBody("PR-1", 1500)))
	hub.FailWith(nil)
	b.post(t, wallet, alipayplus.PathUserInitiatedPay,
		`{"codeValue":"SECRETCODE","customerId":"SECRETPAYER","customerName":{"fullName":"Mei Example"}}`)
	b.post(t, wallet, alipayplus.PathGetPaymentCode, `{"customerId":{"SECRETPAYER":1}}`)
	b.post(t, wallet, "/SECRETPATH", `{}`)
	forged := b.do(t, stranger, alipayplus.PathPay, "")
	forged.Body.Close()
	for _, secret := range []string{"SECRET", "Mei", "251001", "payer", "Shop"} {
		if strings.Contains(log.String(), secret) {
			t.Errorf("%q was logged: %s", secret, log.String())
		}
	}
	if !strings.Contains(log.String(), "JP-ACQ") || strings.Count(log.String(), "\n") < 4 {
		t.Errorf("operators see too little: %s", log.String())
	}
}

// raw sends bytes as they are and returns the answer's head and body.
func (b bench) raw(t *testing.T, request string) (head []string, body string) {
	t.Helper()
	conn, err := net.Dial("tcp", b.server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := io.WriteString(conn, request); err != nil {
		t.Fatal(err)
	}
	reader := bufio.NewReader(conn)
	for {
		line, err := reader.ReadString('\n')
		if err != nil {
			t.Fatal(err)
		}
		if line == "\r\n" {
			break
		}
		head = append(head, strings.TrimSpace(line))
	}
	rest, _ := io.ReadAll(reader)
	return head, string(rest)
}

// sdk builds a request with the given target and header lines; {sig} becomes
// the signature.
func sdk(t *testing.T, target, signed, at, lines, body string) string {
	signature := sign(t, acquirer.ID, "POST", signed, acquirer.ClientID, at, []byte(body))
	return fmt.Sprintf("POST %s HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: %d\r\nRequest-Time: %s\r\n"+
		"Client-Id: %s\r\n%s\r\n%s", target, len(body), at, acquirer.ClientID, strings.ReplaceAll(lines, "{sig}", signature), body)
}

func TestWhatPublishedSDKsSend(t *testing.T) {
	b := newBench(t)
	path, body := alipayplus.PathInquiryPayment, `{"paymentRequestId":"PR-1"}`
	millis := fmt.Sprint(now.UnixMilli())
	for name, request := range map[string]string{
		"two content types, epoch time": sdk(t, path, path, millis,
			"Content-Type: application/json\r\nContent-Type: application/json; charset=UTF-8\r\nsignature: {sig}\r\n", body),
		"absolute form, ISO time": sdk(t, "https://switch.example"+path, path, "2026-01-02T03:04:05.123456+00:00",
			"Signature: {sig}\r\nAgent-Token: \r\n", body),
		"pretty printed": sdk(t, path, path, millis, "Signature: {sig}\r\n", "{\n   \"paymentRequestId\": \"PR-1\"\n}"),
		"query signed":   sdk(t, path+"?a=b", path+"?a=b", millis, "Signature: {sig}\r\n", body),
		"query unsigned": sdk(t, path+"?a=b", path, millis, "Signature: {sig}\r\n", body),
		"no space in content type": sdk(t, path, path, millis,
			"Content-Type: application/json;charset=utf-8\r\nSignature: {sig}\r\n", body),
	} {
		head, answer := b.raw(t, request)
		if head[0] != "HTTP/1.1 200 OK" || !strings.Contains(answer, "ORDER_NOT_EXIST") {
			t.Errorf("%s: %s %s", name, head[0], answer)
		}
	}
}

// A published SDK finds the headers of an answer by their exact lower-case
// names, another takes the signature for absent unless it has three parts.
func TestAnswerHeadersAreExact(t *testing.T) {
	b := newBench(t)
	head, _ := b.raw(t, sdk(t, alipayplus.PathPay, alipayplus.PathPay, requestTime, "Signature: {sig}\r\n", `{}`))
	found := 0
	for _, line := range head {
		name, value, _ := strings.Cut(line, ": ")
		switch name {
		case "signature":
			found++
			if parts := strings.Split(value, ","); len(parts) != 3 || strings.ContainsAny(value, " +/") ||
				parts[0] != "algorithm=RSA256" || parts[1] != "keyVersion=1" || strings.Count(parts[2], "=") != 1 {
				t.Errorf("signature %s", value)
			}
		case "client-id":
			found++
			if value != acquirer.ClientID {
				t.Errorf("client id %s", value)
			}
		case "response-time":
			found++
		}
	}
	if found != 3 {
		t.Errorf("%d of 3 headers in %q", found, head)
	}
}

func TestEnvelopeRefusals(t *testing.T) {
	b := newBench(t)
	path, body := alipayplus.PathInquiryPayment, `{"paymentRequestId":"PR-1"}`
	for want, requests := range map[string][]string{
		"METHOD_NOT_SUPPORTED": {"GET " + path + " HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"},
		"MEDIA_TYPE_NOT_ACCEPTABLE": {
			sdk(t, path, path, requestTime, "Content-Type: text/xml\r\nSignature: {sig}\r\n", body),
			sdk(t, path, path, requestTime, "Content-Type: application/json; charset=utf-16\r\nSignature: {sig}\r\n", body),
			sdk(t, path, path, requestTime, "Content-Type: ;\r\nSignature: {sig}\r\n", body),
		},
		"INVALID_SIGNATURE": {
			sdk(t, path, path, requestTime, "", body),
			sdk(t, path, path, requestTime, "Signature: {sig}\r\nSignature: {sig}\r\n", body),
			sdk(t, path, "/aps/api/v1/payments/pay", requestTime, "Signature: {sig}\r\n", body),
			sdk(t, path, path, requestTime, "Signature: {sig}"+strings.Repeat("x", 5000)+"\r\n", body),
		},
		"INVALID_CLIENT": {sdk(t, path, path, requestTime, "Client-Id: other\r\nSignature: {sig}\r\n", body)},
		"PARAM_ILLEGAL": {
			sdk(t, path, path, "yesterday", "Signature: {sig}\r\n", body),
			sdk(t, path, path, requestTime, "Request-Time: "+requestTime+"\r\nSignature: {sig}\r\n", body),
			sdk(t, path, path, now.Add(6*time.Minute).Format(time.RFC3339), "Signature: {sig}\r\n", body),
			sdk(t, path, path, requestTime, "Signature: {sig}\r\n", `{"paymentRequestId":"a","paymentRequestId":"b"}`),
		},
	} {
		for i, request := range requests {
			head, answer := b.raw(t, request)
			if head[0] != "HTTP/1.1 200 OK" || !strings.Contains(answer, `"`+want+`"`) {
				t.Errorf("%s %d: %s %s", want, i, head[0], answer)
			}
		}
	}
}

func TestFreshnessCanBeTurnedOff(t *testing.T) {
	hub, config := connectortest.NewHub(), gateConfig(t)
	config.Freshness, config.Clock = -1, &clock.Fixed{At: now.Add(24 * time.Hour)}
	b := bench{hub, serve(t, alipayplus.ServerConfig{Gate: config, Hub: hub})}
	expect(t, b.post(t, wallet, alipayplus.PathGetPaymentCode, `{"customerId":"C"}`),
		map[string]any{"result.resultStatus": "S"})
	expect(t, b.post(t, wallet, alipayplus.PathGetPaymentCode, `{"customerId":"C"}`),
		map[string]any{"result.resultCode": "ACCESS_DENIED"})
}

func TestReplayShareIsBounded(t *testing.T) {
	hub := connectortest.NewHub()
	b := bench{hub, serve(t, alipayplus.ServerConfig{Gate: gateConfig(t), Hub: hub, ReplayShare: 2})}
	for i, want := range []string{"SUCCESS", "SUCCESS", "REQUEST_TRAFFIC_EXCEED_LIMIT"} {
		answer := b.post(t, wallet, alipayplus.PathGetPaymentCode, fmt.Sprintf(`{"customerId":"C-%d"}`, i))
		if got := at(answer, "result", "resultCode"); got != want {
			t.Errorf("request %d: %v, want %s", i, got, want)
		}
	}
}

// lastingHub notes whether its context was still good after the partner left.
type lastingHub struct {
	slowHub
	leave, left chan struct{}
	after       chan error
}

func (h lastingHub) Pay(ctx context.Context, _ connectors.Participant, _ connectors.Order) (connectors.Payment, error) {
	close(h.leave)
	<-h.left
	// The server notices a closed connection at once or within this time; a
	// context that were bound to it would have ended.
	select {
	case <-ctx.Done():
	case <-time.After(300 * time.Millisecond):
	}
	h.after <- ctx.Err()
	return connectors.Payment{}, reason.New(reason.Unknown, "hub", "")
}

// A payment that was begun is finished although the partner hung up.
func TestAPartnerThatHangsUpStopsNothing(t *testing.T) {
	hub := lastingHub{
		slowHub: slowHub{Hub: connectortest.NewHub()},
		leave:   make(chan struct{}), left: make(chan struct{}), after: make(chan error, 1),
	}
	server := serve(t, alipayplus.ServerConfig{Gate: gateConfig(t), Hub: hub})
	conn, err := net.Dial("tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	request := sdk(t, alipayplus.PathPay, alipayplus.PathPay, requestTime, "Signature: {sig}\r\n", string(payBody("PR-1", 1500)))
	if _, err := io.WriteString(conn, request); err != nil {
		t.Fatal(err)
	}
	<-hub.leave
	if err := conn.Close(); err != nil {
		t.Fatal(err)
	}
	close(hub.left)
	if err := <-hub.after; err != nil {
		t.Errorf("the hub was stopped: %v", err)
	}
}

func TestOversizedBodiesAreNamed(t *testing.T) {
	b := newBench(t)
	for size, code := range map[int]string{alipayplus.BodyMost: "ORDER_NOT_EXIST", alipayplus.BodyMost + 1: "PARAM_ILLEGAL"} {
		body := `{"paymentRequestId":"PR-1"}`
		body += strings.Repeat(" ", size-len(body))
		expect(t, b.post(t, acquirer, alipayplus.PathInquiryPayment, body), map[string]any{"result.resultCode": code})
	}
}
