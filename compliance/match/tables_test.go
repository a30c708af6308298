package match

import (
	"slices"
	"strings"
	"testing"
)

// TestTablesSayEachThingOnce: no row of a table of pairs overrules another one.
func TestTablesSayEachThingOnce(t *testing.T) {
	for _, name := range []string{"letters", "words", "japanese", "hanja"} {
		said := map[string]string{}
		for _, line := range lines(name) {
			key, value, ok := strings.Cut(line, " ")
			if !ok {
				t.Errorf("%s: %q says nothing", name, line)
			}
			if before, twice := said[plain(key)]; twice && before != value {
				t.Errorf("%s: %s is %s, and %s", name, key, before, value)
			}
			said[plain(key)] = value
		}
	}
}

// TestTablesAreFolded: the words of tables are as folded names have them, or nothing would
// ever meet them.
func TestTablesAreFolded(t *testing.T) {
	for name, words := range map[string]map[string]bool{
		"particles": tables.particles, "stopwords": tables.stopwords, "common": tables.common, "numerals": tables.numerals,
		"formWords": tables.formWords, "population": set("population"),
	} {
		for word := range words {
			if clean(word) != word {
				t.Errorf("%s: %q is not folded", name, word)
			}
		}
	}
	for word := range tables.variants {
		if clean(word) != word {
			t.Errorf("variants: %q is not folded", word)
		}
	}
	for form := range tables.forms {
		if words := strings.Fields(form); len(words) > formWordsMax || len(words) == 0 {
			t.Errorf("%q has %d words", form, len(words))
		}
	}
}

// TestEveryFormIsFound: each way to write a legal form, behind a name and before it, is the
// form.
func TestEveryFormIsFound(t *testing.T) {
	for spelling, form := range tables.forms {
		for _, name := range []string{"Blocksworth Dockyard " + spelling, spelling + " Blocksworth Dockyard"} {
			tokens := fold(name, false, chinese)
			at := slices.IndexFunc(tokens, func(t token) bool { return t.class == legalForm })
			if at < 0 || tokens[at].text != form || len(tokens) != 3 {
				t.Errorf("%q is %v, want %s", name, tokens, form)
			}
		}
	}
}

// TestFormsAtTheEndOfALine: a name that ends with a legal form where lines are cut is
// equal to itself.
func TestFormsAtTheEndOfALine(t *testing.T) {
	x := NewIndex([]Name{{Text: "Filler One"}})
	for spelling := range tables.forms {
		for _, length := range cutAt {
			rest := length - len(spelling) - len("Dockyard ")
			if rest < 0 {
				continue
			}
			name := strings.Repeat("Zephyrine ", 14)[:rest] + "Dockyard " + spelling
			if m := x.Compare(name, name); m.Score != full {
				t.Errorf("%q scores %d with itself: %v", name, m.Score, m.Pairs)
			}
		}
	}
}

// TestFormsAreForms: a form is a way to write itself.
func TestFormsAreForms(t *testing.T) {
	for spelling, form := range tables.forms {
		if tables.forms[form] != form {
			t.Errorf("%s is %s, which is %q", spelling, form, tables.forms[form])
		}
	}
}

// TestNamesAreNoFormsMisspelt: no name that many people have is taken for a word of a legal
// form that is misspelt, nor for one that a form was grown on.
func TestNamesAreNoFormsMisspelt(t *testing.T) {
	names := set("population")
	for name := range tables.common {
		names[name] = true
	}
	for name := range names {
		if tables.formWords[name] || tables.forms[name] != "" || tables.titles[name] {
			continue
		}
		whole := false
		for _, t := range fold("Blocksworth "+name, false, chinese) {
			whole = whole || t.text == name
		}
		_, second := parts(name)
		if !whole && second == "" && !slices.Contains(loneDins, name) {
			t.Errorf("%s is %v", name, fold("Blocksworth "+name, false, chinese))
		}
	}
}

// TestVariantsAreNear: names of one group are near one another whatever their letters, and
// of a word with itself nothing is lost.
func TestVariantsAreNear(t *testing.T) {
	for _, table := range []string{"variants", "synonyms"} {
		for _, line := range lines(table) {
			words := strings.Fields(line)
			first := hear(words[0])
			for _, word := range words[1:] {
				other := hear(word)
				if near(&first, &other, false) < variant {
					t.Errorf("%s and %s: %d", words[0], word, near(&first, &other, false))
				}
			}
		}
	}
}

// TestClasses is a row for each class of words.
func TestClasses(t *testing.T) {
	for name, want := range map[string]class{
		"Blocksworth": plainWord, "Smith": commonWord, "Trading": stopWord, "al": particle, "Ltd": legalForm, "Liability": formWord,
		"V": initial, "7": number, "0800": number, "IV": number, "7A": plainWord, "Bill": commonWord, "van": particle,
	} {
		tokens := fold("Zephyrine "+name, false, chinese)
		if got := tokens[len(tokens)-1]; got.class != want {
			t.Errorf("%s is %+v, want %d", name, got, want)
		}
	}
	if len(classWeights) != int(number)+1 {
		t.Errorf("%d weights", len(classWeights))
	}
	for c, weight := range classWeights {
		if weight <= 0 || weight > 100 {
			t.Errorf("class %d weighs %d", c, weight)
		}
	}
}
