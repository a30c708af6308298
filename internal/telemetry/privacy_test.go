package telemetry_test

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/causeway-pay/causeway/internal/telemetry"
)

// Paths and queries of partners hold references and codes: neither side of a
// request may export them (I14).
func TestNothingOfARequestIsExported(t *testing.T) {
	c := newCollector(t)
	started := start(t, telemetry.Options{Service: "switch", OTLPEndpoint: c.URL, LogOutput: io.Discard})
	server := httptest.NewServer(telemetry.Handler(http.NotFoundHandler(), "pay"))
	defer server.Close()
	client := &http.Client{Transport: telemetry.Transport(nil)}
	target := server.URL + "/payments/ref-okonkwo-path?payer=okonkwo-query#okonkwo-fragment"
	body := bytes.NewReader([]byte("okonkwo-body"))
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, target, body)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer okonkwo-token")
	request.Header.Set("User-Agent", "okonkwo-agent")
	request.SetBasicAuth("okonkwo-user", "okonkwo-password")
	response, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close()
	if err := started.Shutdown(t.Context()); err != nil {
		t.Fatal(err)
	}
	traces := c.bodies["/v1/traces"]
	if !bytes.Contains(traces, []byte("pay")) {
		t.Fatal("nothing was exported: the test tests nothing")
	}
	for path, body := range c.bodies {
		if at := bytes.Index(body, []byte("okonkwo")); at >= 0 {
			t.Errorf("%s exports %q", path, body[max(0, at-60):min(len(body), at+60)])
		}
	}
}
