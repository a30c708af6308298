package match_test

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/causeway-pay/causeway/compliance/match"
)

// TestFoldIsIdempotent: the words of a name are a name of the same words.
func TestFoldIsIdempotent(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) { foldTwice(t, drawName(t, "name", 7)) })
}

func foldTwice(t interface {
	Helper()
	Fatalf(string, ...any)
}, name string) {
	t.Helper()
	once := match.Fold(name)
	again := strings.Join(once, " ")
	if mayBeCut(name) || mayBeCut(again) || len(again) > match.NameMax {
		return
	}
	if twice := match.Fold(again); !slices.Equal(once, twice) {
		t.Fatalf("%q is %q, which is %q", name, once, twice)
	}
}

// mayBeCut says whether a name has a length at which old formats cut names.
func mayBeCut(name string) bool {
	return slices.Contains([]int{34, 35, 69, 70, 139, 140}, utf8.RuneCountInString(name))
}
