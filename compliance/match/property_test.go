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
	rapid.Check(t, func(t *rapid.T) {
		name := drawName(t, "name", 7)
		once := match.Fold(name)
		again := strings.Join(once, " ")
		if mayBeCut(name) || mayBeCut(again) {
			t.Skip("may have been cut")
		}
		if twice := match.Fold(again); !slices.Equal(once, twice) {
			t.Fatalf("%q is %q, which is %q", name, once, twice)
		}
	})
}

// mayBeCut says whether a name has a length at which old formats cut names, or ends within a
// letter.
func mayBeCut(name string) bool {
	name = strings.TrimSpace(name)
	return strings.HasSuffix(strings.ToValidUTF8(name, "\ufffd"), "\ufffd") || slices.Contains([]int{34, 35, 69, 70, 139, 140}, utf8.RuneCountInString(name))
}

// TestMoreAgreementNeverLowers: a rare word that both names get makes no score lower.
func TestMoreAgreementNeverLowers(t *testing.T) {
	x := index("Filler One", "Filler Two")
	word := rapid.StringMatching(`[B-DF-HJ-M][A-Z]{5,8}`)
	rapid.Check(t, func(t *rapid.T) {
		listed := rapid.SliceOfN(word, 1, 4).Draw(t, "listed")
		query := slices.Clone(listed[:rapid.IntRange(1, len(listed)).Draw(t, "of")])
		query = append(query, rapid.SliceOfN(word, 0, 2).Draw(t, "other")...)
		at := rapid.IntRange(0, min(len(query), len(listed))-1).Draw(t, "at")
		right := query[at]
		query[at] = right[:2] + "Q" + right[3:]
		score := func(words []string, more string) int {
			name := strings.Join(words, " ") + more
			if mayBeCut(name) {
				t.Skip("may have been cut")
			}
			return x.Compare(name, strings.Join(listed, " ")+more).Score
		}
		before := score(query, "")
		if after := score(query, " WWWWWWWW"); after < before {
			t.Fatalf("%q and %q score %d, with a word more in both %d", query, listed, before, after)
		}
	})
}

// TestExplanationAddsUp: every letter of both names is told once, and the weights and
// similarities that are told bound the score from both sides.
func TestExplanationAddsUp(t *testing.T) {
	x := index("Filler One", "Filler Two")
	rapid.Check(t, func(t *rapid.T) {
		name, listed := drawName(t, "name", 6), drawName(t, "listed", 6)
		if mayBeCut(listed) {
			t.Skip("Fold takes it for cut")
		}
		m := x.Compare(name, listed)
		if len(m.Pairs) == 0 {
			if m.Score != 0 {
				t.Fatalf("%q and %q score %d without a word", name, listed, m.Score)
			}
			return
		}
		var ofName, ofListed []string
		matched, weight, query, list := 0, 0, 0, 0
		for _, p := range m.Pairs {
			ofName = append(ofName, strings.Fields(p.Query)...)
			ofListed = append(ofListed, strings.Fields(p.Listed)...)
			switch p.How {
			case "only-query":
				query += p.Weight
			case "only-listed":
				list += p.Weight
			default:
				matched, weight = matched+p.Weight*p.Similarity, weight+p.Weight
			}
		}
		if lettersOf(ofName) != lettersOf(match.Fold(name)) || lettersOf(ofListed) != lettersOf(match.Fold(listed)) {
			t.Fatalf("%q and %q are told by %v", name, listed, m.Pairs)
		}
		if mayBeCut(name) {
			list = 0
		}
		both := min(query, list)
		most := max(matched*100/(weight*100+50*query+30*list), 8_200)
		least := min(matched*100/(weight*100+120*both+50*(query-both)+30*(list-both)), 7_000+600) - 600
		if m.Evidence.Agreement > most || m.Evidence.Agreement < least || m.Score > m.Evidence.Agreement {
			t.Fatalf("%q and %q agree by %d, told are %d to %d: %v", name, listed, m.Evidence.Agreement, least, most, m.Pairs)
		}
	})
}

// lettersOf has the letters of words in their order: initials may be told apart or as one.
func lettersOf(words []string) string {
	return strings.Join(sorted(strings.Split(strings.Join(words, ""), "")), "")
}

// TestNothingIsMoreAlikeThanItself: a name and itself score full, and no name scores more
// with another, nor all with one of other words.
func TestNothingIsMoreAlikeThanItself(t *testing.T) {
	x := index("Filler One", "Filler Two")
	rapid.Check(t, func(t *rapid.T) {
		name, other := drawName(t, "name", 6), drawName(t, "other", 6)
		if score := x.Compare(name, name).Score; score != 10_000 {
			t.Fatalf("%q and itself score %d", name, score)
		}
		if mayBeCut(name) || slices.Equal(sorted(match.Fold(name)), sorted(match.Fold(other))) {
			return
		}
		if m := x.Compare(name, other); m.Score > 10_000 || m.Score == 10_000 && !joinedOrRespelt(m.Pairs) {
			t.Fatalf("%q and %q score %d: %v", name, other, m.Score, m.Pairs)
		}
	})
}

// joinedOrRespelt says whether words agree that are not the same.
func joinedOrRespelt(pairs []match.Pair) bool {
	return !slices.ContainsFunc(pairs, func(p match.Pair) bool { return p.How == "only-query" || p.How == "only-listed" })
}
