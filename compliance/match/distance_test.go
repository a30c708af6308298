package match

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"
)

// drawn are words of the letters that sounds are made of, often alike.
var drawn = rapid.StringMatching(`[ABCDEHIKLMNOQRSTUVYZ]{2,9}`)

// respelling draws a word and another that some changes made of it.
func respelling(t *rapid.T) (a, b heardWord) {
	text := drawn.Draw(t, "word")
	other := []byte(text)
	for range rapid.IntRange(0, 3).Draw(t, "changes") {
		at := rapid.IntRange(0, len(other)-1).Draw(t, "at")
		letter := rapid.SampledFrom([]byte("AEIHKSTDBMNR")).Draw(t, "letter")
		switch {
		case rapid.Bool().Draw(t, "exchange"):
			other[at] = letter
		case rapid.Bool().Draw(t, "add"):
			other = append(other[:at:at], append([]byte{letter}, other[at:]...)...)
		case len(other) > 2:
			other = append(other[:at:at], other[at+1:]...)
		}
	}
	return hear(text), hear(string(other))
}

// TestMasksNeverLose: what the masks rule out at a limit is farther than the
// limit. This is why the search of near words loses none.
func TestMasksNeverLose(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := respelling(t)
		for _, free := range []bool{false, true} {
			cost := distance([]byte(a.sound), []byte(b.sound), 1<<14, free)
			if !within(a.bag, b.bag, cost, free) {
				t.Fatalf("%s and %s cost %d, masks %x %x", a.sound, b.sound, cost, a.bag.mask, b.bag.mask)
			}
		}
	})
}

func TestDistance(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := respelling(t)
		first, second := []byte(a.sound), []byte(b.sound)
		there, back := distance(first, second, 1<<14, false), distance(second, first, 1<<14, false)
		if there != back || (there == 0) != (a.sound == b.sound) {
			t.Fatalf("%s and %s: %d, %d", a.sound, b.sound, there, back)
		}
		limit := rapid.IntRange(0, 400).Draw(t, "limit")
		limited := distance(first, second, limit, false)
		if limited != there && (there <= limit || limited <= limit) {
			t.Fatalf("%s and %s: %d, limited to %d %d", a.sound, b.sound, there, limit, limited)
		}
		if s := similarity(&a, &b, false); s != 0 && (s < leastNear || s > full) {
			t.Fatalf("%s and %s are similar to %d", a.text, b.text, s)
		}
	})
}

// TestReachIsExhaustive: the dictionary finds what comparing each word finds.
func TestReachIsExhaustive(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var d dictionary
		asked, _ := respelling(t)
		for range rapid.IntRange(1, 40).Draw(t, "words") {
			_, other := respelling(t)
			d.id(other.text, false)
		}
		d.id(asked.text+"A", false)
		d.seal(nil)
		d.group()
		var want []cell
		for id := range d.words.count() {
			other := d.word(int32(id))
			if s := near(&asked, &other, false); s > 0 {
				want = append(want, cell{int32(id), int32(s)})
			}
		}
		if diff := cmp.Diff(want, d.reach(&asked, false), cmp.AllowUnexported(cell{}), cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("%s: %s", asked.text, diff)
		}
	})
}

func TestSounds(t *testing.T) {
	same := [][]string{
		{"DMITRY", "DMITRIY", "DMITRI"}, {"SERGEY", "SERGEI"}, {"FATIMA", "FATIMAH"}, {"PHILIP", "FILIP", "FILIPP"},
		{"MAXIM", "MAKSIM"}, {"YOUSUF", "YUSUF"}, {"ABDALLAH", "ABDALA"}, {"KAREEM", "KARIM"}, {"SCHMIDT", "SHMIDT"},
		{"DJAMEL", "JAMEL"}, {"WIKTOR", "VIKTOR"}, {"TARIQ", "TARIK", "TARICK"}, {"XUDOYOR", "KHUDOYOR"}, {"ALEX", "ALEKS"},
	}
	for _, words := range same {
		for _, w := range words[1:] {
			if soundOf(words[0]) != soundOf(w) {
				t.Errorf("%s is heard %s, %s %s", words[0], soundOf(words[0]), w, soundOf(w))
			}
		}
	}
	for _, pair := range [][2]string{{"KIM", "TIM"}, {"HASSAN", "HUSSEIN"}, {"IVAN", "OMAR"}} {
		a, b := hear(pair[0]), hear(pair[1])
		if s := similarity(&a, &b, false); s > 8_500 {
			t.Errorf("%v are similar to %d", pair, s)
		}
	}
}

// TestEaseBounds: what agrees more leaves less against a match, never nothing, and
// the search never expects more against it than there is.
func TestEaseBounds(t *testing.T) {
	weight := rapid.Int64Range(0, 6_000)
	rapid.Check(t, func(t *rapid.T) {
		matched, query, listed := weight.Draw(t, "matched"), weight.Draw(t, "query"), weight.Draw(t, "listed")
		more := matched + weight.Draw(t, "more")
		if ease(more, query) > ease(matched, query) || ease(more, query) < query*easeLeast/100 {
			t.Fatalf("%d of %d at %d, %d at %d", ease(matched, query), query, matched, ease(more, query), more)
		}
		threshold := rapid.IntRange(5_000, 9_900).Draw(t, "threshold")
		if reaches(matched, query, listed, threshold) &&
			(!reaches(more, query, listed, threshold) || !reaches(matched, query/2, listed/2, threshold)) {
			t.Fatalf("%d against %d and %d reaches %d, but not with more", matched, query, listed, threshold)
		}
	})
}

