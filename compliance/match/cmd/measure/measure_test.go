package main

import (
	"strings"
	"testing"
)

// TestInventedSets: the table is printed for the sets that are always at hand,
// and what it says is no worse than what was published.
func TestInventedSets(t *testing.T) {
	var out strings.Builder
	if err := run(&out, options{seed: 1, held: 600}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"held-out aliases", "mechanical variants", "first letter changed", "best F1", "p99"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in\n%s", want, out.String())
		}
	}
	s, err := load("", "")
	if err != nil {
		t.Fatal(err)
	}
	if len(s.ordinary) < 800 || len(s.lists[0].names) < 500 {
		t.Errorf("%d ordinary, %d listed names", len(s.ordinary), len(s.lists[0].names))
	}
}

func TestMissingFolder(t *testing.T) {
	if err := run(&strings.Builder{}, options{data: t.TempDir()}); err == nil {
		t.Error("measured nothing")
	}
}

func TestResemblance(t *testing.T) {
	cases := []struct {
		a, b string
		want float64
	}{{"A B", "b a", 1}, {"ABCD", "ABCE", 0.75}, {"", "A", 0}}
	for _, c := range cases {
		if got := resemblance(c.a, c.b); got != c.want {
			t.Errorf("%q, %q: %v", c.a, c.b, got)
		}
	}
}
