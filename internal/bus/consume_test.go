package bus_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.opentelemetry.io/otel/trace"

	"github.com/causeway-pay/causeway/internal/bus"
	"github.com/causeway-pay/causeway/internal/telemetry"
)

// record collects what a consumer got.
type record struct {
	mu         sync.Mutex
	deliveries []bus.Delivery
}

func (r *record) add(d bus.Delivery) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.deliveries = append(r.deliveries, d)
}

func (r *record) ids() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	var ids []string
	for _, d := range r.deliveries {
		ids = append(ids, d.ID)
	}
	return ids
}

// has reports whether each of the events 1 to last has come at least once.
func (r *record) has(last int) bool {
	ids := r.ids()
	for i := 1; i <= last; i++ {
		if !slices.Contains(ids, fmt.Sprint("event-", i)) {
			return false
		}
	}
	return true
}

// consume starts a consumer that takes all there is.
func consume(t *testing.T, b *bus.Bus, options bus.ConsumerOptions) (*bus.Consumer, *record) {
	t.Helper()
	r := &record{}
	return start(t, b, options, func(_ context.Context, d bus.Delivery) bus.Verdict {
		r.add(d)
		return bus.Done()
	}), r
}

func start(t *testing.T, b *bus.Bus, options bus.ConsumerOptions, handler bus.Handler) *bus.Consumer {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	consumer := b.Consume(ctx, options, handler)
	t.Cleanup(func() { cancel(); consumer.Wait() })
	return consumer
}

func archive() bus.ConsumerOptions {
	return bus.ConsumerOptions{Stream: "PAYMENTS", Durable: "archive"}
}

func settled(t *testing.T, c *bus.Consumer) func() bool {
	return func() bool {
		waiting, handling, err := c.Backlog(t.Context())
		return err == nil && waiting+handling == 0
	}
}

func TestConsumerGetsEverythingInOrderOnce(t *testing.T) {
	b := open(t, bus.Options{})
	ensure(t, b, payments())
	publish(t, b, events(1, 300))
	consumer, got := consume(t, b, archive())
	publish(t, b, events(301, 500))
	eventually(t, "500 deliveries", func() bool { return len(got.ids()) >= 500 })
	eventually(t, "acknowledged", settled(t, consumer))
	for i, d := range got.deliveries {
		if d.ID != fmt.Sprint("event-", i+1) || d.Sequence != uint64(i+1) || d.Attempt != 1 || d.At.IsZero() ||
			string(d.Data) != fmt.Sprint(i+1) || d.Subject != "payment.posted" {
			t.Fatalf("delivery %d: %+v", i+1, d)
		}
	}
}

func TestDurableGoesOnWhereItStopped(t *testing.T) {
	b := open(t, bus.Options{})
	ensure(t, b, payments())
	publish(t, b, events(1, 3))
	ctx, cancel := context.WithCancel(t.Context())
	first := &record{}
	consumer := b.Consume(ctx, archive(), func(_ context.Context, d bus.Delivery) bus.Verdict {
		first.add(d)
		return bus.Done()
	})
	eventually(t, "three", func() bool { return first.has(3) })
	eventually(t, "acknowledged", settled(t, consumer))
	cancel()
	consumer.Wait()
	publish(t, b, events(4, 5))
	_, second := consume(t, b, archive())
	eventually(t, "the other two", func() bool { return len(second.ids()) == 2 })
	if got := second.ids(); !slices.Equal(got, []string{"event-4", "event-5"}) {
		t.Fatal(got)
	}
}

// TestSubjectFilter: a consumer gets what fits one of its subjects, also when an earlier
// program wanted more.
func TestSubjectFilter(t *testing.T) {
	b := open(t, bus.Options{})
	ensure(t, b, payments())
	options := archive()
	options.Subjects = []string{"payment.*"}
	ctx, cancel := context.WithCancel(t.Context())
	before := &record{}
	consumer := b.Consume(ctx, options, func(_ context.Context, d bus.Delivery) bus.Verdict {
		before.add(d)
		return bus.Done()
	})
	publish(t, b, append(events(1, 2), bus.Message{Subject: "payment.posted.told", ID: "told"}))
	eventually(t, "both", func() bool { return before.has(2) })
	eventually(t, "acknowledged", settled(t, consumer))
	cancel()
	consumer.Wait()
	options.Subjects = []string{"payment.refunded", "payment.held"}
	messages := events(3, 6)
	messages[1].Subject, messages[3].Subject = "payment.held", "payment.refunded"
	publish(t, b, messages)
	_, after := consume(t, b, options)
	eventually(t, "the other two", func() bool { return len(after.ids()) > 1 })
	if first, then := before.ids(), after.ids(); !slices.Equal(first, []string{"event-1", "event-2"}) ||
		!slices.Equal(then, []string{"event-4", "event-6"}) {
		t.Fatal(first, then)
	}
}

