package book

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/money"
)

// Exposure is what the hub is long or short of a currency over all positions.
type Exposure struct {
	Net money.Amount
	// Limit is what it may be; Limited is false where there is none.
	Limit   money.Amount
	Limited bool
}

// Breached reports whether the exposure is beyond its limit.
func (e Exposure) Breached() bool {
	return e.Limited && max(e.Net.Minor, -e.Net.Minor) > e.Limit.Minor
}

const selectExposures = `
SELECT p.currency, p.net, coalesce(l.limit_minor, 0), l.limit_minor IS NOT NULL
FROM (SELECT currency, sum(amount_minor)::BIGINT AS net FROM fx_position GROUP BY currency) p
LEFT JOIN fx_limit l ON l.currency = p.currency
ORDER BY p.currency`

// Exposures returns the net position in each currency.
func Exposures(ctx context.Context, reader db.Reader) ([]Exposure, error) {
	rows, err := reader.Query(ctx, selectExposures)
	if err != nil {
		return nil, fmt.Errorf("book: exposures: %w", err)
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (Exposure, error) {
		var e Exposure
		err := row.Scan(&e.Net.Currency, &e.Net.Minor, &e.Limit.Minor, &e.Limited)
		e.Limit.Currency = e.Net.Currency
		return e, err
	})
}

const upsertLimit = `
INSERT INTO fx_limit (currency, limit_minor, changed_at) VALUES ($1, $2, $3)
ON CONFLICT (currency) DO UPDATE SET limit_minor = excluded.limit_minor, changed_at = excluded.changed_at`

// SetLimit says how much of a currency the hub may be long or short.
func SetLimit(ctx context.Context, tx db.Tx, limit money.Amount, at time.Time) error {
	if _, err := tx.Exec(ctx, upsertLimit, string(limit.Currency), limit.Minor, at); err != nil {
		return fmt.Errorf("book: set limit: %w", err)
	}
	return nil
}

// Alert is an exposure beyond its limit.
type Alert struct {
	ID     ids.ID
	Region string
	// Net and Limit are those of the moment when it was raised.
	Net, Limit money.Amount
	RaisedAt   time.Time
	// ClearedAt is when the exposure was within its limit again; zero until then.
	ClearedAt time.Time
}

const insertAlert = `
INSERT INTO fx_alert (id, region, currency, net_minor, limit_minor, raised_at) VALUES ($1, $2, $3, $4, $5, $6)`

const clearAlert = `UPDATE fx_alert SET cleared_at = $2 WHERE id = $1 AND cleared_at IS NULL`

const selectAlerts = `
SELECT id, region, currency, net_minor, limit_minor, raised_at, cleared_at
FROM fx_alert WHERE cleared_at IS NULL OR NOT $1 ORDER BY raised_at DESC, id LIMIT $2`

// Alerts returns the newest alerts, newest first: those that are open, or all.
func Alerts(ctx context.Context, reader db.Reader, open bool, limit int) ([]Alert, error) {
	rows, err := reader.Query(ctx, selectAlerts, open, limit)
	if err != nil {
		return nil, fmt.Errorf("book: alerts: %w", err)
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (Alert, error) {
		var a Alert
		var cleared *time.Time
		err := row.Scan(&a.ID, &a.Region, &a.Net.Currency, &a.Net.Minor, &a.Limit.Minor, &a.RaisedAt, &cleared)
		a.Limit.Currency, a.RaisedAt = a.Net.Currency, a.RaisedAt.UTC()
		if cleared != nil {
			a.ClearedAt = cleared.UTC()
		}
		return a, err
	})
}

// currenciesMax is more than there are currencies, so that every open alert is
// seen.
const currenciesMax = 1000

// Watch compares the exposures with their limits, raises alerts and clears those
// that are over, and returns both. It may be called as often as one likes: an
// exposure has one open alert at a time.
func Watch(ctx context.Context, tx db.Tx, region string, at time.Time) (raised, cleared []Alert, err error) {
	exposures, err := Exposures(ctx, tx)
	if err != nil {
		return nil, nil, err
	}
	alerts, err := Alerts(ctx, tx, true, currenciesMax)
	if err != nil {
		return nil, nil, err
	}
	open := map[money.Currency]Alert{}
	for _, a := range alerts {
		open[a.Net.Currency] = a
	}
	for _, e := range exposures {
		alert, known := open[e.Net.Currency]
		switch {
		case e.Breached() && !known:
			alert = Alert{
				ID: ids.Derive(ids.Nil, "fx.alert."+string(e.Net.Currency), at.UnixMicro()), Region: region, Net: e.Net,
				Limit: e.Limit, RaisedAt: at,
			}
			_, err = tx.Exec(ctx, insertAlert, alert.ID, region, string(e.Net.Currency), e.Net.Minor, e.Limit.Minor, at)
			raised = append(raised, alert)
		case !e.Breached() && known:
			alert.ClearedAt = at
			_, err = tx.Exec(ctx, clearAlert, alert.ID, at)
			cleared = append(cleared, alert)
		}
		if err != nil {
			return nil, nil, fmt.Errorf("book: watch: %w", err)
		}
	}
	return raised, cleared, nil
}
