package api_test

import (
	"context"
	"crypto/sha256"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/causeway-pay/causeway/compliance"
	"github.com/causeway-pay/causeway/conformance/hubtest"
	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/fx"
	"github.com/causeway-pay/causeway/fx/feed"
	"github.com/causeway-pay/causeway/internal/bus"
	"github.com/causeway-pay/causeway/internal/clock"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/db/dbtest"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/telemetry"
	"github.com/causeway-pay/causeway/iso20022"
	"github.com/causeway-pay/causeway/money"
	"github.com/causeway-pay/causeway/settlement/report"
	"github.com/causeway-pay/causeway/switch/api"
	"github.com/causeway-pay/causeway/switch/api/client"
	"github.com/causeway-pay/causeway/switch/engine"
	"github.com/causeway-pay/causeway/switch/route"
)

const region = hubtest.Region

// keepPersons is how old payments must be for their persons to be erased.
const keepPersons = 30 * 24 * time.Hour

// payerName is a canary: it must show up nowhere but where it belongs.
const payerName = "Mei Lantern"

// movingClock is the machine's clock, set forward by a test.
type movingClock struct {
	offset atomic.Int64
	// next is done, once, when somebody looks at the clock.
	next atomic.Pointer[func()]
}

func (c *movingClock) Now() time.Time {
	if next := c.next.Swap(nil); next != nil {
		(*next)()
	}
	return clock.System{}.Now().Add(time.Duration(c.offset.Load()))
}

func (c *movingClock) Advance(d time.Duration) { c.offset.Add(int64(d)) }

// wallet answers as it is told.
type wallet struct{ pay, cancel atomic.Uint32 }

func said(decision *atomic.Uint32) connectors.Answer {
	return connectors.Answer{Decision: connectors.Decision(decision.Load()), Sent: []byte("{}"), Received: []byte("{}")}
}

func (w *wallet) Pay(context.Context, connectors.Participant, connectors.Payment) connectors.Answer {
	return said(&w.pay)
}

func (w *wallet) Inquire(context.Context, connectors.Participant, iso20022.StatusRequest) connectors.Answer {
	return connectors.Answer{}
}

func (w *wallet) Cancel(context.Context, connectors.Participant, iso20022.CancellationRequest) connectors.Answer {
	return said(&w.cancel)
}

func (w *wallet) Return(
	context.Context,
	connectors.Participant,
	connectors.Payment,
	iso20022.PaymentReturn,
) connectors.Answer {
	return connectors.Answer{Decision: connectors.Accepted}
}

// bench is the API over a real engine on a real database.
type bench struct {
	t         *testing.T
	pool      *db.Pool
	clock     *movingClock
	engine    *engine.Engine
	officer   *compliance.Officer
	wallet    *wallet
	directory atomic.Pointer[route.Directory]
	server    *httptest.Server
	logs      *logBook
	checked   *checkedTransport
	desk      fx.Desk
	feed      *feed.Feed
	// tokens are by name: two operators for each role, "treasury-1" and
	// "treasury-2".
	tokens  map[string]telemetry.Personal
	changed atomic.Int64
	cutOff  func(ctx context.Context, actor string) (ids.ID, error)
	// reports is the directory of report files.
	reports string
}

// logBook keeps what is logged, to look for what must not be in it.
type logBook struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *logBook) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *logBook) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

func migrations(t *testing.T) []db.Migration { return hubtest.Migrations(t) }

// each runs a test on every engine of the database. Extra kinds take part in
// four eyes.
func each(t *testing.T, body func(t *testing.T, b *bench), kinds ...api.Kind) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, pool *db.Pool) {
		b := &bench{
			t:      t,
			pool:   pool,
			clock:  &movingClock{},
			wallet: &wallet{},
			logs:   &logBook{},
			tokens: map[string]telemetry.Personal{}, reports: t.TempDir(),
		}
		b.wallet.pay.Store(uint32(connectors.Accepted))
		b.wallet.cancel.Store(uint32(connectors.Declined))
		b.do(takeOn)
		b.reload()
		b.takeOnOperators()
		b.startEngine()
		b.startServer(kinds)
		body(t, b)
		b.discreet()
	}, migrations(t))
}

