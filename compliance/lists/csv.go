package lists

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/causeway-pay/causeway/compliance/match"
)

// eachRow gives the rows of a CSV file, all of as many columns.
func eachRow(data []byte, columns int, separator rune, give func(row []string) error) error {
	reader := csv.NewReader(bytes.NewReader(data))
	reader.Comma, reader.FieldsPerRecord, reader.ReuseRecord = separator, columns, true
	for {
		row, err := reader.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		for _, field := range row {
			if len(field) > FieldMax {
				line, _ := reader.FieldPos(0)
				return fmt.Errorf("line %d: a field is longer than %d bytes", line, FieldMax)
			}
		}
		if err := give(row); err != nil {
			line, _ := reader.FieldPos(0)
			return fmt.Errorf("line %d: %w", line, err)
		}
	}
}

// eachRowOfOFAC gives the rows without OFAC's mark of the end and its "-0-".
func eachRowOfOFAC(data []byte, columns int, give func(row []string) error) error {
	return eachRow(bytes.TrimRight(data, "\x1a\r\n "), columns, ',', func(row []string) error {
		for i, field := range row {
			if row[i] = strings.TrimSpace(field); row[i] == "-0-" {
				row[i] = ""
			}
		}
		if strings.Trim(row[0], "0123456789") != "" {
			return fmt.Errorf("%q is not an entry number", row[0])
		}
		return give(row)
	})
}

func parseOFAC(data []byte, give func(Entry) error) error {
	return eachRowOfOFAC(data, 12, func(row []string) error {
		e := Entry{ID: row[0], Kind: kindOfOFAC(row[2])}
		e.addName(row[1], Primary)
		if len(e.Names) == 0 {
			return errors.New("an entry has no name")
		}
		for programme := range strings.SplitSeq(row[3], "] [") {
			e.addProgramme(programme)
		}
		e.addIdentifier("Call Sign", row[5], "")
		e.remarks(row[11])
		return give(e)
	})
}

func kindOfOFAC(text string) Kind {
	switch strings.ToLower(text) {
	case "individual":
		return Person
	case "vessel":
		return Vessel
	case "aircraft":
		return Aircraft
	}
	return Entity
}

// identifiersOfOFAC are the words that identifiers in OFAC's remarks begin with.
var identifiersOfOFAC = []string{
	"Passport", "National ID No.", "Tax ID No.", "Registration Number", "Registration ID", "Identification Number",
	"Vessel Registration Identification", "SWIFT/BIC", "Legal Entity Number", "C.U.R.P.", "R.F.C.", "NIT #", "Cedula No.",
	"Aircraft Manufacturer's Serial Number (MSN)", "Aircraft Tail Number", "MMSI", "D-U-N-S Number", "Company Number",
	"Commercial Registry Number", "Business Registration Number", "Digital Currency Address", "SSN", "D.N.I.",
	"Government Gazette Number", "Trade License No.", "Residency Number", "RUC #", "V.A.T. Number",
}

// remarks reads what OFAC keeps in one text: dates of birth, weak aliases and
// identifiers, split by ";".
func (e *Entry) remarks(text string) {
	for part := range strings.SplitSeq(strings.TrimSuffix(text, "."), ";") {
		part = strings.TrimSpace(part)
		plain := strings.TrimPrefix(part, "alt. ")
		if date, ok := strings.CutPrefix(plain, "DOB "); ok {
			e.addBirth(match.ParseDate(date))
			continue
		}
		if alias, ok := strings.CutPrefix(part, "a.k.a. '"); ok {
			e.addName(strings.TrimRight(alias, "'."), Weak)
			continue
		}
		for _, kind := range identifiersOfOFAC {
			if value, ok := strings.CutPrefix(plain, kind+" "); ok {
				number, country, _ := strings.Cut(value, " (")
				// When it was issued and when it expires may stand behind.
				country, _, _ = strings.Cut(country, ")")
				e.addIdentifier(kind, number, country)
				break
			}
		}
	}
}

func parseOFACAliases(data []byte, give func(Entry) error) error {
	return eachRowOfOFAC(data, 5, func(row []string) error {
		e := Entry{ID: row[0]}
		e.addName(row[3], Strong)
		return give(e)
	})
}

func parseOFACAddresses(data []byte, give func(Entry) error) error {
	return eachRowOfOFAC(data, 6, func(row []string) error {
		e := Entry{ID: row[0]}
		e.addAddress(row[4], row[2], row[3])
		return give(e)
	})
}

// simpleColumns are those of the simple format; the first two are needed.
var simpleColumns = []string{
	"id", "name", "quality", "kind", "programme", "birth", "identifier", "country", "address",
}

// parseSimple reads a row for each name of an entry; what the rows of an entry say
// beside the names is taken together. Rows of nothing, as spreadsheets write them,
// are passed over.
func parseSimple(data []byte, give func(Entry) error) error {
	var columns table
	return eachRow(data, 0, ',', func(row []string) (err error) {
		if columns == nil {
			columns, err = tableOfSimple(row)
			return err
		}
		if strings.TrimSpace(strings.Join(row, "")) == "" {
			return nil
		}
		e, err := entryOfSimple(columns, row)
		if err != nil {
			return err
		}
		return give(e)
	})
}

func tableOfSimple(header []string) (table, error) {
	for i, name := range header {
		if !slices.Contains(simpleColumns, name) {
			return nil, fmt.Errorf("column %q is none of %v", name, simpleColumns)
		}
		if slices.Contains(header[:i], name) {
			return nil, fmt.Errorf("column %q is there twice", name)
		}
	}
	return newTable(header, "id", "name")
}

