package lists_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/causeway-pay/causeway/compliance/lists"
	"github.com/causeway-pay/causeway/compliance/match"
)

// small is a list of each format, with two entries, and where its second is.
var small = map[string]string{
	lists.FormatOFAC: sdn,
	lists.FormatOFACAliases: `101,1,"aka","BLOCKSWORTH, Wiktor",-0- ` + "\n" +
		`102,2,"aka","DOCKSIDE, S.A.",-0- ` + "\n",
	lists.FormatOFACAddresses: `101,1,"1 Quay Street","Port Example","Nowhere",-0- ` + "\n" +
		`102,2,-0- ,-0- ,"Nowhere",-0- ` + "\n",
	lists.FormatOFACXML: `<?xml version="1.0"?><sdnList xmlns="urn:x">
<sdnEntry><uid>101</uid><firstName>Viktor</firstName><lastName>BLOCKSWORTH</lastName><sdnType>Individual</sdnType>
<programList><program>TEST</program></programList><akaList><aka><category>weak</category><lastName>Vik</lastName></aka>
</akaList><idList><id><idType>Passport</idType><idNumber>P1</idNumber><idCountry>Nowhere</idCountry></id></idList>
<dateOfBirthList><dateOfBirthItem><dateOfBirth>01 Jan 1970</dateOfBirth></dateOfBirthItem></dateOfBirthList></sdnEntry>
<sdnEntry><uid>102</uid><lastName>DOCKSIDE TRADING</lastName><sdnType>Vessel</sdnType></sdnEntry></sdnList>`,
	lists.FormatOFACEnhanced: `<sanctionsData><entities><entity id="101"><generalInfo><entityType>Individual</entityType>
</generalInfo><names><name><isPrimary>true</isPrimary><isLowQuality>false</isLowQuality><translations><translation>
<formattedFullName>BLOCKSWORTH, Viktor</formattedFullName></translation></translations></name></names></entity>
<entity id="102"><generalInfo><entityType>Aircraft</entityType></generalInfo><names><name><isPrimary>true</isPrimary>
<isLowQuality>false</isLowQuality><translations><translation><formattedFullName>EX-1</formattedFullName></translation>
</translations></name></names></entity></entities></sanctionsData>`,
	lists.FormatUN: `<CONSOLIDATED_LIST><INDIVIDUALS><INDIVIDUAL><DATAID>1</DATAID><FIRST_NAME>VIKTOR</FIRST_NAME>
<SECOND_NAME>BLOCKSWORTH</SECOND_NAME><REFERENCE_NUMBER>TEi.1</REFERENCE_NUMBER><INDIVIDUAL_ALIAS><QUALITY>Low</QUALITY>
<ALIAS_NAME>Vik</ALIAS_NAME></INDIVIDUAL_ALIAS><INDIVIDUAL_DATE_OF_BIRTH><TYPE_OF_DATE>BETWEEN</TYPE_OF_DATE>
<FROM_YEAR>1968</FROM_YEAR><TO_YEAR>1970</TO_YEAR>
</INDIVIDUAL_DATE_OF_BIRTH></INDIVIDUAL></INDIVIDUALS><ENTITIES><ENTITY>
<DATAID>2</DATAID><FIRST_NAME>DOCKSIDE</FIRST_NAME></ENTITY></ENTITIES></CONSOLIDATED_LIST>`,
	lists.FormatEU: `<export><sanctionEntity logicalId="1" euReferenceNumber="EU.1"><regulation programme="TEST"/>
<subjectType code="person"/><nameAlias wholeName="Viktor Blocksworth" strong="true"/>
<nameAlias firstName="Vik" strong="false"/>
<birthdate circa="true" year="1970"/><identification identificationTypeCode="passport" number="P1"
countryIso2Code="XX"/>
</sanctionEntity><sanctionEntity logicalId="2"><subjectType code="enterprise"/><nameAlias wholeName="Dockside"/>
</sanctionEntity></export>`,
	lists.FormatEUCSV: "Entity_logical_id;Subject_type;Programme;Naal_wholename;Birt_date\n" +
		"1;P;TEST;Viktor Blocksworth;\n1;P;TEST;;1970-01-01\n2;E;TEST;Dockside;\n",
	lists.FormatUK: "Last Updated,13/04/2018,,,,,,,,,\n" +
		"Name 6,Name 1,Name 2,Name 3,Name 4,Name 5,DOB,Group Type,Alias Type," +
		"Regime,Group ID\n" +
		"BLOCKSWORTH,Viktor,,,,,01/01/1970,Individual,Prime Alias,Test,1\nDOCKSIDE,,,,,,,Entity,AKA,Test,2\n",
	lists.FormatUKXML: `<?xml version="1.0" encoding="utf-8"?><Designations><DateGenerated>31/07/2026</DateGenerated>
<Designation><UniqueID>TST0001</UniqueID><Names><Name><Name1>Viktor</Name1><Name6>BLOCKSWORTH</Name6>
<NameType>Primary Name</NameType></Name></Names><RegimeName>Test</RegimeName>
<IndividualEntityShip>Individual</IndividualEntityShip></Designation>
<Designation><UniqueID>TST0002</UniqueID><Names><Name><Name6>DOCKSIDE</Name6><NameType>Primary Name</NameType></Name>
</Names><IndividualEntityShip>Entity</IndividualEntityShip></Designation></Designations>`,
	lists.FormatSimple: "id,name\n1,Viktor Blocksworth\n2,Dockside\n",
}

