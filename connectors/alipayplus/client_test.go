package alipayplus_test

import (
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"

	"github.com/google/go-cmp/cmp"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/connectors/alipayplus"
	"github.com/causeway-pay/causeway/connectors/connectortest"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/iso20022"
	"github.com/causeway-pay/causeway/money"
)

// partner is a partner's side that records one request and gives one answer.
type partner struct {
	server *httptest.Server
	seen   *http.Request
	body   map[string]any
	calls  atomic.Int64
}

// newPartner answers every call with the body, signed for its target, or for
// its path alone.
func newPartner(t *testing.T, as connectors.Participant, answer string, signQuery bool) *partner {
	p := &partner{}
	p.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.calls.Add(1)
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		p.seen, p.body = r, nil
		if err := json.Unmarshal(body, &p.body); err != nil {
			t.Error(err)
		}
		checkRequest(t, r, body)
		target := r.URL.Path
		if signQuery {
			target = r.URL.RequestURI()
		}
		w.Header().Set("Client-Id", r.Header.Get("Client-Id"))
		w.Header().Set("Response-Time", requestTime)
		w.Header().Set("Signature",
			sign(t, as.ID, "POST", target, r.Header.Get("Client-Id"), requestTime, []byte(answer)))
		_, _ = io.WriteString(w, answer)
	}))
	t.Cleanup(p.server.Close)
	return p
}

// checkRequest verifies the switch's own signature as a partner would.
func checkRequest(t *testing.T, r *http.Request, body []byte) {
	t.Helper()
	signature, err := alipayplus.ParseSignature(r.Header.Get("Signature"))
	if err != nil {
		t.Error(err)
	}
	signed := alipayplus.SigningString(r.Method, r.URL.RequestURI(), r.Header.Get("Client-Id"),
		r.Header.Get("Request-Time"), body)
	err = keysOf(t).verifier.Verify(context.Background(), hubName, signature.KeyVersion, signed, signature.Value)
	if err != nil {
		t.Error(err)
	}
}

func (p *partner) as(who connectors.Participant) connectors.Participant {
	who.Endpoint = p.server.URL
	return who
}

func walletPayment() connectors.Payment {
	id := ids.New()
	return connectors.Payment{
		ID: id, RequestID: "PR-1", Mode: connectors.PaymentCode, Status: iso20022.Completed, AcquirerID: "JP-ACQ",
		WalletID: "HK-WALLET", WalletName: "Harbour Pay", PayerReference: "C-1", WalletPaymentID: "W-1",
		CompletedAt: now, QuoteExpiresAt: now.Add(time.Minute),
		Transfer: iso20022.CreditTransfer{
			UETR: iso20022.UETR(id), InstructedAmount: money.New(1500, "JPY"), SettlementAmount: money.New(7500, "HKD"),
			ExpiresAt: now.Add(time.Minute), Remittance: "Coffee", MerchantCategory: "5814",
			Creditor: iso20022.Party{Name: "Test Shop", Town: "Tokyo", Country: "JP", OtherID: "M-77"},
			Rate: &iso20022.AgreedRate{
				Rate:     money.Rate{Base: "JPY", Quote: "HKD", Mantissa: 5, Scale: 2},
				QuotedAt: now, QuoteID: iso20022.UETR(id),
			},
			Supplementary: []byte(`{"referenceOrderId":"ORD-1","merchant":{"merchantName":"Test Shop"},"own":true}`),
		},
	}
}

func TestPayAsAWalletReceivesIt(t *testing.T) {
	p := newPartner(t, wallet, `{"result":`+saidYes+`,"paymentId":"W-9","paymentTime":"2026-01-02T11:04:07+08:00"}`, false)
	payment := walletPayment()
	answer := newClient(t, time.Second*10).Pay(context.Background(), p.as(wallet), payment)
	if answer.Decision != connectors.Accepted || answer.WalletPaymentID != "W-9" || answer.Err != nil ||
		!answer.CompletedAt.Equal(time.Date(2026, 1, 2, 3, 4, 7, 0, time.UTC)) {
		t.Errorf("answer %+v", answer)
	}
	expect(t, p.body, map[string]any{
		"acquirerId": "JP-ACQ", "pspId": "HK-WALLET", "paymentRequestId": payment.ID.String(),
		"paymentAmount.value": "1500", "paymentAmount.currency": "JPY", "payToAmount.value": "7500",
		"payToAmount.currency": "HKD", "paymentQuote.quotePrice": "0.05", "paymentQuote.quoteCurrencyPair": "JPY/HKD",
		"paymentMethod.paymentMethodType": "CONNECT_WALLET", "paymentMethod.customerId": "C-1",
		"paymentMethod.paymentMethodId": nil, "paymentFactor.inStorePaymentScenario": "PaymentCode",
		"paymentExpiryTime": "2026-01-02T03:05:05.06Z", "order.own": true, "order.merchant.merchantName": "Test Shop",
		"paymentNotifyUrl": "https://switch.example" + alipayplus.PathNotifyPayment,
	})
	if p.seen.URL.Path != alipayplus.PathPay || p.seen.Header.Get("Client-Id") != wallet.ClientID {
		t.Errorf("sent to %s as %s", p.seen.URL.Path, p.seen.Header.Get("Client-Id"))
	}
}

