package outbox_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/causeway-pay/causeway/internal/clock"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/db/dbtest"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/outbox"
	"github.com/causeway-pay/causeway/internal/telemetry"
)

func TestEventsCommitWithTheirCause(t *testing.T) {
	steps, err := outbox.Migrations()
	if err != nil {
		t.Fatal(err)
	}
	dbtest.Each(t, func(t *testing.T, pool *db.Pool) {
		refusal := errors.New("refused")
		err := pool.InTx(t.Context(), func(ctx context.Context, tx db.Tx) error {
			if err := outbox.Write(ctx, tx, events(3)); err != nil {
				return err
			}
			return refusal
		})
		if !errors.Is(err, refusal) || waiting(t, pool) != 0 {
			t.Fatalf("%v, %d events of a change that was rolled back", err, waiting(t, pool))
		}
		write(t, pool, events(700)...)
		write(t, pool)
		if got := waiting(t, pool); got != 700 {
			t.Fatalf("%d events", got)
		}
	}, steps)
}

func TestWriteKeepsAllFields(t *testing.T) {
	pool := database(t)
	const cause = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
	want := event(ids.New(), 7, time.Date(2030, 1, 2, 3, 4, 5, 678_901_234, time.FixedZone("", 3600)))
	ctx := telemetry.WithTraceparent(t.Context(), cause)
	err := pool.InTx(ctx, func(ctx context.Context, tx db.Tx) error {
		return outbox.Write(ctx, tx, []outbox.Event{want})
	})
	if err != nil {
		t.Fatal(err)
	}
	var got outbox.Event
	var traceparent string
	err = pool.QueryRow(t.Context(), `
SELECT region, at, version, id, aggregate, subject, payload, traceparent FROM outbox`).Scan(
		&got.Region, &got.At, &got.Version, &got.ID, &got.Aggregate, &got.Subject, &got.Payload, &traceparent)
	if err != nil {
		t.Fatal(err)
	}
	if got.Region != region || got.Version != 7 || got.ID != want.ID || got.Aggregate != want.Aggregate ||
		got.Subject != want.Subject || string(got.Payload) != "payload 7" || traceparent != cause ||
		!got.At.Equal(want.At.Truncate(time.Microsecond)) {
		t.Fatalf("got %+v, %s", got, traceparent)
	}
}

