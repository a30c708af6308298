package outbox_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"go.opentelemetry.io/otel/trace"

	"github.com/causeway-pay/causeway/internal/bus"
	"github.com/causeway-pay/causeway/internal/clock"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/outbox"
	"github.com/causeway-pay/causeway/internal/telemetry"
)

func TestRelayPublishesEachEventOnceInOrder(t *testing.T) {
	pool, b := database(t), broker(t, bus.Options{Dir: t.TempDir()})
	payment := ids.New()
	start := clock.System{}.Now()
	var history []string
	for version := int64(1); version <= 90; version++ {
		e := event(payment, version, start.Add(time.Duration(version/3)*time.Microsecond))
		history = append(history, e.ID.String())
		write(t, pool, e)
	}
	others := events(1000)
	write(t, pool, others...)
	run(t, relay(pool, b))
	eventually(t, "all published", func() bool { return waiting(t, pool) == 0 })
	all := inStream(t, b)
	if len(all) != 1090 || !holdsAll(t, b, others) {
		t.Fatalf("%d messages", len(all))
	}
	ordered := slices.DeleteFunc(all, func(id string) bool { return !slices.Contains(history, id) })
	if !slices.Equal(ordered, history) {
		t.Error("the versions of one payment are out of order")
	}
	n := count(t, pool, `SELECT count(DISTINCT stream_sequence)::BIGINT FROM outbox WHERE stream_epoch > 0`)
	if n != 1090 {
		t.Errorf("%d places", n)
	}
}

func TestNudgeNeedsNoPoll(t *testing.T) {
	pool, b := database(t), broker(t, bus.Options{Dir: t.TempDir()})
	slow := options()
	slow.Poll = time.Hour
	r := outbox.NewRelay(pool, b, clock.System{}, quiet(), slow)
	write(t, pool, events(1)...)
	run(t, r)
	eventually(t, "the first", func() bool { return waiting(t, pool) == 0 })
	for range 3 {
		write(t, pool, events(1)...)
		r.Nudge()
		r.Nudge()
		eventually(t, "the next", func() bool { return waiting(t, pool) == 0 })
	}
}

func TestEventsOfAnotherRegionAreLeftAlone(t *testing.T) {
	pool, b := database(t), broker(t, bus.Options{Dir: t.TempDir()})
	foreign := events(1)[0]
	foreign.Region = "eu"
	write(t, pool, append(events(2), foreign)...)
	run(t, relay(pool, b))
	eventually(t, "ours", func() bool { return waiting(t, pool) == 1 })
	if len(inStream(t, b)) != 2 {
		t.Fatal("the other region was published too")
	}
	abroad := options()
	abroad.Region = "eu"
	run(t, outbox.NewRelay(pool, b, clock.System{}, quiet(), abroad))
	eventually(t, "theirs", func() bool { return waiting(t, pool) == 0 })
}

// A transaction that took long, or a hub whose clock is behind, commits an event
// with a time that the relay has passed.
func TestEventsThatComeLateAreFound(t *testing.T) {
	pool, b := database(t), broker(t, bus.Options{Dir: t.TempDir()})
	now := &settable{at: time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC)}
	run(t, outbox.NewRelay(pool, b, now, quiet(), options()))
	for _, late := range []time.Duration{0, time.Minute, 9 * time.Minute, time.Hour, -time.Minute} {
		write(t, pool, event(ids.New(), 1, now.Now()))
		eventually(t, "on time", func() bool { return waiting(t, pool) == 0 })
		write(t, pool, event(ids.New(), 1, now.Now().Add(-late)))
		eventually(t, fmt.Sprint("late by ", late), func() bool {
			now.advance(time.Second)
			return waiting(t, pool) == 0
		})
	}
}

func TestTraceContextIsKeptAcross(t *testing.T) {
	pool, b := database(t), broker(t, bus.Options{Dir: t.TempDir()})
	const cause = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
	ctx := telemetry.WithTraceparent(t.Context(), cause)
	err := pool.InTx(ctx, func(ctx context.Context, tx db.Tx) error { return outbox.Write(ctx, tx, events(1)) })
	if err != nil {
		t.Fatal(err)
	}
	run(t, relay(pool, b))
	seen := make(chan trace.SpanContext, 1)
	consuming, cancel := context.WithCancel(t.Context())
	consumer := b.Consume(consuming, bus.ConsumerOptions{Stream: "EVENTS", Durable: "archive"},
		func(ctx context.Context, _ bus.Delivery) bus.Verdict {
			seen <- trace.SpanContextFromContext(ctx)
			return bus.Done()
		})
	defer func() { cancel(); consumer.Wait() }()
	if got := (<-seen).TraceID().String(); !strings.Contains(cause, got) {
		t.Fatalf("trace %s", got)
	}
}

func TestLagIsTheAgeOfTheOldest(t *testing.T) {
	pool, b := database(t), broker(t, bus.Options{Dir: t.TempDir()})
	now := &settable{at: time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC)}
	r := outbox.NewRelay(pool, b, now, quiet(), options())
	lag := func() time.Duration {
		age, err := r.Lag(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return age
	}
	if got := lag(); got != 0 {
		t.Fatalf("lag %s of nothing", got)
	}
	write(t, pool, event(ids.New(), 1, now.Now().Add(-time.Minute)), event(ids.New(), 1, now.Now().Add(-time.Hour)))
	if got := lag(); got != time.Hour {
		t.Fatalf("lag %s", got)
	}
	run(t, r)
	eventually(t, "no lag", func() bool { return lag() == 0 })
}

