package ledger_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/settlement/ledger"
)

var edits = flag.Int("edits", 2000, "how many random edits of the ledger must be found")

// editor makes random edits of a sealed ledger.
type editor struct {
	random  *rand.Rand
	entries []ids.ID
	// firsts are the first entries of postings, as many as there are links.
	firsts []ids.ID
	last   int64
}

// edit is one way to change the books behind the program's back; each must change
// something.
type edit struct {
	name string
	make func(e *editor, run func(sql string, arguments ...any))
}

// apply makes the edit in a transaction, which may have to start over at any of its
// statements.
func (d edit) apply(ctx context.Context, tx db.Tx, e *editor) (err error) {
	d.make(e, func(sql string, arguments ...any) {
		if err != nil {
			return
		}
		count, failed := tx.Exec(ctx, sql, arguments...)
		if err = failed; err == nil && count == 0 {
			err = fmt.Errorf("%s changed nothing", sql)
		}
	})
	return err
}

// changes are the columns of an entry, each with a value that it does not have.
var changes = []string{
	`entry_id = $2`, `region = region || 'x'`, `payment_id = $2`, `subject_id = $2`, `sequence = sequence + 9`,
	`kind = CASE kind WHEN 'FEE' THEN 'MARKUP' ELSE 'FEE' END`,
	`debit_account = debit_account || 'X'`, `credit_account = credit_account || 'X'`,
	`debit_account = credit_account, credit_account = debit_account`,
	`currency = CASE currency WHEN 'HKD' THEN 'JPY' ELSE 'HKD' END`, `amount_minor = amount_minor + 1`,
	`amount_minor = amount_minor * 10`, `window_id = $2`, `booked_at = booked_at + INTERVAL '1 microsecond'`,
	`effective_at = coalesce(effective_at, booked_at) - INTERVAL '1 day'`,
}

const insertForged = `
INSERT INTO ledger_entry (entry_id, region, payment_id, subject_id, sequence, kind, debit_account, credit_account,
	currency, amount_minor, window_id, booked_at, effective_at)
SELECT $2, region, payment_id, $2, sequence, kind, debit_account, credit_account, currency, amount_minor, window_id,
	booked_at, effective_at FROM ledger_entry WHERE entry_id = $1`

var everyEdit = []edit{
	{"change an entry", func(e *editor, run func(string, ...any)) {
		run(`UPDATE ledger_entry SET `+changes[e.random.IntN(len(changes))]+` WHERE entry_id = $1 AND $2::UUID IS NOT NULL`,
			e.entry(), ids.New())
	}},
	{"delete an entry", func(e *editor, run func(string, ...any)) {
		run(`DELETE FROM ledger_entry WHERE entry_id = $1`, e.entry())
	}},
	{"delete an entry and its link", func(e *editor, run func(string, ...any)) {
		entry := e.firsts[e.random.IntN(len(e.firsts))]
		run(`DELETE FROM ledger_entry WHERE entry_id = $1`, entry)
		run(`DELETE FROM ledger_link WHERE entry_id = $1`, entry)
	}},
	{"insert an entry", func(e *editor, run func(string, ...any)) { run(insertForged, e.entry(), ids.New()) }},
	{"insert an entry and a link", func(e *editor, run func(string, ...any)) {
		forged := ids.New()
		run(insertForged, e.entry(), forged)
		place := 1 + e.random.Int64N(e.last)
		run(`UPDATE ledger_link SET number = -number - 1 WHERE number >= $1`, place)
		run(`UPDATE ledger_link SET number = -number WHERE number < 0`)
		run(`INSERT INTO ledger_link (region, number, entry_id, hash) VALUES ('asia-1', $1, $2, '')`, place, forged)
		run(`UPDATE ledger_chain SET number = number + 1`)
	}},
	{"reorder links", func(e *editor, run func(string, ...any)) {
		from := 1 + e.random.Int64N(e.last-1)
		to := from + 1 + e.random.Int64N(e.last-from)
		run(`UPDATE ledger_link SET number = -1 WHERE number = $1`, from)
		run(`UPDATE ledger_link SET number = $1 WHERE number = $2`, from, to)
		run(`UPDATE ledger_link SET number = $1 WHERE number = -1`, to)
	}},
	{"truncate links", func(e *editor, run func(string, ...any)) {
		run(`DELETE FROM ledger_link WHERE number > $1`, e.random.Int64N(e.last))
	}},
	{"truncate the beginning", func(e *editor, run func(string, ...any)) {
		run(`DELETE FROM ledger_link WHERE number <= $1`, 1+e.random.Int64N(e.last))
	}},
	{"truncate everything", func(e *editor, run func(string, ...any)) {
		keep := e.random.Int64N(e.last)
		run(`DELETE FROM ledger_entry WHERE subject_id IN (SELECT f.subject_id FROM ledger_link l
			JOIN ledger_entry f ON f.entry_id = l.entry_id WHERE l.number > $1)`, keep)
		run(`DELETE FROM ledger_link WHERE number > $1`, keep)
		run(`UPDATE ledger_chain SET number = $1, hash = coalesce((SELECT l.hash FROM ledger_link l WHERE l.number = $1), '')`,
			keep)
	}},
	{"shorten or lengthen a link", func(e *editor, run func(string, ...any)) {
		run(`UPDATE ledger_link SET entries = entries + $2 WHERE number = $1`, 1+e.random.Int64N(e.last), 2*e.random.IntN(2)-1)
	}},
	{"edit a link", func(e *editor, run func(string, ...any)) {
		run(`UPDATE ledger_link SET hash = $2 WHERE number = $1`, 1+e.random.Int64N(e.last), []byte{1})
	}},
	{"edit the head", func(e *editor, run func(string, ...any)) {
		run([]string{`UPDATE ledger_chain SET number = number + 1`, `UPDATE ledger_chain SET number = number - 1`,
			`UPDATE ledger_chain SET hash = ''`, `DELETE FROM ledger_chain`}[e.random.IntN(4)])
	}},
	{"edit a seal", func(e *editor, run func(string, ...any)) {
		column := []string{`number = number - 1`, `hash = ''`, `signed_at = signed_at + INTERVAL '1 second'`,
			`key_version = 4`, `signature = ''`}
		run(`UPDATE ledger_seal SET ` + column[e.random.IntN(len(column))] + ` WHERE number = (SELECT max(number) FROM ledger_seal)`)
	}},
	{"edit a balance", func(e *editor, run func(string, ...any)) {
		run(`UPDATE ledger_account SET debits_minor = debits_minor + 1, credits_minor = credits_minor + 1
			WHERE account_id = (SELECT debit_account FROM ledger_entry WHERE entry_id = $1)`, e.entry())
	}},
	{"queue a sealed entry", func(e *editor, run func(string, ...any)) {
		run(`INSERT INTO ledger_unsealed (region, entry_id) VALUES ('asia-1', $1)`, e.entry())
	}},
}

