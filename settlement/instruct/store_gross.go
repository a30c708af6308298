package instruct

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
)

const insertWaiting = `
INSERT INTO instruction_waiting (region, instruction_id, obligation_id)
SELECT unnest($1::TEXT[]), unnest($2::UUID[]), unnest($3::UUID[])`

// wait queues the present instructions of obligations, which no window hands to a bank.
func wait(tx db.Tx, obligations []Obligation) {
	tx.Later(db.Written("instruct: wait"), insertWaiting,
		db.Column(obligations, func(o Obligation) string { return o.Region }),
		db.Column(obligations, Obligation.instructionID),
		db.Column(obligations, func(o Obligation) ids.ID { return o.ID }))
}

// InsertGross stores obligations of single payments and queues their instructions. Who
// books the payments sets aside what is paid out.
func InsertGross(tx db.Tx, obligations []Obligation) {
	if len(obligations) == 0 {
		return
	}
	wait(tx, obligations)
	store(tx, obligations)
}

// Waiting is an instruction about a single payment that no bank was handed yet.
type Waiting struct {
	InstructionID ids.ID
	File          File
	// Day is that on which the obligation was made, in UTC.
	Day time.Time
}

const selectWaiting = `
SELECT q.instruction_id, q.obligation_id, o.participant_id, o.currency, o.created_at, coalesce(i.attempt, 1),
	coalesce(i.body, o.instruction)
FROM instruction_waiting q
JOIN obligation o ON o.obligation_id = q.obligation_id
LEFT JOIN obligation_instruction i ON i.instruction_id = q.instruction_id
WHERE q.region = $1 ORDER BY q.instruction_id LIMIT $2`

// WaitingIn returns at most limit instructions of a region that wait.
func WaitingIn(ctx context.Context, reader db.Reader, region string, limit int) ([]Waiting, error) {
	rows, err := reader.Query(ctx, selectWaiting, region, limit)
	if err != nil {
		return nil, fmt.Errorf("instruct: waiting: %w", err)
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (Waiting, error) {
		var w Waiting
		var obligation ids.ID
		var participant, currency string
		var attempt int64
		err := row.Scan(&w.InstructionID, &obligation, &participant, &currency, &w.Day, &attempt, &w.File.Body)
		w.Day, w.File.Retry = w.Day.UTC(), attempt > 1
		w.File.Name = fmt.Sprintf("pacs.009_%s_%s_%s_%02d.xml", participant, currency, obligation, attempt)
		return w, err
	})
}

const deleteWaiting = `DELETE FROM instruction_waiting WHERE region = $1 AND instruction_id = ANY($2::UUID[])`

// HandedOver takes instructions off the queue that banks have been handed.
func HandedOver(ctx context.Context, tx db.Tx, region string, instructions []ids.ID) error {
	if _, err := tx.Exec(ctx, deleteWaiting, region, instructions); err != nil {
		return fmt.Errorf("instruct: handed over: %w", err)
	}
	return nil
}

const selectApart = `SELECT subject_id FROM obligation WHERE subject_id = ANY($1::UUID[]) AND participant_id = $2`

// Apart returns which payments and returns have an obligation of their own with a
// participant, and so are in no window's net.
func Apart(ctx context.Context, reader db.Reader, participant string, subjects []ids.ID) (map[ids.ID]bool, error) {
	rows, err := reader.Query(ctx, selectApart, subjects, participant)
	if err != nil {
		return nil, fmt.Errorf("instruct: apart: %w", err)
	}
	apart := map[ids.ID]bool{}
	var subject ids.ID
	_, err = pgx.ForEachRow(rows, []any{&subject}, func() error {
		apart[subject] = true
		return nil
	})
	return apart, err
}

const selectOfParticipant = `SELECT ` + obligationColumns + ` FROM obligation
	WHERE subject_id IS NOT NULL AND participant_id = $1 AND (created_at, obligation_id) < ($2, $3)
	ORDER BY created_at DESC, obligation_id DESC LIMIT $4`

// GrossPlace is where a list of obligations of single payments goes on: behind one.
type GrossPlace struct {
	CreatedAt    time.Time
	ObligationID ids.ID
}

// GrossOf returns at most limit obligations of a participant's single payments behind a
// place, the newest first.
func GrossOf(
	ctx context.Context, reader db.Reader, participant string, behind GrossPlace, limit int,
) ([]Obligation, error) {
	rows, err := reader.Query(ctx, selectOfParticipant, participant, behind.CreatedAt, behind.ObligationID, limit)
	if err != nil {
		return nil, fmt.Errorf("instruct: gross: %w", err)
	}
	return pgx.CollectRows(rows, scanObligation)
}
