package source

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/causeway-pay/causeway/fx"
	"github.com/causeway-pay/causeway/money"
)

// Columns says where the parts of a rate stand: a column of CSV, or a path of
// names joined by dots in JSON. "=EUR" is the text itself. In JSON "^date" starts
// at the document, and where the rates are an object, "$key" and "$value" are a
// member's name and value.
type Columns struct {
	// Base and Quote are currency codes: one unit of Base is so many of Quote.
	Base, Quote string
	// Mid may be left out if there are Bid and Ask, and these if there is Mid.
	Mid, Bid, Ask string
	// ObservedAt is when: RFC 3339, a date, or seconds since 1970. A rate of a
	// date is one of its noon in UTC.
	ObservedAt string
	// Unit is of how many units of Base the rate speaks, a power of ten up to
	// 10000; left out, it is one.
	Unit string
}

func (c Columns) check() error {
	switch {
	case c.Base == "" || c.Quote == "" || c.ObservedAt == "":
		return errors.New("columns base, quote and observed_at must be named")
	case c.Mid == "" && (c.Bid == "" || c.Ask == ""), (c.Bid == "") != (c.Ask == ""):
		return errors.New("columns mid, or bid and ask, must be named")
	default:
		return nil
	}
}

// rowsMax is more than all pairs of all currencies against a handful of bases.
const rowsMax = 10_000

// cells looks up the text at a place of one row.
type cells func(place string) (string, error)

// reference makes a rate of one row; known is false for currencies that exist no
// more.
func (s *Source) reference(at cells) (r fx.Reference, known bool, err error) {
	columns := s.config.Columns
	var texts [7]string
	for i, place := range []string{
		columns.Base, columns.Quote, columns.Mid, columns.Bid, columns.Ask, columns.ObservedAt, columns.Unit,
	} {
		if constant, found := strings.CutPrefix(place, "="); found {
			texts[i] = constant
		} else if place != "" {
			if texts[i], err = at(place); err != nil {
				return fx.Reference{}, false, err
			}
		}
	}
	base, quote := money.Currency(texts[0]), money.Currency(texts[1])
	if !currencyCode(texts[0]) || !currencyCode(texts[1]) {
		return fx.Reference{}, false, fmt.Errorf("%q and %q are no pair of currencies", texts[0], texts[1])
	}
	if !base.Known() || !quote.Known() || base == quote {
		return fx.Reference{}, false, nil
	}
	r = fx.Reference{Source: s.config.Name}
	if r.ObservedAt, err = moment(texts[5]); err != nil {
		return fx.Reference{}, false, err
	}
	err = rates(&r, base, quote, texts[2:5], texts[6])
	return r, true, err
}

