package node

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/causeway-pay/causeway/internal/bus"
	"github.com/causeway-pay/causeway/internal/clock"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/db/dbtest"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/keys"
	"github.com/causeway-pay/causeway/internal/outbox"
	"github.com/causeway-pay/causeway/internal/telemetry"
	"github.com/causeway-pay/causeway/money"
	"github.com/causeway-pay/causeway/settlement/position"
)

// logged is a hub that does nothing but log, and what it has logged since it was asked last.
func logged(t *testing.T, at *clock.Fixed) (n *Node, said func() string) {
	t.Helper()
	log := &bytes.Buffer{}
	started, err := telemetry.Start(t.Context(), telemetry.Options{LogOutput: log})
	if err != nil {
		t.Fatal(err)
	}
	said = func() string {
		text := log.String()
		log.Reset()
		return text
	}
	return &Node{config: Config{Region: "asia-1"}, clock: at, telemetry: started}, said
}

// wants fails the test unless a log holds all the words, or nothing if there are none.
func wants(t *testing.T, what, log string, words ...string) {
	t.Helper()
	if len(words) == 0 && log != "" {
		t.Errorf("%s: nothing was to be said, but %s", what, log)
	}
	if len(words) > 0 && strings.Count(log, "\n") != 1 {
		t.Errorf("%s: want one line, got %q", what, log)
	}
	for _, word := range words {
		if !strings.Contains(log, word) {
			t.Errorf("%s: %q does not say %s", what, log, word)
		}
	}
}

// watching is such a hub with a position of HKD 100.00.
func watching(t *testing.T, at *clock.Fixed) (n *Node, said func() string) {
	t.Helper()
	n, said = logged(t, at)
	n.pool = dbtest.Migrated(t, dbtest.Load(t, outbox.Migrations), dbtest.Load(t, position.Migrations))
	broker, err := bus.Open(t.Context(), bus.Options{Dir: t.TempDir(), Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(broker.Close)
	n.relay = outbox.NewRelay(n.pool, broker, at, n.telemetry.Logger(), outbox.Options{Region: n.config.Region})
	n.change(t, func(ctx context.Context, tx db.Tx) error {
		return position.Open(ctx, tx, "HK-WALLET", n.config.Region, money.New(10_000, "HKD"))
	})
	return n, said
}

func (n *Node) change(t *testing.T, work func(ctx context.Context, tx db.Tx) error) {
	t.Helper()
	if err := n.pool.InTx(t.Context(), work); err != nil {
		t.Fatal(err)
	}
}

// Each threshold that a position passes is told once, as loud as it is bad, and a reservation
// that nobody resolves is warned of.
func TestPositionsAreTold(t *testing.T) {
	at := &clock.Fixed{At: time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC)}
	n, said := watching(t, at)
	reserve := func(minor int64) ids.ID {
		t.Helper()
		r := position.Reservation{
			ID: ids.New(), Region: n.config.Region, ParticipantID: "HK-WALLET", Amount: money.New(minor, "HKD"), At: at.At,
		}
		n.change(t, func(ctx context.Context, tx db.Tx) error { return position.Reserve(ctx, tx, r) })
		return r.ID
	}
	tells := func(what string, words ...string) {
		t.Helper()
		for range 2 { // the second time there is nothing new
			if err := n.tellUsage(t.Context(), nil); err != nil {
				t.Fatal(err)
			}
			wants(t, what, said(), words...)
			words = nil
		}
	}
	reserve(7_499)
	tells("below all thresholds")
	first := reserve(1)
	tells("three quarters", "level=WARN", "participant=HK-WALLET", "currency=HKD", "percent=75", "before=0")
	reserve(2_500)
	tells("all of it", "level=WARN", "percent=100", "before=75")
	n.change(t, func(ctx context.Context, tx db.Tx) error {
		return position.SetCap(ctx, tx, "HK-WALLET", money.New(9_000, "HKD"))
	})
	tells("more than the cap", "level=ERROR", "over its cap", "before=100")
	n.change(t, func(ctx context.Context, tx db.Tx) error {
		return position.SetCap(ctx, tx, "HK-WALLET", money.New(12_000, "HKD"))
	})
	tells("less than before", "level=INFO", "percent=75")

	overdue := func(what string, words ...string) {
		t.Helper()
		if err := n.tellOverdue(t.Context()); err != nil {
			t.Fatal(err)
		}
		wants(t, what, said(), words...)
	}
	overdue("young")
	at.At = at.At.Add(position.ReservationLife + time.Second)
	overdue("old", "level=WARN", "overdue", "count=3", "oldest=")
	n.change(t, func(ctx context.Context, tx db.Tx) error { return position.Void(ctx, tx, []ids.ID{first}) })
	overdue("one less", "count=2")
	n.pool.Close()
	if n.tellUsage(t.Context(), nil) == nil || n.tellOverdue(t.Context()) == nil {
		t.Error("a database that is gone is no error")
	}
}

// The end of the key that is signed with is warned of in time, once; keys that cannot be read
// are told of each time.
func TestTheEndOfAKeyIsWarnedOf(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		at := &clock.Fixed{At: time.Now()}
		n, said := logged(t, at)
		home := &brittle{Home: keys.NewFiles(t.TempDir(), HubOwner, keys.P256)}
		policy := keys.Policy{Lifetime: 90 * 24 * time.Hour, Refresh: time.Minute}
		var err error
		if n.ring, err = keys.Open(t.Context(), HubOwner, home, at, policy, true); err != nil {
			t.Fatal(err)
		}
		watch := func(length time.Duration) string {
			ctx, cancel := context.WithTimeout(t.Context(), length)
			defer cancel()
			n.watchKeys(ctx)
			return said()
		}
		wants(t, "a new key", watch(10*time.Minute))
		at.At = n.ring.List()[0].NotAfter.Add(-keysWarning)
		wants(t, "a month before the end", watch(10*time.Minute))
		at.At = at.At.Add(time.Second)
		wants(t, "less than a month", watch(10*time.Minute), "level=WARN", "rotate it", "version=1", "days_left=29")
		home.away = true
		if log := watch(3*time.Minute + time.Second); strings.Count(log, "keys not refreshed") != 3 {
			t.Errorf("three times without keys: %s", log)
		}
	})
}

// brittle is a home of keys that can be away.
type brittle struct {
	keys.Home
	away bool
}

func (b *brittle) Versions(ctx context.Context) ([]keys.Version, error) {
	if b.away {
		return nil, errors.New("the keys are away")
	}
	return b.Home.Versions(ctx)
}