func TestWriteRefusesWhatNoBrokerTakes(t *testing.T) {
	pool := database(t)
	good := events(1)[0]
	for name, spoil := range map[string]func(*outbox.Event){
		"no id":           func(e *outbox.Event) { e.ID = ids.Nil },
		"no aggregate":    func(e *outbox.Event) { e.Aggregate = ids.Nil },
		"no region":       func(e *outbox.Event) { e.Region = "" },
		"no time":         func(e *outbox.Event) { e.At = time.Time{} },
		"no subject":      func(e *outbox.Event) { e.Subject = "" },
		"wildcard":        func(e *outbox.Event) { e.Subject = "payment.*" },
		"everything":      func(e *outbox.Event) { e.Subject = "payment.>" },
		"space":           func(e *outbox.Event) { e.Subject = "payment posted" },
		"leading dot":     func(e *outbox.Event) { e.Subject = ".payment" },
		"trailing dot":    func(e *outbox.Event) { e.Subject = "payment." },
		"empty word":      func(e *outbox.Event) { e.Subject = "payment..posted" },
		"endless subject": func(e *outbox.Event) { e.Subject = strings.Repeat("a", outbox.SubjectMax+1) },
		"large payload":   func(e *outbox.Event) { e.Payload = make([]byte, outbox.PayloadMax+1) },
	} {
		bad := good
		spoil(&bad)
		err := pool.InTx(t.Context(), func(ctx context.Context, tx db.Tx) error {
			return outbox.Write(ctx, tx, []outbox.Event{good, bad})
		})
		if !errors.Is(err, outbox.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if got := waiting(t, pool); got != 0 {
		t.Fatalf("%d events", got)
	}
	edge := good
	edge.Payload, edge.Subject = make([]byte, outbox.PayloadMax), "payment."+strings.Repeat("a", outbox.SubjectMax-8)
	write(t, pool, edge)
}

// claims are events as one consumer applies them.
func claims(consumer string, events ...ids.ID) []outbox.Claimant {
	return db.Column(events, func(id ids.ID) outbox.Claimant { return outbox.Claimant{Consumer: consumer, Event: id} })
}

// claim claims in a hopeful transaction: what comes of it must be the same.
func claim(t *testing.T, pool *db.Pool, list ...outbox.Claimant) []outbox.Claimant {
	t.Helper()
	var fresh []outbox.Claimant
	err := pool.InTxHopeful(t.Context(), func(ctx context.Context, tx db.Tx) (err error) {
		fresh, err = outbox.Claim(ctx, tx, clock.System{}.Now(), list)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return fresh
}

func TestClaimGivesEachEventOncePerConsumer(t *testing.T) {
	steps, err := outbox.Migrations()
	if err != nil {
		t.Fatal(err)
	}
	dbtest.Each(t, func(t *testing.T, pool *db.Pool) {
		a, b, c := ids.New(), ids.New(), ids.New()
		for _, test := range []struct{ list, want []outbox.Claimant }{
			{claims("archive", b, a, b), claims("archive", b, a)},
			{claims("archive", a, c, b), claims("archive", c)},
			{claims("archive", a, b, c), nil},
			{append(claims("notify", a), claims("archive", a)...), claims("notify", a)},
			{append(claims("other", a), claims("notify", b)...), append(claims("other", a), claims("notify", b)...)},
			{nil, nil},
		} {
			if got := claim(t, pool, test.list...); !slices.Equal(got, test.want) {
				t.Errorf("%v: %v, want %v", test.list, got, test.want)
			}
		}
	}, steps)
}

func TestClaimOfARolledBackChangeIsForgotten(t *testing.T) {
	pool := database(t)
	id := ids.New()
	_ = pool.InTx(t.Context(), func(ctx context.Context, tx db.Tx) error {
		if _, err := outbox.Claim(ctx, tx, clock.System{}.Now(), claims("archive", id)); err != nil {
			return err
		}
		return errors.New("could not apply")
	})
	if got := claim(t, pool, claims("archive", id)...); len(got) != 1 {
		t.Fatalf("fresh %v", got)
	}
}

func TestConcurrentClaimsHaveOneWinner(t *testing.T) {
	pool := database(t)
	var events []ids.ID
	for range 50 {
		events = append(events, ids.New())
	}
	var done sync.WaitGroup
	for range 4 {
		done.Go(func() {
			for _, id := range events {
				if err := dbtest.Persistently(func() error { return applyOnce(t.Context(), pool, id) }); err != nil {
					t.Error(err)
				}
			}
		})
	}
	done.Wait()
	appliedOnce(t, pool, len(events))
}

// However the deliveries of some events are cut and repeated, each is fresh
// exactly once.
func TestClaimProperty(t *testing.T) {
	pool := database(t)
	rapid.Check(t, func(rt *rapid.T) {
		consumer := ids.New().String()
		known := make([]ids.ID, rapid.IntRange(1, 6).Draw(rt, "events"))
		for i := range known {
			known[i] = ids.New()
		}
		seen := map[ids.ID]int{}
		for range rapid.IntRange(1, 5).Draw(rt, "deliveries") {
			delivery := rapid.SliceOfN(rapid.SampledFrom(known), 0, 8).Draw(rt, "delivery")
			for _, c := range claim(t, pool, claims(consumer, delivery...)...) {
				seen[c.Event]++
				if c.Consumer != consumer || !slices.Contains(delivery, c.Event) {
					rt.Fatalf("claimed %v, which was not delivered", c)
				}
			}
			for _, id := range delivery {
				if seen[id] != 1 {
					rt.Fatalf("%s fresh %d times", id, seen[id])
				}
			}
		}
	})
}
