package bench

import (
	"context"
	"fmt"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/causeway-pay/causeway/internal/db/dbtest"
	"github.com/causeway-pay/causeway/switch/node"
)

// BenchmarkEngine makes payments with partners in the same process, alone and beside
// others: both commits of the engine with everything that they write.
func BenchmarkEngine(b *testing.B) {
	for _, clients := range []int{1, 32} {
		b.Run(fmt.Sprint("clients=", clients), func(b *testing.B) { benchmarkEngine(b, clients) })
	}
}

func benchmarkEngine(b *testing.B, clients int) {
	address := dbtest.URL(b)
	if _, err := node.Migrate(b.Context(), address); err != nil {
		b.Fatal(err)
	}
	a := &alone{EngineOptions: EngineOptions{Partners: 20, Log: func(string) {}}, clock: systemClock, cast: cast(20)}
	a.pool = dbtest.Open(b, address)
	if err := a.open(b.Context()); err != nil {
		b.Fatal(err)
	}
	payments, err := issue(b.Context(), a.pool, a.cast[10:], mixed(b.N, 10, 10, Mix{}, 1), systemClock.Now())
	if err != nil {
		b.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	var lane, all sync.WaitGroup
	lane.Go(func() { a.engine.Run(ctx) })
	defer func() { stop(); lane.Wait() }()
	var next atomic.Int64
	name := newName()
	b.ReportAllocs()
	b.ResetTimer()
	for range clients {
		all.Go(func() {
			for i := int(next.Add(1)) - 1; i < b.N; i = int(next.Add(1)) - 1 {
				if err := a.pay(ctx, name+"-"+strconv.Itoa(i), payments[i]); err != nil {
					b.Error(err)
				}
			}
		})
	}
	all.Wait()
	b.StopTimer()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "payments/s")
}

// BenchmarkSummarise turns the calls of a minute at a thousand a second into figures.
func BenchmarkSummarise(b *testing.B) {
	calls := make([]call, 60_000)
	for i := range calls {
		calls[i] = call{due: int64(i) * 1000, sent: int64(i) * 1000, ended: int64(i)*1000 + 5000, timing: -1, said: paid}
	}
	plan := Plan{Duration: time.Minute, Slice: time.Second}
	for b.Loop() {
		summarise(plan, calls, nil)
	}
}
