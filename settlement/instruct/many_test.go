package instruct_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/money"
	"github.com/causeway-pay/causeway/settlement/instruct"
	"github.com/causeway-pay/causeway/settlement/ledger"
	"github.com/causeway-pay/causeway/settlement/position"
	"github.com/causeway-pay/causeway/settlement/window"
)

// manyWindows is how many windows are closed in the database, unless
// CAUSEWAY_TEST_WINDOWS asks for another number.
const manyWindows = 2000

// openMax is how many obligations are kept open for later.
const openMax = 6

var errKilled = errors.New("killed")

// model posts random transfers, closes windows with random crashes on the way,
// and discharges obligations in random ways.
type model struct {
	books
	random *rand.Rand
	// gross is what was posted in the open window, by participant.
	gross map[string]int64
	open  []instruct.Obligation
}

// TestManyWindows: over 2,000 random windows, with a kill at every step of a
// close, the nets of each sum to zero, equal what was posted into it and what its
// obligations say, and nothing is lost or counted twice when they are discharged.
func TestManyWindows(t *testing.T) {
	count := manyWindows
	if text := os.Getenv("CAUSEWAY_TEST_WINDOWS"); text != "" {
		var err error
		if count, err = strconv.Atoi(text); err != nil {
			t.Fatal(err)
		}
	}
	each(t, func(t *testing.T, b books) {
		m := &model{books: b, random: rand.New(rand.NewPCG(4, uint64(count))), gross: map[string]int64{}}
		for range count {
			m.post()
			m.close()
			m.discharge()
			if t.Failed() {
				return
			}
		}
		b.sound()
		m.countEntries()
	})
}

// post posts some transfers between participants, and one with the hub, in one
// transaction; some of them are rolled back at the end.
func (m *model) post() {
	m.t.Helper()
	owners := []string{"A-1", "B-2", "C-3", "D-4"}
	change := map[string]int64{}
	err := m.try(func(ctx context.Context, tx db.Tx) error {
		clear(change)
		id, err := window.Current(ctx, tx, region)
		if err != nil {
			return err
		}
		var entries []ledger.Entry
		var moved []window.Movement
		for range m.random.IntN(4) {
			from, to := owners[m.random.IntN(4)], owners[m.random.IntN(4)]
			if from == to {
				continue
			}
			amount := money.New(1+m.random.Int64N(1_000_000), "HKD")
			subject := ids.New()
			entries = append(entries, ledger.Entry{
				ID: ids.New(), Region: region, PaymentID: subject, SubjectID: subject, Sequence: 1, Kind: ledger.KindPayment,
				Debit: ledger.PositionOf(from), Credit: ledger.PositionOf(to), Amount: amount, WindowID: id, BookedAt: at,
			})
			moved = append(moved, window.Movement{Owner: from, Debit: amount}, window.Movement{Owner: to, Credit: amount})
			change[from] += amount.Minor
			change[to] -= amount.Minor
		}
		if err := ledger.Post(ctx, tx, entries); err != nil {
			return err
		}
		for _, owner := range owners {
			debit := position.Change{ParticipantID: owner, Debit: money.New(change[owner], "HKD")}
			if err := position.Add(ctx, tx, debit); err != nil {
				return err
			}
		}
		if err := window.Add(ctx, tx, id, moved); err != nil {
			return err
		}
		return m.killed(10)
	})
	switch {
	case err == nil:
		for owner, minor := range change {
			m.gross[owner] += minor
		}
	case !errors.Is(err, errKilled):
		m.t.Fatal(err)
	}
}

// killed ends a transaction once in so many times.
func (m *model) killed(oneIn int) error {
	if m.random.IntN(oneIn) == 0 {
		return errKilled
	}
	return nil
}

// close closes the window in its two steps, each of which is killed until it
// comes through, before and after each of its statements.
func (m *model) close() {
	m.t.Helper()
	var w window.Window
	m.persistently(func(ctx context.Context, tx db.Tx) (err error) {
		if w, err = window.Close(ctx, tx, region, at); err != nil {
			return err
		}
		return m.killed(3)
	})
	m.persistently(func(ctx context.Context, tx db.Tx) error {
		nets, err := window.Nets(ctx, tx, w.ID)
		if err != nil {
			return err
		}
		if err := m.killed(4); err != nil {
			return err
		}
		obligations, err := instruct.Oblige(ctx, tx, w, window.Calendars{}, at)
		if err := errors.Join(err, tx.Now(ctx), m.killed(4)); err != nil {
			return err
		}
		m.check(nets, obligations)
		return errors.Join(window.Advance(ctx, tx, w.ID, window.Closing, window.Closed, at), m.killed(4))
	})
	obligations, err := instruct.Of(m.t.Context(), m.pool, w.ID)
	if err != nil {
		m.t.Fatal(err)
	}
	m.open = append(m.open, obligations...)
	m.gross = map[string]int64{}
}

