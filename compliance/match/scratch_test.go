package match

import (
	"testing"

	"pgregory.net/rapid"
)

// TestScratchTallies tallies as a plain map does, search after search.
func TestScratchTallies(t *testing.T) {
	const names, words = 200, 130
	s := newScratch(names, words)
	number := rapid.Int32Range(0, names-1)
	rapid.Check(t, func(t *rapid.T) {
		s.next()
		want := map[int32]tally{}
		for range rapid.IntRange(0, 20).Draw(t, "times") {
			some := rapid.SliceOf(number).Draw(t, "names")
			hit := hits(1) << rapid.IntRange(0, 15).Draw(t, "hit")
			value := rapid.Int32Range(0, 2*weightMax).Draw(t, "value")
			seeing := rapid.Bool().Draw(t, "see")
			for _, n := range some {
				tallied, seen := want[n]
				if seeing || seen {
					tallied.hits |= hit
					tallied.matched = uint16(min(tallyMost, int(tallied.matched)+int(value)))
					want[n] = tallied
				}
			}
			if seeing {
				s.see(some, hit, value)
			} else {
				s.again(some, hit, value)
			}
		}
		for n, tallied := range s.tallies {
			if tallied != want[int32(n)] {
				t.Fatalf("name %d has %+v, want %+v", n, tallied, want[int32(n)])
			}
		}
		if len(s.seen) != len(want) {
			t.Fatalf("%d names are seen, want %d", len(s.seen), len(want))
		}
	})
}

// TestScratchReaches tells which words are near which of the query.
func TestScratchReaches(t *testing.T) {
	const words = 130
	s := newScratch(1, words)
	type near struct {
		word  int32
		token int
	}
	rapid.Check(t, func(t *rapid.T) {
		s.next()
		want := map[near]int32{}
		for token := range rapid.IntRange(0, 4).Draw(t, "tokens") {
			for _, word := range rapid.SliceOfDistinct(rapid.Int32Range(0, words-1), rapid.ID[int32]).Draw(t, "words") {
				want[near{word, token}] = rapid.Int32Range(1, full).Draw(t, "similarity")
				s.reach(cell{word, want[near{word, token}]}, token)
			}
		}
		for word := range int32(words) {
			any := false
			for token := range 4 {
				similarity := want[near{word, token}]
				any = any || similarity > 0
				if got := s.similarity(word, token); got != similarity {
					t.Fatalf("word %d is near %d to %d, want %d", word, token, got, similarity)
				}
			}
			if s.near(word) != any {
				t.Fatalf("word %d near any: %v", word, !any)
			}
		}
	})
}

// TestTallyDoesNotOverflow: what is more than a tally holds is the most that it holds.
func TestTallyDoesNotOverflow(t *testing.T) {
	var tallied tally
	for range tokensMax * 2 {
		before := tallied.matched
		if tallied.add(1, weightMax); tallied.matched < before {
			t.Fatalf("%d after %d", tallied.matched, before)
		}
	}
	if tallied.matched != tallyMost {
		t.Errorf("%d", tallied.matched)
	}
}
