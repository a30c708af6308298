package db

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/puddle/v2"
)

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
	return p.inTx(ctx, nil, fn)
}

// InTxHopeful is [Pool.InTx] for what most likely goes well: fn may leave it to the end
// whether it does, see [Tx.Hope]. If it does not, fn runs once more without hope.
func (p *Pool) InTxHopeful(ctx context.Context, fn func(ctx context.Context, tx Tx) error) error {
	return p.inTx(ctx, &hope{}, fn)
}

func (p *Pool) inTx(ctx context.Context, hope *hope, fn func(ctx context.Context, tx Tx) error) error {
	attempts, err := p.attempts(ctx, hope, fn)
	p.observe(ctx, attempts, err)
	return err
}

func (p *Pool) attempts(
	ctx context.Context, hope *hope, fn func(ctx context.Context, tx Tx) error,
) (int, error) {
	if p.rehearse {
		p.rehearsal(ctx, hope, fn)
	}
	for attempt := 1; ; attempt++ {
		err := p.attempt(ctx, hope, fn)
		if hope != nil && hope.dashed {
			hope, attempt = nil, attempt-1
			continue
		}
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

func (p *Pool) attempt(ctx context.Context, hope *hope, fn func(ctx context.Context, tx Tx) error) error {
	borrowed, err := p.pool.Acquire(ctx)
	if err != nil {
		return acquireOutcome(err)
	}
	defer p.release(ctx, borrowed)
	// A closure that panics must not leave its transaction open; after a commit this
	// does nothing.
	defer rollback(ctx, borrowed.Conn())
	tx := begin(borrowed.Conn(), p.box, hope)
	err = fn(ctx, tx)
	along := err == nil && tx.decided()
	if err == nil && !along {
		err = tx.Now(ctx)
	}
	if err != nil {
		return closureOutcome(ctx, borrowed.Conn(), err)
	}
	if err := unsendable(ctx, borrowed.Conn()); err != nil {
		return err
	}
	if along {
		return tx.commit(ctx)
	}
	return commitOutcome(commit(ctx, borrowed.Conn()))
}

// rehearsalMost is how many round trips of a rehearsal succeed at most.
const rehearsalMost = 6

// rehearsal is an attempt that loses against others, at any of its round trips or at its
// end. Its hope and its outcome count for nothing.
func (p *Pool) rehearsal(ctx context.Context, hopes *hope, fn func(ctx context.Context, tx Tx) error) {
	borrowed, err := p.pool.Acquire(ctx)
	if err != nil {
		return
	}
	defer p.release(ctx, borrowed)
	defer rollback(ctx, borrowed.Conn())
	if hopes != nil {
		hopes = &hope{}
	}
	tx := begin(borrowed.Conn(), p.box, hopes)
	tx.later.trips = 1 + rand.N(rehearsalMost)
	if fn(ctx, tx) == nil {
		_ = tx.Now(ctx)
	}
}

// release gives a connection back. Whatever broke it has most likely broken the idle ones
// too, of which each would cost another transaction its outcome: all are made anew.
func (p *Pool) release(ctx context.Context, borrowed *pgxpool.Conn) {
	if borrowed.Conn().IsClosed() && ctx.Err() == nil {
		p.pool.Reset()
	}
	borrowed.Release()
}

// acquireOutcome classifies the error of getting a connection. One that the server has
// dropped meanwhile is worth another try; a server that cannot be connected to is not.
func acquireOutcome(err error) error {
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
func closureOutcome(ctx context.Context, connection *pgx.Conn, err error) error {
	if connection.IsClosed() && ctx.Err() == nil && !ended(err) {
		return errors.Join(errDisconnected, err)
	}
	return err
}

// idle is what a connection says of itself outside of transactions (PostgreSQL
// documentation 55.7, ReadyForQuery).
const idle = 'I'

// rollback must reach the server also when the caller's context has ended, or
// the connection would be thrown away.
func rollback(ctx context.Context, connection *pgx.Conn) {
	if connection.IsClosed() || connection.PgConn().TxStatus() == idle {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
	defer cancel()
	// A failed rollback leaves the transaction to the server, which ends it with the
	// connection: the pool keeps none that is not idle.
	_, _ = connection.Exec(ctx, `rollback`)
}

// unsendable finds out before COMMIT what cannot be told from its error: that
// nothing was sent. pgconn.SafeToRetry does not tell either, because a
// connection that breaks while the answer is awaited is reported like one that
// was closed before.
func unsendable(ctx context.Context, connection *pgx.Conn) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if connection.IsClosed() {
		return errDisconnected
	}
	return nil
}

func commit(ctx context.Context, connection *pgx.Conn) error {
	tag, err := connection.Exec(ctx, `commit`)
	if err != nil {
		return err
	}
	return whole(tag)
}

// whole tells from the answer to COMMIT whether everything was committed.
func whole(tag pgconn.CommandTag) error {
	if tag.String() == "ROLLBACK" {
		return pgx.ErrTxCommitRollback
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
