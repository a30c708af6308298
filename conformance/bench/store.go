package bench

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/causeway-pay/causeway/internal/db"
)

// DatabaseWork is what a PostgreSQL has done since it began to count. Statements is
// -1 where pg_stat_statements is not there.
type DatabaseWork struct {
	Commits    int64 `json:"commits"`
	Rollbacks  int64 `json:"rollbacks"`
	Written    int64 `json:"written"` // rows inserted, updated and deleted
	Fetched    int64 `json:"fetched"` // rows
	Statements int64 `json:"statements"`
	WALBytes   int64 `json:"walBytes"`
	WALRecords int64 `json:"walRecords"`
	WALSyncs   int64 `json:"walSyncs"`
	Size       int64 `json:"size"` // of the database, bytes
	// Tables are the sizes of the tables with their indexes, bytes.
	Tables map[string]int64 `json:"tables"`
}

const selectWork = `
SELECT d.xact_commit, d.xact_rollback, d.tup_inserted + d.tup_updated + d.tup_deleted, d.tup_fetched,
	w.wal_bytes::BIGINT, w.wal_records, w.wal_sync, pg_database_size(d.datname)
FROM pg_stat_database d, pg_stat_wal w WHERE d.datname = current_database()`

const selectStatements = `
SELECT coalesce(sum(calls), 0)::BIGINT FROM pg_stat_statements s
JOIN pg_database d ON d.oid = s.dbid WHERE d.datname = current_database()`

const selectTables = `
SELECT c.relname, pg_total_relation_size(c.oid) FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'r' AND n.nspname = current_schema()`

// databaseWork reads what the server has counted.
func databaseWork(ctx context.Context, reader db.Reader, statements bool) (DatabaseWork, error) {
	work := DatabaseWork{Statements: -1, Tables: map[string]int64{}}
	err := reader.QueryRow(ctx, selectWork).Scan(&work.Commits, &work.Rollbacks, &work.Written, &work.Fetched,
		&work.WALBytes, &work.WALRecords, &work.WALSyncs, &work.Size)
	if err == nil && statements {
		err = reader.QueryRow(ctx, selectStatements).Scan(&work.Statements)
	}
	if err == nil {
		err = tableSizes(ctx, reader, work.Tables)
	}
	if err != nil {
		return work, fmt.Errorf("bench: database work: %w", err)
	}
	return work, nil
}

func tableSizes(ctx context.Context, reader db.Reader, sizes map[string]int64) error {
	rows, err := reader.Query(ctx, selectTables)
	if err != nil {
		return err
	}
	var name string
	var bytes int64
	_, err = pgx.ForEachRow(rows, []any{&name, &bytes}, func() error {
		sizes[name] = bytes
		return nil
	})
	return err
}

// countStatements asks the server to count statements, and reports whether it does.
func countStatements(ctx context.Context, pool *db.Pool) bool {
	err := pool.InTx(ctx, func(ctx context.Context, tx db.Tx) error {
		_, err := tx.Exec(ctx, `CREATE EXTENSION IF NOT EXISTS pg_stat_statements`)
		return err
	})
	if err != nil {
		return false
	}
	var calls int64
	return pool.QueryRow(ctx, selectStatements).Scan(&calls) == nil
}

// Statement is one kind of statement with what it has cost in all.
type Statement struct {
	Text  string  `json:"text"`
	Calls int64   `json:"calls"`
	Mean  float64 `json:"meanMillis"`
	Total float64 `json:"totalMillis"`
	Rows  int64   `json:"rows"`
	WAL   int64   `json:"walBytes"`
}

// selectTop leaves out the columns of wide statements.
const selectTop = `
SELECT regexp_replace(left(query, 300), '\s+', ' ', 'g'), calls, mean_exec_time, total_exec_time, rows,
	wal_bytes::BIGINT
FROM pg_stat_statements s JOIN pg_database d ON d.oid = s.dbid
WHERE d.datname = current_database() ORDER BY total_exec_time DESC LIMIT $1`

