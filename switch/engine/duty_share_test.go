package engine_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/iso20022"
	"github.com/causeway-pay/causeway/switch/payment"
)

// stuckWallet is one wallet that does not answer before it is released, and others that
// answer when they are asked.
type stuckWallet struct {
	*wallet
	stuck    string
	released chan struct{}
}

// Pay implements connectors.Wallet: nobody says what became of a payment.
func (w *stuckWallet) Pay(context.Context, connectors.Participant, connectors.Payment) connectors.Answer {
	return connectors.Answer{Sent: []byte("{}"), Received: []byte("{}")}
}

// Inquire implements connectors.Wallet.
func (w *stuckWallet) Inquire(
	ctx context.Context, to connectors.Participant, request iso20022.StatusRequest,
) connectors.Answer {
	if to.ID == w.stuck {
		<-w.released
	}
	return w.wallet.Inquire(ctx, to, request)
}

// TestStuckWalletIsNotInTheWay: hundreds of payments of a wallet that does not answer are
// due before the one of another, and that is found out all the same; once it answers,
// its own are found out, too.
func TestStuckWalletIsNotInTheWay(t *testing.T) {
	each(t, func(t *testing.T, h *hub) {
		world := &stuckWallet{wallet: h.wallet, stuck: "HK-WALLET", released: make(chan struct{})}
		h.Wallets["scripted"] = world
		var group sync.WaitGroup
		var mu sync.Mutex
		var stuck []connectors.Payment
		for worker := range 10 {
			group.Go(func() {
				for n := range 20 {
					paid, err := h.pay(fmt.Sprintf("PR-%d-%d", worker, n), jpy(10))
					if err != nil {
						t.Error(err)
					}
					mu.Lock()
					stuck = append(stuck, paid)
					mu.Unlock()
				}
			})
		}
		group.Wait()
		other, err := h.Pay(t.Context(), h.participant("JP-ACQUIRER"),
			order("PR-OTHER", h.code("KR-WALLET", "U1", "Mei Lantern"), jpy(10)))
		if err != nil {
			t.Fatal(err)
		}
		h.clock.Advance(time.Minute)
		h.duties()
		h.until(other.ID, string(payment.Posted))
		close(world.released)
		h.clock.Advance(time.Minute) // past the lease of those that found no place
		for _, paid := range stuck {
			h.until(paid.ID, string(payment.Posted))
		}
	})
}
