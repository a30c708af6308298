package outbox_test

import (
	"os"
	"sync"
	"testing"
	"time"

	"github.com/causeway-pay/causeway/internal/bus"
	"github.com/causeway-pay/causeway/internal/clock"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/outbox"
)

// settable is a clock that a test moves while others read it.
type settable struct {
	mu sync.Mutex
	at time.Time
}

func (s *settable) Now() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.at
}

func (s *settable) advance(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.at = s.at.Add(d)
}

var _ clock.Clock = (*settable)(nil)

func TestWipedStreamIsRefilled(t *testing.T) {
	pool, b := database(t), broker(t, bus.Options{Dir: t.TempDir()})
	all := events(800)
	write(t, pool, all...)
	stop := run(t, relay(pool, b))
	consumer := apply(t, pool, b)
	appliedOnce(t, pool, 800)
	eventually(t, "marked", func() bool { return waiting(t, pool) == 0 })
	whole := t

	t.Run("under a running relay", func(t *testing.T) {
		if err := b.DropStream(t.Context(), "EVENTS"); err != nil {
			t.Fatal(err)
		}
		eventually(t, "refilled", func() bool { return holdsAll(t, b, all) })
	})
	t.Run("while no relay runs", func(t *testing.T) {
		stop()
		if err := b.DropStream(t.Context(), "EVENTS"); err != nil {
			t.Fatal(err)
		}
		more := events(20)
		write(t, pool, more...)
		all = append(all, more...)
		run(whole, relay(pool, b)) // which still has to mark what is in the stream again
		eventually(t, "refilled", func() bool { return holdsAll(t, b, all) })
	})
	// The consumer got everything again, and applied it once.
	eventually(t, "consumed", func() bool {
		left, handling, err := consumer.Backlog(t.Context())
		return err == nil && left+handling == 0 && waiting(t, pool) == 0
	})
	appliedOnce(t, pool, 820)
}

// The broker comes back from an older state of its disk: it has lost the tail of
// what it acknowledged, and gives the same places to other events.
func TestTruncatedTailIsRefilled(t *testing.T) {
	for _, test := range []struct {
		name          string
		before, after int
		foreign       int // messages of somebody else after the loss
		written       int // events of ours after the loss
	}{
		{"a part", 300, 40, 0, 0},
		{"everything", 0, 100, 0, 0},
		{"and new events take the places", 600, 200, 0, 50},
		{"and more new events than were lost", 100, 30, 0, 90},
		{"and a stranger takes the places", 100, 60, 90, 0},
		{"and both do", 700, 60, 7, 90},
	} {
		t.Run(test.name, func(t *testing.T) {
			pool, dir := database(t), t.TempDir()
			all := fill(t, pool, dir, test.before)
			saved := t.TempDir()
			copyDir(t, dir, saved)
			all = append(all, fill(t, pool, dir, test.after)...)
			if err := os.RemoveAll(dir); err != nil {
				t.Fatal(err)
			}
			copyDir(t, saved, dir)

			b := broker(t, bus.Options{Dir: dir})
			if holdsAll(t, b, all) {
				t.Fatal("nothing was lost: the test tests nothing")
			}
			publishForeign(t, b, test.foreign)
			more := events(test.written)
			write(t, pool, more...)
			run(t, relay(pool, b))
			all = append(all, more...)
			apply(t, pool, b)
			eventually(t, "refilled", func() bool { return waiting(t, pool) == 0 && holdsAll(t, b, all) })
			appliedOnce(t, pool, len(all))
		})
	}
}

// The loss happens under the relay, which does not reconnect or compare in time:
// it must notice by the places that it is given.
func TestLossIsNoticedByThePlaces(t *testing.T) {
	pool, dir := database(t), t.TempDir()
	address := freeAddress(t)
	broker(t, bus.Options{Dir: dir, Listen: address})
	client := broker(t, bus.Options{URL: "nats://" + address})
	opts := options()
	opts.Compare = time.Hour
	all := events(30)
	write(t, pool, all...)
	run(t, outbox.NewRelay(pool, client, clock.System{}, quiet(), opts))
	eventually(t, "published", func() bool { return waiting(t, pool) == 0 })
	if err := client.DropStream(t.Context(), "EVENTS"); err != nil {
		t.Fatal(err)
	}
	if err := client.EnsureStream(t.Context(), stream()); err != nil {
		t.Fatal(err)
	}
	more := events(5)
	write(t, pool, more...)
	all = append(all, more...)
	eventually(t, "refilled", func() bool { return holdsAll(t, client, all) && waiting(t, pool) == 0 })
}

func TestBrokerRestartsWhilePublishing(t *testing.T) {
	pool, dir := database(t), t.TempDir()
	address := freeAddress(t)
	server := broker(t, bus.Options{Dir: dir, Listen: address})
	client := broker(t, bus.Options{URL: "nats://" + address})
	opts := options()
	opts.Batch = 64
	r := outbox.NewRelay(pool, client, clock.System{}, quiet(), opts)
	run(t, r)
	apply(t, pool, client)
	var writer sync.WaitGroup
	var all []outbox.Event
	writer.Go(func() {
		for range 100 {
			some := events(20)
			write(t, pool, some...)
			all = append(all, some...)
			r.Nudge()
		}
	})
	for range 3 {
		published := len(inStream(t, client))
		eventually(t, "some more are published", func() bool {
			state, err := client.StreamState(t.Context(), "EVENTS")
			return err == nil && (int(state.Last) > published+100 || state.Last >= 2000)
		})
		server.Close()
		server = broker(t, bus.Options{Dir: dir, Listen: address})
		eventually(t, "the broker is back", func() bool { return client.Check(t.Context()) == nil })
	}
	writer.Wait()
	eventually(t, "all published", func() bool { return waiting(t, pool) == 0 })
	if !holdsAll(t, client, all) || len(all) != 2000 {
		t.Fatalf("not all of %d events are in the stream", len(all))
	}
	appliedOnce(t, pool, 2000)
}

// fill writes and publishes n events with a broker of its own.
func fill(t *testing.T, pool *db.Pool, dir string, n int) []outbox.Event {
	t.Helper()
	b := broker(t, bus.Options{Dir: dir})
	all := events(n)
	write(t, pool, all...)
	stop := run(t, relay(pool, b))
	eventually(t, "published", func() bool { return waiting(t, pool) == 0 && holdsAll(t, b, all) })
	stop()
	if err := b.EnsureStream(t.Context(), stream()); err != nil {
		t.Fatal(err)
	}
	b.Close()
	return all
}

func publishForeign(t *testing.T, b *bus.Bus, n int) {
	t.Helper()
	var messages []bus.Message
	for _, e := range events(n) {
		messages = append(messages, bus.Message{Subject: "payment.foreign", ID: e.ID.String(), Data: []byte("x")})
	}
	if _, err := b.Publish(t.Context(), messages); err != nil {
		t.Fatal(err)
	}
}

func copyDir(t *testing.T, from, to string) {
	t.Helper()
	if err := os.RemoveAll(to); err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
}
