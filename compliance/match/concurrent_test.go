package match

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestMemoryIsShared: many remember and ask at once, while the memory is emptied again and
// again; what anybody is told is what was remembered under that key.
func TestMemoryIsShared(t *testing.T) {
	var m memory
	const keys, askers = 200, 4
	of := func(i int) reached {
		cells := make([]cell, memoryMax/50+i)
		cells[0], cells[len(cells)-1] = cell{int32(i), full}, cell{int32(i), 1}
		return reached{words: cells, joins: cells[:i%5], names: int32(i)}
	}
	all := make([]reached, keys)
	for i := range all {
		all[i] = of(i)
	}
	rounds := 10
	if testing.Short() {
		rounds = 2
	}
	var group sync.WaitGroup
	for asker := range askers {
		group.Go(func() {
			for i := range rounds * keys {
				at := (i*7 + asker*31) % keys
				key := memoryKey{fmt.Sprint("WORD", at), uint8(at % 3)}
				if got, ok := m.get(key); ok && (got.names != int32(at) || len(got.words) != len(all[at].words) ||
					got.words[0] != all[at].words[0] || !slices.Equal(got.joins, all[at].joins)) {
					t.Errorf("%v is of %d, with %d cells", key, got.names, len(got.words))
					return
				}
				m.put(key, all[at])
			}
		})
	}
	group.Wait()
	if m.count > memoryMax {
		t.Errorf("%d cells are remembered", m.count)
	}
}

// TestRememberedCellsStay: what somebody was told stays as it was told, whatever is
// remembered behind it and however often the memory is emptied.
func TestRememberedCellsStay(t *testing.T) {
	var m memory
	words, joins := []cell{{1, 10}, {2, 20}}, []cell{{3, 30}}
	m.put(memoryKey{text: "FIRST"}, reached{words: words, joins: joins, names: 7})
	got, _ := m.get(memoryKey{text: "FIRST"})
	if len(got.words) != cap(got.words) {
		t.Error("whoever appends to what was told overwrites what is remembered")
	}
	for i := range 100 {
		m.put(memoryKey{text: fmt.Sprint(i)}, reached{words: make([]cell, memoryMax/30)})
	}
	if !slices.Equal(got.words, words) || !slices.Equal(got.joins, joins) {
		t.Errorf("told %v, now it is %v", words, got)
	}
	if _, ok := m.get(memoryKey{text: "FIRST"}); ok {
		t.Error("the memory was never emptied")
	}
}

// TestKindsAreRememberedApart: one word is remembered by how it was asked for.
func TestKindsAreRememberedApart(t *testing.T) {
	var m memory
	for kind := range uint8(6) {
		m.put(memoryKey{"WORD", kind}, reached{names: int32(kind)})
	}
	for kind := range uint8(6) {
		if got, ok := m.get(memoryKey{"WORD", kind}); !ok || got.names != int32(kind) {
			t.Errorf("kind %d is %v, %t", kind, got, ok)
		}
	}
	if _, ok := m.get(memoryKey{"WORDS", 0}); ok {
		t.Error("another word is remembered")
	}
}

// TestLexiconIsShared: many fold and learn at once, while the lexicon is emptied; every name
// folds as it does alone.
func TestLexiconIsShared(t *testing.T) {
	var l lexicon
	words := make([]string, lexiconMax-100)
	for i := range words {
		words[i] = "ZE" + syllables(i) + string(rune('A'+i%26)) + string(rune('A'+i/26%26))
	}
	l.learn(words)
	names := []string{"Viktor Blocksworth", "Abd al Rahman", "ZaryaLLC", "S A Dockside", "Юлия Щербакова", "Nur al Din"}
	want := make([][]token, len(names))
	for i, n := range names {
		want[i] = fold(n, false, chinese)
	}
	var group sync.WaitGroup
	for asker := range 4 {
		group.Go(func() {
			for i := range 300 {
				at := (i + asker) % len(names)
				if got := l.fold(names[at]); !slices.Equal(got, want[at]) {
					t.Errorf("%s is %v, want %v", names[at], got, want[at])
					return
				}
				l.fold(fmt.Sprintf("Q%sA%d", syllables(i), asker))
			}
		})
	}
	group.Wait()
	if l.words.count() > lexiconMax || l.words.count() != len(l.lemmas) || l.words.count() != l.folded.count() {
		t.Errorf("%d words, %d lemmas, %d folded", l.words.count(), len(l.lemmas), l.folded.count())
	}
}

// TestSearchesAtOnce: searches in every script, of which none was asked before, at the same
// time, and comparisons and texts beside them, are what they are one after another.
func TestSearchesAtOnce(t *testing.T) {
	var list []Name
	for i := range 2_000 {
		list = append(list, Name{Entry: fmt.Sprint(i), Text: syllables(i) + " " + syllables(i*7919+3)})
	}
	list = append(list, Name{Entry: "ru", Text: "Виктор Блоксворт"}, Name{Entry: "zh", Text: "张伟"}, Name{Entry: "ar", Text: "محمد صالح"})
	names := []string{"Viktor Blocksworth", "Zhang Wei", "Muhammad Saleh", "金正恩", "محمد صالح", "V. Blocksworth", "Вiктор Блоксворт"}
	for i := range 60 {
		names = append(names, strings.Replace(list[i*13].Text, "A", "", 1))
	}
	alone, shared := NewIndex(list), NewIndex(list)
	want := make([][]Match, len(names))
	for i, n := range names {
		want[i] = alone.Search(n, 6_800, 20)
	}
	var group sync.WaitGroup
	for asker := range 4 {
		group.Go(func() {
			for i := range names {
				at := (i + asker*17) % len(names)
				if diff := cmp.Diff(want[at], shared.Search(names[at], 6_800, 20)); diff != "" {
					t.Errorf("%s: %s", names[at], diff)
					return
				}
				shared.SearchText("paid to "+names[at]+" today", 6_800, 3)
				for _, m := range want[at] {
					if c := shared.Compare(names[at], m.Name.Text); c.Score != m.Score {
						t.Errorf("%s and %s: %d, compared %d", names[at], m.Name.Text, m.Score, c.Score)
					}
				}
			}
		})
	}
	group.Wait()
}
