package bench

import (
	"testing"
	"time"

	"github.com/causeway-pay/causeway/conformance/invariant"
	"github.com/causeway-pay/causeway/internal/db/dbtest"
	"github.com/causeway-pay/causeway/switch/node"
)

// TestFill: a database is filled with as many payments as were asked for, with all
// that belongs to them, and its books hold.
func TestFill(t *testing.T) {
	if testing.Short() {
		t.Skip("filling is not short")
	}
	address := dbtest.URL(t)
	if _, err := node.Migrate(t.Context(), address); err != nil {
		t.Fatal(err)
	}
	pool := dbtest.Open(t, address)
	if err := fill(t.Context(), pool, 100, func(string) {}); err == nil {
		t.Error("nothing to copy is no error")
	}
	a := &alone{
		EngineOptions: EngineOptions{Clients: 4, Duration: 500 * time.Millisecond, Partners: 4, Log: func(string) {}},
		pool:          pool, clock: systemClock, cast: cast(4),
	}
	if err := a.open(t.Context()); err != nil {
		t.Fatal(err)
	}
	var result EngineResult
	if err := a.measure(t.Context(), &result); err != nil {
		t.Fatal(err)
	}
	made := result.Latency.Count
	if err := fill(t.Context(), pool, int(5*made+1), func(text string) { t.Log(text) }); err != nil {
		t.Fatal(err)
	}
	for table, times := range map[string]int64{"payment": 1, "payment_history": 2, "outbox": 2, "fx_quote": 2} {
		var count, oldest int64
		err := pool.QueryRow(t.Context(), `SELECT count(*) FROM `+table).Scan(&count)
		if err == nil {
			err = pool.QueryRow(t.Context(), `SELECT (extract(epoch FROM max(created_at) - min(created_at)))::BIGINT
				FROM payment`).Scan(&oldest)
		}
		if err != nil || count != 5*made*times || oldest < int64(fillSpread.Seconds())-60 {
			t.Errorf("%s: %d rows of %d payments, the oldest %d s, %v", table, count, made, oldest, err)
		}
	}
	violations, err := invariant.Run(t.Context(), pool)
	if err != nil || len(violations) > 0 {
		t.Errorf("%v, %v", violations, err)
	}
	if err := fill(t.Context(), pool, int(made), func(string) {}); err != nil {
		t.Errorf("enough is there: %v", err)
	}
	var left int64
	err = pool.QueryRow(t.Context(), `SELECT count(*) FROM information_schema.tables WHERE table_name LIKE 'source_%'`).Scan(&left)
	if err != nil || left != 0 {
		t.Errorf("%d tables of the copying are left, %v", left, err)
	}
}

// TestFillKnowsEveryTable: a table that gets a row for each payment is copied, or is
// one whose rows do not belong to payments that are over.
func TestFillKnowsEveryTable(t *testing.T) {
	steps, err := node.Migrations()
	if err != nil {
		t.Fatal(err)
	}
	pool := dbtest.Migrated(t, steps)
	rows, err := pool.Query(t.Context(), `SELECT DISTINCT table_name FROM information_schema.columns
		WHERE table_schema = 'public' AND column_name IN ('payment_id', 'subject_id', 'entry_id', 'event_id', 'aggregate')`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	known := map[string]bool{
		// Of payments that people look at, that are returned, disputed, settled by themselves or
		// not notified, of static codes, of what operators do, and of limits, of which a run has none.
		"audit_row": true, "customs_declaration": true, "dispute": true, "static_scan": true, "review_case": true, "review_comment": true, "payment_return": true,
		"dead_letter": true, "limit_use": true, "obligation": true,
	}
	for _, c := range copyables() {
		known[c.table] = true
	}
	for rows.Next() {
		var table string
		if err := rows.Scan(&table); err != nil {
			t.Fatal(err)
		}
		if !known[table] {
			t.Errorf("%s is not copied", table)
		}
	}
	if err := rows.Err(); err != nil {
		t.Error(err)
	}
}
