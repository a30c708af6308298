package lists

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/causeway-pay/causeway/compliance/match"
)

// eachElement reads an XML file with the root as a stream, and gives each
// element of a name one at a time. The file must end where its root ends.
func eachElement(data []byte, root string, elements map[string]func(*xml.Decoder, *xml.StartElement) error) error {
	if err := bounded(data); err != nil {
		return err
	}
	decoder := xml.NewDecoder(bytes.NewReader(data))
	seen := false
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			if !seen {
				return fmt.Errorf("no element %q", root)
			}
			return nil
		}
		if err != nil {
			return err
		}
		start, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		if !seen && start.Name.Local != root {
			return fmt.Errorf("the root is %q, not %q", start.Name.Local, root)
		}
		seen = true
		if read := elements[start.Name.Local]; read != nil {
			if err := read(decoder, &start); err != nil {
				return err
			}
		}
	}
}

// bounded holds the limits of depth and length before anything is built. It
// also finds a file that is cut off.
func bounded(data []byte) error {
	decoder := xml.NewDecoder(bytes.NewReader(data))
	depth, ended := 0, false
	var lengths [NestingMax + 1]int // of the text in each open element
	for {
		token, err := decoder.RawToken()
		if errors.Is(err, io.EOF) {
			if depth != 0 {
				return errors.New("the file ends within an element")
			}
			return nil
		}
		if err != nil {
			return err
		}
		switch t := token.(type) {
		case xml.StartElement:
			if ended {
				return errors.New("the file goes on behind its root")
			}
			if depth++; depth > NestingMax {
				return fmt.Errorf("elements lie deeper than %d", NestingMax)
			}
			lengths[depth] = 0
			for _, a := range t.Attr {
				if len(a.Value) > FieldMax {
					return fmt.Errorf("an attribute is longer than %d bytes", FieldMax)
				}
			}
		case xml.EndElement:
			if depth--; depth < 0 {
				return errors.New("an element ends that has not begun")
			}
			ended = depth == 0
		case xml.CharData:
			// Comments and elements may stand between the pieces of one text.
			if lengths[depth] += len(bytes.TrimSpace(t)); lengths[depth] > FieldMax {
				return fmt.Errorf("a text is longer than %d bytes", FieldMax)
			}
			if depth == 0 && len(bytes.TrimSpace(bytes.TrimPrefix(t, []byte("\uFEFF")))) > 0 {
				return errors.New("the file has text beside its root")
			}
		case xml.Directive:
			return errors.New("a document type is not expected")
		}
	}
}

// reads makes a reader of one element from one of its decoded form.
func reads[T any](give func(Entry) error, entry func(T) Entry) func(*xml.Decoder, *xml.StartElement) error {
	return func(decoder *xml.Decoder, start *xml.StartElement) error {
		var element T
		if err := decoder.DecodeElement(&element, start); err != nil {
			return err
		}
		return give(entry(element))
	}
}

type elements = map[string]func(*xml.Decoder, *xml.StartElement) error

// ofacEntry is sdnEntry of OFAC's XML.
type ofacEntry struct {
	UID        string   `xml:"uid"`
	FirstName  string   `xml:"firstName"`
	LastName   string   `xml:"lastName"`
	Type       string   `xml:"sdnType"`
	Programmes []string `xml:"programList>program"`
	Aliases    []struct {
		Category  string `xml:"category"`
		FirstName string `xml:"firstName"`
		LastName  string `xml:"lastName"`
	} `xml:"akaList>aka"`
	IDs []struct {
		Type    string `xml:"idType"`
		Number  string `xml:"idNumber"`
		Country string `xml:"idCountry"`
	} `xml:"idList>id"`
	Born      []string `xml:"dateOfBirthList>dateOfBirthItem>dateOfBirth"`
	Addresses []struct {
		Address1 string `xml:"address1"`
		Address2 string `xml:"address2"`
		Address3 string `xml:"address3"`
		City     string `xml:"city"`
		State    string `xml:"stateOrProvince"`
		Code     string `xml:"postalCode"`
		Country  string `xml:"country"`
	} `xml:"addressList>address"`
}

