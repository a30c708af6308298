package api

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// Every change that the runbook of rates tells operators to propose is one that
// the API takes, under every kind that the line names.
func TestTheRunbookIsRight(t *testing.T) {
	page, err := os.ReadFile(filepath.Join("..", "..", "deploy", "runbooks", "rates.md"))
	if err != nil {
		t.Fatal(err)
	}
	known, err := register(fxKinds(Config{}))
	if err != nil {
		t.Fatal(err)
	}
	tried := map[string]bool{}
	for _, line := range regexp.MustCompile("(?m)^\\| (`fx\\..*?) \\| `(\\{.*\\})` \\|$").FindAllStringSubmatch(string(page), -1) {
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
