package position

import (
	"context"
	"embed"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
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
	AND participant_position.currency = l.currency AND participant_position.region = l.region`

// allot gives the home region what no other has, after the cap has changed; that can
// be less than nothing until the others give theirs.
func allot(ctx context.Context, tx db.Tx, participant string, currency money.Currency) error {
	changed, err := tx.Exec(ctx, allotRest, participant, currency)
	if err != nil {
		return fmt.Errorf("position: allot: %w", err)
	}
	if changed != 1 {
		return ErrNoPosition
	}
	return nil
}

const reserveAmount = `
UPDATE participant_position SET reserved_minor = reserved_minor + $3
WHERE participant_id = $1 AND currency = $2 AND region = $4 AND posted_minor + reserved_minor + $3 <= cap_minor`

const insertReservation = `
INSERT INTO reservation (reservation_id, region, payment_id, participant_id, currency, amount_minor, state, reserved_at,
	expires_at)
VALUES ($1, $2, $3, $4, $5, $6, 'PENDING', $7, $8)`

// Reserve holds the amount against the part of the participant's cap that the
// reservation's region was allotted. It returns
// ErrCapExceeded without any change if the amount does not fit, and
// ErrNoPosition if the participant has no position in the currency.
func Reserve(ctx context.Context, tx db.Tx, r Reservation) error {
	changed, err := tx.Exec(ctx, reserveAmount, r.ParticipantID, r.Amount.Currency, r.Amount.Minor, r.Region)
	if err != nil {
		return fmt.Errorf("position: reserve: %w", err)
	}
	if changed == 0 {
		return refusal(ctx, tx, r)
	}
	if r.ExpiresAt.IsZero() {
		r.ExpiresAt = r.At.Add(ReservationLife)
	}
	_, err = tx.Exec(ctx, insertReservation, r.ID, r.Region, r.PaymentID, r.ParticipantID,
		r.Amount.Currency, r.Amount.Minor, r.At, r.ExpiresAt)
	if err != nil {
		return fmt.Errorf("position: reserve: %w", err)
	}
	return nil
}

const countPositions = `SELECT count(*) FROM participant_position WHERE participant_id = $1 AND currency = $2`

// refusal tells a full cap from a position that is not there.
func refusal(ctx context.Context, tx db.Tx, r Reservation) error {
	var count int64
	if err := tx.QueryRow(ctx, countPositions, r.ParticipantID, r.Amount.Currency).Scan(&count); err != nil {
		return fmt.Errorf("position: reserve: %w", err)
	}
	if count == 0 {
		return ErrNoPosition
	}
	return ErrCapExceeded
}

const resolveReservation = `
UPDATE reservation SET state = $2
WHERE reservation_id = $1 AND state = 'PENDING'
RETURNING participant_id, currency, region, amount_minor`

const releaseAmount = `
UPDATE participant_position SET reserved_minor = reserved_minor - $3, posted_minor = posted_minor + $4
WHERE participant_id = $1 AND currency = $2 AND region = $5`

// Post turns a pending reservation into a posted debit of the same amount.
func Post(ctx context.Context, tx db.Tx, reservation ids.ID) error {
	return resolve(ctx, tx, reservation, "POSTED", func(amount int64) int64 { return amount })
}

// Void releases a pending reservation.
func Void(ctx context.Context, tx db.Tx, reservation ids.ID) error {
	return resolve(ctx, tx, reservation, "VOIDED", func(int64) int64 { return 0 })
}

func resolve(ctx context.Context, tx db.Tx, reservation ids.ID, state string, posted func(int64) int64) error {
	var participant, currency, region string
	var amount int64
	row := tx.QueryRow(ctx, resolveReservation, reservation, state)
	if err := row.Scan(&participant, &currency, &region, &amount); db.NoRows(err) {
		return ErrResolved
	} else if err != nil {
		return fmt.Errorf("position: resolve: %w", err)
	}
	changed, err := tx.Exec(ctx, releaseAmount, participant, currency, amount, posted(amount), region)
	if err != nil {
		return fmt.Errorf("position: resolve: %w", err)
	}
	if changed != 1 {
		return ErrNoPosition
	}
	return nil
}

const changePosted = `
UPDATE participant_position SET posted_minor = posted_minor + $3
WHERE participant_id = $1 AND currency = $2 AND region = CASE $4::TEXT WHEN '' THEN
	(SELECT region FROM position_limit WHERE participant_id = $1 AND currency = $2) ELSE $4::TEXT END`

// Add changes a posted position that was not reserved before, such as the
// credit of an acquirer. A credit always fits; a debit is a fee or residue that
// follows from a posting and is not refused.
func Add(ctx context.Context, tx db.Tx, change Change) error {
	changed, err := tx.Exec(ctx, changePosted, change.ParticipantID, change.Debit.Currency, change.Debit.Minor,
		change.Region)
	if err != nil {
		return fmt.Errorf("position: add: %w", err)
	}
	if changed != 1 {
		return ErrNoPosition
	}
	return nil
}

const selectPositions = `
SELECT participant_id, currency, sum(cap_minor)::BIGINT, sum(posted_minor)::BIGINT, sum(reserved_minor)::BIGINT
FROM participant_position GROUP BY participant_id, currency ORDER BY participant_id, currency`

// All returns every position, its regions together, in the order of participant and currency.
func All(ctx context.Context, reader db.Reader) ([]Position, error) {
	rows, err := reader.Query(ctx, selectPositions)
	if err != nil {
		return nil, fmt.Errorf("position: all: %w", err)
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (Position, error) {
		var p Position
		err := row.Scan(&p.ParticipantID, &p.Currency, &p.Cap.Minor, &p.Posted.Minor, &p.Reserved.Minor)
		p.Cap.Currency, p.Posted.Currency, p.Reserved.Currency = p.Currency, p.Currency, p.Currency
		return p, err
	})
}
