package db_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/db/dbtest"
)

// position is a table with a rule that only a transaction can keep: the debits
// of a participant together stay within a limit.
func position() []db.Migration {
	return []db.Migration{{Domain: "demo", Number: 1, Name: "debit", SQL: `
CREATE TABLE IF NOT EXISTS debit (
	id     BIGINT NOT NULL,
	amount BIGINT NOT NULL,
	CONSTRAINT debit_pk PRIMARY KEY (id),
	CONSTRAINT debit_positive CHECK (amount > 0)
)`}}
}

func add(ctx context.Context, tx db.Tx, id, amount int64) error {
	_, err := tx.Exec(ctx, `INSERT INTO debit (id, amount) VALUES ($1, $2)`, id, amount)
	return err
}

func total(ctx context.Context, reader db.Reader) (sum int64, err error) {
	err = reader.QueryRow(ctx, `SELECT coalesce(sum(amount), 0)::BIGINT FROM debit`).Scan(&sum)
	return sum, err
}

func wantTotal(t *testing.T, pool *db.Pool, want int64) {
	t.Helper()
	if got, err := total(t.Context(), pool); err != nil || got != want {
		t.Fatalf("total %d, want %d (%v)", got, want, err)
	}
}

// exec runs one statement in a transaction of its own.
func exec(t *testing.T, pool *db.Pool, sql string, args ...any) {
	t.Helper()
	err := pool.InTx(t.Context(), func(ctx context.Context, tx db.Tx) error {
		_, err := tx.Exec(ctx, sql, args...)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestCommitMakesTheChangeVisible(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, pool *db.Pool) {
		err := pool.InTx(t.Context(), func(ctx context.Context, tx db.Tx) error {
			tx.Later(db.Written("debit"), `INSERT INTO debit (id, amount) VALUES ($1, $2)`, 1, 40)
			tx.Later(db.WrittenAll("debit", 1, errTest), `INSERT INTO debit (id, amount) VALUES ($1, $2)`, 2, 2)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		wantTotal(t, pool, 42)
		rows, err := pool.Query(t.Context(), `SELECT id FROM debit ORDER BY id`)
		if err != nil {
			t.Fatal(err)
		}
		ids, err := pgx.CollectRows(rows, pgx.RowTo[int64])
		if err != nil || len(ids) != 2 || ids[0] != 1 || ids[1] != 2 {
			t.Fatalf("ids %v, %v", ids, err)
		}
	}, position())
}

// TestIsolation: transactions are SERIALIZABLE; a lone read is not, so that it is
// never aborted for the sake of a writer.
func TestIsolation(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, pool *db.Pool) {
		var inside, outside string
		err := pool.InTx(t.Context(), func(ctx context.Context, tx db.Tx) error {
			return tx.QueryRow(ctx, `SHOW transaction_isolation`).Scan(&inside)
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := pool.QueryRow(t.Context(), `SHOW transaction_isolation`).Scan(&outside); err != nil {
			t.Fatal(err)
		}
		if inside != "serializable" || outside != "read committed" {
			t.Fatalf("inside %q, outside %q", inside, outside)
		}
	})
}

// Two debits of 60 against a limit of 100 read the same sum side by side. One
// commits; the other must be run again, see the first and refuse.
func TestWriteSkewIsRetriedAndSeesTheOther(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, pool *db.Pool) {
		errLimit := errors.New("limit")
		var both sync.WaitGroup
		both.Add(2)
		runs, results := make([]int, 2), make([]error, 2)
		var done sync.WaitGroup
		for i := range 2 {
			done.Go(func() {
				results[i] = pool.InTx(t.Context(), func(ctx context.Context, tx db.Tx) error {
					runs[i]++
					sum, err := total(ctx, tx)
					if err != nil {
						return err
					}
					if runs[i] == 1 { // neither writes before both have read
						both.Done()
						both.Wait()
					}
					if sum+60 > 100 {
						return errLimit
					}
					return add(ctx, tx, int64(i), 60)
				})
			})
		}
		done.Wait()
		wantTotal(t, pool, 60)
		winner, loser := results[0], results[1]
		if winner != nil {
			winner, loser = loser, winner
		}
		if winner != nil || !errors.Is(loser, errLimit) || runs[0]+runs[1] < 3 {
			t.Fatalf("results %v, runs %v: want one commit, one refusal on a later run", results, runs)
		}
	}, position())
}

func TestForeignKeyThatFailsAtCommitIsReported(t *testing.T) {
	pool := dbtest.Migrated(t, position())
	exec(t, pool, `CREATE TABLE child (id BIGINT NOT NULL, CONSTRAINT child_debit_fk FOREIGN KEY (id)
		REFERENCES debit (id) DEFERRABLE INITIALLY DEFERRED)`)
	runs := 0
	err := pool.InTx(t.Context(), func(ctx context.Context, tx db.Tx) error {
		runs++
		_, err := tx.Exec(ctx, `INSERT INTO child (id) VALUES (7)`)
		return err
	})
	if !db.Violates(err, "child_debit_fk") || errors.Is(err, db.ErrAmbiguous) || runs != 1 {
		t.Fatalf("after %d runs: %v", runs, err)
	}
}

func TestErrorOfTheClosureRollsBack(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, pool *db.Pool) {
		refusal := errors.New("refused")
		err := pool.InTx(t.Context(), func(ctx context.Context, tx db.Tx) error {
			if err := add(ctx, tx, 1, 5); err != nil {
				return err
			}
			return refusal
		})
		if err != refusal { //nolint:errorlint // the very error must come back
			t.Fatalf("got %v", err)
		}
		wantTotal(t, pool, 0)
	}, position())
}

