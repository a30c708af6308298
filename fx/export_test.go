package fx

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/money"
)

func split[T ~string](text string, into []T) {
	for i, name := range strings.Split(text, ",") {
		if i < len(into) {
			into[i] = T(name)
		}
	}
}

const selectQuotes = `
SELECT id, region, payment_id, leg, participant_id, from_currency, from_minor, to_currency, to_minor,
	rate_base, rate_quote, rate_mantissa, rate_scale, mid_mantissa, mid_scale,
	at_mid_minor, markup_minor, residue_minor, quoted_at, expires_at, used_at,
	spread_minor, fee_minor, promotion_minor, sponsor, via, sources
FROM fx_quote
WHERE payment_id = $1
ORDER BY quoted_at, id`

// QuotesOf returns the quotes of a payment as they are stored, oldest first. The product knows
// a payment's quotes from its detail and reads none: they are kept for whoever asks years later.
func QuotesOf(ctx context.Context, reader db.Reader, paymentID ids.ID) ([]Quote, error) {
	rows, err := reader.Query(ctx, selectQuotes, paymentID)
	if err != nil {
		return nil, fmt.Errorf("fx: quotes of a payment: %w", err)
	}
	quotes, err := pgx.CollectRows(rows, scanQuote)
	if err != nil {
		return nil, fmt.Errorf("fx: quotes of a payment: %w", err)
	}
	return quotes, nil
}

func scanQuote(row pgx.CollectableRow) (Quote, error) {
	var q Quote
	var rateScale, midScale int16
	var usedAt *time.Time
	var via, sources string
	p := &q.Price
	err := row.Scan(&q.ID, &q.Region, &q.PaymentID, &q.Leg, &q.ParticipantID,
		&p.From.Currency, &p.From.Minor, &p.To.Currency, &p.To.Minor,
		&p.Rate.Base, &p.Rate.Quote, &p.Rate.Mantissa, &rateScale, &p.Mid.Mantissa, &midScale,
		&p.AtMid.Minor, &p.Markup.Minor, &p.Residue.Minor, &q.QuotedAt, &q.ExpiresAt, &usedAt,
		&p.Spread.Minor, &p.Fee.Minor, &p.Promotion.Minor, &p.Sponsor, &via, &sources)
	split(via, p.Via[:])
	split(sources, p.Sources[:])
	p.Rate.Scale, p.Mid.Scale = uint8(rateScale), uint8(midScale)
	p.Mid.Base, p.Mid.Quote = p.Rate.Base, p.Rate.Quote
	for _, part := range []*money.Amount{&p.AtMid, &p.Spread, &p.Markup, &p.Fee, &p.Promotion, &p.Residue} {
		part.Currency = p.To.Currency
	}
	q.QuotedAt, q.ExpiresAt = q.QuotedAt.UTC(), q.ExpiresAt.UTC()
	if usedAt != nil {
		q.UsedAt = usedAt.UTC()
	}
	return q, err
}
