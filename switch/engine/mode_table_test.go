package engine_test

import (
	"strings"
	"testing"
	"time"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/iso20022"
	"github.com/causeway-pay/causeway/switch/engine"
	"github.com/causeway-pay/causeway/switch/payment"
)

// modeTable names, for the modes of a class, the result code that answers each
// event in each state; "-" is an event that cannot be. Columns: the acquirer
// inquires, cancels (CANCELLED if the wallet confirms, as it does here but in
// CANCELLING and HELD), repeats its pay, refunds; the payer scans again; the wallet
// says yes, says no; the acquirer takes the push.
const modeTable = `
modes    state         inquire  cancel  repeat  refund  scan    yes  no  push
paycode  UNDER_REVIEW  WAIT     OK      WAIT    WAIT    -       OK   OK  NONE
code     UNRESOLVED    WAIT     OK      WAIT    WAIT    -       OK   OK  NONE
code     CANCELLING    WAIT     WAIT    WAIT    WAIT    -       OK   OK  NONE
code     HELD          WAIT     WAIT    WAIT    WAIT    -       OK   OK  NONE
code     POSTED        OK       OK      OK      OK      -       OK   OK  NONE
code     DECLINED      FUNDS    OK      FUNDS   CLOSED  -       OK   OK  NONE
code     CANCELLED     CLOSED   OK      CLOSED  CLOSED  -       OK   OK  NONE
code     REJECTED      LIMIT    OK      LIMIT   CLOSED  -       -    -   NONE
order    CREATED       WAIT     OK      WAIT    WAIT    WAIT    -    -   NONE
order    UNDER_REVIEW  WAIT     OK      WAIT    WAIT    WAIT    OK   OK  NONE
order    RESERVED      WAIT     OK      WAIT    WAIT    WAIT    OK   OK  NONE
order    UNRESOLVED    WAIT     OK      WAIT    WAIT    WAIT    OK   OK  NONE
order    CANCELLING    WAIT     WAIT    WAIT    WAIT    WAIT    OK   OK  NONE
order    HELD          WAIT     WAIT    WAIT    WAIT    WAIT    OK   OK  NONE
order    POSTED        OK       OK      OK      OK      OK      OK   OK  NONE
order    DECLINED      FUNDS    OK      FUNDS   CLOSED  FUNDS   OK   OK  NONE
order    CANCELLED     CLOSED   OK      CLOSED  CLOSED  CLOSED  -    -   NONE
push     CREATED       WAIT     OK      -       WAIT    WAIT    -    -   WAIT
push     UNDER_REVIEW  WAIT     OK      -       WAIT    WAIT    OK   OK  WAIT
push     RESERVED      WAIT     OK      -       WAIT    WAIT    OK   OK  WAIT
push     UNRESOLVED    WAIT     OK      -       WAIT    WAIT    OK   OK  WAIT
push     PUSHING       WAIT     OK      -       WAIT    WAIT    OK   OK  OK
push     CANCELLING    WAIT     WAIT    -       WAIT    WAIT    OK   OK  CLOSED
push     HELD          WAIT     WAIT    -       WAIT    WAIT    OK   OK  CLOSED
push     POSTED        OK       OK      -       OK      OK      OK   OK  OK
push     DECLINED      FUNDS    OK      -       CLOSED  FUNDS   OK   OK  CLOSED
push     CANCELLED     CLOSED   OK      -       CLOSED  CLOSED  -    -   CLOSED`

// shortCodes are the result codes of the table.
var shortCodes = map[string]string{
	"WAIT": "PAYMENT_IN_PROCESS", "OK": "SUCCESS", "NONE": "ORDER_NOT_EXIST", "CLOSED": "ORDER_IS_CLOSED",
	"FUNDS": "USER_BALANCE_NOT_ENOUGH", "LIMIT": "PAYMENT_AMOUNT_EXCEED_LIMIT",
}

// classes are the modes that answer alike. A private order differs in that its
// acquirer never paid, so has nothing to repeat.
var classes = map[string][]connectors.Mode{
	"code":    {connectors.PaymentCode, connectors.AutoDebit},
	"paycode": {connectors.PaymentCode},
	"order":   {connectors.OrderCode, connectors.EntryCode, connectors.Cashier, connectors.PrivateOrderCode},
	"push":    {connectors.Push},
}

