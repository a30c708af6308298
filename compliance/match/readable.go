package match

import (
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Readable reports whether every letter of a name is read, so that the name can be compared.
// Of a script that nothing here reads, such as the Fraser letters of the Lisu, which look like
// Latin capitals, no word is left: such a name is like nobody, and whoever gives it has not
// been screened.
func Readable(name string) bool {
	if isASCII(name) {
		return true
	}
	letters := false
	for _, r := range norm.NFKC.String(name) {
		if !unicode.IsLetter(r) || unicode.Is(unicode.Lm, r) {
			continue
		}
		if letters = true; !readable(r) {
			return false
		}
	}
	return !letters || len(Fold(name)) > 0
}

// read are the scripts beside the named ones and those of India that are read, as far as people
// have names in them. Cherokee and Canadian syllables are read too, but what is written in them
// may as well be Latin letters that they look like.
var read = []*unicode.RangeTable{
	unicode.Armenian, unicode.Bopomofo, unicode.Ethiopic, unicode.Georgian, unicode.Hiragana, unicode.Katakana,
	unicode.Khmer, unicode.Lao, unicode.Mongolian, unicode.Myanmar, unicode.Sinhala, unicode.Syriac, unicode.Thaana,
	unicode.Tibetan,
}

// readable reports whether a letter is read. Scripts that have silent letters, and those that
// are read by whole words, are read as a whole.
func readable(r rune) bool {
	switch scriptOf(r) {
	case latin, greek:
		return spell(string(r)) != ""
	case other:
		return r >= indicFirst && r <= indicLast || unicode.In(r, read...)
	default:
		return true
	}
}
