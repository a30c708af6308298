package client

import (
	"context"
	"net/http"
	"net/url"

	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/switch/api/wire"
)

// Cases returns a page of cases in a state; "" means those that are open.
func (c *Client) Cases(ctx context.Context, state string, page Page) (wire.Cases, error) {
	query := page.query()
	set(query, "state", state)
	return get[wire.Cases](ctx, c, "/v1/cases", query)
}

// Case returns a case with its comments, which leaves an entry in the audit log.
func (c *Client) Case(ctx context.Context, id ids.ID) (wire.CaseFile, error) {
	return get[wire.CaseFile](ctx, c, "/v1/cases/"+id.String(), nil)
}

// Comment adds to a case. It is not repeated by itself: a call whose answer is lost
// may have added.
func (c *Client) Comment(ctx context.Context, id ids.ID, text string) (wire.Case, error) {
	return call[wire.Case](ctx, c, http.MethodPost, "/v1/cases/"+id.String()+"/comments", nil, wire.NewComment{Text: text})
}

// Assign gives a case to an operator, or to nobody with [ids.Nil].
func (c *Client) Assign(ctx context.Context, id, assignee ids.ID) (wire.Case, error) {
	return call[wire.Case](ctx, c, http.MethodPost, "/v1/cases/"+id.String()+"/assignee", nil,
		wire.Assignment{AssigneeID: assignee})
}

// Policies returns the versions of the policy.
func (c *Client) Policies(ctx context.Context) (wire.Policies, error) {
	return get[wire.Policies](ctx, c, "/v1/policy", nil)
}

// Shadow returns what the policy that runs beside would have decided.
func (c *Client) Shadow(ctx context.Context) (wire.ShadowReport, error) {
	return get[wire.ShadowReport](ctx, c, "/v1/policy/shadow", nil)
}

// Lists returns the versions of the sanctions lists.
func (c *Client) Lists(ctx context.Context) (wire.ListVersions, error) {
	return get[wire.ListVersions](ctx, c, "/v1/lists", nil)
}

// ListChanges returns a page of what a version of a list changed, also one that was refused.
func (c *Client) ListChanges(ctx context.Context, list, version string, page Page) (wire.ListChanges, error) {
	query := page.query()
	query.Set("list", list)
	query.Set("version", version)
	return get[wire.ListChanges](ctx, c, "/v1/lists/changes", query)
}

// ListEntry returns what a version of a list says of an entry.
func (c *Client) ListEntry(ctx context.Context, list, version, entry string) (wire.ListEntry, error) {
	return get[wire.ListEntry](ctx, c, "/v1/lists/entry", url.Values{"list": {list}, "version": {version}, "entry": {entry}})
}

// TryPolicy returns what the rules of a policy would have done to payments of the
// past.
func (c *Client) TryPolicy(ctx context.Context, trial wire.PolicyTrial) (wire.TrialReport, error) {
	return post[wire.TrialReport](ctx, c, "/v1/policy/try", trial)
}
