package client

import (
	"context"
	"net/http"
	"net/url"
	"strconv"

	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/switch/api/wire"
)

// ReportFiles returns the files that were issued about a window, of one
// participant or of all if its id is empty.
func (c *Client) ReportFiles(ctx context.Context, windowID ids.ID, participant string) (wire.ReportFiles, error) {
	return get[wire.ReportFiles](ctx, c, "/v1/windows/"+windowID.String()+"/files", given("participant", participant))
}

// given is a query of one parameter, or none if it is empty.
func given(name, value string) url.Values {
	if value == "" {
		return nil
	}
	return url.Values{name: {value}}
}

// OpenReportFile starts to read a file from an offset on. The caller closes the
// body of the response, whose status is 200 or 206.
func (c *Client) OpenReportFile(ctx context.Context, id ids.ID, offset int64) (*http.Response, error) {
	path := "/v1/reports/" + id.String()
	request, err := c.request(ctx, http.MethodGet, path, nil, nil)
	if err != nil {
		return nil, err
	}
	if offset > 0 {
		request.Header.Set("Range", "bytes="+strconv.FormatInt(offset, 10)+"-")
	}
	return c.open(request)
}

// Deliveries returns files on their way to participants' servers; a limit of 0
// means the hub's default.
func (c *Client) Deliveries(ctx context.Context, participant string, limit int) (wire.Deliveries, error) {
	query := Page{Limit: limit}.query()
	if participant != "" {
		query.Set("participant", participant)
	}
	return get[wire.Deliveries](ctx, c, "/v1/deliveries", query)
}

// Redeliver lets what waits for a participant be tried at once.
func (c *Client) Redeliver(ctx context.Context, participant string) (wire.Redelivered, error) {
	return post[wire.Redelivered](ctx, c, "/v1/deliveries/retry", wire.Redelivery{ParticipantID: participant})
}

// Explain returns one page of the entries that a figure is made of; after is the
// next of the page before.
func (c *Client) Explain(ctx context.Context, figure, after string, limit int) (wire.Explanation, error) {
	query := Page{Limit: limit}.query()
	query.Set("figure", figure)
	if after != "" {
		query.Set("after", after)
	}
	return get[wire.Explanation](ctx, c, "/v1/explain", query)
}
