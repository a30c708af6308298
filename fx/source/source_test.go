package source_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/causeway-pay/causeway/fx"
	"github.com/causeway-pay/causeway/fx/source"
	"github.com/causeway-pay/causeway/money"
)

// daily is eurofxref-daily.xml as the ECB publishes it, shortened.
const daily = `<?xml version="1.0" encoding="UTF-8"?>
<gesmes:Envelope xmlns:gesmes="http://www.gesmes.org/xml/2002-08-01" xmlns="http://www.ecb.int/vocabulary/2002-08-01/eurofxref">
	<gesmes:subject>Reference rates</gesmes:subject>
	<gesmes:Sender><gesmes:name>European Central Bank</gesmes:name></gesmes:Sender>
	<Cube><Cube time='2026-04-13'><Cube currency='USD' rate='1.1684'/><Cube currency='JPY' rate='186.75'/></Cube></Cube>
</gesmes:Envelope>`

var noon = time.Date(2026, 4, 13, 12, 0, 0, 0, time.UTC)

func reference(t *testing.T, name string, at time.Time, base, quote money.Currency, texts ...string) fx.Reference {
	t.Helper()
	r := fx.Reference{ObservedAt: at, Source: name}
	for i, to := range []*money.Rate{&r.Rate, &r.Bid, &r.Ask} {
		if i < len(texts) {
			var err error
			if *to, err = money.ParseRate(base, quote, texts[i]); err != nil {
				t.Fatal(err)
			}
		}
	}
	return r
}

// published serves a text at an address and as a file.
func published(t *testing.T, text string) (url, file string) {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(text))
	}))
	t.Cleanup(server.Close)
	file = filepath.Join(t.TempDir(), "rates")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return server.URL, file
}

func byPair(a, b fx.Reference) bool { return a.Rate.Pair() < b.Rate.Pair() }

func TestFormats(t *testing.T) {
	ecb := time.Date(2026, 4, 13, 15, 0, 0, 0, time.UTC)
	euro := []fx.Reference{reference(t, "ECB", ecb, "EUR", "USD", "1.1684"), reference(t, "ECB", ecb, "EUR", "JPY", "186.75")}
	bank := []fx.Reference{reference(t, "BANK", noon, "USD", "JPY", "150", "149.9", "150.1"),
		reference(t, "BANK", noon, "USD", "HKD", "7.8", "7.79", "7.81")}
	per100 := []fx.Reference{reference(t, "BANK", noon, "JPY", "CNY", "0.045123"), reference(t, "BANK", noon, "KRW", "CNY", "0.0052")}
	whole := source.Columns{Base: "ccy1", Quote: "ccy2", Mid: "mid", Bid: "bid", Ask: "ask", ObservedAt: "at"}
	tests := []struct {
		name   string
		config source.Config
		text   string
		want   []fx.Reference
	}{
		{"ECB as XML", source.Config{Format: source.ECBXML}, daily, euro},
		{"ECB as CSV", source.Config{Format: source.ECBCSV}, "Date, USD, JPY, \n13 April 2026, 1.1684, 186.75, \n", euro},
		{"CSV with sides", source.Config{Name: "BANK", Format: source.CSV, Columns: whole},
			"at,ccy1,ccy2,bid,mid,ask\n2026-04-13T12:00:00Z,USD,JPY,149.9,150,150.1\n" +
				"2026-04-13T12:00:00Z,USD,HKD,7.79,7.8,7.81\n2026-04-13T12:00:00Z,USD,HRK,7,7.5,8\n", bank},
		{"CSV of sides alone, in seconds", source.Config{Name: "BANK", Format: source.CSV, Columns: source.Columns{
			Base: "=USD", Quote: "code", Bid: "buy", Ask: "sell", ObservedAt: "time"}},
			"code,buy,sell,time\nJPY,149.9,150.1,1776081600\nHKD,7.79,7.81,1776081600\n", bank},
		{"per 100 units of a date", source.Config{Name: "BANK", Format: source.CSV, Columns: source.Columns{
			Base: "code", Quote: "=CNY", Mid: "rate", ObservedAt: "day", Unit: "unit"}},
			"code,unit,rate,day\nJPY,100,4.5123,2026-04-13\nKRW,1000,5.2,2026-04-13\n", per100},
		{"JSON list", source.Config{Name: "BANK", Format: source.JSON, Rows: "data.rates", Columns: source.Columns{
			Base: "pair.base", Quote: "pair.quote", Mid: "mid", Bid: "bid", Ask: "ask", ObservedAt: "^meta.at"}},
			`{"meta":{"at":"2026-04-13T14:00:00+02:00"},"data":{"rates":[
				{"pair":{"base":"USD","quote":"JPY"},"mid":150.0,"bid":149.9,"ask":"150.1"},
				{"pair":{"base":"USD","quote":"HKD"},"mid":7.80,"bid":7.79,"ask":7.81}]}}`, bank},
		{"JSON object", source.Config{Name: "BANK", Format: source.JSON, Rows: "rates", Columns: source.Columns{
			Base: "$key", Quote: "^base", Mid: "$value", ObservedAt: "^date", Unit: "=100"}},
			`{"base":"CNY","date":"2026-04-13","rates":{"JPY":4.5123,"KRW":0.52}}`, per100},
	}
	for _, tt := range tests {
		url, file := published(t, tt.text)
		for _, from := range []string{"url", "file"} {
			config := tt.config
			if from == "url" {
				config.URL = url
			} else {
				config.File = file
			}
			s, err := source.New(config, nil)
			if err != nil {
				t.Fatal(err)
			}
			got, err := s.Fetch(t.Context())
			if diff := cmp.Diff(tt.want, got, cmpopts.SortSlices(byPair)); err != nil || diff != "" {
				t.Errorf("%s by %s: %v\n%s", tt.name, from, err, diff)
			}
			if len(got) > 0 && s.Name() != got[0].Source {
				t.Errorf("%s: %s states the rates of %s", tt.name, s.Name(), got[0].Source)
			}
		}
	}
}

