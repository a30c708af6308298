package lists_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/causeway-pay/causeway/compliance/lists"
	"github.com/causeway-pay/causeway/compliance/match"
)

// designation is a list with one designation that has these details.
func designation(details string) string {
	return "<Designations><DateGenerated>31/07/2026</DateGenerated><Designation><UniqueID>TST0001</UniqueID>" +
		"<Names><Name><Name6>DOCKSIDE</Name6><NameType>Primary Name</NameType></Name></Names>" + details +
		"</Designation></Designations>"
}

// TestDesignation: everything that the UK Sanctions List says of a person is read.
func TestDesignation(t *testing.T) {
	text := `<?xml version="1.0" encoding="utf-8"?>
<Designations>
  <DateGenerated>31/07/2026</DateGenerated>
  <Designation>
    <LastUpdated>01/02/2026</LastUpdated><DateDesignated>25/01/2001</DateDesignated>
    <UniqueID>TST0001</UniqueID><OFSIGroupID>7001</OFSIGroupID><UNReferenceNumber>TEi.001</UNReferenceNumber>
    <Names>
      <Name><Name1>VIKTOR</Name1><Name2>ANATOL</Name2><Name6>BLOCKSWORTH</Name6><NameType>Primary name</NameType></Name>
      <Name><Name1>WIKTOR</Name1><Name6>BLOCKSWORTH</Name6><NameType>Primary Name Variation</NameType></Name>
      <Name><Name6>Vik</Name6><NameType>ALias</NameType><AliasStrength>Low quality a.k.a</AliasStrength></Name>
      <Name><Name6>The Harbour Master</Name6><NameType>Alias</NameType><AliasStrength>Good quality a.k.a</AliasStrength></Name>
      <Name><NameType>Alias</NameType></Name>
    </Names>
    <NonLatinNames><NonLatinName><NameNonLatinScript>Виктор Блоксворт</NameNonLatinScript>
      <NonLatinScriptType>Cyrillic</NonLatinScriptType></NonLatinName></NonLatinNames>
    <RegimeName>The Testing (Sanctions) Regulations 2020</RegimeName>
    <IndividualEntityShip>Individual</IndividualEntityShip><DesignationSource>UN</DesignationSource>
    <SanctionsImposed>Asset freeze|Travel Ban</SanctionsImposed>
    <SanctionsImposedIndicators><AssetFreeze>true</AssetFreeze><TravelBan>true</TravelBan></SanctionsImposedIndicators>
    <OtherInformation>
      Of the harbour.
    </OtherInformation>
    <Addresses><Address><AddressLine1>1 Quay Street</AddressLine1><AddressLine6>Port Example</AddressLine6>
      <AddressPostalCode>P0 1XX</AddressPostalCode><AddressCountry>Nowhere</AddressCountry></Address></Addresses>
    <IndividualDetails><Individual>
      <DOBs><DOB>27/08/1955</DOB><DOB>dd/mm/1950</DOB><DOB>dd/07/1978</DOB><DOB>00/00/1975</DOB><DOB>15/08/19yy</DOB></DOBs>
      <Nationalities><Nationality>Nowhere</Nationality></Nationalities>
      <PassportDetails><Passport><PassportNumber>P1</PassportNumber></Passport>
        <Passport><PassportAdditionalInformation>lost</PassportAdditionalInformation></Passport>
        <Passport><PassportNumber> P1</PassportNumber></Passport></PassportDetails>
      <NationalIdentifierDetails><NationalIdentifier><NationalIdentifierNumber>N-22</NationalIdentifierNumber>
      </NationalIdentifier></NationalIdentifierDetails>
    </Individual></IndividualDetails>
  </Designation>
</Designations>
`
	want := lists.Entry{
		ID: "TST0001", Kind: lists.Person,
		Programmes: []string{"The Testing (Sanctions) Regulations 2020", "Asset freeze", "Travel Ban"},
		Names: []lists.Name{
			{Text: "VIKTOR ANATOL BLOCKSWORTH", Quality: lists.Primary, Script: "Latin"},
			{Text: "WIKTOR BLOCKSWORTH", Quality: lists.Strong, Script: "Latin"},
			{Text: "Vik", Quality: lists.Weak, Script: "Latin"},
			{Text: "The Harbour Master", Quality: lists.Strong, Script: "Latin"},
			{Text: "Виктор Блоксворт", Quality: lists.Strong, Script: "Cyrillic"},
		},
		Identifiers: []lists.Identifier{
			{Type: "UN reference", Value: "TEi.001"}, {Type: "Passport", Value: "P1"}, {Type: "National ID", Value: "N-22"},
		},
		Born:      []match.Date{{Year: 1955, Month: 8, Day: 27}, {Year: 1950}, {Year: 1978, Month: 7}, {Year: 1975}},
		Addresses: []lists.Address{{Lines: "1 Quay Street, Port Example, P0 1XX", Country: "Nowhere"}},
	}
	if diff := cmp.Diff(want, only(t, lists.FormatUKXML, text)); diff != "" {
		t.Error(diff)
	}
}

