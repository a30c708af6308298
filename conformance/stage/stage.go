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
	"github.com/causeway-pay/causeway/internal/keys"
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
	// Cast replaces the partners of [Cast].
	Cast []Partner
	// Together plays all partners in one process: the arguments of the program that
	// does, beside --leash. Empty means a sandbox for each. It answers at
	// "/control/ready" of the first partner's control address.
	Together []string
	// Prepared is called when addresses, keys and configuration are there and
	// nothing is running yet.
	Prepared func(*Stage) error
	// Keys is the algorithm of everybody's keys; empty means RSA-2048.
	Keys keys.Algorithm
	// Serve are arguments of the hub's process beside its configuration.
	Serve []string
	// DatabaseSettings are settings of a database server that is made.
	DatabaseSettings []string
	// Log tells the user what is going on.
	Log func(string)
}

// Stage is the whole switch, running.
type Stage struct {
	Dir         string
	DatabaseURL string
	// DatabaseKind says what kind of server was found or made.
	DatabaseKind string
	// Pool looks into the hub's database from outside, with the hub's key for personal
	// data.
	Pool *db.Pool

	options   Options
	addresses addresses
	// privacyKey is what personal data is sealed with, in base64.
	privacyKey string

	server   *dbserver.Server
	drop     func() error
	hub      *process
	partners map[string]*process
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
	if s.addresses, err = chooseAddresses(s.Dir, s.cast()); err != nil {
		return err
	}
	if err := s.prepare(); err != nil {
		return err
	}
	if s.options.Prepared != nil {
		if err := s.options.Prepared(s); err != nil {
			return err
		}
	}
	s.options.Log(fmt.Sprintf("starting %d partners", len(s.cast())))
	if err := s.startPartners(); err != nil {
		return err
	}
	s.options.Log("starting the hub")
	if err := s.StartHub(ctx); err != nil {
		return err
	}
	return s.awaitPartners(ctx)
}

// cast are the partners of this stage.
func (s *Stage) cast() []Partner {
	if len(s.options.Cast) > 0 {
		return s.options.Cast
	}
	return Cast()
}

func (s *Stage) startPartners() error {
	if len(s.options.Together) > 0 {
		child, err := s.start("partners", append(s.options.Together, "--leash")...)
		s.partners[together] = child
		return err
	}
	for _, p := range s.cast() {
		if err := s.startPartner(p); err != nil {
			return err
		}
	}
	return nil
}

// together is the key of the process that plays all partners.
const together = ""

func (s *Stage) awaitPartners(ctx context.Context) error {
	if child := s.partners[together]; child != nil {
		return child.await(ctx, s.Control(s.cast()[0].ID).Base+"/control/ready")
	}
	for _, p := range s.cast() {
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
		server, err := dbserver.Start(ctx, dbserver.Options{
			Dir: s.path("database"), Log: s.options.Log, Durable: true, Settings: s.options.DatabaseSettings,
		})
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
	box, err := s.box()
	if err != nil {
		return err
	}
	s.Pool, err = db.Open(ctx, db.Options{
		URL: s.DatabaseURL, Application: "causeway-stage", WholeTables: true, ConnectionsMax: 4, Box: box,
	})
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
	arguments := append([]string{"serve", "--config", s.path("config", "hub.yaml"), "--leash"}, s.options.Serve...)
	child, err := s.start("hub", arguments...)
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

// HubProcess is the process number of the hub's present life.
func (s *Stage) HubProcess() int { return s.hub.cmd.Process.Pid }

// PartnersProcess is the process number of the program that plays all partners, 0
// without one.
func (s *Stage) PartnersProcess() int {
	if child := s.partners[together]; child != nil {
		return child.cmd.Process.Pid
	}
	return 0
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

// PartnersAddress is the host and port at which partners reach the hub.
func (s *Stage) PartnersAddress() string { return s.addresses.Partners }

// PartnerAddress is the host and port at which the hub reaches a partner.
func (s *Stage) PartnerAddress(partner string) string { return s.addresses.Sides[partner].Side }

// ControlAddress is the host and port at which a partner is steered.
func (s *Stage) ControlAddress(partner string) string { return s.addresses.Sides[partner].Control }
