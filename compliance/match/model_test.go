package match

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// modelDistance is optimal string alignment as textbooks have it, in a whole table of every
// pair of beginnings, with the costs of sounds.
func modelDistance(a, b []byte, free bool) int {
	cost := func(from, to byte) int {
		c := int(costs[int(from)*symbols+int(to)])
		if free && c == vowel && (from == 0 || to == 0) {
			return unwritten
		}
		return c
	}
	first := func(i, j int) int {
		if i == 0 && j == 0 {
			return firstExtra
		}
		return 0
	}
	rows := make([][]int, len(a)+1)
	for i := range rows {
		rows[i] = make([]int, len(b)+1)
		for j := range rows[i] {
			if i == 0 && j == 0 {
				continue
			}
			best := 1 << 20
			if i > 0 {
				best = min(best, rows[i-1][j]+cost(a[i-1], 0)+first(i-1, j))
			}
			if j > 0 {
				best = min(best, rows[i][j-1]+cost(0, b[j-1])+first(i, j-1))
			}
			if i > 0 && j > 0 {
				exchange := cost(a[i-1], b[j-1])
				if a[i-1] != b[j-1] && !slices.Contains([]string{"EI", "IE", "OU", "UO"}, lettersOf(a[i-1], b[j-1])) {
					exchange += first(i-1, j-1)
				}
				best = min(best, rows[i-1][j-1]+exchange)
			}
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] && a[i-1] != a[i-2] {
				best = min(best, rows[i-2][j-2]+swap)
			}
			rows[i][j] = best
		}
	}
	return rows[len(a)][len(b)]
}

func lettersOf(sounds ...byte) string {
	text := ""
	for _, s := range sounds {
		text += string(rune(letterOf[s]))
	}
	return text
}

// TestFirstVowels: a first vowel that is spelt otherwise costs what one inside does, any
// other first difference more.
func TestFirstVowels(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{
		{"ISAK", "ESAK", vowelTwin}, {"OMAR", "UMAR", vowelTwin}, {"ASAK", "ESAK", vowelTwin + firstExtra},
		{"OSAK", "ISAK", vowelTwin + firstExtra}, {"BISAK", "BESAK", vowelTwin}, {"SISAK", "SESAK", vowelTwin},
		{"ISAK", "SAK", vowel + firstExtra}, {"OMAR", "VMAR", kin + firstExtra}, {"IMAR", "EMAL", vowelTwin + whole},
	} {
		for _, pair := range [][2]string{{c.a, c.b}, {c.b, c.a}} {
			if got := distance([]byte(soundOf(pair[0])), []byte(soundOf(pair[1])), 1_000, false); got != c.want {
				t.Errorf("%v: %d, want %d", pair, got, c.want)
			}
		}
	}
}

// TestIyad: a Y before a vowel is a consonant where only an I stands before it.
func TestIyad(t *testing.T) {
	for _, pair := range [][2]string{{"IYAD", "EYAD"}, {"IYAS", "EYAS"}, {"IYOB", "EYOB"}} {
		a, b := hear(pair[0]), hear(pair[1])
		if near(&a, &b, false) == 0 {
			t.Errorf("%v are not near: %q, %q", pair, a.sound, b.sound)
		}
	}
	for _, pair := range [][2]string{{"YURIY", "YURI"}, {"VASILIY", "VASILY"}, {"IYR", "IR"}, {"IY", "I"}} {
		if soundOf(pair[0]) != soundOf(pair[1]) {
			t.Errorf("%v are heard apart", pair)
		}
	}
}