func parseOFACXML(data []byte, give func(Entry) error) error {
	return eachElement(data, "sdnList", elements{"sdnEntry": reads(give, func(x ofacEntry) Entry {
		e := Entry{ID: x.UID, Kind: kindOfOFAC(x.Type)}
		e.addName(surnameFirst(x.LastName, x.FirstName), Primary)
		for _, p := range x.Programmes {
			e.addProgramme(p)
		}
		for _, a := range x.Aliases {
			e.addName(surnameFirst(a.LastName, a.FirstName), qualityIf(a.Category == "weak"))
		}
		for _, id := range x.IDs {
			e.addIdentifier(id.Type, id.Number, id.Country)
		}
		for _, date := range x.Born {
			e.addBirth(match.ParseDate(date))
		}
		for _, a := range x.Addresses {
			e.addAddress(a.Country, a.Address1, a.Address2, a.Address3, a.City, a.State, a.Code)
		}
		return e
	})})
}

func surnameFirst(last, first string) string { return joined(last, first) }

func qualityIf(weak bool) Quality {
	if weak {
		return Weak
	}
	return Strong
}

// enhancedEntry is entity of OFAC's ENHANCED_XML.
type enhancedEntry struct {
	ID         string   `xml:"id,attr"`
	Type       string   `xml:"generalInfo>entityType"`
	Programmes []string `xml:"sanctionsPrograms>sanctionsProgram"`
	Names      []struct {
		Primary      bool `xml:"isPrimary"`
		LowQuality   bool `xml:"isLowQuality"`
		Translations []struct {
			FullName string `xml:"formattedFullName"`
		} `xml:"translations>translation"`
	} `xml:"names>name"`
	Addresses []struct {
		Country      string `xml:"country"`
		Translations []struct {
			Parts []string `xml:"addressParts>addressPart>value"`
		} `xml:"translations>translation"`
	} `xml:"addresses>address"`
	Features []struct {
		Type  string `xml:"type"`
		Value string `xml:"value"`
	} `xml:"features>feature"`
	Documents []struct {
		Type    string `xml:"type"`
		Number  string `xml:"documentNumber"`
		Country string `xml:"issuingCountry"`
	} `xml:"identityDocuments>identityDocument"`
}

func parseOFACEnhanced(data []byte, give func(Entry) error) error {
	return eachElement(data, "sanctionsData", elements{"entity": reads(give, entryOfEnhanced)})
}

func entryOfEnhanced(x enhancedEntry) Entry {
	e := Entry{ID: x.ID, Kind: kindOfOFAC(x.Type)}
	for _, p := range x.Programmes {
		e.addProgramme(p)
	}
	for _, n := range x.Names {
		quality := qualityIf(n.LowQuality)
		if n.Primary {
			quality = Primary
		}
		for _, t := range n.Translations {
			e.addName(t.FullName, quality)
		}
	}
	for _, a := range x.Addresses {
		for _, t := range a.Translations {
			e.addAddress(a.Country, t.Parts...)
		}
	}
	for _, f := range x.Features {
		if f.Type == "Birthdate" {
			e.addBirth(match.ParseDate(f.Value))
		}
	}
	for _, d := range x.Documents {
		e.addIdentifier(d.Type, d.Number, d.Country)
	}
	return e
}

// unEntry is INDIVIDUAL or ENTITY of the UN's list.
type unEntry struct {
	XMLName   xml.Name
	ID        string    `xml:"DATAID"`
	First     string    `xml:"FIRST_NAME"`
	Second    string    `xml:"SECOND_NAME"`
	Third     string    `xml:"THIRD_NAME"`
	Fourth    string    `xml:"FOURTH_NAME"`
	Original  string    `xml:"NAME_ORIGINAL_SCRIPT"`
	Programme string    `xml:"UN_LIST_TYPE"`
	Reference string    `xml:"REFERENCE_NUMBER"`
	Aliases   []unAlias `xml:"INDIVIDUAL_ALIAS"`
	Others    []unAlias `xml:"ENTITY_ALIAS"`
	Born      []struct {
		Type string `xml:"TYPE_OF_DATE"`
		Date string `xml:"DATE"`
		Year int    `xml:"YEAR"`
		From int    `xml:"FROM_YEAR"`
		To   int    `xml:"TO_YEAR"`
	} `xml:"INDIVIDUAL_DATE_OF_BIRTH"`
	Documents []struct {
		Type    string `xml:"TYPE_OF_DOCUMENT"`
		Number  string `xml:"NUMBER"`
		Country string `xml:"ISSUING_COUNTRY"`
	} `xml:"INDIVIDUAL_DOCUMENT"`
	Addresses []unAddress `xml:"INDIVIDUAL_ADDRESS"`
	Places    []unAddress `xml:"ENTITY_ADDRESS"`
}

type unAlias struct {
	Quality string `xml:"QUALITY"`
	Name    string `xml:"ALIAS_NAME"`
}

