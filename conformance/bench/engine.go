package bench

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/causeway-pay/causeway/compliance"
	"github.com/causeway-pay/causeway/compliance/lists"
	"github.com/causeway-pay/causeway/compliance/watchlist"
	"github.com/causeway-pay/causeway/conformance/invariant"
	"github.com/causeway-pay/causeway/conformance/stage"
	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/connectors/sandbox"
	"github.com/causeway-pay/causeway/fx"
	"github.com/causeway-pay/causeway/internal/clock"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/db/dbserver"
	"github.com/causeway-pay/causeway/iso20022"
	"github.com/causeway-pay/causeway/money"
	"github.com/causeway-pay/causeway/settlement"
	"github.com/causeway-pay/causeway/settlement/window"
	"github.com/causeway-pay/causeway/switch/engine"
	"github.com/causeway-pay/causeway/switch/node"
	"github.com/causeway-pay/causeway/switch/route"
)

// EngineOptions are those of a run of the engine alone.
type EngineOptions struct {
	Dir         string
	DatabaseURL string
	Partners    int
	// Clients is how many payments are made at once, and how many clients pgbench has.
	Clients  int
	Duration time.Duration
	// Pgbench is how long pgbench runs each time; 0 means PgbenchTime.
	Pgbench time.Duration
	Log     func(string)
}

// EngineResult is what the engine reached beside pgbench.
type EngineResult struct {
	PerSecond float64 `json:"paymentsPerSecond"`
	Latency   Latency `json:"latency"`
	// Database is the server's processor time per payment in milliseconds.
	Database float64 `json:"databaseMillis"`
	// TPCB is pgbench's TPC-B, before and after, transactions a second.
	TPCB  [2]float64 `json:"tpcb"`
	Ratio float64    `json:"ratio"`
}

// inProcess is a wallet that says yes at once.
type inProcess struct{ connectors.Wallet }

// Pay implements [connectors.Wallet].
func (inProcess) Pay(_ context.Context, _ connectors.Participant, p connectors.Payment) connectors.Answer {
	return connectors.Answer{
		Decision: connectors.Accepted, WalletPaymentID: "W-" + p.RequestID, Sent: []byte("{}"), Received: []byte("{}"),
	}
}

// RunEngine measures the engine alone: no HTTP, no signatures, partners in the same
// process, and pgbench before and after on the same server.
func RunEngine(ctx context.Context, options EngineOptions) (EngineResult, error) {
	if options.Partners < 2 || options.Partners > partnersMost || options.Clients < 1 || options.Duration < time.Second {
		return EngineResult{}, errors.New("two partners or more, one client or more, one second or more")
	}
	a, done, err := openAlone(ctx, options)
	if err != nil {
		return EngineResult{}, err
	}
	defer done()
	return a.run(ctx)
}

// openAlone opens the database of an engine alone, which done closes.
func openAlone(ctx context.Context, options EngineOptions) (a *alone, done func(), err error) {
	a = &alone{EngineOptions: options, clock: clock.System{}, cast: cast(options.Partners)}
	var opened []func()
	done = func() {
		for _, end := range slices.Backward(opened) {
			end()
		}
	}
	defer func() {
		if err != nil {
			done()
		}
	}()
	address := options.DatabaseURL
	if address == "" {
		started, err := dbserver.Start(ctx, dbserver.Options{
			Dir: options.Dir, Log: options.Log, Durable: true, Kind: dbserver.PostgreSQL,
		})
		if err != nil {
			return nil, done, err
		}
		opened = append(opened, func() { _ = started.Stop() }) // it ends with this process at the latest
		address = started.URL()
	}
	if _, err := node.Migrate(ctx, address); err != nil {
		return nil, done, err
	}
	if a.pool, err = db.Open(ctx, db.Options{URL: address, Application: "causeway-bench"}); err != nil {
		return nil, done, err
	}
	opened = append(opened, a.pool.Close)
	a.patient, err = db.Open(ctx, db.Options{
		URL: address, Application: "causeway-bench", WholeTables: true, ConnectionsMax: 1, StatementTimeout: patientStatement,
	})
	if err != nil {
		return nil, done, err
	}
	opened = append(opened, a.patient.Close)
	a.server, err = findServer(ctx, a.pool, address, options.Pgbench)
	return a, done, err
}

