package invariant_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/causeway-pay/causeway/conformance/invariant"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/settlement/ledger"
)

// column is a column that holds a figure or names its currency.
type column struct{ Table, Name string }

const selectFigures = `
SELECT table_name, column_name FROM information_schema.columns
WHERE table_schema = current_schema() AND (column_name LIKE '%minor' OR column_name LIKE '%currency')
ORDER BY table_name, ordinal_position`

// unheld are figures that nothing holds to another.
var unheld = []string{
	// What two people have set: the audit log and the proposal tell.
	"corridor", "fee_schedule", "fx_limit", "fx_rounding", "fx_rule", "participant",
	// What others say: it is compared and not held.
	"recon_break", "recon_line", "recon_match", "recon_statement", "recon_statement_version",
	// Files, which are signed, and messages, which the files repeat.
	"report_file", "settlement_message",
	// An alert that was given, what policies count for a time, and a question that no payment was made at.
	"fx_alert", "limit_counter", "limit_use", "fx_firm_quote",
	// What positions were worth at the rates of a day that is over, those of this day with no gain.
	"fx_valuation.amount_minor", "fx_valuation.worth_minor", "fx_valuation.currency",
	// Not of this day: damages has them.
	"customs_declaration", "dispute", "window_carried", "window_gross",
}

// moved are the rows of tables of which others have moved nothing.
var moved = map[string]string{
	"payment": `WHERE state = 'POSTED'`, "fx_position": `WHERE amount_minor <> 0`,
}

// TestEveryFigureIsHeld: whatever figure of whatever table is changed in any row, a check, the
// verification of the ledger or the database itself finds it, but for those that are named.
func TestEveryFigureIsHeld(t *testing.T) {
	h := day(t)
	h.KillHub()
	rows, err := h.Stage.Pool.Query(t.Context(), selectFigures)
	if err != nil {
		t.Fatal(err)
	}
	columns, err := pgx.CollectRows(rows, pgx.RowToStructByPos[column])
	if err != nil || len(columns) < 80 {
		t.Fatalf("%d columns, %v", len(columns), err)
	}
	for _, c := range columns {
		if !c.held() {
			continue
		}
		for row := range 4 {
			c.edited(t, h.Stage.Pool, row)
		}
	}
}

func (c column) held() bool {
	return !slices.Contains(unheld, c.Table) && !slices.Contains(unheld, c.Table+"."+c.Name)
}

// edited changes the column in one of the rows and looks whether that is found.
func (c column) edited(t *testing.T, pool *db.Pool, row int) {
	t.Helper()
	value := c.Name + ` + 1`
	if strings.HasSuffix(c.Name, "currency") {
		value = `'XTS'`
	}
	var found bool
	err := pool.InTx(t.Context(), func(ctx context.Context, tx db.Tx) error {
		changed, err := tx.Exec(ctx, `UPDATE `+c.Table+` SET `+c.Name+` = `+value+` WHERE ctid = (SELECT ctid FROM `+c.Table+
			` `+moved[c.Table]+` ORDER BY ctid LIMIT 1 OFFSET $1)`, row)
		if found = err != nil || changed == 0 && row > 0; found {
			return errUndone
		}
		if changed == 0 {
			t.Errorf("the day has nothing in %s", c.Table)
			return errUndone
		}
		found, err = foundAnywhere(ctx, tx)
		return errors.Join(errUndone, err)
	})
	if !errors.Is(err, errUndone) {
		t.Fatalf("%+v: %v", c, err)
	}
	if !found {
		t.Errorf("%s.%s of row %d may be changed", c.Table, c.Name, row)
	}
}

// foundAnywhere says whether a check or the verification of the ledger finds anything.
func foundAnywhere(ctx context.Context, tx db.Tx) (bool, error) {
	violations, err := invariant.Run(ctx, tx)
	if err != nil || len(violations) > 0 {
		return true, err
	}
	report, err := ledger.Verify(ctx, tx, nil)
	return len(report.Breaks) > 0, err
}
