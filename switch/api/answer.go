package api

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"

	"go.opentelemetry.io/otel/trace"

	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/switch/api/wire"
)

// answer is what an endpoint returns: a value for JSON, raw bytes, or a file.
type answer struct {
	status   int
	value    any
	raw      []byte
	media    string
	location string
	download *download
}

// ok answers with a JSON value.
func ok(value any, err error) (answer, error) {
	return answer{status: http.StatusOK, value: value}, err
}

const (
	mediaJSON    = "application/json"
	mediaProblem = "application/problem+json"
	mediaBytes   = "application/octet-stream"
)

func (s *server) write(w http.ResponseWriter, r *http.Request, a answer) {
	if a.download != nil {
		a.download.serve(w, r)
		return
	}
	if a.status == http.StatusNoContent {
		w.WriteHeader(a.status)
		return
	}
	if a.media == "" {
		body, err := json.Marshal(a.value)
		if err != nil {
			s.fail(w, r, err)
			return
		}
		a.raw, a.media = body, mediaJSON
	}
	if a.location != "" {
		w.Header().Set("Location", a.location)
	}
	send(w, a.status, a.media, a.raw)
}

// send ignores a write that fails: the caller has gone, and nobody is left to be
// told.
func send(w http.ResponseWriter, status int, media string, body []byte) {
	w.Header().Set("Content-Type", media)
	w.WriteHeader(status)
	_, _ = w.Write(body)
}

// fail answers with a problem (RFC 9457). Unknown ids in paths look the same whatever
// they were to name, a change says which of its names nobody has, and what went wrong
// inside is in the log alone.
func (s *server) fail(w http.ResponseWriter, r *http.Request, err error) {
	problem := problemOf(err)
	problem.TraceID = traceOf(r.Context())
	level := slog.LevelInfo
	if problem.Status >= http.StatusInternalServerError {
		level = slog.LevelError
	}
	s.Logger.LogAttrs(r.Context(), level, "operator request failed", slog.String("endpoint", r.Pattern),
		slog.String("reason", problem.Reason), slog.Any("error", err), slog.String("trace", problem.TraceID))
	body, err := json.Marshal(problem)
	if err != nil {
		body = nil
	}
	if problem.Status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", `Bearer realm="operators"`)
	}
	send(w, problem.Status, mediaProblem, body)
}

func problemOf(err error) wire.Problem {
	kind, detail := reason.Of(err), ""
	var known *reason.Error
	if errors.As(err, &known) {
		detail = known.Detail
	}
	// A failure without a kind, or one whose outcome is open, has nothing to say
	// that an operator could act on but its trace.
	switch {
	case kind == reason.NotFound:
		kind, detail = reason.Missing, ""
	case !kind.Final():
		detail = ""
	}
	codes := kind.Codes()
	return wire.Problem{
		Type: "urn:causeway:reason:" + codes.Name, Title: codes.Text, Status: codes.HTTP, Reason: codes.Name, Detail: detail,
	}
}

type traceKey struct{}

// withTrace gives the request the id under which logs and problems can be found:
// that of its span, or a random one where nothing is traced.
func withTrace(ctx context.Context) context.Context {
	if span := trace.SpanContextFromContext(ctx); span.HasTraceID() {
		return context.WithValue(ctx, traceKey{}, span.TraceID().String())
	}
	return context.WithValue(ctx, traceKey{}, trace.TraceID(ids.New()).String())
}

func traceOf(ctx context.Context) string {
	id, _ := ctx.Value(traceKey{}).(string)
	return id
}
