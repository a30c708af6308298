package settlement_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/go-cmp/cmp"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/money"
	"github.com/causeway-pay/causeway/settlement/instruct"
	"github.com/causeway-pay/causeway/settlement/ledger"
	"github.com/causeway-pay/causeway/settlement/position"
	"github.com/causeway-pay/causeway/settlement/window"
)

// small is what stays open: most fees, so that closes take most of the time.
const small = 50_000

// discharge lets something happen to one of the open claims, or lets the bank pay most of them.
func (m *windows) discharge() {
	m.t.Helper()
	var open []*claim
	for _, c := range m.claims[max(0, len(m.claims)-60):] {
		if !c.state.Final() && c.left() > small {
			open = append(open, c)
		}
	}
	if len(open) > 10 {
		m.payDay(open[2:])
		open = open[:2]
	}
	if len(open) == 0 || m.random.IntN(4) > 0 {
		return
	}
	c := one(m.random, open)
	one(m.random, []func(*claim){
		m.pay, m.pay, m.pay, m.payWrongly, m.refuse, m.refuse, m.retry, m.move, m.cover, m.cover, m.abort,
	})(c)
}

// word is what a bank says about a claim.
func (c *claim) word(kind instruct.StepKind, minor int64) instruct.Word {
	w := instruct.Word{
		ID: ids.New(), Kind: kind, References: []string{c.instruction().String()}, Direction: instruct.PayOut, ValueDate: at,
		Reference: "E-1",
	}
	if kind == instruct.Confirmed {
		w.Amount = money.New(minor, c.key.Currency)
	}
	if c.rest < 0 {
		w.Direction = instruct.PayIn
	}
	return w
}

// instruction is the id of the present instruction.
func (c *claim) instruction() ids.ID {
	if c.attempts == 1 {
		return c.id
	}
	return ids.Derive(c.id, "instruction", int64(c.attempts))
}

func (c *claim) left() int64 { return max(c.rest, -c.rest) }

// hear takes a bank's word in a transaction that may be killed, until it is taken.
func (m *windows) hear(w instruct.Word) instruct.Taken {
	m.t.Helper()
	var taken instruct.Taken
	m.persistently("discharge", func(ctx context.Context, tx db.Tx) (err error) {
		if taken, err = instruct.Take(ctx, tx, w, at); err != nil {
			return err
		}
		return m.killed(ctx, tx, "discharge")
	})
	return taken
}

// pay lets the bank move some or all of it, and say so more than once.
func (m *windows) pay(c *claim) {
	m.t.Helper()
	part := c.left()
	if m.random.IntN(2) == 0 {
		part = 1 + m.random.Int64N(part)
	}
	w := c.word(instruct.Confirmed, part)
	if taken := m.hear(w); taken.Step.Kind != instruct.Confirmed {
		m.t.Errorf("%+v of %+v", taken, c)
	}
	if taken := m.hear(w); !taken.Repeated {
		m.t.Errorf("counted again: %+v", taken)
	}
	if c.state = instruct.Partly; part == c.left() {
		c.state = instruct.Settled
	}
	if w.Direction == instruct.PayIn {
		part = -part
	}
	c.rest -= part
	m.accounts[c.key].posted += part
}

// payDay lets the bank pay claims in whole, all in one message.
func (m *windows) payDay(open []*claim) {
	m.t.Helper()
	words := db.Column(open, func(c *claim) instruct.Word { return c.word(instruct.Confirmed, c.left()) })
	m.persistently("discharge", func(ctx context.Context, tx db.Tx) error {
		for _, w := range words {
			if taken, err := instruct.Take(ctx, tx, w, at); err != nil || taken.Step.Kind != instruct.Confirmed {
				return errors.Join(err, fmt.Errorf("%+v", taken))
			}
		}
		return m.killed(ctx, tx, "discharge")
	})
	for _, c := range open {
		m.accounts[c.key].posted += c.rest
		c.rest, c.state = 0, instruct.Settled
	}
}

// payWrongly lets the bank move too much, or the other way, which discharges nothing.
func (m *windows) payWrongly(c *claim) {
	m.t.Helper()
	w := c.word(instruct.Confirmed, c.left()+1)
	if m.random.IntN(2) == 0 {
		w.Amount.Minor--
		w.Direction = map[instruct.Direction]instruct.Direction{
			instruct.PayIn: instruct.PayOut, instruct.PayOut: instruct.PayIn,
		}[w.Direction]
	}
	if taken := m.hear(w); taken.Step.Kind != instruct.Unmatched {
		m.t.Errorf("%+v of %+v", taken, c)
	}
	w.Amount.Minor += 5
	err := m.pool.InTx(m.t.Context(), func(ctx context.Context, tx db.Tx) error {
		_, err := instruct.Take(ctx, tx, w, at)
		return err
	})
	if !errors.Is(err, instruct.ErrDiffers) {
		m.t.Errorf("the bank says something else: %v", err)
	}
}

