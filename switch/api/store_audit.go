package api

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
)

const insertAudit = `
INSERT INTO audit_entry (entry_id, recorded_at, actor, action, subject, detail)
VALUES ($1, $2, $3, $4, $5, $6)`

// Record adds an entry to the audit log, in the transaction of the action that
// it is about. Nothing in the switch changes or deletes an entry.
func Record(ctx context.Context, tx db.Tx, entry AuditEntry) error {
	if entry.Detail == nil {
		entry.Detail = map[string]string{}
	}
	detail, err := json.Marshal(entry.Detail)
	if err != nil {
		return fmt.Errorf("api: encode audit detail: %w", err)
	}
	_, err = tx.Exec(ctx, insertAudit, entry.ID, entry.At, entry.Actor, entry.Action, entry.Subject, detail)
	if err != nil {
		return fmt.Errorf("api: record %s: %w", entry.Action, err)
	}
	return nil
}

// end is after every time in the database, for a listing from its newest row.
var end = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)

const selectAudit = `
SELECT entry_id, recorded_at, actor, action, subject, detail FROM audit_entry
WHERE recorded_at < $1 OR (recorded_at = $1 AND entry_id < $2)
ORDER BY recorded_at DESC, entry_id DESC LIMIT $3`

// auditLog returns entries before a place in the log, newest first.
func auditLog(ctx context.Context, reader db.Reader, before time.Time, beforeID ids.ID,
	limit int) ([]AuditEntry, error) {
	rows, err := reader.Query(ctx, selectAudit, before, beforeID, limit)
	if err != nil {
		return nil, fmt.Errorf("api: audit log: %w", err)
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (AuditEntry, error) {
		var e AuditEntry
		var detail []byte
		if err := row.Scan(&e.ID, &e.At, &e.Actor, &e.Action, &e.Subject, &detail); err != nil {
			return AuditEntry{}, err
		}
		e.At = e.At.UTC()
		return e, json.Unmarshal(detail, &e.Detail)
	})
}
