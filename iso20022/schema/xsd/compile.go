package xsd

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/causeway-pay/causeway/iso20022/schema"
)

// ErrUnsupported means that a schema uses a part of XML Schema that the official
// ones do not.
var ErrUnsupported = errors.New("xsd: not the XML Schema of an ISO 20022 message")

// Source is one schema file as it was read.
type Source struct {
	// Name is the message definition, such as "pacs.008.001.13".
	Name        string
	root        particle
	definitions map[string]definition
}

// definition is a named type; one of the two is set.
type definition struct {
	complex *complexType
	simple  *simpleType
}

// The part of XML Schema that the official schemas use.
type (
	document struct {
		Target   string        `xml:"targetNamespace,attr"`
		Form     string        `xml:"elementFormDefault,attr"`
		Elements []particle    `xml:"element"`
		Complex  []complexType `xml:"complexType"`
		Simple   []simpleType  `xml:"simpleType"`
		Others   []other       `xml:",any"`
	}
	complexType struct {
		Name     string    `xml:"name,attr"`
		Sequence *group    `xml:"sequence"`
		Choice   *group    `xml:"choice"`
		Content  *content  `xml:"simpleContent"`
		Others   []other   `xml:",any"`
		Unknown  []unknown `xml:",any,attr"`
	}
	group struct {
		Elements []particle `xml:"element"`
		Choice   *group     `xml:"choice"`
		Any      *wildcard  `xml:"any"`
		Others   []other    `xml:",any"`
		Unknown  []unknown  `xml:",any,attr"`
	}
	particle struct {
		Name    string    `xml:"name,attr"`
		Type    string    `xml:"type,attr"`
		Min     string    `xml:"minOccurs,attr"`
		Max     string    `xml:"maxOccurs,attr"`
		Others  []other   `xml:",any"`
		Unknown []unknown `xml:",any,attr"`
	}
	wildcard struct {
		Namespace string    `xml:"namespace,attr"`
		Process   string    `xml:"processContents,attr"`
		Unknown   []unknown `xml:",any,attr"`
	}
	content struct {
		Extension struct {
			Base      string `xml:"base,attr"`
			Attribute []struct {
				Name string `xml:"name,attr"`
				Type string `xml:"type,attr"`
				Use  string `xml:"use,attr"`
			} `xml:"attribute"`
			Others []other `xml:",any"`
		} `xml:"extension"`
		Others []other `xml:",any"`
	}
	simpleType struct {
		Name        string `xml:"name,attr"`
		Restriction struct {
			Base   string  `xml:"base,attr"`
			Facets []facet `xml:",any"`
		} `xml:"restriction"`
		Others []other `xml:",any"`
	}
	facet struct {
		XMLName xml.Name
		Value   string `xml:"value,attr"`
	}
	other   struct{ XMLName xml.Name }
	unknown = xml.Attr
)

// Read reads one schema. Anything beyond what the official schemas use is
// [ErrUnsupported].
func Read(r io.Reader) (*Source, error) {
	var d document
	if err := xml.NewDecoder(r).Decode(&d); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrUnsupported, err)
	}
	name, ours := strings.CutPrefix(d.Target, schema.Prefix)
	switch {
	case !ours:
		return nil, fmt.Errorf("%w: namespace %q", ErrUnsupported, d.Target)
	case d.Form != "qualified" || len(d.Elements) != 1 || annotated(d.Others):
		return nil, fmt.Errorf("%w: %s: not one qualified root element", ErrUnsupported, name)
	}
	s := &Source{Name: name, root: d.Elements[0], definitions: map[string]definition{}}
	for i := range d.Complex {
		s.definitions[d.Complex[i].Name] = definition{complex: &d.Complex[i]}
	}
	for i := range d.Simple {
		s.definitions[d.Simple[i].Name] = definition{simple: &d.Simple[i]}
	}
	if len(s.definitions) != len(d.Complex)+len(d.Simple) {
		return nil, fmt.Errorf("%w: %s: a type defined twice", ErrUnsupported, name)
	}
	return s, nil
}

// annotated reports whether there is anything but documentation.
func annotated(others []other) bool {
	for _, o := range others {
		if o.XMLName.Local != "annotation" {
			return true
		}
	}
	return false
}
