package match

import (
	"cmp"
	"math/bits"
)

// sound is a word as it is heard: a symbol (see [symbol]) for each sound, digraphs
// as one, doubled letters once. Words of one sound are spellings of one name.
type sound string

// The letters of sounds beside the capital letters that stand for themselves.
const (
	soundKh = 'x'
	soundSh = 's'
	soundCh = 'c'
	soundY  = 'y'
)

// digraphs are tried in this order at each place of a word.
var digraphs = []struct {
	text string
	to   string
}{
	{"TSCH", "c"}, {"SHCH", "sc"}, {"SCH", "s"}, {"TCH", "c"}, {"DZH", "J"}, {"SH", "s"}, {"CH", "c"}, {"KH", "x"},
	{"GH", "G"}, {"PH", "F"}, {"TH", "T"}, {"DH", "D"}, {"ZH", "J"}, {"DJ", "J"}, {"CK", "K"}, {"QU", "K"}, {"TZ", "TS"},
	{"OU", "U"}, {"OO", "U"}, {"EE", "I"}, {"EO", "O"}, {"EU", "U"}, {"IY", "I"}, {"II", "I"}, {"YI", "I"}, {"IE", "I"},
	{"UE", "U"}, {"OE", "O"}, {"X", "KS"}, {"Q", "K"},
}

// digraphsOf has the digraphs by their first letter.
var digraphsOf = func() (all [256][]int) {
	for i, d := range digraphs {
		all[d.text[0]] = append(all[d.text[0]], i)
	}
	return all
}()

// soundOf writes down how a word is heard.
func soundOf(text string) sound {
	out := make([]byte, 0, len(text)+2)
	for i := 0; i < len(text); {
		to, length := heard(text, i)
		for j := range len(to) {
			if len(out) == 0 || out[len(out)-1] != to[j] || to[j] >= '0' && to[j] <= '9' {
				out = append(out, to[j])
			}
		}
		i += length
	}
	for i := range out {
		out[i] = symbol(out[i])
	}
	return sound(out)
}

// heard returns the sound at a place of a word and how many letters make it.
func heard(text string, i int) (to string, length int) {
	if i == 0 && text[0] == 'X' {
		// Many of the names that begin so are of Somalis and Uzbeks.
		return string(soundKh), 1
	}
	for _, at := range digraphsOf[text[i]] {
		d := digraphs[at]
		if len(text)-i >= len(d.text) && text[i:i+len(d.text)] == d.text && (i > 0 || d.text != "YI" && !iyad(text)) {
			return d.to, len(d.text)
		}
	}
	next := byte(0)
	if i+1 < len(text) {
		next = text[i+1]
	}
	return heardAlone(text, i, next), 1
}

// iyad says whether a word begins with I and the consonant Y, as Iyad does.
func iyad(text string) bool {
	return len(text) > 2 && text[0] == 'I' && text[1] == 'Y' && isVowel(text[2])
}

// heardAlone returns the sound of a single letter, by what stands beside it.
func heardAlone(text string, i int, next byte) string {
	afterVowel := i > 0 && isVowel(text[i-1])
	switch c := text[i]; {
	case c == 'C' && (next == 'E' || next == 'I' || next == 'Y'):
		return "S"
	case c == 'C':
		return "K"
	case c == 'W' && (i == 0 || isVowel(next)):
		return "V"
	case c == 'W':
		return "U"
	case c == 'Y' && isVowel(next) && next != 'Y' && (i == 0 || afterVowel):
		return "y"
	case c == 'Y':
		return "I"
	case c == 'H' && afterVowel && next == 0:
		return ""
	}
	return text[i : i+1]
}

func isVowel(c byte) bool {
	switch c {
	case 'A', 'E', 'I', 'O', 'U', 'Y':
		return true
	}
	return false
}

// Costs of differences, of a hundred for a whole letter.
const (
	whole      = 100
	kin        = 60 // a sound for one of its own kind
	vowel      = 50 // a vowel left out or added
	vowelTwin  = 30 // one vowel for another
	breath     = 40 // an H left out or added
	swap       = 80 // two neighbours changed round
	firstExtra = 25 // on top, for a difference in the first sound
	unwritten  = 15 // a vowel that the script does not write
)

// kinds groups the sounds that are mistaken for one another. A sound of a kind
// is exchanged within it for less than a whole letter.
var kinds = []string{"KGx", "SZscJ", "TD", "PBFV", "AEIOUy", "MN"}

// costs has what it takes to exchange one symbol for another; [0] is nothing,
// so that costs[0] and costs[...][0] are those of adding and leaving out.
var costs = makeCosts()

const symbols = 64

// symbolOther is that of what no sound has.
const symbolOther = 41

// symbol numbers a character of a sound from 1 to symbols-1.
func symbol(c byte) byte {
	switch {
	case c >= 'A' && c <= 'Z':
		return c - 'A' + 1
	case c >= '0' && c <= '9':
		return c - '0' + 27
	case c == soundKh:
		return 37
	case c == soundSh:
		return 38
	case c == soundCh:
		return 39
	case c == soundY:
		return 40
	}
	return symbolOther
}

// letterOf has the letter of each symbol.
var letterOf = func() (all [symbols]byte) {
	for c := range 128 {
		if s := symbol(byte(c)); s != symbolOther {
			all[s] = byte(c)
		}
	}
	return all
}()