// bench is one payment under examination.
type bench struct {
	*hub
	till  *till
	order connectors.Order
	code  string
	id    ids.ID
}

// TestModeTable: every state of a payment can be reached, asked for and cancelled
// in every mode where the protocol allows it, and each event in each state has the
// answer that the table names.
func TestModeTable(t *testing.T) {
	lines := strings.Split(strings.TrimSpace(modeTable), "\n")
	events := strings.Fields(lines[0])[2:]
	each(t, func(t *testing.T, h *hub) {
		a := h.everyMode()
		h.follow(holds)
		h.clock.stopped = h.clock.Now() // so that nothing is due before the table says so
		for _, line := range lines[1:] {
			row := strings.Fields(line)
			for _, mode := range classes[row[0]] {
				for i, want := range row[2:] {
					if want == "-" || events[i] == "repeat" && mode.Fetched() {
						continue
					}
					b := &bench{hub: h, till: a}
					b.reach(mode, payment.State(row[1]))
					if got := b.do(events[i]); got != shortCodes[want] {
						t.Errorf("%s %s: %s is answered %s, want %s", mode, row[1], events[i], got, shortCodes[want])
					}
					b.close()
				}
			}
		}
		h.sound()
	})
}

// reach makes a fresh payment of a mode and brings it into a state.
func (b *bench) reach(mode connectors.Mode, state payment.State) {
	b.t.Helper()
	b.wallet.pay, b.wallet.inquire = says(connectors.Undecided), says(connectors.Undecided)
	b.wallet.cancel, b.till.push = says(connectors.Accepted), answering(connectors.Undecided)
	minor := int64(1500)
	switch state {
	case payment.Posted:
		b.wallet.pay, b.till.push = says(connectors.Accepted), answering(connectors.Accepted)
	case payment.Declined:
		b.wallet.pay = func(string) connectors.Answer {
			return connectors.Answer{Decision: connectors.Declined, Reason: reason.InsufficientFunds}
		}
	case payment.Rejected:
		minor = 1_000_001
	}
	b.order, b.code = b.orderIn(b.till, mode, minor)
	if state == payment.UnderReview {
		b.order.Transfer.Creditor.Name = "Viktor Blocksworth"
	}
	b.begin(mode)
	if mode.Waits() && state != payment.Created && state != payment.Cancelled {
		if err := b.scan(); err != nil {
			b.t.Fatalf("%s: %v", mode, err)
		}
		b.carry(state)
	}
	b.undo(state)
	file, err := engine.Open(b.t.Context(), b.pool, b.id)
	if err != nil || file.Payment.State != state {
		b.t.Fatalf("%s is %s, want %s: %v", mode, file.Payment.State, state, err)
	}
}

// begin places the order; one of the acquirer's own is placed by a scan that a
// wallet of another region may not go on with.
func (b *bench) begin(mode connectors.Mode) {
	b.t.Helper()
	if mode.Fetched() {
		b.order.AllowedRegions = []string{"HK"}
		b.till.mu.Lock()
		b.till.orders[b.code] = b.order
		b.till.mu.Unlock()
		if _, err := b.hub.scan("KR-WALLET", "U1", "", b.code); reason.Of(err) != reason.MethodUnavailable {
			b.t.Fatalf("fetching: %v", err)
		}
		record, err := engine.ByRequest(b.t.Context(), b.pool, "JP-ACQUIRER", b.order.RequestID)
		if err != nil {
			b.t.Fatal(err)
		}
		b.id = record.ID
		return
	}
	view, err := b.Pay(b.t.Context(), b.participant("JP-ACQUIRER"), b.order)
	if err != nil {
		b.t.Fatalf("%s: %v", mode, err)
	}
	b.id = view.ID
	if view.OrderCode != "" {
		b.code = view.OrderCode
	}
}

func (b *bench) scan() error {
	_, err := b.hub.scan("HK-WALLET", "U1", "Mei Lantern", b.code)
	return err
}

