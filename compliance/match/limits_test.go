package match

import (
	"strings"
	"testing"
)

// TestLettersOfANameEnd: 140 letters of a name are looked at, of whatever size.
func TestLettersOfANameEnd(t *testing.T) {
	words := strings.Repeat("TOMAKIR ", (NameMax-4)/8)
	for letter, latin := range map[string]string{"K": "K", "É": "E", "Ł": "L", "ß": "SS"} {
		for name, want := range map[string]string{"ABC" + letter: "ABC" + latin, "ABCD" + letter: "ABCD", "ABCD  " + letter: "ABCD"} {
			folded := Fold(words + name)
			if got := folded[len(folded)-1]; got != want {
				t.Errorf("%q ends in %s, want %s", words+name, got, want)
			}
		}
	}
}

// TestLettersOfAWordEnd: a word has 32 letters, and words that differ beyond them are one.
func TestLettersOfAWordEnd(t *testing.T) {
	long := strings.Repeat("TOMAKIRU", tokenMax/8)
	for text, want := range map[string]string{long: long, long + "X": long, long[1:]: long[1:], long[1:] + "X": long[1:] + "X"} {
		if got := strings.Join(Fold(text), " "); got != want {
			t.Errorf("%s is %s, want %s", text, got, want)
		}
	}
	tokens := tokensOf(long[:16], long[:16], long[:17])
	if _, ok := join(tokens, 0); !ok {
		t.Error("32 letters are not joined")
	}
	if _, ok := join(tokens, 1); ok {
		t.Error("33 letters are joined")
	}
}

// TestShortestWords is a row for each length from which a rule holds, and for one letter less.
func TestShortestWords(t *testing.T) {
	x := NewIndex([]Name{{Text: "Filler One"}, {Text: "Filler Two"}})
	how := func(a, b string) string {
		for _, p := range x.Compare(a, b).Pairs {
			if p.Query != "" && p.Listed != "" {
				return p.How
			}
		}
		return ""
	}
	for _, c := range []struct{ name, listed, how string }{
		// Beginnings: three letters.
		{"TOM", "TOMAKIRUVEL", "beginning"}, {"TO", "TOMAKIRUVEL", ""},
		// Joins: five letters.
		{"TO MAK", "TOMAK", "joined"}, {"TO MA", "TOMA", ""},
		// Typing errors: four letters, and not the first of as few.
		{"TOBK", "TOMK", "spelling"}, {"OMK", "TMK", ""}, {"BOMK", "ZOMK", ""}, {"BOMKU", "ZOMKU", "spelling"},
		// Initials: one letter.
		{"T", "TOMAKIRU", "initial"},
	} {
		if got := how(c.name, c.listed); got != c.how {
			t.Errorf("%s, %s: %q, want %q", c.name, c.listed, got, c.how)
		}
	}
}

// TestRunsEnd: two letters behind a word are initials, three are a word.
func TestRunsEnd(t *testing.T) {
	for name, want := range map[string]string{
		"Tomakiru W B": "TOMAKIRU W B", "Tomakiru W B K": "TOMAKIRU WBK", "W B Tomakiru": "WB TOMAKIRU", "Tomakiru W": "TOMAKIRU W",
		"Tomakiru S A": "TOMAKIRU JSC", "Tomakiru W. B.": "TOMAKIRU W B",
	} {
		if got := strings.Join(Fold(name), " "); got != want {
			t.Errorf("%q is %q, want %q", name, got, want)
		}
	}
}

// TestLengthsOfCutNames: names of the lengths of old formats may be cut, by letters and not
// by bytes, and blanks around them do not count.
func TestLengthsOfCutNames(t *testing.T) {
	cut := map[int]bool{34: true, 35: true, 69: true, 70: true, 139: true, 140: true}
	for length := range 150 {
		for _, letter := range []string{"A", "Ж", "金"} {
			name := strings.Repeat(letter, length)
			if isCut(name) != cut[length] || isCut(" "+name+"\t ") != cut[length] {
				t.Errorf("%d of %s: %t", length, letter, !cut[length])
			}
			if length > 0 && !isCut(name+letter[:len(letter)-1]) != (len(letter) == 1 && !cut[length]) {
				t.Errorf("%d of %s and a part: %t", length, letter, isCut(name+letter[:len(letter)-1]))
			}
		}
	}
}

// TestStretchesEnd: a text names whom six words name together, and two at least.
func TestStretchesEnd(t *testing.T) {
	words := []string{"Tomakiru", "Velzephyr", "Hargreave", "Blocksworth", "Quantlog", "Dockside", "Neveroff"}
	x := NewIndex([]Name{{Entry: "six", Text: strings.Join(words[:6], " ")}, {Entry: "one", Text: words[6]}})
	for text, want := range map[string]string{
		strings.Join(words[:6], " "): "six", "for " + strings.Join(words[:6], " ") + " " + words[6]: "six", words[6]: "",
		"for " + words[6] + " of": "", strings.Join(words[1:6], " "): "six",
	} {
		got := ""
		for _, m := range x.SearchText(text, 8_500, 10) {
			got += m.Name.Entry
		}
		if got != want {
			t.Errorf("%q names %q, want %q", text, got, want)
		}
	}
}

// TestIdentifiersHaveALength: five letters and digits identify, of which one is a digit.
func TestIdentifiersHaveALength(t *testing.T) {
	for text, want := range map[string]string{
		"AB123": "AB123", "A-1/2 3.4": "A1234", "AB12": "", "ABCDE": "", "12345": "12345", "٣٤٥٦٧": "34567", "": "", "A B C D 1": "ABCD1",
		"ａｂ１２３": "AB123",
	} {
		if got := IdentifierKey(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
