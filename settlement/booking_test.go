package settlement_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/db/dbtest"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/money"
	"github.com/causeway-pay/causeway/settlement"
	"github.com/causeway-pay/causeway/settlement/ledger"
	"github.com/causeway-pay/causeway/settlement/position"
	"github.com/causeway-pay/causeway/settlement/window"
)

const region = "asia-1"

var at = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

func hkd(minor int64) money.Amount { return money.New(minor, "HKD") }
func jpy(minor int64) money.Amount { return money.New(minor, "JPY") }

func booking() settlement.Booking {
	id := ids.New()
	return settlement.Booking{
		SubjectID: id, PaymentID: id, Region: region, At: at,
		Payer:    settlement.Leg{ParticipantID: "HK-WALLET", Amount: hkd(7543), Markup: hkd(38), Residue: hkd(-1)},
		Merchant: settlement.Leg{ParticipantID: "JP-ACQUIRER", Amount: jpy(1500), Markup: jpy(0), Residue: jpy(0)},
		Fee:      jpy(12),
	}
}

// line is an entry in a form that a reader checks at a glance.
type line struct{ Kind, Debit, Credit, Amount string }

func lines(entries []ledger.Entry) []line {
	var list []line
	for _, e := range entries {
		list = append(list, line{
			string(e.Kind), e.Debit.ID(e.Amount.Currency), e.Credit.ID(e.Amount.Currency), e.Amount.Decimal(),
		})
	}
	return list
}

func TestEntriesOfPayment(t *testing.T) {
	want := []line{
		{"PAYMENT", "HK-WALLET.POSITION.HKD", "HUB.EXCHANGE.HKD", "75.43"},
		{"PAYMENT", "HUB.EXCHANGE.JPY", "JP-ACQUIRER.POSITION.JPY", "1500"},
		{"MARKUP", "HUB.EXCHANGE.HKD", "HUB.MARKUP.HKD", "0.38"},
		{"ROUNDING", "HUB.ROUNDING.HKD", "HUB.EXCHANGE.HKD", "0.01"},
		{"FEE", "JP-ACQUIRER.POSITION.JPY", "HUB.FEE.JPY", "12"},
	}
	if diff := cmp.Diff(want, lines(settlement.Entries(booking(), ids.New()))); diff != "" {
		t.Error(diff)
	}
}

// TestEntriesOfEveryPart: what a price is made of is posted apart, and a sponsor
// pays outside its position.
func TestEntriesOfEveryPart(t *testing.T) {
	b := booking()
	b.Payer.Spread, b.Payer.Fee, b.Payer.Promotion, b.Payer.Sponsor = hkd(7), hkd(250), hkd(100), "JP-TOURISM"
	b.Merchant.Spread, b.Merchant.Promotion, b.Merchant.Sponsor = jpy(3), jpy(2), ledger.Hub
	want := []line{
		{"PAYMENT", "HK-WALLET.POSITION.HKD", "HUB.EXCHANGE.HKD", "75.43"},
		{"PAYMENT", "HUB.EXCHANGE.JPY", "JP-ACQUIRER.POSITION.JPY", "1500"},
		{"MARKUP", "HUB.EXCHANGE.HKD", "HUB.MARKUP.HKD", "0.38"},
		{"SPREAD", "HUB.EXCHANGE.HKD", "HUB.SPREAD.HKD", "0.07"},
		{"FEE", "HUB.EXCHANGE.HKD", "HUB.FEE.HKD", "2.50"},
		{"PROMOTION", "JP-TOURISM.PROMOTION.HKD", "HUB.EXCHANGE.HKD", "1.00"},
		{"ROUNDING", "HUB.ROUNDING.HKD", "HUB.EXCHANGE.HKD", "0.01"},
		{"SPREAD", "HUB.EXCHANGE.JPY", "HUB.SPREAD.JPY", "3"},
		{"PROMOTION", "HUB.PROMOTION.JPY", "HUB.EXCHANGE.JPY", "2"},
		{"FEE", "JP-ACQUIRER.POSITION.JPY", "HUB.FEE.JPY", "12"},
	}
	if diff := cmp.Diff(want, lines(settlement.Entries(b, ids.New()))); diff != "" {
		t.Error(diff)
	}
	if income := b.Payer.Income(); income != 38+7+250-1 {
		t.Errorf("the hub earns %d", income)
	}
}

