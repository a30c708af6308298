package crash_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/causeway-pay/causeway/conformance/stage"
	"github.com/causeway-pay/causeway/conformance/stage/stagetest"
	"github.com/causeway-pay/causeway/connectors/sandbox"
	"github.com/causeway-pay/causeway/internal/db"
)

// settleWait is how long everything may take to come to its end once nobody
// pays any more and the hub lives: the longest of code window, the lease of a
// relay that died, an undisturbed call and a notification's pause, with time to
// spare on a busy machine.
const settleWait = time.Minute

// finalWait is how long after its beginning a payment may be open, with kills
// in between.
const finalWait = time.Minute

const countOpen = `
SELECT (SELECT count(*) FROM payment WHERE state NOT IN ('POSTED', 'DECLINED', 'CANCELLED', 'REJECTED')),
	(SELECT count(*) FROM payment_return WHERE state NOT IN ('POSTED', 'DECLINED')),
	(SELECT count(*) FROM payment WHERE duty <> 'NONE'),
	(SELECT count(*) FROM (` + selectUnnotified + `) u)`

// selectUnnotified finds final payments that no acquirer has confirmed to have
// heard of: its consumer claims the event of the final state, unless the answer to its own
// request has told it and its contract wants no more.
const selectUnnotified = `
SELECT p.acquirer_id || ' ' || p.request_id || ' ' || p.state FROM payment p
WHERE p.state IN ('POSTED', 'DECLINED', 'CANCELLED', 'REJECTED') AND NOT EXISTS (
	SELECT 1 FROM outbox o JOIN inbox i ON i.event_id = o.id
	WHERE o.aggregate = p.payment_id AND i.consumer = 'notify-' || p.acquirer_id)
AND NOT EXISTS (SELECT 1 FROM payment_history h WHERE h.subject_id = p.payment_id AND h.effects LIKE '%tell%')`

// selectTold names the payments whose answers told their final states.
const selectTold = `
SELECT DISTINCT p.acquirer_id || ' ' || p.request_id FROM payment p
JOIN payment_history h ON h.subject_id = p.payment_id WHERE h.effects LIKE '%tell%'`

const selectDuties = `
SELECT acquirer_id || ' ' || request_id || ' ' || state || ' ' || duty || ' ' || duty_attempts::TEXT
FROM payment WHERE duty <> 'NONE' LIMIT 10`

// settle waits until nothing is open. HELD counts as open: no fault of this
// test needs a person.
func settle(t *testing.T, s *stage.Stage) {
	t.Helper()
	var payments, returns, duties, unnotified int64
	settled := until(t, settleWait, func() bool {
		stagetest.Row(t, s, countOpen, &payments, &returns, &duties, &unnotified)
		return payments+returns+duties+unnotified == 0
	})
	if !settled {
		t.Errorf("after %s: %d payments and %d returns are open, %d have a duty, %d are not notified", settleWait,
			payments, returns, duties, unnotified)
		for _, line := range stagetest.Texts(t, s, selectDuties) {
			t.Log(line)
		}
		for _, line := range stagetest.Texts(t, s, selectUnnotified+" LIMIT 10") {
			t.Log("not notified: " + line)
		}
	}
}

// paid makes a payment that ends well, and returns the hub's id of it: a wallet that is
// slower than the hub is patient has debited all the same, which the hub finds out.
func paid(t *testing.T, s *stage.Stage, acquirer string, order sandbox.PayOrder) string {
	t.Helper()
	outcome, err := s.Control(acquirer).Pay(t.Context(), order)
	if err != nil || outcome.Answer.PaymentID == "" {
		t.Fatalf("%+v, %v", outcome, err)
	}
	var last sandbox.InquiryOutcome
	if !until(t, settleWait, func() bool {
		last, err = s.Control(acquirer).Inquire(t.Context(), sandbox.NamedPayment{RequestID: order.RequestID})
		return err == nil && last.Answer.PaymentResult != nil && last.Answer.PaymentResult.Code == "SUCCESS"
	}) {
		t.Fatalf("%+v, %v", last, err)
	}
	return outcome.Answer.PaymentID
}

