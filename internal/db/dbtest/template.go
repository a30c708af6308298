package dbtest

import (
	"context"
	"crypto/sha256"
	"fmt"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/causeway-pay/causeway/internal/db"
)

// templateLock is held by whoever looks for a template, and makes it if there is none.
const templateLock = 0x7e57

// template returns the name of a database with the tables of these migrations, which is
// made the first time that a server is asked for it and stays: to copy it takes a tenth of
// the time of some hundred migrations. It is named by what is in it, so that test processes
// that share a server share it too.
func template(t testing.TB, server string, migrations []db.Migration) string {
	t.Helper()
	sum := sha256.New()
	for _, m := range migrations {
		fmt.Fprintf(sum, "%s %d %s\n%s\n", m.Domain, m.Number, m.Name, m.SQL)
	}
	name := fmt.Sprintf("template_%x", sum.Sum(nil)[:12])
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	conn, err := pgx.Connect(ctx, server)
	if err != nil {
		t.Fatalf("dbtest: %v", err)
	}
	defer func() { _ = conn.Close(ctx) }()
	var exists bool
	if _, err := conn.Exec(ctx, `SELECT pg_advisory_lock($1)`, templateLock); err != nil {
		t.Fatalf("dbtest: %v", err)
	}
	err = conn.QueryRow(ctx, `SELECT EXISTS (SELECT 1 FROM pg_database WHERE datname = $1)`, name).Scan(&exists)
	if err != nil {
		t.Fatalf("dbtest: %v", err)
	}
	if !exists {
		build(t, server, name, migrations)
	}
	return name
}

// build makes a template under another name first: one that is there is complete.
func build(t testing.TB, server, name string, migrations []db.Migration) {
	t.Helper()
	unfinished := name + "_unfinished"
	administer(t, server, `DROP DATABASE IF EXISTS `+unfinished+` `+dropInUse)
	administer(t, server, `CREATE DATABASE `+unfinished)
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	pool, err := db.Open(ctx, db.Options{URL: at(t, server, unfinished), Application: "test"})
	if err != nil {
		t.Fatalf("dbtest: %v", err)
	}
	migrate(t, pool, migrations)
	pool.Close()
	administer(t, server, `ALTER DATABASE `+unfinished+` RENAME TO `+name)
}