type unAddress struct {
	Street  string `xml:"STREET"`
	City    string `xml:"CITY"`
	State   string `xml:"STATE_PROVINCE"`
	Code    string `xml:"ZIP_CODE"`
	Country string `xml:"COUNTRY"`
}

func parseUN(data []byte, give func(Entry) error) error {
	read := reads(give, entryOfUN)
	return eachElement(data, "CONSOLIDATED_LIST", elements{"INDIVIDUAL": read, "ENTITY": read})
}

func entryOfUN(x unEntry) Entry {
	e := Entry{ID: x.Reference, Kind: Entity}
	if e.ID == "" {
		e.ID = x.ID
	}
	if x.XMLName.Local == "INDIVIDUAL" {
		e.Kind = Person
	}
	e.addName(words(x.First, x.Second, x.Third, x.Fourth), Primary)
	e.addName(x.Original, Strong)
	e.addProgramme(x.Programme)
	for _, a := range append(x.Aliases, x.Others...) {
		e.addName(a.Name, qualityIf(a.Quality == "Low"))
	}
	for _, b := range x.Born {
		about := b.Type == "APPROXIMATELY"
		date, ok := match.ParseDate(b.Date)
		if !ok {
			date, ok = match.Date{Year: max(b.Year, b.From), Until: b.To}, max(b.Year, b.From) > 0
		}
		date.About = date.About || about
		e.addBirth(date, ok)
	}
	for _, d := range x.Documents {
		e.addIdentifier(d.Type, d.Number, d.Country)
	}
	for _, a := range append(x.Addresses, x.Places...) {
		e.addAddress(a.Country, a.Street, a.City, a.State, a.Code)
	}
	return e
}

// euEntry is sanctionEntity of the EU's XML 1.1.
type euEntry struct {
	Reference  string `xml:"euReferenceNumber,attr"`
	ID         string `xml:"logicalId,attr"`
	Regulation struct {
		Programme string `xml:"programme,attr"`
	} `xml:"regulation"`
	Subject struct {
		Code string `xml:"code,attr"`
	} `xml:"subjectType"`
	Names []struct {
		First  string `xml:"firstName,attr"`
		Middle string `xml:"middleName,attr"`
		Last   string `xml:"lastName,attr"`
		Whole  string `xml:"wholeName,attr"`
		Strong string `xml:"strong,attr"`
	} `xml:"nameAlias"`
	Born []struct {
		Date  string `xml:"birthdate,attr"`
		Year  string `xml:"year,attr"`
		From  string `xml:"yearRangeFrom,attr"`
		To    string `xml:"yearRangeTo,attr"`
		Circa bool   `xml:"circa,attr"`
	} `xml:"birthdate"`
	Documents []struct {
		Type    string `xml:"identificationTypeCode,attr"`
		Number  string `xml:"number,attr"`
		Country string `xml:"countryIso2Code,attr"`
	} `xml:"identification"`
	Addresses []struct {
		Street  string `xml:"street,attr"`
		Box     string `xml:"poBox,attr"`
		Code    string `xml:"zipCode,attr"`
		City    string `xml:"city,attr"`
		Region  string `xml:"region,attr"`
		Country string `xml:"countryIso2Code,attr"`
	} `xml:"address"`
}

func parseEU(data []byte, give func(Entry) error) error {
	return eachElement(data, "export", elements{"sanctionEntity": reads(give, entryOfEUXML)})
}

func entryOfEUXML(x euEntry) Entry {
	e := Entry{ID: x.ID, Kind: kindOfEU(x.Subject.Code)}
	e.addIdentifier("EU reference", x.Reference, "")
	e.addProgramme(x.Regulation.Programme)
	for i, n := range x.Names {
		quality := qualityIf(n.Strong == "false")
		if i == 0 {
			quality = Primary
		}
		if n.Whole == "" {
			n.Whole = words(n.First, n.Middle, n.Last)
		}
		e.addName(n.Whole, quality)
	}
	for _, b := range x.Born {
		date, ok := match.ParseDate(b.Date)
		if !ok {
			date, ok = match.ParseDate(b.Year)
		}
		if !ok {
			date.Year, _ = strconv.Atoi(b.From)
			date.Until, _ = strconv.Atoi(b.To)
			ok = date.Year > 0
		}
		date.About = date.About || b.Circa
		e.addBirth(date, ok)
	}
	for _, d := range x.Documents {
		e.addIdentifier(d.Type, d.Number, d.Country)
	}
	for _, a := range x.Addresses {
		e.addAddress(strings.TrimPrefix(a.Country, "00"), a.Street, a.Box, a.Code, a.City, a.Region)
	}
	return e
}
