package sandbox

import (
	"maps"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/causeway-pay/causeway/connectors/alipayplus"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/money"
)

// Movement is one change of a customer's balance, in minor units of the wallet
// currency. Kind is "debit" or "credit", Why "pay", "cancel" or "refund".
type Movement struct {
	Kind             string    `json:"kind"`
	Why              string    `json:"why"`
	Customer         string    `json:"customer"`
	PaymentRequestID string    `json:"paymentRequestId"`
	Minor            int64     `json:"minor"`
	At               time.Time `json:"at"`
}

// state is how far a payment is in the wallet's book.
type state uint8

const (
	stateOpen state = iota
	statePaid
	stateFailed
	stateClosed
)

// entry is a payment in the wallet's book.
type entry struct {
	requestID string
	paymentID string
	customer  string
	paid      alipayplus.Amount // what the merchant gets
	owed      money.Amount      // what the customer pays
	back      string            // where the payer returns to
	offer     offer
	begun     time.Time
	state     state
	why       reason.Kind
	at        time.Time
	refunded  int64
	refunds   map[string]refund // by refund request id
}

// offer is what the payer is told beside the amounts.
type offer struct {
	merchant, city string
	what           string
	// pair and price are the rate, empty where both amounts are in one currency.
	pair, price string
	// until is when the offer ends; zero if nobody said.
	until time.Time
}

type refund struct {
	id   string
	owed money.Amount
	at   time.Time
}

// book is the wallet's truth: customers, payments and movements in memory. It
// is safe for concurrent use.
type book struct {
	currency money.Currency

	mu        sync.Mutex
	customers map[string]*Customer
	order     []string // ids of the customers as configured
	payments  map[string]*entry
	movements []Movement
}

func newBook(currency money.Currency, customers []Customer) *book {
	b := &book{currency: currency, customers: make(map[string]*Customer), payments: make(map[string]*entry)}
	for _, customer := range customers {
		if customer.Behaviour == "" {
			customer.Behaviour = Approve
		}
		b.customers[customer.ID] = &customer
		b.order = append(b.order, customer.ID)
	}
	return b
}

func (b *book) customer(id string) (Customer, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if customer := b.customers[id]; customer != nil {
		return *customer, nil
	}
	return Customer{}, reason.New(reason.UnknownPayer, "sandbox.book", "")
}

func (b *book) list() ([]Customer, []Movement) {
	b.mu.Lock()
	defer b.mu.Unlock()
	customers := make([]Customer, 0, len(b.order))
	for _, id := range b.order {
		customers = append(customers, *b.customers[id])
	}
	return customers, slices.Clone(b.movements)
}

func (b *book) behave(id string, behaviour Behaviour, delayMillis int) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	customer := b.customers[id]
	if customer == nil || !behaviour.known() {
		return reason.New(reason.UnknownPayer, "sandbox.book", "no such customer or behaviour")
	}
	customer.Behaviour, customer.DelayMillis = behaviour, delayMillis
	return nil
}

// begin enters a payment as open, or returns the one that is there under the
// same id: the same fields are a repetition, others Inconsistent. An id that
// was cancelled before the payment came stays closed.
func (b *book) begin(e entry) (known entry, repeated bool, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if there := b.payments[e.requestID]; there != nil {
		other := e.customer != "" && there.customer != e.customer
		if there.customer != "" && (other || there.paid != e.paid || there.owed != e.owed) {
			return entry{}, true, reason.New(reason.Inconsistent, "sandbox.book", "")
		}
		return *there, true, nil
	}
	if e.customer != "" && b.customers[e.customer] == nil {
		return entry{}, false, reason.New(reason.UnknownPayer, "sandbox.book", "")
	}
	if e.owed.Currency != b.currency {
		return entry{}, false, reason.New(reason.UnsupportedCurrency, "sandbox.book", "")
	}
	e.paymentID, e.refunds = "W-"+ids.New().String(), make(map[string]refund)
	b.payments[e.requestID] = &e
	return e, false, nil
}

