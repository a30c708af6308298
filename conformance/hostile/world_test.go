package hostile_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/causeway-pay/causeway/conformance/stage"
	"github.com/causeway-pay/causeway/conformance/stage/stagetest"
	"github.com/causeway-pay/causeway/connectors/alipayplus"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
)

// world is one hub with its partners, for all tests of the package.
type world struct {
	*caller
	requests atomic.Int64
	// second is where partners reach another hub of the same database, if there is one.
	second string
}

// TestHub runs everything against one hub: a stage costs seconds.
func TestHub(t *testing.T) {
	s := stagetest.Open(t, stage.Options{Timing: stage.Timing{
		WalletPatience: 2 * time.Second, CodeWindow: 4 * time.Second, Inquiries: "200ms,500ms", Cancels: "100ms,300ms",
		Notifications: "200ms,500ms,1s",
	}})
	w := &world{caller: newCaller(t, s)}
	for _, part := range []struct {
		name string
		test func(*world, *testing.T)
	}{
		{"envelope", (*world).envelopes}, {"oracle", (*world).oracle}, {"dialect", (*world).dialects},
		{"connection", (*world).connections}, {"message", (*world).messages},
		{"missing", (*world).missing}, {"amount", (*world).amounts}, {"code", (*world).codes}, {"role", (*world).roles},
		{"replay", (*world).replays}, {"many replays", (*world).manyReplays}, {"foreign", (*world).foreign},
		{"repeated", (*world).repeated},
		{"cap", (*world).caps}, {"wallet", (*world).wallets}, {"refund", (*world).refunds}, {"operators", (*world).operators},
		{"flood", (*world).floods},
	} {
		t.Run(part.name, func(t *testing.T) { part.test(w, t) })
	}
	stagetest.Invariants(t, s)
	if s.HubExited() {
		t.Error("the hub has ended")
	}
}

// next makes a request id that nobody has used.
func (w *world) next(prefix string) string { return fmt.Sprint(prefix, "-", w.requests.Add(1)) }

// code lets a wallet fetch a payment code.
func (w *world) code(t *testing.T, wallet, customer string) string {
	t.Helper()
	a := w.post(t, wallet, alipayplus.PathGetPaymentCode,
		fmt.Sprintf(`{"customerId":%q,"codeQuantity":"1","customerName":{"fullName":"Wander %s"}}`, customer, w.next("W")))
	var codes alipayplus.CodeAnswer
	if err := json.Unmarshal(a.body, &codes); err != nil || len(codes.Codes) != 1 {
		t.Fatalf("no code: %s", a.body)
	}
	return codes.Codes[0].PaymentCode
}

// order is an honest payment of JPY 1,500 with a code.
func (w *world) order(t *testing.T, code string) message {
	t.Helper()
	requestID := w.next("HOSTILE")
	return parse(t, fmt.Sprintf(`{
		"paymentRequestId": %q,
		"paymentAmount": {"currency": "JPY", "value": "1500"},
		"paymentMethod": {"paymentMethodType": "CONNECT_WALLET", "paymentMethodId": %q},
		"paymentFactor": {"isInStorePayment": "true", "isCashierPayment": "false", "inStorePaymentScenario": "PaymentCode"},
		"order": {
			"referenceOrderId": %q, "orderDescription": "Coffee", "orderAmount": {"currency": "JPY", "value": "1500"},
			"merchant": {"referenceMerchantId": "M-1", "merchantName": "Test Shop", "merchantMCC": "5814",
				"merchantAddress": {"region": "JP", "city": "Tokyo"}}
		}}`, requestID, code, requestID))
}

// fresh is an honest payment with a code of Harbour Pay, which would succeed.
func (w *world) fresh(t *testing.T) message {
	t.Helper()
	return w.order(t, w.code(t, harbour, stage.Regular+"-0"))
}

// paid makes an honest payment and returns its order and answer.
func (w *world) paid(t *testing.T) (message, alipayplus.PayAnswer) {
	t.Helper()
	order := w.fresh(t)
	a := w.post(t, sakura, alipayplus.PathPay, order.text(t))
	if a.result.Code != "SUCCESS" {
		t.Fatalf("an honest payment: %s", a.body)
	}
	var said alipayplus.PayAnswer
	if err := json.Unmarshal(a.body, &said); err != nil {
		t.Fatal(err)
	}
	return order, said
}

// tables are what a refused request must not touch.
var tables = []string{
	"payment", "reservation", "ledger_entry", "payment_code", "request_claim", "payment_return", "payment_history",
	"screening_decision", "fx_quote", "outbox", "customs_declaration",
}

// counts returns how many rows each table has, with what is posted and reserved
// altogether.
func (w *world) counts(t *testing.T) map[string]int64 {
	t.Helper()
	all := map[string]int64{}
	for _, table := range tables {
		all[table] = w.number(t, "SELECT count(*) FROM "+table)
	}
	// Notifications of earlier payments go on record when they are confirmed.
	all["messages"] = w.number(t, `SELECT count(*) FROM message_record
		WHERE leg <> 'acquirer' OR name NOT LIKE 'alipayplus.notifyPayment%'`)
	all["posted"] = w.number(t, "SELECT coalesce(sum(abs(posted_minor)), 0)::BIGINT FROM participant_position")
	all["reserved"] = w.number(t, "SELECT coalesce(sum(reserved_minor), 0)::BIGINT FROM participant_position")
	all["codes used"] = w.number(t, "SELECT count(*) FROM payment_code WHERE used_by <> $1", ids.Nil)
	return all
}

func (w *world) number(t *testing.T, query string, args ...any) int64 {
	t.Helper()
	var n int64
	stagetest.Read(t, w.stage, func(reader db.Reader) error {
		return reader.QueryRow(t.Context(), query, args...).Scan(&n)
	})
	return n
}

// change runs one statement in the hub's database.
func (w *world) change(t *testing.T, statement string, args ...any) {
	t.Helper()
	err := w.stage.Pool.InTx(t.Context(), func(ctx context.Context, tx db.Tx) error {
		_, err := tx.Exec(ctx, statement, args...)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// untouched checks that nothing has changed since.
func (w *world) untouched(t *testing.T, before map[string]int64) {
	t.Helper()
	if difference := cmp.Diff(before, w.counts(t)); difference != "" {
		t.Errorf("the database has changed (-before +after):\n%s", difference)
	}
}

// onRecord checks that nothing has changed but that refusals are on record: a
// payment that was rejected and moved no money.
func (w *world) onRecord(t *testing.T, before map[string]int64, refusals int64) {
	t.Helper()
	after := w.counts(t)
	for _, table := range []string{"reservation", "ledger_entry", "payment_code", "payment_return", "fx_quote", "posted",
		"reserved", "codes used"} {
		if before[table] != after[table] {
			t.Errorf("%s: %d before, %d after", table, before[table], after[table])
		}
	}
	for _, table := range []string{"payment", "request_claim", "payment_history", "outbox"} {
		if before[table]+refusals != after[table] {
			t.Errorf("%s: %d before, %d after, want %d more", table, before[table], after[table], refusals)
		}
	}
}

// long is a text of so many characters.
func long(count int) string { return strings.Repeat("x", count) }
