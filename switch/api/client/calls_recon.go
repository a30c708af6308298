package client

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"

	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/switch/api/wire"
)

// StatementFile is a file of a bank or partner, and what it is about. Without a
// layout it is camt.053, on the account HUB.NOSTRO in its currency if none is
// said.
type StatementFile struct {
	Account, Layout string
	// Holder and Reference are of a CSV statement: the account as they call it, and
	// by what it is known again.
	Holder, Reference string
	// Window and Participant are of a file that a partner sends back.
	Window, Participant string
	Body                []byte
}

// TakeStatements reconciles the statements of a file.
func (c *Client) TakeStatements(ctx context.Context, file StatementFile) (wire.ReconciledStatements, error) {
	query := url.Values{}
	for name, value := range map[string]string{
		"account": file.Account, "layout": file.Layout, "holder": file.Holder, "reference": file.Reference,
		"window": file.Window, "participant": file.Participant,
	} {
		if value != "" {
			query.Set(name, value)
		}
	}
	request, err := c.request(ctx, http.MethodPost, "/v1/reconciliation/statements", query, nil)
	if err != nil {
		return wire.ReconciledStatements{}, err
	}
	media := "text/csv"
	if file.Layout == "" {
		media = "application/xml"
	}
	request.Header.Set("Content-Type", media)
	request.Body, request.ContentLength = io.NopCloser(bytes.NewReader(file.Body)), int64(len(file.Body))
	data, err := c.send(request)
	if err != nil {
		return wire.ReconciledStatements{}, err
	}
	var value wire.ReconciledStatements
	if err := json.Unmarshal(data, &value); err != nil {
		return wire.ReconciledStatements{}, fmt.Errorf("reconcile: read answer: %w", err)
	}
	return value, nil
}

// Breaks returns breaks in a state, of one account or of all if it is empty, the
// oldest first; a limit of 0 means the hub's default.
func (c *Client) Breaks(ctx context.Context, state, account string, limit int) (wire.Breaks, error) {
	query := Page{Limit: limit}.query()
	for name, value := range map[string]string{"state": state, "account": account} {
		if value != "" {
			query.Set(name, value)
		}
	}
	return get[wire.Breaks](ctx, c, "/v1/reconciliation/breaks", query)
}

// Break returns a break with its lines and comments.
func (c *Client) Break(ctx context.Context, id ids.ID) (wire.BreakFile, error) {
	return get[wire.BreakFile](ctx, c, breakPath(id, ""), nil)
}

func breakPath(id ids.ID, step string) string {
	return "/v1/reconciliation/breaks/" + id.String() + step
}

// CommentBreak adds a comment to a break.
func (c *Client) CommentBreak(ctx context.Context, id ids.ID, text string) (wire.BreakFile, error) {
	return post[wire.BreakFile](ctx, c, breakPath(id, "/comments"), wire.BreakNote{Text: text})
}

// OwnBreak gives a break to an operator.
func (c *Client) OwnBreak(ctx context.Context, id, operator ids.ID) (wire.BreakFile, error) {
	return post[wire.BreakFile](ctx, c, breakPath(id, "/owner"), wire.Assignment{AssigneeID: operator})
}

// ExplainBreak resolves a break of which nothing is to be booked.
func (c *Client) ExplainBreak(ctx context.Context, id ids.ID, why string) (wire.BreakFile, error) {
	return post[wire.BreakFile](ctx, c, breakPath(id, "/explain"), wire.BreakNote{Text: why})
}

// ReconciliationTotals returns what all lines of an account come to.
func (c *Client) ReconciliationTotals(ctx context.Context, account string) (wire.ReconciliationTotals, error) {
	return get[wire.ReconciliationTotals](ctx, c, "/v1/reconciliation/totals", url.Values{"account": {account}})
}
