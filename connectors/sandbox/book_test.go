package sandbox

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/causeway-pay/causeway/connectors/alipayplus"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/money"
)

var now = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

func hkd(minor int64) money.Amount { return money.New(minor, "HKD") }

func entryOf(id, customer string, minor int64) entry {
	return entry{
		requestID: id, customer: customer, owed: hkd(minor),
		paid: alipayplus.Amount{Currency: "JPY", Value: fmt.Sprint(minor * 20)},
	}
}

func bookOf(balances ...int64) *book {
	var customers []Customer
	for i, balance := range balances {
		customers = append(customers, Customer{ID: fmt.Sprintf("C-%d", i), Balance: balance})
	}
	return newBook("HKD", customers)
}

func begin(t *testing.T, b *book, e entry) {
	t.Helper()
	if _, _, err := b.begin(e); err != nil {
		t.Fatal(err)
	}
}

func balance(b *book, id string) int64 {
	customer, err := b.customer(id)
	if err != nil {
		return -1
	}
	return customer.Balance
}

func TestDebitHappensOnce(t *testing.T) {
	b := bookOf(1000)
	begin(t, b, entryOf("P", "C-0", 600))
	for range 3 {
		if e := b.debit("P", now); e.state != statePaid || e.paymentID == "" {
			t.Errorf("%+v", e)
		}
	}
	if _, movements := b.list(); balance(b, "C-0") != 400 || len(movements) != 1 {
		t.Errorf("balance %d after %d movements", balance(b, "C-0"), len(movements))
	}
	begin(t, b, entryOf("Q", "C-0", 401))
	if e := b.debit("Q", now); e.state != stateFailed || e.why != reason.InsufficientFunds || balance(b, "C-0") != 400 {
		t.Errorf("%+v", e)
	}
}

func TestBeginIsIdempotent(t *testing.T) {
	b := bookOf(1000, 1000)
	first, repeated, err := b.begin(entryOf("P", "C-0", 600))
	if err != nil || repeated {
		t.Fatal(repeated, err)
	}
	again, repeated, err := b.begin(entryOf("P", "C-0", 600))
	if err != nil || !repeated || again.paymentID != first.paymentID {
		t.Errorf("%v, %v", repeated, err)
	}
	for name, other := range map[string]entry{
		"amount": entryOf("P", "C-0", 601), "customer": entryOf("P", "C-1", 600),
	} {
		if _, _, err := b.begin(other); reason.Of(err) != reason.Inconsistent {
			t.Errorf("other %s: %v", name, err)
		}
	}
	if _, _, err := b.begin(entryOf("Q", "C-9", 1)); reason.Of(err) != reason.UnknownPayer {
		t.Errorf("unknown payer: %v", err)
	}
	foreign := entryOf("Q", "C-0", 1)
	foreign.owed.Currency = "JPY"
	if _, _, err := b.begin(foreign); reason.Of(err) != reason.UnsupportedCurrency {
		t.Errorf("foreign currency: %v", err)
	}
}

func TestCancelBeforeThePaymentClosesIt(t *testing.T) {
	b := bookOf(1000)
	b.cancel("P", now)
	e, repeated, err := b.begin(entryOf("P", "C-0", 600))
	if err != nil || !repeated || e.state != stateClosed || e.kind() != reason.Closed {
		t.Errorf("%+v, %v, %v", e, repeated, err)
	}
	b.debit("P", now)
	if balance(b, "C-0") != 1000 {
		t.Error("a cancelled payment was debited")
	}
}

func TestCancelGivesBackOnce(t *testing.T) {
	b := bookOf(1000)
	begin(t, b, entryOf("P", "C-0", 600))
	b.debit("P", now)
	if _, err := b.giveBack("P", "R", hkd(100), now); err != nil {
		t.Fatal(err)
	}
	b.cancel("P", now)
	b.cancel("P", now)
	if balance(b, "C-0") != 1000 {
		t.Errorf("balance %d", balance(b, "C-0"))
	}
	_, movements := b.list()
	if len(movements) != 3 || movements[2].Why != "cancel" || movements[2].Minor != 500 {
		t.Errorf("%+v", movements)
	}
	if _, err := b.giveBack("P", "R-2", hkd(1), now); reason.Of(err) != reason.Closed {
		t.Errorf("a refund after the cancel: %v", err)
	}
}