func (e *editor) entry() ids.ID { return e.entries[e.random.IntN(len(e.entries))] }

var errUndo = errors.New("undo")

// TestEveryEditIsFound: whatever is changed in entries, links, heads, seals or
// balances is found, also when balances, and then all hashes as well, were made to
// fit again.
func TestEveryEditIsFound(t *testing.T) {
	each(t, func(t *testing.T, pool *db.Pool) {
		key, random := newHubKey(t), rand.New(rand.NewPCG(30, 30))
		e := sealedBooks(t, pool, key, random)
		found := map[string]int{}
		for n := range *edits {
			edit, level, seed := everyEdit[n%len(everyEdit)], random.IntN(3), random.Uint64()
			var report ledger.Report
			err := pool.InTx(t.Context(), func(ctx context.Context, tx db.Tx) (err error) {
				e.random = rand.New(rand.NewPCG(seed, 30)) // the same edit again when it starts over
				if err := edit.apply(ctx, tx, e); err != nil {
					return err
				}
				// A forger who makes everything fit has undone an edit of hashes.
				if err := refit(ctx, tx, edit.name, level); err != nil {
					return err
				}
				if report, err = ledger.Verify(ctx, tx, key); err != nil {
					return err
				}
				return errUndo
			})
			if !errors.Is(err, errUndo) {
				t.Fatalf("%s: %v", edit.name, err)
			}
			if len(report.Breaks) == 0 {
				t.Fatalf("edit %d was not found: %s, level %d", n, edit.name, level)
			}
			found[fmt.Sprintf("%s/%d", edit.name, level)]++
		}
		if report := verify(t, pool, key); len(report.Breaks) > 0 {
			t.Errorf("after everything was undone: %+v", report.Breaks)
		}
		t.Logf("%d edits in %d forms, all found", *edits, len(found))
	})
}

// refit covers the traces of an edit: at level 1 in the balances, at level 2 in the
// hashes too. Edits of what would only be set right again stay as they are.
func refit(ctx context.Context, tx db.Tx, name string, level int) error {
	switch name {
	case "edit a link", "edit the head", "edit a balance":
		return nil
	}
	if level > 0 {
		if err := ledger.Rebalance(ctx, tx); err != nil {
			return err
		}
	}
	if level > 1 {
		return ledger.Rechain(ctx, tx, "asia-1")
	}
	return nil
}

// sealedBooks posts and seals some thirty entries with four signed heads.
func sealedBooks(t *testing.T, pool *db.Pool, key hubKey, random *rand.Rand) *editor {
	t.Helper()
	s, c := sealer(pool, key, "asia-1")
	e := &editor{random: random}
	for range 4 {
		for range 3 {
			entries := some(random, ids.New())
			e.firsts = append(e.firsts, entries[0].ID)
			for _, entry := range entries {
				e.entries = append(e.entries, entry.ID)
			}
			if err := post(t, pool, entries); err != nil {
				t.Fatal(err)
			}
		}
		sealAll(t, s)
		if err := s.Sign(t.Context()); err != nil {
			t.Fatal(err)
		}
		c.Advance(1)
	}
	e.last = int64(len(e.firsts))
	return e
}
