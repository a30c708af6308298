package recon

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/causeway-pay/causeway/money"
	"github.com/causeway-pay/causeway/settlement/report"
)

// Layout says what the columns of a CSV statement mean.
type Layout struct {
	Name string
	// Separator is between the fields of a row.
	Separator rune
	// Comma says that a comma stands before the decimals.
	Comma bool
	// Dates is the form of value dates, in the manner of package time; only the
	// beginning of a field that is longer is read.
	Dates string
	// Minor says that amounts are minor units.
	Minor bool
	// Debit is how the direction column, if there is one, says that the account
	// shrinks; anything else is a credit. Without the column amounts are signed.
	Debit string
	// Currency is that of all lines where no column says it.
	Currency money.Currency
	// Columns are the names of columns by what they mean: amount, date, direction,
	// currency, counterparty, own, text, and reference, which may be several.
	Columns map[string][]string
}

// ErrLayout means that a layout cannot be read.
var ErrLayout = errors.New("recon: layout")

// layoutLines bounds a layout: some twenty columns, with comments.
const layoutLines = 200

// meanings are what a column can mean, and whether it must be there.
var meanings = map[string]bool{
	"amount": true, "date": true, "reference": false, "direction": false, "currency": false, "counterparty": false,
	"own": false, "text": false,
}

// dateForms are the forms of dates by how a layout writes them.
var dateForms = map[string]string{
	"YYYY-MM-DD": time.DateOnly, "YYYYMMDD": "20060102", "DD.MM.YYYY": "02.01.2006", "DD/MM/YYYY": "02/01/2006",
	"MM/DD/YYYY": "01/02/2006",
}

// ReadLayout reads a layout: lines of a setting and its value, such as
//
//	separator ;
//	decimal ,
//	dates DD.MM.YYYY
//	debit S
//	column amount Betrag
//	column reference End-to-End-Id
//
// A column may be named several times as a reference.
func ReadLayout(name string, text io.Reader) (Layout, error) {
	l := Layout{Name: name, Separator: ',', Dates: time.DateOnly, Columns: map[string][]string{}}
	lines, number := bufio.NewScanner(text), 0
	for lines.Scan() {
		if number++; number > layoutLines {
			return Layout{}, fmt.Errorf("%w: more than %d lines", ErrLayout, layoutLines)
		}
		if err := l.set(strings.TrimSpace(lines.Text())); err != nil {
			return Layout{}, fmt.Errorf("%w: line %d: %w", ErrLayout, number, err)
		}
	}
	if err := lines.Err(); err != nil {
		return Layout{}, fmt.Errorf("%w: %w", ErrLayout, err)
	}
	for meaning, needed := range meanings {
		if needed && l.Columns[meaning] == nil {
			return Layout{}, fmt.Errorf("%w: no column is the %s", ErrLayout, meaning)
		}
	}
	if l.Currency == "" && l.Columns["currency"] == nil {
		return Layout{}, fmt.Errorf("%w: name the currency, or its column", ErrLayout)
	}
	return l, nil
}

func (l *Layout) set(line string) error {
	name, value, _ := strings.Cut(line, " ")
	value = strings.TrimSpace(value)
	switch {
	case line == "" || line[0] == '#':
		return nil
	case value == "":
		return fmt.Errorf("%s has no value", name)
	case name == "column":
		return l.column(value)
	}
	switch name {
	case "separator":
		separator := map[string]rune{",": ',', ";": ';', "tab": '\t', "|": '|'}[value]
		if l.Separator = separator; separator == 0 {
			return fmt.Errorf("separator %q is none of , ; | and tab", value)
		}
	case "decimal":
		if l.Comma = value == ","; value != "," && value != "." && value != "minor" {
			return fmt.Errorf("decimal %q is none of , . and minor", value)
		}
		l.Minor = value == "minor"
	case "dates":
		if l.Dates = dateForms[value]; l.Dates == "" {
			return fmt.Errorf("dates %q are not known", value)
		}
	case "debit":
		l.Debit = value
	case "currency":
		if l.Currency = money.Currency(value); !l.Currency.Known() {
			return fmt.Errorf("currency %q is not known", value)
		}
	default:
		return fmt.Errorf("setting %q is not known", name)
	}
	return nil
}

func (l *Layout) column(value string) error {
	meaning, column, _ := strings.Cut(value, " ")
	column = strings.TrimSpace(column)
	_, known := meanings[meaning]
	switch {
	case !known:
		return fmt.Errorf("column %q means nothing that is known", meaning)
	case column == "":
		return fmt.Errorf("the column of the %s has no name", meaning)
	case len(l.Columns[meaning]) > 0 && meaning != "reference":
		return fmt.Errorf("two columns are the %s", meaning)
	}
	l.Columns[meaning] = append(l.Columns[meaning], column)
	return nil
}