// carry brings a scanned order on: the wallet confirms, or is asked.
func (b *bench) carry(state payment.State) {
	b.t.Helper()
	var err error
	switch state {
	case payment.Posted, payment.Pushing:
		err = b.tell(connectors.Accepted, reason.None)
	case payment.Declined:
		err = b.tell(connectors.Declined, reason.InsufficientFunds)
	case payment.Unresolved:
		b.clock.Advance(time.Second)
	default:
		return
	}
	if err == nil {
		err = b.DutyRound(b.t.Context())
	}
	if err != nil {
		b.t.Fatal(err)
	}
}

// undo brings a payment into the states of being cancelled.
func (b *bench) undo(state payment.State) {
	b.t.Helper()
	if state != payment.Cancelling && state != payment.Held && state != payment.Cancelled {
		return
	}
	if state != payment.Cancelled {
		b.wallet.cancel = says(connectors.Undecided)
	}
	_, err := b.Cancel(b.t.Context(), b.participant("JP-ACQUIRER"), connectors.Reference{PaymentID: b.id})
	if err != nil && reason.Of(err) != reason.InProcess {
		b.t.Fatal(err)
	}
	for try := 0; state == payment.Held && try < 10; try++ {
		b.clock.Advance(time.Second)
		if err := b.DutyRound(b.t.Context()); err != nil {
			b.t.Fatal(err)
		}
	}
}

func (b *bench) tell(decision connectors.Decision, why reason.Kind) error {
	return b.Confirm(b.t.Context(), b.participant("HK-WALLET"), connectors.Confirmation{
		Payment: connectors.Reference{RequestID: b.id.String()}, Decision: decision, Reason: why, WalletPaymentID: "W-1",
		Words: said("notify", "{}"),
	})
}

// do lets an event happen and returns the result code of its answer.
func (b *bench) do(event string) string {
	b.t.Helper()
	acquirer, named := b.participant("JP-ACQUIRER"), connectors.Reference{PaymentID: b.id}
	var view connectors.Payment
	var err error
	switch event {
	case "inquire":
		view, err = b.Inquire(b.t.Context(), acquirer, named)
	case "cancel":
		return codeOf(b.cancelled(acquirer, named))
	case "repeat":
		view, err = b.Pay(b.t.Context(), acquirer, b.order)
	case "scan":
		view, err = b.hub.scan("HK-WALLET", "U1", "Mei Lantern", b.code)
	case "refund":
		var back connectors.Return
		back, err = b.Return(b.t.Context(), acquirer, connectors.ReturnOrder{
			RequestID: ids.New().String(), Payment: named, Amount: jpy(500), Words: said("refund", "{}"),
		})
		view = connectors.Payment{Status: back.Status, Reason: back.Reason}
	case "push":
		return codeOf(b.ConfirmPush(b.t.Context(), acquirer, connectors.Confirmation{
			Payment: named, Decision: connectors.Accepted, Words: said("notifyPush", "{}"),
		}))
	case "yes":
		return codeOf(b.tell(connectors.Accepted, reason.None))
	case "no":
		return codeOf(b.tell(connectors.Declined, reason.InsufficientFunds))
	}
	if err != nil {
		return codeOf(err)
	}
	return codeOf(reasonOf(view))
}

// close ends a payment that is still open, so that no later duty is about it.
func (b *bench) close() {
	b.t.Helper()
	b.wallet.cancel = says(connectors.Accepted)
	err := b.cancelled(b.participant("JP-ACQUIRER"), connectors.Reference{PaymentID: b.id})
	if err != nil && reason.Of(err) != reason.InProcess { // it is held, and has no duty
		b.t.Fatal(err)
	}
}

// cancelled is what a cancel comes to: a payment that was refused never moved
// money and counts as cancelled.
func (b *bench) cancelled(acquirer connectors.Participant, named connectors.Reference) error {
	view, err := b.Cancel(b.t.Context(), acquirer, named)
	if err != nil {
		return err
	}
	if view.Status != iso20022.Cancelled && view.Status != iso20022.Rejected {
		return reason.New(reason.InProcess, "test", "")
	}
	return nil
}

func reasonOf(view connectors.Payment) error {
	switch view.Status {
	case iso20022.Completed:
		return nil
	case iso20022.Cancelled, iso20022.Rejected:
		return reason.New(view.Reason, "test", "")
	default:
		return reason.New(reason.InProcess, "test", "")
	}
}

func codeOf(err error) string { return reason.Of(err).Codes().APS }
