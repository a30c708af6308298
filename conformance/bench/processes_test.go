package bench

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestParseStat(t *testing.T) {
	line := "4242 (postgres: a (b) c) S 17 4242 4242 0 -1 4194560 5000 900 0 1 150 50 7 3 20 0 1 0 8412 230686720 5120"
	got, err := parseStat(line)
	want := stat{name: "postgres: a (b) c", parent: 17, own: 200, reaped: 10}
	if err != nil || got != want {
		t.Errorf("%+v, %v, want %+v", got, err, want)
	}
	for _, bad := range []string{"", "1 name S", "1 (a) S 1", strings.Replace(line, " 150 ", " many ", 1), ") 1 ("} {
		if got, err := parseStat(bad); err == nil {
			t.Errorf("%q: %+v", bad, got)
		}
	}
}

func FuzzParseStat(f *testing.F) {
	f.Add("4242 (postgres: a (b) c) S 17 4242 4242 0 -1 4194560 5000 900 0 1 150 50 7 3 20 0 1 0 8412 230686720 5120")
	f.Add(") (")
	f.Fuzz(func(t *testing.T, line string) {
		got, err := parseStat(line)
		if err == nil && !strings.Contains(line, "("+got.name+")") {
			t.Errorf("name %q", got.name)
		}
	})
}

func TestParseStatus(t *testing.T) {
	got := parseStatus("Name:\tswitch\nVmHWM:\t  2048 kB\nRssAnon:\t 10 kB\nRssShmem:\t0 kB\nThreads:\t7\nVmSwap:\tx kB\n")
	if diff := cmp.Diff(map[string]int64{"VmHWM": 2 << 20, "RssAnon": 10 << 10, "RssShmem": 0}, got); diff != "" {
		t.Error(diff)
	}
}

// proc writes a /proc with processes.
func proc(t *testing.T, all map[int][2]string) processes {
	t.Helper()
	dir := t.TempDir()
	for pid, texts := range all {
		folder := filepath.Join(dir, strconv.Itoa(pid))
		if err := os.Mkdir(folder, 0o755); err != nil {
			t.Fatal(err)
		}
		for i, name := range []string{"stat", "status"} {
			if err := os.WriteFile(filepath.Join(folder, name), []byte(texts[i]), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "uptime"), []byte("1 1"), 0o600); err != nil {
		t.Fatal(err)
	}
	return processes{dir}
}

// TestFamily: a server's time is its own, that of its children, and that of children
// that have ended; what they share counts once.
func TestFamily(t *testing.T) {
	line := func(parent int, user, system, reapedUser, reapedSystem string) string {
		return "1 (p) S " + strconv.Itoa(parent) + " 0 0 0 0 0 0 0 0 0 " +
			strings.Join([]string{user, system, reapedUser, reapedSystem}, " ") + " 20 0 1 0"
	}
	p := proc(t, map[int][2]string{
		10: {line(1, "100", "100", "50", "50"), "VmHWM: 9000 kB\nRssAnon: 100 kB\nRssShmem: 4000 kB\n"},
		11: {line(10, "20", "10", "0", "0"), "VmHWM: 5000 kB\nRssAnon: 200 kB\nRssShmem: 3000 kB\n"},
		12: {line(10, "30", "10", "5", "5"), "VmHWM: 5000 kB\nRssAnon: 300 kB\nRssShmem: 5000 kB\n"},
		13: {line(99, "1000", "1000", "0", "0"), "VmHWM: 1 kB\n"},
	})
	family, err := p.family(10)
	want := Usage{CPU: 3700 * time.Millisecond, MemoryMost: (600 + 5000) << 10}
	if err != nil || family != want {
		t.Errorf("%+v, %v, want %+v", family, err, want)
	}
	one, err := p.usage(11)
	if want := (Usage{CPU: 300 * time.Millisecond, MemoryMost: 5000 << 10}); err != nil || one != want {
		t.Errorf("%+v, %v, want %+v", one, err, want)
	}
	if _, err := p.usage(14); err == nil {
		t.Error("a process that is not there")
	}
	if _, err := p.family(14); err == nil {
		t.Error("a server that is not there")
	}
}

// TestThisProcess: work that a process does is in its account.
func TestThisProcess(t *testing.T) {
	p := processes{"/proc"}
	before, err := p.usage(os.Getpid())
	if err != nil {
		t.Skip("no /proc here")
	}
	sum := 0
	for spent := time.Duration(0); spent < 50*time.Millisecond; {
		for i := range 1_000_000 {
			sum += i
		}
		now, err := p.usage(os.Getpid())
		if err != nil {
			t.Fatal(err)
		}
		spent = now.CPU - before.CPU
	}
	if before.MemoryMost < 1<<20 || sum == 0 {
		t.Errorf("%+v", before)
	}
}

func TestUsed(t *testing.T) {
	from := Sample{ofHub: {CPU: time.Second}, ofDatabase: {CPU: 2 * time.Second}}
	to := Sample{ofHub: {CPU: 3 * time.Second}, ofPartners: {CPU: time.Second}}
	if diff := cmp.Diff(map[string]time.Duration{ofHub: 2 * time.Second}, used(from, to)); diff != "" {
		t.Error(diff)
	}
}

func TestParseAllocations(t *testing.T) {
	got, err := parseAllocations([]byte("heap profile: 1: 2 [3: 4] @ heap/1048576\n\n# runtime.MemStats\n# Alloc = 1\n" +
		"# TotalAlloc = 77\n# Mallocs = 12\n# PauseTotalNs = 5\n# NumGC = 3\n# PauseNs = [1 2]\n"))
	if want := (Allocations{Objects: 12, Bytes: 77, Pauses: 5, Cycles: 3}); err != nil || got != want {
		t.Errorf("%+v, %v, want %+v", got, err, want)
	}
	for _, bad := range []string{"", "# Mallocs = 12\n", "<html>404</html>"} {
		if got, err := parseAllocations([]byte(bad)); err == nil {
			t.Errorf("%q: %+v", bad, got)
		}
	}
}

func TestParseMachine(t *testing.T) {
	busy, stolen, err := parseMachine("cpu  100 20 30 4000 500 6 7 80 0 0\ncpu0 1 2 3\n")
	if err != nil || busy != 1630*time.Millisecond || stolen != 800*time.Millisecond {
		t.Errorf("%s busy, %s stolen, %v", busy, stolen, err)
	}
	for _, bad := range []string{"", "cpu 1 2 3", "cpu a 2 3 4 5 6 7 8", "intr 1 2 3 4 5 6 7 8 9"} {
		if busy, _, err := parseMachine(bad); err == nil {
			t.Errorf("%q: %s", bad, busy)
		}
	}
	if _, _, err := (processes{t.TempDir()}).machineBusy(); err == nil {
		t.Error("a machine without accounts")
	}
}
