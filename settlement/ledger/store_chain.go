package ledger

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/causeway-pay/causeway/internal/chain"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
)

const insertUnsealed = `
INSERT INTO ledger_unsealed (region, entry_id, entries)
SELECT unnest($1::TEXT[]), unnest($2::UUID[]), unnest($3::SMALLINT[])`

// queue puts what is posted into the queue of the [Sealer].
func queue(tx db.Tx, entries []Entry) {
	list, regions := postingsOf(entries)
	tx.Later(db.Written("ledger: post entries"), insertUnsealed, regions,
		db.Column(list, func(p posting) ids.ID { return p.EntryID }),
		db.Column(list, func(p posting) int16 { return p.Entries }))
}

const insertChain = `
INSERT INTO ledger_chain (region, number, hash, owner, expires_at) VALUES ($1, 0, $2, $3, $4)
ON CONFLICT (region) DO NOTHING`

const takeChain = `
UPDATE ledger_chain SET owner = $2, expires_at = $3
WHERE region = $1 AND (owner = $2 OR expires_at <= $4)
RETURNING number, hash`

// take takes or renews the lease and returns the head.
func (s *Sealer) take(ctx context.Context) (Head, error) {
	now := s.clock.Now()
	head := Head{Name: s.region}
	err := s.pool.InTx(ctx, func(ctx context.Context, tx db.Tx) error {
		if _, err := tx.Exec(ctx, insertChain, s.region, chain.Zero(), s.owner, now); err != nil {
			return err
		}
		row := tx.QueryRow(ctx, takeChain, s.region, s.owner, now.Add(leaseDuration), now)
		return row.Scan(&head.Number, &head.Hash)
	})
	if db.NoRows(err) {
		return Head{}, ErrNotSealer
	}
	if err != nil {
		return Head{}, fmt.Errorf("ledger: take chain: %w", err)
	}
	return head, nil
}

const selectUnsealed = `
SELECT entry_id, entries FROM ledger_unsealed WHERE region = $1 ORDER BY entry_id LIMIT $2`

// unsealed returns committed postings that have no link yet, in the order of their
// first ids, so that a batch that is made again is the same.
func unsealed(ctx context.Context, reader db.Reader, region string, limit int) ([]posting, error) {
	rows, err := reader.Query(ctx, selectUnsealed, region, limit)
	if err != nil {
		return nil, fmt.Errorf("ledger: unsealed entries: %w", err)
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[posting])
}

const moveHead = `
UPDATE ledger_chain SET number = $4, hash = $5
WHERE region = $1 AND number = $2 AND hash = $3 AND owner = $6`

const insertLinks = `
INSERT INTO ledger_link (region, number, entry_id, entries, hash)
SELECT $1, unnest($2::BIGINT[]), unnest($3::UUID[]), unnest($4::SMALLINT[]), unnest($5::BYTEA[])`

const deleteUnsealed = `DELETE FROM ledger_unsealed WHERE region = $1 AND entry_id = ANY($2)`

// append moves the head from one place to the next and writes the links between.
func (s *Sealer) append(tx db.Tx, from, to Head, list []Link) {
	tx.Later(db.WrittenAll("move head", 1, ErrNotSealer), moveHead,
		s.region, from.Number, from.Hash, to.Number, to.Hash, s.owner)
	firsts := db.Column(list, func(l Link) ids.ID { return l.EntryID })
	tx.Later(db.Written("insert links"), insertLinks, s.region, db.Column(list, func(l Link) int64 { return l.Number }),
		firsts, db.Column(list, func(l Link) int16 { return l.Entries }),
		db.Column(list, func(l Link) []byte { return l.Hash }))
	tx.Later(db.Written("empty queue"), deleteUnsealed, s.region, firsts)
}

const insertSeal = `
INSERT INTO ledger_seal (region, number, hash, signed_at, key_version, signature) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (region, number) DO NOTHING`