// until polls until something is so, and reports whether it was in time.
func until(t *testing.T, wait time.Duration, so func() bool) bool {
	t.Helper()
	for deadline := time.Now().Add(wait); ; pause(t.Context(), time.Millisecond) {
		if so() {
			return true
		}
		if time.Now().After(deadline) || t.Context().Err() != nil {
			return false
		}
	}
}

// booked is a payment as the books have it.
type booked struct {
	id, acquirer, requestID, wallet, state string
	// paid is what the wallet's position was debited for the payment, less what
	// its returns gave back, in the wallet's currency.
	paid, agreed int64
	took         time.Duration
	returns      int64
}

const selectBooked = `
SELECT p.payment_id::TEXT, p.acquirer_id, p.request_id, p.wallet_id, p.state, p.payer_minor,
	(SELECT coalesce(sum(CASE WHEN e.debit_account = p.wallet_id || '.POSITION.' || p.payer_currency
			THEN e.amount_minor ELSE -e.amount_minor END), 0)::BIGINT
		FROM ledger_entry e WHERE e.payment_id = p.payment_id
		AND (e.debit_account = p.wallet_id || '.POSITION.' || p.payer_currency
			OR e.credit_account = p.wallet_id || '.POSITION.' || p.payer_currency)),
	(extract(epoch FROM p.completed_at - p.created_at) * 1000)::BIGINT,
	(SELECT count(*) FROM payment_return r WHERE r.payment_id = p.payment_id AND r.state = 'POSTED')
FROM payment p`

func books(t *testing.T, s *stage.Stage) map[string]booked {
	t.Helper()
	var all map[string]booked
	stagetest.Read(t, s, func(reader db.Reader) error {
		all = map[string]booked{}
		rows, err := reader.Query(t.Context(), selectBooked)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var b booked
			var millis int64
			err := rows.Scan(&b.id, &b.acquirer, &b.requestID, &b.wallet, &b.state, &b.agreed, &b.paid, &millis, &b.returns)
			if err != nil {
				return err
			}
			b.took = time.Duration(millis) * time.Millisecond
			all[b.acquirer+" "+b.requestID] = b
		}
		return rows.Err()
	})
	return all
}

// judge compares what everybody knows.
func (tr *traffic) judge() {
	tr.t.Helper()
	stagetest.Invariants(tr.t, tr.stage)
	known := books(tr.t, tr.stage)
	if len(known) == 0 {
		tr.t.Error("no payment was made")
	}
	tr.judgeAnswers(known)
	judgeWallets(tr.t, tr.stage, known)
	judgeNotifications(tr.t, tr.stage, known)
	var longest time.Duration
	for _, b := range known {
		longest = max(longest, b.took)
	}
	if longest > finalWait {
		tr.t.Errorf("a payment was open for %s", longest)
	}
	tr.t.Logf("%d payments, the longest open for %s", len(known), longest.Round(time.Millisecond))
}

// judgeAnswers looks for every request that was answered: a yes stays posted, a
// no stays without effect, and an unknown outcome is known to the hub.
func (tr *traffic) judgeAnswers(known map[string]booked) {
	returned := map[string]string{}
	for _, line := range stagetest.Texts(tr.t, tr.stage,
		`SELECT acquirer_id || ' ' || request_id || ' ' || state FROM payment_return WHERE kind = 'REFUND'`) {
		at := strings.LastIndex(line, " ")
		returned[line[:at]] = line[at+1:]
	}
	for _, a := range tr.answers {
		key := a.acquirer + " " + a.requestID
		state := known[key].state
		if a.verb == "refund" {
			state = returned[key]
		}
		if problem := contradicts(a, known[key], state); problem != "" {
			tr.t.Errorf("%s of %s was answered %s: %s", a.verb, key, a.code, problem)
		}
	}
}

