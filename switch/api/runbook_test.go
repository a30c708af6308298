package api

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// Every change that a runbook tells operators to propose is one that the API takes,
// under every kind that the line names.
func TestTheRunbookIsRight(t *testing.T) {
	for name, kinds := range map[string][]Kind{"rates.md": fxKinds(Config{}), "positions.md": positionKinds(Config{})} {
		page, err := os.ReadFile(filepath.Join("..", "..", "deploy", "runbooks", name))
		if err != nil {
			t.Fatal(err)
		}
		known, err := register(kinds)
		if err != nil {
			t.Fatal(err)
		}
		checkRunbook(t, string(page), known)
	}
}

func checkRunbook(t *testing.T, page string, known map[string]Kind) {
	t.Helper()
	tried := map[string]bool{}
	for _, line := range regexp.MustCompile("(?m)^\\| (`[a-z]+\\..*?) \\| `(\\{.*\\})` \\|$").FindAllStringSubmatch(page, -1) {
		for name := range strings.SplitSeq(line[1], ", ") {
			kind, found := known[strings.Trim(name, "`")]
			if !found {
				t.Errorf("no kind %s", name)
				continue
			}
			canonical, err := kind.canonical([]byte(line[2]))
			if err != nil {
				t.Errorf("%s %s: %v", name, line[2], err)
				continue
			}
			if says, err := kind.describe(canonical); err != nil || says == "" {
				t.Errorf("%s: described as %q, %v", name, says, err)
			}
			tried[kind.Name] = true
		}
	}
	for name := range known {
		if !tried[name] {
			t.Errorf("the runbook does not say how to propose %s", name)
		}
	}
}