// What is made ready leaves only when it is sent, and is then what Pay sends.
func TestPreparedPayLeavesWhenSent(t *testing.T) {
	p := newPartner(t, wallet, `{"result":`+saidYes+`,"paymentId":"W-9"}`, false)
	client, payment := newClient(t, time.Second*10), walletPayment()
	ended, end := context.WithCancel(t.Context())
	send := client.PreparePay(ended, p.as(wallet), payment)
	end()
	if client.PreparePay(t.Context(), p.as(wallet), payment); p.seen != nil {
		t.Fatal("a request left that nobody sent")
	}
	answer := send(t.Context())
	if answer.Decision != connectors.Accepted || answer.WalletPaymentID != "W-9" {
		t.Errorf("answer %+v", answer)
	}
	ready := p.body
	if direct := client.Pay(t.Context(), p.as(wallet), payment); !cmp.Equal(ready, p.body) || !cmp.Equal(direct, answer) {
		t.Errorf("sent %s instead of %s", ready, p.body)
	}
	nowhere := wallet
	nowhere.Endpoint = "http://[::1"
	if answer := client.PreparePay(t.Context(), nowhere, payment)(t.Context()); answer.Err == nil ||
		answer.Decision != connectors.Undecided {
		t.Errorf("to nowhere: %+v", answer)
	}
}

// A payment that came in another protocol has no order object of ours.
func TestPayMakesAnOrderOfATransfer(t *testing.T) {
	p := newPartner(t, wallet, `{"result":`+saidYes+`}`, false)
	for _, supplementary := range []string{"", "<xml/>", "[]", `{"other":1}`} {
		payment := walletPayment()
		payment.Transfer.Supplementary = []byte(supplementary)
		newClient(t, 10*time.Second).Pay(context.Background(), p.as(wallet), payment)
		expect(t, p.body, map[string]any{
			"order.referenceOrderId": payment.ID.String(), "order.orderDescription": "Coffee",
			"order.orderAmount.value": "1500", "order.merchant.merchantName": "Test Shop",
			"order.merchant.referenceMerchantId": "M-77", "order.merchant.merchantMCC": "5814",
			"order.merchant.merchantAddress.region": "JP",
		})
	}
}

func TestOtherRequestsAsAWalletReceivesThem(t *testing.T) {
	p := newPartner(t, wallet, `{"result":`+saidYes+`,"refundId":"WR-1","refundTime":"2026-01-02T03:04:05Z"}`, false)
	client, ctx, payment := newClient(t, 10*time.Second), context.Background(), walletPayment()
	uetr := payment.Transfer.UETR
	refund := client.Return(ctx, p.as(wallet), payment, iso20022.PaymentReturn{
		ReturnID: "R-1", OriginalUETR: uetr, ReturnedAmount: money.New(2500, "HKD"), InstructedAmount: money.New(500, "JPY"),
		Rate: &money.Rate{Base: "JPY", Quote: "HKD", Mantissa: 5, Scale: 2},
	})
	if refund.Decision != connectors.Accepted || refund.WalletPaymentID != "WR-1" ||
		!refund.CompletedAt.Equal(now.Truncate(time.Second)) {
		t.Errorf("refund %+v", refund)
	}
	expect(t, p.body, map[string]any{
		"refundRequestId": "R-1", "paymentRequestId": payment.ID.String(), "paymentId": "W-1",
		"refundAmount.value": "500", "refundFromAmount.value": "2500", "refundFromAmount.currency": "HKD",
		"refundQuote.quotePrice": "0.05", "acquirerId": "JP-ACQ", "pspId": "HK-WALLET",
	})
	client.Cancel(ctx, p.as(wallet), iso20022.CancellationRequest{OriginalUETR: uetr})
	expect(t, p.body, map[string]any{"paymentRequestId": payment.ID.String(), "pspId": "HK-WALLET"})
	if p.seen.URL.Path != alipayplus.PathCancelPayment {
		t.Errorf("cancel went to %s", p.seen.URL.Path)
	}
}

