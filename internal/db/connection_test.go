package db_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/db/dbtest"
)

// proxied returns a pool through a proxy, and one straight to the same database.
func proxied(t *testing.T) (through, straight *db.Pool, proxy *dbtest.Proxy) {
	t.Helper()
	url := dbtest.URL(t)
	proxy = dbtest.NewProxy(t, url)
	straight = dbtest.Open(t, url)
	exec(t, straight, position()[0].SQL)
	return dbtest.Open(t, proxy.URL()), straight, proxy
}

// ways are those of running a transaction: with a COMMIT by itself, and with one that goes
// along with the last statements.
var ways = map[string]func(*db.Pool, context.Context, func(context.Context, db.Tx) error) error{
	"by itself": (*db.Pool).InTx, "along": (*db.Pool).InTxHopeful,
}

func TestLostAnswerToCommitIsAmbiguous(t *testing.T) {
	for _, test := range []struct {
		name  string
		loss  dbtest.Loss
		total int64
	}{
		{"the server committed", dbtest.LoseAnswer, 9},
		{"the server never heard of it", dbtest.LoseRequest, 0},
	} {
		for way, inTx := range ways {
			t.Run(test.name+" "+way, func(t *testing.T) {
				through, straight, proxy := proxied(t)
				nothing := func(context.Context, db.Tx) error { return nil } // has COMMIT prepared
				if err := inTx(through, t.Context(), nothing); err != nil {
					t.Fatal(err)
				}
				proxy.BreakCommits(test.loss, 1)
				runs := 0
				err := inTx(through, t.Context(), func(_ context.Context, tx db.Tx) error {
					runs++
					tx.Later(db.Written("debit"), `INSERT INTO debit (id, amount) VALUES ($1, $2)`, 1, 9)
					return nil
				})
				if !errors.Is(err, db.ErrAmbiguous) || runs != 1 {
					t.Fatalf("%d runs, %v: want one, ambiguous", runs, err)
				}
				wantTotal(t, straight, test.total)
				wantTotal(t, through, test.total) // on a new connection
			})
		}
	}
}

// TestWhatIsRefusedBeforeCommitIsNotCommitted: a statement that the server refuses keeps the COMMIT
// that goes along from being carried out, and says so, also if the server ends the session.
func TestWhatIsRefusedBeforeCommitIsNotCommitted(t *testing.T) {
	pool := dbtest.Migrated(t, position())
	runs := 0
	for name, test := range map[string]struct {
		change func(tx db.Tx)
		want   func(err error) bool
		total  int64
	}{
		"a count": {
			func(tx db.Tx) {
				tx.Later(db.WrittenAll("none", 1, errTest), `UPDATE debit SET amount = 1 WHERE id = $1`, 99)
			},
			func(err error) bool { return errors.Is(err, errTest) }, 0,
		},
		"a constraint": {
			func(tx db.Tx) { tx.Later(db.Written("debit"), `INSERT INTO debit (id, amount) VALUES (2, -1)`) },
			func(err error) bool { return db.Violates(err, "debit_positive") }, 0,
		},
		"the session": {
			func(tx db.Tx) {
				if runs++; runs == 1 {
					tx.Later(db.Written("end"), `SELECT pg_terminate_backend(pg_backend_pid())`)
				}
			},
			func(err error) bool { return err == nil && runs == 2 }, 9,
		},
	} {
		err := pool.InTxHopeful(t.Context(), func(_ context.Context, tx db.Tx) error {
			tx.Later(db.WrittenAll("debit", 1, errTest), `INSERT INTO debit (id, amount) VALUES ($1, $2)`, 1, 9)
			test.change(tx)
			return nil
		})
		if !test.want(err) || errors.Is(err, db.ErrAmbiguous) {
			t.Errorf("%s: %d runs, %v", name, runs, err)
		}
		wantTotal(t, pool, test.total)
		exec(t, pool, `DELETE FROM debit`)
	}
}

func TestConnectionLostBeforeCommitIsRetried(t *testing.T) {
	through, straight, proxy := proxied(t)
	runs := 0
	err := through.InTx(t.Context(), func(ctx context.Context, tx db.Tx) error {
		if runs++; runs == 1 {
			proxy.Cut()
		}
		if err := add(ctx, tx, 1, 3); err != nil {
			return errors.New("a text that hides the cause")
		}
		return nil
	})
	if err != nil || runs != 2 {
		t.Fatalf("%d runs, %v: want a second one that succeeds", runs, err)
	}
	wantTotal(t, straight, 3)
}

func TestBackendEndedByTheServerIsRetried(t *testing.T) {
	pool := dbtest.Migrated(t, position())
	runs := 0
	err := pool.InTx(t.Context(), func(ctx context.Context, tx db.Tx) error {
		if runs++; runs == 1 {
			_, err := tx.Exec(ctx, `SELECT pg_terminate_backend(pg_backend_pid())`)
			return err
		}
		return add(ctx, tx, 1, 3)
	})
	if err != nil || runs != 2 {
		t.Fatalf("%d runs, %v", runs, err)
	}
	wantTotal(t, pool, 3)
}

