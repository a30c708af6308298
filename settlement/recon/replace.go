package recon

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/money"
)

// former is what a correction is held against.
type former struct {
	currency         money.Currency
	from, to         time.Time
	hasBalances      bool
	opening, closing int64
}

// correctedBy says whether a statement can be a correction. It is about some of the same
// days; and one that opens where the former closed, and not where that opened, is the next
// one: there are banks that use their names again.
func (f former) correctedBy(s Statement) bool {
	next := f.hasBalances && s.HasBalances && s.Opening == f.closing && s.Opening != f.opening
	return s.Currency == f.currency && !s.From.After(f.to) && !s.To.Before(f.from) && !next
}

// correct takes a statement whose name was taken as a correction. neighbour is the
// statement that went on from the former one.
func correct(
	ctx context.Context, tx db.Tx, account string, id ids.ID, s Statement, at time.Time,
) (version int64, neighbour ids.ID, err error) {
	var f former
	err = tx.QueryRow(ctx, selectFormer, id).Scan(&f.currency, &f.from, &f.to, &f.hasBalances, &f.opening, &f.closing)
	if err != nil {
		return 0, ids.Nil, fmt.Errorf("recon: replace: %w", err)
	}
	if !f.correctedBy(s) {
		return 0, ids.Nil, fmt.Errorf("%w: %s of %s", ErrDiffers, s.Reference, s.Holder)
	}
	if neighbour, err = successor(ctx, tx, id); err != nil {
		return 0, ids.Nil, err
	}
	version, err = replace(ctx, tx, account, id, s, at)
	return version, neighbour, err
}

// replace puts a corrected version of a statement in the place of the present one,
// which is kept as a version of the past, and returns the number of the new one. Lines
// that both have stay as they are, matched or resolved; those that are new are open;
// those that are gone are replaced, and what they were matched or resolved with is open
// again.
func replace(ctx context.Context, tx db.Tx, account string, id ids.ID, s Statement, at time.Time) (int64, error) {
	former, err := selectLines(ctx, tx, selectOfStatement, id)
	if err != nil {
		return 0, err
	}
	past, err := archive(ctx, tx, id, s, at)
	if err != nil {
		return 0, err
	}
	added, gone := compareVersions(former, s.Lines)
	for i := range added {
		added[i].ID = ids.Derive(id, fmt.Sprintf("line.%d", past+1), int64(i))
		added[i].StatementID, added[i].BookedAt = id, at
	}
	if err := retire(ctx, tx, gone, at); err != nil {
		return 0, err
	}
	return past + 1, insert(ctx, tx, account, added)
}

// compareVersions returns which lines of the next version are new, and the ids of those
// of the former one that it has not. A line is the same if it says the same; if a version
// has one several times, so many of them are the same.
func compareVersions(former, next []Line) (added []Line, gone []ids.ID) {
	unclaimed := map[string][]ids.ID{}
	for _, line := range former {
		unclaimed[line.content()] = append(unclaimed[line.content()], line.ID)
	}
	for _, line := range next {
		content := line.content()
		if same := unclaimed[content]; len(same) > 0 {
			unclaimed[content] = same[1:]
			continue
		}
		added = append(added, line)
	}
	for _, line := range former {
		if left := unclaimed[line.content()]; len(left) > 0 {
			gone, unclaimed[line.content()] = append(gone, left...), nil
		}
	}
	return added, gone
}

// content is everything that a line says, whatever its id.
func (l Line) content() string {
	return strings.Join([]string{
		strings.Join(l.References, "\n"), l.Own, l.Counterparty, l.Amount.String(), l.ValueDate.Format(time.DateOnly), l.Text,
	}, "\x00")
}

// archive keeps the present version of a statement as one of the past and puts the next
// in its place. It returns how many versions are of the past.
func archive(ctx context.Context, tx db.Tx, id ids.ID, s Statement, at time.Time) (past int64, err error) {
	if err := tx.QueryRow(ctx, insertVersion, id, at).Scan(&past); err != nil {
		return 0, fmt.Errorf("recon: replace: %w", err)
	}
	_, err = tx.Exec(ctx, updateStatement, id, s.From, s.To, s.HasBalances, s.Opening, s.Closing, s.SHA256[:],
		int64(len(s.Lines)), at)
	if err != nil {
		return 0, fmt.Errorf("recon: replace: %w", err)
	}
	return past, nil
}

// retire replaces lines that are gone, and opens what they belong together with.
func retire(ctx context.Context, tx db.Tx, gone []ids.ID, at time.Time) error {
	if len(gone) == 0 {
		return nil
	}
	for _, step := range []struct {
		sql       string
		arguments []any
	}{
		{undoMatches, []any{gone, at}}, {openTogether, []any{gone, ids.Nil}}, {setReplaced, []any{gone, ids.Nil}},
	} {
		if _, err := tx.Exec(ctx, step.sql, step.arguments...); err != nil {
			return fmt.Errorf("recon: replace: %w", err)
		}
	}
	return nil
}

// known says whether what a statement says was taken under its name before, now or as
// a version of the past.
func known(ctx context.Context, reader db.Reader, id ids.ID, s Statement) (bool, error) {
	var count int64
	if err := reader.QueryRow(ctx, countSame, id, s.SHA256[:]).Scan(&count); err != nil {
		return false, fmt.Errorf("recon: take: %w", err)
	}
	return count > 0, nil
}
