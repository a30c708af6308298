package match_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/causeway-pay/causeway/compliance/match"
)

// TestFoldRules is a row for each rule that changes the words of a name.
func TestFoldRules(t *testing.T) {
	cases := map[string]string{
		"Dockside Trading Company Limited":          "DOCKSIDE TRADING LTD",
		"Dockside S.A. de C.V.":                     "DOCKSIDE JSC",
		"Dockside S A":                              "DOCKSIDE JSC",
		"Zarya Sp. z o.o.":                          "ZARYA LLC",
		"Aktsionernoe Obshchestvo Zarya":            "JSC ZARYA",
		"Joint Stok Compani Zarya":                  "JSC ZARYA",
		"Limited Liability Com pany Zarya":          "LLC ZARYA",
		"LimitedLiability Company Zarya":            "LLC ZARYA",
		"ZaryaLLC":                                  "ZARYA LLC",
		"JSCZarya":                                  "JSC ZARYA",
		"Limited":                                   "LIMITED",
		"Abd al-Rahman Saleh":                       "ABDUL RAHMAN SALEH",
		"Abdulrahman Saleh":                         "ABDUL RAHMAN SALEH",
		"Abdul Rahman Saleh":                        "ABDUL RAHMAN SALEH",
		"Abdurahman Saleh":                          "ABDUL RAHMAN SALEH",
		"Abderrahmane Saleh":                        "ABDUL RAHMANE SALEH",
		"Abdirahman Saleh":                          "ABDUL RAHMAN SALEH",
		"Abdussalam Saleh":                          "ABDUL SALAM SALEH",
		"Abd us-Salam Saleh":                        "ABDUL SALAM SALEH",
		"Abdullahi Saleh":                           "ABDULLAHI SALEH",
		"Abd Allah Saleh":                           "ABDULLAH SALEH",
		"Abd-Ullah Saleh":                           "ABDULLAH SALEH",
		"Abdel Lah Saleh":                           "ABDULLAH SALEH",
		"Saleh Abdul Llah":                          "SALEH ABDULLAH",
		"Nasr Allah Saleh":                          "NASR ALLAH SALEH",
		"Bahattin Saleh":                            "BAH DIN SALEH",
		"Emadoddin Saleh":                           "EMAD DIN SALEH",
		"Borisat Zarya Chamkat":                     "CO ZARYA LTD",
		"Adkrytaye Aktsyyanernaye Tavarystva Zarya": "JSC ZARYA",
		"Dockside S.A.P.I. de C.V.":                 "DOCKSIDE JSC",
		"동현 김":                                      "DONG HYEON KIM",
		"Abdallah Saleh":                            "ABDALLAH SALEH",
		"Noureddine Saleh":                          "NOUR DIN SALEH",
		"Nour Eddine Saleh":                         "NOUR DIN SALEH",
		"Ansar Dine":                                "ANSAR DIN",
		"Salahudin Saleh":                           "SALAH DIN SALEH",
		"Abdusalam Saleh":                           "ABDUL SALAM SALEH",
		"Abdukarim Saleh":                           "ABDUL KARIM SALEH",
		"Abdrazzak Saleh":                           "ABDUL RAZZAK SALEH",
		"Abdimov Saleh":                             "ABDIMOV SALEH",
		"Abdiev Saleh":                              "ABDIEV SALEH",
		"ZaryaOAO":                                  "ZARYA JSC",
		"Dockside AviationInc":                      "DOCKSIDE AVIATION INC",
		"Incarico Corporate":                        "INCARICO CORPORATE",
		"Zinc":                                      "ZINC",
		"J. P. Zarya":                               "JP ZARYA",
		"J.P. Zarya":                                "JP ZARYA",
		"O'Hara-Smith":                              "OHARA SMITH",
		"Ursa Major":                                "URSA MAJOR",
		"Major Viktor Blocksworth":                  "VIKTOR BLOCKSWORTH",
		"Metropolitan Dockside Trading Limit":       "METROPOLITAN DOCKSIDE TRADING",
		"Metropolitan Dockside Joint Stock C":       "METROPOLITAN DOCKSIDE JSC",
		"Metropolitan Dockside Joint Stock Co":      "METROPOLITAN DOCKSIDE JSC",
		"Metropolitan Dockyards Joint Sto Cx":       "METROPOLITAN DOCKYARDS JOINT STO",
		"Metropolitan Dockyards A Joint Stoc":       "METROPOLITAN DOCKYARDS A JSC",
		"Metropolitan Blocksworth Viktor Sto":       "METROPOLITAN BLOCKSWORTH VIKTOR STO",
	}
	for name, want := range cases {
		if diff := cmp.Diff(want, strings.Join(match.Fold(name), " ")); diff != "" {
			t.Errorf("%q: %s", name, diff)
		}
	}
}

func FuzzFold(f *testing.F) {
	for _, seed := range []string{
		"Viktor", "", "\xff\xfe", strings.Repeat("A ", 300), "S.A. de C.V.",
		"김정은", "金正恩", "عبد الرحمن", "é́́́", "สมชาย", "LTD",
		strings.Repeat("ABDUL", 40), "\u200d\u00ad",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, name string) {
		words := match.Fold(name)
		if len(words) > 2*48 {
			t.Errorf("%d words", len(words))
		}
		for _, w := range words {
			if w == "" || len(w) > 64 || strings.Trim(w, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") != "" {
				t.Errorf("word %q of %q", w, name)
			}
		}
	})
}

func FuzzParseDate(f *testing.F) {
	for _, seed := range []string{"09 Feb 1980", "circa 1963", "1963 to 1964", "00/00/1980", "", "to to to", "1 to 2"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		d, ok := match.ParseDate(text)
		if ok && (d.Month < 0 || d.Month > 12 || d.Day < 0 || d.Day > 31 || !utf8.ValidString(d.String())) {
			t.Errorf("%q is %+v", text, d)
		}
	})
}

// FuzzCompare: any two names have a score, and an equal one scores in full.
func FuzzCompare(f *testing.F) {
	x := index("Viktor Blocksworth", "Dockside Trading LLC")
	f.Add("Viktor Blocksworth", "Wiktor B.")
	f.Add("金正恩", "Kim Jong Un")
	f.Add("A B C D E F G", "ABCDEFG")
	f.Fuzz(func(t *testing.T, a, b string) {
		if m := x.Compare(a, b); m.Score < 0 || m.Score > 10_000 {
			t.Errorf("score %d", m.Score)
		}
		if m := x.Compare(a, a); len(match.Fold(a)) > 0 && m.Score != 10_000 {
			t.Errorf("%q scores %d with itself: %v", a, m.Score, m.Pairs)
		}
	})
}
