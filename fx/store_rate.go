package fx

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/money"
)

const insertRates = `
INSERT INTO fx_rate (base, quote, observed_at, source, mantissa, scale, bid_mantissa, bid_scale, ask_mantissa,
	ask_scale)
SELECT r.base, r.quote, r.observed_at, r.source, r.mantissa, r.scale, r.bid_mantissa, r.bid_scale, r.ask_mantissa,
	r.ask_scale
FROM unnest($1::TEXT[], $2::TEXT[], $3::TIMESTAMPTZ[], $4::TEXT[], $5::BIGINT[], $6::SMALLINT[],
	$7::BIGINT[], $8::SMALLINT[], $9::BIGINT[], $10::SMALLINT[])
	AS r (base, quote, observed_at, source, mantissa, scale, bid_mantissa, bid_scale, ask_mantissa, ask_scale)
ON CONFLICT (base, quote, observed_at, source) DO NOTHING`

// SaveRates adds reference rates to the history and returns how many were new.
// A rate that the same source has given for the same pair and time is kept as
// it was first saved, so that files may be read again.
func SaveRates(ctx context.Context, tx db.Tx, references []Reference) (int64, error) {
	saved, err := tx.Exec(ctx, insertRates, rateColumns(references)...)
	if err != nil {
		return 0, fmt.Errorf("fx: save rates: %w", err)
	}
	return saved, nil
}

// rateColumns turns references into one array for each column.
func rateColumns(references []Reference) []any {
	return []any{
		db.Column(references, func(r Reference) string { return string(r.Rate.Base) }),
		db.Column(references, func(r Reference) string { return string(r.Rate.Quote) }),
		db.Column(references, func(r Reference) time.Time { return r.ObservedAt }),
		db.Column(references, func(r Reference) string { return r.Source }),
		db.Column(references, func(r Reference) int64 { return r.Rate.Mantissa }),
		db.Column(references, func(r Reference) int16 { return int16(r.Rate.Scale) }),
		db.Column(references, func(r Reference) int64 { return r.Bid.Mantissa }),
		db.Column(references, func(r Reference) int16 { return int16(r.Bid.Scale) }),
		db.Column(references, func(r Reference) int64 { return r.Ask.Mantissa }),
		db.Column(references, func(r Reference) int16 { return int16(r.Ask.Scale) }),
	}
}

const upsertLines = `
INSERT INTO fx_line (base, quote, source, observed_at, mantissa, scale, bid_mantissa, bid_scale, ask_mantissa,
	ask_scale)
SELECT r.base, r.quote, r.source, r.observed_at, r.mantissa, r.scale, r.bid_mantissa, r.bid_scale, r.ask_mantissa,
	r.ask_scale
FROM unnest($1::TEXT[], $2::TEXT[], $3::TIMESTAMPTZ[], $4::TEXT[], $5::BIGINT[], $6::SMALLINT[],
	$7::BIGINT[], $8::SMALLINT[], $9::BIGINT[], $10::SMALLINT[])
	AS r (base, quote, observed_at, source, mantissa, scale, bid_mantissa, bid_scale, ask_mantissa, ask_scale)
ON CONFLICT (base, quote, source) DO UPDATE SET observed_at = excluded.observed_at, mantissa = excluded.mantissa,
	scale = excluded.scale, bid_mantissa = excluded.bid_mantissa, bid_scale = excluded.bid_scale,
	ask_mantissa = excluded.ask_mantissa, ask_scale = excluded.ask_scale`

func saveLines(ctx context.Context, tx db.Tx, references []Reference) error {
	if _, err := tx.Exec(ctx, upsertLines, rateColumns(references)...); err != nil {
		return fmt.Errorf("fx: save lines: %w", err)
	}
	return nil
}

const rateFields = `base, quote, source, observed_at, mantissa, scale, bid_mantissa, bid_scale, ask_mantissa, ask_scale`

const (
	selectLines   = `SELECT ` + rateFields + ` FROM fx_line ORDER BY base, quote, source`
	selectHistory = `SELECT ` + rateFields + ` FROM fx_rate
		WHERE base = $1 AND quote = $2 AND observed_at <= $3 ORDER BY observed_at DESC, source LIMIT $4 OFFSET $5`
)

