package dbtest_test

import (
	"fmt"
	"testing"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/db/dbtest"
	"github.com/causeway-pay/causeway/internal/ids"
)

// things are migrations that nobody else has, so that their template is not there yet.
func things() []db.Migration {
	return []db.Migration{{Domain: "demo", Number: 1, Name: "thing", SQL: fmt.Sprintf(`
CREATE TABLE IF NOT EXISTS thing (id BIGINT NOT NULL, made_by TEXT NOT NULL DEFAULT '%s',
	CONSTRAINT thing_pk PRIMARY KEY (id))`, ids.New())}}
}

// Tests that want the same tables at once get databases of their own, all whole, whoever of
// them makes the template; and what one writes is not in the next copy.
func TestCopiesOfATemplate(t *testing.T) {
	steps := things()
	for i := range 4 {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			t.Parallel()
			pool := dbtest.Migrated(t, steps)
			if err := db.CheckMigrated(t.Context(), pool, steps); err != nil {
				t.Error(err)
			}
			var before int64
			if err := pool.QueryRow(t.Context(), `SELECT count(*) FROM thing`).Scan(&before); err != nil || before != 0 {
				t.Errorf("%d things in a fresh database, %v", before, err)
			}
			var id int64
			if err := pool.QueryRow(t.Context(), `INSERT INTO thing (id) VALUES (1) RETURNING id`).Scan(&id); err != nil {
				t.Error(err)
			}
		})
	}
}

// Other migrations have another template, however they are named.
func TestTemplatesAreNamedByWhatIsInThem(t *testing.T) {
	one, other := things(), things()
	made := map[string]bool{}
	for _, steps := range [][]db.Migration{one, other, one} {
		var by string
		pool := dbtest.Migrated(t, steps)
		err := pool.QueryRow(t.Context(), `INSERT INTO thing (id) VALUES (1) RETURNING made_by`).Scan(&by)
		if err != nil {
			t.Fatal(err)
		}
		made[by] = true
	}
	if len(made) != 2 {
		t.Errorf("two kinds of tables came from %d templates", len(made))
	}
}

// Without migrations there are no tables.
func TestADatabaseWithoutTables(t *testing.T) {
	var tables int64
	err := dbtest.Migrated(t).QueryRow(t.Context(),
		`SELECT count(*) FROM information_schema.tables WHERE table_schema = 'public'`).Scan(&tables)
	if err != nil || tables != 0 {
		t.Errorf("%d tables, %v", tables, err)
	}
}
