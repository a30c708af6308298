package engine

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"time"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/trace"

	"github.com/causeway-pay/causeway/compliance"
	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/fx"
	"github.com/causeway-pay/causeway/internal/clock"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/money"
	"github.com/causeway-pay/causeway/settlement"
	"github.com/causeway-pay/causeway/settlement/report"
	"github.com/causeway-pay/causeway/settlement/window"
	"github.com/causeway-pay/causeway/switch/route"
)

// Pricer prices payments and refunds, and knows what things are worth.
type Pricer interface {
	fx.Marker
	Offer(request fx.Request) (fx.Offer, error)
	Back(from, into money.Currency, at time.Time) (fx.Back, error)
}

// Officer decides whether a payment may be carried.
type Officer interface {
	Decide(ctx context.Context, payment compliance.Payment) (compliance.Decision, error)
}

// Dependencies are what the engine works with.
type Dependencies struct {
	Pool   *db.Pool
	Clock  clock.Clock
	Logger *slog.Logger
	// Directory returns the present participants and corridors.
	Directory func() *route.Directory
	Pricer    Pricer
	Officer   Officer
	// Wallets and Acquirers are the ways out by connector name.
	Wallets   map[string]connectors.Wallet
	Acquirers map[string]connectors.Acquirer
	// Issuers are the ways to networks that issue codes for our wallets' payers.
	Issuers map[string]connectors.Issuer
	// Networks are the ways to networks that say which wallets are behind them.
	Networks map[string]connectors.Network
	// Committed is called after each commit that wrote an event; it must not
	// block.
	Committed func()
	// Signer signs the instructions to settlement banks; nil signs none.
	Signer Signer
}

// Signer signs bytes with the hub's present key and says which version it has.
type Signer interface {
	Sign(ctx context.Context, payload []byte) (signature []byte, keyVersion int, err error)
}

// Options are the limits and schedules of an engine. Zero values are replaced
// by the defaults named here.
type Options struct {
	// Region is the home region of the hub's rows.
	Region string
	// PublicURL is the base address of the hub's public side, which payers are sent
	// to. Empty closes the modes that redirect.
	PublicURL string
	// WalletPatience bounds one call to a wallet (default 8 s, below the 15 s
	// after which partners' clients give up).
	WalletPatience time.Duration
	// CodeWindow is how long the outcome of a payment-code payment is sought
	// before it is cancelled (default 180 s, the longest polling window of
	// acquirers).
	CodeWindow time.Duration
	// OrderWindow is the longest life of an order (default 10 min).
	OrderWindow time.Duration
	// DebitWindow is how long the outcome of a payment by agreement is sought (default
	// and documented maximum 1 min).
	DebitWindow time.Duration
	// CancelGrace is how long after the end of the scheme's day (UTC+8) a payment of
	// the day may still be cancelled (default 15 min, which leaves wallets, that
	// accept until 00:30, as long again). RefundWindow is how long after a payment it
	// may be refunded (default 365 days).
	CancelGrace, RefundWindow time.Duration
	// Inquiries are the waits between inquiries; the last one repeats (default
	// 2, 2, 3, 3, 5, 5, 10 s).
	Inquiries []time.Duration
	// Cancels are the waits between cancel calls; the last one repeats
	// (default 1, 5, 10, 30, 60 s).
	Cancels []time.Duration
	// Pushes are the waits after a push before it is asked about, until the order's
	// time is over; the last one repeats (default, as the protocol documents it, 4,
	// 4, 30, 60, 60, 60, 300, 300 s).
	Pushes []time.Duration
	// CancelAttempts is after how many cancels a payment is held for an
	// operator (default 200, some three hours).
	CancelAttempts int64
	// InFlight bounds the payments that are worked on at once (default 512);
	// beyond it the hub answers Busy.
	InFlight int
	// Apart commits every change by itself instead of together with others that arrive
	// at the same time. It is slower and as correct.
	Apart bool
	// DutyPoll is how often due payments are looked for (default 250 ms).
	DutyPoll time.Duration
	// BookCurrency is what exposure is valued in (default EUR). It stays as it is
	// once there are positions.
	BookCurrency money.Currency
	// QuoteLife is how long a firm quote is good (default 600 s).
	QuoteLife time.Duration
	// Calendars say when money is due (default: weekends alone).
	Calendars window.Calendars
	// Multilateral instructs a settlement service with one pacs.029 for a window
	// instead of banks with a pacs.009 for each obligation.
	Multilateral bool
	// Columns are the column maps of the participants' report files that are not
	// the standard, and Agreement the id of the settlement agreement in their names
	// (default the region, so that no two regions issue files of one name).
	Columns   map[string]report.Columns
	Agreement string
}

