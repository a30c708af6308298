package engine_test

import (
	"os"
	"runtime"
	"strconv"
	"testing"
	"time"

	"github.com/causeway-pay/causeway/internal/memory"
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
		peak, stop := memory.Watch()
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
