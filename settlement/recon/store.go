package recon

import (
	"context"
	"embed"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
)

//go:embed migrations/*.sql
var files embed.FS

// Migrations returns the steps that make this package's tables.
func Migrations() ([]db.Migration, error) { return db.LoadMigrations("recon", files) }

// rowsMost is how many rows one statement of SQL writes.
const rowsMost = 2_000

const (
	insertStatement = `
INSERT INTO recon_statement (statement_id, account_id, source, holder, reference, currency, from_day, to_day,
	has_balances, opening_minor, closing_minor, sha256, line_count, taken_at, taken_number)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14,
	(SELECT coalesce(max(taken_number), 0) + 1 FROM recon_statement WHERE account_id = $2))
ON CONFLICT (statement_id) DO NOTHING`
	countSame = `SELECT (SELECT count(*) FROM recon_statement WHERE statement_id = $1 AND sha256 = $2)
		+ (SELECT count(*) FROM recon_statement_version WHERE statement_id = $1 AND sha256 = $2)`
	selectFormer = `SELECT currency, from_day, to_day, has_balances, opening_minor, closing_minor FROM recon_statement
		WHERE statement_id = $1`
	selectOpening = `SELECT account_id, currency, from_day, has_balances, opening_minor FROM recon_statement
		WHERE statement_id = $1`
	// Statements with balances go on from one another by their last day, those of the same
	// day as they were taken.
	selectBefore = `SELECT n.closing_minor FROM recon_statement s
		JOIN recon_statement n ON n.account_id = s.account_id AND n.holder = s.holder AND n.has_balances
		WHERE s.statement_id = $1 AND n.to_day <= s.to_day
			AND (n.to_day, n.taken_number, n.statement_id) < (s.to_day, s.taken_number, s.statement_id)
		ORDER BY n.to_day DESC, n.taken_number DESC, n.statement_id DESC LIMIT 1`
	selectAfter = `SELECT n.statement_id FROM recon_statement s
		JOIN recon_statement n ON n.account_id = s.account_id AND n.holder = s.holder AND n.has_balances
		WHERE s.statement_id = $1 AND n.to_day >= s.to_day
			AND (n.to_day, n.taken_number, n.statement_id) > (s.to_day, s.taken_number, s.statement_id)
		ORDER BY n.to_day, n.taken_number, n.statement_id LIMIT 1`
	selectBegin = `SELECT coalesce(min(from_day), $2) FROM recon_statement WHERE account_id = $1`
	selectEnd   = `SELECT coalesce(max(to_day), $2) FROM recon_statement WHERE account_id = $1`
	// By state, so that the last of each is found where the index ends, however many there are.
	selectRead = `SELECT coalesce(max(last.booked_at), $2) FROM (
		SELECT max(booked_at) AS booked_at FROM recon_line WHERE account_id = $1 AND state = 'OPEN' AND side = 'OURS'
		UNION ALL SELECT max(booked_at) FROM recon_line WHERE account_id = $1 AND state = 'MATCHED' AND side = 'OURS'
		UNION ALL SELECT max(booked_at) FROM recon_line WHERE account_id = $1 AND state = 'RESOLVED' AND side = 'OURS'
		UNION ALL SELECT max(booked_at) FROM recon_line WHERE account_id = $1 AND state = 'REPLACED' AND side = 'OURS') last`
)

// when reads a moment of an account; otherwise is returned if there is none.
func when(ctx context.Context, reader db.Reader, sql, account string, otherwise time.Time) (time.Time, error) {
	var at time.Time
	if err := reader.QueryRow(ctx, sql, account, otherwise).Scan(&at); err != nil {
		return time.Time{}, fmt.Errorf("recon: account %s: %w", account, err)
	}
	return at.UTC(), nil
}

