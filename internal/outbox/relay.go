package outbox

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"go.opentelemetry.io/otel/metric"

	"github.com/causeway-pay/causeway/internal/bus"
	"github.com/causeway-pay/causeway/internal/clock"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/telemetry"
)

// Options of a [Relay].
type Options struct {
	// Stream is where the events go. The relay makes it when it is missing.
	Stream bus.StreamOptions
	// Region is the home region whose events are published.
	Region string
	// Poll is how often the outbox is looked at without a nudge; 0 means
	// 200 ms, which bounds the delay of events that another hub wrote.
	Poll time.Duration
	// Collect is how long after a nudge events are waited for that go with its own, since
	// publishing a few costs what publishing one does; 0 means 10 ms.
	Collect time.Duration
	// Batch is about how many events are published together; 0 means 512.
	Batch int
	// Retention is how long published events are kept, and so how much of a
	// lost stream can be filled again; 0 means 7 days. Claims of the inbox are
	// kept for twice as long.
	Retention time.Duration
	// Compare is how often the stream is compared with the outbox, besides at
	// the start and after each reconnection; 0 means 30 s.
	Compare time.Duration
}

func (o Options) withDefaults() Options {
	defaultTo(&o.Poll, 200*time.Millisecond)
	defaultTo(&o.Collect, 10*time.Millisecond)
	defaultTo(&o.Retention, 7*24*time.Hour)
	defaultTo(&o.Compare, 30*time.Second)
	if o.Batch == 0 {
		o.Batch = 512
	}
	return o
}

func defaultTo(d *time.Duration, value time.Duration) {
	if *d == 0 {
		*d = value
	}
}

// How the relay looks for events without reading the whole outbox each time: the
// head of the index of waiting rows is full of the remains of published ones.
const (
	// near is how much later than its own time an event usually becomes
	// visible: the longest statement, and more.
	near = 15 * time.Second
	// overlap is how much later it ever does, with hubs whose clocks differ.
	overlap = 10 * time.Minute
	// overlapEvery is how often the relay looks as far back as that.
	overlapEvery = 10 * time.Second
	// sweepEvery is how often it looks from the start of what is kept all the
	// same.
	sweepEvery = 10 * time.Minute
	// purgeEvery is how often what is too old is deleted.
	purgeEvery = 10 * time.Second
	// pause follows a failure.
	pause = 250 * time.Millisecond
)

// errDiverged means that the stream gave out places that it had given before.
var errDiverged = errors.New("the stream has lost messages")

// Relay publishes the events of one region. Any number of hubs may run one for
// the same region; one of them works and the others wait.
type Relay struct {
	pool    *db.Pool
	bus     *bus.Bus
	clock   clock.Clock
	logger  *slog.Logger
	options Options
	owner   ids.ID
	nudged  chan struct{}
	online  chan struct{}
	counted counters

	mu    sync.Mutex
	from  time.Time // guarded by mu: nothing is waiting before, as far as we know
	start time.Time // guarded by mu: nothing is kept before
}

// counters are the relay's metrics.
type counters struct{ published, refills metric.Int64Counter }

// NewRelay returns a relay, to be started with [Relay.Run].
func NewRelay(pool *db.Pool, broker *bus.Bus, now clock.Clock, logger *slog.Logger, options Options) *Relay {
	r := &Relay{
		pool: pool, bus: broker, clock: now, logger: logger, options: options.withDefaults(),
		owner: ids.New(), nudged: make(chan struct{}, 1), online: make(chan struct{}, 1),
	}
	meter := telemetry.Meter("github.com/causeway-pay/causeway/internal/outbox")
	// An instrument of a constant name cannot fail, and one that did would
	// count nothing.
	r.counted.published, _ = meter.Int64Counter("outbox.published", metric.WithUnit("{event}"))
	r.counted.refills, _ = meter.Int64Counter("outbox.refills", metric.WithUnit("{refill}"))
	broker.NotifyReconnect(r.online)
	return r
}

// Nudge says that events have been committed. It never blocks.
func (r *Relay) Nudge() {
	select {
	case r.nudged <- struct{}{}:
	default:
	}
}

// Run publishes until ctx ends. Failures of the database or the broker are
// logged and waited out.
func (r *Relay) Run(ctx context.Context) error {
	var last error
	for ctx.Err() == nil {
		err := r.turn(ctx)
		if ctx.Err() != nil {
			break
		}
		r.report(last, err)
		last = err
		if err != nil {
			r.sleep(ctx, pause)
		} else {
			r.sleep(ctx, r.options.Poll)
		}
	}
	return nil
}

// report logs the begin and the end of trouble, not each attempt.
func (r *Relay) report(last, err error) {
	switch {
	case err != nil && (last == nil || last.Error() != err.Error()):
		r.logger.Warn("outbox relay interrupted", slog.String("region", r.options.Region), slog.Any("error", err))
	case err == nil && last != nil:
		r.logger.Info("outbox relay goes on", slog.String("region", r.options.Region))
	}
}

// turn works for as long as the lease is held and nothing fails. It returns nil
// when somebody else has the lease.
func (r *Relay) turn(ctx context.Context) error {
	held, err := takeLease(ctx, r.pool, r.options.Region, r.owner, r.clock.Now())
	if held == nil || err != nil {
		return err
	}
	r.setStart(held.purgedTo)
	s := &shift{Relay: r, lease: held}
	defer s.end(ctx)
	purging, stop := context.WithCancel(ctx)
	var purger sync.WaitGroup
	lent := *held
	purger.Go(func() { r.purgeLoop(purging, lent) })
	defer purger.Wait()
	defer stop()
	return s.work(ctx)
}

// shift is the time for which a relay holds the lease. It belongs to one
// goroutine.
type shift struct {
	*Relay
	lease *lease
	// When each was last done, to the end.
	compared, swept, complete time.Time
}

