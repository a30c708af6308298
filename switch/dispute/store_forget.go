package dispute

import (
	"context"
	"fmt"
	"time"

	"github.com/causeway-pay/causeway/internal/db"
)

const forgetOld = `
UPDATE dispute SET why = '', evidence = ''
WHERE dispute_id IN (SELECT dispute_id FROM dispute
	WHERE region = $1 AND why <> '' AND notice = '' AND closed_at > $4 AND closed_at < $2
	ORDER BY closed_at LIMIT $3)`

// Forget takes out of at most limit disputes of a region that ended before a time what
// both sides said, and returns out of how many. That there was a dispute, about how much
// and how it ended, stays.
func Forget(ctx context.Context, tx db.Tx, region string, before time.Time, limit int) (int64, error) {
	count, err := tx.Exec(ctx, forgetOld, region, before, limit, time.Time{})
	if err != nil {
		return 0, fmt.Errorf("dispute: forget: %w", err)
	}
	return count, nil
}
