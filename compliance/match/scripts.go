package match

import (
	"cmp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/mozillazg/go-unidecode"
	"golang.org/x/text/unicode/norm"
)

// script is how the letters of a word become Latin ones.
type script uint8

const (
	latin script = iota
	cyrillic
	greek
	abjad // Arabic and Hebrew: vowels are mostly not written
	hangul
	han
	thai
	other
)

func scriptOf(r rune) script {
	switch {
	case r < 0x250, unicode.Is(unicode.Latin, r):
		return latin
	case unicode.Is(unicode.Cyrillic, r):
		return cyrillic
	case unicode.Is(unicode.Greek, r):
		return greek
	case unicode.Is(unicode.Arabic, r), unicode.Is(unicode.Hebrew, r):
		return abjad
	case unicode.Is(unicode.Hangul, r):
		return hangul
	case unicode.Is(unicode.Han, r), r == '々':
		return han
	case unicode.Is(unicode.Thai, r):
		return thai
	}
	return other
}

// reading says which language Chinese characters are read in.
type reading uint8

const (
	chinese reading = iota
	japanese
	korean
)

// word is a run of letters of one name, with its romanisation, which may be
// several words.
type word struct {
	latin string
	abjad bool
	// syllable words are written a character at a time.
	syllable bool
}

// romanise writes a word in capital Latin letters. The second result is false
// when the word cannot be read in the language asked for.
func romanise(text string, as reading) (word, bool) {
	if isASCII(text) {
		return word{latin: strings.ToUpper(text)}, true
	}
	text = plain(text)
	switch main := scriptOfWord(text); main {
	case cyrillic, latin, greek:
		return word{latin: spell(greekPairs.Replace(southSlavic(strings.ToLower(unmask(text, main)))))}, true
	case abjad:
		return word{latin: spokenAbjad(text), abjad: true}, true
	case han:
		latin, ok := spokenHan(text, as)
		return word{latin: latin, syllable: as != japanese}, ok
	case thai:
		// The table of letters doubles the first sound of jo jan.
		return word{latin: strings.ReplaceAll(decode(thaiOrder(text)), "CCH", "CH")}, true
	case hangul:
		return word{latin: spokenHangul(text), syllable: true}, true
	}
	if first, _ := utf8.DecodeRuneInString(text); first >= indicFirst && first <= indicLast {
		return word{latin: spokenIndic(text)}, true
	}
	return word{latin: spokenKana(text)}, true
}

func isASCII(text string) bool {
	for i := range len(text) {
		if text[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// plain takes the marks off, but leaves Hangul syllables, the voiced kana of Japan and
// the vowel signs of India and Thailand, which are letters in their own right.
func plain(text string) string {
	var b strings.Builder
	text = norm.NFKC.String(text)
	for len(text) > 0 {
		r, size := utf8.DecodeRuneInString(text)
		letter := text[:size]
		text = text[size:]
		if unicode.In(r, unicode.Hangul, unicode.Hiragana, unicode.Katakana) {
			b.WriteRune(r)
			continue
		}
		b.WriteString(withoutMarks(letter))
	}
	return b.String()
}

// stretcher makes an Arabic word as long as a line.
const stretcher = '\u0640'

// withoutMarks takes the marks off a letter. Vowel signs of India that are written in two
// parts stay whole.
func withoutMarks(letter string) string {
	apart := norm.NFKD.String(letter)
	base := strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) && !isVowelSign(r) || r == stretcher {
			return -1
		}
		return r
	}, apart)
	if base == apart {
		return letter
	}
	return base
}

// isVowelSign tells the marks that are vowels, in the scripts of India and
// Thailand, from those that are accents.
func isVowelSign(r rune) bool {
	const indianFirst = 0x900
	return r >= indianFirst && scriptOf(r) == other || scriptOf(r) == thai
}

