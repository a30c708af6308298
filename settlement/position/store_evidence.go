package position

import (
	"context"
	"fmt"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
)

const selectEvidence = `SELECT evidence FROM prefunding_movement WHERE movement_id = $1`

// EvidenceOf returns the bank's reference of a movement of prefunding; empty if
// there is no such movement.
func EvidenceOf(ctx context.Context, reader db.Reader, movementID ids.ID) (string, error) {
	var evidence string
	err := reader.QueryRow(ctx, selectEvidence, movementID).Scan(&evidence)
	if err != nil && !db.NoRows(err) {
		return "", fmt.Errorf("position: evidence: %w", err)
	}
	return evidence, nil
}