func TestEveryFormat(t *testing.T) {
	for _, format := range lists.Formats() {
		list, err := lists.Read("X", format, strings.NewReader(small[format]))
		if err != nil || list.Entries.Len() != 2 {
			t.Errorf("%s: %d entries, %v", format, list.Entries.Len(), err)
		}
	}
}

var huge = regexp.MustCompile(`Viktor|VIKTOR|Wiktor|Quay`)

// TestEveryFormatRefuses: a file that is cut off anywhere before its end, turned
// into a web page or into another encoding, or has a huge field, is no list. A
// CSV cut exactly behind a row cannot be told from a shorter list; [lists.Guard]
// is for that.
func TestEveryFormatRefuses(t *testing.T) {
	for _, format := range lists.Formats() {
		text := small[format]
		isXML := strings.HasPrefix(text, "<")
		bad := map[string]string{
			"empty": "", "a web page": "<!DOCTYPE html><html></html>", "binary": "\x00\x01" + text,
			"a huge field": huge.ReplaceAllString(text, strings.Repeat("D", lists.FieldMax+1)),
			"UTF-16":       "\xff\xfe" + text,
		}
		if isXML {
			for cut := range len(text) - 2 {
				bad["cut"] = text[:cut]
				refuse(t, format, bad)
			}
			bad["too deep"] = strings.Replace(text, ">", ">"+strings.Repeat("<x>", 20)+strings.Repeat("</x>", 20), 1)
			bad["another root"] = "<other>" + text + "</other>"
			bad["a document type"] = `<!DOCTYPE x [<!ENTITY a "aaaa">]>` + text
		} else {
			bad["cut within a row"] = strings.TrimRight(text, "\x1a\n ")[:strings.Index(text, "\n")+3]
		}
		refuse(t, format, bad)
	}
}

func refuse(t *testing.T, format string, bad map[string]string) {
	t.Helper()
	for what, text := range bad {
		list, err := lists.Read("X", format, strings.NewReader(text))
		if what == "cut within a row" && format == lists.FormatSimple {
			continue
		}
		if !errors.Is(err, lists.ErrList) || list.Entries.Len() > 0 {
			t.Errorf("%s, %s: %d entries, %v", format, what, list.Entries.Len(), err)
		}
	}
}

