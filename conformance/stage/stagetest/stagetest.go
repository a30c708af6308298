// Package stagetest opens a stage for a test: the program built from the tree
// under test, a fresh database, and everything stopped when the test ends.
package stagetest

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/causeway-pay/causeway/conformance/stage"
	"github.com/causeway-pay/causeway/internal/archtest"
	"github.com/causeway-pay/causeway/internal/db/dbtest"
)

// build makes the program from the tree that the test belongs to.
func build(dir string) (string, error) {
	here, err := os.Getwd()
	if err != nil {
		return "", err
	}
	root, err := archtest.Root(here)
	if err != nil {
		return "", err
	}
	program := filepath.Join(dir, "switch")
	command := exec.Command("go", "build", "-o", program, "./switch")
	command.Dir = root
	if output, err := command.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build: %w:\n%s", err, output)
	}
	return program, nil
}

// Open opens a stage with the options, whose Dir, Program and DatabaseURL are
// filled in. Of a failed test the folder is kept and named.
func Open(t *testing.T, options stage.Options) *stage.Stage {
	t.Helper()
	if testing.Short() {
		t.Skip("a whole stage is not short")
	}
	var err error
	if options.Dir, err = os.MkdirTemp("", "causeway-stage-"); err != nil {
		t.Fatalf("stagetest: %v", err)
	}
	t.Cleanup(func() { tidy(t, options.Dir) })
	if options.Program, err = build(options.Dir); err != nil {
		t.Fatalf("stagetest: %v", err)
	}
	options.DatabaseURL = dbtest.URL(t)
	s, err := stage.Open(t.Context(), options)
	if err != nil {
		t.Fatalf("stagetest: %v", err)
	}
	t.Cleanup(s.Close)
	return s
}

// tidy removes a folder, or shows what the hub said last.
func tidy(t *testing.T, dir string) {
	if !t.Failed() {
		_ = os.RemoveAll(dir) // it is below the temporary folder
		return
	}
	log, _ := os.ReadFile(filepath.Join(dir, "logs", "hub.log"))
	lines := strings.Split(strings.TrimSpace(string(log)), "\n")
	t.Logf("the folder is kept: %s; the hub said last:\n%s", dir, strings.Join(lines[max(0, len(lines)-tailLines):], "\n"))
}

// tailLines is how much of the hub's log a failed test shows.
const tailLines = 25
