package match_test

import (
	"flag"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/causeway-pay/causeway/compliance/match"
)

var samples = flag.Int("samples", 15, "names that are compared with the whole list in TestCandidatesLoseNothing")

// TestCandidatesLoseNothing: a search over candidates finds exactly what a
// comparison with every listed name finds, at thresholds of use.
func TestCandidatesLoseNothing(t *testing.T) {
	names := listed(t)
	x := match.NewIndex(names)
	random := rand.New(rand.NewPCG(1, 2))
	for range *samples {
		name := spoil(names[random.IntN(len(names))].Text, random)
		threshold := 7_000 + 100*random.IntN(20)
		want, got := x.Brute(name, threshold), scores(x.Search(name, threshold, len(names)))
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q from %d: %s", name, threshold, diff)
		}
	}
}

// TestSearchIsExhaustive: the same with many more names, whose words' neighbours
// are those of the search (TestReachIsExhaustive proves them).
func TestSearchIsExhaustive(t *testing.T) {
	names := listed(t)
	x := match.NewIndex(names)
	random := rand.New(rand.NewPCG(3, 4))
	threshold := match.DefaultPolicy.Default
	for range 10 * *samples {
		name := spoil(names[random.IntN(len(names))].Text, random)
		losesNothing(t, x, name, threshold, len(names))
	}
}

// losesNothing holds a search for a name to scoring every listed one, and returns what it
// finds.
func losesNothing(t rapid.TB, x *match.Index, name string, threshold, listed int) map[string]int {
	t.Helper()
	found := scores(x.Search(name, threshold, listed))
	if diff := cmp.Diff(scores(x.Exhaustive(name, threshold)), found); diff != "" {
		t.Errorf("%q among %d names from %d: %s", name, listed, threshold, diff)
	}
	return found
}

func scores(matches []match.Match) map[string]int {
	all := map[string]int{}
	for _, m := range matches {
		entry := m.Name.List + " " + m.Name.Entry
		all[entry] = max(all[entry], m.Score)
	}
	return all
}

// spoil changes some letters of a name, at times.
func spoil(name string, random *rand.Rand) string {
	letters := []byte(name)
	for range random.IntN(4) {
		at := random.IntN(len(letters))
		switch random.IntN(4) {
		case 0:
			letters[at] = byte('A' + random.IntN(26))
		case 1:
			letters = append(letters[:at], letters[min(at+1, len(letters)-1):]...)
		case 2:
			letters[at] = ' '
		default:
			letters = append(letters[:at:at], append([]byte{byte('A' + random.IntN(26))}, letters[at:]...)...)
		}
	}
	return string(letters)
}

// listed returns the names of published lists where they are at hand, and of the
// list in testdata otherwise.
func listed(t testing.TB) []match.Name {
	t.Helper()
	folder := filepath.Join("..", "..", "..", "shared", "data", "sanctions")
	if _, err := os.Stat(folder); err != nil {
		return readNames(t, filepath.Join("testdata", "names.csv"), 1)
	}
	return append(readNames(t, filepath.Join(folder, "ofac_sdn_20231228.csv.gz"), 1),
		readNames(t, filepath.Join(folder, "ofac_alt_20240108.csv.gz"), 3)...)
}