const (
	insertVersion = `
INSERT INTO recon_statement_version (statement_id, version, from_day, to_day, sha256, line_count, taken_at, replaced_at,
	has_balances, opening_minor, closing_minor)
SELECT s.statement_id, (SELECT count(*) FROM recon_statement_version v WHERE v.statement_id = s.statement_id) + 1,
	s.from_day, s.to_day, s.sha256, s.line_count, s.taken_at, $2::TIMESTAMPTZ,
	s.has_balances, s.opening_minor, s.closing_minor
FROM recon_statement s WHERE s.statement_id = $1
RETURNING version`
	updateStatement = `
UPDATE recon_statement SET from_day = $2, to_day = $3, has_balances = $4, opening_minor = $5, closing_minor = $6,
	sha256 = $7, line_count = $8, taken_at = $9 WHERE statement_id = $1`
	undoMatches = `
UPDATE recon_match SET undone_at = $2
WHERE match_id IN (SELECT belongs_to FROM recon_line WHERE line_id = ANY($1::UUID[]) AND state = 'MATCHED')`
	openTogether = `
UPDATE recon_line SET state = 'OPEN', belongs_to = $2
WHERE belongs_to IN (SELECT g.belongs_to FROM recon_line g WHERE g.line_id = ANY($1::UUID[]) AND g.state <> 'OPEN')`
	setReplaced = `UPDATE recon_line SET state = 'REPLACED', belongs_to = $2 WHERE line_id = ANY($1::UUID[])`
)

const insertLines = `
INSERT INTO recon_line (line_id, account_id, side, statement_id, line_refs, own_reference, counterparty, currency,
	amount_minor, value_day, line_text, booked_at, state, belongs_to)
SELECT unnest($1::UUID[]), $2::TEXT, unnest($3::TEXT[]), unnest($4::UUID[]), unnest($5::TEXT[]), unnest($6::TEXT[]),
	unnest($7::TEXT[]), unnest($8::TEXT[]), unnest($9::BIGINT[]), unnest($10::TIMESTAMPTZ[]), unnest($11::TEXT[]),
	unnest($12::TIMESTAMPTZ[]), 'OPEN', $13::UUID
ON CONFLICT (line_id) DO NOTHING`

const insertKeys = `
INSERT INTO recon_key (account_id, side, line_key, line_id)
SELECT $1::TEXT, unnest($2::TEXT[]), unnest($3::TEXT[]), unnest($4::UUID[])
ON CONFLICT (account_id, side, line_key, line_id) DO NOTHING`

// insert stores lines of an account with what they are known by; those that are
// there already are left as they are.
func insert(ctx context.Context, tx db.Tx, account string, lines []Line) error {
	for some := range slices.Chunk(lines, rowsMost) {
		c := &lineColumns{}
		for _, line := range some {
			c.add(line)
		}
		_, err := tx.Exec(ctx, insertLines, c.ids, account, c.sides, c.statements, c.references, c.owns, c.counterparties,
			c.currencies, c.amounts, c.days, c.texts, c.booked, ids.Nil)
		if err != nil {
			return fmt.Errorf("recon: insert lines: %w", err)
		}
		if _, err := tx.Exec(ctx, insertKeys, account, c.keySides, c.keys, c.keyLines); err != nil {
			return fmt.Errorf("recon: insert keys: %w", err)
		}
	}
	return nil
}

// lineColumns holds lines column by column, as unnest takes them.
type lineColumns struct {
	ids, statements, keyLines                                                  []ids.ID
	sides, references, owns, counterparties, currencies, texts, keys, keySides []string
	amounts                                                                    []int64
	days, booked                                                               []time.Time
}

func (c *lineColumns) add(l Line) {
	c.ids, c.statements = append(c.ids, l.ID), append(c.statements, l.StatementID)
	c.sides, c.references = append(c.sides, string(l.Side)), append(c.references, strings.Join(l.References, "\n"))
	c.owns, c.counterparties = append(c.owns, l.Own), append(c.counterparties, l.Counterparty)
	c.currencies, c.texts = append(c.currencies, string(l.Amount.Currency)), append(c.texts, l.Text)
	c.amounts, c.days = append(c.amounts, l.Amount.Minor), append(c.days, l.ValueDate)
	c.booked = append(c.booked, l.BookedAt)
	for _, key := range l.keys() {
		c.keys, c.keySides, c.keyLines = append(c.keys, key), append(c.keySides, string(l.Side)), append(c.keyLines, l.ID)
	}
}