func TestGiveBack(t *testing.T) {
	b := bookOf(1000)
	begin(t, b, entryOf("P", "C-0", 600))
	if _, err := b.giveBack("P", "R-0", hkd(1), now); reason.Of(err) != reason.Closed {
		t.Errorf("refund of an open payment: %v", err)
	}
	b.debit("P", now)
	first, err := b.giveBack("P", "R-1", hkd(400), now)
	if err != nil {
		t.Fatal(err)
	}
	again, err := b.giveBack("P", "R-1", hkd(400), now)
	if err != nil || again != first || balance(b, "C-0") != 800 {
		t.Errorf("a repetition: %v, balance %d", err, balance(b, "C-0"))
	}
	for _, c := range []struct {
		payment, refund string
		owed            money.Amount
		want            reason.Kind
	}{
		{"P", "R-1", hkd(399), reason.Inconsistent},
		{"P", "R-2", hkd(201), reason.RefundExceeds},
		{"P", "R-2", money.New(1, "JPY"), reason.UnsupportedCurrency},
		{"X", "R-2", hkd(1), reason.NotFound},
		{"P", "R-2", hkd(200), reason.None},
	} {
		if _, err := b.giveBack(c.payment, c.refund, c.owed, now); reason.Of(err) != c.want {
			t.Errorf("%+v: %v", c, err)
		}
	}
}

// Whatever is done in whatever order, the movements explain every balance, no
// payment is debited twice or refunded beyond its debit, and no balance is
// negative.
func TestTheBookAlwaysAddsUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		const opening = 1000
		b := bookOf(opening, opening)
		id := rapid.SampledFrom([]string{"P", "Q", "R"})
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			payment := id.Draw(t, "payment")
			customer := fmt.Sprintf("C-%d", len(payment)%2)
			switch rapid.IntRange(0, 4).Draw(t, "act") {
			case 0:
				_, _, _ = b.begin(entryOf(payment, customer, rapid.Int64Range(1, 900).Draw(t, "owed")))
			case 1:
				if _, known := b.find(payment); known {
					b.debit(payment, now)
				}
			case 2:
				b.cancel(payment, now)
			case 3:
				if _, known := b.find(payment); known {
					b.fail(payment, reason.RiskRejected, now)
				}
			case 4:
				refund := id.Draw(t, "refund")
				_, _ = b.giveBack(payment, refund, hkd(rapid.Int64Range(1, 900).Draw(t, "back")), now)
			}
		}
		addUp(t, b, opening)
	})
}

func addUp(t *rapid.T, b *book, opening int64) {
	customers, movements := b.list()
	change, left, debits := make(map[string]int64), make(map[string]int64), make(map[string]int)
	for _, movement := range movements {
		signed := movement.Minor
		if movement.Kind == "debit" {
			signed = -signed
			debits[movement.PaymentRequestID]++
		}
		change[movement.Customer] += signed
		left[movement.PaymentRequestID] -= signed
	}
	for _, customer := range customers {
		if customer.Balance != opening+change[customer.ID] || customer.Balance < 0 {
			t.Fatalf("%s: %d, the movements say %d", customer.ID, customer.Balance, opening+change[customer.ID])
		}
	}
	for payment, count := range debits {
		if count > 1 || left[payment] < 0 {
			t.Fatalf("%s: %d debits, %d left", payment, count, left[payment])
		}
	}
}

func TestBehaviourCanBeChanged(t *testing.T) {
	b := bookOf(1)
	if customer, _ := b.customer("C-0"); customer.Behaviour != Approve {
		t.Errorf("starts as %q", customer.Behaviour)
	}
	if err := b.behave("C-0", Slow, 5); err != nil {
		t.Fatal(err)
	}
	if customer, _ := b.customer("C-0"); customer.Behaviour != Slow || customer.DelayMillis != 5 {
		t.Errorf("%+v", customer)
	}
	if b.behave("C-0", "dance", 0) == nil || b.behave("C-9", Slow, 0) == nil {
		t.Error("nonsense was accepted")
	}
}