func TestEntriesOfReturn(t *testing.T) {
	b := booking()
	b.Return, b.Fee = true, jpy(0)
	want := []line{
		{"RETURN", "JP-ACQUIRER.POSITION.JPY", "HUB.EXCHANGE.JPY", "1500"},
		{"RETURN", "HUB.EXCHANGE.HKD", "HK-WALLET.POSITION.HKD", "75.43"},
		{"MARKUP", "HUB.MARKUP.HKD", "HUB.EXCHANGE.HKD", "0.38"},
		{"ROUNDING", "HUB.EXCHANGE.HKD", "HUB.ROUNDING.HKD", "0.01"},
	}
	if diff := cmp.Diff(want, lines(settlement.Entries(b, ids.New()))); diff != "" {
		t.Error(diff)
	}
}

// TestEntriesBalance: whatever the figures, a payment and its whole return
// leave every account at zero.
func TestEntriesBalance(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := booking()
		b.Payer.Amount.Minor = rapid.Int64Range(1, 1e12).Draw(t, "payer")
		b.Payer.Markup.Minor = rapid.Int64Range(0, 1e9).Draw(t, "markup")
		b.Payer.Residue.Minor = rapid.Int64Range(-1, 1).Draw(t, "residue")
		b.Payer.Spread = hkd(rapid.Int64Range(0, 1e9).Draw(t, "spread"))
		b.Payer.Fee = hkd(rapid.Int64Range(0, 1e9).Draw(t, "fixed fee"))
		b.Payer.Promotion, b.Payer.Sponsor = hkd(rapid.Int64Range(0, 1e9).Draw(t, "promotion")), "SPONSOR"
		b.Merchant.Amount.Minor = rapid.Int64Range(1, 1e12).Draw(t, "merchant")
		b.Merchant.Residue.Minor = rapid.Int64Range(-1, 1).Draw(t, "merchant residue")
		b.Fee = jpy(0)
		back := b
		back.Return = true
		balances := map[string]int64{}
		for _, e := range append(settlement.Entries(b, ids.New()), settlement.Entries(back, ids.New())...) {
			if e.Amount.Minor <= 0 || e.Debit == e.Credit {
				t.Fatalf("entry %+v cannot be written", e)
			}
			balances[e.Debit.ID(e.Amount.Currency)] -= e.Amount.Minor
			balances[e.Credit.ID(e.Amount.Currency)] += e.Amount.Minor
		}
		for account, balance := range balances {
			if balance != 0 {
				t.Fatalf("%s ends at %d", account, balance)
			}
		}
	})
}

// books opens a database with two participants and a window.
func books(t *testing.T, pool *db.Pool) {
	t.Helper()
	inTx(t, pool, func(ctx context.Context, tx db.Tx) error {
		if err := window.Start(ctx, tx, region, at); err != nil {
			return err
		}
		if err := settlement.Onboard(ctx, tx, "HK-WALLET", region, hkd(20_000)); err != nil {
			return err
		}
		return settlement.Onboard(ctx, tx, "JP-ACQUIRER", region, jpy(1_000_000))
	})
}

func inTx(t *testing.T, pool *db.Pool, work func(ctx context.Context, tx db.Tx) error) {
	t.Helper()
	if err := pool.InTx(t.Context(), work); err != nil {
		t.Fatal(err)
	}
}

func reserve(b settlement.Booking) position.Reservation {
	return position.Reservation{
		ID: b.SubjectID, Region: region, PaymentID: b.PaymentID, ParticipantID: b.Payer.ParticipantID,
		Amount: b.Payer.Amount, At: at,
	}
}

