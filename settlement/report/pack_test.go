package report_test

import (
	"context"
	"errors"
	"testing"

	"github.com/causeway-pay/causeway/internal/clock"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/db/dbtest"
	"github.com/causeway-pay/causeway/settlement/report"
)

// TestPacked: messages take a fraction of their size in the store, and are read as they
// were made; so are those of a hub that stored them as they were. What is damaged is an
// error, not a message.
func TestPacked(t *testing.T) {
	each(t, func(t *testing.T, pool *db.Pool) {
		messages, err := collect(statement(300*1488), manyItems()[:300])
		if err != nil {
			t.Fatal(err)
		}
		store(t, pool, messages)
		m := messages[0]
		var size int
		row := pool.QueryRow(t.Context(), `SELECT length(body) FROM settlement_message WHERE message_id = $1`, m.ID)
		if err := row.Scan(&size); err != nil || size > len(m.Body)/4 {
			t.Errorf("%d bytes of %d, %v", size, len(m.Body), err)
		}
		put := func(body []byte) {
			t.Helper()
			err := pool.InTx(t.Context(), func(ctx context.Context, tx db.Tx) error {
				_, err := tx.Exec(ctx, `UPDATE settlement_message SET body = $2 WHERE message_id = $1`, m.ID, body)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		put(m.Body)
		found, known, err := report.Find(t.Context(), pool, m.ID)
		if err != nil || !known {
			t.Fatalf("%v, %v", known, err)
		}
		same(t, m, found)
		for name, damaged := range map[string][]byte{
			"nothing": {}, "no length": {0xff}, "too long": {0xff, 0xff, 0xff, 0x7f, 0}, "cut": {0x90, 0x4e, 0xfc, 'a'},
		} {
			put(damaged)
			if _, _, err := report.Find(t.Context(), pool, m.ID); err == nil {
				t.Errorf("%s: no error", name)
			}
		}
	})
}

// TestHubOfBefore: a hub of before messages were packed starts until the step that says so,
// and not after it, since it would take what is stored from then on for XML.
func TestHubOfBefore(t *testing.T) {
	steps := dbtest.Load(t, report.Migrations)
	before := steps[:6]
	pool := dbtest.Migrated(t, before)
	if err := db.CheckMigrated(t.Context(), pool, before); err != nil {
		t.Fatal(err)
	}
	if applied, err := db.Migrate(t.Context(), pool, clock.System{}, steps); err != nil || applied != len(steps)-len(before) {
		t.Fatalf("%d steps, %v", applied, err)
	}
	if err := db.CheckMigrated(t.Context(), pool, before); !errors.Is(err, db.ErrAhead) {
		t.Errorf("it starts: %v", err)
	}
}
