package sandbox_test

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/causeway-pay/causeway/connectors/alipayplus"
	"github.com/causeway-pay/causeway/connectors/sandbox"
)

// browse looks at a page, or sends a form to it, without following where it leads.
func browse(t *testing.T, address string, form url.Values) (status int, body, leads string) {
	t.Helper()
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	response, err := client.Get(address)
	if form != nil {
		if err == nil {
			response.Body.Close()
		}
		response, err = client.PostForm(address, form)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(text), response.Header.Get("Location")
}

// sentToPage is the address of the wallet's page for a payment without a customer.
func (l *line) sentToPage(requestID string) string {
	l.t.Helper()
	message := strings.Replace(spend(requestID, ""), "{", `{"paymentRedirectUrl":"https://shop.example/done?id=1",`, 1)
	answer := send[alipayplus.WalletAnswer](l, alipayplus.PathPay, message)
	if answer.Result.Code != "PAYMENT_IN_PROCESS" || !strings.HasPrefix(answer.NormalURL, l.partner.URL()+"/pay/") {
		l.t.Fatalf("%+v", answer)
	}
	return answer.NormalURL
}

func paidBy(customer string) url.Values { return url.Values{"customer": {customer}} }

// A payer who was sent to the wallet's page pays there once, and comes back to the
// merchant.
func TestPayersPayOnThePage(t *testing.T) {
	l := newLine(t, sandbox.RoleWallet, mei, lin)
	page := l.sentToPage("P-1")
	if again := l.sentToPage("P-1"); again != page {
		t.Errorf("asked again, the page is %s", again)
	}
	status, body, _ := browse(t, page, nil)
	if status != http.StatusOK || !strings.Contains(body, "Mei Example") || !strings.Contains(body, "Lin Example") ||
		!strings.Contains(body, "75.00") {
		t.Errorf("%d: %s", status, body)
	}
	status, _, leads := browse(t, page, paidBy("C-2"))
	if status != http.StatusSeeOther || leads != "https://shop.example/done?id=1" {
		t.Errorf("paid: %d to %q", status, leads)
	}
	for _, customer := range []string{"C-1", "C-2"} {
		if status, _, _ := browse(t, page, paidBy(customer)); status != http.StatusSeeOther {
			t.Errorf("%s after it was paid: %d", customer, status)
		}
	}
	if difference := cmp.Diff([]int64{100_000, 92_500}, l.balances()); difference != "" {
		t.Error(difference)
	}
	notices := told[alipayplus.NotifyRequest](l, alipayplus.PathNotifyPayment)
	for _, notice := range notices {
		if notice.CustomerID != "C-2" || notice.PaymentResult.Status != "S" {
			t.Errorf("the switch was told %+v", notice)
		}
	}
	if len(notices) == 0 {
		t.Error("the switch was told nothing")
	}
}

// What is on no page, or by nobody, pays nothing.
func TestPagesThatAreNotThere(t *testing.T) {
	l := newLine(t, sandbox.RoleWallet, mei)
	page := l.sentToPage("P-1")
	if status, _, _ := browse(t, page, paidBy("C-9")); status != http.StatusConflict {
		t.Errorf("by nobody: %d", status)
	}
	if got := l.result(alipayplus.PathPay, spend("P-3", "")); got != "PARAM_ILLEGAL" {
		t.Errorf("a page that leads nowhere: %s", got)
	}
	// A payment whose payer is known was never sent to a page.
	later := sandbox.BehaviourOrder{Customer: "C-1", Behaviour: sandbox.Later, DelayMillis: 60_000}
	if err := l.Behave(ctx, later); err != nil {
		t.Fatal(err)
	}
	if got := l.result(alipayplus.PathPay, spend("P-2", `,"customerId":"C-1"`)); got != "PAYMENT_IN_PROCESS" {
		t.Fatalf("pay: %s", got)
	}
	for _, id := range []string{"P-2", "P-9"} {
		for _, form := range []url.Values{nil, paidBy("C-1")} {
			if status, _, _ := browse(t, l.partner.URL()+"/pay/"+id, form); status != http.StatusNotFound {
				t.Errorf("%s %v: %d", id, form, status)
			}
		}
	}
	if difference := cmp.Diff([]int64{100_000}, l.balances()); difference != "" {
		t.Error(difference)
	}
	acquirer := newLine(t, sandbox.RoleAcquirer)
	if status, body, _ := browse(t, acquirer.partner.URL()+"/done", nil); status != http.StatusOK || body != "Thank you." {
		t.Errorf("the merchant's page: %d %q", status, body)
	}
}