// topStatements are the most expensive ones.
func topStatements(ctx context.Context, reader db.Reader, most int) ([]Statement, error) {
	rows, err := reader.Query(ctx, selectTop, most)
	if err != nil {
		return nil, fmt.Errorf("bench: statements: %w", err)
	}
	top, err := pgx.CollectRows(rows, pgx.RowToStructByPos[Statement])
	if err != nil {
		return nil, fmt.Errorf("bench: statements: %w", err)
	}
	for i := range top {
		top[i].Text = strings.TrimSpace(top[i].Text)
	}
	return top, nil
}

// resetStatements begins to count anew.
func resetStatements(ctx context.Context, reader db.Reader) error {
	var ignored any
	if err := reader.QueryRow(ctx, `SELECT pg_stat_statements_reset()`).Scan(&ignored); err != nil {
		return fmt.Errorf("bench: statements: %w", err)
	}
	return nil
}

// backendProcess is the process number of the server's process for one connection.
func backendProcess(ctx context.Context, reader db.Reader) (int, error) {
	var pid int
	if err := reader.QueryRow(ctx, `SELECT pg_backend_pid()`).Scan(&pid); err != nil {
		return 0, fmt.Errorf("bench: server: %w", err)
	}
	return pid, nil
}

// backlog is what the hub has still to do: payments that are not final, events that
// are not published, entries that are not in the chain.
type backlog struct{ open, unpublished, unsealed int64 }

const selectBacklog = `
SELECT (SELECT count(*) FROM payment WHERE region = $1 AND duty IN ('SEND', 'INQUIRE', 'CANCEL', 'EXPIRE', 'PUSH')),
	(SELECT count(*) FROM outbox WHERE NOT published),
	(SELECT count(*) FROM ledger_unsealed)`

func readBacklog(ctx context.Context, reader db.Reader, region string) (backlog, error) {
	var b backlog
	if err := reader.QueryRow(ctx, selectBacklog, region).Scan(&b.open, &b.unpublished, &b.unsealed); err != nil {
		return b, fmt.Errorf("bench: backlog: %w", err)
	}
	return b, nil
}

const selectStates = `
SELECT request_id, state FROM payment
WHERE acquirer_id = $1 AND request_id >= $2 AND request_id < $3`

// statesOf returns the states of an acquirer's payments by request id, of ids with
// a prefix.
func statesOf(ctx context.Context, reader db.Reader, acquirerID, prefix string) (map[string]string, error) {
	rows, err := reader.Query(ctx, selectStates, acquirerID, prefix+"-", prefix+".")
	if err != nil {
		return nil, fmt.Errorf("bench: states: %w", err)
	}
	states := map[string]string{}
	var requestID, state string
	_, err = pgx.ForEachRow(rows, []any{&requestID, &state}, func() error {
		states[requestID] = state
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("bench: states: %w", err)
	}
	return states, nil
}

// tidy does what a server does by itself within minutes: it collects statistics, so
// that plans are not those of empty tables, and writes a checkpoint, so that one does
// not fall into the load.
func tidy(ctx context.Context, pool *db.Pool) error {
	return maintain(ctx, pool, `ANALYZE`, `CHECKPOINT`)
}

// tidyCodes collects statistics about payment codes: so many at once never come from
// wallets, and until the server notices, its plans are those of a small table.
func tidyCodes(ctx context.Context, pool *db.Pool) error {
	return maintain(ctx, pool, `ANALYZE payment_code`)
}

func maintain(ctx context.Context, pool *db.Pool, statements ...string) error {
	return pool.InTx(ctx, func(ctx context.Context, tx db.Tx) error {
		for _, statement := range statements {
			if _, err := tx.Exec(ctx, statement); err != nil {
				return fmt.Errorf("bench: %s: %w", statement, err)
			}
		}
		return nil
	})
}