// persistently runs a step again after each kill, as the hub that comes next
// does.
func (m *model) persistently(step func(ctx context.Context, tx db.Tx) error) {
	m.t.Helper()
	for {
		err := m.try(step)
		if err == nil {
			return
		}
		if !errors.Is(err, errKilled) {
			m.t.Fatal(err)
		}
	}
}

// check compares figures and obligations with what was posted.
func (m *model) check(nets []window.Net, obligations []instruct.Obligation) {
	m.t.Helper()
	sum, owed := int64(0), map[string]int64{}
	for _, n := range nets {
		sum += n.Amount().Minor
		if n.Owner != ledger.Hub && -n.Amount().Minor != m.gross[n.Owner] {
			m.t.Errorf("%s: net %s, posted %d", n.Owner, n.Amount(), m.gross[n.Owner])
		}
	}
	for _, o := range obligations {
		owed[o.ParticipantID] = o.Amount.Minor
		if o.Direction == instruct.PayOut {
			owed[o.ParticipantID] = -o.Amount.Minor
		}
	}
	for owner, minor := range m.gross {
		if owed[owner] != minor {
			m.t.Errorf("%s: obliged to %d, posted %d", owner, owed[owner], minor)
		}
	}
	if sum != 0 {
		m.t.Errorf("the nets sum to %d", sum)
	}
}

// discharge lets something happen to the open obligations once in ten windows,
// so that the closes take most of the time.
func (m *model) discharge() {
	m.t.Helper()
	if m.random.IntN(10) > 0 {
		m.open = m.open[max(0, len(m.open)-openMax):]
		return
	}
	var left []instruct.Obligation
	for _, o := range m.open {
		if m.random.IntN(3) == 0 {
			left = append(left, o)
			continue
		}
		if m.random.IntN(6) == 0 {
			decision := instruct.Decision{ObligationID: o.ID, ID: ids.New(), Reason: "moved", At: at}
			m.in(func(ctx context.Context, tx db.Tx) error { return instruct.MoveRest(ctx, tx, decision) })
			m.gross[o.ParticipantID] += signed(o)
			continue
		}
		part := 1 + m.random.Int64N(o.Rest().Minor)
		entry := paid(o, fmt.Sprint("E-", ids.New())[:30], part)
		message := notification(m.t, entry)
		for range 1 + m.random.IntN(2) {
			if _, err := m.take(message); err != nil {
				m.t.Fatal(err)
			}
		}
		if o = m.find(o.ID); !o.State.Final() {
			left = append(left, o)
		}
	}
	m.open = left
}

// signed is what is left of an obligation: positive if the participant owes it.
func signed(o instruct.Obligation) int64 {
	if o.Direction == instruct.PayOut {
		return -o.Rest().Minor
	}
	return o.Rest().Minor
}

// countEntries checks by SQL that each entry of a payment is in one window that
// was closed or is open, and that windows' figures equal their entries.
func (m *model) countEntries() {
	m.t.Helper()
	const strays = `
SELECT (SELECT count(*) FROM ledger_entry e LEFT JOIN settlement_window w ON w.window_id = e.window_id
		WHERE w.window_id IS NULL)
	+ (SELECT count(*) FROM (SELECT subject_id FROM ledger_entry WHERE kind = 'PAYMENT'
		GROUP BY subject_id HAVING count(DISTINCT window_id) <> 1) several)
	+ (SELECT count(*) FROM (SELECT window_id, sum(debits_minor) AS debits FROM window_net GROUP BY window_id) n
		JOIN (SELECT window_id, sum(amount_minor) AS total FROM ledger_entry WHERE kind <> 'SETTLEMENT' GROUP BY window_id) e
			ON e.window_id = n.window_id
		WHERE n.debits <> e.total)`
	var count int64
	if err := m.pool.QueryRow(m.t.Context(), strays).Scan(&count); err != nil || count != 0 {
		m.t.Errorf("%d entries are astray, %v", count, err)
	}
}
