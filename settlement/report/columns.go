package report

import (
	"bufio"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

// Column is a column of a report file.
type Column struct {
	Name string
	// Field is what fills it; see columns.txt. A constant starts with "=".
	Field string
	value func(*row) string
}

// Section names a part of a report file, such as "transactionItems.detail": its
// heading row and the rows below it.
type Section string

// The sections.
const (
	TransactionSummary Section = "transactionItems.summary"
	TransactionDetail  Section = "transactionItems.detail"
	FeeSummary         Section = "feeItems.summary"
	FeeDetail          Section = "feeItems.detail"
	SummaryDetail      Section = "summary.detail"
	SettlementSummary  Section = "settlement.summary"
	SettlementDetail   Section = "settlement.detail"
	DaySummary         Section = "settlementDay.summary"
	DayDetail          Section = "settlementDay.detail"
)

// sections are the fields that each section may show.
var sections = map[Section]fields{
	TransactionSummary: setFields(), TransactionDetail: itemFields(), FeeSummary: setFields(), FeeDetail: feeFields(),
	SummaryDetail: kindFields(), SettlementSummary: setFields(), SettlementDetail: setFields(),
	DaySummary: setFields(), DayDetail: dayFields(),
}

// Columns say what the report files of a participant look like. The zero value
// has no sections; [Standard] has all.
type Columns struct {
	sections map[Section][]Column
}

// Of returns the columns of a section in their order; none if it is left out.
func (c Columns) Of(section Section) []Column { return c.sections[section] }

//go:embed columns.txt
var standard string

// Standard returns the columns of a partner who has agreed on nothing else.
func Standard() (Columns, error) { return ReadColumns(Columns{}, strings.NewReader(standard)) }

// ErrColumns means that a column map cannot be read.
var ErrColumns = errors.New("report: column map")

// Limits of a column map: twice what the longest published layout of the kind
// has.
const (
	columnsMax     = 100
	columnLinesMax = 2_000
)

// ReadColumns reads a column map in the form of columns.txt and returns base
// with the sections that it names put in the place of the old ones.
func ReadColumns(base Columns, list io.Reader) (Columns, error) {
	read := columnReader{columns: Columns{maps.Clone(base.sections)}, seen: map[Section]bool{}}
	if read.columns.sections == nil {
		read.columns.sections = map[Section][]Column{}
	}
	lines, number := bufio.NewScanner(list), 0
	for lines.Scan() {
		if number++; number > columnLinesMax {
			return Columns{}, fmt.Errorf("%w: more than %d lines", ErrColumns, columnLinesMax)
		}
		if err := read.line(strings.TrimSpace(lines.Text())); err != nil {
			return Columns{}, fmt.Errorf("%w: line %d: %w", ErrColumns, number, err)
		}
	}
	if err := lines.Err(); err != nil {
		return Columns{}, fmt.Errorf("%w: %w", ErrColumns, err)
	}
	return read.columns, nil
}

// String writes the map in the form that [ReadColumns] reads.
func (c Columns) String() string {
	var text strings.Builder
	for _, section := range slices.Sorted(maps.Keys(c.sections)) {
		fmt.Fprintf(&text, "section %s\n", section)
		for _, column := range c.sections[section] {
			fmt.Fprintf(&text, "%s %s\n", column.Name, column.Field)
		}
	}
	return text.String()
}

type columnReader struct {
	columns Columns
	current Section
	seen    map[Section]bool
}

func (r *columnReader) line(text string) error {
	name, rest, _ := strings.Cut(text, " ")
	rest = strings.TrimSpace(rest)
	switch {
	case text == "" || text[0] == '#':
		return nil
	case name == "section":
		return r.start(Section(rest))
	case r.current == "":
		return errors.New("a column before the first section")
	default:
		return r.add(name, rest)
	}
}

func (r *columnReader) start(section Section) error {
	switch {
	case sections[section] == nil:
		return fmt.Errorf("section %q is not known", section)
	case r.seen[section]:
		return fmt.Errorf("section %s stands twice", section)
	}
	r.current, r.seen[section] = section, true
	r.columns.sections[section] = nil
	return nil
}

func (r *columnReader) add(name, field string) error {
	columns := r.columns.sections[r.current]
	if len(columns) == columnsMax {
		return fmt.Errorf("%s has more than %d columns", r.current, columnsMax)
	}
	for _, c := range columns {
		if c.Name == name {
			return fmt.Errorf("column %s stands twice", name)
		}
	}
	column := Column{Name: name, Field: field, value: sections[r.current][field]}
	if constant, found := strings.CutPrefix(field, "="); found {
		column.value = func(*row) string { return constant }
	}
	if column.value == nil {
		return fmt.Errorf("column %s: %s has no field %q", name, r.current, field)
	}
	r.columns.sections[r.current] = append(columns, column)
	return nil
}