func saveSeal(ctx context.Context, pool *db.Pool, seal Seal) error {
	err := pool.InTx(ctx, func(ctx context.Context, tx db.Tx) error {
		_, err := tx.Exec(ctx, insertSeal, seal.Name, seal.Number, seal.Hash, seal.At, seal.KeyVersion, seal.Signature)
		return err
	})
	if err != nil {
		return fmt.Errorf("ledger: save seal: %w", err)
	}
	return nil
}

const selectHeads = `SELECT region, number, hash FROM ledger_chain ORDER BY region`

// Heads returns the ends of all chains in the order of their regions.
func Heads(ctx context.Context, reader db.Reader) ([]Head, error) {
	rows, err := reader.Query(ctx, selectHeads)
	if err != nil {
		return nil, fmt.Errorf("ledger: heads: %w", err)
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[Head])
}

const selectSeals = `
SELECT number, hash, signed_at, key_version, signature FROM ledger_seal WHERE region = $1 ORDER BY number`

func seals(ctx context.Context, reader db.Reader, region string) ([]Seal, error) {
	rows, err := reader.Query(ctx, selectSeals, region)
	if err != nil {
		return nil, fmt.Errorf("ledger: seals: %w", err)
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (Seal, error) {
		seal := Seal{Head: Head{Name: region}}
		err := row.Scan(&seal.Number, &seal.Hash, &seal.At, &seal.KeyVersion, &seal.Signature)
		seal.At = seal.At.UTC()
		return seal, err
	})
}

const selectLinks = `
SELECT region, number, entry_id, entries, hash FROM ledger_link
WHERE region = $1 AND number > $2 AND number <= $3 ORDER BY number LIMIT $4`

// linksAfter returns at most limit links behind a number and up to the head's.
func linksAfter(ctx context.Context, reader db.Reader, head Head, number int64, limit int) ([]Link, error) {
	rows, err := reader.Query(ctx, selectLinks, head.Name, number, head.Number, limit)
	if err != nil {
		return nil, fmt.Errorf("ledger: links: %w", err)
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (l Link, err error) {
		err = row.Scan(&l.Region, &l.Number, &l.EntryID, &l.Entries, &l.Hash)
		return l, err
	})
}

const selectRecords = `
SELECT f.entry_id, e.entry_id, e.region, e.payment_id, e.subject_id, e.sequence, e.kind, e.debit_account,
	e.credit_account, e.currency, e.amount_minor, e.window_id, e.booked_at, coalesce(e.effective_at, e.booked_at)
FROM (SELECT unnest($1::UUID[]) AS entry_id, unnest($2::SMALLINT[]) AS entries) p
JOIN ledger_entry f ON f.entry_id = p.entry_id
JOIN ledger_entry e ON e.subject_id = f.subject_id AND e.sequence >= f.sequence AND e.sequence < f.sequence + p.entries
ORDER BY f.entry_id, e.sequence`

