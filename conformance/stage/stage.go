package stage

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/causeway-pay/causeway/connectors/sandbox"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/db/dbserver"
	"github.com/causeway-pay/causeway/switch/node"
)

// Options of a stage.
type Options struct {
	// Dir is where everything is kept.
	Dir string
	// Program is the switch's binary.
	Program string
	// DatabaseURL names a database to use; empty means that a server is found
	// or made.
	DatabaseURL string
	// Fresh makes a database of its own on a server that DATABASE_URL names, and
	// drops it at the end.
	Fresh  bool
	Timing Timing
	// Customers are customers of every wallet beside its own.
	Customers []sandbox.Customer
	// Collector is where the hub exports traces and metrics to (OTLP over
	// HTTP); empty means nowhere.
	Collector string
	// LogLevel is the level of the hub's log; empty means info.
	LogLevel string
	// Hub replaces parts of the hub's configuration, such as "keys".
	Hub map[string]any
	// HubKeys is a directory of the hub's public keys that partners look into at
	// each message; empty means that they know version 1 alone.
	HubKeys string
	// Announce is how long a partner's new key waits before it signs.
	Announce time.Duration
	// Log tells the user what is going on.
	Log func(string)
}

// Stage is the whole switch, running.
type Stage struct {
	Dir         string
	DatabaseURL string
	// DatabaseKind says what kind of server was found or made.
	DatabaseKind string
	// Pool looks into the hub's database from outside.
	Pool *db.Pool

	options   Options
	addresses addresses
	server    *dbserver.Server
	drop      func() error
	hub       *process
	partners  map[string]*process
}

// Open sets up the database and starts hub and partners. On an error everything
// that was started is stopped again.
func Open(ctx context.Context, options Options) (*Stage, error) {
	s := &Stage{Dir: options.Dir, options: options, DatabaseURL: options.DatabaseURL, partners: map[string]*process{}}
	if s.options.Log == nil {
		s.options.Log = func(string) {}
	}
	if err := s.open(ctx); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

func (s *Stage) open(ctx context.Context) error {
	if err := os.MkdirAll(s.Dir, 0o755); err != nil {
		return fmt.Errorf("stage: %w", err)
	}
	if err := s.openDatabase(ctx); err != nil {
		return err
	}
	var err error
	if s.addresses, err = chooseAddresses(s.Dir); err != nil {
		return err
	}
	if err := s.prepare(); err != nil {
		return err
	}
	s.options.Log("starting five sandbox partners")
	for _, p := range Cast() {
		if err := s.startPartner(p); err != nil {
			return err
		}
	}
	s.options.Log("starting the hub")
	if err := s.StartHub(ctx); err != nil {
		return err
	}
	for _, p := range Cast() {
		path := "/control/customers"
		if p.Role == sandbox.RoleAcquirer {
			path = "/control/notifications"
		}
		if err := s.partners[p.ID].await(ctx, s.Control(p.ID).Base+path); err != nil {
			return err
		}
	}
	return nil
}

func (s *Stage) openDatabase(ctx context.Context) error {
	s.DatabaseKind = dbserver.Given
	if s.DatabaseURL == "" {
		server, err := dbserver.Start(ctx, dbserver.Options{Dir: s.path("database"), Log: s.options.Log, Durable: true})
		if err != nil {
			return err
		}
		s.server, s.DatabaseURL, s.DatabaseKind = server, server.URL(), server.Kind()
		if s.options.Fresh && server.Kind() == dbserver.Given {
			if s.DatabaseURL, s.drop, err = server.Fresh(ctx, "causeway_demo"); err != nil {
				return err
			}
		}
	}
	applied, err := node.Migrate(ctx, s.DatabaseURL)
	if err != nil {
		return err
	}
	s.options.Log(fmt.Sprintf("database ready (%s), %d migrations applied", s.DatabaseKind, applied))
	s.Pool, err = db.Open(ctx, db.Options{URL: s.DatabaseURL, Application: "causeway-stage", ConnectionsMax: 4})
	return err
}

func (s *Stage) startPartner(p Partner) error {
	child, err := s.start(p.ID, "sandbox", "--config", s.path("config", p.ID+".yaml"), "--leash")
	if err != nil {
		return err
	}
	s.partners[p.ID] = child
	return nil
}

// StartHub starts the hub and waits until it says that it is ready.
func (s *Stage) StartHub(ctx context.Context) error {
	child, err := s.start("hub", "serve", "--config", s.path("config", "hub.yaml"), "--leash")
	if err != nil {
		return err
	}
	s.hub = child
	return child.await(ctx, s.OperatorsURL()+"/readyz")
}

// StopHub ends the hub in order, with what it has to say at its end.
func (s *Stage) StopHub() { s.hub.stop() }

// KillHub ends the hub as a power cut would.
func (s *Stage) KillHub() { s.hub.kill() }

// HubExited reports whether the hub has ended by itself.
func (s *Stage) HubExited() bool { return s.hub == nil || s.hub.exited() }

// Close stops hub, partners and database, in this order.
func (s *Stage) Close() {
	s.hub.stop()
	for _, child := range s.partners {
		child.stop()
	}
	if s.Pool != nil {
		s.Pool.Close()
	}
	if s.drop != nil {
		if err := s.drop(); err != nil {
			s.options.Log("the demo's database was not dropped: " + err.Error())
		}
	}
	if s.server != nil {
		// What is left of the server ends with this process at the latest.
		_ = s.server.Stop()
	}
}

// PartnersURL is where partners reach the hub.
func (s *Stage) PartnersURL() string { return "http://" + s.addresses.Partners }

// OperatorsURL is where operators reach the hub.
func (s *Stage) OperatorsURL() string { return "http://" + s.addresses.Operators }

// Reports is the folder of settlement messages and report files.
func (s *Stage) Reports() string { return s.path("reports") }

// Keys is the folder of the key pairs, each named by its owner; the hub's owner
// is [node.HubOwner].
func (s *Stage) Keys() string { return s.path("keys") }

// Bus is the folder of the hub's embedded broker.
func (s *Stage) Bus() string { return s.path("nats") }

// HubLog is the file that the hub logs to, over all its lives.
func (s *Stage) HubLog() string { return s.path("logs", "hub.log") }

// PartnerURL is where the hub reaches a partner.
func (s *Stage) PartnerURL(partner string) string { return "http://" + s.addresses.Sides[partner].Side }

// HubConfig is the hub's configuration file.
func (s *Stage) HubConfig() string { return s.path("config", "hub.yaml") }

// Control steers a partner.
func (s *Stage) Control(partner string) *sandbox.Control {
	return &sandbox.Control{Base: "http://" + s.addresses.Sides[partner].Control}
}

// Operators returns the names of the first operators.
func (s *Stage) Operators() []string {
	var names []string
	for _, o := range operators() {
		names = append(names, o.name)
	}
	return names
}

// Token returns an operator's token.
func (s *Stage) Token(operator string) (string, error) {
	body, err := os.ReadFile(s.path("tokens", operator))
	return strings.TrimSpace(string(body)), err
}
