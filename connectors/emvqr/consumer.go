package emvqr

import (
	"encoding/base64"
	"encoding/hex"
	"slices"
	"strings"
)

// Consumer is a consumer code (EMV QRCPS, Consumer-Presented Mode): every element
// in its order, the unknown ones, too.
type Consumer struct {
	// Elements are those of the outermost level.
	Elements []Element
}

// Element is a BER-TLV data element.
type Element struct {
	// Tag is in capital hexadecimal digits, such as "5F20".
	Tag string
	// Value is that of a primitive element.
	Value []byte
	// Elements are those within a constructed element.
	Elements []Element
	// Offset is where the tag stands, in bytes from the start of the decoded code.
	Offset int
}

// The tags of a consumer code.
const (
	// TagFormat is the payload format indicator, "CPV01", the first element.
	TagFormat = "85"
	// TagApplication is an application template; there is one at least.
	TagApplication = "61"
	// TagCommon is the common data template.
	TagCommon = "62"
	// TagApplicationTransparent and TagCommonTransparent hold what the issuer
	// reads and the terminal does not, within 61 and 62.
	TagApplicationTransparent = "63"
	TagCommonTransparent      = "64"
	// TagApplicationID is the application's AID, 5 to 16 bytes.
	TagApplicationID = "4F"
	// TagTrack2 is the track 2 equivalent data, TagPAN the account number, both
	// binary coded decimals; people see them masked.
	TagTrack2 = "57"
	TagPAN    = "5A"
	// TagCardholder is the name of the holder.
	TagCardholder = "5F20"
)

// consumerFormat is the only payload format there is.
const consumerFormat = "CPV01"

// consumerDepth is how deep elements nest: 61 holds 63, and that primitives.
const consumerDepth = 3

// ReadConsumer reads a consumer code, base64, as far as it can be read, and
// returns all that is wrong with it.
func ReadConsumer(text string) (Consumer, []Finding) {
	if len(text) > SizeMax {
		return Consumer{}, []Finding{{Rule: "size", Text: "more than 512 characters"}}
	}
	data, err := base64.StdEncoding.Strict().DecodeString(text)
	// The decoder passes over line ends; with them one code would have many spellings.
	if err != nil || strings.ContainsAny(text, "\r\n") {
		return Consumer{}, []Finding{{Rule: "base64", Text: "not base64"}}
	}
	var r elementReader
	elements, failure := r.read(data, "", 0, 1)
	c := Consumer{Elements: elements}
	if failure != nil {
		return c, append(r.warnings, *failure)
	}
	return c, append(r.warnings, c.check()...)
}

// elementReader collects warnings while it reads.
type elementReader struct {
	warnings []Finding
}

// read reads BER-TLV until the data ends.
func (r *elementReader) read(data []byte, place string, offset, depth int) ([]Element, *Finding) {
	var elements []Element
	for at := 0; at < len(data); {
		tag, size, head, ok := elementHead(data[at:])
		if !ok {
			return elements, &Finding{Place: place, Offset: offset + at, Rule: "element", Text: "no tag and length of BER-TLV"}
		}
		here := join(place, tag)
		if size >= plainSize && head == len(tag)/2+1 {
			r.warnings = append(r.warnings, Finding{Place: here, Offset: offset + at, Rule: "length-plain", Warning: true,
				Text: "a length of 128 or more needs two bytes"})
		}
		if size > len(data)-at-head {
			return elements, &Finding{Place: here, Offset: offset + at, Rule: "length", Text: "the length leads beyond the end"}
		}
		e := Element{Tag: tag, Offset: offset + at}
		value := data[at+head : at+head+size]
		if constructed(data[at]) {
			if depth == consumerDepth {
				return elements, &Finding{Place: here, Offset: e.Offset, Rule: "depth", Text: "templates nest too deep"}
			}
			var failure *Finding
			e.Elements, failure = r.read(value, here, e.Offset+head, depth+1)
			if failure != nil {
				return append(elements, e), failure
			}
		} else {
			e.Value = slices.Clone(value)
		}
		elements = append(elements, e)
		at += head + size
	}
	return elements, nil
}

// constructed reports whether the first byte of a tag says that elements are
// within.
func constructed(first byte) bool { return first&0x20 != 0 }

