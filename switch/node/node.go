package node

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/causeway-pay/causeway/compliance"
	"github.com/causeway-pay/causeway/compliance/keeper"
	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/connectors/alipayplus"
	"github.com/causeway-pay/causeway/connectors/cashier"
	"github.com/causeway-pay/causeway/fx"
	"github.com/causeway-pay/causeway/fx/feed"
	"github.com/causeway-pay/causeway/internal/bus"
	"github.com/causeway-pay/causeway/internal/clock"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/egress"
	"github.com/causeway-pay/causeway/internal/keys"
	"github.com/causeway-pay/causeway/internal/keys/vault"
	"github.com/causeway-pay/causeway/internal/outbox"
	"github.com/causeway-pay/causeway/internal/telemetry"
	"github.com/causeway-pay/causeway/settlement/ledger"
	"github.com/causeway-pay/causeway/settlement/window"
	"github.com/causeway-pay/causeway/switch/agreement"
	"github.com/causeway-pay/causeway/switch/customs"
	"github.com/causeway-pay/causeway/switch/dispute"
	"github.com/causeway-pay/causeway/switch/engine"
	"github.com/causeway-pay/causeway/switch/merchant"
	"github.com/causeway-pay/causeway/switch/route"
)

// The names of the connectors in a participant's row: towards partners, and as a member
// of another network.
const (
	alipayplusName = "alipayplus"
	networkName    = "alipayplus-network"
)

// HubOwner is whose keys sign what the hub says.
const HubOwner = "CAUSEWAY"

// Node is a hub with everything it stands on, opened and ready to run.
type Node struct {
	config    Config
	clock     clock.Clock
	telemetry *telemetry.Telemetry
	health    *telemetry.Health
	vault     *vault.Client // nil without Vault
	library   keys.Library
	ring      *keys.Ring
	aliases   route.AliasKey // nil without a key
	// credentials are nil unless Vault makes them.
	credentials *vault.Credentials
	pool        *db.Pool
	bus         *bus.Bus
	relay       *outbox.Relay
	desk        *fx.Desk
	feed        *feed.Feed
	sources     []feed.Scheduled
	officer     *compliance.Officer
	keeper      *keeper.Keeper
	rescreen    chan struct{}
	sealer      *ledger.Sealer
	directory   atomic.Pointer[route.Directory]
	engine      *engine.Engine
	calendars   window.Calendars
	cutOffs     window.Schedule
	reporting   reporting
	notifier    *engine.Notifier
	client      *alipayplus.Client
	disputes    *dispute.Desk
	customs     *customs.Desk
	merchants   *merchant.Desk
	partners    http.Handler
	operators   http.Handler

	// closers undo what was opened, last first.
	closers []func()
}

// Complete checks the configuration and opens everything. If a step fails, what
// was opened before it is closed again.
func Complete(ctx context.Context, config Config) (*Node, error) {
	config, client, err := withSecrets(ctx, config)
	if err != nil {
		return nil, err
	}
	if err := config.Validate(); err != nil {
		return nil, err
	}
	n := &Node{config: config, vault: client, clock: clock.System{}, health: telemetry.NewHealth(0)}
	for _, step := range []func(context.Context) error{
		n.openTelemetry, n.openFolders, n.openKeys, n.openDatabase, n.openBus, n.loadReference, n.openEngine, n.openOperators,
	} {
		if err := step(ctx); err != nil {
			n.Close()
			return nil, err
		}
	}
	n.watch()
	return n, nil
}

// Close undoes Complete.
func (n *Node) Close() {
	for i := len(n.closers) - 1; i >= 0; i-- {
		n.closers[i]()
	}
	n.closers = nil
}

func (n *Node) closeLater(closer func()) { n.closers = append(n.closers, closer) }

func (n *Node) openTelemetry(ctx context.Context) error {
	var level slog.Level
	if text := n.config.Telemetry.Level; text != "" {
		if err := level.UnmarshalText([]byte(text)); err != nil {
			return fmt.Errorf("telemetry.level: %w", err)
		}
	}
	t, err := telemetry.Start(ctx, telemetry.Options{
		Service: "causeway-hub", OTLPEndpoint: n.config.Telemetry.OTLP, LogFormat: n.config.Telemetry.Log, LogLevel: level,
	})
	if err != nil {
		return fmt.Errorf("telemetry: %w", err)
	}
	n.telemetry = t
	n.closeLater(func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 3*time.Second)
		defer cancel()
		// What cannot be exported at the end is lost with the process anyway.
		_ = t.Shutdown(ctx)
	})
	return nil
}