func TestConstraintNamesTellViolationsApart(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, pool *db.Pool) {
		exec(t, pool, `INSERT INTO debit (id, amount) VALUES (1, 1)`)
		for constraint, row := range map[string][2]int64{"debit_pk": {1, 1}, "debit_positive": {2, -1}} {
			err := pool.InTx(t.Context(), func(ctx context.Context, tx db.Tx) error {
				return add(ctx, tx, row[0], row[1])
			})
			if !db.Violates(err, constraint) || db.Violates(err, "another") {
				t.Errorf("%s: %v", constraint, err)
			}
		}
		var id int64
		err := pool.QueryRow(t.Context(), `SELECT id FROM debit WHERE id = 99`).Scan(&id)
		if !db.NoRows(err) || errors.Is(err, db.ErrUnavailable) {
			t.Errorf("no rows: %v", err)
		}
	}, position())
}

func TestAnErrorThatWasSwallowedStillFailsTheCommit(t *testing.T) {
	pool := dbtest.Migrated(t, position())
	runs := 0
	err := pool.InTx(t.Context(), func(ctx context.Context, tx db.Tx) error {
		runs++
		_ = add(ctx, tx, 1, -1) // violates the check and aborts the transaction
		return nil
	})
	if err == nil || runs != 10 {
		t.Fatalf("%d runs, error %v: want ten and a failure", runs, err)
	}
}

func TestAttemptsAreBounded(t *testing.T) {
	var observed []int
	pool := observedPool(t, func(_ context.Context, attempts int, err error) {
		if !errors.Is(err, db.ErrConflict) {
			t.Errorf("observed %v", err)
		}
		observed = append(observed, attempts)
	})
	runs := 0
	err := pool.InTx(t.Context(), func(context.Context, db.Tx) error {
		runs++
		return &pgconn.PgError{Code: "40001"}
	})
	if !errors.Is(err, db.ErrConflict) || runs != 10 || len(observed) != 1 || observed[0] != 10 {
		t.Fatalf("%d runs, observed %v, %v", runs, observed, err)
	}
}

func observedPool(t *testing.T, observe func(context.Context, int, error)) *db.Pool {
	t.Helper()
	pool, err := db.Open(t.Context(), db.Options{URL: dbtest.URL(t), Observe: observe})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	return pool
}

