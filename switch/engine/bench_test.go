package engine_test

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/db/dbtest"
	"github.com/causeway-pay/causeway/iso20022"
	"github.com/causeway-pay/causeway/money"
	"github.com/causeway-pay/causeway/switch/route"
)

// benchCodes issues payment codes of a wallet, many with one statement.
func (h *hub) benchCodes(walletID string, count int) []string {
	h.t.Helper()
	wallet, _ := h.directory.Participant(walletID)
	values := make([]string, 0, count)
	for len(values) < count {
		codes := make([]route.PayerCode, min(1000, count-len(values)))
		for i := range codes {
			code, err := route.NewCode(wallet, fmt.Sprintf("U-%d", len(values)), "Mei Lantern", h.clock.Now())
			if err != nil {
				h.t.Fatal(err)
			}
			codes[i], values = code, append(values, code.Value)
		}
		err := h.pool.InTx(h.t.Context(), func(ctx context.Context, tx db.Tx) error { return route.InsertCodes(ctx, tx, codes) })
		if err != nil {
			h.t.Fatal(err)
		}
	}
	return values
}

// BenchmarkPay measures whole payments through the engine on a real database, by
// how many clients pay at once. The partners are in the process and sign nothing.
func BenchmarkPay(b *testing.B) {
	for _, clients := range []int{1, 8, 32, 128} {
		b.Run(fmt.Sprintf("clients=%d", clients), func(b *testing.B) {
			h := newHub(b, dbtest.Migrated(b, migrations(b)))
			acquirer := h.participant("JP-ACQUIRER")
			codes := h.benchCodes("HK-WALLET", b.N)
			var next atomic.Int64
			var wg sync.WaitGroup
			b.ReportAllocs()
			b.ResetTimer()
			for range clients {
				wg.Go(func() {
					for i := next.Add(1); i <= int64(b.N); i = next.Add(1) {
						got, err := h.Pay(b.Context(), acquirer, order(fmt.Sprintf("bench-%d", i), codes[i-1], money.New(150, "JPY")))
						if err != nil || got.Status != iso20022.Completed {
							b.Errorf("payment %d: %v %v", i, got.Status, err)
							return
						}
					}
				})
			}
			wg.Wait()
			b.StopTimer()
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "payments/s")
		})
	}
}
