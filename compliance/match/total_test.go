package match

import (
	"strings"
	"testing"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// letterOfWord is what a letter becomes in a name of one word.
func letterOfWord(r rune) string {
	w, _ := romanise(string(r), chinese)
	return clean(strings.ReplaceAll(w.latin, " ", ""))
}

// TestEveryLetterIsRead: no letter of a living script vanishes, but for those that have no
// sound.
func TestEveryLetterIsRead(t *testing.T) {
	silent := map[rune]bool{
		'ъ': true, 'ь': true, 'Ъ': true, 'Ь': true, 'Ӏ': true, 'ӏ': true, 'ҍ': true, 'Ҍ': true, 'ء': true, 'ٴ': true, 'ـ': true, 'อ': true, 'っ': true, 'ッ': true, 'ｯ': true,
	}
	for _, block := range []struct {
		name        string
		first, last rune
		script      *unicode.RangeTable
	}{
		{"Latin", 0x41, 0x1BF, unicode.Latin}, {"Latin additional", 0x1E00, 0x1E9B, unicode.Latin},
		{"wide Latin", 0xFF21, 0xFF5A, unicode.Latin}, {"Vietnamese", 0x1EA0, 0x1EF9, unicode.Latin}, {"Greek", 0x386, 0x3CE, unicode.Greek},
		{"Greek of old", 0x1F00, 0x1FFF, unicode.Greek}, {"Cyrillic", 0x400, 0x52F, unicode.Cyrillic},
		{"Armenian", 0x561, 0x587, unicode.Armenian}, {"Hebrew", 0x5D0, 0x5F2, unicode.Hebrew},
		{"Arabic", 0x620, 0x6FF, unicode.Arabic}, {"Devanagari", 0x904, 0x939, unicode.Devanagari},
		{"Bengali", 0x985, 0x9B9, unicode.Bengali}, {"Gurmukhi", 0xA05, 0xA39, unicode.Gurmukhi},
		{"Gujarati", 0xA8F, 0xAB9, unicode.Gujarati}, {"Oriya", 0xB05, 0xB39, unicode.Oriya},
		{"Tamil", 0xB85, 0xBB9, unicode.Tamil}, {"Telugu", 0xC05, 0xC33, unicode.Telugu},
		{"Kannada", 0xC85, 0xCB9, unicode.Kannada}, {"Malayalam", 0xD05, 0xD39, unicode.Malayalam},
		{"Sinhala", 0xD85, 0xDC6, unicode.Sinhala}, {"Thai", 0xE01, 0xE2E, unicode.Thai}, {"Lao", 0xE99, 0xE9F, unicode.Lao},
		{"Myanmar", 0x1000, 0x1021, unicode.Myanmar}, {"Georgian", 0x10D0, 0x10F6, unicode.Georgian},
		{"Georgian capitals", 0x1C90, 0x1CB6, unicode.Georgian},
		{"Khmer", 0x1780, 0x17B3, unicode.Khmer}, {"Mongolian", 0x1820, 0x1842, unicode.Mongolian},
		{"Hiragana", 0x3041, 0x3096, unicode.Hiragana}, {"Katakana", 0x30A1, 0x30FA, unicode.Katakana},
		{"narrow Katakana", 0xFF66, 0xFF9D, unicode.Katakana}, {"Han", 0x4E00, 0x9FA5, unicode.Han},
		{"Hangul", 0xAC00, 0xD7A3, unicode.Hangul},
	} {
		var lost []string
		for r := block.first; r <= block.last; r++ {
			if unicode.IsLetter(r) && unicode.Is(block.script, r) && letterOfWord(r) == "" && !silent[r] {
				lost = append(lost, string(r))
			}
		}
		// One of a hundred Chinese characters is of old books only.
		if len(lost) > 0 && (block.script != unicode.Han || len(lost) > int(block.last-block.first)/75) {
			t.Errorf("%s: %d are lost: %.200s", block.name, len(lost), strings.Join(lost, " "))
		}
	}
}

// TestEveryDigitIsRead: digits of every script are those of ASCII.
func TestEveryDigitIsRead(t *testing.T) {
	for _, zero := range "0٠۰०০੦૦୦௦౦೦൦๐໐༠၀០᠐０" {
		for i := range 10 {
			r := zero + rune(i)
			want := rune('0' + i)
			if got := digit([]rune(norm.NFKC.String(string(r)))[0]); got != want {
				t.Errorf("%c is %c, want %c", r, got, want)
			}
			if got := letterOfWord(r); got != string(want) {
				t.Errorf("%c is %q in a name, want %c", r, got, want)
			}
		}
	}
}

// TestFormsOfALetterAreOne: the shapes that a letter has at the ends of an Arabic or Hebrew
// word, and in old encodings, are the letter.
func TestFormsOfALetterAreOne(t *testing.T) {
	for r := rune(0xFB1D); r <= 0xFEFC; r++ {
		if !unicode.IsLetter(r) || !unicode.In(r, unicode.Arabic, unicode.Hebrew) {
			continue
		}
		base := norm.NFKC.String(string(r))
		want, _ := romanise(base, chinese)
		if got, _ := romanise(string(r), chinese); got != want {
			t.Errorf("%c is %q, %q is %q", r, got.latin, base, want.latin)
		}
	}
}

// TestMarksChangeNoLetter: a letter with accents, breves, vowel points and the like is read
// as the letter without, but for those that Unicode itself holds apart.
func TestMarksChangeNoLetter(t *testing.T) {
	for r := rune(0xC0); r < 0x2000; r++ {
		apart := []rune(norm.NFD.String(string(r)))
		if !unicode.IsLetter(r) || len(apart) < 2 || scriptOf(r) == other {
			continue
		}
		if got, want := letterOfWord(r), letterOfWord(apart[0]); got != want {
			t.Errorf("%c is %q, %c is %q", r, got, apart[0], want)
		}
	}
}

// TestCaseChangesNoLetter holds capitals to small letters, in every script that has both.
func TestCaseChangesNoLetter(t *testing.T) {
	for r := rune('a'); r < 0x2000; r++ {
		upper := unicode.ToUpper(r)
		if upper == r || unicode.ToLower(upper) != r {
			continue
		}
		small, capital := letterOfWord(r), letterOfWord(upper)
		if small != capital {
			t.Errorf("%c is %q, %c is %q", r, small, upper, capital)
		}
	}
}

// TestHangulByItsParts reads every syllable by the parts that Unicode takes it apart into.
func TestHangulByItsParts(t *testing.T) {
	if len(hangulInitials) != 19 || len(hangulVowels) != 21 || len(hangulFinals) != 28 {
		t.Fatalf("%d initials, %d vowels, %d finals", len(hangulInitials), len(hangulVowels), len(hangulFinals))
	}
	const firstInitial, firstVowel, beforeFinals = 0x1100, 0x1161, 0x11A7
	for r := rune(hangulFirst); r <= hangulLast; r++ {
		parts := []rune(norm.NFD.String(string(r)))
		want := hangulInitials[parts[0]-firstInitial] + hangulVowels[parts[1]-firstVowel]
		if len(parts) == 3 {
			want += hangulFinals[parts[2]-beforeFinals]
		}
		// Behind another syllable none is a family name.
		if got := strings.Fields(spokenHangul("하" + string(r))); len(got) != 2 || got[1] != want {
			t.Fatalf("%c is %q, want %q", r, got, want)
		}
		composed, _ := romanise(string(r), chinese)
		if apart, _ := romanise(string(parts), chinese); apart != composed {
			t.Fatalf("%c is %q, taken apart %q", r, composed.latin, apart.latin)
		}
	}
}

// TestKanaByHepburn is the table of syllables as every Japanese passport has them, in both
// kana.
func TestKanaByHepburn(t *testing.T) {
	for _, row := range []string{
		"あA いI うU えE おO", "かKA きKI くKU けKE こKO", "さSA しSHI すSU せSE そSO", "たTA ちCHI つTSU てTE とTO",
		"なNA にNI ぬNU ねNE のNO", "はHA ひHI ふFU へHE ほHO", "まMA みMI むMU めME もMO", "やYA ゆYU よYO",
		"らRA りRI るRU れRE ろRO", "わWA んN", "がGA ぎGI ぐGU げGE ごGO", "ざZA じJI ずZU ぜZE ぞZO", "だDA ぢJI でDE どDO",
		"ばBA びBI ぶBU べBE ぼBO", "ぱPA ぴPI ぷPU ぺPE ぽPO", "きゃKYA きゅKYU きょKYO", "しゃSHA しゅSHU しょSHO",
		"ちゃCHA ちゅCHU ちょCHO", "にゃNYA にゅNYU にょNYO", "ひゃHYA ひゅHYU ひょHYO", "みゃMYA みゅMYU みょMYO",
		"りゃRYA りゅRYU りょRYO", "ぎゃGYA ぎゅGYU ぎょGYO", "じゃJA じゅJU じょJO", "びゃBYA びゅBYU びょBYO",
		"ぴゃPYA ぴゅPYU ぴょPYO",
	} {
		for pair := range strings.FieldsSeq(row) {
			kana := strings.TrimRight(pair, "ABCDEFGHIJKLMNOPQRSTUVWXYZ")
			want := strings.TrimPrefix(pair, kana)
			katakana := strings.Map(func(r rune) rune { return r + 'ア' - 'あ' }, kana)
			for _, text := range []string{kana, katakana, norm.NFD.String(kana), norm.NFD.String(katakana)} {
				if got, _ := romanise(text, chinese); got.latin != want {
					t.Errorf("%s is %q, want %q", text, got.latin, want)
				}
			}
		}
	}
}

// TestReadingsDifferOnlyForHan: what has no Chinese character is read in one way.
func TestReadingsDifferOnlyForHan(t *testing.T) {
	for _, text := range []string{"Viktor", "Виктор", "محمد", "김", "さとう", "สมชาย", "נועם", "Νίκος"} {
		first, _ := romanise(text, chinese)
		for _, as := range []reading{japanese, korean} {
			if got, ok := romanise(text, as); !ok || got != first {
				t.Errorf("%s is %q, and %q in %d", text, first.latin, got.latin, as)
			}
		}
		if hasHan(text) || len(readings(text, false)) != 1 {
			t.Errorf("%s is read in several ways", text)
		}
	}
}

// TestHanTables: each row of the tables of readings is of Chinese characters that the other
// readings know, too, and says what it is read as in capital letters.
func TestHanTables(t *testing.T) {
	for name, table := range map[string]map[string]string{"japanese": tables.japanese, "hanja": tables.hanja} {
		for text, latin := range table {
			for _, r := range text {
				if scriptOf(r) != han {
					t.Errorf("%s: %q is no Chinese character", name, text)
				}
			}
			if clean(latin) != latin || latin == "" {
				t.Errorf("%s: %s is read %q", name, text, latin)
			}
			if got, ok := spokenHan(text, chinese); !ok || strings.TrimSpace(got) == "" {
				t.Errorf("%s: %s has no Chinese reading", name, text)
			}
		}
	}
	for text := range tables.hanja {
		if len([]rune(text)) != 1 {
			t.Errorf("%s is more than a syllable", text)
		}
	}
	for text := range tables.japanese {
		// A longer one would never be looked up.
		if len([]rune(text)) > 4 {
			t.Errorf("%s is too long", text)
		}
	}
}

// TestLookalikesAreOfOtherScripts: each pair leads from a letter of another script to one
// of its own, and capitals to capitals.
func TestLookalikesAreOfOtherScripts(t *testing.T) {
	for main, twins := range lookalikes {
		for from, to := range twins {
			if scriptOf(from) == main || scriptOf(to) != main {
				t.Errorf("%c to %c in %d", from, to, main)
			}
			if unicode.IsUpper(from) != unicode.IsUpper(to) && from != 'ӏ' {
				t.Errorf("%c is no twin of %c", from, to)
			}
		}
	}
}
