package outbox_test

import (
	"context"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/causeway-pay/causeway/internal/bus"
	"github.com/causeway-pay/causeway/internal/clock"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/db/dbtest"
	"github.com/causeway-pay/causeway/internal/outbox"
)

// proxied returns a database of the tests behind a proxy, with a pool on each
// side of it.
func proxied(t *testing.T) (through, straight *db.Pool, proxy *dbtest.Proxy) {
	t.Helper()
	url := dbtest.URL(t)
	steps, err := outbox.Migrations()
	if err != nil {
		t.Fatal(err)
	}
	straight = dbtest.Open(t, url)
	if _, err := db.Migrate(t.Context(), straight, clock.System{}, append(steps, applied()...)); err != nil {
		t.Fatal(err)
	}
	proxy = dbtest.NewProxy(t, url)
	return dbtest.Open(t, proxy.URL()), straight, proxy
}

// The relay has published and loses the commit of its mark: the events are
// published again, and nobody applies them twice.
func TestCrashBetweenPublishAndMark(t *testing.T) {
	for name, loss := range map[string]dbtest.Loss{"mark lost": dbtest.LoseRequest, "answer lost": dbtest.LoseAnswer} {
		t.Run(name, func(t *testing.T) {
			through, straight, proxy := proxied(t)
			b := broker(t, bus.Options{Dir: t.TempDir()})
			apply(t, straight, b)
			stop := run(t, relay(through, b))
			all := events(200)
			for i := range 10 {
				proxy.BreakCommits(loss, 2)
				write(t, straight, all[20*i:20*i+20]...)
				eventually(t, "published", func() bool { return waiting(t, straight) == 0 })
			}
			stop()
			if got := inStream(t, b); len(got) != 200 || !holdsAll(t, b, all) {
				t.Fatalf("%d messages", len(got))
			}
			appliedOnce(t, straight, 200)
		})
	}
}

// Two hubs, their connections to database and broker cut at random, commits
// with a lost answer, a broker that restarts and streams that vanish: in the
// end every event that was committed is in the stream and was applied once.
func TestEverythingFailsAtOnce(t *testing.T) {
	through, straight, proxy := proxied(t)
	dir := t.TempDir()
	address := freeAddress(t)
	server := broker(t, bus.Options{Dir: dir, Listen: address})
	first, second := broker(t, bus.Options{URL: "nats://" + address}), broker(t, bus.Options{URL: "nats://" + address})
	run(t, relay(through, first))
	run(t, relay(through, second))
	apply(t, through, first)
	apply(t, through, second)

	ctx, calm := context.WithTimeout(t.Context(), time.Minute)
	defer calm()
	var all []outbox.Event
	var writers sync.WaitGroup
	writers.Go(func() {
		defer calm()
		all = writeThroughStorm(ctx, t, through, 3000)
	})
	random := rand.New(rand.NewPCG(1, 2))
	for ctx.Err() == nil {
		switch random.IntN(8) {
		case 0:
			server.Close()
			server = broker(t, bus.Options{Dir: dir, Listen: address})
		case 1:
			_ = first.DropStream(ctx, "EVENTS")
		case 2, 3:
			proxy.Cut()
		default:
			proxy.BreakCommits(dbtest.Loss(1+random.IntN(2)), 1+random.IntN(3))
		}
		time.Sleep(time.Duration(random.IntN(200)) * time.Millisecond)
	}
	writers.Wait()
	proxy.BreakCommits(0, 0)
	if len(all) < 100 {
		t.Fatalf("only %d events in a minute", len(all))
	}
	eventually(t, "the broker is back", func() bool { return first.Check(t.Context()) == nil })
	eventually(t, "all published", func() bool { return waiting(t, straight) == 0 && holdsAll(t, first, all) })
	// Commits of unknown outcome count when they are there.
	appliedOnce(t, straight, count(t, straight, `SELECT count(*)::BIGINT FROM outbox`))
}

// writeThroughStorm commits some events and returns those whose commit was
// acknowledged.
func writeThroughStorm(ctx context.Context, t *testing.T, through *db.Pool, enough int) []outbox.Event {
	var all []outbox.Event
	for ctx.Err() == nil && len(all) < enough {
		time.Sleep(5 * time.Millisecond) // some thousand events are enough
		some := events(10)
		err := through.InTx(t.Context(), func(ctx context.Context, tx db.Tx) error { return outbox.Write(ctx, tx, some) })
		if err == nil {
			all = append(all, some...)
		}
	}
	return all
}
