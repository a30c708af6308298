package lists_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/causeway-pay/causeway/compliance/lists"
	"github.com/causeway-pay/causeway/compliance/match"
)

// only reads a list of one entry.
func only(t testing.TB, format, text string) lists.Entry {
	t.Helper()
	list, err := lists.Read("X", format, strings.NewReader(text))
	if err != nil || list.Entries.Len() != 1 {
		t.Fatalf("%d entries, %v", list.Entries.Len(), err)
	}
	return list.Entries.At(0)
}

func ofacRow(remarks string) string {
	return `7,"BLOCKSWORTH",-0- ,"T",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,"` + remarks + "\"\n"
}

// TestRemarksOfOFAC is a row for each kind of remark.
func TestRemarksOfOFAC(t *testing.T) {
	cases := map[string]lists.Identifier{
		"Passport P1.":                    {Type: "Passport", Value: "P1"},
		"Passport P1 (Nowhere)":           {Type: "Passport", Value: "P1", Country: "Nowhere"},
		"Passport P1 (Nowhere).":          {Type: "Passport", Value: "P1", Country: "Nowhere"},
		"alt. Passport P1 (Nowhere)":      {Type: "Passport", Value: "P1", Country: "Nowhere"},
		"Tax ID No. 7 (Nowhere); Note":    {Type: "Tax ID No.", Value: "7", Country: "Nowhere"},
		"SSN 7; POB Nowhere":              {Type: "SSN", Value: "7"},
		"Title: None; D.N.I. 7 (Nowhere)": {Type: "D.N.I.", Value: "7", Country: "Nowhere"},
		"Passport P1 (Nowhere) issued 18 Jun 1987 expires 17 Jun 1992.": {
			Type: "Passport", Value: "P1", Country: "Nowhere",
		},
	}
	for remarks, want := range cases {
		if diff := cmp.Diff([]lists.Identifier{want}, only(t, lists.FormatOFAC, ofacRow(remarks)).Identifiers); diff != "" {
			t.Errorf("%s: %s", remarks, diff)
		}
	}
	for remarks, want := range map[string]string{
		"DOB 09 Feb 1980": "1980-02-09", "alt. DOB circa 1963.": "1963", "DOB 1963 to 1964; nationality Nowhere": "1963-1964",
		"DOB unknown": "", "POB Nowhere": "",
	} {
		got := ""
		for _, d := range only(t, lists.FormatOFAC, ofacRow(remarks)).Born {
			got += d.String()
		}
		if got != want {
			t.Errorf("%s: %q, want %q", remarks, got, want)
		}
	}
}

// TestDatesOfXML is a row for each way in which the UN and the EU write a birth.
func TestDatesOfXML(t *testing.T) {
	about := func(text string) match.Date {
		d, _ := match.ParseDate(text)
		d.About = true
		return d
	}
	exact := func(text string) match.Date {
		d, _ := match.ParseDate(text)
		return d
	}
	un := map[string]match.Date{
		"<TYPE_OF_DATE>EXACT</TYPE_OF_DATE><DATE>1980-02-09</DATE>":                                exact("1980-02-09"),
		"<TYPE_OF_DATE>EXACT</TYPE_OF_DATE><YEAR>1980</YEAR>":                                      exact("1980"),
		"<TYPE_OF_DATE>APPROXIMATELY</TYPE_OF_DATE><YEAR>1980</YEAR>":                              about("1980"),
		"<TYPE_OF_DATE>BETWEEN</TYPE_OF_DATE><FROM_YEAR>1968</FROM_YEAR><TO_YEAR>1970</TO_YEAR>":   exact("1968 to 1970"),
		"<TYPE_OF_DATE>BETWEEN</TYPE_OF_DATE><FROM_YEAR>1970</FROM_YEAR><TO_YEAR>1968</TO_YEAR>":   exact("1968 to 1970"),
		"<TYPE_OF_DATE>EXACT</TYPE_OF_DATE><DATE>circa 1980</DATE><NOTE>as a passport says</NOTE>": about("1980"),
	}
	for birth, want := range un {
		text := "<CONSOLIDATED_LIST><INDIVIDUAL><DATAID>1</DATAID><FIRST_NAME>V</FIRST_NAME><INDIVIDUAL_DATE_OF_BIRTH>" +
			birth + "</INDIVIDUAL_DATE_OF_BIRTH></INDIVIDUAL></CONSOLIDATED_LIST>"
		if diff := cmp.Diff([]match.Date{want}, only(t, lists.FormatUN, text).Born); diff != "" {
			t.Errorf("%s: %s", birth, diff)
		}
	}
	eu := map[string]match.Date{
		`birthdate="1980-02-09"`: exact("1980-02-09"), `year="1980"`: exact("1980"), `year="1980" circa="true"`: about("1980"),
		`yearRangeFrom="1968" yearRangeTo="1970"`: exact("1968 to 1970"),
		`yearRangeFrom="1970" yearRangeTo="1968"`: exact("1968 to 1970"),
	}
	for birth, want := range eu {
		text := `<export><sanctionEntity logicalId="1"><nameAlias wholeName="V"/><birthdate ` + birth +
			`/></sanctionEntity></export>`
		if diff := cmp.Diff([]match.Date{want}, only(t, lists.FormatEU, text).Born); diff != "" {
			t.Errorf("%s: %s", birth, diff)
		}
	}
}