func (n *Node) openDatabase(ctx context.Context) error {
	attempts, err := telemetry.Meter("github.com/causeway-pay/causeway/internal/db").Int64Histogram("causeway.db.attempts")
	if err != nil {
		return err
	}
	credentials, err := n.openCredentials(ctx)
	if err != nil {
		return err
	}
	box, err := n.config.Privacy.Box()
	if err != nil {
		return err
	}
	if box == nil {
		n.telemetry.Logger().LogAttrs(ctx, slog.LevelWarn, "personal data stands in clear in the database: name privacy.keys")
	}
	pool, err := db.Open(ctx, db.Options{
		URL: n.config.Database.URL, Credentials: credentials, Application: "causeway-hub",
		ConnectionsMax: n.config.Database.Connections,
		Box:            box,
		Observe:        func(ctx context.Context, count int, _ error) { attempts.Record(ctx, int64(count)) },
	})
	if err != nil {
		return fmt.Errorf("database.url: %w", err)
	}
	n.pool = pool
	n.closeLater(pool.Close)
	migrations, err := Migrations()
	if err != nil {
		return err
	}
	return db.CheckMigrated(ctx, pool, migrations)
}

func (n *Node) openBus(ctx context.Context) error {
	b, err := bus.Open(ctx, bus.Options{
		Dir: n.config.Bus.Dir, URL: n.config.Bus.URL, Name: "causeway-hub", Logger: n.telemetry.Logger(), Clock: n.clock,
	})
	if err != nil {
		return fmt.Errorf("bus: %w", err)
	}
	n.bus = b
	n.closeLater(b.Close)
	stream := bus.StreamOptions{
		Name: engine.Stream, Subjects: engine.StreamSubjects(), MaxAge: streamAge, MaxBytes: streamBytes,
		DuplicateWindow: 10 * time.Minute,
	}
	n.relay = outbox.NewRelay(n.pool, b, n.clock, n.telemetry.Logger(), outbox.Options{
		Stream: stream, Region: n.config.Region, Retention: streamAge,
	})
	return nil
}

// Limits of the stream: a week of events, or 4 GiB of them, about eight million.
const (
	streamAge   = 7 * 24 * time.Hour
	streamBytes = 4 << 30
)

func (n *Node) loadReference(ctx context.Context) error {
	if err := takeOn(ctx, n.pool, n.clock, n.config); err != nil {
		return err
	}
	if err := n.reload(ctx); err != nil {
		return err
	}
	if err := n.openRates(ctx); err != nil {
		return err
	}
	return n.openCompliance(ctx)
}

// reload replaces the directory by what the database says.
func (n *Node) reload(ctx context.Context) error {
	directory, err := route.Load(ctx, n.pool)
	if err != nil {
		return err
	}
	n.directory.Store(directory.WithAliases(n.aliases))
	return nil
}

// directoryOfClients is the directory as the connectors look at it.
type directoryOfClients struct{ node *Node }

// ByClient implements alipayplus.Directory.
func (d directoryOfClients) ByClient(clientID string) (connectors.Participant, bool) {
	p, ok := d.node.directory.Load().ByClient(clientID)
	return p.Participant, ok
}

// keyOf looks up a participant's public key in the present directory.
func (n *Node) keyOf(owner string, version int) (string, bool) {
	p, ok := n.directory.Load().Participant(owner)
	if !ok {
		return "", false
	}
	key, ok := p.Keys[version]
	return key, ok
}

func (n *Node) openEngine(context.Context) error {
	if err := n.openSettlement(); err != nil {
		return err
	}
	signer, verifier := n.ring, keys.NewPublishedWith(n.library, n.keyOf)
	timing, logger := n.config.Timing, n.telemetry.Logger()
	n.client = alipayplus.NewClient(alipayplus.ClientConfig{
		Caller: alipayplus.CallerConfig{
			Signer: signer, Verifier: verifier, Clock: n.clock, Freshness: timing.Freshness,
			Transport: alipayplus.TransportConfig{Callbacks: egress.Policy{Loopback: n.config.Callbacks.Loopback}},
		},
		PublicURL: n.config.Partners.PublicURL,
	})
	n.closeLater(n.client.Close)
	n.engine = engine.New(engine.Dependencies{
		Pool: n.pool, Clock: n.clock, Logger: logger, Directory: n.directory.Load, Pricer: n.desk, Officer: n.officer,
		Wallets:   map[string]connectors.Wallet{alipayplusName: n.client, networkName: n.client.Member()},
		Acquirers: map[string]connectors.Acquirer{alipayplusName: n.client, networkName: n.client.Member()},
		Issuers:   map[string]connectors.Issuer{networkName: n.client.Member()},
		Networks:  map[string]connectors.Network{networkName: n.client.Member()},
		Committed: n.relay.Nudge, Signer: n.ring,
	}, engine.Options{
		Region: n.config.Region, PublicURL: n.config.Partners.PublicURL, WalletPatience: timing.WalletPatience,
		CodeWindow:  timing.CodeWindow,
		OrderWindow: timing.OrderWindow, Inquiries: timing.Inquiries, Cancels: timing.Cancels, Pushes: timing.Pushes,
		DebitWindow: timing.DebitWindow, CancelGrace: timing.CancelGrace, RefundWindow: timing.RefundWindow,
		BookCurrency: n.config.Rates.book(), QuoteLife: n.config.Rates.QuoteLife, Calendars: n.calendars,
		Multilateral: n.config.Settlement.Multilateral, Columns: n.reporting.columns,
		Agreement: n.config.Settlement.Agreement, Apart: n.config.Database.Apart,
	})
	n.sealer = ledger.NewSealer(n.pool, n.clock, n.ring, logger, n.config.Region)
	n.notifier = engine.NewNotifier(n.engine, n.bus, timing.Notifications)
	n.partners = publicSide(alipayplus.NewServer(alipayplus.ServerConfig{
		Gate: alipayplus.GateConfig{
			Directory: directoryOfClients{n}, Verifier: verifier, Signer: signer, Clock: n.clock,
			Freshness: timing.Freshness, Logger: logger,
		},
		Hub: n.engine, Full: n.engine.Full, PublicURL: n.config.Partners.PublicURL, Agreements: n.agreements(),
		Disputes:  n.openDisputes(),
		Merchants: n.openMerchants(), Customs: n.openCustoms(),
	}), cashier.New(n.engine, engine.CashierPath, logger))
	return nil
}