// TestZipBomb: what unpacks to more than a list can be is not unpacked to its end.
func TestZipBomb(t *testing.T) {
	path := filepath.Join(t.TempDir(), "bomb.csv.gz")
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	zeros := make([]byte, 1<<20)
	for range lists.SizeMax>>20 + 2 {
		if _, err := w.Write(zeros); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, packed.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := lists.ReadFile("X", lists.FormatUN, path); !errors.Is(err, lists.ErrList) {
		t.Errorf("got %v", err)
	}
}

func TestEntryKeepsWhatTheListSays(t *testing.T) {
	row := `7,"BLOCKSWORTH, Viktor","individual","A] [B",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,"DOB 09 Feb 1980; alt. DOB ` +
		`circa 1981; a.k.a. 'VIK'; Passport P123 (Nowhere); Tax ID No. 77 (Nowhere)."` + "\n"
	list, err := lists.Read("X", lists.FormatOFAC, strings.NewReader(row))
	if err != nil {
		t.Fatal(err)
	}
	want := lists.Entry{
		ID: "7", Kind: lists.Person, Programmes: []string{"A", "B"},
		Names: []lists.Name{
			{Text: "BLOCKSWORTH, Viktor", Quality: lists.Primary, Script: "Latin"},
			{Text: "VIK", Quality: lists.Weak, Script: "Latin"},
		},
		Identifiers: []lists.Identifier{
			{Type: "Passport", Value: "P123", Country: "Nowhere"}, {Type: "Tax ID No.", Value: "77", Country: "Nowhere"},
		},
		Born: []match.Date{{Year: 1980, Month: 2, Day: 9}, {Year: 1981, About: true}},
	}
	if diff := cmp.Diff(want, list.Entries.At(0)); diff != "" {
		t.Error(diff)
	}
}

func many(count int, name string) []lists.Entry {
	all := make([]lists.Entry, count)
	for i := range all {
		all[i] = lists.Entry{ID: string(rune('A'+i%26)) + string(rune('0'+i/26)), Names: []lists.Name{{Text: name}}}
	}
	return all
}

func listOf(entries []lists.Entry) lists.List {
	return lists.List{Name: "X", Entries: lists.NewEntries(entries)}
}

func TestCompareAndGuard(t *testing.T) {
	before, later := listOf(many(200, "one")), many(200, "one")
	later[3].Names = []lists.Name{{Text: "two"}}
	after := listOf(append(later[1:], lists.Entry{ID: "new"}))
	want := lists.Change{Added: []string{"new"}, Changed: []string{"D0"}, Removed: []string{"A0"}}
	if diff := cmp.Diff(want, lists.Compare(before, after)); diff != "" {
		t.Error(diff)
	}
	if !lists.Compare(before, before).Empty() {
		t.Error("a list differs from itself")
	}
	cases := map[string]struct {
		before, after int
		ok            bool
	}{
		"the first": {0, 100, true}, "same": {200, 200, true}, "few gone": {200, 191, true}, "cut off": {200, 180, false},
		"few of few": {12, 5, true}, "all gone": {5, 0, false}, "grown": {200, 240, true}, "another list": {100, 200, false},
	}
	for name, c := range cases {
		err := lists.DefaultGuard.Check(listOf(many(c.before, "one")), listOf(many(c.after, "one")))
		if (err == nil) != c.ok || err != nil && !errors.Is(err, lists.ErrList) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestJoinRefusesStrangers(t *testing.T) {
	read := func(format, text string) lists.List {
		list, err := lists.Read("X", format, strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		return list
	}
	main := read(lists.FormatOFAC, sdn)
	aliases := read(lists.FormatOFACAliases, small[lists.FormatOFACAliases])
	joined, err := lists.Join(main, aliases, read(lists.FormatOFACAddresses, small[lists.FormatOFACAddresses]))
	if err != nil || joined.Entries.Len() != 2 || len(joined.Entries.At(0).Names) != 2 ||
		len(joined.Entries.At(0).Addresses) != 1 ||
		joined.Version == main.Version {
		t.Errorf("%+v, %v", joined, err)
	}
	stranger := read(lists.FormatOFACAliases, `999,1,"aka","NOBODY",-0- `+"\n")
	if _, err := lists.Join(main, stranger); !errors.Is(err, lists.ErrList) {
		t.Errorf("got %v", err)
	}
}
