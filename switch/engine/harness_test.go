package engine_test

import (
	"context"
	"crypto/sha256"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/causeway-pay/causeway/compliance"
	"github.com/causeway-pay/causeway/conformance/hubtest"
	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/fx"
	"github.com/causeway-pay/causeway/internal/clock"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/db/dbtest"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/iso20022"
	"github.com/causeway-pay/causeway/money"
	"github.com/causeway-pay/causeway/settlement/position"
	"github.com/causeway-pay/causeway/switch/engine"
	"github.com/causeway-pay/causeway/switch/route"
)

const region = hubtest.Region

// wallet is a scripted wallet: the world outside the hub.
type wallet struct {
	mu sync.Mutex
	// pay, inquire, cancel and refund are what the wallet answers; nil means
	// that it does not answer.
	pay, inquire, cancel, refund func(paymentID string) connectors.Answer
	calls                        map[string]int
}

func (w *wallet) called(ctx context.Context, verb, id string, script func(string) connectors.Answer) connectors.Answer {
	w.mu.Lock()
	w.calls[verb]++
	w.mu.Unlock()
	if script == nil {
		<-ctx.Done()
		return connectors.Answer{Err: ctx.Err()}
	}
	return script(id)
}

func (w *wallet) count(verb string) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.calls[verb]
}

func (w *wallet) Pay(ctx context.Context, _ connectors.Participant, p connectors.Payment) connectors.Answer {
	return w.called(ctx, "pay", p.RequestID, w.pay)
}

func (w *wallet) Inquire(ctx context.Context, _ connectors.Participant, r iso20022.StatusRequest) connectors.Answer {
	return w.called(ctx, "inquire", r.OriginalUETR.String(), w.inquire)
}

func (w *wallet) Cancel(
	ctx context.Context,
	_ connectors.Participant,
	r iso20022.CancellationRequest,
) connectors.Answer {
	return w.called(ctx, "cancel", r.OriginalUETR.String(), w.cancel)
}

func (w *wallet) Return(
	ctx context.Context,
	_ connectors.Participant,
	_ connectors.Payment,
	r iso20022.PaymentReturn,
) connectors.Answer {
	return w.called(ctx, "refund", r.ReturnID, w.refund)
}

func says(decision connectors.Decision) func(string) connectors.Answer {
	return func(id string) connectors.Answer {
		return connectors.Answer{Decision: decision, WalletPaymentID: "W-" + id, Sent: []byte("{}"), Received: []byte("{}")}
	}
}

// said are the words of a call, answered by what became of it.
func said(operation, body string) connectors.Words {
	return connectors.Words{
		Operation: "scripted." + operation, Received: []byte(body),
		Answer: func(o connectors.Outcome) []byte {
			return fmt.Appendf(nil, "%s %s %s %s", operation, o.Payment.Status, o.Return.Status, reason.Of(o.Err))
		},
	}
}

// hub is an engine on a real database with a scripted wallet.
type hub struct {
	*engine.Engine
	t      testing.TB
	pool   *db.Pool
	wallet *wallet
	// world stands in for the scripted wallet where a test brings its own.
	world     connectors.Wallet
	clock     *movingClock
	officer   *compliance.Officer
	directory *route.Directory
	desk      fx.Desk
	// configure changes the options of the next engine that is started.
	configure func(*engine.Options)
}

// movingClock is the machine's clock, set forward by a test; with stopped set it
// moves only then.
type movingClock struct {
	mu      sync.Mutex
	stopped time.Time
	offset  time.Duration
}

func (c *movingClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.stopped.IsZero() {
		return c.stopped.Add(c.offset)
	}
	return clock.System{}.Now().Add(c.offset)
}

func (c *movingClock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.offset += d
}

func participants() []route.Participant {
	part := hubtest.Participant
	acquirer := part("JP-ACQUIRER", connectors.RoleAcquirer, "JP", "JPY", "")
	acquirer.FeeBasisPoints = 80
	return []route.Participant{
		acquirer,
		part("SG-ACQUIRER", connectors.RoleAcquirer, "SG", "SGD", ""),
		part("HK-WALLET", connectors.RoleWallet, "HK", "HKD", "251001"),
		part("KR-WALLET", connectors.RoleWallet, "KR", "KRW", "251003"),
	}
}

func corridors() []route.Corridor {
	var all []route.Corridor
	for _, merchant := range []struct {
		country string
		limit   money.Amount
	}{{"JP", money.New(1_000_000, "JPY")}, {"SG", money.New(1_000_000, "SGD")}} {
		for _, payer := range []string{"HK", "KR"} {
			all = append(all, route.Corridor{
				PayerCountry: payer, MerchantCountry: merchant.country, PayerMarkup: 50, MerchantMarkup: 20, Limit: merchant.limit,
			})
		}
	}
	return all
}

func migrations(t testing.TB) []db.Migration { return hubtest.Migrations(t) }

// each runs a test on every engine of the database with a hub that takes on the
// participants.
func each(t *testing.T, body func(t *testing.T, h *hub)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, pool *db.Pool) { body(t, newHub(t, pool)) }, migrations(t))
}