func TestVerdicts(t *testing.T) {
	b := open(t, bus.Options{})
	ensure(t, b, payments())
	publish(t, b, events(1, 3))
	var mu sync.Mutex
	attempts := map[string]uint64{}
	consumer := start(t, b, archive(), func(_ context.Context, d bus.Delivery) bus.Verdict {
		mu.Lock()
		defer mu.Unlock()
		attempts[d.ID] = d.Attempt
		switch {
		case d.ID == "event-1" && d.Attempt < 3:
			return bus.Retry(10 * time.Millisecond)
		case d.ID == "event-2":
			return bus.Terminate("unreadable")
		case d.ID == "event-3" && d.Attempt == 1:
			return bus.Verdict{}
		default:
			return bus.Done()
		}
	})
	seen := func(id string) uint64 {
		mu.Lock()
		defer mu.Unlock()
		return attempts[id]
	}
	eventually(t, "the retries", func() bool { return seen("event-1") == 3 && seen("event-3") == 2 })
	eventually(t, "nothing left", settled(t, consumer))
	if got := seen("event-2"); got != 1 {
		t.Errorf("a terminated message came %d times", got)
	}
}

func TestHandlersRunSideBySideUpToTheLimit(t *testing.T) {
	b := open(t, bus.Options{})
	ensure(t, b, payments())
	publish(t, b, events(1, 20))
	var mu sync.Mutex
	running, most := 0, 0
	full := make(chan struct{})
	options := archive()
	options.Concurrency = 4
	consumer := start(t, b, options, func(ctx context.Context, _ bus.Delivery) bus.Verdict {
		mu.Lock()
		running++
		most = max(most, running)
		if running == options.Concurrency && most == running {
			select {
			case <-full:
			default:
				close(full)
			}
		}
		mu.Unlock()
		select {
		case <-full: // nobody ends before four run
		case <-ctx.Done():
		}
		mu.Lock()
		running--
		mu.Unlock()
		return bus.Done()
	})
	eventually(t, "all done", settled(t, consumer))
	mu.Lock()
	defer mu.Unlock()
	if most != 4 {
		t.Fatalf("%d handlers side by side", most)
	}
}

func TestHandlerContinuesThePublishersTrace(t *testing.T) {
	b := open(t, bus.Options{})
	ensure(t, b, payments())
	const cause = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
	message := events(1, 1)
	message[0].Traceparent = cause
	publish(t, b, message)
	seen := make(chan trace.SpanContext, 1)
	start(t, b, archive(), func(ctx context.Context, _ bus.Delivery) bus.Verdict {
		seen <- trace.SpanContextFromContext(ctx)
		return bus.Done()
	})
	want := trace.SpanContextFromContext(telemetry.WithTraceparent(t.Context(), cause)).TraceID()
	if got := <-seen; got.TraceID() != want {
		t.Fatalf("trace %s, want %s", got.TraceID(), want)
	}
}

func TestSlowHandlerLosesItsClaim(t *testing.T) {
	b := open(t, bus.Options{})
	ensure(t, b, payments())
	publish(t, b, events(1, 1))
	options := archive()
	options.AckWait, options.Concurrency = time.Second, 2
	attempts, second := make(chan uint64, 10), make(chan struct{})
	start(t, b, options, func(ctx context.Context, d bus.Delivery) bus.Verdict {
		attempts <- d.Attempt
		if d.Attempt == 1 {
			<-ctx.Done() // the context ends with the claim
			<-second
		} else if d.Attempt == 2 {
			close(second)
		}
		return bus.Done()
	})
	// The first may be so late that the second overtakes it.
	if one, other := <-attempts, <-attempts; min(one, other) != 1 || max(one, other) != 2 {
		t.Fatalf("attempts %d and %d, want 1 and 2", one, other)
	}
}

func TestConsumerOutlivesItsStream(t *testing.T) {
	b := open(t, bus.Options{})
	ensure(t, b, payments())
	publish(t, b, events(1, 5))
	consumer, got := consume(t, b, archive())
	eventually(t, "five", func() bool { return got.has(5) })
	if err := b.DropStream(t.Context(), "PAYMENTS"); err != nil {
		t.Fatal(err)
	}
	// The consumer makes the stream again; the publisher finds it.
	eventually(t, "the stream is back", func() bool {
		_, err := b.Publish(t.Context(), events(6, 8))
		return err == nil
	})
	eventually(t, "the rest", func() bool { return got.has(8) })
	eventually(t, "acknowledged", settled(t, consumer))
}