// contradicts says what is wrong between an answer and the books.
func contradicts(a said, b booked, state string) string {
	undone := b.state == "POSTED" && b.returns > 0 && b.paid == 0
	switch {
	case a.verb == "refund" && a.paymentID == "" && a.status == "F":
		return "" // refused before it was a return
	case state == "":
		return "it is not in the books"
	case a.verb == "pay" && a.paymentID != b.id:
		return "it is another payment: " + b.id
	case a.verb == "pay" && a.code == "ORDER_IS_CLOSED" && undone:
		return "" // a repetition that came after its cancel
	case a.verb == "cancel" && a.status == "S" && b.paid != 0:
		return fmt.Sprint("it is ", b.state, " and the payer paid ", b.paid)
	case a.verb == "cancel":
		return ""
	case a.status == "S" && state != "POSTED", a.status == "F" && state == "POSTED":
		return "it is " + state
	default:
		return ""
	}
}

// judgeWallets compares every wallet's own movements with the books, payment by
// payment: no customer was debited twice, and what was taken is what is posted.
func judgeWallets(t *testing.T, s *stage.Stage, known map[string]booked) {
	t.Helper()
	taken, debits := map[string]int64{}, map[string]int{}
	for _, wallet := range wallets {
		movements, err := s.Control(wallet).Movements(context.WithoutCancel(t.Context()))
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range movements {
			key := wallet + " " + m.PaymentRequestID
			if m.Kind == "debit" {
				taken[key] += m.Minor
				debits[key]++
			} else {
				taken[key] -= m.Minor
			}
		}
	}
	var moved int
	for _, b := range known {
		key := b.wallet + " " + b.id
		if debits[key] > 1 {
			t.Errorf("%s: the customer was debited %d times", key, debits[key])
		}
		if taken[key] != b.paid {
			t.Errorf("%s is %s: the customer paid %d, the books say %d", key, b.state, taken[key], b.paid)
		}
		if b.state == "POSTED" && b.returns == 0 && b.paid != b.agreed {
			t.Errorf("%s: agreed %d, posted %d", key, b.agreed, b.paid)
		}
		if b.state != "POSTED" && b.paid != 0 {
			t.Errorf("%s is %s, and %d is posted", key, b.state, b.paid)
		}
		if debits[key] > 0 {
			moved++
		}
	}
	if moved != len(debits) {
		t.Errorf("wallets debited for %d payments, the books know %d of them", len(debits), moved)
	}
}

// judgeNotifications looks into what acquirers received: of every payment its
// final state, and never a contradiction of it. What an
// answer has told is not notified if the contract says so.
func judgeNotifications(t *testing.T, s *stage.Stage, known map[string]booked) {
	t.Helper()
	told := map[string]bool{}
	for _, shop := range shops {
		received, err := s.Control(shop.acquirer).Notifications(context.WithoutCancel(t.Context()))
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range received {
			key := shop.acquirer + " " + n.PaymentRequestID
			if problem := wrongNotification(n, known[key]); problem != "" {
				t.Errorf("%s was notified as %s: %s", key, n.PaymentResult.Code, problem)
			}
			told[key] = told[key] || n.Confirmed
		}
	}
	answered := map[string]bool{}
	for _, key := range stagetest.Texts(t, s, selectTold) {
		answered[key] = true
		if told[key] {
			t.Errorf("%s was told by its answer and notified too", key)
		}
	}
	for key, b := range known {
		if !told[key] && !answered[key] {
			t.Errorf("%s is %s, and its acquirer was never told", key, b.state)
		}
	}
}

func wrongNotification(n sandbox.Notification, b booked) string {
	undone := b.returns > 0 && b.paid == 0
	switch {
	case b.id == "" || n.PaymentID != b.id:
		return "no such payment in the books"
	case n.PaymentResult.Status == "S" && b.state != "POSTED",
		n.PaymentResult.Status == "F" && b.state == "POSTED" && !undone,
		n.PaymentResult.Status == "U":
		return "it is " + b.state
	default:
		return ""
	}
}
