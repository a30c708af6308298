package match

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// wordsUsual is how many words most names have at most.
const wordsUsual = 4

// split cuts a name into runs of letters. Apostrophes do not cut, nor do the
// dots of abbreviations like "S.A.": single letters, each with a dot, and no
// blank between, nor bytes that are no character: a word whose encoding was damaged
// on its way has one error, and is not two words.
func split(name string) []string {
	if isASCII(name) {
		return splitASCII(strings.ToUpper(name[:min(len(name), NameMax)]))
	}
	return splitRunes(name)
}

// splitASCII is splitRunes for upper case names whose characters are bytes: most are,
// and their words are parts of the name, not copies.
func splitASCII(name string) []string {
	words, from, word := make([]string, 0, wordsUsual), 0, ""
	for i := range len(name) {
		c := name[i]
		if 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' {
			continue
		}
		word, from = word+name[from:i], i+1
		if c == '\'' || c == '`' || c == '.' && betweenBytes(name, i) {
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
	words, word := make([]string, 0, wordsUsual), make([]rune, 0, tokenMax)
	end := func() {
		if len(word) > 0 {
			words = append(words, string(word))
			word = word[:0]
		}
	}
	for i, r := range runes {
		switch {
		case unicode.IsLetter(r), unicode.IsDigit(r), unicode.IsMark(r):
			word = append(word, r)
		case isApostrophe(r), r == utf8.RuneError:
		case r == '.' && betweenInitials(runes, i):
		default:
			end()
		}
	}
	end()
	return words
}

func isApostrophe(r rune) bool {
	return strings.ContainsRune("'’‘`´ʻʼʿʾ\u200c\u200d\u00ad", r)
}

// betweenInitials says whether the dot stands between two single letters.
func betweenInitials(runes []rune, dot int) bool {
	letter := func(i int) bool { return i >= 0 && i < len(runes) && unicode.IsLetter(runes[i]) }
	return letter(dot-1) && !letter(dot-2) && letter(dot+1) && !letter(dot+2)
}
