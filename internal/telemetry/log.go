package telemetry

import (
	"context"
	"fmt"
	"log/slog"

	"go.opentelemetry.io/otel/trace"
)

func newLogger(options Options) (*slog.Logger, error) {
	settings := &slog.HandlerOptions{Level: options.LogLevel}
	switch options.LogFormat {
	case "", "text":
		return slog.New(tracing{slog.NewTextHandler(logOutput(options), settings)}), nil
	case "json":
		return slog.New(tracing{slog.NewJSONHandler(logOutput(options), settings)}), nil
	default:
		return nil, fmt.Errorf("log format %q is neither text nor json", options.LogFormat)
	}
}

// tracing adds the ids of the span in the context to each record, so that a
// line of the log leads to its trace.
type tracing struct{ slog.Handler }

// Handle implements slog.Handler.
func (h tracing) Handle(ctx context.Context, record slog.Record) error {
	if span := trace.SpanContextFromContext(ctx); span.IsValid() {
		record = record.Clone()
		record.AddAttrs(
			slog.String("trace_id", span.TraceID().String()),
			slog.String("span_id", span.SpanID().String()),
		)
	}
	return h.Handler.Handle(ctx, record)
}

// WithAttrs implements slog.Handler.
func (h tracing) WithAttrs(attrs []slog.Attr) slog.Handler {
	return tracing{h.Handler.WithAttrs(attrs)}
}

// WithGroup implements slog.Handler.
func (h tracing) WithGroup(name string) slog.Handler { return tracing{h.Handler.WithGroup(name)} }
