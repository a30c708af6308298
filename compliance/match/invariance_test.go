package match_test

import (
	"slices"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"

	"github.com/causeway-pay/causeway/compliance/match"
)

// people are names as their owners write them.
var people = []string{
	"Viktor Blocksworth", "José Núñez", "Łukasz Wójcik", "Jürgen Strauß", "Nguyễn Văn Đức", "Søren Ågård", "Şükrü Özgür",
	"Jiří Dvořák", "Þórður Jónsson", "François Lefèvre", "Gheorghe Țiriac", "Ąžuolas Šimkus", "Dockside Trading Ltd",
	"Юлия Щербакова", "Фёдор Хрущёв", "Їжакевич Андрій", "Ђорђе Љубичић", "Νικόλαος Παπαδόπουλος", "Ευάγγελος Μπακογιάννης",
	"محمد القحطاني", "رضا پهلوان", "عمران قریشی", "יצחק רבין", "נועם מזרחי",
	"ნინო ხარაძე", "Սերժ Սարգսյան", "नरेन्द्र मोदी", "মোহন রায়", "சுந்தர் பிச்சை", "ਮਨਮੋਹਨ ਸਿੰਘ", "ગૌતમ શાહ",
	"สมศักดิ์ จันทร์", "金正恩", "欧阳修", "鈴木一郎", "さとう けんじ", "がくと ぱく", "トヨタ ジロウ", "김정은", "박지성",
}

// change is what may be done to a name without making it another.
type change struct {
	name string
	of   func(t *rapid.T, name string) string
}

// everywhere writes something behind some of the letters of a name.
func everywhere(marks ...string) func(t *rapid.T, name string) string {
	return func(t *rapid.T, name string) string {
		var b strings.Builder
		for _, r := range name {
			if b.WriteRune(r); unicode.IsLetter(r) && rapid.IntRange(0, 2).Draw(t, "here") == 0 {
				b.WriteString(rapid.SampledFrom(marks).Draw(t, "mark"))
			}
		}
		return b.String()
	}
}

// between writes something in the place of blanks.
func between(parts ...string) func(t *rapid.T, name string) string {
	return func(t *rapid.T, name string) string {
		return strings.ReplaceAll(name, " ", rapid.SampledFrom(parts).Draw(t, "between"))
	}
}

func always(of func(string) string) func(*rapid.T, string) string {
	return func(_ *rapid.T, name string) string { return of(name) }
}

func wide(name string) string {
	return strings.Map(func(r rune) rune {
		if r > ' ' && r < 0x7f {
			return r - '!' + '！'
		}
		return r
	}, name)
}

func circled(name string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'A' && r <= 'Z':
			return r - 'A' + 'Ⓐ'
		case r >= 'a' && r <= 'z':
			return r - 'a' + 'ⓐ'
		}
		return r
	}, name)
}

var changes = []change{
	{"upper case", always(strings.ToUpper)}, {"lower case", always(strings.ToLower)}, {"title case", always(strings.ToTitle)},
	{"composed", always(norm.NFC.String)}, {"decomposed", always(norm.NFD.String)},
	{"composed compatibly", always(norm.NFKC.String)}, {"decomposed compatibly", always(norm.NFKD.String)},
	{"nothing that is seen", everywhere("\u200b", "\u200c", "\u200d", "\u2060", "\ufeff", "\u00ad")},
	{"directions", everywhere("\u200e", "\u200f", "\u202a", "\u202b", "\u202c", "\u202d", "\u202e", "\u2066", "\u2069", "\u061c")},
	{"apostrophes", everywhere("'", "’", "`", "ʼ", "׳")},
	{"bytes that are no character", everywhere("\xff", "\xc3", "\ufffd")},
	{"blanks", between("  ", "\t", "\u00a0", "\u3000", "\u2003", "\n", "\u202f")},
	{"punctuation", between(", ", "/", " - ", "_", " · ", "・", "; ", " (", "、", "،", "־", "–")},
	{"blanks around", always(func(name string) string { return " \t" + name + "\u3000 " })},
	{"width", always(wide)}, {"circles", always(circled)},
}

// TestFoldIgnoresHowItIsWritten: whatever is done to a name that makes it no other, and one
// thing after another, its words stay the same.
func TestFoldIgnoresHowItIsWritten(t *testing.T) {
	for _, c := range changes {
		t.Run(c.name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				name := rapid.SampledFrom(people).Draw(t, "name")
				changed := c.of(t, name)
				if rapid.Bool().Draw(t, "again") {
					changed = rapid.SampledFrom(changes).Draw(t, "other").of(t, changed)
				}
				if mayBeCut(name) || mayBeCut(strings.TrimSpace(changed)) || len([]rune(changed)) > match.NameMax {
					t.Skip("may have been cut")
				}
				if want, got := match.Fold(name), match.Fold(changed); !slices.Equal(want, got) {
					t.Fatalf("%q is %q, %q is %q", name, want, changed, got)
				}
			})
		})
	}
}

