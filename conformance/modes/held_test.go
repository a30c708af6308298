package modes_test

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/causeway-pay/causeway/compliance/policy"
	"github.com/causeway-pay/causeway/compliance/review"
	"github.com/causeway-pay/causeway/conformance/stage"
	"github.com/causeway-pay/causeway/conformance/stage/stagetest"
	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/connectors/sandbox"
	"github.com/causeway-pay/causeway/switch/api/client"
	"github.com/causeway-pay/causeway/switch/api/wire"
	"github.com/causeway-pay/causeway/switch/engine"
	"github.com/causeway-pay/causeway/switch/payment"
)

// sold is an order of a merchant who is like a listed one, and how its payer takes it.
type sold struct {
	world
	requestID string
	// take has the payer take the order, once more when it was taken before, and returns
	// what the payer's side, or the acquirer's for a payment code, is told.
	take func(t *testing.T) string
}

// suspect sells something in the name of a listed person.
func (w world) suspect(t *testing.T, mode connectors.Mode) sandbox.PayOutcome {
	t.Helper()
	order := sandbox.PayOrder{Mode: string(mode), Amount: "1500", Currency: "JPY", MerchantName: stage.ListedName}
	if mode == connectors.PaymentCode {
		order.Code = stagetest.Must[sandbox.Codes](t)(w.Control(harbour).Codes(t.Context(),
			sandbox.CodeOrder{Customer: payer})).Codes[0].PaymentCode
	}
	return w.Pay(t, sakura, order)
}

// byCode is a payment code, which the merchant scans and the hub goes on with by itself.
func (w world) byCode(t *testing.T) sold {
	paid := w.suspect(t, connectors.PaymentCode)
	if got := paid.Answer.Result; got.Code != "PAYMENT_IN_PROCESS" || got.Status != "U" {
		t.Fatalf("the acquirer is answered %+v", got)
	}
	return sold{w, paid.RequestID, func(t *testing.T) string { return w.Result(t, sakura, paid.RequestID) }}
}

// scanning is an order whose code a wallet scans.
func (w world) scanning(requestID, code string) sold {
	return sold{w, requestID, func(t *testing.T) string {
		t.Helper()
		return w.scan(t, harbour, payer, code, true).Shown.Result.Code
	}}
}

// byOrder is an order of a mode whose code or address the hub gives.
func (w world) byOrder(mode connectors.Mode) func(*testing.T) sold {
	return func(t *testing.T) sold {
		paid := w.suspect(t, mode)
		if mode == connectors.OrderCode {
			return w.scanning(paid.RequestID, orderCode(t, paid))
		}
		return w.scanning(paid.RequestID, paid.Answer.NormalURL)
	}
}

// byOwnCode is an order of a mode whose code the acquirer gives.
func (w world) byOwnCode(mode connectors.Mode) func(*testing.T) sold {
	return func(t *testing.T) sold {
		shown := stagetest.Must[sandbox.OwnCode](t)(w.Control(sakura).Show(t.Context(), sandbox.OwnOrder{
			PayOrder: sandbox.PayOrder{Amount: "1500", Currency: "JPY", MerchantName: stage.ListedName},
			Code:     ownCode(t, sakura, mode), Push: sandbox.PushAccept,
		}))
		return w.scanning(shown.RequestID, shown.Code)
	}
}

// byPage is an order whose payer chooses a wallet on the page, waits there, and is sent to
// the wallet's own page.
func (w world) byPage(mode connectors.Mode) func(*testing.T) sold {
	return func(t *testing.T) sold {
		paid := w.suspect(t, mode)
		return sold{w, paid.RequestID, func(t *testing.T) string {
			t.Helper()
			opened := visit(t, paid.Answer.NormalURL, nil)
			if opened.status == http.StatusOK {
				opened = visit(t, paid.Answer.NormalURL, url.Values{"wallet": {harbour}})
			}
			if opened.status == http.StatusSeeOther && opened.location == w.PartnerURL(sakura)+"/done" {
				return w.Result(t, sakura, paid.RequestID)
			}
			again := visit(t, paid.Answer.NormalURL, nil)
			if again.status != http.StatusSeeOther || again.location == paid.Answer.NormalURL {
				return w.Result(t, sakura, paid.RequestID)
			}
			visit(t, again.location, url.Values{"customer": {payer}})
			return "SUCCESS"
		}}
	}
}

// waiting are all ways of paying in which somebody can be told to wait.
func (w world) waiting() map[string]func(*testing.T) sold {
	return map[string]func(*testing.T) sold{
		"payment code": w.byCode, "order code": w.byOrder(connectors.OrderCode),
		"private order code": w.byOwnCode(connectors.PrivateOrderCode), "push": w.byOwnCode(connectors.Push),
		"entry code by scan": w.byOrder(connectors.EntryCode), "entry code by page": w.byPage(connectors.EntryCode),
		"cashier by scan": w.byOrder(connectors.Cashier), "cashier by page": w.byPage(connectors.Cashier),
	}
}

