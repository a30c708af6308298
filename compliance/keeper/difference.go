package keeper

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/causeway-pay/causeway/compliance/lists"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/reason"
)

// Limits of what is kept of a change for people to read: nobody decides by more than some
// hundred entries, and what they say together fits one row. Who needs all has the files.
const (
	differencesMost = 500
	differencesSize = 512 << 10
)

// Changes is what a version changed, as against the one that was in force.
type Changes struct {
	List, Version           string
	Added, Changed, Removed int64
	// Differences are the first entries of each fate, fewer where there was no room for more.
	Differences []lists.Difference
}

// described packs the differences of a change, half as many until they have room.
func described(change lists.Change, before, after lists.List) ([]byte, error) {
	for most := differencesMost; ; most /= 2 {
		body, err := json.Marshal(change.Differences(before, after, most))
		if err != nil {
			return nil, fmt.Errorf("keeper: differences: %w", err)
		}
		if len(body) <= differencesSize {
			return pack(body)
		}
	}
}

// What was refused comes first: once it is in force it is there no more.
const selectDifferences = `
SELECT added, changed, removed, differences FROM (
	SELECT 0 AS place, added, changed, removed, differences FROM list_refused WHERE list = $1 AND version = $2
	UNION ALL
	SELECT 1, added, changed, removed, differences FROM list_version WHERE list = $1 AND version = $2) found
ORDER BY place LIMIT 1`

// ChangesOf returns what a version of a list changed, whether it is on record or was
// refused. The error of one that is neither is of kind [reason.Missing].
func ChangesOf(ctx context.Context, reader db.Reader, list, version string) (Changes, error) {
	c := Changes{List: list, Version: version}
	var packed []byte
	err := reader.QueryRow(ctx, selectDifferences, list, version).Scan(&c.Added, &c.Changed, &c.Removed, &packed)
	if db.NoRows(err) {
		return c, reason.New(reason.Missing, "keeper.ChangesOf", "")
	}
	if err != nil {
		return c, fmt.Errorf("keeper: differences: %w", err)
	}
	if len(packed) == 0 {
		return c, nil // stored by a program that did not keep them
	}
	body, err := unpack(packed)
	if err != nil {
		return c, fmt.Errorf("keeper: differences: %w", err)
	}
	if err := json.Unmarshal(body, &c.Differences); err != nil {
		return c, fmt.Errorf("keeper: differences: %w", err)
	}
	return c, nil
}