// sounds draws a word as it is heard and another that some changes made of it.
func drawSounds(t *rapid.T) (a, b []byte) {
	letter := rapid.SampledFrom([]byte("BDFGJKxMNPSsTVZcLRHAEIOUy09"))
	a = rapid.SliceOfN(letter, 0, 12).Draw(t, "sounds")
	b = slices.Clone(a)
	for range rapid.IntRange(0, 6).Draw(t, "changes") {
		at := rapid.IntRange(0, len(b)).Draw(t, "at")
		switch rapid.IntRange(0, 3).Draw(t, "change") {
		case 0:
			b = slices.Insert(b, at, letter.Draw(t, "letter"))
		case 1:
			if at < len(b) {
				b[at] = letter.Draw(t, "letter")
			}
		case 2:
			if at+1 < len(b) {
				b[at], b[at+1] = b[at+1], b[at]
			}
		default:
			if at < len(b) {
				b = slices.Delete(b, at, at+1)
			}
		}
	}
	for i := range a {
		a[i] = symbol(a[i])
	}
	for i := range b {
		b[i] = symbol(b[i])
	}
	return a, b
}

// TestDistanceIsTheModels: the distance is that of the plain table behind what two words
// begin with alike and before what they end with alike; within a limit it is the same, and
// above it anything that is above.
func TestDistanceIsTheModels(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := drawSounds(t)
		free := rapid.Bool().Draw(t, "free")
		restA, restB, begin := trim(a, b)
		want := modelDistance(restA, restB, free)
		if begin {
			// The first sound is not the difference: put one before both.
			same := []byte{symbol('L')}
			want = modelDistance(append(same, restA...), append(same, restB...), free)
		}
		if got := distance(a, b, 1<<14, free); got != want {
			t.Fatalf("%v and %v are %d apart, by the model %d", a, b, got, want)
		}
		limit := rapid.IntRange(0, 600).Draw(t, "limit")
		switch got := distance(a, b, limit, free); {
		case want <= limit && got != want:
			t.Fatalf("%v and %v are %d apart, %d within %d", a, b, want, got, limit)
		case want > limit && got <= limit:
			t.Fatalf("%v and %v are %d apart, %d within %d", a, b, want, got, limit)
		}
	})
}

// TestWhatIsAlikeCostsNothing: to take off what both words begin and end with changes no
// distance where vowels are written.
func TestWhatIsAlikeCostsNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := drawSounds(t)
		if len(a) == 0 || len(b) == 0 || a[0] != b[0] {
			t.Skip("they begin differently")
		}
		if got, want := distance(a, b, 1<<14, false), modelDistance(a, b, false); got != want {
			t.Fatalf("%v and %v are %d apart, with all they have %d", a, b, got, want)
		}
	})
}

// TestDistanceIsNoLessThanTheTriangle: a sound that becomes another one by a third is no
// cheaper than at once, so that no detour is shorter.
func TestExchangesAreNoDetours(t *testing.T) {
	all := []byte("BDFGJKxMNPSsTVZcLRHAEIOUy09")
	for _, a := range all {
		for _, b := range all {
			direct := int(costs[int(symbol(a))*symbols+int(symbol(b))])
			if back := int(costs[int(symbol(b))*symbols+int(symbol(a))]); back != direct || (a == b) != (direct == 0) {
				t.Errorf("%c to %c costs %d, back %d", a, b, direct, back)
			}
			if a == b {
				continue
			}
			// To leave one out and add the other is hardly cheaper, so that an exchange is one.
			if apart := int(costs[symbol(a)]) + int(costs[symbol(b)]); direct > apart+breath/4 {
				t.Errorf("%c to %c costs %d, one out and one in %d", a, b, direct, apart)
			}
		}
	}
}

// TestTableIsUsedAgain: what a table was used for before changes no distance.
func TestTableIsUsedAgain(t *testing.T) {
	var used table
	rapid.Check(t, func(t *rapid.T) {
		a, b := drawSounds(t)
		limit := rapid.IntRange(0, 900).Draw(t, "limit")
		if got, want := used.distance(a, b, limit, false), distance(a, b, limit, false); got != want {
			t.Fatalf("%v and %v: %d, with a new table %d", a, b, got, want)
		}
	})
}

