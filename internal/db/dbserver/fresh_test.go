package dbserver_test

import (
	"strings"
	"testing"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/db/dbserver"
	"github.com/causeway-pay/causeway/internal/db/dbtest"
)

func TestFresh(t *testing.T) {
	t.Setenv("DATABASE_URL", dbtest.URL(t))
	server, err := dbserver.Start(t.Context(), dbserver.Options{})
	if err != nil {
		t.Fatal(err)
	}
	first, dropFirst, err := server.Fresh(t.Context(), "demo")
	if err != nil {
		t.Fatal(err)
	}
	second, dropSecond, err := server.Fresh(t.Context(), "demo")
	if err != nil {
		t.Fatal(err)
	}
	if first == second || !strings.Contains(first, "/demo_") || server.Kind() != dbserver.Given {
		t.Errorf("%s and %s on %s", first, second, server.Kind())
	}
	pool := dbtest.Open(t, first)
	if err := pool.Ping(t.Context()); err != nil {
		t.Error(err)
	}
	pool.Close()
	for _, drop := range []func() error{dropFirst, dropSecond} {
		if err := drop(); err != nil {
			t.Error(err)
		}
	}
	if gone, err := db.Open(t.Context(), db.Options{URL: first, Application: "test"}); err == nil {
		gone.Close()
		t.Error("the database is still there")
	}
}
