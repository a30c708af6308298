package db

import (
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
	// ErrUnavailable means that the database could not be reached.
	ErrUnavailable = errors.New("db: database unavailable")

	errRolledBack = errors.New("db: server rolled back at commit")
)

// NoRows reports whether err says that a query found nothing.
func NoRows(err error) bool { return errors.Is(err, pgx.ErrNoRows) }

// Violates reports whether err is a violation of the named constraint.
func Violates(err error, constraint string) bool {
	var answer *pgconn.PgError
	return errors.As(err, &answer) && answer.ConstraintName == constraint
}

// retryable reports whether a new transaction may succeed where this one
// failed without a trace.
func retryable(err error) bool {
	if err == nil || errors.Is(err, ErrAmbiguous) {
		return false
	}
	if errors.Is(err, errRolledBack) {
		return true
	}
	var answer *pgconn.PgError
	if !errors.As(err, &answer) {
		return false
	}
	switch answer.Code {
	case "40001", "40P01": // serialization failure, deadlock
		return true
	case "0A000": // a cached plan met a migrated table
		return strings.Contains(answer.Message, "cached plan")
	default:
		return false
	}
}

// definite reports whether an error code in the answer to COMMIT proves that
// nothing was committed. 40003, connection and shutdown classes do not.
func definite(code string) bool {
	switch {
	case code == "40003", strings.HasPrefix(code, "08"), strings.HasPrefix(code, "57"), code == "XXA00":
		return false
	default:
		return true
	}
}

func unavailable(err error) error { return errors.Join(ErrUnavailable, err) }
