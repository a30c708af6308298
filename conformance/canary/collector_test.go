package canary_test

import (
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	commonpb "go.opentelemetry.io/proto/otlp/common/v1"
	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"
)

// collector keeps what the hub exports.
type collector struct {
	server *httptest.Server

	mu     sync.Mutex
	bodies map[string][][]byte // by path; guarded by mu
}

func newCollector(t *testing.T) *collector {
	c := &collector{bodies: map[string][][]byte{}}
	c.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil || r.Header.Get("Content-Encoding") != "" {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		c.mu.Lock()
		defer c.mu.Unlock()
		c.bodies[r.URL.Path] = append(c.bodies[r.URL.Path], body)
		w.Header().Set("Content-Type", "application/x-protobuf")
	}))
	t.Cleanup(c.server.Close)
	return c
}

// exported returns all bodies that came to a path, one after the other.
func (c *collector) exported(path string) []byte {
	c.mu.Lock()
	defer c.mu.Unlock()
	var all []byte
	for _, body := range c.bodies[path] {
		all = append(all, body...)
	}
	return all
}

// span is a span with its attributes as text.
type span struct {
	trace, id, parent, name, scope string
	kind                           tracepb.Span_SpanKind
	attributes                     map[string]string
}

// spans decodes the traces. An export request has the form of TracesData (OTLP
// 1.x, ExportTraceServiceRequest), and bodies one after the other are one
// message with the resources of all.
func (c *collector) spans(t *testing.T) []span {
	t.Helper()
	var data tracepb.TracesData
	if err := proto.Unmarshal(c.exported("/v1/traces"), &data); err != nil {
		t.Fatal(err)
	}
	var all []span
	for _, resource := range data.GetResourceSpans() {
		for _, scope := range resource.GetScopeSpans() {
			for _, s := range scope.GetSpans() {
				attributes := map[string]string{}
				for _, a := range s.GetAttributes() {
					attributes[a.GetKey()] = text(a.GetValue())
				}
				all = append(all, span{
					trace: hex.EncodeToString(s.GetTraceId()), id: hex.EncodeToString(s.GetSpanId()),
					parent: hex.EncodeToString(s.GetParentSpanId()), name: s.GetName(), scope: scope.GetScope().GetName(),
					kind: s.GetKind(), attributes: attributes,
				})
			}
		}
	}
	return all
}

func text(value *commonpb.AnyValue) string {
	switch is := value.GetValue().(type) {
	case *commonpb.AnyValue_StringValue:
		return is.StringValue
	case *commonpb.AnyValue_IntValue:
		return fmt.Sprint(is.IntValue)
	default:
		return value.String()
	}
}
