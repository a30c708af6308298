package window

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
)

// IDOf returns the id of the window of a region with a number, whether it was
// opened yet or not.
func IDOf(region string, number int64) ids.ID { return windowID(region, number) }

const selectBeforeNumber = `SELECT ` + windowColumns + ` FROM settlement_window
	WHERE region = $1 AND number >= $2 AND number < $3 ORDER BY number`

// Before returns the windows of a region before one, from a number on, the oldest
// first.
func Before(ctx context.Context, reader db.Reader, w Window, from int64) ([]Window, error) {
	rows, err := reader.Query(ctx, selectBeforeNumber, w.Region, from, w.Number)
	if err != nil {
		return nil, fmt.Errorf("window: before: %w", err)
	}
	return pgx.CollectRows(rows, scanWindow)
}
