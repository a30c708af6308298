package api

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"path"
	"slices"
	"sync"
	"time"

	"github.com/causeway-pay/causeway/compliance/review"
	"github.com/causeway-pay/causeway/compliance/rules"
	"github.com/causeway-pay/causeway/fx"
	"github.com/causeway-pay/causeway/fx/book"
	"github.com/causeway-pay/causeway/internal/clock"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/egress"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/internal/telemetry"
	"github.com/causeway-pay/causeway/money"
	"github.com/causeway-pay/causeway/settlement/recon"
	"github.com/causeway-pay/causeway/settlement/report"
	"github.com/causeway-pay/causeway/settlement/window"
	"github.com/causeway-pay/causeway/switch/engine"
	"github.com/causeway-pay/causeway/switch/route"
)

// Engine is what the API asks of the engine, always in a transaction of its own.
type Engine interface {
	// Resolve posts or voids a held payment.
	Resolve(ctx context.Context, tx db.Tx, id ids.ID, paid bool) error
	// Review carries out what two people have decided about a held payment's case.
	Review(ctx context.Context, tx db.Tx, decision review.Decision) error
	// TryRules applies rules to payments of the past.
	TryRules(ctx context.Context, old, candidate *rules.Set, since time.Time, most int) (rules.Report, error)
	Disputer
	// ReplayInTx sends a dead letter through its schedule again.
	ReplayInTx(ctx context.Context, tx db.Tx, eventID ids.ID) error
	// Indicate prices a payment without a promise, Quote firmly.
	Indicate(request engine.QuoteRequest) (fx.Offer, error)
	Quote(ctx context.Context, request engine.QuoteRequest) (fx.Firm, error)
	// BookDeal books a deal with a liquidity provider.
	BookDeal(ctx context.Context, tx db.Tx, deal book.Deal) error
	// Revalue closes the book of a day. It commits by itself.
	Revalue(ctx context.Context, day time.Time) (book.Valuation, error)
	Settler
}

// Rates is where exchange rates come in and are looked at.
type Rates interface {
	Take(ctx context.Context, references []fx.Reference) (fx.Taken, error)
	Board() *fx.Board
	Rules() fx.Rules
}

// Config is what the API works with.
type Config struct {
	Pool   *db.Pool
	Clock  clock.Clock
	Logger *slog.Logger
	Engine Engine
	// Directory returns the present participants and corridors.
	Directory func() *route.Directory
	// Endpoints is where participants may be called.
	Endpoints egress.Policy
	// Aliases hashes an alias of a payee with the hub's key, by the identifier of its
	// scheme; nil closes aliases.
	Aliases func(identifier, alias string) string
	// Connectors are the protocols that participants may be taken on with.
	Connectors []string
	// Screening returns the version of the loaded lists and how many names
	// they hold.
	Screening func() (version string, names int)
	// CutOff closes the region's window for an actor and returns its id. nil
	// means that this hub closes no windows.
	CutOff func(ctx context.Context, actor string) (ids.ID, error)
	// Instruct writes the files of a closed window again and returns how many.
	// nil means that this hub writes none.
	Instruct func(ctx context.Context, windowID ids.ID) (files int, err error)
	// OpenFile opens a report file that was issued. nil means that this hub has
	// none.
	OpenFile func(ctx context.Context, file report.IssuedFile) (io.ReadSeekCloser, error)
	// Layouts are those of banks' CSV statements by name, and Tolerances say how far
	// lines of statements may differ.
	Layouts    map[string]recon.Layout
	Tolerances recon.Rules
	// Rates takes and shows exchange rates.
	Rates Rates
	// BookCurrency is what exposure is valued in.
	BookCurrency money.Currency
	// Changed is called after participants, corridors, rates or the tariff
	// changed, so that the hub loads them again. It must not block; it may be nil.
	Changed func()
	// Committed is called after a commit that may have written an outbox event.
	// It must not block; it may be nil.
	Committed func()
	// KeepPersons is how old a payment must be for its persons to be erased.
	KeepPersons time.Duration
	// Region is whose windows and persons are shown.
	Region string
	// Calendars say which windows are due on the same day.
	Calendars window.Calendars
	// Kinds are changes of other parts of the switch that need four eyes.
	Kinds []Kind
}

