package teller_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"pgregory.net/rapid"

	"github.com/causeway-pay/causeway/internal/clock"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/db/dbtest"
	"github.com/causeway-pay/causeway/internal/teller"
)

// notices is a table of what is to be told, as the packages that tell have one.
var notices = []db.Migration{{Domain: "notices", Number: 1, Name: "notice", SQL: `
CREATE TABLE IF NOT EXISTS notice (
	name     TEXT        NOT NULL,
	due_at   TIMESTAMPTZ NOT NULL,
	attempts BIGINT      NOT NULL,
	told     BOOLEAN     NOT NULL,
	CONSTRAINT notice_pk PRIMARY KEY (name)
)`}}

const lease = `
UPDATE notice SET due_at = $2
WHERE name IN (SELECT name FROM notice WHERE NOT told AND due_at <= $1 ORDER BY due_at, name LIMIT $3)
RETURNING name, attempts`

type notice struct {
	name     string
	attempts int64
}

var waits = []time.Duration{time.Minute, time.Hour}

// office tells notices of a real database to one who listens as a test wants.
type office struct {
	teller.Teller[notice]
	t     *testing.T
	clock *clock.Fixed
	log   *bytes.Buffer

	mu     sync.Mutex
	listen func(ctx context.Context, name string) error
	heard  []string
}

func each(t *testing.T, body func(t *testing.T, o *office)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, pool *db.Pool) {
		o := &office{t: t, clock: &clock.Fixed{At: time.Date(2026, 1, 2, 3, 0, 0, 0, time.UTC)}, log: &bytes.Buffer{}}
		o.listen = func(context.Context, string) error { return nil }
		o.Teller = teller.Teller[notice]{
			Pool: pool, Clock: o.clock, Logger: slog.New(slog.NewTextHandler(o.log, nil)), What: "notice",
			Lease: func(ctx context.Context, tx db.Tx, now, until time.Time) ([]notice, error) {
				rows, err := tx.Query(ctx, lease, now, until, teller.Batch)
				if err != nil {
					return nil, err
				}
				return pgx.CollectRows(rows, func(row pgx.CollectableRow) (n notice, err error) {
					return n, row.Scan(&n.name, &n.attempts)
				})
			},
			Call: o.hear,
			Settle: func(ctx context.Context, tx db.Tx, one notice, told bool, now time.Time) error {
				_, err := tx.Exec(ctx, `UPDATE notice SET told = $2, attempts = attempts + 1, due_at = $3 WHERE name = $1`,
					one.name, told, now.Add(teller.Wait(waits, one.attempts)))
				return err
			},
			Names: func(one notice) []slog.Attr { return []slog.Attr{slog.String("name", one.name)} },
		}
		body(t, o)
	}, notices)
}

func (o *office) hear(ctx context.Context, one notice) error {
	o.mu.Lock()
	o.heard = append(o.heard, one.name)
	listen := o.listen
	o.mu.Unlock()
	return listen(ctx, one.name)
}

func (o *office) calls() []string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return slices.Clone(o.heard)
}