func TestDeadlocksAreRetried(t *testing.T) {
	var mu sync.Mutex
	attempts := map[int]int{}
	pool := observedPool(t, func(_ context.Context, n int, err error) {
		mu.Lock()
		defer mu.Unlock()
		attempts[n]++
	})
	exec(t, pool, position()[0].SQL)
	exec(t, pool, `INSERT INTO debit (id, amount) VALUES (1, 1), (2, 1)`)
	var first, done sync.WaitGroup
	first.Add(2)
	for i := range int64(2) {
		done.Go(func() {
			tried := false
			err := pool.InTx(t.Context(), func(ctx context.Context, tx db.Tx) error {
				raise := func(id int64) error {
					_, err := tx.Exec(ctx, `UPDATE debit SET amount = amount + 1 WHERE id = $1`, id)
					return err
				}
				if err := raise(1 + i); err != nil {
					return err
				}
				if !tried {
					tried = true
					first.Done()
					first.Wait()
				}
				return raise(2 - i)
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	done.Wait()
	wantTotal(t, pool, 6)
}

func TestEndedContextIsNotRetried(t *testing.T) {
	pool := dbtest.Migrated(t, position())
	ctx, cancel := context.WithCancel(t.Context())
	runs := 0
	err := pool.InTx(ctx, func(ctx context.Context, tx db.Tx) error {
		runs++
		cancel()
		return add(ctx, tx, 1, 1)
	})
	if !errors.Is(err, context.Canceled) || errors.Is(err, db.ErrUnavailable) || runs != 1 {
		t.Fatalf("%d runs, %v", runs, err)
	}
	wantTotal(t, pool, 0)
}

func TestContextThatEndsBeforeCommitIsADefiniteNo(t *testing.T) {
	pool := dbtest.Migrated(t, position())
	ctx, cancel := context.WithCancel(t.Context())
	err := pool.InTx(ctx, func(ctx context.Context, tx db.Tx) error {
		defer cancel()
		return add(ctx, tx, 1, 1)
	})
	if !errors.Is(err, context.Canceled) || errors.Is(err, db.ErrAmbiguous) {
		t.Fatal(err)
	}
	wantTotal(t, pool, 0)
}

func TestContextThatEndsDuringBackoff(t *testing.T) {
	pool := dbtest.New(t)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	err := pool.InTx(ctx, func(context.Context, db.Tx) error { return &pgconn.PgError{Code: "40001"} })
	if !errors.Is(err, context.DeadlineExceeded) || errors.Is(err, db.ErrConflict) {
		t.Fatal(err)
	}
}

func TestPanicGivesTheConnectionBack(t *testing.T) {
	pool, err := db.Open(t.Context(), db.Options{URL: dbtest.URL(t), ConnectionsMax: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	func() {
		defer func() { _ = recover() }()
		_ = pool.InTx(t.Context(), func(context.Context, db.Tx) error { panic("defect") })
	}()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if err := pool.Ping(ctx); err != nil {
		t.Fatalf("the only connection is still borrowed: %v", err)
	}
}

var errTest = errors.New("test")

// TestLater: what is run later is run before the next statement, in order, and fails the
// transaction by its error or by the number of its rows.
func TestLater(t *testing.T) {
	const insert = `INSERT INTO debit (id, amount) VALUES ($1, $2)`
	dbtest.Each(t, func(t *testing.T, pool *db.Pool) {
		err := pool.InTx(t.Context(), func(ctx context.Context, tx db.Tx) error {
			tx.Later(db.Written("first"), insert, 1, 40)
			tx.Later(db.Written("second"), `UPDATE debit SET amount = amount * $1`, 2)
			var sum int64
			if err := tx.QueryRow(ctx, `SELECT sum(amount)::BIGINT FROM debit`).Scan(&sum); err != nil || sum != 80 {
				t.Errorf("seen: %d, %v", sum, err)
			}
			tx.Later(db.Written("third"), insert, 2, 5)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		wantTotal(t, pool, 85)
		for name, c := range map[string]struct {
			change func(ctx context.Context, tx db.Tx) error
			want   func(err error) bool
		}{
			"the number of rows": {func(_ context.Context, tx db.Tx) error {
				tx.Later(db.WrittenAll("none", 1, errTest), `UPDATE debit SET amount = 1 WHERE id = $1`, 99)
				return nil
			}, func(err error) bool { return errors.Is(err, errTest) }},
			"a constraint": {func(_ context.Context, tx db.Tx) error {
				tx.Later(db.Written("fine"), insert, 7, 7)
				tx.Later(db.Written("twice"), insert, 1, 1)
				tx.Later(db.Written("never"), insert, 8, 8)
				return nil
			}, func(err error) bool { return db.Violates(err, "debit_pk") && strings.HasPrefix(err.Error(), "twice: ") }},
			"when asked": {func(ctx context.Context, tx db.Tx) error {
				tx.Later(db.Written("twice"), insert, 1, 1)
				if err := tx.Now(ctx); !db.Violates(err, "debit_pk") {
					t.Errorf("now: %v", err)
				}
				return errTest
			}, func(err error) bool { return errors.Is(err, errTest) }},
			"before a row": {func(ctx context.Context, tx db.Tx) error {
				tx.Later(db.Written("twice"), insert, 1, 1)
				var one int
				return tx.QueryRow(ctx, `SELECT 1`).Scan(&one)
			}, func(err error) bool { return db.Violates(err, "debit_pk") }},
			"before a query": {func(ctx context.Context, tx db.Tx) error {
				tx.Later(db.Written("twice"), insert, 1, 1)
				_, err := tx.Query(ctx, `SELECT 1`)
				return err
			}, func(err error) bool { return db.Violates(err, "debit_pk") }},
			"before another": {func(ctx context.Context, tx db.Tx) error {
				tx.Later(db.Written("twice"), insert, 1, 1)
				_, err := tx.Exec(ctx, insert, 9, 9)
				return err
			}, func(err error) bool { return db.Violates(err, "debit_pk") }},
		} {
			if err := pool.InTx(t.Context(), c.change); err == nil || !c.want(err) {
				t.Errorf("%s: %v", name, err)
			}
		}
		wantTotal(t, pool, 85)
	}, position())
}

// TestHope: what turns out as hoped is committed at once, what does not is rolled back and
// done again without hope, and an error says what it says either way.
func TestHope(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, pool *db.Pool) {
		exec(t, pool, `INSERT INTO debit (id, amount) VALUES (1, 10)`)
		for _, test := range []struct {
			name  string
			sql   string
			runs  int
			total int64
		}{
			{"as hoped", `UPDATE debit SET amount = amount + 5 WHERE id = 1`, 1, 15},
			{"otherwise", `UPDATE debit SET amount = amount + 5 WHERE id = 7`, 2, 15},
			{"a key that is taken", `INSERT INTO debit (id, amount) VALUES (1, 1)`, 2, 15},
			{"more than hoped", `INSERT INTO debit (id, amount) VALUES (8, 1), (9, 1)`, 2, 15},
		} {
			runs := 0
			err := pool.InTxHopeful(t.Context(), func(_ context.Context, tx db.Tx) error {
				if runs++; tx.Hopeful() {
					tx.Hope("debit", 1, test.sql)
				}
				return nil
			})
			if err != nil || runs != test.runs {
				t.Errorf("%s: %d runs, %v", test.name, runs, err)
			}
			wantTotal(t, pool, test.total)
		}
		err := pool.InTxHopeful(t.Context(), func(_ context.Context, tx db.Tx) error {
			tx.Hope("debit", 1, `INSERT INTO debit (id, amount) VALUES (2, -1)`)
			return nil
		})
		if !db.Violates(err, "debit_positive") {
			t.Errorf("a violated constraint: %v", err)
		}
	}, position())
}

// TestHopeIsKeptThroughConflicts: an attempt that lost against others hopes again, and what
// is dashed then is no conflict and costs no attempt.
func TestHopeIsKeptThroughConflicts(t *testing.T) {
	var observed []int
	pool := observedPool(t, func(_ context.Context, attempts int, _ error) { observed = append(observed, attempts) })
	var hopeful []bool
	err := pool.InTxHopeful(t.Context(), func(_ context.Context, tx db.Tx) error {
		hopeful = append(hopeful, tx.Hopeful())
		switch len(hopeful) {
		case 1:
			return &pgconn.PgError{Code: "40001"}
		case 2:
			tx.Hope("nothing", 1, `SELECT 1 WHERE false`)
		}
		return nil
	})
	if err != nil || !slices.Equal(hopeful, []bool{true, true, false}) || !slices.Equal(observed, []int{2}) {
		t.Errorf("hopeful %v, observed %v, %v", hopeful, observed, err)
	}
}

// TestAsk: answers that are asked for come with the next statement that is waited for, in
// the order of the questions, and their errors fail the transaction.
func TestAsk(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, pool *db.Pool) {
		var answers []int64
		ask := func(tx db.Tx, sql string) {
			tx.Ask(func(rows pgx.Rows, err error) error {
				if err != nil {
					return err
				}
				found, err := pgx.CollectRows(rows, pgx.RowTo[int64])
				answers = append(answers, found...)
				return err
			}, sql)
		}
		err := pool.InTx(t.Context(), func(ctx context.Context, tx db.Tx) error {
			answers = nil
			ask(tx, `SELECT count(*) FROM debit`)
			tx.Later(db.Written("debit"), `INSERT INTO debit (id, amount) VALUES (1, 40)`)
			ask(tx, `SELECT amount FROM debit`)
			if sum, err := total(ctx, tx); err != nil || sum != 40 {
				t.Errorf("sum %d, %v", sum, err)
			}
			return nil
		})
		if err != nil || !slices.Equal(answers, []int64{0, 40}) {
			t.Errorf("answers %v, %v", answers, err)
		}
		err = pool.InTx(t.Context(), func(_ context.Context, tx db.Tx) error {
			ask(tx, `SELECT amount / 0 FROM debit`)
			return nil
		})
		if err == nil {
			t.Error("a failed question failed nothing")
		}
	}, position())
}