// What a wallet may say and what it proves.
func TestDecisions(t *testing.T) {
	const otherID = `,"paymentRequestId":"somebody-else"`
	result := func(code, status string) string {
		return `{"result":{"resultCode":"` + code + `","resultStatus":"` + status + `"}`
	}
	payment := func(code, status string) string {
		return `{"result":` + saidYes + `,"paymentResult":{"resultCode":"` + code + `","resultStatus":"` + status + `"}`
	}
	for _, c := range []struct {
		verb   connectortest.Verb
		answer string
		want   connectors.Decision
		reason reason.Kind
	}{
		{connectortest.Pay, result("RISK_REJECT", "F") + `}`, connectors.Declined, reason.RiskRejected},
		{connectortest.Pay, result("ORDER_IS_CLOSED", "F") + `}`, connectors.Declined, reason.Closed},
		{connectortest.Pay, result("NEVER_SEEN", "F") + `}`, connectors.Declined, reason.Failed},
		{connectortest.Pay, result("REPEAT_REQ_INCONSISTENT", "F") + `}`, connectors.Undecided, reason.Inconsistent},
		{connectortest.Pay, result("INVALID_SIGNATURE", "F") + `}`, connectors.Undecided, reason.InvalidSignature},
		{connectortest.Pay, result("KEY_NOT_FOUND", "F") + `}`, connectors.Undecided, reason.UnknownKey},
		{connectortest.Pay, result("ORDER_NOT_EXIST", "F") + `}`, connectors.Undecided, reason.Unknown},
		{connectortest.Pay, result("PAYMENT_IN_PROCESS", "U") + `}`, connectors.Undecided, reason.InProcess},
		{connectortest.Pay, result("SUCCESS", "A") + `}`, connectors.Undecided, reason.Unknown},
		{connectortest.Pay, result("SUCCESS", "S") + otherID + `}`, connectors.Undecided, reason.Unknown},
		{connectortest.Pay, result("RISK_REJECT", "F") + otherID + `}`, connectors.Undecided, reason.Unknown},
		{connectortest.Pay, result("SUCCESS", "S") + `,"payToAmount":{"currency":"HKD","value":"7501"}}`,
			connectors.Undecided, reason.Unknown},
		{connectortest.Pay, result("SUCCESS", "S") + `,"payToAmount":{"currency":"HKD","value":"7500"}}`,
			connectors.Accepted, reason.None},
		{connectortest.Pay, `{}`, connectors.Undecided, reason.Unknown},
		{connectortest.Inquire, payment("SUCCESS", "S") + `}`, connectors.Accepted, reason.None},
		{connectortest.Inquire, payment("ORDER_IS_CLOSED", "F") + `}`, connectors.Declined, reason.Closed},
		{connectortest.Inquire, payment("USER_BALANCE_NOT_ENOUGH", "F") + `}`, connectors.Declined, reason.InsufficientFunds},
		{connectortest.Inquire, payment("PAYMENT_IN_PROCESS", "U") + `}`, connectors.Undecided, reason.InProcess},
		{connectortest.Inquire, payment("SUCCESS", "S") + otherID + `}`, connectors.Undecided, reason.Unknown},
		{connectortest.Inquire, `{"result":` + saidYes + `}`, connectors.Undecided, reason.Unknown},
		{connectortest.Inquire, result("ORDER_NOT_EXIST", "F") + `}`, connectors.Absent, reason.NotFound},
		{connectortest.Inquire, result("ACCESS_DENIED", "F") + `}`, connectors.Undecided, reason.AccessDenied},
		{connectortest.Inquire, result("RISK_REJECT", "F") + `}`, connectors.Undecided, reason.RiskRejected},
		{connectortest.Inquire, result("UNKNOWN_EXCEPTION", "U") + `}`, connectors.Undecided, reason.Unknown},
		{connectortest.Cancel, result("SUCCESS", "S") + `}`, connectors.Accepted, reason.None},
		{connectortest.Cancel, result("CANCEL_WINDOW_EXCEED", "F") + `}`, connectors.Declined, reason.CancelTooLate},
		{connectortest.Cancel, result("ORDER_NOT_EXIST", "F") + `}`, connectors.Absent, reason.NotFound},
		{connectortest.Cancel, result("PROCESS_FAIL", "F") + `}`, connectors.Undecided, reason.Failed},
		{connectortest.Return, result("REFUND_AMOUNT_EXCEED", "F") + `}`, connectors.Declined, reason.RefundExceeds},
		{connectortest.Return, result("PAYMENT_IN_PROCESS", "U") + `}`, connectors.Undecided, reason.InProcess},
		{connectortest.Return, result("SUCCESS", "S") + `,"refundAmount":{"currency":"JPY","value":"1"}}`,
			connectors.Undecided, reason.Unknown},
	} {
		answer := askFor(t, c.verb, newPartner(t, wallet, c.answer, false).as(wallet))
		if answer.Decision != c.want || answer.Reason != c.reason {
			t.Errorf("%s %s: %v %v, want %v %v", c.verb, c.answer, answer.Decision, answer.Reason, c.want, c.reason)
		}
		if string(answer.Received) != c.answer {
			t.Errorf("%s: recorded %s", c.answer, answer.Received)
		}
	}
}