// do runs a transaction.
func (b *bench) do(work func(ctx context.Context, tx db.Tx) error) {
	b.t.Helper()
	if err := b.pool.InTx(b.t.Context(), work); err != nil {
		b.t.Fatal(err)
	}
}

// exec runs one statement, as somebody with the database's password could.
func (b *bench) exec(sql string, args ...any) int64 {
	b.t.Helper()
	var changed int64
	b.do(func(ctx context.Context, tx db.Tx) error {
		var err error
		changed, err = tx.Exec(ctx, sql, args...)
		return err
	})
	return changed
}

func takeOn(ctx context.Context, tx db.Tx) error {
	err := hubtest.TakeOn(ctx, tx, time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC), 50_000_000, []route.Participant{
		participant("JP-ACQUIRER", connectors.RoleAcquirer, "JP", "JPY", ""),
		participant("HK-WALLET", connectors.RoleWallet, "HK", "HKD", "251001"),
	})
	if err != nil {
		return err
	}
	return route.SaveCorridor(ctx, tx, route.Corridor{
		PayerCountry: "HK", MerchantCountry: "JP", PayerMarkup: 50, MerchantMarkup: 20, Limit: money.New(1_000_000, "JPY"),
	})
}

// participant is a partner with a key.
func participant(
	id string, role connectors.Role, country string, currency money.Currency, prefix string,
) route.Participant {
	p := hubtest.Participant(id, role, country, currency, prefix)
	p.Keys = map[int]string{1: "KEY"}
	return p
}

func (b *bench) reload() {
	b.t.Helper()
	directory, err := route.Load(b.t.Context(), b.pool)
	if err != nil {
		b.t.Fatal(err)
	}
	b.directory.Store(directory)
}

func (b *bench) takeOnOperators() {
	b.t.Helper()
	var operators []api.NewOperator
	for _, role := range api.Roles() {
		for _, number := range []string{"-1", "-2"} {
			name := string(role) + number
			b.tokens[name] = api.NewToken()
			operators = append(operators, api.NewOperator{Name: name, Roles: []api.Role{role}, Token: b.tokens[name]})
		}
	}
	if err := api.TakeOnOperators(b.t.Context(), b.pool, b.clock, operators); err != nil {
		b.t.Fatal(err)
	}
}

func (b *bench) startEngine() {
	b.t.Helper()
	b.desk.Replace(hubtest.Board(b.t))
	b.startFeed(hubtest.References(b.t))
	b.officer = hubtest.Officer(b.t, b.clock)
	b.engine = engine.New(engine.Dependencies{
		Pool: b.pool, Clock: b.clock, Logger: slog.New(slog.DiscardHandler),
		Directory: b.directory.Load, Pricer: &b.desk, Officer: b.officer,
		Wallets: map[string]connectors.Wallet{"scripted": b.wallet}, Committed: func() {},
	}, engine.Options{
		Region: region, WalletPatience: 2 * time.Second, DutyPoll: 10 * time.Millisecond,
		Inquiries: []time.Duration{20 * time.Millisecond}, Cancels: []time.Duration{20 * time.Millisecond}, CancelAttempts: 1,
	})
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	wg.Go(func() { b.engine.Run(ctx) })
	b.t.Cleanup(func() { cancel(); wg.Wait() })
}

