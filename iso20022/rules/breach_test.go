package rules_test

import (
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/causeway-pay/causeway/iso20022/rules"
	"github.com/causeway-pay/causeway/iso20022/schema"
	"github.com/causeway-pay/causeway/iso20022/wire"
)

// shorthand is what names in braces stand for in breaches.txt.
var shorthand = strings.NewReplacer(
	"{agent}", "<FinInstnId><BICFI>AAAAHKHH</BICFI></FinInstnId>",
	"{agent2}", "<FinInstnId><BICFI>BBBBJPJT</BICFI></FinInstnId>",
	"{address}", "<PstlAdr><StrtNm>Street</StrtNm><TwnNm>Town</TwnNm><Ctry>HK</Ctry></PstlAdr>",
	"{account}", "<Id><Othr><Id>1</Id></Othr></Id>",
	"{dbtr}", "<Dbtr><FinInstnId><BICFI>AAAAHKHH</BICFI></FinInstnId></Dbtr>",
	`\n`, "\n",
)

// stretches are edits of whole parts of messages, which they replace.
var stretches = map[string]struct {
	part *regexp.Regexp
	by   string
}{
	"{transactions}": {regexp.MustCompile(`(?s)<TxInf>.*</TxInf>\n`), ""},
	"{second}":       {regexp.MustCompile(`(?s)<TxInf>\n<RtrId>R-2.*</TxInf>\n`), ""},
	"{reversal}":     {regexp.MustCompile(`(?s)<TxInf>\n<RvslId>R-2.*</TxInf>\n`), ""},
	"{tx}":           {regexp.MustCompile(`(?s)<TxInf>.*</TxInf>\n`), ""},
	"{details}":      {regexp.MustCompile(`(?s)<CxlDtls>.*</CxlDtls>\n`), ""},
	"{accounts}":     {regexp.MustCompile(`<CdtrAcct>.*</CdtrAcct>\n`), ""},
	"{header}":       {regexp.MustCompile(`(?s)<AppHdr.*</AppHdr>\n`), ""},
	"{twice}":        {regexp.MustCompile(`(?s)<CdtTrfTxInf>.*</CdtTrfTxInf>`), "$0$0"},
	"{status}":       {regexp.MustCompile(`(?s)<TxInfAndSts>.*</TxInfAndSts>`), "$0$0"},
	"{cancel}":       {regexp.MustCompile(`(?s)<TxInf>.*</TxInf>`), "$0$0"},
	"{uetr}":         {regexp.MustCompile(`<OrgnlUETR>.*</OrgnlUETR>`), ""},
	"{instructed}":   {regexp.MustCompile(`<InstdAmt .*</AgrdRate>`), ""},
	"{agreed}":       {regexp.MustCompile(`<AgrdRate>.*</AgrdRate>`), ""},
	"{headeragent}":  {regexp.MustCompile(`<InstgAgt>.*</InstgAgt>`), ""},
	"{reject}":       {regexp.MustCompile(`<StsRsnInf>.*</StsRsnInf>`), ""},
	"{code}":         {regexp.MustCompile(`<Cd>AM04</Cd>`), "<Cd>QQQQ</Cd>"},
}

// edit changes a message; an edit that changes nothing is a mistake of the test.
func edit(t *testing.T, message, edits string) string {
	t.Helper()
	for e := range strings.SplitSeq(edits, " ;; ") {
		before := message
		old, new, replaces := strings.Cut(e, " => ")
		if !replaces {
			old, new, _ = strings.Cut(e, " +> ")
			new = old + new
		}
		if stretch, known := stretches[old]; known {
			message = stretch.part.ReplaceAllString(message, stretch.by)
		} else {
			message = strings.Replace(message, shorthand.Replace(old), shorthand.Replace(new), 1)
		}
		if message == before {
			t.Fatalf("nothing changed by %q", e)
		}
	}
	return message
}

func base(t testing.TB, name string) string {
	t.Helper()
	return testdata(t, name+".xml")
}