func (s *shift) work(ctx context.Context) error {
	if err := s.bus.EnsureStream(ctx, s.options.Stream); err != nil {
		return err
	}
	for ctx.Err() == nil {
		if err := s.upkeep(ctx); err != nil {
			return err
		}
		more, err := s.publish(ctx)
		switch {
		case errors.Is(err, errDiverged):
			s.logger.WarnContext(ctx, "outbox stream diverged", slog.String("region", s.options.Region))
			s.compared = time.Time{}
		case err != nil:
			return err
		case !more:
			s.wait(ctx)
		}
	}
	return nil
}

// end gives the lease back, so that another hub can go on at once.
func (s *shift) end(ctx context.Context) {
	s.setFrom(time.Time{})
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
	defer cancel()
	if err := s.lease.renew(ctx, s.pool, s.clock.Now()); err != nil && !errors.Is(err, errLeaseLost) {
		s.logger.Warn("outbox lease not given back", slog.String("region", s.options.Region), slog.Any("error", err))
	}
}

// upkeep does what is due besides publishing.
func (s *shift) upkeep(ctx context.Context) error {
	if err := s.renew(ctx); err != nil {
		return err
	}
	now := s.clock.Now()
	if now.Sub(s.compared) >= s.options.Compare {
		if err := s.compare(ctx); err != nil {
			return err
		}
		s.compared = now
	}
	if now.Sub(s.swept) >= sweepEvery {
		s.setFrom(s.keptFrom())
		s.swept, s.complete = now, time.Time{}
	}
	return nil
}

// renew keeps the lease.
func (s *shift) renew(ctx context.Context) error {
	now := s.clock.Now()
	if s.lease.expires.Sub(now) > leaseDuration*2/3 {
		return nil
	}
	return s.lease.renew(ctx, s.pool, now.Add(leaseDuration))
}

// publish sends one batch and marks it. more says that there may be more.
func (s *shift) publish(ctx context.Context) (more bool, err error) {
	begun, from := s.clock.Now(), s.knownFrom()
	whole := begun.Sub(s.complete) >= overlapEvery
	if recent := begun.Add(-near); !whole && recent.After(from) {
		from = recent
	}
	limit := max(1, s.options.Batch/shards)
	rows, err := readWaiting(ctx, s.pool, s.options.Region, from, limit)
	if err != nil {
		return false, fmt.Errorf("outbox: read: %w", err)
	}
	if len(rows) > 0 {
		if err := s.send(ctx, rows); err != nil {
			return false, err
		}
	}
	if more = len(rows) >= limit; !more && whole { // one shard may be full
		s.complete = begun
		s.advanceFrom(begun.Add(-overlap))
	}
	return more, nil
}

func (s *shift) send(ctx context.Context, rows []waiting) error {
	slices.SortFunc(rows, func(a, b waiting) int {
		return cmp.Or(a.at.Compare(b.at), cmp.Compare(a.version, b.version))
	})
	messages := make([]bus.Message, len(rows))
	for i, row := range rows {
		messages[i] = bus.Message{
			Subject: row.subject, ID: row.id.String(), Data: row.payload, Traceparent: row.traceparent,
		}
	}
	acks, publishErr := s.bus.Publish(ctx, messages)
	if err := s.mark(ctx, rows, acks); err != nil {
		return err
	}
	return publishErr
}

// mark notes what the stream has taken, unless the places show that it is not
// the stream it was: then all is published again after the comparison.
func (s *shift) mark(ctx context.Context, rows []waiting, acks []bus.Ack) error {
	next := s.lease.head
	var keys []key
	var sequences []int64
	for i, ack := range acks {
		if ack.Sequence == 0 {
			continue
		}
		if !ack.Duplicate && ack.Sequence <= s.lease.head.sequence {
			return errDiverged
		}
		if ack.Sequence > next.sequence {
			next.sequence, next.event = ack.Sequence, rows[i].id
		}
		keys, sequences = append(keys, rows[i].key), append(sequences, int64(ack.Sequence))
	}
	if len(keys) == 0 {
		return nil
	}
	err := s.pool.InTx(ctx, func(_ context.Context, tx db.Tx) error {
		s.lease.advance(tx, next)
		markPublished(tx, s.options.Region, next.epoch, keys, sequences)
		return nil
	})
	if err != nil {
		return fmt.Errorf("outbox: mark: %w", err)
	}
	s.lease.head = next
	s.counted.published.Add(ctx, int64(len(keys)))
	return nil
}

// wait ends with a nudge, a poll, a reconnection or ctx.
func (s *shift) wait(ctx context.Context) {
	timer := time.NewTimer(s.options.Poll)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	case <-s.nudged:
		s.sleep(ctx, s.options.Collect)
	case <-s.online:
		s.compared = time.Time{}
	}
}

func (r *Relay) sleep(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

// Lag returns the age of the oldest event that has not been published, 0 when
// all are, for health and metrics.
func (r *Relay) Lag(ctx context.Context) (time.Duration, error) {
	oldest, found, err := oldestWaiting(ctx, r.pool, r.options.Region, r.knownFrom())
	if err != nil {
		return 0, fmt.Errorf("outbox: lag: %w", err)
	}
	if !found {
		return 0, nil
	}
	return max(0, r.clock.Now().Sub(oldest)), nil
}

func (r *Relay) knownFrom() time.Time {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.from
}

func (r *Relay) setFrom(from time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.from = from
}

func (r *Relay) keptFrom() time.Time {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.start
}

func (r *Relay) setStart(start time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.start = start
}

func (r *Relay) advanceFrom(from time.Time) {
	if from.After(r.knownFrom()) {
		r.setFrom(from)
	}
}
