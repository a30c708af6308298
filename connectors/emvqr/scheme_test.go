package emvqr

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/causeway-pay/causeway/money"
)

func TestSchemesAreUnderstood(t *testing.T) {
	if schemes().err != nil {
		t.Fatal(schemes().err)
	}
	seen := map[string]bool{}
	for _, s := range Schemes() {
		if seen[s.Name] || s.Title == "" || s.Basis == "" {
			t.Errorf("%s stands twice, or has no title or basis", s.Name)
		}
		seen[s.Name] = true
		for _, c := range s.Currencies {
			if _, ok := NumberOf(money.Currency(c)); !ok {
				t.Errorf("%s: no currency %s", s.Name, c)
			}
		}
		if got, ok := SchemeOf(s.Name); !ok || got.Title != s.Title {
			t.Errorf("%s is not found by its name", s.Name)
		}
	}
	if _, ok := SchemeOf("nobody"); ok {
		t.Error("a scheme of nobody")
	}
}

func TestMisspeltSchemes(t *testing.T) {
	for _, text := range []string{
		"title before any scheme",
		"scheme",
		"scheme a b",
		"scheme a\ntitle",
		"scheme a\nbasis hearsay",
		"scheme a\ntittle A",
		"scheme a\npayee 01 x n1",
		"scheme a\naccount 26",
		"scheme a\naccount 2 x",
		"scheme a\naccount 2x x",
		"scheme a\naccount 30-26 x",
		"scheme a\naccount 00 x",
		"scheme a\naccount 52 x",
		"scheme a\naccount 26 x\npayee 01 x",
		"scheme a\naccount 26 x\npayee 01 x n",
		"scheme a\naccount 26 x\npayee 01 x n0",
		"scheme a\naccount 26 x\npayee 01 x n5-1",
		"scheme a\naccount 26 x\npayee 01 x n100",
		"scheme a\naccount 26 x\npayee 01 x zz5",
		"scheme a\naccount 26 x\npayee 01 x n5 when 01 0",
		"scheme a\naccount 26 x\npayee 01 x n5 if 01",
		"scheme a\ndigits 24",
		"scheme a\ndigits x 25",
		"scheme a\ndigits 24 2x",
		"scheme a\ndigits 12 25",
	} {
		if _, err := parseSchemes(text); err == nil || !strings.Contains(err.Error(), "line ") {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// samples is an account for each form of each scheme: names with values, the text
// of the account that must come of them, and who it says is paid.
var samples = []struct {
	scheme string
	values map[string]string
	want   string
	party  Party
}{
	{"promptpay", map[string]string{"mobile": "0066891234567"}, "29370016A00000067701011101130066891234567",
		Party{Kind: "mobile", Value: "0066891234567"}},
	{"promptpay", map[string]string{"tax-id": "1234567890123"}, "29370016A00000067701011102131234567890123",
		Party{Kind: "tax-id", Value: "1234567890123"}},
	{"promptpay", map[string]string{"e-wallet": "123456789012345"}, "29390016A0000006770101110315123456789012345",
		Party{Kind: "e-wallet", Value: "123456789012345"}},
	{"promptpay", map[string]string{"biller": "099999999999990", "reference-1": "INV1"},
		"30470016A00000067701011201150999999999999900204INV1", Party{Kind: "biller", Value: "099999999999990"}},
	{"paynow", map[string]string{"mobile": "+6591234567", "editable": "0"}, "26380009SG.PAYNOW010100211+659123456703010",
		Party{Kind: "mobile", Value: "+6591234567"}},
	{"paynow", map[string]string{"uen": "201403121W"}, "26320009SG.PAYNOW010120210201403121W",
		Party{Kind: "uen", Value: "201403121W"}},
	{"sgqr", map[string]string{"sgqr-id": "180307510317", "version": "01.0001"},
		"51380007SG.SGQR01121803075103170207" + "01.0001", Party{Kind: "sgqr-id", Value: "180307510317"}},
	{"duitnow", map[string]string{"acquirer": "501664", "qr-id": "123456789"},
		"26410014A000000615000101065016640209123456789",
		Party{Kind: "qr-id", Value: "123456789", Institution: "501664"}},
	{"qris", map[string]string{"nmid": "ID1020000000001", "criteria": "UMI"},
		"51440014ID.CO.QRIS.WWW0215ID10200000000010303UMI", Party{Kind: "nmid", Value: "ID1020000000001"}},
	{"qris", map[string]string{
		"id": "ID.BANK.WWW", "pan": "936000000000000001", "merchant-id": "00001", "criteria": "UMI"},
		"26530011ID.BANK.WWW0118936000000000000001" + "0205000010303UMI", Party{Kind: "pan", Value: "936000000000000001"}},
	{"vietqr", map[string]string{"bank": "970436", "account": "0123456789", "service": "QRIBFTTA"},
		"38540010A00000072701240006970436011001234567890208QRIBFTTA",
		Party{Kind: "account", Value: "0123456789", Institution: "970436"}},
	{"qrph", map[string]string{"bank": "BNORPHMMXXX", "merchant-id": "000001", "service": "033"},
		"28470011ph.ppmi.p2m0111BNORPHMMXXX03060000010503033",
		Party{Kind: "merchant-id", Value: "000001", Institution: "BNORPHMMXXX"}},
	{"qrph", map[string]string{"bank": "BNORPHMMXXX", "account": "000001"},
		"27410012com.p2pqrpay0111BNORPHMMXXX0406000001", Party{Kind: "account", Value: "000001", Institution: "BNORPHMMXXX"}},
	{"fps", map[string]string{"mobile": "+852-67891234"}, "26330012hk.com.hkicl0313+852-67891234",
		Party{Kind: "mobile", Value: "+852-67891234"}},
	{"fps", map[string]string{"fps-id": "166069526", "clearing-code": "004"},
		"26360012hk.com.hkicl01030040209166069526", Party{Kind: "fps-id", Value: "166069526", Institution: "004"}},
	{"khqr", map[string]string{"bakong-account": "shop@bank", "merchant-id": "M1"}, "30190009shop@bank0102M1",
		Party{Kind: "bakong-account", Value: "shop@bank"}},
	{"khqr", map[string]string{"bakong-account": "person@bank"}, "29150011person@bank",
		Party{Kind: "bakong-account", Value: "person@bank"}},
	{"laoqr", map[string]string{"bank": "27710418", "service": "002", "receiver": "SHOP7"},
		"38480016A0052662846625770108277104180203002" + "0305SHOP7",
		Party{Kind: "receiver", Value: "SHOP7", Institution: "27710418"}},
	{"pix", map[string]string{"key": "contato@exemplo.org"}, "26410014br.gov.bcb.pix0119contato@exemplo.org",
		Party{Kind: "key", Value: "contato@exemplo.org"}},
	{"pix", map[string]string{"url": "pix.example.com/v2/9d36b84f"},
		"26490014br.gov.bcb.pix2527pix.example.com/v2/9d36b84f",
		Party{Kind: "url", Value: "pix.example.com/v2/9d36b84f"}},
	{"upi", map[string]string{"vpa": "shop@bank", "minimum-amount": "1.00"}, "26350010A0000005240109shop@bank02041.00",
		Party{Kind: "vpa", Value: "shop@bank"}},
	{"upi", map[string]string{"ifsc-account": "UTIB0000319920010039"}, "0820UTIB0000319920010039",
		Party{Kind: "ifsc-account", Value: "UTIB0000319920010039"}},
	{"jpqr", map[string]string{"group": "0000000000001", "company": "0001", "store": "000001", "terminal": "000001"},
		"26680019jp.or.paymentsjapan011300000000000010204000103060000010406000001",
		Party{Kind: "merchant", Value: "00000000000010001000001000001"}},
	{"unionpay", map[string]string{"merchant": "1234567812345678123456789012345"},
		"15311234567812345678123456789012345",
		Party{Kind: "merchant", Value: "1234567812345678123456789012345"}},
	{"visa", map[string]string{"merchant": "4000000000000000"}, "02164000000000000000",
		Party{Kind: "merchant", Value: "4000000000000000"}},
}

func TestAccounts(t *testing.T) {
	covered := map[string]bool{}
	for _, s := range samples {
		t.Run(s.scheme+" "+s.party.Kind, func(t *testing.T) {
			covered[s.scheme] = true
			scheme, _ := SchemeOf(s.scheme)
			o, err := scheme.Account(s.values)
			if err != nil {
				t.Fatal(err)
			}
			if got := encode([]Object{o}); got != s.want {
				t.Errorf("got  %s\nwant %s", got, s.want)
			}
			m, findings := ReadMerchant(seal("000201" + s.want + "52040000" + "5303" + numberFor(scheme) + "5802" +
				countryFor(scheme) + "5901X6001X"))
			if len(findings) > 0 {
				t.Errorf("read with findings %v", findings)
			}
			s.party.Scheme, s.party.Place = s.scheme, o.ID
			got := Identify(Code{Form: MerchantForm, Merchant: m}, Issuers{}).Parties
			if difference := cmp.Diff([]Party{s.party}, got); difference != "" {
				t.Error(difference)
			}
		})
	}
	for _, name := range []string{
		"promptpay", "paynow", "sgqr", "duitnow", "qris", "vietqr", "qrph", "fps", "khqr", "laoqr", "pix", "upi", "jpqr",
	} {
		if !covered[name] {
			t.Errorf("no sample of %s", name)
		}
	}
}

func numberFor(s Scheme) string {
	if s.Currencies == nil {
		return "840"
	}
	number, _ := NumberOf(money.Currency(s.Currencies[0]))
	return number
}

func countryFor(s Scheme) string {
	if s.Country == "" {
		return "US"
	}
	return s.Country
}

func TestAccountsRefused(t *testing.T) {
	cases := []struct {
		scheme string
		values map[string]string
		want   string
	}{
		{"promptpay", nil, "scheme-field"},
		{"promptpay", map[string]string{"phone": "0066891234567"}, "scheme-field"},
		{"promptpay", map[string]string{"mobile": "+66891234567"}, "scheme-format"},
		{"promptpay", map[string]string{"mobile": ""}, "scheme-format"},
		{"promptpay", map[string]string{"mobile": "0066891234567", "reference-1": "x"}, "scheme-field"},
		{"promptpay", map[string]string{"reference-1": "x"}, "scheme-field"},
		{"duitnow", map[string]string{"acquirer": "501664"}, "scheme-field"},
		{"duitnow", map[string]string{"id": "A0000006150009", "qr-id": "1"}, "scheme-field"},
		{"qris", map[string]string{"pan": "936000000000000001"}, "scheme-format"},
		{"qris", map[string]string{"id": "ID.BANK.COM", "pan": "936000000000000001"}, "scheme-format"},
		{"khqr", map[string]string{"bakong-account": "shop"}, "scheme-format"},
		{"jpqr", map[string]string{"group": "0000000000001"}, "scheme-field"},
		{"jpqr", map[string]string{"merchant": "00000000000010001000001000001"}, "scheme-format"},
		{"nepalpay", map[string]string{"id": "np.gov.nrb.x"}, "scheme-field"},
		{"wechat", map[string]string{"merchant": "1"}, "scheme-field"},
	}
	for _, c := range cases {
		scheme, ok := SchemeOf(c.scheme)
		if !ok {
			t.Fatal(c.scheme)
		}
		o, err := scheme.Account(c.values)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s %v: %+v, %v", c.scheme, c.values, o, err)
		}
	}
}

func TestSchemeWarnings(t *testing.T) {
	const rest = "5204000053037645802TH5901X6001X"
	cases := []struct{ name, account, rest, want string }{
		{"whole", "29370016A00000067701011101130066891234567", rest, ""},
		{"identifier in small letters", "29370016a00000067701011101130066891234567", rest, ""},
		{"a short mobile", "29360016A0000006770101110112066891234567", rest, "29/01 scheme-format"},
		{"no payee", "29200016A000000677010111", rest, "29 scheme-payee"},
		{"under another id", "31370016A00000067701011101130066891234567", rest, ""},
		{"another country", "29370016A00000067701011101130066891234567",
			"5204000053037645802SG5901X6001X", "29 scheme-country"},
		{"another currency", "29370016A00000067701011101130066891234567",
			"5204000053037025802TH5901X6001X", "29 scheme-currency"},
		{"PayNow of no proxy type", "26310009SG.PAYNOW01019020911234567W",
			"5204000053037025802SG5901X6001X", "26 scheme-payee"},
		{"two schemes of two countries",
			"26330012hk.com.hkicl0313+852-6789123429370016A00000067701011101130066891234567", rest,
			"26 scheme-country,26 scheme-currency"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, findings := ReadMerchant(seal("000201" + c.account + c.rest))
			var got []string
			for _, f := range findings {
				if !f.Warning {
					t.Errorf("refused: %v", f.Error())
				}
				got = append(got, f.Place+" "+f.Rule)
			}
			if strings.Join(got, ",") != c.want {
				t.Errorf("%v, want %s", got, c.want)
			}
		})
	}
}

func TestLike(t *testing.T) {
	cases := []struct {
		pattern, text string
		want          bool
	}{
		{"abc", "abc", true}, {"abc", "abcd", false},
		{"*", "", true}, {"*", "x", true}, {"a*", "a", true}, {"a*", "ba", false},
		{"*@*", "a@b", true}, {"*@*", "@", true}, {"*@*", "ab", false},
		{"*.www", "id.bank.www", true}, {"*.www", "id.bank.www.x", false},
		{"a*b*c", "axxbyyc", true}, {"a*b*c", "axxcyyb", false},
	}
	for _, c := range cases {
		if got := like(c.pattern, c.text); got != c.want {
			t.Errorf("%q like %q: %v", c.text, c.pattern, got)
		}
	}
}

func TestFormats(t *testing.T) {
	cases := []struct {
		format, value string
		want          bool
	}{
		{"n4", "1234", true}, {"n4", "123", false}, {"n4", "12345", false}, {"n4", "12a4", false}, {"n4", "１２３４", false},
		{"n1-3", "12", true}, {"a2", "JP", true}, {"a2", "jp", false}, {"an1-4", "aZ9", true}, {"an1-4", "a-9", false},
		{"hex4", "00fF", true}, {"hex4", "00fG", false},
		{"s1-3", "茶 屋", true}, {"s1-3", "茶 屋 ", false}, {"s1-3", "", false},
	}
	for _, c := range cases {
		f, ok := parseFormat(c.format)
		if !ok || f.matches(c.value) != c.want {
			t.Errorf("%q is %s: %v (format read: %v)", c.value, c.format, !c.want, ok)
		}
	}
	for text, want := range map[string]string{"n4": "4 digits", "s1-25": "1 to 25 characters", "a2": "2 capital letters"} {
		if f, _ := parseFormat(text); f.String() != want {
			t.Errorf("%s is %q", text, f.String())
		}
	}
}

// TestEveryFieldIsHeld: a value that is too long for its field is warned about, in
// every field of every scheme.
func TestEveryFieldIsHeld(t *testing.T) {
	for _, scheme := range Schemes() {
		for _, form := range scheme.Accounts {
			for _, field := range form.Fields {
				if field.format.max >= 90 || strings.Contains(field.Path, "+") {
					continue // as long as an account can be, or made of other fields
				}
				parts := map[string]string{"00": strings.ReplaceAll(form.ID, "*", "x")}
				if field.If != "" {
					parts[field.If] = field.Is
				}
				parts[field.Path] = strings.Repeat("1", field.format.max+1)
				o := Template(form.First, assemble(parts)...)
				if field.Path == "." {
					o = Object{ID: form.First, Value: parts["."]}
				}
				if len(o.Value) > valueMax {
					continue
				}
				m, _ := ReadMerchant(seal("000201" + encode([]Object{o})))
				if got := findingAt(m, place(o, field)); got != "scheme-format" && field.Path != "00" {
					t.Errorf("%s %s %s: %q", scheme.Name, form.First, field.Name, got)
				}
			}
		}
	}
}

func findingAt(m Merchant, place string) string {
	for _, f := range m.check() {
		if f.Place == place {
			return f.Rule
		}
	}
	return ""
}

// TestSchemesTogether: a code for several schemes names each payee, in the order of
// the accounts.
func TestSchemesTogether(t *testing.T) {
	paynow, _ := SchemeOf("paynow")
	sgqr, _ := SchemeOf("sgqr")
	visa, _ := SchemeOf("visa")
	var accounts []Object
	for _, of := range []struct {
		scheme Scheme
		values map[string]string
	}{
		{visa, map[string]string{"merchant": "4000000000000000"}},
		{paynow, map[string]string{"uen": "201403121W"}},
		{sgqr, map[string]string{"sgqr-id": "180307510317"}},
	} {
		o, err := of.scheme.Account(of.values)
		if err != nil {
			t.Fatal(err)
		}
		accounts = append(accounts, o)
	}
	m, err := Draft{Accounts: accounts, Currency: "SGD", Country: "SG", Name: "X", City: "SINGAPORE"}.Build()
	if err != nil {
		t.Fatal(err)
	}
	want := []Party{
		{Scheme: "visa", Kind: "merchant", Value: "4000000000000000", Place: "02"},
		{Scheme: "paynow", Kind: "uen", Value: "201403121W", Place: "26"},
		{Scheme: "sgqr", Kind: "sgqr-id", Value: "180307510317", Place: "51"},
	}
	got := Identify(Code{Form: MerchantForm, Merchant: m}, Issuers{})
	if difference := cmp.Diff(want, got.Parties); difference != "" {
		t.Error(difference)
	}
	if got.Amount != (money.Amount{}) || got.Currency != "SGD" || got.Dynamic {
		t.Errorf("%+v", got)
	}
}
