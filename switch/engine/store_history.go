package engine

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/reason"
)

const insertHistoryLines = `
INSERT INTO payment_history (subject_id, version, region, payment_id, event, state, effects, reason, contradiction,
	happened_at)
SELECT unnest($1::UUID[]), unnest($2::BIGINT[]), unnest($3::TEXT[]), unnest($4::UUID[]), unnest($5::TEXT[]),
	unnest($6::TEXT[]), unnest($7::TEXT[]), unnest($8::TEXT[]), unnest($9::BOOLEAN[]), unnest($10::TIMESTAMPTZ[])`

func insertHistory(tx db.Tx, lines []historyLine) {
	if len(lines) == 0 {
		return
	}
	tx.Later(db.Written("engine: insert history"), insertHistoryLines,
		db.Column(lines, func(l historyLine) ids.ID { return l.SubjectID }),
		db.Column(lines, func(l historyLine) int64 { return l.Version }),
		db.Column(lines, func(l historyLine) string { return l.region }),
		db.Column(lines, func(l historyLine) ids.ID { return l.paymentID }),
		db.Column(lines, func(l historyLine) string { return l.Event }),
		db.Column(lines, func(l historyLine) string { return l.State }),
		db.Column(lines, func(l historyLine) string { return l.Effects }),
		db.Column(lines, func(l historyLine) string { return l.Reason.String() }),
		db.Column(lines, func(l historyLine) bool { return l.Contradiction }),
		db.Column(lines, func(l historyLine) time.Time { return l.At }))
}

const historyColumns = `subject_id, version, event, state, effects, reason, contradiction, happened_at`

// The lines of returns have an index of their own, with the same condition.
const selectHistory = `
SELECT ` + historyColumns + ` FROM payment_history WHERE subject_id = $1 AND payment_id = $1
UNION ALL
SELECT ` + historyColumns + ` FROM payment_history WHERE payment_id = $1 AND subject_id <> payment_id
ORDER BY happened_at, version`

func historyOf(ctx context.Context, reader db.Reader, paymentID ids.ID) ([]Change, error) {
	rows, err := reader.Query(ctx, selectHistory, paymentID)
	if err != nil {
		return nil, fmt.Errorf("engine: history: %w", err)
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (Change, error) {
		var c Change
		var why string
		err := row.Scan(&c.SubjectID, &c.Version, &c.Event, &c.State, &c.Effects, &why, &c.Contradiction, &c.At)
		c.Reason, _ = reason.Parse(why)
		c.At = c.At.UTC()
		return c, err
	})
}
