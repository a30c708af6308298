package bench_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/causeway-pay/causeway/conformance/bench"
	"github.com/causeway-pay/causeway/conformance/invariant"
	"github.com/causeway-pay/causeway/conformance/stage/stagetest"
	"github.com/causeway-pay/causeway/internal/db/dbtest"
	"github.com/causeway-pay/causeway/internal/keys"
	"github.com/causeway-pay/causeway/internal/keys/openssl"
)

// TestRun makes a short run at a small rate with everything: all figures are there,
// what the acquirers were told is true, and the books hold.
func TestRun(t *testing.T) {
	dir := t.TempDir()
	for _, path := range []string{dir, filepath.Dir(dir)} {
		if err := os.Chmod(path, 0o755); err != nil { // a database server of another user walks through
			t.Fatal(err)
		}
	}
	address, library := dbtest.URL(t), "go"
	if _, err := openssl.Load(); err == nil {
		library = "openssl" // in all processes
	}
	options := bench.Options{
		Dir: dir, Program: stagetest.Program(t), DatabaseURL: address, Keys: keys.P256, Library: library, Partners: 6,
		Mix: bench.Mix{Hot: 0.5, Decline: 0.2}, Rate: 25, Duration: 2 * time.Second, Warm: time.Second,
		Connections: 64, Seed: 1, Floor: true, Clients: 2, Pgbench: time.Second,
		CPUProfile: filepath.Join(dir, "cpu"), MemoryProfile: filepath.Join(dir, "memory"),
		Log: func(text string) { t.Log(text) },
	}
	report, err := bench.Run(t.Context(), options)
	if err != nil {
		t.Fatal(err)
	}
	if len(report.Broken) > 0 {
		t.Error(report.Broken)
	}
	figures(t, report)
	if report.Profile["library"] != library {
		t.Errorf("the report names %q, not %q", report.Profile["library"], library)
	}
	for _, path := range []string{options.CPUProfile, options.MemoryProfile} {
		if body, err := os.ReadFile(path); err != nil || !bytes.HasPrefix(body, []byte{0x1f, 0x8b}) {
			t.Errorf("%s: %d bytes, %v", filepath.Base(path), len(body), err)
		}
	}
	pool := dbtest.Open(t, address)
	if violations, err := invariant.Run(t.Context(), pool); err != nil || len(violations) > 0 {
		t.Error(violations, err)
	}
	sent, _ := report.Figure("sent")
	var stored, declined float64
	err = pool.QueryRow(t.Context(), `SELECT count(*)::FLOAT8, (count(*) FILTER (WHERE state = 'DECLINED'))::FLOAT8
		FROM payment`).Scan(&stored, &declined)
	if err != nil || stored < sent.Value || declined == 0 {
		t.Errorf("%.0f sent, %.0f stored, %.0f declined, %v", sent.Value, stored, declined, err)
	}
}

// figures checks that every figure is there and possible.
func figures(t *testing.T, report bench.Report) {
	t.Helper()
	for name, bounds := range map[string][2]float64{
		"throughput": {5, 60}, "end to end p50": {0.1, 15_000}, "end to end p99.9": {0.1, 15_000},
		"hub time p50": {0.1, 15_000}, "hub time p99": {0.1, 15_000}, "sent": {10, 120}, "refused": {1, 60},
		"busy": {0, 0}, "failed": {0, 0}, "in process": {0, 0}, "false signatures": {0, 0},
		"notifications":              {10, 120},
		"processor hub and database": {0.1, 500}, "processor hub": {0.1, 500}, "processor partners": {0.01, 500},
		"idle hub":   {0, 2000},
		"memory hub": {20, 4000}, "allocations hub": {100, 1_000_000}, "allocated hub": {10, 100_000},
		"transactions": {1, 1000}, "rows written": {10, 1000}, "WAL": {1000, 10_000_000},
		"floor sign ecdsa-p256": {1, 100_000}, "floor verify rsa-2048": {1, 100_000}, "floor flush": {1, 1_000_000},
		"floor pgbench TPC-B": {1, 1_000_000}, "throughput to pgbench": {0.00001, 100},
	} {
		f, known := report.Figure(name)
		if !known || f.Value < bounds[0] || f.Value > bounds[1] || f.Unit == "" {
			t.Errorf("%s: %+v, want %v to %v", name, f, bounds[0], bounds[1])
		}
	}
	endToEnd, _ := report.Figure("end to end p50")
	hub, _ := report.Figure("hub time p50")
	if hub.Value >= endToEnd.Value || len(endToEnd.Slices) != 2 || len(report.Series) != 2 {
		t.Errorf("hub %v, end to end %v", hub, endToEnd)
	}
	if report.Machine.Cores == 0 || !strings.HasPrefix(report.Machine.Database, "PostgreSQL") {
		t.Errorf("%+v", report.Machine)
	}
}

// TestEngineAlone makes payments without anything around the engine.
func TestEngineAlone(t *testing.T) {
	if testing.Short() {
		t.Skip("pgbench is not short")
	}
	got, err := bench.RunEngine(t.Context(), bench.EngineOptions{
		DatabaseURL: dbtest.URL(t), Partners: 4, Clients: 4, Duration: time.Second, Pgbench: time.Second,
		Log: func(text string) { t.Log(text) },
	})
	if err != nil {
		t.Fatal(err)
	}
	if got.PerSecond < 1 || got.Latency.Count < 4 || got.TPCB[0] < 1 || got.TPCB[1] < 1 || got.Ratio <= 0 {
		t.Errorf("%+v", got)
	}
	if _, err := bench.RunEngine(t.Context(), bench.EngineOptions{Partners: 1}); err == nil {
		t.Error("one partner pays nobody")
	}
}

func TestOptionsThatMakeNoRun(t *testing.T) {
	good := bench.Options{Keys: keys.P256, Partners: 2, Rate: 1, Duration: time.Second, Connections: 1, Clients: 1}
	if err := good.Validate(); err != nil {
		t.Fatal(err)
	}
	for name, spoil := range map[string]func(*bench.Options){
		"library":      func(o *bench.Options) { o.Library = "boringssl" },
		"keys":         func(o *bench.Options) { o.Keys = keys.Ed25519 },
		"partners":     func(o *bench.Options) { o.Partners = 1 },
		"too many":     func(o *bench.Options) { o.Partners = 1001 },
		"hot":          func(o *bench.Options) { o.Mix.Hot = 1.5 },
		"decline":      func(o *bench.Options) { o.Mix = bench.Mix{Decline: 0.6, Timeout: 0.6} },
		"rate":         func(o *bench.Options) { o.Rate = -1 },
		"duration":     func(o *bench.Options) { o.Duration = time.Hour },
		"connections":  func(o *bench.Options) { o.Connections = 0 },
		"stored":       func(o *bench.Options) { o.Stored = -1 },
		"no client":    func(o *bench.Options) { o.Clients = 0 },
		"timeout < 0":  func(o *bench.Options) { o.Mix.Timeout = -0.1 },
		"rate is huge": func(o *bench.Options) { o.Rate = 1e9 },
	} {
		options := good
		if spoil(&options); options.Validate() == nil {
			t.Errorf("%s: no error", name)
		}
		if _, err := bench.Run(t.Context(), options); err == nil {
			t.Errorf("%s: it runs", name)
		}
	}
}
