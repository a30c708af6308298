package rules

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/causeway-pay/causeway/iso20022/schema"
	"github.com/causeway-pay/causeway/iso20022/wire"
	"github.com/causeway-pay/causeway/money"
)

// holder is a message that takes an identifier of each kind.
const holder = `<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt>
<GrpHdr><MsgId>M</MsgId><CreDtTm>2026-01-01T00:00:00Z</CreDtTm></GrpHdr><Stmt><Id>S</Id>
<Acct><Id><IBAN>{IBAN}</IBAN></Id><Ccy>{CCY}</Ccy>
<Ownr><Id><OrgId><LEI>{LEI}</LEI></OrgId></Id><CtryOfRes>{CTRY}</CtryOfRes></Ownr>
<Svcr><FinInstnId><BICFI>{BIC}</BICFI></FinInstnId></Svcr></Acct>
<Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">{AMT}</Amt><CdtDbtInd>CRDT</CdtDbtInd>
<Dt><Dt>2026-01-01</Dt></Dt></Bal>
</Stmt></BkToCstmrStmt></Document>`

// rulesOf returns the rules that one value in the holder breaks.
func rulesOf(kind, value string) []string {
	text := strings.ReplaceAll(holder, "{"+kind+"}", value)
	text = strings.NewReplacer("{IBAN}", "GB82WEST12345698765432", "{CCY}", "EUR", "{LEI}", "5493000IBP32UQZ0KL24",
		"{CTRY}", "GB", "{BIC}", "WESTGB2L", "{AMT}", "1").Replace(text)
	var broken []string
	for _, f := range Check(new(wire.Reader).Read([]byte(text)), Options{}) {
		broken = append(broken, f.Rule)
	}
	return broken
}

func TestIdentifiers(t *testing.T) {
	tests := []struct{ kind, value, rule string }{
		{"IBAN", "AD1200012030200359100100", ""}, {"IBAN", "NO9386011117947", ""},
		{"IBAN", "MT84MALT011000012345MTLCAST001S", ""}, {"IBAN", "FR1420041010050500013M02606", ""},
		{"IBAN", "XK051212012345678906", ""}, {"IBAN", "LC55HEMM000100010012001200023015", ""},
		{"IBAN", "BI4210000100010000332045181", ""}, {"IBAN", "SC18SSCB11010000000000001497USD", ""},
		{"IBAN", "DE89370400440532013000", ""}, {"IBAN", "DE89370400440532013001", "iban-checksum"},
		{"IBAN", "DE8937040044053201300", "iban-length"}, {"IBAN", "DE893704004405320130000", "iban-length"},
		{"IBAN", "ZZ89370400440532013000", "iban-country"}, {"IBAN", "GB82west12345698765432", ""},
		{"IBAN", "GB82west12345698765433", "iban-checksum"}, {"IBAN", "MT84malt011000012345mtlcast001s", ""},
		{"IBAN", "de89370400440532013000", wire.RulePattern},
		{"IBAN", "DE89 3704 0044 0532 0130 00", wire.RulePattern}, {"LEI", "5493000IBP32UQZ0KL24", ""},
		{"LEI", "549300DTUYXVMJXZNY75", ""}, {"LEI", "5493000IBP32UQZ0KL42", "lei-checksum"},
		{"CTRY", "XK", ""}, {"CTRY", "UK", "country"}, {"CTRY", "EU", "country"},
		{"CTRY", "gb", wire.RulePattern}, {"BIC", "DEUTDEFF500", ""}, {"BIC", "XXXXXKXX", ""},
		{"BIC", "DEUTUKFF", "bic-country"}, {"BIC", "DEUTDEF", wire.RulePattern}, {"CCY", "DEM", ""},
		{"CCY", "XAU", ""}, {"CCY", "ABC", "currency-known"}, {"CCY", "eur", wire.RulePattern},
		{"AMT", "0", ""}, {"AMT", "0.30", ""}, {"AMT", "9999999999999999.99", ""}, {"AMT", "1.00000", ""},
		{"AMT", "007.5", ""}, {"AMT", "1.001", "amount-digits"}, {"AMT", "+1", "amount-form"},
		{"AMT", "1.", "amount-form"}, {"AMT", ".1", "amount-form"}, {"AMT", "-0.00", "amount-form"},
		{"AMT", "1000000000000000000", wire.RuleDigits}, {"AMT", "1e3", wire.RuleValue},
		{"AMT", "NaN", wire.RuleValue},
	}
	for _, tt := range tests {
		if got := strings.Join(rulesOf(tt.kind, tt.value), " "); got != tt.rule {
			t.Errorf("%s %s breaks %q, want %q", tt.kind, tt.value, got, tt.rule)
		}
	}
}

