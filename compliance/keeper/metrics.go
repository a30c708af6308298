package keeper

import (
	"context"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
)

// metrics tell how the lists fare.
type metrics struct {
	versions, refusals metric.Int64Counter
	entries            metric.Int64Gauge
}

func newMetrics() metrics {
	meter := otel.Meter("github.com/causeway-pay/causeway/compliance/keeper")
	// The names are constant and valid, so that none of these can fail.
	versions, _ := meter.Int64Counter("causeway.lists.versions", metric.WithDescription("versions of lists that were put in force"))
	refusals, _ := meter.Int64Counter("causeway.lists.refusals", metric.WithDescription("fetches of lists that failed or were refused"))
	entries, _ := meter.Int64Gauge("causeway.lists.entries", metric.WithDescription("entries of the list in force"))
	return metrics{versions, refusals, entries}
}

func (m metrics) taken(ctx context.Context, list string, entries int) {
	attributes := metric.WithAttributes(attribute.String("list", list))
	m.versions.Add(ctx, 1, attributes)
	m.entries.Record(ctx, int64(entries), attributes)
}

func (m metrics) refused(ctx context.Context, list string) {
	m.refusals.Add(ctx, 1, metric.WithAttributes(attribute.String("list", list)))
}
