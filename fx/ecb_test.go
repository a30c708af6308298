package fx_test

import (
	"compress/gzip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/causeway-pay/causeway/fx"
	"github.com/causeway-pay/causeway/money"
)

func TestSample(t *testing.T) {
	references, err := fx.Sample()
	if err != nil {
		t.Fatal(err)
	}
	want := map[money.Currency]string{"USD": "1.1684", "JPY": "186.75", "IDR": "20082.05", "KRW": "1740.86",
		"CNY": "7.9827", "HKD": "9.1507", "THB": "37.728", "GBP": "0.87058", "ZAR": "19.3849"}
	published := time.Date(2026, 4, 13, 15, 0, 0, 0, time.UTC)
	for _, r := range references {
		if r.Source != "ECB" || !r.ObservedAt.Equal(published) || r.Rate.Base != "EUR" {
			t.Errorf("%+v", r)
		}
		if text, asked := want[r.Rate.Quote]; asked && r.Rate.Decimal() != text {
			t.Errorf("%s, want %s", r.Rate, text)
		}
		delete(want, r.Rate.Quote)
	}
	if len(references) != 29 || len(want) > 0 {
		t.Errorf("%d rates, missing %v", len(references), want)
	}
}

func ecbReference(t *testing.T, day int, currency money.Currency, text string) fx.Reference {
	return fx.Reference{Rate: rate(t, "EUR", currency, text), Source: "ECB",
		ObservedAt: time.Date(2026, 4, day, 15, 0, 0, 0, time.UTC)}
}

func TestReadECBCSV(t *testing.T) {
	want := []fx.Reference{ecbReference(t, 13, "USD", "1.1684"), ecbReference(t, 13, "JPY", "186.75"),
		ecbReference(t, 10, "JPY", "186.5")}
	tests := map[string]string{
		"as published":      "Date,USD,JPY,\n2026-04-13,1.1684,186.75,\n2026-04-10,N/A,186.50,\n",
		"without the comma": "Date,USD,JPY\r\n2026-04-13,1.1684,186.75\r\n2026-04-10,,186.5\r\n",
		"daily form":        "Date, USD, JPY, \n13 April 2026, 1.1684, 186.75, \n10 April 2026, N/A, 186.5, \n",
		"dead currencies":   "Date,USD,HRK,JPY\n2026-04-13,1.1684,7.5,186.75\n2026-04-10,,7.5,186.5",
	}
	for name, text := range tests {
		got, err := fx.ReadECBCSV(strings.NewReader(text))
		if difference := cmp.Diff(want, got); err != nil || difference != "" {
			t.Errorf("%s: %v\n%s", name, err, difference)
		}
	}
}

func TestReadECBCSVRefuses(t *testing.T) {
	tests := map[string]string{
		"nothing":             "",
		"header alone":        "Date,USD\n",
		"a page":              "<html><body>Service unavailable</body></html>",
		"no rates":            "Date,USD\n2026-04-13,N/A\n",
		"dead currency alone": "Date,HRK\n2026-04-13,7.5\n",
		"other header":        "Day,USD\n2026-04-13,1.1\n",
		"lower case":          "Date,usd\n2026-04-13,1.1\n",
		"hole in the header":  "Date,,USD\n2026-04-13,1.0,1.1\n",
		"column twice":        "Date,USD,USD\n2026-04-13,1.1,1.1\n",
		"euro":                "Date,EUR\n2026-04-13,1\n",
		"short line":          "Date,USD,JPY\n2026-04-13,1.1\n",
		"long line":           "Date,USD\n2026-04-13,1.1,2\n",
		"value past the end":  "Date,USD,\n2026-04-13,1.1,2\n",
		"no date":             "Date,USD\n,1.1\n",
		"no such date":        "Date,USD\n2026-02-30,1.1\n",
		"American date":       "Date,USD\n04/13/2026,1.1\n",
		"day twice":           "Date,USD\n2026-04-13,1.1\n2026-04-13,1.1\n",
		"zero":                "Date,USD\n2026-04-13,0\n",
		"negative":            "Date,USD\n2026-04-13,-1.1\n",
		"exponent":            "Date,USD\n2026-04-13,1.1e0\n",
		"comma":               "Date,USD\n2026-04-13,\"1,1\"\n",
		"dash":                "Date,USD\n2026-04-13,-\n",
		"quote inside":        "Date,USD\n2026-04-13,1\"1\n",
		"too large":           "Date,USD\n" + strings.Repeat(" ", 17<<20),
	}
	for name, text := range tests {
		if got, err := fx.ReadECBCSV(strings.NewReader(text)); err == nil || got != nil {
			t.Errorf("%s: %v", name, got)
		}
	}
}

