package sandbox

import (
	"slices"
	"sync"
	"time"

	"github.com/causeway-pay/causeway/connectors/alipayplus"
	"github.com/causeway-pay/causeway/money"
)

// salesMost is how many sales a merchant's page remembers; the oldest go first.
const salesMost = 200

// sale is an order that was placed on the merchant's page.
type sale struct {
	requestID  string
	shop, what string
	amount     money.Amount
	// code is what the payer scans, until when.
	code  string
	until time.Time
	at    time.Time
	// closed is set once the order was cancelled.
	closed bool
	// notice is the last word of the switch about the payment, nil until there is one.
	notice  *alipayplus.NotifyRequest
	refunds []refunded
}

// refunded is a refund of a sale and what the switch said.
type refunded struct {
	id     string
	amount money.Amount
	result alipayplus.Result
}

// left is what was not refunded. What the switch has not answered for certain counts as
// refunded.
func (s sale) left() money.Amount {
	left := s.amount
	for _, back := range s.refunds {
		if back.result.Status != "F" {
			left.Minor -= back.amount.Minor
		}
	}
	return left
}

// sales are those of the merchant's page. It is safe for concurrent use.
type sales struct {
	mu  sync.Mutex
	all []sale // guarded by mu, the newest last
}

// add enters a sale once.
func (s *sales) add(one sale) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.index(one.requestID) >= 0 {
		return
	}
	s.all = append(s.all, one)
	s.all = s.all[max(0, len(s.all)-salesMost):]
}

// index returns the place of a sale, -1 if there is none; the caller holds the lock.
func (s *sales) index(requestID string) int {
	return slices.IndexFunc(s.all, func(one sale) bool { return one.requestID == requestID })
}

func (s *sales) find(requestID string) (sale, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if i := s.index(requestID); i >= 0 {
		return s.all[i].copied(), true
	}
	return sale{}, false
}

func (s sale) copied() sale {
	s.refunds = slices.Clone(s.refunds)
	return s
}

// latest returns the newest sales, the newest first.
func (s *sales) latest(most int) []sale {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []sale
	for i := len(s.all) - 1; i >= 0 && len(all) < most; i-- {
		all = append(all, s.all[i].copied())
	}
	return all
}

// change changes a sale, if there is one of the id.
func (s *sales) change(requestID string, to func(*sale)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if i := s.index(requestID); i >= 0 {
		to(&s.all[i])
	}
}

// hear takes a notification about a sale. A success stays: what is said of a payment
// after it is about something else.
func (s *sales) hear(notice alipayplus.NotifyRequest) {
	s.change(notice.PaymentRequestID, func(one *sale) {
		if one.notice == nil || one.notice.PaymentResult == nil || one.notice.PaymentResult.Status != "S" {
			one.notice = &notice
		}
	})
}

// refund enters a refund, or what the switch has said of it since.
func (s *sales) refund(requestID string, back refunded) {
	s.change(requestID, func(one *sale) {
		i := slices.IndexFunc(one.refunds, func(r refunded) bool { return r.id == back.id })
		if i < 0 {
			one.refunds = append(one.refunds, back)
			return
		}
		one.refunds[i] = back
	})
}
