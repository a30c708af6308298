package bench

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/causeway-pay/causeway/conformance/stage"
	"github.com/causeway-pay/causeway/connectors/sandbox"
	"github.com/causeway-pay/causeway/internal/clock"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/keys"
	"github.com/causeway-pay/causeway/internal/keys/openssl"
	"github.com/causeway-pay/causeway/internal/ports"
	"github.com/causeway-pay/causeway/switch/route"
)

// Options of a run.
type Options struct {
	// Dir is where everything is kept, Program the switch's binary.
	Dir     string
	Program string
	// DatabaseURL names a database; empty starts a PostgreSQL of the run's own with
	// fsync on and, but for counting statements, its usual settings.
	DatabaseURL string
	// Keys is everybody's algorithm.
	Keys keys.Algorithm
	// Library is what everybody computes signatures with: go or openssl.
	Library  string
	Partners int
	Mix      Mix
	// Notices is of which final states acquirers are notified.
	Notices route.Notices
	// Stored is how many payments are in the database before the load.
	Stored int
	// Rate is the arrivals a second of an open loop; 0 looks for the peak.
	Rate float64
	// Overload is a second load at twice the capacity that was found.
	Overload bool
	Duration time.Duration
	// Warm is how long a load goes before the one that is measured.
	Warm time.Duration
	// Connections bounds the requests at once.
	Connections int
	Seed        uint64
	// Lists is a folder of authorities' sanctions lists; empty makes all names up.
	Lists string
	// Floor measures the floor too, pgbench with Clients clients.
	Floor   bool
	Clients int
	// Pgbench is how long pgbench runs; 0 means PgbenchTime.
	Pgbench time.Duration
	// CPUProfile and MemoryProfile are files for profiles of the hub; empty means none.
	CPUProfile, MemoryProfile string
	Log                       func(string)
}

// Validate refuses options that make no run.
func (o Options) Validate() error {
	if _, err := openssl.Choose(o.Library); err != nil {
		return fmt.Errorf("library: %w", err)
	}
	switch {
	case o.Keys != keys.P256 && o.Keys != keys.RSA2048:
		return errors.New("keys are p256 or rsa2048")
	case o.Partners < 2 || o.Partners > partnersMost:
		return fmt.Errorf("partners are 2 to %d", partnersMost)
	case o.Mix.Hot < 0 || o.Mix.Hot > 1 || o.Mix.Decline < 0 || o.Mix.Timeout < 0 || o.Mix.Decline+o.Mix.Timeout > 1:
		return errors.New("hot, decline and timeout are shares from 0 to 1, the last two together at most 1")
	case o.Rate < 0 || o.Rate > rateMost:
		return fmt.Errorf("the rate is up to %d a second", rateMost)
	case o.Duration < time.Second || o.Duration > durationMost:
		return fmt.Errorf("the duration is 1s to %s", durationMost)
	case o.Connections < 1 || o.Connections > connectionsMost:
		return fmt.Errorf("connections are 1 to %d", connectionsMost)
	case o.Stored < 0 || o.Clients < 1:
		return errors.New("stored and clients are not negative, and there is a client")
	}
	return nil
}

// Limits of a run. Requests are signed before they are sent and are good for five
// minutes, of which signing takes a part; file descriptors bound connections.
const (
	rateMost        = 20_000
	durationMost    = 3 * time.Minute
	connectionsMost = 8192
)

// codeWindow is how long the hub of a run seeks the outcome of a payment whose wallet
// does not answer: shorter than in production, so that a run ends soon.
const codeWindow = 20 * time.Second

// patientStatement bounds a statement over all payments, ten million of them too.
const patientStatement = 30 * time.Minute

// slice is the time that one figure of a series stands for.
const slice = time.Second

// run is a run on its stage.
type run struct {
	Options
	clock   clock.Clock
	stage   *stage.Stage
	cast    []stage.Partner
	lists   sanctions
	control string
	pprof   string
	server  server
	counted bool
	// patient is for statements that take long in a full database.
	patient *db.Pool
	proc    processes
	plans   []Plan
	said    []string
	// stepTime and easeTime are how long a step of the search for the peak and the
	// time after an overload last.
	stepTime, easeTime time.Duration
}

func newRun(options Options) *run {
	r := &run{
		Options: options, clock: clock.System{}, cast: cast(options.Partners), proc: processes{"/proc"},
		stepTime: stepTime, easeTime: easeTime,
	}
	for i, p := range r.cast {
		if p.Role == sandbox.RoleAcquirer {
			r.cast[i].Notices = options.Notices.String()
		}
	}
	if r.Log == nil {
		r.Log = func(string) {}
	}
	return r
}