// elementHead reads tag and length. A tag has one or two bytes, a length one to
// three, and no byte more than it needs: two spellings of one code would be two
// codes for those who compare.
func elementHead(data []byte) (tag string, size, head int, ok bool) {
	n := 1
	if len(data) > 0 && data[0]&0x1f == 0x1f {
		n = 2
	}
	if len(data) <= n || n == 2 && data[1]&0x80 != 0 {
		return "", 0, 0, false
	}
	tag = hexadecimal(data[:n])
	size, used := elementSize(data[n:])
	return tag, size, n + used, used > 0
}

func hexadecimal(data []byte) string { return strings.ToUpper(hex.EncodeToString(data)) }

// plainSize is the least first byte of a length that BER would read as three or
// more bytes of length, which no code needs: QRIS codes exist that mean it as the
// length.
const plainSize = 0x83

func elementSize(data []byte) (size, used int) {
	switch first := data[0]; {
	case first < 0x80 || first >= plainSize:
		return int(first), 1
	case first == 0x81 && len(data) > 1 && data[1] >= 0x80:
		return int(data[1]), 2
	case first == 0x82 && len(data) > 2 && data[1] > 0:
		return int(data[1])<<8 | int(data[2]), 3
	}
	return 0, 0
}

// check holds a code that could be read against the rules.
func (c Consumer) check() []Finding {
	var findings []Finding
	add := func(e Element, place, rule, text string) {
		findings = append(findings, Finding{Place: place, Offset: e.Offset, Rule: rule, Text: text})
	}
	if len(c.Elements) == 0 || c.Elements[0].Tag != TagFormat || string(c.Elements[0].Value) != consumerFormat {
		add(Element{}, TagFormat, "first", "the payload format indicator 85, CPV01, is the first element")
	}
	applications := 0
	for i, e := range c.Elements {
		if e.Tag == TagFormat && i > 0 {
			add(e, TagFormat, "duplicate", "the payload format indicator stands once")
		}
		if e.Tag != TagApplication {
			continue
		}
		applications++
		id, ok := findElement(e.Elements, TagApplicationID)
		if !ok || len(id.Value) < 5 || len(id.Value) > 16 {
			add(e, join(TagApplication, TagApplicationID), "application-id", "an application has an identifier of 5 to 16 bytes")
		}
	}
	if applications == 0 {
		add(Element{}, TagApplication, "missing", "the standard requires an application template")
	}
	return findings
}

func findElement(elements []Element, tag string) (Element, bool) {
	for _, e := range elements {
		if e.Tag == tag {
			return e, true
		}
	}
	return Element{}, false
}

// At returns the first element at a path such as "61/4F".
func (c Consumer) At(path string) (Element, bool) {
	elements := c.Elements
	for {
		tag, rest, deeper := strings.Cut(path, "/")
		e, ok := findElement(elements, tag)
		if !ok || !deeper {
			return e, ok
		}
		elements, path = e.Elements, rest
	}
}

// Build writes the code. The payload format indicator may be left out; it is
// written first.
func (c Consumer) Build() (string, error) {
	elements := c.Elements
	if len(elements) == 0 || elements[0].Tag != TagFormat {
		elements = append([]Element{{Tag: TagFormat, Value: []byte(consumerFormat)}}, elements...)
	}
	data, err := appendElements(nil, elements, 1)
	if err != nil {
		return "", err
	}
	text := base64.StdEncoding.EncodeToString(data)
	if _, findings := ReadConsumer(text); len(findings) > 0 {
		return "", &findings[0]
	}
	return text, nil
}

func appendElements(data []byte, elements []Element, depth int) ([]byte, error) {
	for _, e := range elements {
		tag, err := hex.DecodeString(e.Tag)
		if err != nil || len(tag) == 0 || len(tag) > 2 {
			return nil, &Finding{Rule: "element", Text: "a tag is one or two bytes in hexadecimal digits"}
		}
		value := e.Value
		if constructed(tag[0]) {
			if depth == consumerDepth {
				return nil, &Finding{Place: e.Tag, Rule: "depth", Text: "templates nest too deep"}
			}
			if value, err = appendElements(nil, e.Elements, depth+1); err != nil {
				return nil, err
			}
		}
		if len(value) > SizeMax {
			return nil, &Finding{Place: e.Tag, Rule: "size", Text: "more than 512 bytes"}
		}
		data = append(appendSize(append(data, tag...), len(value)), value...)
	}
	return data, nil
}

func appendSize(data []byte, size int) []byte {
	switch {
	case size < 0x80:
		return append(data, byte(size))
	case size < 0x100:
		return append(data, 0x81, byte(size))
	}
	return append(data, 0x82, byte(size>>8), byte(size))
}
