package db_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/db/dbtest"
	"github.com/causeway-pay/causeway/internal/reason"
)

// TestRows: what is found comes in its order; nothing found is an empty list, and missing
// where one row is wanted; whatever goes wrong says what was tried.
func TestRows(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, pool *db.Pool) {
		const numbers = `SELECT number FROM unnest(ARRAY[1, 2, 3]) AS t (number) WHERE number > $1 ORDER BY number`
		const broken = `SELECT number / (number - 2) FROM unnest(ARRAY[1, 2]) AS t (number) WHERE number > $1`
		for name, c := range map[string]struct {
			sql      string
			argument any
			all      []int64
			first    reason.Kind
			fails    bool
		}{
			"several":          {numbers, 1, []int64{2, 3}, reason.None, false},
			"none":             {numbers, 3, nil, reason.Missing, false},
			"fails on its way": {broken, 0, nil, reason.Unknown, true},
			"no such table":    {`SELECT number FROM nowhere WHERE number > $1`, 0, nil, reason.Unknown, true},
			"wrong argument":   {numbers, "one", nil, reason.Unknown, true},
		} {
			all, err := db.Rows(t.Context(), pool, "test: numbers", pgx.RowTo[int64], c.sql, c.argument)
			if !slices.Equal(all, c.all) || (err != nil) != c.fails {
				t.Errorf("%s: %v, %v", name, all, err)
			}
			if c.fails && !strings.HasPrefix(err.Error(), "test: numbers: ") {
				t.Errorf("%s: %v does not say what was tried", name, err)
			}
			one, err := db.Row(t.Context(), pool, "test.Number", pgx.RowTo[int64], c.sql, c.argument)
			if reason.Of(err) != c.first || c.first == reason.None && one != c.all[0] {
				t.Errorf("%s: one is %d, %v", name, one, err)
			}
		}
	})
}