func each(t *testing.T, body func(t *testing.T, pool *db.Pool), more ...db.Migration) {
	t.Helper()
	all := dbtest.Load(t, ledger.Migrations, position.Migrations, window.Migrations)
	dbtest.Each(t, func(t *testing.T, pool *db.Pool) {
		books(t, pool)
		body(t, pool)
	}, append(all, more...))
}

func positions(t *testing.T, pool *db.Pool) map[string]position.Position {
	t.Helper()
	all, err := position.All(t.Context(), pool)
	if err != nil {
		t.Fatal(err)
	}
	byName := map[string]position.Position{}
	for _, p := range all {
		byName[p.ParticipantID] = p
	}
	return byName
}

func TestBook(t *testing.T) {
	each(t, func(t *testing.T, pool *db.Pool) {
		b := booking()
		inTx(t, pool, func(ctx context.Context, tx db.Tx) error { return position.Reserve(ctx, tx, reserve(b)) })
		if p := positions(t, pool)["HK-WALLET"]; p.Reserved != hkd(7543) || p.Posted != hkd(0) {
			t.Fatalf("after reserve: %+v", p)
		}
		var windowID ids.ID
		inTx(t, pool, func(ctx context.Context, tx db.Tx) (err error) {
			windowID, err = new(settlement.Booker).Book(ctx, tx, b)
			return err
		})
		checkBooked(t, pool, b, windowID)
		err := pool.InTx(t.Context(), func(ctx context.Context, tx db.Tx) error {
			_, err := new(settlement.Booker).Book(ctx, tx, b)
			return err
		})
		if err == nil {
			t.Error("booked twice")
		}
	})
}

func checkBooked(t *testing.T, pool *db.Pool, b settlement.Booking, windowID ids.ID) {
	t.Helper()
	got := positions(t, pool)
	if p := got["HK-WALLET"]; p.Reserved != hkd(0) || p.Posted != hkd(7543) || p.Headroom() != hkd(12_457) {
		t.Errorf("wallet: %+v", p)
	}
	if p := got["JP-ACQUIRER"]; p.Posted != jpy(-1488) {
		t.Errorf("acquirer: %+v", p)
	}
	entries, err := ledger.EntriesOf(t.Context(), pool, b.PaymentID)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(settlement.Entries(b, windowID), entries); diff != "" {
		t.Error(diff)
	}
	nets, err := window.Nets(t.Context(), pool, windowID)
	if err != nil {
		t.Fatal(err)
	}
	figures := map[string]string{}
	for _, n := range nets {
		figures[n.Owner+"."+string(n.Currency)] = n.Amount().Decimal()
	}
	want := map[string]string{
		"HK-WALLET.HKD": "-75.43", "HUB.HKD": "75.43", "HUB.JPY": "-1488", "JP-ACQUIRER.JPY": "1488",
	}
	if diff := cmp.Diff(want, figures); diff != "" {
		t.Error(diff)
	}
}

func TestVoid(t *testing.T) {
	each(t, func(t *testing.T, pool *db.Pool) {
		b := booking()
		inTx(t, pool, func(ctx context.Context, tx db.Tx) error { return position.Reserve(ctx, tx, reserve(b)) })
		inTx(t, pool, func(ctx context.Context, tx db.Tx) error { return position.Void(ctx, tx, []ids.ID{b.SubjectID}) })
		if p := positions(t, pool)["HK-WALLET"]; p.Reserved != hkd(0) || p.Posted != hkd(0) {
			t.Errorf("after void: %+v", p)
		}
		for name, resolve := range map[string]func(ctx context.Context, tx db.Tx) error{
			"void": func(ctx context.Context, tx db.Tx) error { return position.Void(ctx, tx, []ids.ID{b.SubjectID}) },
			"post": func(ctx context.Context, tx db.Tx) error {
				return position.Post(ctx, tx, []position.Reservation{reserve(b)})
			},
		} {
			err := pool.InTx(t.Context(), resolve)
			if !errors.Is(err, position.ErrResolved) {
				t.Errorf("%s after void: %v", name, err)
			}
		}
	})
}