// recordsOf returns the entries of postings by the first of them, as far as they are there.
func recordsOf(ctx context.Context, reader db.Reader, list []posting) (map[ids.ID][]record, error) {
	rows, err := reader.Query(ctx, selectRecords, db.Column(list, func(p posting) ids.ID { return p.EntryID }),
		db.Column(list, func(p posting) int16 { return p.Entries }))
	if err != nil {
		return nil, fmt.Errorf("ledger: linked entries: %w", err)
	}
	found := make(map[ids.ID][]record, len(list))
	var first ids.ID
	var r record
	_, err = pgx.ForEachRow(rows, []any{
		&first, &r.ID, &r.Region, &r.Payment, &r.Subject, &r.Sequence, &r.Kind, &r.Debit, &r.Credit, &r.Currency,
		&r.Amount, &r.Window, &r.BookedAt, &r.EffectiveAt,
	}, func() error {
		found[first] = append(found[first], r)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("ledger: linked entries: %w", err)
	}
	return found, nil
}

// problems are queries over one snapshot each, which return the rows that break a
// rule of the chains or balances.
var problems = []struct{ says, query string }{
	{"the entry is not once in the chain, or waits for it", `
SELECT e.region, e.entry_id::TEXT FROM ledger_entry e
LEFT JOIN (SELECT p.region, m.entry_id, count(*) AS places FROM
		(SELECT region, entry_id, entries FROM ledger_link UNION ALL SELECT region, entry_id, entries FROM ledger_unsealed) p
		JOIN ledger_entry f ON f.region = p.region AND f.entry_id = p.entry_id
		JOIN ledger_entry m ON m.subject_id = f.subject_id AND m.sequence >= f.sequence AND m.sequence < f.sequence + p.entries
	GROUP BY p.region, m.entry_id) c ON c.region = e.region AND c.entry_id = e.entry_id
WHERE coalesce(c.places, 0) <> 1 ORDER BY e.region, e.entry_id LIMIT $1`},
	{"entries that wait for the chain are gone", `
SELECT u.region, u.entry_id::TEXT FROM ledger_unsealed u
LEFT JOIN ledger_entry f ON f.region = u.region AND f.entry_id = u.entry_id
LEFT JOIN ledger_entry e ON e.subject_id = f.subject_id AND e.sequence >= f.sequence AND e.sequence < f.sequence + u.entries
GROUP BY u.region, u.entry_id, u.entries HAVING count(e.entry_id) <> u.entries ORDER BY u.region, u.entry_id LIMIT $1`},
	{"the link is behind the head of its chain", `
SELECT l.region, l.number::TEXT FROM ledger_link l
LEFT JOIN ledger_chain c ON c.region = l.region
WHERE c.region IS NULL OR l.number > c.number OR l.number < 1 ORDER BY l.region, l.number LIMIT $1`},
	{"the seal is for a link that is not there", `
SELECT s.region, s.number::TEXT FROM ledger_seal s
LEFT JOIN ledger_link l ON l.region = s.region AND l.number = s.number
WHERE l.number IS NULL ORDER BY s.region, s.number LIMIT $1`},
	{"the balance is not the sum of its entries", `
SELECT '', coalesce(a.account_id, t.account_id) FROM ledger_account a
FULL OUTER JOIN (SELECT account_id, sum(debits)::BIGINT AS debits, sum(credits)::BIGINT AS credits FROM
		(SELECT debit_account AS account_id, amount_minor AS debits, 0 AS credits FROM ledger_entry
		UNION ALL SELECT credit_account, 0, amount_minor FROM ledger_entry) sides
	GROUP BY account_id) t ON t.account_id = a.account_id
WHERE coalesce(a.debits_minor, -1) <> coalesce(t.debits, 0) OR coalesce(a.credits_minor, -1) <> coalesce(t.credits, 0)
ORDER BY 2 LIMIT $1`},
	{"the account is not whose its name says", `
SELECT '', account_id FROM ledger_account
WHERE account_id <> owner_id || '.' || purpose || '.' || currency ORDER BY account_id LIMIT $1`},
	{"debits and credits differ in the currency", `
SELECT '', currency FROM ledger_account GROUP BY currency
HAVING sum(debits_minor)::BIGINT <> sum(credits_minor)::BIGINT ORDER BY currency LIMIT $1`},
}

// problem is one row that such a query found.
type problem struct{ region, place string }

func findProblems(ctx context.Context, reader db.Reader, query string, limit int) ([]problem, error) {
	rows, err := reader.Query(ctx, query, limit)
	if err != nil {
		return nil, fmt.Errorf("ledger: verify: %w", err)
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (problem, error) {
		var p problem
		err := row.Scan(&p.region, &p.place)
		return p, err
	})
}

const selectWaiting = `
SELECT u.region, sum(u.entries)::BIGINT, min(e.booked_at) FROM ledger_unsealed u
JOIN ledger_entry e ON e.region = u.region AND e.entry_id = u.entry_id
GROUP BY u.region ORDER BY u.region`

// Waiting says how many entries of a region have no link yet, and how old the
// oldest is.
type Waiting struct {
	Region string
	Count  int64
	Oldest time.Time
}

// AllWaiting returns the regions in which entries wait to be linked.
func AllWaiting(ctx context.Context, reader db.Reader) ([]Waiting, error) {
	rows, err := reader.Query(ctx, selectWaiting)
	if err != nil {
		return nil, fmt.Errorf("ledger: waiting entries: %w", err)
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[Waiting])
}
