package settlement_test

import (
	"context"
	"errors"
	"slices"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/money"
	"github.com/causeway-pay/causeway/settlement"
	"github.com/causeway-pay/causeway/settlement/fees"
	"github.com/causeway-pay/causeway/settlement/instruct"
	"github.com/causeway-pay/causeway/settlement/ledger"
	"github.com/causeway-pay/causeway/settlement/position"
)

// act lets payments be asked for and posted, and sometimes something else happen.
func (m *windows) act() {
	m.t.Helper()
	others := []func(){m.changeModel, m.changeLimit, m.fund, m.adjust, m.rebalance, m.void}
	if m.random.IntN(3) == 0 {
		one(m.random, others)()
	}
	region := one(m.random, windowRegions)
	m.ask(region)
	m.book(region)
}

func (m *windows) actSometimes() {
	m.t.Helper()
	if m.random.IntN(3) == 0 {
		m.act()
	}
}

// ask reserves up to three payments and returns: in their order, each that fits into what the
// region was allotted and has free.
func (m *windows) ask(region string) {
	m.t.Helper()
	asked := make([]payment, 1+m.random.IntN(3))
	reservations := make([]position.Reservation, len(asked))
	for i := range asked {
		asked[i] = m.payment(region)
		reservations[i] = reservationOf(asked[i].Booking)
	}
	all, err := position.Allotments(m.t.Context(), m.pool)
	if err != nil {
		m.t.Fatal(err)
	}
	free := sums{}
	for key, rows := range all {
		free[key] = rows[slices.IndexFunc(rows, func(a position.Allotment) bool { return a.Region == region })].Free()
	}
	var refused []error
	m.commit(func(ctx context.Context, tx db.Tx) (err error) {
		refused, err = position.ReserveAll(ctx, tx, reservations)
		return err
	})
	for i, r := range reservations {
		key := position.Key{ParticipantID: r.ParticipantID, Currency: r.Amount.Currency}
		fits := r.Amount.Minor <= free[key]
		if fits != (refused[i] == nil) || !fits && !errors.Is(refused[i], position.ErrCapExceeded) {
			m.t.Errorf("%s of %v with %d free: %v", r.Amount, key, free[key], refused[i])
		}
		if !fits {
			m.refused++
			continue
		}
		free[key] -= r.Amount.Minor
		m.pending = append(m.pending, asked[i])
	}
}

// reservationOf is what the payer of a payment, or the merchant of a return, reserves.
func reservationOf(b settlement.Booking) position.Reservation {
	from := b.Payer
	if b.Return {
		from = b.Merchant
	}
	return position.Reservation{
		ID: b.SubjectID, PaymentID: b.PaymentID, Region: b.Region, ParticipantID: from.ParticipantID, Amount: from.Amount, At: at,
	}
}

// payment makes up a payment between any two, or the return of a part of an earlier one.
func (m *windows) payment(region string) payment {
	if len(m.posted) > 0 && m.random.IntN(3) == 0 {
		if of := one(m.random, m.posted); of.left > 0 {
			return m.refund(of, region)
		}
	}
	b := settlement.Booking{SubjectID: ids.New(), Region: region, At: at, Payer: m.leg(), Merchant: m.leg()}
	b.PaymentID = b.SubjectID
	b.Fee = money.New(m.random.Int64N(20), b.Merchant.Amount.Currency)
	if m.random.IntN(12) == 0 {
		b.Fee.Minor = b.Merchant.Amount.Minor
	}
	return payment{b, b.Payer.Amount.Minor}
}

func (m *windows) leg() settlement.Leg {
	key := m.key()
	some := func(below int64) money.Amount { return money.New(m.random.Int64N(below), key.Currency) }
	return settlement.Leg{
		ParticipantID: key.ParticipantID, Amount: money.New(1+m.random.Int64N(600_000), key.Currency), Markup: some(50),
		Residue: money.New(m.random.Int64N(3)-1, key.Currency), Spread: some(9), Fee: some(3), Promotion: some(5),
		Sponsor: "SPONSOR",
	}
}

