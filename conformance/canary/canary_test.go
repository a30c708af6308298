package canary_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/causeway-pay/causeway/conformance/stage"
	"github.com/causeway-pay/causeway/conformance/stage/stagetest"
	"github.com/causeway-pay/causeway/connectors/sandbox"
	"github.com/causeway-pay/causeway/internal/telemetry"
	"github.com/causeway-pay/causeway/switch/api/client"
)

// word is in every canary. Nothing else on a stage is called so.
const word = "canary"

// The personal fields.
const (
	payerName   = "Canaryname Featherstone"
	listedName  = "Blocksworth, VIKTOR"
	buyerName   = "Canarybuyer Plumage"
	description = "for canarydescription"
	why         = "canarywhy"
	query       = "token=canaryquery"
)

const (
	sakura  = "JP-SAKURA"
	merlion = "SG-MERLION"
	harbour = "HK-HARBOUR"
)

// customer is a payer whose id is a canary too.
func customer(part string) string { return "canaryref-" + part }

func customers() []sandbox.Customer {
	const wealth = 100_000_000_000
	list := []sandbox.Customer{
		{ID: customer("poor"), Name: payerName, Balance: 1},
		{ID: customer("listed"), Name: listedName, Balance: wealth},
	}
	for _, behaviour := range behaviours() {
		list = append(list, sandbox.Customer{
			ID: customer(string(behaviour)), Name: payerName, Balance: wealth, Behaviour: behaviour, DelayMillis: 300,
		})
	}
	return list
}

func behaviours() []sandbox.Behaviour {
	return []sandbox.Behaviour{
		sandbox.Approve, sandbox.Decline, sandbox.Silent, sandbox.SilentDebited, sandbox.Slow, sandbox.Later, sandbox.Lies,
		sandbox.Duplicates,
	}
}

// aviary is a hub full of canaries.
type aviary struct {
	*stage.Stage
	t         *testing.T
	collector *collector
	// secrets are canaries that the test does not choose: codes and tokens.
	secrets map[string]string
	// told is what other participants were answered.
	told []string
}

// TestCanaries lets the canaries fly and looks where they went.
func TestCanaries(t *testing.T) {
	c := newCollector(t)
	a := &aviary{
		t: t, collector: c, secrets: map[string]string{},
		Stage: stagetest.Open(t, stage.Options{
			Cast: append(stage.Cast(), stage.Mainland()), Customers: customers(), Collector: c.server.URL, LogLevel: "debug",
			Timing: stage.Timing{
				WalletPatience: 3 * time.Second, CodeWindow: 8 * time.Second, Inquiries: "200ms,400ms", Cancels: "100ms,300ms",
				Notifications: "200ms,500ms,1s",
			},
		}),
	}
	first := a.payments()
	a.orders()
	a.declarations()
	a.mistakes()
	a.strangers(first)
	a.operate()
	a.settle()
	health := a.health()
	a.StopHub() // which exports what is left

	t.Run("trace", func(t *testing.T) { a.follow(t, first) })
	t.Run("log", func(t *testing.T) { a.searchLog(t) })
	t.Run("traces and metrics", func(t *testing.T) { a.searchExports(t) })
	t.Run("health", func(t *testing.T) { a.search(t, "health", health) })
	t.Run("database", func(t *testing.T) { a.searchDatabase(t) })
	t.Run("broker", func(t *testing.T) { a.searchFiles(t, a.Bus()) })
	t.Run("reports", func(t *testing.T) { a.searchFiles(t, a.Reports()) })
	t.Run("other participants", func(t *testing.T) { a.search(t, "answer", []byte(strings.Join(a.told, "\n"))) })
	t.Run("acquirers never see the payer's name", func(t *testing.T) { a.searchAcquirers(t) })
}

