package emvqr_test

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/causeway-pay/causeway/connectors/emvqr"
)

// tlv writes an object on its own, so that tests do not trust the writer they test.
func tlv(id, value string) string {
	return fmt.Sprintf("%s%02d%s", id, utf8.RuneCountInString(value), value)
}

// sealed appends the CRC.
func sealed(body string) string {
	body += "6304"
	return body + fmt.Sprintf("%04X", emvqr.Checksum(body))
}

// whole is a code without fault, object by object.
var whole = []string{
	tlv("00", "01"), tlv("01", "12"), tlv("26", tlv("00", "org.example.switch")+tlv("01", "SHOP7")), tlv("52", "5411"),
	tlv("53", "392"), tlv("54", "1500"), tlv("58", "JP"), tlv("59", "TEST SHOP"), tlv("60", "TOKYO"),
	tlv("61", "1000001"), tlv("62", tlv("01", "B1")+tlv("05", "R1")),
}

// with replaces the objects of whole that have the ids of others, and appends
// those that it has not. An empty object removes: "54".
func with(others ...string) string {
	objects := append([]string(nil), whole...)
	for _, other := range others {
		found := false
		for i, o := range objects {
			if strings.HasPrefix(o, other[:2]) {
				objects[i], found = other[2:], true
				if len(other) > 2 {
					objects[i] = other
				}
			}
		}
		if !found {
			objects = append(objects, other)
		}
	}
	return sealed(strings.Join(objects, ""))
}

func brief(findings []emvqr.Finding) []string {
	list := []string{}
	for _, f := range findings {
		severity := "refused"
		if f.Warning {
			severity = "warning"
		}
		list = append(list, strings.TrimSpace(f.Place+" "+f.Rule+" "+severity))
	}
	return list
}

func TestRules(t *testing.T) {
	long := strings.Repeat("N", 26)
	cases := []struct {
		name, text string
		want       []string
	}{
		{"whole", with(), nil},
		{"no amount", with("54"), nil},
		{"unknown objects are kept", with(tlv("65", "reserved"), tlv("80", tlv("00", "org.example")+tlv("01", "x"))), nil},

		{"empty", "", []string{
			"empty refused", "00 missing refused", "52 missing warning", "53 missing refused", "58 missing refused",
			"59 missing warning", "60 missing warning", "account refused",
		}},
		{"cut off in the value", "00020", []string{"00 length refused"}},
		{"cut off in the head", "000201010", []string{"object refused"}},
		{"letters for an id", "0002010A02xx", []string{"object refused"}},
		{"letters for a length", "00020101xx12", []string{"object refused"}},
		{"length of nothing", "0002010100", []string{"01 length refused"}},
		{"length beyond the end", "000201010312", []string{"01 length refused"}},
		{"too long", strings.Repeat("0", 513), []string{"size refused"}},
		{"not UTF-8", "0002015902\xff\xfe", []string{"characters refused"}},
		{"a control character", with(tlv("59", "TEST\x1bSHOP")), []string{"characters refused"}},
		{"a mark of direction", with(tlv("59", "TEST\u202eSHOP")), []string{"characters refused"}},

		{"00 not first", sealed(tlv("01", "12") + tlv("00", "01") + strings.Join(whole[2:], "")),
			[]string{"01 first refused"}},
		{"no CRC", strings.Join(whole, ""), []string{"62 last refused"}},
		{"CRC not last", with() + tlv("65", "x"), []string{"65 last refused"}},
		{"CRC of another code", with()[:len(with())-4] + "0000", []string{"63 crc refused"}},
		{"CRC in small letters", lowerEnd(with(tlv("54", "1503"))), []string{"63 crc-case warning"}},
		{"format 02", with(tlv("00", "02")), []string{"00 value warning"}},
		{"format of three", with(tlv("00", "001")), []string{"00 format refused", "00 value warning"}},
		{"initiation 13", with(tlv("01", "13")), []string{"01 value warning"}},
		{"initiation that is part of the list", with(tlv("01", "1 ")), []string{"01 format warning", "01 value warning"}},

		{"an id twice", sealed(strings.Join(whole, "") + tlv("54", "1")), []string{"54 duplicate refused"}},
		{"an id twice in an account", with(tlv("26", tlv("00", "org.example")+tlv("01", "a")+tlv("01", "b"))),
			[]string{"26/01 duplicate refused"}},
		{"no account", with("26"), []string{"account refused"}},
		{"an account that is no template", with(tlv("26", "12345678")), []string{"26/12 length refused"}},
		{"an account without identifier", with(tlv("26", tlv("01", "a"))), []string{"26/00 account-id refused"}},
		{"an identifier too long", with(tlv("26", tlv("00", strings.Repeat("x", 33)))), []string{"26/00 account-id refused"}},
		{"an unreserved object that is no template", with(tlv("82", "A665A45920422F9D")), []string{"82 object warning"}},
		{"additional data that are no template", with(tlv("62", "plain")), []string{"62 object refused"}},
		{"a language template that is none", with(tlv("64", "JA")), []string{"64 object refused"}},
		{"a template within the additional data", with(tlv("62", tlv("50", "plain"))), []string{"62/50 object warning"}},

		{"no category", with("52"), []string{"52 missing warning"}},
		{"category of letters", with(tlv("52", "food")), []string{"52 format warning"}},
		{"no currency", with("53"), []string{"53 missing refused"}},
		{"currency of letters", with(tlv("53", "JPY")), []string{"53 format refused", "53 currency warning"}},
		{"currency of nobody", with(tlv("53", "000")), []string{"53 currency warning"}},
		{"no country", with("58"), []string{"58 missing refused"}},
		{"country in small letters", with(tlv("58", "jp")), []string{"58 format refused"}},
		{"no name and no city", with("59", "60"), []string{"59 missing warning", "60 missing warning"}},
		{"name too long", with(tlv("59", long)), []string{"59 format warning"}},
		{"name of 25 beyond ASCII", with(tlv("59", strings.Repeat("茶", 25))), nil},
		{"city too long", with(tlv("60", long)), []string{"60 format warning"}},
		{"postal code too long", with(tlv("61", long)), []string{"61 format warning"}},
		{"reference too long", with(tlv("62", tlv("05", long))), []string{"62/05 format warning"}},
		{"channel of four", with(tlv("62", tlv("11", "5001"))), []string{"62/11 format warning"}},
		{"language of three", with(tlv("64", tlv("00", "jpn")+tlv("01", "x"))), []string{"64/00 format warning"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, findings := emvqr.ReadMerchant(c.text)
			want := append([]string{}, c.want...)
			if difference := cmp.Diff(want, brief(findings)); difference != "" {
				t.Error(difference)
			}
		})
	}
}