// Whatever is wrong with a table, none of it is taken.
func TestWrongTables(t *testing.T) {
	columns := source.Columns{Base: "a", Quote: "b", Mid: "mid", Bid: "bid", Ask: "ask", ObservedAt: "at", Unit: "unit"}
	good := "a,b,mid,bid,ask,at,unit\nUSD,JPY,150,149,151,2026-04-13,1\n"
	csv, object := source.Config{Name: "BANK", Format: source.CSV, Columns: columns},
		source.Config{Name: "BANK", Format: source.JSON, Columns: columns}
	row := func(edit, with string) string {
		return good + strings.Replace("USD,HKD,7.8,7.7,7.9,2026-04-13,1\n", edit, with, 1)
	}
	tests := []struct {
		name   string
		config source.Config
		text   string
	}{
		{"nothing", csv, ""},
		{"a header alone", csv, "a,b,mid,bid,ask,at,unit\n"},
		{"an error page", csv, "<html><body>busy</body></html>"},
		{"a short line", csv, good + "USD,HKD\n"},
		{"a column is missing", csv, strings.ReplaceAll(good, "mid", "middle")},
		{"no currency", csv, row("USD", "US$")},
		{"an exponent", csv, row("7.8", "7.8e0")},
		{"zero", csv, row("7.8", "0")},
		{"negative", csv, row("7.7", "-7.7")},
		{"bid above ask", csv, row("7.7", "8.7")},
		{"no time", csv, row("2026-04-13", "yesterday")},
		{"a time far off", csv, row("2026-04-13", "99999999999999")},
		{"no unit", csv, row(",1\n", ",50\n")},
		{"too many digits for the unit", csv, row("7.8,7.7,7.9,2026-04-13,1", "0.000000000000000078,,,2026-04-13,10000")},
		{"not JSON", object, "{"},
		{"two documents", object, "{}{}"},
		{"neither list nor object", object, "7"},
		{"a row that is a number", object, "[7]"},
		{"a list where a number should be", object,
			`[{"a":"USD","b":"JPY","mid":[150],"bid":1,"ask":2,"at":"2026-04-13","unit":1}]`},
		{"no rows", source.Config{Name: "BANK", Format: source.JSON, Columns: columns, Rows: "data"}, "{}"},
		{"no ECB", source.Config{Format: source.ECBXML}, good},
		{"too large", csv, good + strings.Repeat("USD,HKD,7.8,7.7,7.9,2026-04-13,1\n", 600_000)},
		{"too many", csv, good + strings.Repeat("USD,HKD,7.8,7.7,7.9,2026-04-13,1\n", 10_000)},
	}
	for _, tt := range tests {
		tt.config.URL, _ = published(t, tt.text)
		s, err := source.New(tt.config, nil)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := s.Fetch(t.Context()); !errors.Is(err, source.ErrSource) || got != nil {
			t.Errorf("%s: %d rates, %v", tt.name, len(got), err)
		}
	}
}

