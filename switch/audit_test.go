package main

import (
	"context"
	"testing"
	"time"

	"github.com/causeway-pay/causeway/internal/audit"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/db/dbtest"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/keys"
)

// auditedDatabase returns a database with two sealed audit logs, one in which
// somebody has edited the first entry of the second, and the folder of the key.
func auditedDatabase(t *testing.T) (sound, edited, keyFolder string) {
	t.Helper()
	keyFolder = t.TempDir()
	signer, err := keys.LoadOrGenerate(keyFolder, audit.Owner)
	if err != nil {
		t.Fatal(err)
	}
	steps, err := audit.Migrations()
	if err != nil {
		t.Fatal(err)
	}
	var databases []string
	for range 2 {
		url := dbtest.URL(t)
		pool := dbtest.Open(t, url)
		if _, err := db.Migrate(t.Context(), pool, fixedClock{}, steps); err != nil {
			t.Fatal(err)
		}
		for n := range 3 {
			err := pool.InTx(t.Context(), func(ctx context.Context, tx db.Tx) error {
				log := audit.NewLog([]string{"cases", "operators"}[min(n, 1)])
				return log.Append(ctx, tx, audit.Entry{
					ID: ids.Derive(ids.Nil, "entry", int64(n)), At: fixedClock{}.Now(), Actor: audit.System("test"), Action: "case.open",
				})
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		if err := audit.SealAll(t.Context(), pool, signer, fixedClock{}.Now()); err != nil {
			t.Fatal(err)
		}
		databases = append(databases, url)
	}
	pool := dbtest.Open(t, databases[1])
	err = pool.InTx(t.Context(), func(ctx context.Context, tx db.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE audit_row SET actor = 'somebody' WHERE chain = 'operators' AND sequence = 1`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return databases[0], databases[1], keyFolder
}

// fixedClock makes the same hashes in every run.
type fixedClock struct{}

func (fixedClock) Now() time.Time { return time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC) }
