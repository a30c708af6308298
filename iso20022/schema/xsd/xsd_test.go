package xsd

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/causeway-pay/causeway/iso20022/schema"
)

// small uses every part of XML Schema that the official schemas do.
const small = `<?xml version="1.0" encoding="UTF-8"?>
<xs:schema xmlns="urn:iso:std:iso:20022:tech:xsd:test.001.001.01" xmlns:xs="http://www.w3.org/2001/XMLSchema" elementFormDefault="qualified" targetNamespace="urn:iso:std:iso:20022:tech:xsd:test.001.001.01">
    <xs:element name="Document" type="Document"/>
    <xs:complexType name="Document"><xs:sequence><xs:element name="Bdy" type="Body1"/></xs:sequence></xs:complexType>
    <xs:complexType name="Body1">
        <xs:sequence>
            <xs:element name="Id" type="Max35Text"/>
            <xs:element maxOccurs="unbounded" minOccurs="0" name="Amt" type="Amount1"/>
            <xs:element maxOccurs="2" minOccurs="1" name="Chc" type="Choice1"/>
            <xs:element maxOccurs="1" minOccurs="0" name="Old" type="Choice2"/>
            <xs:element name="Envlp" type="Any1"/>
        </xs:sequence>
    </xs:complexType>
    <xs:complexType name="Choice1"><xs:choice><xs:element name="Cd" type="Code1"/><xs:element name="Dt" type="ISODate"/></xs:choice></xs:complexType>
    <xs:complexType name="Choice2"><xs:sequence><xs:choice><xs:element name="Yes" type="Flag"/><xs:element name="Key" type="Binary1"/></xs:choice></xs:sequence></xs:complexType>
    <xs:complexType name="Any1"><xs:sequence><xs:any namespace="##any" processContents="lax"/></xs:sequence></xs:complexType>
    <xs:complexType name="Amount1"><xs:simpleContent><xs:extension base="Number1"><xs:attribute name="Ccy" type="Currency1" use="required"/></xs:extension></xs:simpleContent></xs:complexType>
    <xs:simpleType name="Max35Text"><xs:restriction base="xs:string"><xs:minLength value="1"/><xs:maxLength value="35"/></xs:restriction></xs:simpleType>
    <xs:simpleType name="Code1"><xs:restriction base="xs:string"><xs:enumeration value="ZZZZ"/><xs:enumeration value="AAAA"/></xs:restriction></xs:simpleType>
    <xs:simpleType name="Currency1"><xs:restriction base="xs:string"><xs:pattern value="[A-Z]{3,3}"/></xs:restriction></xs:simpleType>
    <xs:simpleType name="Number1"><xs:restriction base="xs:decimal"><xs:fractionDigits value="5"/><xs:totalDigits value="18"/><xs:minInclusive value="0"/></xs:restriction></xs:simpleType>
    <xs:simpleType name="ISODate"><xs:restriction base="xs:date"/></xs:simpleType>
    <xs:simpleType name="Flag"><xs:restriction base="xs:boolean"/></xs:simpleType>
    <xs:simpleType name="Binary1"><xs:restriction base="xs:base64Binary"><xs:length value="4"/></xs:restriction></xs:simpleType>
</xs:schema>`

const smallTable = header + `Max35Text	text	length=1..35
Number1	decimal	digits=18.5	least=0
Currency1	text	pattern=[A-Z]{3,3}
Amount1	amount	Number1	Currency1
Code1	text	values=AAAA|ZZZZ
ISODate	date
Choice1	choice	Cd:Code1 Dt:ISODate
Flag	boolean
Binary1	binary	length=4..4
Choice2	choice	Yes:Flag Key:Binary1
Any1	any	##any
Body1	sequence	Id:Max35Text Amt:Amount1:0..* Chc:Choice1:1..2 Old:Choice2:0..1 Envlp:Any1
Document	sequence	Bdy:Body1
test.001.001.01	message	Document:Document
`

