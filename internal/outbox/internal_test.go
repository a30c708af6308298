package outbox

import (
	"context"
	"io"
	"log/slog"
	"math/rand/v2"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"github.com/causeway-pay/causeway/internal/bus"
	"github.com/causeway-pay/causeway/internal/db/dbtest"
	"github.com/causeway-pay/causeway/internal/ids"
)

func TestShardsAreStableAndEven(t *testing.T) {
	var filled [shards]int
	for range 16_000 {
		id := ids.New()
		if first, again := shardOf(id), shardOf(id); first != again || first < 0 || first >= shards {
			t.Fatalf("shard %d", shardOf(id))
		}
		filled[shardOf(id)]++
	}
	for shard, n := range filled {
		if n < 800 || n > 1200 {
			t.Errorf("shard %d has %d of 16,000", shard, n)
		}
	}
	derived := ids.Derive(ids.New(), "event", 1)
	if got := shardOf(derived); got < 0 || got >= shards {
		t.Errorf("shard %d", got)
	}
}

func TestRoutable(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		subject := rapid.StringMatching(`[A-Za-z0-9_-]{1,9}(\.[A-Za-z0-9_-]{1,9}){0,4}`).Draw(rt, "subject")
		if !routable(subject) {
			rt.Fatalf("%q refused", subject)
		}
		at := rapid.IntRange(0, len(subject)).Draw(rt, "at")
		foreign := rapid.SampledFrom([]string{" ", "*", ">", "$", "é", "\n", "..", "/", "\x00"}).Draw(rt, "foreign")
		if spoiled := subject[:at] + foreign + subject[at:]; routable(spoiled) {
			rt.Fatalf("%q accepted", spoiled)
		}
	})
}

