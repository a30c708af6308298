package modes_test

import (
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/causeway-pay/causeway/conformance/stage/stagetest"
	"github.com/causeway-pay/causeway/switch/engine"
	"github.com/causeway-pay/causeway/switch/payment"
)

// pages: a merchant and a traveller at the pages of their sandboxes, through the hub.
// What the traveller is shown is what is debited and what the books say.
func (w world) pages(t *testing.T) {
	till, wallet, customer := w.Control(sakura).Base, w.Control(harbour).Base, payer
	order := "POS-PAGES-1"
	sold := visit(t, till+"/orders", url.Values{
		"order": {order}, "amount": {"8200"}, "currency": {"JPY"}, "country": {"JP"}, "city": {"Tokyo"},
		"shop": {"Asakusa Noodles"}, "what": {"Dinner"},
	})
	if sold.status != http.StatusSeeOther || sold.location != "/orders/"+order {
		t.Fatalf("sold: %+v", sold)
	}
	code := regexp.MustCompile(`id="code">([^<]+)<`).FindStringSubmatch(visit(t, till+sold.location, nil).text)
	if code == nil {
		t.Fatal("the order shows no code")
	}
	offered := visit(t, wallet+"/scan", url.Values{"customer": {customer}, "code": {html.UnescapeString(code[1])}})
	if offered.status != http.StatusSeeOther {
		t.Fatalf("scanned: %+v", offered)
	}
	record := stagetest.Must[engine.Record](t)(engine.ByRequest(t.Context(), w.Pool, sakura, order))
	if want := "/payments/" + record.ID.String(); offered.location != want {
		t.Fatalf("sent to %s, want %s", offered.location, want)
	}
	shown := "HKD " + record.PayerAmount.Decimal()
	wants(t, visit(t, wallet+offered.location, nil).text,
		"Asakusa Noodles", "JPY 8,200", shown, "This price holds for", "1 HKD = ")
	before := w.balance(t, harbour, customer)
	visit(t, wallet+offered.location, url.Values{})
	if moved := before - w.balance(t, harbour, customer); moved != record.PayerAmount.Minor {
		t.Errorf("%d were debited, %s were shown", moved, shown)
	}
	w.Ends(t, sakura, order, "SUCCESS")
	w.Notified(t, sakura, order, "SUCCESS")
	wants(t, visit(t, till+sold.location, nil).text, "Paid", "You are owed", "JPY 8,200")
	visit(t, till+sold.location+"/refund", url.Values{"refund": {order + "-R1"}, "amount": {"8200"}})
	wants(t, visit(t, wallet+offered.location, nil).text, "Refund", shown, "HKD 0.00")
	record = stagetest.Must[engine.Record](t)(engine.ByRequest(t.Context(), w.Pool, sakura, order))
	if record.State != payment.Posted || w.balance(t, harbour, customer) != before {
		t.Errorf("%s; the traveller has %d, had %d", record.State, w.balance(t, harbour, customer), before)
	}
}

func wants(t *testing.T, page string, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if !strings.Contains(page, text) {
			t.Errorf("no %q in %s", text, page)
		}
	}
}