func TestSourcesThatDoNotAnswer(t *testing.T) {
	busy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusServiceUnavailable)
	}))
	defer busy.Close()
	release := make(chan struct{})
	silent := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-release }))
	defer silent.Close()
	defer close(release)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	for name, config := range map[string]source.Config{
		"busy": {Format: source.ECBXML, URL: busy.URL}, "silent": {Format: source.ECBXML, URL: silent.URL},
		"nobody": {Format: source.ECBXML, URL: "http://127.0.0.1:1"}, "no file": {Format: source.ECBCSV, File: "nowhere"},
	} {
		s, err := source.New(config, nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Fetch(ctx); !errors.Is(err, source.ErrSource) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestConfigurations(t *testing.T) {
	columns := source.Columns{Base: "a", Quote: "b", Mid: "m", ObservedAt: "t"}
	sides := source.Columns{Base: "a", Quote: "b", Bid: "x", ObservedAt: "t"}
	for name, config := range map[string]source.Config{
		"no place":      {Format: source.ECBXML},
		"two places":    {Format: source.ECBXML, URL: "http://a.example", File: "b"},
		"no URL":        {Format: source.ECBXML, URL: "ftp://a.example"},
		"no format":     {Name: "A", File: "f"},
		"no name":       {Format: source.CSV, File: "f", Columns: columns},
		"no columns":    {Name: "A", Format: source.JSON, File: "f"},
		"one side":      {Name: "A", Format: source.CSV, File: "f", Columns: sides},
		"no rate":       {Name: "A", Format: source.CSV, File: "f", Columns: source.Columns{Base: "a", Quote: "b", ObservedAt: "t"}},
		"unknown shape": {Name: "A", Format: "xlsx", File: "f", Columns: columns},
	} {
		if _, err := source.New(config, nil); !errors.Is(err, source.ErrSource) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzTables(f *testing.F) {
	f.Add(false, "a,b,mid,bid,ask,at,unit\nUSD,JPY,150,149,151,2026-04-13,1\n")
	f.Add(false, "a,b,mid,bid,ask,at,unit\nUSD,JPY,,149,151,1776081600,100\n")
	f.Add(true, `[{"a":"USD","b":"JPY","mid":150,"bid":149,"ask":151,"at":"2026-04-13T00:00:00Z","unit":"10"}]`)
	f.Add(true, `{"x":{"a":"USD","b":"JPY","mid":"150","bid":149,"ask":151,"at":1776081600,"unit":1}}`)
	columns := source.Columns{Base: "a", Quote: "b", Mid: "mid", Bid: "bid", Ask: "ask", ObservedAt: "at", Unit: "unit"}
	f.Fuzz(func(t *testing.T, object bool, text string) {
		config := source.Config{Name: "BANK", Format: source.CSV, File: filepath.Join(t.TempDir(), "f"), Columns: columns}
		if object {
			config.Format = source.JSON
		}
		if err := os.WriteFile(config.File, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		s, err := source.New(config, nil)
		if err != nil {
			t.Fatal(err)
		}
		references, err := s.Fetch(t.Context())
		if (err == nil) != (len(references) > 0) {
			t.Fatalf("%d rates, %v", len(references), err)
		}
		if _, err := fx.NewBoard(references, time.Hour); err != nil {
			t.Fatalf("no board of what was accepted: %v", err)
		}
	})
}
