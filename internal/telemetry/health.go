package telemetry

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// Check finds out whether one part of the program works. Its error is shown to
// operators and must hold nothing personal or secret.
type Check func(ctx context.Context) error

// Health is the list of checks of a program. Liveness asks whether the process
// must be restarted, readiness whether it can be given work.
type Health struct {
	timeout time.Duration

	mu    sync.Mutex
	live  []*namedCheck // guarded by mu
	ready []*namedCheck // guarded by mu
}

type namedCheck struct {
	name    string
	check   Check
	running atomic.Bool
}

// checkTimeout bounds a check unless [NewHealth] says otherwise: below the
// second that orchestrators usually wait.
const checkTimeout = 800 * time.Millisecond

var errStillRunning = errors.New("the previous run of this check has not come back")

// NewHealth returns a health registry whose checks may each take as long as
// timeout; 0 means 800 ms.
func NewHealth(timeout time.Duration) *Health {
	if timeout == 0 {
		timeout = checkTimeout
	}
	return &Health{timeout: timeout}
}

// AddLive registers a check of liveness.
func (h *Health) AddLive(name string, check Check) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.live = append(h.live, &namedCheck{name: name, check: check})
}

// AddReady registers a check of readiness.
func (h *Health) AddReady(name string, check Check) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.ready = append(h.ready, &namedCheck{name: name, check: check})
}

// State is the outcome of one check.
type State struct {
	// Name is the registered name.
	Name string `json:"name"`
	// Status is "ok" or "failed".
	Status string `json:"status"`
	// Error says what failed.
	Error string `json:"error,omitempty"`
}

// Report is the outcome of all checks, in the order of registration.
type Report struct {
	// Status is "ok" when all checks are, else "failed".
	Status string `json:"status"`
	// Checks has one state for each check.
	Checks []State `json:"checks"`
}

// Livez answers /livez: 200 with a [Report], or 503 when a check of liveness
// fails.
func (h *Health) Livez() http.Handler {
	return h.handler(func() []*namedCheck { return h.live })
}

// Readyz answers /readyz: 200 with a [Report], or 503 when a check of liveness
// or readiness fails.
func (h *Health) Readyz() http.Handler {
	return h.handler(func() []*namedCheck { return append(append([]*namedCheck{}, h.live...), h.ready...) })
}

func (h *Health) handler(list func() []*namedCheck) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.mu.Lock()
		checks := list()
		h.mu.Unlock()
		report := h.run(r.Context(), checks)
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Cache-Control", "no-store")
		if report.Status != "ok" {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
		// An orchestrator that has gone away does not need the rest.
		_ = json.NewEncoder(w).Encode(report)
	})
}

// run carries out the checks side by side.
func (h *Health) run(ctx context.Context, checks []*namedCheck) Report {
	report := Report{Status: "ok", Checks: make([]State, len(checks))}
	var all sync.WaitGroup
	for i, c := range checks {
		all.Go(func() { report.Checks[i] = c.state(ctx, h.timeout) })
	}
	all.Wait()
	for _, state := range report.Checks {
		if state.Status != "ok" {
			report.Status = "failed"
		}
	}
	return report
}

func (c *namedCheck) state(ctx context.Context, timeout time.Duration) State {
	if err := c.bounded(ctx, timeout); err != nil {
		return State{Name: c.name, Status: "failed", Error: err.Error()}
	}
	return State{Name: c.name, Status: "ok"}
}

// bounded gives up on a check that does not come back, and does not start it
// again before it has: probes of a stuck program must not pile up.
func (c *namedCheck) bounded(ctx context.Context, timeout time.Duration) error {
	if !c.running.CompareAndSwap(false, true) {
		return errStillRunning
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	result := make(chan error, 1)
	go func() {
		err := c.check(ctx)
		c.running.Store(false)
		result <- err
	}()
	select {
	case err := <-result:
		return err
	case <-ctx.Done():
		return fmt.Errorf("no answer within %s", timeout)
	}
}
