package match

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// wordsUsual is how many words most names have at most.
const wordsUsual = 4

// split cuts a name into runs of letters. Apostrophes do not cut, nor do the
// dots of abbreviations like "S.A.": single letters, each with a dot, and no
// blank between, where the dots stay; nor do bytes that are no character: a word whose encoding was damaged
// on its way has one error, and is not two words. What nobody sees does not cut either,
// and letters in a circle or of double width are letters.
func split(name string) []string {
	name = apart(name)
	if isASCII(name) {
		return splitASCII(strings.ToUpper(name[:min(len(name), NameMax)]))
	}
	return splitRunes(name)
}

// apart sets off legal forms in capitals that were grown on small letters, as people write
// SiemensAG: there the letters show what is a form, and no name is taken for one.
func apart(name string) string {
	for i := 1; i+1 < len(name); i++ {
		if !isSmall(name[i-1]) || !isCapital(name[i]) || !isCapital(name[i+1]) {
			continue
		}
		end := i + 2
		for end < len(name) && isCapital(name[end]) {
			end++
		}
		ends := end == len(name) || name[end] < utf8.RuneSelf && !isWord(rune(name[end]))
		if ends && tables.forms[name[i:end]] != "" {
			name = name[:i] + " " + name[i:]
		}
	}
	return name
}

func isSmall(c byte) bool { return 'a' <= c && c <= 'z' }

func isCapital(c byte) bool { return 'A' <= c && c <= 'Z' }

// splitASCII is splitRunes for upper case names whose characters are bytes: most are,
// and their words are parts of the name, not copies.
func splitASCII(name string) []string {
	words, from, word := make([]string, 0, wordsUsual), 0, ""
	for i := range len(name) {
		c := name[i]
		if 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '.' && betweenBytes(name, i) {
			continue
		}
		word, from = word+name[from:i], i+1
		if c == '\'' || c == '`' {
			continue
		}
		if word != "" {
			words, word = append(words, word), ""
		}
	}
	if word += name[from:]; word != "" {
		words = append(words, word)
	}
	return words
}

// betweenBytes is betweenInitials for a name whose characters are bytes.
func betweenBytes(name string, dot int) bool {
	letter := func(i int) bool { return i >= 0 && i < len(name) && unicode.IsLetter(rune(name[i])) }
	return letter(dot-1) && !letter(dot-2) && letter(dot+1) && !letter(dot+2)
}

func splitRunes(name string) []string {
	runes := []rune(name[:min(len(name), NameMax*utf8.UTFMax)])
	runes = runes[:min(len(runes), NameMax)]
	for i, r := range runes {
		runes[i] = narrow(r)
	}
	var c cutter
	for i, r := range runes {
		switch {
		case isApostrophe(r), r == utf8.RuneError, unicode.Is(unicode.Cf, r):
		case isWord(r):
			c.add(r)
		case r == '.' && betweenInitials(runes, i):
			c.word = append(c.word, r)
		case isSymbol(r):
			for _, part := range norm.NFKC.String(string(r)) {
				c.add(part)
			}
		default:
			c.end()
		}
	}
	c.end()
	return c.words
}

// cutter gathers the words of a name.
type cutter struct {
	words []string
	word  []rune
	last  family
}

// add adds a letter, which begins a word where it is of another writing than the last one.
func (c *cutter) add(r rune) {
	if !isWord(r) {
		c.end()
		return
	}
	if f := familyOf(r); f != anyFamily {
		if c.last != anyFamily && c.last != f {
			c.end()
		}
		c.last = f
	}
	c.word = append(c.word, r)
}

func (c *cutter) end() {
	if len(c.word) > 0 {
		c.words = append(c.words, string(c.word))
	}
	c.word, c.last = c.word[:0], anyFamily
}

func isWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) }

// isSymbol says whether a character may be letters that were put into a shape, or a
// number that is written in letters. Letterlike symbols such as the sign of a trade
// mark are none.
func isSymbol(r rune) bool {
	const letterlikeFirst, letterlikeLast = 0x2100, 0x214F
	return unicode.In(r, unicode.So, unicode.Nl) && (r < letterlikeFirst || r > letterlikeLast)
}

// narrow makes characters of double width those of ASCII.
func narrow(r rune) rune {
	const wideFirst, wideLast = '！', '～'
	if r < wideFirst || r > wideLast {
		return r
	}
	return r - wideFirst + '!'
}

// family is a way of writing that words are not mixed of.
type family uint8

const (
	anyFamily family = iota
	letterFamily
	hangulFamily
	hanFamily
	kanaFamily
)

// familyOf tells the writings that stand beside one another without a blank in Japan,
// Korea and China.
func familyOf(r rune) family {
	switch {
	case unicode.IsMark(r):
		return anyFamily
	case r < utf8.RuneSelf, unicode.In(r, unicode.Latin, unicode.Cyrillic, unicode.Greek):
		return letterFamily
	case unicode.Is(unicode.Hangul, r):
		return hangulFamily
	case scriptOf(r) == han:
		return hanFamily
	case unicode.In(r, unicode.Hiragana, unicode.Katakana):
		return kanaFamily
	}
	return anyFamily
}

func isApostrophe(r rune) bool { return strings.ContainsRune("'’‘`´ʻʼʿʾ׳״", r) }

// betweenInitials says whether the dot stands between two single letters.
func betweenInitials(runes []rune, dot int) bool {
	letter := func(i int) bool { return i >= 0 && i < len(runes) && unicode.IsLetter(runes[i]) }
	return letter(dot-1) && !letter(dot-2) && letter(dot+1) && !letter(dot+2)
}
