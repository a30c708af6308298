package engine_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/internal/clock"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/db/dbtest"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/iso20022"
	"github.com/causeway-pay/causeway/money"
	"github.com/causeway-pay/causeway/settlement/position"
	"github.com/causeway-pay/causeway/switch/route"
)

// TestModel runs random days of business against a hub on a real database, with
// wallets that lose, delay and contradict, and with hubs that die. Whatever
// happens, no partner is told two things that exclude each other, every
// invariant of the books holds at all times, and once everything has come to
// rest the wallets' own books equal the hub's.
//
// CAUSEWAY_TEST_MODEL_DAYS sets how many days are run (default 12), and
// CAUSEWAY_TEST_MODEL_SEED the seed of the first.
func TestModel(t *testing.T) {
	days, first := number(t, "CAUSEWAY_TEST_MODEL_DAYS", 12), number(t, "CAUSEWAY_TEST_MODEL_SEED", 1)
	for seed := first; seed < first+days; seed++ {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) { newModel(t, seed).day() })
	}
}

func number(t *testing.T, name string, otherwise uint64) uint64 {
	t.Helper()
	text := os.Getenv(name)
	if text == "" {
		return otherwise
	}
	value, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return value
}

// steps is how much happens on one day.
const steps = 90

// model is what an onlooker remembers of a day.
type model struct {
	*hub
	bank   *bank
	shop   *shop
	random *rand.Rand
	url    string
	deals  []*deal
	caps   map[string]int64
	serial int
}

// deal is one payment as its acquirer remembers it.
type deal struct {
	order connectors.Order
	// id is set once the acquirer has been told it.
	id ids.ID
	// shown is the merchant's code; payer is who scanned it.
	shown  string
	wallet string
	payer  string
	purse  *purse
	// told is the last final status that anybody was told, if any.
	told iso20022.Status
	// cancelAsked: the acquirer wanted the payment undone.
	cancelAsked bool
	refunds     []*refund
}

type refund struct {
	order connectors.ReturnOrder
	id    ids.ID
	told  iso20022.Status
}

func newModel(t *testing.T, seed uint64) *model {
	m := &model{
		bank: newBank(t, seed), shop: newShop(seed), random: rand.New(rand.NewPCG(seed, 0)), url: dbtest.URL(t),
		caps: map[string]int64{"HK-WALLET": 600_000, "KR-WALLET": 2_000_000},
	}
	m.hub = &hub{
		t: t, clock: &movingClock{stopped: clock.System{}.Now().Truncate(time.Second)},
		directory: route.NewDirectory(participants(), corridors()), world: m.bank,
	}
	m.pool = dbtest.Open(t, m.url)
	if _, err := db.Migrate(t.Context(), m.pool, clock.System{}, migrations(t)); err != nil {
		t.Fatal(err)
	}
	m.inTx(func(ctx context.Context, tx db.Tx) error {
		if err := takeOn(ctx, tx); err != nil {
			return err
		}
		for id, limit := range m.caps {
			if err := position.SetCap(ctx, tx, id, money.New(limit, m.participant(id).Currency)); err != nil {
				return err
			}
		}
		return nil
	})
	m.start(t)
	m.shop.till = m.everyMode()
	m.Acquirers["scripted"] = m.shop
	return m
}

func (m *model) inTx(work func(ctx context.Context, tx db.Tx) error) {
	m.t.Helper()
	if err := m.pool.InTx(m.t.Context(), work); err != nil {
		m.t.Fatal(err)
	}
}

