package hostile_test

import (
	"fmt"
	"net/http"
	"sync"
	"testing"

	"github.com/causeway-pay/causeway/conformance/stage"
	"github.com/causeway-pay/causeway/connectors/alipayplus"
)

// together sends requests at once, every other to the second hub if there is one, and
// returns the answers in their order.
func (w *world) together(t *testing.T, requests []*http.Request) []answer {
	t.Helper()
	responses, failures := make([]*http.Response, len(requests)), make([]error, len(requests))
	start := make(chan struct{})
	var wg sync.WaitGroup
	for i, request := range requests {
		if w.second != "" && i%2 == 1 {
			request.URL.Host = w.second
		}
		wg.Go(func() {
			<-start
			responses[i], failures[i] = w.client.Do(request)
		})
	}
	close(start)
	wg.Wait()
	answers := make([]answer, len(requests))
	for i := range requests {
		if failures[i] != nil {
			t.Fatal(failures[i])
		}
		answers[i] = w.read(t, requests[i], responses[i])
	}
	return answers
}

func (w *world) pays(t *testing.T, bodies ...string) []*http.Request {
	t.Helper()
	requests := make([]*http.Request, len(bodies))
	for i, body := range bodies {
		requests[i] = w.build(t, envelope{partner: sakura, path: alipayplus.PathPay, body: body})
	}
	return requests
}

// replays sends bytes that were sent before.
func (w *world) replays(t *testing.T) {
	t.Run("getPaymentCode", func(t *testing.T) {
		honest := w.build(t, envelope{partner: harbour, path: alipayplus.PathGetPaymentCode,
			body: fmt.Sprintf(`{"customerId":"%s-2","codeQuantity":"2"}`, stage.Regular)})
		before := w.counts(t)
		if a := w.together(t, []*http.Request{honest})[0]; a.result.Code != "SUCCESS" {
			t.Fatalf("an honest request: %s", a.body)
		}
		before["payment_code"] += 2
		for range 3 {
			again := w.together(t, []*http.Request{repeat(t, honest)})[0]
			again.refused(t, "ACCESS_DENIED")
		}
		w.untouched(t, before)
	})
	t.Run("getPaymentCode five times at once", func(t *testing.T) {
		honest := w.build(t, envelope{partner: harbour, path: alipayplus.PathGetPaymentCode,
			body: fmt.Sprintf(`{"customerId":"%s-3","codeQuantity":"1"}`, stage.Regular)})
		before := w.counts(t)
		before["payment_code"]++
		codes := map[string]int{}
		five := []*http.Request{honest, repeat(t, honest), repeat(t, honest), repeat(t, honest), repeat(t, honest)}
		for _, a := range w.together(t, five) {
			codes[a.result.Code]++
		}
		if codes["SUCCESS"] != 1 || codes["ACCESS_DENIED"] != 4 {
			t.Errorf("answers: %v", codes)
		}
		w.untouched(t, before)
	})
	t.Run("pay", func(t *testing.T) {
		honest := w.pays(t, w.fresh(t).text(t))[0]
		first := w.together(t, []*http.Request{honest})[0]
		if first.result.Code != "SUCCESS" {
			t.Fatalf("an honest request: %s", first.body)
		}
		before := w.counts(t)
		for range 3 {
			again := w.together(t, []*http.Request{repeat(t, honest)})[0]
			if string(again.body) != string(first.body) {
				t.Errorf("another answer: %s\nfirst: %s", again.body, first.body)
			}
		}
		w.untouched(t, before)
	})
	t.Run("the same request with other fields", func(t *testing.T) {
		order, _ := w.paid(t)
		before := w.counts(t)
		for _, change := range []func(message){
			func(m message) { m.at("paymentAmount")["value"] = "1501" },
			func(m message) { m.at("order", "orderAmount")["value"] = "1" },
			func(m message) { m.at("paymentFactor")["inStorePaymentScenario"] = "OrderCode" },
			func(m message) { m["settlementStrategy"] = map[string]any{"settlementCurrency": "JPY"} },
		} {
			other := parse(t, order.text(t))
			change(other)
			w.post(t, sakura, alipayplus.PathPay, other.text(t)).refused(t, "REPEAT_REQ_INCONSISTENT")
		}
		w.untouched(t, before)
	})
}

// repeat is the same request once more: the very same bytes.
func repeat(t *testing.T, r *http.Request) *http.Request {
	t.Helper()
	again := r.Clone(t.Context())
	body, err := r.GetBody()
	if err != nil {
		t.Fatal(err)
	}
	again.Body = body
	return again
}