// TestDesignatedThings is a row for each way in which the list writes what is no person.
func TestDesignatedThings(t *testing.T) {
	company := func(numbers string) string {
		return "<EntityDetails><Entity><BusinessRegistrationNumbers><BusinessRegistrationNumber>" + numbers +
			"</BusinessRegistrationNumber></BusinessRegistrationNumbers></Entity></EntityDetails>"
	}
	ship := func(number string) string {
		return "<IndividualEntityShip>Ship</IndividualEntityShip><ShipDetails><Ship><IMONumbers><IMONumber>" + number +
			"</IMONumber></IMONumbers></Ship></ShipDetails>"
	}
	for details, want := range map[string]lists.Entry{
		company("7710137066"): {Kind: lists.Entity, Identifiers: []lists.Identifier{
			{Type: "Business registration", Value: "7710137066"},
		}},
		company("INN: 7710137066"): {Kind: lists.Entity, Identifiers: []lists.Identifier{{Type: "INN", Value: "7710137066"}}},
		company("OGRN: 1247700291200\nKPP: 770701001\n\nINN:9707028663\n"): {Kind: lists.Entity, Identifiers: []lists.Identifier{
			{Type: "OGRN", Value: "1247700291200"}, {Type: "KPP", Value: "770701001"}, {Type: "INN", Value: "9707028663"},
		}},
		ship("IMO9562233"):   {Kind: lists.Vessel, Identifiers: []lists.Identifier{{Type: "IMO number", Value: "9562233"}}},
		ship(" IMO 9562233"): {Kind: lists.Vessel, Identifiers: []lists.Identifier{{Type: "IMO number", Value: "9562233"}}},
		ship("9562233"):      {Kind: lists.Vessel, Identifiers: []lists.Identifier{{Type: "IMO number", Value: "9562233"}}},
		"<IndividualEntityShip>ENTITY</IndividualEntityShip>": {Kind: lists.Entity},
	} {
		want.ID, want.Names = "TST0001", []lists.Name{{Text: "DOCKSIDE", Quality: lists.Primary, Script: "Latin"}}
		if diff := cmp.Diff(want, only(t, lists.FormatUKXML, designation(details))); diff != "" {
			t.Errorf("%s: %s", details, diff)
		}
	}
}

// TestDesignationsRefused: a designation without a number or a name makes the list unusable.
func TestDesignationsRefused(t *testing.T) {
	refuse(t, lists.FormatUKXML, map[string]string{
		"no id":        strings.Replace(designation(""), "TST0001", " ", 1),
		"no name":      strings.Replace(designation(""), "DOCKSIDE", " ", 1),
		"nobody":       "<Designations><DateGenerated>31/07/2026</DateGenerated></Designations>",
		"the old list": small[lists.FormatUK],
	})
}
