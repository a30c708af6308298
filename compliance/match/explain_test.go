package match_test

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/causeway-pay/causeway/compliance/match"
)

// told is what an explanation says in numbers.
type told struct{ matched, weight, query, listed int }

func tell(pairs []match.Pair) (sum told) {
	for _, p := range pairs {
		switch p.How {
		case "only-query":
			sum.query += p.Weight
		case "only-listed":
			sum.listed += p.Weight
		default:
			sum.matched, sum.weight = sum.matched+p.Weight*p.Similarity, sum.weight+p.Weight
		}
	}
	return sum
}

// TestScoreIsWhatIsTold: where only one name has words beyond the other, the agreement can be
// worked out on paper from what is told: full by the share that agrees, at most 7,000 for a
// lone word, 600 less where nothing is certain, and eased where much agrees.
func TestScoreIsWhatIsTold(t *testing.T) {
	x := index("Filler One", "Filler Two")
	rapid.Check(t, func(t *rapid.T) {
		name, listed := drawName(t, "name", 5), drawName(t, "listed", 5)
		if mayBeCut(name) {
			t.Skip("may have been cut")
		}
		m := x.Compare(name, listed)
		sum := tell(m.Pairs)
		if sum.weight == 0 || sum.query > 0 && sum.listed > 0 {
			return
		}
		penalty := 50*sum.query + 30*sum.listed
		plain := sum.matched * 100 / (sum.weight*100 + penalty)
		// Each square is rounded on its way.
		eased := plain
		if agrees := sum.matched / 10_000; agrees > 1_450 {
			against := max(penalty*1_450/agrees*1_450/agrees, penalty*40/100)
			if eased = sum.matched * 100 / (sum.weight*100 + against); eased > 7_000 {
				eased = 7_000 + (eased-7_000)*1_200/3_000
			}
		}
		agreement := max(plain, eased)
		if a := m.Evidence.Agreement; a != agreement && a != min(agreement, 7_000) && a != agreement-600 {
			t.Fatalf("%q and %q agree by %d, on paper %d: %v", name, listed, a, agreement, m.Pairs)
		}
	})
}

// TestExplanationsAreOfTheSearch: what a search tells is what comparing tells, and every
// pair says how it agrees by as much as that allows.
func TestExplanationsAreOfTheSearch(t *testing.T) {
	least := map[string]int{"equal": 10_000, "variant": 9_000, "beginning": 7_500, "spelling": 6_900, "initial": 7_500, "joined": 9_300, "cut": 10_000}
	rapid.Check(t, func(t *rapid.T) {
		name, listed := drawScripts(t, "name", 5), drawScripts(t, "listed", 5)
		x := index(listed, "Filler One")
		for _, m := range x.Search(name, 5_000, 5) {
			if m.Name.Text != listed {
				continue
			}
			compared := x.Compare(name, listed)
			if compared.Score != m.Score || tell(compared.Pairs) != tell(m.Pairs) {
				t.Fatalf("%q and %q: %v, compared %v", name, listed, m, compared)
			}
			for _, p := range m.Pairs {
				from, agrees := least[p.How]
				if agrees && (p.Similarity < from || p.Similarity > 10_000 || p.Query == "" || p.Listed == "") ||
					!agrees && (p.Similarity != 0 || (p.Query == "") == (p.Listed == "")) || p.Weight <= 0 || p.Weight > 2_000 {
					t.Fatalf("%q and %q: %+v", name, listed, p)
				}
			}
		}
	})
}

// TestSymmetry: names of as many words, of which each is near one of the other, score as
// much there as back; they share the same words, whatever the order.
func TestSymmetry(t *testing.T) {
	x := index("Filler One", "Filler Two")
	stems := []string{"BLOCKSWORTH", "HARGREAVE", "ZEPHYRINE", "QUANTLOGIC", "VOSTRIKOVA"}
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.Permutation(stems).Draw(t, "words")[:rapid.IntRange(1, 4).Draw(t, "count")]
		other := slices.Clone(words)
		for i, w := range other {
			if rapid.Bool().Draw(t, "spoil") {
				at := rapid.IntRange(1, len(w)-2).Draw(t, "at")
				other[i] = w[:at] + w[at+1:]
			}
		}
		a, b := strings.Join(words, " "), strings.Join(rapid.Permutation(other).Draw(t, "order"), " ")
		if mayBeCut(a) || mayBeCut(b) {
			t.Skip("may have been cut")
		}
		if there, back := x.Compare(a, b), x.Compare(b, a); there.Score != back.Score {
			t.Fatalf("%q and %q: %d, back %d: %v, %v", a, b, there.Score, back.Score, there.Pairs, back.Pairs)
		}
	})
}

// TestAWorseSpellingIsNoBetter: each further error in a word lowers the score or leaves it.
func TestAWorseSpellingIsNoBetter(t *testing.T) {
	x := index("Filler One", "Filler Two")
	rapid.Check(t, func(t *rapid.T) {
		const listed = "ZEPHYRINE BLOCKSWORTH"
		letters := []byte("BLOCKSWORTH")
		before := 10_000
		for _, at := range rapid.Permutation([]int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10}).Draw(t, "places") {
			// No word has another one of the letter, and no letter is of its kind.
			letters[at] = byte('0' + at%10)
			name := "ZEPHYRINE " + string(letters)
			score := x.Compare(name, listed).Score
			if score > before {
				t.Fatalf("%q scores %d, with an error less %d", name, score, before)
			}
			before = score
		}
	})
}
