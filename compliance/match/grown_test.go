package match

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func textsOf(tokens []token) string {
	var texts []string
	for _, t := range tokens {
		texts = append(texts, t.text)
	}
	return strings.Join(texts, " ")
}

func tokensOf(words ...string) []token {
	tokens := make([]token, len(words))
	for i, word := range words {
		tokens[i].text = word
	}
	return tokens
}

// TestGrown is a row for each way in which a legal form is grown together with a word, and
// for words that only look so.
func TestGrown(t *testing.T) {
	for text, want := range map[string]string{
		"TOMAKILLC": "TOMAKI LLC", "LLCTOMAKI": "LLC TOMAKI", "TOMAKILIMITED": "TOMAKI LIMITED", "LIMITEDTOMAKI": "LIMITED TOMAKI",
		"TOMAKIZAO": "TOMAKI ZAO", "OAOTOMAKI": "OAO TOMAKI", "NPOTOMAKI": "NPO TOMAKI", "FGUPTOMAKI": "FGUP TOMAKI",
		"NPPTOMAKI": "NPP TOMAKI", "NPFTOMAKI": "NPF TOMAKI", "TOMAKICORP": "TOMAKI CORP",
		// Nobody's name begins so: two letters are enough behind it.
		"LLCF2": "LLC F2", "OOOSBS": "OOO SBS", "JSCPO": "JSC PO", "GMBHXY": "GMBH XY", "LTDX": "",
		// A name may begin or end so.
		"ZAOUI": "", "SANPO": "", "NPORT": "NPO RT", "COMPANYA": "", "LIMITEDA": "", "TALLC": "", "CORPUZ": "", "INCHON": "",
		// Two words of forms, whichever of them is a form by itself.
		"JOINTSTOCK": "JOINT STOCK", "AKTSIONERNOEOBSHCHESTVO": "AKTSIONERNOE OBSHCHESTVO", "LIABILITYCOMPANY": "LIABILITY COMPANY",
		"LIMITEDLIABILITY": "LIMITED LIABILITY", "STOCKCOMPANY": "STOCK COMPANY",
		// A long one beside a name.
		"TOMAKIENTERPRISE": "TOMAKI ENTERPRISE", "ENTERPRISETOMAKI": "ENTERPRISE TOMAKI",
		"BLOCKSWORTH": "", "OO": "", "LLC": "", "LTD": "",
	} {
		first, second, ok := grown(text)
		if got := strings.TrimSpace(first + " " + second); got != want || ok != (want != "") {
			t.Errorf("%s is %q, %t; want %q", text, got, ok, want)
		}
	}
}

// TestGrownIsTheWord: whatever a word is, its parts are the word, and none of them is empty.
func TestGrownIsTheWord(t *testing.T) {
	forms := append(slices.Concat(grownEnds, grownStarts), "JOINT", "STOCK", "ENTERPRISE", "OBSHCHESTVO", "AKTSIONERNOE")
	part := rapid.OneOf(rapid.SampledFrom(forms), rapid.StringMatching("[A-Z0-9]{0,9}"))
	apart := 0
	rapid.Check(t, func(t *rapid.T) {
		text := part.Draw(t, "first") + part.Draw(t, "second")
		first, second, ok := grown(text)
		if !ok {
			if first != "" || second != "" {
				t.Fatalf("%s is not taken apart, and is %q and %q", text, first, second)
			}
			return
		}
		apart++
		isForm := func(word string) bool {
			return tables.formWords[word] || tables.forms[word] != "" || slices.Contains(forms, word)
		}
		if first == "" || second == "" || first+second != text || !isForm(first) && !isForm(second) {
			t.Fatalf("%s is %q and %q", text, first, second)
		}
	})
	if apart == 0 && !testing.Short() {
		t.Error("no word was taken apart")
	}
}

// TestSplitsForm is a row for each reason for which two words are one of a form, or not.
func TestSplitsForm(t *testing.T) {
	for _, c := range []struct {
		first, second string
		want          bool
	}{
		{"COMP", "ANY", true}, {"LIABI", "LITY", true}, {"ENTER", "PRISE", true}, {"JOINT", "STOCK", false}, {"CO", "MPANY", true},
		{"COMPANY", "LIMITED", false}, {"BLOCKS", "WORTH", false}, {"", "COMPANY", true},
	} {
		if got := splitsForm(c.first, c.second); got != c.want {
			t.Errorf("%s %s: %t", c.first, c.second, got)
		}
	}
}

// TestBesideForm: a word of a form is beside what is two words away at most.
func TestBesideForm(t *testing.T) {
	tokens := tokensOf("TOMAKI", "RUVEL", "ZEPHYR", "COMPANY", "HARGREAVE", "LOVELL", "OTTO")
	for at, want := range []bool{false, true, true, false, true, true, false} {
		if got := besideForm(tokens, at); got != want {
			t.Errorf("%s: %t", tokens[at].text, got)
		}
	}
}