// lossy is a real stream that holds the first events of a list, in places
// between those of somebody else.
func lossy(t *testing.T, n int) (bus.StreamState, []place) {
	t.Helper()
	broker, err := bus.Open(t.Context(), bus.Options{
		Dir: t.TempDir(), Logger: slog.New(slog.NewTextHandler(io.Discard, nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(broker.Close)
	stream := bus.StreamOptions{Name: "EVENTS", Subjects: []string{"payment.>"}}
	if err := broker.EnsureStream(t.Context(), stream); err != nil {
		t.Fatal(err)
	}
	var messages []bus.Message
	var places []place
	for sequence := uint64(1); len(places) < n; sequence++ {
		id := ids.New()
		messages = append(messages, bus.Message{Subject: "payment.posted", ID: id.String()})
		if rand.IntN(3) > 0 {
			places = append(places, place{key: key{id: id}, sequence: sequence})
		}
	}
	if _, err := broker.Publish(t.Context(), messages); err != nil {
		t.Fatal(err)
	}
	state, err := broker.StreamState(t.Context(), "EVENTS")
	if err != nil {
		t.Fatal(err)
	}
	return state, places
}

// Wherever the stream was cut, and whoever took the places since, the last event
// that it still holds is found in any selection of rows.
func TestLastHeldProperty(t *testing.T) {
	state, places := lossy(t, 120)
	rapid.Check(t, func(rt *rapid.T) {
		cut := rapid.IntRange(0, len(places)).Draw(rt, "cut")
		page := slices.Clone(places)
		for i := cut; i < len(page); i++ {
			page[i].id = ids.New() // lost: somebody else has the place
			if rapid.Bool().Draw(rt, "beyond") {
				page[i].sequence += 1000 // lost: nobody has it
			}
		}
		first := rapid.IntRange(0, len(page)-1).Draw(rt, "first")
		last := rapid.IntRange(first, len(page)).Draw(rt, "last")
		page = slices.Clone(page[first:last])
		rand.Shuffle(len(page), func(i, j int) { page[i], page[j] = page[j], page[i] })
		got, found, err := lastHeld(t.Context(), state, page)
		if err != nil {
			rt.Fatal(err)
		}
		want := min(cut, last) - 1
		if found != (want >= first) || found && got.id != places[want].id {
			rt.Fatalf("found %v %+v, want number %d of %d to %d", found, got, want, first, last)
		}
	})
}

func TestWhatAgedOutIsNotLost(t *testing.T) {
	state, places := lossy(t, 5)
	state.First = places[3].sequence
	for i, p := range places {
		gone := p
		gone.id = ids.New()
		held, err := holds(t.Context(), state, gone)
		if err != nil || held != (i < 3) {
			t.Errorf("place %d: held %v, %v", i, held, err)
		}
	}
}

func TestLeaseHasOneOwner(t *testing.T) {
	steps, err := Migrations()
	if err != nil {
		t.Fatal(err)
	}
	pool := dbtest.Migrated(t, steps)
	now := time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC)
	one, two := ids.New(), ids.New()
	take := func(owner ids.ID, at time.Time, region string) *lease {
		t.Helper()
		l, err := takeLease(t.Context(), pool, region, owner, at)
		if err != nil {
			t.Fatal(err)
		}
		return l
	}
	first := take(one, now, "sg")
	if first == nil || first.fence != 1 || first.head != (head{}) {
		t.Fatalf("first lease %+v", first)
	}
	if take(two, now.Add(leaseDuration-1), "sg") != nil {
		t.Fatal("two owners")
	}
	if take(two, now, "eu") == nil {
		t.Fatal("another region waits for this one")
	}
	again := take(one, now, "sg")
	if again == nil || again.fence != 2 {
		t.Fatalf("own lease taken again: %+v", again)
	}
	if err := first.renew(t.Context(), pool, now); err != errLeaseLost { //nolint:errorlint // the very error
		t.Fatalf("an old fence was accepted: %v", err)
	}
	heir := take(two, now.Add(leaseDuration), "sg")
	if heir == nil || heir.fence != 3 {
		t.Fatalf("heir %+v", heir)
	}
	if err := heir.renew(t.Context(), pool, now); err != nil {
		t.Fatal(err)
	}
	if take(one, now, "sg") == nil {
		t.Fatal("a lease that was given back is not free")
	}
}

func TestOptionsHaveDefaults(t *testing.T) {
	got := Options{Poll: time.Second}.withDefaults()
	if got.Collect != 10*time.Millisecond || got.Poll != time.Second || got.Batch != 512 || got.Retention != 7*24*time.Hour || got.Compare != 30*time.Second {
		t.Fatalf("%+v", got)
	}
	if near >= overlap || overlapEvery < leaseDuration {
		t.Errorf("near %s, overlap %s", near, overlap)
	}
}

// Events that are committed soon after each other, as those of one payment are, go together:
// the first nudge keeps the relay for a moment, and a later one does not keep it longer.
func TestRelayWaitsForWhatGoesAlong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &Relay{
			options: Options{Poll: time.Minute, Collect: time.Second}.withDefaults(),
			nudged:  make(chan struct{}, 1), online: make(chan struct{}, 1),
		}
		s := &shift{Relay: r, compared: time.Now()}
		waits := func(what string, want time.Duration) {
			t.Helper()
			begun := time.Now()
			if s.wait(t.Context()); time.Since(begun) != want {
				t.Errorf("%s: waited %s, want %s", what, time.Since(begun), want)
			}
		}
		waits("nothing", time.Minute)
		time.AfterFunc(3*time.Second, r.Nudge)
		time.AfterFunc(3500*time.Millisecond, r.Nudge)
		waits("a nudge", 4*time.Second)
		waits("one that came meanwhile", time.Second)
		time.AfterFunc(2*time.Second, func() { r.online <- struct{}{} })
		if waits("the broker is back", 2*time.Second); !s.compared.IsZero() {
			t.Error("a broker that is back is not compared")
		}
		ended, cancel := context.WithCancel(t.Context())
		cancel()
		begun := time.Now()
		if s.wait(ended); !time.Now().Equal(begun) {
			t.Error("it waits beyond its end")
		}
	})
}
