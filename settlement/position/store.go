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

const openPosition = `
INSERT INTO participant_position (participant_id, currency, region, cap_minor, posted_minor, reserved_minor)
VALUES ($1, $2, $3, $4, 0, 0)
ON CONFLICT (participant_id, currency) DO NOTHING`

// Open gives a participant a position with a cap. An existing position keeps
// its cap.
func Open(ctx context.Context, tx db.Tx, participant, region string, limit money.Amount) error {
	if _, err := tx.Exec(ctx, openPosition, participant, limit.Currency, region, limit.Minor); err != nil {
		return fmt.Errorf("position: open: %w", err)
	}
	return nil
}

const setCap = `
UPDATE participant_position SET cap_minor = $3
WHERE participant_id = $1 AND currency = $2`

// SetCap changes a participant's net debit cap. A cap below the present
// position stops further debits and touches nothing that is reserved.
func SetCap(ctx context.Context, tx db.Tx, participant string, limit money.Amount) error {
	changed, err := tx.Exec(ctx, setCap, participant, limit.Currency, limit.Minor)
	if err != nil {
		return fmt.Errorf("position: set cap: %w", err)
	}
	if changed == 0 {
		return ErrNoPosition
	}
	return nil
}

const reserveAmount = `
UPDATE participant_position SET reserved_minor = reserved_minor + $3
WHERE participant_id = $1 AND currency = $2 AND posted_minor + reserved_minor + $3 <= cap_minor`

const insertReservation = `
INSERT INTO reservation (reservation_id, region, payment_id, participant_id, currency, amount_minor, state, reserved_at,
	expires_at)
VALUES ($1, $2, $3, $4, $5, $6, 'PENDING', $7, $8)`

// Reserve holds the amount against the participant's cap. It returns
// ErrCapExceeded without any change if the amount does not fit, and
// ErrNoPosition if the participant has no position in the currency.
func Reserve(ctx context.Context, tx db.Tx, r Reservation) error {
	changed, err := tx.Exec(ctx, reserveAmount, r.ParticipantID, r.Amount.Currency, r.Amount.Minor)
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
RETURNING participant_id, currency, amount_minor`

const releaseAmount = `
UPDATE participant_position SET reserved_minor = reserved_minor - $3, posted_minor = posted_minor + $4
WHERE participant_id = $1 AND currency = $2`

// Post turns a pending reservation into a posted debit of the same amount.
func Post(ctx context.Context, tx db.Tx, reservation ids.ID) error {
	return resolve(ctx, tx, reservation, "POSTED", func(amount int64) int64 { return amount })
}

// Void releases a pending reservation.
func Void(ctx context.Context, tx db.Tx, reservation ids.ID) error {
	return resolve(ctx, tx, reservation, "VOIDED", func(int64) int64 { return 0 })
}

func resolve(ctx context.Context, tx db.Tx, reservation ids.ID, state string, posted func(int64) int64) error {
	var participant, currency string
	var amount int64
	row := tx.QueryRow(ctx, resolveReservation, reservation, state)
	if err := row.Scan(&participant, &currency, &amount); db.NoRows(err) {
		return ErrResolved
	} else if err != nil {
		return fmt.Errorf("position: resolve: %w", err)
	}
	changed, err := tx.Exec(ctx, releaseAmount, participant, currency, amount, posted(amount))
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
WHERE participant_id = $1 AND currency = $2`

// Add changes a posted position that was not reserved before, such as the
// credit of an acquirer. A credit always fits; a debit is a fee or residue that
// follows from a posting and is not refused.
func Add(ctx context.Context, tx db.Tx, change Change) error {
	changed, err := tx.Exec(ctx, changePosted, change.ParticipantID, change.Debit.Currency, change.Debit.Minor)
	if err != nil {
		return fmt.Errorf("position: add: %w", err)
	}
	if changed != 1 {
		return ErrNoPosition
	}
	return nil
}

const selectPositions = `
SELECT participant_id, currency, cap_minor, posted_minor, reserved_minor
FROM participant_position ORDER BY participant_id, currency`

// All returns every position in the order of participant and currency.
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
