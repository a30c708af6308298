package match_test

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/causeway-pay/causeway/compliance/match"
)

// TestFormsInCapitalsAreSetOff is a row for each way a legal form in capitals stands behind
// small letters, and for what looks like one.
func TestFormsInCapitalsAreSetOff(t *testing.T) {
	for written, plain := range map[string]string{
		"VelzefirAG": "Velzefir AG", "VelzefirAG, Tomakir": "Velzefir AG Tomakir", "Velzefir-TomakirBV": "Velzefir Tomakir BV",
		"VelzefirNV TomakirSA": "Velzefir NV Tomakir SA", "VelzefirGMBH": "Velzefir GmbH", "velzefirOOO": "velzefir OOO",
		"TomákirSA": "Tomákir SA", "VelzefirAG.": "Velzefir AG",
		// These are words: no form, not in capitals, or more of the word behind it.
		"VelzefirQX": "velzefirqx", "Velzefirag": "velzefirag", "VELZEFIRAG": "velzefirag", "VelzefirA": "velzefira",
		"VelzefirAGo": "velzefirago", "VelzefirAGo AG": "velzefirago AG", "VelzefirAGé": "velzefiragé", "VelzefirAG7": "velzefirag7",
		"vAG": "v AG", "AG": "ag", "": "", "é": "é", "éAG": "éag",
	} {
		if got, want := match.Fold(written), match.Fold(plain); !slices.Equal(got, want) {
			t.Errorf("%q is %q, %q is %q", written, got, plain, want)
		}
	}
}

// TestGrownFormScoresAsApart: a company whose form was grown on scores with any other as it
// does with a blank, asked for or listed.
func TestGrownFormScoresAsApart(t *testing.T) {
	x := index("Filler One", "Filler Two")
	forms := []string{"AG", "SA", "BV", "NV", "AB", "KG", "LLC", "OOO", "SRL", "PLC"}
	rapid.Check(t, func(t *rapid.T) {
		name := strings.TrimSpace(rapid.StringMatching(`([A-Z][a-z]{2,8} ){1,2}`).Draw(t, "name"))
		other := rapid.StringMatching(`([A-Z][a-z]{2,8} ){1,2}`).Draw(t, "other") + rapid.SampledFrom(forms).Draw(t, "other form")
		if rapid.Bool().Draw(t, "same") {
			other = name
		}
		form := rapid.SampledFrom(forms).Draw(t, "form")
		if grown, apart := x.Compare(name+form, other).Score, x.Compare(name+" "+form, other).Score; grown != apart {
			t.Fatalf("%s%s with %s: %d, apart %d", name, form, other, grown, apart)
		}
		if grown, apart := x.Compare(other, name+form).Score, x.Compare(other, name+" "+form).Score; grown != apart {
			t.Fatalf("%s with %s%s: %d, apart %d", other, name, form, grown, apart)
		}
	})
}

// TestKindsOfCompaniesTellLittle: the abbreviation of a kind of company is left out or added
// at will; by itself it finds nothing, and as initials of a person it stays what it is.
func TestKindsOfCompaniesTellLittle(t *testing.T) {
	x := index("Filler One", "Filler Two")
	for _, kind := range []string{"NK", "GK", "TD", "TPK", "PO", "SPO"} {
		for _, c := range []struct {
			name, listed string
			found        bool
		}{
			{"OAO " + kind + " Velzefir", "Velzefir OAO", true}, {"Velzefir OAO", "OAO " + kind + " Velzefir", true},
			{"OAO " + kind + " Velzefir", "OAO " + kind + " Velzefir", true},
			{"OAO " + kind + " Velzefir", "OAO " + kind + " Tomakiru", false}, {kind + " Velzefir", kind + " Tomakiru", false},
		} {
			if m := x.Compare(c.name, c.listed); m.Score >= match.DefaultPolicy.Default != c.found {
				t.Errorf("%s with %s: %d, %v", c.name, c.listed, m.Score, m.Pairs)
			}
		}
	}
	for _, name := range []string{"N. K. Velzefir", "Velzefir N K", "Velzefir N.K.", "Li Po"} {
		if m := x.Compare(name, name); m.Score != 10_000 {
			t.Errorf("%s with itself: %d, %v", name, m.Score, m.Pairs)
		}
	}
	if m := x.Compare("Velzefir N K", "Velzefir Nikolai Kamaz"); m.Score < match.DefaultPolicy.Default {
		t.Errorf("initials that are a kind's letters: %d, %v", m.Score, m.Pairs)
	}
	if m := x.Compare("Li Po", "Li Wei"); m.Score >= match.DefaultPolicy.Default {
		t.Errorf("a name that is a kind's letters is not told from another: %d, %v", m.Score, m.Pairs)
	}
}
