package bench

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/causeway-pay/causeway/conformance/stage/stagetest"
	"github.com/causeway-pay/causeway/internal/db/dbtest"
	"github.com/causeway-pay/causeway/internal/keys"
	"github.com/causeway-pay/causeway/switch/route"
)

// TestSteps: the search doubles from four and stays within what is allowed at once.
func TestSteps(t *testing.T) {
	for most, want := range map[int][]int{1: {1}, 3: {3}, 4: {4}, 7: {4}, 8: {4, 8}, 100: {4, 8, 16, 32, 64}} {
		if got := steps(most); !slices.Equal(got, want) {
			t.Errorf("%d at most: %v, want %v", most, got, want)
		}
	}
}

// TestSaturateAndOverload looks for the peak in short steps, with payments that were
// there before, wallets that sometimes refuse and acquirers whom their answers suffice, and
// goes beyond the peak: nobody is notified, what was acknowledged is true, and all that was accepted is decided.
func TestSaturateAndOverload(t *testing.T) {
	dir := t.TempDir()
	for _, path := range []string{dir, filepath.Dir(dir)} {
		if err := os.Chmod(path, 0o755); err != nil { // a database server of another user walks through
			t.Fatal(err)
		}
	}
	r := newRun(Options{
		Dir: dir, Program: stagetest.Program(t), DatabaseURL: dbtest.URL(t), Keys: keys.RSA2048, Partners: 3,
		Mix: Mix{Decline: 0.05}, Notices: route.NoticesUntold, Stored: 300, Overload: true,
		Duration: 2 * time.Second, Warm: time.Second,
		Connections: 8, Seed: 1, Clients: 1, Log: func(text string) { t.Log(text) },
	})
	r.stepTime, r.easeTime = time.Second, time.Second
	report, err := r.carryOut(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(report.Broken) > 0 {
		t.Error(report.Broken)
	}
	if len(report.Steps) != 2 || report.Steps[0].Connections != 4 || report.Steps[1].Connections != 8 {
		t.Errorf("steps %+v", report.Steps)
	}
	if len(report.Overload) != 3 {
		t.Errorf("%d seconds of overload", len(report.Overload))
	}
	throughput, _ := report.Figure("throughput")
	offered, _ := report.Figure("overload offered")
	if throughput.Value < 1 || offered.Value != 2*throughput.Value {
		t.Errorf("throughput %v, offered %v", throughput.Value, offered.Value)
	}
	for name, bounds := range map[string][2]float64{
		"overload goodput": {1, 10_000}, "overload goodput to peak": {0.05, 5}, "overload failed": {0, 0},
		"notifications": {0, 0}, "overload recovery": {0, 1}, "overload memory hub": {20, 4000},
		"overload done after": {0, 300},
	} {
		if f, known := report.Figure(name); !known || f.Value < bounds[0] || f.Value > bounds[1] {
			t.Errorf("%s: %+v, want %v to %v", name, f, bounds[0], bounds[1])
		}
	}
}