// actions are what can happen, as often as their weight says.
var actions = []struct {
	name   string
	weight int
	do     func(m *model)
}{
	{"pay", 20, (*model).payByCode},
	{"show", 6, (*model).showOrder},
	{"show own", 6, (*model).showOwn},
	{"scan", 10, (*model).scanOrder},
	{"repeat", 8, (*model).repeatOrder},
	{"change", 4, (*model).changeOrder},
	{"confirm", 8, (*model).confirmTruly},
	{"contradict", 4, (*model).contradict},
	{"arrive", 6, (*model).arriveLate},
	{"look", 8, (*model).look},
	{"cancel", 7, (*model).cancelOne},
	{"refund", 14, (*model).refundOne},
	{"refund again", 4, (*model).refundAgain},
	{"wait", 8, (*model).passTime},
	{"duties", 14, (*model).dutyRound},
	{"cut off", 2, (*model).cutOff},
	{"restart", 2, (*model).restart},
	{"crash", 3, (*model).crash},
}

func (m *model) day() {
	total := 0
	for _, action := range actions {
		total += action.weight
	}
	for step := 0; step < steps && !m.t.Failed(); step++ {
		n := m.random.IntN(total)
		for _, action := range actions {
			if n -= action.weight; n < 0 {
				action.do(m)
				m.underCaps(action.name)
				break
			}
		}
		if step%30 == 29 {
			m.sound()
		}
	}
	if !m.t.Failed() {
		m.rest()
		m.settle()
	}
}

// some returns one of the deals that fit, or nil.
func (m *model) some(fits func(d *deal) bool) *deal {
	var fitting []*deal
	for _, d := range m.deals {
		if fits(d) {
			fitting = append(fitting, d)
		}
	}
	if len(fitting) == 0 {
		return nil
	}
	return fitting[m.random.IntN(len(fitting))]
}

func (m *model) acquirer() connectors.Participant { return m.participant("JP-ACQUIRER") }

// pick draws one of the given values.
func pick[T any](m *model, from ...T) T { return from[m.random.IntN(len(from))] }

func (m *model) nextID(prefix string) string {
	m.serial++
	return fmt.Sprintf("%s-%d", prefix, m.serial)
}

// passTime moves the clock: within a moment, past the life of a code, past the
// time in which an outcome is sought, past an order's life, past the day.
func (m *model) passTime() {
	m.clock.Advance(pick(m, 50*time.Millisecond, time.Second, 20*time.Second, 70*time.Second, 4*time.Minute, 11*time.Minute))
}

func (m *model) dutyRound() {
	if err := m.DutyRound(m.t.Context()); err != nil {
		m.t.Error(err)
	}
}

func (m *model) cutOff() {
	if _, err := m.CutOff(m.t.Context()); err != nil {
		m.t.Error(err)
	}
}

// restart ends the hub in order and starts another one.
func (m *model) restart() { m.replace() }

// crash takes the database from under a hub that waits for a wallet, so that
// nothing it learns is ever written, and starts another one.
func (m *model) crash() {
	order := order(m.nextID("PR"), m.code("HK-WALLET", "U1", "Mei Lantern"), jpy(1+m.random.Int64N(20_000)))
	d := m.remember(order, "HK-WALLET")
	m.bank.mu.Lock()
	reached, release := make(chan struct{}), make(chan struct{})
	m.bank.reached, m.bank.release = reached, release
	m.bank.mu.Unlock()
	dying, ended := m.Engine, make(chan error, 1)
	go func() {
		_, err := dying.Pay(context.Background(), m.acquirer(), order)
		ended <- err
	}()
	select {
	case <-reached:
		m.pool.Close()
		close(release)
		if err := <-ended; err == nil {
			m.t.Error("a hub without a database had an answer")
		}
	case err := <-ended: // refused before any wallet was asked
		if err != nil {
			m.t.Error(err)
		}
		m.bank.mu.Lock()
		m.bank.reached = nil
		m.bank.mu.Unlock()
	}
	m.replace()
	if m.random.IntN(2) == 0 {
		m.repeat(d)
	}
}

// replace puts a new hub on the database; the one before, if it still lives,
// keeps its pool and does nothing more.
func (m *model) replace() {
	m.pool = dbtest.Open(m.t, m.url)
	m.start(m.t)
	m.Acquirers = map[string]connectors.Acquirer{"scripted": m.shop}
}
