package outbox_test

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/causeway-pay/causeway/internal/bus"
	"github.com/causeway-pay/causeway/internal/clock"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/db/dbtest"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/outbox"
	"github.com/causeway-pay/causeway/internal/ports"
)

const region = "sg"

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

func stream() bus.StreamOptions {
	return bus.StreamOptions{Name: "EVENTS", Subjects: []string{"payment.>"}}
}

// database has the tables of the outbox, and one in which a consumer counts how
// often it applied each event.
func database(t *testing.T) *db.Pool {
	t.Helper()
	steps, err := outbox.Migrations()
	if err != nil {
		t.Fatal(err)
	}
	return dbtest.Migrated(t, steps, applied())
}

// applied is where a consumer counts how often it applied each event.
func applied() []db.Migration {
	return []db.Migration{{Domain: "demo", Number: 1, Name: "applied", SQL: `
CREATE TABLE IF NOT EXISTS applied (event_id UUID NOT NULL, times BIGINT NOT NULL,
	CONSTRAINT applied_pk PRIMARY KEY (event_id))`}}
}

func broker(t *testing.T, options bus.Options) *bus.Bus {
	t.Helper()
	options.Logger = quiet()
	b, err := bus.Open(t.Context(), options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	return b
}

// freeAddress is where a broker can come back after it was closed.
func freeAddress(t *testing.T) string {
	t.Helper()
	address, err := ports.Address()
	if err != nil {
		t.Fatal(err)
	}
	return address
}

// event returns version n of a payment.
func event(aggregate ids.ID, n int64, at time.Time) outbox.Event {
	return outbox.Event{
		ID: ids.Derive(aggregate, "event", n), Region: region, Subject: "payment.posted", Aggregate: aggregate,
		Version: n, Payload: []byte(fmt.Sprint("payload ", n)), At: at,
	}
}

// events returns one event for each of n payments.
func events(n int) []outbox.Event {
	all := make([]outbox.Event, n)
	for i := range all {
		all[i] = event(ids.New(), 1, clock.System{}.Now())
	}
	return all
}

func write(t *testing.T, pool *db.Pool, events ...outbox.Event) {
	t.Helper()
	err := pool.InTx(t.Context(), func(ctx context.Context, tx db.Tx) error { return outbox.Write(ctx, tx, events) })
	if err != nil {
		t.Fatal(err)
	}
}

// options make the upkeep of a relay fast.
func options() outbox.Options {
	return outbox.Options{Stream: stream(), Region: region, Poll: 10 * time.Millisecond, Compare: 100 * time.Millisecond}
}

// run starts a relay and returns how to stop it.
func run(t *testing.T, relay *outbox.Relay) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	var done sync.WaitGroup
	done.Go(func() {
		if err := relay.Run(ctx); err != nil {
			t.Error(err)
		}
	})
	stop = func() { cancel(); done.Wait() }
	t.Cleanup(stop)
	return stop
}

func relay(pool *db.Pool, b *bus.Bus) *outbox.Relay {
	return outbox.NewRelay(pool, b, clock.System{}, quiet(), options())
}

func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(60 * time.Second); !holds(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("not in time: %s", what)
		}
	}
}

// count runs a query for one number.
func count(t *testing.T, pool *db.Pool, sql string, args ...any) (n int) {
	t.Helper()
	if err := pool.QueryRow(t.Context(), sql, args...).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func waiting(t *testing.T, pool *db.Pool) int {
	t.Helper()
	return count(t, pool, `SELECT count(*)::BIGINT FROM outbox WHERE NOT published`)
}

// inStream returns the ids of all messages, in their order.
func inStream(t *testing.T, b *bus.Bus) []string {
	t.Helper()
	state, err := b.StreamState(t.Context(), "EVENTS")
	if bus.NoStream(err) {
		return nil
	}
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for sequence := state.First; sequence <= state.Last; sequence++ {
		id, found, err := state.MessageID(t.Context(), sequence)
		if err != nil {
			t.Fatal(err)
		}
		if found {
			all = append(all, id)
		}
	}
	return all
}

// holdsAll reports whether the stream has each of the events.
func holdsAll(t *testing.T, b *bus.Bus, events []outbox.Event) bool {
	t.Helper()
	have := map[string]bool{}
	for _, id := range inStream(t, b) {
		have[id] = true
	}
	for _, e := range events {
		if !have[e.ID.String()] {
			return false
		}
	}
	return true
}

// apply starts a consumer that counts each event once, as a consumer of the
// switch does it.
func apply(t *testing.T, pool *db.Pool, b *bus.Bus) *bus.Consumer {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	options := bus.ConsumerOptions{
		Stream: "EVENTS", Durable: "archive", Subjects: []string{"payment.posted"}, Concurrency: 2, AckWait: 2 * time.Second,
	}
	consumer := b.Consume(ctx, options,
		func(ctx context.Context, d bus.Delivery) bus.Verdict {
			id, err := ids.Parse(d.ID)
			if err != nil {
				return bus.Terminate("no id")
			}
			if err := applyOnce(ctx, pool, id); err != nil {
				return bus.Retry(10 * time.Millisecond)
			}
			return bus.Done()
		})
	t.Cleanup(func() { cancel(); consumer.Wait() })
	return consumer
}

func applyOnce(ctx context.Context, pool *db.Pool, id ids.ID) error {
	at := clock.System{}.Now()
	return pool.InTx(ctx, func(ctx context.Context, tx db.Tx) error {
		fresh, err := outbox.Claim(ctx, tx, at, claims("archive", id))
		if err != nil || len(fresh) == 0 {
			return err
		}
		_, err = tx.Exec(ctx, `
INSERT INTO applied (event_id, times) VALUES ($1, 1)
ON CONFLICT (event_id) DO UPDATE SET times = applied.times + 1`, id)
		return err
	})
}

// appliedOnce waits until n events are applied, and requires that none was
// applied twice.
func appliedOnce(t *testing.T, pool *db.Pool, n int) {
	t.Helper()
	eventually(t, "all applied", func() bool {
		return count(t, pool, `SELECT count(*)::BIGINT FROM applied`) >= n
	})
	got := count(t, pool, `SELECT coalesce(sum(times), 0)::BIGINT FROM applied`)
	if most := count(t, pool, `SELECT coalesce(max(times), 0) FROM applied`); most > 1 || got != n {
		t.Fatalf("%d applications of %d events, one of them %d times", got, n, most)
	}
}
