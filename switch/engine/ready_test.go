package engine_test

import (
	"context"
	"sync"
	"testing"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/iso20022"
	"github.com/causeway-pay/causeway/money"
	"github.com/causeway-pay/causeway/settlement/position"
	"github.com/causeway-pay/causeway/switch/payment"
)

// foreseeing is a wallet whose connector makes requests ready. It notes how many it made ready,
// and what the database had of the payment when one was sent.
type foreseeing struct {
	*wallet
	h      *hub
	panics bool

	mu    sync.Mutex
	ready int             // guarded by mu
	sent  []payment.State // guarded by mu
}

func (f *foreseeing) PreparePay(
	ctx context.Context, to connectors.Participant, p connectors.Payment,
) func(ctx context.Context) connectors.Answer {
	f.mu.Lock()
	f.ready++
	f.mu.Unlock()
	if f.panics {
		panic("a fault of the connector")
	}
	return func(ctx context.Context) connectors.Answer {
		var state payment.State
		err := f.h.pool.QueryRow(ctx, `SELECT state FROM payment WHERE payment_id = $1`, p.ID).Scan(&state)
		if err != nil {
			f.h.t.Errorf("sent about %s: %v", p.ID, err)
		}
		f.mu.Lock()
		f.sent = append(f.sent, state)
		f.mu.Unlock()
		return f.Pay(ctx, to, p)
	}
}

// foresee gives a hub such a wallet.
func foresee(h *hub) *foreseeing {
	f := &foreseeing{wallet: h.wallet, h: h}
	h.Wallets["scripted"] = f
	return f
}

// TestNothingLeavesUncommitted: a request that was made ready leaves once, after the payment is
// committed as reserved, and never about a payment that is refused or another's.
func TestNothingLeavesUncommitted(t *testing.T) {
	each(t, func(t *testing.T, h *hub) {
		f := foresee(h)
		if view, err := h.pay("PR-1", money.New(1500, "JPY")); err != nil || view.Status != iso20022.Completed {
			t.Fatalf("%+v, %v", view, err)
		}
		twice := order("PR-2", h.code("HK-WALLET", "U2", "Ada Reed"), money.New(700, "JPY"))
		var both sync.WaitGroup
		for range 2 {
			both.Go(func() {
				if view, err := h.Pay(t.Context(), h.participant("JP-ACQUIRER"), twice); err != nil || view.Status != iso20022.Completed {
					t.Errorf("%+v, %v", view, err)
				}
			})
		}
		both.Wait()
		err := h.pool.InTx(t.Context(), func(ctx context.Context, tx db.Tx) error {
			return position.SetCap(ctx, tx, "HK-WALLET", money.New(1, "HKD"))
		})
		if err != nil {
			t.Fatal(err)
		}
		if view, err := h.pay("PR-3", money.New(900, "JPY")); err != nil || view.Status != iso20022.Rejected {
			t.Fatalf("beyond the cap: %+v, %v", view, err)
		}
		f.mu.Lock()
		defer f.mu.Unlock()
		if f.ready < 3 || h.wallet.count("pay") != 2 || len(f.sent) != 2 {
			t.Errorf("%d made ready, %d sent, %d debits", f.ready, len(f.sent), h.wallet.count("pay"))
		}
		for _, state := range f.sent {
			if state != payment.Reserved {
				t.Errorf("sent while %s", state)
			}
		}
	})
}

// TestAFaultBeforehandIsOne: a connector that cannot make a request ready is asked as one that
// does not know how to.
func TestAFaultBeforehandIsOne(t *testing.T) {
	each(t, func(t *testing.T, h *hub) {
		f := foresee(h)
		f.panics = true
		view, err := h.pay("PR-1", money.New(1500, "JPY"))
		if err != nil || view.Status != iso20022.Completed || h.wallet.count("pay") != 1 || len(f.sent) != 0 {
			t.Errorf("%+v, %v", view, err)
		}
	})
}
