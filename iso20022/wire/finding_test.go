package wire_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/causeway-pay/causeway/iso20022/wire"
)

// Each mistake gets its own finding at its own place.
func TestFindings(t *testing.T) {
	text := string(payment)
	edit := func(old, new string) string { return with(t, text, old, new) }
	const transaction = "Document/FIToFICstmrCdtTrf/CdtTrfTxInf[1]"
	tests := map[string]struct{ text, want string }{
		"missing element":     {edit("<MsgId>HKWALLET20260721000000001</MsgId>", ""), "line 6: Document/FIToFICstmrCdtTrf/GrpHdr/MsgId: a mandatory element is missing (schema element-missing, CH21)"},
		"unknown element":     {edit("<ChrgBr>", "<Foo>1</Foo><ChrgBr>"), "line 38: " + transaction + "/Foo: an element that the schema does not know here (schema element-unexpected, FF01)"},
		"out of order":        {edit("<ChrgBr>SHAR</ChrgBr>", "<ChrgBr>SHAR</ChrgBr><InstdAmt Ccy=\"JPY\">1</InstdAmt>"), "line 38: " + transaction + "/InstdAmt: an element out of its order (schema element-unexpected, FF01)"},
		"twice":               {edit("<ChrgBr>SHAR</ChrgBr>", "<ChrgBr>SHAR</ChrgBr><ChrgBr>SHAR</ChrgBr>"), "line 38: " + transaction + "/ChrgBr: more often than allowed (schema element-repeated, FF01)"},
		"two of a choice":     {edit("<Prtry>CAUSEWAY</Prtry>", "<Cd>ABC</Cd><Prtry>CAUSEWAY</Prtry>"), "line 11: Document/FIToFICstmrCdtTrf/GrpHdr/SttlmInf/ClrSys/Prtry: a second alternative of a choice (schema choice-not-one, FF01)"},
		"none of a choice":    {edit("<Prtry>CAUSEWAY</Prtry>", ""), "line 11: Document/FIToFICstmrCdtTrf/GrpHdr/SttlmInf/ClrSys: none of the alternatives of a choice (schema choice-not-one, CH21)"},
		"text":                {edit("<GrpHdr>", "<GrpHdr>x"), "line 4: Document/FIToFICstmrCdtTrf/GrpHdr: text between elements (schema text-unexpected, FF01)"},
		"element in a value":  {edit("SHAR", "<b>SHAR</b>"), "line 38: " + transaction + "/ChrgBr: an element where a value belongs (schema element-unexpected, FF01)"},
		"namespace":           {edit("<ChrgBr>", `<ChrgBr xmlns="urn:x">`), "line 38: " + transaction + "/ChrgBr: an element of another namespace (schema element-namespace, FF01)"},
		"attribute":           {edit("<ChrgBr>", `<ChrgBr a="1">`), "line 38: " + transaction + "/ChrgBr: an attribute that the schema does not know (schema attribute-unexpected, FF01)"},
		"currency missing":    {edit(` Ccy="JPY"`, ""), "line 29: " + transaction + "/InstdAmt: an amount without its currency (schema currency-attribute, CH21)"},
		"currency wrong":      {edit(`Ccy="JPY"`, `Ccy="yen"`), "line 29: " + transaction + "/InstdAmt: a currency that is not three capital letters (schema currency-attribute, AM03)"},
		"code":                {edit("SHAR", "SHAX"), "line 38: " + transaction + "/ChrgBr: not a code of ChargeBearerType1Code (schema value-code, FF01)"},
		"pattern":             {edit("8a562c67", "8A562C67"), "line 21: " + transaction + "/PmtId/UETR: not of the form [a-f0-9]{8}-[a-f0-9]{4}-4[a-f0-9]{3}-[89ab][a-f0-9]{3}-[a-f0-9]{12} (schema value-pattern, FF01)"},
		"length":              {edit("SAKURA-2026-0000815", strings.Repeat("é", 36)), "line 19: " + transaction + "/PmtId/EndToEndId: longer than 35 characters (schema value-length, FF01)"},
		"empty":               {edit("SAKURA-2026-0000815", ""), "line 19: " + transaction + "/PmtId/EndToEndId: empty (schema value-length, FF01)"},
		"date":                {edit("<IntrBkSttlmDt>2026-07-21", "<IntrBkSttlmDt>2026-02-29"), "line 28: " + transaction + "/IntrBkSttlmDt: not a value of ISODate (schema value-malformed, FF01)"},
		"amount of 19 digits": {edit("1500", "1234567890123456789"), "line 29: " + transaction + "/InstdAmt: more than 18 digits (schema value-digits, AM09)"},
		"amount of 6 places":  {edit("1500", "0.123456"), "line 29: " + transaction + "/InstdAmt: more than 5 digits after the point (schema value-digits, CH20)"},
		"amount NaN":          {edit("1500", "NaN"), "line 29: " + transaction + "/InstdAmt: not a value of ActiveOrHistoricCurrencyAndAmount (schema value-malformed, AM09)"},
		"amount 1e3":          {edit("1500", "1e3"), "line 29: " + transaction + "/InstdAmt: not a value of ActiveOrHistoricCurrencyAndAmount (schema value-malformed, AM09)"},
		"amount negative":     {edit("1500", "-5"), "line 29: " + transaction + "/InstdAmt: less than 0 (schema value-minimum, AM09)"},
		"version":             {edit("pacs.008.001.13", "pacs.008.001.99"), "line 2: : a message or version that is not supported (schema message-unknown, FF01)"},
		"other root":          {strings.Replace(strings.Replace(text, "<Document", "<Dokument", 1), "</Document", "</Dokument", 1), "line 2: Dokument: not the root element of its message (schema element-unexpected, FF01)"},
		"no message":          {"<html/>", "line 1: : no Document or AppHdr of an ISO 20022 namespace (schema message-absent, FF01)"},
	}
	for name, test := range tests {
		m := new(wire.Reader).Read([]byte(test.text))
		if len(m.Findings) != 1 || m.Findings[0].String() != test.want {
			t.Errorf("%s:\n%v\nwant %s", name, m.Findings, test.want)
		}
		var invalid *wire.Invalid
		if _, err := wire.Parse([]byte(test.text)); !errors.As(err, &invalid) || len(invalid.Findings) != 1 {
			t.Errorf("%s: error %v", name, err)
		}
	}
}

