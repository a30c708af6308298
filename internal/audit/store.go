package audit

import (
	"context"
	"embed"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/causeway-pay/causeway/internal/chain"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
)

//go:embed migrations/*.sql
var files embed.FS

// Migrations returns the steps that make this package's tables.
func Migrations() ([]db.Migration, error) { return db.LoadMigrations("audit", files) }

// Log is one chain. Those who write to one chain at the same time wait for one
// another; what happens often has a chain of its own.
type Log struct{ chain string }

// NewLog returns the log of a name, such as "operators".
func NewLog(name string) Log { return Log{name} }

const insertChain = `
INSERT INTO audit_chain (chain, sequence, hash) VALUES ($1, 0, $2) ON CONFLICT (chain) DO NOTHING`

// takePlaces comes first, so that of those who write at once all but one begin
// again with the new head.
const takePlaces = `UPDATE audit_chain SET sequence = sequence + $2 WHERE chain = $1 RETURNING sequence - $2, hash`

const selectHead = `SELECT sequence, hash FROM audit_chain WHERE chain = $1`

const insertRows = `
INSERT INTO audit_row (chain, sequence, entry_id, recorded_at, actor, action, subject, detail, hash)
SELECT $1, unnest($2::BIGINT[]), unnest($3::UUID[]), unnest($4::TIMESTAMPTZ[]), unnest($5::TEXT[]),
	unnest($6::TEXT[]), unnest($7::TEXT[]), unnest($8::BYTEA[]), unnest($9::BYTEA[])`

const moveHead = `UPDATE audit_chain SET hash = $2 WHERE chain = $1`

// Append adds entries in the transaction of what they are about.
func (l Log) Append(ctx context.Context, tx db.Tx, entries ...Entry) error {
	if len(entries) == 0 {
		return nil
	}
	if _, err := tx.Exec(ctx, insertChain, l.chain, chain.Zero()); err != nil {
		return fmt.Errorf("audit: append: %w", err)
	}
	head := Head{Name: l.chain}
	places := tx.QueryRow(ctx, takePlaces, l.chain, int64(len(entries)))
	if err := places.Scan(&head.Number, &head.Hash); err != nil {
		return fmt.Errorf("audit: append: %w", err)
	}
	list, err := rows(l.chain, head, entries)
	if err != nil {
		return err
	}
	if err := insert(ctx, tx, l.chain, list); err != nil {
		return fmt.Errorf("audit: append: %w", err)
	}
	if _, err := tx.Exec(ctx, moveHead, l.chain, list[len(list)-1].Hash); err != nil {
		return fmt.Errorf("audit: append: %w", err)
	}
	return nil
}

func insert(ctx context.Context, tx db.Tx, log string, list []Row) error {
	var sequences []int64
	var entries []ids.ID
	var times []time.Time
	var actors, actions, subjects []string
	var details, hashes [][]byte
	for _, row := range list {
		sequences, entries, times = append(sequences, row.Sequence), append(entries, row.ID), append(times, row.At)
		actors, actions = append(actors, row.Actor), append(actions, row.Action)
		subjects, details = append(subjects, row.Subject), append(details, row.detail)
		hashes = append(hashes, row.Hash)
	}
	_, err := tx.Exec(ctx, insertRows, log, sequences, entries, times, actors, actions, subjects, details, hashes)
	return err
}

const selectHeads = `SELECT chain, sequence, hash FROM audit_chain ORDER BY chain`

// Heads returns the ends of all chains in the order of their names.
func Heads(ctx context.Context, reader db.Reader) ([]Head, error) {
	found, err := reader.Query(ctx, selectHeads)
	if err != nil {
		return nil, fmt.Errorf("audit: heads: %w", err)
	}
	return pgx.CollectRows(found, pgx.RowToStructByPos[Head])
}

const selectRows = `
SELECT chain, sequence, entry_id, recorded_at, actor, action, subject, detail, hash FROM audit_row
WHERE chain = $1 AND sequence > $2 ORDER BY sequence LIMIT $3`

// After returns at most limit rows of a chain behind a number, in their order.
func After(ctx context.Context, reader db.Reader, log string, sequence int64, limit int) ([]Row, error) {
	return list(ctx, reader, selectRows, log, sequence, limit)
}

const selectNewest = `
SELECT chain, sequence, entry_id, recorded_at, actor, action, subject, detail, hash FROM audit_row
WHERE chain = $1 AND sequence < $2 ORDER BY sequence DESC LIMIT $3`

