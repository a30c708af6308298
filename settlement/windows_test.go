package settlement_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/db/dbtest"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/money"
	"github.com/causeway-pay/causeway/settlement"
	"github.com/causeway-pay/causeway/settlement/fees"
	"github.com/causeway-pay/causeway/settlement/instruct"
	"github.com/causeway-pay/causeway/settlement/ledger"
	"github.com/causeway-pay/causeway/settlement/position"
	"github.com/causeway-pay/causeway/settlement/window"
)

// randomWindows is how many windows are closed, unless CAUSEWAY_TEST_WINDOWS asks for
// another number.
const randomWindows = 2000

// swarms are runs of their own, of as many windows at most, each with kills of its own
// frequency; looks is how often each looks at all books, beside the figures of every window.
const (
	swarmsLeast = 4
	swarmMost   = 10_000
	looks       = 5
)

var (
	windowRegions = []string{"asia-1", "eu-1"}
	members       = []string{"A-1", "B-2", "C-3", "D-4"}
	currencies    = []money.Currency{"HKD", "JPY", "KWD"}
	errKilled     = errors.New("killed")
)

// account is what a participant has in one currency, in the simplest form.
type account struct {
	model position.Model
	// posted is what it owes, reserved and paying are sums of what follows.
	posted, prefunded int64
}

// sums are amounts by position: positive is owed to the participant.
type sums map[position.Key]int64

// payment is a payment or a return that was reserved, and maybe posted.
type payment struct {
	settlement.Booking
	// left is how much of a posted payment was not returned.
	left int64
}

// claim is an obligation as it should be.
type claim struct {
	id  ids.ID
	key position.Key
	// region is whose window or payment it is of; window is nil of a payment.
	region string
	window ids.ID
	// rest is what is left of it: positive if the participant is owed.
	rest     int64
	state    instruct.State
	attempts int
}

// windows is a model of regions whose windows open and close: random payments and returns of
// participants that settle in three ways and change their models, fees, adjustments and
// prefunding, banks that pay, refuse and repeat themselves, people who retry, move and write
// off, and hubs that die at every step of it.
type windows struct {
	t        *testing.T
	pool     *db.Pool
	random   *rand.Rand
	accounts map[position.Key]*account
	pending  []payment
	posted   []payment
	// places are where payments stand in posted.
	places map[ids.ID]int
	claims []*claim
	open   map[string]*running
	lines  []fees.Line
	in     map[ids.ID]ids.ID
	stated []stated
	kills  map[string]int
	// oneIn is how rarely a step is killed.
	oneIn    int
	refused  int
	withheld int
}

// running is what was posted into the open window of a region.
type running struct {
	netted, gross sums
	volumes       []fees.Volume
}

func newRunning() *running { return &running{netted: sums{}, gross: sums{}} }

// TestRandomWindows: over 2,000 random windows of two regions, with a kill at every step of a
// close, nets sum to zero in each currency, equal what was posted and what obligations say, each
// payment is in one window or settled by itself, what is owed and reserved is covered before
// anything is paid out, and nothing is lost or counted twice by whatever becomes of it.
func TestRandomWindows(t *testing.T) {
	count := randomWindows
	if text := os.Getenv("CAUSEWAY_TEST_WINDOWS"); text != "" {
		var err error
		if count, err = strconv.Atoi(text); err != nil {
			t.Fatal(err)
		}
	}
	all := dbtest.Load(t, ledger.Migrations, position.Migrations, window.Migrations, instruct.Migrations, fees.Migrations)
	swarms := max(swarmsLeast, count/swarmMost)
	for swarm := range uint64(swarms) {
		t.Run(fmt.Sprint("swarm ", swarm), func(t *testing.T) {
			t.Parallel()
			dbtest.Each(t, func(t *testing.T, pool *db.Pool) {
				newWindows(t, pool, rand.New(rand.NewPCG(swarm, uint64(count)))).run(count / swarms)
			}, all)
		})
	}
}

// run closes windows, and looks at everything now and then.
func (m *windows) run(count int) {
	m.t.Helper()
	for number := range count {
		m.act()
		m.close(one(m.random, windowRegions))
		m.discharge()
		m.lookAtPrefunding()
		if number%(1+count/looks) == 0 {
			m.look()
		}
		if number%10 == 9 {
			m.state(one(m.random, windowRegions))
		}
		if m.t.Failed() {
			m.t.Fatalf("window %d", number)
		}
	}
	m.look()
	m.lookAtEntries()
	for _, s := range m.stated {
		if again := m.statementOf(s.window, s.key); again != s {
			m.t.Errorf("a statement said %+v and says %+v now", s, again)
		}
	}
	m.wasTried(count)
}

