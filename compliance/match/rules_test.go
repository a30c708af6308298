package match_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/causeway-pay/causeway/compliance/match"
)

// TestDamagedEncodingIsOneError cuts letters of two bytes in half: the word must stay
// one word, less a letter.
func TestDamagedEncodingIsOneError(t *testing.T) {
	for name, want := range map[string][]string{
		"БЛОКС\xd0ОРТ ВИКТОР": {"BLOKSORT", "VIKTOR"},
		"БЛОКС\x92ОРТ ВИКТОР": {"BLOKSORT", "VIKTOR"},
		"БЛОКС\uFFFDОРТ":      {"BLOKSORT"},
		"BLOCKS\xc3WORTH":     {"BLOCKSWORTH"},
		"\xff\xfe":            nil,
		"BLOCKS WORTH":        {"BLOCKS", "WORTH"},
	} {
		if got := match.Fold(name); !slices.Equal(got, want) {
			t.Errorf("Fold(%q) = %q, want %q", name, got, want)
		}
	}
}

// TestDamagedNamesAreFound damages a letter of a listed name in every place.
func TestDamagedNamesAreFound(t *testing.T) {
	const name = "Блоксворт Виктор Анатольевич"
	x := match.NewIndex([]match.Name{{List: "OWN", Entry: "1", Text: name}})
	for at := 1; at < len(name); at++ {
		damaged := name[:at] + "X" + name[at+1:]
		if name[at-1] == ' ' || name[at] == ' ' || utf8.ValidString(damaged) {
			continue
		}
		if found := x.Search(damaged, 7_700, 1); len(found) != 1 {
			t.Errorf("%q is not found", damaged)
		}
	}
}

// TestWholeCompanyIsFoundBesideOthers finds a company of one word with its legal form
// in a longer name, but neither a person of one word nor a part of a company.
func TestWholeCompanyIsFoundBesideOthers(t *testing.T) {
	names := []match.Name{
		{List: "OWN", Entry: "company", Text: "Quantlog Ltd"}, {List: "OWN", Entry: "person", Text: "Blocksworth"},
		{List: "OWN", Entry: "part", Text: "Signet Zephyrine Co Ltd"},
	}
	// Others make the words of companies rare, and Paul common.
	for i := range 500 {
		names = append(names, match.Name{List: "OWN", Entry: "other", Text: fmt.Sprintf("Paul %c%c Vostrikov",
			'B'+i%20, 'B'+i/20)})
	}
	x := match.NewIndex(names)
	for _, c := range []struct {
		name string
		want []string
	}{
		{"Quantlog Ltd", []string{"company"}},
		{"Quantlog Limited Paul", []string{"company"}},
		{"Paul Quantlog GmbH", nil},
		{"Quantlog Paul", nil},
		{"Viktor Blocksworth", nil},
		{"Zephyrine Co Ltd", nil},
		{"Ltd", nil},
	} {
		var got []string
		for _, m := range x.Search(c.name, 7_200, 10) {
			got = append(got, m.Name.Entry)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%q finds %q, want %q", c.name, got, c.want)
		}
	}
}

// TestFormsWithoutVowelsAreRepaired adds a letter to them, and leaves names alone.
func TestFormsWithoutVowelsAreRepaired(t *testing.T) {
	for name, want := range map[string]string{
		"PDJSC UTAIR": "JSC UTAIR", "UTAIR PKJSC": "UTAIR JSC", "UTAIR GMBHH": "UTAIR LLC", "PJSC UTAIR": "JSC UTAIR",
		"PDJ UTAIR": "PDJ UTAIR", "JSCPO UTAIR": "JSC PO UTAIR", "JSCX UTAIR": "JSCX UTAIR",
	} {
		if got := strings.Join(match.Fold(name), " "); got != want {
			t.Errorf("Fold(%q) = %q, want %q", name, got, want)
		}
	}
}

// TestOrderAndCaseDoNotMatter scores a name alike however its words come, and whatever
// stands between them.
func TestOrderAndCaseDoNotMatter(t *testing.T) {
	words := []string{"BLOCKSWORTH", "VIKTOR", "ANATOL", "ZEPHYRINE"}
	x := match.NewIndex([]match.Name{{List: "OWN", Entry: "1", Text: strings.Join(words, " ")}})
	want := x.Search(strings.Join(words, " "), 1, 1)[0].Score
	rapid.Check(t, func(t *rapid.T) {
		shuffled := rapid.Permutation(words).Draw(t, "order")
		between := rapid.SampledFrom([]string{" ", "  ", ", ", " - ", "\t", "/"}).Draw(t, "between")
		name := strings.Join(shuffled, between)
		if rapid.Bool().Draw(t, "lower") {
			name = strings.ToLower(name)
		}
		if found := x.Search(name, 1, 1); len(found) != 1 || found[0].Score != want {
			t.Fatalf("%q: %v, want %d", name, found, want)
		}
	})
}

