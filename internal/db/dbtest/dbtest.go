// Package dbtest gives each test a fresh, empty database on a real server.
//
// The server is the one that CAUSEWAY_TEST_DATABASE_URL names, or else a private
// one of this test process, which is started by the first test that asks and
// ends with the process. With COCKROACH_URL set, tests that use [Each] run a
// second time on that CockroachDB.
package dbtest

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/causeway-pay/causeway/internal/clock"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/db/dbserver"
	"github.com/causeway-pay/causeway/internal/ids"
)

// patience bounds one administrative step, the start of a server included.
const patience = 2 * time.Minute

// shared starts the server of this process once. Nothing stops it but the end
// of the process, which its guard notices.
var shared = sync.OnceValues(func() (string, error) {
	if url := os.Getenv("CAUSEWAY_TEST_DATABASE_URL"); url != "" {
		return url, nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	server, err := dbserver.Start(ctx, dbserver.Options{Kind: dbserver.PostgreSQL})
	if err != nil {
		return "", err
	}
	return server.URL(), nil
})

// Each runs the body on every engine: as subtest "postgresql", and as subtest
// "cockroach" where COCKROACH_URL is set. Each gets a database of its own, with
// the migrations applied.
func Each(t *testing.T, body func(t *testing.T, pool *db.Pool), migrations ...[]db.Migration) {
	t.Helper()
	t.Run("postgresql", func(t *testing.T) { body(t, Migrated(t, migrations...)) })
	if server := os.Getenv("COCKROACH_URL"); server != "" {
		t.Run("cockroach", func(t *testing.T) {
			body(t, migrate(t, Open(t, fresh(t, server, "", "CASCADE")), slices.Concat(migrations...)))
		})
	}
}

// New returns a pool on a fresh PostgreSQL database.
func New(t testing.TB) *db.Pool {
	t.Helper()
	return Open(t, URL(t))
}

// Migrated returns a pool on a fresh PostgreSQL database with the tables of the
// given domains, copied from a database that has them, see template.
func Migrated(t testing.TB, migrations ...[]db.Migration) *db.Pool {
	t.Helper()
	if len(migrations) == 0 {
		return New(t)
	}
	server := serve(t)
	return Open(t, fresh(t, server, "TEMPLATE "+template(t, server, slices.Concat(migrations...)), dropInUse))
}

// Load returns the migrations of some domains, whose functions are named Migrations.
func Load(t testing.TB, domains ...func() ([]db.Migration, error)) (all []db.Migration) {
	t.Helper()
	for _, load := range domains {
		migrations, err := load()
		if err != nil {
			t.Fatalf("dbtest: %v", err)
		}
		all = append(all, migrations...)
	}
	return all
}

// persistence is how often [Persistently] tries: each try is ten of the pool's own.
const persistence = 30

// Persistently tries again what lost against others, as somebody who calls the hub would.
func Persistently(work func() error) error {
	var err error
	for range persistence {
		if err = work(); !errors.Is(err, db.ErrConflict) {
			return err
		}
	}
	return fmt.Errorf("never won: %w", err)
}

// URL returns the connection string of a fresh PostgreSQL database, for tests
// that start a program.
func URL(t testing.TB) string {
	t.Helper()
	return fresh(t, serve(t), "", dropInUse)
}

// serve returns the connection string of the server.
func serve(t testing.TB) string {
	t.Helper()
	server, err := shared()
	if err != nil {
		t.Fatalf("dbtest: %v", err)
	}
	return server
}

// Open returns a pool on the database, closed when the test ends.
func Open(t testing.TB, url string) *db.Pool {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	pool, err := db.Open(ctx, db.Options{
		URL: url, Application: "test", Rehearse: os.Getenv("CAUSEWAY_TEST_REHEARSE") != "",
	})
	if err != nil {
		t.Fatalf("dbtest: %v", err)
	}
	t.Cleanup(pool.Close)
	return pool
}

func migrate(t testing.TB, pool *db.Pool, migrations []db.Migration) *db.Pool {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if _, err := db.Migrate(ctx, pool, clock.System{}, migrations); err != nil {
		t.Fatalf("dbtest: %v", err)
	}
	return pool
}

// dropInUse is how PostgreSQL drops a database that is still in use.
const dropInUse = "WITH (FORCE)"

// fresh makes a database with a random name. makeOption says from what, dropOption how the
// engine drops one that is still in use.
func fresh(t testing.TB, server, makeOption, dropOption string) string {
	t.Helper()
	name := fmt.Sprintf("test_%x", ids.New())
	administer(t, server, `CREATE DATABASE `+name+` `+makeOption)
	t.Cleanup(func() { administer(t, server, `DROP DATABASE `+name+` `+dropOption) })
	return at(t, server, name)
}

// at is the connection string of a database of a server.
func at(t testing.TB, server, name string) string {
	t.Helper()
	target, err := url.Parse(server)
	if err != nil {
		t.Fatalf("dbtest: %v", err)
	}
	target.Path = "/" + name
	return target.String()
}

func administer(t testing.TB, server, statement string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	conn, err := pgx.Connect(ctx, server)
	if err != nil {
		t.Fatalf("dbtest: %v", err)
	}
	defer func() { _ = conn.Close(ctx) }()
	if _, err := conn.Exec(ctx, statement); err != nil {
		t.Fatalf("dbtest: %s: %v", statement, err)
	}
}
