package client

import (
	"context"
	"net/url"
	"strconv"

	"github.com/causeway-pay/causeway/switch/api/wire"
)

// Known returns a page of what is known about a person, which leaves an entry in the
// audit log.
func (c *Client) Known(ctx context.Context, query wire.PersonQuery) (wire.PersonPage, error) {
	return post[wire.PersonPage](ctx, c, "/v1/persons/known", query)
}

// Erasures returns the persons who are to be forgotten or have been, the last first.
func (c *Client) Erasures(ctx context.Context, limit int) (wire.Erasures, error) {
	query := url.Values{}
	if limit > 0 {
		query.Set("limit", strconv.Itoa(limit))
	}
	return get[wire.Erasures](ctx, c, "/v1/persons/erasures", query)
}
