package db

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/causeway-pay/causeway/internal/seal"
)

// Reader runs read statements, inside a transaction or on the pool.
type Reader interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}

// Tx is one attempt of a transaction. It lives as long as the closure that got
// it and offers no commit, rollback or savepoint: [Pool.InTx] owns those.
//
// Whatever can go to the server together does: a statement that is waited for takes
// along all that were to be run later, the first one BEGIN too.
type Tx struct {
	connection *pgx.Conn
	box        *seal.Box
	later      *later
	// hope is nil where none is allowed.
	hope *hope
}

// later are statements that nobody waits for one by one.
type later struct {
	batch *pgx.Batch
	done  []func(results pgx.BatchResults) error
	// asked tells that an answer has to be read before it is known whether to commit.
	asked bool
	// trips is 0, or in a rehearsal the round trip that fails.
	trips int
}

// hope is whether what was hoped for turned out otherwise.
type hope struct{ dashed bool }

var _ Reader = Tx{}

// begin starts a transaction whose BEGIN goes along with its first statement.
func begin(connection *pgx.Conn, box *seal.Box, hope *hope) Tx {
	t := Tx{connection: connection, box: box, later: &later{batch: &pgx.Batch{}}, hope: hope}
	t.run(func(_ int64, err error) error { return classify(err) }, `begin isolation level serializable`)
	return t
}

// Seal seals personal data for a column in which some was sealed by [Pool.Seal].
func (t Tx) Seal(value Private) []byte { return t.box.Seal(value) }

// Later runs a statement together with others before the next one that is not run so,
// or before the commit.
func (t Tx) Later(wanted Outcome, sql string, args ...any) {
	if t.Hopeful() && wanted.counted {
		sql, args = counting(sql, len(args)+1), append(args, wanted.rows)
	}
	t.run(func(rows int64, err error) error { return wanted.of(t, rows, err) }, sql, args...)
}

func (t Tx) run(done func(rows int64, err error) error, sql string, args ...any) {
	t.later.batch.Queue(sql, args...)
	t.later.done = append(t.later.done, func(results pgx.BatchResults) error {
		tag, err := results.Exec()
		return done(tag.RowsAffected(), err)
	})
}

// Ask is [Tx.Later] for a statement whose answer read takes. read leaves no row, and its
// error is what the transaction fails with.
func (t Tx) Ask(read func(rows pgx.Rows, err error) error, sql string, args ...any) {
	t.later.batch.Queue(sql, args...)
	t.later.asked = true
	t.later.done = append(t.later.done, func(results pgx.BatchResults) error { return read(results.Query()) })
}

// Outcome is how a statement may turn out that nobody waits for.
type Outcome struct {
	// what names the statement in its error.
	what string
	// counted tells that it must affect so many rows.
	counted bool
	rows    int
	// otherwise is what the transaction fails with if another number of rows is affected.
	otherwise error
	// hoped tells that the transaction starts over instead, also if a key is taken.
	hoped bool
}

// Written is a statement whose failure is named by what.
func Written(what string) Outcome { return Outcome{what: what} }

// WrittenAll is [Written] for a statement that affects as many rows as wanted, or fails
// with otherwise.
func WrittenAll(what string, wanted int, otherwise error) Outcome {
	return Outcome{what: what, counted: true, rows: wanted, otherwise: otherwise}
}

// of is what the transaction fails with after the server's answer, if it does.
func (o Outcome) of(t Tx, rows int64, err error) error {
	state := sqlstate(err)
	miscounted := o.counted && (state == divisionByZero || err == nil && !t.Hopeful() && rows != int64(o.rows))
	switch {
	case o.hoped && (miscounted || state == uniqueViolation):
		t.hope.dashed = true
		return errors.Join(errHope, err)
	case miscounted && err == nil:
		return o.otherwise
	case miscounted:
		return errors.Join(o.otherwise, err)
	}
	return named(o.what, err)
}

func named(what string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", what, err)
}

// Hopeful tells whether the attempt goes by what is most likely: that requests are new,
// that codes are good, that caps suffice. Statements whose answers are as hoped need not
// be waited for; see [Tx.Hope]. Only [Pool.InTxHopeful] makes such attempts.
func (t Tx) Hopeful() bool { return t.hope != nil }

// Hope runs a statement later that most likely affects as many rows as wanted. If it does
// not, or meets a key that is taken, the transaction starts over, and the closure finds it
// not hopeful any more.
func (t Tx) Hope(what string, wanted int, sql string, args ...any) {
	t.Later(Outcome{what: what, counted: true, rows: wanted, hoped: true}, sql, args...)
}

