package telemetry_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/trace"

	"github.com/causeway-pay/causeway/internal/telemetry"
)

func start(t *testing.T, options telemetry.Options) *telemetry.Telemetry {
	t.Helper()
	started, err := telemetry.Start(t.Context(), options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		_ = started.Shutdown(ctx)
	})
	return started
}

func TestLogLinesLeadToTheirTrace(t *testing.T) {
	for _, format := range []string{"json", "text"} {
		t.Run(format, func(t *testing.T) {
			var output bytes.Buffer
			logger := start(t, telemetry.Options{LogFormat: format, LogOutput: &output}).Logger().With("region", "sg")
			ctx, span := telemetry.Tracer("test").Start(t.Context(), "pay")
			logger.InfoContext(ctx, "posted", "count", 3)
			span.End()
			for _, part := range []string{"posted", span.SpanContext().TraceID().String(),
				span.SpanContext().SpanID().String(), "trace_id", "span_id", "sg"} {
				if !strings.Contains(output.String(), part) {
					t.Errorf("%q lacks %q", output.String(), part)
				}
			}
			output.Reset()
			logger.WithGroup("g").InfoContext(t.Context(), "alone")
			if strings.Contains(output.String(), "trace_id") {
				t.Errorf("%q has the id of no trace", output.String())
			}
		})
	}
}

func TestLogLevelCanBeTurned(t *testing.T) {
	var output bytes.Buffer
	level := &slog.LevelVar{}
	level.Set(slog.LevelWarn)
	logger := start(t, telemetry.Options{LogOutput: &output, LogLevel: level}).Logger()
	logger.Info("quiet")
	level.Set(slog.LevelDebug)
	logger.Debug("loud")
	if got := output.String(); strings.Contains(got, "quiet") || !strings.Contains(got, "loud") {
		t.Fatalf("log %q", got)
	}
}

func TestStartRefusesNonsense(t *testing.T) {
	for name, options := range map[string]telemetry.Options{
		"format":   {LogFormat: "xml"},
		"no host":  {OTLPEndpoint: "collector:4318"},
		"scheme":   {OTLPEndpoint: "ftp://collector"},
		"unparsed": {OTLPEndpoint: "http://bad host"},
	} {
		if _, err := telemetry.Start(t.Context(), options); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

// collector is a real HTTP server that counts what is exported to it.
type collector struct {
	*httptest.Server
	mu     sync.Mutex
	bodies map[string][]byte
}

func newCollector(t *testing.T) *collector {
	c := &collector{bodies: map[string][]byte{}}
	c.Server = httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		c.mu.Lock()
		defer c.mu.Unlock()
		c.bodies[r.URL.Path] = append(c.bodies[r.URL.Path], body...)
	}))
	t.Cleanup(c.Close)
	return c
}

func TestExportToACollector(t *testing.T) {
	c := newCollector(t)
	started := start(t, telemetry.Options{Service: "switch", Version: "1.2.3", OTLPEndpoint: c.URL, LogOutput: io.Discard})
	_, span := telemetry.Tracer("test").Start(t.Context(), "settle")
	span.End()
	counter, err := telemetry.Meter("test").Int64Counter("payments")
	if err != nil {
		t.Fatal(err)
	}
	counter.Add(t.Context(), 1)
	if err := started.Shutdown(t.Context()); err != nil {
		t.Fatal(err)
	}
	for path, parts := range map[string][]string{
		"/v1/traces": {"settle", "switch", "1.2.3"}, "/v1/metrics": {"payments", "switch", "1.2.3"},
	} {
		for _, part := range parts {
			if !bytes.Contains(c.bodies[path], []byte(part)) {
				t.Errorf("%s lacks %q", path, part)
			}
		}
	}
}

func TestAbsentCollectorHarmsNothing(t *testing.T) {
	started := start(t, telemetry.Options{OTLPEndpoint: "http://127.0.0.1:1", LogOutput: io.Discard})
	_, span := telemetry.Tracer("test").Start(t.Context(), "pay")
	span.End()
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if err := started.Shutdown(ctx); err == nil {
		t.Error("lost spans are not reported at the end")
	}
}

func TestSnapshot(t *testing.T) {
	started := start(t, telemetry.Options{LogOutput: io.Discard})
	meter := telemetry.Meter("test")
	counter, counterErr := meter.Int64Counter("payments", metric.WithUnit("{payment}"))
	gauge, gaugeErr := meter.Float64Gauge("load")
	spread, spreadErr := meter.Int64Histogram("attempts")
	if err := errors.Join(counterErr, gaugeErr, spreadErr); err != nil {
		t.Fatal(err)
	}
	counter.Add(t.Context(), 2, metric.WithAttributes(attribute.String("corridor", "sg-th")))
	counter.Add(t.Context(), 3, metric.WithAttributes(attribute.String("corridor", "sg-th")))
	gauge.Record(t.Context(), 0.5)
	spread.Record(t.Context(), 1)
	spread.Record(t.Context(), 4)
	got, err := started.Snapshot(t.Context())
	want := []telemetry.Measurement{
		{Name: "payments", Unit: "{payment}", Attributes: "corridor=sg-th", Sum: 5},
		{Name: "load", Sum: 0.5},
		{Name: "attempts", Count: 2, Sum: 5},
	}
	if err != nil || !cmp.Equal(got, want) {
		t.Fatal(err, cmp.Diff(want, got))
	}
}

