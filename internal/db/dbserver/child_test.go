package dbserver

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// launchScript starts a shell script as if it were a server.
func launchScript(t *testing.T, script, remove string) (*child, string) {
	t.Helper()
	dir := t.TempDir()
	program(t, dir, "server", script)
	log := filepath.Join(dir, "log")
	c, err := launch{program: filepath.Join(dir, "server"), dir: dir, log: log, remove: remove}.start()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.stop() })
	return c, log
}

func logged(log, text string) func() bool {
	return func() bool { return strings.Contains(string(tail(log)), text) }
}

func TestStopInterruptsAndRemoves(t *testing.T) {
	remove := filepath.Join(t.TempDir(), "data")
	if err := os.Mkdir(remove, 0o755); err != nil {
		t.Fatal(err)
	}
	c, log := launchScript(t, `trap 'echo interrupted; exit 0' INT; echo ready; while :; do sleep 0.05; done`, remove)
	eventually(t, "ready", logged(log, "ready"))
	if err := c.stop(); err != nil {
		t.Fatal(err)
	}
	if !logged(log, "interrupted")() || !absent(remove) {
		t.Fatalf("log %q, directory removed: %v", tail(log), absent(remove))
	}
}

func TestArgumentsAndStandardInputOfTheServer(t *testing.T) {
	dir := t.TempDir()
	program(t, dir, "server", `echo "got <$1> <$2> $#"; read line || echo "no input"`)
	log := filepath.Join(dir, "log")
	c, err := launch{
		program: filepath.Join(dir, "server"), arguments: []string{"with space", "$HOME;'"}, dir: dir, log: log,
	}.start()
	if err != nil {
		t.Fatal(err)
	}
	<-c.done
	if got := string(tail(log)); got != "got <with space> <$HOME;'> 2\nno input\n" {
		t.Fatalf("log %q", got)
	}
}

func TestFailureOfTheServerIsKept(t *testing.T) {
	c, _ := launchScript(t, `exit 3`, "")
	<-c.done
	if c.failure == nil || !strings.Contains(c.failure.Error(), "3") {
		t.Fatal(c.failure)
	}
	if err := c.stop(); err != nil {
		t.Fatalf("stop of an ended server: %v", err)
	}
}

func TestProgramThatIsMissing(t *testing.T) {
	dir := t.TempDir()
	c, err := launch{program: "/absent/server", dir: dir, log: filepath.Join(dir, "log")}.start()
	if err != nil {
		t.Fatal(err)
	}
	if <-c.done; c.failure == nil {
		t.Fatal("no failure")
	}
	if _, err := (launch{program: "/bin/true", dir: dir, log: "/absent/log"}).start(); err == nil {
		t.Fatal("no place for the log")
	}
	if _, err := (launch{program: "/bin/true", dir: "/absent", log: filepath.Join(dir, "log")}).start(); err == nil {
		t.Fatal("no working directory")
	}
}

// The guard interrupts when the pipe ends without a word, which is what the end
// of the starting process amounts to.
func TestGuardInterruptsWhenThePipeEnds(t *testing.T) {
	remove := filepath.Join(t.TempDir(), "data")
	if err := os.Mkdir(remove, 0o755); err != nil {
		t.Fatal(err)
	}
	c, log := launchScript(t, `trap 'echo interrupted; exit 0' INT; echo ready; while :; do sleep 0.05; done`, remove)
	eventually(t, "ready", logged(log, "ready"))
	if err := c.pipe.Close(); err != nil {
		t.Fatal(err)
	}
	<-c.done
	if !logged(log, "interrupted")() {
		t.Fatalf("log %q", tail(log))
	}
	eventually(t, "the directory is removed", func() bool { return absent(remove) })
}

func TestGuardKillsAServerThatIgnoresIt(t *testing.T) {
	c, log := launchScript(t, `trap '' INT; echo ready; while :; do sleep 0.05; done`, "")
	eventually(t, "ready", logged(log, "ready"))
	if err := c.pipe.Close(); err != nil {
		t.Fatal(err)
	}
	select {
	case <-c.done:
	case <-time.After(time.Minute):
		t.Fatal("the server outlived its guard's patience")
	}
}

