package review

import (
	"context"
	"embed"
	"fmt"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/causeway-pay/causeway/internal/audit"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/reason"
)

//go:embed migrations/*.sql
var files embed.FS

// Migrations returns the steps that make this package's tables.
func Migrations() ([]db.Migration, error) { return db.LoadMigrations("review", files) }

const insertCase = `
INSERT INTO review_case (case_id, region, payment_id, decision_id, state, version, assignee_id, opened_at, due_at,
	proposer_id, decider_id, closed_at, held)
VALUES ($1, $2, $3, $4, 'OPEN', 1, $5, $6, $7, $5, $5, $6, $8)`

// File opens a case for a payment, in the transaction that holds or refuses it. Its id
// follows from the payment's, so that a payment has one at most.
func File(ctx context.Context, tx db.Tx, c Case) error {
	_, err := tx.Exec(ctx, insertCase, CaseOf(c.PaymentID), c.Region, c.PaymentID, c.DecisionID, ids.Nil, c.OpenedAt,
		c.DueAt, c.Held)
	if err != nil {
		return fmt.Errorf("review: file: %w", err)
	}
	return Log().Append(ctx, tx, audit.Entry{
		ID: ids.New(), At: c.OpenedAt, Actor: audit.System("compliance"), Action: "case.open",
		Subject: CaseOf(c.PaymentID).String(),
		Detail:  map[string]string{"payment": c.PaymentID.String(), "decision": c.DecisionID.String()},
	})
}

// CaseOf returns the id of a payment's case.
func CaseOf(paymentID ids.ID) ids.ID { return ids.Derive(paymentID, "review.case", 0) }

const columns = `
case_id, region, payment_id, decision_id, state, version, assignee_id, opened_at, due_at, proposer_id, decider_id,
	closed_at, held`

const selectCase = `SELECT ` + columns + ` FROM review_case WHERE case_id = $1`

// Find returns a case. One that is not there is [reason.Missing].
func Find(ctx context.Context, reader db.Reader, id ids.ID) (Case, error) {
	rows, err := reader.Query(ctx, selectCase, id)
	if err != nil {
		return Case{}, fmt.Errorf("review: find: %w", err)
	}
	c, err := pgx.CollectExactlyOneRow(rows, scanCase)
	if db.NoRows(err) {
		return Case{}, reason.New(reason.Missing, "review.Find", "")
	}
	return c, err
}

const selectCases = `
SELECT ` + columns + ` FROM review_case
WHERE state = $1 AND (opened_at < $2 OR (opened_at = $2 AND case_id < $3))
ORDER BY opened_at DESC, case_id DESC LIMIT $4`

// List returns cases in a state before a place, newest first.
func List(
	ctx context.Context, reader db.Reader, state State, before time.Time, id ids.ID, limit int,
) ([]Case, error) {
	rows, err := reader.Query(ctx, selectCases, state, before, id, limit)
	if err != nil {
		return nil, fmt.Errorf("review: list: %w", err)
	}
	return pgx.CollectRows(rows, scanCase)
}

func scanCase(row pgx.CollectableRow) (Case, error) {
	var c Case
	err := row.Scan(&c.ID, &c.Region, &c.PaymentID, &c.DecisionID, &c.State, &c.Version, &c.AssigneeID, &c.OpenedAt,
		&c.DueAt, &c.ProposerID, &c.DeciderID, &c.ClosedAt, &c.Held)
	c.OpenedAt, c.DueAt = c.OpenedAt.UTC(), c.DueAt.UTC()
	if c.State == Open {
		c.ClosedAt = time.Time{}
	} else {
		c.ClosedAt = c.ClosedAt.UTC()
	}
	return c, err
}

const assign = `
UPDATE review_case SET assignee_id = $2, version = version + 1 WHERE case_id = $1 AND state = 'OPEN'`

// Assign gives a case to an operator, or to nobody with [ids.Nil].
func Assign(ctx context.Context, tx db.Tx, id, assignee, by ids.ID, at time.Time) error {
	changed, err := tx.Exec(ctx, assign, id, assignee)
	if err != nil {
		return fmt.Errorf("review: assign: %w", err)
	}
	if changed == 0 {
		return closedOrMissing(ctx, tx, id)
	}
	return record(ctx, tx, "case.assign", id, by, at, map[string]string{"assignee": assignee.String()})
}

const bump = `UPDATE review_case SET version = version + 1 WHERE case_id = $1 AND state = 'OPEN'`

const insertComment = `
INSERT INTO review_comment (case_id, number, author_id, written_at, body)
SELECT $1, coalesce(max(number), 0) + 1, $2, $3, $4 FROM review_comment WHERE case_id = $1
RETURNING number`

// AddComment adds to an open case, which becomes another version by it.
func AddComment(ctx context.Context, tx db.Tx, c Comment) (number int64, err error) {
	if c.Text == "" || len(c.Text) > CommentMax {
		return 0, reason.New(reason.InvalidRequest, "review.AddComment", fmt.Sprintf("a comment has 1 to %d bytes", CommentMax))
	}
	changed, err := tx.Exec(ctx, bump, c.CaseID)
	if err != nil {
		return 0, fmt.Errorf("review: comment: %w", err)
	}
	if changed == 0 {
		return 0, closedOrMissing(ctx, tx, c.CaseID)
	}
	if err := tx.QueryRow(ctx, insertComment, c.CaseID, c.AuthorID, c.At, c.Text).Scan(&number); err != nil {
		return 0, fmt.Errorf("review: comment: %w", err)
	}
	if number > CommentsMax {
		return 0, reason.New(reason.CountLimit, "review.AddComment", fmt.Sprintf("more than %d comments", CommentsMax))
	}
	detail := map[string]string{"number": strconv.FormatInt(number, 10)}
	return number, record(ctx, tx, "case.comment", c.CaseID, c.AuthorID, c.At, detail)
}

