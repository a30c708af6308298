package keeper

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/causeway-pay/causeway/compliance"
	"github.com/causeway-pay/causeway/compliance/lists"
	"github.com/causeway-pay/causeway/compliance/watchlist"
	"github.com/causeway-pay/causeway/internal/clock"
	"github.com/causeway-pay/causeway/internal/db"
)

// Subject is where changes of lists are broadcast.
const Subject = "lists.changed"

// lookEvery is how often a hub looks whether lists have changed, or are due: a
// broadcast that was not heard costs so much at most.
const lookEvery = 5 * time.Second

// Bus tells all processes at once.
type Bus interface {
	Broadcast(subject string, data []byte) error
	Listen(subject string, handler func(data []byte)) (stop func(), err error)
}

// Config is what a keeper works with.
type Config struct {
	Pool    *db.Pool
	Officer *compliance.Officer
	Bus     Bus
	Clock   clock.Clock
	Logger  *slog.Logger
	Sources []Source
	// Guard bounds how much a list may change at once.
	Guard lists.Guard
	// Changed is called after the hub has taken up other lists; it may be nil.
	Changed func(ctx context.Context)
}

// Keeper keeps the lists of a hub up to date.
type Keeper struct {
	Config
	client  *http.Client
	metrics metrics

	// mu keeps a state that was read earlier from replacing a later one.
	mu sync.Mutex
	// loaded are the lists that the officer has, by name; guarded by mu.
	loaded map[string]lists.List
	// tags are what the servers call the files of a version of a list that this hub
	// has fetched; guarded by mu.
	tags map[string]tagged
}

// tagged is the tags of the files of a version.
type tagged struct {
	version string
	files   []string
}

// New returns a keeper; [Keeper.Start] gives the officer its lists.
func New(config Config) *Keeper {
	return &Keeper{Config: config, client: client(), metrics: newMetrics(), loaded: map[string]lists.List{}, tags: map[string]tagged{}}
}

// Start looks at every source once and gives the officer what there is. A file
// that cannot be read or used is an error; an address that cannot be reached is
// not, as long as the database has the list, nor is a version that people must see first.
func (k *Keeper) Start(ctx context.Context) error {
	if err := k.Load(ctx); err != nil {
		return err
	}
	for _, source := range k.Sources {
		err := k.Check(ctx, source)
		switch {
		case err == nil:
		case k.has(source.Name) && (source.Files[0].remote() || errors.Is(err, lists.ErrBeyond)):
			k.refused(ctx, source.Name, err)
		default:
			return err
		}
	}
	return nil
}

func (k *Keeper) has(name string) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	_, there := k.loaded[name]
	return there
}

// Run fetches what is due and follows what other hubs have fetched, until ctx ends.
func (k *Keeper) Run(ctx context.Context) error {
	heard := make(chan struct{}, 1)
	stop, err := k.Bus.Listen(Subject, func([]byte) {
		select {
		case heard <- struct{}{}:
		default:
		}
	})
	if err != nil {
		return fmt.Errorf("keeper: %w", err)
	}
	defer stop()
	ticker := time.NewTicker(lookEvery)
	defer ticker.Stop()
	for {
		k.round(ctx)
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		case <-heard:
		}
	}
}

// round takes up what has changed and fetches what is due.
func (k *Keeper) round(ctx context.Context) {
	if err := k.Load(ctx); err != nil && ctx.Err() == nil {
		k.Logger.LogAttrs(ctx, slog.LevelWarn, "lists not looked up", slog.Any("problem", err))
	}
	for _, source := range k.Sources {
		due, err := k.due(ctx, source)
		if err == nil && due {
			err = k.Check(ctx, source)
		}
		if err != nil && ctx.Err() == nil {
			k.refused(ctx, source.Name, err)
		}
	}
}

// refused raises the alert that the list in force stays, whatever was fetched.
func (k *Keeper) refused(ctx context.Context, list string, problem error) {
	k.metrics.refused(ctx, list)
	k.Logger.LogAttrs(ctx, slog.LevelError, "list not taken", slog.String("list", list), slog.Any("problem", problem))
}

// due takes the right to fetch a source, so that one hub does at a time.
func (k *Keeper) due(ctx context.Context, s Source) (due bool, err error) {
	now := k.Clock.Now()
	err = k.Pool.InTx(ctx, func(ctx context.Context, tx db.Tx) error {
		due, err = takeTurn(ctx, tx, s.Name, now, now.Add(s.Every))
		return err
	})
	return due, err
}

