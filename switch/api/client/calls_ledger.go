package client

import (
	"context"
	"net/url"
	"strconv"

	"github.com/causeway-pay/causeway/switch/api/wire"
)

// BalancesAt returns the accounts as they were at a moment such as
// "2026-11-25T18:00:00Z", by the basis "booked" or "effective".
func (c *Client) BalancesAt(ctx context.Context, at, basis string) (wire.Balances, error) {
	query := url.Values{}
	set(query, "at", at)
	set(query, "basis", basis)
	return get[wire.Balances](ctx, c, "/v1/ledger/balances", query)
}

// AccountEntries returns a page of the entries of an account, oldest first; after is
// the Next of the page before, or empty.
func (c *Client) AccountEntries(ctx context.Context, account, after string, limit int) (wire.AccountEntries, error) {
	query := url.Values{}
	set(query, "account", account)
	set(query, "after", after)
	if limit > 0 {
		query.Set("limit", strconv.Itoa(limit))
	}
	return get[wire.AccountEntries](ctx, c, "/v1/ledger/entries", query)
}
