package cashier_test

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/connectors/cashier"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/iso20022"
	"github.com/causeway-pay/causeway/money"
)

// desk is a hub with one order, of the token "t".
type desk struct {
	mu     sync.Mutex
	order  connectors.OpenOrder
	fail   error
	chosen []string
}

func (d *desk) OpenOrder(_ context.Context, token string) (connectors.OpenOrder, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if token != "t" {
		return connectors.OpenOrder{}, reason.New(reason.NotFound, "desk", "")
	}
	return d.order, d.fail
}

func (d *desk) ChooseWallet(ctx context.Context, token, wallet string) (connectors.OpenOrder, error) {
	d.mu.Lock()
	d.chosen = append(d.chosen, wallet)
	d.mu.Unlock()
	return d.OpenOrder(ctx, token)
}

func newDesk() *desk {
	return &desk{order: connectors.OpenOrder{
		Status: iso20022.Pending, MerchantName: `Tea & "Cake" <b>`, Description: "<script>alert(1)</script>",
		Amount:      money.New(123456, "SGD"),
		Wallets:     []connectors.WalletOption{{ID: `A"><b>`, Name: "Harbour <Pay>"}, {ID: "B", Name: "Luzon Pay"}},
		RedirectURL: "https://shop.example/done?x=1&y=2",
	}}
}

type answer struct {
	status   int
	location string
	text     string
	header   http.Header
}

func ask(t *testing.T, d *desk, method, path string, form url.Values) answer {
	t.Helper()
	pages := cashier.New(d, "/cashier/", slog.New(slog.DiscardHandler))
	request := httptest.NewRequestWithContext(t.Context(), method, path, strings.NewReader(form.Encode()))
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	recorder := httptest.NewRecorder()
	pages.ServeHTTP(recorder, request)
	return answer{recorder.Code, recorder.Header().Get("Location"), recorder.Body.String(), recorder.Header()}
}

func TestAnOrderIsShown(t *testing.T) {
	d := newDesk()
	got := ask(t, d, http.MethodGet, "/cashier/t", nil)
	for _, want := range []string{
		"Tea &amp; &#34;Cake&#34; &lt;b&gt;", "&lt;script&gt;", "SGD 1234.56", "Harbour &lt;Pay&gt;", "Luzon Pay", `value="B"`,
	} {
		if !strings.Contains(got.text, want) {
			t.Errorf("no %s in %s", want, got.text)
		}
	}
	if got.status != http.StatusOK || strings.Contains(got.text, "<script>") || strings.Contains(got.text, `"><b>`) {
		t.Errorf("%d: %s", got.status, got.text)
	}
	for name, want := range map[string]string{
		"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Content-Type-Options": "nosniff",
	} {
		if got.header.Get(name) != want {
			t.Errorf("%s: %s", name, got.header.Get(name))
		}
	}
	if !strings.Contains(got.header.Get("Content-Security-Policy"), "frame-ancestors 'none'") {
		t.Error("the page may be framed")
	}
}

func TestThePayerIsSentOn(t *testing.T) {
	for name, c := range map[string]struct {
		status iso20022.Status
		wallet string
		want   string
	}{
		"to the wallet":             {iso20022.Pending, "https://wallet.example/p", "https://wallet.example/p"},
		"back when it is paid":      {iso20022.Completed, "https://wallet.example/p", "https://shop.example/done?x=1&y=2"},
		"back when it is cancelled": {iso20022.Cancelled, "", "https://shop.example/done?x=1&y=2"},
		"back when it is refused":   {iso20022.Rejected, "", "https://shop.example/done?x=1&y=2"},
	} {
		for _, method := range []string{http.MethodGet, http.MethodPost} {
			d := newDesk()
			d.order.Status, d.order.WalletURL, d.order.Wallets = c.status, c.wallet, nil
			got := ask(t, d, method, "/cashier/t", url.Values{"wallet": {"B"}})
			if got.status != http.StatusSeeOther || got.location != c.want {
				t.Errorf("%s by %s: %d %s", name, method, got.status, got.location)
			}
		}
	}
}

func TestAWaitingPayerLooksAgain(t *testing.T) {
	d := newDesk()
	d.order.Wallets = nil
	if got := ask(t, d, http.MethodGet, "/cashier/t", nil); !strings.Contains(got.text, `http-equiv="refresh"`) {
		t.Errorf("%s", got.text)
	}
}

func TestRefusals(t *testing.T) {
	d := newDesk()
	long := "/cashier/" + strings.Repeat("x", 65)
	for _, c := range []struct {
		method, path string
		form         url.Values
		fail         error
		status       int
	}{
		{http.MethodGet, "/cashier/unknown", nil, nil, http.StatusNotFound},
		{http.MethodGet, long, nil, nil, http.StatusNotFound},
		{http.MethodPost, long, url.Values{"wallet": {"B"}}, nil, http.StatusNotFound},
		{http.MethodPost, "/cashier/t", url.Values{}, nil, http.StatusNotFound},
		{http.MethodPost, "/cashier/t", url.Values{"wallet": {strings.Repeat("w", 2048)}}, nil, http.StatusNotFound},
		{http.MethodGet, "/cashier/", nil, nil, http.StatusNotFound},
		{http.MethodGet, "/cashier/t/more", nil, nil, http.StatusNotFound},
		{http.MethodDelete, "/cashier/t", nil, nil, http.StatusMethodNotAllowed},
		{http.MethodGet, "/cashier/t", nil, reason.New(reason.Unknown, "db", "secret detail"), http.StatusInternalServerError},
		{http.MethodPost, "/cashier/t", url.Values{"wallet": {"B"}}, reason.New(reason.Busy, "x", ""), http.StatusTooManyRequests},
	} {
		d.fail = c.fail
		got := ask(t, d, c.method, c.path, c.form)
		if got.status != c.status || strings.Contains(got.text, "secret") {
			t.Errorf("%s %.40s: %d %s", c.method, c.path, got.status, got.text)
		}
	}
	if len(d.chosen) != 1 {
		t.Errorf("chosen %v", d.chosen)
	}
}
