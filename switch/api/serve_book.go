package api

import (
	"context"
	"fmt"
	"time"

	"github.com/causeway-pay/causeway/fx"
	"github.com/causeway-pay/causeway/fx/book"
	"github.com/causeway-pay/causeway/internal/audit"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/money"
	"github.com/causeway-pay/causeway/switch/api/wire"
)

// book shows exposure, profit, alerts and deals as of one moment.
func (s *server) book(c call) (answer, error) {
	var all wire.Book
	err := s.Pool.InTx(c.Context(), func(ctx context.Context, tx db.Tx) error {
		var err error
		all, err = s.bookAt(ctx, tx)
		return err
	})
	return ok(all, err)
}

func (s *server) bookAt(ctx context.Context, tx db.Tx) (wire.Book, error) {
	exposures, err := book.Exposures(ctx, tx)
	if err != nil {
		return wire.Book{}, err
	}
	positions, err := book.Open(ctx, tx)
	if err != nil {
		return wire.Book{}, err
	}
	profits, err := book.Profits(ctx, tx)
	if err != nil {
		return wire.Book{}, err
	}
	alerts, err := book.Alerts(ctx, tx, false, pageDefault)
	if err != nil {
		return wire.Book{}, err
	}
	deals, err := book.Deals(ctx, tx, pageDefault)
	in := func(minor int64) wire.Amount { return wire.AmountOf(money.New(minor, s.BookCurrency)) }
	return wire.Book{
		Currency: string(s.BookCurrency), Exposures: each(exposures, exposureWire),
		Positions: each(positions, func(p book.Position) wire.OpenPosition {
			return wire.OpenPosition{
				Corridor: p.Corridor, PartnerID: p.PartnerID, ValueDate: date(p.ValueDate),
				Amount: wire.AmountOf(money.New(p.Minor, p.Currency)), Cost: in(p.Cost), Unrealised: in(p.Unrealised),
			}
		}),
		Profits: each(profits, func(p book.Profit) wire.Profit {
			return wire.Profit{
				Corridor: p.Corridor, PartnerID: p.PartnerID, Income: in(p.Income), Unrealised: in(p.Unrealised),
				Realised: in(p.Realised),
			}
		}),
		Alerts: each(alerts, func(a book.Alert) wire.ExposureAlert {
			return wire.ExposureAlert{
				ID: a.ID, Net: wire.AmountOf(a.Net), Limit: wire.AmountOf(a.Limit), RaisedAt: a.RaisedAt, ClearedAt: a.ClearedAt,
			}
		}),
		Deals: each(deals, func(d book.Deal) wire.BookedDeal {
			return wire.BookedDeal{
				ID: d.ID, Counterparty: d.Counterparty, Reference: d.Reference, Buy: wire.AmountOf(d.Buy),
				Sell: wire.AmountOf(d.Sell), ValueDate: date(d.ValueDate), BookedAt: d.At,
			}
		}),
	}, err
}

func exposureWire(e book.Exposure) wire.Exposure {
	exposure := wire.Exposure{Net: wire.AmountOf(e.Net), Breached: e.Breached()}
	if e.Limited {
		limit := wire.AmountOf(e.Limit)
		exposure.Limit = &limit
	}
	return exposure
}

// date writes a day; the zero time is none.
func date(day time.Time) string {
	if day.IsZero() {
		return ""
	}
	return day.Format(time.DateOnly)
}

// chartMax bounds a chart: four years of ten currencies.
const chartMax = 10_000

func (s *server) bookHistory(c call) (answer, error) {
	query, err := c.query("currency", "from", "to")
	if err != nil {
		return answer{}, err
	}
	from, to := time.Unix(0, 0), end
	for name, into := range map[string]*time.Time{"from": &from, "to": &to} {
		if text := query.Get(name); text != "" {
			if *into, err = time.Parse(time.DateOnly, text); err != nil {
				return answer{}, malformed(name + " is a day such as 2026-04-13")
			}
		}
	}
	currency := money.Currency(query.Get("currency"))
	if currency != "" && !currency.Known() {
		return answer{}, malformed("currency is of ISO 4217")
	}
	points, err := book.Points(c.Context(), s.Pool, currency, from, to, chartMax)
	in := func(minor int64) wire.Amount { return wire.AmountOf(money.New(minor, s.BookCurrency)) }
	return ok(wire.BookHistory{Points: each(points, func(p book.Point) wire.BookPoint {
		return wire.BookPoint{
			Day: date(p.Day), Net: wire.AmountOf(money.New(p.Minor, p.Currency)), Worth: in(p.Worth), Gain: in(p.Gain),
			Realised: in(p.Realised),
		}
	})}, err)
}

// closeBook revalues the book of a day that is not in the future. Like the
// cut-off it commits by itself, and what came of it is in the audit log.
func (s *server) closeBook(c call) (answer, error) {
	var body wire.BookClose
	if err := c.body(&body); err != nil {
		return answer{}, err
	}
	now := s.Clock.Now()
	day, err := time.Parse(time.DateOnly, body.Day)
	if err != nil || day.After(now) {
		return answer{}, malformed("day is a day such as 2026-04-13, and not in the future")
	}
	wanted := audit.Entry{ID: ids.New(), At: now, Actor: c.actor(), Action: "fx.book.close", Subject: body.Day}
	err = s.Pool.InTx(c.Context(), func(ctx context.Context, tx db.Tx) error { return Record(ctx, tx, wanted) })
	if err != nil {
		return answer{}, err
	}
	v, err := s.Engine.Revalue(c.Context(), day)
	if err != nil {
		return answer{}, err
	}
	s.Committed()
	return ok(wire.BookClosed{
		Day: date(v.Day), Positions: len(v.Lines), Gain: wire.AmountOf(money.New(v.Gain, v.Currency)),
		Realised: wire.AmountOf(money.New(v.Realised, v.Currency)),
	}, nil)
}

// ruleWire shows a rule of the tariff.
func ruleWire(r fx.Rule) wire.RuleChange {
	rule := wire.RuleChange{
		Corridor: r.Corridor, PartnerID: r.PartnerID, Product: r.Product, Leg: string(r.Leg), Currency: string(r.Currency),
		Sponsor: r.Promotion.Sponsor, PromotionPoints: r.Promotion.BasisPoints, PromotedFrom: r.PromotedFrom,
		PromotedUntil: r.PromotedUntil, Refund: string(r.Refund),
	}
	for _, tier := range r.Tiers {
		rule.Tiers = append(rule.Tiers, wire.Tier{FromMinor: fmt.Sprint(tier.From), MarkupPoints: tier.BasisPoints})
	}
	if r.Fee != 0 {
		rule.FeeMinor = fmt.Sprint(r.Fee)
	}
	if r.Promotion.Most != 0 {
		rule.PromotionMost = fmt.Sprint(r.Promotion.Most)
	}
	if r.Rounding != 0 {
		rule.Rounding = r.Rounding.String()
	}
	return rule
}
