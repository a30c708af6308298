package network_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/causeway-pay/causeway/conformance/stage"
	"github.com/causeway-pay/causeway/conformance/stage/stagetest"
	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/connectors/sandbox"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/switch/engine"
	"github.com/causeway-pay/causeway/switch/payment"
)

// way is a direction in which payments go through both hubs.
type way struct {
	merchants, payers hub
	acquirer, wallet  string
	// peer is the network as the merchants' hub knows it, asker the other hub as the
	// payers' hub does.
	peer, asker string
	// country and currency are the merchant's; amount is JPY 1,500 or EUR 15.00.
	country, currency string
}

const amount = "1500"

// ways are both: home asks as an acquirer for payers away, and is asked as a wallet for
// merchants away.
func (w world) ways() map[string]way {
	return map[string]way{
		"as an acquirer": {w.home, w.away, sakura, lotus, payersAway, homeAcquirer, "JP", "JPY"},
		"as a wallet":    {w.away, w.home, seine, harbour, homeWallet, merchantsAway, "FR", "EUR"},
	}
}

// TestTwoHubs runs everything between two hubs: a stage costs seconds.
func TestTwoHubs(t *testing.T) {
	w := open2(t)
	for name, by := range w.ways() {
		for _, part := range []struct {
			name string
			test func(way, *testing.T)
		}{
			{"success", way.succeeds}, {"repeated", way.repeats}, {"declined", way.declines}, {"later", way.later},
			{"too slow", way.tooSlow}, {"silent", way.silent}, {"cancelled", way.cancels},
			{"cancelled in process", way.cancelsInProcess}, {"refunded", way.refunds}, {"order code", way.orderCode},
			{"order code declined", way.orderCodeDeclined}, {"spent code", way.spentCode},
			{"pushed", way.pushes}, {"pushed in vain", way.pushesInVain},
		} {
			t.Run(name+"/"+part.name, func(t *testing.T) { part.test(by, t) })
		}
	}
	t.Run("lost hub", func(t *testing.T) { w.lost(t) })
	t.Run("cashier", func(t *testing.T) { w.cashier(t) })
	t.Run("agreements", func(t *testing.T) { w.agreements(t) })
	t.Run("consult", func(t *testing.T) { w.consults(t) })
	t.Run("customs", func(t *testing.T) { w.customs(t) })
	t.Run("books", func(t *testing.T) { w.books(t) })
}

func (y way) order(t *testing.T, customer string) sandbox.PayOrder {
	t.Helper()
	return sandbox.PayOrder{
		RequestID: "PR-" + ids.New().String(), Code: y.payers.code(t, y.wallet, customer, y.country),
		Amount: amount, Currency: y.currency, MerchantName: "Corner Shop",
	}
}

// both are a payment as the merchants' hub and the payers' hub have it.
func (y way) both(t *testing.T, requestID string) (forwarded, reached engine.Record) {
	t.Helper()
	forwarded = y.merchants.record(t, y.acquirer, requestID)
	return forwarded, y.payers.record(t, y.asker, forwarded.ID.String())
}

// debits fails the test unless the payer's wallet moved as said.
func (y way) debits(t *testing.T, requestID string, moves ...string) (sum int64) {
	t.Helper()
	_, reached := y.both(t, requestID)
	got, sum := y.payers.moved(t, y.wallet, reached.ID.String())
	if strings.Join(got, ",") != strings.Join(moves, ",") {
		t.Errorf("%s: the wallet moved %v, want %v", requestID, got, moves)
	}
	return sum
}

// states waits until both hubs have a payment in a state.
func (y way) states(t *testing.T, requestID string, state payment.State) {
	t.Helper()
	stagetest.Eventually(t, requestID+" is "+string(state)+" at both", func() bool {
		forwarded, reached := y.both(t, requestID)
		return forwarded.State == state && reached.State == state
	})
}

func (y way) succeeds(t *testing.T) {
	order := y.order(t, payer)
	paid := y.merchants.Pay(t, y.acquirer, order)
	if paid.Answer.Result.Code != "SUCCESS" || paid.Answer.PspID != y.peer || paid.Answer.CustomerID == "" {
		t.Fatalf("%+v", paid.Answer)
	}
	forwarded, reached := y.both(t, order.RequestID)
	if forwarded.State != payment.Posted || reached.State != payment.Posted ||
		forwarded.PayerAmount != reached.MerchantAmount || forwarded.PayerAmount != reached.Amount ||
		forwarded.WalletPaymentID != reached.ID.String() {
		t.Errorf("forwarded %+v\nreached %+v", forwarded, reached)
	}
	if sum := y.debits(t, order.RequestID, "debit"); sum != -reached.PayerAmount.Minor {
		t.Errorf("debited %d, posted %s", -sum, reached.PayerAmount)
	}
	if forwarded.PayerReference == reached.PayerReference && y.wallet == harbour {
		t.Errorf("the other network knows the payer as %s", forwarded.PayerReference)
	}
	y.merchants.Notified(t, y.acquirer, order.RequestID, "SUCCESS")
}