// repeated sends the same payment five times at once, with signatures of their
// own: one effect, one answer.
func (w *world) repeated(t *testing.T) {
	for round := range 5 {
		body := w.fresh(t).text(t)
		before := w.counts(t)
		answers := w.together(t, w.pays(t, body, body, body, body, body))
		if w.second != "" {
			answers = w.settled(t, answers)
		}
		for _, a := range answers {
			if a.result.Code != "SUCCESS" || string(a.body) != string(answers[0].body) {
				t.Errorf("round %d: %s\nfirst: %s", round, a.body, answers[0].body)
			}
		}
		after := w.counts(t)
		for table, more := range map[string]int64{"payment": 1, "reservation": 1, "request_claim": 1, "codes used": 1} {
			if after[table] != before[table]+more {
				t.Errorf("round %d: %s: %d before, %d after", round, table, before[table], after[table])
			}
		}
	}
	t.Run("one code, five payments", func(t *testing.T) {
		code := w.code(t, harbour, stage.Regular+"-4")
		bodies := make([]string, 5)
		for i := range bodies {
			bodies[i] = w.order(t, code).text(t)
		}
		before := w.counts(t)
		codes := map[string]int{}
		for _, a := range w.together(t, w.pays(t, bodies...)) {
			codes[a.result.Code]++
		}
		if codes["SUCCESS"] != 1 || codes["INVALID_CODE"] != 4 {
			t.Errorf("answers: %v", codes)
		}
		if after := w.counts(t); after["reservation"] != before["reservation"]+1 {
			t.Errorf("reservations: %d before, %d after", before["reservation"], after["reservation"])
		}
	})
}

// settled leaves out the answers of a hub that only knows that the other one is at work on
// the payment. Somebody must know more, and all speak of the same payment.
func (w *world) settled(t *testing.T, answers []answer) []answer {
	t.Helper()
	payments := map[any]bool{}
	var known []answer
	for _, a := range answers {
		payments[parse(t, string(a.body))["paymentId"]] = true
		if a.result.Code != "PAYMENT_IN_PROCESS" {
			known = append(known, a)
		}
	}
	if len(known) == 0 || len(payments) != 1 {
		t.Errorf("%d of %d answers are final, about %d payments", len(known), len(answers), len(payments))
	}
	return known
}

// caps lets more debits at once ask for a cap than it covers.
func (w *world) caps(t *testing.T) {
	const (
		capOf   = `SELECT cap_minor FROM participant_position WHERE participant_id = $1`
		overCap = `SELECT posted_minor + reserved_minor - cap_minor FROM participant_position WHERE participant_id = $1`
		restore = `UPDATE participant_position SET cap_minor = $2 WHERE participant_id = $1`
		allow   = `UPDATE participant_position SET cap_minor = posted_minor + reserved_minor + $2 WHERE participant_id = $1`
	)
	original := w.number(t, capOf, luzon)
	defer w.change(t, restore, luzon, original)
	// What one such payment costs, learned from the first.
	price := w.number(t, `SELECT payer_minor FROM payment WHERE request_id = $1`, w.pay(t, luzon))
	for _, c := range []struct{ debits, covered int }{{2, 1}, {2, 1}, {2, 1}, {8, 3}, {5, 0}} {
		t.Run(fmt.Sprint(c.covered, " of ", c.debits), func(t *testing.T) {
			bodies := make([]string, c.debits)
			for i := range bodies {
				bodies[i] = w.order(t, w.code(t, luzon, fmt.Sprint(stage.Regular, "-", i))).text(t)
			}
			room := price*int64(c.covered) + price/2
			w.change(t, allow, luzon, room)
			codes := map[string]int{}
			for _, a := range w.together(t, w.pays(t, bodies...)) {
				codes[a.result.Code]++
			}
			if codes["SUCCESS"] != c.covered || codes["UNAVAILABLE_PAYMENT_METHOD"] != c.debits-c.covered {
				t.Errorf("answers: %v", codes)
			}
			if over := w.number(t, overCap, luzon); over > 0 {
				t.Errorf("the cap is exceeded by %d", over)
			}
		})
	}
}

// pay makes an honest payment with a wallet's code and returns its request id.
func (w *world) pay(t *testing.T, wallet string) string {
	t.Helper()
	order := w.order(t, w.code(t, wallet, stage.Regular+"-0"))
	if a := w.post(t, sakura, alipayplus.PathPay, order.text(t)); a.result.Code != "SUCCESS" {
		t.Fatalf("an honest payment: %s", a.body)
	}
	return order["paymentRequestId"].(string)
}