// TestUETR: the schema lets no other than version 4 in lower case pass.
func TestUETR(t *testing.T) {
	const payment = `<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pacs.028.001.06"><FIToFIPmtStsReq>
<GrpHdr><MsgId>M</MsgId><CreDtTm>2026-01-01T00:00:00Z</CreDtTm></GrpHdr>
<OrgnlGrpInf><OrgnlMsgId>O</OrgnlMsgId><OrgnlMsgNmId>pacs.008</OrgnlMsgNmId></OrgnlGrpInf>
<TxInf><OrgnlUETR>UETR</OrgnlUETR></TxInf></FIToFIPmtStsReq></Document>`
	for uetr, good := range map[string]bool{
		"8a562c67-ca16-48ba-b074-65581be6f001": true, "8A562C67-CA16-48BA-B074-65581BE6F001": false,
		"8a562c67-ca16-78ba-b074-65581be6f001": false, "8a562c67-ca16-48ba-c074-65581be6f001": false,
		"8a562c67ca1648bab07465581be6f001": false,
	} {
		findings := Check(new(wire.Reader).Read([]byte(strings.Replace(payment, ">UETR<", ">"+uetr+"<", 1))), Options{})
		if (len(findings) == 0) != good {
			t.Errorf("%s: %v", uetr, findings)
		}
	}
	for _, m := range schema.Official().Messages() {
		eachElement(m.Root.Type, map[*schema.Type]bool{}, func(e *schema.Element) {
			if strings.HasSuffix(e.Name, "UETR") && e.Type.Name != "UUIDv4Identifier" {
				t.Errorf("%s: %s is a %s", m.Name, e.Name, e.Type.Name)
			}
		})
	}
}

func eachElement(t *schema.Type, seen map[*schema.Type]bool, visit func(*schema.Element)) {
	if seen[t] {
		return
	}
	seen[t] = true
	for i := range t.Elements {
		visit(&t.Elements[i])
		eachElement(t.Elements[i].Type, seen, visit)
	}
}

// TestTypesFitTheirSets: an element's children fit a set of 64.
func TestTypesFitTheirSets(t *testing.T) {
	most := 0
	for _, m := range schema.Official().Messages() {
		eachElement(m.Root.Type, map[*schema.Type]bool{}, func(e *schema.Element) { most = max(most, len(e.Type.Elements)) })
	}
	if most > 64 || most < 40 {
		t.Errorf("%d children", most)
	}
}

// checked appends check digits to what they check (ISO 7064, MOD 97-10).
func checkDigits(text string) string {
	digits := 98 - remainder(0, []byte(text+"00"))
	return string([]byte{'0' + byte(digits/10), '0' + byte(digits%10)})
}

// TestOneWrongCharacter: no single wrong character of an IBAN or LEI goes
// unnoticed, which is what their check digits are for.
func TestOneWrongCharacter(t *testing.T) {
	characters := "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	rapid.Check(t, func(t *rapid.T) {
		body := rapid.StringMatching(`[0-9A-Z]{18}`).Draw(t, "body")
		lei := body + checkDigits(body)
		if got := rulesOf("LEI", lei); got != nil {
			t.Fatalf("LEI %s: %v", lei, got)
		}
		account := rapid.StringMatching(`[A-Z]{4}[0-9]{14}`).Draw(t, "account")
		iban := "GB" + checkDigits(account+"GB") + account
		if got := rulesOf("IBAN", iban); got != nil {
			t.Fatalf("IBAN %s: %v", iban, got)
		}
		at := rapid.IntRange(4, 21).Draw(t, "at")
		// Letters stand for two digits, so that the fault stays one of the same kind.
		from := characters[:10]
		if account[at-4] > '9' {
			from = characters[10:]
		}
		wrong := rapid.SampledFrom([]byte(from)).Draw(t, "wrong")
		if damaged := iban[:at] + string(wrong) + iban[at+1:]; damaged != iban {
			if got := rulesOf("IBAN", damaged); len(got) != 1 || got[0] != "iban-checksum" {
				t.Fatalf("IBAN %s: %v", damaged, got)
			}
		}
	})
}

func TestTables(t *testing.T) {
	if n := len(strings.Fields(countryCodes)); n != 250 {
		t.Errorf("%d countries", n)
	}
	if n := len(strings.Fields(languageCodes)); n != 184 {
		t.Errorf("%d languages", n)
	}
	for entry := range strings.FieldsSeq(ibanLengths) {
		if knownCountry(entry[0], entry[1]) == unknown || len(entry) != 4 || entry[2:] < "15" || entry[2:] > "34" {
			t.Errorf("IBAN of %s", entry)
		}
	}
	seen := map[string]bool{}
	for code := range strings.FieldsSeq(pastCurrencies + " " + specialCurrencies) {
		if money.Currency(code).Known() || seen[code] || len(code) != 3 {
			t.Errorf("currency %s is active, double or none", code)
		}
		seen[code] = true
	}
	for _, c := range money.Currencies() {
		if got := currencyOf([]byte(c)); got != active+uint8(c.Exponent()) {
			t.Errorf("%s is known as %d", c, got)
		}
	}
}

func TestCreditorIdentifier(t *testing.T) {
	for id, good := range map[string]bool{
		"DE98ZZZ09999999999": true, "FR72ZZZ123456": true, "AT61ZZZ01234567890": true, "DE98ABC09999999999": true,
		"DE97ZZZ09999999999": false, "DE98ZZZ": false, "": false,
	} {
		if creditorIdentifier([]byte(id)) != good {
			t.Errorf("%q: %v", id, !good)
		}
	}
}
