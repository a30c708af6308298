package db

import (
	"context"
	"errors"
	"fmt"
	"io"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

func answer(code string) error {
	return fmt.Errorf("store: %w", &pgconn.PgError{Code: code, SeverityUnlocalized: "ERROR"})
}

// The table of sql-portability section 2.1, for statements before COMMIT.
func TestWhatIsRetried(t *testing.T) {
	for _, test := range []struct {
		name string
		err  error
		want bool
	}{
		{"nothing", nil, false},
		{"serialization failure", answer("40001"), true},
		{"deadlock", answer("40P01"), true},
		{"statement completion unknown", answer("40003"), false},
		{"unique violation", answer("23505"), false},
		{"statement timeout", answer("57014"), false},
		{"lock not available", answer("55P03"), false},
		{"out of connections", answer("53300"), false},
		{"stale plan", &pgconn.PgError{Code: "0A000", Message: "cached plan must not change result type"}, true},
		{"not supported", &pgconn.PgError{Code: "0A000", Message: "cannot do that"}, false},
		{"rolled back at commit", errors.Join(errRolledBack, pgx.ErrTxCommitRollback), true},
		{"connection lost", errors.Join(errDisconnected, io.ErrUnexpectedEOF), true},
		{"ambiguous", errors.Join(ErrAmbiguous, answer("40001")), false},
		{"cancelled", errors.Join(context.Canceled, answer("40001")), false},
		{"late", errors.Join(errDisconnected, context.DeadlineExceeded), false},
		{"domain", errors.New("cap exceeded"), false},
	} {
		if got := retryable(test.err); got != test.want {
			t.Errorf("%s: retryable %v, want %v", test.name, got, test.want)
		}
	}
}

// The same table for the answer to COMMIT.
func TestWhatCommitMeans(t *testing.T) {
	leaving := &pgconn.PgError{Code: "57P01", SeverityUnlocalized: "FATAL"}
	for _, test := range []struct {
		name      string
		err       error
		ambiguous bool
		retried   bool
	}{
		{"committed", nil, false, false},
		{"serialization failure", answer("40001"), false, true},
		{"deferred constraint", answer("23503"), false, false},
		{"rollback", pgx.ErrTxCommitRollback, false, true},
		{"unknown completion", answer("40003"), true, false},
		{"cancelled while it waited for replication", answer("57014"), true, false},
		{"node stops", leaving, true, false},
		{"half-applied schema change", answer("XXA00"), true, false},
		{"connection failure", answer("08006"), true, false},
		{"no answer", io.ErrUnexpectedEOF, true, false},
		{"late", context.Canceled, true, false},
	} {
		got := commitOutcome(test.err)
		if errors.Is(got, ErrAmbiguous) != test.ambiguous || retryable(got) != test.retried {
			t.Errorf("%s: %v, want ambiguous %v, retried %v", test.name, got, test.ambiguous, test.retried)
		}
		if test.err != nil && !errors.Is(got, test.err) {
			t.Errorf("%s: the cause is lost: %v", test.name, got)
		}
	}
}

func TestClassify(t *testing.T) {
	for _, test := range []struct {
		name string
		err  error
		want bool
	}{
		{"nothing", nil, false},
		{"no rows", pgx.ErrNoRows, false},
		{"syntax", answer("42601"), false},
		{"out of connections", answer("53300"), true},
		{"starting up", answer("57P03"), true},
		{"protocol", answer("08P01"), true},
		{"cut", io.EOF, true},
		{"closed", pgconn.ErrConnClosed, true},
		{"cancelled", context.Canceled, false},
	} {
		if got := errors.Is(classify(test.err), ErrUnavailable); got != test.want {
			t.Errorf("%s: unavailable %v, want %v", test.name, got, test.want)
		}
	}
}

func TestBackoffGrowsAndEnds(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := backoff(ctx, attemptsMax); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	if err := backoff(context.Background(), 1); err != nil {
		t.Fatal(err)
	}
}