// TestCapUnderConcurrency: of many debits at once exactly as many pass as the
// cap covers, whatever the order.
func TestCapUnderConcurrency(t *testing.T) {
	each(t, func(t *testing.T, pool *db.Pool) {
		const workers = 6
		results := make(chan error, workers)
		var wg sync.WaitGroup
		for range workers {
			wg.Go(func() {
				b := booking()
				results <- persistently(pool, func(ctx context.Context, tx db.Tx) error {
					return position.Reserve(ctx, tx, reserve(b))
				})
			})
		}
		wg.Wait()
		close(results)
		passed, refused := 0, 0
		for err := range results {
			switch {
			case err == nil:
				passed++
			case errors.Is(err, position.ErrCapExceeded):
				refused++
			default:
				t.Error(err)
			}
		}
		if passed != 2 || refused != workers-2 {
			t.Errorf("%d passed and %d were refused of 75.43 each under a cap of 200.00", passed, refused)
		}
		if p := positions(t, pool)["HK-WALLET"]; p.Reserved != hkd(2*7543) {
			t.Errorf("reserved %s", p.Reserved)
		}
	})
}

func TestSetCap(t *testing.T) {
	each(t, func(t *testing.T, pool *db.Pool) {
		inTx(t, pool, func(ctx context.Context, tx db.Tx) error { return position.SetCap(ctx, tx, "HK-WALLET", hkd(100)) })
		b := booking()
		err := pool.InTx(
			t.Context(),
			func(ctx context.Context, tx db.Tx) error { return position.Reserve(ctx, tx, reserve(b)) },
		)
		if !errors.Is(err, position.ErrCapExceeded) {
			t.Errorf("got %v", err)
		}
		err = pool.InTx(
			t.Context(),
			func(ctx context.Context, tx db.Tx) error { return position.SetCap(ctx, tx, "NOBODY", hkd(1)) },
		)
		if !errors.Is(err, position.ErrNoPosition) {
			t.Errorf("got %v", err)
		}
	})
}

// TestWindowCloses: postings before and after the close are in their own
// window, and a closed window does not change any more.
func TestWindowCloses(t *testing.T) {
	each(t, func(t *testing.T, pool *db.Pool) {
		book := func() ids.ID {
			b := booking()
			var id ids.ID
			inTx(t, pool, func(ctx context.Context, tx db.Tx) (err error) {
				if err := position.Reserve(ctx, tx, reserve(b)); err != nil {
					return err
				}
				id, err = new(settlement.Booker).Book(ctx, tx, b)
				return err
			})
			return id
		}
		first := book()
		var closed window.Window
		inTx(t, pool, func(ctx context.Context, tx db.Tx) (err error) {
			closed, err = window.Close(ctx, tx, region, at.Add(time.Hour))
			return err
		})
		if closed.ID != first || closed.State != window.Closing || closed.Number != 1 {
			t.Fatalf("closed %+v, posted in %s", closed, first)
		}
		if second := book(); second == first {
			t.Error("posted into a closed window")
		}
		checkNet(t, pool, first)
		inTx(t, pool, func(ctx context.Context, tx db.Tx) error {
			return window.Advance(ctx, tx, first, window.Closing, window.Closed, at)
		})
		err := pool.InTx(t.Context(), func(ctx context.Context, tx db.Tx) error {
			return window.Advance(ctx, tx, first, window.Closing, window.Closed, at)
		})
		if !errors.Is(err, window.ErrState) {
			t.Errorf("advanced twice: %v", err)
		}
		recent, err := window.Recent(t.Context(), pool, region, 10)
		if err != nil || len(recent) != 2 || recent[0].State != window.Open || recent[1].State != window.Closed {
			t.Errorf("recent %+v, %v", recent, err)
		}
	})
}

