package bench

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/causeway-pay/causeway/internal/db"
)

// copyable is a table of which each payment has rows, and the columns that differ in
// a copy of it, as a JSON object. In it t is the row, c the number of the copy and
// $3 the microseconds by which a copy is older than the one before it.
type copyable struct{ table, columns string }

// What stands for an id, a time or a text in a copy. Ids have the form of random ones,
// which messages ask for.
const (
	copiedID   = `overlay(overlay(md5(%[1]s::TEXT || c) PLACING '4' FROM 13) PLACING '8' FROM 17)::UUID`
	copiedTime = `%[1]s - make_interval(secs => c * $3::BIGINT * 0.000001)`
)

func id(column string) string   { return `'` + column + `', ` + fmt.Sprintf(copiedID, "t."+column) }
func when(column string) string { return `'` + column + `', ` + fmt.Sprintf(copiedTime, "t."+column) }

// copyables are the tables that a payment writes to, those first whose ids others
// name.
func copyables() []copyable {
	request := `'request_id', t.request_id || '-' || c`
	pair := `'pair_id', CASE WHEN t.pair_id = '00000000-0000-0000-0000-000000000000' THEN t.pair_id ELSE ` +
		fmt.Sprintf(copiedID, "t.pair_id") + ` END`
	object := func(columns ...string) string {
		all := ""
		for i, c := range columns {
			if i > 0 {
				all += ", "
			}
			all += c
		}
		return `jsonb_build_object(` + all + `)`
	}
	return []copyable{
		{"payment", object(id("payment_id"), request, when("created_at"), when("completed_at"))},
		{"request_claim", object(id("subject_id"), request, when("claimed_at"))},
		{"payment_history", object(id("subject_id"), id("payment_id"), when("happened_at"))},
		{"message_record", object(id("message_id"), pair, id("payment_id"), when("recorded_at"))},
		{"screening_decision", object(id("decision_id"), id("payment_id"), when("decided_at"))},
		{"reservation", object(id("reservation_id"), id("payment_id"), when("reserved_at"))},
		{"fx_quote", object(id("id"), id("payment_id"), id("used_by"))},
		{"fx_flow", object(id("flow_id"), id("subject_id"), id("payment_id"), when("booked_at"))},
		{"ledger_entry", object(id("entry_id"), id("payment_id"), id("subject_id"), when("booked_at"))},
		{"ledger_link", object(id("entry_id"), `'number', t.number + c * $4::BIGINT`)},
		{"ledger_unsealed", object(id("entry_id"))},
		{"outbox", object(id("id"), id("aggregate"), when("at"))},
		{"inbox", object(id("event_id"), when("at"))},
	}
}

// statement copies all rows of the table, the copies $1 to $2. The rows that are
// copied are those that were there before: their copies have other places.
func (c copyable) statement(source string) string {
	return `INSERT INTO ` + c.table + ` SELECT r.* FROM ` + source + ` s
CROSS JOIN generate_series($1::BIGINT, $2::BIGINT) c
CROSS JOIN LATERAL (SELECT (s.t).*) t CROSS JOIN LATERAL jsonb_populate_record(s.t, ` + c.columns + `) r
WHERE $3::BIGINT >= 0 AND $4::BIGINT >= 0`
}

// multiplied are the sums that grow as many times as there are payments.
var multiplied = []string{
	`UPDATE ledger_account SET debits_minor = debits_minor * $1, credits_minor = credits_minor * $1`,
	`UPDATE participant_position SET posted_minor = posted_minor * $1`,
	`UPDATE window_net SET debits_minor = debits_minor * $1, credits_minor = credits_minor * $1, entries = entries * $1`,
	`UPDATE window_volume SET payments = payments * $1, paid_minor = paid_minor * $1`,
	`UPDATE fx_position SET amount_minor = amount_minor * $1, cost_minor = cost_minor * $1,
		unrealised_minor = unrealised_minor * $1, realised_minor = realised_minor * $1,
		income_minor = income_minor * $1, income_worth_minor = income_worth_minor * $1`,
	`UPDATE ledger_chain SET number = number * $1`,
}

// Filling: how many payments one transaction copies, and over what time the copies
// are spread, less than events are kept.
const (
	fillAtOnce = 2000
	fillSpread = 5 * 24 * time.Hour
)

// fill copies the payments that are there until there are so many. What they sum up
// to grows with them, so that the books hold; what is only text stays as it is: the
// messages and details of a copy name the ids of the payment it was copied from, and
// the hashes of the ledger's chain are those of the first entries.
func fill(ctx context.Context, pool *db.Pool, payments int, log func(string)) error {
	var there, links int64
	err := pool.QueryRow(ctx, `
SELECT (SELECT count(*) FROM payment), (SELECT count(*) FROM ledger_link)`).Scan(&there, &links)
	if err != nil {
		return fmt.Errorf("bench: fill: %w", err)
	}
	if there == 0 {
		return errors.New("bench: fill: there is no payment to copy")
	}
	copies := max(0, (int64(payments)-there)/there)
	if copies == 0 {
		return nil
	}
	older := fillSpread.Microseconds() / copies
	log(fmt.Sprintf("copying %d payments %d times", there, copies))
	sources, drop, err := keepSources(ctx, pool, copyables(), func(string) string { return "true" })
	if err != nil {
		return err
	}
	step := max(1, fillAtOnce/there)
	for first := int64(1); first <= copies; first += step {
		last := min(copies, first+step-1)
		err := pool.InTx(ctx, func(ctx context.Context, tx db.Tx) error {
			for i, c := range copyables() {
				if _, err := tx.Exec(ctx, c.statement(sources[i]), first, last, older, links); err != nil {
					return fmt.Errorf("bench: fill %s: %w", c.table, err)
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return errors.Join(multiply(ctx, pool, copies+1), drop(ctx))
}

// keepSources puts the rows that are copied aside, so that copies are not copied: those
// of each table that where chooses.
func keepSources(
	ctx context.Context, pool *db.Pool, tables []copyable, where func(table string) string,
) (sources []string, drop func(context.Context) error, err error) {
	each := func(ctx context.Context, statement func(c copyable) string) error {
		return pool.InTx(ctx, func(ctx context.Context, tx db.Tx) error {
			for _, c := range tables {
				if _, err := tx.Exec(ctx, statement(c)); err != nil {
					return fmt.Errorf("bench: fill %s: %w", c.table, err)
				}
			}
			return nil
		})
	}
	for _, c := range tables {
		sources = append(sources, "source_"+c.table)
	}
	drop = func(ctx context.Context) error {
		return each(ctx, func(c copyable) string { return `DROP TABLE source_` + c.table })
	}
	return sources, drop, each(ctx, func(c copyable) string {
		return `CREATE TABLE source_` + c.table + ` AS SELECT t FROM ` + c.table + ` t WHERE ` + where(c.table)
	})
}

func multiply(ctx context.Context, pool *db.Pool, times int64) error {
	return pool.InTx(ctx, func(ctx context.Context, tx db.Tx) error {
		for _, statement := range multiplied {
			if _, err := tx.Exec(ctx, statement, times); err != nil {
				return fmt.Errorf("bench: fill: %w", err)
			}
		}
		return nil
	})
}
