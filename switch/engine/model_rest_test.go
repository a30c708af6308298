package engine_test

import (
	"context"
	"slices"
	"time"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/iso20022"
	"github.com/causeway-pay/causeway/money"
	"github.com/causeway-pay/causeway/settlement/position"
	"github.com/causeway-pay/causeway/switch/engine"
	"github.com/causeway-pay/causeway/switch/payment"
)

// underCaps: no wallet ever owes more than its cap, reservations included.
func (m *model) underCaps(after string) {
	m.t.Helper()
	all, err := position.All(m.t.Context(), m.pool)
	if err != nil {
		m.t.Fatal(err)
	}
	for _, p := range all {
		limit, limited := m.caps[p.ParticipantID]
		if p.Reserved.Minor < 0 || limited && p.Posted.Minor+p.Reserved.Minor > limit {
			m.t.Errorf("after %s: %s has posted %s and reserved %s of %d", after, p.ParticipantID, p.Posted, p.Reserved, limit)
		}
	}
}

// rest lets everything end: the wallets are well again, late requests arrive,
// wallets tell about every debit that the hub does not know, operators resolve
// what is held, and the duties are done until there are none.
func (m *model) rest() {
	m.bank.heal()
	m.shop.heal()
	for _, p := range m.bank.all() {
		m.bank.arrive(p)
	}
	for range 60 {
		m.clock.Advance(5 * time.Minute)
		m.dutyRound()
		m.reconcile()
		m.resolveHeld()
		if m.owed() == 0 && m.agreed() {
			return
		}
	}
	m.t.Errorf("%d duties are left after five hours", m.owed())
}

const countDuties = `
SELECT (SELECT count(*) FROM payment WHERE duty <> 'NONE') + (SELECT count(*) FROM payment_return WHERE duty <> 'NONE')`

func (m *model) owed() (duties int64) {
	m.t.Helper()
	if err := m.pool.QueryRow(m.t.Context(), countDuties).Scan(&duties); err != nil {
		m.t.Fatal(err)
	}
	return duties
}

// reconcile has each wallet speak up about debits that the hub does not count
// as completed.
func (m *model) reconcile() {
	for _, p := range m.unknownDebits() {
		m.notify(p, connectors.Accepted)
	}
}

func (m *model) unknownDebits() (unknown []*purse) {
	for _, p := range m.bank.all() {
		if debited, cancelled, _ := m.bank.see(p); debited && !cancelled && m.file(p).Payment.State != payment.Posted {
			unknown = append(unknown, p)
		}
	}
	return unknown
}

func (m *model) agreed() bool { return len(m.unknownDebits()) == 0 && len(m.held()) == 0 }

// byOperator reports whether two operators posted a payment that was held: they
// may find that the merchant delivered although its acquirer never said so.
func (m *model) byOperator(d *deal) bool {
	m.t.Helper()
	file, err := engine.Open(m.t.Context(), m.pool, d.id)
	if err != nil {
		m.t.Fatal(err)
	}
	return slices.ContainsFunc(file.History, func(c engine.Change) bool {
		return c.Event == string(payment.OperatorPosted)
	})
}

func (m *model) file(p *purse) engine.File {
	m.t.Helper()
	id, err := ids.Parse(p.id)
	if err != nil {
		m.t.Fatal(err)
	}
	file, err := engine.Open(m.t.Context(), m.pool, id)
	if err != nil {
		m.t.Fatal(err)
	}
	return file
}

func (m *model) held() []engine.Record {
	m.t.Helper()
	held, err := engine.List(m.t.Context(), m.pool, engine.Filter{State: payment.Held, Limit: engine.PageMax})
	if err != nil {
		m.t.Fatal(err)
	}
	return held
}

// resolveHeld has two operators find out the truth.
func (m *model) resolveHeld() {
	for _, record := range m.held() {
		debited, cancelled, _ := m.bank.see(m.bank.purses[record.ID.String()])
		m.inTx(func(ctx context.Context, tx db.Tx) error {
			return m.Resolve(ctx, tx, record.ID, debited && !cancelled)
		})
	}
}

