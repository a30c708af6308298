package modes_test

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/causeway-pay/causeway/conformance/stage"
	"github.com/causeway-pay/causeway/conformance/stage/stagetest"
	"github.com/causeway-pay/causeway/connectors/sandbox"
)

const (
	sakura  = "JP-SAKURA"
	merlion = "SG-MERLION"
	harbour = "HK-HARBOUR"
	luzon   = "PH-LUZON"
	payer   = stage.Regular + "-0"
)

// world is one hub with its partners, for all tests of the package.
type world struct{ *stage.Stage }

// TestHub runs everything against one hub: a stage costs seconds.
func TestHub(t *testing.T) {
	w := world{stagetest.Open(t, stage.Options{Timing: stage.Timing{
		WalletPatience: 2 * time.Second, CodeWindow: 4 * time.Second, Inquiries: "200ms,500ms", Cancels: "100ms,300ms",
		Notifications: "200ms,500ms,1s", Pushes: "200ms,300ms,500ms",
	}})}
	for _, part := range []struct {
		name string
		test func(world, *testing.T)
	}{
		{"rate", world.rates}, {"identify", world.identifies}, {"consult", world.consults}, {"regions", world.regions},
		{"cashier", world.cashier}, {"cashier by scan", world.cashierByScan}, {"cashier refusals", world.cashierRefusals},
		{"private order", world.privateOrders}, {"private order refusals", world.privateOrderRefusals},
		{"quote", world.fetchedAtQuote},
		{"push", world.pushes}, {"push undone", world.pushesUndone},
		{"auto debit", world.autoDebit}, {"auto debit refusals", world.autoDebitRefusals},
		{"agreement ended", world.agreementEnds}, {"tokens are not kept", world.tokensAreNotKept},
		{"disputes", world.disputes}, {"merchants", world.merchants},
		{"pages", world.pages},
	} {
		t.Run(part.name, func(t *testing.T) { part.test(w, t) })
	}
	stagetest.Invariants(t, w.Stage)
	if w.HubExited() {
		t.Error("the hub has ended")
	}
}

// must fails the test for an error.
func must[T any](t *testing.T) func(T, error) T {
	return func(value T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
}

// eventually polls until a condition holds.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	deadline := time.Now().Add(15 * time.Second)
	for !holds() {
		if time.Now().After(deadline) {
			t.Fatalf("not within 15 s: %s", what)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

func (w world) pay(t *testing.T, acquirer string, order sandbox.PayOrder) sandbox.PayOutcome {
	t.Helper()
	outcome := must[sandbox.PayOutcome](t)(w.Control(acquirer).Pay(t.Context(), order))
	if outcome.Error != "" {
		t.Fatalf("pay: %s", outcome.Error)
	}
	return outcome
}

// result is what an inquiry says about a payment.
func (w world) result(t *testing.T, acquirer, requestID string) string {
	t.Helper()
	outcome := must[sandbox.InquiryOutcome](t)(
		w.Control(acquirer).Inquire(t.Context(), sandbox.NamedPayment{RequestID: requestID}))
	if outcome.Error != "" || outcome.Answer.PaymentResult == nil {
		t.Fatalf("inquire: %+v", outcome)
	}
	return outcome.Answer.PaymentResult.Code
}

// ends waits until a payment has a result.
func (w world) ends(t *testing.T, acquirer, requestID, code string) {
	t.Helper()
	last := ""
	eventually(t, requestID+" is "+code, func() bool {
		last = w.result(t, acquirer, requestID)
		return last == code
	})
}

// notified waits until an acquirer was told the end of a payment.
func (w world) notified(t *testing.T, acquirer, requestID, code string) {
	t.Helper()
	eventually(t, acquirer+" is told "+code, func() bool {
		for _, told := range must[[]sandbox.Notification](t)(w.Control(acquirer).Notifications(t.Context())) {
			if told.PaymentRequestID == requestID && told.PaymentResult.Code == code && told.Confirmed {
				return true
			}
		}
		return false
	})
}

// balance is what a customer of a wallet has.
func (w world) balance(t *testing.T, wallet, customer string) int64 {
	t.Helper()
	for _, c := range must[[]sandbox.Customer](t)(w.Control(wallet).Customers(t.Context())) {
		if c.ID == customer {
			return c.Balance
		}
	}
	t.Fatalf("%s has no customer %s", wallet, customer)
	return 0
}

// movements are a wallet's debits and credits of one payment: "debit pay 7387".
func (w world) movements(t *testing.T, wallet, paymentID string) []string {
	t.Helper()
	var moved []string
	for _, m := range must[[]sandbox.Movement](t)(w.Control(wallet).Movements(t.Context())) {
		if m.PaymentRequestID == paymentID {
			moved = append(moved, m.Kind+" "+m.Why)
		}
	}
	return moved
}

// browser is a payer's, which shows where it is sent instead of following.
var browser = &http.Client{
	Timeout:       20 * time.Second,
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
}

// page is what a browser got.
type page struct {
	status   int
	location string
	text     string
}

func visit(t *testing.T, address string, form url.Values) page {
	t.Helper()
	var response *http.Response
	var err error
	if form == nil {
		response, err = browser.Get(address)
	} else {
		response, err = browser.PostForm(address, form)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return page{response.StatusCode, response.Header.Get("Location"), string(text)}
}

func same(got []string, want ...string) bool {
	return strings.Join(got, ",") == strings.Join(want, ",")
}
