package match_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/causeway-pay/causeway/compliance/match"
)

// rareWord draws a word that nobody is called by.
var rareWord = rapid.StringMatching(`[bdgkvz][aeou]r[bdgkvz][aeou]l[bdgkmvz][aeou]n`)

// padding is what people write beside a name that is no part of it, each at its end or its
// beginning, or both.
var padding = []struct{ before, after string }{
	{"Mr. ", ""}, {"MRS ", ""}, {"Dr ", ""}, {"", " (deceased)"}, {"", ", Esq."}, {"", " Jr."}, {"c/o ", ""}, {"", " 2"},
	{"1. ", ""}, {"\"", "\""}, {"<", ">"}, {"*", "*"}, {"Shaikh ", ""}, {"", " !!!"}, {"(", ")"}, {"- ", " -"}, {"", " @"},
	{"Prof. Dr. ", ""}, {"", " #1"}, {"H.E. ", ""},
}

// TestPaddedNamesAreFound: what stands beside a name and tells nobody does not hide it.
func TestPaddedNamesAreFound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name := rareWord.Draw(t, "given") + " " + rareWord.Draw(t, "family")
		x := index(name, "Filler One", "Filler Two")
		with := rapid.SampledFrom(padding).Draw(t, "with")
		padded := with.before + name + with.after
		if found := x.Search(padded, match.DefaultPolicy.Default, 10); len(found) == 0 {
			t.Fatalf("%q is not found as %q: %d", name, padded, x.Compare(padded, name).Score)
		}
	})
}

// TestOneMoreNameIsStillFound: a listed name of two rare words is found behind, before and
// between one more word, for a third name is what people leave out or put in.
func TestOneMoreNameIsStillFound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		words := []string{rareWord.Draw(t, "given"), rareWord.Draw(t, "family")}
		name := strings.Join(words, " ")
		x := index(name, "Filler One", "Filler Two")
		at := rapid.IntRange(0, 2).Draw(t, "at")
		more := append(append(append([]string{}, words[:at]...), rareWord.Draw(t, "more")), words[at:]...)
		if found := x.Search(strings.Join(more, " "), match.DefaultPolicy.Default, 10); len(found) == 0 {
			t.Fatalf("%q is not found as %q: %d", name, more, x.Compare(strings.Join(more, " "), name).Score)
		}
	})
}

// TestNamesInTextAreFound: a listed name of two rare words is found in a text wherever it
// stands, whatever is around it.
func TestNamesInTextAreFound(t *testing.T) {
	around := []string{"", " ", "rent for ", "; invoice 4711/", "\n", " paid to ", ", ", " - ", "(", ")", ". ", " and ", "王先生 ", " für "}
	rapid.Check(t, func(t *rapid.T) {
		name := rareWord.Draw(t, "given") + " " + rareWord.Draw(t, "family")
		x := index(name, "Filler One", "Filler Two")
		before, after := rapid.SampledFrom(around).Draw(t, "before"), rapid.SampledFrom(around).Draw(t, "after")
		filler := strings.Repeat("order of tea ", rapid.IntRange(0, 30).Draw(t, "filler"))
		text := filler + before + name + after + filler
		if last := after + filler; last != "" && isLetterAt(last) {
			text = filler + before + name + " " + last
		}
		if found := x.SearchText(text, match.DefaultPolicy.Default, 10); len(found) == 0 {
			t.Fatalf("%q is not found in %q", name, text)
		}
	})
}

// isLetterAt says whether a text begins with a letter, which would go on with a name.
func isLetterAt(text string) bool { return strings.ContainsAny(text[:1], "abcdefghijklmnopqrstuvwxyz") }
