package ledger_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/settlement/ledger"
)

// column is a column of the ledger's tables.
type column struct{ Table, Name, Type string }

const selectColumns = `
SELECT table_name, column_name, data_type FROM information_schema.columns
WHERE table_schema = current_schema() AND table_name IN ('ledger_account', 'ledger_entry', 'ledger_unsealed', 'ledger_link',
	'ledger_chain', 'ledger_seal') ORDER BY table_name, ordinal_position`

// lease are columns that say which hub seals now, and nothing about money.
var lease = []string{"ledger_chain.owner", "ledger_chain.expires_at"}

// otherwise are values of a type that a column does not have.
var otherwise = map[string][]string{
	"uuid":                     {`'00000000-0000-4000-8000-00000000000a'`},
	"text":                     {`COLUMN || 'X'`, `lower(COLUMN)`, `''`},
	"bigint":                   {`COLUMN + 1`, `COLUMN - 1`, `COLUMN * 10 + 7`},
	"smallint":                 {`COLUMN + 1`, `COLUMN - 1`},
	"bytea":                    {`''`, `COLUMN || COLUMN`},
	"timestamp with time zone": {`COLUMN + INTERVAL '1 microsecond'`, `COLUMN - INTERVAL '400 days'`},
}

// TestEveryColumnIsCovered: whatever column of whatever row is changed, in all tables that the
// ledger has, the change is found or the database refuses it.
func TestEveryColumnIsCovered(t *testing.T) {
	each(t, func(t *testing.T, pool *db.Pool) {
		key, random := newHubKey(t), rand.New(rand.NewPCG(40, 40))
		sealedBooks(t, pool, key, random)
		rows, err := pool.Query(t.Context(), selectColumns)
		if err != nil {
			t.Fatal(err)
		}
		columns, err := pgx.CollectRows(rows, pgx.RowToStructByPos[column])
		if err != nil || len(columns) < 35 {
			t.Fatalf("%d columns, %v", len(columns), err)
		}
		for _, c := range columns {
			if slices.Contains(lease, c.Table+"."+c.Name) {
				continue
			}
			if c.Table+"."+c.Name == "ledger_unsealed.region" {
				// What waits is forged as it likes, so it comes only for the queue itself.
				if err := post(t, pool, some(random, ids.New())); err != nil {
					t.Fatal(err)
				}
			}
			if len(otherwise[c.Type]) == 0 {
				t.Fatalf("%+v: no other values of the type", c)
			}
			for _, value := range otherwise[c.Type] {
				for range 3 {
					c.edited(t, pool, key, value, random.IntN(1000))
				}
			}
		}
	})
}

// edited changes the column of a row to a value, looks whether that is found, and undoes it.
func (c column) edited(t *testing.T, pool *db.Pool, key hubKey, value string, row int) {
	t.Helper()
	var refused bool
	err := pool.InTx(t.Context(), func(ctx context.Context, tx db.Tx) error {
		changed, err := tx.Exec(ctx, c.update(value), int64(row))
		if again(err) {
			return err
		}
		if refused = err != nil; refused || changed == 0 {
			return errUndo
		}
		report, err := ledger.Verify(ctx, tx, key)
		if err != nil {
			return err
		}
		if len(report.Breaks) == 0 {
			t.Errorf("%s.%s of row %d may be %s", c.Table, c.Name, row, value)
		}
		return errUndo
	})
	if !errors.Is(err, errUndo) {
		t.Fatalf("%+v: %v", c, err)
	}
}

// again says that the transaction is to start over.
func again(err error) bool {
	var answer *pgconn.PgError
	return errors.As(err, &answer) && answer.Code == "40001"
}

// keyOf names the rows of each table.
var keyOf = map[string]string{
	"ledger_account": "account_id", "ledger_entry": "entry_id", "ledger_unsealed": "entry_id", "ledger_link": "entry_id",
	"ledger_chain": "region", "ledger_seal": "number",
}

// update changes one of the rows, which the argument chooses, unless it has the value.
func (c column) update(value string) string {
	value = strings.ReplaceAll(value, "COLUMN", c.Name)
	own := keyOf[c.Table]
	return `UPDATE ` + c.Table + ` SET ` + c.Name + ` = ` + value + ` WHERE ` + own + ` = (SELECT ` + own + ` FROM ` + c.Table +
		` ORDER BY ` + own + ` LIMIT 1 OFFSET $1 % (SELECT count(*) FROM ` + c.Table + `)) AND ` + c.Name + ` IS DISTINCT FROM ` + value
}
