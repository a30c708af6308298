package engine

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/causeway-pay/causeway/internal/db/dbtest"
)

// BenchmarkLane commits changes of a row each, alone and beside others: what the
// lane itself costs.
func BenchmarkLane(b *testing.B) {
	for _, clients := range []int{1, 32} {
		b.Run(fmt.Sprint("clients=", clients), func(b *testing.B) {
			l := newLane(dbtest.Migrated(b, marks), New(Dependencies{}, Options{}).carryOut)
			ctx, stop := context.WithCancel(context.Background())
			var running sync.WaitGroup
			running.Go(func() { l.run(ctx) })
			b.Cleanup(func() { stop(); running.Wait() })
			var next atomic.Int64
			b.SetParallelism(max(1, clients/2)) // goroutines for each of two processors
			b.ReportAllocs()
			b.ResetTimer()
			if clients == 1 {
				for b.Loop() {
					if err := l.do(ctx, mark(int(next.Add(1)))); err != nil {
						b.Fatal(err)
					}
				}
				return
			}
			b.RunParallel(func(each *testing.PB) {
				for each.Next() {
					if err := l.do(ctx, mark(int(next.Add(1)))); err != nil {
						b.Error(err)
					}
				}
			})
		})
	}
}