// HopeNew is [Tx.Hope] for rows that are inserted, whatever their number, and whose keys
// are most likely not taken.
func (t Tx) HopeNew(what string, sql string, args ...any) {
	t.Later(Outcome{what: what, hoped: true}, sql, args...)
}

// decided tells whether the server finds out by itself, statement by statement, whether to
// commit, so that COMMIT may go along with them.
func (t Tx) decided() bool { return t.Hopeful() && !t.later.asked }

// commit sends what is to be run later together with COMMIT, which the server does not
// reach if it refuses anything before it.
func (t Tx) commit(ctx context.Context) error {
	var tag pgconn.CommandTag
	var answered error
	t.later.batch.Queue(`commit`)
	t.later.done = append(t.later.done, func(results pgx.BatchResults) error {
		tag, answered = results.Exec()
		return answered
	})
	err := t.Now(ctx)
	if answered == nil && sqlstate(err) != "" {
		return closureOutcome(ctx, t.connection, err)
	}
	if err != nil {
		return commitOutcome(err)
	}
	return commitOutcome(whole(tag))
}

// counted keeps the texts that counting makes, which must be the same each time for the
// server to know them again.
var counted sync.Map

// counting is a statement that fails with a division by zero unless it affects as many rows
// as its last argument says, which no COMMIT behind it could be told otherwise.
func counting(sql string, argument int) string {
	if text, made := counted.Load(sql); made {
		return text.(string)
	}
	returning := ""
	if !strings.Contains(sql, "RETURNING") && !strings.HasPrefix(strings.TrimSpace(sql), "SELECT") {
		returning = "\nRETURNING 1 AS affected"
	}
	text := fmt.Sprintf("WITH affected AS (%s%s)\nSELECT div(1, CASE WHEN count(*) = $%d::BIGINT THEN 1 ELSE 0 END) FROM affected",
		sql, returning, argument)
	counted.Store(sql, text)
	return text
}

// Now runs what was to be run later, for whoever has to know that it was possible.
func (t Tx) Now(ctx context.Context) error {
	if len(t.later.done) == 0 {
		return nil
	}
	results, err := t.send(ctx)
	if err != nil {
		return err
	}
	return results.Close()
}

// send sends what is to be run later in one round trip, and hands out the results behind
// those of statements that nobody waits for.
func (t Tx) send(ctx context.Context) (pgx.BatchResults, error) {
	sent := *t.later
	*t.later = later{batch: &pgx.Batch{}, trips: max(0, sent.trips-1)}
	if sent.trips == 1 {
		return nil, &pgconn.PgError{Code: serializationFailure, Message: "rehearsed"}
	}
	makeRoom(t.connection)
	results := t.connection.SendBatch(ctx, sent.batch)
	for _, done := range sent.done {
		if err := done(results); err != nil {
			_ = results.Close() // what failed first says why
			return nil, err
		}
	}
	return results, nil
}

// Query runs a statement that returns rows. They must be closed before the next one.
func (t Tx) Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error) {
	t.later.batch.Queue(sql, args...)
	results, err := t.send(ctx)
	if err != nil {
		return nil, err
	}
	answer, err := results.Query()
	if err != nil {
		_ = results.Close() // the statement's own error says why
		return nil, err
	}
	return &rows{answer, results}, nil
}

// rows are the last answer to what was sent together.
type rows struct {
	pgx.Rows
	results pgx.BatchResults
}

// Close implements pgx.Rows.
func (r *rows) Close() {
	r.Rows.Close()
	_ = r.results.Close() // there is nothing behind the rows, and their error is theirs
}

// QueryRow runs a statement that returns at most one row.
func (t Tx) QueryRow(ctx context.Context, sql string, args ...any) pgx.Row {
	answer, err := t.Query(ctx, sql, args...)
	return firstRow{answer, err}
}

// firstRow is the first of rows, if there is one.
type firstRow struct {
	rows pgx.Rows
	err  error
}

// Scan implements pgx.Row.
func (r firstRow) Scan(targets ...any) error {
	if r.err != nil {
		return r.err
	}
	defer r.rows.Close()
	if !r.rows.Next() {
		if err := r.rows.Err(); err != nil {
			return err
		}
		return pgx.ErrNoRows
	}
	if err := r.rows.Scan(targets...); err != nil {
		return err
	}
	r.rows.Close()
	return r.rows.Err()
}

// Exec runs a statement and returns how many rows it affected.
func (t Tx) Exec(ctx context.Context, sql string, args ...any) (affected int64, err error) {
	t.run(func(rows int64, err error) error {
		affected = rows
		return err
	}, sql, args...)
	return affected, t.Now(ctx)
}
