package match

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// textModel finds what a text names by scoring each run of two to six words that stand on
// the list with every listed name: texts of one piece only.
func textModel(x *Index, text string, threshold int) map[string]int {
	found := map[string]int{}
	for _, tokens := range readings(strings.TrimSpace(text), false) {
		for from := range tokens {
			for to := from + 1; to <= min(len(tokens), from+stretchMax) && x.listed(tokens[to-1]); to++ {
				if to-from < 2 {
					continue
				}
				c := x.comparison(x.query("", tokens[from:to:to]))
				for n := range x.of {
					c.aim(x, int32(n))
					name := x.names.at(x.of[n])
					if score := c.score(); score >= threshold {
						found[name.Entry] = max(found[name.Entry], score)
					}
				}
			}
		}
	}
	return found
}

var textNames = []Name{
	{Entry: "1", Text: "BLOCKSWORTH, Viktor Anatol"}, {Entry: "2", Text: "Ocean Lantern Shipping Ltd"}, {Entry: "3", Text: "MV Grey Heron"},
	{Entry: "4", Text: "Виктор Неверов"}, {Entry: "5", Text: "Order of the Table"}, {Entry: "6", Text: "金正恩"}, {Entry: "7", Text: "Kim Jong Un"},
	{Entry: "1", Text: "Wiktor Bloksworth", Weak: true}, {Entry: "8", Text: "J.P. Hargreave"}, {Entry: "9", Text: "Toma Kiru"},
	{Entry: "10", Text: "محمد عبد الله"}, {Entry: "11", Text: "Unit 12 of the Ocean"},
}

// checkText holds a search of a text to the model.
func checkText(t rapid.TB, x *Index, text string, threshold int) {
	t.Helper()
	got := map[string]int{}
	for _, m := range x.SearchText(text, threshold, 1_000) {
		got[m.Name.Entry] = max(got[m.Name.Entry], m.Score)
	}
	if diff := cmp.Diff(textModel(x, text, threshold), got); diff != "" {
		t.Errorf("%q from %d: %s", text, threshold, diff)
	}
}

// onePiece says whether a text is short enough to be one piece with few stretches.
func onePiece(text string) bool {
	return len(spans(text)) <= pieceWords && utf8.RuneCountInString(strings.TrimSpace(text)) <= NameMax
}

// TestTextIsTheModels: a text of listed words and others names whom scoring every run of its
// words with every name says, in every script.
func TestTextIsTheModels(t *testing.T) {
	x := NewIndex(textNames)
	words := []string{
		"Viktor", "BLOCKSWORTH", "anatol", "Wiktor", "Bloksworth", "ocean", "lantern,", "Shipping", "Ltd", "tea", "for", "of", "the", "12",
		"grey", "heron", "order", "table", "Неверов", "Виктор", "金正恩", "金", "kim", "jong", "un", "J.P.", "Hargreave", "toma", "kiru", "tomakiru",
		"محمد", "عبد", "الله", "unit", "mv", "invoice", "B",
	}
	named := 0
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOfN(rapid.SampledFrom(words), 0, 14).Draw(t, "text"), " ")
		if !onePiece(text) {
			t.Skip("several pieces")
		}
		threshold := rapid.IntRange(6_500, 9_900).Draw(t, "threshold")
		checkText(t, x, text, threshold)
		named += len(x.SearchText(text, threshold, 1))
	})
	if named == 0 && !testing.Short() {
		t.Error("no text named anybody")
	}
}

// TestRestOfATextChangesNothing: what is said before and behind a name in words that nobody
// lists changes nobody's score.
func TestRestOfATextChangesNothing(t *testing.T) {
	x := NewIndex(textNames)
	other := rapid.SampledFrom([]string{"invoice", "2026-0815", "paid", "tea", "7", "rent,", "и", "para", "счёт", "\n", "."})
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.SampledFrom([]string{"Viktor Blocksworth", "grey heron", "ocean lantern shipping", "Виктор Неверов", "Toma Kiru"}).Draw(t, "name")
		before := strings.Join(rapid.SliceOfN(other, 0, 40).Draw(t, "before"), " ")
		behind := strings.Join(rapid.SliceOfN(other, 0, 40).Draw(t, "behind"), " ")
		alone, within := x.SearchText(name, 7_250, 10), x.SearchText(before+" "+name+" "+behind, 7_250, 10)
		if diff := cmp.Diff(alone, within); diff != "" || len(alone) == 0 {
			t.Fatalf("%q between %q and %q: %s", name, before, behind, diff)
		}
	})
}

// FuzzTextIsTheModels holds any text of one piece to the model.
func FuzzTextIsTheModels(f *testing.F) {
	for _, text := range []string{
		"for Viktor Blocksworth", "ocean lantern ocean lantern shipping ltd", "金正恩 kim jong un", "Виктор\x00Неверов\xff", "toma\u200bkiru J.P.Hargreave",
		"MV GREY HERON LTD LTD LTD", "order of the table of the order of the table", "محمد عبدالله", "ⓥⓘⓚⓣⓞⓡ ＢＬＯＣＫＳＷＯＲＴＨ",
	} {
		f.Add(text, uint16(7_250))
	}
	x := NewIndex(textNames)
	f.Fuzz(func(t *testing.T, text string, from uint16) {
		if onePiece(text) {
			checkText(t, x, text, 6_500+int(from)%3_500)
		}
	})
}
