package api

import (
	"encoding/binary"
	"errors"
	"math"
	"net/http"
	"time"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/fx"
	"github.com/causeway-pay/causeway/internal/audit"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/money"
	"github.com/causeway-pay/causeway/switch/api/wire"
	"github.com/causeway-pay/causeway/switch/engine"
)

// ratesMax bounds one push: more than all pairs of a provider, within the limit
// of a body.
const ratesMax = 500

// referenceOf reads a rate in the name of a source.
func referenceOf(r wire.Rate, source string) (fx.Reference, error) {
	base, quote := money.Currency(r.UnitCurrency), money.Currency(r.QuotedCurrency)
	reference := fx.Reference{ObservedAt: r.ObservedAt.UTC().Truncate(time.Microsecond), Source: source}
	for _, side := range []struct {
		to   *money.Rate
		text string
	}{{&reference.Rate, r.Mid}, {&reference.Bid, r.Bid}, {&reference.Ask, r.Ask}} {
		if side.text == "" {
			continue
		}
		rate, err := money.ParseRate(base, quote, side.text)
		if err != nil {
			return fx.Reference{}, refused(reason.InvalidRequest,
				"a rate is a positive decimal of at most 18 digits between two currencies")
		}
		*side.to = rate
	}
	if reference.Rate.Mantissa == 0 {
		middle, err := fx.Between(reference.Bid, reference.Ask)
		if err != nil {
			return fx.Reference{}, refused(reason.InvalidRequest, "mid, or bid and ask, must be stated")
		}
		reference.Rate = middle
	}
	if reference.ObservedAt.IsZero() || reference.Check() != nil {
		return fx.Reference{}, refused(reason.InvalidRequest,
			"bid, mid and ask of two currencies are in this order, with observed_at")
	}
	return reference, nil
}

func rateOf(r fx.Reference) wire.Rate {
	rate := wire.Rate{
		UnitCurrency: string(r.Rate.Base), QuotedCurrency: string(r.Rate.Quote), Mid: r.Rate.Decimal(),
		ObservedAt: r.ObservedAt,
	}
	if r.Executable() {
		rate.Bid, rate.Ask = r.Bid.Decimal(), r.Ask.Decimal()
	}
	return rate
}

func stopWire(s fx.Stop) wire.Stop {
	return wire.Stop{Subject: s.Subject(), Why: s.Why, Since: s.Since}
}

func (s *server) rates(call) (answer, error) {
	board := s.Rates.Board()
	return ok(wire.Board{
		Rates: each(board.Rows(s.Clock.Now()), func(r fx.Row) wire.BoardRate {
			return wire.BoardRate{Rate: rateOf(r.Reference), Source: r.Source, Trouble: r.Trouble}
		}),
		Stops: each(board.Stops(), stopWire),
	}, nil)
}

// pushRates takes the rates of a provider in the provider's own name. A rate of
// the future is refused, because nobody has observed it.
func (s *server) pushRates(c call) (answer, error) {
	var body wire.PushedRates
	if err := c.body(&body); err != nil {
		return answer{}, err
	}
	if len(body.Rates) == 0 || len(body.Rates) > ratesMax {
		return answer{}, malformed("rates are 1 to 500")
	}
	var references []fx.Reference
	for _, rate := range body.Rates {
		r, err := referenceOf(rate, c.operator.Name)
		if err != nil {
			return answer{}, err
		}
		if r.ObservedAt.After(s.Clock.Now().Add(time.Minute)) {
			return answer{}, malformed("observed_at is in the future")
		}
		references = append(references, r)
	}
	taken, err := s.Rates.Take(c.Context(), references)
	return ok(wire.Taken{New: len(taken.New), Stopped: each(taken.Stops, stopWire)}, err)
}

func (s *server) rateHistory(c call) (answer, error) {
	query, err := c.query("pair", "before", "limit")
	if err != nil {
		return answer{}, err
	}
	pair, err := fx.ParsePair(query.Get("pair"))
	if err != nil {
		return answer{}, malformed("pair is two currencies such as EUR/USD")
	}
	p, err := pageOf(query)
	if err != nil {
		return answer{}, err
	}
	skip := int(binary.BigEndian.Uint32(p.id[12:]) & math.MaxInt32)
	list, err := fx.History(c.Context(), s.Pool, pair[0], pair[1], p.before, skip, p.more())
	page, next := cut(p, list, func(last fx.Reference) (time.Time, ids.ID) {
		return last.ObservedAt, seen(list[:p.limit], last.ObservedAt, p.before, skip)
	})
	return ok(wire.RateHistory{Next: next, Rates: each(page, func(r fx.Reference) wire.BoardRate {
		return wire.BoardRate{Rate: rateOf(r), Source: r.Source}
	})}, err)
}

