package node

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/internal/bus"
	"github.com/causeway-pay/causeway/internal/egress"
	"github.com/causeway-pay/causeway/internal/telemetry"
	"github.com/causeway-pay/causeway/switch/api"
)

// Limits of the operators' listener: people and scripts, never load.
const (
	headerWait   = 5 * time.Second
	requestWait  = 30 * time.Second
	idleWait     = 2 * time.Minute
	headerBytes  = 16 << 10
	shutdownWait = 15 * time.Second
)

func operatorServer(handler http.Handler) *http.Server {
	return &http.Server{
		Handler: handler, ReadHeaderTimeout: headerWait, ReadTimeout: requestWait, WriteTimeout: requestWait,
		IdleTimeout: idleWait, MaxHeaderBytes: headerBytes,
	}
}

// server is one HTTP server on its listener.
type server struct {
	name     string
	http     *http.Server
	listener net.Listener
	tls      ListenConfig
	logger   *slog.Logger
}

func serve(listener net.Listener, s *http.Server, config ListenConfig, logger *slog.Logger) *server {
	return &server{name: listener.Addr().String(), http: s, listener: listener, tls: config, logger: logger}
}

// run serves until ctx ends, then waits for the requests under way. A listener
// that cannot be served, as with a certificate that is not there, ends it too.
func (s *server) run(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	var wg sync.WaitGroup
	defer wg.Wait()
	defer cancel()
	// ServeTLS leaves the listener open when it finds no certificate.
	defer func() { _ = s.listener.Close() }()
	wg.Go(func() {
		<-ctx.Done()
		stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownWait)
		defer cancel()
		if err := s.http.Shutdown(stopping); err != nil {
			s.logger.LogAttrs(stopping, slog.LevelWarn, "requests cut off", slog.String("listener", s.name))
		}
	})
	var err error
	if s.tls.Certificate != "" {
		err = s.http.ServeTLS(s.listener, s.tls.Certificate, s.tls.Key)
	} else {
		err = s.http.Serve(s.listener)
	}
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}

// openOperators puts the operators' API together with the health endpoints,
// which need no token.
func (n *Node) openOperators(ctx context.Context) error {
	operators, err := readOperators(n.config.Administrators)
	if err != nil {
		return err
	}
	if err := api.TakeOnOperators(ctx, n.pool, n.clock, operators); err != nil {
		return fmt.Errorf("administrators: %w", err)
	}
	var aliases func(identifier, alias string) string
	if n.aliases != nil {
		aliases = n.aliases.Hash
	}
	handler, err := api.New(api.Config{
		Aliases: aliases,
		Pool:    n.pool, Clock: n.clock, Logger: n.telemetry.Logger(), Engine: n.engine, Directory: n.directory.Load,
		Endpoints: egress.Policy{Loopback: n.config.Callbacks.Loopback}, Connectors: []string{alipayplusName, networkName},
		Screening: n.officer.Version, CutOff: n.cutOff, Instruct: n.instruct, Changed: n.changed, Region: n.config.Region,
		Calendars: n.calendars,
		Rates:     n.feed, BookCurrency: n.config.Rates.book(), OpenFile: n.openReport, Layouts: n.reporting.layouts,
		Tolerances: n.reporting.tolerances, KeepPersons: n.config.Privacy.minimum(),
	})
	if err != nil {
		return err
	}
	n.operators = withHealth(handler, n.health)
	return nil
}

// withHealth puts the health endpoints beside the operators' API, which takes every other
// path as it is: a mux would redirect what it finds badly written.
func withHealth(operators http.Handler, health *telemetry.Health) http.Handler {
	live, ready := health.Livez(), health.Readyz()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked := r.Method == http.MethodGet || r.Method == http.MethodHead
		switch {
		case asked && r.URL.Path == "/livez":
			live.ServeHTTP(w, r)
		case asked && r.URL.Path == "/readyz":
			ready.ServeHTTP(w, r)
		default:
			operators.ServeHTTP(w, r)
		}
	})
}

// watch registers what must work for the hub to be given work.
func (n *Node) watch() {
	n.health.AddReady("database", n.pool.Ping)
	n.health.AddReady("bus", n.bus.Check)
	if n.vault != nil {
		n.health.AddReady("vault", n.vault.Check)
	}
	n.health.AddReady("outbox", n.relayHealth)
	n.health.AddReady("screening", func(context.Context) error { return n.officer.Ready() })
}

// outboxLagMax is how old an unpublished event may be before the hub says that
// it is not well: partners would notice late notifications from here on.
const outboxLagMax = 30 * time.Second

func (n *Node) relayHealth(ctx context.Context) error {
	lag, err := n.relay.Lag(ctx)
	if err != nil {
		return err
	}
	if lag > outboxLagMax {
		return errors.New("events are not published for " + lag.Round(time.Second).String())
	}
	return nil
}

// refreshEvery is how long a change of participants or corridors made by
// another hub of the region may stay unseen here.
const refreshEvery = 2 * time.Second

func (n *Node) refresh(ctx context.Context) {
	ticker := time.NewTicker(refreshEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		if err := n.reload(ctx); err != nil && ctx.Err() == nil {
			n.telemetry.Logger().LogAttrs(ctx, slog.LevelWarn, "directory not reloaded", slog.Any("problem", err))
		}
	}
}

// notify runs one notifier for each acquirer, also for those that come later.
func (n *Node) notify(ctx context.Context) {
	started := map[string]*bus.Consumer{}
	ticker := time.NewTicker(refreshEvery)
	defer ticker.Stop()
	for ctx.Err() == nil {
		for _, p := range n.directory.Load().Participants() {
			if p.Role != connectors.RoleAcquirer || started[p.ID] != nil {
				continue
			}
			consumer := n.notifier.Start(ctx, p.ID)
			started[p.ID] = consumer
			n.health.AddReady("notify-"+p.ID, consumer.Check)
		}
		select {
		case <-ctx.Done():
		case <-ticker.C:
		}
	}
	for _, consumer := range started {
		consumer.Wait()
	}
}

// changed follows a change of participants, corridors, rates or tariff at once.
func (n *Node) changed() {
	ctx, cancel := context.WithTimeout(context.Background(), refreshEvery)
	defer cancel()
	if err := n.reload(ctx); err != nil {
		n.telemetry.Logger().LogAttrs(ctx, slog.LevelWarn, "directory not reloaded", slog.Any("problem", err))
	}
	n.feed.Changed(ctx)
}

func readOperators(config []AdministratorConfig) ([]api.NewOperator, error) {
	var operators []api.NewOperator
	for _, a := range config {
		token, err := os.ReadFile(a.TokenFile)
		if err != nil {
			return nil, fmt.Errorf("administrators: %w", err)
		}
		operator := api.NewOperator{Name: a.Name, Token: telemetry.Personal(strings.TrimSpace(string(token)))}
		for _, role := range a.Roles {
			operator.Roles = append(operator.Roles, api.Role(role))
		}
		operators = append(operators, operator)
	}
	return operators, nil
}
