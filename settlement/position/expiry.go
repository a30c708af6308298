package position

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/causeway-pay/causeway/internal/db"
)

// ReservationLife is how long a reservation may be pending if its maker says
// nothing: far beyond the minutes in which the switch itself finds out or cancels, so
// that what is older waits for people or was forgotten.
const ReservationLife = time.Hour

// overdueMax is how many overdue reservations one listing holds.
const overdueMax = 500

const selectOverdue = `
SELECT reservation_id, region, payment_id, participant_id, currency, amount_minor, reserved_at, expires_at
FROM reservation WHERE state = 'PENDING' AND expires_at <= $1
ORDER BY expires_at, reservation_id LIMIT $2`

// Overdue returns the pending reservations whose expiry has passed, at most 500, the
// oldest first. They still count against the cap: nothing is released because time
// has passed, only because it is known what became of the payment.
func Overdue(ctx context.Context, reader db.Reader, now time.Time) ([]Reservation, error) {
	rows, err := reader.Query(ctx, selectOverdue, now, overdueMax)
	if err != nil {
		return nil, fmt.Errorf("position: overdue: %w", err)
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (Reservation, error) {
		var r Reservation
		err := row.Scan(&r.ID, &r.Region, &r.PaymentID, &r.ParticipantID, &r.Amount.Currency, &r.Amount.Minor,
			&r.At, &r.ExpiresAt)
		r.At, r.ExpiresAt = r.At.UTC(), r.ExpiresAt.UTC()
		return r, err
	})
}
