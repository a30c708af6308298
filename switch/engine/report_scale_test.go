package engine_test

import (
	"os"
	"runtime"
	"strconv"
	"testing"
	"time"
)

// TestReportsStream: the reports of a window with many payments, read from the
// database and written for both participants, take no more memory than those of
// few. CAUSEWAY_TEST_REPORT names another number of payments, such as 1000000.
func TestReportsStream(t *testing.T) {
	number := int64(20_000)
	if text := os.Getenv("CAUSEWAY_TEST_REPORT"); text != "" {
		var err error
		if number, err = strconv.ParseInt(text, 10, 64); err != nil {
			t.Fatal(err)
		}
	}
	each(t, func(t *testing.T, h *hub) {
		if _, err := h.pay("PR-1", jpy(1500)); err != nil {
			t.Fatal(err)
		}
		h.generate(number)
		w := h.mustCutOff()
		runtime.GC()
		peak, stop := memory()
		start := time.Now()
		paths, err := h.Report(t.Context(), t.TempDir(), w.ID)
		took := time.Since(start)
		stop()
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%d payments: %d files in %s, %d MB of memory", number+1, len(paths), took.Round(time.Millisecond), peak()>>20)
		if peak() > 200<<20 {
			t.Errorf("%d MB of memory", peak()>>20)
		}
	})
}

// memory measures what the heap and the rest of the process hold, until stop.
func memory() (peak func() uint64, stop func()) {
	var most uint64
	done, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		ticker := time.NewTicker(20 * time.Millisecond)
		defer ticker.Stop()
		for {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			most = max(most, m.Sys-m.HeapReleased)
			select {
			case <-done:
				return
			case <-ticker.C:
			}
		}
	}()
	return func() uint64 { return most }, func() { close(done); <-ended }
}
