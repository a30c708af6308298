package engine_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/iso20022"
	"github.com/causeway-pay/causeway/money"
)

// bank stands for all wallets: it keeps books of its own about what payers were
// debited, and it answers as badly as networks and people make it answer. The
// books follow the promises of a wallet: one debit per payment, a cancel closes
// a payment for good, a return id has one effect.
type bank struct {
	t    *testing.T
	seed uint64

	mu sync.Mutex
	// healthy banks do what they are asked and say what they did.
	healthy bool
	purses  map[string]*purse
	order   []*purse
	// reached and release hold the next pay call in the middle of its way.
	reached, release chan struct{}
}

// purse is what a wallet knows about one payment. All of it is guarded by the
// bank's mu.
type purse struct {
	id       string
	walletID string
	owed     money.Amount
	asked    int
	// late: the request is still on its way.
	late, debited, refused, cancelled bool
	refunds                           map[string]int64
	refusals                          map[string]bool
	moods                             *rand.Rand
}

func newBank(t *testing.T, seed uint64) *bank {
	return &bank{t: t, seed: seed, purses: map[string]*purse{}}
}

// known returns the purse of a payment; a wallet knows a payment from the first
// request, or from the scan of its own payer.
func (b *bank) known(id, walletID string, owed money.Amount) *purse {
	if p := b.purses[id]; p != nil {
		return p
	}
	p := &purse{
		id: id, walletID: walletID, owed: owed, refunds: map[string]int64{}, refusals: map[string]bool{},
		moods: rand.New(rand.NewPCG(b.seed, uint64(len(b.order)))),
	}
	b.purses[id], b.order = p, append(b.order, p)
	return p
}

// register tells the bank of an order that a payer has scanned.
func (b *bank) register(id, walletID string, owed money.Amount) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.known(id, walletID, owed)
}

// mood draws one of n; a healthy bank always draws the first.
func (b *bank) mood(p *purse, n int) int {
	if b.healthy {
		return 0
	}
	return p.moods.IntN(n)
}

func (p *purse) debit() bool {
	if p.cancelled || p.refused {
		return false
	}
	p.debited = true
	return true
}

// balance is what the payer has paid by now.
func (p *purse) balance() int64 {
	if !p.debited || p.cancelled {
		return 0
	}
	left := p.owed.Minor
	for _, refund := range p.refunds {
		left -= refund
	}
	return left
}

func (p *purse) answer(decision connectors.Decision, why reason.Kind) connectors.Answer {
	return connectors.Answer{
		Decision: decision, Reason: why, WalletPaymentID: "W-" + p.id, Sent: []byte("{}"), Received: []byte("{}"),
	}
}

var errLost = errors.New("connection reset")

func lost() connectors.Answer { return connectors.Answer{Err: errLost, Sent: []byte("{}")} }

// Pay implements connectors.Wallet.
func (b *bank) Pay(_ context.Context, to connectors.Participant, payment connectors.Payment) connectors.Answer {
	b.mu.Lock()
	p := b.known(payment.RequestID, to.ID, payment.Transfer.SettlementAmount)
	if p.asked++; p.asked > 1 {
		b.t.Errorf("payment %s was sent %d times", p.id, p.asked)
	}
	answer := b.decide(p)
	reached, release := b.reached, b.release
	b.reached = nil
	b.mu.Unlock()
	if reached != nil {
		close(reached)
		<-release
	}
	return answer
}

func (b *bank) decide(p *purse) connectors.Answer {
	switch b.mood(p, 10) {
	case 4:
		p.refused = true
		return p.answer(connectors.Declined, reason.InsufficientFunds)
	case 5: // the request is lost
		return lost()
	case 6: // the answer is lost
		p.debit()
		return lost()
	case 7: // the request takes its time
		p.late = true
		return lost()
	case 8: // says no and takes the money later all the same
		p.late = true
		return p.answer(connectors.Declined, reason.InsufficientFunds)
	case 9:
		p.debit()
		return p.answer(connectors.Undecided, reason.InProcess)
	default:
		p.debit()
		return p.answer(connectors.Accepted, reason.None)
	}
}

// Inquire implements connectors.Wallet.
func (b *bank) Inquire(_ context.Context, _ connectors.Participant, r iso20022.StatusRequest) connectors.Answer {
	b.mu.Lock()
	defer b.mu.Unlock()
	p := b.purses[ids.ID(r.OriginalUETR).String()]
	if p == nil {
		return connectors.Answer{Decision: connectors.Absent}
	}
	switch mood := b.mood(p, 6); {
	case mood == 3:
		return lost()
	case mood == 4:
		return p.answer(connectors.Undecided, reason.InProcess)
	case mood == 5 && !p.debited:
		return p.answer(connectors.Absent, reason.NotFound)
	case p.cancelled:
		return p.answer(connectors.Declined, reason.Closed)
	case p.debited:
		return p.answer(connectors.Accepted, reason.None)
	case p.refused:
		return p.answer(connectors.Declined, reason.InsufficientFunds)
	default:
		return p.answer(connectors.Absent, reason.NotFound)
	}
}

// Cancel implements connectors.Wallet.
func (b *bank) Cancel(_ context.Context, to connectors.Participant, r iso20022.CancellationRequest) connectors.Answer {
	b.mu.Lock()
	defer b.mu.Unlock()
	p := b.known(ids.ID(r.OriginalUETR).String(), to.ID, r.OriginalAmount)
	switch b.mood(p, 5) {
	case 2:
		return lost()
	case 3:
		p.cancelled = true
		return lost()
	case 4:
		return p.answer(connectors.Declined, reason.Failed)
	default:
		p.cancelled = true
		return p.answer(connectors.Accepted, reason.None)
	}
}

// Return implements connectors.Wallet.
func (b *bank) Return(
	_ context.Context, _ connectors.Participant, payment connectors.Payment, r iso20022.PaymentReturn,
) connectors.Answer {
	b.mu.Lock()
	defer b.mu.Unlock()
	p := b.purses[payment.RequestID]
	amount := r.ReturnedAmount.Minor
	_, done := p.refunds[r.ReturnID]
	mood := b.mood(p, 6)
	switch {
	case mood == 3:
		return lost()
	case p.refusals[r.ReturnID], !done && (mood == 4 || p.cancelled):
		p.refusals[r.ReturnID] = true
		return p.answer(connectors.Declined, reason.Failed)
	case !done && amount > p.balance():
		b.t.Errorf("payment %s: return of %d of the %d that are left", p.id, amount, p.balance())
	}
	p.refunds[r.ReturnID] = amount
	if mood == 5 {
		return lost()
	}
	return p.answer(connectors.Accepted, reason.None)
}

// arrive delivers a late request and tells whether the payer was debited by it.
func (b *bank) arrive(p *purse) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !p.late {
		return false
	}
	p.late = false
	return p.debit()
}

// see returns a copy of a purse's figures.
func (b *bank) see(p *purse) (debited, cancelled bool, balance int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return p.debited, p.cancelled, p.balance()
}

func (b *bank) all() []*purse {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]*purse(nil), b.order...)
}

func (b *bank) heal() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.healthy = true
}

// compactID is an id as returns carry it.
func compactID(id ids.ID) string { return strings.ReplaceAll(id.String(), "-", "") }