const selectComments = `
SELECT case_id, number, author_id, written_at, body FROM review_comment WHERE case_id = $1 ORDER BY number`

// Comments returns the comments of a case in their order.
func Comments(ctx context.Context, reader db.Reader, id ids.ID) ([]Comment, error) {
	rows, err := reader.Query(ctx, selectComments, id)
	if err != nil {
		return nil, fmt.Errorf("review: comments: %w", err)
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (Comment, error) {
		var c Comment
		err := row.Scan(&c.CaseID, &c.Number, &c.AuthorID, &c.At, &c.Text)
		c.At = c.At.UTC()
		return c, err
	})
}

// Amend makes the case of a payment another version, because another decision about
// it is on record. A payment without an open case changes nothing.
func Amend(ctx context.Context, tx db.Tx, paymentID, decisionID ids.ID, at time.Time) error {
	id := CaseOf(paymentID)
	changed, err := tx.Exec(ctx, bump, id)
	if err != nil {
		return fmt.Errorf("review: amend: %w", err)
	}
	if changed == 0 {
		return nil
	}
	return Log().Append(ctx, tx, audit.Entry{
		ID: ids.New(), At: at, Actor: audit.System("compliance"), Action: "case.amend", Subject: id.String(),
		Detail: map[string]string{"decision": decisionID.String()},
	})
}

const closeCase = `
UPDATE review_case SET state = $2, version = version + 1, proposer_id = $3, decider_id = $4, closed_at = $5
WHERE case_id = $1 AND state = 'OPEN'`

// Decide closes a case with what two people decided, and returns it as it was. A
// decision that does not hold is an error with its reason, and changes nothing.
func Decide(ctx context.Context, tx db.Tx, d Decision) (Case, error) {
	c, err := Find(ctx, tx, d.CaseID)
	if err != nil {
		return Case{}, err
	}
	if err := d.judge(c); err != nil {
		return Case{}, err
	}
	state, action := Refused, "case.refuse"
	if d.Release {
		state, action = Released, "case.release"
	}
	changed, err := tx.Exec(ctx, closeCase, c.ID, state, d.ProposerID, d.DeciderID, d.At)
	if err == nil && changed != 1 {
		err = closedOrMissing(ctx, tx, c.ID)
	}
	if err != nil {
		return Case{}, err
	}
	return c, record(ctx, tx, action, c.ID, d.DeciderID, d.At, map[string]string{
		"proposer": d.ProposerID.String(), "code": d.Code, "version": strconv.FormatInt(d.Version, 10),
		"payment": c.PaymentID.String(),
	})
}

// Close closes the case of a payment that went on without it, as [Lapsed] or
// [Moot]. A payment without an open case changes nothing.
func Close(ctx context.Context, tx db.Tx, paymentID ids.ID, state State, at time.Time) error {
	id := CaseOf(paymentID)
	changed, err := tx.Exec(ctx, closeCase, id, state, ids.Nil, ids.Nil, at)
	if err != nil {
		return fmt.Errorf("review: close: %w", err)
	}
	if changed == 0 {
		return nil
	}
	return Log().Append(ctx, tx, audit.Entry{
		ID: ids.New(), At: at, Actor: audit.System("compliance"), Action: "case.close", Subject: id.String(),
		Detail: map[string]string{"state": string(state)},
	})
}

const selectLapsed = `
SELECT payment_id FROM review_case WHERE region = $1 AND state = 'OPEN' AND held = FALSE AND due_at <= $2
ORDER BY due_at LIMIT $3`

// Lapse closes at most limit cases of a region that hold no payment and whose time is over,
// and returns how many. Those that hold one are closed with it.
func Lapse(ctx context.Context, tx db.Tx, region string, at time.Time, limit int) (int64, error) {
	rows, err := tx.Query(ctx, selectLapsed, region, at, limit)
	if err != nil {
		return 0, fmt.Errorf("review: lapse: %w", err)
	}
	payments, err := pgx.CollectRows(rows, pgx.RowTo[ids.ID])
	if err != nil {
		return 0, fmt.Errorf("review: lapse: %w", err)
	}
	for _, id := range payments {
		if err := Close(ctx, tx, id, Lapsed, at); err != nil {
			return 0, err
		}
	}
	return int64(len(payments)), nil
}

func record(ctx context.Context, tx db.Tx, action string, id, by ids.ID, at time.Time, detail map[string]string) error {
	return Log().Append(ctx, tx, audit.Entry{
		ID: ids.New(), At: at, Actor: by.String(), Action: action, Subject: id.String(), Detail: detail,
	})
}

// closedOrMissing says why an open case was not found.
func closedOrMissing(ctx context.Context, tx db.Tx, id ids.ID) error {
	c, err := Find(ctx, tx, id)
	if err != nil {
		return err
	}
	return reason.New(reason.ProposalClosed, "review.Find", "the case is "+string(c.State))
}