const ecbXML = `<?xml version="1.0" encoding="UTF-8"?>
<gesmes:Envelope xmlns:gesmes="http://www.gesmes.org/xml/2002-08-01"
		xmlns="http://www.ecb.int/vocabulary/2002-08-01/eurofxref">
	<gesmes:subject>Reference rates</gesmes:subject>
	<gesmes:Sender><gesmes:name>European Central Bank</gesmes:name></gesmes:Sender>
	<Cube>
		<Cube time='2026-04-13'><Cube currency='USD' rate='1.1684'/><Cube currency='JPY' rate='186.75'/></Cube>
		<Cube time='2026-04-10'><Cube currency='JPY' rate='186.50'/><Cube currency='HRK' rate='7.5'/></Cube>
	</Cube>
</gesmes:Envelope>
`

func TestReadECBXML(t *testing.T) {
	want := []fx.Reference{ecbReference(t, 13, "USD", "1.1684"), ecbReference(t, 13, "JPY", "186.75"),
		ecbReference(t, 10, "JPY", "186.5")}
	got, err := fx.ReadECBXML(strings.NewReader(ecbXML))
	if difference := cmp.Diff(want, got); err != nil || difference != "" {
		t.Errorf("%v\n%s", err, difference)
	}
	tests := map[string][2]string{
		"unfinished":     {"</gesmes:Envelope>", ""},
		"other envelope": {"org/xml/2002", "org/xml/2003"},
		"other cubes":    {"2002-08-01/eurofxref", "2003-08-01/eurofxref"},
		"no time":        {"time='2026-04-13'", ""},
		"day twice":      {"2026-04-10", "2026-04-13"},
		"no currency":    {"currency='USD'", ""},
		"lower case":     {"'USD'", "'usd'"},
		"no rate":        {"rate='1.1684'", ""},
		"zero":           {"'1.1684'", "'0'"},
		"exponent":       {"'1.1684'", "'1e1'"},
		"euro":           {"'USD'", "'EUR'"},
		"text after":     {"</gesmes:Envelope>", "</gesmes:Envelope>x"},
		"element after":  {"</gesmes:Envelope>", "</gesmes:Envelope><x/>"},
	}
	for name, change := range tests {
		if !strings.Contains(ecbXML, change[0]) {
			t.Errorf("%s: nothing to change", name)
		}
		got, err := fx.ReadECBXML(strings.NewReader(strings.ReplaceAll(ecbXML, change[0], change[1])))
		if err == nil || got != nil {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// The whole published history can be read: every rate since 1999.
func TestReadECBHistory(t *testing.T) {
	file, err := os.Open(filepath.Join("..", "..", "shared", "data", "fx", "eurofxref-hist.csv.gz"))
	if err != nil {
		t.Skip("no history beside the repository")
	}
	defer func() { _ = file.Close() }()
	unzipped, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	references, err := fx.ReadECBCSV(unzipped)
	if err != nil {
		t.Fatal(err)
	}
	if len(references) < 180_000 {
		t.Errorf("%d rates", len(references))
	}
	b, err := fx.NewBoard(references, 24*time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	if latest, _ := against(b, "USD"); latest.Rate.Decimal() != "1.1684" {
		t.Errorf("latest %+v", latest)
	}
}

func FuzzReadECBCSV(f *testing.F) {
	f.Add("Date,USD,JPY,\n2026-04-13,1.1684,186.75,\n2026-04-10,N/A,186.50,\n")
	f.Add("Date, USD, \n13 April 2026, 1.1684, \n")
	f.Add("Date,HRK\n2026-04-13,\"7.5\"\n")
	f.Fuzz(func(t *testing.T, text string) {
		references, err := fx.ReadECBCSV(strings.NewReader(text))
		checkReferences(t, references, err)
	})
}

func FuzzReadECBXML(f *testing.F) {
	f.Add(ecbXML)
	f.Add(strings.ReplaceAll(ecbXML, "\n", ""))
	f.Fuzz(func(t *testing.T, text string) {
		references, err := fx.ReadECBXML(strings.NewReader(text))
		checkReferences(t, references, err)
	})
}

// checkReferences requires of whatever was accepted that a board can be made of
// it.
func checkReferences(t *testing.T, references []fx.Reference, err error) {
	if (err == nil) != (len(references) > 0) {
		t.Fatalf("%d rates, %v", len(references), err)
	}
	if err != nil {
		return
	}
	if b, err := fx.NewBoard(references, time.Hour); err != nil || b.Len() == 0 {
		t.Fatalf("no board: %v", err)
	}
}
