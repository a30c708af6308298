package telemetry_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/causeway-pay/causeway/internal/telemetry"
)

// probe asks like an orchestrator does.
func probe(t *testing.T, handler http.Handler) (int, telemetry.Report) {
	t.Helper()
	server := httptest.NewServer(handler)
	defer server.Close()
	response, err := http.Get(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	return read(t, response)
}

func read(t *testing.T, response *http.Response) (int, telemetry.Report) {
	t.Helper()
	defer func() { _ = response.Body.Close() }()
	var report telemetry.Report
	if err := json.NewDecoder(response.Body).Decode(&report); err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, report
}

func healthy(context.Context) error { return nil }

func TestAllIsWell(t *testing.T) {
	health := telemetry.NewHealth(0)
	health.AddLive("process", healthy)
	health.AddReady("database", healthy)
	code, report := probe(t, health.Readyz())
	want := telemetry.Report{Status: "ok", Checks: []telemetry.State{
		{Name: "process", Status: "ok"}, {Name: "database", Status: "ok"},
	}}
	if code != http.StatusOK || !cmp.Equal(report, want) {
		t.Fatal(code, cmp.Diff(want, report))
	}
	if code, report := probe(t, telemetry.NewHealth(0).Livez()); code != http.StatusOK || len(report.Checks) != 0 {
		t.Fatal(code, report)
	}
}

func TestReadinessDoesNotKillTheProcess(t *testing.T) {
	health := telemetry.NewHealth(0)
	health.AddLive("process", healthy)
	health.AddReady("bus", func(context.Context) error { return errors.New("stuck") })
	if code, report := probe(t, health.Livez()); code != http.StatusOK || len(report.Checks) != 1 {
		t.Fatal(code, report)
	}
	code, report := probe(t, health.Readyz())
	want := telemetry.Report{Status: "failed", Checks: []telemetry.State{
		{Name: "process", Status: "ok"}, {Name: "bus", Status: "failed", Error: "stuck"},
	}}
	if code != http.StatusServiceUnavailable || !cmp.Equal(report, want) {
		t.Fatal(code, cmp.Diff(want, report))
	}
}

// Neither a check that minds its context nor one that does not can hold up the
// answer, and a stuck one is not started again and again.
func TestSlowChecksAreCutOff(t *testing.T) { synctest.Test(t, slowChecks) }

func slowChecks(t *testing.T) {
	release := make(chan struct{})
	var starts atomic.Int64
	health := telemetry.NewHealth(30 * time.Millisecond)
	livez := func() (int, telemetry.Report) {
		recorder := httptest.NewRecorder()
		health.Livez().ServeHTTP(recorder, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/livez", http.NoBody))
		return read(t, recorder.Result())
	}
	health.AddLive("patient", func(ctx context.Context) error {
		<-ctx.Done()
		return ctx.Err()
	})
	health.AddLive("deaf", func(context.Context) error {
		starts.Add(1)
		<-release
		return nil
	})
	health.AddLive("quick", healthy)
	for range 3 {
		code, report := livez()
		if code != http.StatusServiceUnavailable {
			t.Fatal(code)
		}
		for i, want := range []string{"failed", "failed", "ok"} {
			if report.Checks[i].Status != want {
				t.Errorf("%+v, want %s", report.Checks[i], want)
			}
		}
	}
	if n := starts.Load(); n != 1 {
		t.Errorf("the deaf check was started %d times", n)
	}
	close(release)
	synctest.Wait()
	if _, report := livez(); report.Checks[1].Status != "ok" {
		t.Fatal("a check that came back stays red")
	}
}
