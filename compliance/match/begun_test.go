package match

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// TestBegun is a row for each reason for which the beginning of a word stands for it or does
// not.
func TestBegun(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{
		{"GWEN", "GWENDOLYN", begun}, {"JAY", "JAYHOON", begun}, {"TOMAKI", "TOMAKIRUVEL", begun}, {"ZEPHYR", "ZEPHYRINE", begun},
		// Near by its letters is nearer.
		{"BLOCKSWORTH", "BLOCKSWORTHS", 9_250},
		// Too short, and not the beginning.
		{"JA", "JAYHOON", 0}, {"HOON", "JAYHOON", 0}, {"GWENN", "GWENDOLYN", 0},
		// Two common names are never one.
		{"JOHN", "JOHNSON", 0}, {"ANNA", "ANNABELLA", begun}, {"MARTIN", "MARTINEZ", 0},
	} {
		a, b := hear(c.a), hear(c.b)
		if there, back := near(&a, &b, false), near(&b, &a, false); there != c.want || back != c.want {
			t.Errorf("%s and %s: %d, back %d, want %d", c.a, c.b, there, back, c.want)
		}
	}
}

// TestBegunIsReached: words that begin with one another are found among any others.
func TestBegunIsReached(t *testing.T) {
	text := rapid.StringMatching("[BAN]{1,7}")
	rapid.Check(t, func(t *rapid.T) {
		var d dictionary
		for _, word := range rapid.SliceOfN(text, 1, 30).Draw(t, "words") {
			d.id(word, false)
		}
		d.seal(nil)
		d.group()
		asked := hear(text.Draw(t, "asked"))
		cells := d.reach(&asked, false)
		for id := range int32(d.words.count()) {
			other := d.word(id)
			if got, want := find(cells, id), near(&asked, &other, false); got != want {
				t.Fatalf("%s reaches %s as %d, want %d", asked.text, other.text, got, want)
			}
		}
	})
}

// TestConsonantsTellWithoutVowels: where vowels are not written, a word agrees by its
// consonants: another or one more of them tells as much as in a word that has no others.
func TestConsonantsTellWithoutVowels(t *testing.T) {
	for _, c := range []struct {
		unwritten, written string
		near               bool
	}{
		{"MHMD", "MUHAMMAD", true}, {"KHLID", "KHALID", true}, {"BLUKSURTH", "BLOCKSWORTH", true},
		{"ZWIL", "ZEWAIL", true}, {"DRWISH", "DARWISH", true}, {"QRDAWI", "QARADAWI", true}, {"YSRA", "YUSRA", true},
		{"JABR", "JABARIN", false}, {"AZHAR", "ZAHARIN", false}, {"SMR", "SAMARAI", true}, {"TARIQ", "TARIFI", false},
		{"NUF", "NAWAFIL", false}, {"MHMD", "MAHMOUDIAN", false},
	} {
		a, b := hear(c.unwritten), hear(c.written)
		if got := near(&a, &b, true); got > 0 != c.near {
			t.Errorf("%s and %s: %d", c.unwritten, c.written, got)
		}
	}
}

// TestFreeVowelsAreNeverWorse: what is near by the letters is no less near where its vowels
// may be left out, as long as the consonants are the same.
func TestFreeVowelsAreNeverWorse(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.StringMatching(`([BDKLMNRST][AEIOU]){3,6}`).Draw(t, "word")
		bare := strings.NewReplacer("A", "", "E", "", "I", "", "O", "", "U", "").Replace(word)
		a, b := hear(bare), hear(word)
		if a.sound == "" || len(frame(a.sound)) != len(bare) {
			t.Skip("a consonant is doubled")
		}
		free := similarity(&a, &b, true)
		if free < nearFrom-500 || free < similarity(&a, &b, false) {
			t.Fatalf("%s and %s are similar to %d, with vowels %d", bare, word, free, similarity(&a, &b, false))
		}
	})
}

