package api

import (
	"context"
	"time"

	"github.com/causeway-pay/causeway/internal/audit"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
)

// operatorsLog is the audit log of what operators do.
var operatorsLog = audit.NewLog("operators")

// Record adds an entry to the audit log of operators, in the transaction of the
// action that it is about.
func Record(ctx context.Context, tx db.Tx, entry audit.Entry) error {
	return operatorsLog.Append(ctx, tx, entry)
}

// end is after every time in the database, for a listing from its newest row.
var end = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)

// auditLog returns entries before a place in the log, newest first.
func auditLog(ctx context.Context, reader db.Reader, before time.Time, id ids.ID, limit int) ([]audit.Row, error) {
	return operatorsLog.Newest(ctx, reader, before, id, limit)
}
