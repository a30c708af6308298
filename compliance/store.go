package compliance

import (
	"context"
	"embed"
	"encoding/json"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
)

//go:embed migrations/*.sql
var files embed.FS

// Migrations returns the steps that make this package's tables.
func Migrations() ([]db.Migration, error) { return db.LoadMigrations("compliance", files) }

const insertDecision = `
INSERT INTO screening_decision (decision_id, region, payment_id, outcome, hits, list_version, engine_version,
	decided_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`

// InsertDecisions records decisions.
func InsertDecisions(ctx context.Context, tx db.Tx, decisions []Decision) error {
	for _, d := range decisions {
		hits := d.Hits
		if hits == nil {
			hits = []Hit{}
		}
		encoded, err := json.Marshal(hits)
		if err != nil {
			return fmt.Errorf("compliance: encode hits: %w", err)
		}
		_, err = tx.Exec(ctx, insertDecision, d.ID, d.Region, d.PaymentID, d.Outcome, encoded, d.ListVersion,
			d.EngineVersion, d.DecidedAt)
		if err != nil {
			return fmt.Errorf("compliance: insert decision: %w", err)
		}
	}
	return nil
}

const selectDecisions = `
SELECT decision_id, region, payment_id, outcome, hits, list_version, engine_version, decided_at
FROM screening_decision WHERE payment_id = $1 ORDER BY decided_at, decision_id`

// DecisionsOf returns the decisions about a payment in the order of their time.
func DecisionsOf(ctx context.Context, reader db.Reader, paymentID ids.ID) ([]Decision, error) {
	rows, err := reader.Query(ctx, selectDecisions, paymentID)
	if err != nil {
		return nil, fmt.Errorf("compliance: decisions: %w", err)
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (Decision, error) {
		var d Decision
		var hits []byte
		err := row.Scan(&d.ID, &d.Region, &d.PaymentID, &d.Outcome, &hits, &d.ListVersion, &d.EngineVersion,
			&d.DecidedAt)
		if err != nil {
			return Decision{}, err
		}
		d.DecidedAt = d.DecidedAt.UTC()
		return d, json.Unmarshal(hits, &d.Hits)
	})
}
