package window

import (
	"cmp"
	"context"
	"embed"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/money"
)

//go:embed migrations/*.sql
var files embed.FS

// Migrations returns the steps that make this package's tables.
func Migrations() ([]db.Migration, error) { return db.LoadMigrations("window", files) }

const selectOpen = `
SELECT window_id FROM settlement_window WHERE region = $1 AND state = 'OPEN'`

const insertWindow = `
INSERT INTO settlement_window (window_id, region, number, state, opened_at, changed_at)
VALUES ($1, $2, $3, 'OPEN', $4, $4)
ON CONFLICT (region, number) DO NOTHING`

// Current returns the region's open window.
func Current(ctx context.Context, reader db.Reader, region string) (ids.ID, error) {
	var id ids.ID
	if err := reader.QueryRow(ctx, selectOpen, region).Scan(&id); err != nil {
		return ids.Nil, fmt.Errorf("window: current of %s: %w", region, err)
	}
	return id, nil
}

// Start opens the first window of a region; a region that has one is left as it
// is. The id is derived, so that two hubs that start together open the same.
func Start(ctx context.Context, tx db.Tx, region string, at time.Time) error {
	_, err := tx.Exec(ctx, insertWindow, windowID(region, 1), region, int64(1), at)
	if err != nil {
		return fmt.Errorf("window: start: %w", err)
	}
	return nil
}

func windowID(region string, number int64) ids.ID {
	return ids.Derive(ids.Nil, "window."+region, number)
}

const addNets = `
INSERT INTO window_net (window_id, participant_id, currency, debits_minor, credits_minor, entries)
SELECT $1::UUID, unnest($2::TEXT[]), unnest($3::TEXT[]), unnest($4::BIGINT[]), unnest($5::BIGINT[]), unnest($6::BIGINT[])
ON CONFLICT (window_id, participant_id, currency) DO UPDATE
SET debits_minor = window_net.debits_minor + excluded.debits_minor,
	credits_minor = window_net.credits_minor + excluded.credits_minor,
	entries = window_net.entries + excluded.entries`

// Add adds movements to the figures of a window, one row per owner and
// currency, in sorted order.
func Add(ctx context.Context, tx db.Tx, window ids.ID, movements []Movement) error {
	nets := sum(movements)
	var owners, currencies []string
	var debits, credits, entries []int64
	for _, net := range nets {
		owners, currencies = append(owners, net.Owner), append(currencies, string(net.Currency))
		debits, credits = append(debits, net.Debits.Minor), append(credits, net.Credits.Minor)
		entries = append(entries, net.Entries)
	}
	if _, err := tx.Exec(ctx, addNets, window, owners, currencies, debits, credits, entries); err != nil {
		return fmt.Errorf("window: add: %w", err)
	}
	return nil
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

const advance = `
UPDATE settlement_window SET state = $3, changed_at = $4
WHERE window_id = $1 AND state = $2`

const selectWindow = `
SELECT window_id, region, number, state, opened_at, changed_at
FROM settlement_window WHERE window_id = $1`

const selectWindows = `
SELECT window_id, region, number, state, opened_at, changed_at
FROM settlement_window WHERE region = $1 ORDER BY number DESC LIMIT $2`

// Close ends the region's open window and opens the next one.
func Close(ctx context.Context, tx db.Tx, region string, at time.Time) (Window, error) {
	id, err := Current(ctx, tx, region)
	if err != nil {
		return Window{}, err
	}
	if err := Advance(ctx, tx, id, Open, Closed, at); err != nil {
		return Window{}, err
	}
	closed, err := Get(ctx, tx, id)
	if err != nil {
		return Window{}, err
	}
	next := closed.Number + 1
	if _, err := tx.Exec(ctx, insertWindow, windowID(region, next), region, next, at); err != nil {
		return Window{}, fmt.Errorf("window: open next: %w", err)
	}
	return closed, nil
}

// Advance moves a window from one state to the next, once.
func Advance(ctx context.Context, tx db.Tx, id ids.ID, from, to State, at time.Time) error {
	changed, err := tx.Exec(ctx, advance, id, from, to, at)
	if err != nil {
		return fmt.Errorf("window: advance: %w", err)
	}
	if changed == 0 {
		return fmt.Errorf("%w: %s is not %s", ErrState, id, from)
	}
	return nil
}

// Get returns one window.
func Get(ctx context.Context, reader db.Reader, id ids.ID) (Window, error) {
	rows, err := reader.Query(ctx, selectWindow, id)
	if err != nil {
		return Window{}, fmt.Errorf("window: get: %w", err)
	}
	return pgx.CollectExactlyOneRow(rows, scanWindow)
}

// Recent returns the newest windows of a region, newest first.
func Recent(ctx context.Context, reader db.Reader, region string, limit int) ([]Window, error) {
	rows, err := reader.Query(ctx, selectWindows, region, limit)
	if err != nil {
		return nil, fmt.Errorf("window: recent: %w", err)
	}
	return pgx.CollectRows(rows, scanWindow)
}

func scanWindow(row pgx.CollectableRow) (Window, error) {
	var w Window
	err := row.Scan(&w.ID, &w.Region, &w.Number, &w.State, &w.OpenedAt, &w.ChangedAt)
	w.OpenedAt, w.ChangedAt = w.OpenedAt.UTC(), w.ChangedAt.UTC()
	return w, err
}

const selectNets = `
SELECT participant_id, currency, debits_minor, credits_minor, entries
FROM window_net WHERE window_id = $1 ORDER BY participant_id, currency`

// Nets returns the figures of a window in the order of owner and currency. They
// are final once the window is closed.
func Nets(ctx context.Context, reader db.Reader, id ids.ID) ([]Net, error) {
	rows, err := reader.Query(ctx, selectNets, id)
	if err != nil {
		return nil, fmt.Errorf("window: nets: %w", err)
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (Net, error) {
		n := Net{WindowID: id}
		err := row.Scan(&n.Owner, &n.Currency, &n.Debits.Minor, &n.Credits.Minor, &n.Entries)
		n.Debits.Currency, n.Credits.Currency = n.Currency, n.Currency
		return n, err
	})
}

const selectCarried = `
SELECT n.participant_id, n.currency, sum(n.debits_minor)::BIGINT, sum(n.credits_minor)::BIGINT, sum(n.entries)::BIGINT
FROM window_net n JOIN settlement_window w ON w.window_id = n.window_id
WHERE w.region = $1 AND w.number < $2
GROUP BY n.participant_id, n.currency ORDER BY n.participant_id, n.currency`

// Carried returns what every owner brings into a window: the figures of all
// windows of the region before it, as one, in the order of owner and currency.
func Carried(ctx context.Context, reader db.Reader, w Window) ([]Net, error) {
	rows, err := reader.Query(ctx, selectCarried, w.Region, w.Number)
	if err != nil {
		return nil, fmt.Errorf("window: carried: %w", err)
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (Net, error) {
		n := Net{WindowID: w.ID}
		err := row.Scan(&n.Owner, &n.Currency, &n.Debits.Minor, &n.Credits.Minor, &n.Entries)
		n.Debits.Currency, n.Credits.Currency = n.Currency, n.Currency
		return n, err
	})
}