// TestLongestSoundsFit: the longest words there are, of letters that are two sounds each,
// fit the tables.
func TestLongestSoundsFit(t *testing.T) {
	letters := []string{"X", "TZ", "SHCH", "B", "A", "TSCH"}
	rapid.Check(t, func(t *rapid.T) {
		draw := func(label string) heardWord {
			text := ""
			for len(text) < tokenMax {
				text += rapid.SampledFrom(letters).Draw(t, label)
			}
			return hear(text[:tokenMax])
		}
		a, b := draw("one"), draw("other")
		if len(a.sound) > 2*tokenMax {
			t.Fatalf("%s has %d sounds", a.text, len(a.sound))
		}
		for _, free := range []bool{false, true} {
			if there, back := near(&a, &b, free), near(&b, &a, free); there != back {
				t.Fatalf("%s and %s: %d, back %d", a.text, b.text, there, back)
			}
		}
		if there, back := resemblance(&a, &b), resemblance(&b, &a); there != back {
			t.Fatalf("%s resembles %s to %d, back %d", a.text, b.text, there, back)
		}
		var d dictionary
		d.id(b.text, false)
		d.seal(nil)
		d.group()
		if cells := d.reach(&a, false); len(cells) > 0 != (near(&a, &b, false) > 0) {
			t.Fatalf("%s reaches %s as %v", a.text, b.text, cells)
		}
	})
}

// TestReachIsExhaustiveWithoutVowels: the same as TestReachIsExhaustive for words whose
// vowels are not written, and for joins.
func TestReachIsExhaustiveWithoutVowels(t *testing.T) {
	word := rapid.StringMatching(`[ABCDEHIKLMNOQRSTUVWXYZGJPF27]{2,9}`)
	rapid.Check(t, func(t *rapid.T) {
		var d dictionary
		base := word.Draw(t, "asked")
		for range rapid.IntRange(1, 40).Draw(t, "words") {
			other := []byte(base)
			for range rapid.IntRange(0, 4).Draw(t, "changes") {
				at := rapid.IntRange(0, len(other)-1).Draw(t, "at")
				if letter := rapid.SampledFrom([]byte("AEIOUYHKSTV")).Draw(t, "letter"); rapid.Bool().Draw(t, "add") {
					other = slices.Insert(other, at, letter)
				} else {
					other[at] = letter
				}
			}
			d.id(string(other), false)
		}
		d.seal(nil)
		d.group()
		asked := hear(base)
		for _, free := range []bool{true, false} {
			reached, joins := d.reach(&asked, free), d.reachFrame(&asked, free)
			for id := range int32(d.words.count()) {
				other := d.word(id)
				if got, want := find(reached, id), near(&asked, &other, free); got != want {
					t.Fatalf("%s reaches %s as %d, want %d", asked.text, other.text, got, want)
				}
				want := 0
				if f := frame(asked.sound); f != "" && f == frame(other.sound) {
					if s := similarity(&asked, &other, free); s >= joinNear {
						want = s
					}
				}
				if got := find(joins, id); got != want {
					t.Fatalf("%s joined is %s to %d, want %d", asked.text, other.text, got, want)
				}
			}
		}
	})
}

// TestFind: a word is found among cells as looking at each finds it.
func TestFind(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var cells []cell
		for _, word := range rapid.SliceOf(rapid.Int32Range(0, 50)).Draw(t, "words") {
			cells = append(cells, cell{word, rapid.Int32Range(1, full).Draw(t, "similarity")})
		}
		best := map[int32]int{}
		for _, c := range cells {
			best[c.word] = max(best[c.word], int(c.similarity))
		}
		tidied := tidy(cells)
		if len(tidied) != len(best) {
			t.Fatalf("%d of %d", len(tidied), len(best))
		}
		for word := range int32(52) {
			if got := find(tidied, word-1); got != best[word-1] {
				t.Fatalf("word %d: %d, want %d", word-1, got, best[word-1])
			}
		}
	})
}

