package match

import (
	"strings"
	"unicode/utf8"
)

// spokenAbjad reads Arabic and Hebrew: known words as they are spoken, the
// article apart, other words by their letters.
func spokenAbjad(text string) string {
	if spoken, ok := tables.words[text]; ok {
		return spoken
	}
	if rest, ok := strings.CutPrefix(text, "ال"); ok && utf8.RuneCountInString(rest) > 2 {
		return "AL " + spokenAbjad(rest)
	}
	if rest, ok := strings.CutPrefix(text, "عبد"); ok && utf8.RuneCountInString(rest) > 2 {
		return "ABD " + spokenAbjad(rest)
	}
	latin := spellAbjad(text)
	if strings.HasPrefix(latin, "AO") {
		latin = latin[1:]
	}
	if scriptOf([]rune(text)[0]) == abjad && strings.HasPrefix(latin, "U") {
		latin = "W" + latin[1:]
	}
	if strings.HasPrefix(latin, "I") && len(latin) > 1 {
		latin = "Y" + latin[1:]
	}
	return latin
}

// persian are letters that Arabs do not have, by which words of Persians and their neighbours
// are told; persianLetters are those that they speak otherwise.
const persian = "یکگپچژ"

var persianLetters = map[rune]string{'ض': "Z", 'ذ': "Z", 'ث': "S"}

// spellAbjad writes letter by letter, with the vowel that is not written where a letter and
// an H would else be read as one sound: Sahar is no Shar.
func spellAbjad(text string) string {
	spelt := make([]byte, 0, len(text)+1)
	runes, isPersian := []rune(text), strings.ContainsAny(text, persian)
	for i, r := range runes {
		letter := semivowel(runes, i)
		if letter == "" && isPersian {
			letter = persianLetters[r]
		}
		if letter == "" {
			letter = spell(string(r))
		}
		if letter == "H" && len(spelt) > 0 && strings.IndexByte("CDGKPSTZ", spelt[len(spelt)-1]) >= 0 {
			letter = "AH"
		}
		spelt = append(spelt, letter...)
	}
	return string(spelt)
}

// semivowel is the consonant that a letter stands for which else is a vowel: where another
// vowel is written behind it, or, at the beginning of a Hebrew word, what it makes of a
// letter without a sound.
func semivowel(runes []rune, i int) string {
	next := func(letters string) bool {
		return i > 0 && i+1 < len(runes) && strings.ContainsRune(letters, runes[i+1])
	}
	switch r := runes[i]; {
	case r == 'و' && next("اوييی"):
		return "W"
	case (r == 'ي' || r == 'ی') && next("او"):
		return "Y"
	case r == 'ו' && next("יו"):
		return "V"
	case r == 'ו' && i == 1 && (runes[0] == 'א' || runes[0] == 'ע'):
		return "O"
	}
	return ""
}
