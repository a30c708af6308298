package client

import (
	"context"

	"github.com/causeway-pay/causeway/switch/api/wire"
)

// Declarations returns a page of declarations to customs in a state; "" means any.
func (c *Client) Declarations(ctx context.Context, state string, page Page) (wire.Declarations, error) {
	query := page.query()
	set(query, "state", state)
	return get[wire.Declarations](ctx, c, "/v1/customs/declarations", query)
}
