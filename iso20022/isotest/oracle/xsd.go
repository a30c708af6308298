package oracle

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/causeway-pay/causeway/iso20022/schema"
)

// write makes an XML schema out of our table of a message, for machines on which
// the official one is not at hand: so libxml2 has an opinion there too. That the
// table says what the official schema says is for the tests of package xsd.
func (o *Oracle) write(m *schema.Message, folder string) error {
	x := xsdWriter{names: map[*schema.Type]string{}}
	root := x.typeName(m.Root.Type)
	var b strings.Builder
	fmt.Fprintf(&b, `<xs:schema xmlns="%[1]s" xmlns:xs="http://www.w3.org/2001/XMLSchema" `+
		`elementFormDefault="qualified" targetNamespace="%[1]s">`, m.Namespace())
	fmt.Fprintf(&b, `<xs:element name="%s" type="%s"/>%s</xs:schema>`, m.Root.Name, root, x.String())
	path := filepath.Join(folder, m.Name+".xsd")
	o.schemas[m.Name] = path
	if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
		return fmt.Errorf("oracle: %w", err)
	}
	return nil
}

// xsdWriter writes each type once, under a name of its own.
type xsdWriter struct {
	strings.Builder
	names map[*schema.Type]string
}

func (x *xsdWriter) typeName(t *schema.Type) string {
	if name, known := x.names[t]; known {
		return name
	}
	name := fmt.Sprintf("T%d.%s", len(x.names), t.Name)
	x.names[t] = name
	switch t.Kind {
	case schema.Sequence, schema.Choice:
		x.group(name, t)
	case schema.Any:
		fmt.Fprintf(x, `<xs:complexType name="%s"><xs:sequence><xs:any namespace="%s" processContents="lax"/>`+
			`</xs:sequence></xs:complexType>`, name, t.Namespace)
	case schema.Amount:
		value, currency := x.typeName(t.Value), x.typeName(t.Currency)
		fmt.Fprintf(x, `<xs:complexType name="%s"><xs:simpleContent><xs:extension base="%s">`+
			`<xs:attribute name="Ccy" type="%s" use="required"/></xs:extension></xs:simpleContent></xs:complexType>`,
			name, value, currency)
	default:
		fmt.Fprintf(x, `<xs:simpleType name="%s"><xs:restriction base="xs:%s">%s</xs:restriction></xs:simpleType>`,
			name, bases[t.Kind], facets(t))
	}
	return name
}

func (x *xsdWriter) group(name string, t *schema.Type) {
	kind := "sequence"
	if t.Kind == schema.Choice {
		kind = "choice"
	}
	var elements strings.Builder
	for i := range t.Elements {
		e := &t.Elements[i]
		most := fmt.Sprint(e.Max)
		if e.Max == schema.Unbounded {
			most = "unbounded"
		}
		fmt.Fprintf(&elements, `<xs:element name="%s" type="%s" minOccurs="%d" maxOccurs="%s"/>`,
			e.Name, x.typeName(e.Type), e.Min, most)
	}
	fmt.Fprintf(x, `<xs:complexType name="%s"><xs:%s>%s</xs:%s></xs:complexType>`, name, kind, elements.String(), kind)
}

var bases = map[schema.Kind]string{
	schema.Text: "string", schema.Decimal: "decimal", schema.Boolean: "boolean", schema.Date: "date",
	schema.DateTime: "dateTime", schema.Time: "time", schema.Year: "gYear", schema.YearMonth: "gYearMonth",
	schema.Binary: "base64Binary",
}

func facets(t *schema.Type) string {
	var b strings.Builder
	f := &t.Facets
	facet := func(set bool, name string, value any) {
		if set {
			fmt.Fprintf(&b, `<xs:%s value="%v"/>`, name, value)
		}
	}
	facet(f.MinLength > 0, "minLength", f.MinLength)
	facet(f.MaxLength > 0, "maxLength", f.MaxLength)
	facet(f.TotalDigits > 0, "fractionDigits", f.FractionDigits)
	facet(f.TotalDigits > 0, "totalDigits", f.TotalDigits)
	facet(f.Bounded, "minInclusive", f.AtLeast)
	for _, value := range f.Values {
		facet(true, "enumeration", value)
	}
	facet(f.Expression != "", "pattern", f.Expression)
	return b.String()
}