// Before returns at most limit rows of a chain before a number, the newest first.
func Before(ctx context.Context, reader db.Reader, log string, sequence int64, limit int) ([]Row, error) {
	return list(ctx, reader, selectNewest, log, sequence, limit)
}

const selectByTime = `
SELECT chain, sequence, entry_id, recorded_at, actor, action, subject, detail, hash FROM audit_row
WHERE chain = $1 AND (recorded_at < $2 OR (recorded_at = $2 AND entry_id < $3))
ORDER BY recorded_at DESC, entry_id DESC LIMIT $4`

// Newest returns at most limit rows of the log from before a time, and of those of
// that time the ones with a smaller id, the newest first.
func (l Log) Newest(ctx context.Context, reader db.Reader, before time.Time, id ids.ID, limit int) ([]Row, error) {
	return list(ctx, reader, selectByTime, l.chain, before, id, limit)
}

func list(ctx context.Context, reader db.Reader, sql string, arguments ...any) ([]Row, error) {
	found, err := reader.Query(ctx, sql, arguments...)
	if err != nil {
		return nil, fmt.Errorf("audit: rows: %w", err)
	}
	return pgx.CollectRows(found, func(row pgx.CollectableRow) (Row, error) {
		var r Row
		err := row.Scan(&r.Chain, &r.Sequence, &r.ID, &r.At, &r.Actor, &r.Action, &r.Subject, &r.detail, &r.Hash)
		if err != nil {
			return Row{}, err
		}
		r.At = r.At.UTC()
		if json.Unmarshal(r.detail, &r.Detail) != nil {
			// The hash will not fit either; the reader is shown the rest.
			r.Detail = nil
		}
		return r, nil
	})
}

const insertSeal = `
INSERT INTO audit_seal (chain, sequence, hash, sealed_at, key_version, signature) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (chain, sequence) DO NOTHING`

// Signer signs with the hub's key and says with which version of it.
type Signer interface {
	Sign(ctx context.Context, text []byte) (signature []byte, version int, err error)
}

// SealAll seals the heads of all logs that have moved since their last seal.
func SealAll(ctx context.Context, pool *db.Pool, signer Signer, at time.Time) error {
	moved, err := pool.Query(ctx, selectUnsealed)
	if err != nil {
		return fmt.Errorf("audit: seal: %w", err)
	}
	chains, err := pgx.CollectRows(moved, pgx.RowTo[string])
	if err != nil {
		return fmt.Errorf("audit: seal: %w", err)
	}
	for _, log := range chains {
		if err := NewLog(log).Seal(ctx, pool, signer, at); err != nil {
			return err
		}
	}
	return nil
}

const selectUnsealed = `
SELECT c.chain FROM audit_chain c
WHERE c.sequence > 0 AND NOT EXISTS (SELECT 1 FROM audit_seal s WHERE s.chain = c.chain AND s.sequence = c.sequence)
ORDER BY c.chain`

// Seal signs the head of the log, if it has moved since the last seal.
func (l Log) Seal(ctx context.Context, pool *db.Pool, signer Signer, at time.Time) error {
	head := Head{Name: l.chain}
	err := pool.QueryRow(ctx, selectHead, l.chain).Scan(&head.Number, &head.Hash)
	if db.NoRows(err) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("audit: seal: %w", err)
	}
	at = at.UTC().Truncate(time.Microsecond)
	signature, version, err := signer.Sign(ctx, head.SealText(sealLabel, at))
	if err != nil {
		return fmt.Errorf("audit: seal: %w", err)
	}
	err = pool.InTx(ctx, func(ctx context.Context, tx db.Tx) error {
		_, err := tx.Exec(ctx, insertSeal, head.Name, head.Number, head.Hash, at, version, signature)
		return err
	})
	if err != nil {
		return fmt.Errorf("audit: seal: %w", err)
	}
	return nil
}

const selectSeals = `
SELECT sequence, hash, sealed_at, key_version, signature FROM audit_seal WHERE chain = $1 ORDER BY sequence`

func seals(ctx context.Context, reader db.Reader, log string) ([]Seal, error) {
	found, err := reader.Query(ctx, selectSeals, log)
	if err != nil {
		return nil, fmt.Errorf("audit: seals: %w", err)
	}
	return pgx.CollectRows(found, func(row pgx.CollectableRow) (Seal, error) {
		s := Seal{Head: Head{Name: log}}
		err := row.Scan(&s.Number, &s.Hash, &s.At, &s.KeyVersion, &s.Signature)
		s.At = s.At.UTC()
		return s, err
	})
}