// TestScoreIgnoresHowItIsWritten: a name as somebody else writes it scores with any other
// as it does itself, whichever of the two is listed.
func TestScoreIgnoresHowItIsWritten(t *testing.T) {
	x := index("Filler One", "Filler Two")
	rapid.Check(t, func(t *rapid.T) {
		name, other := rapid.SampledFrom(people).Draw(t, "name"), rapid.SampledFrom(people).Draw(t, "other")
		changed := rapid.SampledFrom(changes).Draw(t, "change").of(t, name)
		if mayBeCut(name) || mayBeCut(strings.TrimSpace(changed)) || mayBeCut(other) || len([]rune(changed)) > match.NameMax {
			t.Skip("may have been cut")
		}
		if want, got := x.Compare(name, other).Score, x.Compare(changed, other).Score; want != got {
			t.Fatalf("%q with %q: %d, as %q %d", name, other, want, changed, got)
		}
		if want, got := x.Compare(other, name).Score, x.Compare(other, changed).Score; want != got {
			t.Fatalf("%q listed, with %q: %d, as %q %d", name, other, want, changed, got)
		}
	})
}

// TestScoreIgnoresOrderInEveryScript: the order of words changes no score, but for those
// of which a single letter becomes the neighbour of another one.
func TestScoreIgnoresOrderInEveryScript(t *testing.T) {
	x := index("Filler One", "Filler Two")
	rapid.Check(t, func(t *rapid.T) {
		words := strings.Fields(rapid.SampledFrom(people).Draw(t, "name"))
		turned := strings.Join(rapid.Permutation(words).Draw(t, "order"), " ")
		// Which syllable of a Korean is the family name depends on where it stands.
		if score := x.Compare(turned, strings.Join(words, " ")).Score; score != 10_000 {
			t.Fatalf("%q turned to %q scores %d", words, turned, score)
		}
	})
}

// TestFilledUpIsNotCut: blanks behind a name to the length of a line do not make it one
// that was cut there, and one that was cut behind a blank is.
func TestFilledUpIsNotCut(t *testing.T) {
	x := index("Viktor Anatol Blocksworth Hargreave", "Filler One")
	name := "Viktor Blocks"
	want := x.Compare(name, "Viktor Anatol Blocksworth Hargreave").Score
	for length := len(name); length <= 140; length++ {
		filled := name + strings.Repeat(" ", length-len(name))
		if got := x.Compare(filled, "Viktor Anatol Blocksworth Hargreave").Score; got != want {
			t.Errorf("filled up to %d it scores %d, not %d", length, got, want)
		}
	}
	cut := "Viktor Anatol Blocksworth Hargreav " + strings.Repeat(" ", 20)
	if got := x.Compare(cut[:35], "Viktor Anatol Blocksworth Hargreave Lindqvist Zephyrine").Score; got != 10_000 {
		t.Errorf("cut behind a blank it scores %d", got)
	}
}

// TestListedNamesAreNotCut: a name on a list keeps its last word, however long the name is.
func TestListedNamesAreNotCut(t *testing.T) {
	for _, length := range []int{34, 35, 36, 69, 70, 139, 140} {
		listed := strings.Repeat("Zephyrine ", 20)
		listed = listed[:length-3-len(" Li")] + "an Li"
		listed = strings.TrimSpace(listed)
		for len(listed) < length {
			listed = "Z" + listed
		}
		x := index(listed, "Filler One")
		reversed := strings.Fields(listed)
		slices.Reverse(reversed)
		m := x.Search(strings.Join(reversed, ",  "), 5_000, 1)
		if len(m) != 1 || slices.ContainsFunc(m[0].Pairs, func(p match.Pair) bool { return p.Query == "LI" && p.How != "equal" }) {
			t.Errorf("%q of %d is %v", listed, length, m)
		}
	}
}

