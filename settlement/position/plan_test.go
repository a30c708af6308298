package position_test

import (
	"context"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/settlement/position"
)

// TestReservationsAreEndedByTheirKeys: ending some reservations looks at these and at no
// others, however few are pending when the server plans it. One that looked at all would
// cost more the more payments are under way, and meet those of every other hub.
func TestReservationsAreEndedByTheirKeys(t *testing.T) {
	each(t, func(t *testing.T, pool *db.Pool) {
		var version string
		must(t, pool.QueryRow(t.Context(), `SELECT version()`).Scan(&version))
		if !strings.HasPrefix(version, "PostgreSQL") {
			return // others write their plans in other words
		}
		var ended []position.Reservation
		for range 400 {
			ended = append(ended, reservation("HK-WALLET", hkd(1)))
		}
		must(t, inTx(t, pool, func(ctx context.Context, tx db.Tx) error {
			if _, err := position.ReserveAll(ctx, tx, ended); err != nil {
				return err
			}
			return position.Post(ctx, tx, ended)
		}))
		must(t, reserve(t, pool, reservation("HK-WALLET", hkd(1))))
		must(t, pool.InTx(t.Context(), func(ctx context.Context, tx db.Tx) error {
			_, err := tx.Exec(ctx, `ANALYZE reservation`)
			return err
		}))
		for sql, arguments := range map[string]string{
			position.ResolveReservations: `'{}', 'VOIDED', 'PENDING'`,
			position.PostReservations:    `'{}', '{}', '{}', '{}', '{}', 'PENDING'`,
		} {
			plan := planOf(t, pool, sql, arguments)
			if !strings.Contains(plan, "reservation_pk") || strings.Contains(plan, "reservation_pending") {
				t.Errorf("%s\n%s", sql, plan)
			}
		}
	})
}

// planOf is how the server carries out a statement that it has prepared, as it does for
// every hub.
func planOf(t *testing.T, pool *db.Pool, sql, arguments string) (plan string) {
	t.Helper()
	must(t, pool.InTx(t.Context(), func(ctx context.Context, tx db.Tx) error {
		if _, err := tx.Exec(ctx, `PREPARE planned AS `+sql); err != nil {
			return err
		}
		rows, err := tx.Query(ctx, `EXPLAIN EXECUTE planned (`+arguments+`)`)
		if err != nil {
			return err
		}
		lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil {
			return err
		}
		plan = strings.Join(lines, "\n")
		_, err = tx.Exec(ctx, `DEALLOCATE planned`)
		return err
	}))
	return plan
}
