package instruct

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/money"
)

// StepKind says what happened to an obligation.
type StepKind string

// The kinds of steps. The first four are a bank's word.
const (
	// Confirmed: the bank moved money.
	Confirmed StepKind = "CONFIRMED"
	// Accepted: the bank took an instruction; no money moved yet.
	Accepted StepKind = "ACCEPTED"
	// Rejected: the bank refused an instruction.
	Rejected StepKind = "REJECTED"
	// Unmatched: the bank's word fits no obligation, and somebody must look.
	Unmatched StepKind = "UNMATCHED"
	// Retried: it was instructed again.
	Retried StepKind = "RETRIED"
	// RestMoved: the rest is owed in a later window.
	RestMoved StepKind = "MOVED"
	// RestCovered: the rest was lost.
	RestCovered StepKind = "COVERED"
)

// Step is one event in the life of an obligation after it was instructed.
type Step struct {
	ID ids.ID
	// ObligationID is nil for a word of a bank that fits none.
	ObligationID ids.ID
	Kind         StepKind
	Direction    Direction
	// Amount is what moved; zero without a currency if nothing did.
	Amount    money.Amount
	ValueDate time.Time
	// Reference is the bank's, or the proposal that two people agreed on; Reason
	// is in the bank's or their words.
	Reference, Reason string
	At                time.Time
}

// ErrDiffers means that a bank says something else under a reference that it has
// used before.
var ErrDiffers = errors.New("instruct: the bank has said something else under this reference")

const insertStep = `
INSERT INTO settlement_step (step_id, obligation_id, kind, direction, currency, amount_minor, value_date, reference,
	reason, at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`

const stepColumns = `step_id, obligation_id, kind, direction, currency, amount_minor, value_date, reference, reason, at`

const (
	selectStep  = `SELECT ` + stepColumns + ` FROM settlement_step WHERE step_id = $1`
	selectHeard = `SELECT ` + stepColumns + ` FROM settlement_step WHERE obligation_id = $1 AND kind = 'CONFIRMED'
		AND reference = $2`
	selectSteps = `SELECT ` + stepColumns + ` FROM settlement_step WHERE obligation_id = $1
		ORDER BY at DESC, step_id LIMIT $2`
)

// record stores a step.
func record(ctx context.Context, tx db.Tx, s Step) error {
	var due *time.Time
	if !s.ValueDate.IsZero() {
		due = &s.ValueDate
	}
	_, err := tx.Exec(ctx, insertStep, s.ID, s.ObligationID, s.Kind, s.Direction, s.Amount.Currency, s.Amount.Minor,
		due, s.Reference, s.Reason, s.At)
	if err != nil {
		return fmt.Errorf("instruct: record: %w", err)
	}
	return nil
}

// stepOf returns the step with an id, if there is one.
func stepOf(ctx context.Context, reader db.Reader, id ids.ID) (step Step, found bool, err error) {
	steps, err := collectSteps(ctx, reader, selectStep, id)
	if err != nil || len(steps) == 0 {
		return Step{}, false, err
	}
	return steps[0], true, nil
}

// StepsOf returns what happened to an obligation, newest first; with the nil id
// it returns what banks said that fits none.
func StepsOf(ctx context.Context, reader db.Reader, obligation ids.ID, limit int) ([]Step, error) {
	return collectSteps(ctx, reader, selectSteps, obligation, limit)
}

func collectSteps(ctx context.Context, reader db.Reader, sql string, arguments ...any) ([]Step, error) {
	rows, err := reader.Query(ctx, sql, arguments...)
	if err != nil {
		return nil, fmt.Errorf("instruct: steps: %w", err)
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (Step, error) {
		var s Step
		var due *time.Time
		err := row.Scan(&s.ID, &s.ObligationID, &s.Kind, &s.Direction, &s.Amount.Currency, &s.Amount.Minor, &due,
			&s.Reference, &s.Reason, &s.At)
		if due != nil {
			s.ValueDate = due.UTC()
		}
		s.At = s.At.UTC()
		return s, err
	})
}

const updateObligation = `
UPDATE obligation SET state = $2, discharged_minor = $3, attempt = $4, final_at = $5
WHERE obligation_id = $1 AND state = $6 AND discharged_minor = $7 AND attempt = $8`

// save stores what became of an obligation.
func save(ctx context.Context, tx db.Tx, before, after Obligation) error {
	var final *time.Time
	if !after.FinalAt.IsZero() {
		final = &after.FinalAt
	}
	changed, err := tx.Exec(ctx, updateObligation, after.ID, after.State, after.Discharged.Minor, after.Attempt, final,
		before.State, before.Discharged.Minor, before.Attempt)
	if err != nil {
		return fmt.Errorf("instruct: save: %w", err)
	}
	if changed != 1 {
		return fmt.Errorf("%w: it has changed", ErrState)
	}
	return nil
}
