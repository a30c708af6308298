package policy

import (
	"context"
	"embed"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/causeway-pay/causeway/internal/db"
)

//go:embed migrations/*.sql
var files embed.FS

// Migrations returns the steps that make this package's tables.
func Migrations() ([]db.Migration, error) { return db.LoadMigrations("policy", files) }

// State is what a version is for.
type State string

// The states.
const (
	// Shadow: it runs beside the one in force and decides nothing.
	Shadow State = "SHADOW"
	// Live: it is in force. There is one at most.
	Live State = "LIVE"
	// Retired: it was in force, or was given up.
	Retired State = "RETIRED"
)

// Version is a policy on record.
type Version struct {
	Version  int64
	State    State
	Document []byte
	// Since is when it got its state.
	Since time.Time
}

const insertVersion = `
INSERT INTO compliance_policy (version, state, document, since)
SELECT coalesce(max(version), 0) + 1, $1, $2, $3 FROM compliance_policy
RETURNING version`

const retire = `UPDATE compliance_policy SET state = 'RETIRED', since = $2 WHERE state = $1`

// Add puts a document on record as the shadow, or as the one in force, in place of
// the one that was. It must have been checked.
func Add(ctx context.Context, tx db.Tx, d Document, state State, at time.Time) (version int64, err error) {
	canonical, err := d.Canonical()
	if err != nil {
		return 0, err
	}
	if _, err := tx.Exec(ctx, retire, state, at); err != nil {
		return 0, fmt.Errorf("policy: add: %w", err)
	}
	if err := tx.QueryRow(ctx, insertVersion, state, canonical, at).Scan(&version); err != nil {
		return 0, fmt.Errorf("policy: add: %w", err)
	}
	return version, nil
}

const promote = `UPDATE compliance_policy SET state = 'LIVE', since = $2 WHERE version = $1 AND state = 'SHADOW'`

const retireOthers = `UPDATE compliance_policy SET state = 'RETIRED', since = $2 WHERE state = 'LIVE' AND version <> $1`

// Promote puts the shadow of that version in force. It reports false, and changes
// nothing, if that is not the shadow.
func Promote(ctx context.Context, tx db.Tx, version int64, at time.Time) (bool, error) {
	changed, err := tx.Exec(ctx, promote, version, at)
	if err == nil && changed == 1 {
		_, err = tx.Exec(ctx, retireOthers, version, at)
	}
	if err != nil {
		return false, fmt.Errorf("policy: promote: %w", err)
	}
	return changed == 1, nil
}

// Drop gives the shadow up.
func Drop(ctx context.Context, tx db.Tx, at time.Time) error {
	if _, err := tx.Exec(ctx, retire, Shadow, at); err != nil {
		return fmt.Errorf("policy: drop: %w", err)
	}
	return nil
}

const selectVersions = `
SELECT version, state, document, since FROM compliance_policy ORDER BY version DESC LIMIT $1`

// Versions returns the newest versions on record, newest first.
func Versions(ctx context.Context, reader db.Reader, limit int) ([]Version, error) {
	return versions(ctx, reader, selectVersions, limit)
}

const selectPresent = `
SELECT version, state, document, since FROM compliance_policy WHERE state IN ('LIVE', 'SHADOW') ORDER BY state`

// Load returns the policy in force, [Standard] if none was ever approved, and the
// shadow, nil if there is none.
func Load(ctx context.Context, reader db.Reader) (live, shadow *Policy, err error) {
	present, err := versions(ctx, reader, selectPresent)
	if err != nil {
		return nil, nil, err
	}
	for _, v := range present {
		document, err := Parse(v.Document)
		if err != nil {
			return nil, nil, fmt.Errorf("version %d: %w", v.Version, err)
		}
		p, err := New(v.Version, document)
		if err != nil {
			return nil, nil, fmt.Errorf("version %d: %w", v.Version, err)
		}
		if v.State == Live {
			live = p
		} else {
			shadow = p
		}
	}
	if live == nil {
		live, err = New(0, Standard())
	}
	return live, shadow, err
}

func versions(ctx context.Context, reader db.Reader, sql string, args ...any) ([]Version, error) {
	rows, err := reader.Query(ctx, sql, args...)
	if err != nil {
		return nil, fmt.Errorf("policy: versions: %w", err)
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (Version, error) {
		var v Version
		err := row.Scan(&v.Version, &v.State, &v.Document, &v.Since)
		v.Since = v.Since.UTC()
		return v, err
	})
}
