package fx

import (
	_ "embed"
	"encoding/csv"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/causeway-pay/causeway/money"
)

// SourceECB names the euro foreign exchange reference rates of the European
// Central Bank: mid rates of each TARGET day, published for information about
// 16:00 in Frankfurt. They suit demonstrations, reports and sanity bands, not
// the pricing of real payments.
const SourceECB = "ECB"

// ecbFileMax bounds a file of reference rates; the whole history since 1999 is
// 2 MB as CSV and 8 MB as XML.
const ecbFileMax = 16 << 20

var errECB = errors.New("fx: not a file of ECB reference rates")

//go:embed sample/eurofxref-2026-04-13.csv
var sample string

// Sample returns the reference rates that the European Central Bank published
// on 2026-04-13, for development and demonstrations.
func Sample() ([]Reference, error) { return ReadECBCSV(strings.NewReader(sample)) }

// ReadECBCSV reads the wide form (eurofxref.csv, eurofxref-hist.csv): a header
// "Date,USD,JPY,..." and one line per day with the units of each currency for 1
// EUR. Empty cells and "N/A" have no rate, currencies that exist no more are
// skipped; anything else that is no rate fails the whole file, as does a file
// without any rate.
func ReadECBCSV(r io.Reader) ([]Reference, error) {
	lines := csv.NewReader(limited(r))
	lines.TrimLeadingSpace = true
	header, err := lines.Read()
	if err != nil {
		return nil, errors.Join(errECB, err)
	}
	if err := checkHeader(header); err != nil {
		return nil, err
	}
	var references []Reference
	for {
		line, err := lines.Read()
		if errors.Is(err, io.EOF) {
			return complete(references)
		}
		if err != nil {
			return nil, errors.Join(errECB, err)
		}
		if references, err = appendDay(references, header, line); err != nil {
			return nil, err
		}
	}
}

// appendDay adds the rates of one line. The columns of the header are known to
// be currency codes; the files end each line with a comma.
func appendDay(references []Reference, header, line []string) ([]Reference, error) {
	at, err := ecbTime(line[0])
	if err != nil {
		return nil, err
	}
	for i, text := range line {
		text = strings.TrimSpace(text)
		if i == 0 || text == "" || text == "N/A" {
			continue
		}
		reference, known, err := ecbReference(strings.TrimSpace(header[i]), text, at)
		if err != nil {
			return nil, err
		}
		if known {
			references = append(references, reference)
		}
	}
	return references, nil
}

func checkHeader(header []string) error {
	seen := make(map[string]bool, len(header))
	for i, name := range header {
		name = strings.TrimSpace(name)
		last := i == len(header)-1
		switch {
		case i == 0 && name == "Date":
		case i > 0 && last && name == "":
		case i > 0 && currencyCode(name) && !seen[name]:
		default:
			return fmt.Errorf("%w: column %d of the header", errECB, i+1)
		}
		seen[name] = true
	}
	return nil
}

func currencyCode(text string) bool {
	return len(text) == 3 && strings.Trim(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == ""
}

// ecbReference makes one reference; known is false for a currency that exists
// no more.
func ecbReference(code, text string, at time.Time) (reference Reference, known bool, err error) {
	currency := money.Currency(code)
	if currencyCode(code) && !currency.Known() {
		return Reference{}, false, nil
	}
	rate, err := money.ParseRate(pivot, currency, text)
	if err != nil || currency == pivot {
		return Reference{}, false, fmt.Errorf("%w: rate of %q on %s", errECB, code, at.Format(time.DateOnly))
	}
	return Reference{Rate: rate, ObservedAt: at, Source: SourceECB}, true, nil
}

// ecbTime reads "2026-04-13" or "13 April 2026" as 15:00 UTC of that day, when
// the rates are out: 16:00 in Frankfurt in winter, 17:00 in summer.
func ecbTime(text string) (time.Time, error) {
	for _, layout := range []string{time.DateOnly, "2 January 2006"} {
		if day, err := time.Parse(layout, strings.TrimSpace(text)); err == nil {
			return day.Add(15 * time.Hour), nil
		}
	}
	return time.Time{}, fmt.Errorf("%w: %q is no date", errECB, text)
}

// ecbEnvelope is the XML form (eurofxref-daily.xml and the history).
type ecbEnvelope struct {
	XMLName xml.Name `xml:"http://www.gesmes.org/xml/2002-08-01 Envelope"`
	Days    []struct {
		Time  string `xml:"time,attr"`
		Rates []struct {
			Currency string `xml:"currency,attr"`
			Rate     string `xml:"rate,attr"`
		} `xml:"http://www.ecb.int/vocabulary/2002-08-01/eurofxref Cube"`
	} `xml:"http://www.ecb.int/vocabulary/2002-08-01/eurofxref Cube>Cube"`
}

// ReadECBXML reads the XML form (eurofxref-daily.xml); see [ReadECBCSV].
func ReadECBXML(r io.Reader) ([]Reference, error) {
	decoder := xml.NewDecoder(limited(r))
	var envelope ecbEnvelope
	if err := decoder.Decode(&envelope); err != nil {
		return nil, errors.Join(errECB, err)
	}
	if err := nothingAfter(decoder); err != nil {
		return nil, err
	}
	var references []Reference
	for _, day := range envelope.Days {
		at, err := ecbTime(day.Time)
		if err != nil {
			return nil, err
		}
		for _, cell := range day.Rates {
			reference, known, err := ecbReference(cell.Currency, cell.Rate, at)
			if err != nil {
				return nil, err
			}
			if known {
				references = append(references, reference)
			}
		}
	}
	return complete(references)
}

func nothingAfter(decoder *xml.Decoder) error {
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		text, isText := token.(xml.CharData)
		if err != nil || !isText || strings.TrimSpace(string(text)) != "" {
			return fmt.Errorf("%w: something follows the envelope", errECB)
		}
	}
}

// complete refuses a file that holds no rate at all, such as an error page, and
// one that holds a currency twice for one day.
func complete(references []Reference) ([]Reference, error) {
	if len(references) == 0 {
		return nil, fmt.Errorf("%w: no rates", errECB)
	}
	type key struct {
		currency money.Currency
		at       time.Time
	}
	seen := make(map[key]bool, len(references))
	for _, reference := range references {
		k := key{reference.Rate.Quote, reference.ObservedAt}
		if seen[k] {
			return nil, fmt.Errorf("%w: %s twice on %s", errECB, k.currency, k.at.Format(time.DateOnly))
		}
		seen[k] = true
	}
	return references, nil
}

// limited reads at most ecbFileMax bytes and then fails, instead of cutting a
// file silently.
func limited(r io.Reader) io.Reader { return &limitedReader{r, ecbFileMax} }

type limitedReader struct {
	reader io.Reader
	left   int
}

// Read implements io.Reader.
func (l *limitedReader) Read(p []byte) (int, error) {
	if l.left == 0 {
		return 0, fmt.Errorf("%w: larger than 16 MiB", errECB)
	}
	n, err := l.reader.Read(p[:min(len(p), l.left)])
	l.left -= n
	return n, err
}