// TestNamesAreKnownByTheirSound: a name belongs to its group however it is spelt, unless it
// is too short to be told by its sound.
func TestNamesAreKnownByTheirSound(t *testing.T) {
	for _, pair := range [][2]string{
		{"YURII", "JURIJ"}, {"DMITRII", "DIMITRI"}, {"VIKTTOR", "VITTORIO"}, {"MOHAMMAAD", "MEHMET"},
	} {
		if !share(tables.groupsOf(pair[0]), tables.groupsOf(pair[1])) {
			t.Errorf("%v are two", pair)
		}
	}
	for _, word := range []string{"LEA", "LIE", "BLOCKSWORTH", "TOMAKIRU"} {
		if groups := tables.groupsOf(word); groups != nil {
			t.Errorf("%s is in %v", word, groups)
		}
	}
}

// TestSpelledOut: runs of letters that may be initials, and what is taken for none.
func TestSpelledOut(t *testing.T) {
	for name, want := range map[string]string{
		"W. B. Yeats": "W B YEATS", "W.B. Yeats": "W B YEATS", "W B Yeats": "W B YEATS", "Yeats W.B.": "YEATS W B",
		"В.В. Блоксворт": "V V BLOKSVORT", "WB Yeats": "", "S.A. Dockside": "", "Dockside B.V.": "", "A.B.C. Dockside": "",
		"W.B.": "", "Yeats": "", "": "", "J.P. Dockside L.K.": "J P DOCKSIDE L K",
	} {
		tokens := spelledOut(fold(name, false, chinese))
		var words []string
		for _, token := range tokens {
			words = append(words, token.text)
			if len(token.text) == 1 && token.class != initial {
				t.Errorf("%q has the word %q", name, token.text)
			}
		}
		if got := strings.Join(words, " "); got != want {
			t.Errorf("%q is %q, want %q", name, got, want)
		}
	}
}

// TestIndic reads letters with the vowels that are not written, and without those that are
// taken off.
func TestIndic(t *testing.T) {
	for text, want := range map[string]string{
		"राजेश": "RAAJESH", "कुमार": "KUMAAR", "नरेन्द्र": "NARENDRA", "बच्चन": "BACHCHAN", "सचिन": "SACHIN", "शर्मा": "SHARMAA",
		"মোহন": "MOHAN", "রায়": "RAAY", "ਸਿੰਘ": "SINGH", "ગૌતમ": "GAUTAM", "கலாம்": "KALAAM", "చిరంజీవి": "CHIRANJIIVI",
		"ಕುಮಾರ": "KUMAAR", "രാജ": "RAAJ",
	} {
		got, _ := romanise(text, chinese)
		if soundOf(clean(got.latin)) != soundOf(want) {
			t.Errorf("%s is %q, want %q", text, got.latin, want)
		}
	}
}

// TestChineseWords: what is a word of companies in characters is that word, in either way to
// write them, and names of people are read by syllables.
func TestChineseWords(t *testing.T) {
	for text, want := range map[string]string{
		"智能電子有限公司": "ZHI NENG ELECTRONICS LTD", "智能电子有限公司": "ZHI NENG ELECTRONICS LTD",
		"深圳贸易集团": "SHENZHEN TRADING GROUP", "张国际": "ZHANG INTERNATIONAL", "张伟": "ZHANG WEI", "李娜": "LI NA",
		"中国石油股份有限公司": "CHINA PETROLEUM LTD", "公": "GONG",
	} {
		var words []string
		for _, token := range fold(text, false, chinese) {
			words = append(words, token.text)
		}
		if got := strings.Join(words, " "); got != want {
			t.Errorf("%s is %q, want %q", text, got, want)
		}
	}
	for text := range tables.chinese {
		if length := len([]rune(text)); length > hanWord {
			t.Errorf("%s has %d characters", text, length)
		}
	}
}

// TestSemivowels: letters that are vowels or consonants are what stands behind them makes
// them, and Persian words are read as Persians do.
func TestSemivowels(t *testing.T) {
	for text, want := range map[string]string{
		"زويل": "ZWIL", "درويش": "DRWISH", "جوهر": "JUHR", "نوري": "NURI", "رياض": "RYAD", "وليد": "WALID", "طه": "TAH",
		"رضایی": "RZAII", "ذبیح": "ZBIH", "كلثوم": "KLTHUM", "عوز": "AUZ", "עוז": "OZ", "אולמרט": "OLMRT", "דויד": "DVID", "שרון": "SHRUN",
	} {
		if got, _ := romanise(text, chinese); got.latin != want {
			t.Errorf("%s is %q, want %q", text, got.latin, want)
		}
	}
}