func askFor(t *testing.T, verb connectortest.Verb, to connectors.Participant) connectors.Answer {
	client, ctx, payment := newClient(t, 10*time.Second), context.Background(), walletPayment()
	uetr := payment.Transfer.UETR
	switch verb {
	case connectortest.Pay:
		return client.Pay(ctx, to, payment)
	case connectortest.Inquire:
		return client.Inquire(ctx, to, iso20022.StatusRequest{OriginalUETR: uetr})
	case connectortest.Cancel:
		return client.Cancel(ctx, to, iso20022.CancellationRequest{OriginalUETR: uetr})
	default:
		return client.Return(ctx, to, payment, iso20022.PaymentReturn{
			ReturnID: "R-1", OriginalUETR: uetr, InstructedAmount: money.New(500, "JPY"), ReturnedAmount: money.New(2500, "HKD"),
		})
	}
}

func TestNotifyAsAnAcquirerReceivesIt(t *testing.T) {
	p := newPartner(t, acquirer, `{"result":`+saidYes+`}`, true)
	payment, client := walletPayment(), newClient(t, 10*time.Second)
	payment.NotifyURL = p.server.URL + "/hook/acq?token=s3cret&x=%2F"
	if err := client.Notify(context.Background(), p.as(acquirer), payment).Err; err != nil {
		t.Fatal(err)
	}
	if p.seen.URL.RequestURI() != "/hook/acq?token=s3cret&x=%2F" {
		t.Errorf("sent to %s", p.seen.URL.RequestURI())
	}
	expect(t, p.body, map[string]any{
		"acquirerId": "JP-ACQ", "pspId": "HK-WALLET", "paymentResult.resultStatus": "S",
		"paymentResult.resultCode": "SUCCESS", "paymentRequestId": "PR-1", "paymentId": payment.ID.String(),
		"paymentAmount.value": "1500", "settlementAmount.value": "7500", "settlementQuote.quotePrice": "0.05",
		"customerId": "C-1", "walletBrandName": "Harbour Pay", "mppPaymentId": "W-1",
		"paymentTime": "2026-01-02T03:04:05.06Z",
	})
	payment.NotifyURL, payment.Status, payment.Reason = "", iso20022.Rejected, reason.InsufficientFunds
	if err := client.Notify(context.Background(), p.as(acquirer), payment).Err; err != nil {
		t.Fatal(err)
	}
	if p.seen.URL.Path != alipayplus.PathNotifyPayment {
		t.Errorf("sent to %s", p.seen.URL.Path)
	}
	expect(t, p.body, map[string]any{
		"paymentResult.resultStatus": "F", "paymentResult.resultCode": "USER_BALANCE_NOT_ENOUGH", "settlementAmount": nil,
	})
}

// An acquirer that signs only the path of its address is understood.
func TestNotifyAcceptsASignatureOverThePathAlone(t *testing.T) {
	p := newPartner(t, acquirer, `{"result":`+saidYes+`}`, false)
	payment := walletPayment()
	payment.NotifyURL = p.server.URL + "/hook?token=s3cret"
	if err := newClient(t, 10*time.Second).Notify(context.Background(), p.as(acquirer), payment).Err; err != nil {
		t.Error(err)
	}
}

func TestNotifyRefusesWhatIsNotFinal(t *testing.T) {
	p := newPartner(t, acquirer, `{"result":`+saidYes+`}`, false)
	payment := walletPayment()
	payment.Status = iso20022.Pending
	err := newClient(t, 10*time.Second).Notify(context.Background(), p.as(acquirer), payment).Err
	if reason.Of(err) != reason.InvalidRequest || p.calls.Load() != 0 {
		t.Errorf("%v after %d calls", err, p.calls.Load())
	}
}

