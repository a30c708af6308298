package crash_test

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/causeway-pay/causeway/conformance/stage"
	"github.com/causeway-pay/causeway/conformance/stage/stagetest"
	"github.com/causeway-pay/causeway/connectors/sandbox"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/switch/engine"
	"github.com/causeway-pay/causeway/switch/payment"
)

// point is a moment of a payment's life at which the hub dies.
type point struct {
	name string
	// customer decides what the wallet does meanwhile.
	customer string
	// reached tells when it is time; nil means as soon as the wallet has moved
	// the customer's money.
	reached func(engine.Record) bool
	// ends are the ways in which it may come out.
	ends []end
}

// end is the state of a payment with what the wallet did to the customer's money.
type end struct {
	state payment.State
	moves string
}

var (
	posted    = end{payment.Posted, "[debit]"}
	declined  = end{payment.Declined, "[]"}
	cancelled = end{payment.Cancelled, "[]"}
	// undone is what is left of a debit if a busy machine has not the hub back in time.
	undone = end{payment.Cancelled, "[debit credit]"}
)

func in(states ...payment.State) func(engine.Record) bool {
	return func(r engine.Record) bool {
		for _, state := range states {
			if r.State == state {
				return true
			}
		}
		return false
	}
}

// asked says that the wallet has had time to hear of a payment, and no time yet
// to answer if it is slow.
func asked(r engine.Record) bool {
	return r.State == payment.Reserved && time.Since(r.CreatedAt) > slowness/3
}

func points() []point {
	regular := stage.Regular + "-3"
	unanswered := in(payment.Cancelling, payment.Cancelled)
	return []point{
		{"reserved, and the wallet does not know it", stage.Silent, in(payment.Reserved), []end{cancelled}},
		// On a busy machine the wallet may not have heard of it after all.
		{"the wallet was asked and does not answer", slow, asked, []end{posted, cancelled, undone}},
		{"the wallet has debited and its answer is lost", stage.SilentDebited, nil, []end{posted, undone}},
		{"the wallet says later", later, in(payment.Unresolved), []end{posted, cancelled, undone}},
		{"being asked about again", stage.Silent, in(payment.Unresolved), []end{cancelled}},
		{"being cancelled at the wallet", stage.Silent, unanswered, []end{cancelled}},
		{"posted, and the acquirer is not told", regular, in(payment.Posted), []end{posted}},
		{"declined, and the acquirer is not told", stage.Poor, in(payment.Declined), []end{declined}},
	}
}

// TestPoints kills the hub at moments that a random kill may miss.
func TestPoints(t *testing.T) {
	s := open(t)
	for i, p := range points() {
		t.Run(p.name, func(t *testing.T) {
			requestID := fmt.Sprint("POINT-", i)
			var paying sync.WaitGroup
			pay(t, s, &paying, p.customer, requestID)
			if !until(t, time.Minute, func() bool { return p.isReached(t, s, requestID) }) {
				t.Fatal("the moment never came")
			}
			kill(t, s)
			paying.Wait()
			// Whether it was notified is looked at for all of them together,
			// since the relay's lease outlives each kill by seconds.
			until(t, settleWait, func() bool { return p.ended(t, s, requestID) })
			p.judge(t, s, requestID)
		})
	}
	t.Run("all of them", func(t *testing.T) {
		settle(t, s)
		stagetest.Invariants(t, s)
		known := books(t, s)
		judgeWallets(t, s, known)
		judgeNotifications(t, s, known)
	})
}

// pay makes a payment of Sakura with a code of Harbour Pay, whose answer nobody
// reads.
func pay(t *testing.T, s *stage.Stage, paying *sync.WaitGroup, customer, requestID string) {
	t.Helper()
	payAt(t, s, paying, shops[0], customer, requestID)
}

func payAt(t *testing.T, s *stage.Stage, paying *sync.WaitGroup, at shop, customer, requestID string) {
	t.Helper()
	got, err := s.Control(wallets[0]).Codes(t.Context(), sandbox.CodeOrder{Customer: customer})
	if err != nil || len(got.Codes) != 1 {
		t.Fatalf("no payment code: %v, %v", got.Result, err)
	}
	order := sandbox.PayOrder{RequestID: requestID, Code: got.Codes[0].PaymentCode, Amount: "1500", Currency: at.currency}
	paying.Go(func() {
		if _, err := s.Control(at.acquirer).Pay(t.Context(), order); err != nil {
			t.Error(err) // the till itself, not the hub
		}
	})
}

