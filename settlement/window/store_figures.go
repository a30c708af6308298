package window

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/money"
)

const addNets = `
INSERT INTO window_net (window_id, participant_id, currency, debits_minor, credits_minor, entries)
SELECT $1::UUID, unnest($2::TEXT[]), unnest($3::TEXT[]), unnest($4::BIGINT[]), unnest($5::BIGINT[]), unnest($6::BIGINT[])
ON CONFLICT (window_id, participant_id, currency) DO UPDATE
SET debits_minor = window_net.debits_minor + excluded.debits_minor,
	credits_minor = window_net.credits_minor + excluded.credits_minor,
	entries = window_net.entries + excluded.entries`

const addSettled = `
INSERT INTO window_settled (window_id, participant_id, currency, debits_minor, credits_minor, entries)
SELECT $1::UUID, unnest($2::TEXT[]), unnest($3::TEXT[]), unnest($4::BIGINT[]), unnest($5::BIGINT[]), unnest($6::BIGINT[])
ON CONFLICT (window_id, participant_id, currency) DO UPDATE
SET debits_minor = window_settled.debits_minor + excluded.debits_minor,
	credits_minor = window_settled.credits_minor + excluded.credits_minor,
	entries = window_settled.entries + excluded.entries`

const addGross = `
INSERT INTO window_gross (window_id, participant_id, currency, debits_minor, credits_minor, entries)
SELECT $1::UUID, unnest($2::TEXT[]), unnest($3::TEXT[]), unnest($4::BIGINT[]), unnest($5::BIGINT[]), unnest($6::BIGINT[])
ON CONFLICT (window_id, participant_id, currency) DO UPDATE
SET debits_minor = window_gross.debits_minor + excluded.debits_minor,
	credits_minor = window_gross.credits_minor + excluded.credits_minor,
	entries = window_gross.entries + excluded.entries`

// Add adds movements to the figures of a window that are netted, one row per
// owner and currency, in sorted order.
func Add(_ context.Context, tx db.Tx, window ids.ID, movements []Movement) error {
	add(tx, addNets, window, movements)
	return nil
}

// AddSettled adds movements of settlement to a window, where they change what is
// owed and are not netted.
func AddSettled(_ context.Context, tx db.Tx, window ids.ID, movements []Movement) error {
	add(tx, addSettled, window, movements)
	return nil
}

// AddGross adds movements of payments that are settled by themselves to a window in
// which they were posted.
func AddGross(_ context.Context, tx db.Tx, window ids.ID, movements []Movement) error {
	add(tx, addGross, window, movements)
	return nil
}

func add(tx db.Tx, statement string, window ids.ID, movements []Movement) {
	if len(movements) == 0 {
		return
	}
	c := columnsOf(sum(movements))
	tx.Later(db.Written("window: add"), statement, window, c.owners, c.currencies, c.debits, c.credits, c.entries)
}

// columns hold nets column by column, as unnest takes them.
type columns struct {
	owners, currencies       []string
	debits, credits, entries []int64
}

func columnsOf(nets []Net) columns {
	return columns{
		owners:     db.Column(nets, func(n Net) string { return n.Owner }),
		currencies: db.Column(nets, func(n Net) string { return string(n.Currency) }),
		debits:     db.Column(nets, func(n Net) int64 { return n.Debits.Minor }),
		credits:    db.Column(nets, func(n Net) int64 { return n.Credits.Minor }),
		entries:    db.Column(nets, func(n Net) int64 { return n.Entries }),
	}
}

func sum(movements []Movement) []Net {
	type key struct {
		owner    string
		currency money.Currency
	}
	sums := map[key]*Net{}
	add := func(owner string, amount money.Amount) *Net {
		k := key{owner, amount.Currency}
		if sums[k] == nil {
			sums[k] = &Net{
				Owner: owner, Currency: amount.Currency,
				Debits: money.New(0, amount.Currency), Credits: money.New(0, amount.Currency),
			}
		}
		sums[k].Entries++
		return sums[k]
	}
	for _, m := range movements {
		if m.Debit.Minor != 0 {
			add(m.Owner, m.Debit).Debits.Minor += m.Debit.Minor
		}
		if m.Credit.Minor != 0 {
			add(m.Owner, m.Credit).Credits.Minor += m.Credit.Minor
		}
	}
	nets := make([]Net, 0, len(sums))
	for _, net := range sums {
		nets = append(nets, *net)
	}
	slices.SortFunc(nets, func(a, b Net) int {
		return cmp.Or(cmp.Compare(a.Owner, b.Owner), cmp.Compare(a.Currency, b.Currency))
	})
	return nets
}

const selectNets = `
SELECT participant_id, currency, debits_minor, credits_minor, entries
FROM window_net WHERE window_id = $1 ORDER BY participant_id, currency`

// Nets returns the figures of a window in the order of owner and currency. They
// are final once the window is closed.
func Nets(ctx context.Context, reader db.Reader, id ids.ID) ([]Net, error) {
	return figures(ctx, reader, id, selectNets, id)
}

const selectSettled = `
SELECT participant_id, currency, debits_minor, credits_minor, entries
FROM window_settled WHERE window_id = $1 ORDER BY participant_id, currency`

// SettledIn returns what was settled while a window was open, in the order of
// owner and currency.
func SettledIn(ctx context.Context, reader db.Reader, id ids.ID) ([]Net, error) {
	return figures(ctx, reader, id, selectSettled, id)
}

const selectGross = `
SELECT participant_id, currency, debits_minor, credits_minor, entries
FROM window_gross WHERE window_id = $1 ORDER BY participant_id, currency`

// GrossIn returns what was settled payment by payment of a window's payments, in the
// order of owner and currency.
func GrossIn(ctx context.Context, reader db.Reader, id ids.ID) ([]Net, error) {
	return figures(ctx, reader, id, selectGross, id)
}

func figures(ctx context.Context, reader db.Reader, id ids.ID, sql string, arguments ...any) ([]Net, error) {
	rows, err := reader.Query(ctx, sql, arguments...)
	if err != nil {
		return nil, fmt.Errorf("window: figures: %w", err)
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (Net, error) {
		n := Net{WindowID: id}
		err := row.Scan(&n.Owner, &n.Currency, &n.Debits.Minor, &n.Credits.Minor, &n.Entries)
		n.Debits.Currency, n.Credits.Currency = n.Currency, n.Currency
		return n, err
	})
}