// All mistakes are found in one reading, in the order of the message.
func TestAllFindings(t *testing.T) {
	text := string(payment)
	for _, edit := range [][2]string{
		{"<MsgId>HKWALLET20260721000000001</MsgId>", ""}, {"SHAR", "SHAX"}, {"73.79", "73,79"}, {"<Ctry>JP</Ctry>", "<Ctry>Japan</Ctry>"},
		{"<RmtInf>", "<RmtInf><Extra/>"},
	} {
		text = with(t, text, edit[0], edit[1])
	}
	var got []string
	for _, f := range new(wire.Reader).Read([]byte(text)).Findings {
		got = append(got, fmt.Sprintf("%d %s", f.Line, f.Rule))
	}
	want := []string{"6 element-missing", "27 value-malformed", "38 value-code", "62 value-pattern", "67 element-unexpected"}
	if difference := cmp.Diff(want, got); difference != "" {
		t.Error(difference)
	}
}

// Findings hold no value of the message, whatever is wrong with it.
func TestFindingsHoldNoValues(t *testing.T) {
	secret := "Geheim0815"
	text := string(payment)
	for _, old := range []string{"73.79", "SHAR", "2026-07-21T10:15:30.123+08:00", "HARBHKHH", "8a562c67", "Tea &amp; Cake House Asakusa", "CLRG"} {
		changed := strings.ReplaceAll(text, old, old+strings.Repeat(secret, 60))
		m := new(wire.Reader).Read([]byte(changed))
		if len(m.Findings) == 0 {
			t.Errorf("%s: nothing found", old)
		}
		encoded, err := json.Marshal(m.Findings)
		if err != nil || strings.Contains(string(encoded), secret) || strings.Contains(m.Err().Error(), secret) {
			t.Errorf("%s: %s", old, encoded)
		}
	}
	m := new(wire.Reader).Read([]byte(with(t, text, "<ChrgBr>", "<"+strings.Repeat("ä", 20)+"/><ChrgBr>")))
	if path := m.Findings[0].Path; !strings.HasSuffix(path, "/?") {
		t.Errorf("path %s", path)
	}
}

func TestRepeatedElementsHaveNumbers(t *testing.T) {
	text := with(t, string(payment), "<Ustrd>Tea for two, table 7, order 2026-0000815</Ustrd>",
		"<Ustrd>a</Ustrd><Ustrd>b</Ustrd><Ustrd></Ustrd>")
	m := new(wire.Reader).Read([]byte(text))
	if len(m.Findings) != 1 || !strings.HasSuffix(m.Findings[0].Path, "/CdtTrfTxInf[1]/RmtInf/Ustrd[3]") {
		t.Errorf("%v", m.Findings)
	}
}

func TestLayerNames(t *testing.T) {
	for layer, want := range map[wire.Layer]string{
		wire.Syntax: "syntax", wire.Schema: "schema", wire.Business: "business", wire.Identifier: "identifier", wire.Profile: "profile", 0: "unknown",
	} {
		if layer.String() != want {
			t.Errorf("%d is %s", layer, layer)
		}
	}
	if got := (&wire.Invalid{}).Error(); got != "iso20022: " {
		t.Errorf("%q", got)
	}
	two := &wire.Invalid{Findings: make([]wire.Finding, 2)}
	if !strings.HasSuffix(two.Error(), " and 1 more") {
		t.Error(two)
	}
}
