package engine_test

import (
	"context"
	"math/rand/v2"
	"sync"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/iso20022"
	"github.com/causeway-pay/causeway/switch/engine"
)

// shop stands for the acquirer's side of payments that are pushed: it keeps books
// of its own about what it took, and answers as badly as networks make it answer.
// A payment is taken or refused once.
type shop struct {
	*till
	seed uint64

	mu      sync.Mutex
	healthy bool
	sold    map[string]*sale // by request id
}

// sale is what the acquirer knows about one pushed payment.
type sale struct {
	taken, refused bool
	moods          *rand.Rand
}

func newShop(seed uint64) *shop { return &shop{seed: seed, sold: map[string]*sale{}} }

func (s *shop) heal() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.healthy = true
}

func (s *shop) took(requestID string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	sold := s.sold[requestID]
	return sold != nil && sold.taken
}

// Push implements connectors.Acquirer.
func (s *shop) Push(_ context.Context, _ connectors.Participant, p connectors.Payment) connectors.Answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	sold := s.sold[p.RequestID]
	if sold == nil {
		sold = &sale{moods: rand.New(rand.NewPCG(s.seed, uint64(len(s.sold))))}
		s.sold[p.RequestID] = sold
	}
	switch mood := s.mood(sold); {
	case mood == 1: // never arrived
		return lost()
	case mood == 2 && !sold.taken:
		sold.refused = true
	case mood == 3: // still thinking
		return answering(connectors.Undecided)()
	}
	sold.taken = !sold.refused
	if s.mood(sold) == 4 { // done, and the answer lost
		return lost()
	}
	return sold.answer()
}

// InquirePush implements connectors.Acquirer.
func (s *shop) InquirePush(_ context.Context, _ connectors.Participant, p connectors.Payment) connectors.Answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	sold := s.sold[p.RequestID]
	if sold == nil {
		return connectors.Answer{Decision: connectors.Absent, Reason: reason.NotFound, Sent: []byte("{}")}
	}
	if s.mood(sold) == 1 {
		return lost()
	}
	return sold.answer()
}

// mood draws one of six; a healthy shop always draws the first.
func (s *shop) mood(sold *sale) int {
	if s.healthy {
		return 0
	}
	return sold.moods.IntN(6)
}

func (s *sale) answer() connectors.Answer {
	switch {
	case s.taken:
		return answering(connectors.Accepted)()
	case s.refused:
		answer := answering(connectors.Declined)()
		answer.Reason = reason.RiskRejected
		return answer
	default:
		return answering(connectors.Undecided)()
	}
}

// showOwn: a merchant shows a code of its acquirer's own, somebody scans it, and
// most pay at once.
func (m *model) showOwn() {
	mode := pick(m, connectors.Push, connectors.Push, connectors.PrivateOrderCode)
	request := order(m.nextID("PR"), "", jpy(1+m.random.Int64N(20_000)))
	request.Mode, request.Transfer.DebtorAccount = mode, iso20022.Account{}
	code := codePrefix(mode) + request.RequestID
	m.shop.till.mu.Lock()
	m.shop.orders[code] = request
	m.shop.till.mu.Unlock()
	d := m.remember(request, "")
	d.shown = code
	m.scanDeal(d)
	record, err := engine.ByRequest(m.t.Context(), m.pool, "JP-ACQUIRER", request.RequestID)
	if err != nil || record.OrderCode != code || record.Mode != mode {
		m.t.Fatalf("%s was not fetched: %+v, %v", code, record, err)
	}
	d.id = record.ID
	if d.purse == nil || m.random.IntN(4) == 0 {
		return
	}
	m.bank.mu.Lock()
	d.purse.debit()
	m.bank.mu.Unlock()
	m.notify(d.purse, connectors.Accepted)
}
