package demo

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/causeway-pay/causeway/conformance/stage"
	"github.com/causeway-pay/causeway/connectors/sandbox"
	"github.com/causeway-pay/causeway/switch/engine"
)

// crowdConcurrency is how many payments each acquirer has under way at once.
const crowdConcurrency = 12

// crowd makes many payments from all partners at once.
func (d *demo) crowd(ctx context.Context) error {
	d.title("7. %d payments from all partners at once", d.options.Payments)
	codes, err := d.crowdCodes(ctx)
	if err != nil {
		return err
	}
	orders := map[string][]sandbox.PayOrder{}
	shops := []struct{ acquirer, currency, name string }{
		{tokyo, "JPY", "Ginza Tea House"}, {"SG-MERLION", "SGD", "Clarke Quay Grill"},
	}
	for i, code := range codes {
		shop := shops[i%len(shops)]
		orders[shop.acquirer] = append(orders[shop.acquirer], sandbox.PayOrder{
			RequestID: fmt.Sprintf("CROWD-%04d", i), Code: code, Amount: fmt.Sprint(300 + 7*(i%400)), Currency: shop.currency,
			MerchantName: shop.name,
		})
	}
	started := d.clock.Now()
	counts, err := d.load(ctx, orders)
	if err != nil {
		return err
	}
	took := d.clock.Now().Sub(started)
	d.say(
		"answered in %s, %d payments a second with RSA-2048 signatures on every message",
		took.Round(10*time.Millisecond),
		int64(len(codes))*int64(time.Second)/max(int64(took), 1),
	)
	d.expect(counts["SUCCESS"] == len(codes), "answers: %v", counts)
	return d.settleDown(ctx)
}

// crowdCodes fetches a payment code for each payment, from all wallets at once.
func (d *demo) crowdCodes(ctx context.Context) ([]string, error) {
	wallets := []string{hongKong, manila, korea}
	codes := make([]string, d.options.Payments)
	share := (d.options.Payments + len(wallets)*stage.RegularCustomers - 1) / (len(wallets) * stage.RegularCustomers)
	failures := make(chan error, len(wallets))
	var wg sync.WaitGroup
	for w, wallet := range wallets {
		wg.Go(func() {
			next := w
			for i := range stage.RegularCustomers {
				got, err := d.stage.Control(wallet).Codes(ctx, sandbox.CodeOrder{
					Customer: fmt.Sprint(stage.Regular, "-", i), Quantity: share,
				})
				if err != nil {
					failures <- err
					return
				}
				for _, code := range got.Codes {
					if next < len(codes) {
						codes[next] = code.PaymentCode
						next += len(wallets)
					}
				}
			}
		})
	}
	wg.Wait()
	close(failures)
	return codes, <-failures
}

// load runs the orders of all acquirers at once and counts the answers.
func (d *demo) load(ctx context.Context, orders map[string][]sandbox.PayOrder) (map[string]int, error) {
	var mu sync.Mutex
	counts := map[string]int{}
	failures := make(chan error, len(orders))
	var wg sync.WaitGroup
	for acquirer, list := range orders {
		wg.Go(func() {
			loaded, err := d.stage.Control(acquirer).Load(ctx, sandbox.LoadOrder{Payments: list, Concurrency: crowdConcurrency})
			if err != nil {
				failures <- err
				return
			}
			mu.Lock()
			defer mu.Unlock()
			for _, outcome := range loaded.Payments {
				answer := outcome.Answer.Result.Code
				if outcome.Error != "" {
					answer = outcome.Error
				}
				counts[answer]++
			}
		})
	}
	wg.Wait()
	close(failures)
	return counts, <-failures
}

// settleDown waits until no payment is open and no notification is on its way.
func (d *demo) settleDown(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	for {
		open, unsaid, err := d.unfinished(ctx)
		if err != nil {
			return err
		}
		if open+unsaid == 0 {
			d.expect(true, "every payment is final and every final state was notified")
			return nil
		}
		select {
		case <-ctx.Done():
			d.expect(false, "%d payments are not final and %d not notified after 30 s", open, unsaid)
			return nil
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// Every acquirer's consumer claims the final event of each of its payments once
// it was confirmed.
const countConfirmed = `SELECT count(*) FROM inbox WHERE consumer LIKE 'notify-%'`

func (d *demo) unfinished(ctx context.Context) (open, unsaid int64, err error) {
	counts, err := engine.CountByState(ctx, d.stage.Pool)
	if err != nil {
		return 0, 0, err
	}
	var final, confirmed int64
	for state, count := range counts {
		if state.Final() {
			final += count
		} else {
			open += count
		}
	}
	if err := d.stage.Pool.QueryRow(ctx, countConfirmed).Scan(&confirmed); err != nil {
		return 0, 0, err
	}
	return open, max(final-confirmed, 0), nil
}
