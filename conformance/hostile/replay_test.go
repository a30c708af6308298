package hostile_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"strconv"
	"testing"

	"github.com/causeway-pay/causeway/conformance/stage"
	"github.com/causeway-pay/causeway/connectors/alipayplus"
	"github.com/causeway-pay/causeway/connectors/sandbox"
)

// replayCount is how often captured requests are sent again:
// CAUSEWAY_TEST_REPLAYS, or some hundreds.
func replayCount(t *testing.T) int {
	t.Helper()
	text := os.Getenv("CAUSEWAY_TEST_REPLAYS")
	if text == "" {
		return 400
	}
	count, err := strconv.Atoi(text)
	if err != nil {
		t.Fatal(err)
	}
	return count
}

// captured is a request that was carried out, with its answer to the next one of the
// same bytes.
type captured struct {
	request *http.Request
	again   string
}

// capture sends a request, and once more for the answer that every later one gets.
func (w *world) capture(t *testing.T, partner, path, body string) captured {
	t.Helper()
	request := w.build(t, envelope{partner: partner, path: path, body: body})
	if a := w.together(t, []*http.Request{request})[0]; a.result.Status != "S" {
		t.Fatalf("an honest %s: %s", path, a.body)
	}
	return w.resent(t, request)
}

// resent is a request that was carried out before.
func (w *world) resent(t *testing.T, request *http.Request) captured {
	t.Helper()
	a := w.together(t, []*http.Request{repeat(t, request)})[0]
	return captured{request, string(a.body)}
}

// captureAll captures a payment, its refund, a fetching of codes, and a scan of an
// order that is paid.
func (w *world) captureAll(t *testing.T) []captured {
	t.Helper()
	order := w.fresh(t)
	pay := w.capture(t, sakura, alipayplus.PathPay, order.text(t))
	refund := w.capture(t, sakura, alipayplus.PathRefund, fmt.Sprintf(
		`{"paymentRequestId":%q,"refundRequestId":%q,"refundAmount":{"currency":"JPY","value":"100"}}`,
		order["paymentRequestId"], w.next("REFUND")))
	codes := w.capture(t, harbour, alipayplus.PathGetPaymentCode,
		fmt.Sprintf(`{"customerId":"%s-4","codeQuantity":"1"}`, stage.Regular))
	return []captured{pay, refund, codes, w.captureScan(t)}
}

func (w *world) captureScan(t *testing.T) captured {
	t.Helper()
	order := w.order(t, "")
	delete(order.at("paymentMethod"), "paymentMethodId")
	order.at("paymentFactor")["inStorePaymentScenario"] = "OrderCode"
	var waiting alipayplus.PayAnswer
	a := w.post(t, sakura, alipayplus.PathPay, order.text(t))
	if err := json.Unmarshal(a.body, &waiting); err != nil || waiting.OrderCodeForm == nil {
		t.Fatalf("no order code: %s", a.body)
	}
	code, customer := waiting.OrderCodeForm.CodeDetails[0].CodeValue, stage.Regular+"-0"
	paid, err := w.stage.Control(harbour).Scan(t.Context(), sandbox.ScanOrder{
		CodeValue: code, Customer: customer, Confirm: true,
	})
	if err != nil || paid.Shown.Result.Status != "S" {
		t.Fatalf("%+v, %v", paid, err)
	}
	scan := fmt.Sprintf(`{"customerId":%q,"codeValue":%q}`, customer, code)
	return w.resent(t, w.build(t, envelope{partner: harbour, path: alipayplus.PathUserInitiatedPay, body: scan}))
}

// manyReplays sends captured requests again and again, several at once: each is
// answered as the time before, and nothing is carried out twice.
func (w *world) manyReplays(t *testing.T) {
	const atOnce = 8
	all := w.captureAll(t)
	before := w.counts(t)
	sent := 0
	for sent < replayCount(t) {
		batch := make([]*http.Request, atOnce)
		for i := range batch {
			batch[i] = repeat(t, all[(sent+i)%len(all)].request)
		}
		for i, a := range w.together(t, batch) {
			if want := all[(sent+i)%len(all)].again; string(a.body) != want {
				t.Fatalf("replay %d of %s: %s\nbefore: %s", sent+i, batch[i].URL.Path, a.body, want)
			}
		}
		sent += atOnce
	}
	w.untouched(t, before)
	t.Logf("%d replays", sent)
}
