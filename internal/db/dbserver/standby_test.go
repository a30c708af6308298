package dbserver

import (
	"context"
	"errors"
	"fmt"
	"os"
	"testing"

	"github.com/jackc/pgx/v5"
)

// TestStandbyTakesOver: a server is lost at once after it has confirmed a row; the standby
// has the row, and takes more.
func TestStandbyTakesOver(t *testing.T) {
	primary := start(t, Options{Durable: true})
	standby, err := primary.Standby(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = standby.Stop() })
	if got := ask(t, standby.URL(), `SELECT pg_is_in_recovery()::TEXT`); got != "true" {
		t.Errorf("the standby is in recovery: %s", got)
	}
	writer, err := pgx.Connect(t.Context(), primary.URL())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = writer.Close(context.WithoutCancel(t.Context())) }()
	const rows = 20
	statements := []string{`CREATE TABLE kept (number INT)`}
	for i := range rows {
		statements = append(statements, fmt.Sprintf(`INSERT INTO kept (number) VALUES (%d)`, i))
	}
	for _, statement := range statements {
		if _, err := writer.Exec(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	if err := primary.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := standby.Promote(t.Context()); err != nil {
		t.Fatal(err)
	}
	got := ask(t, standby.URL(), `WITH more AS (INSERT INTO kept (number) VALUES (-1) RETURNING number)
		SELECT count(*)::TEXT FROM kept CROSS JOIN more`)
	if got != fmt.Sprint(rows) || !refuses(address(t, primary.URL())) {
		t.Errorf("%s of %d rows are left", got, rows)
	}
	if err := primary.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		t.Errorf("killed again: %v", err)
	}
}

// TestStandbyOfOthers: a server that is not ours has no standby by us, nor has one that
// itself confirms what it may lose.
func TestStandbyOfOthers(t *testing.T) {
	for name, server := range map[string]*Server{
		"given": {url: "postgres://elsewhere.example/x", kind: Given, durable: true}, "not durable": start(t, Options{}),
	} {
		if _, err := server.Standby(t.Context()); !errors.Is(err, errNoStandby) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := (&Server{kind: Given}).Kill(); err != nil {
		t.Errorf("a given server is left alone: %v", err)
	}
}
