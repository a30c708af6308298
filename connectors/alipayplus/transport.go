package alipayplus

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
	"time"

	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"

	"github.com/causeway-pay/causeway/internal/egress"
)

// Defaults of the connections to partners.
const (
	DefaultConnectWithin      = 3 * time.Second
	DefaultConnectionsPerHost = 256
)

// TransportConfig configures the connections of a caller. Connections are kept
// and bounded per host, redirects are answers and not followed, and no proxy is
// taken from the environment.
type TransportConfig struct {
	// ConnectWithin bounds dialling and the TLS handshake each; 0 means
	// DefaultConnectWithin.
	ConnectWithin time.Duration
	// ConnectionsPerHost bounds open connections; calls above it wait. 0 means
	// DefaultConnectionsPerHost.
	ConnectionsPerHost int
	// TLS is for client certificates and private authorities.
	TLS *tls.Config
	// Callbacks is where addresses may lead that partners choose themselves; its
	// zero value is for production.
	Callbacks egress.Policy
}

func (c TransportConfig) client(guarded bool) *http.Client {
	if c.ConnectWithin == 0 {
		c.ConnectWithin = DefaultConnectWithin
	}
	if c.ConnectionsPerHost == 0 {
		c.ConnectionsPerHost = DefaultConnectionsPerHost
	}
	dialer := &net.Dialer{Timeout: c.ConnectWithin}
	if guarded {
		dialer = c.Callbacks.Dial(dialer)
	}
	base := &http.Transport{
		DialContext:         dialer.DialContext,
		TLSClientConfig:     c.TLS,
		TLSHandshakeTimeout: c.ConnectWithin,
		MaxConnsPerHost:     c.ConnectionsPerHost,
		MaxIdleConnsPerHost: c.ConnectionsPerHost,
		IdleConnTimeout:     90 * time.Second,
		DisableCompression:  true, // the signature is over the bytes of the wire
		ForceAttemptHTTP2:   true,
		// The three headers of an answer have 4,608 bytes each at most.
		MaxResponseHeaderBytes: 32 << 10,
	}
	return &http.Client{
		Transport:     hideAddress{otelhttp.NewTransport(restoreAddress{steady{base}}), base, guarded},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// addressKey is where hideAddress leaves an address for restoreAddress.
type addressKey struct{}

// hideAddress and restoreAddress enclose the tracing transport: the path and the
// query of a notification address that a partner chose may hold a secret and
// must not become an attribute of a span, and its host must not make a series of the
// metrics. Of contracts' addresses the hosts and the paths of the protocol stay.
type hideAddress struct {
	next   http.RoundTripper
	base   *http.Transport
	chosen bool
}

// chosenHost stands for the hosts that partners choose.
const chosenHost = "callback.invalid"

// RoundTrip implements [http.RoundTripper].
func (h hideAddress) RoundTrip(r *http.Request) (*http.Response, error) {
	plain := url.URL{Scheme: r.URL.Scheme, Host: r.URL.Host, Path: "/"}
	switch {
	case h.chosen:
		plain.Host = chosenHost
	case ofProtocol(r.URL.Path):
		plain.Path, plain.RawPath = r.URL.Path, r.URL.RawPath
	}
	if plain == *r.URL {
		return h.next.RoundTrip(r)
	}
	bare := r.Clone(context.WithValue(r.Context(), addressKey{}, r.URL))
	bare.URL = &plain
	return h.next.RoundTrip(bare)
}

// ofProtocol reports whether a path ends in that of an operation.
func ofProtocol(path string) bool {
	for _, operation := range [...]string{
		PathPay, PathInquiryPayment, PathCancelPayment, PathRefund, PathNotifyPayment, PathGetPaymentCode,
		PathUserInitiatedPay, PathPush, PathInquiryPush, PathPrepare, PathApplyToken, PathCancelToken,
		PathConsultUnbinding, PathAuthNotify, PathConsultPayment,
	} {
		if strings.HasSuffix(path, operation) {
			return true
		}
	}
	return false
}

// CloseIdleConnections serves [http.Client.CloseIdleConnections].
func (h hideAddress) CloseIdleConnections() { h.base.CloseIdleConnections() }

type restoreAddress struct{ next http.RoundTripper }

// RoundTrip implements [http.RoundTripper].
func (q restoreAddress) RoundTrip(r *http.Request) (*http.Response, error) {
	address, hidden := r.Context().Value(addressKey{}).(*url.URL)
	if !hidden {
		return q.next.RoundTrip(r)
	}
	whole := r.Clone(r.Context())
	whole.URL = address
	return q.next.RoundTrip(whole)
}

// steadyTries bounds how many kept connections in a row may turn out closed.
const steadyTries = 3

// steady repeats a request whose kept connection the peer had closed, which the
// standard transport does only if nothing was written yet. Every operation of
// the protocol is idempotent, and the repetition is the same bytes.
type steady struct{ next http.RoundTripper }

// RoundTrip implements [http.RoundTripper].
func (s steady) RoundTrip(r *http.Request) (*http.Response, error) {
	for try := 1; ; try++ {
		kept := false
		ctx := httptrace.WithClientTrace(r.Context(), &httptrace.ClientTrace{
			GotConn: func(info httptrace.GotConnInfo) { kept = info.Reused },
		})
		response, err := s.next.RoundTrip(r.WithContext(ctx))
		if err == nil || !kept || try == steadyTries || r.Context().Err() != nil || r.GetBody == nil {
			return response, err
		}
		body, bodyErr := r.GetBody()
		if bodyErr != nil {
			return nil, err
		}
		r = r.Clone(r.Context())
		r.Body = body
	}
}