// checksMax is how often a source is fetched again because another hub has put a version
// in force meanwhile.
const checksMax = 3

// Check fetches a source and puts it in force if it is another version and fit to
// be. What is there stays there if it is not.
func (k *Keeper) Check(ctx context.Context, s Source) error {
	for tries := 1; ; tries++ {
		err := k.check(ctx, s)
		if tries == checksMax || !errors.Is(err, errOvertaken) {
			return err
		}
		if err := k.Load(ctx); err != nil {
			return err
		}
	}
}

func (k *Keeper) check(ctx context.Context, s Source) error {
	before, tags := k.present(s.Name)
	parts, err := k.fetch(ctx, s, tags)
	if err != nil {
		return err
	}
	list := before
	if parts != nil && !same(before, parts) {
		if list, err = parse(s.Name, parts); err != nil {
			return fmt.Errorf("keeper: %w", err)
		}
		if err := k.guarded(ctx, before, list); err != nil {
			return fmt.Errorf("keeper: %w", err)
		}
	}
	var fresh release
	if list.Version != before.Version {
		if fresh, err = newRelease(before, list, parts); err != nil {
			return err
		}
	}
	now := k.Clock.Now()
	err = k.Pool.InTx(ctx, func(ctx context.Context, tx db.Tx) error {
		if list.Version != before.Version {
			if err := insertVersion(ctx, tx, fresh, now); err != nil {
				return err
			}
		}
		return activate(ctx, tx, s.Name, before.Version, list.Version, now, now.Add(s.Every))
	})
	if err != nil {
		return err
	}
	k.tag(list, parts)
	if err := k.Load(ctx); err != nil || list.Version == before.Version {
		return err
	}
	k.metrics.taken(ctx, s.Name, list.Entries.Len())
	if err := k.Bus.Broadcast(Subject, nil); err != nil {
		k.Logger.LogAttrs(ctx, slog.LevelWarn, "new list not broadcast", slog.Any("problem", err))
	}
	return nil
}

// present returns the list that the officer has, and the tags of its files if this
// hub knows them.
func (k *Keeper) present(name string) (lists.List, []string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	list, known := k.loaded[name], k.tags[name]
	if known.version != list.Version {
		return list, nil
	}
	return list, known.files
}

// tag remembers the tags of files that were fetched.
func (k *Keeper) tag(list lists.List, parts []part) {
	if parts == nil {
		return
	}
	files := make([]string, len(parts))
	for i, p := range parts {
		files[i] = p.tag
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.tags[list.Name] = tagged{list.Version, files}
}

// Load gives the officer the lists that are in force. It reads those only that the
// officer does not have.
func (k *Keeper) Load(ctx context.Context) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	active, err := selectActive(ctx, k.Pool)
	if err != nil || len(active) == 0 {
		return err
	}
	present, changed := map[string]lists.List{}, len(active) != len(k.loaded)
	confirmed := active[0].confirmedAt
	var all []lists.List
	for _, a := range active {
		list := k.loaded[a.name]
		if list.Version != a.version {
			changed = true
			if list, err = k.stored(ctx, a); err != nil {
				return err
			}
		}
		if a.confirmedAt.Before(confirmed) {
			confirmed = a.confirmedAt
		}
		present[a.name] = list
		all = append(all, list)
	}
	watched, _ := k.Officer.Watchlist()
	if changed || watched == nil {
		if watched, err = watchlist.New(all); err != nil {
			return err
		}
	}
	k.Officer.Watch(watched, confirmed)
	k.loaded = present
	if changed && k.Changed != nil {
		k.Changed(ctx)
	}
	return nil
}

// errOther means that the database does not hold what it says.
var errOther = errors.New("keeper: a stored list is not the version that it is said to be")

// stored returns a version on record.
func (k *Keeper) stored(ctx context.Context, a active) (lists.List, error) {
	parts, err := selectParts(ctx, k.Pool, a.name, a.version)
	if err != nil {
		return lists.List{}, err
	}
	list, err := parse(a.name, parts)
	if err != nil {
		return lists.List{}, fmt.Errorf("keeper: %w", err)
	}
	if list.Version != a.version {
		return lists.List{}, errOther
	}
	return list, nil
}
