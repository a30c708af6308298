package alipayplus

import (
	"context"
	"strings"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/internal/reason"
)

// ClientConfig configures a [Client].
type ClientConfig struct {
	Caller CallerConfig
	// PublicURL is the base address of our own [Server], which wallets are
	// given as paymentNotifyUrl. Empty leaves that out.
	PublicURL string
}

// Client calls partners: it is [connectors.Wallet] and [connectors.Acquirer].
type Client struct {
	caller    *Caller
	publicURL string
}

var (
	_ connectors.Wallet   = (*Client)(nil)
	_ connectors.Preparer = (*Client)(nil)
	_ connectors.Acquirer = (*Client)(nil)
)

// NewClient returns a client.
func NewClient(config ClientConfig) *Client {
	return &Client{caller: NewCaller(config.Caller), publicURL: config.PublicURL}
}

// Close closes idle connections.
func (c *Client) Close() { c.caller.Close() }

// exchange sends a message to a participant's operation and decodes the genuine
// answer. The returned answer is Undecided and holds both sides' bytes; it is
// complete if it has an error.
func (c *Client) exchange(
	ctx context.Context, to connectors.Participant, path string, message, into any,
) connectors.Answer {
	return c.prepare(ctx, to, path, message, into)(ctx)
}

// prepare makes a message ready, and returns the exchange that is left to do.
func (c *Client) prepare(
	ctx context.Context, to connectors.Participant, path string, message, into any,
) func(ctx context.Context) connectors.Answer {
	body, err := Encode(message)
	if err != nil {
		return func(context.Context) connectors.Answer { return failed(err) }
	}
	peer := Peer{
		Owner: to.ID, ClientID: to.ClientID, URL: strings.TrimSuffix(to.Endpoint, "/") + path, Limits: to.Outbound,
	}
	send := c.caller.prepare(ctx, peer, body)
	return func(ctx context.Context) connectors.Answer {
		received, err := send(ctx)
		if err == nil {
			err = Decode(received, into)
		}
		answer := connectors.Answer{Operation: operationOf(path), Sent: body, Received: received, Err: err}
		if err != nil {
			// Whatever was wrong with the answer, the request may have been
			// executed.
			answer.Reason = reason.Unknown
		}
		if reason.Of(err) == reason.Busy && received == nil {
			answer.Sent = nil // the partner's own limits did not let it out
		}
		return answer
	}
}

// notice tells a participant something; Accepted means that it confirmed the receipt, and
// of any other answer Err says why not.
func (c *Client) notice(ctx context.Context, to connectors.Participant, path string, message any) connectors.Answer {
	var said Answer
	answer := c.exchange(ctx, to, path, message, &said)
	if answer.Err != nil {
		return answer
	}
	answer = settled(answer, readResult(said.Result))
	if answer.Decision != connectors.Accepted && answer.Err == nil {
		answer.Err = reason.New(answer.Reason, "alipayplus.client", "the receipt was not confirmed")
	}
	return answer
}

// failed is the answer to a call that could not be made.
func failed(err error) connectors.Answer { return connectors.Answer{Reason: reason.Of(err), Err: err} }

// contradiction turns an answer that disagrees with itself, or with the
// request, into an Undecided one.
func contradiction(answer connectors.Answer, what string) connectors.Answer {
	answer.Decision, answer.Reason = connectors.Undecided, reason.Unknown
	answer.Err = reason.New(reason.Unknown, "alipayplus.client", "contradictory answer: "+what)
	return answer
}

// undecided completes an answer that leaves the outcome open. A payment in
// process is no failure; anything else is, and has an error.
func undecided(answer connectors.Answer, kind reason.Kind) connectors.Answer {
	answer.Decision, answer.Reason = connectors.Undecided, kind
	if kind != reason.InProcess {
		answer.Err = reason.New(kind, "alipayplus.client", "")
	}
	return answer
}

// refused completes an answer in which the partner said no: a refusal of the
// message leaves the outcome open, one that says that the payment is unknown
// is Absent, any other is Declined.
func refused(answer connectors.Answer, kind reason.Kind) connectors.Answer {
	switch {
	case aboutTheMessage(kind):
		return undecided(answer, kind)
	case kind == reason.NotFound:
		answer.Decision = connectors.Absent
	default:
		answer.Decision = connectors.Declined
	}
	answer.Reason = kind
	return answer
}

// completedAt takes a time of an answer; one that cannot be read is no reason
// to doubt the answer.
func completedAt(answer *connectors.Answer, text string) {
	if at, readable := parseBodyTime(text); readable {
		answer.CompletedAt = at
	}
}

// amountDiffers reports whether a partner echoed another amount than was sent.
func amountDiffers(echoed, sent *Amount) bool {
	return echoed != nil && sent != nil && *echoed != *sent
}
