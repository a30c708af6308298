package bench

import (
	"context"
	"fmt"
	"slices"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
)

// windowFill is how the payments of an open window become more.
type windowFill struct {
	tables []copyable
	// sums are statements for what the payments come to, so many times over, with the
	// window and the number of copies.
	sums []string
}

// wholeFill copies everything of each payment, so that all checks hold.
func wholeFill() windowFill { return windowFill{copyables(), slices.Concat(bookSums, windowSums)} }

// leanFill copies of each payment what closing and reports read: the payment and its
// entries. Balances of accounts, messages, quotes and the chain stay those of the first
// payments, which takes a third of the disk.
func leanFill() windowFill {
	others := func(c copyable) bool { return c.table != "payment" && c.table != "ledger_entry" }
	return windowFill{slices.DeleteFunc(copyables(), others), windowSums}
}

// bookSums are what the rows that are copied come to in the balances of accounts and in
// the book.
var bookSums = []string{
	`UPDATE ledger_account SET debits_minor = debits_minor + e.total * $2::BIGINT
		FROM (SELECT (t).debit_account AS account, sum((t).amount_minor)::BIGINT AS total FROM source_ledger_entry
			WHERE (t).window_id = $1::UUID GROUP BY 1) e
		WHERE e.account = ledger_account.account_id`,
	`UPDATE ledger_account SET credits_minor = credits_minor + e.total * $2::BIGINT
		FROM (SELECT (t).credit_account AS account, sum((t).amount_minor)::BIGINT AS total FROM source_ledger_entry
			WHERE (t).window_id = $1::UUID GROUP BY 1) e
		WHERE e.account = ledger_account.account_id`,
	`UPDATE fx_position SET amount_minor = amount_minor + f.amount * $2::BIGINT, cost_minor = cost_minor + f.cost * $2::BIGINT,
		income_minor = income_minor + f.income * $2::BIGINT, income_worth_minor = income_worth_minor + f.worth * $2::BIGINT
		FROM (SELECT (t).corridor, (t).partner_id, (t).currency, (t).value_date, sum((t).amount_minor)::BIGINT AS amount,
				sum((t).cost_minor)::BIGINT AS cost, sum((t).income_minor)::BIGINT AS income,
				sum((t).income_worth_minor)::BIGINT AS worth
			FROM source_fx_flow WHERE $1::UUID IS NOT NULL GROUP BY 1, 2, 3, 4) f
		WHERE f.corridor = fx_position.corridor AND f.partner_id = fx_position.partner_id
			AND f.currency = fx_position.currency AND f.value_date = fx_position.value_date`,
}

// windowSums are what the payments of a window come to: in positions, by what they were,
// then in the window's own figures.
var windowSums = []string{
	`UPDATE participant_position SET posted_minor = posted_minor + (n.debits_minor - n.credits_minor) * $2::BIGINT
		FROM window_net n WHERE n.window_id = $1::UUID AND n.participant_id = participant_position.participant_id
			AND n.currency = participant_position.currency`,
	`UPDATE window_volume SET payments = payments * ($2::BIGINT + 1), paid_minor = paid_minor * ($2::BIGINT + 1)
		WHERE window_id = $1::UUID`,
	`UPDATE window_net SET debits_minor = debits_minor * ($2::BIGINT + 1), credits_minor = credits_minor * ($2::BIGINT + 1),
		entries = entries * ($2::BIGINT + 1) WHERE window_id = $1::UUID`,
}

// ofWindow is which rows of a table belong to the payments of a window.
func ofWindow(table string, windowID ids.ID) string {
	window := `window_id = '` + windowID.String() + `'`
	payments := ` IN (SELECT payment_id FROM payment WHERE ` + window + `)`
	switch table {
	case "payment", "ledger_entry":
		return window
	case "ledger_link", "ledger_unsealed":
		return `entry_id IN (SELECT entry_id FROM ledger_entry WHERE ` + window + `)`
	case "request_claim", "payment_history":
		return `subject_id` + payments
	case "outbox":
		return `aggregate` + payments
	case "inbox":
		return `event_id IN (SELECT id FROM outbox WHERE aggregate` + payments + `)`
	default:
		return `payment_id` + payments
	}
}

// windowSpread is how many microseconds a copy is older than the one before it.
const windowSpread = 50

// copy copies the payments of an open window so many times.
func (f windowFill) copy(ctx context.Context, pool *db.Pool, windowID ids.ID, copies int64) error {
	of := func(table string) string { return ofWindow(table, windowID) }
	sources, drop, err := keepSources(ctx, pool, f.tables, of)
	if err != nil {
		return err
	}
	const step = fillAtOnce / closeSeeds
	for first := int64(1); first <= copies; first += step {
		err := pool.InTx(ctx, func(ctx context.Context, tx db.Tx) error {
			for i, c := range f.tables {
				_, err := tx.Exec(ctx, c.statement(sources[i]), first, min(copies, first+step-1), int64(windowSpread), int64(0))
				if err != nil {
					return fmt.Errorf("bench: fill %s: %w", c.table, err)
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	if err := f.sum(ctx, pool, windowID, copies); err != nil {
		return err
	}
	return drop(ctx)
}

func (f windowFill) sum(ctx context.Context, pool *db.Pool, windowID ids.ID, copies int64) error {
	return pool.InTx(ctx, func(ctx context.Context, tx db.Tx) error {
		for _, statement := range f.sums {
			if _, err := tx.Exec(ctx, statement, windowID, copies); err != nil {
				return fmt.Errorf("bench: fill: %w", err)
			}
		}
		return nil
	})
}
