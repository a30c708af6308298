package feed

import (
	"context"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"

	"github.com/causeway-pay/causeway/fx"
)

// metrics are the feed's instruments. An instrument that cannot be made measures
// nothing and is reported.
type metrics struct {
	taken, stops, failures metric.Int64Counter
}

func newMetrics() (m metrics) {
	meter := otel.Meter("github.com/causeway-pay/causeway/fx/feed")
	for _, counter := range []struct {
		to         *metric.Int64Counter
		name, says string
	}{
		{&m.taken, "causeway.fx.rates", "rates that are priced from, by source"},
		{&m.stops, "causeway.fx.stops", "pairs stopped by a rate beyond its guard, by pair and source"},
		{&m.failures, "causeway.fx.source.failures", "fetches that failed, by source"},
	} {
		var err error
		if *counter.to, err = meter.Int64Counter(counter.name, metric.WithDescription(counter.says)); err != nil {
			otel.Handle(err)
		}
	}
	return m
}

func (m metrics) took(ctx context.Context, taken fx.Taken) {
	for _, r := range taken.New {
		m.taken.Add(ctx, 1, metric.WithAttributes(attribute.String("source", r.Source)))
	}
	for _, stop := range taken.Stops {
		m.stops.Add(ctx, 1, metric.WithAttributes(attribute.String("pair", stop.Subject()),
			attribute.String("source", stop.Source)))
	}
}

func (m metrics) failed(ctx context.Context, source string) {
	m.failures.Add(ctx, 1, metric.WithAttributes(attribute.String("source", source)))
}
