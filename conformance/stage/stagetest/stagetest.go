// Package stagetest opens a stage for a test: the program built from the tree
// under test, a fresh database, and everything stopped when the test ends.
package stagetest

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/causeway-pay/causeway/conformance/invariant"
	"github.com/causeway-pay/causeway/conformance/stage"
	"github.com/causeway-pay/causeway/internal/archtest"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/db/dbtest"
)

// Read reads in a transaction that is run again when it meets the hub's own, as
// any read of a serializable database may. fn must set what it captures anew.
func Read(t *testing.T, s *stage.Stage, fn func(reader db.Reader) error) {
	t.Helper()
	err := s.Pool.InTx(t.Context(), func(_ context.Context, tx db.Tx) error { return fn(tx) })
	if err != nil {
		t.Fatalf("stagetest: %v", err)
	}
}

// Texts returns one column of text.
func Texts(t *testing.T, s *stage.Stage, query string, args ...any) []string {
	t.Helper()
	var all []string
	Read(t, s, func(reader db.Reader) error {
		all = nil
		rows, err := reader.Query(t.Context(), query, args...)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var text string
			if err := rows.Scan(&text); err != nil {
				return err
			}
			all = append(all, text)
		}
		return rows.Err()
	})
	return all
}

// Opened returns a sealed column of bytes as the hub reads it.
func Opened(t *testing.T, s *stage.Stage, query string, args ...any) []string {
	t.Helper()
	return opened[db.Private](t, s, query, args)
}

// OpenedTexts returns a sealed column of texts as the hub reads it.
func OpenedTexts(t *testing.T, s *stage.Stage, query string, args ...any) []string {
	t.Helper()
	return opened[db.PrivateText](t, s, query, args)
}

func opened[P db.Private | db.PrivateText](t *testing.T, s *stage.Stage, query string, args []any) []string {
	t.Helper()
	var all []string
	Read(t, s, func(reader db.Reader) error {
		all = nil
		rows, err := reader.Query(t.Context(), query, args...)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var value P
			if err := rows.Scan(&value); err != nil {
				return err
			}
			all = append(all, string(value))
		}
		return rows.Err()
	})
	return all
}

// Row reads one row.
func Row(t *testing.T, s *stage.Stage, query string, into ...any) {
	t.Helper()
	Read(t, s, func(reader db.Reader) error { return reader.QueryRow(t.Context(), query).Scan(into...) })
}

// Invariants fails the test for each invariant that does not hold.
func Invariants(t *testing.T, s *stage.Stage) {
	t.Helper()
	var violations []invariant.Violation
	Read(t, s, func(reader db.Reader) (err error) {
		violations, err = invariant.Run(t.Context(), reader)
		return err
	})
	for _, v := range violations {
		t.Error(v)
	}
}

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
	command := exec.Command("go", "build", "-race="+strconv.FormatBool(raced), "-o", program, "./switch")
	command.Dir = root
	if output, err := command.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build: %w:\n%s", err, output)
	}
	return program, nil
}

// Program builds the program for a test that runs it by itself.
func Program(t *testing.T) string {
	t.Helper()
	if testing.Short() {
		t.Skip("a whole stage is not short")
	}
	program, err := build(t.TempDir())
	if err != nil {
		t.Fatalf("stagetest: %v", err)
	}
	return program
}

// Open opens a stage with the options, whose Dir, Program and, unless it is given,
// DatabaseURL are filled in. Of a failed test the folder is kept and named.
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
	if options.DatabaseURL == "" {
		options.DatabaseURL = dbtest.URL(t)
	}
	s, err := stage.Open(t.Context(), options)
	if err != nil {
		t.Fatalf("stagetest: %v", err)
	}
	t.Cleanup(s.Close)
	return s
}

// tidy fails the test for what a process may never say, and removes the folder,
// or shows what the hub said last.
func tidy(t *testing.T, dir string) {
	t.Helper()
	logs, err := filepath.Glob(filepath.Join(dir, "logs", "*.log"))
	if err != nil {
		t.Errorf("stagetest: %v", err)
	}
	for _, path := range logs {
		if said := forbidden(path); said != "" {
			t.Errorf("%s: %s", filepath.Base(path), said)
		}
	}
	if !t.Failed() {
		_ = os.RemoveAll(dir) // it is below the temporary folder
		return
	}
	t.Logf("the folder is kept: %s; the hub said last:\n%s", dir, tail(filepath.Join(dir, "logs", "hub.log")))
}

// forbidden returns the beginning of a crash or of a data race in a log.
func forbidden(path string) string {
	log, err := os.ReadFile(path)
	if err != nil {
		return err.Error()
	}
	for _, word := range []string{"panic:", "fatal error:", "WARNING: DATA RACE"} {
		if at := strings.Index(string(log), word); at >= 0 {
			return string(log[at:min(len(log), at+4000)])
		}
	}
	return ""
}

// tailLines is how much of the hub's log a failed test shows.
const tailLines = 25

func tail(path string) string {
	log, err := os.ReadFile(path)
	if err != nil {
		return err.Error()
	}
	lines := strings.Split(strings.TrimSpace(string(log)), "\n")
	return strings.Join(lines[max(0, len(lines)-tailLines):], "\n")
}
