package match

import "strings"

// The scripts of India lie one behind the other in Unicode, each with its letters at the same
// places.
const (
	indicFirst = 0x0900
	indicLast  = 0x0D7F
	indicBlock = 0x80

	indicVowel      = 0x05
	indicConsonant  = 0x15
	indicBehind     = 0x3A // what is behind the consonants
	indicNukta      = 0x3C // a dot that makes another consonant of one
	indicVowelSign  = 0x3E
	indicVirama     = 0x4D // says that a consonant has no vowel
	indicBehindThat = 0x4E
)

// indicLetters are those that are written otherwise than scholars do, and the vowels of
// English words.
var indicLetters = map[rune]string{
	0x1A: "CH", 0x1B: "CH", 0x36: "SH", 0x37: "SH", 0x70: "N", 0x0D: "E", 0x11: "O", 0x45: "E", 0x49: "O",
}

// spokenIndic reads the scripts of India: a consonant has the vowel A behind it unless
// another one is written, a virama takes it off, or the word ends there.
func spokenIndic(text string) string {
	var b strings.Builder
	runes := []rune(text)
	for i, r := range runes {
		if r < indicFirst || r > indicLast {
			b.WriteString(decode(string(r)))
			continue
		}
		at := (r - indicFirst) % indicBlock
		if letter, ok := indicLetters[at]; ok {
			b.WriteString(letter)
		} else if at != indicNukta && at != indicVirama {
			b.WriteString(decode(string(r)))
		}
		if hasInherentVowel(runes, i) {
			b.WriteString("A")
		}
	}
	return b.String()
}

// hasInherentVowel says whether a vowel is spoken behind a letter that is not written: one at
// the end of a word is spoken only behind several consonants.
func hasInherentVowel(runes []rune, i int) bool {
	place := func(i int) rune {
		if i < 0 || i >= len(runes) || runes[i] < indicFirst || runes[i] > indicLast {
			return 0
		}
		return (runes[i] - indicFirst) % indicBlock
	}
	consonant := i
	if place(i) == indicNukta {
		consonant = i - 1
	}
	if at := place(consonant); at < indicConsonant || at >= indicBehind {
		return false
	}
	switch next := place(i + 1); {
	case next == 0:
		return place(consonant-1) == indicVirama
	case next == indicNukta, next >= indicVowelSign && next < indicBehindThat:
		return false
	}
	return true
}
