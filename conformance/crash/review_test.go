package crash_test

import (
	"sync"
	"testing"

	"github.com/causeway-pay/causeway/compliance/policy"
	"github.com/causeway-pay/causeway/compliance/review"
	"github.com/causeway-pay/causeway/conformance/stage"
	"github.com/causeway-pay/causeway/conformance/stage/stagetest"
	"github.com/causeway-pay/causeway/connectors/sandbox"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/telemetry"
	"github.com/causeway-pay/causeway/switch/api/client"
	"github.com/causeway-pay/causeway/switch/api/wire"
	"github.com/causeway-pay/causeway/switch/engine"
	"github.com/causeway-pay/causeway/switch/payment"
)

// officers are two people who decide about payments that are held.
type officers struct {
	*stage.Stage
	t *testing.T
}

// agree has one of them propose a change and the other approve it.
func (o officers) agree(kind string, change any) {
	o.t.Helper()
	proposed, err := o.named("tessa").Propose(o.t.Context(), kind, change)
	if err == nil {
		_, err = o.named("oskar").Approve(o.t.Context(), proposed.ID, proposed.ChangeHash)
	}
	if err != nil {
		o.t.Fatal(err)
	}
}

func (o officers) named(name string) *client.Client {
	o.t.Helper()
	token, err := o.Token(name)
	if err != nil {
		o.t.Fatal(err)
	}
	return &client.Client{BaseURL: o.OperatorsURL(), Token: telemetry.Personal(token)}
}

// holding has hits hold payments, by a policy that the hub follows as it starts.
func (o officers) holding() {
	o.t.Helper()
	held := policy.Standard()
	held.Hold, held.ReviewMinutes = []policy.Scope{{}}, 30
	o.agree(wire.KindPolicySet, wire.PolicyChange{State: "LIVE", Document: held})
	kill(o.t, o.Stage)
}

// record is a payment of the first shop, which has a state in time.
func (o officers) record(requestID string, state payment.State) (record engine.Record) {
	o.t.Helper()
	reached := func() bool {
		var err error
		record, err = engine.ByRequest(o.t.Context(), o.Pool, shops[0].acquirer, requestID)
		return err == nil && record.State == state
	}
	if !until(o.t, settleWait, reached) {
		o.t.Fatalf("%s is %s, want %s", requestID, record.State, state)
	}
	return record
}

// release releases a payment and kills the hub at once.
func (o officers) release(paymentID ids.ID) {
	o.t.Helper()
	file, err := o.named("tessa").Case(o.t.Context(), review.CaseOf(paymentID))
	if err != nil {
		o.t.Fatal(err)
	}
	o.agree(wire.KindCaseDecide, wire.CaseDecision{
		CaseID: file.Case.ID, Version: file.Case.Version, Release: true, Code: "OTHER_PERSON",
	})
	kill(o.t, o.Stage)
}

// TestCrashAfterARelease kills the hub when two people have released a payment and
// nothing has come of it yet: one by payment code is asked for at the wallet, and an
// order is shown to the payer who scans it again. Each debits once.
func TestCrashAfterARelease(t *testing.T) {
	s := open(t)
	o := officers{s, t}
	o.holding()
	var paying sync.WaitGroup
	pay(t, s, &paying, stage.Listed, "HELD-CODE")
	paying.Wait()
	o.release(o.record("HELD-CODE", payment.UnderReview).ID)
	o.record("HELD-CODE", payment.Posted)

	till, wallet := s.Control(shops[0].acquirer), s.Control(wallets[0])
	shown, err := till.Pay(t.Context(), sandbox.PayOrder{RequestID: "HELD-ORDER", Amount: "8200", Currency: "JPY"})
	if err != nil || shown.Answer.OrderCodeForm == nil {
		t.Fatalf("no order code: %+v, %v", shown, err)
	}
	scan := func() sandbox.Scan {
		t.Helper()
		scanned, err := wallet.Scan(t.Context(), sandbox.ScanOrder{
			CodeValue: shown.Answer.OrderCodeForm.CodeDetails[0].CodeValue, Customer: stage.Listed,
		})
		if err != nil {
			t.Fatal(err)
		}
		return scanned
	}
	for range 2 {
		if got := scan().Shown; got.Result.Code != "PAYMENT_IN_PROCESS" || got.PayToAmount != nil {
			t.Fatalf("held: %+v", got)
		}
	}
	o.release(o.record("HELD-ORDER", payment.UnderReview).ID)
	released := scan()
	if released.Shown.Result.Code != "SUCCESS" || released.Shown.PayToAmount == nil {
		t.Fatalf("released: %+v", released.Shown)
	}
	confirm := sandbox.ConfirmOrder{PaymentRequestID: released.Shown.PaymentRequestID}
	if _, err := wallet.Confirm(t.Context(), confirm); err != nil {
		t.Fatal(err)
	}
	o.record("HELD-ORDER", payment.Posted)
	settle(t, s)
	for _, requestID := range []string{"HELD-CODE", "HELD-ORDER"} {
		point{ends: []end{posted}}.judge(t, s, requestID)
	}
	known := books(t, s)
	judgeWallets(t, s, known)
	judgeNotifications(t, s, known)
	stagetest.Invariants(t, s)
}