// TestFemaleFormIsAnotherName tells Martin from Martina, but not a rare name from one
// with a letter more.
func TestFemaleFormIsAnotherName(t *testing.T) {
	for _, c := range []struct {
		name, listed string
		want         bool
	}{
		{"Martina Blocksworth", "Martin Blocksworth", false},
		{"Blocksworth Robert", "Roberta Blocksworth", false},
		{"Martin Blocksworth", "Martin Blocksworth", true},
		{"Zephyrina Blocksworth", "Zephyrin Blocksworth", true},
		{"Adama Blocksworth", "Adam Blocksworth", true},
	} {
		x := match.NewIndex([]match.Name{{List: "OWN", Entry: "1", Text: c.listed}})
		if found := x.Search(c.name, 7_700, 1); (len(found) == 1) != c.want {
			t.Errorf("%q finds %v", c.name, found)
		}
	}
}

// TestRunsOfLetters are initials behind a word, and one word where they are a legal
// form, stand first, or are more than a person has.
func TestRunsOfLetters(t *testing.T) {
	for name, want := range map[string]string{
		"Wayne P S": "WAYNE P S", "Dmitry A P Vostrikov": "DMITRY A P VOSTRIKOV", "Univisa S A": "UNIVISA JSC",
		"K L M Zephyr": "KLM ZEPHYR", "P K Zephyr": "PK ZEPHYR", "Zephyr K L M": "ZEPHYR KLM", "Zephyr P.K.": "ZEPHYR PK",
	} {
		if got := strings.Join(match.Fold(name), " "); got != want {
			t.Errorf("Fold(%q) = %q, want %q", name, got, want)
		}
	}
	x := match.NewIndex([]match.Name{{List: "OWN", Entry: "1", Text: "Zephyrine P. Blocksworth"}})
	if found := x.Search("Zephyrine P B", 7_000, 1); len(found) != 1 {
		t.Error("two initials are not found")
	}
}

// TestCutWithinALetter: a name that ends in half a letter was cut there, wherever that is,
// whether the half is still there or was replaced.
func TestCutWithinALetter(t *testing.T) {
	const name = "Блоксворт Зефирина Анатольевна Вострикова"
	x := match.NewIndex([]match.Name{{List: "OWN", Entry: "1", Text: name}, {List: "OWN", Entry: "2", Text: "Петров Иван"}})
	enough := len("Блоксворт Зефирина Анат")
	for at := enough; at < len(name); at++ {
		if utf8.ValidString(name[:at]) {
			continue
		}
		for _, cut := range []string{name[:at], name[:at-1] + "\uFFFD"} {
			found := x.Search(cut, 9_900, 2)
			if len(found) != 1 || found[0].Name.Entry != "1" {
				t.Errorf("%q finds %v", cut, found)
			}
		}
	}
	if found := x.Search("Блоксворт Зефирина Анат", 9_900, 2); len(found) != 0 {
		t.Errorf("what was not cut is whole: %v", found)
	}
}

// TestBrothersScoreLess: names that agree in all but one word score less than such of which
// that word is misspelt, however much agrees beside it, and more of it lowers neither.
func TestBrothersScoreLess(t *testing.T) {
	x := index("Filler One", "Filler Two")
	agree := []string{"ZEPHYRINE", "HARGREAVE", "DOCKSIDE", "QUANTLOG", "BLOCKSWORTH", "UNIVISA"}
	before := 0
	for count := 2; count <= len(agree); count++ {
		beside := strings.Join(agree[:count], " ")
		brother := x.Compare(beside+" TOMAKIRU", beside+" WELFENGO").Score
		misspelt := x.Compare(beside+" TOMAKIRU", beside+" TOMAXIRU").Score
		if brother >= misspelt || brother < before {
			t.Errorf("beside %q another word scores %d, a misspelt one %d, less beside %d", beside, brother, misspelt, before)
		}
		before = brother
	}
}

// TestSearchOfInitials: where names have little but initials, the search finds what
// comparing every name finds.
func TestSearchOfInitials(t *testing.T) {
	word := rapid.SampledFrom([]string{"A", "B", "V", "M", "Anatol", "Blocksworth", "Viktor", "Mohammed", "Aziz", "Boris"})
	draw := func(t *rapid.T, label string) string {
		return strings.Join(rapid.SliceOfN(word, 1, 6).Draw(t, label), ", ")
	}
	rapid.Check(t, func(t *rapid.T) {
		names := []string{draw(t, "first"), draw(t, "second"), draw(t, "third"), draw(t, "fourth")}
		x := index(names...)
		name, threshold := draw(t, "name"), rapid.IntRange(6_500, 9_000).Draw(t, "threshold")
		losesNothing(t, x, name, threshold, len(names))
	})
}
