package match

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// TestVocabularyNumbersEachTextOnce holds a vocabulary to a map.
func TestVocabularyNumbersEachTextOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var v vocabulary
		want := map[string]int32{}
		for _, text := range rapid.SliceOfN(rapid.StringN(0, 6, 20), 0, 300).Draw(t, "texts") {
			if _, known := v.find(text); known != has(want, text) {
				t.Fatalf("find(%q) = %v", text, known)
			}
			if !has(want, text) {
				want[text] = int32(len(want))
			}
			if got := v.number(text); got != want[text] {
				t.Fatalf("number(%q) = %d, want %d", text, got, want[text])
			}
		}
		if v.count() != len(want) {
			t.Fatalf("%d texts, want %d", v.count(), len(want))
		}
		for text, number := range want {
			if got, known := v.find(text); !known || got != number || v.at(number) != text {
				t.Fatalf("%q has %d, %v and %q", text, got, known, v.at(number))
			}
		}
	})
}

func has(m map[string]int32, text string) bool {
	_, known := m[text]
	return known
}

// TestPostingsKeepEveryItemUnderItsKey reads back what was put in.
func TestPostingsKeepEveryItemUnderItsKey(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		const count = 7
		keys := rapid.SliceOfN(rapid.Int32Range(-1, count-1), 0, 60).Draw(t, "keys")
		p := post(keys, count)
		seen := 0
		for key := range int32(count) {
			last := int32(-1)
			for _, item := range p.of(key) {
				if keys[item] != key || item <= last {
					t.Fatalf("item %d under key %d behind %d, of %v", item, key, last, keys)
				}
				last = item
				seen++
			}
		}
		for _, k := range keys {
			if k < 0 {
				seen++
			}
		}
		if seen != len(keys) {
			t.Fatalf("%d of %d items", seen, len(keys))
		}
	})
}

// TestMemoryReturnsWhatWasPutOrNothing fills the memory beyond its limit, so that it
// is emptied on the way.
func TestMemoryReturnsWhatWasPutOrNothing(t *testing.T) {
	var m memory
	const keys = 3_000
	cells := make([]cell, 1_000)
	for i := range cells {
		cells[i] = cell{int32(i), full}
	}
	of := func(i int) reached {
		return reached{words: cells[i%500 : i%500+i%400], joins: cells[:i%3], names: int32(i)}
	}
	key := func(i int) memoryKey { return memoryKey{fmt.Sprint("WORD", i/2), uint8(i % 2)} }
	emptied := 0
	for i := range 5 * keys {
		before := m.count
		m.put(key(i), of(i))
		if m.count < before {
			emptied++
		}
		if m.count > memoryMax {
			t.Fatalf("%d cells are remembered", m.count)
		}
		if got, ok := m.get(key(i)); !ok || !equalReached(got, of(i)) {
			t.Fatalf("%v is %v", key(i), got)
		}
	}
	kept := 0
	for i := range 5 * keys {
		got, ok := m.get(key(i))
		if ok && !equalReached(got, of(i)) {
			t.Fatalf("%v is %v", key(i), got)
		}
		if ok {
			kept++
		}
	}
	if emptied == 0 || kept == 0 || kept == 5*keys {
		t.Fatalf("emptied %d times, %d kept", emptied, kept)
	}
	if _, ok := m.get(memoryKey{"NEVER", keyPlain}); ok {
		t.Fatal("what was never put is remembered")
	}
}

func equalReached(a, b reached) bool {
	return a.names == b.names && fmt.Sprint(a.words) == fmt.Sprint(b.words) && fmt.Sprint(a.joins) == fmt.Sprint(b.joins)
}

// TestIndexHasHardlyAnyPointers counts the objects of an index, which the garbage
// collector would have to follow: they must not grow with the names.
func TestIndexHasHardlyAnyPointers(t *testing.T) {
	names := make([]Name, 5_000)
	for i := range names {
		names[i] = Name{List: "L", Entry: fmt.Sprint(i), Text: fmt.Sprintf("%s %s", syllables(i), syllables(i*7919+3))}
	}
	before := objects()
	x := NewIndex(names)
	for i := range 500 {
		x.Search(names[i].Text, 9_000, 1)
	}
	after := objects()
	runtime.KeepAlive(names)
	if x.Len() != len(names) {
		t.Fatalf("%d names", x.Len())
	}
	// What is left is slices, whose number does not depend on the names, and
	// what other tests of this process let go.
	if many := int64(after) - int64(before); many > 500 {
		t.Fatalf("an index of %d names has %d objects", len(names), many)
	}
}

// syllables invents a word of a number.
func syllables(n int) string {
	parts := []string{"BA", "DOR", "KI", "LEM", "NU", "RAS", "TI", "VOG", "ZE", "MAL"}
	var word strings.Builder
	for range 4 {
		word.WriteString(parts[n%len(parts)])
		n /= len(parts)
	}
	return word.String()
}

func objects() uint64 {
	var stats runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&stats)
	return stats.HeapObjects
}
