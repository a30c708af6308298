package sandbox_test

import (
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"github.com/causeway-pay/causeway/connectors/sandbox"
)

// Whatever a customer's wallet is scripted to do, the payer's page says what became of the
// money, and the merchant's what the switch has told it.
func TestPagesOfEveryBehaviour(t *testing.T) {
	for behaviour, want := range map[sandbox.Behaviour]struct {
		payer, merchant string
		debits          int
	}{
		sandbox.Approve:       {"Paid", "Paid", 1},
		sandbox.Decline:       {"Not paid", "Not paid", 0},
		sandbox.Slow:          {"Paid", "Paid", 1},
		sandbox.Later:         {"Paid", "Paid", 1},
		sandbox.Lies:          {"Paid", "Paid", 1},
		sandbox.Duplicates:    {"Paid", "Paid", 1},
		sandbox.Silent:        {"This price holds for", "Waiting for the payer", 0},
		sandbox.SilentDebited: {"Paid", "Waiting for the payer", 1},
	} {
		t.Run(string(behaviour), func(t *testing.T) {
			s := newStreet(t, customers(behaviour), 0)
			order := s.sell(t)
			offer := s.scan(t, order.code(t))
			submit(t, s.wallet.Base+offer.at).wants(t, want.payer)
			open(t, s.acquirer.Base+order.at).wants(t, want.merchant)
			if got := len(s.movements(t)); got != want.debits {
				t.Errorf("%d movements, want %d", got, want.debits)
			}
		})
	}
}

// An acquirer that did not confirm a notification hears it again, and its page does not
// fall back from what it knew.
func TestANotificationThatWasRefusedCounts(t *testing.T) {
	s := newStreet(t, customers(sandbox.Approve), 1)
	order := s.sell(t)
	submit(t, s.wallet.Base+s.scan(t, order.code(t)).at).wants(t, "Paid")
	open(t, s.acquirer.Base+order.at).wants(t, "Paid", "Give back")
}

// One order, paid and refunded from many windows at once, is paid once and refunded once.
func TestManyWindowsAreOnePayment(t *testing.T) {
	s := newStreet(t, customers(sandbox.Approve), 0)
	order := s.sell(t)
	code, at := order.code(t), s.acquirer.Base+order.at
	together := func(act func()) {
		var group sync.WaitGroup
		for range 8 {
			group.Go(act)
		}
		group.Wait()
	}
	var mu sync.Mutex
	offers := map[string]bool{}
	together(func() {
		offer := s.scan(t, code)
		mu.Lock()
		offers[offer.at] = true
		mu.Unlock()
	})
	if len(offers) != 1 {
		t.Fatalf("one order is shown as %v", offers)
	}
	for offer := range offers {
		together(func() { submit(t, s.wallet.Base+offer).wants(t, "Paid") })
	}
	refund := open(t, at).match(t, `name="refund" value="([^"]+)"`)
	together(func() { submit(t, at+"/refund", "refund", refund, "amount", "1500").wants(t, "JPY 1,500") })
	last := open(t, at)
	if strings.Count(last.text, "<dt>Refund</dt>") != 1 || last.has("Give back") {
		t.Errorf("refunded: %s", last.main())
	}
	if s.balance(t) != 100_000 || len(s.movements(t)) != 2 {
		t.Errorf("balance %d, %d movements", s.balance(t), len(s.movements(t)))
	}
	submit(t, at+"/refund", "refund", refund+"X", "amount", "1").wants(t, "(REFUND_AMOUNT_EXCEED)")
}

// Nothing that is sent to the pages is more than refused: no page fails, and nobody is
// debited who has not paid.
func TestPagesBearAnything(t *testing.T) {
	s := newStreet(t, customers(sandbox.Approve), 0)
	order := s.sell(t)
	known := s.scan(t, order.code(t)).at
	paths := []string{
		s.wallet.Base + "/", s.wallet.Base + "/scan", s.wallet.Base + "/read", s.wallet.Base + "/payments/x",
		s.acquirer.Base + "/", s.acquirer.Base + "/orders", s.acquirer.Base + order.at + "/refund",
		s.acquirer.Base + "/orders/x/cancel", s.wallet.Base + known + "/x", s.wallet.Base + "/control/scan",
	}
	rapid.Check(t, func(t *rapid.T) {
		form := url.Values{}
		for _, name := range []string{"customer", "code", "amount", "order", "currency", "country", "shop", "refund"} {
			if rapid.Bool().Draw(t, name) {
				form.Set(name, rapid.OneOf(rapid.String(), rapid.StringMatching(`[0-9A-Z.-]{0,12}`)).Draw(t, "value"))
			}
		}
		body := rapid.OneOf(rapid.Just(form.Encode()), rapid.String()).Draw(t, "body")
		address := rapid.SampledFrom(paths).Draw(t, "path")
		kind := rapid.SampledFrom([]string{
			"application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain", "",
		}).Draw(t, "type")
		method := rapid.SampledFrom([]string{http.MethodPost, http.MethodGet, http.MethodPut}).Draw(t, "method")
		request, err := http.NewRequest(method, address, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Content-Type", kind)
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		_ = response.Body.Close()
		if response.StatusCode >= http.StatusInternalServerError {
			t.Fatalf("%s %s: %s", method, address, response.Status)
		}
	})
	if len(s.movements(t)) != 0 || s.balance(t) != 100_000 {
		t.Errorf("%+v", s.movements(t))
	}
}