// Run carries out a run and returns its report.
func Run(ctx context.Context, options Options) (Report, error) {
	if err := options.Validate(); err != nil {
		return Report{}, err
	}
	return newRun(options).carryOut(ctx)
}

func (r *run) carryOut(ctx context.Context) (Report, error) {
	defer r.close()
	if err := r.open(ctx); err != nil {
		return Report{}, err
	}
	return r.measure(ctx)
}

// close stops what was opened.
func (r *run) close() {
	if r.patient != nil {
		r.patient.Close()
	}
	if r.stage != nil {
		r.stage.Close()
	}
}

// open starts everything.
func (r *run) open(ctx context.Context) error {
	if err := os.MkdirAll(r.Dir, 0o755); err != nil {
		return fmt.Errorf("bench: %w", err)
	}
	var err error
	if r.lists, err = prepareLists(r.Lists, filepath.Join(r.Dir, "made-up.csv")); err != nil {
		return err
	}
	r.Log(fmt.Sprintf("%d names of authorities' lists and %d made up", r.lists.Real, r.lists.Made))
	if r.pprof, err = ports.Address(); err != nil {
		return err
	}
	r.stage, err = stage.Open(ctx, stage.Options{
		Dir: r.Dir, Program: r.Program, DatabaseURL: r.DatabaseURL, Cast: r.cast, Keys: r.Keys,
		Together: []string{"bench", "partners", "--config", r.partnersPath()}, Prepared: r.prepared,
		Serve: []string{"--pprof", r.pprof},
		// Counting statements is the one setting that is not PostgreSQL's own.
		DatabaseSettings: []string{"shared_preload_libraries=pg_stat_statements"},
		Timing:           stage.Timing{CodeWindow: codeWindow},
		LogLevel:         "warn", Hub: r.hubConfig(), Log: r.Log,
	})
	if err != nil {
		return err
	}
	r.counted = countStatements(ctx, r.stage.Pool)
	r.patient, err = db.Open(ctx, db.Options{
		URL: r.stage.DatabaseURL, Application: "causeway-bench", WholeTables: true, ConnectionsMax: 2,
		StatementTimeout: patientStatement,
	})
	if err != nil {
		return err
	}
	r.server, err = findServer(ctx, r.stage.Pool, r.stage.DatabaseURL, r.Pgbench)
	return err
}

// hubConfig is what the hub of a run has of its own.
func (r *run) hubConfig() map[string]any {
	return map[string]any{
		"lists": r.lists.config,
		"keys":  map[string]any{"dir": filepath.Join(r.Dir, "keys"), "library": r.Library},
	}
}

func (r *run) partnersPath() string { return filepath.Join(r.Dir, "config", "partners.json") }

// prepared writes the configuration of the process that plays all partners.
func (r *run) prepared(s *stage.Stage) error {
	hub, err := os.ReadFile(filepath.Join(s.Keys(), hubKeyFile))
	if err != nil {
		return fmt.Errorf("bench: %w", err)
	}
	r.control = s.ControlAddress(r.cast[0].ID)
	config := PartnersConfig{Keys: s.Keys(), Library: r.Library, HubKey: string(hub), Control: r.control}
	for _, p := range r.cast {
		config.Partners = append(config.Partners, PartnerSide{
			ID: p.ID, Role: p.Role, ClientID: stage.ClientID(p.ID), Listen: s.PartnerAddress(p.ID),
		})
	}
	return writeFile(r.partnersPath(), config)
}

// plan makes a plan of a number of payments, with codes that wait to be used.
func (r *run) plan(ctx context.Context, count int) (Plan, error) {
	acquirers, wallets := ofRole(r.cast, sandbox.RoleAcquirer), ofRole(r.cast, sandbox.RoleWallet)
	hub, err := os.ReadFile(filepath.Join(r.stage.Keys(), hubKeyFile))
	if err != nil {
		return Plan{}, fmt.Errorf("bench: %w", err)
	}
	r.Seed++
	plan := Plan{
		Name: newName(), Hub: r.stage.PartnersAddress(), Control: r.control, Keys: r.stage.Keys(), HubKey: string(hub),
		Library: r.Library, Seed: r.Seed, Connections: r.Connections, Slice: slice,
	}
	for i, a := range acquirers {
		place := placeOf(i)
		plan.Acquirers = append(plan.Acquirers, PlanAcquirer{
			ID: a.ID, ClientID: stage.ClientID(a.ID), Country: place.country, City: place.city, Currency: place.currency,
		})
	}
	picks := mixed(count, len(acquirers), len(wallets), r.Mix, r.Seed)
	if plan.Payments, err = issue(ctx, r.stage.Pool, wallets, picks, r.clock.Now()); err != nil {
		return plan, err
	}
	return plan, tidyCodes(ctx, r.patient)
}