func TestRelayWaitsForBrokerAndTables(t *testing.T) {
	dir := t.TempDir()
	address := freeAddress(t)
	first := broker(t, bus.Options{Dir: dir, Listen: address})
	first.Close()
	pool, b := database(t), broker(t, bus.Options{URL: "nats://" + address})
	run(t, relay(pool, b))
	write(t, pool, events(5)...)
	broker(t, bus.Options{Dir: dir, Listen: address})
	eventually(t, "published", func() bool { return waiting(t, pool) == 0 })
}

func TestTwoRelaysShareTheWork(t *testing.T) {
	pool, b := database(t), broker(t, bus.Options{Dir: t.TempDir()})
	stopFirst := run(t, relay(pool, b))
	run(t, relay(pool, b))
	var all []outbox.Event
	for range 20 {
		some := events(50)
		write(t, pool, some...)
		all = append(all, some...)
	}
	eventually(t, "all published", func() bool { return waiting(t, pool) == 0 })
	if got := inStream(t, b); len(got) != len(all) || !holdsAll(t, b, all) {
		t.Fatalf("%d messages of %d events", len(got), len(all))
	}
	stopFirst() // whichever of the two works, one is left
	some := events(50)
	write(t, pool, some...)
	eventually(t, "the other goes on", func() bool { return waiting(t, pool) == 0 })
}

// A hub that was killed gives nothing back: its lease must run out.
func TestLeaseOfAKilledHubRunsOut(t *testing.T) {
	pool, b := database(t), broker(t, bus.Options{Dir: t.TempDir()})
	now := &settable{at: time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC)}
	err := pool.InTx(t.Context(), func(ctx context.Context, tx db.Tx) error {
		_, err := tx.Exec(ctx, `
INSERT INTO outbox_relay (region, owner, fence, expires_at, stream_epoch, stream_sequence, stream_event, purged_to)
VALUES ($1, $2, 5, $3, 0, 0, $2, $4)`, region, ids.New(), now.Now().Add(5*time.Second), time.Unix(0, 0))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	run(t, outbox.NewRelay(pool, b, now, quiet(), options()))
	write(t, pool, event(ids.New(), 1, now.Now()))
	for range 20 {
		time.Sleep(10 * time.Millisecond)
		if waiting(t, pool) == 0 {
			t.Fatal("a lease that is held was ignored")
		}
	}
	now.advance(6 * time.Second)
	eventually(t, "published by the heir", func() bool { return waiting(t, pool) == 0 })
}

// A relay that was paused past its lease must not move the head of the stream
// that its heir has recorded; the duplicates that it publishes harm nobody.
func TestOldOwnerCannotChangeTheHead(t *testing.T) {
	pool, b := database(t), broker(t, bus.Options{Dir: t.TempDir()})
	// The clock stands still, so that the lease is not due and the old owner hears of its heir by a mark alone.
	now := &settable{at: clock.System{}.Now()}
	write(t, pool, events(3)...)
	run(t, outbox.NewRelay(pool, b, now, quiet(), options()))
	eventually(t, "published", func() bool { return waiting(t, pool) == 0 })
	heirUntil := now.Now().Add(time.Hour)
	err := pool.InTx(t.Context(), func(ctx context.Context, tx db.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE outbox_relay SET fence = fence + 1, expires_at = $1`, heirUntil)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	write(t, pool, events(2)...)
	eventually(t, "the old owner published", func() bool { return len(inStream(t, b)) == 5 })
	if got := waiting(t, pool); got != 2 {
		t.Fatalf("%d waiting: the old owner marked what is its heir's", got)
	}
	if got := count(t, pool, `SELECT stream_sequence FROM outbox_relay`); got != 3 {
		t.Fatalf("head at %d", got)
	}
}

func TestPurgeKeepsWhatIsYoungOrUnpublished(t *testing.T) {
	pool, b := database(t), broker(t, bus.Options{Dir: t.TempDir()})
	now := &settable{at: time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC)}
	opts := options()
	opts.Retention = time.Hour
	old, young := now.Now().Add(-2*time.Hour), now.Now().Add(-30*time.Minute)
	var all []outbox.Event
	for i := range 1300 {
		all = append(all, event(ids.New(), 1, old.Add(time.Duration(i)*time.Millisecond)))
	}
	write(t, pool, append(all, event(ids.New(), 1, young))...)
	for at, n := range map[time.Time]int{now.Now().Add(-90 * time.Minute): 3, now.Now().Add(-3 * time.Hour): 700} {
		err := pool.InTx(t.Context(), func(ctx context.Context, tx db.Tx) error {
			var some []ids.ID
			for range n {
				some = append(some, ids.New())
			}
			_, err := outbox.Claim(ctx, tx, at, claims("archive", some...))
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	stop := run(t, outbox.NewRelay(pool, b, now, quiet(), opts))
	eventually(t, "published", func() bool { return waiting(t, pool) == 0 })
	stop() // the purge comes first in the next shift
	run(t, outbox.NewRelay(pool, b, now, quiet(), opts))
	eventually(t, "old events are gone", func() bool { return count(t, pool, `SELECT count(*)::BIGINT FROM outbox`) == 1 })
	eventually(t, "old claims are gone", func() bool { return count(t, pool, `SELECT count(*)::BIGINT FROM inbox`) == 3 })
	if got := len(inStream(t, b)); got != 1301 {
		t.Fatalf("%d messages: something was deleted before it was published", got)
	}
}
