package ledger

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
)

// WindowPlace is where an entry stands among those of a window: they are listed by
// payment, by what caused them, and by sequence.
type WindowPlace struct {
	PaymentID, SubjectID ids.ID
	Sequence             int16
}

// WindowPlaceOf returns the place of an entry in its window.
func WindowPlaceOf(e Entry) WindowPlace { return WindowPlace{e.PaymentID, e.SubjectID, e.Sequence} }

// The second condition is that of the index, which has no entries between accounts of the hub.
const selectOfWindow = `
SELECT ` + entryFields + `
FROM ledger_entry WHERE window_id = $1 AND (debit_account NOT LIKE 'HUB.%' OR credit_account NOT LIKE 'HUB.%')
	AND (debit_account = $2 OR credit_account = $2)
	AND payment_id >= $3 AND (payment_id > $3 OR subject_id > $4 OR (subject_id = $4 AND sequence > $5))
ORDER BY payment_id, subject_id, sequence LIMIT $6`

// EntriesOfWindow returns at most limit entries of a participant's account in a window,
// behind a place. The zero place is before all entries.
func EntriesOfWindow(
	ctx context.Context, reader db.Reader, windowID ids.ID, accountID string, after WindowPlace, limit int,
) ([]Entry, error) {
	rows, err := reader.Query(ctx, selectOfWindow, windowID, accountID, after.PaymentID, after.SubjectID, after.Sequence, limit)
	if err != nil {
		return nil, fmt.Errorf("ledger: entries of window: %w", err)
	}
	return pgx.CollectRows(rows, scanEntry)
}