func testdata(t testing.TB, name string) string {
	t.Helper()
	data, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// titles returns the rules that a message breaks, warnings marked as such, and
// where.
func titles(data string, o rules.Options) (found, paths []string) {
	add := func(f wire.Finding, mark string) {
		found, paths = append(found, mark+f.Rule), append(paths, f.Path)
	}
	o.Warn = func(f wire.Finding) { add(f, "warn ") }
	for _, f := range rules.Check(new(wire.Reader).Read([]byte(data)), o) {
		add(f, "")
	}
	return found, paths
}

// TestBreaches: each breach is found as what it is, where it is, and nothing
// else is; every rule is broken in every family that it is checked in.
func TestBreaches(t *testing.T) {
	data, err := os.ReadFile("testdata/breaches.txt")
	if err != nil {
		t.Fatal(err)
	}
	broken := map[string]bool{}
	for line := range strings.Lines(string(data)) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		fields := strings.SplitN(strings.TrimSuffix(line, "\n"), " | ", 4)
		name, rule, path, edits := fields[0], fields[1], fields[2], fields[3]
		t.Run(name+"/"+rule, func(t *testing.T) {
			found, paths := titles(edit(t, base(t, name), edits), rules.Options{})
			if !slices.Equal(found, []string{rule}) || !strings.HasSuffix(paths[0], path) {
				t.Errorf("found %q at %q, want %s at %s", found, paths, rule, path)
			}
		})
		broken[schema.Family(name)+" "+strings.TrimPrefix(rule, "warn ")] = true
		broken[strings.TrimPrefix(rule, "warn ")] = true
	}
	for rule := range rules.Catalogue() {
		if len(rule.Families()) == 0 && !broken[rule.Name] {
			t.Errorf("%s is never broken", rule.Name)
		}
		for _, family := range rule.Families() {
			number, _ := rule.Number(family)
			if title := strings.TrimPrefix(number+"-"+rule.Name, "-"); !broken[family+" "+title] {
				t.Errorf("%s is never broken in %s", title, family)
			}
		}
	}
}

// TestBases: what the breaches start from is valid, warnings included.
func TestBases(t *testing.T) {
	files, err := os.ReadDir("testdata")
	if err != nil {
		t.Fatal(err)
	}
	checked := 0
	for _, file := range files {
		name, isMessage := strings.CutSuffix(file.Name(), ".xml")
		if !isMessage {
			continue
		}
		checked++
		if found, paths := titles(base(t, name), rules.Options{}); len(found) > 0 {
			t.Errorf("%s: %q at %q", name, found, paths)
		}
	}
	if checked < 20 {
		t.Errorf("only %d messages", checked)
	}
}

// TestCatalogue: what the catalogue says is complete and right.
func TestCatalogue(t *testing.T) {
	names := map[string]bool{}
	for rule := range rules.Catalogue() {
		if rule.Name == "" || rule.Text == "" || names[rule.Name] {
			t.Errorf("rule %q is empty or double", rule.Name)
		}
		names[rule.Name] = true
		if rule.Layer != wire.Business && rule.Layer != wire.Identifier {
			t.Errorf("%s is of layer %s", rule.Name, rule.Layer)
		}
		if !rules.External().Has("ExternalStatusReason1Code", []byte(rule.Code)) {
			t.Errorf("%s has code %s, which is no status reason", rule.Name, rule.Code)
		}
		for _, family := range rule.Families() {
			if len(schema.Official().Versions(family)) == 0 {
				t.Errorf("%s is for %s, which is not known", rule.Name, family)
			}
		}
	}
	if len(names) < 100 {
		t.Errorf("only %d rules: %v", len(names), slices.Sorted(maps.Keys(names)))
	}
}

func ExampleCheck() {
	m := new(wire.Reader).Read([]byte(`<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pacs.028.001.06">
<FIToFIPmtStsReq><GrpHdr><MsgId>M-1</MsgId><CreDtTm>2026-11-25T10:00:00Z</CreDtTm></GrpHdr>
<TxInf><OrgnlTxId>T-1</OrgnlTxId></TxInf></FIToFIPmtStsReq></Document>`))
	for _, f := range rules.Check(m, rules.Options{}) {
		fmt.Println(f.Line, f.Path, f.Layer, f.Rule, f.Code)
	}
	// Output:
	// 3 Document/FIToFIPmtStsReq/TxInf[1]/OrgnlGrpInf business C11-original-group-information-absence CH21
}
