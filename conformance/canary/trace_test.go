package canary_test

import (
	"testing"

	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
)

// follow looks for the way of one payment in the exported traces: one trace from
// the partner's request over the commits and the wallet's call to the
// notification that came over the broker.
func (a *aviary) follow(t *testing.T, paymentID string) {
	spans := a.collector.spans(t)
	trace := ""
	for _, s := range spans {
		if s.name == "engine.Pay" && s.attributes["payment"] == paymentID {
			trace = s.trace
		}
	}
	if trace == "" {
		t.Fatalf("no span of payment %s among %d", paymentID, len(spans))
	}
	var way []span
	for _, s := range spans {
		if s.trace == trace {
			way = append(way, s)
		}
	}
	for _, step := range []struct {
		what string
		is   func(span) bool
	}{
		{"the partner's request", func(s span) bool { return s.kind == tracepb.Span_SPAN_KIND_SERVER && s.parent == "" }},
		{"the first commit", func(s span) bool { return s.name == "commit engine.Pay" }},
		{"the call to the wallet", func(s span) bool { return a.calls(s, harbour) }},
		{"the second commit", func(s span) bool { return s.name == "commit engine.apply" }},
		{"the delivery over the broker", func(s span) bool { return s.kind == tracepb.Span_SPAN_KIND_CONSUMER }},
		{"the notification", func(s span) bool { return a.calls(s, sakura) }},
	} {
		if found := pick(way, step.is); len(found) == 0 {
			t.Errorf("no span of %s", step.what)
		} else if step.what != "the partner's request" {
			connected(t, way, found[0])
		}
	}
	if t.Failed() {
		for _, s := range way {
			t.Logf("%s %s <- %s: %s %v", s.kind, s.id, s.parent, s.name, s.attributes)
		}
	}
}

// calls tells whether the hub calls a partner in this span.
func (a *aviary) calls(s span, partner string) bool {
	peer := "http://" + s.attributes["server.address"] + ":" + s.attributes["server.port"]
	return s.kind == tracepb.Span_SPAN_KIND_CLIENT && peer == a.PartnerURL(partner)
}

func pick(spans []span, is func(span) bool) []span {
	var all []span
	for _, s := range spans {
		if is(s) {
			all = append(all, s)
		}
	}
	return all
}

// connected checks that a span leads back to the request by its parents.
func connected(t *testing.T, way []span, s span) {
	t.Helper()
	for s.parent != "" {
		parents := pick(way, func(other span) bool { return other.id == s.parent })
		if len(parents) != 1 {
			t.Errorf("span %s has %d parents in the trace", s.name, len(parents))
			return
		}
		s = parents[0]
	}
}
