package bench

import (
	"context"
	"fmt"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
)

// postedTables are the tables that closing and reports read of each payment.
func postedTables() []copyable {
	var list []copyable
	for _, c := range copyables() {
		if c.table == "payment" || c.table == "ledger_entry" {
			list = append(list, c)
		}
	}
	return list
}

// postedSums are what the payments of a window come to, so many times over: positions
// by what the window's payments were, then its own figures.
var postedSums = []string{
	`UPDATE participant_position SET posted_minor = posted_minor + (n.debits_minor - n.credits_minor) * $2::BIGINT
		FROM window_net n WHERE n.window_id = $1::UUID AND n.participant_id = participant_position.participant_id
			AND n.currency = participant_position.currency`,
	`UPDATE window_volume SET payments = payments * ($2::BIGINT + 1), paid_minor = paid_minor * ($2::BIGINT + 1)
		WHERE window_id = $1::UUID`,
	`UPDATE window_net SET debits_minor = debits_minor * ($2::BIGINT + 1), credits_minor = credits_minor * ($2::BIGINT + 1),
		entries = entries * ($2::BIGINT + 1) WHERE window_id = $1::UUID`,
}

// windowSpread is how many microseconds a copy is older than the one before it.
const windowSpread = 50

// fillWindow copies the payments of an open window so many times. Balances of accounts,
// messages, quotes and the chain stay those of the first payments: neither a close nor a
// report reads them.
func fillWindow(ctx context.Context, pool *db.Pool, windowID ids.ID, copies int64) error {
	tables := postedTables()
	sources, drop, err := keepSources(ctx, pool, tables, `window_id = '`+windowID.String()+`'`)
	if err != nil {
		return err
	}
	const step = fillAtOnce / closeSeeds
	for first := int64(1); first <= copies; first += step {
		err := pool.InTx(ctx, func(ctx context.Context, tx db.Tx) error {
			for i, c := range tables {
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
	if err := drop(ctx); err != nil {
		return err
	}
	return pool.InTx(ctx, func(ctx context.Context, tx db.Tx) error {
		for _, statement := range postedSums {
			if _, err := tx.Exec(ctx, statement, windowID, copies); err != nil {
				return fmt.Errorf("bench: fill: %w", err)
			}
		}
		return nil
	})
}