func (o Options) withDefaults() Options {
	setDuration(&o.WalletPatience, 8*time.Second)
	setDuration(&o.CodeWindow, 180*time.Second)
	setDuration(&o.OrderWindow, 10*time.Minute)
	setDuration(&o.DebitWindow, time.Minute)
	setDuration(&o.CancelGrace, 15*time.Minute)
	setDuration(&o.RefundWindow, 365*24*time.Hour)
	setDuration(&o.DutyPoll, 250*time.Millisecond)
	setDuration(&o.QuoteLife, fx.QuoteLife)
	o.PublicURL = strings.TrimSuffix(o.PublicURL, "/")
	if o.BookCurrency == "" {
		o.BookCurrency = "EUR"
	}
	if len(o.Inquiries) == 0 {
		o.Inquiries = seconds(2, 2, 3, 3, 5, 5, 10)
	}
	if len(o.Cancels) == 0 {
		o.Cancels = seconds(1, 5, 10, 30, 60)
	}
	if len(o.Pushes) == 0 {
		o.Pushes = seconds(4, 4, 30, 60, 60, 60, 300, 300)
	}
	if o.CancelAttempts == 0 {
		o.CancelAttempts = 200
	}
	if o.InFlight == 0 {
		o.InFlight = 512
	}
	return o
}

// undisturbed is for how long whoever calls a partner and commits the answer is
// left alone, before the work counts as lost in a crash and is done again: four
// calls, 32 s by default, and less where partners get less time.
func (o Options) undisturbed() time.Duration { return 4 * o.WalletPatience }

func setDuration(d *time.Duration, value time.Duration) {
	if *d == 0 {
		*d = value
	}
}

func seconds(list ...int) []time.Duration {
	waits := make([]time.Duration, len(list))
	for i, s := range list {
		waits[i] = time.Duration(s) * time.Second
	}
	return waits
}

// wait returns the schedule's wait after a number of attempts.
func wait(schedule []time.Duration, attempts int64) time.Duration {
	return schedule[min(attempts, int64(len(schedule)-1))]
}

// Engine carries payments through their life. It implements [connectors.Hub].
type Engine struct {
	Dependencies
	options Options
	lane    *lane
	lookups
	tracer  trace.Tracer
	metrics metrics
	slots   chan struct{}
	// dutyShares keep partners that do not answer out of the way of others.
	dutyShares *dutyShares
	networks   *networkLists
	booker     *settlement.Booker
	young      *young

	mu sync.Mutex
	// awaited has a channel per payment that this process is working on; it is
	// closed when the work ends. Guarded by mu.
	awaited map[ids.ID]chan struct{}
}

var _ connectors.Hub = (*Engine)(nil)

// New returns an engine; [Engine.Run] must run for it to commit anything.
func New(dependencies Dependencies, options Options) *Engine {
	options = options.withDefaults()
	e := &Engine{
		Dependencies: dependencies,
		options:      options,
		tracer:       otel.Tracer(scope),
		slots:        make(chan struct{}, options.InFlight),
		dutyShares:   newDutyShares(),
		networks:     &networkLists{lists: map[string]networkList{}},
		awaited:      map[ids.ID]chan struct{}{},
		metrics:      newMetrics(),
		booker:       &settlement.Booker{Calendars: options.Calendars},
		young:        newYoung(),
	}
	e.lane = newLane(dependencies.Pool, e.carryOut)
	e.lane.apart = options.Apart
	e.lane.committed = e.young.committed
	e.lookups = newLookups(dependencies.Pool)
	e.lane.observe = func(ctx context.Context, changes int) { e.metrics.batch.Record(ctx, int64(changes)) }
	return e
}

// Run serves the lane until ctx ends and everything queued is committed.
func (e *Engine) Run(ctx context.Context) { e.lane.run(ctx) }

// enter takes a place among the payments in flight, or refuses as Busy.
func (e *Engine) enter() (leave func(), err error) {
	select {
	case e.slots <- struct{}{}:
		return func() { <-e.slots }, nil
	default:
		return nil, reason.New(reason.Busy, "engine.enter", "")
	}
}

// Full reports whether the next payment would be refused as Busy.
func (e *Engine) Full() bool { return len(e.slots) == cap(e.slots) }

// work marks a payment as being worked on by this process until the returned
// function is called.
func (e *Engine) work(id ids.ID) (done func()) {
	finished := make(chan struct{})
	e.mu.Lock()
	e.awaited[id] = finished
	e.mu.Unlock()
	return func() {
		e.mu.Lock()
		delete(e.awaited, id)
		e.mu.Unlock()
		close(finished)
	}
}

// await waits until this process has done its work on a payment, if it is at
// work on it at all.
func (e *Engine) await(ctx context.Context, id ids.ID) {
	e.mu.Lock()
	finished := e.awaited[id]
	e.mu.Unlock()
	if finished == nil {
		return
	}
	select {
	case <-finished:
	case <-ctx.Done():
	}
}

// commit does work by itself in the lane, where it may run more than once; see
// [Engine.commitWork].
func (e *Engine) commit(ctx context.Context, op string, work plain) error {
	return e.commitWork(ctx, op, work)
}

// commitWork runs work in the lane and reports infrastructure failures as reasons:
// a full lane is Busy, everything else leaves the outcome Unknown.
func (e *Engine) commitWork(ctx context.Context, op string, w work) error {
	// The span is what a change waits for its turn and for the database.
	ctx, span := e.tracer.Start(ctx, "commit "+op)
	defer span.End()
	err := e.lane.do(ctx, w)
	var known *reason.Error
	switch {
	case err == nil:
		e.Committed()
		return nil
	case errors.As(err, &known):
		return err
	case errors.Is(err, errLaneFull):
		return reason.Wrap(reason.Busy, op, err)
	default:
		return reason.Wrap(reason.Unknown, op, err)
	}
}
