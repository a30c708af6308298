package client

import (
	"context"

	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/switch/api/wire"
)

// Settlement returns how far a window is settled.
func (c *Client) Settlement(ctx context.Context, windowID ids.ID) (wire.Settlement, error) {
	return get[wire.Settlement](ctx, c, "/v1/windows/"+windowID.String()+"/settlement", nil)
}

// Instruct writes the instructions and reports of a closed window again.
func (c *Client) Instruct(ctx context.Context, windowID ids.ID) (wire.Instructed, error) {
	return post[wire.Instructed](ctx, c, "/v1/windows/"+windowID.String()+"/instruct", nil)
}

// GrossObligations returns a page of what single payments of a participant come to that
// settles gross, newest first.
func (c *Client) GrossObligations(ctx context.Context, participant string, page Page) (wire.Obligations, error) {
	query := page.query()
	query.Set("participant", participant)
	return get[wire.Obligations](ctx, c, "/v1/obligations", query)
}

// Obligation returns an obligation with all that happened to it.
func (c *Client) Obligation(ctx context.Context, id ids.ID) (wire.ObligationFile, error) {
	return get[wire.ObligationFile](ctx, c, "/v1/obligations/"+id.String(), nil)
}

// Unmatched returns the newest words of banks that fit no obligation; a limit of
// 0 means the hub's default.
func (c *Client) Unmatched(ctx context.Context, limit int) (wire.UnmatchedSteps, error) {
	return get[wire.UnmatchedSteps](ctx, c, "/v1/settlement/unmatched", Page{Limit: limit}.query())
}

// FeeSchedules returns all lines of all fee schedules.
func (c *Client) FeeSchedules(ctx context.Context) (wire.FeeSchedules, error) {
	return get[wire.FeeSchedules](ctx, c, "/v1/fees/schedules", nil)
}