func checkNet(t *testing.T, pool *db.Pool, windowID ids.ID) {
	t.Helper()
	nets, err := window.Nets(t.Context(), pool, windowID)
	if err != nil {
		t.Fatal(err)
	}
	sums := map[money.Currency]int64{}
	for _, n := range nets {
		sums[n.Currency] += n.Amount().Minor
		if n.Owner == "HK-WALLET" && n.Amount() != hkd(-7543) {
			t.Errorf("net of the wallet is %s", n.Amount())
		}
	}
	for currency, sum := range sums {
		if sum != 0 {
			t.Errorf("nets in %s sum to %d", currency, sum)
		}
	}
}

// TestPostRefusesBadEntries: nothing of a call is written if one entry is bad.
func TestPostRefusesBadEntries(t *testing.T) {
	each(t, func(t *testing.T, pool *db.Pool) {
		good := settlement.Entries(booking(), ids.New())[0]
		cases := map[string]func(e *ledger.Entry){
			"zero":             func(e *ledger.Entry) { e.Amount.Minor = 0 },
			"negative":         func(e *ledger.Entry) { e.Amount.Minor = -1 },
			"one-sided":        func(e *ledger.Entry) { e.Credit = e.Debit },
			"unknown currency": func(e *ledger.Entry) { e.Amount.Currency = "XXX" },
			"no window":        func(e *ledger.Entry) { e.WindowID = ids.Nil },
			"no account":       func(e *ledger.Entry) { e.Debit.Owner = "NOBODY" },
		}
		for name, spoil := range cases {
			bad := good
			spoil(&bad)
			bad.ID, bad.Sequence = ids.New(), 2
			err := pool.InTx(t.Context(), func(ctx context.Context, tx db.Tx) error {
				return ledger.Post(ctx, tx, []ledger.Entry{good, bad})
			})
			if !errors.Is(err, ledger.ErrEntry) && !errors.Is(err, ledger.ErrNoAccount) {
				t.Errorf("%s: %v", name, err)
			}
		}
		balances, err := ledger.Balances(t.Context(), pool)
		if err != nil {
			t.Fatal(err)
		}
		for _, b := range balances {
			if b.Net().Minor != 0 {
				t.Errorf("%s has %s", b.AccountID, b.Net())
			}
		}
	})
}

// TestPromotionsStayOutOfTheWindow: a sponsor owes on an account of its own; the
// figures of the window and every position are as without.
func TestPromotionsStayOutOfTheWindow(t *testing.T) {
	each(t, func(t *testing.T, pool *db.Pool) {
		b := booking()
		b.Payer.Promotion, b.Payer.Sponsor = hkd(100), "JP-TOURISM"
		b.Payer.Spread = hkd(7)
		inTx(t, pool, func(ctx context.Context, tx db.Tx) error {
			err := position.Reserve(ctx, tx, position.Reservation{ID: b.SubjectID, Region: region, PaymentID: b.PaymentID,
				ParticipantID: "HK-WALLET", Amount: b.Payer.Amount, At: at})
			if err != nil {
				return err
			}
			if err := settlement.OpenSponsor(ctx, tx, "JP-TOURISM", "HKD"); err != nil {
				return err
			}
			windowID, err := new(settlement.Booker).Book(ctx, tx, b)
			if err != nil {
				return err
			}
			nets, err := window.Nets(ctx, tx, windowID)
			for _, n := range nets {
				if n.Owner == "JP-TOURISM" || n.Owner == "HK-WALLET" && n.Debits != b.Payer.Amount {
					t.Errorf("%+v", n)
				}
			}
			return err
		})
		balances, err := ledger.Balances(t.Context(), pool)
		if err != nil {
			t.Fatal(err)
		}
		for _, balance := range balances {
			if balance.Owner == "JP-TOURISM" && balance.Net() != hkd(-100) {
				t.Errorf("the sponsor owes %s", balance.Net())
			}
		}
	})
}
