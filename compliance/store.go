package compliance

import (
	"context"
	"embed"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/causeway-pay/causeway/compliance/clearance"
	"github.com/causeway-pay/causeway/compliance/limits"
	"github.com/causeway-pay/causeway/compliance/policy"
	"github.com/causeway-pay/causeway/compliance/review"
	"github.com/causeway-pay/causeway/compliance/watchlist"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/reason"
)

//go:embed migrations/*.sql
var files embed.FS

// Migrations returns the steps that make the tables of this package and of those
// below it.
func Migrations() ([]db.Migration, error) {
	all, err := db.LoadMigrations("compliance", files)
	if err != nil {
		return nil, err
	}
	for _, load := range []func() ([]db.Migration, error){limits.Migrations, policy.Migrations, review.Migrations, clearance.Migrations} {
		steps, err := load()
		if err != nil {
			return nil, err
		}
		all = append(all, steps...)
	}
	return all, nil
}

const insertDecisions = `
INSERT INTO screening_decision (decision_id, region, payment_id, outcome, hits, list_version, engine_version,
	decided_at, reason, findings, policy_version, shadow_version, shadow_outcome)
SELECT unnest($1::UUID[]), unnest($2::TEXT[]), unnest($3::UUID[]), unnest($4::TEXT[]), unnest($5::JSONB[]),
	unnest($6::TEXT[]), unnest($7::TEXT[]), unnest($8::TIMESTAMPTZ[]), unnest($9::TEXT[]), unnest($10::JSONB[]),
	unnest($11::BIGINT[]), unnest($12::BIGINT[]), unnest($13::TEXT[])`

// InsertDecisions records decisions.
func InsertDecisions(_ context.Context, tx db.Tx, decisions []Decision) error {
	if len(decisions) == 0 {
		return nil
	}
	hits, findings := make([][]byte, len(decisions)), make([][]byte, len(decisions))
	for i, d := range decisions {
		var err error
		if hits[i], findings[i], err = encode(d); err != nil {
			return fmt.Errorf("compliance: encode decision: %w", err)
		}
	}
	tx.Later(db.Written("compliance: insert decisions"), insertDecisions,
		db.Column(decisions, func(d Decision) ids.ID { return d.ID }),
		db.Column(decisions, func(d Decision) string { return d.Region }),
		db.Column(decisions, func(d Decision) ids.ID { return d.PaymentID }),
		db.Column(decisions, func(d Decision) string { return string(d.Outcome) }), hits,
		db.Column(decisions, func(d Decision) string { return d.ListVersion }),
		db.Column(decisions, func(d Decision) string { return d.EngineVersion }),
		db.Column(decisions, func(d Decision) time.Time { return d.DecidedAt }),
		db.Column(decisions, func(d Decision) string { return d.Reason.String() }), findings,
		db.Column(decisions, func(d Decision) int64 { return d.PolicyVersion }),
		db.Column(decisions, func(d Decision) int64 { return d.ShadowVersion }),
		db.Column(decisions, func(d Decision) string { return string(d.ShadowOutcome) }))
	return nil
}

// encode returns the hits as a JSON list, without names, and the other findings as
// an object.
func encode(d Decision) (hits, findings []byte, err error) {
	recorded := make([]watchlist.Hit, len(d.Findings.Hits))
	for i, hit := range d.Findings.Hits {
		recorded[i] = hit.WithoutNames()
	}
	if hits, err = json.Marshal(recorded); err != nil {
		return nil, nil, err
	}
	rest := d.Findings
	rest.Hits = nil
	findings, err = json.Marshal(rest)
	return hits, findings, err
}

const selectDecisions = `
SELECT decision_id, region, payment_id, outcome, hits, list_version, engine_version, decided_at, reason, findings,
	policy_version, shadow_version, shadow_outcome
FROM screening_decision WHERE payment_id = $1 ORDER BY decided_at, decision_id`

// DecisionsOf returns the decisions about a payment in the order of their time.
func DecisionsOf(ctx context.Context, reader db.Reader, paymentID ids.ID) ([]Decision, error) {
	rows, err := reader.Query(ctx, selectDecisions, paymentID)
	if err != nil {
		return nil, fmt.Errorf("compliance: decisions: %w", err)
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (Decision, error) {
		var d Decision
		var hits, findings []byte
		var kind string
		err := row.Scan(&d.ID, &d.Region, &d.PaymentID, &d.Outcome, &hits, &d.ListVersion, &d.EngineVersion,
			&d.DecidedAt, &kind, &findings, &d.PolicyVersion, &d.ShadowVersion, &d.ShadowOutcome)
		if err != nil {
			return Decision{}, err
		}
		d.DecidedAt = d.DecidedAt.UTC()
		d.Reason, _ = reason.Parse(kind)
		if err := json.Unmarshal(findings, &d.Findings); err != nil {
			return Decision{}, err
		}
		return d, json.Unmarshal(hits, &d.Findings.Hits)
	})
}

// ShadowCount is how many decisions a shadow would have made otherwise.
type ShadowCount struct {
	Outcome, Shadow Outcome
	Decisions       int64
}

const selectShadow = `
SELECT outcome, shadow_outcome, count(*) FROM screening_decision WHERE shadow_version = $1
GROUP BY outcome, shadow_outcome ORDER BY outcome, shadow_outcome`

// ShadowReport says what a policy that ran beside the one in force would have
// decided.
func ShadowReport(ctx context.Context, reader db.Reader, version int64) ([]ShadowCount, error) {
	rows, err := reader.Query(ctx, selectShadow, version)
	if err != nil {
		return nil, fmt.Errorf("compliance: shadow: %w", err)
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[ShadowCount])
}
