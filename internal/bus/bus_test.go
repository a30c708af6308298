package bus_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/causeway-pay/causeway/internal/bus"
	"github.com/causeway-pay/causeway/internal/ports"
)

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

// open starts an embedded bus, closed when the test ends.
func open(t *testing.T, options bus.Options) *bus.Bus {
	t.Helper()
	if options.Dir == "" && options.URL == "" {
		options.Dir = t.TempDir()
	}
	if options.Logger == nil {
		options.Logger = quiet()
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	b, err := bus.Open(ctx, options)
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

func payments() bus.StreamOptions {
	return bus.StreamOptions{Name: "PAYMENTS", Subjects: []string{"payment.>"}}
}

func ensure(t *testing.T, b *bus.Bus, options bus.StreamOptions) {
	t.Helper()
	if err := b.EnsureStream(t.Context(), options); err != nil {
		t.Fatal(err)
	}
}

// events returns messages with the ids first to last.
func events(first, last int) []bus.Message {
	var all []bus.Message
	for i := first; i <= last; i++ {
		all = append(all, bus.Message{Subject: "payment.posted", ID: fmt.Sprint("event-", i), Data: []byte(fmt.Sprint(i))})
	}
	return all
}

func publish(t *testing.T, b *bus.Bus, messages []bus.Message) []bus.Ack {
	t.Helper()
	acks, err := b.Publish(t.Context(), messages)
	if err != nil {
		t.Fatal(err)
	}
	return acks
}

func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); !holds(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("not in time: %s", what)
		}
	}
}

func TestPublishKeepsOrderAndKnowsDuplicates(t *testing.T) {
	b := open(t, bus.Options{})
	ensure(t, b, payments())
	acks := publish(t, b, events(1, 2500))
	for i, ack := range acks {
		if ack.Sequence != uint64(i+1) || ack.Duplicate {
			t.Fatalf("message %d: %+v", i+1, ack)
		}
	}
	again := publish(t, b, events(2499, 2501))
	want := []bus.Ack{{Sequence: 2499, Duplicate: true}, {Sequence: 2500, Duplicate: true}, {Sequence: 2501}}
	if diff := cmp.Diff(want, again); diff != "" {
		t.Fatal(diff)
	}
	if got := publish(t, b, nil); len(got) != 0 {
		t.Fatalf("acks of nothing: %v", got)
	}
}

func TestStateNamesIncarnationAndContent(t *testing.T) {
	b := open(t, bus.Options{})
	if _, err := b.StreamState(t.Context(), "PAYMENTS"); !bus.NoStream(err) {
		t.Fatalf("absent stream: %v", err)
	}
	ensure(t, b, payments())
	empty, err := b.StreamState(t.Context(), "PAYMENTS")
	if err != nil || empty.First != 1 || empty.Last != 0 || empty.Created.IsZero() {
		t.Fatalf("empty: %+v, %v", empty, err)
	}
	publish(t, b, events(1, 3))
	full, err := b.StreamState(t.Context(), "PAYMENTS")
	if err != nil || full.First != 1 || full.Last != 3 || !full.Created.Equal(empty.Created) {
		t.Fatalf("full: %+v, %v", full, err)
	}
	for sequence, want := range map[uint64]string{1: "event-1", 3: "event-3", 4: ""} {
		id, found, err := full.MessageID(t.Context(), sequence)
		if err != nil || id != want || found != (want != "") {
			t.Errorf("message %d: %q, %v, %v", sequence, id, found, err)
		}
	}
	if err := b.DropStream(t.Context(), "PAYMENTS"); err != nil {
		t.Fatal(err)
	}
	ensure(t, b, payments())
	other, err := b.StreamState(t.Context(), "PAYMENTS")
	if err != nil || other.Created.Equal(full.Created) || other.Last != 0 {
		t.Fatalf("recreated: %+v, %v", other, err)
	}
}