func read(t testing.TB, text string) *Source {
	t.Helper()
	source, err := Read(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return source
}

func TestTable(t *testing.T) {
	got, err := Table([]*Source{read(t, small)})
	if err != nil {
		t.Fatal(err)
	}
	if difference := cmp.Diff(smallTable, got); difference != "" {
		t.Error(difference)
	}
	set, err := schema.Parse(got)
	if err != nil || set.Lookup("test.001.001.01") == nil {
		t.Error(err)
	}
}

// Types of one name that differ get names of their own, types that are alike
// stand once, and the order of the files does not matter.
func TestTypesAreShared(t *testing.T) {
	second := strings.ReplaceAll(small, "test.001.001.01", "test.001.001.02")
	third := strings.ReplaceAll(strings.Replace(small, `<xs:maxLength value="35"/>`, `<xs:maxLength value="70"/>`, 1), "test.001.001.01", "test.001.001.03")
	got, err := Table([]*Source{read(t, third), read(t, small), read(t, second)})
	if err != nil {
		t.Fatal(err)
	}
	want := smallTable + "test.001.001.02\tmessage\tDocument:Document\n" +
		"Max35Text~2\ttext\tlength=1..70\n" +
		"Body1~2\tsequence\tId:Max35Text~2 Amt:Amount1:0..* Chc:Choice1:1..2 Old:Choice2:0..1 Envlp:Any1\n" +
		"Document~2\tsequence\tBdy:Body1~2\ntest.001.001.03\tmessage\tDocument:Document~2\n"
	if difference := cmp.Diff(want, got); difference != "" {
		t.Error(difference)
	}
	same := strings.ReplaceAll(third, "test.001.001.03", "test.001.001.01")
	if _, err := Table([]*Source{read(t, small), read(t, same)}); err == nil {
		t.Error("two schemas of one message that differ")
	}
	if _, err := Table([]*Source{read(t, small), read(t, small)}); err != nil {
		t.Error(err)
	}
}

// What the official schemas do not use is refused, not ignored.
func TestUnsupported(t *testing.T) {
	for name, edit := range map[string][2]string{
		"no XML":               {`<?xml version="1.0" encoding="UTF-8"?>`, "<"},
		"other namespace":      {`targetNamespace="urn:iso`, `targetNamespace="urn:eso`},
		"unqualified":          {`elementFormDefault="qualified"`, `elementFormDefault="unqualified"`},
		"two roots":            {`<xs:element name="Document" type="Document"/>`, `<xs:element name="Document" type="Document"/><xs:element name="E" type="Document"/>`},
		"import":               {`<xs:element name="Document" type="Document"/>`, `<xs:import/><xs:element name="Document" type="Document"/>`},
		"type twice":           {`<xs:simpleType name="Flag">`, `<xs:simpleType name="Code1">`},
		"unknown type":         {`type="Max35Text"`, `type="Max36Text"`},
		"recursive type":       {`type="Max35Text"`, `type="Body1"`},
		"all":                  {`<xs:choice><xs:element name="Cd" type="Code1"/><xs:element name="Dt" type="ISODate"/></xs:choice>`, `<xs:all/>`},
		"empty type":           {`<xs:choice><xs:element name="Cd" type="Code1"/><xs:element name="Dt" type="ISODate"/></xs:choice>`, ``},
		"mixed content":        {`<xs:complexType name="Any1">`, `<xs:complexType name="Any1" mixed="true">`},
		"attribute":            {`<xs:complexType name="Any1"><xs:sequence>`, `<xs:complexType name="Any1"><xs:attribute name="a"/><xs:sequence>`},
		"choice that repeats":  {`<xs:choice><xs:element name="Cd"`, `<xs:choice maxOccurs="2"><xs:element name="Cd"`},
		"any beside elements":  {`<xs:element name="Id" type="Max35Text"/>`, `<xs:element name="Id" type="Max35Text"/><xs:any namespace="##any"/>`},
		"any without space":    {`<xs:any namespace="##any" processContents="lax"/>`, `<xs:any processContents="lax"/>`},
		"any that repeats":     {`<xs:any namespace="##any"`, `<xs:any maxOccurs="2" namespace="##any"`},
		"element with default": {`<xs:element name="Id"`, `<xs:element default="x" name="Id"`},
		"element with type":    {`<xs:element name="Id" type="Max35Text"/>`, `<xs:element name="Id" type="Max35Text"><xs:simpleType/></xs:element>`},
		"element reference":    {`<xs:element name="Id" type="Max35Text"/>`, `<xs:element ref="Id"/>`},
		"other attribute":      {`name="Ccy"`, `name="Cur"`},
		"optional attribute":   {`use="required"`, `use="optional"`},
		"other base":           {`base="xs:boolean"`, `base="xs:float"`},
		"union":                {`<xs:restriction base="xs:boolean"/>`, `<xs:restriction base="xs:boolean"/><xs:union/>`},
		"unknown facet":        {`<xs:minLength value="1"/>`, `<xs:whiteSpace value="collapse"/>`},
		"two patterns":         {`<xs:pattern value="[A-Z]{3,3}"/>`, `<xs:pattern value="[A-Z]{3,3}"/><xs:pattern value="x"/>`},
		"other minimum":        {`<xs:minInclusive value="0"/>`, `<xs:minInclusive value="5"/>`},
		"digits in part":       {`<xs:fractionDigits value="5"/>`, ``},
		"pattern of lines":     {`<xs:pattern value="[A-Z]{3,3}"/>`, `<xs:pattern value="A&#9;length=0..1&#10;B"/>`},
		"element of two":       {`name="Id"`, `name="Id:Max35Text Od"`},
		"type with a mark":     {`name="Max35Text"`, `name="Max35Text&#9;text"`},
		"value with a bar":     {`value="ZZZZ"`, `value="ZZ|Z"`},
	} {
		if !strings.Contains(small, edit[0]) {
			t.Fatalf("%s: nothing to replace", name)
		}
		source, err := Read(strings.NewReader(strings.Replace(small, edit[0], edit[1], 1)))
		if err == nil {
			_, err = Table([]*Source{source})
		}
		if !errors.Is(err, ErrUnsupported) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// The committed tables say what the schemas say that are at hand: those that
// the module ships, and more in the folders of ISO20022_SCHEMAS.
func TestCommittedTables(t *testing.T) {
	folders := filepath.SplitList(os.Getenv("ISO20022_SCHEMAS"))
	if len(folders) == 0 {
		folders = []string{filepath.Join("..", "..", "..", "..", "shared", "data", "xsd")}
	}
	shipped, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/moov-io/iso20022").Output()
	if err != nil {
		t.Fatal(err)
	}
	folders = append(folders, strings.TrimSpace(string(shipped)))
	known := map[string]*Source{}
	for _, folder := range folders {
		err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
			if err != nil || filepath.Ext(path) != ".xsd" {
				return nil
			}
			text, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			if source := read(t, string(text)); known[source.Name] == nil {
				known[source.Name] = source
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	compared := 0
	for name, source := range known {
		committed := schema.Lookup(name)
		if committed == nil {
			continue
		}
		compared++
		table, err := Table([]*Source{source})
		if err != nil {
			t.Fatal(err)
		}
		set, err := schema.Parse(table)
		if err != nil {
			t.Fatal(err)
		}
		if !alike(&set.Lookup(name).Root, &committed.Root) {
			t.Errorf("%s differs from its schema: run go generate ./iso20022", name)
		}
	}
	if compared < 100 {
		t.Errorf("only %d schemas compared", compared)
	}
	t.Logf("%d schemas compared", compared)
}

func alike(a, b *schema.Element) bool {
	return a.Name == b.Name && a.Min == b.Min && a.Max == b.Max && a.Ordinal == b.Ordinal && alikeTypes(a.Type, b.Type)
}

func alikeTypes(a, b *schema.Type) bool {
	if a == nil || b == nil {
		return a == b
	}
	x, y := a.Facets, b.Facets
	if a.Name != b.Name || a.Kind != b.Kind || a.Namespace != b.Namespace || len(a.Elements) != len(b.Elements) ||
		x.MinLength != y.MinLength || x.MaxLength != y.MaxLength || x.TotalDigits != y.TotalDigits || x.FractionDigits != y.FractionDigits ||
		x.Bounded != y.Bounded || x.AtLeast != y.AtLeast || x.Expression != y.Expression || !cmp.Equal(x.Values, y.Values) ||
		!alikeTypes(a.Value, b.Value) || !alikeTypes(a.Currency, b.Currency) {
		return false
	}
	for i := range a.Elements {
		if !alike(&a.Elements[i], &b.Elements[i]) {
			return false
		}
	}
	return true
}

func FuzzRead(f *testing.F) {
	f.Add(small)
	f.Add(`<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"/>`)
	f.Fuzz(func(t *testing.T, text string) {
		source, err := Read(strings.NewReader(text))
		if err != nil {
			return
		}
		table, err := Table([]*Source{source})
		if err != nil {
			return
		}
		// Names and bounds of no official schema may be refused, not misread.
		if set, err := schema.Parse(table); err == nil && len(set.Messages()) != 1 {
			t.Errorf("%d messages of one schema", len(set.Messages()))
		}
	})
}
