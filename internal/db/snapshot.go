package db

import (
	"context"

	"github.com/jackc/pgx/v5"
)

// Age says how old what a snapshot shows may be.
type Age int

// The ages of a snapshot.
const (
	// Present: everything that was committed before.
	Present Age = iota
	// Recent: as it was some seconds ago, where the engine answers that from the nearest
	// copy of the rows and without waiting for payments: on CockroachDB. Elsewhere it is
	// the present.
	Recent
)

// beginRecent begins a transaction on CockroachDB that reads what every replica has: by
// default 4.2 s ago (cockroachlabs.com/docs, "Follower reads").
const beginRecent = `BEGIN AS OF SYSTEM TIME follower_read_timestamp()`

// snapshotOptions begin a transaction that reads one moment and writes nothing. On
// PostgreSQL REPEATABLE READ is such a snapshot, and unlike SERIALIZABLE it never makes
// payments fail that commit meanwhile. CockroachDB has one level that serves for both.
func snapshotOptions(cockroach bool, age Age) pgx.TxOptions {
	switch {
	case cockroach && age == Recent:
		return pgx.TxOptions{BeginQuery: beginRecent}
	case cockroach:
		return pgx.TxOptions{IsoLevel: pgx.Serializable, AccessMode: pgx.ReadOnly}
	default:
		return pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}
	}
}

// Snapshot runs fn on one snapshot of the database, for reports: however long it takes
// and whatever is committed meanwhile, all statements see the same. fn runs once, has the
// connection for itself, and must not leave it idle for longer than a statement may
// take. A [Recent] snapshot may not show yet what the caller has just written.
func (p *Pool) Snapshot(ctx context.Context, age Age, fn func(ctx context.Context, reader Reader) error) error {
	connection, err := p.pool.Acquire(ctx)
	if err != nil {
		return classifyOnPool(err)
	}
	defer connection.Release()
	cockroach := connection.Conn().PgConn().ParameterStatus("crdb_version") != ""
	tx, err := connection.BeginTx(ctx, snapshotOptions(cockroach, age))
	if err != nil {
		return classifyOnPool(err)
	}
	// Nothing was written, so there is nothing to commit.
	defer rollback(ctx, tx.Conn())
	return fn(ctx, snapshot{tx})
}

// snapshot reads in the transaction of a snapshot.
type snapshot struct{ tx pgx.Tx }

// Query implements [Reader].
func (s snapshot) Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error) {
	rows, err := s.tx.Query(ctx, sql, args...)
	return rows, classifyOnPool(err)
}

// QueryRow implements [Reader].
func (s snapshot) QueryRow(ctx context.Context, sql string, args ...any) pgx.Row {
	return row{s.tx.QueryRow(ctx, sql, args...)}
}
