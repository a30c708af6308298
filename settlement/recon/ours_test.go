package recon_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/money"
	"github.com/causeway-pay/causeway/settlement"
	"github.com/causeway-pay/causeway/settlement/instruct"
	"github.com/causeway-pay/causeway/settlement/ledger"
	"github.com/causeway-pay/causeway/settlement/position"
	"github.com/causeway-pay/causeway/settlement/recon"
	"github.com/causeway-pay/causeway/settlement/report"
	"github.com/causeway-pay/causeway/settlement/window"
)

func hkd(minor int64) money.Amount { return money.New(minor, "HKD") }

// must runs a transaction.
func must(t *testing.T, pool *db.Pool, work func(ctx context.Context, tx db.Tx) error) {
	t.Helper()
	if err := inTx(t, pool, work); err != nil {
		t.Fatal(err)
	}
}

// fund books prefunding that comes in, or goes out.
func fund(t *testing.T, pool *db.Pool, minor int64, evidence string) {
	t.Helper()
	must(t, pool, func(ctx context.Context, tx db.Tx) error {
		return settlement.Fund(ctx, tx, settlement.Funding{
			Movement: position.Movement{
				ID: ids.New(), ParticipantID: "HK-WALLET", Amount: hkd(minor), Evidence: evidence, At: at,
			},
			Region: "asia-1", EffectiveAt: monday.Add(5 * time.Hour),
		})
	})
}

// obligation makes the wallet owe something, which its bank has paid in two parts.
func obligation(t *testing.T, pool *db.Pool) instruct.Obligation {
	t.Helper()
	var made instruct.Obligation
	must(t, pool, func(ctx context.Context, tx db.Tx) error {
		open, err := window.Current(ctx, tx, "asia-1")
		if err != nil {
			return err
		}
		w, err := window.Get(ctx, tx, open)
		if err != nil {
			return err
		}
		w.ClosedAt = monday
		moved := []window.Movement{{Owner: "HK-WALLET", Debit: hkd(500)}, {Owner: ledger.Hub, Credit: hkd(500)}}
		if err := window.Add(ctx, tx, w.ID, moved); err != nil {
			return err
		}
		list, err := instruct.Oblige(ctx, tx, w, window.Calendars{}, monday)
		if err != nil {
			return err
		}
		made = list[0]
		return position.Add(ctx, tx, position.Change{ParticipantID: "HK-WALLET", Debit: hkd(500), Region: "asia-1"})
	})
	for i, minor := range []int64{300, 200} {
		must(t, pool, func(ctx context.Context, tx db.Tx) error {
			_, err := instruct.Take(ctx, tx, instruct.Word{
				ID: ids.Derive(made.ID, "word", int64(i)), Kind: instruct.Confirmed, Direction: instruct.PayIn, Amount: hkd(minor),
				References: []string{made.ID.String()}, Reference: "B-" + string(rune('1'+i)), ValueDate: monday.AddDate(0, 0, i),
			}, at)
			return err
		})
	}
	return made
}

// TestNostroLines: what the hub has with its bank is known by what the bank was
// told and has said: instructions and their UETRs, its own references, evidence.
func TestNostroLines(t *testing.T) {
	each(t, func(t *testing.T, pool *db.Pool) {
		treasury(t, pool)
		fund(t, pool, 700, "STMT-1/7")
		fund(t, pool, -200, "STMT-2/1")
		owed := obligation(t, pool)
		lines, err := recon.FromLedger(account)(t.Context(), pool, time.Time{})
		if err != nil || len(lines) != 4 {
			t.Fatalf("%d lines, %v", len(lines), err)
		}
		slices.SortFunc(lines, func(a, b recon.Line) int { return int(a.Amount.Minor - b.Amount.Minor) })
		type line struct {
			Minor             int64
			Own, Counterparty string
			Day               time.Time
			References        []string
		}
		var got []line
		for _, l := range lines {
			got = append(got, line{l.Amount.Minor, l.Own, l.Counterparty, l.ValueDate, l.References})
			if l.Side != recon.Ours || !l.BookedAt.Equal(at) || l.ID == ids.Nil {
				t.Errorf("%+v", l)
			}
		}
		want := []line{
			{-200, "STMT-2/1", "HK-WALLET", monday, nil},
			{200, "B-2", "HK-WALLET", monday.AddDate(0, 0, 1), owed.References()},
			{300, "B-1", "HK-WALLET", monday, owed.References()},
			{700, "STMT-1/7", "HK-WALLET", monday, nil},
		}
		if difference := cmp.Diff(want, got); difference != "" {
			t.Error(difference)
		}
	})
}

