package recon

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
)

// Outcome is what came of a statement.
type Outcome struct {
	StatementID ids.ID
	// Repeated says that it had been taken before, and nothing has changed.
	Repeated bool
	// Version numbers what was taken under the statement's name, from 1; 0 if it is
	// repeated.
	Version int64
	// Matched and Broken count the matches and breaks of the account that this
	// comparison has made or found again, and Waiting our lines that no statement is
	// due to have yet.
	Matched, Broken, Waiting int
}

// ErrDiffers means that another statement was taken under this name before: one that
// this is no correction of.
var ErrDiffers = errors.New("recon: another statement was taken under this name, and this is no correction of it")

// Source reads our lines of an account from the books: at least those that were
// booked after a moment.
type Source func(ctx context.Context, reader db.Reader, after time.Time) ([]Line, error)

// overlap is how far back our lines are read again: longer than any transaction
// that booked some was under way.
const overlap = time.Hour

// Take takes a statement of an account, and compares every line that is open on
// both sides. A statement that comes again changes nothing, also as it was before it was
// corrected. One that says something else under the same name takes the place of the
// former, and is refused with [ErrDiffers] if it cannot be about the same: the name was
// used again, or by mistake.
func Take(
	ctx context.Context, tx db.Tx, account string, s Statement, ours Source, rules Rules, at time.Time,
) (Outcome, error) {
	id := s.ID(account)
	added, err := tx.Exec(ctx, insertStatement, id, account, s.Source, s.Holder, s.Reference, s.Currency, s.From, s.To,
		s.HasBalances, s.Opening, s.Closing, s.SHA256[:], int64(len(s.Lines)), at)
	if err != nil {
		return Outcome{}, fmt.Errorf("recon: take: %w", err)
	}
	version, neighbour := int64(1), ids.Nil
	if added == 0 {
		if again, err := known(ctx, tx, id, s); err != nil || again {
			return Outcome{StatementID: id, Repeated: true}, err
		}
		version, neighbour, err = correct(ctx, tx, account, id, s, at)
	} else {
		err = insert(ctx, tx, account, s.named(id, at))
	}
	if err != nil {
		return Outcome{}, err
	}
	said := event{at: at, name: s.name(version)}
	if err := continuity(ctx, tx, id, neighbour, said); err != nil {
		return Outcome{}, err
	}
	if err := read(ctx, tx, account, s, ours); err != nil {
		return Outcome{}, err
	}
	outcome, err := review(ctx, tx, account, rules, said)
	outcome.StatementID, outcome.Version = id, version
	return outcome, err
}

// event is when something was said, and what said it: that is why breaks are cleared.
type event struct {
	at   time.Time
	name string
}

// name is what people call a version of a statement.
func (s Statement) name(version int64) string {
	if version == 1 {
		return fmt.Sprintf("statement %s of %s", s.Reference, s.Holder)
	}
	return fmt.Sprintf("version %d of statement %s of %s", version, s.Reference, s.Holder)
}

// named are the lines of a statement that comes for the first time, with their ids.
func (s Statement) named(id ids.ID, at time.Time) []Line {
	for i := range s.Lines {
		s.Lines[i].ID, s.Lines[i].StatementID = ids.Derive(id, "line", int64(i)), id
		s.Lines[i].BookedAt = at
	}
	return s.Lines
}

// read adds our lines since the last time: those before the first statement are
// in its opening balance.
func read(ctx context.Context, tx db.Tx, account string, s Statement, ours Source) error {
	begin, err := when(ctx, tx, selectBegin, account, s.From)
	if err != nil {
		return err
	}
	until, err := when(ctx, tx, selectRead, account, begin)
	if err != nil {
		return err
	}
	after := until.Add(-overlap)
	// A statement about days before all others makes more of our lines due, some of
	// which were booked before their value date.
	if first := begin.AddDate(0, 0, -daysMax); after.Before(first) || begin.Equal(s.From) {
		after = first
	}
	lines, err := ours(ctx, tx, after)
	if err != nil {
		return err
	}
	var due []Line
	for _, line := range lines {
		if !line.ValueDate.Before(begin) || !line.BookedAt.Before(begin) {
			due = append(due, line)
		}
	}
	return insert(ctx, tx, account, due)
}

// review compares all open lines of an account again.
func review(ctx context.Context, tx db.Tx, account string, rules Rules, said event) (Outcome, error) {
	open, err := selectLines(ctx, tx, selectOpen, account)
	if err != nil {
		return Outcome{}, err
	}
	before, err := like(ctx, tx, account, open)
	if err != nil {
		return Outcome{}, err
	}
	end, err := when(ctx, tx, selectEnd, account, time.Time{})
	if err != nil {
		return Outcome{}, err
	}
	var ours, theirs []Line
	for _, line := range open {
		if line.Side == Ours {
			ours = append(ours, line)
		} else {
			theirs = append(theirs, line)
		}
	}
	if len(ours) > openMax || len(theirs) > openMax {
		return Outcome{}, fmt.Errorf("%w: more than %d open lines of %s", ErrStatement, openMax, account)
	}
	result := Compare(ours, theirs, rules, before...)
	breaks, waiting := due(result.Breaks, end)
	cancels, breaks := cancelled(breaks)
	result.Matches = append(result.Matches, cancels...)
	if err := saveMatches(ctx, tx, account, result.Matches, said.at); err != nil {
		return Outcome{}, err
	}
	if err := saveBreaks(ctx, tx, account, breaks, said); err != nil {
		return Outcome{}, err
	}
	return Outcome{Matched: len(result.Matches), Broken: len(breaks), Waiting: waiting}, nil
}

// openMax bounds the open lines of a side: two statements of the longest kind.
const openMax = 2 * linesMax

// due leaves out our lines of days that no statement is about yet: they are not
// missing.
func due(breaks []Break, end time.Time) (list []Break, waiting int) {
	for _, b := range breaks {
		if b.Kind == MissingTheirs && b.Ours.ValueDate.After(end) {
			waiting++
			continue
		}
		list = append(list, b)
	}
	return list, waiting
}

// cancelled takes out of the breaks what they do not have because it is in no file: lines of a
// payment of ours that was cancelled in its window, once all of them come to nothing.
func cancelled(breaks []Break) (cancels []Match, rest []Break) {
	lines, unlisted := map[string][]Line{}, map[string]bool{}
	var order []string
	for _, b := range breaks {
		if b.Kind != MissingTheirs || len(b.Ours.References) == 0 {
			continue
		}
		payment := b.Ours.References[0]
		if lines[payment] == nil {
			order = append(order, payment)
		}
		lines[payment] = append(lines[payment], *b.Ours)
		unlisted[payment] = unlisted[payment] || b.Ours.Text == unlistedText
	}
	done := map[string]bool{}
	for _, payment := range order {
		if unlisted[payment] && sum(lines[payment]) == 0 {
			done[payment] = true
			cancels = append(cancels, Match{ID: identify("match", lines[payment]...), Rule: ByCancel, Ours: lines[payment]})
		}
	}
	return cancels, slices.DeleteFunc(breaks, func(b Break) bool {
		return b.Kind == MissingTheirs && len(b.Ours.References) > 0 && done[b.Ours.References[0]]
	})
}