// refund takes back a part of a payment.
func (m *windows) refund(of payment, region string) payment {
	b := of.Booking
	b.SubjectID, b.Region, b.Return, b.Fee.Minor = ids.New(), region, true, 0
	part := 1 + m.random.Int64N(of.left)
	b.Merchant.Amount.Minor = max(1, b.Merchant.Amount.Minor*part/b.Payer.Amount.Minor)
	b.Payer.Amount.Minor = part
	return payment{b, 0}
}

// book posts up to four of what is pending in a region, in one transaction that may be killed.
func (m *windows) book(region string) {
	m.t.Helper()
	var chosen []payment
	var rest []payment
	for _, p := range m.pending {
		if p.Region == region && len(chosen) < 4 && m.random.IntN(3) > 0 {
			chosen = append(chosen, p)
		} else {
			rest = append(rest, p)
		}
	}
	if len(chosen) == 0 {
		return
	}
	bookings := db.Column(chosen, func(p payment) settlement.Booking { return p.Booking })
	volumes := volumesOf(bookings)
	attempt := m.pool.InTx
	if m.random.IntN(2) == 0 {
		attempt = m.pool.InTxHopeful
	}
	kill := m.random.IntN(5) == 0
	var id ids.ID
	err := attempt(m.t.Context(), func(ctx context.Context, tx db.Tx) (err error) {
		if id, err = new(settlement.Booker).Book(ctx, tx, bookings...); err != nil {
			return err
		}
		if err := fees.Count(ctx, tx, id, volumes); err != nil || !kill {
			return err
		}
		return errors.Join(tx.Now(ctx), errKilled)
	})
	if kill && errors.Is(err, errKilled) {
		m.kills["book"]++
		return
	}
	if err != nil {
		m.t.Fatal(err)
	}
	m.pending = rest
	m.open[region].volumes = append(m.open[region].volumes, volumes...)
	for _, p := range chosen {
		m.count(p, id)
	}
}

// volumesOf is what bookings add to the volumes that fees are charged by.
func volumesOf(bookings []settlement.Booking) (volumes []fees.Volume) {
	for _, b := range bookings {
		for _, leg := range []settlement.Leg{b.Payer, b.Merchant} {
			v := fees.Volume{
				ParticipantID: leg.ParticipantID, Corridor: "HK-JP", Product: "PaymentCode", Currency: leg.Amount.Currency,
				Payments: 1, Paid: leg.Amount.Minor,
			}
			if b.Return {
				v.Payments, v.Paid, v.Returns, v.Returned = 0, 0, 1, leg.Amount.Minor
			}
			volumes = append(volumes, v)
		}
	}
	return volumes
}

// count adds what was posted to what should have come of it.
func (m *windows) count(p payment, id ids.ID) {
	m.in[p.SubjectID] = id
	owed := sums{}
	add := func(leg settlement.Leg, minor int64) {
		if p.Return {
			minor = -minor
		}
		owed[position.Key{ParticipantID: leg.ParticipantID, Currency: leg.Amount.Currency}] += minor
	}
	add(p.Payer, -p.Payer.Amount.Minor)
	add(p.Merchant, p.Merchant.Amount.Minor-p.Fee.Minor)
	open := m.open[p.Region]
	for key, minor := range owed {
		m.accounts[key].posted -= minor
		if m.accounts[key].model != position.Gross || minor == 0 {
			open.netted[key] += minor
			continue
		}
		open.gross[key] += minor
		m.claims = append(m.claims, &claim{
			id:  ids.Derive(p.SubjectID, "obligation."+key.ParticipantID+"."+string(key.Currency), 1),
			key: key, region: p.Region, rest: minor, state: instruct.Instructed, attempts: 1,
		})
	}
	if p.Return {
		of := m.places[p.PaymentID]
		m.posted[of].left -= min(m.posted[of].left, p.Payer.Amount.Minor)
		return
	}
	m.places[p.PaymentID] = len(m.posted)
	m.posted = append(m.posted, p)
}

// void ends something that is pending without money.
func (m *windows) void() {
	m.t.Helper()
	if len(m.pending) == 0 {
		return
	}
	i := m.random.IntN(len(m.pending))
	m.commit(func(ctx context.Context, tx db.Tx) error {
		return position.Void(ctx, tx, []ids.ID{m.pending[i].SubjectID})
	})
	m.pending = slices.Delete(m.pending, i, i+1)
}

