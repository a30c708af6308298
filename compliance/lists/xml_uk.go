package lists

import (
	"strings"

	"github.com/causeway-pay/causeway/compliance/match"
)

// ukEntry is Designation of the UK Sanctions List.
type ukEntry struct {
	ID        string   `xml:"UniqueID"`
	Kind      string   `xml:"IndividualEntityShip"`
	Regime    string   `xml:"RegimeName"`
	Measures  string   `xml:"SanctionsImposed"`
	Reference string   `xml:"UNReferenceNumber"`
	Names     []ukName `xml:"Names>Name"`
	Originals []string `xml:"NonLatinNames>NonLatinName>NameNonLatinScript"`
	Born      []string `xml:"IndividualDetails>Individual>DOBs>DOB"`
	Passports []string `xml:"IndividualDetails>Individual>PassportDetails>Passport>PassportNumber"`
	National  []string `xml:"IndividualDetails>Individual>NationalIdentifierDetails>NationalIdentifier>NationalIdentifierNumber"`
	Companies []string `xml:"EntityDetails>Entity>BusinessRegistrationNumbers>BusinessRegistrationNumber"`
	Ships     []string `xml:"ShipDetails>Ship>IMONumbers>IMONumber"`
	Addresses []struct {
		Line1   string `xml:"AddressLine1"`
		Line2   string `xml:"AddressLine2"`
		Line3   string `xml:"AddressLine3"`
		Line4   string `xml:"AddressLine4"`
		Line5   string `xml:"AddressLine5"`
		Line6   string `xml:"AddressLine6"`
		Code    string `xml:"AddressPostalCode"`
		Country string `xml:"AddressCountry"`
	} `xml:"Addresses>Address"`
}

// ukName is a name in its order: the surname, or the whole name of what is no person, is
// the sixth.
type ukName struct {
	Name1    string `xml:"Name1"`
	Name2    string `xml:"Name2"`
	Name3    string `xml:"Name3"`
	Name4    string `xml:"Name4"`
	Name5    string `xml:"Name5"`
	Name6    string `xml:"Name6"`
	Type     string `xml:"NameType"`
	Strength string `xml:"AliasStrength"`
}

// quality reads type and strength, whose letters the list writes now large and now small.
// Another spelling of the primary name is as strong as that.
func (n ukName) quality() Quality {
	switch {
	case strings.EqualFold(strings.TrimSpace(n.Type), "Primary Name"):
		return Primary
	case strings.Contains(strings.ToLower(n.Strength), "low"):
		return Weak
	}
	return Strong
}

func parseUKXML(data []byte, give func(Entry) error) error {
	return eachElement(data, "Designations", elements{"Designation": reads(give, entryOfUKXML)})
}

func entryOfUKXML(x ukEntry) Entry {
	e := Entry{ID: x.ID, Kind: kindOfUK(x.Kind)}
	for _, n := range x.Names {
		e.addName(words(n.Name1, n.Name2, n.Name3, n.Name4, n.Name5, n.Name6), n.quality())
	}
	for _, original := range x.Originals {
		e.addName(original, Strong)
	}
	e.addProgramme(x.Regime)
	for measure := range strings.SplitSeq(x.Measures, "|") {
		e.addProgramme(measure)
	}
	for _, date := range x.Born {
		e.addBirth(match.ParseDate(knownParts(date)))
	}
	e.addIdentifier("UN reference", x.Reference, "")
	for _, number := range x.Passports {
		e.addIdentifier("Passport", number, "")
	}
	for _, number := range x.National {
		e.addIdentifier("National ID", number, "")
	}
	for _, numbers := range x.Companies {
		e.addCompanyNumbers(numbers)
	}
	for _, number := range x.Ships {
		e.addIdentifier("IMO number", strings.TrimPrefix(strings.TrimSpace(number), "IMO"), "")
	}
	for _, a := range x.Addresses {
		e.addAddress(a.Country, a.Line1, a.Line2, a.Line3, a.Line4, a.Line5, a.Line6, a.Code)
	}
	return e
}

func kindOfUK(text string) Kind {
	switch strings.ToLower(strings.TrimSpace(text)) {
	case "individual":
		return Person
	case "ship":
		return Vessel
	}
	return Entity
}

// knownParts leaves out what stands for a day or month that is not known: dd/mm/1962.
func knownParts(date string) string {
	date = strings.ToLower(strings.TrimSpace(date))
	return strings.TrimPrefix(strings.TrimPrefix(date, "dd/"), "mm/")
}

// addCompanyNumbers adds the numbers of a company's registrations, which may be several in
// one text, a line each, with a name before it: "OGRN: 1247700291200".
func (e *Entry) addCompanyNumbers(text string) {
	for line := range strings.Lines(text) {
		kind, number, named := strings.Cut(line, ":")
		if !named {
			kind, number = "Business registration", line
		}
		e.addIdentifier(kind, number, "")
	}
}