// refuse lets the bank refuse the present instruction.
func (m *windows) refuse(c *claim) {
	m.t.Helper()
	taken := m.hear(c.word(instruct.Rejected, 0))
	if ignored := c.state == instruct.Failed; ignored != (taken.Step.Kind == instruct.Unmatched) {
		m.t.Errorf("%+v of %+v", taken, c)
	}
	if c.state == instruct.Instructed {
		c.state = instruct.Failed
		if taken.Obligation.Discharged.Minor > 0 {
			c.state = instruct.Partly
		}
	}
}

// decide carries out what two people decide, which is right or not in the claim's state.
func (m *windows) decide(c *claim, right bool, work func(ctx context.Context, tx db.Tx, d instruct.Decision) error) {
	m.t.Helper()
	d := instruct.Decision{ObligationID: c.id, ID: ids.New(), Reason: "decided", At: at}
	for {
		err := m.pool.InTx(m.t.Context(), func(ctx context.Context, tx db.Tx) error {
			return errors.Join(work(ctx, tx, d), m.killed(ctx, tx, "discharge"))
		})
		switch {
		case errors.Is(err, instruct.ErrState) && !right:
			return
		case errors.Is(err, errKilled):
		case err != nil || !right:
			m.t.Fatalf("%+v: %v", c, err)
		default:
			return
		}
	}
}

func (m *windows) retry(c *claim) {
	m.t.Helper()
	right := c.state == instruct.Failed || c.state == instruct.Partly
	m.decide(c, right, func(ctx context.Context, tx db.Tx, d instruct.Decision) error {
		_, err := instruct.Retry(ctx, tx, d, at)
		return err
	})
	if right {
		c.state, c.attempts = instruct.Instructed, c.attempts+1
	}
}

// move makes the rest part of the open window.
func (m *windows) move(c *claim) {
	m.t.Helper()
	m.decide(c, true, instruct.MoveRest)
	m.moved(c)
}

func (m *windows) moved(c *claim) {
	m.open[c.region].netted[c.key] += c.rest
	c.rest, c.state = 0, instruct.Moved
}

// cover writes off what a participant does not pay: its prefunding pays, then the others of
// the window, then the hub.
func (m *windows) cover(c *claim) {
	m.t.Helper()
	right := c.rest < 0 && c.state != instruct.Instructed
	own := min(m.accounts[c.key].prefunded, c.left())
	var shares []instruct.Share
	m.decide(c, right, func(ctx context.Context, tx db.Tx, d instruct.Decision) error {
		nets, err := window.Nets(ctx, tx, c.window)
		if err != nil {
			return err
		}
		shares = instruct.Shares(nets, c.key.ParticipantID, money.New(c.left()-own, c.key.Currency))
		return instruct.CoverRest(ctx, tx, d, shares)
	})
	if !right {
		return
	}
	for _, share := range shares {
		m.owe(c.region, position.Key{ParticipantID: share.ParticipantID, Currency: c.key.Currency}, -share.Amount.Minor)
	}
	m.accounts[c.key].prefunded -= own
	m.accounts[c.key].posted += c.rest
	c.rest, c.state = 0, instruct.Covered
}

// abort moves everything of the claim's window.
func (m *windows) abort(c *claim) {
	m.t.Helper()
	for _, other := range m.claims {
		if other.window != ids.Nil && other.window == c.window && !other.state.Final() {
			m.move(other)
		}
	}
}

// look compares every position with what should have become of it, what banks were told with
// the claims, and what windows brought forward with the accounts.
func (m *windows) look() {
	m.t.Helper()
	reserved, paying := sums{}, sums{}
	for _, p := range m.pending {
		r := reservationOf(p.Booking)
		reserved[position.Key{ParticipantID: r.ParticipantID, Currency: r.Amount.Currency}] += r.Amount.Minor
	}
	for _, c := range m.claims {
		paying[c.key] += max(0, c.rest)
	}
	type state struct{ posted, reserved, paying, prefunded, carried int64 }
	want, got := map[position.Key]state{}, map[position.Key]state{}
	for key, a := range m.accounts {
		want[key] = state{a.posted, reserved[key], paying[key], a.prefunded, a.posted}
	}
	all, err := position.All(m.t.Context(), m.pool)
	if err != nil {
		m.t.Fatal(err)
	}
	carried, prefunded := m.carried(), m.balances()
	for _, p := range all {
		key := position.Key{ParticipantID: p.ParticipantID, Currency: p.Currency}
		got[key] = state{p.Posted.Minor, p.Reserved.Minor, p.Paying.Minor, prefunded[key], carried[key]}
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(state{})); diff != "" {
		m.t.Error(diff)
	}
}

// carried is what all windows together say that each owes.
func (m *windows) carried() sums {
	m.t.Helper()
	owed := sums{}
	for _, region := range windowRegions {
		recent, err := window.Recent(m.t.Context(), m.pool, region, 1)
		if err != nil {
			m.t.Fatal(err)
		}
		recent[0].Number++
		nets, err := window.Carried(m.t.Context(), m.pool, recent[0])
		if err != nil {
			m.t.Fatal(err)
		}
		for _, n := range nets {
			owed[position.Key{ParticipantID: n.Owner, Currency: n.Currency}] -= n.Amount().Minor
		}
	}
	return owed
}

