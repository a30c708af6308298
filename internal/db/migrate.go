package db

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/causeway-pay/causeway/internal/clock"
)

// How the tables of a database can differ from what the binary needs.
var (
	// ErrBehind means that steps of the binary are missing in the database.
	ErrBehind = errors.New("database is behind: run `switch migrate`")
	// ErrAhead means that a newer binary has migrated the database.
	ErrAhead = errors.New("database is ahead of this binary: run a newer one")
	// ErrChanged means that an applied step is not the one the binary knows.
	ErrChanged = errors.New("an applied migration has been changed")
)

// Migrate brings the database to the last of the steps, in their order, and
// returns how many it applied. Several processes may call it together: a lease
// row lets one work while the others wait. A process killed midway leaves a
// step that the next one runs again.
//
// It fails with [ErrAhead] or [ErrChanged] before it touches anything, and
// leaves alone what the statement timeout of the pool would otherwise end: a
// step may take as long as it needs.
func Migrate(ctx context.Context, pool *Pool, now clock.Clock, migrations []Migration) (applied int, err error) {
	if err := checkNumbers(migrations); err != nil {
		return 0, err
	}
	conn, err := migrationConn(ctx, pool)
	if err != nil {
		return 0, err
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	if err := createTables(ctx, conn); err != nil {
		return 0, err
	}
	missing, err := pending(ctx, pool, migrations)
	if err != nil || len(missing) == 0 {
		return 0, err
	}
	held, err := acquire(ctx, pool, now)
	if err != nil {
		return 0, err
	}
	defer held.release(ctx)
	return applyAll(ctx, pool, conn, held, migrations)
}

// CheckMigrated reports whether the database has exactly the steps of the
// binary. The error is [ErrBehind], [ErrAhead] or [ErrChanged], in one line.
func CheckMigrated(ctx context.Context, pool *Pool, migrations []Migration) error {
	missing, err := pending(ctx, pool, migrations)
	switch {
	case sqlstate(err) == "42P01": // the list of steps is missing itself
		return ErrBehind
	case err != nil:
		return err
	case len(missing) > 0:
		return fmt.Errorf("%w (%d steps, first %s)", ErrBehind, len(missing), missing[0].step())
	default:
		return nil
	}
}

// migrationConn opens a connection without statement timeout. It is not of the
// pool, because a runtime parameter is for the life of a connection.
func migrationConn(ctx context.Context, pool *Pool) (*pgx.Conn, error) {
	config := pool.pool.Config().ConnConfig
	config.RuntimeParams["statement_timeout"] = "0"
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return nil, unavailable(err)
	}
	return conn, nil
}

func createTables(ctx context.Context, conn *pgx.Conn) error {
	statements := []string{`
CREATE TABLE IF NOT EXISTS schema_migration (
	domain     TEXT        NOT NULL,
	number     BIGINT      NOT NULL,
	name       TEXT        NOT NULL,
	checksum   TEXT        NOT NULL,
	applied_at TIMESTAMPTZ NOT NULL,
	CONSTRAINT schema_migration_pk PRIMARY KEY (domain, number)
)`, `
CREATE TABLE IF NOT EXISTS schema_migration_lease (
	name       TEXT        NOT NULL,
	owner      UUID        NOT NULL,
	fence      BIGINT      NOT NULL,
	expires_at TIMESTAMPTZ NOT NULL,
	CONSTRAINT schema_migration_lease_pk PRIMARY KEY (name)
)`}
	for _, statement := range statements {
		if err := runStep(ctx, conn, statement); err != nil {
			return fmt.Errorf("db: migrate: %w", classify(err))
		}
	}
	return nil
}

// runStep runs DDL outside any transaction. Two processes that create the same
// object at once meet an error on PostgreSQL in spite of IF NOT EXISTS, so it
// is tried again; an object that ADD CONSTRAINT finds in place, which cannot
// say IF NOT EXISTS, was made by a run that was killed.
func runStep(ctx context.Context, conn *pgx.Conn, statement string) error {
	var err error
	for attempt := 1; attempt <= attemptsMax; attempt++ {
		_, err = conn.Exec(ctx, statement, pgx.QueryExecModeExec)
		switch sqlstate(err) {
		case "42710":
			return nil
		case "23505", "42P07", "40001", "40P01", "XX000": // XX000: tuple concurrently updated
		default:
			return err
		}
		if waitErr := backoff(ctx, attempt); waitErr != nil {
			return errors.Join(waitErr, err)
		}
	}
	return err
}

// pending compares the steps with those applied and returns the missing ones.
func pending(ctx context.Context, reader Reader, migrations []Migration) ([]Migration, error) {
	applied, err := appliedSteps(ctx, reader)
	if err != nil {
		return nil, err
	}
	var missing []Migration
	for _, m := range migrations {
		checksum, found := applied[m.step()]
		if !found {
			missing = append(missing, m)
		} else if checksum != m.checksum() {
			return nil, fmt.Errorf("%w: %s_%s", ErrChanged, m.step(), m.Name)
		}
		delete(applied, m.step())
	}
	for unknown := range applied {
		return nil, fmt.Errorf("%w: it has step %s", ErrAhead, unknown)
	}
	return missing, nil
}

func appliedSteps(ctx context.Context, reader Reader) (map[step]string, error) {
	rows, err := reader.Query(ctx, `SELECT domain, number, checksum FROM schema_migration`)
	if err != nil {
		return nil, fmt.Errorf("db: read migrations: %w", err)
	}
	applied := map[step]string{}
	var s step
	var checksum string
	_, err = pgx.ForEachRow(rows, []any{&s.domain, &s.number, &checksum}, func() error {
		applied[s] = checksum
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("db: read migrations: %w", err)
	}
	return applied, nil
}

// applyAll runs what is missing now that the lease is held: another process may
// have done part of it meanwhile.
func applyAll(ctx context.Context, pool *Pool, conn *pgx.Conn, held *lease, migrations []Migration) (int, error) {
	missing, err := pending(ctx, pool, migrations)
	if err != nil {
		return 0, err
	}
	ctx, stop := held.keep(ctx)
	defer stop()
	for i, m := range missing {
		if err := apply(ctx, pool, conn, held, m); err != nil {
			if cause := context.Cause(ctx); cause != nil {
				err = errors.Join(cause, err)
			}
			return i, fmt.Errorf("db: migrate %s_%s: %w", m.step(), m.Name, err)
		}
	}
	return len(missing), nil
}

func apply(ctx context.Context, pool *Pool, conn *pgx.Conn, held *lease, m Migration) error {
	if err := runStep(ctx, conn, m.SQL); err != nil {
		return classify(err)
	}
	at := held.clock.Now()
	return pool.InTx(ctx, func(ctx context.Context, tx Tx) error {
		if err := held.check(ctx, tx); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `
INSERT INTO schema_migration (domain, number, name, checksum, applied_at) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (domain, number) DO NOTHING`,
			m.Domain, m.Number, m.Name, m.checksum(), at)
		return err
	})
}

// pollLease is how often a waiting process looks at the lease: short against
// the seconds a migration takes.
const pollLease = 100 * time.Millisecond