// code lets the wallet fetch a code, which is a secret from then on.
func (a *aviary) code(part string) string {
	a.t.Helper()
	got, err := a.Control(harbour).Codes(a.t.Context(), sandbox.CodeOrder{Customer: customer(part)})
	if err != nil || len(got.Codes) != 1 {
		a.t.Fatalf("no code for %s: %+v, %v", part, got.Result, err)
	}
	a.secrets[got.Codes[0].PaymentCode] = "payment code"
	return got.Codes[0].PaymentCode
}

// pay makes a payment with every personal field filled.
func (a *aviary) pay(order sandbox.PayOrder) sandbox.PayOutcome {
	a.t.Helper()
	order.Currency, order.Amount = "JPY", "1500"
	order.BuyerName, order.Description = buyerName, description
	if order.NotifyURL == "" {
		order.NotifyURL = a.PartnerURL(sakura) + "/notify?" + query
	}
	outcome, err := a.Control(sakura).Pay(a.t.Context(), order)
	if err != nil {
		a.t.Fatal(err)
	}
	return outcome
}

// payments lets every kind of customer pay with a code, and returns the id of
// the payment that went well.
func (a *aviary) payments() (first string) {
	parts := []string{"poor", "listed"}
	for _, behaviour := range behaviours() {
		parts = append(parts, string(behaviour))
	}
	answers := map[string]string{}
	for _, part := range parts {
		outcome := a.pay(sandbox.PayOrder{RequestID: "CODE-" + part, Code: a.code(part)})
		answers[part] = outcome.Answer.Result.Code
		if part == string(sandbox.Approve) {
			first = outcome.Answer.PaymentID
		}
	}
	for part, want := range map[string]string{
		"poor": "USER_BALANCE_NOT_ENOUGH", "listed": "REGULATION_RESTRICTION", "approve": "SUCCESS",
		"silent": "PAYMENT_IN_PROCESS", "silent-debited": "PAYMENT_IN_PROCESS", "lies": "SUCCESS",
	} {
		if answers[part] != want {
			a.t.Errorf("%s: answered %q, want %s", part, answers[part], want)
		}
	}
	named := sandbox.NamedPayment{RequestID: "CODE-approve"}
	refund, err := a.Control(sakura).Refund(a.t.Context(), sandbox.RefundOrder{
		NamedPayment: named, RefundID: "BACK", Amount: "500", Currency: "JPY", Why: why,
	})
	if err != nil || refund.Answer.Result.Code != "SUCCESS" {
		a.t.Errorf("refund: %+v, %v", refund, err)
	}
	cancel, err := a.Control(sakura).Cancel(a.t.Context(), sandbox.NamedPayment{RequestID: "CODE-slow"})
	if err != nil || cancel.Answer.Result.Code != "SUCCESS" {
		a.t.Errorf("cancel: %+v, %v", cancel, err)
	}
	return first
}

// orders lets payers scan an order code.
func (a *aviary) orders() {
	for _, behaviour := range []sandbox.Behaviour{sandbox.Approve, sandbox.Decline, sandbox.Duplicates} {
		shown := a.pay(sandbox.PayOrder{RequestID: "ORDER-" + string(behaviour)})
		if shown.Answer.OrderCodeForm == nil {
			a.t.Fatalf("no order code: %+v", shown)
		}
		scan, err := a.Control(harbour).Scan(a.t.Context(), sandbox.ScanOrder{
			CodeValue: shown.Answer.OrderCodeForm.CodeDetails[0].CodeValue, Customer: customer(string(behaviour)), Confirm: true,
		})
		if err != nil || scan.Shown.Result.Status != "S" {
			a.t.Fatalf("scan: %+v, %v", scan, err)
		}
	}
}

