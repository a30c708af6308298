package alipayplus_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/causeway-pay/causeway/connectors/alipayplus"
	"github.com/causeway-pay/causeway/internal/reason"
)

// BenchmarkDecodePay reads a pay message strictly.
func BenchmarkDecodePay(b *testing.B) {
	body := payBody("PR-1", 1500)
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		var request alipayplus.PayRequest
		if err := alipayplus.Decode(body, &request); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkEncodeAnswer writes the answer to one.
func BenchmarkEncodeAnswer(b *testing.B) {
	answer := alipayplus.PayAnswer{
		Answer: alipayplus.Answer{Result: alipayplus.ResultOf(reason.None)}, PaymentID: "P-1", PaymentTime: "2026-01-02T03:04:05Z",
		PaymentAmount: &alipayplus.Amount{Currency: "JPY", Value: "1500"},
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := alipayplus.Encode(answer); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkGate admits a signed request and signs the answer, without a network: the
// envelope of the protocol with RSA-2048.
func BenchmarkGate(b *testing.B) {
	body, at := payBody("PR-1", 1500), "2026-01-02T03:04:05Z"
	signature := sign(b, acquirer.ID, http.MethodPost, alipayplus.PathPay, acquirer.ClientID, at, body)
	gate := alipayplus.NewGate(gateConfig(b), func(context.Context, alipayplus.Call) any {
		return alipayplus.Answer{Result: alipayplus.ResultOf(reason.None)}
	})
	b.ReportAllocs()
	for b.Loop() {
		request := httptest.NewRequest(http.MethodPost, alipayplus.PathPay, strings.NewReader(string(body)))
		request.Header.Set("Client-Id", acquirer.ClientID)
		request.Header.Set("Request-Time", at)
		request.Header.Set("Signature", signature)
		request.Header.Set("Content-Type", "application/json")
		answer := httptest.NewRecorder()
		gate.ServeHTTP(answer, request)
		if answer.Code != http.StatusOK || !strings.Contains(answer.Body.String(), `"SUCCESS"`) {
			b.Fatal(answer.Code, answer.Body)
		}
	}
}
