package engine

import (
	"context"
	"time"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/fx/book"
)

// scope names the engine's traces and metrics.
const scope = "github.com/causeway-pay/causeway/switch/engine"

// metrics are the engine's instruments. Their attributes are states, reasons,
// verbs and ids of participants, never anything about persons.
type metrics struct {
	final  metric.Int64Counter
	wallet metric.Int64Histogram
	batch  metric.Int64Histogram
	duties metric.Int64Counter
	alerts metric.Int64Counter
}

func newMetrics() metrics {
	meter := otel.Meter(scope)
	var m metrics
	var err error
	// An instrument that cannot be made measures nothing and is reported; the
	// payments go on.
	if m.final, err = meter.Int64Counter("causeway.payments.final",
		metric.WithDescription("payments that became final, by state and reason")); err != nil {
		otel.Handle(err)
	}
	if m.wallet, err = meter.Int64Histogram("causeway.wallet.call", metric.WithUnit("ms"),
		metric.WithDescription("calls to wallets, by wallet, verb and decision")); err != nil {
		otel.Handle(err)
	}
	if m.batch, err = meter.Int64Histogram("causeway.lane.batch",
		metric.WithDescription("changes committed together")); err != nil {
		otel.Handle(err)
	}
	if m.alerts, err = meter.Int64Counter("causeway.fx.alerts",
		metric.WithDescription("exposures that went beyond their limit, by currency")); err != nil {
		otel.Handle(err)
	}
	if m.duties, err = meter.Int64Counter("causeway.duties",
		metric.WithDescription("duties carried on, by kind")); err != nil {
		otel.Handle(err)
	}
	return m
}

// ended counts a payment whose last change made it final.
func (m metrics) ended(ctx context.Context, r Record, at time.Time) {
	if r.State.Final() && r.CompletedAt.Equal(at) {
		m.final.Add(ctx, 1, metric.WithAttributes(
			attribute.String("state", string(r.State)), attribute.String("reason", r.Reason.String())))
	}
}

// called records one call to a wallet.
func (m metrics) called(ctx context.Context, verb, walletID string, answer connectors.Answer, took time.Duration) {
	m.wallet.Record(ctx, took.Milliseconds(), metric.WithAttributes(
		attribute.String("wallet", walletID), attribute.String("verb", verb),
		attribute.String("decision", answer.Decision.String())))
}

// alerted counts exposures that went beyond their limit.
func (m metrics) alerted(ctx context.Context, raised []book.Alert) {
	for _, a := range raised {
		m.alerts.Add(ctx, 1, metric.WithAttributes(attribute.String("currency", string(a.Net.Currency))))
	}
}