func TestTraceparentCrossesATextColumn(t *testing.T) {
	start(t, telemetry.Options{LogOutput: io.Discard})
	ctx, span := telemetry.Tracer("test").Start(t.Context(), "pay")
	defer span.End()
	text := telemetry.Traceparent(ctx)
	if len(text) != 55 || !strings.HasPrefix(text, "00-"+span.SpanContext().TraceID().String()) {
		t.Fatalf("traceparent %q", text)
	}
	later := telemetry.WithTraceparent(t.Context(), text)
	remote := trace.SpanContextFromContext(later)
	if remote.TraceID() != span.SpanContext().TraceID() || !remote.IsRemote() {
		t.Fatalf("remote %v", remote)
	}
	_, child := telemetry.Tracer("test").Start(later, "deliver")
	if child.SpanContext().TraceID() != span.SpanContext().TraceID() {
		t.Error("the trace was not continued")
	}
}

func TestTraceparentThatIsNone(t *testing.T) {
	if got := telemetry.Traceparent(t.Context()); got != "" {
		t.Errorf("traceparent %q of no span", got)
	}
	zeros := "00-" + strings.Repeat("0", 32) + "-" + strings.Repeat("0", 16) + "-01"
	for _, text := range []string{"", "00-00", "zz", zeros} {
		if span := trace.SpanContextFromContext(telemetry.WithTraceparent(t.Context(), text)); span.IsValid() {
			t.Errorf("%q gave a span", text)
		}
	}
}

func FuzzTraceparent(f *testing.F) {
	f.Add("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")
	f.Add("00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01")
	f.Add("ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-extra")
	f.Fuzz(func(t *testing.T, text string) {
		ctx := telemetry.WithTraceparent(t.Context(), text)
		again := telemetry.Traceparent(ctx)
		if telemetry.Traceparent(telemetry.WithTraceparent(t.Context(), again)) != again {
			t.Fatalf("%q is read as %q and then differently", text, again)
		}
	})
}

func TestHeadersKeepTheirSpelling(t *testing.T) {
	start(t, telemetry.Options{LogOutput: io.Discard})
	ctx, span := telemetry.Tracer("test").Start(t.Context(), "pay")
	defer span.End()
	headers := telemetry.Headers{}
	headers.Inject(ctx)
	if diff := cmp.Diff([]string{telemetry.TraceparentHeader}, headers.Keys()); diff != "" {
		t.Fatal(diff)
	}
	got := trace.SpanContextFromContext(headers.Extract(t.Context()))
	if got.TraceID() != span.SpanContext().TraceID() {
		t.Fatal("the trace got lost")
	}
	if headers.Get("Traceparent") != "" {
		t.Error("names are not case-sensitive")
	}
}

func TestTraceCrossesHTTP(t *testing.T) {
	start(t, telemetry.Options{LogOutput: io.Discard})
	var seen trace.SpanContext
	server := httptest.NewServer(telemetry.Handler(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		seen = trace.SpanContextFromContext(r.Context())
	}), "pay"))
	defer server.Close()
	ctx, span := telemetry.Tracer("test").Start(t.Context(), "test")
	defer span.End()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, server.URL, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Transport: telemetry.Transport(nil)}
	response, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close()
	if seen.TraceID() != span.SpanContext().TraceID() || seen.SpanID() == span.SpanContext().SpanID() {
		t.Fatalf("the server saw %v, the client is %v", seen, span.SpanContext())
	}
}

func TestPersonalDataIsNeverRendered(t *testing.T) {
	const secret = "Amara Okonkwo"
	person := telemetry.Personal(secret)
	holder := struct{ Payer telemetry.Personal }{person}
	var texts []string
	for _, verb := range []string{"%s", "%v", "%+v", "%#v", "%q", "%x", "%X", "%d", "%10s", "%T"} {
		texts = append(texts, fmt.Sprintf(verb, person), fmt.Sprintf(verb, holder), fmt.Sprintf(verb, &holder))
	}
	for _, value := range []any{person, holder, map[string]any{"payer": person}} {
		encoded, err := json.Marshal(value)
		if err != nil {
			t.Fatal(err)
		}
		texts = append(texts, string(encoded))
	}
	var output bytes.Buffer
	for _, format := range []string{"text", "json"} {
		logger := start(t, telemetry.Options{LogFormat: format, LogOutput: &output}).Logger()
		logger.With("payer", person).Info("who", "holder", holder, "group", slog.GroupValue(slog.Any("p", person)),
			"error", fmt.Errorf("refused %s", person))
	}
	texts = append(texts, output.String(), person.String(), person.GoString())
	for _, text := range texts {
		for _, part := range []string{"Amara", "Okonkwo", fmt.Sprintf("%x", secret), fmt.Sprintf("%X", secret)} {
			if strings.Contains(text, part) {
				t.Errorf("revealed: %s", text)
			}
		}
	}
	if string(person) != secret {
		t.Error("an explicit conversion must reveal it")
	}
}
