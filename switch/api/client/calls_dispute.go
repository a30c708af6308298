package client

import (
	"context"
	"net/url"
	"strconv"

	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/switch/api/wire"
)

// Disputes returns a page of disputes in a state; "" means any.
func (c *Client) Disputes(ctx context.Context, state string, page Page) (wire.Disputes, error) {
	query := page.query()
	set(query, "state", state)
	return get[wire.Disputes](ctx, c, "/v1/disputes", query)
}

// Dispute returns a dispute with what both sides say, which leaves an entry in the audit
// log.
func (c *Client) Dispute(ctx context.Context, id ids.ID) (wire.DisputeFile, error) {
	return get[wire.DisputeFile](ctx, c, "/v1/disputes/"+id.String(), nil)
}

// Merchants returns the states of merchants of an acquirer in a status; "" means all.
func (c *Client) Merchants(ctx context.Context, acquirerID, status string, limit int) (wire.Merchants, error) {
	query := url.Values{}
	set(query, "acquirer", acquirerID)
	set(query, "status", status)
	if limit > 0 {
		query.Set("limit", strconv.Itoa(limit))
	}
	return get[wire.Merchants](ctx, c, "/v1/merchants", query)
}

// Merchant returns a registration, which leaves an entry in the audit log.
func (c *Client) Merchant(ctx context.Context, acquirerID, requestID string) (wire.MerchantFile, error) {
	query := url.Values{"acquirer": {acquirerID}, "request": {requestID}}
	return get[wire.MerchantFile](ctx, c, "/v1/merchants/registration", query)
}