// TestBankAgrees: the bank's statement of the same day, in its own words, matches
// our books to the last line, however it books what was paid in parts.
func TestBankAgrees(t *testing.T) {
	each(t, func(t *testing.T, pool *db.Pool) {
		treasury(t, pool)
		fund(t, pool, 700, "STMT-1/7")
		owed := obligation(t, pool)
		whole := line(t, "t1 +500 5 "+owed.References()[1])
		whole.Own = "B-9"
		prefunded := line(t, "t2 +700 5 ^STMT-1/7")
		outcome, err := take(t, pool, account, stated("1", 0, 1, whole, prefunded), recon.FromLedger(account), nil)
		if err != nil || outcome.Matched != 2 || outcome.Broken != 0 || outcome.Waiting != 0 {
			t.Errorf("%+v, %v", outcome, err)
		}
		sums, counts := totals(t, pool, account)
		if sums["OURS MATCHED"] != 1200 || sums["THEIRS MATCHED"] != 1200 || counts["OURS MATCHED"] != 3 {
			t.Errorf("%v, %v", sums, counts)
		}
	})
}

// TestPositionLines: what a participant is owed grows by credits, is known by the
// payment, and is read to the end however much there is.
func TestPositionLines(t *testing.T) {
	each(t, func(t *testing.T, pool *db.Pool) {
		treasury(t, pool)
		must(t, pool, func(ctx context.Context, tx db.Tx) error {
			return ledger.OpenAccounts(ctx, tx, []string{"HUB.EXCHANGE.HKD"})
		})
		const many = 1_203 // more than two pages
		var paid []ids.ID
		for page := range slices.Chunk(make([]struct{}, many), 401) {
			var entries []ledger.Entry
			for range page {
				id := ids.New()
				paid = append(paid, id)
				e := ledger.Entry{
					ID: ids.New(), Region: "asia-1", PaymentID: id, SubjectID: id, Sequence: 1, Kind: ledger.KindPayment,
					Debit: ledger.HubAccount(ledger.Exchange), Credit: ledger.PositionOf("HK-WALLET"), Amount: hkd(10),
					WindowID: ids.New(), BookedAt: at.Add(time.Duration(len(paid)) * time.Second),
				}
				if len(paid)%3 == 0 {
					e.Debit, e.Credit = e.Credit, e.Debit
				}
				entries = append(entries, e)
			}
			must(t, pool, func(ctx context.Context, tx db.Tx) error { return ledger.Post(ctx, tx, entries) })
		}
		source := recon.FromLedger("HK-WALLET.POSITION.HKD")
		lines, err := source(t.Context(), pool, time.Time{})
		if err != nil || len(lines) != many {
			t.Fatalf("%d lines, %v", len(lines), err)
		}
		for i, l := range lines {
			if minor := map[bool]int64{true: -10, false: 10}[(i+1)%3 == 0]; l.Amount.Minor != minor ||
				!slices.Contains(l.References, paid[i].String()) || l.Counterparty != "" {
				t.Fatalf("line %d: %+v", i, l)
			}
		}
		later, err := source(t.Context(), pool, at.Add(1_200*time.Second))
		if err != nil || len(later) != 4 {
			t.Errorf("%d lines from the 1,200th on, %v", len(later), err)
		}
	})
}

// TestItemLines: items are lines by the scheme's day; what cannot be read is told.
func TestItemLines(t *testing.T) {
	broken := errors.New("the connection is gone")
	item := report.Item{
		Kind: report.Refund, ID: ids.New(), RequestID: "RF-1", CompletedAt: time.Date(2026, 1, 4, 16, 30, 0, 0, time.UTC),
		Settlement: hkd(100),
	}
	in := recon.TransactionsOf("HK-WALLET", "HKD")
	for _, fails := range []error{nil, broken} {
		lines, err := recon.FromItems(in, func(yield func(report.Item, error) bool) {
			_ = yield(item, nil) && fails != nil && yield(report.Item{}, fails)
		})(t.Context(), nil, time.Time{})
		if !errors.Is(err, fails) {
			t.Errorf("got %v, want %v", err, fails)
		}
		if err == nil && (len(lines) != 1 || lines[0].Amount != hkd(-100) || !lines[0].ValueDate.Equal(monday) ||
			!slices.Equal(lines[0].References, []string{item.ID.String(), "RF-1"})) {
			t.Errorf("%+v", lines)
		}
	}
	if in != "HK-WALLET.TRANSACTIONS.HKD" {
		t.Error(in)
	}
}
