package feed

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/causeway-pay/causeway/fx"
	"github.com/causeway-pay/causeway/internal/clock"
	"github.com/causeway-pay/causeway/internal/db"
)

// Subject is where changes are broadcast.
const Subject = "fx.changed"

// ReloadEvery is how long a change that was not heard of may stay unseen.
const ReloadEvery = 2 * time.Second

// noticeMax bounds a broadcast; what is larger is only announced and read from
// the database. The broker takes 1 MiB.
const noticeMax = 512 << 10

// Bus tells all processes at once.
type Bus interface {
	Broadcast(subject string, data []byte) error
	Listen(subject string, handler func(data []byte)) (stop func(), err error)
}

// Config is what a feed works with.
type Config struct {
	Pool   *db.Pool
	Desk   *fx.Desk
	Rules  fx.Rules
	Bus    Bus
	Clock  clock.Clock
	Logger *slog.Logger
}

// Feed brings rates, stops and tariff to a desk. It is safe for concurrent use.
type Feed struct {
	config  Config
	metrics metrics
	// loading keeps a board that was read earlier from replacing a later one.
	loading sync.Mutex
}

// New returns a feed; [Feed.Load] fills the desk for the first time.
func New(config Config) *Feed { return &Feed{config: config, metrics: newMetrics()} }

// Board is the present board.
func (f *Feed) Board() *fx.Board { return f.config.Desk.Board() }

// Rules are the limits that rates are held to.
func (f *Feed) Rules() fx.Rules { return f.config.Rules }

// notice is a broadcast: the rates to add, or none if all is to be loaded again.
type notice struct {
	References []fx.Reference `json:"references,omitempty"`
}

// Load puts what the database says on the desk.
func (f *Feed) Load(ctx context.Context) error {
	f.loading.Lock()
	defer f.loading.Unlock()
	lines, err := fx.LoadLines(ctx, f.config.Pool)
	if err != nil {
		return err
	}
	stops, err := fx.LoadStops(ctx, f.config.Pool)
	if err != nil {
		return err
	}
	tariff, err := fx.LoadTariff(ctx, f.config.Pool)
	if err != nil {
		return err
	}
	board, err := f.config.Rules.Board(lines, stops)
	if err != nil {
		return err
	}
	f.config.Desk.Replace(board)
	f.config.Desk.SetTariff(tariff)
	return nil
}

// Take commits rates that a source has stated and brings them to every desk. A
// rate beyond its guard stops the pair; see [fx.Take].
func (f *Feed) Take(ctx context.Context, references []fx.Reference) (fx.Taken, error) {
	var taken fx.Taken
	at := f.config.Clock.Now()
	err := f.config.Pool.InTx(ctx, func(ctx context.Context, tx db.Tx) error {
		var err error
		taken, err = fx.Take(ctx, tx, f.config.Rules, references, at)
		return err
	})
	if err != nil {
		return fx.Taken{}, fmt.Errorf("feed: take: %w", err)
	}
	f.metrics.took(ctx, taken)
	for _, stop := range taken.Stops {
		f.config.Logger.LogAttrs(ctx, slog.LevelError, "rates stopped", slog.String("pair", stop.Subject()),
			slog.String("why", stop.Why))
	}
	switch {
	case len(taken.Stops) > 0:
		f.Changed(ctx)
	case len(taken.New) > 0:
		f.apply(ctx, taken.New)
		f.tell(ctx, notice{taken.New})
	}
	return taken, nil
}

// Changed loads everything again, here and in every other process: after a stop,
// or a change of the tariff.
func (f *Feed) Changed(ctx context.Context) {
	f.reload(ctx)
	f.tell(ctx, notice{})
}

func (f *Feed) reload(ctx context.Context) {
	if err := f.Load(ctx); err != nil && ctx.Err() == nil {
		f.config.Logger.LogAttrs(ctx, slog.LevelWarn, "rates not reloaded", slog.Any("problem", err))
	}
}

// apply adds rates to the desk.
func (f *Feed) apply(ctx context.Context, references []fx.Reference) {
	f.loading.Lock()
	err := f.config.Desk.Quote(references)
	f.loading.Unlock()
	if err != nil {
		f.config.Logger.LogAttrs(ctx, slog.LevelWarn, "rates not understood", slog.Any("problem", err))
	}
}

// tell broadcasts. Whoever does not hear of it finds out from the database.
func (f *Feed) tell(ctx context.Context, n notice) {
	data, err := json.Marshal(n)
	if err == nil && len(data) > noticeMax {
		data = []byte("{}")
	}
	if err == nil {
		err = f.config.Bus.Broadcast(Subject, data)
	}
	if err != nil {
		f.config.Logger.LogAttrs(ctx, slog.LevelWarn, "rates not broadcast", slog.Any("problem", err))
	}
}

// hear follows a broadcast.
func (f *Feed) hear(ctx context.Context, data []byte) {
	var n notice
	if err := json.Unmarshal(data, &n); err != nil || len(n.References) == 0 {
		f.reload(ctx)
		return
	}
	f.apply(ctx, n.References)
}

// Run follows the broadcasts and asks the sources until ctx ends.
func (f *Feed) Run(ctx context.Context, sources []Scheduled) error {
	stop, err := f.config.Bus.Listen(Subject, func(data []byte) { f.hear(ctx, data) })
	if err != nil {
		return err
	}
	defer stop()
	var asking sync.WaitGroup
	for _, s := range sources {
		asking.Go(func() { f.follow(ctx, s) })
	}
	ticker := time.NewTicker(ReloadEvery)
	defer ticker.Stop()
	for ctx.Err() == nil {
		select {
		case <-ctx.Done():
		case <-ticker.C:
			f.reload(ctx)
		}
	}
	asking.Wait()
	return nil
}