// repeats: a request that comes again, also at the same time, is one payment at both.
func (y way) repeats(t *testing.T) {
	order := y.order(t, payer)
	var group sync.WaitGroup
	codes := make([]string, 5)
	for i := range codes {
		group.Go(func() { codes[i] = y.merchants.Pay(t, y.acquirer, order).Answer.Result.Code })
	}
	group.Wait()
	for _, code := range append(codes, y.merchants.Pay(t, y.acquirer, order).Answer.Result.Code) {
		if code != "SUCCESS" {
			t.Errorf("answered %v", codes)
		}
	}
	y.debits(t, order.RequestID, "debit")
}

// declines: what the wallet says comes back through both hubs as it was said.
func (y way) declines(t *testing.T) {
	order := y.order(t, stage.Poor)
	if paid := y.merchants.Pay(t, y.acquirer, order); paid.Answer.Result.Code != "USER_BALANCE_NOT_ENOUGH" {
		t.Errorf("%+v", paid.Answer.Result)
	}
	y.states(t, order.RequestID, payment.Declined)
	y.debits(t, order.RequestID)
}

// later: the payment is in process at first, and each side tells the next one.
func (y way) later(t *testing.T) {
	customer := stage.Regular + "-1"
	y.payers.behave(t, y.wallet, customer, sandbox.Later, 1500)
	order := y.order(t, customer)
	if paid := y.merchants.Pay(t, y.acquirer, order); paid.Answer.Result.Code != "PAYMENT_IN_PROCESS" {
		t.Errorf("%+v", paid.Answer.Result)
	}
	y.merchants.Ends(t, y.acquirer, order.RequestID, "SUCCESS")
	y.merchants.Notified(t, y.acquirer, order.RequestID, "SUCCESS")
	y.states(t, order.RequestID, payment.Posted)
	y.debits(t, order.RequestID, "debit")
}

// tooSlow: nobody has waited for the answer, so both hubs ask what became of it.
func (y way) tooSlow(t *testing.T) {
	customer := stage.Regular + "-2"
	y.payers.behave(t, y.wallet, customer, sandbox.Slow, 3000)
	order := y.order(t, customer)
	if paid := y.merchants.Pay(t, y.acquirer, order); paid.Answer.Result.Status != "U" {
		t.Errorf("%+v", paid.Answer.Result)
	}
	y.merchants.Ends(t, y.acquirer, order.RequestID, "SUCCESS")
	y.states(t, order.RequestID, payment.Posted)
	y.debits(t, order.RequestID, "debit")
}

// silent: a wallet that says nothing about a pay says all the same what became of it
// when it is asked. What was not paid when time is over is cancelled by the hub whose
// time is over first, and the other one is told so or cancels too.
func (y way) silent(t *testing.T) {
	for customer, moves := range map[string][]string{stage.Silent: nil, stage.SilentDebited: {"debit"}} {
		order := y.order(t, customer)
		if paid := y.merchants.Pay(t, y.acquirer, order); paid.Answer.Result.Status != "U" {
			t.Errorf("%s: %+v", customer, paid.Answer.Result)
		}
		paid := len(moves) > 0
		stagetest.Eventually(t, order.RequestID+" ends at both", func() bool {
			forwarded, reached := y.both(t, order.RequestID)
			return forwarded.State.Final() && (forwarded.State == payment.Posted) == paid &&
				reached.State.Final() && (reached.State == payment.Posted) == paid
		})
		y.debits(t, order.RequestID, moves...)
	}
}

func (y way) cancels(t *testing.T) {
	order := y.order(t, payer)
	y.merchants.Pay(t, y.acquirer, order)
	for range 2 {
		if code := y.merchants.cancel(t, y.acquirer, order.RequestID); code != "SUCCESS" {
			t.Errorf("cancelled: %s", code)
		}
	}
	if sum := y.debits(t, order.RequestID, "debit", "credit"); sum != 0 {
		t.Errorf("the payer is left with %d", sum)
	}
	if code := y.merchants.Result(t, y.acquirer, order.RequestID); code != "ORDER_IS_CLOSED" {
		t.Errorf("after the cancel: %s", code)
	}
}

// cancelsInProcess: a cancel beats a yes that comes later.
func (y way) cancelsInProcess(t *testing.T) {
	customer := stage.Regular + "-3"
	y.payers.behave(t, y.wallet, customer, sandbox.Later, 4000)
	order := y.order(t, customer)
	y.merchants.Pay(t, y.acquirer, order)
	stagetest.Eventually(t, "the cancel is done", func() bool {
		return y.merchants.cancel(t, y.acquirer, order.RequestID) == "SUCCESS"
	})
	y.states(t, order.RequestID, payment.Cancelled)
	time.Sleep(4 * time.Second) // until the wallet would have debited
	_, reached := y.both(t, order.RequestID)
	if _, sum := y.payers.moved(t, y.wallet, reached.ID.String()); sum != 0 {
		t.Errorf("the payer is left with %d", sum)
	}
}