// newHub starts a hub on a migrated database.
func newHub(t testing.TB, pool *db.Pool) *hub {
	t.Helper()
	err := pool.InTx(t.Context(), func(ctx context.Context, tx db.Tx) error { return takeOn(ctx, tx) })
	if err != nil {
		t.Fatal(err)
	}
	h := &hub{
		t: t, pool: pool, clock: &movingClock{}, directory: route.NewDirectory(participants(), corridors()),
		wallet: &wallet{
			calls: map[string]int{}, pay: says(connectors.Accepted), inquire: says(connectors.Accepted),
			cancel: says(connectors.Accepted), refund: says(connectors.Accepted),
		},
	}
	h.start(t)
	return h
}

func takeOn(ctx context.Context, tx db.Tx) error {
	return hubtest.TakeOn(ctx, tx, time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC), 50_000_000, participants())
}

// start runs a new engine on the hub's database until the test ends. With
// CAUSEWAY_TEST_APART set it has no lane.
func (h *hub) start(t testing.TB) (stop func()) {
	t.Helper()
	h.desk.Replace(hubtest.Board(t))
	h.officer = hubtest.Officer(t, h.clock)
	var way connectors.Wallet = h.wallet
	if h.world != nil {
		way = h.world
	}
	options := engine.Options{
		Region: region, PublicURL: "https://hub.example/", WalletPatience: 300 * time.Millisecond, DutyPoll: 10 * time.Millisecond,
		Inquiries: []time.Duration{20 * time.Millisecond}, Cancels: []time.Duration{20 * time.Millisecond}, CancelAttempts: 3,
		Pushes: []time.Duration{20 * time.Millisecond}, Apart: os.Getenv("CAUSEWAY_TEST_APART") != "",
	}
	if h.configure != nil {
		h.configure(&options)
	}
	h.Engine = engine.New(engine.Dependencies{
		Pool: h.pool, Clock: h.clock, Logger: slog.New(slog.DiscardHandler),
		Directory: func() *route.Directory { return h.directory }, Pricer: &h.desk, Officer: h.officer,
		Wallets:   map[string]connectors.Wallet{"scripted": way},
		Committed: func() {},
	}, options)
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	running := h.Engine
	wg.Go(func() { running.Run(ctx) })
	stop = func() { cancel(); wg.Wait() }
	t.Cleanup(stop)
	return stop
}

// duties runs the duty worker until the test ends.
func (h *hub) duties() {
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	wg.Go(func() { h.RunDuties(ctx) })
	h.t.Cleanup(func() { cancel(); wg.Wait() })
}

func (h *hub) participant(id string) connectors.Participant {
	p, ok := h.directory.Participant(id)
	if !ok {
		h.t.Fatalf("no participant %s", id)
	}
	return p.Participant
}

func (h *hub) code(walletID, payer, name string) string {
	h.t.Helper()
	codes, err := h.IssueCodes(h.t.Context(), h.participant(walletID), connectors.CodeRequest{
		PayerReference: payer, PayerName: name, Region: "JP", Quantity: 1,
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return codes[0].Value
}

// order is a payment-code order of an acquirer in Japan.
func order(requestID, code string, amount money.Amount) connectors.Order {
	return connectors.Order{
		RequestID: requestID, CheckedFields: sha256.Sum256([]byte(fmt.Sprint(amount))), Mode: connectors.PaymentCode,
		Transfer: iso20022.CreditTransfer{
			InstructedAmount: amount,
			Creditor:         iso20022.Party{Name: "Ginza Tea House", Town: "Tokyo", Country: "JP", OtherID: "M-77"},
			CreditorAccount:  iso20022.Account{ID: "M-77"},
			DebtorAccount:    iso20022.Account{ProxyType: "TOKN", ProxyID: code},
			MerchantCategory: "5814",
		},
		NotifyURL: "http://127.0.0.1:1/notify", Words: said("pay", `{"paymentRequestId":"`+requestID+`"}`),
	}
}

func jpy(minor int64) money.Amount { return money.New(minor, "JPY") }

// pay makes one payment-code payment of JPY by the Hong Kong wallet.
func (h *hub) pay(requestID string, amount money.Amount) (connectors.Payment, error) {
	h.t.Helper()
	return h.Pay(
		h.t.Context(),
		h.participant("JP-ACQUIRER"),
		order(requestID, h.code("HK-WALLET", "U1", "Mei Lantern"), amount),
	)
}

func (h *hub) position(participant string) position.Position {
	h.t.Helper()
	all, err := position.All(h.t.Context(), h.pool)
	if err != nil {
		h.t.Fatal(err)
	}
	for _, p := range all {
		if p.ParticipantID == participant {
			return p
		}
	}
	h.t.Fatalf("no position of %s", participant)
	return position.Position{}
}

// until polls a payment until it has a state.
func (h *hub) until(id ids.ID, state string) engine.File {
	h.t.Helper()
	deadline := time.Now().Add(time.Minute)
	for {
		file, err := engine.Open(h.t.Context(), h.pool, id)
		if err != nil {
			h.t.Fatal(err)
		}
		if string(file.Payment.State) == state {
			return file
		}
		if time.Now().After(deadline) {
			h.t.Fatalf("payment is %s after a minute, want %s; history %+v", file.Payment.State, state, file.History)
		}
		time.Sleep(5 * time.Millisecond)
	}
}
