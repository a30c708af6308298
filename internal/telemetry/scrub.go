package telemetry

import (
	"context"

	"go.opentelemetry.io/otel/attribute"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

// scrubber leaves out what the HTTP instrumentation notes about the person or
// the payment at the other end: paths and queries hold references and codes,
// and addresses and agents are those of people.
type scrubber struct{ sdktrace.SpanExporter }

// ExportSpans implements sdktrace.SpanExporter.
func (s scrubber) ExportSpans(ctx context.Context, spans []sdktrace.ReadOnlySpan) error {
	clean := make([]sdktrace.ReadOnlySpan, len(spans))
	for i, span := range spans {
		clean[i] = scrubbed{span}
	}
	return s.SpanExporter.ExportSpans(ctx, clean)
}

// scrubbed is a span without those attributes.
type scrubbed struct{ sdktrace.ReadOnlySpan }

// Attributes implements sdktrace.ReadOnlySpan.
func (s scrubbed) Attributes() []attribute.KeyValue {
	var kept []attribute.KeyValue
	for _, pair := range s.ReadOnlySpan.Attributes() {
		switch pair.Key {
		case "url.path", "url.query", "url.full", "url.fragment", "http.target", "http.url", "http.route",
			"user_agent.original", "http.user_agent", "client.address", "network.peer.address", "enduser.id":
		default:
			kept = append(kept, pair)
		}
	}
	return kept
}