// lay enters notices that are due.
func (o *office) lay(names ...string) {
	o.t.Helper()
	err := o.Pool.InTx(o.t.Context(), func(ctx context.Context, tx db.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO notice (name, due_at, attempts, told)
SELECT name, $2, 0, FALSE FROM unnest($1::TEXT[]) AS n (name)`, names, o.clock.Now())
		return err
	})
	if err != nil {
		o.t.Fatal(err)
	}
}

// state is how many notices were told, and how often all were tried.
func (o *office) state() string {
	o.t.Helper()
	var told, attempts int64
	err := o.Pool.QueryRow(o.t.Context(),
		`SELECT count(*) FILTER (WHERE told), coalesce(sum(attempts), 0)::BIGINT FROM notice`).Scan(&told, &attempts)
	if err != nil {
		o.t.Fatal(err)
	}
	return fmt.Sprintf("%d told, %d tries", told, attempts)
}

// works runs the teller until a condition holds.
func (o *office) works(what string, holds func() bool) {
	o.t.Helper()
	ctx, cancel := context.WithCancel(o.t.Context())
	var group sync.WaitGroup
	group.Go(func() { o.Run(ctx) })
	deadline := time.Now().Add(time.Minute)
	for !holds() && time.Now().Before(deadline) {
		time.Sleep(5 * time.Millisecond)
	}
	cancel()
	group.Wait()
	if !holds() {
		o.t.Fatalf("not within a minute: %s; %s", what, o.state())
	}
}

func (o *office) reaches(want string) { o.works(want, func() bool { return o.state() == want }) }

// Each notice is told once, also more than are taken at once.
func TestEachIsToldOnce(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		var names []string
		for i := range teller.Batch + 3 {
			names = append(names, fmt.Sprintf("N-%02d", i))
		}
		o.lay(names...)
		o.reaches(fmt.Sprintf("%d told, %d tries", len(names), len(names)))
		heard := o.calls()
		slices.Sort(heard)
		if !slices.Equal(heard, names) || o.log.Len() != 0 {
			t.Errorf("heard %v\n%s", heard, o.log)
		}
	})
}

// One who does not confirm is told again after each wait, the last of which repeats, and
// that is in the log without what was told.
func TestWhatIsNotConfirmedIsToldAgain(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		o.lay("DEAF")
		deaf := errors.New("connection refused")
		o.listen = func(context.Context, string) error { return deaf }
		for tries, wait := range []time.Duration{0, time.Minute, time.Hour, time.Hour} {
			if wait > 0 {
				o.clock.Advance(wait - time.Microsecond)
				o.works("nothing is due yet", func() bool { return true })
				o.clock.Advance(time.Microsecond)
			}
			o.reaches(fmt.Sprintf("0 told, %d tries", tries+1))
		}
		o.listen = func(context.Context, string) error { return nil }
		o.clock.Advance(time.Hour)
		o.reaches("1 told, 5 tries")
		if calls := len(o.calls()); calls != 5 {
			t.Errorf("%d calls", calls)
		}
		if said := strings.Count(o.log.String(), `msg="notice not told" name=DEAF problem="connection refused"`); said != 4 {
			t.Errorf("%d lines: %s", said, o.log)
		}
	})
}

// A call that hangs ends with the teller, which writes nothing of it: the notice is told
// once its lease is over, by whoever runs then.
func TestWhatATellerLeavesBehindIsTold(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		o.lay("SLOW")
		o.listen = func(ctx context.Context, _ string) error {
			<-ctx.Done()
			return ctx.Err()
		}
		o.works("it is called", func() bool { return len(o.calls()) == 1 })
		if o.state() != "0 told, 0 tries" || o.log.Len() != 0 {
			t.Errorf("%s\n%s", o.state(), o.log)
		}
		o.listen = func(context.Context, string) error { return nil }
		o.works("it is leased", func() bool { return true })
		if len(o.calls()) != 1 {
			t.Error("a leased notice was taken by another")
		}
		o.clock.Advance(4 * teller.Patience)
		o.reaches("1 told, 1 tries")
	})
}

// What was confirmed is written down, also if the hub is stopped at that moment.
func TestWhatWasConfirmedIsWritten(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		o.lay("A")
		ctx, stop := context.WithCancel(t.Context())
		o.listen = func(context.Context, string) error {
			stop()
			return nil
		}
		o.Run(ctx)
		if o.state() != "1 told, 1 tries" {
			t.Error(o.state())
		}
	})
}

// What fails is tried again, and said: to find what is due, to write what became of it, and
// what is to be done afterwards.
func TestTroubleIsSaid(t *testing.T) {
	trouble := errors.New("no such table")
	for name, c := range map[string]struct {
		spoil func(o *office)
		say   string
	}{
		"lease": {func(o *office) {
			o.Lease = func(context.Context, db.Tx, time.Time, time.Time) ([]notice, error) { return nil, trouble }
		}, `msg="notice not looked up" problem="no such table"`},
		"settle": {func(o *office) {
			o.Settle = func(context.Context, db.Tx, notice, bool, time.Time) error { return trouble }
		}, `msg="notice not told" name=A problem="no such table"`},
		"afterwards": {func(o *office) {
			o.Afterwards = func(context.Context, db.Tx, time.Time) error { return trouble }
		}, `msg="notice not looked up" problem="no such table"`},
	} {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, o *office) {
				o.lay("A")
				c.spoil(o)
				rounds, leases := 0, o.Lease
				o.Lease = func(ctx context.Context, tx db.Tx, now, until time.Time) ([]notice, error) {
					o.mu.Lock()
					rounds++
					o.mu.Unlock()
					return leases(ctx, tx, now, until)
				}
				o.works("it looks twice", func() bool {
					o.mu.Lock()
					defer o.mu.Unlock()
					return rounds >= 2
				})
				if !strings.Contains(o.log.String(), c.say) {
					t.Errorf("no %s in %s", c.say, o.log)
				}
			})
		})
	}
}

// The waits are taken in their order, and the last one for ever.
func TestWait(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		length := rapid.IntRange(1, 8).Draw(t, "length")
		waits := make([]time.Duration, length)
		for i := range waits {
			waits[i] = time.Duration(i + 1)
		}
		attempts := rapid.Int64Range(0, 1<<40).Draw(t, "attempts")
		if got, want := teller.Wait(waits, attempts), time.Duration(min(attempts+1, int64(length))); got != want {
			t.Fatalf("after %d: %d, want %d", attempts, got, want)
		}
	})
}