func entryOfSimple(columns table, row []string) (Entry, error) {
	get := func(name string) string { return columns.get(row, name) }
	e := Entry{ID: get("id"), Kind: Kind(get("kind"))}
	quality := Quality(get("quality"))
	switch quality {
	case "":
		quality = Strong
	case Primary, Strong, Weak:
	default:
		return e, fmt.Errorf("quality %q is not primary, strong or weak", quality)
	}
	if e.Kind != "" && !slices.Contains([]Kind{Person, Entity, Vessel, Aircraft}, e.Kind) {
		return e, fmt.Errorf("kind %q is not person, entity, vessel or aircraft", e.Kind)
	}
	e.addName(get("name"), quality)
	e.addProgramme(get("programme"))
	if text := get("birth"); text != "" {
		date, ok := match.ParseDate(text)
		if !ok {
			return e, fmt.Errorf("%q is not a date of birth", text)
		}
		e.addBirth(date, true)
	}
	e.addIdentifier("", get("identifier"), "")
	e.addAddress(get("country"), get("address"))
	return e, nil
}

// table finds columns by their header.
type table map[string]int

// need returns an error when a column is missing.
func newTable(header []string, need ...string) (table, error) {
	t := table{}
	for i, name := range header {
		if _, twice := t[strings.TrimSpace(name)]; !twice {
			t[strings.TrimSpace(name)] = i
		}
	}
	for _, name := range need {
		if _, ok := t[name]; !ok {
			return nil, fmt.Errorf("no column %q", name)
		}
	}
	return t, nil
}

func (t table) get(row []string, name string) string {
	if i, ok := t[name]; ok && i < len(row) {
		return strings.TrimSpace(row[i])
	}
	return ""
}

// ukNames are the columns of a name in its order: the surname is the sixth.
var ukNames = []string{"Name 1", "Name 2", "Name 3", "Name 4", "Name 5", "Name 6"}

func parseUK(data []byte, give func(Entry) error) error {
	if !bytes.HasPrefix(data, []byte("Last Updated,")) {
		return errors.New("the first line is not that of a ConList")
	}
	_, data, _ = bytes.Cut(data, []byte("\n"))
	var columns table
	return eachRow(data, 0, ',', func(row []string) (err error) {
		if columns == nil {
			columns, err = newTable(row, append(slices.Clone(ukNames), "Group ID", "Group Type", "Regime")...)
			return err
		}
		return give(entryOfUK(columns, row))
	})
}

func entryOfUK(columns table, row []string) Entry {
	get := func(name string) string { return columns.get(row, name) }
	e := Entry{ID: get("Group ID"), Kind: kindOfUK(get("Group Type"))}
	var parts []string
	for _, name := range ukNames {
		parts = append(parts, get(name))
	}
	quality := Strong
	if get("Alias Type") == "Prime Alias" || get("Alias Type") == "Primary name" {
		quality = Primary
	} else if strings.Contains(strings.ToLower(get("Alias Quality")), "low") {
		quality = Weak
	}
	e.addName(words(parts...), quality)
	e.addName(get("Name Non-Latin Script"), quality)
	e.addProgramme(get("Regime"))
	e.addBirth(match.ParseDate(get("DOB")))
	e.addIdentifier("Passport", get("Passport Details"), "")
	e.addIdentifier("Passport", get("Passport Number"), "")
	e.addIdentifier("National ID", get("NI Number"), "")
	e.addIdentifier("National ID", get("National Identification Number"), "")
	e.addAddress(get("Country"), get("Address 1"), get("Address 2"), get("Address 3"), get("Address 4"),
		get("Address 5"), get("Address 6"), get("Post/Zip Code"))
	return e
}

// parseEUCSV reads the EU's CSV 1.0, whose lines may each be one quoted field.
func parseEUCSV(data []byte, give func(Entry) error) error {
	var columns table
	row := func(row []string) (err error) {
		if columns == nil {
			columns, err = newTable(row, "Entity_logical_id", "Subject_type", "Programme", "Naal_wholename")
			return err
		}
		return give(entryOfEU(columns, row))
	}
	if !bytes.HasPrefix(data, []byte(`"Date_file`)) || bytes.HasPrefix(data, []byte(`"Date_file"`)) {
		return eachRow(data, 0, ';', row)
	}
	return eachRow(data, 1, '\t', func(line []string) error { return row(strings.Split(line[0], ";")) })
}

func entryOfEU(columns table, row []string) Entry {
	get := func(name string) string { return columns.get(row, name) }
	e := Entry{ID: get("Entity_logical_id"), Kind: kindOfEU(get("Subject_type"))}
	name := get("Naal_wholename")
	if name == "" {
		name = words(get("Naal_firstname"), get("Naal_middlename"), get("Naal_lastname"))
	}
	e.addName(name, Strong)
	e.addProgramme(get("Programme"))
	e.addBirth(match.ParseDate(get("Birt_date")))
	e.addIdentifier("Identification", get("Iden_number"), get("Iden_country"))
	e.addAddress(get("Addr_country"), words(get("Addr_number"), get("Addr_street")), get("Addr_zipcode"),
		get("Addr_city"), get("Addr_other"))
	return e
}

func kindOfEU(code string) Kind {
	if code == "P" || code == "person" {
		return Person
	}
	return Entity
}
