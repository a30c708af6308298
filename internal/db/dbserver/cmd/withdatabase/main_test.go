package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func TestCommandFindsItsDatabase(t *testing.T) {
	file := filepath.Join(t.TempDir(), "url")
	if code := run([]string{"--", "/bin/sh", "-c", `printf %s "$CAUSEWAY_TEST_DATABASE_URL" > ` + file}); code != 0 {
		t.Fatalf("exit code %d", code)
	}
	url, err := os.ReadFile(file)
	if err != nil || !strings.HasPrefix(string(url), "postgres://") {
		t.Fatalf("url %q, %v", url, err)
	}
}

func TestExitCodeIsPassedOn(t *testing.T) {
	for script, want := range map[string]int{"exit 0": 0, "exit 7": 7, "kill -9 $$": 1} {
		if got := execute([]string{"/bin/sh", "-c", script}, "postgres://unused"); got != want {
			t.Errorf("%s: %d, want %d", script, got, want)
		}
	}
	if got := execute([]string{"/absent"}, "postgres://unused"); got != 1 {
		t.Errorf("absent program: %d", got)
	}
	if got := run([]string{"--"}); got != 1 {
		t.Errorf("no command: %d", got)
	}
}

// A signal of the terminal reaches both; the command decides what it means.
func TestInterruptIsLeftToTheCommand(t *testing.T) {
	if os.Getenv("CAUSEWAY_WITHDATABASE_HELPER") != "" {
		os.Exit(execute([]string{"/bin/sh", "-c", `kill -INT $PPID; sleep 0.2; exit 5`}, "postgres://unused"))
	}
	helper := exec.Command(os.Args[0], "-test.run=TestInterruptIsLeftToTheCommand")
	helper.Env = append(os.Environ(), "CAUSEWAY_WITHDATABASE_HELPER=1")
	_ = helper.Run()
	if got := helper.ProcessState.ExitCode(); got != 5 {
		t.Fatalf("exit code %d, want that of the command", got)
	}
}