// A stand-in for cockroach that is reachable nowhere shows how it is called and
// that it is stopped when the start is given up.
func TestCockroachIsCalledAndStopped(t *testing.T) {
	dir := t.TempDir()
	program(t, dir, "cockroach", `cd `+dir+` && echo "$$ $*" > calling && mv calling call; exec sleep 60`)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var watching sync.WaitGroup
	watching.Go(func() {
		defer cancel()
		eventually(t, "it is called", func() bool { return !absent(filepath.Join(dir, "call")) })
	})
	_, err := startCockroach(ctx, filepath.Join(dir, "cockroach"), Options{Log: func(string) {}})
	watching.Wait()
	if !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	call, err := os.ReadFile(filepath.Join(dir, "call"))
	if err != nil {
		t.Fatal(err)
	}
	number, line, _ := strings.Cut(string(call), " ")
	if !strings.HasPrefix(line, "start-single-node --insecure --listen-addr=127.0.0.1:") {
		t.Errorf("called with %q", line)
	}
	process, err := strconv.Atoi(number)
	if err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(process, 0); !errors.Is(err, syscall.ESRCH) {
		t.Errorf("process %d is still there (%v)", process, err)
	}
}

func TestPlaces(t *testing.T) {
	base := t.TempDir()
	if err := os.Chmod(base, 0o755); err != nil {
		t.Fatal(err)
	}
	p, err := prepare(base, "postgresql", false)
	if err != nil {
		t.Fatal(err)
	}
	if p.dir != filepath.Join(base, "postgresql") || p.temporary || p.removable() != "" || p.owner != nil {
		t.Errorf("permanent place %+v", p)
	}
	info, err := os.Stat(p.dir)
	if err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	file, err := p.write("secret", "word")
	if err != nil {
		t.Fatal(err)
	}
	if info, err = os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	passing, err := prepare("", "postgresql", false)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = os.RemoveAll(passing.dir) }()
	if !passing.temporary || passing.removable() != passing.dir {
		t.Errorf("temporary place %+v", passing)
	}
}

// Root keeps a cluster where its servant can reach it, always at the same place.
func TestPlacesOfRoot(t *testing.T) {
	o, err := servant()
	if err != nil {
		t.Skip("no user to serve root")
	}
	closed := t.TempDir()
	if err := os.Chmod(closed, 0o700); err != nil {
		t.Fatal(err)
	}
	p := place{owner: o}
	if os.Geteuid() != 0 {
		t.Skip("not root")
	}
	first, err := p.permanent(filepath.Join(closed, "db"), "postgresql")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = os.RemoveAll(filepath.Dir(first)) }()
	second, err := p.permanent(filepath.Join(closed, "db"), "postgresql")
	if err != nil || first != second || !strings.HasPrefix(first, rootPlace) {
		t.Errorf("places %s and %s, %v", first, second, err)
	}
	other, err := p.permanent(filepath.Join(closed, "other"), "postgresql")
	if err != nil || other == first {
		t.Errorf("two directories share %s, %v", other, err)
	}
	_ = os.RemoveAll(filepath.Dir(other))
}

func TestPasswordsAndPortsDiffer(t *testing.T) {
	if a, b := newPassword(), newPassword(); a == b || len(a) != 32 {
		t.Errorf("passwords %d and %d long, equal: %v", len(a), len(b), a == b)
	}
	port, err := freePort()
	number, convErr := strconv.Atoi(port)
	if err != nil || convErr != nil || number < 1024 {
		t.Errorf("port %q, %v", port, errors.Join(err, convErr))
	}
}

func TestSettings(t *testing.T) {
	durable, passing := settings("/data", "5432", true, "work_mem=8MB"), settings("/data", "5432", false)
	line := strings.Join(durable, " ")
	if strings.Contains(line, "fsync=off") || !strings.Contains(line, "port=5432 ") || !strings.HasSuffix(line, "-c work_mem=8MB") {
		t.Errorf("durable: %s", line)
	}
	if line := strings.Join(passing, " "); !strings.Contains(line, "fsync=off") {
		t.Errorf("for tests: %s", line)
	}
}