// TestLongNames: names beyond every limit are compared, by what is within it.
func TestLongNames(t *testing.T) {
	x := index("Viktor Blocksworth", strings.Repeat("Zephyrine Hargreave ", 7), strings.Repeat("X ", 70), strings.Repeat("Y X ", 40))
	long := map[string]string{
		"10,000 words":           strings.Repeat("Blocksworth Viktor ", 5_000),
		"one word of a megabyte": strings.Repeat("B", 1<<20),
		"marks without letters":  strings.Repeat("\u0301", 10_000),
		"a letter of many marks": "V" + strings.Repeat("\u0301", 10_000) + "iktor Blocksworth",
		"letters apart":          strings.Repeat("X ", 500),
		"letters apart, turned":  strings.Repeat("X Y ", 500),
		"dots":                   strings.Repeat("X.", 500),
		"nothing but blanks":     strings.Repeat(" ", 1<<16),
		"no character":           strings.Repeat("\xff", 1<<16),
		"Chinese":                strings.Repeat("金正恩", 2_000),
		"Korean":                 strings.Repeat("김정은", 2_000),
		"Thai":                   strings.Repeat("สมศักดิ์", 2_000),
		"Arabic":                 strings.Repeat("عبدال", 2_000),
	}
	for what, name := range long {
		short := string([]rune(name)[:min(match.NameMax, len([]rune(name)))])
		for _, m := range append(x.Search(name, 5_000, 10), x.SearchText(name[:min(len(name), 5_000)], 5_000, 10)...) {
			if m.Score < 5_000 || m.Score > 10_000 {
				t.Errorf("%s: %d", what, m.Score)
			}
		}
		if len(match.Fold(name)) > 48 {
			t.Errorf("%s: %d words", what, len(match.Fold(name)))
		}
		for _, listed := range []string{"Viktor Blocksworth", strings.Repeat("Y X ", 40), short, strings.Repeat("X ", 69)} {
			if m := x.Compare(name, listed); m.Score < 0 || m.Score > 10_000 {
				t.Errorf("%s and %.20q: %d", what, listed, m.Score)
			}
			if m := x.Compare(listed, name); m.Score < 0 || m.Score > 10_000 {
				t.Errorf("%.20q and %s: %d", listed, what, m.Score)
			}
		}
	}
}

// TestRunsOfLettersHaveALimit: no run of single letters makes a word that is longer than a
// word is.
func TestRunsOfLettersHaveALimit(t *testing.T) {
	x := index("Filler One")
	letter := rapid.SampledFrom([]string{"X", "Z", "Q", "A", "T"})
	rapid.Check(t, func(t *rapid.T) {
		a := strings.Join(rapid.SliceOfN(letter, 20, 70).Draw(t, "letters"), " ")
		b := strings.Join(rapid.SliceOfN(letter, 20, 70).Draw(t, "others"), " ")
		for _, w := range match.Fold(a) {
			if len(w) > 32 {
				t.Fatalf("%q has the word %q", a, w)
			}
		}
		if m := x.Compare(a, b); m.Score < 0 || m.Score > 10_000 {
			t.Fatalf("%q, %q: %d", a, b, m.Score)
		}
		if m := x.Compare(a, a); m.Score != 10_000 && !mayBeCut(a) {
			t.Fatalf("%q with itself: %d", a, m.Score)
		}
	})
}

// TestLookalikesAreSeenThrough: any letters of a name that were taken from another script
// by their looks do not change its words, as long as one is left that looks like none.
func TestLookalikesAreSeenThrough(t *testing.T) {
	capital := map[rune][]rune{
		'A': {'А', 'Α'}, 'B': {'В', 'Β'}, 'C': {'С'}, 'E': {'Е', 'Ε'}, 'H': {'Н', 'Η'}, 'I': {'І', 'Ι'}, 'J': {'Ј'},
		'K': {'К', 'Κ'}, 'M': {'М', 'Μ'}, 'N': {'Ν'}, 'O': {'О', 'Ο'}, 'P': {'Р', 'Ρ'}, 'S': {'Ѕ'}, 'T': {'Т', 'Τ'},
		'X': {'Х', 'Χ'}, 'Y': {'У', 'Υ'}, 'Z': {'Ζ'},
		'a': {'а', 'α'}, 'c': {'с'}, 'e': {'е'}, 'i': {'і', 'ι'}, 'j': {'ј'}, 'o': {'о', 'ο'}, 'p': {'р', 'ρ'}, 's': {'ѕ'},
		'x': {'х', 'χ'}, 'y': {'у'}, 'v': {'ν'}, 'h': {'һ'}, 'd': {'ԁ'}, 'q': {'ԛ'}, 'w': {'ԝ'}, 'l': {'ӏ'}, 'k': {'κ'},
		'n': {'η'}, 'u': {'υ'},
	}
	names := []string{"VIKTOR BLOCKSWORTH", "Viktor Blocksworth", "RAUL FUENTES", "Zephyrine Hargreave", "JOHN DAVIDSON"}
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.SampledFrom(names).Draw(t, "name")
		masked := strings.Map(func(r rune) rune {
			if twins := capital[r]; twins != nil && rapid.Bool().Draw(t, "mask") {
				return rapid.SampledFrom(twins).Draw(t, "as")
			}
			return r
		}, name)
		for i, word := range strings.Fields(masked) {
			// Every letter was taken: it is a word of the other script.
			if strings.IndexFunc(word, func(r rune) bool { return r < 0x80 && len(capital[r]) == 0 }) < 0 {
				t.Skipf("%s is no Latin word", strings.Fields(name)[i])
			}
		}
		if want, got := match.Fold(name), match.Fold(masked); !slices.Equal(want, got) {
			t.Fatalf("%q is %q, as %q it is %q", name, want, masked, got)
		}
	})
}

