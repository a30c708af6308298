package alipayplus

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/causeway-pay/causeway/internal/clock"
	"github.com/causeway-pay/causeway/internal/keys"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/internal/throttle"
)

// DefaultCallWithin is how long a partner gets for an answer. It is less than
// DefaultAnswerWithin, so that a silent wallet leaves time to tell the acquirer
// that the payment is in process.
const DefaultCallWithin = 8 * time.Second

// CallerConfig configures a [Caller]. Signer and Verifier are required.
type CallerConfig struct {
	Signer keys.Signer
	// Verifier knows the keys of those who answer; the owner is [Peer.Owner].
	Verifier keys.Verifier
	// Clock is the machine's unless set.
	Clock clock.Clock
	// Freshness is how far Response-Time may be from our clock; 0 means
	// DefaultFreshness, a negative value any time.
	Freshness time.Duration
	// CallWithin bounds one call from dialling to the last byte; 0 means
	// DefaultCallWithin.
	CallWithin time.Duration
	// Share is what one partner is called at most unless its contract says
	// otherwise; 0 means DefaultOutbound.
	Share     throttle.Limits
	Transport TransportConfig
}

// DefaultOutbound is how much one partner is called. As many calls at once as
// connections: one that does not answer holds those for DefaultCallWithin each, and
// what comes after fails at once instead of waiting in front of others.
func DefaultOutbound() throttle.Limits {
	return throttle.Limits{PerSecond: 4000, Burst: 8000, AtOnce: DefaultConnectionsPerHost}
}

// Peer is who is called.
type Peer struct {
	// Owner names the peer's keys.
	Owner string
	// ClientID is sent in the header, and must come back in it.
	ClientID string
	// URL is the complete address of the operation.
	URL string
	// Guarded says that the peer chose the address itself, outside of its
	// contract: it is called only if [TransportConfig.Callbacks] allows it.
	Guarded bool
	// Limits are how much it may be called; zeros mean the caller's share.
	Limits throttle.Limits
}

// Caller is the envelope of a client: it signs requests and accepts an answer
// only if its signature fits. It is safe for concurrent use.
type Caller struct {
	config  CallerConfig
	plain   *http.Client
	guarded *http.Client
	shares  *throttle.Throttle
}

// NewCaller returns a caller.
func NewCaller(config CallerConfig) *Caller {
	if config.Clock == nil {
		config.Clock = clock.System{}
	}
	if config.Freshness == 0 {
		config.Freshness = DefaultFreshness
	}
	if config.CallWithin == 0 {
		config.CallWithin = DefaultCallWithin
	}
	if config.Share == (throttle.Limits{}) {
		config.Share = DefaultOutbound()
	}
	return &Caller{
		config: config, plain: config.Transport.client(false), guarded: config.Transport.client(true),
		shares: throttle.New(config.Clock, config.Share),
	}
}

// Close closes idle connections.
func (c *Caller) Close() {
	c.plain.CloseIdleConnections()
	c.guarded.CloseIdleConnections()
}

// Call posts a body and returns the body of a genuine answer. With an error it
// may return what was received, for the record. Every error leaves the outcome
// of the call unknown.
func (c *Caller) Call(ctx context.Context, peer Peer, body []byte) ([]byte, error) {
	return c.prepare(ctx, peer, body)(ctx)
}

// prepare signs a request, and returns the [Caller.Call] that is left to do.
func (c *Caller) prepare(ctx context.Context, peer Peer, body []byte) func(ctx context.Context) ([]byte, error) {
	request, err := c.request(ctx, peer, body)
	return func(ctx context.Context) ([]byte, error) {
		if err != nil {
			return nil, reason.Wrap(reason.Unknown, "alipayplus.call", withoutAddress(err))
		}
		return c.send(ctx, peer, request)
	}
}