// mistakes are requests that are refused, with canaries in what is wrong.
func (a *aviary) mistakes() {
	used := a.code("approve")
	a.pay(sandbox.PayOrder{RequestID: "ONCE", Code: used})
	for i, c := range []struct {
		order sandbox.PayOrder
		want  string
	}{
		{sandbox.PayOrder{Code: used}, "INVALID_CODE"},
		{sandbox.PayOrder{Code: "canarycode"}, "INVALID_CODE"},
		{sandbox.PayOrder{Code: "251001021234512345123451"}, "INVALID_CODE"},
		{sandbox.PayOrder{Code: a.code("approve"), NotifyURL: "http://shop.example/canarypath?" + query}, "PARAM_ILLEGAL"},
		{sandbox.PayOrder{Code: a.code("approve"), NotifyURL: "::canarypath"}, "PARAM_ILLEGAL"},
		{sandbox.PayOrder{Code: a.code("approve"), SettlementCurrency: "CANARY"}, "PARAM_ILLEGAL"},
		{sandbox.PayOrder{Code: a.code("approve"), MCC: "cana"}, "PARAM_ILLEGAL"},
		// An address that cannot be dialled, so that the notification fails.
		{sandbox.PayOrder{Code: a.code("approve"), NotifyURL: "https://127.0.0.1:1/canarypath?" + query}, "SUCCESS"},
	} {
		c.order.RequestID = fmt.Sprint("MISTAKE-", i)
		outcome := a.pay(c.order)
		if outcome.Answer.Result.Code != c.want {
			a.t.Errorf("mistake %d: %+v, want %s", i, outcome.Answer.Result, c.want)
		}
		a.told = append(a.told, outcome.Answer.Result.Message)
	}
	a.secrets["251001021234512345123451"] = "made-up payment code"
}

// strangers are other participants, and people without a name, who ask.
func (a *aviary) strangers(payment string) {
	for _, named := range []sandbox.NamedPayment{{PaymentID: payment}, {RequestID: "CODE-approve"}} {
		inquiry, err := a.Control(merlion).Inquire(a.t.Context(), named)
		if err != nil || inquiry.Answer.Result.Code != "ORDER_NOT_EXIST" {
			a.t.Errorf("a stranger's inquiry: %+v, %v", inquiry, err)
		}
		cancel, err := a.Control(merlion).Cancel(a.t.Context(), named)
		if err != nil || cancel.Answer.Result.Code != "ORDER_NOT_EXIST" {
			a.t.Errorf("a stranger's cancel: %+v, %v", cancel, err)
		}
		a.told = append(a.told, fmt.Sprintf("%+v %+v", inquiry, cancel))
	}
	for _, path := range []string{
		"/aps/api/v1/payments/pay?name=canaryquery", "/aps/api/v1/payments/canarypath", "/canarypath",
	} {
		a.told = append(a.told, a.fetch(http.MethodPost, a.PartnersURL()+path, "", `{"customerId":"canaryref-nobody"}`))
	}
}

// operate uses the operators' interface with good tokens and bad ones.
func (a *aviary) operate() {
	for _, operator := range a.Operators() {
		token, err := a.Token(operator)
		if err != nil {
			a.t.Fatal(err)
		}
		a.secrets[token] = "token"
	}
	const stolen = "cwo_canarytokencanarytokencanarytokencanarytok0"
	for _, path := range []string{"/v1/payments?limit=canaryquery", "/v1/payments/canarypath", "/v1/me", "/canarypath"} {
		a.fetch(http.MethodGet, a.OperatorsURL()+path, stolen, "")
		token, err := a.Token(a.Operators()[0])
		if err != nil {
			a.t.Fatal(err)
		}
		a.fetch(http.MethodGet, a.OperatorsURL()+path, token, "")
	}
}

// closeWindow settles, so that there are reports.
func (a *aviary) closeWindow() {
	token, err := a.Token(a.Operators()[0])
	if err != nil {
		a.t.Fatal(err)
	}
	api := &client.Client{BaseURL: a.OperatorsURL(), Token: telemetry.Personal(token)}
	if _, err := api.CloseWindow(a.t.Context()); err != nil {
		a.t.Error(err)
	}
}
