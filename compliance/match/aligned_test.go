package match

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// aligned aligns two names whose other words nobody lists.
func aligned(name, listed string) *comparison {
	x := NewIndex([]Name{{Text: "Filler One"}, {Text: "Filler Two"}})
	c := x.pairwise(name, fold(name, isCut(name), chinese), fold(listed, false, chinese))
	c.agreement()
	return c
}

// TestInitialsAstray: an initial stands for a word where nothing says that it does not: its
// own name has no other word left, and the other name no initial that stands for one of its.
func TestInitialsAstray(t *testing.T) {
	for _, c := range []struct {
		name, listed string
		by           int
	}{
		{"V Tomakiru", "Viktor Tomakiru", 1}, {"Viktor Tomakiru", "V Tomakiru", 1}, {"Tomakiru V A", "Viktor Anatol Tomakiru", 2},
		{"V Tomakiru", "Viktor Anatol Tomakiru", 1}, {"V Hargreave Tomakiru", "Viktor Tomakiru", 0},
		{"Viktor Tomakiru", "V Hargreave Tomakiru", 0}, {"V Hargreave Tomakiru", "H Viktor Tomakiru", 0},
		{"A Tomakiru", "Viktor Tomakiru", 0}, {"V Tomakiru", "V Tomakiru", 0},
	} {
		by := 0
		for _, e := range aligned(c.name, c.listed).chosen {
			if e.relation == byLetter {
				by++
			}
		}
		if by != c.by {
			t.Errorf("%q, %q: %d initials stand for words, want %d", c.name, c.listed, by, c.by)
		}
	}
}

// TestJoins is a row for each way in which words are one word of the other name, or are not
// because one of them is that word already.
func TestJoins(t *testing.T) {
	for _, c := range []struct {
		name, listed string
		by           relation
		joined       bool
	}{
		{"Toma Kiru", "Tomakiru", byQueryJoin, true}, {"Tomakiru", "Toma Kiru", byListJoin, true}, {"Toma-Kiru", "TOMAKIRU", byQueryJoin, true},
		{"Toma Kirru", "Tomakiru", byQueryJoin, true}, {"A Hargreave", "Aa Hargreave", byQueryJoin, false},
		// The word is there as it is.
		{"Hargreave", "A Hargreave", byListJoin, false}, {"A Hargreave", "Hargreave", byQueryJoin, false},
		// Too short, and numbers.
		{"To Ma", "Toma", byQueryJoin, false}, {"Toma 7", "Toma7", byQueryJoin, false},
	} {
		joined := false
		for _, e := range aligned(c.name, c.listed).chosen {
			joined = joined || e.relation == c.by
		}
		if joined != c.joined {
			t.Errorf("%q, %q: joined %t", c.name, c.listed, joined)
		}
	}
}

// TestJoinsOfManyPeople: a name that many people have weighs in two words what it does in one,
// and a rare one what both do.
func TestJoinsOfManyPeople(t *testing.T) {
	names := []Name{{Text: "Marti Nez"}, {Text: "Toma Kiru"}}
	for i := range 400 {
		names = append(names, Name{Text: fmt.Sprintf("Filler %c%c", 'B'+i%20, 'B'+i/20)})
	}
	x := NewIndex(names)
	weight := func(name, listed string) (of, parts int) {
		for _, p := range x.Compare(name, listed).Pairs {
			of += p.Weight
		}
		for _, p := range x.Compare(listed, listed).Pairs {
			parts += p.Weight
		}
		return of, parts
	}
	if of, parts := weight("Martinez", "Marti Nez"); of >= parts {
		t.Errorf("Martinez weighs %d, its parts %d", of, parts)
	}
	if of, parts := weight("Tomakiru", "Toma Kiru"); of != parts {
		t.Errorf("Tomakiru weighs %d, its parts %d", of, parts)
	}
}

// TestWholeCompany is a row for each reason for which one word is all of a listed company.
func TestWholeCompany(t *testing.T) {
	for _, c := range []struct {
		name, listed string
		want         bool
	}{
		{"Tomakiru Ltd", "Tomakiru Limited", true}, {"Tomakiru Ltd Hargreave", "Tomakiru Ltd", true}, {"Tomakiru", "Tomakiru Ltd", false},
		{"Tomakiru Ltd", "Tomakiru", false}, {"Tomakiru Ltd", "Tomakiru Ruvel Ltd", false}, {"Tomakiru Ltd", "Tomakiru LLC", false},
	} {
		if got := aligned(c.name, c.listed).wholeCompany(); got != c.want {
			t.Errorf("%q, %q: %t", c.name, c.listed, got)
		}
	}
}

// TestAnchored is a row for each reason for which a word is certain enough to build on.
func TestAnchored(t *testing.T) {
	for _, c := range []struct {
		name, listed string
		want         bool
	}{
		{"Viktor Tomakiru", "Viktor Hargreave", true}, {"Wictor Tomakirru", "Viktor Tomakiru", true}, {"Tamokeru", "Tomakiru", false},
		{"General Trading", "General Tomakiru", true}, {"Al Tamokeru", "Al Tomakiru", false}, {"Tamokeru Ltd", "Tomakiru Ltd", false},
	} {
		a := aligned(c.name, c.listed)
		if got := a.anchored(a.query.significant() > 0); got != c.want {
			t.Errorf("%q, %q: %t", c.name, c.listed, got)
		}
	}
}

