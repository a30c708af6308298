package instruct

import (
	"bytes"
	"context"
	"embed"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
)

//go:embed migrations/*.sql
var files embed.FS

// Migrations returns the steps that make this package's tables.
func Migrations() ([]db.Migration, error) { return db.LoadMigrations("instruct", files) }

const insertObligation = `
INSERT INTO obligation (obligation_id, window_id, subject_id, region, participant_id, direction, currency, amount_minor,
	value_date, instruction, created_at, state, discharged_minor, attempt)
SELECT unnest($1::UUID[]), nullif(unnest($2::UUID[]), '00000000-0000-0000-0000-000000000000'),
	nullif(unnest($3::UUID[]), '00000000-0000-0000-0000-000000000000'), unnest($4::TEXT[]), unnest($5::TEXT[]),
	unnest($6::TEXT[]), unnest($7::TEXT[]), unnest($8::BIGINT[]), unnest($9::TIMESTAMPTZ[]), unnest($10::BYTEA[]),
	unnest($11::TIMESTAMPTZ[]), unnest($12::TEXT[]), unnest($13::BIGINT[]), unnest($14::BIGINT[])`

// store stores obligations. A participant has one per window and currency, and one
// for a payment or return that is settled by itself.
func store(tx db.Tx, obligations []Obligation) {
	tx.Later(db.Written("instruct: insert"), insertObligation,
		db.Column(obligations, func(o Obligation) ids.ID { return o.ID }),
		db.Column(obligations, func(o Obligation) ids.ID { return o.WindowID }),
		db.Column(obligations, func(o Obligation) ids.ID { return o.SubjectID }),
		db.Column(obligations, func(o Obligation) string { return o.Region }),
		db.Column(obligations, func(o Obligation) string { return o.ParticipantID }),
		db.Column(obligations, func(o Obligation) string { return string(o.Direction) }),
		db.Column(obligations, func(o Obligation) string { return string(o.Amount.Currency) }),
		db.Column(obligations, func(o Obligation) int64 { return o.Amount.Minor }),
		db.Column(obligations, func(o Obligation) time.Time { return o.ValueDate }),
		db.Column(obligations, func(o Obligation) []byte { return o.Instruction }),
		db.Column(obligations, func(o Obligation) time.Time { return o.CreatedAt }),
		db.Column(obligations, func(o Obligation) string { return string(o.State) }),
		db.Column(obligations, func(o Obligation) int64 { return o.Discharged.Minor }),
		db.Column(obligations, func(o Obligation) int64 { return o.Attempt }))
}

const obligationColumns = `obligation_id, coalesce(window_id, '00000000-0000-0000-0000-000000000000'),
	coalesce(subject_id, '00000000-0000-0000-0000-000000000000'), region, participant_id, direction, currency, amount_minor,
	value_date, instruction, created_at, state, discharged_minor, attempt, final_at`

const (
	selectObligations = `SELECT ` + obligationColumns + ` FROM obligation WHERE window_id = $1
		ORDER BY participant_id, currency`
	selectObligation = `SELECT ` + obligationColumns + ` FROM obligation WHERE obligation_id = $1
		OR obligation_id = (SELECT i.obligation_id FROM obligation_instruction i WHERE i.instruction_id = $1)`
)

// Of returns the obligations of a window in the order of participant and
// currency.
func Of(ctx context.Context, reader db.Reader, windowID ids.ID) ([]Obligation, error) {
	rows, err := reader.Query(ctx, selectObligations, windowID)
	if err != nil {
		return nil, fmt.Errorf("instruct: of window: %w", err)
	}
	return pgx.CollectRows(rows, scanObligation)
}

// Find returns the obligation with an id, if there is one. Its id is also the
// message id of its first pacs.009 and, but for the version, the UETR; either is
// understood, and those of its later instructions.
func Find(ctx context.Context, reader db.Reader, id ids.ID) (obligation Obligation, found bool, err error) {
	id[6] = id[6]&0x0f | derivedVersion
	rows, err := reader.Query(ctx, selectObligation, id)
	if err != nil {
		return Obligation{}, false, fmt.Errorf("instruct: find: %w", err)
	}
	obligation, err = pgx.CollectExactlyOneRow(rows, scanObligation)
	if db.NoRows(err) {
		return Obligation{}, false, nil
	}
	if err != nil {
		return Obligation{}, false, fmt.Errorf("instruct: find: %w", err)
	}
	return obligation, true, nil
}

func scanObligation(row pgx.CollectableRow) (Obligation, error) {
	var o Obligation
	var final *time.Time
	err := row.Scan(&o.ID, &o.WindowID, &o.SubjectID, &o.Region, &o.ParticipantID, &o.Direction, &o.Amount.Currency,
		&o.Amount.Minor, &o.ValueDate, &o.Instruction, &o.CreatedAt, &o.State, &o.Discharged.Minor, &o.Attempt, &final)
	o.ValueDate, o.CreatedAt, o.Discharged.Currency = o.ValueDate.UTC(), o.CreatedAt.UTC(), o.Amount.Currency
	if final != nil {
		o.FinalAt = final.UTC()
	}
	return o, err
}

const countLeft = `
SELECT count(*) FROM obligation WHERE window_id = $1 AND state NOT IN ('SETTLED', 'MOVED', 'COVERED')`

// Left returns how many obligations of a window are not discharged.
func Left(ctx context.Context, reader db.Reader, windowID ids.ID) (int64, error) {
	var left int64
	if err := reader.QueryRow(ctx, countLeft, windowID).Scan(&left); err != nil {
		return 0, fmt.Errorf("instruct: left: %w", err)
	}
	return left, nil
}

const selectRetries = `
SELECT i.obligation_id, i.attempt, i.body FROM obligation_instruction i
JOIN obligation o ON o.obligation_id = i.obligation_id AND o.attempt = i.attempt
WHERE o.window_id = $1 ORDER BY i.obligation_id`

// File is an instruction with the name under which it is delivered.
type File struct {
	Name string
	Body []byte
	// Retry says that it is not the first about its obligation.
	Retry bool
}

// Files returns the present pacs.009 of every obligation of a window: the first
// one, or that of its last retry, which has the attempt in its name.
func Files(ctx context.Context, reader db.Reader, windowID ids.ID) ([]File, error) {
	obligations, err := Of(ctx, reader, windowID)
	if err != nil {
		return nil, err
	}
	rows, err := reader.Query(ctx, selectRetries, windowID)
	if err != nil {
		return nil, fmt.Errorf("instruct: files: %w", err)
	}
	retried := map[ids.ID]File{}
	var id ids.ID
	var attempt int64
	var body []byte
	_, err = pgx.ForEachRow(rows, []any{&id, &attempt, &body}, func() error {
		retried[id] = File{Name: fmt.Sprintf("_%02d", attempt), Body: bytes.Clone(body)}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("instruct: files: %w", err)
	}
	files := make([]File, len(obligations))
	for i, o := range obligations {
		later, found := retried[o.ID]
		files[i] = File{Name: fmt.Sprintf("pacs.009_%s_%s%s.xml", o.ParticipantID, o.Amount.Currency, later.Name), Body: o.Instruction}
		if found {
			files[i].Body, files[i].Retry = later.Body, true
		}
	}
	return files, nil
}
