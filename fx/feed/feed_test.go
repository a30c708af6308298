package feed_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/causeway-pay/causeway/fx"
	"github.com/causeway-pay/causeway/fx/feed"
	"github.com/causeway-pay/causeway/internal/bus"
	"github.com/causeway-pay/causeway/internal/clock"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/db/dbtest"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/money"
)

var rules = fx.Rules{Default: fx.Guard{FreshFor: time.Hour, MoveMax: 1000}}

func each(t *testing.T, body func(t *testing.T, pool *db.Pool)) {
	t.Helper()
	migrations, err := fx.Migrations()
	if err != nil {
		t.Fatal(err)
	}
	dbtest.Each(t, body, migrations)
}

// broker is a real server that processes reach over the network.
func broker(t *testing.T) (address string) {
	t.Helper()
	server := connect(t, bus.Options{Dir: t.TempDir(), Listen: "127.0.0.1:0"})
	return server.Address()
}

func connect(t *testing.T, options bus.Options) *bus.Bus {
	t.Helper()
	options.Logger = slog.New(slog.DiscardHandler)
	b, err := bus.Open(t.Context(), options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	return b
}

// log keeps what a feed says.
type log struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *log) says(text string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Contains(l.text.String(), text)
}

// desk starts a feed as one process has it, and returns it when it listens.
func desk(t *testing.T, pool *db.Pool, address string, sources ...feed.Scheduled) (*feed.Feed, *log) {
	t.Helper()
	said := &log{}
	f := feed.New(feed.Config{
		Pool: pool, Desk: &fx.Desk{}, Rules: rules, Bus: connect(t, bus.Options{URL: address}), Clock: clock.System{},
		Logger: slog.New(slog.NewTextHandler(said, nil)),
	})
	if err := f.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() {
		if err := f.Run(ctx, sources); err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(func() { cancel(); running.Wait() })
	return f, said
}

func dollar(t *testing.T, text string) fx.Reference {
	t.Helper()
	rate, err := money.ParseRate("EUR", "USD", text)
	if err != nil {
		t.Fatal(err)
	}
	return fx.Reference{Rate: rate, ObservedAt: clock.System{}.Now(), Source: "BANK"}
}

// price is what 1.00 EUR costs in USD cents at a desk, or 0 if it has no price.
func price(f *feed.Feed) int64 {
	got, err := f.Board().Price(fx.Ask{Amount: money.New(100, "EUR"), Into: "USD", Side: fx.PayIn, Rounding: money.HalfEven,
		At: clock.System{}.Now()})
	if err != nil && reason.Of(err) != reason.RateUnavailable {
		return -1
	}
	return got.To.Minor
}

// until waits for a price at a desk and returns how long it took.
func until(t *testing.T, f *feed.Feed, want int64) time.Duration {
	t.Helper()
	start := time.Now()
	eventually(t, fmt.Sprint("the desk says ", want), func() bool { return price(f) == want })
	return time.Since(start)
}

func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); !holds(); time.Sleep(100 * time.Microsecond) {
		if time.Now().After(deadline) {
			t.Fatalf("not within a minute: %s", what)
		}
	}
}

// A rate that comes in at one process is on the desk of another one by the broadcast
// alone: the other need not ask the database, and here cannot.
func TestARateIsLiveEverywhereAtOnce(t *testing.T) {
	address, database := broker(t), dbtest.URL(t)
	ours, theirs := dbtest.Open(t, database), dbtest.Open(t, database)
	if _, err := db.Migrate(t.Context(), ours, clock.System{}, dbtest.Load(t, fx.Migrations)); err != nil {
		t.Fatal(err)
	}
	here, _ := desk(t, ours, address)
	there, _ := desk(t, theirs, address)
	settle(t, here, there)
	theirs.Close()
	var slowest time.Duration
	for i, text := range []string{"1.10", "1.11", "1.12", "1.13", "1.14", "1.15"} {
		if taken, err := here.Take(t.Context(), []fx.Reference{dollar(t, text)}); err != nil || len(taken.New) != 1 {
			t.Fatalf("%+v, %v", taken, err)
		}
		if got := price(here); got != int64(110+i) {
			t.Fatalf("the process that took the rate prices at %d", got)
		}
		slowest = max(slowest, until(t, there, int64(110+i)))
	}
	t.Logf("the slowest of 6 took %s", slowest)
}