func makeCosts() *[symbols * symbols]uint8 {
	var table [symbols * symbols]uint8
	for i := range table {
		if i/symbols != i%symbols {
			table[i] = whole
		}
	}
	set := func(a, b byte, cost uint8) {
		table[int(a)*symbols+int(b)], table[int(b)*symbols+int(a)] = cost, cost
	}
	for _, kind := range kinds {
		for i := range len(kind) {
			for j := range i {
				set(symbol(kind[i]), symbol(kind[j]), kin)
			}
		}
	}
	for i, a := range []byte("AEIOUy") {
		set(0, symbol(a), vowel)
		for _, b := range []byte("AEIOUy")[:i] {
			set(symbol(a), symbol(b), vowelTwin)
		}
	}
	set(0, symbol('H'), breath)
	set(symbol('H'), symbol(soundKh), kin)
	set(symbol('D'), symbol('Z'), kin)
	set(symbol('J'), symbol(soundY), kin)
	set(symbol('J'), symbol('I'), kin)
	set(symbol('V'), symbol('U'), kin)
	set(symbol('V'), symbol('O'), kin)
	set(symbol('A'), symbol('E'), vowelTwin)
	return &table
}

// mask holds a bit for each of the first sounds of a kind in a word: two of
// each consonant, eight vowels. The bits that two masks do not share bound the
// distance of the words from below: an operation that takes such a sound away,
// or adds one, costs at least its weight here.
type mask uint64

const (
	consonantBits mask = 1<<32 - 1
	wholeBits     mask = 0xFF << 32 // L, R, digits: no kin
	vowelBits     mask = 0xFF << 40
	breathBits    mask = 3 << 48
	partBits           = consonantBits | wholeBits
)

// places has the first bit of each sound's place in a mask, and how many there
// are; sounds that have none are not counted.
var places = func() (all [256]struct{ first, count uint8 }) {
	for i, c := range []byte("BDFGJKxMNPSsTVZc") {
		all[c] = struct{ first, count uint8 }{uint8(2 * i), 2}
	}
	for _, c := range []byte("0123456789") {
		all[c] = struct{ first, count uint8 }{36, 4}
	}
	for _, c := range []byte("AEIOUy") {
		all[c] = struct{ first, count uint8 }{40, 8}
	}
	all['L'] = struct{ first, count uint8 }{32, 2}
	all['R'] = struct{ first, count uint8 }{34, 2}
	all['H'] = struct{ first, count uint8 }{48, 2}
	return all
}()

func maskOf(s sound) mask {
	var m mask
	var counts [64]uint8
	for i := range len(s) {
		if p := places[letterOf[s[i]]]; counts[p.first] < p.count {
			m |= 1 << (p.first + counts[p.first])
			counts[p.first]++
		}
	}
	return m
}

// kindOf gathers consonants that are mistaken for one another.
func kindOf(c byte) byte {
	switch c {
	case 'K', 'G', soundKh:
		return 'K'
	case 'S', 'Z', soundSh, soundCh, 'J':
		return 'S'
	case 'T', 'D':
		return 'T'
	case 'P', 'B', 'F', 'V':
		return 'P'
	case 'A', 'E', 'I', 'O', 'U', soundY:
		return 'A'
	case 'M', 'N':
		return 'N'
	}
	return c
}

// within says whether words with these bags may be within a cost. With free
// vowels they count as little as the script leaves of them.
func within(a, b bag, limit int, freeVowels bool) bool {
	lostA, lostB := a.loses(b), b.loses(a)
	return lighter(a.mask&^b.mask, lostA, limit-(whole-vowel)*lostB, freeVowels) &&
		lighter(b.mask&^a.mask, lostB, limit-(whole-vowel)*lostA, freeVowels)
}

// bag is what a word has of sounds, in whatever order.
type bag struct {
	mask mask
	// consonants are all but vowels and H; soft those of them that are mistaken
	// for a vowel or an H.
	consonants, soft int8
}

func bagOf(s sound) bag {
	b := bag{mask: maskOf(s)}
	for i := range len(s) {
		switch letterOf[s[i]] {
		case 'V', 'J', soundKh:
			b.soft++
			b.consonants++
		case 'A', 'E', 'I', 'O', 'U', soundY, 'H':
		default:
			b.consonants++
		}
	}
	return b
}

// compare orders bags by their consonants first.
func (b bag) compare(other bag) int {
	return cmp.Or(cmp.Compare(b.consonants, other.consonants), cmp.Compare(b.soft, other.soft),
		cmp.Compare(b.mask&partBits, other.mask&partBits), cmp.Compare(b.mask, other.mask))
}

// loses is how many consonants a word must lose to become another, each for the
// cost of a whole letter, of which no more can come than a vowel.
func (b bag) loses(other bag) int { return max(0, int(b.consonants-other.consonants-b.soft)) }

// lighter says whether sounds that only one word has cost no more than the limit,
// when so many consonants of it are lost.
func lighter(only mask, lost, limit int, freeVowels bool) bool {
	cost := harder(only&partBits, lost)
	if cost > limit {
		return false
	}
	each := vowel
	if freeVowels {
		each = unwritten
	}
	cost += each*bits.OnesCount64(uint64(only&vowelBits)) + breath*bits.OnesCount64(uint64(only&breathBits))
	return cost <= limit
}

// harder is what hard sounds cost that only one word has, when so many of its
// consonants are lost.
func harder(only mask, lost int) int {
	apart := bits.OnesCount64(uint64(only & wholeBits))
	return kin*bits.OnesCount64(uint64(only&consonantBits)) + whole*apart + (whole-kin)*max(0, lost-apart)
}
