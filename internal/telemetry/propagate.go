package telemetry

import (
	"context"
	"net/http"

	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
	"go.opentelemetry.io/otel/propagation"
)

// TraceparentHeader is the name of the W3C Trace Context header (section 3.2),
// in the spelling that case-sensitive carriers use.
const TraceparentHeader = "traceparent"

// Traceparent returns the W3C traceparent of the span in ctx, or "".
func Traceparent(ctx context.Context) string {
	carrier := propagation.MapCarrier{}
	propagation.TraceContext{}.Inject(ctx, carrier)
	return carrier[TraceparentHeader]
}

// WithTraceparent returns ctx with the given W3C traceparent as the remote
// parent of spans to come. A malformed or empty one changes nothing.
func WithTraceparent(ctx context.Context, traceparent string) context.Context {
	if traceparent == "" {
		return ctx
	}
	return propagation.TraceContext{}.Extract(ctx, propagation.MapCarrier{TraceparentHeader: traceparent})
}

// Headers carries a trace over headers with case-sensitive names, such as those
// of NATS messages.
type Headers map[string][]string

var _ propagation.TextMapCarrier = Headers(nil)

// Get implements propagation.TextMapCarrier.
func (h Headers) Get(key string) string {
	if values := h[key]; len(values) > 0 {
		return values[0]
	}
	return ""
}

// Set implements propagation.TextMapCarrier.
func (h Headers) Set(key, value string) { h[key] = []string{value} }

// Keys implements propagation.TextMapCarrier.
func (h Headers) Keys() []string {
	keys := make([]string, 0, len(h))
	for key := range h {
		keys = append(keys, key)
	}
	return keys
}

// Inject writes the trace of ctx into the headers.
func (h Headers) Inject(ctx context.Context) { propagation.TraceContext{}.Inject(ctx, h) }

// Extract returns ctx with the trace of the headers.
func (h Headers) Extract(ctx context.Context) context.Context {
	return propagation.TraceContext{}.Extract(ctx, h)
}

// Handler traces and measures the requests that next serves, under the name of
// the operation. Paths and queries do not become span names: they can hold
// references of payments.
func Handler(next http.Handler, operation string) http.Handler {
	return otelhttp.NewHandler(next, operation,
		otelhttp.WithPropagators(propagation.TraceContext{}),
		otelhttp.WithSpanNameFormatter(func(operation string, _ *http.Request) string { return operation }))
}

// Transport traces and measures the requests that go through base, and hands the
// trace on to the other side. nil means http.DefaultTransport.
func Transport(base http.RoundTripper) http.RoundTripper {
	return otelhttp.NewTransport(base, otelhttp.WithPropagators(propagation.TraceContext{}))
}