// refunds: parts are the whole in the end, each once, and no more.
func (y way) refunds(t *testing.T) {
	order := y.order(t, payer)
	y.merchants.Pay(t, y.acquirer, order)
	for _, step := range []struct{ id, minor, want string }{
		{"a", "500", "SUCCESS"}, {"a", "500", "SUCCESS"}, {"a", "501", "REPEAT_REQ_INCONSISTENT"},
		{"b", "1001", "REFUND_AMOUNT_EXCEED"}, {"c", "333", "SUCCESS"}, {"d", "667", "SUCCESS"},
		{"e", "1", "REFUND_AMOUNT_EXCEED"},
	} {
		got := y.merchants.refund(t, y.acquirer, order.RequestID, order.RequestID[:20]+step.id, step.minor, y.currency)
		if got != step.want {
			t.Errorf("refund %s of %s: %s, want %s", step.id, step.minor, got, step.want)
		}
	}
	if sum := y.debits(t, order.RequestID, "debit", "credit", "credit", "credit"); sum != 0 {
		t.Errorf("the payer is left with %d", sum)
	}
}

// orderCode: a payer scans what a merchant of the other hub shows, and confirms.
func (y way) orderCode(t *testing.T) {
	order := sandbox.PayOrder{
		RequestID: "PR-" + ids.New().String(), Mode: string(connectors.OrderCode), Amount: amount, Currency: y.currency,
	}
	shown := y.merchants.Pay(t, y.acquirer, order)
	if shown.Answer.OrderCodeForm == nil {
		t.Fatalf("%+v", shown.Answer)
	}
	scan := sandbox.ScanOrder{CodeValue: shown.Answer.OrderCodeForm.CodeDetails[0].CodeValue, Customer: payer}
	control := y.payers.Control(y.wallet)
	first := stagetest.Must[sandbox.Scan](t)(control.Scan(t.Context(), scan))
	if first.Shown.Result.Code != "SUCCESS" || first.Shown.PaymentAmount.Value != amount ||
		first.Shown.PayToAmount == nil {
		t.Fatalf("%+v", first.Shown)
	}
	scan.Customer = stage.Regular + "-4"
	other := stagetest.Must[sandbox.Scan](t)(control.Scan(t.Context(), scan))
	if other.Shown.Result.Code != "REPEAT_REQ_INCONSISTENT" {
		t.Errorf("another payer: %+v", other.Shown.Result)
	}
	confirmed := stagetest.Must[sandbox.Scan](t)(control.Confirm(t.Context(),
		sandbox.ConfirmOrder{PaymentRequestID: first.Shown.PaymentRequestID}))
	if confirmed.NotifyError != "" {
		t.Errorf("%+v", confirmed)
	}
	y.merchants.Ends(t, y.acquirer, order.RequestID, "SUCCESS")
	y.merchants.Notified(t, y.acquirer, order.RequestID, "SUCCESS")
	moves, sum := y.payers.moved(t, y.wallet, first.Shown.PaymentRequestID)
	if strings.Join(moves, ",") != "debit" || fmt.Sprint(-sum) != first.Shown.PayToAmount.Value {
		t.Errorf("moved %v, %d, shown %+v", moves, sum, first.Shown.PayToAmount)
	}
}

func (y way) orderCodeDeclined(t *testing.T) {
	order := sandbox.PayOrder{
		RequestID: "PR-" + ids.New().String(), Mode: string(connectors.OrderCode), Amount: amount, Currency: y.currency,
	}
	shown := y.merchants.Pay(t, y.acquirer, order)
	stagetest.Must[sandbox.Scan](t)(y.payers.Control(y.wallet).Scan(t.Context(), sandbox.ScanOrder{
		CodeValue: shown.Answer.OrderCodeForm.CodeDetails[0].CodeValue, Customer: stage.Poor, Confirm: true,
	}))
	y.merchants.Ends(t, y.acquirer, order.RequestID, "USER_BALANCE_NOT_ENOUGH")
}

// spentCode: a code pays once, whichever hub it belongs to.
func (y way) spentCode(t *testing.T) {
	order := y.order(t, payer)
	y.merchants.Pay(t, y.acquirer, order)
	order.RequestID = "PR-" + ids.New().String()
	if again := y.merchants.Pay(t, y.acquirer, order); again.Answer.Result.Code != "INVALID_CODE" {
		t.Errorf("%+v", again.Answer.Result)
	}
	stagetest.Invariants(t, y.merchants.Stage)
	stagetest.Invariants(t, y.payers.Stage)
}