// startFeed brings rates to the desk over a real broker.
func (b *bench) startFeed(references []fx.Reference) {
	b.t.Helper()
	broker, err := bus.Open(b.t.Context(), bus.Options{Dir: b.t.TempDir(), Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		b.t.Fatal(err)
	}
	b.t.Cleanup(broker.Close)
	b.feed = feed.New(feed.Config{
		Pool: b.pool, Desk: &b.desk, Bus: broker, Clock: b.clock, Logger: slog.New(slog.DiscardHandler),
		Rules: fx.Rules{Default: fx.Guard{FreshFor: 100 * 365 * 24 * time.Hour, MoveMax: 2000}},
	})
	if _, err := b.feed.Take(b.t.Context(), references); err != nil {
		b.t.Fatal(err)
	}
}

var aliasKey = route.AliasKey("a key of the test")

func (b *bench) config(kinds []api.Kind) api.Config {
	return api.Config{
		KeepPersons: keepPersons,
		Pool:        b.pool, Clock: b.clock, Logger: slog.New(slog.NewTextHandler(b.logs, nil)), Engine: b.engine,
		Directory: b.directory.Load, Screening: func() (string, int) { return "v1", 1 },
		CutOff: func(ctx context.Context, actor string) (ids.ID, error) {
			if b.cutOff != nil {
				return b.cutOff(ctx, actor)
			}
			closed, err := b.engine.CutOff(ctx)
			return closed.ID, err
		},
		Instruct: func(ctx context.Context, id ids.ID) (int, error) {
			paths, err := b.engine.Instruct(ctx, b.reports, id)
			return len(paths), err
		},
		OpenFile: func(_ context.Context, file report.IssuedFile) (io.ReadSeekCloser, error) {
			return os.Open(filepath.Join(b.reports, file.Path))
		},
		Layouts: b.layouts(),
		Changed: func() { b.changed.Add(1); b.feed.Changed(context.Background()) }, Region: region, Kinds: kinds,
		Rates: b.feed, BookCurrency: "EUR", Connectors: []string{"scripted", "scripted-network"},
		Aliases: aliasKey.Hash,
	}
}

func (b *bench) startServer(kinds []api.Kind) {
	b.t.Helper()
	handler, err := api.New(b.config(kinds))
	if err != nil {
		b.t.Fatal(err)
	}
	b.server = httptest.NewServer(handler)
	b.t.Cleanup(b.server.Close)
	b.checked = newCheckedTransport(b.t, b.server.Client().Transport)
}

// as is the client of an operator. Every answer it gets is checked against the
// document of the API.
func (b *bench) as(name string) *client.Client {
	b.t.Helper()
	token, known := b.tokens[name]
	if !known {
		b.t.Fatalf("no operator %s", name)
	}
	return &client.Client{BaseURL: b.server.URL, Token: token, HTTP: &http.Client{Transport: b.checked}}
}

// me is the id of an operator.
func (b *bench) me(name string) ids.ID {
	b.t.Helper()
	me, err := b.as(name).Me(b.t.Context())
	if err != nil {
		b.t.Fatal(err)
	}
	return me.ID
}

// pay makes a payment of JPY and returns its id; the wallet says what it is told.
func (b *bench) pay(requestID string) ids.ID {
	b.t.Helper()
	return b.payAs(requestID, payerName)
}

func (b *bench) payAs(requestID, payer string) ids.ID {
	b.t.Helper()
	return b.payFor(requestID, "U1", payer)
}

// payFor makes a payment of a customer of the wallet.
func (b *bench) payFor(requestID, reference, payer string) ids.ID {
	b.t.Helper()
	directory := b.directory.Load()
	wallet, _ := directory.Participant("HK-WALLET")
	acquirer, _ := directory.Participant("JP-ACQUIRER")
	codes, err := b.engine.IssueCodes(b.t.Context(), wallet.Participant, connectors.CodeRequest{
		PayerReference: reference, PayerName: payer, Region: "JP", Quantity: 1,
	})
	if err != nil {
		b.t.Fatal(err)
	}
	paid, err := b.engine.Pay(b.t.Context(), acquirer.Participant, connectors.Order{
		RequestID: requestID, CheckedFields: sha256.Sum256([]byte(requestID)), Mode: connectors.PaymentCode,
		Transfer: iso20022.CreditTransfer{
			InstructedAmount: money.New(1500, "JPY"),
			Creditor:         iso20022.Party{Name: "Ginza Tea House", Town: "Tokyo", Country: "JP", OtherID: "M-77"},
			CreditorAccount:  iso20022.Account{ID: "M-77"},
			DebtorAccount:    iso20022.Account{ProxyType: "TOKN", ProxyID: codes[0].Value},
			MerchantCategory: "5814",
		},
		NotifyURL: "http://127.0.0.1:1/notify",
		Words: connectors.Words{
			Operation: "scripted.pay", Received: []byte(`{"paymentRequestId":"` + requestID + `"}`),
			Answer: func(o connectors.Outcome) []byte { return []byte("said " + string(o.Payment.Status)) },
		},
	})
	if err != nil {
		b.t.Fatal(err)
	}
	return paid.ID
}

// hold makes a payment whose outcome nobody can find out.
func (b *bench) hold(requestID string) ids.ID {
	b.t.Helper()
	b.wallet.pay.Store(uint32(connectors.Undecided))
	id := b.pay(requestID)
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	wg.Go(func() { b.engine.RunDuties(ctx) })
	defer func() { cancel(); wg.Wait() }()
	b.clock.Advance(4 * time.Minute)
	b.until(id, "HELD")
	return id
}

// until polls a payment until it has a state.
func (b *bench) until(id ids.ID, state string) {
	b.t.Helper()
	deadline := time.Now().Add(time.Minute)
	for {
		file, err := engine.Open(b.t.Context(), b.pool, id)
		if err != nil {
			b.t.Fatal(err)
		}
		if string(file.Payment.State) == state {
			return
		}
		if time.Now().After(deadline) {
			b.t.Fatalf("payment is %s, want %s", file.Payment.State, state)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// bury makes a dead letter of a payment.
func (b *bench) bury(payment ids.ID) ids.ID {
	b.t.Helper()
	id := ids.New()
	b.exec(`INSERT INTO dead_letter (event_id, region, consumer, participant_id, payment_id, problem, attempts, died_at,
		replays, replayed) VALUES ($1, $2, 'notify-JP-ACQUIRER', 'JP-ACQUIRER', $3, 'Unknown', 8, $4, 0, false)`,
		id, region, payment, b.clock.Now())
	return id
}

// discreet fails the test if the log or the audit log holds a token or a
// person's name.
func (b *bench) discreet() {
	b.t.Helper()
	secrets := []string{payerName, api.TokenPrefix}
	for _, token := range b.tokens {
		secrets = append(secrets, string(token)[len(api.TokenPrefix):])
	}
	text := b.logs.String()
	for _, entry := range b.auditLog() {
		for name, value := range entry.Detail {
			text += entry.Actor + entry.Action + entry.Subject + name + value + "\n"
		}
	}
	for _, secret := range secrets {
		if strings.Contains(text, secret) {
			b.t.Errorf("a secret or a name is on record: %.4s...", secret)
		}
	}
}

// dbClosed is a pool whose database has gone.
func dbClosed(t *testing.T) *db.Pool {
	t.Helper()
	pool := dbtest.New(t)
	pool.Close()
	return pool
}

// productSQL returns every string of the module's product code that names the
// audit log, and the migrations.
func productSQL(t *testing.T) []string {
	t.Helper()
	var texts []string
	err := filepath.WalkDir("../..", func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && strings.HasPrefix(entry.Name(), ".") && path != "../..":
			return filepath.SkipDir
		case entry.IsDir(), strings.HasSuffix(path, "_test.go"):
			return nil
		case strings.HasSuffix(path, ".go"), strings.HasSuffix(path, ".sql"):
			data, err := os.ReadFile(path)
			if err == nil && strings.Contains(string(data), "audit_row") {
				texts = append(texts, string(data))
			}
			return err
		}
		return nil
	})
	if err != nil || len(texts) < 3 {
		t.Fatalf("%d files with the audit log, %v", len(texts), err)
	}
	return texts
}
