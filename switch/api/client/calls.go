package client

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"

	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/switch/api/wire"
)

// Page is a part of a listing that runs from the newest to the oldest.
type Page struct {
	// Before is the Next of the page before; empty for the newest page.
	Before string
	// Limit is the length of the page, at most 500; 0 means the hub's default.
	Limit int
}

func (p Page) query() url.Values {
	query := url.Values{}
	set(query, "before", p.Before)
	if p.Limit != 0 {
		query.Set("limit", strconv.Itoa(p.Limit))
	}
	return query
}

func set(query url.Values, name, value string) {
	if value != "" {
		query.Set(name, value)
	}
}

// Document returns the OpenAPI document. It needs no token.
func (c *Client) Document(ctx context.Context) ([]byte, error) {
	return c.do(ctx, http.MethodGet, "/openapi.json", nil, nil)
}

// Me returns whom the token belongs to.
func (c *Client) Me(ctx context.Context) (wire.Operator, error) {
	return get[wire.Operator](ctx, c, "/v1/me", nil)
}

// Operators returns all operators.
func (c *Client) Operators(ctx context.Context) (wire.Operators, error) {
	return get[wire.Operators](ctx, c, "/v1/operators", nil)
}

// PaymentFilter selects payments; empty fields select all.
type PaymentFilter struct {
	State string
	// Participant is an acquirer or wallet.
	Participant string
	Page        Page
}

// Payments returns a page of payments.
func (c *Client) Payments(ctx context.Context, filter PaymentFilter) (wire.Payments, error) {
	query := filter.Page.query()
	set(query, "state", filter.State)
	set(query, "participant", filter.Participant)
	return get[wire.Payments](ctx, c, "/v1/payments", query)
}

// Summary returns how many payments are in each state.
func (c *Client) Summary(ctx context.Context) (wire.Summary, error) {
	return get[wire.Summary](ctx, c, "/v1/payments/summary", nil)
}

// Payment returns the file of a payment.
func (c *Client) Payment(ctx context.Context, id ids.ID) (wire.PaymentFile, error) {
	return get[wire.PaymentFile](ctx, c, "/v1/payments/"+id.String(), nil)
}

// PaymentMessages lists the messages of a payment.
func (c *Client) PaymentMessages(ctx context.Context, id ids.ID) (wire.Messages, error) {
	return get[wire.Messages](ctx, c, "/v1/payments/"+id.String()+"/messages", nil)
}

// PaymentMessage returns the body of a payment's message, numbered from 1.
func (c *Client) PaymentMessage(ctx context.Context, id ids.ID, number int) ([]byte, error) {
	return c.do(ctx, http.MethodGet, fmt.Sprintf("/v1/payments/%s/messages/%d", id, number), nil, nil)
}

// MessageFilter selects messages by exactly one of UETR, ID and Window.
type MessageFilter struct {
	// UETR and ID are UUIDs; ID is that of the record, or the message id that an ISO
	// 20022 message carries.
	UETR, ID string
	// Window is a settlement window; Participant and Page select among its messages.
	Window      string
	Participant string
	Page        Page
}

// Messages finds messages.
func (c *Client) Messages(ctx context.Context, filter MessageFilter) (wire.Messages, error) {
	query := filter.Page.query()
	set(query, "uetr", filter.UETR)
	set(query, "id", filter.ID)
	set(query, "window", filter.Window)
	set(query, "participant", filter.Participant)
	return get[wire.Messages](ctx, c, "/v1/messages", query)
}

// Message returns the body of a message, byte for byte, by the id of its record
// or the message id that it carries.
func (c *Client) Message(ctx context.Context, id string) ([]byte, error) {
	return c.do(ctx, http.MethodGet, "/v1/messages/"+url.PathEscape(id), nil, nil)
}

// Participants returns all participants.
func (c *Client) Participants(ctx context.Context) (wire.Participants, error) {
	return get[wire.Participants](ctx, c, "/v1/participants", nil)
}

// Corridors returns all corridors.
func (c *Client) Corridors(ctx context.Context) (wire.Corridors, error) {
	return get[wire.Corridors](ctx, c, "/v1/corridors", nil)
}

// Codes returns whose the codes are that merchants show.
func (c *Client) Codes(ctx context.Context) (wire.Codes, error) {
	return get[wire.Codes](ctx, c, "/v1/directory/codes", nil)
}

