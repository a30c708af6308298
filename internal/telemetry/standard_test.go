package telemetry_test

import (
	"bytes"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/causeway-pay/causeway/internal/telemetry"
)

// lines is a log that says when it has been written to.
type lines struct {
	mu      sync.Mutex
	text    bytes.Buffer
	written chan struct{}
}

func (l *lines) Write(line []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	defer func() { l.written <- struct{}{} }()
	return l.text.Write(line)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// TestNetHTTPTellsNothingPersonal: net/http writes what a server sent unasked, and who could
// not agree with ours on TLS, to the log of the standard library.
func TestNetHTTPTellsNothingPersonal(t *testing.T) {
	output := &lines{written: make(chan struct{}, 16)}
	start(t, telemetry.Options{LogOutput: output})
	t.Cleanup(func() { log.SetOutput(io.Discard) })
	await := func(what string, secrets ...string) {
		t.Helper()
		for !strings.Contains(output.String(), what) {
			select {
			case <-output.written:
			case <-time.After(time.Minute):
				t.Fatalf("nothing about %q in %q", what, output.String())
			}
		}
		for _, secret := range secrets {
			if strings.Contains(output.String(), secret) {
				t.Errorf("%q in %q", secret, output.String())
			}
		}
	}
	plain := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer conn.Close()
		_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}{\"fullName\":\"Mei Example\"}")
	}))
	defer plain.Close()
	response, err := http.Get(plain.URL)
	if err != nil {
		t.Fatal(err)
	}
	_, _ = io.Copy(io.Discard, response.Body)
	response.Body.Close()
	await("Unsolicited response", "Mei", "fullName")

	secure := httptest.NewTLSServer(http.NotFoundHandler())
	defer secure.Close()
	conn, err := net.Dial("tcp", secure.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_, _ = io.WriteString(conn, "GET / HTTP/1.1\r\n\r\n")
	await("TLS handshake error", "127.0.0.1", conn.LocalAddr().String(), "level=ERROR")

	broken := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		panic(fmt.Errorf("no such payer: %q", "Mei Example"))
	}))
	defer broken.Close()
	if response, err := http.Get(broken.URL); err == nil {
		response.Body.Close()
	}
	await("level=ERROR", "127.0.0.1", "Mei")
	if !strings.Contains(output.String(), "standard_test.go:") {
		t.Errorf("nothing says where the panic was: %q", output.String())
	}
}

// TestCallersMakeNoSeries: whoever calls chooses the Host that it writes, and must not make
// a series of the metrics with each, which would use up the limit of series for all.
func TestCallersMakeNoSeries(t *testing.T) {
	started := start(t, telemetry.Options{LogOutput: io.Discard})
	server := httptest.NewServer(telemetry.Handler(http.NotFoundHandler(), "hosts"))
	defer server.Close()
	for i := range 20 {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL, nil)
		if err != nil {
			t.Fatal(err)
		}
		request.Host = fmt.Sprintf("mei-%d.example:%d", i, 1000+i)
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
	}
	measured, err := started.Snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	series := 0
	for _, m := range measured {
		if m.Name != "http.server.request.duration" {
			continue
		}
		if series++; series > 1 || m.Count != 20 || strings.Contains(m.Attributes, "example") {
			t.Errorf("series %d with %d requests: %s", series, m.Count, m.Attributes)
		}
	}
	if series == 0 {
		t.Error("requests are not measured")
	}
}