// newWindows opens the books of all participants, at home in one of the regions.
func newWindows(t *testing.T, pool *db.Pool, random *rand.Rand) *windows {
	m := &windows{
		t: t, pool: pool, random: random, accounts: map[position.Key]*account{}, open: map[string]*running{},
		in: map[ids.ID]ids.ID{}, places: map[ids.ID]int{}, kills: map[string]int{}, oneIn: 4 + random.IntN(6),
	}
	m.commit(func(ctx context.Context, tx db.Tx) error {
		for _, region := range windowRegions {
			m.open[region] = newRunning()
			if err := window.Start(ctx, tx, region, at); err != nil {
				return err
			}
		}
		for i, member := range members {
			for _, currency := range currencies {
				m.accounts[position.Key{ParticipantID: member, Currency: currency}] = &account{model: position.DeferredNet}
				limit := money.New(3_000_000, currency)
				if err := settlement.Onboard(ctx, tx, member, windowRegions[i%2], limit); err != nil {
					return err
				}
				if err := settlement.OpenSponsor(ctx, tx, "SPONSOR", currency); err != nil {
					return err
				}
			}
		}
		return errors.Join(position.OpenRegion(ctx, tx, windowRegions[0]), position.OpenRegion(ctx, tx, windowRegions[1]))
	})
	m.agreeOnFees()
	return m
}

// agreeOnFees saves schedules of each kind, some of them for one participant alone.
func (m *windows) agreeOnFees() {
	m.lines = []fees.Line{
		{Kind: fees.Interchange, ParticipantID: "A-1", Currency: "HKD", Paid: true, Points: 30},
		{Kind: fees.Interchange, Currency: "HKD", Points: 30, Fixed: 2},
		{Kind: fees.Scheme, Currency: "JPY", Points: 12, Least: 5, Most: 900},
		{Kind: fees.Scheme, ParticipantID: "B-2", Currency: "KWD", Fixed: 7},
		{Kind: fees.Tax, Currency: "HKD", Points: 800},
	}
	m.commit(func(ctx context.Context, tx db.Tx) error {
		for i := range m.lines {
			m.lines[i].EffectiveAt = at
			if _, err := fees.Save(ctx, tx, m.lines[i]); err != nil {
				return err
			}
		}
		return nil
	})
}

// one is one of several things.
func one[T any](random *rand.Rand, of []T) T { return of[random.IntN(len(of))] }

func (m *windows) key() position.Key {
	return position.Key{ParticipantID: one(m.random, members), Currency: one(m.random, currencies)}
}

// commit commits what nothing may keep from it.
func (m *windows) commit(work func(ctx context.Context, tx db.Tx) error) {
	m.t.Helper()
	inTx(m.t, m.pool, work)
}

// killed ends a transaction at a step, once in so many times.
func (m *windows) killed(ctx context.Context, tx db.Tx, step string) error {
	if m.random.IntN(m.oneIn) > 0 {
		return nil
	}
	m.kills[step]++
	return errors.Join(tx.Now(ctx), errKilled)
}

// persistently runs a step again after each kill, as the hub that comes next does, and once
// more where the hub died before it knew that it had committed.
func (m *windows) persistently(step string, work func(ctx context.Context, tx db.Tx) error) {
	m.t.Helper()
	for again := m.random.IntN(m.oneIn) == 0 && step != "cut"; ; again = false {
		err := m.pool.InTx(m.t.Context(), work)
		for errors.Is(err, errKilled) {
			err = m.pool.InTx(m.t.Context(), work)
		}
		if err != nil {
			m.t.Fatalf("%s: %v", step, err)
		}
		if !again {
			return
		}
		m.kills[step+" committed"]++
	}
}

// close closes a region's window in its steps, with payments between them.
func (m *windows) close(region string) {
	m.t.Helper()
	var w window.Window
	m.persistently("cut", func(ctx context.Context, tx db.Tx) (err error) {
		if w, err = window.Close(ctx, tx, region, at); err != nil {
			return err
		}
		return m.killed(ctx, tx, "cut")
	})
	closing := m.open[region]
	m.open[region] = newRunning()
	m.actSometimes()
	charged := m.charge(closing)
	room := m.room()
	m.persistently("finish", func(ctx context.Context, tx db.Tx) error { return m.finish(ctx, tx, w.ID) })
	m.check(w, closing, charged, room)
	m.actSometimes()
	m.persistently("hand over", func(ctx context.Context, tx db.Tx) error {
		if present, err := window.Get(ctx, tx, w.ID); err != nil || present.State != window.Closed {
			return err
		}
		if err := window.Carry(ctx, tx, w.ID); err != nil {
			return err
		}
		if err := window.Advance(ctx, tx, w.ID, window.Closed, window.Settling, at); err != nil {
			return err
		}
		return m.killed(ctx, tx, "hand over")
	})
}

// finish makes the figures of a closing window final, as a hub does.
func (m *windows) finish(ctx context.Context, tx db.Tx, id ids.ID) error {
	w, err := window.Get(ctx, tx, id)
	if err != nil || w.State != window.Closing {
		return err
	}
	if err := errors.Join(fees.Post(ctx, tx, w, at), m.killed(ctx, tx, "fees")); err != nil {
		return err
	}
	if _, err := instruct.Oblige(ctx, tx, w, window.Calendars{}, at); err != nil {
		return err
	}
	if err := m.killed(ctx, tx, "oblige"); err != nil {
		return err
	}
	return errors.Join(window.Advance(ctx, tx, id, window.Closing, window.Closed, at), m.killed(ctx, tx, "finish"))
}

