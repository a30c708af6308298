package dbtest_test

import (
	"context"
	"errors"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/db/dbtest"
)

// commit inserts a row over a connection of its own and returns the error of
// COMMIT.
func commit(t *testing.T, url string, id int) error {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(t.Context()) }()
	tx, err := conn.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Exec(t.Context(), `INSERT INTO thing (id) VALUES ($1)`, id); err != nil {
		t.Fatal(err)
	}
	return tx.Commit(t.Context())
}

func TestProxyLosesWhatItIsAskedTo(t *testing.T) {
	url := dbtest.URL(t)
	proxy := dbtest.NewProxy(t, url)
	straight, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = straight.Close(t.Context()) }()
	if _, err := straight.Exec(t.Context(), `CREATE TABLE thing (id BIGINT NOT NULL)`); err != nil {
		t.Fatal(err)
	}
	for i, test := range []struct {
		loss      dbtest.Loss
		failed    bool
		committed bool
	}{
		{0, false, true},
		{dbtest.LoseRequest, true, false},
		{dbtest.LoseAnswer, true, true},
		{0, false, true},
	} {
		if test.loss != 0 {
			proxy.BreakCommits(test.loss, 1)
		}
		err := commit(t, proxy.URL(), i)
		var rows int
		if err := straight.QueryRow(t.Context(), `SELECT count(*) FROM thing WHERE id = $1`, i).Scan(&rows); err != nil {
			t.Fatal(err)
		}
		if (err != nil) != test.failed || (rows == 1) != test.committed {
			t.Errorf("case %d: error %v, %d rows", i, err, rows)
		}
	}
}

func TestProxyCutsAndCloses(t *testing.T) {
	proxy := dbtest.NewProxy(t, dbtest.URL(t))
	conn, err := pgx.Connect(t.Context(), proxy.URL())
	if err != nil {
		t.Fatal(err)
	}
	proxy.Cut()
	if err := conn.Ping(t.Context()); err == nil {
		t.Error("the connection survived the cut")
	}
	again, err := pgx.Connect(t.Context(), proxy.URL())
	if err != nil {
		t.Fatalf("new connections must pass: %v", err)
	}
	proxy.Close()
	if err := again.Ping(t.Context()); err == nil {
		t.Error("the connection survived the end of the proxy")
	}
	if _, err := pgx.Connect(t.Context(), proxy.URL()); err == nil {
		t.Error("a closed proxy takes connections")
	}
}

// TestProxyBreaksCommitsOfThePool: the pool writes its COMMIT in ways of its own, prepared and
// together with what goes before. The proxy must find it there, or tests of lost commits
// would lose none.
func TestProxyBreaksCommitsOfThePool(t *testing.T) {
	url := dbtest.URL(t)
	proxy := dbtest.NewProxy(t, url)
	straight, pool := dbtest.Open(t, url), dbtest.Open(t, proxy.URL())
	execute := func(pool *db.Pool, statement string, args ...any) error {
		return pool.InTx(t.Context(), func(ctx context.Context, tx db.Tx) error {
			_, err := tx.Exec(ctx, statement, args...)
			return err
		})
	}
	if err := execute(straight, `CREATE TABLE thing (id BIGINT NOT NULL)`); err != nil {
		t.Fatal(err)
	}
	for i, loss := range []dbtest.Loss{
		0, 0, dbtest.LoseAnswer, dbtest.LoseRequest, 0, dbtest.LoseRequest, dbtest.LoseAnswer, 0, 0, dbtest.LoseAnswer,
	} {
		if loss != 0 {
			proxy.BreakCommits(loss, 1)
		}
		err := execute(pool, `INSERT INTO thing (id) VALUES ($1)`, i)
		var rows int
		if err := straight.QueryRow(t.Context(), `SELECT count(*) FROM thing WHERE id = $1`, i).Scan(&rows); err != nil {
			t.Fatal(err)
		}
		if errors.Is(err, db.ErrAmbiguous) != (loss != 0) || (rows == 1) != (loss != dbtest.LoseRequest) {
			t.Errorf("commit %d with loss %d: %v, %d rows", i, loss, err, rows)
		}
	}
}
