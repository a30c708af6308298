package keeper

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/causeway-pay/causeway/internal/db"
)

// Refused is the version of a list that the guard refused last.
type Refused struct {
	List, Version string
	// SeenAt is when it was fetched last.
	SeenAt time.Time
	// Entries is how many it has; the others are how it differs from the version in force.
	Entries, Added, Changed, Removed int64
	// Problem is what the guard has against it, such as "OWN lost 200 of 300 entries".
	Problem string
	// Accepted says that two people have accepted it and a hub is about to fetch it again.
	Accepted bool
}

const upsertRefusedList = `
INSERT INTO list_refused (list, version, seen_at, entries, added, changed, removed, problem, differences, previous)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
ON CONFLICT (list) DO UPDATE SET
	accepted_at = CASE WHEN list_refused.version = excluded.version THEN list_refused.accepted_at END,
	version = excluded.version, seen_at = excluded.seen_at, entries = excluded.entries, added = excluded.added,
	changed = excluded.changed, removed = excluded.removed, problem = excluded.problem,
	differences = excluded.differences, previous = excluded.previous
RETURNING accepted_at IS NOT NULL`

// upsertRefused stores what was refused in place of what was before, and reports whether
// this very version was accepted; previous is the version in force, which it differs from.
func upsertRefused(ctx context.Context, tx db.Tx, r Refused, previous string, differences []byte) (accepted bool, err error) {
	err = tx.QueryRow(ctx, upsertRefusedList, r.List, r.Version, r.SeenAt, r.Entries, r.Added, r.Changed, r.Removed,
		r.Problem, differences, previous).Scan(&accepted)
	if err != nil {
		return false, fmt.Errorf("keeper: insert refused: %w", err)
	}
	return accepted, nil
}

const deleteRefused = `DELETE FROM list_refused WHERE list = $1`

// acceptedFor is for how long a version stays accepted that is not fetched. Meanwhile hubs
// whose file or server is behind may confirm the one before.
const acceptedFor = 24 * time.Hour

const deleteUnaccepted = `
DELETE FROM list_refused WHERE list = $1 AND (accepted_at IS NULL OR accepted_at <= $2)`

const updateRefused = `UPDATE list_refused SET accepted_at = $3 WHERE list = $1 AND version = $2 AND accepted_at IS NULL`

const makeDue = `UPDATE list_active SET next_at = $2 WHERE list = $1`

// acceptRefused marks a version as accepted, if it was not, and makes its list due.
func acceptRefused(ctx context.Context, tx db.Tx, list, version string, at time.Time) (bool, error) {
	changed, err := tx.Exec(ctx, updateRefused, list, version, at)
	if err != nil || changed == 0 {
		return false, err
	}
	_, err = tx.Exec(ctx, makeDue, list, at)
	return err == nil, err
}

const selectRefused = `
SELECT list, version, seen_at, entries, added, changed, removed, problem, accepted_at IS NOT NULL
FROM list_refused ORDER BY list`

// RefusedLists returns what the guard refused and nothing has replaced since, by list.
func RefusedLists(ctx context.Context, reader db.Reader) ([]Refused, error) {
	rows, err := reader.Query(ctx, selectRefused)
	if err != nil {
		return nil, fmt.Errorf("keeper: refused: %w", err)
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (Refused, error) {
		var r Refused
		err := row.Scan(&r.List, &r.Version, &r.SeenAt, &r.Entries, &r.Added, &r.Changed, &r.Removed, &r.Problem, &r.Accepted)
		r.SeenAt = r.SeenAt.UTC()
		return r, err
	})
}

const deleteActiveList = `DELETE FROM list_active WHERE list = $1`

// deleteActive takes a list out of force; its versions stay on record.
func deleteActive(ctx context.Context, tx db.Tx, list string) error {
	for _, statement := range []string{deleteActiveList, deleteRefused} {
		if _, err := tx.Exec(ctx, statement, list); err != nil {
			return fmt.Errorf("keeper: retire: %w", err)
		}
	}
	return nil
}
