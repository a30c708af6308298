// Package invariant checks by SQL, from outside the switch, what must always be
// true of its books. The numbers are those of ARCHITECTURE.md. Each check is one
// query that returns the rows that break it; none returned means that it holds.
package invariant

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/causeway-pay/causeway/internal/db"
)

// Check is one invariant.
type Check struct {
	// Number is the invariant's number, such as "I1".
	Number string
	// Says is the invariant in words.
	Says string
	// Query returns one text column: a row for each violation.
	Query string
}

// Violation is a broken invariant with an example.
type Violation struct {
	Check   Check
	Count   int
	Example string
}

// String writes the violation for a log line.
func (v Violation) String() string {
	return fmt.Sprintf("%s broken %d times (%s): %s", v.Check.Number, v.Count, v.Check.Says, v.Example)
}

// Run runs every check and returns the violations.
func Run(ctx context.Context, reader db.Reader) ([]Violation, error) {
	var violations []Violation
	for _, check := range Checks() {
		rows, err := reader.Query(ctx, check.Query)
		if err != nil {
			return nil, fmt.Errorf("invariant %s: %w", check.Number, err)
		}
		found, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil {
			return nil, fmt.Errorf("invariant %s: %w", check.Number, err)
		}
		if len(found) > 0 {
			violations = append(violations, Violation{Check: check, Count: len(found), Example: found[0]})
		}
	}
	return violations, nil
}