// LoadLines returns the latest rate of each source for each pair: what
// [Rules.Board] needs.
func LoadLines(ctx context.Context, reader db.Reader) ([]Reference, error) {
	return references(ctx, reader, "load lines", selectLines)
}

// History returns what sources have said about a pair in the given direction up
// to a time, newest first, at most limit rates after the first skip.
func History(ctx context.Context, reader db.Reader, base, quote money.Currency, until time.Time, skip, limit int) (
	[]Reference, error,
) {
	return references(ctx, reader, "history", selectHistory, string(base), string(quote), until, limit, skip)
}

func references(ctx context.Context, reader db.Reader, what, sql string, args ...any) ([]Reference, error) {
	rows, err := reader.Query(ctx, sql, args...)
	if err != nil {
		return nil, fmt.Errorf("fx: %s: %w", what, err)
	}
	list, err := pgx.CollectRows(rows, scanReference)
	if err != nil {
		return nil, fmt.Errorf("fx: %s: %w", what, err)
	}
	return list, nil
}

func scanReference(row pgx.CollectableRow) (Reference, error) {
	var r Reference
	var scale, bidScale, askScale int16
	err := row.Scan(&r.Rate.Base, &r.Rate.Quote, &r.Source, &r.ObservedAt, &r.Rate.Mantissa, &scale, &r.Bid.Mantissa,
		&bidScale, &r.Ask.Mantissa, &askScale)
	r.Rate.Scale, r.Bid.Scale, r.Ask.Scale = uint8(scale), uint8(bidScale), uint8(askScale)
	r.ObservedAt = r.ObservedAt.UTC()
	if r.Executable() {
		r.Bid.Base, r.Bid.Quote = r.Rate.Base, r.Rate.Quote
		r.Ask.Base, r.Ask.Quote = r.Rate.Base, r.Rate.Quote
	}
	return r, err
}

const insertStop = `
INSERT INTO fx_stop (id, subject, base, quote, source, why, automatic, since_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`

const liftStops = `UPDATE fx_stop SET lifted_at = $2 WHERE subject = $1 AND lifted_at IS NULL AND (automatic OR $3)`

const selectStops = `
SELECT base, quote, source, why, automatic, since_at FROM fx_stop WHERE lifted_at IS NULL ORDER BY since_at, subject`

// LoadStops returns what is stopped, the oldest stop first.
func LoadStops(ctx context.Context, reader db.Reader) ([]Stop, error) {
	rows, err := reader.Query(ctx, selectStops)
	if err != nil {
		return nil, fmt.Errorf("fx: load stops: %w", err)
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (Stop, error) {
		var s Stop
		err := row.Scan(&s.Base, &s.Quote, &s.Source, &s.Why, &s.Automatic, &s.Since)
		s.Since = s.Since.UTC()
		return s, err
	})
}

// Halt stops a pair or a source. What is stopped already stays as it is; the
// result says whether the stop is new.
func Halt(ctx context.Context, tx db.Tx, id ids.ID, stop Stop) (bool, error) {
	known, err := LoadStops(ctx, tx)
	if err != nil {
		return false, err
	}
	for _, other := range known {
		if other.Subject() == stop.Subject() {
			return false, nil
		}
	}
	_, err = tx.Exec(ctx, insertStop, id, stop.Subject(), string(stop.Base), string(stop.Quote), stop.Source, stop.Why,
		stop.Automatic, stop.Since)
	if err != nil {
		return false, fmt.Errorf("fx: halt: %w", err)
	}
	return true, nil
}

// Lift ends the stop of a subject (see [Stop.Subject]) and returns whether there
// was one. Without manual only what the switch stopped by itself is lifted.
func Lift(ctx context.Context, tx db.Tx, subject string, manual bool, at time.Time) (bool, error) {
	lifted, err := tx.Exec(ctx, liftStops, subject, at, manual)
	if err != nil {
		return false, fmt.Errorf("fx: lift: %w", err)
	}
	return lifted > 0, nil
}