// charge adds the fees of a window to its figures, and returns what each position is charged.
func (m *windows) charge(closing *running) sums {
	m.t.Helper()
	charges, err := fees.Charges(m.lines, together(closing.volumes), at)
	if err != nil {
		m.t.Fatal(err)
	}
	charged := sums{}
	for _, c := range charges {
		key := position.Key{ParticipantID: c.ParticipantID, Currency: c.Amount.Currency}
		charged[key] += c.Amount.Minor
		closing.netted[key] -= c.Amount.Minor
		m.accounts[key].posted += c.Amount.Minor
	}
	return charged
}

// together adds up volumes of the same participant and currency.
func together(volumes []fees.Volume) (list []fees.Volume) {
	for _, v := range volumes {
		i := slices.IndexFunc(list, func(o fees.Volume) bool {
			return o.ParticipantID == v.ParticipantID && o.Currency == v.Currency
		})
		if i < 0 {
			list = append(list, v)
			continue
		}
		list[i].Payments, list[i].Paid = list[i].Payments+v.Payments, list[i].Paid+v.Paid
		list[i].Returns, list[i].Returned = list[i].Returns+v.Returns, list[i].Returned+v.Returned
	}
	return list
}

// room is what each position has free, in all regions together.
func (m *windows) room() sums {
	m.t.Helper()
	all, err := position.All(m.t.Context(), m.pool)
	if err != nil {
		m.t.Fatal(err)
	}
	free := sums{}
	for _, p := range all {
		free[position.Key{ParticipantID: p.ParticipantID, Currency: p.Currency}] = p.Headroom().Minor
	}
	return free
}

// check compares a closed window with what was posted into it: what is paid out is what is
// owed and nothing else needs, and the rest is in the open window.
func (m *windows) check(w window.Window, closing *running, charged, room sums) {
	m.t.Helper()
	for key, minor := range closing.netted {
		if held := min(minor, max(0, room[key]-charged[key])); minor > 0 && held < minor {
			m.withheld++
			m.open[w.Region].netted[key] += minor - held
			closing.netted[key] = held
		}
	}
	obligations, err := instruct.Of(m.t.Context(), m.pool, w.ID)
	if err != nil {
		m.t.Fatal(err)
	}
	made := sums{}
	for _, o := range obligations {
		key := position.Key{ParticipantID: o.ParticipantID, Currency: o.Amount.Currency}
		made[key] = signedOf(o)
		m.claims = append(m.claims, &claim{
			id: o.ID, key: key, region: w.Region, window: w.ID, rest: made[key], state: instruct.Instructed, attempts: 1,
		})
	}
	m.same(w, "obligations", closing.netted, made)
	m.same(w, "nets", closing.netted, m.figures(w, window.Nets))
	m.same(w, "gross", closing.gross, m.figures(w, window.GrossIn))
}

// same compares sums, of which zeros are nothing.
func (m *windows) same(w window.Window, what string, want, got sums) {
	m.t.Helper()
	zero := func(_ position.Key, minor int64) bool { return minor == 0 }
	for _, s := range []sums{want, got} {
		for key, minor := range s {
			if zero(key, minor) {
				delete(s, key)
			}
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		m.t.Errorf("%s of window %d of %s: %s", what, w.Number, w.Region, diff)
	}
}

// figures reads figures of a window, which sum to zero with the hub's.
func (m *windows) figures(
	w window.Window, read func(context.Context, db.Reader, ids.ID) ([]window.Net, error),
) sums {
	m.t.Helper()
	nets, err := read(m.t.Context(), m.pool, w.ID)
	if err != nil {
		m.t.Fatal(err)
	}
	own, whole := sums{}, map[money.Currency]int64{}
	for _, n := range nets {
		if whole[n.Currency] += n.Amount().Minor; n.Owner != ledger.Hub {
			own[position.Key{ParticipantID: n.Owner, Currency: n.Currency}] = n.Amount().Minor
		}
	}
	for currency, sum := range whole {
		if sum != 0 {
			m.t.Errorf("window %d of %s sums to %d %s", w.Number, w.Region, sum, currency)
		}
	}
	return own
}

// wasTried: each step was killed, and what is rare happened.
func (m *windows) wasTried(count int) {
	m.t.Helper()
	steps := []string{
		"book", "cut", "fees", "oblige", "finish", "finish committed", "hand over", "hand over committed", "discharge",
	}
	for _, step := range steps {
		if m.kills[step] < count/30 {
			m.t.Errorf("%s was killed %d times", step, m.kills[step])
		}
	}
	m.t.Log(fmt.Sprint(len(m.posted), " posted, ", len(m.claims), " claims, ", m.refused, " refused, ", m.withheld, " withheld, ", m.kills))
	if min(m.refused, m.withheld) < count/30 {
		m.t.Errorf("%d were refused and %d withheld", m.refused, m.withheld)
	}
}
