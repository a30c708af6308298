package db_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/causeway-pay/causeway/internal/clock"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/db/dbtest"
)

// ledger returns n steps: a table, then columns.
func ledger(n int) []db.Migration {
	steps := []db.Migration{{Domain: "ledger", Number: 1, Name: "entry", SQL: `
CREATE TABLE IF NOT EXISTS entry (id BIGINT NOT NULL, CONSTRAINT entry_pk PRIMARY KEY (id))`}}
	for number := 2; number <= n; number++ {
		steps = append(steps, db.Migration{Domain: "ledger", Number: number, Name: "column",
			SQL: fmt.Sprintf(`ALTER TABLE entry ADD COLUMN IF NOT EXISTS c%d BIGINT NOT NULL DEFAULT 0`, number)})
	}
	return steps[:n]
}

func mustMigrate(t *testing.T, pool *db.Pool, steps []db.Migration, want int) {
	t.Helper()
	applied, err := db.Migrate(t.Context(), pool, clock.System{}, steps)
	if err != nil || applied != want {
		t.Fatalf("applied %d, want %d (%v)", applied, want, err)
	}
}

func TestMigrateAppliesOnceAndInOrder(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, pool *db.Pool) {
		mustMigrate(t, pool, ledger(2), 2)
		mustMigrate(t, pool, ledger(2), 0)
		mustMigrate(t, pool, append(ledger(4), position()...), 3)
		if err := db.CheckMigrated(t.Context(), pool, append(position(), ledger(4)...)); err != nil {
			t.Fatal(err)
		}
		exec(t, pool, `INSERT INTO entry (id, c2, c3, c4) VALUES (1, 2, 3, 4)`)
	})
}

func TestCheckMigratedNamesTheRemedy(t *testing.T) {
	pool := dbtest.New(t)
	err := db.CheckMigrated(t.Context(), pool, ledger(1))
	if !errors.Is(err, db.ErrBehind) {
		t.Fatalf("empty database: %v", err)
	}
	mustMigrate(t, pool, ledger(1), 1)
	err = db.CheckMigrated(t.Context(), pool, ledger(3))
	const want = "database is behind: run `switch migrate` (2 steps, first ledger/0002)"
	if !errors.Is(err, db.ErrBehind) || err.Error() != want {
		t.Fatalf("got %v, want %s", err, want)
	}
}

func TestNewerDatabaseIsRefused(t *testing.T) {
	pool := dbtest.New(t)
	mustMigrate(t, pool, ledger(3), 3)
	_, err := db.Migrate(t.Context(), pool, clock.System{}, append(ledger(2), position()...))
	if !errors.Is(err, db.ErrAhead) || !strings.Contains(err.Error(), "ledger/0003") {
		t.Fatal(err)
	}
	if err := db.CheckMigrated(t.Context(), pool, ledger(2)); !errors.Is(err, db.ErrAhead) {
		t.Fatal(err)
	}
	if _, err := total(t.Context(), pool); err == nil {
		t.Fatal("the step of the other domain was applied all the same")
	}
}

func TestChangedStepIsRefused(t *testing.T) {
	pool := dbtest.New(t)
	mustMigrate(t, pool, ledger(2), 2)
	changed := ledger(3)
	changed[1].SQL = strings.Replace(changed[1].SQL, "BIGINT", "SMALLINT", 1)
	_, err := db.Migrate(t.Context(), pool, clock.System{}, changed)
	if !errors.Is(err, db.ErrChanged) || !strings.Contains(err.Error(), "ledger/0002_column") {
		t.Fatal(err)
	}
	reformatted := ledger(2)
	reformatted[0].SQL = strings.ReplaceAll(reformatted[0].SQL, "\n", "  \r\n") + "\n\n"
	mustMigrate(t, pool, reformatted, 0)
}

// A step that was carried out by a process that was killed before it could
// record it is carried out again.
func TestEveryStepSurvivesAKillBeforeItsRecord(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, pool *db.Pool) {
		steps := append(ledger(3), db.Migration{Domain: "ledger", Number: 4, Name: "positive",
			SQL: `ALTER TABLE entry ADD CONSTRAINT entry_positive CHECK (id > 0)`})
		mustMigrate(t, pool, steps, 4)
		for i := range steps {
			exec(t, pool, `DELETE FROM schema_migration WHERE number >= $1`, i+1)
			mustMigrate(t, pool, steps, len(steps)-i)
		}
	})
}

func TestFailedStepIsNamedAndTheRestWaits(t *testing.T) {
	pool := dbtest.New(t)
	broken := append(ledger(1), db.Migration{Domain: "ledger", Number: 2, Name: "wrong", SQL: `ALTER TABLE absent ADD a`})
	applied, err := db.Migrate(t.Context(), pool, clock.System{}, append(broken, position()...))
	if applied != 1 || err == nil || !strings.Contains(err.Error(), "ledger/0002_wrong") {
		t.Fatalf("applied %d, %v", applied, err)
	}
	mustMigrate(t, pool, ledger(2), 1) // nothing is locked
}