const lineSelection = `l.line_id, l.side, l.statement_id, l.line_refs, l.own_reference, l.counterparty, l.currency,
	l.amount_minor, l.value_day, l.line_text, l.booked_at`

const (
	selectOpen = `SELECT ` + lineSelection + ` FROM recon_line l WHERE l.account_id = $1 AND l.state = 'OPEN'
		ORDER BY l.line_id`
	selectLike = `SELECT DISTINCT ` + lineSelection + ` FROM
		(SELECT unnest($2::TEXT[]) AS side, unnest($3::TEXT[]) AS line_key, unnest($4::BIGINT[]) AS amount_minor) o
		JOIN recon_key k ON k.account_id = $1 AND k.side = o.side AND k.line_key = o.line_key
		JOIN recon_line l ON l.line_id = k.line_id AND l.state = 'MATCHED' AND l.amount_minor = o.amount_minor`
	selectOfStatement = `SELECT ` + lineSelection + ` FROM recon_line l
		WHERE l.statement_id = $1 AND l.side = 'THEIRS' AND l.state <> 'REPLACED' ORDER BY l.line_id`
	selectBelonging = `SELECT ` + lineSelection + ` FROM recon_line l WHERE l.belongs_to = $1 ORDER BY l.side, l.line_id`
)

// like returns the matched lines of an account that have a reference, the side and the amount in
// common with some of its open lines. It asks by what those are known by, so that it takes no
// longer after years of statements.
func like(ctx context.Context, reader db.Reader, account string, open []Line) ([]Line, error) {
	var list []Line
	seen := map[ids.ID]bool{}
	for some := range slices.Chunk(open, rowsMost) {
		var sides, keys []string
		var amounts []int64
		for _, line := range some {
			for _, key := range line.keys() {
				sides, keys, amounts = append(sides, string(line.Side)), append(keys, key), append(amounts, line.Amount.Minor)
			}
		}
		found, err := selectLines(ctx, reader, selectLike, account, sides, keys, amounts)
		if err != nil {
			return nil, err
		}
		for _, line := range found {
			if !seen[line.ID] {
				seen[line.ID] = true
				list = append(list, line)
			}
		}
	}
	return list, nil
}

func selectLines(ctx context.Context, reader db.Reader, sql string, arguments ...any) ([]Line, error) {
	rows, err := reader.Query(ctx, sql, arguments...)
	if err != nil {
		return nil, fmt.Errorf("recon: lines: %w", err)
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (Line, error) {
		var l Line
		var references string
		err := row.Scan(&l.ID, &l.Side, &l.StatementID, &references, &l.Own, &l.Counterparty, &l.Amount.Currency,
			&l.Amount.Minor, &l.ValueDate, &l.Text, &l.BookedAt)
		if references != "" {
			l.References = strings.Split(references, "\n")
		}
		l.ValueDate, l.BookedAt = l.ValueDate.UTC(), l.BookedAt.UTC()
		return l, err
	})
}

