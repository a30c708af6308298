package feed_test

import (
	"encoding/json"
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
	"github.com/causeway-pay/causeway/internal/telemetry"
	"github.com/causeway-pay/causeway/money"
)

// wire stands between a feed and a real broker: it keeps what passes, and can be
// cut.
type wire struct {
	*bus.Bus
	mu   sync.Mutex
	sent [][]byte
	cut  bool
}

var errCut = errors.New("the wire is cut")

func (w *wire) Broadcast(subject string, data []byte) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.cut {
		return errCut
	}
	w.sent = append(w.sent, data)
	return w.Bus.Broadcast(subject, data)
}

func (w *wire) Listen(subject string, handler func(data []byte)) (func(), error) {
	if w.cut {
		return nil, errCut
	}
	return w.Bus.Listen(subject, handler)
}

func wired(t *testing.T, pool *db.Pool) (*feed.Feed, *wire, *log) {
	t.Helper()
	w, said := &wire{Bus: connect(t, bus.Options{Dir: t.TempDir()})}, &log{}
	f := feed.New(feed.Config{Pool: pool, Desk: &fx.Desk{}, Rules: rules, Bus: w, Clock: clock.System{},
		Logger: slog.New(slog.NewTextHandler(said, nil))})
	if err := f.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	return f, w, said
}

// A broadcast carries the rates themselves, so that nobody need ask the database;
// what would not fit into a message is only announced.
func TestWhatIsBroadcast(t *testing.T) {
	each(t, func(t *testing.T, pool *db.Pool) {
		f, w, _ := wired(t, pool)
		if _, err := f.Take(t.Context(), []fx.Reference{dollar(t, "1.25")}); err != nil {
			t.Fatal(err)
		}
		var one struct{ References []fx.Reference }
		if err := json.Unmarshal(w.sent[0], &one); err != nil || len(one.References) != 1 || one.References[0].Rate.Mantissa != 125 {
			t.Errorf("%s, %v", w.sent[0], err)
		}
		if _, err := f.Take(t.Context(), []fx.Reference{one.References[0]}); err != nil || len(w.sent) != 1 {
			t.Errorf("what is known is no news: %d broadcasts, %v", len(w.sent), err)
		}
		var many []fx.Reference
		for i := range 4000 {
			r := dollar(t, "1.25")
			r.Source = fmt.Sprint("BANK-", i)
			many = append(many, r)
		}
		if taken, err := f.Take(t.Context(), many); err != nil || len(taken.New) != len(many) {
			t.Fatalf("%d taken, %v", len(taken.New), err)
		}
		if last := w.sent[len(w.sent)-1]; string(last) != "{}" {
			t.Errorf("%d bytes were broadcast", len(last))
		}
		f.Changed(t.Context())
		if last := w.sent[len(w.sent)-1]; string(last) != "{}" {
			t.Errorf("a change was broadcast as %s", last)
		}
	})
}

// Without a broker the process that takes a rate prices by it all the same, and
// says that the others will be late.
func TestACutWire(t *testing.T) {
	each(t, func(t *testing.T, pool *db.Pool) {
		f, w, said := wired(t, pool)
		w.cut = true
		if _, err := f.Take(t.Context(), []fx.Reference{dollar(t, "1.25")}); err != nil {
			t.Fatal(err)
		}
		if price(f) != 125 || !said.says("rates not broadcast") {
			t.Errorf("priced at %d", price(f))
		}
		if err := f.Run(t.Context(), nil); !errors.Is(err, errCut) {
			t.Errorf("listening to nothing: %v", err)
		}
	})
}

// A broadcast that nobody understands, or that holds no rate in order, does not
// harm the desk: it is answered by looking into the database.
func TestNoiseOnTheWire(t *testing.T) {
	each(t, func(t *testing.T, pool *db.Pool) {
		f, said := desk(t, pool, broker(t))
		if _, err := f.Take(t.Context(), []fx.Reference{dollar(t, "1.25")}); err != nil {
			t.Fatal(err)
		}
		for _, noise := range []string{"", "{", "[]", `{"references":[{}]}`, `{"references":7}`} {
			f.Hear(t.Context(), []byte(noise))
			if price(f) != 125 {
				t.Errorf("after %q the desk says %d", noise, price(f))
			}
		}
		if !said.says("rates not understood") {
			t.Error("a rate that is none was not reported")
		}
	})
}

// What operators watch: how many rates came, what was stopped, who failed.
func TestMeasurements(t *testing.T) {
	measured, err := telemetry.Start(t.Context(), telemetry.Options{Service: "test", LogOutput: &strings.Builder{}})
	if err != nil {
		t.Fatal(err)
	}
	each(t, func(t *testing.T, pool *db.Pool) {
		f, _, _ := wired(t, pool)
		for _, text := range []string{"1.25", "2.50"} {
			if _, err := f.Take(t.Context(), []fx.Reference{dollar(t, text)}); err != nil {
				t.Fatal(err)
			}
		}
		f.Ask(t.Context(), &scripted{t: t}, 0)
		series, err := measured.Snapshot(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		seen := map[string]bool{}
		for _, m := range series {
			seen[m.Name+" "+m.Attributes] = true
		}
		for _, want := range []string{
			"causeway.fx.rates source=BANK", "causeway.fx.stops pair=EUR/USD,source=BANK", "causeway.fx.source.failures source=BANK",
		} {
			if !seen[want] {
				t.Errorf("%q is not among the measurements %v", want, seen)
			}
		}
	})
}

// The tariff is on the desk with the rates.
func TestTheTariffIsLoaded(t *testing.T) {
	each(t, func(t *testing.T, pool *db.Pool) {
		said := &log{}
		desk := &fx.Desk{}
		f := feed.New(feed.Config{Pool: pool, Desk: desk, Rules: rules, Bus: connect(t, bus.Options{Dir: t.TempDir()}),
			Clock: clock.System{}, Logger: slog.New(slog.NewTextHandler(said, nil))})
		terms := func() fx.Terms { return desk.Tariff().Terms(fx.Scope{}, fx.LegPayer, 1, "JPY", time.Now()) }
		if terms().Rounding != money.HalfEven {
			t.Errorf("%+v", terms())
		}
		save(t, pool, fx.Rule{Leg: fx.LegPayer, Rounding: money.Up, Tiers: []fx.Tier{{BasisPoints: 7}}})
		f.Changed(t.Context())
		if got := terms(); got.Rounding != money.Up || got.MarkupBasisPoints != 7 {
			t.Errorf("%+v", got)
		}
		if f.Rules().Default != rules.Default {
			t.Errorf("%+v", f.Rules())
		}
	})
}