// TestRespell is a row for each way to misspell a word of a form, and for names that are no
// such words.
func TestRespell(t *testing.T) {
	for _, c := range []struct {
		text   string
		beside bool
		want   string
	}{
		{"LIMITID", false, "LIMITED"}, {"IMITED", false, "LIMITED"}, {"LIMITE", false, "LIMITED"}, {"CORPORATOIN", false, "CORPORATION"},
		// Part of forms only: beside another one.
		{"LIABILTY", true, "LIABILITY"}, {"LIABILTY", false, "LIABILTY"}, {"TATE", true, "STATE"}, {"TATE", false, "TATE"}, {"STOKC", true, "STOCK"},
		// Two errors are none.
		{"LIMTD", true, "LIMTD"}, {"BLOCKSWORTH", true, "BLOCKSWORTH"},
		// Many people's names stay.
		{"JOHN", true, "JOHN"}, {"STATE", true, "STATE"},
	} {
		if got := respell(c.text, c.beside); got != c.want {
			t.Errorf("%s, %t: %s, want %s", c.text, c.beside, got, c.want)
		}
	}
}

// TestRepairKeepsLetters: whatever is repaired, no word comes or goes but those that are grown
// or split, and what is right stays.
func TestRepairKeepsLetters(t *testing.T) {
	words := []string{
		"TOMAKI", "JOHN", "LIMITED", "LIMITID", "JOINT", "STOCK", "COMPANY", "COMP", "ANY", "TOMAKILLC", "LLC", "NPOSPLAV", "A", "7",
	}
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.SliceOfN(rapid.SampledFrom(words), 0, 8).Draw(t, "name")
		once := repair(tokensOf(name...))
		got := strings.ReplaceAll(textsOf(once), " ", "")
		if want := strings.ReplaceAll(strings.Join(name, ""), "LIMITID", "LIMITED"); got != want {
			t.Fatalf("%q is %q", name, textsOf(once))
		}
		if again := textsOf(repair(slices.Clone(once))); again != textsOf(once) {
			t.Fatalf("%q is %q, repaired again %q", name, textsOf(once), again)
		}
	})
}

// TestWithoutRest is a row for each way in which the end of a name that was cut is read.
func TestWithoutRest(t *testing.T) {
	for name, want := range map[string]string{
		// Too short to tell, or the beginning of a form.
		"VIKTOR BLOCKSWORTH AN": "VIKTOR BLOCKSWORTH", "VIKTOR BLOCKSWORTH A": "VIKTOR BLOCKSWORTH",
		"DOCKSIDE TOMAKI LIM": "DOCKSIDE TOMAKI", "DOCKSIDE TOMAKI COMPA": "DOCKSIDE TOMAKI", "DOCKSIDE TOMAKI CORPORATI": "DOCKSIDE TOMAKI",
		// A form that is whole stays, and one that other words begin is made whole.
		"DOCKSIDE TOMAKI LTD": "DOCKSIDE TOMAKI LTD", "DOCKSIDE TOMAKI SA": "DOCKSIDE TOMAKI SA", "DOCKSIDE JOINT STOCK COMP": "DOCKSIDE JOINT STOCK COMPANY",
		"TOMAKI JOINT STO": "TOMAKI JOINT STOCK", "TOMAKI LIMITED LIABIL": "TOMAKI LIMITED LIABILITY",
		// Names stay, and what has two words only.
		"VIKTOR BLOCKSWORTH ANA": "VIKTOR BLOCKSWORTH ANA", "VIKTOR BL": "VIKTOR BL", "VIKTOR": "VIKTOR", "": "",
	} {
		if got := textsOf(withoutRest(tokensOf(strings.Fields(name)...))); got != want {
			t.Errorf("%q is %q, want %q", name, got, want)
		}
	}
	syllables := []token{{text: "KIM"}, {text: "JONG"}, {text: "U", syllable: true}}
	if got := textsOf(withoutRest(syllables)); got != "KIM JONG U" {
		t.Errorf("a syllable is cut: %q", got)
	}
}

// TestWithForms: forms of one word or many are one word wherever they stand, the longest
// first, and a name of nothing else stays.
func TestWithForms(t *testing.T) {
	for name, want := range map[string]string{
		"TOMAKI LIMITED LIABILITY COMPANY": "TOMAKI LLC!", "OPEN JOINT STOCK COMPANY TOMAKI": "JSC! TOMAKI",
		"TOMAKI CO LTD": "TOMAKI LTD!", "TOMAKI COMPANY OPEN": "TOMAKI CO! OPEN", "TOMAKI OPEN STOCK COMPANY": "TOMAKI JSC!",
		"LIMITED LIABILITY": "LIMITED LIABILITY", "LTD": "LTD", "": "", "LTD TOMAKI LTD": "LTD! TOMAKI LTD!",
		"TOMAKI JOINT STOCK": "TOMAKI JSC!", "TOMAKI JOINT": "TOMAKI JOINT",
	} {
		var words []string
		for _, token := range withForms(tokensOf(strings.Fields(name)...)) {
			if token.class == legalForm {
				token.text += "!"
			}
			words = append(words, token.text)
		}
		if got := strings.Join(words, " "); got != want {
			t.Errorf("%q is %q, want %q", name, got, want)
		}
	}
}