// seen counts in the place of a page the rates of its last moment that were shown
// by then, because sources may speak at the same moment.
func seen(page []fx.Reference, last, before time.Time, skip int) (place ids.ID) {
	count := uint32(0)
	for _, r := range page {
		if r.ObservedAt.Equal(last) {
			count++
		}
	}
	if last.Equal(before) {
		count += uint32(skip)
	}
	binary.BigEndian.PutUint32(place[12:], count)
	return place
}

func (s *server) tariff(c call) (answer, error) {
	rules, err := fx.LoadRules(c.Context(), s.Pool)
	return ok(wire.Tariff{Rules: each(rules, ruleWire)}, err)
}

func (s *server) makeQuote(c call) (answer, error) {
	var body wire.QuoteRequest
	if err := c.body(&body); err != nil {
		return answer{}, err
	}
	amount, err := body.Amount.Money()
	if err != nil {
		return answer{}, malformed("amount cannot be read")
	}
	request := engine.QuoteRequest{
		OwnerID: body.OwnerID, AcquirerID: body.AcquirerID, WalletID: body.WalletID, Mode: connectors.Mode(body.Product),
		Amount: amount,
	}
	if !body.Firm {
		offer, err := s.Engine.Indicate(request)
		firm := fx.Firm{
			AcquirerID: body.AcquirerID, WalletID: body.WalletID, Product: body.Product, Amount: amount, Offer: offer,
		}
		return ok(quoteWire(firm), err)
	}
	firm, err := s.Engine.Quote(c.Context(), request)
	if err != nil {
		return answer{}, err
	}
	s.note(c.Context(), audit.Entry{
		ID: ids.New(), At: firm.QuotedAt, Actor: c.actor(), Action: "fx.quote", Subject: firm.ID.String(),
		Detail: map[string]string{"owner": firm.OwnerID},
	})
	return answer{status: http.StatusCreated, value: quoteWire(firm), location: "/v1/fx/quotes/" + firm.ID.String()}, nil
}

func (s *server) quote(c call) (answer, error) {
	id, err := c.id()
	if err != nil {
		return answer{}, err
	}
	firm, err := fx.FindFirm(c.Context(), s.Pool, id)
	var known *reason.Error
	if errors.As(err, &known) {
		return answer{}, reason.New(reason.Missing, "api.quote", "")
	}
	return ok(quoteWire(firm), err)
}

func quoteWire(f fx.Firm) wire.Quote {
	return wire.Quote{
		ID: f.ID, OwnerID: f.OwnerID, AcquirerID: f.AcquirerID, WalletID: f.WalletID, Product: f.Product,
		Amount: wire.AmountOf(f.Amount), Payer: priceWire(f.Offer.Payer), Merchant: priceWire(f.Offer.Merchant),
		QuotedAt: f.QuotedAt, ExpiresAt: f.ExpiresAt, UsedAt: f.UsedAt, UsedBy: f.UsedBy,
	}
}

func priceWire(p fx.Price) wire.Price {
	price := wire.Price{
		From: wire.AmountOf(p.From), To: wire.AmountOf(p.To), AtMid: wire.AmountOf(p.AtMid), Spread: wire.AmountOf(p.Spread),
		Markup: wire.AmountOf(p.Markup), Fee: wire.AmountOf(p.Fee), Promotion: wire.AmountOf(p.Promotion), Sponsor: p.Sponsor,
		Residue: wire.AmountOf(p.Residue), Via: named(p.Via[:]), Sources: named(p.Sources[:]),
	}
	if p.Rate.Mantissa != 0 {
		price.UnitCurrency, price.QuotedCurrency = string(p.Rate.Base), string(p.Rate.Quote)
		price.ClientRate, price.MidRate = p.Rate.Decimal(), p.Mid.Decimal()
	}
	return price
}

// named leaves out empty names.
func named[T ~string](names []T) []string {
	list := []string{}
	for _, name := range names {
		if name != "" {
			list = append(list, string(name))
		}
	}
	return list
}