// Limits of a request.
const (
	bodyMax = 64 << 10
	// PageMax is the longest page of a listing, and pageDefault the usual one.
	PageMax     = 500
	pageDefault = 50
	// patience bounds the work on one request, a cut-off included.
	patience = 30 * time.Second
)

type server struct {
	Config
	desk *desk
	mux  *http.ServeMux
	// readingList keeps stored lists from being read side by side.
	readingList sync.Mutex
}

// New returns the API. It answers /v1/... and /openapi.json, and everything else
// with a problem.
func New(config Config) (http.Handler, error) {
	if config.Pool == nil || config.Clock == nil || config.Logger == nil || config.Engine == nil ||
		config.Directory == nil || config.Screening == nil || config.Region == "" || config.Rates == nil ||
		!config.BookCurrency.Known() {
		return nil, errors.New("api: pool, clock, logger, engine, directory, screening, region, rates and " +
			"book currency are required")
	}
	known, err := register(slices.Concat(kinds(config), fxKinds(config), positionKinds(config), complyKinds(config),
		settlementKinds(config.Engine, config.Directory), []Kind{breakCorrect(config)}, config.Kinds))
	if err != nil {
		return nil, err
	}
	for _, hook := range []*func(){&config.Changed, &config.Committed} {
		if *hook == nil {
			*hook = func() {}
		}
	}
	s := &server{
		Config: config,
		desk:   &desk{pool: config.Pool, clock: config.Clock, logger: config.Logger, kinds: known},
		mux:    http.NewServeMux(),
	}
	for _, e := range endpoints() {
		s.mux.Handle(e.method+" "+e.path, s.handler(e))
	}
	s.mux.HandleFunc(elsewhere, s.notOffered)
	return telemetry.Handler(http.HandlerFunc(s.serve), "operators"), nil
}

// elsewhere is the pattern of what no endpoint answers.
const elsewhere = "/"

// serve is the way of every request.
func (s *server) serve(w http.ResponseWriter, r *http.Request) {
	header := w.Header()
	header.Set("Cache-Control", "no-store")
	header.Set("X-Content-Type-Options", "nosniff")
	ctx, cancel := context.WithTimeout(withTrace(r.Context()), patience)
	defer cancel()
	r = r.WithContext(ctx)
	// The mux would answer a path with dots or double slashes with a redirect.
	if r.URL.Path != path.Clean(r.URL.Path) {
		s.fail(w, r, reason.New(reason.UnknownInterface, "api.serve", ""))
		return
	}
	s.mux.ServeHTTP(w, r)
}

// handler authenticates and authorises a request before its endpoint sees it.
func (s *server) handler(e endpoint) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, e.bodyLimit())
		c := call{Request: r}
		var err error
		if e.roles != nil {
			c.operator, err = s.admit(r, e)
		}
		if err != nil {
			s.fail(w, r, err)
			return
		}
		result, err := e.serve(s, c)
		if err != nil {
			s.fail(w, r, err)
			return
		}
		s.log(r, e, c.operator, result.status)
		s.write(w, r, result)
	})
}

// log writes the pattern, not the path, which can hold references of payments.
func (s *server) log(r *http.Request, e endpoint, by Operator, status int) {
	s.Logger.LogAttrs(r.Context(), slog.LevelInfo, "operator request", slog.String("endpoint", e.method+" "+e.path),
		slog.String("operator", by.ID.String()), slog.Int("status", status),
		slog.String("trace", traceOf(r.Context())))
}

// notOffered answers what no endpoint does: with 405 if another method would be
// served at this path, and with 404 otherwise.
func (s *server) notOffered(w http.ResponseWriter, r *http.Request) {
	kind := reason.UnknownInterface
	for _, method := range []string{http.MethodGet, http.MethodPost} {
		other := r.Clone(r.Context())
		other.Method = method
		if _, pattern := s.mux.Handler(other); pattern != elsewhere {
			kind = reason.UnsupportedMethod
			w.Header().Add("Allow", method)
		}
	}
	s.fail(w, r, reason.New(kind, "api.notOffered", ""))
}