func TestPooledConnectionsThatDiedAreReplaced(t *testing.T) {
	through, straight, proxy := proxied(t)
	proxy.Cut()
	err := through.InTx(t.Context(), func(ctx context.Context, tx db.Tx) error { return add(ctx, tx, 1, 3) })
	if err != nil {
		t.Fatal(err)
	}
	wantTotal(t, straight, 3)
}

func TestServerThatWentAwayIsUnavailable(t *testing.T) {
	through, _, proxy := proxied(t)
	proxy.Close()
	var sum int64
	for name, err := range map[string]error{
		"InTx":     through.InTx(t.Context(), func(context.Context, db.Tx) error { return nil }),
		"Ping":     through.Ping(t.Context()),
		"QueryRow": through.QueryRow(t.Context(), `SELECT 1`).Scan(&sum),
	} {
		if !errors.Is(err, db.ErrUnavailable) || errors.Is(err, db.ErrAmbiguous) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := through.Query(t.Context(), `SELECT 1`); !errors.Is(err, db.ErrUnavailable) {
		t.Errorf("Query: %v", err)
	}
}

func TestConnectionThatKeepsBreakingIsUnavailable(t *testing.T) {
	through, _, proxy := proxied(t)
	runs := 0
	err := through.InTx(t.Context(), func(ctx context.Context, tx db.Tx) error {
		runs++
		proxy.Cut()
		return add(ctx, tx, 1, 3)
	})
	if !errors.Is(err, db.ErrUnavailable) || errors.Is(err, db.ErrConflict) || runs != 10 {
		t.Fatalf("%d runs, %v", runs, err)
	}
}

func TestClosedPoolIsUnavailable(t *testing.T) {
	pool, err := db.Open(t.Context(), db.Options{URL: dbtest.URL(t)})
	if err != nil {
		t.Fatal(err)
	}
	pool.Close()
	var one int64
	if err := pool.QueryRow(t.Context(), `SELECT 1`).Scan(&one); !errors.Is(err, db.ErrUnavailable) {
		t.Errorf("QueryRow: %v", err)
	}
	err = pool.InTx(t.Context(), func(context.Context, db.Tx) error { return nil })
	if !errors.Is(err, db.ErrUnavailable) {
		t.Errorf("InTx: %v", err)
	}
}

func TestPoolThatIsExhaustedUntilTheDeadline(t *testing.T) {
	pool, err := db.Open(t.Context(), db.Options{URL: dbtest.URL(t), ConnectionsMax: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	err = pool.InTx(t.Context(), func(context.Context, db.Tx) error {
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
		defer cancel()
		return pool.InTx(ctx, func(context.Context, db.Tx) error { return nil })
	})
	if !errors.Is(err, db.ErrUnavailable) || !errors.Is(err, context.DeadlineExceeded) {
		t.Fatal(err)
	}
}

func TestOpenReportsWhatIsWrong(t *testing.T) {
	const secret = "open-sesame"
	for name, url := range map[string]string{
		"nobody listens": "postgres://causeway:" + secret + "@127.0.0.1:1/causeway?connect_timeout=2",
		"not a URL":      "postgres://causeway:" + secret + "@127.0.0.1:port/causeway",
	} {
		_, err := db.Open(t.Context(), db.Options{URL: url})
		if err == nil || strings.Contains(err.Error(), secret) {
			t.Errorf("%s: %v", name, err)
		}
		if name == "nobody listens" && !errors.Is(err, db.ErrUnavailable) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestStatementTimeoutEndsTheStatement(t *testing.T) {
	pool, err := db.Open(t.Context(), db.Options{URL: dbtest.URL(t), StatementTimeout: time.Second})
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	runs := 0
	err = pool.InTx(t.Context(), func(ctx context.Context, tx db.Tx) error {
		runs++
		_, err := tx.Exec(ctx, `SELECT pg_sleep(60)`)
		return err
	})
	if err == nil || runs != 1 {
		t.Fatalf("%d runs, %v: want one, ended", runs, err)
	}
}

// TestCheckURL: several servers may be named, and what is wrong is said without the
// password.
func TestCheckURL(t *testing.T) {
	for url, want := range map[string]string{
		"postgres://u:secret@one/x?sslmode=disable":                            "",
		"postgresql://u@one:1,two:2,three:3/x?target_session_attrs=read-write": "",
		"":                            "want postgres://",
		"mysql://u:secret@one/x":      "want postgres://",
		"host=one user=u":             "want postgres://",
		"postgres://u:secret@one:x/x": "cannot parse",
		"postgres://u:secret@one/x?sslmode=maybe":                 "sslmode",
		"postgres://u:secret@one,two/x?target_session_attrs=best": "target_session_attrs",
	} {
		err := db.CheckURL(url)
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: %v, want %q", url, err, want)
		}
		if err != nil && strings.Contains(err.Error(), "secret") {
			t.Errorf("says the password: %v", err)
		}
	}
}
