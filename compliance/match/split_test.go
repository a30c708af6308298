package match_test

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/causeway-pay/causeway/compliance/match"
)

// TestSplitRules is a row for each rule that cuts a name or does not.
func TestSplitRules(t *testing.T) {
	cases := map[string][]string{
		"VIKTOR BLOCKSWORTH": {"VIKTOR", "BLOCKSWORTH"},
		"O'HARA-SMITH":       {"OHARA", "SMITH"},
		"O`HARA":             {"OHARA"},
		"'":                  {},
		"":                   {},
		"S.A. DOCKSIDE":      {"S.A", "DOCKSIDE"},
		"ST.JOHN":            {"ST", "JOHN"},
		"A.B.C":              {"A.B.C"},
		"NO.7":               {"NO", "7"},
		" ,DOCKSIDE 21; ":    {"DOCKSIDE", "21"},
	}
	for name, want := range cases {
		if got := match.SplitASCII(name); !slices.Equal(got, want) {
			t.Errorf("%q is %q as bytes, not %q", name, got, want)
		}
		if got := match.SplitRunes(name); !slices.Equal(got, want) {
			t.Errorf("%q is %q as characters, not %q", name, got, want)
		}
	}
}

// TestSplitsAgree: a name of bytes is cut as any other name is.
func TestSplitsAgree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.StringMatching(`[A-Z0-9.'\x60 ,\x00\x7f-]{0,140}`).Draw(t, "name")
		if bytes, runes := match.SplitASCII(name), match.SplitRunes(name); !slices.Equal(bytes, runes) {
			t.Fatalf("%q: %q and %q", name, bytes, runes)
		}
	})
}

// TestFoldIgnoresCase: the words of a name do not depend on its case, nor on what
// is beyond the length of a name.
func TestFoldIgnoresCase(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.StringMatching(`[A-Za-z0-9.' ,-]{0,160}`).Draw(t, "name")
		upper, lower := match.Fold(strings.ToUpper(name)), match.Fold(strings.ToLower(name))
		if !slices.Equal(upper, lower) {
			t.Fatalf("%q: %q and %q", name, upper, lower)
		}
		if len(name) <= match.NameMax {
			return
		}
		// A name of a character more is not taken for one that was cut.
		beyond := strings.ToUpper(name[:match.NameMax+1])
		if short := match.Fold(beyond); !slices.Equal(upper, short) {
			t.Fatalf("%q: %q, and %q without its end", name, upper, short)
		}
	})
}