// alone is the engine without anything around it.
type alone struct {
	EngineOptions
	pool *db.Pool
	// patient reads whole tables.
	patient   *db.Pool
	server    server
	clock     clock.Clock
	cast      []stage.Partner
	directory *route.Directory
	engine    *engine.Engine
}

func (a *alone) run(ctx context.Context) (EngineResult, error) {
	var result EngineResult
	if err := a.open(ctx); err != nil {
		return result, err
	}
	before, err := a.server.pgbench(ctx, a.Clients, a.Log)
	if err != nil {
		return result, err
	}
	if err := a.measure(ctx, &result); err != nil {
		return result, err
	}
	after, err := a.server.pgbench(ctx, a.Clients, a.Log)
	if err != nil {
		return result, err
	}
	result.TPCB = [2]float64{before.perSecond, after.perSecond}
	result.Ratio = result.PerSecond / ((before.perSecond + after.perSecond) / 2)
	violations, err := invariant.Run(ctx, a.patient)
	if err == nil && len(violations) > 0 {
		err = fmt.Errorf("bench: the books do not hold: %s", violations[0])
	}
	return result, err
}

// open takes the partners on and makes the engine.
func (a *alone) open(ctx context.Context) error {
	participants, corridors := a.participants(), a.corridors()
	err := a.pool.InTx(ctx, func(ctx context.Context, tx db.Tx) error {
		if err := window.Start(ctx, tx, stage.Region, a.clock.Now()); err != nil {
			return err
		}
		for i, p := range participants {
			if err := route.SaveParticipant(ctx, tx, p); err != nil {
				return err
			}
			limit, err := money.ParseDecimal(a.cast[i].Cap, p.Currency)
			if err == nil {
				err = settlement.Onboard(ctx, tx, p.ID, p.Region, limit)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	a.directory = route.NewDirectory(participants, corridors)
	desk, err := sampleDesk()
	if err != nil {
		return err
	}
	officer, err := sampleOfficer(a.clock)
	if err != nil {
		return err
	}
	a.engine = engine.New(engine.Dependencies{
		Pool: a.pool, Clock: a.clock, Logger: slog.New(slog.DiscardHandler), Pricer: desk, Officer: officer,
		Directory: func() *route.Directory { return a.directory },
		Wallets:   map[string]connectors.Wallet{connectorAlone: inProcess{}}, Committed: func() {},
	}, engine.Options{Region: stage.Region})
	return nil
}

// connectorAlone names the connector of partners in the same process.
const connectorAlone = "bench"

func (a *alone) participants() []route.Participant {
	var all []route.Participant
	for _, p := range a.cast {
		all = append(all, route.Participant{
			Participant: connectors.Participant{
				ID: p.ID, Role: connectors.Role(p.Role), Name: p.Name, Region: stage.Region, Country: p.Country,
				Currency: p.Currency, ClientID: stage.ClientID(p.ID), Endpoint: "http://127.0.0.1:1", Connector: connectorAlone,
			},
			CodePrefix: p.Prefix, FeeBasisPoints: p.FeeBasisPoints,
		})
	}
	return all
}

func (a *alone) corridors() []route.Corridor {
	var all []route.Corridor
	for _, shop := range shopPlaces {
		for _, payer := range walletPlaces {
			all = append(all, route.Corridor{
				PayerCountry: payer.country, MerchantCountry: shop.country, PayerMarkup: 50, MerchantMarkup: 15,
				Limit: money.New(1_000_000, money.Currency(shop.currency)),
			})
		}
	}
	return all
}

// sampleDesk prices with the built-in rates of one day, however old they are.
func sampleDesk() (*fx.Desk, error) {
	references, err := fx.Sample()
	if err != nil {
		return nil, err
	}
	board, err := fx.NewBoard(references, 100*365*24*time.Hour)
	if err != nil {
		return nil, err
	}
	desk := &fx.Desk{}
	desk.Replace(board)
	return desk, nil
}

// sampleOfficer screens against one name: what screening costs is not measured here.
func sampleOfficer(c clock.Clock) (*compliance.Officer, error) {
	officer, err := compliance.NewOfficer(c, 0)
	if err != nil {
		return nil, err
	}
	list, err := lists.Read("OWN", lists.FormatSimple, strings.NewReader("id,name\n1,"+stage.ListedName+"\n"))
	if err != nil {
		return nil, err
	}
	watched, err := watchlist.New([]lists.List{list})
	if err != nil {
		return nil, err
	}
	officer.Watch(watched, c.Now())
	return officer, nil
}

// engineMost bounds the payments of a run of the engine alone, a second.
const engineMost = 4000

// measure makes payments for as long as the run lasts.
func (a *alone) measure(ctx context.Context, result *EngineResult) error {
	acquirers, wallets := ofRole(a.cast, sandbox.RoleAcquirer), ofRole(a.cast, sandbox.RoleWallet)
	count := int(engineMost * a.Duration.Seconds())
	picks := mixed(count, len(acquirers), len(wallets), Mix{}, 1)
	payments, err := issue(ctx, a.pool, wallets, picks, a.clock.Now())
	if err != nil {
		return err
	}
	a.Log(fmt.Sprintf("the engine, %d at once for %s", a.Clients, a.Duration))
	running, stop := context.WithCancel(ctx)
	var lane sync.WaitGroup
	lane.Go(func() { a.engine.Run(running) })
	before, known := a.server.usage()
	tallies, took, err := a.clients(ctx, newName(), payments)
	after, _ := a.server.usage()
	stop()
	lane.Wait()
	completed := tallies.endToEnd.TotalCount()
	result.PerSecond, result.Latency = float64(completed)/took.Seconds(), latencyOf(tallies.endToEnd)
	if known {
		result.Database = (after.CPU - before.CPU).Seconds() * 1000 / float64(max(1, completed))
	}
	return err
}

// clients make payments side by side until the time is over.
func (a *alone) clients(ctx context.Context, name string, payments []PlanPayment) (*tally, time.Duration, error) {
	var next atomic.Int64
	var mu sync.Mutex
	var problem error
	all, start := newTally(), a.clock.Now()
	var clients sync.WaitGroup
	for range a.Clients {
		clients.Go(func() {
			own := newTally()
			var err error
			for err == nil && a.clock.Now().Sub(start) < a.Duration {
				i := int(next.Add(1)) - 1
				if i >= len(payments) {
					err = errors.New("bench: the engine is faster than there are codes for")
					break
				}
				began := a.clock.Now()
				err = a.pay(ctx, name+"-"+strconv.Itoa(i), payments[i])
				_ = own.endToEnd.RecordValue(within(a.clock.Now().Sub(began).Microseconds()))
			}
			mu.Lock()
			defer mu.Unlock()
			all.endToEnd.Merge(own.endToEnd)
			problem = errors.Join(problem, err)
		})
	}
	clients.Wait()
	return all, a.clock.Now().Sub(start), problem
}

// pay makes one payment, as a connector would that has read it from a partner.
func (a *alone) pay(ctx context.Context, requestID string, payment PlanPayment) error {
	acquirer, _ := a.directory.Participant(acquirerID(payment.Acquirer))
	place := placeOf(payment.Acquirer)
	minor, err := strconv.ParseInt(payment.Amount, 10, 64)
	if err != nil {
		return err
	}
	amount := money.New(minor, money.Currency(place.currency))
	paid, err := a.engine.Pay(ctx, acquirer.Participant, connectors.Order{
		RequestID: requestID, CheckedFields: sha256.Sum256([]byte(requestID)), Mode: connectors.PaymentCode,
		Transfer: iso20022.CreditTransfer{
			InstructedAmount: amount, MerchantCategory: "5814", Remittance: "Coffee and cake",
			Creditor:        iso20022.Party{Name: "Corner Tea House", Town: place.city, Country: place.country, OtherID: "M-1"},
			CreditorAccount: iso20022.Account{ID: "M-1"},
			DebtorAccount:   iso20022.Account{ProxyType: "TOKN", ProxyID: payment.Code},
		},
		Words: connectors.Words{
			Operation: "bench.pay", Received: []byte(`{"paymentRequestId":"` + requestID + `"}`),
			Answer: func(connectors.Outcome) []byte { return []byte("{}") },
		},
	})
	if err == nil && paid.Status != iso20022.Completed {
		err = fmt.Errorf("bench: payment %s is %s", requestID, paid.Status)
	}
	return err
}