func lowerEnd(text string) string { return text[:len(text)-4] + strings.ToLower(text[len(text)-4:]) }

func TestAmountsAndFees(t *testing.T) {
	cases := []struct {
		name, currency, amount, want, rule string
	}{
		{"whole yen", "392", "1500", "1500 JPY", ""},
		{"a point at the end", "392", "1500.", "1500 JPY", ""},
		{"zeros the yen has not", "392", "1500.00", "1500 JPY", ""},
		{"one digit of two", "840", "12.5", "12.50 USD", ""},
		{"three digits", "048", "0.125", "0.125 BHD", ""},
		{"the longest", "840", "9999999999.99", "9999999999.99 USD", ""},
		{"leading zeros", "840", "0012.50", "12.50 USD", ""},
		{"too long", "840", "99999999999.99", "", "54 amount refused"},
		{"half a yen", "392", "0.5", "", "54 amount-digits refused"},
		{"nothing", "840", "0.00", "", "54 amount-zero refused"},
		{"a sign", "840", "-1", "", "54 amount refused"},
		{"an exponent", "840", "1e3", "", "54 amount refused"},
		{"a comma", "840", "1,50", "", "54 amount refused"},
		{"two points", "840", "1.5.0", "", "54 amount refused"},
		{"only a point", "840", ".", "", "54 amount refused"},
		{"no digit before the point", "840", ".5", "", "54 amount refused"},
		{"a space", "840", " 1", "", "54 amount refused"},
		{"digits of another script", "840", "١", "", "54 amount refused"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			m, findings := emvqr.ReadMerchant(with(tlv("53", c.currency), tlv("54", c.amount)))
			if got := strings.Join(brief(findings), ","); got != c.rule {
				t.Errorf("findings %q", got)
			}
			amount, stated, err := m.Amount()
			if !stated || c.want != "" && (err != nil || amount.String() != c.want) {
				t.Errorf("amount %v, stated %v, error %v", amount, stated, err)
			}
			if c.rule != "" && c.rule != "54 amount-zero refused" && err == nil {
				t.Error("no error of an amount that breaks a rule")
			}
		})
	}
	m, _ := emvqr.ReadMerchant(with("54"))
	if amount, stated, err := m.Amount(); stated || err != nil || !amount.IsZero() {
		t.Error("an amount that nobody stated", amount, err)
	}
	m, _ = emvqr.ReadMerchant(with(tlv("53", "999")))
	if _, stated, err := m.Amount(); !stated || err == nil {
		t.Error("an amount in no currency")
	}
}