func TestSeveralHubsMigrateTogether(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, pool *db.Pool) {
		var hubs sync.WaitGroup
		applied, failures := make([]int, 6), make([]error, 6)
		for i := range applied {
			hubs.Go(func() {
				applied[i], failures[i] = db.Migrate(t.Context(), pool, clock.System{}, ledger(5))
			})
		}
		hubs.Wait()
		sum := 0
		for _, n := range applied {
			sum += n
		}
		if err := errors.Join(failures...); err != nil || sum != 5 {
			t.Fatalf("applied %v, %v: want five in all", applied, err)
		}
	})
}

func TestLeaseOfAKilledProcessExpires(t *testing.T) {
	pool := dbtest.New(t)
	start := time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC)
	mustMigrate(t, pool, ledger(1), 1)
	exec(t, pool, `UPDATE schema_migration_lease SET expires_at = $1`, start.Add(10*time.Second))

	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	if _, err := db.Migrate(ctx, pool, &clock.Fixed{At: start}, ledger(2)); !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("a lease that is held was ignored: %v", err)
	}
	late := &clock.Fixed{At: start.Add(11 * time.Second)}
	if applied, err := db.Migrate(t.Context(), pool, late, ledger(2)); err != nil || applied != 1 {
		t.Fatalf("applied %d, %v", applied, err)
	}
}

// A process that was paused until another took over must not record its step.
func TestLostLeaseStopsTheMigration(t *testing.T) {
	pool := dbtest.New(t)
	mustMigrate(t, pool, ledger(1), 1)
	stolen := append(ledger(1), db.Migration{Domain: "ledger", Number: 2, Name: "steal",
		SQL: `UPDATE schema_migration_lease SET fence = fence + 1`})
	applied, err := db.Migrate(t.Context(), pool, clock.System{}, stolen)
	if applied != 0 || err == nil || !strings.Contains(err.Error(), "another process") {
		t.Fatalf("applied %d, %v", applied, err)
	}
	if err := db.CheckMigrated(t.Context(), pool, ledger(1)); err != nil {
		t.Fatalf("the step was recorded: %v", err)
	}
}

func TestAStepMayTakeLongerThanAStatement(t *testing.T) {
	pool, err := db.Open(t.Context(), db.Options{URL: dbtest.URL(t), StatementTimeout: time.Second})
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	slow := []db.Migration{{Domain: "demo", Number: 1, Name: "slow", SQL: `SELECT pg_sleep(1.2)`}}
	mustMigrate(t, pool, slow, 1)
}

func TestMigrateNeedsAReachableServer(t *testing.T) {
	through, _, proxy := proxied(t)
	proxy.Close()
	if _, err := db.Migrate(t.Context(), through, clock.System{}, ledger(1)); !errors.Is(err, db.ErrUnavailable) {
		t.Fatal(err)
	}
	if err := db.CheckMigrated(t.Context(), through, ledger(1)); !errors.Is(err, db.ErrUnavailable) {
		t.Fatal(err)
	}
}

func TestNumbersWithoutHoles(t *testing.T) {
	steps := ledger(3)
	_, err := db.Migrate(t.Context(), dbtest.New(t), clock.System{}, []db.Migration{steps[0], steps[2]})
	if err == nil || !strings.Contains(err.Error(), "ledger/0003") {
		t.Fatal(err)
	}
}

func TestLoadMigrations(t *testing.T) {
	file := func(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }
	const one = "CREATE TABLE IF NOT EXISTS a (id BIGINT NOT NULL);\n"
	for _, test := range []struct {
		name  string
		files fstest.MapFS
		want  string // part of the error, "" for success
	}{
		{"none", fstest.MapFS{}, ""},
		{"two", fstest.MapFS{"migrations/0001_a.sql": file(one), "migrations/0002_b_c.sql": file(one)}, ""},
		{"others are left alone", fstest.MapFS{"migrations/notes.txt": file("x"), "0001_a.sql": file("x")}, ""},
		{"hole", fstest.MapFS{"migrations/0001_a.sql": file(one), "migrations/0003_b.sql": file(one)}, "ledger/0003"},
		{"twice", fstest.MapFS{"migrations/0001_a.sql": file(one), "migrations/0001_b.sql": file(one)}, "ledger/0001"},
		{"from zero", fstest.MapFS{"migrations/0000_a.sql": file(one)}, "ledger/0000"},
		{"name", fstest.MapFS{"migrations/1_a.sql": file(one)}, "NNNN"},
		{"two statements", fstest.MapFS{"migrations/0001_a.sql": file(one + one)}, "2 statements"},
		{"empty", fstest.MapFS{"migrations/0001_a.sql": file("-- nothing\n")}, "0 statements"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := db.LoadMigrations("ledger", test.files)
			if (err == nil) != (test.want == "") || err != nil && !strings.Contains(err.Error(), test.want) {
				t.Fatalf("got %v, want %q", err, test.want)
			}
		})
	}
	got, err := db.LoadMigrations("ledger", fstest.MapFS{"migrations/0001_a_b.sql": file(one)})
	want := []db.Migration{{Domain: "ledger", Number: 1, Name: "a_b", SQL: one}}
	if err != nil || !cmp.Equal(got, want) {
		t.Fatal(err, cmp.Diff(want, got))
	}
}