// TestMixedWritings: words of several writings that stand together are read each by its
// own, and no letter is lost.
func TestMixedWritings(t *testing.T) {
	for name, want := range map[string]string{
		"LG전자": "LG JEON JA", "삼성SDI": "SAM SEONG SDI", "KT 2공장": "KT 2 GONG JANG",
		"中国ABC集团": "CHINA ABC GROUP", "Jリーグ": "J RIGU", "トヨタ7": "TOYOTA 7", "Ⅳ": "IV", "Ⓥⓘⓚⓣⓞⓡ": "VIKTOR",
		"Dockside™": "DOCKSIDE", "Dockside® №7": "DOCKSIDE 7", "محمـــد": "MUHAMMAD", "ג׳ורג׳": "GURG", "צה״ל": "TZAHL",
		"Sahand Ⅲ": "SAHAND III", "𝐕𝐢𝐤𝐭𝐨𝐫": "VIKTOR", "ﬁnch": "FINCH",
	} {
		if got := strings.Join(match.Fold(name), " "); got != want {
			t.Errorf("%q is %q, want %q", name, got, want)
		}
	}
	x := index("Filler One", "Filler Two")
	for _, c := range [][2]string{
		{"山田さくら", "Yamada Sakura"}, {"鈴木まさこ", "Suzuki Masako"}, {"佐々木のぞみ", "Sasaki Nozomi"},
		{"高橋ジロウ", "Takahashi Jiro"},
	} {
		if m := x.Compare(c[0], c[1]); m.Score < match.DefaultPolicy.Default {
			t.Errorf("%s, %s: %d %v", c[0], c[1], m.Score, m.Pairs)
		}
	}
}

// TestFoldedNamesAreFolded: the words of a name, in whatever script it was, are a name of the
// same words; so are those of every name on the lists.
func TestFoldedNamesAreFolded(t *testing.T) {
	all := slices.Clone(people)
	for _, ways := range world {
		for _, names := range ways {
			all = append(all, names...)
		}
	}
	for _, n := range readNames(t, "testdata/names.csv", 1) {
		all = append(all, n.Text)
	}
	for _, name := range all {
		once := match.Fold(name)
		again := strings.Join(once, " ")
		if mayBeCut(name) || mayBeCut(again) || slices.ContainsFunc(once, func(w string) bool { return len(w) == 1 }) {
			continue
		}
		if twice := match.Fold(again); !slices.Equal(once, twice) {
			t.Errorf("%q is %q, which is %q", name, once, twice)
		}
	}
}

// TestWordsBeyondTheLimitAreLeftOut: a name has 48 words at most, and the 48th counts as the
// first does.
func TestWordsBeyondTheLimitAreLeftOut(t *testing.T) {
	words := make([]string, 60)
	for i := range words {
		words[i] = string([]byte{'B' + byte(i%20), 'A' + byte(i/20)})
	}
	name := strings.Join(words, " ")
	folded := match.Fold(name[:match.NameMax-1] + ".")
	if len(folded) > 48 || len(folded) < 44 {
		t.Fatalf("%d words: %q", len(folded), folded)
	}
	x := index(name, "Filler One")
	if m := x.Compare(name, name); m.Score != 10_000 || len(m.Pairs) > 48 {
		t.Errorf("it scores %d by %d pairs", m.Score, len(m.Pairs))
	}
	if m := x.Search(name, 10_000, 1); len(m) != 1 || m[0].Name.Text != name {
		t.Errorf("it does not find itself: %v", m)
	}
	other := strings.Replace(name, words[40], "QQQQ", 1)
	if m := x.Compare(other, name); m.Score == 10_000 {
		t.Error("another 41st word is no difference")
	}
}