// assign tells who pays a payment that was begun without a customer.
func (b *book) assign(requestID, customer string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	e := b.payments[requestID]
	if e.customer == "" {
		e.customer = customer
	}
	if e.customer != customer {
		return reason.New(reason.Inconsistent, "sandbox.book", "")
	}
	return nil
}

// debit ends an open payment: paid if the balance covers it, else failed. What
// is not open stays as it is.
func (b *book) debit(requestID string, now time.Time) entry {
	b.mu.Lock()
	defer b.mu.Unlock()
	e := b.payments[requestID]
	if e.state != stateOpen {
		return *e
	}
	e.at = now
	customer := b.customers[e.customer]
	if customer.Balance < e.owed.Minor {
		e.state, e.why = stateFailed, reason.InsufficientFunds
		return *e
	}
	e.state = statePaid
	customer.Balance -= e.owed.Minor
	b.move("debit", "pay", e, e.owed.Minor, now)
	return *e
}

// fail ends an open payment without a debit.
func (b *book) fail(requestID string, why reason.Kind, now time.Time) entry {
	b.mu.Lock()
	defer b.mu.Unlock()
	e := b.payments[requestID]
	if e.state == stateOpen {
		e.state, e.why, e.at = stateFailed, why, now
	}
	return *e
}

// paymentsOf returns a customer's latest payments, the newest first.
func (b *book) paymentsOf(customer string, most int) []entry {
	b.mu.Lock()
	defer b.mu.Unlock()
	var all []entry
	for _, e := range b.payments {
		if e.customer == customer {
			all = append(all, e.copied())
		}
	}
	slices.SortFunc(all, func(x, y entry) int { return y.begun.Compare(x.begun) })
	return all[:min(most, len(all))]
}

// copied is the payment as it is now, refunds and all.
func (e *entry) copied() entry {
	now := *e
	now.refunds = maps.Clone(e.refunds)
	return now
}

// find returns a payment as it is.
func (b *book) find(requestID string) (entry, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if e := b.payments[requestID]; e != nil {
		return e.copied(), true
	}
	return entry{}, false
}

// cancel closes a payment in whatever state, and gives back what was not
// refunded yet. An unknown id is closed in advance.
func (b *book) cancel(requestID string, now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	e := b.payments[requestID]
	if e == nil {
		b.payments[requestID] = &entry{requestID: requestID, state: stateClosed, why: reason.Closed, at: now}
		return
	}
	if left := e.owed.Minor - e.refunded; e.state == statePaid && left > 0 {
		b.customers[e.customer].Balance += left
		b.move("credit", "cancel", e, left, now)
	}
	e.state, e.why = stateClosed, reason.Closed
}

// giveBack refunds a part of a paid payment, once per refund id.
func (b *book) giveBack(requestID, refundID string, owed money.Amount, now time.Time) (refund, error) {
	const op = "sandbox.book"
	b.mu.Lock()
	defer b.mu.Unlock()
	e := b.payments[requestID]
	if e == nil {
		return refund{}, reason.New(reason.NotFound, op, "")
	}
	if done, repeated := e.refunds[refundID]; repeated {
		if done.owed != owed {
			return refund{}, reason.New(reason.Inconsistent, op, "")
		}
		return done, nil
	}
	switch {
	case e.state != statePaid:
		return refund{}, reason.New(reason.Closed, op, "")
	case owed.Currency != b.currency:
		return refund{}, reason.New(reason.UnsupportedCurrency, op, "")
	case owed.Minor > e.owed.Minor-e.refunded:
		return refund{}, reason.New(reason.RefundExceeds, op, "")
	}
	done := refund{"WR-" + strconv.Itoa(len(e.refunds)+1) + "-" + e.paymentID[2:], owed, now}
	e.refunds[refundID] = done
	e.refunded += owed.Minor
	b.customers[e.customer].Balance += owed.Minor
	b.move("credit", "refund", e, owed.Minor, now)
	return done, nil
}

// move records a movement; the caller holds the lock.
func (b *book) move(kind, why string, e *entry, minor int64, now time.Time) {
	b.movements = append(b.movements, Movement{
		Kind: kind, Why: why, Customer: e.customer, PaymentRequestID: e.requestID, Minor: minor, At: now,
	})
}
