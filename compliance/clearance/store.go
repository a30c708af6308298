// Package clearance keeps the parties that were looked at and are not the listed
// ones that they are like. A clearance is for exactly one party, one entry as it was
// then, and a time; when the party, the entry or the time is another, the hit stands
// again.
package clearance

import (
	"context"
	"embed"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/causeway-pay/causeway/compliance/match"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
)

//go:embed migrations/*.sql
var files embed.FS

// Migrations returns the steps that make this package's tables.
func Migrations() ([]db.Migration, error) { return db.LoadMigrations("clearance", files) }

// DaysMax is the longest life of a clearance, two years: people change, and so does
// what is known of them.
const DaysMax = 730

// Clearance is a party that was cleared, by two people.
type Clearance struct {
	match.GoodGuy
	ClearedAt, ExpiresAt  time.Time
	ProposerID, DeciderID ids.ID
}

const upsert = `
INSERT INTO clearance (party_hash, list, entry, entry_version, cleared_at, expires_at, proposer_id, decider_id)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (party_hash, list, entry) DO UPDATE SET entry_version = excluded.entry_version,
	cleared_at = excluded.cleared_at, expires_at = excluded.expires_at, proposer_id = excluded.proposer_id,
	decider_id = excluded.decider_id`

// Grant records a clearance in place of an earlier one of the same party and entry.
func Grant(ctx context.Context, tx db.Tx, c Clearance) error {
	_, err := tx.Exec(ctx, upsert, c.Party, c.List, c.Entry, c.Version, c.ClearedAt, c.ExpiresAt, c.ProposerID, c.DeciderID)
	if err != nil {
		return fmt.Errorf("clearance: grant: %w", err)
	}
	return nil
}

const selectGood = `SELECT party_hash, list, entry, entry_version FROM clearance WHERE expires_at > $1`

// Load returns the clearances that hold at a time.
func Load(ctx context.Context, reader db.Reader, at time.Time) (match.GoodGuys, error) {
	rows, err := reader.Query(ctx, selectGood, at)
	if err != nil {
		return nil, fmt.Errorf("clearance: load: %w", err)
	}
	good := match.GoodGuys{}
	var g match.GoodGuy
	_, err = pgx.ForEachRow(rows, []any{&g.Party, &g.List, &g.Entry, &g.Version}, func() error {
		good[g] = true
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("clearance: load: %w", err)
	}
	return good, nil
}