// An address that a partner chose must not lead into the switch's own network,
// whatever its name resolves to; its query must not reach an error.
func TestNotifyDoesNotReachInside(t *testing.T) {
	p := newPartner(t, acquirer, `{"result":`+saidYes+`}`, false)
	to := acquirer
	to.Endpoint = "https://acqp.example"
	_, port, err := net.SplitHostPort(p.server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	for _, host := range []string{"127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "0.0.0.0"} {
		payment := walletPayment()
		payment.NotifyURL = "http://" + host + ":" + port + "/?token=s3cret"
		err := newClient(t, 10*time.Second).Notify(context.Background(), to, payment).Err
		if reason.Of(err) != reason.Unknown || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%s: %v", host, err)
		}
	}
	if p.calls.Load() != 0 {
		t.Errorf("%d calls reached the inside", p.calls.Load())
	}
}

func TestTracesReachPartners(t *testing.T) {
	previous := otel.GetTextMapPropagator()
	otel.SetTextMapPropagator(propagation.TraceContext{})
	defer otel.SetTextMapPropagator(previous)
	p := newPartner(t, wallet, `{"result":`+saidYes+`}`, false)
	span := trace.NewSpanContext(trace.SpanContextConfig{
		TraceID: trace.TraceID{1}, SpanID: trace.SpanID{2}, TraceFlags: 1,
	})
	ctx := trace.ContextWithSpanContext(context.Background(), span)
	newClient(t, 10*time.Second).Pay(ctx, p.as(wallet), walletPayment())
	if got := p.seen.Header.Get("Traceparent"); !strings.Contains(got, span.TraceID().String()) {
		t.Errorf("traceparent %q", got)
	}
}

func TestConnectionsAreKept(t *testing.T) {
	p := newPartner(t, wallet, `{"result":`+saidYes+`}`, false)
	client, from := newClient(t, 10*time.Second), make(map[string]bool)
	for range 10 {
		client.Pay(context.Background(), p.as(wallet), walletPayment())
		from[p.seen.RemoteAddr] = true
	}
	if len(from) != 1 {
		t.Errorf("%d connections for 10 calls in a row", len(from))
	}
}

// A partner that closed a kept connection costs nothing: the call is repeated
// on a new one, since every operation is idempotent.
func TestAConnectionClosedMeanwhileIsReplaced(t *testing.T) {
	p := newPartner(t, wallet, `{"result":`+saidYes+`}`, false)
	client := newClient(t, 10*time.Second)
	for range 20 {
		if answer := client.Pay(context.Background(), p.as(wallet), walletPayment()); answer.Decision != connectors.Accepted {
			t.Fatalf("%v", answer.Err)
		}
		p.server.CloseClientConnections()
	}
}

func TestUnreachablePartnerIsUndecided(t *testing.T) {
	to := wallet
	to.Endpoint = "http://127.0.0.1:1"
	if answer := askFor(t, connectortest.Pay, to); answer.Decision != connectors.Undecided || answer.Err == nil {
		t.Errorf("%+v", answer)
	}
	to.Endpoint = "://no address?token=s3cret"
	answer := askFor(t, connectortest.Pay, to)
	if answer.Decision != connectors.Undecided || answer.Err == nil || strings.Contains(answer.Err.Error(), "s3cret") {
		t.Errorf("%+v", answer.Err)
	}
}

func TestAnswerForAnotherClientIsUndecided(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body := `{"result":` + saidYes + `}`
		w.Header().Set("Client-Id", "SANDBOX_OTHER")
		w.Header().Set("Response-Time", requestTime)
		w.Header().Set("Signature", sign(t, wallet.ID, "POST", r.URL.Path, "SANDBOX_OTHER", requestTime, []byte(body)))
		_, _ = io.WriteString(w, body)
	}))
	defer server.Close()
	to := wallet
	to.Endpoint = server.URL
	if answer := askFor(t, connectortest.Pay, to); answer.Decision != connectors.Undecided {
		t.Errorf("%+v", answer)
	}
}

// A redirect is an answer and not an invitation: whoever sends one could lead a
// signed request to somebody else.
func TestRedirectsAreNotFollowed(t *testing.T) {
	elsewhere := newPartner(t, wallet, `{"result":`+saidYes+`}`, false)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, elsewhere.server.URL+r.URL.Path, http.StatusTemporaryRedirect)
	}))
	defer server.Close()
	to := wallet
	to.Endpoint = server.URL
	answer := askFor(t, connectortest.Pay, to)
	if answer.Decision != connectors.Undecided || elsewhere.calls.Load() != 0 {
		t.Errorf("%v after %d calls elsewhere", answer.Decision, elsewhere.calls.Load())
	}
}