func currencyCode(text string) bool {
	return len(text) == 3 && strings.Trim(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == ""
}

// rates reads middle, bid and ask.
func rates(r *fx.Reference, base, quote money.Currency, texts []string, unit string) error {
	digits, err := unitDigits(unit)
	if err != nil {
		return err
	}
	for i, to := range []*money.Rate{&r.Rate, &r.Bid, &r.Ask} {
		if texts[i] == "" {
			continue
		}
		rate, err := money.ParseRate(base, quote, texts[i])
		if err != nil {
			return fmt.Errorf("%s/%s %q: %w", base, quote, texts[i], err)
		}
		if rate.Scale += digits; rate.Scale > money.ScaleMax {
			return fmt.Errorf("%s/%s %q for %s units: %w", base, quote, texts[i], unit, money.ErrRate)
		}
		*to = rate
	}
	if r.Rate.Mantissa == 0 {
		if r.Rate, err = fx.Between(r.Bid, r.Ask); err != nil {
			return err
		}
	}
	return r.Check()
}

func unitDigits(unit string) (uint8, error) {
	if unit == "" {
		return 0, nil
	}
	digits := slices.Index([]string{"1", "10", "100", "1000", "10000"}, unit)
	if digits < 0 {
		return 0, fmt.Errorf("%q is no unit", unit)
	}
	return uint8(digits), nil
}

func moment(text string) (time.Time, error) {
	if at, err := time.Parse(time.RFC3339Nano, text); err == nil {
		return at.UTC().Truncate(time.Microsecond), nil
	}
	if day, err := time.Parse(time.DateOnly, text); err == nil {
		return day.Add(12 * time.Hour), nil
	}
	if seconds, err := strconv.ParseInt(text, 10, 64); err == nil && seconds > 0 && seconds < 1<<33 {
		return time.Unix(seconds, 0).UTC(), nil
	}
	return time.Time{}, fmt.Errorf("%q is no time", text)
}

// collect makes the rates of all rows, or none.
func (s *Source) collect(references []fx.Reference, row cells) ([]fx.Reference, error) {
	if len(references) >= rowsMax {
		return nil, fmt.Errorf("more than %d rates", rowsMax)
	}
	reference, known, err := s.reference(row)
	if err != nil {
		return nil, err
	}
	if known {
		references = append(references, reference)
	}
	return references, nil
}

func (s *Source) readCSV(r io.Reader) ([]fx.Reference, error) {
	lines := csv.NewReader(r)
	lines.TrimLeadingSpace = true
	header, err := lines.Read()
	if err != nil {
		return nil, err
	}
	var references []fx.Reference
	for {
		line, err := lines.Read()
		if errors.Is(err, io.EOF) {
			return references, nil
		}
		if err != nil {
			return nil, err
		}
		references, err = s.collect(references, func(place string) (string, error) {
			i := slices.Index(header, place)
			if i < 0 {
				return "", fmt.Errorf("no column %q", place)
			}
			return strings.TrimSpace(line[i]), nil
		})
		if err != nil {
			return nil, err
		}
	}
}

func (s *Source) readJSON(r io.Reader) ([]fx.Reference, error) {
	decoder := json.NewDecoder(r)
	decoder.UseNumber()
	var document any
	if err := decoder.Decode(&document); err != nil {
		return nil, err
	}
	if decoder.More() {
		return nil, errors.New("something follows the document")
	}
	rows := document
	if s.config.Rows != "" {
		var err error
		if rows, err = follow(document, s.config.Rows); err != nil {
			return nil, err
		}
	}
	var references []fx.Reference
	var err error
	switch rows := rows.(type) {
	case []any:
		for _, row := range rows {
			if references, err = s.collect(references, jsonCells(document, "", row)); err != nil {
				return nil, err
			}
		}
	case map[string]any:
		for key, row := range rows {
			if references, err = s.collect(references, jsonCells(document, key, row)); err != nil {
				return nil, err
			}
		}
	default:
		return nil, fmt.Errorf("%q is neither a list nor an object", s.config.Rows)
	}
	return references, nil
}

func jsonCells(document any, key string, row any) cells {
	return func(place string) (string, error) {
		from := row
		switch {
		case place == "$key" && key != "":
			return key, nil
		case place == "$value":
			return scalar(row, place)
		case strings.HasPrefix(place, "^"):
			from, place = document, place[1:]
		}
		value, err := follow(from, place)
		if err != nil {
			return "", err
		}
		return scalar(value, place)
	}
}

func follow(value any, path string) (any, error) {
	for name := range strings.SplitSeq(path, ".") {
		object, isObject := value.(map[string]any)
		next, found := object[name]
		if !isObject || !found {
			return nil, fmt.Errorf("nothing at %q", path)
		}
		value = next
	}
	return value, nil
}

// scalar takes a number as it is written, so that no digit is lost.
func scalar(value any, place string) (string, error) {
	switch value := value.(type) {
	case string:
		return strings.TrimSpace(value), nil
	case json.Number:
		return value.String(), nil
	default:
		return "", fmt.Errorf("%q is neither text nor number", place)
	}
}