func TestStreamSurvivesARestart(t *testing.T) {
	dir := t.TempDir()
	first := open(t, bus.Options{Dir: dir})
	ensure(t, first, payments())
	publish(t, first, events(1, 10))
	before, err := first.StreamState(t.Context(), "PAYMENTS")
	if err != nil {
		t.Fatal(err)
	}
	first.Close()
	second := open(t, bus.Options{Dir: dir})
	ensure(t, second, payments())
	after, err := second.StreamState(t.Context(), "PAYMENTS")
	if err != nil || after.Last != 10 || !after.Created.Equal(before.Created) {
		t.Fatalf("before %+v, after %+v, %v", before, after, err)
	}
	if acks := publish(t, second, events(10, 10)); !acks[0].Duplicate {
		t.Error("message ids are forgotten")
	}
}

func TestFullStreamRefusesAndForgetsNothing(t *testing.T) {
	b := open(t, bus.Options{})
	options := payments()
	options.MaxBytes = 10_000
	ensure(t, b, options)
	messages := events(1, 30)
	for i := range messages {
		messages[i].Data = make([]byte, 1000)
	}
	acks, err := b.Publish(t.Context(), messages)
	if err == nil || len(acks) != 30 {
		t.Fatalf("%d acks, %v", len(acks), err)
	}
	state, stateErr := b.StreamState(t.Context(), "PAYMENTS")
	if stateErr != nil || state.First != 1 || acks[0].Sequence != 1 || acks[29].Sequence != 0 {
		t.Fatalf("state %+v, first %+v, last %+v, %v", state, acks[0], acks[29], stateErr)
	}
}

func TestPublishWithoutStreamOrContext(t *testing.T) {
	b := open(t, bus.Options{})
	acks, err := b.Publish(t.Context(), events(1, 2))
	if !bus.NoStream(err) || len(acks) != 2 || acks[0].Sequence != 0 {
		t.Fatalf("acks %v, %v", acks, err)
	}
	ensure(t, b, payments())
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	// An acknowledgement may win the race against the context, an invented one
	// may not appear.
	acks, err = b.Publish(ctx, events(1, 2))
	state, stateErr := b.StreamState(t.Context(), "PAYMENTS")
	if len(acks) != 2 || stateErr != nil || err == nil && state.Last != 2 {
		t.Fatalf("acks %v, %v, state %+v, %v", acks, err, state, stateErr)
	}
}

func TestOpenRefusesNonsense(t *testing.T) {
	for name, options := range map[string]bus.Options{
		"neither":       {},
		"both":          {Dir: t.TempDir(), URL: "nats://127.0.0.1:4222"},
		"public":        {Dir: t.TempDir(), Listen: "0.0.0.0:4222"},
		"no port":       {Dir: t.TempDir(), Listen: "127.0.0.1"},
		"no number":     {Dir: t.TempDir(), Listen: "127.0.0.1:nats"},
		"name":          {Dir: t.TempDir(), Listen: "localhost:4222"},
		"no such file":  {URL: "nats://127.0.0.1:1", CredentialsFile: "/absent.creds"},
		"not a folder":  {Dir: "/dev/null"},
		"malformed URL": {URL: "::"},
	} {
		if b, err := bus.Open(t.Context(), options); err == nil {
			b.Close()
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestExternalServerMayComeLater(t *testing.T) {
	dir := t.TempDir()
	address := freeAddress(t)
	broker := open(t, bus.Options{Dir: dir, Listen: address})
	broker.Close()
	var log bytes.Buffer
	client := open(t, bus.Options{URL: "nats://" + address, Name: "hub", Logger: slog.New(slog.NewTextHandler(&log, nil))})
	back := make(chan struct{}, 1)
	client.NotifyReconnect(back)
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if err := client.Check(ctx); err == nil {
		t.Fatal("a server that is down is called healthy")
	}
	open(t, bus.Options{Dir: dir, Listen: address})
	select {
	case <-back:
	case <-time.After(time.Minute):
		t.Fatal("no reconnection")
	}
	eventually(t, "health", func() bool { return client.Check(t.Context()) == nil })
	ensure(t, client, payments())
	publish(t, client, events(1, 1))
}

func TestEmbeddedServerDoesNotListenUnasked(t *testing.T) {
	if address := open(t, bus.Options{}).Address(); address != "" {
		t.Fatalf("listens at %s", address)
	}
}
