package match

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// foldWords are words that change one another when they stand together, and others.
var foldWords = []string{
	"Viktor", "Blocksworth", "Abd", "al", "Rahman", "Abdul", "Allah", "Abdel", "lah", "عبد", "الله", "Abdulrahman", "Nureddin", "Nur", "Din", "S", "A", "L", "C", "Ltd",
	"LIMI", "TED", "Limted", "Tate", "Federal", "Stok", "Joint", "Zaryallc", "Comp", "any", "Company", "Dr", "Mr", "OOO", "7", "IV", "de", "Виктор", "Núñez",
	"محمد", "김", "철수", "Gesellschaft", "mit", "beschränkter", "Haftung", "PDJSC", "J.P.", "S.A.", "O'Hara", "Vik\xfftor",
	"Haji", "Zadeh", "Gholamreza", "Qari", "LLCF2", "NPOSPLAV", "Open", "Stock", "Ghulam", "Reza", "Iyad",
}

// TestLexiconFoldsAlike: whatever was remembered before, a name folds as it does without.
func TestLexiconFoldsAlike(t *testing.T) {
	var l lexicon
	rapid.Check(t, func(t *rapid.T) {
		name := strings.Join(rapid.SliceOfN(rapid.SampledFrom(foldWords), 0, 7).Draw(t, "words"), " ")
		if rapid.IntRange(0, 9).Draw(t, "any") == 0 {
			name = rapid.String().Filter(func(s string) bool { return !hasHan(s) }).Draw(t, "text")
		}
		want := fold(name, isCut(name), chinese)
		for range 2 {
			if got := l.fold(name); !slices.Equal(got, want) {
				t.Fatalf("%q folds to %v, want %v", name, got, want)
			}
		}
	})
}

// TestLemmas is a row for each reason for which words beside it change a word.
func TestLemmas(t *testing.T) {
	for word, want := range map[string]bool{
		"BLOCKSWORTH": true, "ВИКТОР": true, "A": true, "7": true, "AL": true, "LIABILITY": true, "ABD": true,
		"NUREDDIN": false, "LTD": false, "LIMTED": false, "ZARYALLC": false, "DR": false, "": false, "́": false,
	} {
		if got := lemmaOf(word); got.settled != want {
			t.Errorf("%q: %+v", word, got)
		}
	}
	if !lemmaOf("LIMI").beginsForm || lemmaOf("BLOCKSWORTH").beginsForm {
		t.Error("what begins a word of a legal form is not told")
	}
}

// TestTogether is a row for each reason for which two words that are remembered may be one
// beside one another.
func TestTogether(t *testing.T) {
	for _, c := range []struct {
		first, second string
		begins, want  bool
	}{
		{"ABD", "AL", false, true}, {"ABD", "ALLAH", false, true}, {"ABDEL", "LAH", false, true},
		{"LIMI", "TED", true, true}, {"A", "B", false, true},
		{"LIMI", "TED", false, false}, {"ABDUL", "AL", false, false}, {"ABD", "RAHMAN", false, false},
		{"ABDUCT", "ALLAH", false, false}, {"NASR", "ALLAH", false, false}, {"A", "BLOCKSWORTH", false, false},
	} {
		if got := together(c.first, c.second, c.begins); got != c.want {
			t.Errorf("%s %s: %t", c.first, c.second, got)
		}
	}
}

// TestLexiconIsBounded: a full lexicon begins again, and still folds right.
func TestLexiconIsBounded(t *testing.T) {
	var l lexicon
	word := []byte("BAAAA")
	for i := range lexiconMax + 10 {
		for at, left := 1, i; at < len(word); at, left = at+1, left/26 {
			word[at] = byte('A' + left%26)
		}
		l.learn([]string{string(word)})
	}
	if l.words.count() != 10 || len(l.lemmas) != 10 || l.folded.count() != 10 {
		t.Errorf("%d words, %d lemmas", l.words.count(), len(l.lemmas))
	}
	long := strings.Repeat("B", wordMax+1)
	if got := l.fold(long + " " + string(word)); len(got) != 2 || got[1].text != string(word) || l.words.count() > 11 {
		t.Errorf("%v, %d words", got, l.words.count())
	}
}