func TestTips(t *testing.T) {
	cases := []struct {
		name    string
		objects []string
		want    string
		rules   []string
	}{
		{"none", nil, "{0 0  0}", []string{}},
		{"asked for", []string{tlv("55", "01")}, "{1 0  0}", []string{}},
		{"fixed", []string{tlv("55", "02"), tlv("56", "150")}, "{2 150 JPY 0}", []string{}},
		{"fixed at nothing", []string{tlv("55", "02"), tlv("56", "0")}, "{2 0 JPY 0}", []string{"56 amount-zero warning"}},
		{"fixed, not said", []string{tlv("55", "02")}, "", []string{"56 missing refused"}},
		{"fixed, half a yen", []string{tlv("55", "02"), tlv("56", "0.5")}, "", []string{"56 amount-digits refused"}},
		{"per cent", []string{tlv("55", "03"), tlv("57", "2.75")}, "{3 0  275}", []string{}},
		{"per cent, with zeros", []string{tlv("55", "03"), tlv("57", "05.00")}, "{3 0  500}", []string{}},
		{"per cent, whole", []string{tlv("55", "03"), tlv("57", "99")}, "{3 0  9900}", []string{}},
		{"per cent of nothing", []string{tlv("55", "03"), tlv("57", "00.00")}, "", []string{"57 percentage refused"}},
		{"a hundred per cent", []string{tlv("55", "03"), tlv("57", "100")}, "", []string{"57 percentage refused"}},
		{"three digits", []string{tlv("55", "03"), tlv("57", "1.005")}, "", []string{"57 percentage refused"}},
		{"per cent, not said", []string{tlv("55", "03")}, "", []string{"57 missing refused"}},
		{"a fee that nobody announced", []string{tlv("56", "150")}, "{0 0  0}", []string{"56 tip refused"}},
		{"both", []string{tlv("55", "02"), tlv("56", "1"), tlv("57", "1")}, "{2 1 JPY 0}", []string{"57 tip refused"}},
		{"of no kind", []string{tlv("55", "04")}, "", []string{"55 value refused"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			m, findings := emvqr.ReadMerchant(with(c.objects...))
			if difference := cmp.Diff(c.rules, brief(findings)); difference != "" {
				t.Error(difference)
			}
			tip, err := m.Tip()
			if (err != nil) != (c.want == "") {
				t.Fatalf("tip %v, error %v", tip, err)
			}
			got := fmt.Sprintf("{%d %s %d}", tip.Kind, tip.Fixed, tip.BasisPoints)
			if c.want != "" && got != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
		})
	}
}

func TestFields(t *testing.T) {
	m, findings := emvqr.ReadMerchant(with(tlv("64", tlv("00", "JA")+tlv("01", "茶屋")+tlv("02", "東京"))))
	if len(findings) > 0 {
		t.Fatal(findings)
	}
	language, name, city := m.Local()
	currency, known := m.Currency()
	got := []any{
		m.Dynamic(), m.Category(), string(currency), known, m.Country(), m.Name(), m.City(), m.PostalCode(),
		m.Additional("01"), m.Additional("05"), m.Additional("07"), language, name, city, len(m.Accounts()),
	}
	want := []any{
		true, "5411", "JPY", true, "JP", "TEST SHOP", "TOKYO", "1000001", "B1", "R1", "", "JA", "茶屋", "東京", 1,
	}
	if difference := cmp.Diff(want, got); difference != "" {
		t.Error(difference)
	}
	o, ok := m.At("26/01")
	if !ok || o.Value != "SHOP7" || m.Text()[o.Offset:o.Offset+4] != "0105" {
		t.Errorf("26/01 is %+v", o)
	}
	if _, ok := m.At("26/09"); ok {
		t.Error("an object that is not there")
	}
	if _, ok := m.At("59/01"); ok {
		t.Error("an object within text")
	}
}

// TestFindingsNameNoValue: whatever is wrong with a code, the error can be logged.
func TestFindingsNameNoValue(t *testing.T) {
	const secret = "0066891234567SECRET"
	texts := []string{
		with(tlv("59", secret+strings.Repeat("x", 20))), with(tlv("54", secret)), with(tlv("53", secret)),
		with(tlv("26", secret)), with(tlv("29", tlv("00", "A000000677010111")+tlv("01", secret))), with(tlv("58", secret)),
		"upi://pay?pa=" + secret, "upi://pay?pa=" + secret + "&pa=" + secret + "&am=" + secret, "upi://pay?" + secret + "%zz",
		"hQVDUFY" + secret, secret,
	}
	for _, text := range texts {
		code, findings := emvqr.Read(text)
		if len(findings) == 0 {
			t.Errorf("nothing is wrong with %q", text)
		}
		for _, f := range findings {
			if strings.Contains(f.Error(), "SECRET") || strings.Contains(f.Error(), "891234") {
				t.Errorf("%v", f.Error())
			}
		}
		if _, _, err := code.Merchant.Amount(); err != nil && strings.Contains(err.Error(), "SECRET") {
			t.Error(err)
		}
	}
}