// balances checks that the ledger sums to zero and that positions are their accounts; and
// returns the prefunding.
func (m *windows) balances() sums {
	m.t.Helper()
	balances, err := ledger.Balances(m.t.Context(), m.pool)
	if err != nil {
		m.t.Fatal(err)
	}
	prefunded, whole := sums{}, map[money.Currency]int64{}
	for _, b := range balances {
		key := position.Key{ParticipantID: b.Owner, Currency: b.Net().Currency}
		switch whole[key.Currency] += b.Net().Minor; {
		case b.Purpose == ledger.Position && b.Net().Minor != -m.accounts[key].posted:
			m.t.Errorf("%s: %s, owed %d", b.AccountID, b.Net(), m.accounts[key].posted)
		case b.Purpose == ledger.Carried && !b.Net().IsZero():
			m.t.Errorf("%s is left on %s", b.Net(), b.AccountID)
		case b.Purpose == ledger.Prefunding:
			prefunded[key] = b.Net().Minor
		}
	}
	for currency, sum := range whole {
		if sum != 0 {
			m.t.Errorf("the ledger sums to %d %s", sum, currency)
		}
	}
	return prefunded
}

// lookAtPrefunding checks that each cap counts as prefunded what should be there and is on
// the account.
func (m *windows) lookAtPrefunding() {
	m.t.Helper()
	limits, err := position.Limits(m.t.Context(), m.pool)
	if err != nil || len(limits) != len(m.accounts) {
		m.t.Fatalf("%d limits, %v", len(limits), err)
	}
	there := m.balances()
	for _, l := range limits {
		key := position.Key{ParticipantID: l.ParticipantID, Currency: l.Currency}
		if want := m.accounts[key].prefunded; l.Prefunded != want || there[key] != want {
			m.t.Errorf("%v: the cap counts %d as prefunded, %d are on the account, should be %d", key, l.Prefunded, there[key], want)
		}
	}
}

// strays counts entries of payments and returns that are in several windows, and positions of
// windows whose figures are not the sums of their entries.
const strays = `
SELECT (SELECT count(*) FROM (SELECT subject_id FROM ledger_entry WHERE kind IN ('PAYMENT', 'RETURN')
		GROUP BY subject_id HAVING count(DISTINCT window_id) <> 1) several)
	+ (SELECT count(*) FROM (SELECT window_id, participant_id || '.POSITION.' || currency AS account,
			sum(debits_minor) AS debits, sum(credits_minor) AS credits FROM (
			SELECT window_id, participant_id, currency, debits_minor, credits_minor FROM window_net
			UNION ALL SELECT window_id, participant_id, currency, debits_minor, credits_minor FROM window_gross
			UNION ALL SELECT window_id, participant_id, currency, debits_minor, credits_minor FROM window_settled) f
		WHERE participant_id <> 'HUB' GROUP BY window_id, participant_id, currency) n
	FULL JOIN (SELECT window_id, account, sum(debits) AS debits, sum(credits) AS credits FROM (
			SELECT window_id, debit_account AS account, amount_minor AS debits, 0 AS credits FROM ledger_entry
			UNION ALL SELECT window_id, credit_account, 0, amount_minor FROM ledger_entry) s
		WHERE account LIKE '%.POSITION.%' GROUP BY window_id, account) e
		ON e.window_id = n.window_id AND e.account = n.account
	WHERE n.debits IS DISTINCT FROM e.debits OR n.credits IS DISTINCT FROM e.credits)`

// samples is how many payments and claims are looked at one by one.
const samples = 100

// lookAtEntries checks that each subject is in the window that its commit found, that what
// windows say is what their entries say, and that each obligation is what became of its claim.
func (m *windows) lookAtEntries() {
	m.t.Helper()
	var count int64
	m.commit(func(ctx context.Context, tx db.Tx) error {
		// It reads all tables, which a hub never does.
		_, err := tx.Exec(ctx, `SELECT set_config('statement_timeout', '1800000', true), set_config('enable_seqscan', 'on', true)`)
		if err != nil {
			return err
		}
		return tx.QueryRow(ctx, strays).Scan(&count)
	})
	if count != 0 {
		m.t.Errorf("%d are astray", count)
	}
	for range samples {
		p := one(m.random, m.posted)
		entries, err := ledger.EntriesOf(m.t.Context(), m.pool, p.PaymentID)
		if err != nil || len(entries) == 0 {
			m.t.Fatalf("%d entries of %s, %v", len(entries), p.PaymentID, err)
		}
		for _, e := range entries {
			if e.WindowID != m.in[e.SubjectID] {
				m.t.Errorf("%s should be in %s: %+v", e.SubjectID, m.in[e.SubjectID], e)
			}
		}
	}
	for range samples {
		c := one(m.random, m.claims)
		o, found, err := instruct.Find(m.t.Context(), m.pool, c.id)
		if err != nil || !found || o.State != c.state || o.Rest().Minor != c.left() || o.Attempt != int64(c.attempts) {
			m.t.Fatalf("%+v should be %+v, %v", o, c, err)
		}
	}
}
