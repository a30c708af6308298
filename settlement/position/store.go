package position

import (
	"context"
	"embed"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/money"
)

//go:embed migrations/*.sql
var files embed.FS

// Migrations returns the steps that make this package's tables.
func Migrations() ([]db.Migration, error) { return db.LoadMigrations("position", files) }

const openLimit = `
INSERT INTO position_limit (participant_id, currency, region, model, limit_minor, prefunded_minor, alerted_percent, alerts)
VALUES ($1, $2, $3, 'DEFERRED_NET', $4, 0, 0, 0)
ON CONFLICT (participant_id, currency) DO NOTHING`

const openPosition = `
INSERT INTO participant_position (participant_id, currency, region, cap_minor, posted_minor, reserved_minor)
VALUES ($1, $2, $3, $4, 0, 0)
ON CONFLICT (participant_id, currency, region) DO NOTHING`

// Open gives a participant a position with a limit, all of it in its home region.
// An existing position keeps its limit.
func Open(ctx context.Context, tx db.Tx, participant, region string, limit money.Amount) error {
	opened, err := tx.Exec(ctx, openLimit, participant, limit.Currency, region, limit.Minor)
	if err != nil {
		return fmt.Errorf("position: open: %w", err)
	}
	if opened == 0 {
		return nil
	}
	if _, err := tx.Exec(ctx, openPosition, participant, limit.Currency, region, limit.Minor); err != nil {
		return fmt.Errorf("position: open: %w", err)
	}
	return nil
}

const setLimit = `
UPDATE position_limit SET limit_minor = $3
WHERE participant_id = $1 AND currency = $2`

// SetCap changes a participant's limit: its net debit cap without what it has
// prefunded. The difference is the home region's. A cap below the present position
// stops further debits and touches nothing that is reserved.
func SetCap(ctx context.Context, tx db.Tx, participant string, limit money.Amount) error {
	changed, err := tx.Exec(ctx, setLimit, participant, limit.Currency, limit.Minor)
	if db.Violates(err, "position_limit_prefunded_only") {
		return ErrPrefundedOnly
	}
	if err != nil {
		return fmt.Errorf("position: set cap: %w", err)
	}
	if changed == 0 {
		return ErrNoPosition
	}
	return allot(ctx, tx, participant, limit.Currency)
}

const allotRest = `
UPDATE participant_position SET cap_minor = participant_position.cap_minor + l.limit_minor + l.prefunded_minor
	- (SELECT sum(a.cap_minor)::BIGINT FROM participant_position a
		WHERE a.participant_id = l.participant_id AND a.currency = l.currency)
FROM position_limit l
WHERE l.participant_id = $1 AND l.currency = $2 AND participant_position.participant_id = l.participant_id
	AND participant_position.currency = l.currency AND participant_position.region = l.region
RETURNING participant_position.cap_minor - participant_position.posted_minor - participant_position.reserved_minor
	- participant_position.paying_minor`

const collectUnused = `
UPDATE participant_position SET cap_minor = posted_minor + reserved_minor + paying_minor
WHERE participant_id = $1 AND currency = $2 AND cap_minor > posted_minor + reserved_minor + paying_minor
	AND region <> (SELECT l.region FROM position_limit l WHERE l.participant_id = $1 AND l.currency = $2)`

// allot gives the home region what no other has, after the cap has changed. If that
// does not cover what is in use there, the others hand in what they do not use: a
// lower cap holds everywhere from this commit on, and fails while a region cannot be
// reached.
func allot(ctx context.Context, tx db.Tx, participant string, currency money.Currency) error {
	for _, collect := range []bool{false, true} {
		if collect {
			if _, err := tx.Exec(ctx, collectUnused, participant, currency); err != nil {
				return fmt.Errorf("position: allot: %w", err)
			}
		}
		var free int64
		err := tx.QueryRow(ctx, allotRest, participant, currency).Scan(&free)
		if db.NoRows(err) {
			return ErrNoPosition
		}
		if err != nil {
			return fmt.Errorf("position: allot: %w", err)
		}
		if free >= 0 {
			break
		}
	}
	return nil
}

const selectPositions = `
SELECT participant_id, currency, sum(cap_minor)::BIGINT, sum(posted_minor)::BIGINT, sum(reserved_minor)::BIGINT,
	sum(paying_minor)::BIGINT
FROM participant_position GROUP BY participant_id, currency ORDER BY participant_id, currency`

// All returns every position, its regions together, in the order of participant and currency.
func All(ctx context.Context, reader db.Reader) ([]Position, error) {
	rows, err := reader.Query(ctx, selectPositions)
	if err != nil {
		return nil, fmt.Errorf("position: all: %w", err)
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (Position, error) {
		var p Position
		err := row.Scan(&p.ParticipantID, &p.Currency, &p.Cap.Minor, &p.Posted.Minor, &p.Reserved.Minor,
			&p.Paying.Minor)
		p.Cap.Currency, p.Posted.Currency, p.Reserved.Currency, p.Paying.Currency = p.Currency, p.Currency, p.Currency, p.Currency
		return p, err
	})
}