// agreements is the desk of what payers agreed to.
func (n *Node) agreements() *agreement.Desk {
	way := n.client.Agreements()
	return &agreement.Desk{
		Pool: n.pool, Clock: n.clock, Region: n.config.Region, Directory: n.directory.Load,
		Wallets: map[string]connectors.AgreementWallet{
			alipayplusName: way, networkName: n.client.Member().Agreements(),
		},
		Acquirers: map[string]connectors.AgreementAcquirer{alipayplusName: way},
	}
}

// publicSide puts the pages of payers beside the partners' protocol, which takes
// every other path as it is.
func publicSide(partners, pages http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, engine.CashierPath) {
			pages.ServeHTTP(w, r)
			return
		}
		partners.ServeHTTP(w, r)
	})
}

// Run serves until ctx ends, then lets what is under way come to its end.
func (n *Node) Run(ctx context.Context) error {
	partners, err := listen(n.config.Partners)
	if err != nil {
		return fmt.Errorf("partners.listen: %w", err)
	}
	operators, err := listen(n.config.Operators)
	if err != nil {
		return errors.Join(fmt.Errorf("operators.listen: %w", err), partners.Close())
	}
	// The lane outlives everything that commits through it.
	laneCtx, stopLane := context.WithCancel(context.WithoutCancel(ctx))
	var lane sync.WaitGroup
	lane.Go(func() { n.engine.Run(laneCtx) })
	running, stop := context.WithCancelCause(ctx)
	var wg sync.WaitGroup
	wg.Go(func() { n.engine.RunDuties(running) })
	wg.Go(func() { stopOn(stop, "relay", n.relay.Run(running)) })
	wg.Go(func() { n.sealer.Run(running) })
	wg.Go(func() { n.refresh(running) })
	wg.Go(func() { n.watchKeys(running) })
	if n.vault != nil {
		wg.Go(func() { n.watchVault(running) })
	}
	if n.credentials != nil {
		wg.Go(func() { n.watchCredentials(running) })
	}
	wg.Go(func() { stopOn(stop, "rates", n.feed.Run(running, n.sources)) })
	wg.Go(func() { n.watchExposure(running) })
	wg.Go(func() { n.watchPositions(running) })
	wg.Go(func() { n.keepUp(running) })
	wg.Go(func() { n.erase(running) })
	wg.Go(func() { stopOn(stop, "lists", n.keeper.Run(running)) })
	wg.Go(func() { n.followPolicy(running) })
	wg.Go(func() { n.rescreenOpen(running) })
	wg.Go(func() { n.sealAudit(running) })
	wg.Go(func() { n.notify(running) })
	wg.Go(func() { n.disputes.Run(running) })
	wg.Go(func() { n.customs.Run(running) })
	wg.Go(func() { n.merchants.Run(running) })
	wg.Go(func() { n.watchWindows(running) })
	if courier := n.courier(); courier != nil {
		wg.Go(func() { courier.Run(running) })
	}
	if n.config.Settlement.Inbox != "" {
		wg.Go(func() { n.watchInbox(running) })
	}
	logger := n.telemetry.Logger()
	servers := []*server{
		serve(partners, alipayplus.NewHTTPServer(n.partners), n.config.Partners, logger),
		serve(operators, operatorServer(telemetry.Handler(n.operators, "operator")), n.config.Operators, logger),
	}
	for _, s := range servers {
		wg.Go(func() { stopOn(stop, s.name, s.run(running)) })
	}
	n.telemetry.Logger().LogAttrs(ctx, slog.LevelInfo, "hub is serving",
		slog.String("region", n.config.Region), slog.String("partners", partners.Addr().String()),
		slog.String("operators", operators.Addr().String()))
	<-running.Done()
	wg.Wait()
	stopLane()
	lane.Wait()
	if cause := context.Cause(running); ctx.Err() == nil && cause != nil {
		return cause
	}
	return nil
}

// stopOn ends the hub when a part that must run ends with an error.
func stopOn(stop context.CancelCauseFunc, part string, err error) {
	if err != nil && !errors.Is(err, context.Canceled) {
		stop(fmt.Errorf("%s: %w", part, err))
	}
}

func listen(config ListenConfig) (net.Listener, error) {
	return net.Listen("tcp", config.Listen)
}