// scriptOfWord returns the script of most letters, of those first that look like none of
// another script.
func scriptOfWord(text string) script {
	var counts [other + 1]struct{ telling, all int }
	best := latin
	for _, r := range text {
		s := scriptOf(r)
		counts[s].all++
		if !hasTwin(r) {
			counts[s].telling++
		}
	}
	for s := range counts {
		if cmp.Or(cmp.Compare(counts[s].telling, counts[best].telling), cmp.Compare(counts[s].all, counts[best].all)) > 0 {
			best = script(s)
		}
	}
	return best
}

// hasTwin says whether a letter looks like one of another script.
func hasTwin(r rune) bool {
	for _, twins := range lookalikes {
		if _, ok := twins[r]; ok {
			return true
		}
	}
	return false
}

// unmask replaces letters that only look like those of the word's script: a
// Cyrillic "о" inside a Latin word, or the other way round.
func unmask(text string, main script) string {
	return strings.Map(func(r rune) rune {
		if s := scriptOf(r); s != main {
			if twin, ok := lookalikes[main][r]; ok {
				return twin
			}
		}
		return r
	}, text)
}

// lookalikes has, for each script, the letters of others that look like its own: as they
// are written, for capitals look like others than small ones.
var lookalikes = map[script]map[rune]rune{
	latin: twins("АAВBСCЕEНHІIЈJКKМMОOРPЅSТTХXУY" + "аaвbсcеeнhіiјjкkмmоoрpѕsтtхxуyһhԁdԛqԝwӏl" +
		"ΑAΒBΕEΖZΗHΙIΚKΜMΝNΟOΡPΤTΥYΧX" + "αaβbεeηnιiκkνvοoρpτtυuχx"),
	cyrillic: twins("AАBВCСEЕHНIІKКMМOОPРTТXХYУ" + "aаbвcсeеhнiіkкmмoоpрtтxхyу"),
	greek:    twins("AΑBΒEΕZΖHΗIΙKΚMΜNΝOΟPΡTΤXΧYΥ" + "aαbβeεiιkκnηoοpρtτuυvνxχ"),
}

// twins reads pairs of letters.
func twins(pairs string) map[rune]rune {
	all := map[rune]rune{}
	letters := []rune(pairs)
	for i := 0; i < len(letters); i += 2 {
		all[letters[i]] = letters[i+1]
	}
	return all
}

var greekPairs = strings.NewReplacer("ου", "u", "μπ", "b", "ντ", "nt", "γγ", "ng", "γκ", "gk", "ευ", "ev", "αυ", "av",
	"ει", "i", "οι", "i", "αι", "e", "τζ", "tz")

// southSlavic writes the ts of words with a letter that only Serbs and Macedonians have as
// they do in Latin.
func southSlavic(text string) string {
	if !strings.ContainsAny(text, "љњћђџј") {
		return text
	}
	return strings.ReplaceAll(text, "ц", "c")
}

// spell writes letter by letter.
func spell(text string) string {
	var b strings.Builder
	for _, r := range text {
		if latin, ok := tables.letters[unicode.ToLower(r)]; ok {
			b.WriteString(latin)
		} else if r < utf8.RuneSelf {
			b.WriteRune(unicode.ToUpper(r))
		} else {
			b.WriteString(decode(string(r)))
		}
	}
	return b.String()
}

// decode is the last resort: a letter or syllable at a time, of any script.
func decode(text string) string {
	var b strings.Builder
	for _, r := range text {
		latin, ok := tables.letters[r]
		if !ok {
			if latin = decodeLetter(r); latin == "" {
				// Of some letters only the capitals are known, or only the others.
				latin = decodeLetter(unicode.ToLower(r)) + decodeLetter(unicode.ToUpper(r))
			}
		}
		b.WriteString(latin)
	}
	return b.String()
}

func decodeLetter(r rune) string {
	return clean(strings.ToUpper(unidecode.Unidecode(string(r))))
}

// digit returns a digit of any script as that of ASCII: Unicode has them in tens, each from
// nought to nine.
func digit(r rune) rune {
	for _, tens := range unicode.Nd.R16 {
		if r >= rune(tens.Lo) && r <= rune(tens.Hi) {
			return '0' + (r-rune(tens.Lo))%10
		}
	}
	for _, tens := range unicode.Nd.R32 {
		if r >= rune(tens.Lo) && r <= rune(tens.Hi) {
			return '0' + (r-rune(tens.Lo))%10
		}
	}
	return r
}

