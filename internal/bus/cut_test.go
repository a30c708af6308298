package bus_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"net"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/causeway-pay/causeway/internal/bus"
)

// line is a way to a broker that breaks.
type line struct {
	listener net.Listener
	to       string
	// whole says that connections that are made from now on do not break.
	whole atomic.Bool

	mu    sync.Mutex
	conns []net.Conn // guarded by mu
	count int        // of connections that were made; guarded by mu
}

func newLine(t *testing.T, to string) *line {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l := &line{listener: listener, to: strings.TrimPrefix(to, "nats://")}
	var serving sync.WaitGroup
	serving.Go(l.serve)
	t.Cleanup(func() { _ = listener.Close(); l.cut(); serving.Wait() })
	return l
}

func (l *line) url() string { return "nats://" + l.listener.Addr().String() }

func (l *line) serve() {
	var copying sync.WaitGroup
	defer copying.Wait()
	for {
		near, err := l.listener.Accept()
		if err != nil {
			return
		}
		far, err := net.Dial("tcp", l.to)
		if err != nil {
			_ = near.Close()
			continue
		}
		l.mu.Lock()
		l.conns = append(l.conns, near, far)
		l.count++
		l.mu.Unlock()
		// Somewhere within the publication of some messages, or of their acknowledgements.
		most := 3000 + rand.Int64N(12_000)
		if l.whole.Load() {
			most = math.MaxInt64
		}
		for _, way := range [][2]net.Conn{{near, far}, {far, near}} {
			copying.Go(func() {
				_, _ = io.CopyN(way[0], way[1], most)
				_, _ = way[0].Close(), way[1].Close()
			})
		}
	}
}

// cut ends all connections.
func (l *line) cut() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, conn := range l.conns {
		_ = conn.Close()
	}
	l.conns = nil
}

func (l *line) connections() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.count
}

// What was acknowledged through a line that breaks again and again is in the stream at its
// place; what was not is published again, and is in the stream once; and a consumer behind
// the same line gets everything.
func TestALineThatBreaks(t *testing.T) {
	server := open(t, bus.Options{Listen: "127.0.0.1:0"})
	ensure(t, server, payments())
	way := newLine(t, server.Address())
	client := open(t, bus.Options{URL: way.url()})
	options := archive()
	options.AckWait = time.Second // what was lost on the way comes again after it
	_, got := consume(t, client, options)
	const total, batch = 300, 30
	places := map[string]uint64{}
	deadline := time.Now().Add(3 * time.Minute)
	for from := 1; from <= total; {
		messages := events(from, min(from+batch-1, total))
		acks, err := client.Publish(t.Context(), messages)
		if len(acks) != len(messages) {
			t.Fatalf("%d acks of %d", len(acks), len(messages))
		}
		missing := slices.IndexFunc(acks, func(a bus.Ack) bool { return a.Sequence == 0 })
		if (err == nil) != (missing < 0) {
			t.Fatalf("%v with acks %v", err, acks)
		}
		for i, ack := range acks {
			if ack.Sequence != 0 {
				places[messages[i].ID] = ack.Sequence
			}
		}
		if from += len(messages); missing >= 0 {
			from += missing - len(messages) // in its order: from the first that is not sure
		}
		if time.Now().After(deadline) {
			t.Fatalf("%d after three minutes", from)
		}
	}
	if way.whole.Store(true); way.connections() < 2 {
		t.Errorf("the line broke %d times", way.connections())
	}
	state, err := server.StreamState(t.Context(), "PAYMENTS")
	if err != nil || state.First != 1 || state.Last != total {
		t.Fatalf("%d to %d, %v", state.First, state.Last, err)
	}
	for id, sequence := range places {
		if found, _, err := state.MessageID(t.Context(), sequence); err != nil || found != id {
			t.Fatalf("%s is acknowledged at %d, where %q is: %v", id, sequence, found, err)
		}
	}
	eventually(t, "all have come", func() bool { return got.has(total) })
}

