package ids_test

import (
	"testing"

	"github.com/causeway-pay/causeway/internal/ids"
)

func TestNewIsRandomVersion4(t *testing.T) {
	first, second := ids.New(), ids.New()
	if first == second || first.Version() != 4 {
		t.Errorf("%s, %s", first, second)
	}
	if parsed, err := ids.Parse(first.String()); err != nil || parsed != first {
		t.Errorf("%s, %v", parsed, err)
	}
	if _, err := ids.Parse("not an id"); err == nil {
		t.Error("nonsense was parsed")
	}
}

// TestDeriveSeparates: the same inputs give the same id, any other input another.
func TestDeriveSeparates(t *testing.T) {
	a, b := ids.New(), ids.New()
	base := ids.Derive(a, "event", 1)
	if base != ids.Derive(a, "event", 1) {
		t.Error("not the same twice")
	}
	for name, other := range map[string]ids.ID{
		"aggregate": ids.Derive(b, "event", 1), "purpose": ids.Derive(a, "entry", 1), "number": ids.Derive(a, "event", 2),
	} {
		if other == base {
			t.Errorf("another %s gives the same id", name)
		}
	}
}