// Issuers returns which payment codes other networks issue.
func (c *Client) Issuers(ctx context.Context) (wire.Issuers, error) {
	return get[wire.Issuers](ctx, c, "/v1/directory/issuers", nil)
}

// DirectoryVersions returns a page of the changes of participants and corridors.
func (c *Client) DirectoryVersions(ctx context.Context, page Page) (wire.DirectoryVersions, error) {
	return get[wire.DirectoryVersions](ctx, c, "/v1/directory/versions", page.query())
}

// Positions returns all positions.
func (c *Client) Positions(ctx context.Context) (wire.Positions, error) {
	return get[wire.Positions](ctx, c, "/v1/positions", nil)
}

// Windows returns the newest windows; a limit of 0 means the hub's default.
func (c *Client) Windows(ctx context.Context, limit int) (wire.Windows, error) {
	return get[wire.Windows](ctx, c, "/v1/windows", Page{Limit: limit}.query())
}

// Window returns a window with its figures.
func (c *Client) Window(ctx context.Context, id ids.ID) (wire.WindowFile, error) {
	return get[wire.WindowFile](ctx, c, "/v1/windows/"+id.String(), nil)
}

// CloseWindow closes the open window and instructs what is owed. It is not
// repeated by itself: a call whose answer is lost may have closed a window.
func (c *Client) CloseWindow(ctx context.Context) (wire.Closed, error) {
	return post[wire.Closed](ctx, c, "/v1/windows/close", nil)
}

// Balances returns the accounts of the ledger.
func (c *Client) Balances(ctx context.Context) (wire.Balances, error) {
	return get[wire.Balances](ctx, c, "/v1/ledger/balances", nil)
}

// DeadLetters returns the oldest letters; a limit of 0 means the hub's default.
func (c *Client) DeadLetters(ctx context.Context, limit int) (wire.DeadLetters, error) {
	return get[wire.DeadLetters](ctx, c, "/v1/dead-letters", Page{Limit: limit}.query())
}

// Replay sends a dead letter through its schedule again.
func (c *Client) Replay(ctx context.Context, eventID ids.ID) error {
	_, err := c.do(ctx, http.MethodPost, "/v1/dead-letters/"+eventID.String()+"/replay", nil, nil)
	return err
}

// Proposals returns a page of proposals; an empty state means all.
func (c *Client) Proposals(ctx context.Context, state string, page Page) (wire.Proposals, error) {
	query := page.query()
	set(query, "state", state)
	return get[wire.Proposals](ctx, c, "/v1/proposals", query)
}

// Propose proposes a change of a kind, such as a [wire.CapChange] of kind
// [wire.KindCapSet].
func (c *Client) Propose(ctx context.Context, kind string, change any) (wire.Proposal, error) {
	encoded, err := json.Marshal(change)
	if err != nil {
		return wire.Proposal{}, fmt.Errorf("propose %s: %w", kind, err)
	}
	return post[wire.Proposal](ctx, c, "/v1/proposals", wire.NewProposal{Kind: kind, Change: encoded})
}

// Proposal returns one proposal.
func (c *Client) Proposal(ctx context.Context, id ids.ID) (wire.Proposal, error) {
	return get[wire.Proposal](ctx, c, "/v1/proposals/"+id.String(), nil)
}

// Approve applies a proposal. The hash is that of the proposal as its approver
// has read it, never of one fetched just to be approved.
func (c *Client) Approve(ctx context.Context, id ids.ID, changeHash string) (wire.Proposal, error) {
	return post[wire.Proposal](ctx, c, "/v1/proposals/"+id.String()+"/approve", wire.Approval{ChangeHash: changeHash})
}

// Reject closes a proposal without applying it.
func (c *Client) Reject(ctx context.Context, id ids.ID) (wire.Proposal, error) {
	return post[wire.Proposal](ctx, c, "/v1/proposals/"+id.String()+"/reject", nil)
}

// Audit returns a page of the audit log.
func (c *Client) Audit(ctx context.Context, page Page) (wire.Audit, error) {
	return get[wire.Audit](ctx, c, "/v1/audit", page.query())
}

// Screening returns which sanctions lists are loaded.
func (c *Client) Screening(ctx context.Context) (wire.Screening, error) {
	return get[wire.Screening](ctx, c, "/v1/screening", nil)
}