// settle compares the books at rest: every payment is final and as its wallet
// has it, what partners are told adds up to the positions, and nothing is
// reserved but returns that wait for an operator.
func (m *model) settle() {
	want := map[string]int64{}
	for _, d := range m.deals {
		if d.id == ids.Nil {
			// The hub died before it answered, so the acquirer asks again.
			m.repeat(d)
		}
		seen := m.inquire(d)
		m.seen(d, seen)
		if d.told == "" {
			m.t.Errorf("%s ended as %s", d.order.RequestID, seen.Status)
		}
		pushed := d.order.Mode == connectors.Push && seen.Status == iso20022.Completed
		if pushed && !m.shop.took(d.order.RequestID) && !m.byOperator(d) {
			m.t.Errorf("%s is completed, its acquirer never took it", d.order.RequestID)
		}
		want["JP-ACQUIRER"] += m.credit(d, seen)
		m.compareRefunds(d, seen)
	}
	for _, p := range m.bank.all() {
		want[p.walletID] += m.comparePurse(p)
	}
	m.comparePositions(want)
	m.sound()
	if _, err := m.CutOff(m.t.Context()); err != nil {
		m.t.Error(err)
	}
	m.sound()
}

// credit is by how much a deal changes its acquirer's position, computed from
// what the acquirer sees alone: the fee is 80 basis points, rounded half to
// even, kept on a refund and given back on a cancel.
func (m *model) credit(d *deal, seen connectors.Payment) int64 {
	m.t.Helper()
	if len(seen.Returns) == 0 && seen.Status != iso20022.Completed {
		return 0
	}
	amount := d.order.Transfer.InstructedAmount
	if seen.Transfer.SettlementAmount != amount {
		m.t.Errorf("%s of %s is settled with %s", d.order.RequestID, amount, seen.Transfer.SettlementAmount)
	}
	fee := share(m, jpy(amount.Minor), 80, 10_000)
	owed := -(amount.Minor - fee)
	for _, r := range seen.Returns {
		if r.Status != iso20022.Completed {
			continue
		}
		owed += r.SettlementAmount.Minor
		if r.RequestID == d.order.RequestID {
			owed -= share(m, jpy(fee), r.Amount.Minor, amount.Minor)
		}
	}
	return owed
}

func share(m *model, total money.Amount, part, whole int64) int64 {
	m.t.Helper()
	amount, err := money.Prorate(total, part, whole, money.HalfEven)
	if err != nil {
		m.t.Fatal(err)
	}
	return amount.Minor
}

func (m *model) compareRefunds(d *deal, seen connectors.Payment) {
	m.t.Helper()
	var returned int64
	status := map[ids.ID]iso20022.Status{}
	for _, r := range seen.Returns {
		status[r.ID] = r.Status
		if r.Status != iso20022.Rejected {
			returned += r.Amount.Minor
		}
	}
	if returned > d.order.Transfer.InstructedAmount.Minor {
		m.t.Errorf("%s: %d returned of %s", d.order.RequestID, returned, d.order.Transfer.InstructedAmount)
	}
	for _, r := range d.refunds {
		if r.told != iso20022.Pending && status[r.id] != r.told {
			m.t.Errorf("refund %s was %s and is now %q", r.order.RequestID, r.told, status[r.id])
		}
	}
}

// comparePurse compares one payment in the wallet's books with the hub's, and
// returns what the wallet owes for it by its own books.
func (m *model) comparePurse(p *purse) int64 {
	m.t.Helper()
	file := m.file(p)
	var hub, held int64
	if file.Payment.State == payment.Posted {
		hub = file.Payment.PayerAmount.Minor
	}
	for _, r := range file.Returns {
		switch r.State {
		case payment.ReturnPosted:
			hub -= r.Detail.Payer.Amount.Minor
		case payment.ReturnHeld:
			// The wallet has acted, or not; nobody has told the hub yet.
			_, acted := p.refunds[compactID(r.ID)]
			if acted || r.Kind == engine.CancelReturn && p.cancelled {
				held += r.Detail.Payer.Amount.Minor
			}
		}
	}
	_, _, balance := m.bank.see(p)
	if balance+held != hub {
		m.t.Errorf("payment %s: %d in the wallet's books (%+v), %d in the hub's (%s, returns %+v, history %+v)",
			p.id, balance+held, p, hub, file.Payment.State, file.Returns, file.History)
	}
	return balance + held
}

func (m *model) comparePositions(want map[string]int64) {
	m.t.Helper()
	for id, figure := range want {
		p := m.position(id)
		if p.Posted.Minor != figure {
			m.t.Errorf("%s has posted %s, partners' books say %d", id, p.Posted, figure)
		}
		if id != "JP-ACQUIRER" && p.Reserved.Minor != 0 {
			m.t.Errorf("%s still has %s reserved", id, p.Reserved)
		}
	}
}
