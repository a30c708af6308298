package db

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/causeway-pay/causeway/internal/reason"
)

// Rows returns all rows that a statement finds, each read by scan. The operation is what
// errors say was tried.
func Rows[Row any](
	ctx context.Context, reader Reader, operation string, scan pgx.RowToFunc[Row], sql string, arguments ...any,
) ([]Row, error) {
	found, err := reader.Query(ctx, sql, arguments...)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", operation, err)
	}
	rows, err := pgx.CollectRows(found, scan)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", operation, err)
	}
	return rows, nil
}

// Row returns the first row that a statement finds. None is [reason.Missing].
func Row[T any](
	ctx context.Context, reader Reader, operation string, scan pgx.RowToFunc[T], sql string, arguments ...any,
) (row T, err error) {
	rows, err := Rows(ctx, reader, operation, scan, sql, arguments...)
	switch {
	case err != nil:
		return row, err
	case len(rows) == 0:
		return row, reason.New(reason.Missing, operation, "")
	default:
		return rows[0], nil
	}
}
