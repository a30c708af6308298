package demo_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/causeway-pay/causeway/conformance/stage/stagetest"
	"github.com/causeway-pay/causeway/internal/db/dbtest"
	"github.com/causeway-pay/causeway/iso20022"
)

// output is what a running program has said so far.
type output struct {
	mu  sync.Mutex
	all bytes.Buffer
}

// Write implements io.Writer.
func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.all.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.all.String()
}

// demo starts the demonstration as a user would, with few payments.
func demo(t *testing.T, said *output) (cmd *exec.Cmd, dir string) {
	t.Helper()
	program, dir := stagetest.Program(t), t.TempDir()
	ctx, cancel := context.WithTimeout(t.Context(), 4*time.Minute)
	t.Cleanup(cancel)
	cmd = exec.CommandContext(ctx, program, "demo", "--dir", dir, "--payments", "60")
	cmd.Env = append(os.Environ(), "DATABASE_URL="+dbtest.URL(t))
	cmd.Stdout, cmd.Stderr = said, said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return cmd, dir
}

// TestDemo: every expectation holds, and the messages that are left are what
// they say.
func TestDemo(t *testing.T) {
	said := &output{}
	cmd, dir := demo(t, said)
	if err := cmd.Wait(); err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	if text := said.String(); !strings.Contains(text, "expectations held, 0 did not") || strings.Contains(text, "FAIL") {
		t.Error(text)
	}
	count := 0
	messages, err := filepath.Glob(filepath.Join(dir, "messages", "*", "*"+iso20022.CreditTransferName+".xml"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range messages {
		body, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := iso20022.ParseCreditTransfer(body); err != nil {
			t.Errorf("%s: %v", path, err)
		}
		count++
	}
	if count < 8 {
		t.Errorf("%d transfers in the folder", count)
	}
	noProcess(t, dir)
}

// TestInterrupt: Ctrl-C in the middle ends everything and is no success.
func TestInterrupt(t *testing.T) {
	said := &output{}
	cmd, dir := demo(t, said)
	deadline := time.Now().Add(2 * time.Minute)
	for !strings.Contains(said.String(), "5. Silence") {
		if time.Now().After(deadline) {
			t.Fatalf("the demonstration does not get on:\n%s", said)
		}
		time.Sleep(20 * time.Millisecond)
	}
	if err := cmd.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	var exit *exec.ExitError
	if err := cmd.Wait(); !errors.As(err, &exit) || exit.ExitCode() != 130 {
		t.Errorf("ended with %v\n%s", err, said)
	}
	noProcess(t, dir)
}

// TestKilled: a demonstration that is killed leaves no process either.
func TestKilled(t *testing.T) {
	said := &output{}
	cmd, dir := demo(t, said)
	deadline := time.Now().Add(2 * time.Minute)
	for !strings.Contains(said.String(), "1. Payment code") {
		if time.Now().After(deadline) {
			t.Fatalf("the demonstration does not get on:\n%s", said)
		}
		time.Sleep(20 * time.Millisecond)
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	// It was killed: how it ended says nothing.
	_ = cmd.Wait()
	noProcess(t, dir)
}

// noProcess looks for processes whose command line names the folder.
func noProcess(t *testing.T, dir string) {
	t.Helper()
	deadline := time.Now().Add(time.Minute)
	for {
		left := running(t, dir)
		if len(left) == 0 {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("still running: %v", left)
		}
		time.Sleep(50 * time.Millisecond)
	}
}

func running(t *testing.T, dir string) []string {
	t.Helper()
	lines, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil || len(lines) == 0 {
		t.Skip("this system does not show its processes")
	}
	var left []string
	for _, path := range lines {
		// A process may end between the listing and the look.
		body, err := os.ReadFile(path)
		if err == nil && strings.Contains(string(body), dir) {
			left = append(left, strings.ReplaceAll(string(body), "\x00", " "))
		}
	}
	return left
}
