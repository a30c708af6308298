package api_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/switch/api"
	"github.com/causeway-pay/causeway/switch/api/wire"
)

func TestDecodeStrict(t *testing.T) {
	nested := strings.Repeat("[", 40) + strings.Repeat("]", 40)
	cases := map[string]struct {
		body string
		fits bool
	}{
		"plain":               {`{"kind":"a","change":{"b":[1,{"c":"d"}]}}`, true},
		"space around":        {" {\"kind\":\"a\",\n\"change\":{}} \n", true},
		"other order":         {`{"change":{},"kind":"a"}`, true},
		"missing":             {`{"kind":"a"}`, false},
		"unknown":             {`{"kind":"a","change":{},"x":1}`, false},
		"duplicate":           {`{"kind":"a","change":{},"kind":"b"}`, false},
		"escaped duplicate":   {`{"kind":"a","change":{},"\u006bind":"b"}`, false},
		"other case":          {`{"Kind":"a","change":{}}`, false},
		"nested duplicate":    {`{"kind":"a","change":{"b":1,"b":2}}`, false},
		"of its kind":         {`{"kind":"a","change":{"B":1}}`, true},
		"its kind twice":      {`{"kind":"a","change":{"B":1,"B":2}}`, false},
		"its kind with a NUL": {`{"kind":"a","change":{"B\u0000":1}}`, false},
		"null":                {`{"kind":null,"change":{}}`, false},
		"nested null":         {`{"kind":"a","change":{"b":[null]}}`, false},
		"two values":          {`{"kind":"a","change":{}}{}`, false},
		"bytes after":         {`{"kind":"a","change":{}}x`, false},
		"cut":                 {`{"kind":"a","change":{}`, false},
		"wrong type":          {`{"kind":1,"change":{}}`, false},
		"array":               {`[]`, false},
		"text":                {`"kind"`, false},
		"empty":               {``, false},
		"byte order mark":     {"\ufeff{}", false},
		"not UTF-8":           {"{\"kind\":\"\xff\",\"change\":{}}", false},
		"deep":                {`{"kind":"a","change":` + nested + `}`, false},
		"name with a space":   {`{"kind ":"a","change":{}}`, false},
		"name of another set": {`{"ｋind":"a","change":{}}`, false},
	}
	for name, c := range cases {
		var value wire.NewProposal
		err := api.DecodeStrict([]byte(c.body), &value)
		if (err == nil) != c.fits || err != nil && reason.Of(err) != reason.InvalidRequest {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestNamesOfData: names of fields have one form, also within; those of lists are as they are,
// each once.
func TestNamesOfData(t *testing.T) {
	const body = `{"state":"LIVE","document":{"screening":{"default":7250,"weak":0,"lists":{"OFAC-SDN":8000,"own":7000},
		"corridors":[{"payer":"HK","default":7250,"weak":0,"lists":{"UN":9000}}]},"review_minutes":60,"travel":[]}}`
	var change wire.PolicyChange
	if err := api.DecodeStrict([]byte(body), &change); err != nil || change.Document.Screening.Lists["OFAC-SDN"] != 8000 ||
		change.Document.Screening.Corridors[0].Lists["UN"] != 9000 {
		t.Errorf("%+v, %v", change, err)
	}
	for what, edit := range map[string][2]string{
		"a field in capitals":        {`"review_minutes"`, `"REVIEW_MINUTES"`},
		"a field within in capitals": {`"weak":0,"lists":{"UN"`, `"WEAK":0,"lists":{"UN"`},
		"a list twice":               {`"own":7000`, `"OFAC-SDN":7000`},
		"a list with a NUL":          {`"own"`, `"o\u0000n"`},
		"a field twice":              {`"payer":"HK"`, `"payer":"HK","payer":"JP"`},
	} {
		changed := strings.Replace(body, edit[0], edit[1], 1)
		err := api.DecodeStrict([]byte(changed), new(wire.PolicyChange))
		if reason.Of(err) != reason.InvalidRequest || changed == body || strings.Contains(err.Error(), "OFAC") {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// TestDecodeStrictIsDiscreet: an error names fields, not what stands in them.
func TestDecodeStrictIsDiscreet(t *testing.T) {
	for _, body := range []string{
		`{"kind":{"secret":1},"change":{}}`, `{"kind":"a","secret":"secret"}`, `{"kind":"secret`, `{"secret":"a","SECRET":1}`,
	} {
		var value wire.NewProposal
		if err := api.DecodeStrict([]byte(body), &value); err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v", body, err)
		}
	}
}

// FuzzDecodeStrict: what is accepted means the same to any other reader of JSON.
func FuzzDecodeStrict(f *testing.F) {
	for _, seed := range []string{
		`{"currency":"JPY","minor":"1"}`, `{"currency":"JPY","minor":"1","decimal":"1"}`, `{"minor":"1","minor":"2","currency":""}`,
		`{"currency":"\ud800","minor":"1"}`, `{}`, `[[[[`, `{"a":{"b":{}}}`, `nul`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var amount wire.Amount
		if api.DecodeStrict(data, &amount) != nil {
			return
		}
		var generic map[string]any
		if err := json.Unmarshal(data, &generic); err != nil {
			t.Fatalf("accepted what is not JSON: %v", err)
		}
		want := map[string]any{"currency": amount.Currency, "minor": amount.Minor}
		if _, given := generic["decimal"]; given {
			want["decimal"] = amount.Decimal
		}
		if !reflect.DeepEqual(generic, want) {
			t.Fatalf("%s: read %v, others read %v", data, want, generic)
		}
	})
}
