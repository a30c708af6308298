package outbox_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/causeway-pay/causeway/internal/bus"
	"github.com/causeway-pay/causeway/internal/clock"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/db/dbtest"
	"github.com/causeway-pay/causeway/internal/outbox"
)

func benchDatabase(b *testing.B) *db.Pool {
	b.Helper()
	steps, err := outbox.Migrations()
	if err != nil {
		b.Fatal(err)
	}
	return dbtest.Migrated(b, steps)
}

func writeAll(b *testing.B, pool *db.Pool, all []outbox.Event) {
	b.Helper()
	err := pool.InTx(b.Context(), func(ctx context.Context, tx db.Tx) error { return outbox.Write(ctx, tx, all) })
	if err != nil {
		b.Fatal(err)
	}
}

// BenchmarkWrite writes the events of a batch of payments.
func BenchmarkWrite(b *testing.B) {
	for _, size := range []int{1, 32} {
		b.Run(fmt.Sprint("events=", size), func(b *testing.B) {
			pool := benchDatabase(b)
			b.ReportAllocs()
			for b.Loop() {
				writeAll(b, pool, events(size))
			}
		})
	}
}

// BenchmarkRelay publishes a thousand events to a broker in the same process, from
// the first that is written to the last that is marked.
func BenchmarkRelay(b *testing.B) {
	const size = 1000
	pool := benchDatabase(b)
	broker, err := bus.Open(b.Context(), bus.Options{Dir: b.TempDir(), Logger: quiet()})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(broker.Close)
	relay := outbox.NewRelay(pool, broker, clock.System{}, quiet(), options())
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- relay.Run(ctx) }()
	b.Cleanup(func() { stop(); <-done })
	b.ReportAllocs()
	for b.Loop() {
		writeAll(b, pool, events(size))
		relay.Nudge()
		for waiting := size; waiting > 0; time.Sleep(time.Millisecond) {
			if err := pool.QueryRow(ctx, `SELECT count(*) FROM outbox WHERE NOT published`).Scan(&waiting); err != nil {
				b.Fatal(err)
			}
		}
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*size), "us/event")
}
