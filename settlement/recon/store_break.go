package recon

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

// State says whether a break is still one.
type State string

// The states.
const (
	Open State = "OPEN"
	// Cleared: the lines were matched later, by a statement that came or was corrected.
	Cleared State = "CLEARED"
	// Resolved: people have explained it, or corrected the books.
	Resolved State = "RESOLVED"
)

// Case is a break on record.
type Case struct {
	ID        ids.ID
	AccountID string
	Kind      Kind
	Currency  money.Currency
	// Ours and Theirs are the amounts of the two sides, zero where there is no line;
	// of [BalanceDiffers] the balance before and the opening one.
	Ours, Theirs int64
	// Day is the value date by which it ages.
	Day   time.Time
	State State
	// Owner is who looks after it; empty as long as nobody does.
	Owner    string
	OpenedAt time.Time
	ClosedAt time.Time
	// ClosedBy and Resolution are who resolved it, and how; of one that was cleared, the
	// Resolution is the statement that did.
	ClosedBy, Resolution string
}

// Difference is by how much theirs is more than ours.
func (c Case) Difference() money.Amount { return money.New(c.Theirs-c.Ours, c.Currency) }

// Age is how many days it has been a difference, by value date.
func (c Case) Age(now time.Time) int {
	if c.State != Open {
		now = c.ClosedAt
	}
	return max(0, int(Day(now.UTC()).Sub(c.Day)/(24*time.Hour)))
}

const caseColumns = `break_id, account_id, kind, currency, ours_minor, theirs_minor, value_day, state, owner, opened_at,
	closed_at, closed_by, resolution`

const (
	selectCases = `SELECT ` + caseColumns + ` FROM recon_break
		WHERE state = $1 AND ($2 = '' OR account_id = $2) ORDER BY value_day, account_id, break_id LIMIT $3`
	selectCase = `SELECT ` + caseColumns + ` FROM recon_break WHERE break_id = $1`
)

// Cases returns breaks in a state, of one account or of all if it is empty, the
// oldest first.
func Cases(ctx context.Context, reader db.Reader, state State, account string, limit int) ([]Case, error) {
	return queryCases(ctx, reader, selectCases, state, account, limit)
}

// Find returns a break with its lines, if there is one.
func Find(ctx context.Context, reader db.Reader, id ids.ID) (c Case, lines []Line, found bool, err error) {
	list, err := queryCases(ctx, reader, selectCase, id)
	if err != nil || len(list) == 0 {
		return Case{}, nil, false, err
	}
	lines, err = selectLines(ctx, reader, selectBelonging, id)
	return list[0], lines, true, err
}

func queryCases(ctx context.Context, reader db.Reader, sql string, arguments ...any) ([]Case, error) {
	rows, err := reader.Query(ctx, sql, arguments...)
	if err != nil {
		return nil, fmt.Errorf("recon: breaks: %w", err)
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (Case, error) {
		var c Case
		var closed *time.Time
		err := row.Scan(&c.ID, &c.AccountID, &c.Kind, &c.Currency, &c.Ours, &c.Theirs, &c.Day, &c.State, &c.Owner,
			&c.OpenedAt, &closed, &c.ClosedBy, &c.Resolution)
		c.Day, c.OpenedAt = c.Day.UTC(), c.OpenedAt.UTC()
		if closed != nil {
			c.ClosedAt = closed.UTC()
		}
		return c, err
	})
}

// What can be wrong with a step of a break.
var (
	// ErrNoBreak means that there is none with the id.
	ErrNoBreak = errors.New("recon: there is no such break")
	// ErrClosed means that it is cleared or resolved already.
	ErrClosed = errors.New("recon: the break is not open")
	// ErrNothing means that a correction would move nothing: say why it is none.
	ErrNothing = errors.New("recon: the break has no difference to correct")
)

const (
	setOwner    = `UPDATE recon_break SET owner = $2 WHERE break_id = $1 AND state = 'OPEN'`
	setResolved = `UPDATE recon_break SET state = 'RESOLVED', closed_at = $2, closed_by = $3, resolution = $4
		WHERE break_id = $1 AND state = 'OPEN'`
	setLinesResolved = `UPDATE recon_line SET state = 'RESOLVED' WHERE belongs_to = $1 AND state = 'OPEN'`
	insertComment    = `INSERT INTO recon_comment (comment_id, break_id, author, body, written_at)
		VALUES ($1, $2, $3, $4, $5)`
	selectComments = `SELECT author, body, written_at FROM recon_comment WHERE break_id = $1
		ORDER BY written_at, comment_id LIMIT $2`
)

// change makes a change to an open break.
func change(ctx context.Context, tx db.Tx, sql string, id ids.ID, arguments ...any) error {
	changed, err := tx.Exec(ctx, sql, append([]any{id}, arguments...)...)
	if err != nil {
		return fmt.Errorf("recon: break: %w", err)
	}
	if changed == 1 {
		return nil
	}
	if list, err := queryCases(ctx, tx, selectCase, id); err != nil || len(list) > 0 {
		return errors.Join(err, ErrClosed)
	}
	return ErrNoBreak
}

// Assign gives an open break an owner.
func Assign(ctx context.Context, tx db.Tx, id ids.ID, owner string) error {
	return change(ctx, tx, setOwner, id, owner)
}

// Comment is what somebody has to say about a break.
type Comment struct {
	Author, Body string
	At           time.Time
}

// AddComment adds a comment to a break, open or not.
func AddComment(ctx context.Context, tx db.Tx, commentID, id ids.ID, c Comment) error {
	list, err := queryCases(ctx, tx, selectCase, id)
	if err != nil {
		return err
	}
	if len(list) == 0 {
		return ErrNoBreak
	}
	if _, err := tx.Exec(ctx, insertComment, commentID, id, c.Author, c.Body, c.At); err != nil {
		return fmt.Errorf("recon: comment: %w", err)
	}
	return nil
}

// Comments returns the comments on a break, oldest first.
func Comments(ctx context.Context, reader db.Reader, id ids.ID, limit int) ([]Comment, error) {
	rows, err := reader.Query(ctx, selectComments, id, limit)
	if err != nil {
		return nil, fmt.Errorf("recon: comments: %w", err)
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (Comment, error) {
		var c Comment
		err := row.Scan(&c.Author, &c.Body, &c.At)
		c.At = c.At.UTC()
		return c, err
	})
}

// Total is what the lines of one side come to.
type Total struct {
	Side Side
	// Part is MATCHED, BROKEN in open breaks, RESOLVED, or WAITING for a statement.
	Part  string
	Lines int64
	Minor int64
}

const selectTotals = `
SELECT part.side, part.name, count(*), coalesce(sum(part.amount_minor), 0)::BIGINT
FROM (SELECT l.side, l.amount_minor,
		CASE WHEN l.state <> 'OPEN' THEN l.state WHEN b.break_id IS NULL THEN 'WAITING' ELSE 'BROKEN' END AS name
	FROM recon_line l LEFT JOIN recon_break b ON b.break_id = l.belongs_to AND b.state = 'OPEN'
	WHERE l.account_id = $1 AND l.state <> 'REPLACED') part
GROUP BY part.side, part.name ORDER BY part.side, part.name`

// Totals returns what all lines of an account come to, by side and by what became
// of them.
func Totals(ctx context.Context, reader db.Reader, account string) ([]Total, error) {
	rows, err := reader.Query(ctx, selectTotals, account)
	if err != nil {
		return nil, fmt.Errorf("recon: totals: %w", err)
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[Total])
}
