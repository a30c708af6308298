package settlement_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/db/dbtest"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/iso20022"
	"github.com/causeway-pay/causeway/money"
	"github.com/causeway-pay/causeway/settlement"
	"github.com/causeway-pay/causeway/settlement/instruct"
	"github.com/causeway-pay/causeway/settlement/ledger"
	"github.com/causeway-pay/causeway/settlement/position"
	"github.com/causeway-pay/causeway/settlement/window"
)

// TestGrossDue: each side of a payment settles by its own model; what is settled by
// itself is in no net, and what comes to nothing is no obligation.
func TestGrossDue(t *testing.T) {
	type due map[string]string
	for name, c := range map[string]struct {
		gross       []string
		change      func(b *settlement.Booking)
		dues, gone  due
		netOfWallet string
	}{
		"none":        {nil, nil, due{}, due{}, "-75.43"},
		"acquirer":    {[]string{"JP-ACQUIRER"}, nil, due{"JP-ACQUIRER": "PAY_OUT 1488"}, due{"JP-ACQUIRER.JPY": "1488"}, "-75.43"},
		"both":        {[]string{"JP-ACQUIRER", "HK-WALLET"}, nil, due{"JP-ACQUIRER": "PAY_OUT 1488", "HK-WALLET": "PAY_IN 75.43"}, due{"JP-ACQUIRER.JPY": "1488", "HK-WALLET.HKD": "-75.43"}, ""},
		"all is fee":  {[]string{"JP-ACQUIRER"}, func(b *settlement.Booking) { b.Fee = jpy(1500) }, due{}, due{}, "-75.43"},
		"more is fee": {[]string{"JP-ACQUIRER"}, func(b *settlement.Booking) { b.Fee = jpy(1501) }, due{"JP-ACQUIRER": "PAY_IN 1"}, due{"JP-ACQUIRER.JPY": "-1"}, "-75.43"},
	} {
		t.Run(name, func(t *testing.T) {
			eachGross(t, func(t *testing.T, pool *db.Pool) {
				b := booking()
				if c.change != nil {
					c.change(&b)
				}
				for _, participant := range c.gross {
					setModel(t, pool, participant, position.Gross)
				}
				var id ids.ID
				inTx(t, pool, func(ctx context.Context, tx db.Tx) (err error) {
					if err := position.Reserve(ctx, tx, reserve(b)); err != nil {
						return err
					}
					id, err = settlement.Book(ctx, tx, window.Calendars{}, b)
					return err
				})
				dues := due{}
				for _, o := range grossOf(t, pool) {
					dues[o.ParticipantID] = string(o.Direction) + " " + o.Amount.Decimal()
					if o.SubjectID != b.SubjectID || o.WindowID != ids.Nil || !o.CreatedAt.Equal(at) {
						t.Errorf("%+v", o)
					}
				}
				if diff := cmp.Diff(c.dues, dues); diff != "" {
					t.Error(diff)
				}
				gone := due(figures(t, pool, id, window.GrossIn))
				delete(gone, "HUB.HKD")
				delete(gone, "HUB.JPY")
				if diff := cmp.Diff(c.gone, gone); diff != "" {
					t.Error(diff)
				}
				if net := figures(t, pool, id, window.Nets)["HK-WALLET.HKD"]; net != c.netOfWallet {
					t.Errorf("the wallet's net is %s", net)
				}
			})
		})
	}
}

// eachGross is each with the tables of obligations.
func eachGross(t *testing.T, body func(t *testing.T, pool *db.Pool)) {
	t.Helper()
	each(t, body, dbtest.Load(t, instruct.Migrations)...)
}

func setModel(t *testing.T, pool *db.Pool, participant string, model position.Model) {
	t.Helper()
	currency := money.Currency("HKD")
	if participant == "JP-ACQUIRER" {
		currency = "JPY"
	}
	inTx(t, pool, func(ctx context.Context, tx db.Tx) error {
		return position.SetModel(ctx, tx, participant, currency, model)
	})
}

