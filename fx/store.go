package fx

import (
	"context"
	"embed"
	"strings"
	"time"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/reason"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations returns the steps that create the tables of this package.
func Migrations() ([]db.Migration, error) { return db.LoadMigrations("fx", migrations) }

const insertQuote = `
INSERT INTO fx_quote (id, region, payment_id, leg, participant_id, from_currency, from_minor, to_currency, to_minor,
	rate_base, rate_quote, rate_mantissa, rate_scale, mid_mantissa, mid_scale,
	at_mid_minor, markup_minor, residue_minor, quoted_at, expires_at,
	spread_minor, fee_minor, promotion_minor, sponsor, via, sources, used_at, used_by)
SELECT q.id, q.region, q.payment_id, q.leg, q.participant_id, q.from_currency, q.from_minor, q.to_currency, q.to_minor,
	q.rate_base, q.rate_quote, q.rate_mantissa, q.rate_scale, q.mid_mantissa, q.mid_scale,
	q.at_mid_minor, q.markup_minor, q.residue_minor, q.quoted_at, q.expires_at,
	q.spread_minor, q.fee_minor, q.promotion_minor, q.sponsor, q.via, q.sources, q.used_at, q.payment_id
FROM unnest($1::UUID[], $2::TEXT[], $3::UUID[], $4::TEXT[], $5::TEXT[], $6::TEXT[], $7::BIGINT[], $8::TEXT[],
		$9::BIGINT[], $10::TEXT[], $11::TEXT[], $12::BIGINT[], $13::SMALLINT[], $14::BIGINT[], $15::SMALLINT[],
		$16::BIGINT[], $17::BIGINT[], $18::BIGINT[], $19::TIMESTAMPTZ[], $20::TIMESTAMPTZ[],
		$21::BIGINT[], $22::BIGINT[], $23::BIGINT[], $24::TEXT[], $25::TEXT[], $26::TEXT[], $27::TIMESTAMPTZ[])
	AS q (id, region, payment_id, leg, participant_id, from_currency, from_minor, to_currency, to_minor,
		rate_base, rate_quote, rate_mantissa, rate_scale, mid_mantissa, mid_scale,
		at_mid_minor, markup_minor, residue_minor, quoted_at, expires_at,
		spread_minor, fee_minor, promotion_minor, sponsor, via, sources, used_at)`

// UseQuotes stores quotes with the moment of their use, in one statement. One that is
// not used while it is good is [reason.QuoteExpired], and the caller's transaction must
// not commit; a quote that was used before violates fx_quote_pk. Times must be cut to
// microseconds, as those of internal/clock are.
func UseQuotes(_ context.Context, tx db.Tx, quotes []Quote) error {
	if len(quotes) == 0 {
		return nil
	}
	for _, q := range quotes {
		if q.UsedAt.IsZero() || !q.UsedAt.Before(q.ExpiresAt) {
			return reason.New(reason.QuoteExpired, "fx.UseQuotes", "")
		}
	}
	tx.Later(db.Written("fx: use quotes"), insertQuote, quoteColumns(quotes)...)
	return nil
}

// quoteColumns turns the quotes into one array for each column of insertQuote.
func quoteColumns(quotes []Quote) []any {
	return []any{
		db.Column(quotes, func(q Quote) ids.ID { return q.ID }),
		db.Column(quotes, func(q Quote) string { return q.Region }),
		db.Column(quotes, func(q Quote) ids.ID { return q.PaymentID }),
		db.Column(quotes, func(q Quote) string { return string(q.Leg) }),
		db.Column(quotes, func(q Quote) string { return q.ParticipantID }),
		db.Column(quotes, func(q Quote) string { return string(q.Price.From.Currency) }),
		db.Column(quotes, func(q Quote) int64 { return q.Price.From.Minor }),
		db.Column(quotes, func(q Quote) string { return string(q.Price.To.Currency) }),
		db.Column(quotes, func(q Quote) int64 { return q.Price.To.Minor }),
		db.Column(quotes, func(q Quote) string { return string(q.Price.Rate.Base) }),
		db.Column(quotes, func(q Quote) string { return string(q.Price.Rate.Quote) }),
		db.Column(quotes, func(q Quote) int64 { return q.Price.Rate.Mantissa }),
		db.Column(quotes, func(q Quote) int16 { return int16(q.Price.Rate.Scale) }),
		db.Column(quotes, func(q Quote) int64 { return q.Price.Mid.Mantissa }),
		db.Column(quotes, func(q Quote) int16 { return int16(q.Price.Mid.Scale) }),
		db.Column(quotes, func(q Quote) int64 { return q.Price.AtMid.Minor }),
		db.Column(quotes, func(q Quote) int64 { return q.Price.Markup.Minor }),
		db.Column(quotes, func(q Quote) int64 { return q.Price.Residue.Minor }),
		db.Column(quotes, func(q Quote) time.Time { return q.QuotedAt }),
		db.Column(quotes, func(q Quote) time.Time { return q.ExpiresAt }),
		db.Column(quotes, func(q Quote) int64 { return q.Price.Spread.Minor }),
		db.Column(quotes, func(q Quote) int64 { return q.Price.Fee.Minor }),
		db.Column(quotes, func(q Quote) int64 { return q.Price.Promotion.Minor }),
		db.Column(quotes, func(q Quote) string { return q.Price.Sponsor }),
		db.Column(quotes, func(q Quote) string { return joined(q.Price.Via[:]) }),
		db.Column(quotes, func(q Quote) string { return joined(q.Price.Sources[:]) }),
		db.Column(quotes, func(q Quote) time.Time { return q.UsedAt }),
	}
}

// joined writes the names on the way of a rate, without the empty places behind
// them. Names of sources have no comma.
func joined[T ~string](names []T) string {
	var texts []string
	for _, name := range names {
		texts = append(texts, string(name))
	}
	return strings.TrimRight(strings.Join(texts, ","), ",")
}