// TestPiecesOfAnEntry: what rows of an entry say is taken together, in any order.
func TestPiecesOfAnEntry(t *testing.T) {
	rows := []string{
		"7,Viktor,weak,,,,,,", "7,Viktor,strong,,,,,,", "7,Vik,weak,,,,,,", "7,,,person,,,,,", "7,,,,TEST,,,,",
		"7,,,,,1980,,,", "7,,,,,,P12345,,", "7,,,,,,,Nowhere,Quay",
	}
	want := lists.Entry{
		ID: "7", Kind: lists.Person, Programmes: []string{"TEST"}, Born: []match.Date{{Year: 1980}},
		Identifiers: []lists.Identifier{{Value: "P12345"}},
		Addresses:   []lists.Address{{Lines: "Quay", Country: "Nowhere"}},
	}
	names := map[string]lists.Quality{"Viktor": lists.Strong, "Vik": lists.Weak}
	rapid.Check(t, func(t *rapid.T) {
		order := rapid.Permutation(rows).Draw(t, "order")
		text := "id,name,quality,kind,programme,birth,identifier,country,address\n,,,,,,,,\n" + strings.Join(order, "\n")
		list, err := lists.Read("X", lists.FormatSimple, strings.NewReader(text))
		if err != nil || list.Entries.Len() != 1 {
			t.Fatalf("%d entries, %v", list.Entries.Len(), err)
		}
		got, gotNames := list.Entries.At(0), map[string]lists.Quality{}
		for _, n := range got.Names {
			gotNames[n.Text] = n.Quality
		}
		got.Names = nil
		if diff := cmp.Diff(want, got) + cmp.Diff(names, gotNames); diff != "" {
			t.Fatal(diff)
		}
	})
}

// TestDamageIsRefused is a row for each way in which a file says less than it seems.
func TestDamageIsRefused(t *testing.T) {
	un, uk := small[lists.FormatUN], small[lists.FormatUK]
	cases := map[string]struct{ format, text string }{
		"two files in one":           {lists.FormatUN, un + un},
		"text behind the root":       {lists.FormatUN, un + "cut off"},
		"text before the root":       {lists.FormatUN, "503 " + un},
		"an entry without a name":    {lists.FormatUN, strings.ReplaceAll(un, "DOCKSIDE", "")},
		"an aircraft without a name": {lists.FormatOFACEnhanced, strings.ReplaceAll(small[lists.FormatOFACEnhanced], "EX-1", "")},
		"no name in any row":         {lists.FormatSimple, "id,name,birth\n7,,1980\n"},
		"no id":                      {lists.FormatSimple, "id,name\n,Viktor\n"},
		"a column twice":             {lists.FormatSimple, "id,name,name\n7,Viktor,Wiktor\n"},
		"damaged UTF-8":              {lists.FormatUK, strings.Replace(uk, "Viktor", "Виктор \xd0", 1)},
		"no letter of Windows-1252":  {lists.FormatUK, strings.Replace(uk, "Viktor", "V\x81ktor", 1)},
		"no entry number":            {lists.FormatOFAC, strings.Replace(sdn, "102", "1O2", 1)},
		"another first line":         {lists.FormatUK, "Last Updated\n" + uk},
		"a column is missing":        {lists.FormatUK, strings.Replace(uk, "Group ID", "Group", 1)},
	}
	for name, c := range cases {
		refuse(t, c.format, map[string]string{name: c.text})
	}
}

