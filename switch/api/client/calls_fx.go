package client

import (
	"context"
	"net/http"
	"net/url"

	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/switch/api/wire"
)

// Rates returns the rate board.
func (c *Client) Rates(ctx context.Context) (wire.Board, error) {
	return get[wire.Board](ctx, c, "/v1/fx/rates", nil)
}

// PushRates states rates in the name of the provider whose token it is.
func (c *Client) PushRates(ctx context.Context, rates []wire.Rate) (wire.Taken, error) {
	return post[wire.Taken](ctx, c, "/v1/fx/rates", wire.PushedRates{Rates: rates})
}

// RateHistory returns a page of what sources have said about a pair, such as
// "EUR/USD".
func (c *Client) RateHistory(ctx context.Context, pair string, page Page) (wire.RateHistory, error) {
	query := page.query()
	set(query, "pair", pair)
	return get[wire.RateHistory](ctx, c, "/v1/fx/rates/history", query)
}

// Tariff returns the rules by which payments are priced.
func (c *Client) Tariff(ctx context.Context) (wire.Tariff, error) {
	return get[wire.Tariff](ctx, c, "/v1/fx/tariff", nil)
}

// MakeQuote prices a payment, firmly or as an indication.
func (c *Client) MakeQuote(ctx context.Context, request wire.QuoteRequest) (wire.Quote, error) {
	return post[wire.Quote](ctx, c, "/v1/fx/quotes", request)
}

// Quote returns a firm quote.
func (c *Client) Quote(ctx context.Context, id ids.ID) (wire.Quote, error) {
	return get[wire.Quote](ctx, c, "/v1/fx/quotes/"+id.String(), nil)
}

// Book returns exposure, profit, alerts and deals.
func (c *Client) Book(ctx context.Context) (wire.Book, error) {
	return get[wire.Book](ctx, c, "/v1/fx/book", nil)
}

// BookHistory returns the exposure day by day, in one currency or, if it is
// empty, in all; from and to are days such as "2026-04-13" or empty.
func (c *Client) BookHistory(ctx context.Context, currency, from, to string) (wire.BookHistory, error) {
	query := url.Values{}
	set(query, "currency", currency)
	set(query, "from", from)
	set(query, "to", to)
	return get[wire.BookHistory](ctx, c, "/v1/fx/book/history", query)
}

// CloseBook revalues the book of a day. It is not repeated by itself: a call whose
// answer is lost may have closed the day.
func (c *Client) CloseBook(ctx context.Context, day string) (wire.BookClosed, error) {
	return call[wire.BookClosed](ctx, c, http.MethodPost, "/v1/fx/book/close", nil, wire.BookClose{Day: day})
}
