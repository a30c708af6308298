// Package telemetry sets up logs, traces and metrics, and the health checks that
// an orchestrator asks for.
//
// It is the only importer of the OpenTelemetry SDK. Instruments work whether or
// not a collector is configured. Nothing personal goes through here: names,
// references, codes and tokens of people are of type [Personal], which renders
// as a placeholder wherever it ends up.
package telemetry

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net/url"
	"os"
	"time"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlpmetric/otlpmetrichttp"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/propagation"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

// Options of [Start].
type Options struct {
	// Service and Version name the program in every trace and metric.
	Service, Version string
	// OTLPEndpoint is the base URL of a collector that speaks OTLP over HTTP,
	// such as http://collector:4318. "" means that nothing is exported.
	OTLPEndpoint string
	// LogFormat is "text" or "json"; "" means "text".
	LogFormat string
	// LogLevel is the lowest level that is logged; nil means Info. A
	// *slog.LevelVar can be turned while the program runs.
	LogLevel slog.Leveler
	// LogOutput gets the log; nil means standard error.
	LogOutput io.Writer
}

// Telemetry is what [Start] has set up.
type Telemetry struct {
	logger *slog.Logger
	reader *sdkmetric.ManualReader
	traces *sdktrace.TracerProvider
	meters *sdkmetric.MeterProvider
}

// exportPeriod is how often metrics go to the collector.
const exportPeriod = 15 * time.Second

// Start makes the providers of this process and installs them for [Tracer] and
// [Meter]. A collector that cannot be reached is not an error: it is logged when
// something should be exported.
func Start(ctx context.Context, options Options) (*Telemetry, error) {
	logger, err := newLogger(options)
	if err != nil {
		return nil, fmt.Errorf("telemetry: start: %w", err)
	}
	about := resource.NewSchemaless(
		attribute.String("service.name", options.Service),
		attribute.String("service.version", options.Version),
	)
	t := &Telemetry{logger: logger, reader: sdkmetric.NewManualReader()}
	tracing := []sdktrace.TracerProviderOption{sdktrace.WithResource(about)}
	metering := []sdkmetric.Option{
		sdkmetric.WithResource(about), sdkmetric.WithReader(t.reader), sdkmetric.WithView(withoutHosts()),
	}
	if options.OTLPEndpoint == "" {
		// Without a collector a span is only its ids, for the logs.
		tracing = append(tracing, sdktrace.WithSampler(sdktrace.NeverSample()))
	} else {
		spans, periodic, err := exporters(ctx, options.OTLPEndpoint)
		if err != nil {
			return nil, fmt.Errorf("telemetry: start: %w", err)
		}
		tracing = append(tracing, sdktrace.WithBatcher(scrubber{spans}))
		metering = append(metering, sdkmetric.WithReader(periodic))
	}
	t.traces, t.meters = sdktrace.NewTracerProvider(tracing...), sdkmetric.NewMeterProvider(metering...)
	t.install()
	return t, nil
}

// withoutHosts leaves the Host out of what servers measure. Whoever calls chooses it, so
// that strangers could make as many series as they like.
func withoutHosts() sdkmetric.View {
	return sdkmetric.NewView(sdkmetric.Instrument{Name: "http.server.*"},
		sdkmetric.Stream{AttributeFilter: attribute.NewDenyKeysFilter("server.address", "server.port")})
}

func exporters(ctx context.Context, endpoint string) (sdktrace.SpanExporter, sdkmetric.Reader, error) {
	base, err := url.Parse(endpoint)
	if err != nil || base.Host == "" || base.Scheme != "http" && base.Scheme != "https" {
		return nil, nil, fmt.Errorf("endpoint %q is not an http or https URL", endpoint)
	}
	spans, err := otlptracehttp.New(ctx, otlptracehttp.WithEndpointURL(base.JoinPath("v1/traces").String()))
	if err != nil {
		return nil, nil, err
	}
	metrics, err := otlpmetrichttp.New(ctx, otlpmetrichttp.WithEndpointURL(base.JoinPath("v1/metrics").String()))
	if err != nil {
		return nil, nil, err
	}
	return spans, sdkmetric.NewPeriodicReader(metrics, sdkmetric.WithInterval(exportPeriod)), nil
}

func (t *Telemetry) install() {
	log.SetFlags(0)
	log.SetOutput(standard{t.logger})
	otel.SetTracerProvider(t.traces)
	otel.SetMeterProvider(t.meters)
	otel.SetTextMapPropagator(propagation.TraceContext{})
	otel.SetErrorHandler(otel.ErrorHandlerFunc(func(err error) {
		t.logger.Warn("telemetry export failed", slog.Any("error", err))
	}))
}

// Logger returns the log, which adds trace_id and span_id of the context.
func (t *Telemetry) Logger() *slog.Logger { return t.logger }

// Shutdown exports what is still held, until ctx ends.
func (t *Telemetry) Shutdown(ctx context.Context) error {
	if err := errors.Join(t.traces.Shutdown(ctx), t.meters.Shutdown(ctx)); err != nil {
		return fmt.Errorf("telemetry: shutdown: %w", err)
	}
	return nil
}

// Tracer returns the tracer of a package, named by its import path.
func Tracer(name string) trace.Tracer { return otel.Tracer(name) }

// Meter returns the meter of a package, named by its import path.
func Meter(name string) metric.Meter { return otel.Meter(name) }

func logOutput(options Options) io.Writer {
	if options.LogOutput == nil {
		return os.Stderr
	}
	return options.LogOutput
}