// changeModel lets a participant settle otherwise from now on. Who settles by prefunding alone
// has no limit.
func (m *windows) changeModel() {
	m.t.Helper()
	key := m.key()
	model := one(m.random, []position.Model{position.DeferredNet, position.DeferredNet, position.Gross, position.Prefunded})
	set := func(ctx context.Context, tx db.Tx) error {
		return position.SetModel(ctx, tx, key.ParticipantID, key.Currency, model)
	}
	limit := func(minor int64) {
		m.commit(func(ctx context.Context, tx db.Tx) error {
			return position.SetCap(ctx, tx, key.ParticipantID, money.New(minor, key.Currency))
		})
	}
	a := m.accounts[key]
	if model == position.Prefunded && a.model != position.Prefunded {
		limit(1)
		if err := m.pool.InTx(m.t.Context(), set); !errors.Is(err, position.ErrPrefundedOnly) {
			m.t.Errorf("prefunded beside a limit: %v", err)
		}
		limit(0)
	}
	m.commit(set)
	if model != position.Prefunded && a.model == position.Prefunded {
		limit(3_000_000)
	}
	a.model = model
}

// changeLimit changes the limit of a participant that has one.
func (m *windows) changeLimit() {
	m.t.Helper()
	key := m.key()
	if m.accounts[key].model != position.Prefunded {
		m.commit(func(ctx context.Context, tx db.Tx) error {
			return position.SetCap(ctx, tx, key.ParticipantID, money.New(m.random.Int64N(5_000_000), key.Currency))
		})
	}
}

// fund pays prefunding in, or out if that is not in use anywhere.
func (m *windows) fund() {
	m.t.Helper()
	key := m.key()
	amount := m.random.Int64N(2_000_000) - 700_000
	if amount == 0 {
		return
	}
	a := m.accounts[key]
	fits := amount > 0 || a.prefunded+amount >= 0 && m.room()[key]+amount >= 0
	funding := settlement.Funding{Region: one(m.random, windowRegions), EffectiveAt: at, Movement: position.Movement{
		ID: ids.New(), ParticipantID: key.ParticipantID, Amount: money.New(amount, key.Currency), Evidence: ids.New().String(), At: at,
	}}
	err := m.pool.InTx(m.t.Context(), func(ctx context.Context, tx db.Tx) error { return settlement.Fund(ctx, tx, funding) })
	switch {
	case fits && err == nil:
		a.prefunded += amount
	case fits || !errors.Is(err, position.ErrPrefundingInUse):
		m.t.Errorf("prefunding of %d moves by %d with %d free: %v", a.prefunded, amount, m.room()[key], err)
	}
}

// adjust books what one participant owes another or the hub for another reason.
func (m *windows) adjust() {
	m.t.Helper()
	owners := append([]string{ledger.Hub}, members...)
	a := instruct.Adjustment{
		ID: ids.New(), Region: one(m.random, windowRegions), Debit: one(m.random, owners), Credit: one(m.random, owners),
		Amount: money.New(1+m.random.Int64N(900_000), one(m.random, currencies)), Link: ids.New(), At: at,
	}
	if a.Debit == a.Credit {
		return
	}
	m.commit(func(ctx context.Context, tx db.Tx) error { return instruct.Adjust(ctx, tx, a) })
	m.owe(a.Region, position.Key{ParticipantID: a.Debit, Currency: a.Amount.Currency}, -a.Amount.Minor)
	m.owe(a.Region, position.Key{ParticipantID: a.Credit, Currency: a.Amount.Currency}, a.Amount.Minor)
}

// owe adds to what a participant is owed in the open window of a region.
func (m *windows) owe(region string, key position.Key, minor int64) {
	if key.ParticipantID != ledger.Hub {
		m.accounts[key].posted -= minor
		m.open[region].netted[key] += minor
	}
}

// rebalance lets a region give away what it does not need.
func (m *windows) rebalance() {
	m.t.Helper()
	if _, err := position.Rebalance(m.t.Context(), m.pool, one(m.random, windowRegions)); err != nil {
		m.t.Error(err)
	}
}
