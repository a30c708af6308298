package match

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

// TestPiecesHoldEveryStretch: whatever a text is, each run of words as long as a stretch is
// whole in a piece that is short enough to be folded.
func TestPiecesHoldEveryStretch(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.SliceOfN(rapid.StringMatching(`[a-z]{1,20}`), 0, 120).Draw(t, "words")
		text := strings.Join(words, " ")
		var all []string
		for piece := range pieces(text) {
			if utf8.RuneCountInString(piece) > NameMax || len(strings.Fields(piece)) > pieceWords {
				t.Fatalf("%q is too long to be folded", piece)
			}
			all = append(all, " "+piece+" ")
		}
		for from := range words {
			stretch := " " + strings.Join(words[from:min(len(words), from+stretchMax)], " ") + " "
			if !slices.ContainsFunc(all, func(p string) bool { return strings.Contains(p, stretch) }) {
				t.Fatalf("%q is in no piece of %q", stretch, all)
			}
		}
	})
}

// TestPiecesOfChinese: a text without blanks is cut, too, and bytes that are no character
// are a word like others.
func TestPiecesOfChinese(t *testing.T) {
	text := strings.Repeat("货款转给张伟先生", 30)
	found := 0
	for piece := range pieces(text) {
		if utf8.RuneCountInString(piece) > pieceWords {
			t.Errorf("%q is too long", piece)
		}
		found += strings.Count(piece, "张伟")
	}
	if found < 30 {
		t.Errorf("%d of 30 are whole", found)
	}
	for _, text := range []string{"", " ", "\xff", "\xff\xff \xff", "a\xff 中\xff", "中\xe4", strings.Repeat("x", 1_000)} {
		rest := strings.Join(strings.Fields(text), "")
		for piece := range pieces(text) {
			piece = strings.Join(strings.Fields(piece), "")
			if !strings.HasPrefix(rest, piece) {
				t.Errorf("%q has the piece %q", text, piece)
			}
			rest = strings.TrimPrefix(rest, piece)
		}
		if rest != "" {
			t.Errorf("%q of %.20q is in no piece", rest, text)
		}
	}
}

// TestTextIsSearchedToItsEnd: a listed name is found wherever in a text it stands, however
// long the words before it are and however many of them are listed.
func TestTextIsSearchedToItsEnd(t *testing.T) {
	x := NewIndex([]Name{
		{Entry: "1", Text: "Viktor Blocksworth"}, {Entry: "2", Text: "Al Li"}, {Entry: "3", Text: "Wang Li"}, {Entry: "4", Text: "张伟"},
	})
	finds := func(text, entry string) bool {
		return slices.ContainsFunc(x.SearchText(text, 9_000, 10), func(m Match) bool { return m.Name.Entry == entry })
	}
	for _, filler := range []string{"tea ", "communication ", "Rechtsschutzversicherung ", "x ", "2026-0000815 "} {
		for count := range 60 {
			if text := strings.Repeat(filler, count) + "viktor blocksworth thanks"; !finds(text, "1") {
				t.Errorf("behind %d times %q nobody is found", count, filler)
			}
		}
	}
	// 47 words of two letters are 140 characters.
	if text := strings.Repeat("al ", 45) + "al li"; len(text) != NameMax || !finds(text, "2") {
		t.Errorf("behind 45 listed words nobody is found in %d characters", len(text))
	}
	for length := 20; length <= NameMax; length++ {
		text := strings.Repeat("p", length-len(" to Wang Li")) + " to Wang Li"
		if !finds(text, "3") {
			t.Errorf("a text of %d characters loses its last word", length)
		}
	}
	if !finds(strings.Repeat("货款", 40)+"张伟", "4") {
		t.Error("nobody is found behind 80 Chinese characters")
	}
}