// PartnerLayout is the layout of the transaction files that partners get, by
// their column map, as partners send them back. It fails if the map leaves out
// what a comparison needs. Signed amounts say who is debited; those without sign need their
// direction.
func PartnerLayout(columns report.Columns) (Layout, error) {
	l := Layout{
		Name: "transactionItems", Separator: ',', Dates: time.DateOnly, Minor: true, Debit: "D",
		Columns: map[string][]string{},
	}
	fields := map[string]string{
		"settlement.signed": "amount", "currency": "currency", "id": "reference", "request": "reference", "completed": "date",
		"type": "text",
	}
	needed := []string{"amount", "date", "reference", "currency"}
	signed := func(c report.Column) bool { return c.Field == "settlement.signed" }
	if !slices.ContainsFunc(columns.Of(report.TransactionDetail), signed) {
		fields["settlement"], fields["settlement.direction"] = "amount", "direction"
		needed = append(needed, "direction")
	}
	for _, column := range columns.Of(report.TransactionDetail) {
		if meaning := fields[column.Field]; meaning != "" && (meaning == "reference" || l.Columns[meaning] == nil) {
			l.Columns[meaning] = append(l.Columns[meaning], column.Name)
		}
	}
	for _, meaning := range needed {
		if l.Columns[meaning] == nil {
			return Layout{}, fmt.Errorf("%w: the partner's files have no %s", ErrLayout, meaning)
		}
	}
	return l, nil
}

// headingMax is how many rows may stand before the headings.
const headingMax = 20

// endMark ends the files of some schemes.
const endMark = "<END>"

// Read reads a statement of an account. Rows before the headings are left out, and
// so is an end mark; every other row is a line.
func (l Layout) Read(data []byte, holder, reference string) (Statement, error) {
	if len(data) > StatementMax {
		return Statement{}, fmt.Errorf("%w: more than %d bytes", ErrStatement, StatementMax)
	}
	s := Statement{
		Source: l.Name, Holder: holder, Reference: reference, Currency: l.Currency, SHA256: sha256.Sum256(data),
	}
	rows := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(data, []byte("\ufeff"))))
	rows.Comma, rows.FieldsPerRecord, rows.ReuseRecord, rows.TrimLeadingSpace = l.Separator, -1, true, true
	var places map[string][]int
	for number := 1; ; number++ {
		row, err := rows.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return Statement{}, fmt.Errorf("%w: %w", ErrStatement, err)
		}
		switch {
		case places == nil && number > headingMax:
			return Statement{}, fmt.Errorf("%w: no row has the columns of layout %s", ErrStatement, l.Name)
		case places == nil:
			places = l.places(row)
		case len(row) == 1 && row[0] == endMark:
		default:
			if err := s.addRow(l, places, row); err != nil {
				at, _ := rows.FieldPos(0)
				return Statement{}, fmt.Errorf("%w: line %d: %w", ErrStatement, at, err)
			}
		}
	}
	if places == nil {
		return Statement{}, fmt.Errorf("%w: no row has the columns of layout %s", ErrStatement, l.Name)
	}
	return s, s.check()
}

// places are where the columns stand if a row is the headings, nil otherwise.
func (l Layout) places(row []string) map[string][]int {
	places := map[string][]int{}
	for meaning, columns := range l.Columns {
		for _, column := range columns {
			at := slices.Index(row, column)
			if at < 0 {
				return nil
			}
			places[meaning] = append(places[meaning], at)
		}
	}
	return places
}

// addRow reads a row as a line.
func (s *Statement) addRow(l Layout, places map[string][]int, row []string) error {
	if len(s.Lines) == linesMax {
		return fmt.Errorf("more than %d lines", linesMax)
	}
	field := func(meaning string) string {
		if at := places[meaning]; len(at) > 0 && at[0] < len(row) {
			return strings.TrimSpace(row[at[0]])
		}
		return ""
	}
	line := Line{
		Side: Theirs, Own: clip(field("own")), Counterparty: clip(field("counterparty")), Text: clip(field("text")),
	}
	currency := l.Currency
	if l.Columns["currency"] != nil {
		currency = money.Currency(field("currency"))
	}
	var err error
	if line.Amount, err = l.amount(field("amount"), currency); err != nil {
		return err
	}
	if l.Debit != "" && field("direction") == l.Debit {
		line.Amount.Minor = -line.Amount.Minor
	}
	date := field("date")
	if line.ValueDate, err = time.Parse(l.Dates, date[:min(len(date), len(l.Dates))]); err != nil {
		return fmt.Errorf("%q is not a date", clip(date))
	}
	for _, at := range places["reference"] {
		if at < len(row) && row[at] != "" {
			line.References = append(line.References, clip(report.Harmed(row[at])))
		}
	}
	if s.Currency == "" {
		s.Currency = currency
	}
	s.include(line.ValueDate)
	s.Lines = append(s.Lines, line)
	return nil
}

// amount reads an amount, which may have a sign.
func (l Layout) amount(text string, currency money.Currency) (money.Amount, error) {
	digits, negative := strings.CutPrefix(strings.TrimPrefix(text, "+"), "-")
	if l.Comma {
		whole, decimals, has := strings.Cut(digits, ",")
		if !grouped(whole) {
			return money.Amount{}, fmt.Errorf("%q has a dot that stands before no three digits", clip(text))
		}
		if digits = strings.ReplaceAll(whole, ".", ""); has {
			digits += "." + decimals
		}
	}
	parse := money.ParseDecimal
	if l.Minor {
		parse = money.ParseMinor
	}
	amount, err := parse(digits, currency)
	if err != nil {
		return money.Amount{}, err
	}
	if negative {
		amount.Minor = -amount.Minor
	}
	return amount, nil
}

// grouped says that dots stand between groups of three digits only: 12.50 where a comma is
// expected before the decimals is 12 and a half in another form, not 1250.
func grouped(whole string) bool {
	groups := strings.Split(whole, ".")
	return len(groups) == 1 || !slices.ContainsFunc(groups[1:], func(g string) bool { return len(g) != 3 })
}
