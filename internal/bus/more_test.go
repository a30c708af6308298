package bus_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/causeway-pay/causeway/internal/bus"
)

func TestProcessesThatShareADurableShareTheWork(t *testing.T) {
	broker := open(t, bus.Options{Dir: t.TempDir(), Listen: "127.0.0.1:0"})
	ensure(t, broker, payments())
	var consumers []*bus.Consumer
	var records []*record
	for range 3 {
		c, r := consume(t, open(t, bus.Options{URL: broker.Address()}), archive())
		consumers, records = append(consumers, c), append(records, r)
	}
	eventually(t, "the consumer exists", settled(t, consumers[0]))
	publish(t, broker, events(1, 600))
	eventually(t, "all done", func() bool {
		total := 0
		for _, r := range records {
			total += len(r.ids())
		}
		return total >= 600 && settled(t, consumers[0])()
	})
	seen := map[string]int{}
	for _, r := range records {
		for _, id := range r.ids() {
			seen[id]++
		}
	}
	for id, times := range seen {
		if times != 1 {
			t.Errorf("%s handled %d times", id, times)
		}
	}
	if len(seen) != 600 {
		t.Errorf("%d of 600 handled", len(seen))
	}
}

func TestLargeMessages(t *testing.T) {
	b := open(t, bus.Options{})
	ensure(t, b, payments())
	large := events(1, 3)
	large[0].Data = bytes.Repeat([]byte("x"), 1<<20-512)
	large[1].Data = bytes.Repeat([]byte("x"), 1<<20+1)
	acks, err := b.Publish(t.Context(), large)
	if err == nil || acks[0].Sequence != 1 || acks[1].Sequence != 0 {
		t.Fatalf("acks %v, %v", acks, err)
	}
	_, got := consume(t, b, archive())
	eventually(t, "the one that fits", func() bool { return len(got.ids()) > 0 })
	if d := got.deliveries[0]; len(d.Data) != 1<<20-512 {
		t.Fatalf("%d bytes", len(d.Data))
	}
}

func TestStreamOptionsCanBeChanged(t *testing.T) {
	b := open(t, bus.Options{})
	ensure(t, b, payments())
	publish(t, b, events(1, 5))
	wider := payments()
	wider.Subjects = append(wider.Subjects, "refund.>")
	wider.MaxAge, wider.DuplicateWindow = time.Hour, 10*time.Minute
	ensure(t, b, wider)
	message := events(6, 6)
	message[0].Subject = "refund.made"
	if ack := publish(t, b, message)[0]; ack.Sequence != 6 {
		t.Fatalf("ack %+v", ack)
	}
	impossible := wider
	impossible.DuplicateWindow = 2 * time.Hour // longer than messages live
	if err := b.EnsureStream(t.Context(), impossible); err == nil {
		t.Error("a window that cannot be kept was accepted")
	}
}

func TestProductionStreamsCannotBeMadeErasableLater(t *testing.T) {
	b := open(t, bus.Options{})
	ensure(t, b, payments())
	erasable := payments()
	erasable.Erasable = true
	if err := b.EnsureStream(t.Context(), erasable); err == nil {
		t.Error("the guard against deletion was taken off")
	}
}

func TestTerminatedStaysTerminated(t *testing.T) {
	dir := t.TempDir()
	first := open(t, bus.Options{Dir: dir})
	ensure(t, first, payments())
	publish(t, first, events(1, 1))
	ctx, cancel := context.WithCancel(t.Context())
	consumer := first.Consume(ctx, archive(), func(context.Context, bus.Delivery) bus.Verdict {
		return bus.Terminate("unreadable")
	})
	eventually(t, "terminated", func() bool {
		waiting, handling, err := consumer.Backlog(t.Context())
		return err == nil && waiting+handling == 0
	})
	cancel()
	consumer.Wait()
	first.Close()
	second := open(t, bus.Options{Dir: dir})
	publish(t, second, events(2, 2))
	_, got := consume(t, second, archive())
	eventually(t, "the next", func() bool { return len(got.ids()) > 0 })
	if ids := got.ids(); ids[0] != "event-2" {
		t.Fatalf("delivered %v", ids)
	}
}

