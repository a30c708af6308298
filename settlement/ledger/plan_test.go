package ledger_test

import (
	"context"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/money"
	"github.com/causeway-pay/causeway/settlement/ledger"
)

// between is an entry of an amount between two accounts.
func between(subject, payment, window ids.ID, sequence int16, debit, credit ledger.Account, minor int64) ledger.Entry {
	return ledger.Entry{
		ID: ids.New(), Region: "asia-1", PaymentID: payment, SubjectID: subject, Sequence: sequence, Kind: ledger.KindPayment,
		Debit: debit, Credit: credit, Amount: money.New(minor, currencies[0]), WindowID: window, BookedAt: at, EffectiveAt: at,
	}
}

// TestEntriesOfPayment: the entries of a payment are its own, those of its returns and those
// of whatever else was linked to it, and none of another; those of a return alone are none.
func TestEntriesOfPayment(t *testing.T) {
	each(t, func(t *testing.T, pool *db.Pool) {
		payment, window := ids.New(), ids.New()
		position, exchange := ledger.PositionOf(owners[0]), ledger.HubAccount(ledger.Exchange)
		want := []ledger.Entry{
			between(payment, payment, window, 1, position, exchange, 700), between(payment, payment, window, 2, exchange, position, 10),
		}
		refund, adjustment := ids.New(), ids.New()
		for i, subject := range []ids.ID{refund, adjustment} {
			entry := between(subject, payment, window, 1, exchange, position, int64(30+i))
			entry.BookedAt = at.AddDate(0, 0, i+1)
			entry.EffectiveAt = entry.BookedAt
			want = append(want, entry)
		}
		if err := post(t, pool, append(some(rand.New(rand.NewPCG(2, 2)), window), want...)); err != nil {
			t.Fatal(err)
		}
		for id, want := range map[ids.ID][]ledger.Entry{payment: want, refund: nil, window: nil} {
			got, err := ledger.EntriesOf(t.Context(), pool, id)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got); len(got) != len(want) || len(want) > 0 && diff != "" {
				t.Error(diff)
			}
		}
	})
}

// TestEntriesAreFoundByIndex: what is asked for a payment, or for a participant in a window,
// is read from indexes that the many entries between accounts of the hub are not in.
func TestEntriesAreFoundByIndex(t *testing.T) {
	each(t, func(t *testing.T, pool *db.Pool) {
		position, exchange, fee := ledger.PositionOf(owners[0]), ledger.HubAccount(ledger.Exchange), ledger.HubAccount(ledger.Fee)
		window, payment := ids.New(), ids.New()
		var all []ledger.Entry
		for range 2000 {
			subject := ids.New()
			all = append(all, between(subject, subject, window, 1, exchange, fee, 1))
		}
		all = append(all, between(payment, payment, window, 1, position, exchange, 1),
			between(ids.New(), payment, window, 1, exchange, position, 1))
		if err := post(t, pool, all); err != nil {
			t.Fatal(err)
		}
		if !onPostgres(t, pool) {
			return // others write their plans in other words
		}
		account := position.ID(currencies[0])
		for sql, c := range map[string]struct {
			arguments []any
			indexes   []string
		}{
			ledger.SelectEntries: {[]any{payment}, []string{"ledger_entry_once", "ledger_entry_of_other_subject"}},
			ledger.SelectOfWindow: {[]any{window, account, ids.Nil, ids.Nil, int16(0), 500},
				[]string{"ledger_entry_of_participant"}},
			ledger.SelectOfAccount: {[]any{account, time.Time{}, ids.Nil, 500},
				[]string{"ledger_entry_debited", "ledger_entry_credited"}},
		} {
			plan := planOf(t, pool, sql, c.arguments...)
			for _, index := range c.indexes {
				if !strings.Contains(plan, index) {
					t.Errorf("%s is not used:\n%s", index, plan)
				}
			}
			if strings.Contains(plan, "Seq Scan") || strings.Contains(plan, "Removed by Filter") {
				t.Errorf("entries are read that nobody asked for:\n%s", plan)
			}
		}
	})
}

// TestEntriesOfTheExchangeAreFound: a page of the exchange's entries is read from the indexes
// of the accounts at their other sides, and from its place on.
func TestEntriesOfTheExchangeAreFound(t *testing.T) {
	each(t, func(t *testing.T, pool *db.Pool) {
		exchange, currency, window := ledger.HubAccount(ledger.Exchange), currencies[0], ids.New()
		var all []ledger.Entry
		for i := range 2000 {
			subject := ids.New()
			entry := between(subject, subject, window, 1, exchange, ledger.HubAccount(ledger.Fee), 1)
			entry.BookedAt = at.Add(time.Duration(i) * time.Second)
			all = append(all, entry)
		}
		if err := post(t, pool, all); err != nil {
			t.Fatal(err)
		}
		if !onPostgres(t, pool) {
			return // others write their plans in other words
		}
		place := ledger.PlaceOf(all[1900])
		plan := planOf(t, pool, ledger.SelectOfExchange,
			exchange.ID(currency), place.BookedAt, place.EntryID, 50, string(currency))
		for _, part := range []string{"ledger_entry_debited", "ledger_entry_credited", "booked_at >="} {
			if !strings.Contains(plan, part) {
				t.Errorf("%s is not used:\n%s", part, plan)
			}
		}
		if strings.Contains(plan, "Seq Scan on ledger_entry") {
			t.Errorf("all entries are read:\n%s", plan)
		}
	})
}

func onPostgres(t *testing.T, pool *db.Pool) bool {
	t.Helper()
	var version string
	if err := pool.QueryRow(t.Context(), `SELECT version()`).Scan(&version); err != nil {
		t.Fatal(err)
	}
	return strings.HasPrefix(version, "PostgreSQL")
}

// planOf is how the server carries a statement out, with fresh statistics.
func planOf(t *testing.T, pool *db.Pool, sql string, arguments ...any) string {
	t.Helper()
	err := pool.InTx(t.Context(), func(ctx context.Context, tx db.Tx) error {
		_, err := tx.Exec(ctx, `ANALYZE ledger_entry`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	rows, err := pool.Query(t.Context(), "EXPLAIN (ANALYZE, TIMING OFF, SUMMARY OFF, COSTS OFF)"+sql, arguments...)
	if err != nil {
		t.Fatal(err)
	}
	lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(lines, "\n")
}
