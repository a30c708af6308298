package db

import (
	"context"
	"errors"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// What a caller can do about a failed transaction. Everything else is a domain
// error of the closure or a defect.
var (
	// ErrAmbiguous means that COMMIT was sent and its answer lost: the change
	// may or may not be there.
	ErrAmbiguous = errors.New("db: outcome of commit unknown")
	// ErrConflict means that every attempt met a serialization failure.
	ErrConflict = errors.New("db: conflict persisted through all attempts")
	// ErrUnavailable means that the database could not be reached, or refused
	// work for lack of resources; nothing was committed.
	ErrUnavailable = errors.New("db: database unavailable")

	// errRolledBack marks a COMMIT that the server answered with ROLLBACK.
	errRolledBack = errors.New("db: server rolled back at commit")
	// errDisconnected marks a connection that broke before COMMIT was sent, so
	// that the server is certain to have rolled back.
	errDisconnected = errors.New("db: connection lost before commit")
	// errHope marks what turned out otherwise than was hoped.
	errHope = errors.New("db: not as was hoped")
)

// NoRows reports whether err says that a query found nothing.
func NoRows(err error) bool { return errors.Is(err, pgx.ErrNoRows) }

// Violates reports whether err is a violation of the named constraint.
func Violates(err error, constraint string) bool {
	var answer *pgconn.PgError
	return errors.As(err, &answer) && answer.ConstraintName == constraint
}

// sqlstate returns the five characters of the server's answer, or "".
func sqlstate(err error) string {
	var answer *pgconn.PgError
	if errors.As(err, &answer) {
		return answer.Code
	}
	return ""
}

// uniqueViolation is the answer to a key that is taken (PostgreSQL documentation,
// appendix A).
const uniqueViolation = "23505"

// serializationFailure is the answer to a transaction that lost against others.
const serializationFailure = "40001"

// divisionByZero is how a statement fails that counts what it affects, see [counting].
const divisionByZero = "22012"

// retryable reports whether a new transaction may succeed where this one
// failed without a trace.
func retryable(err error) bool {
	if err == nil || errors.Is(err, ErrAmbiguous) || ended(err) {
		return false
	}
	if errors.Is(err, errRolledBack) || errors.Is(err, errDisconnected) {
		return true
	}
	var answer *pgconn.PgError
	if !errors.As(err, &answer) {
		return false
	}
	switch answer.Code {
	case serializationFailure, "40P01": // deadlock
		return true
	case "0A000": // a cached plan met a migrated table
		return strings.Contains(answer.Message, "cached plan")
	default:
		return false
	}
}

// ended reports whether err says that the caller's context is over.
func ended(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}

// leaving reports whether the server says that this connection, not this
// statement, has come to its end: class 08, and 57P01 to 57P03 of a node that
// stops, crashed or starts.
func leaving(code string) bool {
	return strings.HasPrefix(code, "08") || strings.HasPrefix(code, "57P")
}

// definite reports whether an error in the answer to COMMIT proves that nothing
// was committed. A session that was ended, a cancelled wait for replication, an
// internal error and 40003 (statement completion unknown) prove nothing.
func definite(answer *pgconn.PgError) bool {
	if answer.SeverityUnlocalized != "" && answer.SeverityUnlocalized != "ERROR" {
		return false
	}
	for _, open := range []string{"40003", "08", "57", "XX"} {
		if strings.HasPrefix(answer.Code, open) {
			return false
		}
	}
	return true
}

// exhausted names the failure of a call that used up all its attempts.
func exhausted(err error) error {
	if errors.Is(err, errDisconnected) {
		return unavailable(err)
	}
	return errors.Join(ErrConflict, err)
}

// classify adds [ErrUnavailable] to what went wrong with the server rather than
// with the statement.
func classify(err error) error {
	switch code := sqlstate(err); {
	case err == nil, ended(err), NoRows(err), errors.Is(err, ErrUnavailable):
		return err
	case leaving(code), strings.HasPrefix(code, "53"), code == "" && broken(err):
		return unavailable(err)
	default:
		return err
	}
}

// broken reports whether err comes from the wire and not from the use of it.
func broken(err error) bool {
	var connect *pgconn.ConnectError
	return errors.As(err, &connect) || errors.Is(err, pgconn.ErrConnClosed) || severed(err)
}

func unavailable(err error) error { return errors.Join(ErrUnavailable, err) }