// TestReliefIsTheModels: what both names have beyond the other counts less where each word of
// the query is like one that is left, the first with the most, each of the list once.
func TestReliefIsTheModels(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		query, listed := rapid.IntRange(0, 5).Draw(t, "words"), rapid.IntRange(0, 5).Draw(t, "listed words")
		c := comparison{query: side{make([]token, query), make([]int32, query)}, listed: side{make([]token, listed), make([]int32, listed)}}
		alike := make([][]int, query)
		for i := range alike {
			alike[i] = rapid.SliceOfN(rapid.SampledFrom([]int{0, 3_000, 7_000, full}), listed, listed).Draw(t, "alike")
			c.query.weights[i] = int32(rapid.IntRange(0, 1_000).Draw(t, "weight"))
		}
		for j := range listed {
			c.listed.weights[j] = int32(rapid.IntRange(0, 1_000).Draw(t, "listed weight"))
		}
		c.resemblance = func(i, j int) int { return alike[i][j] }
		c.usedQuery = rapid.Uint64Range(0, 31).Draw(t, "used")
		c.usedList = rapid.Uint64Range(0, 31).Draw(t, "used of the list")
		want, taken := int64(0), map[int]bool{}
		for i := range query {
			best := -1
			for j := range listed {
				free := c.usedList>>j&1 == 0 && !taken[j] && c.usedQuery>>i&1 == 0 && alike[i][j] > 0
				if free && (best < 0 || alike[i][j] > alike[i][best]) {
					best = j
				}
			}
			if best >= 0 {
				taken[best] = true
				want += int64(min(c.query.weights[i], c.listed.weights[best])) * int64(alike[i][best]) / full
			}
		}
		before := c.usedList
		if got := c.relief(); got != want || c.usedList != before {
			t.Fatalf("%d, want %d", got, want)
		}
	})
}

// TestPenaltyIsMonotonous: more of either name that found no partner never counts less, what
// is alike never more, and both together never less than each alone.
func TestPenaltyIsMonotonous(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := comparison{}
		query, listed := rapid.Int64Range(0, 5_000).Draw(t, "query"), rapid.Int64Range(0, 5_000).Draw(t, "listed")
		more := rapid.Int64Range(0, 5_000).Draw(t, "more")
		penalty, relief := c.penalty(query, listed)
		if relief != 0 || penalty < surplus*query+omission*listed {
			t.Fatalf("%d and %d cost %d, %d of it relieved", query, listed, penalty, relief)
		}
		if p, _ := c.penalty(query+more, listed); p < penalty {
			t.Fatalf("%d and %d cost %d, with %d more of the query %d", query, listed, penalty, more, p)
		}
		if p, _ := c.penalty(query, listed+more); p < penalty {
			t.Fatalf("%d and %d cost %d, with %d more listed %d", query, listed, penalty, more, p)
		}
		if !reaches(10_000, query, listed, 0) {
			t.Fatal("a threshold of nothing is not reached")
		}
	})
}

// TestReachesIsABound: whatever two names have left, a score that is worked out of it reaches
// no threshold that the bound says it cannot.
func TestReachesIsABound(t *testing.T) {
	possible := 0
	rapid.Check(t, func(t *rapid.T) {
		c := comparison{}
		weight := rapid.Int64Range(1, 6_000).Draw(t, "weight")
		similarity := rapid.Int64Range(leastNear, full).Draw(t, "similarity")
		query, listed := rapid.Int64Range(0, 4_000).Draw(t, "query"), rapid.Int64Range(0, 4_000).Draw(t, "listed")
		relief := rapid.Int64Range(0, min(query, listed)).Draw(t, "relief")
		threshold := rapid.IntRange(5_000, 9_900).Draw(t, "threshold")
		penalty, _ := c.penalty(query, listed)
		penalty -= (contradiction - surplus - omission) * relief
		matched := weight * similarity
		score := max(int(matched*100/(weight*100+penalty)), eased(matched, weight, penalty-alikeEases*relief))
		if score >= threshold {
			possible++
			if !reaches(matched/full+1, query, listed, threshold) {
				t.Fatalf("%d of %d agree, %d and %d are left, %d of it alike: %d", matched/full, weight, query, listed, relief, score)
			}
		}
	})
	if possible == 0 && !testing.Short() {
		t.Error("no threshold was reached")
	}
}

// TestLoneWordIsNeverEnough: names of several words of which one agrees score 7,000 at most,
// however rare it is, and whatever particles, forms and titles agree beside it.
func TestLoneWordIsNeverEnough(t *testing.T) {
	x := NewIndex([]Name{{Text: "Filler One"}, {Text: "Filler Two"}})
	beside := rapid.SampledFrom([]string{"al", "bin", "de", "Dr", "Sheikh", "the", "of"})
	rapid.Check(t, func(t *rapid.T) {
		draw := func(other string) string {
			words := []string{"Tomakiruvel", other}
			for range rapid.IntRange(0, 2).Draw(t, "beside") {
				words = append([]string{beside.Draw(t, "word")}, words...)
			}
			return strings.Join(words, " ")
		}
		name, listed := draw("Hargreave"), draw("Zephyrine")
		if m := x.Compare(name, listed); m.Score > loneWord {
			t.Fatalf("%q and %q score %d: %v", name, listed, m.Score, m.Pairs)
		}
	})
}