// TestFrames: sounds of one skeleton of consonants have one frame, however often each is.
func TestFrames(t *testing.T) {
	for _, c := range []struct {
		a, b string
		same bool
	}{
		{"BLOCKSWORTH", "BLOKSVORD", true}, {"ABDULRAHMAN", "ABDOLRAHMON", true}, {"BLOCKSWORTH", "BLOCKWORTH", false},
		{"ANNA", "ANA", true}, {"KIM", "GIN", true}, {"OHARA", "OARA", false}, {"LEE", "LI", true}, {"LEE", "LO", false},
		{"DADA", "TATA", false}, {"DADRA", "TATRA", true},
	} {
		if got := frame(soundOf(c.a)) == frame(soundOf(c.b)); got != c.same {
			t.Errorf("%s, %s: %t, %q and %q", c.a, c.b, got, frame(soundOf(c.a)), frame(soundOf(c.b)))
		}
	}
}

// TestSounded is a row for each rule by which letters are heard.
func TestSounded(t *testing.T) {
	for text, want := range map[string]string{
		"SCHMIDT": "sMIDT", "TSCHAIKOWSKI": "cAIKOUSKI", "SHCHUKA": "scUKA", "TCHAD": "cAD", "DZHAMAL": "JAMAL",
		"SHAH": "sA", "CHAN": "cAN", "KHAN": "xAN", "GHALI": "GALI", "PHILIP": "FILIP", "THOMAS": "TOMAS", "DHARA": "DARA",
		"ZHUKOV": "JUKOV", "DJAMEL": "JAMEL", "BECK": "BEK", "QUINN": "KIN", "TZVI": "TSVI", "OUMAR": "UMAR", "ROOT": "RUT",
		"LEE": "LI", "LEON": "LON", "EUGEN": "UGEN", "DMITRIY": "DMITRI", "DMITRII": "DMITRI", "YIDDO": "yIDO", "KAYI": "KAI",
		"MARIE": "MARI", "MUELLER": "MULER", "GOETZ": "GOTS", "ALEX": "ALEKS", "XAN": "xAN", "TARIQ": "TARIK",
		"CECIL": "SESIL", "CYRIL": "SIRIL", "CARL": "KARL", "WANG": "VANG", "BOWEN": "BOVEN", "LAW": "LAU", "YAN": "yAN",
		"MAYA": "MAyA", "TONY": "TONI", "SARAH": "SARA", "AHMAD": "AHMAD", "PLANT7": "PLANT7", "77": "77", "ANNA": "ANA",
	} {
		got := []byte(soundOf(text))
		for i := range got {
			got[i] = letterOf[got[i]]
		}
		if string(got) != want {
			t.Errorf("%s is heard %s, want %s", text, got, want)
		}
	}
}

// TestSymbols: each letter of a sound has a number of its own, and back.
func TestSymbols(t *testing.T) {
	seen := map[byte]byte{}
	for _, c := range []byte("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789xscy") {
		s := symbol(c)
		if seen[s] != 0 || s == 0 || s >= symbols || s == symbolOther || letterOf[s] != c {
			t.Errorf("%c is %d, which is %c", c, s, letterOf[s])
		}
		seen[s] = c
	}
	if symbol('?') != symbolOther {
		t.Error("what no sound has is one of it")
	}
}

// TestCostLimit: the longer the words, the more they may differ, and a word of a syllable
// differs by less than its share.
func TestCostLimit(t *testing.T) {
	for length := 1; length <= 2*tokenMax; length++ {
		limit := costLimit(length, length)
		if limit < costLimit(length-1, length-1) || limit != costLimit(length, 0) || limit != costLimit(1, length) {
			t.Errorf("%d sounds: %d", length, limit)
		}
		if length <= shortWord && limit >= (full-nearFrom)*length*whole/full {
			t.Errorf("a short word of %d sounds differs by %d", length, limit)
		}
		// A cost at the limit is a similarity of leastNear or more.
		a, b := make([]byte, length), make([]byte, length)
		for i := range a {
			a[i], b[i] = symbol('L'), symbol('L')
		}
		if s := soundSimilarityWithin(a, b, limit, false, new(table)); s != respelt {
			t.Errorf("equal sounds are similar to %d", s)
		}
	}
}
