package window

import (
	"context"
	"fmt"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
)

// carriedEvery is how many windows there are between two of which is kept what is brought
// into them: as many at most are added up for a statement, and for each of as many windows
// as much is stored as for one more.
const carriedEvery = 64

// selectKept is the last window up to a number of which it is kept, 0 if there is none.
const selectKept = `SELECT coalesce(max(number), 0) FROM window_carried WHERE region = $1 AND number <= $2`

const selectCarried = `
SELECT f.participant_id, f.currency, sum(f.debits_minor)::BIGINT, sum(f.credits_minor)::BIGINT, sum(f.entries)::BIGINT
FROM (SELECT participant_id, currency, debits_minor, credits_minor, entries FROM window_carried
	WHERE region = $1 AND number = $3
	UNION ALL
	SELECT n.participant_id, n.currency, n.debits_minor, n.credits_minor, n.entries FROM settlement_window w
	JOIN window_net n ON n.window_id = w.window_id WHERE w.region = $1 AND w.number >= $3 AND w.number < $2
	UNION ALL
	SELECT n.participant_id, n.currency, n.debits_minor, n.credits_minor, n.entries FROM settlement_window w
	JOIN window_gross n ON n.window_id = w.window_id WHERE w.region = $1 AND w.number >= $3 AND w.number < $2
	UNION ALL
	SELECT n.participant_id, n.currency, n.debits_minor, n.credits_minor, n.entries FROM settlement_window w
	JOIN window_settled n ON n.window_id = w.window_id WHERE w.region = $1 AND w.number >= $3 AND w.number < $2) f
GROUP BY f.participant_id, f.currency ORDER BY f.participant_id, f.currency`

// Carried returns what every owner brings into a window: the figures of all
// windows of the region before it with what was settled and what is gross, as one, in the order of
// owner and currency. It takes as long after years of windows as after [carriedEvery].
func Carried(ctx context.Context, reader db.Reader, w Window) ([]Net, error) {
	var kept int64
	if err := reader.QueryRow(ctx, selectKept, w.Region, w.Number).Scan(&kept); err != nil {
		return nil, fmt.Errorf("window: carried: %w", err)
	}
	return figures(ctx, reader, w.ID, selectCarried, w.Region, w.Number, kept)
}

const countUnfinished = `
SELECT count(*) FROM settlement_window WHERE region = $1 AND state IN ('OPEN', 'CLOSING') AND number < $2`

const insertCarried = `
INSERT INTO window_carried (region, number, participant_id, currency, debits_minor, credits_minor, entries)
SELECT $1::TEXT, $2::BIGINT, unnest($3::TEXT[]), unnest($4::TEXT[]), unnest($5::BIGINT[]), unnest($6::BIGINT[]),
	unnest($7::BIGINT[])
ON CONFLICT (region, number, participant_id, currency) DO NOTHING`

// unfinished returns how many windows of the region before one have figures that are not final.
func unfinished(ctx context.Context, reader db.Reader, w Window) (int64, error) {
	var count int64
	if err := reader.QueryRow(ctx, countUnfinished, w.Region, w.Number).Scan(&count); err != nil {
		return 0, fmt.Errorf("window: unfinished: %w", err)
	}
	return count, nil
}

// Carry keeps what is brought into a window, if it is one of which that is kept and the
// figures of all windows before it are final.
func Carry(ctx context.Context, tx db.Tx, id ids.ID) error {
	w, err := Get(ctx, tx, id)
	if err != nil || w.Number%carriedEvery != 0 {
		return err
	}
	left, err := unfinished(ctx, tx, w)
	if err != nil || left > 0 {
		return err
	}
	nets, err := Carried(ctx, tx, w)
	if err != nil {
		return err
	}
	c := columnsOf(nets)
	_, err = tx.Exec(ctx, insertCarried, w.Region, w.Number, c.owners, c.currencies, c.debits, c.credits, c.entries)
	if err != nil {
		return fmt.Errorf("window: carry: %w", err)
	}
	return nil
}