// settle waits until a broadcast of one desk reaches the other, so that both are
// known to listen.
func settle(t *testing.T, here, there *feed.Feed) {
	t.Helper()
	eventually(t, "the desks hear each other", func() bool {
		if _, err := here.Take(t.Context(), []fx.Reference{dollar(t, "1.05")}); err != nil {
			t.Fatal(err)
		}
		return price(there) != 0
	})
}

// A breach stops the pair on every desk and says so; lifting it is news, too.
func TestStopsAreEverywhere(t *testing.T) {
	each(t, func(t *testing.T, pool *db.Pool) {
		address := broker(t)
		here, said := desk(t, pool, address)
		there, _ := desk(t, pool, address)
		settle(t, here, there)
		if taken, err := here.Take(t.Context(), []fx.Reference{dollar(t, "2")}); err != nil || len(taken.Stops) != 1 {
			t.Fatalf("%+v, %v", taken, err)
		}
		if price(here) != 0 || !said.says("rates stopped") || !said.says("EUR/USD") {
			t.Error("the stop is not on the desk, or not in the log")
		}
		until(t, there, 0)
		err := pool.InTx(t.Context(), func(ctx context.Context, tx db.Tx) error {
			_, err := fx.Lift(ctx, tx, "EUR/USD", true, clock.System{}.Now())
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		there.Changed(t.Context())
		until(t, there, 200)
		until(t, here, 200)
	})
}

// Who hears nothing finds the rate in the database.
func TestTheDatabaseIsEnough(t *testing.T) {
	each(t, func(t *testing.T, pool *db.Pool) {
		alone, _ := desk(t, pool, broker(t))
		elsewhere, _ := desk(t, pool, broker(t))
		if _, err := elsewhere.Take(t.Context(), []fx.Reference{dollar(t, "1.25")}); err != nil {
			t.Fatal(err)
		}
		until(t, alone, 125)
	})
}

func TestWrongRatesChangeNothing(t *testing.T) {
	each(t, func(t *testing.T, pool *db.Pool) {
		f, _ := desk(t, pool, broker(t))
		bad := dollar(t, "1.25")
		bad.Rate.Mantissa = 0
		if _, err := f.Take(t.Context(), []fx.Reference{dollar(t, "1.2"), bad}); err == nil || price(f) != 0 {
			t.Errorf("priced at %d, %v", price(f), err)
		}
		lines, err := fx.LoadLines(t.Context(), pool)
		if err != nil || len(lines) > 0 {
			t.Errorf("%d lines, %v", len(lines), err)
		}
	})
}

// scripted is a provider outside that answers as it is told.
type scripted struct {
	mu   sync.Mutex
	text string
	t    *testing.T
}

func (s *scripted) Name() string { return "BANK" }

func (s *scripted) say(text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.text = text
}

func (s *scripted) Fetch(context.Context) ([]fx.Reference, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.text == "" {
		return nil, errors.New("no answer")
	}
	return []fx.Reference{dollar(s.t, s.text)}, nil
}

// A provider that fails three times is suspended on every desk, and resumed when
// it answers again; what people suspended stays so.
func TestAFailingSourceIsSuspended(t *testing.T) {
	each(t, func(t *testing.T, pool *db.Pool) {
		address := broker(t)
		bank := &scripted{t: t, text: "1.10"}
		here, said := desk(t, pool, address, feed.Scheduled{Source: bank, Every: 2 * time.Millisecond})
		there, _ := desk(t, pool, address)
		until(t, there, 110)
		bank.say("")
		until(t, there, 0)
		if stops := there.Board().Stops(); len(stops) != 1 || stops[0].Source != "BANK" || !stops[0].Automatic {
			t.Errorf("%+v", stops)
		}
		bank.say("1.12")
		until(t, there, 112)
		// What is in the database may be seen before it is in the log.
		eventually(t, "the log says what happened", func() bool {
			return said.says("source suspended") && said.says("source resumed")
		})
		at := clock.System{}.Now()
		err := pool.InTx(t.Context(), func(ctx context.Context, tx db.Tx) error {
			_, err := fx.Halt(ctx, tx, ids.New(), fx.Stop{Source: "BANK", Why: "by two people", Since: at})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		here.Changed(t.Context())
		if here.Ask(t.Context(), bank, 0) != 0 || price(here) != 0 {
			t.Error("an answer of the source lifted what people stopped")
		}
	})
}

func TestAskCountsFailures(t *testing.T) {
	each(t, func(t *testing.T, pool *db.Pool) {
		f, _ := desk(t, pool, broker(t))
		bank := &scripted{t: t}
		failures := 0
		for want := 1; want <= 5; want++ {
			if failures = f.Ask(t.Context(), bank, failures); failures != want {
				t.Errorf("%d failures, want %d", failures, want)
			}
		}
		stops, err := fx.LoadStops(t.Context(), pool)
		if err != nil || len(stops) != 1 {
			t.Errorf("%+v, %v", stops, err)
		}
		bank.say("1.1")
		if failures = f.Ask(t.Context(), bank, failures); failures != 0 || price(f) != 110 {
			t.Errorf("%d failures, priced at %d", failures, price(f))
		}
		gone, cancel := context.WithCancel(t.Context())
		cancel()
		if failures = f.Ask(gone, bank, 2); failures != 2 {
			t.Errorf("the end of the process counts as a failure: %d", failures)
		}
	})
}

func save(t *testing.T, pool *db.Pool, rule fx.Rule) {
	t.Helper()
	err := pool.InTx(t.Context(), func(ctx context.Context, tx db.Tx) error {
		return fx.SaveRule(ctx, tx, rule, clock.System{}.Now())
	})
	if err != nil {
		t.Fatal(err)
	}
}

// Three processes that take the rates of three providers at once end with the
// same board, on which every provider's last word stands.
func TestProcessesAgree(t *testing.T) {
	each(t, func(t *testing.T, pool *db.Pool) {
		address := broker(t)
		var feeds []*feed.Feed
		for range 3 {
			f, _ := desk(t, pool, address)
			feeds = append(feeds, f)
		}
		start := clock.System{}.Now().Add(-time.Minute)
		var taking sync.WaitGroup
		for i, f := range feeds {
			taking.Go(func() {
				for n := range 15 {
					r := dollar(t, "1.10")
					r.Source, r.ObservedAt = []string{"A", "B", "C"}[i], start.Add(time.Duration(n)*time.Second)
					r.Rate.Mantissa, r.Rate.Scale = int64(11000+n), 4
					for {
						_, err := f.Take(t.Context(), []fx.Reference{r})
						if err == nil {
							break
						}
						if !errors.Is(err, db.ErrConflict) {
							t.Error(err)
							return
						}
					}
				}
			})
		}
		taking.Wait()
		for number, f := range feeds {
			eventually(t, fmt.Sprint("all last words are on the board of process ", number), func() bool {
				rows := f.Board().Rows(clock.System{}.Now())
				right := len(rows) == 3
				for _, row := range rows {
					right = right && row.Rate.Mantissa == 11014 && row.Trouble == ""
				}
				return right
			})
		}
		history, err := fx.History(t.Context(), pool, "EUR", "USD", clock.System{}.Now(), 0, 100)
		if err != nil || len(history) != 45 {
			t.Errorf("%d rates in the history, %v", len(history), err)
		}
	})
}