// hanWord is how many characters the longest known word has.
const hanWord = 6

// spokenHan reads Chinese characters: known words, and others each as a syllable where
// that is Chinese. Japanese names are read by whole words, Korean ones by syllables; a
// character without such a reading ends the attempt.
func spokenHan(text string, as reading) (string, bool) {
	known := [...]map[string]string{chinese: tables.chinese, japanese: tables.japanese, korean: tables.hanja}[as]
	var words []string
	for runes := []rune(text); len(runes) > 0; {
		taken, spoken := 1, ""
		for length := min(hanWord, len(runes)); length > 0 && spoken == ""; length-- {
			taken, spoken = length, known[string(runes[:length])]
		}
		if spoken == "" && as != chinese {
			return "", false
		}
		words = append(words, cmp.Or(spoken, decode(string(runes[0]))))
		runes = runes[taken:]
	}
	return strings.Join(words, " "), true
}

// thaiSilencer is above a consonant that is not spoken, nor the vowel that it may have.
const thaiSilencer = '\u0e4c'

// thaiSpoken leaves out what is not spoken.
func thaiSpoken(runes []rune) []rune {
	var spoken []rune
	for _, r := range runes {
		if r != thaiSilencer {
			spoken = append(spoken, r)
			continue
		}
		end := len(spoken)
		if end > 1 && isThaiVowel(spoken[end-1]) {
			end--
		}
		spoken = spoken[:max(0, end-1)]
	}
	return spoken
}

// isThaiVowel says whether it is a vowel above or below a consonant.
func isThaiVowel(r rune) bool { return r >= '\u0e31' && r <= '\u0e3a' }

// thaiOrder puts vowels that are written before their consonant behind it.
func thaiOrder(text string) string {
	runes := thaiSpoken([]rune(text))
	for i := 0; i+1 < len(runes); i++ {
		if runes[i] >= 'เ' && runes[i] <= 'ไ' {
			runes[i], runes[i+1] = runes[i+1], runes[i]
			i++
		}
	}
	return string(runes)
}

// The parts of a Hangul syllable in the order of Unicode, written as names are.
var (
	hangulInitials = strings.Split("G GG N D DD R M B BB S SS  J JJ CH K T P H", " ")
	hangulVowels   = strings.Split("A AE YA YAE EO E YEO YE O WA WAE OE YO U WO WE WI YU EU UI I", " ")
	hangulFinals   = strings.Split(" K K K N N N T L K M L L L P L M P P T T NG T T K T P T", " ")
)

const (
	hangulFirst     = 0xAC00
	hangulLast      = 0xD7A3
	hangulOfVowel   = 28
	hangulOfInitial = 588
)

// spokenHangul reads Korean, each syllable a word; the first of a name as family
// names are written.
func spokenHangul(text string) string {
	var syllables []string
	for i, r := range []rune(text) {
		if spoken, ok := familyNames[r]; ok && i == 0 {
			syllables = append(syllables, spoken)
			continue
		}
		if r < hangulFirst || r > hangulLast {
			continue
		}
		s := int(r) - hangulFirst
		syllables = append(syllables, hangulInitials[s/hangulOfInitial]+
			hangulVowels[s%hangulOfInitial/hangulOfVowel]+hangulFinals[s%hangulOfVowel])
	}
	return strings.Join(syllables, " ")
}

var familyNames = map[rune]string{
	'김': "KIM", '이': "LEE", '박': "PARK", '최': "CHOI", '정': "JUNG", '강': "KANG", '조': "CHO", '윤': "YOON",
	'임': "LIM", '오': "OH", '신': "SHIN", '권': "KWON", '노': "ROH", '고': "KO", '구': "KOO", '우': "WOO", '류': "RYU",
	'유': "YOO", '문': "MOON", '리': "RI", '주': "JU", '전': "JEON", '곽': "KWAK",
}