func TestConsumerEndsWhileAHandlerRuns(t *testing.T) {
	b := open(t, bus.Options{})
	ensure(t, b, payments())
	publish(t, b, events(1, 1))
	ctx, cancel := context.WithCancel(t.Context())
	// What is given back may come once more before the consumer sees that it is to end.
	running := make(chan struct{}, 100)
	consumer := b.Consume(ctx, archive(), func(ctx context.Context, d bus.Delivery) bus.Verdict {
		running <- struct{}{}
		<-ctx.Done()
		return bus.Retry(0)
	})
	<-running
	cancel()
	consumer.Wait()
	// What was not finished goes to the next.
	_, got := consume(t, b, archive())
	eventually(t, "another delivery", func() bool { return len(got.ids()) == 1 })
	if d := got.deliveries[0]; d.Attempt < 2 {
		t.Fatalf("attempt %d", d.Attempt)
	}
}

func TestBacklogOfNobody(t *testing.T) {
	b := open(t, bus.Options{})
	consumer, _ := consume(t, b, archive())
	if _, _, err := consumer.Backlog(t.Context()); err == nil {
		t.Fatal("a consumer without a stream has a backlog")
	}
	if err := b.DropStream(t.Context(), "PAYMENTS"); err == nil {
		t.Fatal("dropped a stream that is not there")
	}
}

// Publishers repeat until they are acknowledged while the broker comes and goes:
// each message is in the stream once.
func TestRepeatedPublicationThroughRestarts(t *testing.T) {
	dir := t.TempDir()
	address := freeAddress(t)
	broker := open(t, bus.Options{Dir: dir, Listen: address})
	client := open(t, bus.Options{URL: "nats://" + address})
	ensure(t, client, payments())
	const batches, size = 60, 20
	var publisher sync.WaitGroup
	publisher.Go(func() {
		for batch := range batches {
			for {
				_, err := client.Publish(t.Context(), events(batch*size+1, batch*size+size))
				if err == nil {
					break
				}
				time.Sleep(5 * time.Millisecond)
			}
		}
	})
	for range 3 {
		time.Sleep(20 * time.Millisecond)
		broker.Close()
		broker = open(t, bus.Options{Dir: dir, Listen: address})
		eventually(t, "the broker is back", func() bool { return client.Check(t.Context()) == nil })
	}
	publisher.Wait()
	state, err := client.StreamState(t.Context(), "PAYMENTS")
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for sequence := state.First; sequence <= state.Last; sequence++ {
		id, found, err := state.MessageID(t.Context(), sequence)
		if err != nil || !found || seen[id] {
			t.Fatalf("message %d: %q, found %v, twice %v, %v", sequence, id, found, seen[id], err)
		}
		seen[id] = true
	}
	for i := 1; i <= batches*size; i++ {
		if !seen[fmt.Sprint("event-", i)] {
			t.Fatalf("event %d is missing", i)
		}
	}
}

func TestServerLogIsPassedOnByWeight(t *testing.T) {
	var mu sync.Mutex
	var log bytes.Buffer
	logger := slog.New(slog.NewTextHandler(locked{&mu, &log}, &slog.HandlerOptions{Level: slog.LevelDebug}))
	open(t, bus.Options{Logger: logger}).Close()
	mu.Lock()
	defer mu.Unlock()
	if text := log.String(); !strings.Contains(text, "level=DEBUG") || strings.Contains(text, "level=ERROR") {
		t.Fatalf("log %s", text)
	}
}

// locked is a writer for several goroutines.
type locked struct {
	mu *sync.Mutex
	w  *bytes.Buffer
}

func (l locked) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.w.Write(p)
}