func TestPatronymics(t *testing.T) {
	for _, pair := range [][2]string{
		{"VLADIMIROVICH", "ULADZIMIRAVICH"}, {"SERGEEVICH", "SERHIYOVYCH"}, {"MYKOLAYOVYCH", "NIKOLAEVICH"},
		{"ALEKSANDROVNA", "OLEKSANDRIVNA"}, {"GRIGORIEVICH", "HRYHOROVYCH"},
	} {
		if !share(tables.groupsOf(pair[0]), tables.groupsOf(pair[1])) {
			t.Errorf("%v are two", pair)
		}
	}
	for _, pair := range [][2]string{
		{"VLADIMIROVICH", "VLADIMIROVNA"}, {"VLADIMIROVICH", "VLADIMIR"}, {"PETROVICH", "PAVLOVICH"},
		{"ZUNNUROVICH", "ZUNNUROVICH"},
	} {
		if share(tables.groupsOf(pair[0]), tables.groupsOf(pair[1])) {
			t.Errorf("%v are one", pair)
		}
	}
}

func TestResembles(t *testing.T) {
	cases := []struct {
		a, b string
		want bool
	}{
		{"ZAYB", "ZEB", true}, {"BALOCH", "BALOCHISTAN", true}, {"ALAGIR", "ALAGIRSKY", true},
		{"JULIO", "HUGO", false}, {"BLOCKSWORTH", "LINDQVIST", false},
	}
	for _, c := range cases {
		a, b := hear(c.a), hear(c.b)
		if got := resemblance(&a, &b); got > 0 != c.want || got != resemblance(&b, &a) {
			t.Errorf("%s, %s: %d, %d", c.a, c.b, got, resemblance(&b, &a))
		}
	}
}

func TestTyped(t *testing.T) {
	cases := []struct {
		a, b string
		one  bool
	}{
		{"TABAN", "TAAN", true}, {"TABAN", "TABRAN", true}, {"TABAN", "TAVAN", true}, {"TABAN", "ATBAN", true},
		{"TABAN", "TABAN", false}, {"TABAN", "NABAT", false}, {"ANA", "ANI", false}, {"TABAN", "TABANEK", false},
		{"TABAN", "LABAN", true}, {"OMAR", "OMAN", true}, {"SAID", "MAID", false}, {"SAID", "ASID", false},
	}
	for _, c := range cases {
		if got := typed(c.a, c.b) > 0; got != c.one || typed(c.a, c.b) != typed(c.b, c.a) {
			t.Errorf("%s, %s: %d, %d", c.a, c.b, typed(c.a, c.b), typed(c.b, c.a))
		}
	}
}

func TestTablesHold(t *testing.T) {
	for name, count := range map[string]int{
		"titles": len(tables.titles), "particles": len(tables.particles), "stopwords": len(tables.stopwords),
		"common": len(tables.common), "letters": len(tables.letters), "words": len(tables.words),
		"japanese": len(tables.japanese), "hanja": len(tables.hanja), "forms": len(tables.forms),
		"variants": len(tables.variants),
	} {
		if count < 20 {
			t.Errorf("%s has %d rows", name, count)
		}
	}
	for letter, latin := range tables.letters {
		if strings.Trim(latin, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
			t.Errorf("%q becomes %q", letter, latin)
		}
	}
	for _, table := range []string{"variants", "synonyms"} {
		for _, group := range lines(table) {
			if len(strings.Fields(group)) < 2 {
				t.Errorf("%v stands alone", group)
			}
		}
	}
}

// TestMemoryIsBounded: however many words are asked for, no more is remembered
// than the limit.
func TestMemoryIsBounded(t *testing.T) {
	var m memory
	big := reached{words: make([]cell, memoryMax/4)}
	for i := range 20 {
		m.put(memoryKey{text: fmt.Sprint(i)}, big)
		if _, ok := m.get(memoryKey{text: fmt.Sprint(i)}); !ok || m.count > memoryMax {
			t.Fatalf("after %d: %d cells", i, m.cells)
		}
	}
}

// TestConcurrentSearches: whatever others search at the same time, an answer is
// the same.
func TestConcurrentSearches(t *testing.T) {
	x := NewIndex([]Name{{Entry: "1", Text: "Viktor Blocksworth"}, {Entry: "2", Text: "Dockside Trading LLC"}})
	names := []string{"Wiktor Blocksworth", "Dockside Trading", "Mei Lantern", "金正恩"}
	var want [][]Match
	for _, n := range names {
		want = append(want, x.Search(n, 7_000, 5))
	}
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for i := range 2_000 {
				at := i % len(names)
				if diff := cmp.Diff(want[at], x.Search(names[at], 7_000, 5)); diff != "" {
					t.Errorf("%s: %s", names[at], diff)
					return
				}
			}
		})
	}
	all.Wait()
}
