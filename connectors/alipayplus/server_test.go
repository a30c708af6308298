package alipayplus_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
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
	request.Header.Set("Signature", sign(t, from.ID, "POST",
		request.URL.RequestURI(), from.ClientID, requestTime, []byte(body)))
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

func TestReplayOfGetPaymentCodeIsRefused(t *testing.T) {
	b := newBench(t)
	body := `{"customerId":"C-1"}`
	expect(t, b.post(t, wallet, alipayplus.PathGetPaymentCode, body), map[string]any{"result.resultStatus": "S"})
	expect(t, b.post(t, wallet, alipayplus.PathGetPaymentCode, body), map[string]any{"result.resultCode": "ACCESS_DENIED"})
	expect(t, b.post(t, wallet, alipayplus.PathGetPaymentCode, body+" "), map[string]any{"result.resultStatus": "S"})
}

func TestClosedAndUnknownOperations(t *testing.T) {
	b := newBench(t)
	for path, code := range map[string]string{
		"/aps/api/v1/customs/declare":                     "BUSINESS_NOT_SUPPORT",
		"/aps/api/v1/payments/consultUnregisteredUserPay": "NO_INTERFACE_DEF",
		"/aps/api/v1/payments//pay":                       "NO_INTERFACE_DEF",
		"/aps/api/v1/payments/pay/":                       "NO_INTERFACE_DEF",
		"/aps/api/v1/payments/PAY":                        "NO_INTERFACE_DEF",
		"/":                                               "NO_INTERFACE_DEF",
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

// slowHub answers only when its context ends, or is let go.
type slowHub struct {
	*connectortest.Hub
	entered, letGo chan struct{}
}

func (s slowHub) Pay(ctx context.Context, _ connectors.Participant, _ connectors.Order) (connectors.Payment, error) {
	s.entered <- struct{}{}
	select {
	case <-ctx.Done():
	case <-s.letGo:
	}
	return connectors.Payment{}, reason.New(reason.Unknown, "engine", "")
}

func TestAnAnswerThatIsDueIsOpen(t *testing.T) {
	hub, config := slowHub{Hub: connectortest.NewHub(), entered: make(chan struct{}, 1)}, gateConfig(t)
	config.AnswerWithin = 50 * time.Millisecond
	b := bench{hub.Hub, serve(t, alipayplus.ServerConfig{Gate: config, Hub: hub})}
	expect(t, b.post(t, acquirer, alipayplus.PathPay, string(payBody("PR-1", 1500))),
		map[string]any{"result.resultStatus": "U", "result.resultCode": "UNKNOWN_EXCEPTION"})
}

func TestMoreThanInFlightIsNotRead(t *testing.T) {
	hub, config := slowHub{connectortest.NewHub(), make(chan struct{}, 1), make(chan struct{})}, gateConfig(t)
	config.AnswerWithin, config.InFlight = time.Minute, 1
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
	close(hub.letGo)
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
