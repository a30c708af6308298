package dbtest_test

import (
	"context"
	"errors"
	"testing"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/db/dbtest"
)

func TestEachGivesAFreshMigratedDatabase(t *testing.T) {
	steps := []db.Migration{{Domain: "demo", Number: 1, Name: "thing",
		SQL: `CREATE TABLE IF NOT EXISTS thing (id BIGINT NOT NULL, CONSTRAINT thing_pk PRIMARY KEY (id))`}}
	for range 2 {
		dbtest.Each(t, func(t *testing.T, pool *db.Pool) {
			err := pool.InTx(t.Context(), func(ctx context.Context, tx db.Tx) error {
				_, err := tx.Exec(ctx, `INSERT INTO thing (id) VALUES (1)`)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}, steps)
	}
}

func TestDatabasesDoNotShareTables(t *testing.T) {
	first, second := dbtest.URL(t), dbtest.URL(t)
	if first == second {
		t.Fatal("two tests share a database")
	}
	var collation, encoding string
	err := dbtest.Open(t, first).QueryRow(t.Context(),
		`SELECT datcollate, pg_encoding_to_char(encoding) FROM pg_database WHERE datname = current_database()`).
		Scan(&collation, &encoding)
	if err != nil || collation != "C" || encoding != "UTF8" {
		t.Fatalf("collation %q, encoding %q, %v", collation, encoding, err)
	}
}

// Persistently tries again only what lost against others, and not for ever.
func TestPersistently(t *testing.T) {
	other := errors.New("another")
	for name, c := range map[string]struct {
		errs  []error
		want  error
		calls int
	}{
		"won at once": {[]error{nil}, nil, 1},
		"won at last": {[]error{db.ErrConflict, db.ErrConflict, nil}, nil, 3},
		"failed":      {[]error{db.ErrConflict, other}, other, 2},
		"never won":   {[]error{db.ErrConflict}, db.ErrConflict, 30},
	} {
		calls := 0
		err := dbtest.Persistently(func() error {
			calls++
			return c.errs[min(calls, len(c.errs))-1]
		})
		if !errors.Is(err, c.want) || (err == nil) != (c.want == nil) || calls != c.calls {
			t.Errorf("%s: %v after %d calls", name, err, calls)
		}
	}
}