const (
	insertMatches = `
INSERT INTO recon_match (match_id, account_id, rule, difference_minor, matched_at)
SELECT unnest($1::UUID[]), $2::TEXT, unnest($3::TEXT[]), unnest($4::BIGINT[]), $5::TIMESTAMPTZ
ON CONFLICT (match_id) DO UPDATE SET undone_at = NULL`
	setBelongs = `
UPDATE recon_line SET state = $1, belongs_to = change.owner
FROM (SELECT unnest($2::UUID[]) AS line_id, unnest($3::UUID[]) AS owner) change
WHERE recon_line.line_id = change.line_id`
	insertBreaks = `
INSERT INTO recon_break (break_id, account_id, kind, currency, ours_minor, theirs_minor, value_day, state, owner,
	opened_at, closed_by, resolution)
SELECT unnest($1::UUID[]), $2::TEXT, unnest($3::TEXT[]), $4::TEXT, unnest($5::BIGINT[]), unnest($6::BIGINT[]),
	unnest($7::TIMESTAMPTZ[]), 'OPEN', '', $8::TIMESTAMPTZ, '', ''
ON CONFLICT (break_id) DO UPDATE SET state = 'OPEN', closed_at = NULL, resolution = '' WHERE recon_break.state = 'CLEARED'`
	clearBreaks = `
UPDATE recon_break SET state = 'CLEARED', closed_at = $2, resolution = $4
WHERE account_id = $1 AND state = 'OPEN' AND kind <> 'BALANCE_DIFFERS' AND NOT (break_id = ANY($3::UUID[]))`
	clearBreak = `
UPDATE recon_break SET state = 'CLEARED', closed_at = $2, resolution = $3 WHERE break_id = $1 AND state = 'OPEN'`
)

// saveMatches stores matches, with the lines in them.
func saveMatches(ctx context.Context, tx db.Tx, account string, matches []Match, at time.Time) error {
	for some := range slices.Chunk(matches, rowsMost) {
		var matchIDs, lineIDs, owners []ids.ID
		var rules []string
		var differences []int64
		for _, m := range some {
			matchIDs, rules = append(matchIDs, m.ID), append(rules, string(m.Rule))
			differences = append(differences, m.Difference())
			for _, line := range append(slices.Clone(m.Ours), m.Theirs...) {
				lineIDs, owners = append(lineIDs, line.ID), append(owners, m.ID)
			}
		}
		if _, err := tx.Exec(ctx, insertMatches, matchIDs, account, rules, differences, at); err != nil {
			return fmt.Errorf("recon: matches: %w", err)
		}
		if _, err := tx.Exec(ctx, setBelongs, "MATCHED", lineIDs, owners); err != nil {
			return fmt.Errorf("recon: matches: %w", err)
		}
	}
	return nil
}

// saveBreaks stores the differences of an account as they are now. One that was
// open and is no more is cleared, with what was said; one that comes back is open again,
// with its owner, age and comments.
func saveBreaks(ctx context.Context, tx db.Tx, account string, breaks []Break, said event) error {
	now := make([]ids.ID, len(breaks))
	for i, b := range breaks {
		now[i] = b.ID
	}
	if _, err := tx.Exec(ctx, clearBreaks, account, said.at, now, said.name); err != nil {
		return fmt.Errorf("recon: clear: %w", err)
	}
	for some := range slices.Chunk(breaks, rowsMost) {
		if err := insertSome(ctx, tx, account, some, said.at); err != nil {
			return err
		}
	}
	return nil
}

func insertSome(ctx context.Context, tx db.Tx, account string, breaks []Break, at time.Time) error {
	var breakIDs, lineIDs, owners []ids.ID
	var kinds []string
	var ours, theirs []int64
	var days []time.Time
	var currency string
	for _, b := range breaks {
		breakIDs, kinds = append(breakIDs, b.ID), append(kinds, string(b.Kind))
		amounts, day := map[Side]int64{}, time.Time{}
		for _, line := range b.lines() {
			lineIDs, owners = append(lineIDs, line.ID), append(owners, b.ID)
			amounts[line.Side], day, currency = line.Amount.Minor, line.ValueDate, string(line.Amount.Currency)
		}
		ours, theirs, days = append(ours, amounts[Ours]), append(theirs, amounts[Theirs]), append(days, day)
	}
	if _, err := tx.Exec(ctx, insertBreaks, breakIDs, account, kinds, currency, ours, theirs, days, at); err != nil {
		return fmt.Errorf("recon: breaks: %w", err)
	}
	if _, err := tx.Exec(ctx, setBelongs, "OPEN", lineIDs, owners); err != nil {
		return fmt.Errorf("recon: breaks: %w", err)
	}
	return nil
}
