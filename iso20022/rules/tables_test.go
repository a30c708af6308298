package rules

import (
	"strings"
	"testing"

	"golang.org/x/text/currency"
	cldr "golang.org/x/text/language"
)

// pairsOfLetters are all codes of two capital letters.
func pairsOfLetters(visit func(code string)) {
	for first := 'A'; first <= 'Z'; first++ {
		for second := 'A'; second <= 'Z'; second++ {
			visit(string([]rune{first, second}))
		}
	}
}

// TestCountriesOfCLDR: the table has the countries of CLDR but those that ISO
// 3166-1 has reserved, or does not have any more.
func TestCountriesOfCLDR(t *testing.T) {
	const notAssigned = "AC AN CP CQ CS DG EA EZ FQ IC NT PC SU TA UN YU"
	pairsOfLetters(func(code string) {
		region, err := cldr.ParseRegion(code)
		theirs := err == nil && region.IsCountry() && region.String() == code && region.Canonicalize() == region &&
			!strings.Contains(notAssigned, code)
		if ours := knownCountry(code[0], code[1]) != unknown; ours != theirs {
			t.Errorf("%s is a country here: %v, of CLDR: %v", code, ours, theirs)
		}
	})
}

// TestLanguagesOfCLDR: the table has the languages of CLDR but those that ISO
// 639-1 has replaced.
func TestLanguagesOfCLDR(t *testing.T) {
	const replaced = "in iw ji jw mo sh"
	pairsOfLetters(func(code string) {
		lower := strings.ToLower(code)
		base, err := cldr.ParseBase(lower)
		theirs := err == nil && base.String() == lower && !strings.Contains(replaced, lower)
		at, _ := pairAt(code[0], code[1])
		if ours := languages[at] != 0; ours != theirs {
			t.Errorf("%s is a language here: %v, of CLDR: %v", lower, ours, theirs)
		}
	})
}

// neverISO are currencies that CLDR tells apart and ISO 4217 never did.
const neverISO = "ARL ARM BAN BGM BGO BOL BRZ CLE CNH KRH KRO MCF MDC MKN VNN YUR"

// TestCurrenciesOfCLDR: each currency of CLDR is known here, and what is not paid
// with any more there is not active here.
func TestCurrenciesOfCLDR(t *testing.T) {
	known, seen := 0, map[string]bool{}
	tender := map[string]bool{}
	for it := currency.Query(); it.Next(); {
		tender[it.Unit().String()] = true
	}
	for it := currency.Query(currency.Historical, currency.NonTender); it.Next(); {
		code := it.Unit().String()
		if seen[code] {
			continue
		}
		seen[code] = true
		kind := currencyOf([]byte(code))
		if (kind == unknown) != strings.Contains(neverISO, code) {
			t.Errorf("%s is known as %d", code, kind)
		}
		// The colón has not been withdrawn from ISO 4217.
		if _, ended := it.To(); ended && !tender[code] && kind > special && code != "SVC" {
			t.Errorf("%s is active here, and not in CLDR", code)
		}
		if kind != unknown {
			known++
		}
	}
	for code := range tender {
		if currencyOf([]byte(code)) == unknown {
			t.Errorf("%s is paid with and not known", code)
		}
	}
	if known < 150 {
		t.Errorf("only %d currencies were compared", known)
	}
}

// TestMinorUnitsOfCLDR: the digits of active currencies are those of CLDR, except
// where people leave them out although ISO 4217 has them.
func TestMinorUnitsOfCLDR(t *testing.T) {
	compared := 0
	for it := currency.Query(); it.Next(); {
		unit := it.Unit()
		kind := currencyOf([]byte(unit.String()))
		if kind < active {
			continue
		}
		compared++
		digits, _ := currency.Standard.Rounding(unit)
		if ours := int(kind - active); ours != digits && digits != 0 {
			t.Errorf("%s has %d digits here and %d in CLDR", unit, ours, digits)
		}
	}
	if compared < 150 {
		t.Errorf("only %d currencies were compared", compared)
	}
}

// TestEachPairOfLettersAsACountry: what the schema takes and the table does not
// know is found, in every place that names a country, and nothing else is.
func TestEachPairOfLettersAsACountry(t *testing.T) {
	pairsOfLetters(func(code string) {
		known := strings.Contains(" "+countryCodes+" ", " "+code+" ")
		for _, tt := range []struct{ kind, value, rule string }{
			{"CTRY", code, "country"}, {"BIC", "WEST" + code + "2L", "bic-country"},
		} {
			want := tt.rule
			if known {
				want = ""
			}
			if got := strings.Join(rulesOf(tt.kind, tt.value), " "); got != want {
				t.Errorf("%s %s breaks %q, want %q", tt.kind, tt.value, got, want)
			}
		}
	})
}