// grossOf are the obligations of single payments of both participants.
func grossOf(t *testing.T, pool *db.Pool) (list []instruct.Obligation) {
	t.Helper()
	for _, participant := range []string{"HK-WALLET", "JP-ACQUIRER"} {
		behind := instruct.GrossPlace{CreatedAt: at.AddDate(9, 0, 0)}
		for {
			page, err := instruct.GrossOf(t.Context(), pool, participant, behind, 100)
			if err != nil {
				t.Fatal(err)
			}
			if list = append(list, page...); len(page) < 100 {
				break
			}
			last := page[len(page)-1]
			behind = instruct.GrossPlace{CreatedAt: last.CreatedAt, ObligationID: last.ID}
		}
	}
	return list
}

// figures are the figures of a window that are not zero, by owner and currency.
func figures(
	t *testing.T, pool *db.Pool, id ids.ID,
	read func(context.Context, db.Reader, ids.ID) ([]window.Net, error),
) map[string]string {
	t.Helper()
	nets, err := read(t.Context(), pool, id)
	if err != nil {
		t.Fatal(err)
	}
	list := map[string]string{}
	for _, n := range nets {
		if !n.Amount().IsZero() {
			list[n.Owner+"."+string(n.Currency)] = n.Amount().Decimal()
		}
	}
	return list
}

// mixedWindows is how many windows are tried, unless CAUSEWAY_TEST_WINDOWS asks for
// another number.
const mixedWindows = 150

// mixed books random payments and returns of participants that change their models,
// and keeps in the simplest form what should have come of it.
type mixed struct {
	t      *testing.T
	pool   *db.Pool
	random *rand.Rand
	gross  map[string]bool
	// netted is what each is owed by the net of the open window, and apart by payment.
	netted map[string]int64
	apart  map[ids.ID]map[string]int64
	posted map[string]int64
	in     map[ids.ID]ids.ID
}

var errKilled = errors.New("killed")

// TestMixedWindows: over random windows of participants whose models change at random,
// with transactions that are killed at random, the nets of each window and what is
// settled by itself sum to zero each, come to what was posted, and each payment is in
// exactly one of them for each side.
func TestMixedWindows(t *testing.T) {
	count := mixedWindows
	if text := os.Getenv("CAUSEWAY_TEST_WINDOWS"); text != "" {
		var err error
		if count, err = strconv.Atoi(text); err != nil {
			t.Fatal(err)
		}
	}
	eachGross(t, func(t *testing.T, pool *db.Pool) {
		inTx(t, pool, func(ctx context.Context, tx db.Tx) error {
			return errors.Join(position.SetCap(ctx, tx, "HK-WALLET", hkd(1e15)), position.SetCap(ctx, tx, "JP-ACQUIRER", jpy(1e15)))
		})
		m := &mixed{
			t: t, pool: pool, random: rand.New(rand.NewPCG(7, uint64(count))), gross: map[string]bool{},
			apart: map[ids.ID]map[string]int64{}, posted: map[string]int64{}, in: map[ids.ID]ids.ID{},
		}
		for range count {
			m.netted = map[string]int64{}
			for range m.random.IntN(4) {
				m.book()
			}
			m.close()
			if t.Failed() {
				return
			}
		}
		m.checkAll()
	})
}

// book books up to four payments and returns in one transaction, which may be killed.
func (m *mixed) book() {
	m.t.Helper()
	for _, participant := range []string{"HK-WALLET", "JP-ACQUIRER"} {
		if m.random.IntN(3) == 0 {
			m.gross[participant] = !m.gross[participant]
			model := map[bool]position.Model{true: position.Gross, false: position.DeferredNet}[m.gross[participant]]
			setModel(m.t, m.pool, participant, model)
		}
	}
	bookings := make([]settlement.Booking, 1+m.random.IntN(4))
	for i := range bookings {
		b := booking()
		b.Payer.Amount.Minor, b.Merchant.Amount.Minor = 1+m.random.Int64N(1_000_000), 1+m.random.Int64N(1_000_000)
		b.Fee.Minor = m.random.Int64N(20)
		if b.Return = m.random.IntN(4) == 0; b.Return || m.random.IntN(10) == 0 {
			b.Fee.Minor = 0
		}
		if m.random.IntN(12) == 0 {
			b.Fee.Minor = b.Merchant.Amount.Minor
		}
		bookings[i] = b
	}
	var id ids.ID
	kill := m.random.IntN(5) == 0
	err := m.pool.InTx(m.t.Context(), func(ctx context.Context, tx db.Tx) (err error) {
		for _, b := range bookings {
			r := reserve(b)
			if b.Return {
				r.ParticipantID, r.Amount = b.Merchant.ParticipantID, b.Merchant.Amount
			}
			if err := position.Reserve(ctx, tx, r); err != nil {
				return err
			}
		}
		if id, err = settlement.Book(ctx, tx, window.Calendars{}, bookings...); err == nil && kill {
			err = errors.Join(tx.Now(ctx), errKilled)
		}
		return err
	})
	if kill && errors.Is(err, errKilled) {
		return
	}
	if err != nil {
		m.t.Fatal(err)
	}
	for _, b := range bookings {
		m.count(b, id)
	}
}