// TestWindowsEncoding: files that have come in it are read, in UTF-8 as well.
func TestWindowsEncoding(t *testing.T) {
	for _, written := range []string{"V\xedctor", "Víctor"} {
		text := strings.Replace(small[lists.FormatUK], "Viktor", written, 1)
		list, err := lists.Read("X", lists.FormatUK, strings.NewReader(text))
		if err != nil || list.Entries.At(0).Names[0].Text != "Víctor BLOCKSWORTH" {
			t.Errorf("%q: %+v, %v", written, list, err)
		}
	}
}

// TestPartsAreBounded: an entry with more parts than any has is refused, without
// comparing each of them with all others first, which would take hours.
func TestPartsAreBounded(t *testing.T) {
	const head = "<sdnList><sdnEntry><uid>1</uid><lastName>BLOCKSWORTH</lastName>"
	for _, c := range []struct{ list, part string }{
		{"akaList", "<aka><lastName>V%d</lastName></aka>"}, {"programList", "<program>P%d</program>"},
		{"idList", "<id><idType>Passport</idType><idNumber>P%d</idNumber></id>"},
		{"addressList", "<address><city>C%d</city></address>"},
	} {
		read := func(count int) error {
			var text strings.Builder
			fmt.Fprintf(&text, "%s<%s>", head, c.list)
			for i := range count {
				fmt.Fprintf(&text, c.part, i)
			}
			fmt.Fprintf(&text, "</%s></sdnEntry></sdnList>", c.list)
			_, err := lists.Read("X", lists.FormatOFACXML, strings.NewReader(text.String()))
			return err
		}
		if err := read(lists.PartsMax - 1); err != nil {
			t.Errorf("%s: %v", c.list, err)
		}
		if err := read(20 * lists.PartsMax); !errors.Is(err, lists.ErrList) {
			t.Errorf("%s: %v", c.list, err)
		}
	}
}

// TestChangesAddUp: two lists differ by what was added, changed and removed, and the
// other way round by the same.
func TestChangesAddUp(t *testing.T) {
	draw := func(t *rapid.T, label string) lists.List {
		versions := rapid.MapOfN(rapid.StringMatching("[a-f]{1,2}"), rapid.IntRange(0, 2), 0, 12).Draw(t, label)
		var all []lists.Entry
		for id, version := range versions {
			all = append(all, lists.Entry{ID: id, Names: []lists.Name{{Text: fmt.Sprint(version)}}})
		}
		return listOf(all)
	}
	rapid.Check(t, func(t *rapid.T) {
		before, after := draw(t, "before"), draw(t, "after")
		there, back := lists.Compare(before, after), lists.Compare(after, before)
		if len(there.Added) != len(back.Removed) || len(there.Removed) != len(back.Added) ||
			len(there.Changed) != len(back.Changed) {
			t.Fatalf("%+v, back %+v", there, back)
		}
		if before.Entries.Len()+len(there.Added)-len(there.Removed) != after.Entries.Len() {
			t.Fatalf("%d entries, %+v, %d entries", before.Entries.Len(), there, after.Entries.Len())
		}
		for _, id := range there.Changed {
			was, _ := before.Entries.Find(id)
			is, _ := after.Entries.Find(id)
			if was.Hash() == is.Hash() {
				t.Fatalf("%s did not change", id)
			}
		}
	})
}
