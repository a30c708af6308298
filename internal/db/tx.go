package db

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/puddle/v2"
)

// Reader runs read statements, inside a transaction or on the pool.
type Reader interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}

// Tx is one attempt of a transaction. It lives as long as the closure that got
// it and offers no commit, rollback or savepoint: [Pool.InTx] owns those.
type Tx struct {
	tx    pgx.Tx
	later *later
}

// later are statements that nobody waits for one by one.
type later struct {
	batch pgx.Batch
	done  []func(rows int64, err error) error
}

var _ Reader = Tx{}

// Later runs a statement together with others before the next one that is not run so,
// or before the commit. done gets how many rows it affected, or its error, and returns
// what the transaction fails with.
func (t Tx) Later(done func(rows int64, err error) error, sql string, args ...any) {
	t.later.batch.Queue(sql, args...)
	t.later.done = append(t.later.done, done)
}

// Written is what [Tx.Later] does with a statement whose failure is named by what.
func Written(what string) func(rows int64, err error) error {
	return func(_ int64, err error) error { return named(what, err) }
}

// WrittenAll is [Written] for a statement that affects as many rows as wanted, or fails
// with otherwise.
func WrittenAll(what string, wanted int, otherwise error) func(rows int64, err error) error {
	return func(rows int64, err error) error {
		if err == nil && rows != int64(wanted) {
			return otherwise
		}
		return named(what, err)
	}
}

func named(what string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", what, err)
}

// Now runs what was to be run later, for whoever has to know that it was possible.
func (t Tx) Now(ctx context.Context) error { return t.flush(ctx) }

// flush sends what is to be run later in one round trip.
func (t Tx) flush(ctx context.Context) error {
	if len(t.later.done) == 0 {
		return nil
	}
	waiting := *t.later
	*t.later = later{}
	results := t.tx.SendBatch(ctx, &waiting.batch)
	for _, done := range waiting.done {
		tag, err := results.Exec()
		if err := done(tag.RowsAffected(), err); err != nil {
			_ = results.Close() // what failed first says why
			return err
		}
	}
	return results.Close()
}

// Query runs a statement that returns rows.
func (t Tx) Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error) {
	if err := t.flush(ctx); err != nil {
		return nil, err
	}
	return t.tx.Query(ctx, sql, args...)
}

// QueryRow runs a statement that returns at most one row.
func (t Tx) QueryRow(ctx context.Context, sql string, args ...any) pgx.Row {
	if err := t.flush(ctx); err != nil {
		return failedRow{err}
	}
	return t.tx.QueryRow(ctx, sql, args...)
}

// failedRow is the row of a statement that was not run.
type failedRow struct{ err error }

// Scan implements pgx.Row.
func (r failedRow) Scan(...any) error { return r.err }

// Exec runs a statement and returns how many rows it affected.
func (t Tx) Exec(ctx context.Context, sql string, args ...any) (int64, error) {
	if err := t.flush(ctx); err != nil {
		return 0, err
	}
	tag, err := t.tx.Exec(ctx, sql, args...)
	return tag.RowsAffected(), err
}

// Limits of one InTx call. Ten attempts with the back-off below last about two
// seconds, longer than any conflict that is not a livelock.
const (
	attemptsMax = 10
	backoffMin  = 5 * time.Millisecond
	backoffMax  = 500 * time.Millisecond
)

// InTx runs fn in a SERIALIZABLE transaction and commits it. On a serialization
// failure, a deadlock or a connection lost before COMMIT it starts over with a
// new transaction, at most ten times or until ctx ends.
//
// fn may run several times: it must have no effect outside the transaction,
// reset what it captures at its top, and take ids and times from outside. A
// non-nil error of fn rolls back and is returned as it is. When the answer to
// COMMIT is lost, InTx returns [ErrAmbiguous]: the caller runs the transaction
// again if its first statement claims an idempotency key, or says that the
// outcome is unknown. A mere read settles nothing: it may come before a commit
// that the server is still carrying out.
func (p *Pool) InTx(ctx context.Context, fn func(ctx context.Context, tx Tx) error) error {
	attempts, err := p.attempts(ctx, fn)
	p.observe(ctx, attempts, err)
	return err
}

func (p *Pool) attempts(ctx context.Context, fn func(ctx context.Context, tx Tx) error) (int, error) {
	for attempt := 1; ; attempt++ {
		err := p.attempt(ctx, fn)
		if !retryable(err) {
			return attempt, err
		}
		if attempt == attemptsMax {
			return attempt, exhausted(err)
		}
		if waitErr := backoff(ctx, attempt); waitErr != nil {
			return attempt, errors.Join(waitErr, err)
		}
	}
}

func (p *Pool) attempt(ctx context.Context, fn func(ctx context.Context, tx Tx) error) error {
	tx, err := p.pool.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.Serializable})
	if err != nil {
		return beginOutcome(err)
	}
	// A closure that panics must not leave its connection borrowed; after a
	// commit or a rollback this one does nothing.
	defer rollback(ctx, tx)
	attempt := Tx{tx: tx, later: &later{}}
	err = fn(ctx, attempt)
	if err == nil {
		err = attempt.flush(ctx)
	}
	if err != nil {
		return closureOutcome(ctx, tx, err)
	}
	if err := unsendable(ctx, tx); err != nil {
		return err
	}
	return commitOutcome(tx.Commit(ctx))
}

// beginOutcome classifies the error of BEGIN. A pooled connection that the
// server has dropped meanwhile is worth another try on another connection; a
// server that cannot be connected to is not.
func beginOutcome(err error) error {
	var connect *pgconn.ConnectError
	switch {
	case errors.Is(err, context.Canceled):
		return err
	case errors.As(err, &connect), errors.Is(err, puddle.ErrClosedPool), ended(err):
		return unavailable(err)
	case leaving(sqlstate(err)), broken(err):
		return errors.Join(errDisconnected, err)
	default:
		return classify(err)
	}
}

// closureOutcome tells an error of the closure from one of the connection under
// it, whatever the closure made of the latter.
func closureOutcome(ctx context.Context, tx pgx.Tx, err error) error {
	if tx.Conn().IsClosed() && ctx.Err() == nil && !ended(err) {
		return errors.Join(errDisconnected, err)
	}
	return err
}

// rollback must reach the server also when the caller's context has ended, or
// the connection would be thrown away.
func rollback(ctx context.Context, tx pgx.Tx) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
	defer cancel()
	// A failed rollback leaves the transaction to the server, which ends it
	// with the connection; there is nothing more to do here.
	_ = tx.Rollback(ctx)
}

// unsendable finds out before COMMIT what cannot be told from its error: that
// nothing was sent. pgconn.SafeToRetry does not tell either, because a
// connection that breaks while the answer is awaited is reported like one that
// was closed before.
func unsendable(ctx context.Context, tx pgx.Tx) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if tx.Conn().IsClosed() {
		return errDisconnected
	}
	return nil
}

// commitOutcome classifies the error of COMMIT. Only an answer of the server is
// a definite no; a lost answer is ambiguous.
func commitOutcome(err error) error {
	var answer *pgconn.PgError
	switch {
	case err == nil:
		return nil
	case errors.Is(err, pgx.ErrTxCommitRollback):
		return errors.Join(errRolledBack, err)
	case errors.As(err, &answer) && definite(answer):
		return err
	default:
		return errors.Join(ErrAmbiguous, err)
	}
}

// backoff waits a random time that doubles with each attempt.
func backoff(ctx context.Context, attempt int) error {
	ceiling := min(backoffMin<<attempt, backoffMax)
	timer := time.NewTimer(backoffMin + rand.N(ceiling))
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