// Everything that waits for a broker ends when the bus is closed.
func TestCloseEndsWhatWaits(t *testing.T) {
	server := open(t, bus.Options{Listen: "127.0.0.1:0"})
	ensure(t, server, payments())
	client := open(t, bus.Options{URL: server.Address()})
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	consumer := client.Consume(ctx, archive(), func(context.Context, bus.Delivery) bus.Verdict { return bus.Done() })
	var publishing sync.WaitGroup
	first := make(chan struct{}, 4)
	for range 4 {
		publishing.Go(func() {
			for i := 1; ; i++ {
				if _, err := client.Publish(context.Background(), events(i, i+20)); err != nil {
					return
				}
				select {
				case first <- struct{}{}:
				default:
				}
			}
		})
	}
	<-first
	client.Close()
	client.Close()
	publishing.Wait()
	if err := client.Check(t.Context()); err == nil {
		t.Error("a closed bus is well")
	}
	if err := client.EnsureStream(t.Context(), payments()); err == nil {
		t.Error("a closed bus makes streams")
	}
	cancel()
	consumer.Wait()
}

// A message of exactly the size that the broker takes goes through, one byte more does not,
// and nor do those behind it; the connection is as good as before.
func TestTheLargestMessage(t *testing.T) {
	b := open(t, bus.Options{})
	ensure(t, b, payments())
	messages := events(1, 3)
	headers := "NATS/1.0\r\nNats-Msg-Id: event-1\r\n\r\n"
	messages[0].Data = bytes.Repeat([]byte("x"), 1<<20-len(headers))
	messages[1].Data = bytes.Repeat([]byte("x"), 1<<20-len(headers)+1)
	acks, err := b.Publish(t.Context(), messages)
	if err == nil || acks[0].Sequence != 1 || acks[1].Sequence != 0 || acks[2].Sequence != 0 {
		t.Fatalf("acks %v, %v", acks, err)
	}
	if acks := publish(t, b, messages[2:]); acks[0].Sequence != 2 {
		t.Errorf("acks %v", acks)
	}
}

// Who looks whether a consumer or a stream is there is not told that it is by an error of
// another kind.
func TestOnlyAMissingStreamIsMissing(t *testing.T) {
	b := open(t, bus.Options{})
	if _, err := b.StreamState(t.Context(), "NOTHING"); !bus.NoStream(err) {
		t.Errorf("got %v", err)
	}
	if err := b.DropStream(t.Context(), "NOTHING"); !bus.NoStream(err) {
		t.Errorf("dropped: %v", err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := b.StreamState(ended, "NOTHING"); err == nil || bus.NoStream(err) {
		t.Errorf("with a context that has ended: %v", err)
	}
	for _, err := range []error{nil, errors.New("away"), context.DeadlineExceeded, fmt.Errorf("wrapped: %w", io.EOF)} {
		if bus.NoStream(err) {
			t.Errorf("%v says that there is no stream", err)
		}
	}
}

// A broadcast that nobody hears, or that a reader is slow to hear, stops nobody.
func TestBroadcastsWaitForNobody(t *testing.T) {
	b := open(t, bus.Options{})
	if err := b.Broadcast("news", []byte("nobody hears")); err != nil {
		t.Error(err)
	}
	release, heard := make(chan struct{}), make(chan string, 200)
	stop, err := b.Listen("news", func(data []byte) { <-release; heard <- string(data) })
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	for i := range 100 {
		if err := b.Broadcast("news", fmt.Append(nil, i)); err != nil {
			t.Fatal(err)
		}
	}
	close(release)
	for i := range 100 {
		if text := <-heard; text != fmt.Sprint(i) {
			t.Fatalf("heard %s, want %d", text, i)
		}
	}
	for _, subject := range []string{"", "a b", "a\nb"} {
		if err := b.Broadcast(subject, nil); err == nil {
			t.Errorf("told %q", subject)
		}
	}
}
