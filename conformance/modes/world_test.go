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
	dragon  = "CN-DRAGON"
	payer   = stage.Regular + "-0"
)

// world is one hub with its partners, for all tests of the package.
type world struct{ stagetest.Hub }

// TestHub runs everything against one hub: a stage costs seconds.
func TestHub(t *testing.T) {
	w := world{stagetest.Hub{Stage: stagetest.Open(t, stage.Options{Cast: append(stage.Cast(), stage.Mainland()), Timing: stage.Timing{
		WalletPatience: 4 * time.Second, CodeWindow: 8 * time.Second, Inquiries: "200ms,500ms", Cancels: "100ms,300ms",
		Notifications: "200ms,500ms,1s", Pushes: "200ms,300ms,500ms",
	}})}}
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
		{"disputes", world.disputes}, {"merchants", world.merchants}, {"customs", world.declarations},
		{"pages", world.pages}, {"held", world.held},
	} {
		t.Run(part.name, func(t *testing.T) { part.test(w, t) })
	}
	stagetest.Invariants(t, w.Stage)
	if w.HubExited() {
		t.Error("the hub has ended")
	}
}

// balance is what a customer of a wallet has.
func (w world) balance(t *testing.T, wallet, customer string) int64 {
	t.Helper()
	for _, c := range stagetest.Must[[]sandbox.Customer](t)(w.Control(wallet).Customers(t.Context())) {
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
	for _, m := range stagetest.Must[[]sandbox.Movement](t)(w.Control(wallet).Movements(t.Context())) {
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