// held: in every mode that can wait, a payment with a hit is in process for everybody and
// nothing is debited until two people have released it. Then it is debited once and the
// acquirer is told, or if they refused, both sides are told the neutral code.
func (w world) held(t *testing.T) {
	holding := policy.Standard()
	holding.Hold, holding.ReviewMinutes = []policy.Scope{{}}, 30
	w.Agree(t, wire.KindPolicySet, wire.PolicyChange{State: "LIVE", Document: holding})
	w.KillHub() // it follows the policy as it starts
	if err := w.StartHub(t.Context()); err != nil {
		t.Fatal(err)
	}
	for name, sell := range w.waiting() {
		t.Run(name+"/released", func(t *testing.T) { w.released(t, sell) })
		t.Run(name+"/refused", func(t *testing.T) { w.refused(t, sell) })
	}
}

// waits has an order taken twice, which tells everybody to wait and debits nobody, and
// returns its case.
func (s sold) waits(t *testing.T) (engine.Record, wire.Case) {
	t.Helper()
	for range 2 {
		if got := s.take(t); got != "PAYMENT_IN_PROCESS" {
			t.Fatalf("taken: %s", got)
		}
	}
	if got := s.Result(t, sakura, s.requestID); got != "PAYMENT_IN_PROCESS" {
		t.Errorf("the acquirer is told %s", got)
	}
	record := stagetest.Must[engine.Record](t)(engine.ByRequest(t.Context(), s.Pool, sakura, s.requestID))
	file := stagetest.Must[wire.CaseFile](t)(s.Operator(t, s.Operators()[0]).Case(t.Context(), review.CaseOf(record.ID)))
	if record.State != payment.UnderReview || !file.Case.Held || file.Case.PaymentID != record.ID ||
		file.Case.State != string(review.Open) {
		t.Fatalf("%s, %+v", record.State, file.Case)
	}
	if moved := s.movements(t, harbour, record.ID.String()); len(moved) != 0 {
		t.Errorf("before the decision %v", moved)
	}
	return record, file.Case
}

// decides has two people decide a case, as one of them cannot alone.
func (s sold) decides(t *testing.T, c wire.Case, release bool, code string) {
	t.Helper()
	people := s.Operators()
	proposed := stagetest.Must[wire.Proposal](t)(s.Operator(t, people[0]).Propose(t.Context(), wire.KindCaseDecide,
		wire.CaseDecision{CaseID: c.ID, Version: c.Version, Release: release, Code: code}))
	_, err := s.Operator(t, people[0]).Approve(t.Context(), proposed.ID, proposed.ChangeHash)
	if client.ReasonOf(err) != "SelfApproval" {
		t.Errorf("alone: %v", err)
	}
	if got := s.Result(t, sakura, s.requestID); got != "PAYMENT_IN_PROCESS" {
		t.Errorf("by one of two: %s", got)
	}
	stagetest.Must[wire.Proposal](t)(s.Operator(t, people[1]).Approve(t.Context(), proposed.ID, proposed.ChangeHash))
}

// told waits until the acquirer was told the end. What is pushed it was asked about, which
// is how it knows; of what was refused before that it hears nothing.
func (s sold) told(t *testing.T, record engine.Record, code string) {
	t.Helper()
	if record.Mode != connectors.Push {
		s.Notified(t, sakura, s.requestID, code)
		return
	}
	if pushed := s.Pushed(t, sakura, s.requestID); pushed.Taken != (code == "SUCCESS") {
		t.Errorf("pushed %+v", pushed)
	}
}

func (w world) released(t *testing.T, sell func(*testing.T) sold) {
	before := w.balance(t, harbour, payer)
	s := sell(t)
	record, c := s.waits(t)
	s.decides(t, c, true, "OTHER_PERSON")
	stagetest.Eventually(t, "the payer goes on", func() bool { return s.take(t) == "SUCCESS" })
	w.Ends(t, sakura, s.requestID, "SUCCESS")
	s.told(t, record, "SUCCESS")
	if moved := w.movements(t, harbour, record.ID.String()); !same(moved, "debit pay") {
		t.Errorf("moved %v", moved)
	}
	record = stagetest.Must[engine.Record](t)(engine.ByRequest(t.Context(), w.Pool, sakura, s.requestID))
	if debited := before - w.balance(t, harbour, payer); debited != record.PayerAmount.Minor || debited == 0 {
		t.Errorf("%d were debited of %s", debited, record.PayerAmount)
	}
}

func (w world) refused(t *testing.T, sell func(*testing.T) sold) {
	const neutral = "REGULATION_RESTRICTION"
	before := w.balance(t, harbour, payer)
	s := sell(t)
	record, c := s.waits(t)
	s.decides(t, c, false, "LISTED")
	w.Ends(t, sakura, s.requestID, neutral)
	s.told(t, record, neutral)
	if got := s.take(t); got != neutral {
		t.Errorf("taken again: %s", got)
	}
	if moved := w.movements(t, harbour, record.ID.String()); len(moved) != 0 || w.balance(t, harbour, payer) != before {
		t.Errorf("moved %v", moved)
	}
}
