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

const selectStillOpen = `SELECT window_id FROM settlement_window WHERE window_id = $1 AND state = 'OPEN'`

// HopeOpen has a hopeful transaction go by it that a window is open.
func HopeOpen(tx db.Tx, id ids.ID) { tx.Hope("window: open", 1, selectStillOpen, id) }

// Start opens the first window of a region; a region that has one is left as it
// is. The id is derived, so that two hubs that start together open the same.
func Start(ctx context.Context, tx db.Tx, region string, at time.Time) error {
	id := windowID(region, 1)
	// Whoever has looked for the row and meets it in the primary key all the same, since
	// another hub was quicker, is told to try again, and not that the key is taken.
	var there int64
	if err := tx.QueryRow(ctx, countWindow, id).Scan(&there); err != nil || there > 0 {
		return err
	}
	if _, err := tx.Exec(ctx, insertWindow, id, region, int64(1), at); err != nil {
		return fmt.Errorf("window: start: %w", err)
	}
	return nil
}

const countWindow = `SELECT count(*) FROM settlement_window WHERE window_id = $1`

func windowID(region string, number int64) ids.ID {
	return ids.Derive(ids.Nil, "window."+region, number)
}

const advance = `
UPDATE settlement_window SET state = $3, changed_at = $4
WHERE window_id = $1 AND state = $2`

const windowColumns = `window_id, region, number, state, opened_at, closed_at, changed_at`

const (
	selectWindow  = `SELECT ` + windowColumns + ` FROM settlement_window WHERE window_id = $1`
	selectWindows = `SELECT ` + windowColumns + ` FROM settlement_window WHERE region = $1
		ORDER BY number DESC LIMIT $2`
	selectInState = `SELECT ` + windowColumns + ` FROM settlement_window WHERE region = $1 AND state = $2
		ORDER BY number LIMIT $3`
)

const endOpen = `
UPDATE settlement_window SET state = 'CLOSING', closed_at = $2, changed_at = $2
WHERE window_id = $1 AND state = 'OPEN'`

// Close ends the region's open window, which is closing from then on, and opens
// the next one. Whatever was committed before belongs to the first and whatever
// comes later to the second.
func Close(ctx context.Context, tx db.Tx, region string, at time.Time) (Window, error) {
	id, err := Current(ctx, tx, region)
	if err != nil {
		return Window{}, err
	}
	if ended, err := tx.Exec(ctx, endOpen, id, at); err != nil || ended != 1 {
		return Window{}, fmt.Errorf("window: close %s: %w", id, cmp.Or(err, ErrState))
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

// Advance moves a window from one state to one that may follow, once.
func Advance(ctx context.Context, tx db.Tx, id ids.ID, from, to State, at time.Time) error {
	if !slices.Contains(following(from), to) {
		return fmt.Errorf("%w: %s does not follow %s", ErrState, to, from)
	}
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

// InState returns the windows of a region in a state, oldest first.
func InState(ctx context.Context, reader db.Reader, region string, state State, limit int) ([]Window, error) {
	rows, err := reader.Query(ctx, selectInState, region, state, limit)
	if err != nil {
		return nil, fmt.Errorf("window: in state: %w", err)
	}
	return pgx.CollectRows(rows, scanWindow)
}

func scanWindow(row pgx.CollectableRow) (Window, error) {
	var w Window
	var closed *time.Time
	err := row.Scan(&w.ID, &w.Region, &w.Number, &w.State, &w.OpenedAt, &closed, &w.ChangedAt)
	w.OpenedAt, w.ChangedAt = w.OpenedAt.UTC(), w.ChangedAt.UTC()
	if closed != nil {
		w.ClosedAt = closed.UTC()
	}
	return w, err
}