func (c *Caller) send(ctx context.Context, peer Peer, request *http.Request) ([]byte, error) {
	const op = "alipayplus.call"
	leave, err := c.shares.Enter(peer.Owner, peer.Limits)
	if err != nil {
		return nil, err
	}
	defer leave()
	ctx, cancel := context.WithTimeout(ctx, c.config.CallWithin)
	defer cancel()
	client := c.plain
	if peer.Guarded {
		client = c.guarded
		if err := c.config.Transport.Callbacks.Check(request.URL); err != nil {
			return nil, reason.Wrap(reason.Unknown, op, err)
		}
	}
	response, err := client.Do(request.WithContext(ctx))
	if err != nil {
		return nil, reason.Wrap(reason.Unknown, op, withoutAnswer(err))
	}
	defer response.Body.Close()
	received, err := readMost(response.Body, response.ContentLength)
	switch {
	case err != nil:
		return received, reason.Wrap(reason.Unknown, op, withoutAnswer(err))
	case len(received) > BodyMost:
		return received[:BodyMost], reason.New(reason.Unknown, op, "answer larger than 64 KiB")
	case response.StatusCode != http.StatusOK:
		return received, reason.New(reason.Unknown, op, "answer with HTTP status "+strconv.Itoa(response.StatusCode))
	}
	return received, c.verify(ctx, peer, request.URL, response.Header, received)
}

func (c *Caller) request(ctx context.Context, peer Peer, body []byte) (*http.Request, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, peer.URL, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	at := formatTime(c.config.Clock.Now())
	signed := SigningString(http.MethodPost, signedTargets(request.URL)[0], peer.ClientID, at, body)
	value, version, err := c.config.Signer.Sign(ctx, signed)
	if err != nil {
		return nil, err
	}
	request.Header.Set(headerSignature, FormatSignature(Signature{KeyVersion: version, Value: value}))
	request.Header.Set(headerClientID, peer.ClientID)
	request.Header.Set(headerRequestTime, at)
	request.Header.Set("Content-Type", contentType)
	return request, nil
}

func (c *Caller) verify(ctx context.Context, peer Peer, to *url.URL, header http.Header, body []byte) error {
	const op = "alipayplus.verify"
	clientID := onlyHeader(header, answerClientID)
	at := onlyHeader(header, answerTime)
	text := onlyHeader(header, answerSignature)
	if clientID != peer.ClientID {
		return reason.New(reason.UnknownClient, op, "answer for another client")
	}
	moment, readable := parseHeaderTime(at)
	if !readable || c.config.Freshness > 0 && !fresh(moment, c.config.Clock.Now(), c.config.Freshness) {
		return reason.New(reason.InvalidSignature, op, "Response-Time is too far from the time here")
	}
	signature, err := ParseSignature(text)
	if err != nil {
		return err
	}
	for _, target := range signedTargets(to) {
		signed := SigningString(http.MethodPost, target, clientID, at, body)
		err = c.config.Verifier.Verify(ctx, peer.Owner, signature.KeyVersion, signed, signature.Value)
		if err == nil {
			return nil
		}
	}
	return err
}

// signedTargets are the spellings of an address that may be signed, ours first:
// with its query, and without.
func signedTargets(address *url.URL) []string {
	path := address.EscapedPath()
	if path == "" {
		path = "/"
	}
	if address.RawQuery == "" {
		return []string{path}
	}
	return []string{path + "?" + address.RawQuery, path}
}

// withoutAddress takes the address out of an error, since a partner may have
// put a secret into its query.
func withoutAddress(err error) error {
	var located *url.Error
	if errors.As(err, &located) {
		return fmt.Errorf("%s: %w", located.Op, located.Err)
	}
	return err
}

// errNotHTTP stands for every error that quotes what it could not read.
var errNotHTTP = errors.New("the answer is no HTTP that can be read")

// withoutAnswer keeps the errors of the network and of TLS, which say nothing of the
// answer. The others quote it, and it may hold anything.
func withoutAnswer(err error) error {
	var located *url.Error
	if errors.As(err, &located) {
		err = located.Err
	}
	var network net.Error
	switch {
	case errors.As(err, &network), errors.Is(err, context.Canceled), errors.Is(err, io.EOF),
		errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, http.ErrSchemeMismatch),
		strings.HasPrefix(err.Error(), "tls: "):
		return err
	default:
		return errNotHTTP
	}
}
