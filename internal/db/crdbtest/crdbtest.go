// Package crdbtest reads SQL with CockroachDB's own grammar, for tests that no CockroachDB is
// needed for. The parser is in tools/crdb, a module of its own.
package crdbtest

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/causeway-pay/causeway/internal/archtest"
)

// Problems returns what CockroachDB's grammar does not know of each statement, "" for nothing.
// It is skipped in short mode: the parser is built first.
func Problems(t *testing.T, statements []string) []string {
	t.Helper()
	if testing.Short() {
		t.Skip("building CockroachDB's parser is not short")
	}
	here, err := os.Getwd()
	if err != nil {
		t.Fatalf("crdbtest: %v", err)
	}
	root, err := archtest.Root(here)
	if err != nil {
		t.Fatalf("crdbtest: %v", err)
	}
	asked, err := json.Marshal(statements)
	if err != nil {
		t.Fatalf("crdbtest: %v", err)
	}
	var problems []string
	var errors bytes.Buffer
	command := exec.CommandContext(t.Context(), "go", "run", ".")
	command.Dir, command.Stdin, command.Stderr = filepath.Join(root, "tools", "crdb"), bytes.NewReader(asked), &errors
	answer, err := command.Output()
	if err != nil {
		t.Fatalf("crdbtest: %v\n%sit needs the Go module proxy: (cd tools/crdb && go mod download) fetches what is missing",
			err, errors.String())
	}
	if err := json.Unmarshal(answer, &problems); err != nil || len(problems) != len(statements) {
		t.Fatalf("crdbtest: %d answers about %d statements, %v", len(problems), len(statements), err)
	}
	return problems
}