// watched opens a bus whose log can be looked at.
func watched(t *testing.T) (b *bus.Bus, told func(what string) bool) {
	t.Helper()
	var mu sync.Mutex
	var log bytes.Buffer
	logger := slog.New(slog.NewTextHandler(locked{&mu, &log}, &slog.HandlerOptions{Level: slog.LevelDebug}))
	return open(t, bus.Options{Logger: logger}), func(what string) bool {
		mu.Lock()
		defer mu.Unlock()
		return strings.Contains(log.String(), what)
	}
}

// A consumer that is started before its stream has nothing to complain of. It starts
// again when it had started and its stream is gone, and then it says so.
func TestConsumerWaitsForAStreamThatComesLater(t *testing.T) {
	b, told := watched(t)
	_, got := consume(t, b, archive())
	eventually(t, "it has tried", func() bool { return told(`level=DEBUG msg="bus consumer waits for its stream"`) })
	ensure(t, b, payments())
	publish(t, b, events(1, 2))
	eventually(t, "both", func() bool { return got.has(2) })
	if told(`level=WARN msg="bus consumer starts again"`) {
		t.Error("it complained at its first start")
	}
	if err := b.DropStream(t.Context(), "PAYMENTS"); err != nil {
		t.Fatal(err)
	}
	eventually(t, "it tells", func() bool { return told(`level=WARN msg="bus consumer starts again"`) })
}

// A consumer whose stream never comes is told of once it has tried for some seconds.
func TestConsumerWithoutAStreamTells(t *testing.T) {
	b, told := watched(t)
	consume(t, b, archive())
	eventually(t, "it tells", func() bool { return told(`level=WARN msg="bus consumer does not start"`) })
	if told("bus consumer starts again") {
		t.Error("what has never run starts again")
	}
}

func TestConsumerOutlivesARestartOfTheServer(t *testing.T) {
	dir := t.TempDir()
	address := freeAddress(t)
	broker := open(t, bus.Options{Dir: dir, Listen: address})
	client := open(t, bus.Options{URL: "nats://" + address})
	ensure(t, client, payments())
	publish(t, client, events(1, 5))
	_, got := consume(t, client, archive())
	eventually(t, "five", func() bool { return got.has(5) })
	broker.Close()
	open(t, bus.Options{Dir: dir, Listen: address})
	eventually(t, "publishing again", func() bool {
		_, err := client.Publish(t.Context(), events(6, 10))
		return err == nil
	})
	eventually(t, "the rest", func() bool { return got.has(10) })
}

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

func TestStuckConsumerTurnsRed(t *testing.T) {
	now := &settable{at: time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC)}
	b := open(t, bus.Options{Clock: now})
	ensure(t, b, payments())
	release := make(chan struct{})
	consumer := start(t, b, archive(), func(ctx context.Context, _ bus.Delivery) bus.Verdict {
		select {
		case <-release:
			return bus.Done()
		case <-ctx.Done():
			return bus.Retry(0)
		}
	})
	eventually(t, "the consumer exists", settled(t, consumer))
	green := func(when string) {
		t.Helper()
		if err := consumer.Check(t.Context()); err != nil {
			t.Fatalf("%s: %v", when, err)
		}
	}
	green("idle")
	now.advance(time.Hour)
	green("idle for long")
	publish(t, b, events(1, 3))
	now.advance(time.Hour)
	// The hour before counts, because nobody looked: the next look decides.
	_ = consumer.Check(t.Context())
	now.advance(2 * time.Minute)
	if err := consumer.Check(t.Context()); err == nil || !strings.Contains(err.Error(), "3 messages waiting") {
		t.Fatalf("stuck: %v", err)
	}
	close(release)
	eventually(t, "nothing left", settled(t, consumer))
	green("again at work")
}

func TestConsumerThatCannotRunTurnsRed(t *testing.T) {
	now := &settable{at: time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC)}
	b := open(t, bus.Options{Clock: now})
	consumer, _ := consume(t, b, archive()) // there is no such stream
	if err := consumer.Check(t.Context()); err != nil {
		t.Fatalf("at the start: %v", err)
	}
	now.advance(2 * time.Minute)
	eventually(t, "red", func() bool { return consumer.Check(t.Context()) != nil })
	ensure(t, b, payments())
	eventually(t, "green", func() bool { return consumer.Check(t.Context()) == nil })
}
