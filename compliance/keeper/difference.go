package keeper

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/causeway-pay/causeway/compliance/lists"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/reason"
)

// differencesSize bounds what is kept of a change for people to read, as JSON. Of the largest
// list, the SDN, 15,000 entries that are new have 1.4 MiB, and 2.4 MiB if each has another
// programme or no birth any more, 0.4 MiB packed: all of it is kept, also on the day on which
// an authority rewrites its list, and still fits a row.
const differencesSize = 4 << 20

// Changes is what a version changed, as against the one that was in force.
type Changes struct {
	List, Version string
	// Previous is the version that was in force; "" if there was none, or if an earlier
	// program stored the changes.
	Previous                string
	Added, Changed, Removed int64
	// Differences are the entries, fewer than the counts say where there was no room for more.
	Differences []lists.Difference
}

// described packs the differences of a change that have room.
func described(change lists.Change, before, after lists.List) ([]byte, error) {
	room := differencesSize
	body, err := json.Marshal(change.Differences(before, after, func(d lists.Difference) bool {
		one, err := json.Marshal(d)
		if err != nil || len(one) >= room {
			return false
		}
		room -= len(one) + len(",")
		return true
	}))
	if err != nil {
		return nil, fmt.Errorf("keeper: differences: %w", err)
	}
	return pack(body)
}

// What was refused comes first: once it is in force it is there no more.
const selectDifferences = `
SELECT previous, added, changed, removed, differences FROM (
	SELECT 0 AS place, previous, added, changed, removed, differences FROM list_refused
	WHERE list = $1 AND version = $2
	UNION ALL
	SELECT 1, previous, added, changed, removed, differences FROM list_version
	WHERE list = $1 AND version = $2) found
ORDER BY place LIMIT 1`

// ChangesOf returns what a version of a list changed, whether it is on record or was
// refused. The error of one that is neither is of kind [reason.Missing].
func ChangesOf(ctx context.Context, reader db.Reader, list, version string) (Changes, error) {
	c := Changes{List: list, Version: version}
	var packed []byte
	err := reader.QueryRow(ctx, selectDifferences, list, version).Scan(&c.Previous, &c.Added, &c.Changed, &c.Removed, &packed)
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