// count adds a booking to what should have come of it.
func (m *mixed) count(b settlement.Booking, id ids.ID) {
	owed := map[string]int64{"HK-WALLET": -b.Payer.Amount.Minor, "JP-ACQUIRER": b.Merchant.Amount.Minor - b.Fee.Minor}
	m.in[b.SubjectID] = id
	for participant, minor := range owed {
		if b.Return {
			minor = -minor
		}
		m.posted[participant] += minor
		if !m.gross[participant] || minor == 0 {
			m.netted[participant] += minor
			continue
		}
		if m.apart[b.SubjectID] == nil {
			m.apart[b.SubjectID] = map[string]int64{}
		}
		m.apart[b.SubjectID][participant] = minor
	}
}

// close closes the window and compares its obligations with what was netted.
func (m *mixed) close() {
	m.t.Helper()
	var w window.Window
	var made []instruct.Obligation
	inTx(m.t, m.pool, func(ctx context.Context, tx db.Tx) (err error) {
		if w, err = window.Close(ctx, tx, region, at); err != nil {
			return err
		}
		made, err = instruct.Oblige(ctx, tx, w, window.Calendars{}, at)
		return err
	})
	got := map[string]int64{}
	for _, o := range made {
		got[o.ParticipantID] = signedOf(o)
	}
	for participant, minor := range m.netted {
		if minor == 0 {
			delete(m.netted, participant)
		}
	}
	if diff := cmp.Diff(m.netted, got); diff != "" {
		m.t.Error(diff)
	}
	gross, err := window.GrossIn(m.t.Context(), m.pool, w.ID)
	if err != nil {
		m.t.Fatal(err)
	}
	sums := map[money.Currency]int64{}
	for _, n := range gross {
		sums[n.Currency] += n.Amount().Minor
	}
	for currency, sum := range sums {
		if sum != 0 {
			m.t.Errorf("gross in %s sums to %d", currency, sum)
		}
	}
}

func signedOf(o instruct.Obligation) int64 {
	if o.Direction == instruct.PayOut {
		return o.Amount.Minor
	}
	return -o.Amount.Minor
}

// checkAll compares the obligations of single payments with what was posted apart, each
// instruction with its obligation, and the positions with everything together.
func (m *mixed) checkAll() {
	m.t.Helper()
	got := map[ids.ID]map[string]int64{}
	for _, o := range grossOf(m.t, m.pool) {
		if got[o.SubjectID] == nil {
			got[o.SubjectID] = map[string]int64{}
		}
		if _, twice := got[o.SubjectID][o.ParticipantID]; twice {
			m.t.Errorf("two obligations of %s for %s", o.SubjectID, o.ParticipantID)
		}
		got[o.SubjectID][o.ParticipantID] = signedOf(o)
		transfer, err := iso20022.ParseInstitutionTransfer(o.Instruction)
		if err != nil || transfer.Amount != o.Amount || !transfer.SettlementDate.Equal(o.ValueDate) {
			m.t.Fatalf("%+v, %v", transfer, err)
		}
	}
	if diff := cmp.Diff(m.apart, got); diff != "" {
		m.t.Error(diff)
	}
	for participant, p := range positions(m.t, m.pool) {
		if p.Posted.Minor != -m.posted[participant] || p.Reserved.Minor != 0 {
			m.t.Errorf("%s: %+v, posted %d", participant, p, m.posted[participant])
		}
	}
	for subject, id := range m.in {
		entries, err := ledger.EntriesOf(m.t.Context(), m.pool, subject)
		if err != nil || len(entries) == 0 {
			m.t.Fatalf("%d entries, %v", len(entries), err)
		}
		for _, e := range entries {
			if e.WindowID != id {
				m.t.Errorf("an entry of %s is in %s, not in %s", subject, e.WindowID, id)
			}
		}
	}
}
