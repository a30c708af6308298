package match_test

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/causeway-pay/causeway/compliance/match"
)

// TestMoreEvidenceNeverLowers: of two evidences the one that has no less of anything
// has no lower a score, and no score is above the agreement or below nothing.
func TestMoreEvidenceNeverLowers(t *testing.T) {
	draw := rapid.Custom(func(t *rapid.T) match.Evidence {
		return match.Evidence{
			Agreement: rapid.IntRange(0, 10_000).Draw(t, "agreement"), Rare: rapid.IntRange(0, 3_000).Draw(t, "rare"),
			CommonLeft: rapid.Bool().Draw(t, "common left"),
		}
	})
	rapid.Check(t, func(t *rapid.T) {
		less, more := draw.Draw(t, "less"), draw.Draw(t, "more")
		more.Agreement, more.Rare = max(more.Agreement, less.Agreement), max(more.Rare, less.Rare)
		more.CommonLeft = more.CommonLeft && less.CommonLeft
		if match.Lower(less) > match.Lower(more) || match.Lower(less) < 0 || match.Lower(more) > more.Agreement {
			t.Fatalf("%+v scores %d, %+v %d", less, match.Lower(less), more, match.Lower(more))
		}
	})
}

// TestEvidence: what agrees is told as it was weighed, and names that agree in all
// lose nothing, however common they are.
func TestEvidence(t *testing.T) {
	names := make([]string, 4_000)
	for i := range names {
		names[i] = "John Ali Smith " + string([]byte{'Q', byte('A' + i%26), byte('A' + i/26%26), byte('A' + i/676)})
	}
	x := index(names...)
	for _, c := range []struct {
		name, listed string
		rare, left   bool
		same         bool
	}{
		{"John Smith", "Smith, John", false, false, true},
		{"John Smith", "Smith, John Ali", false, false, false},
		{"John Ali Smith", "Smith, John", false, true, false},
		{"Viktor Blocksworth", "Viktor Blocksworth", true, false, true},
		{"Viktor Blocksworth", "Viktor Hargreave Blocksworth", true, false, false},
		{"John Blocksworth Hargreave", "Viktor Blocksworth Hargreave", true, false, false},
	} {
		m := x.Compare(c.name, c.listed)
		e := m.Evidence
		if e.Rare > 0 != c.rare || e.CommonLeft != c.left || m.Score == 10_000 != c.same || m.Score != match.Lower(e) {
			t.Errorf("%s, %s: %d, %+v", c.name, c.listed, m.Score, e)
		}
	}
}
