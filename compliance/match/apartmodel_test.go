package match

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// capitals are small letters with capitals grown on them that end the word.
var capitals = regexp.MustCompile(`([a-z])([A-Z]{2,})([^A-Za-z0-9é]|$)`)

// TestApartIsItsModel: forms are set off where a pattern finds them and nowhere else, once.
func TestApartIsItsModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.StringMatching(`([a-z]|[a-z]|[A-Z]|AG|SA|GMBH|OOO|LLC|é| |-|\.|7){0,14}`).Draw(t, "name")
		want := capitals.ReplaceAllStringFunc(name, func(found string) string {
			if parts := capitals.FindStringSubmatch(found); tables.forms[parts[2]] != "" {
				return parts[1] + " " + parts[2] + parts[3]
			}
			return found
		})
		got := apart(name)
		if got != want {
			t.Fatalf("%q is %q, want %q", name, got, want)
		}
		if again := apart(got); again != got {
			t.Fatalf("%q is %q, and that %q", name, got, again)
		}
		if strings.ReplaceAll(got, " ", "") != strings.ReplaceAll(name, " ", "") {
			t.Fatalf("%q is %q, of other letters", name, got)
		}
	})
}

// TestApartIsRemembered: a company with a grown form folds through the lexicon as it does
// without, asked for once and again.
func TestApartIsRemembered(t *testing.T) {
	var l lexicon
	for range 3 {
		for _, name := range []string{"VelzefirAG", "Velzefir AG", "TomakirSA Velzefir", "Velzefirag"} {
			if got, want := l.fold(name), fold(name, false, chinese); !slices.Equal(got, want) {
				t.Errorf("%q is remembered as %v, want %v", name, got, want)
			}
		}
	}
}

// TestKindsAreNoOtherWords: what tells that a company is of some kind is no legal form, no
// particle, no title and no name of many people, which are weighed by other rules.
func TestKindsAreNoOtherWords(t *testing.T) {
	for word := range tables.stopwords {
		if tables.forms[word] != "" && word != "COMPANY" && word != "KOMPANIYA" && word != "KORPORATSIYA" {
			t.Errorf("%s is the legal form %s too", word, tables.forms[word])
		}
		if tables.particles[word] || tables.titles[word] || tables.common[word] {
			t.Errorf("%s is a particle, a title or a common name too", word)
		}
	}
}

// TestKindOfCompanyLowersLittle: the abbreviation of a kind, before or behind a company's
// name, never raises its score, and takes less than a telling word in its place.
func TestKindOfCompanyLowersLittle(t *testing.T) {
	x := NewIndex([]Name{{Text: "Filler One"}, {Text: "Filler Two"}})
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.SampledFrom([]string{"Velzefir", "Tomakiru Velzefir", "Blocksworth", "Dockside Hargreave"}).Draw(t, "name")
		form := rapid.SampledFrom([]string{" OAO", " LLC", " JSC"}).Draw(t, "form")
		kind := rapid.SampledFrom([]string{"NK", "GK", "TD", "TPK", "PO", "SPO"}).Draw(t, "kind")
		with := func(word string) string { return word + " " + name + form }
		if rapid.Bool().Draw(t, "behind") {
			with = func(word string) string { return name + " " + word + form }
		}
		plain, kinds := x.Compare(name+form, name+form).Score, x.Compare(with(kind), name+form).Score
		telling := x.Compare(with("Wiktorin"), name+form).Score
		if kinds > plain || kinds <= telling {
			t.Fatalf("%s: %d, %d without %s, %d with a telling word", with(kind), kinds, plain, kind, telling)
		}
		if listed := x.Compare(name+form, with(kind)).Score; listed > plain || listed < DefaultPolicy.Default {
			t.Fatalf("%s listed: %d, %d without %s", with(kind), listed, plain, kind)
		}
	})
}

// TestLettersOfAnotherScriptInside is a row for each letter that is not of the script that
// its word is read by: it is read by itself, or left out where it is no syllable.
func TestLettersOfAnotherScriptInside(t *testing.T) {
	for name, want := range map[string]string{
		"पलaव": "PALAV", "김ㄱ수": "KIM SU", "ㄱ": "", "김수": "KIM SU", "पलव": "PALAV",
	} {
		if got := strings.Join(Fold(name), " "); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
}

// TestNothingToSearch: what has no word finds nothing, in a search and in its proof.
func TestNothingToSearch(t *testing.T) {
	x := NewIndex([]Name{{Text: "Viktor Blocksworth"}, {Text: "VelzefirAG"}})
	for _, name := range []string{"", " ", "-", "'", "…", "\xff"} {
		if found := x.Search(name, 1, x.Len()); len(found) > 0 {
			t.Errorf("%q finds %v", name, found)
		}
		if found := x.Exhaustive(name, 1); len(found) > 0 {
			t.Errorf("%q is scored against %v", name, found)
		}
	}
	if found := x.Exhaustive("Velzefir AG", 10_000); len(found) != 1 || found[0].Name.Text != "VelzefirAG" {
		t.Errorf("a listed form that was grown on: %v", found)
	}
}

// TestPiecesEndWhenAsked: a text is cut no further than somebody reads.
func TestPiecesEndWhenAsked(t *testing.T) {
	count := 0
	for range pieces(strings.Repeat("Velzefir Tomakiru ", 100)) {
		if count++; count == 2 {
			break
		}
	}
	if count != 2 {
		t.Errorf("%d pieces of a long text", count)
	}
}