// kill lets the hub die and start again.
func kill(t *testing.T, s *stage.Stage) {
	t.Helper()
	s.KillHub()
	if err := s.StartHub(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// movesOf lists what a wallet did to its customer's money for a payment.
func movesOf(t *testing.T, s *stage.Stage, r engine.Record) []string {
	t.Helper()
	movements, err := s.Control(r.WalletID).Movements(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var moves []string
	for _, m := range movements {
		if m.PaymentRequestID == r.ID.String() {
			moves = append(moves, m.Kind)
		}
	}
	return moves
}

// isReached tells whether the moment has come, or is over: a busy machine may miss it, and what
// the payment comes to must be right all the same.
func (p point) isReached(t *testing.T, s *stage.Stage, requestID string) bool {
	record, err := engine.ByRequest(t.Context(), s.Pool, shops[0].acquirer, requestID)
	switch {
	case err != nil:
		return false
	case record.State.Final():
		return true
	case p.reached == nil:
		return len(movesOf(t, s, record)) > 0
	default:
		return p.reached(record)
	}
}

// ended tells whether the payment is final and nothing is left to do.
func (p point) ended(t *testing.T, s *stage.Stage, requestID string) bool {
	record, err := engine.ByRequest(t.Context(), s.Pool, shops[0].acquirer, requestID)
	return err == nil && record.State.Final() && record.Duty == engine.DutyNone
}

func (p point) judge(t *testing.T, s *stage.Stage, requestID string) {
	t.Helper()
	var record engine.Record
	stagetest.Read(t, s, func(reader db.Reader) (err error) {
		record, err = engine.ByRequest(t.Context(), reader, shops[0].acquirer, requestID)
		return err
	})
	if got := (end{record.State, fmt.Sprint(movesOf(t, s, record))}); !slices.Contains(p.ends, got) {
		t.Errorf("it came out as %v (%s), want one of %v", got, record.Reason, p.ends)
	}
}

// TestCrashOfAScannedOrder kills the hub while the payer looks at the amount,
// and again when the wallet has debited and tells so.
func TestCrashOfAScannedOrder(t *testing.T) {
	s := open(t)
	till, wallet := s.Control(shops[0].acquirer), s.Control(wallets[0])
	shown, err := till.Pay(t.Context(), sandbox.PayOrder{RequestID: "TABLE-7", Amount: "8200", Currency: "JPY"})
	if err != nil || shown.Answer.OrderCodeForm == nil {
		t.Fatalf("no order code: %+v, %v", shown, err)
	}
	kill(t, s)
	scan, err := wallet.Scan(t.Context(), sandbox.ScanOrder{
		CodeValue: shown.Answer.OrderCodeForm.CodeDetails[0].CodeValue, Customer: stage.Regular + "-1",
	})
	if err != nil || scan.Shown.Result.Status != "S" {
		t.Fatalf("the order is not found after the crash: %+v, %v", scan, err)
	}
	s.KillHub()
	// The hub is down: the wallet debits, and nobody hears that it did.
	confirmed, err := wallet.Confirm(t.Context(), sandbox.ConfirmOrder{PaymentRequestID: scan.Shown.PaymentRequestID})
	if err != nil || confirmed.NotifyError == "" {
		t.Fatalf("the hub was not down: %+v, %v", confirmed, err)
	}
	if err := s.StartHub(t.Context()); err != nil {
		t.Fatal(err)
	}
	settle(t, s)
	point{ends: []end{posted}}.judge(t, s, "TABLE-7")
	stagetest.Invariants(t, s)
}

// TestCrashOfARefund kills the hub as soon as the money given back is reserved,
// or later if that moment was missed; the same refund is asked for again.
func TestCrashOfARefund(t *testing.T) {
	s := open(t)
	var paying sync.WaitGroup
	pay(t, s, &paying, stage.Regular+"-2", "COFFEE")
	paying.Wait()
	settle(t, s)
	refund := sandbox.RefundOrder{
		NamedPayment: sandbox.NamedPayment{RequestID: "COFFEE"}, RefundID: "COFFEE-BACK", Amount: "500", Currency: "JPY",
	}
	paying.Go(func() {
		if _, err := s.Control(shops[0].acquirer).Refund(t.Context(), refund); err != nil {
			t.Error(err)
		}
	})
	begun := func() bool { return len(stagetest.Texts(t, s, `SELECT state FROM payment_return`)) > 0 }
	if !until(t, time.Minute, begun) {
		t.Fatal("the refund did not begin")
	}
	kill(t, s)
	paying.Wait()
	if _, err := s.Control(shops[0].acquirer).Refund(t.Context(), refund); err != nil {
		t.Fatal(err)
	}
	settle(t, s)
	point{ends: []end{{payment.Posted, "[debit credit]"}}}.judge(t, s, "COFFEE")
	judgeWallets(t, s, books(t, s))
	stagetest.Invariants(t, s)
}
