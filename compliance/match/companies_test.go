package match_test

import (
	"testing"

	"github.com/causeway-pay/causeway/compliance/match"
)

// companies are names of companies as their registers write them, and as others do.
var companies = map[string][][]string{
	"Russian": {
		{"ООО «Томакиру»", "Tomakiru LLC", "OOO Tomakiru", "Tomakiru Limited Liability Company", "Obshchestvo s ogranichennoi otvetstvennostyu Tomakiru"},
		{"ПАО «Вельзефир»", "PJSC Velzefir", "Velzefir Public Joint Stock Company", "Publichnoe aktsionernoe obshchestvo Velzefir"},
		{"АО Завод Томакиру", "Tomakiru Plant JSC", "JSC Tomakiru Zavod"}, {"ФГУП Вельзефир", "FSUE Velzefir", "Federal State Unitary Enterprise Velzefir"},
	},
	"Ukrainian":  {{"ТОВ Томакіру", "TOV Tomakiru", "Tomakiru LLC"}, {"ПрАТ Вельзефір", "PrAT Velzefir", "Private Joint Stock Company Velzefir"}},
	"Belarusian": {{"ААТ Вельзефір", "AAT Velzefir", "OJSC Velzefir"}},
	"German":     {{"Tomakiru GmbH", "Tomakiru Gesellschaft mit beschränkter Haftung"}, {"Velzefir AG", "Velzefir Aktiengesellschaft"}, {"Tomakiru GmbH & Co. KG", "Tomakiru KG"}},
	"French":     {{"Tomakiru SARL", "Société à responsabilité limitée Tomakiru"}, {"Velzefir S.A.", "Velzefir SA", "Velzefir Société Anonyme"}},
	"Spanish":    {{"Tomakiru S. de R.L. de C.V.", "Tomakiru S de RL de CV"}, {"Inversiones Velzefir S.A. de C.V.", "Inversiones Velzefir SA de CV"}},
	"Italian":    {{"Tomakiru S.r.l.", "Tomakiru SRL", "Tomakiru Società a responsabilità limitata"}, {"Velzefir S.p.A.", "Velzefir SPA"}},
	"Polish":     {{"Tomakiru Sp. z o.o.", "Tomakiru Spółka z ograniczoną odpowiedzialnością", "Tomakiru sp zoo"}},
	"Czech":      {{"Tomakiru s.r.o.", "Tomakiru spol. s r.o."}},
	"Serbian":    {{"Томакиру д.о.о.", "Tomakiru d.o.o.", "Tomakiru DOO"}},
	"Turkish":    {{"Tomakiru Ticaret Limited Şirketi", "Tomakiru Trading Ltd. Şti."}, {"Velzefir Anonim Şirketi", "Velzefir A.S."}},
	"Dutch":      {{"Tomakiru B.V.", "Tomakiru BV"}, {"Velzefir N.V.", "Velzefir NV"}},
	"Arabic":     {{"Tomakiru Trading W.L.L.", "Tomakiru Trading WLL"}, {"Tomakiru Trading FZE", "Tomakiru Trading Free Zone Establishment"}},
	"Chinese":    {{"大连福港贸易有限公司", "Dalian Fugang Trading Co., Ltd.", "DALIAN FUGANG TRADING COMPANY LIMITED"}},
	"Korean":     {{"Tomakiru Co., Ltd.", "Tomakiru Company Limited"}},
	"Malay":      {{"Tomakiru Sdn. Bhd.", "Tomakiru Sendirian Berhad"}},
	"Indonesian": {{"PT Tomakiru Tbk", "PT. Tomakiru", "Perseroan Terbatas Tomakiru"}},
	"Indian":     {{"Tomakiru Pvt. Ltd.", "Tomakiru Private Limited"}},
	"English": {
		{"Tomakiru Ltd", "Tomakiru Limited", "Tomakiru Ltd.", "TOMAKIRU LIMITID", "TomakiruLtd"}, {"Velzefir Inc.", "Velzefir Incorporated"},
		{"Velzefir Corp", "Velzefir Corporation"}, {"The Tomakiru Company", "Tomakiru Co."}, {"Velzefir Int'l Trading LLC", "Velzefir International Trading LLC"},
		{"Tomakiru Shipping Lines", "Tomakiru Shipping Line"}, {"Velzefir & Sons Ltd", "Velzefir and Sons Limited"},
	},
}

// TestCompanies: a company is found under any other way to write its name.
func TestCompanies(t *testing.T) {
	x := index("Filler One", "Filler Two")
	for language, all := range companies {
		for _, ways := range all {
			for _, way := range ways {
				for _, other := range ways {
					if m := x.Compare(way, other); m.Score < match.DefaultPolicy.Default {
						t.Errorf("%s: %q and %q score %d: %v", language, way, other, m.Score, m.Pairs)
					}
				}
			}
		}
	}
}

// TestFormsTellNobody: companies of other names are others, whatever legal form both have.
func TestFormsTellNobody(t *testing.T) {
	x := index("Filler One", "Filler Two")
	for language, all := range companies {
		for _, ways := range all {
			for _, way := range ways {
				for _, other := range []string{"Hargreave LLC", "ООО Харгрив", "Hargreave Trading Co Ltd", "JSC Hargreave", "PT Hargreave"} {
					if m := x.Compare(way, other); m.Score >= match.DefaultPolicy.Default {
						t.Errorf("%s: %q and %q score %d: %v", language, way, other, m.Score, m.Pairs)
					}
				}
			}
		}
	}
}

// TestUnwrittenOnTheList is a row for each way to ask for a name that a list has in Arabic
// script alone: in that script, and in Latin letters where its words are known or hardly
// have vowels.
func TestUnwrittenOnTheList(t *testing.T) {
	x := index("Filler One", "Filler Two")
	for _, c := range []struct {
		name, listed string
		found        bool
	}{
		{"محمد حسن القحطاني", "محمد حسن القحطاني", true}, {"محمد القحطاني", "محمد حسن القحطاني", true}, {"مُحَمَّد القحطانی", "محمد القحطاني", true},
		{"Mohammed Hassan Ali", "محمد حسن علي", true}, {"Abdullah Ibrahim", "عبد الله إبراهيم", true}, {"Abdul Rahman Khaled", "عبدالرحمن خالد", true},
		{"Omar Al Rahman", "عمر الرحمن", true},
		{"Zubayda Tomakirovi", "زبيدة تمكرف", false}, {"Ahmed Hassan", "محمد حسن", false},
	} {
		if m := x.Compare(c.name, c.listed); m.Score >= match.DefaultPolicy.Default != c.found {
			t.Errorf("%q, %q: %d, %v", c.name, c.listed, m.Score, m.Pairs)
		}
	}
}
