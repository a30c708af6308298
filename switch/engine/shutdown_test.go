package engine_test

import (
	"context"
	"testing"
	"time"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/iso20022"
	"github.com/causeway-pay/causeway/switch/engine"
)

// TestEndDuringWalletCall: an acquirer that hangs up and a hub that is told to
// end while a wallet takes its time lose nothing: the answer that was asked for
// is still committed.
func TestEndDuringWalletCall(t *testing.T) {
	each(t, func(t *testing.T, h *hub) {
		asked, answer := make(chan struct{}), make(chan struct{})
		h.wallet.pay = func(id string) connectors.Answer {
			close(asked)
			<-answer
			return says(connectors.Accepted)(id)
		}
		request := order("PR-1", h.fresh(), jpy(1500))
		calling, hangUp := context.WithCancel(t.Context())
		type outcome struct {
			payment connectors.Payment
			err     error
		}
		ended := make(chan outcome, 1)
		go func() {
			paid, err := h.Pay(calling, h.participant("JP-ACQUIRER"), request)
			ended <- outcome{paid, err}
		}()
		select {
		case <-asked:
		case <-time.After(time.Minute):
			t.Fatal("the wallet was not asked")
		}
		hangUp()
		close(answer)
		<-ended
		all, err := engine.List(t.Context(), h.pool, engine.Filter{Limit: 10})
		if err != nil || len(all) != 1 {
			t.Fatalf("%d payments, %v", len(all), err)
		}
		again, err := h.Pay(t.Context(), h.participant("JP-ACQUIRER"), request)
		if err != nil || again.ID != all[0].ID || again.Status != iso20022.Completed {
			t.Errorf("asked again: %s %s, %v", again.ID, again.Status, err)
		}
		if h.wallet.count("pay") != 1 || h.wallet.count("inquire") != 0 {
			t.Errorf("the wallet was asked %v", h.wallet.calls)
		}
		h.sound()
	})
}
