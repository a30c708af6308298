package emvqr_test

import (
	"encoding/base64"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/causeway-pay/causeway/connectors/emvqr"
)

func TestExplain(t *testing.T) {
	cases := []struct {
		name, text string
		want       []emvqr.Line
	}{
		{
			"templates of a scheme, and in them", "00020101021238540010A00000072701240006970436011001234567890208QRIBFTTA" +
				"530370454061500005802VN62210817AFWD WITHDRAWAL12630469B7",
			[]emvqr.Line{
				{"00", "payload format", "01"}, {"01", "point of initiation", "12"}, {"38", "account: VietQR", ""},
				{"38/00", "identifier", "A000000727"}, {"38/01", "", ""}, {"38/01/00", "bank", "970436"},
				{"38/01/01", "account", "0123456789"}, {"38/02", "service", "QRIBFTTA"}, {"53", "currency", "704"},
				{"54", "amount", "150000"}, {"58", "country", "VN"}, {"62", "additional data", ""},
				{"62/08", "purpose", "AFWD WITHDRAWAL12"}, {"63", "CRC", "69B7"},
			},
		},
		{
			"names that depend on another", with(tlv("26", tlv("00", "SG.PAYNOW")+tlv("01", "2")+tlv("02", "201403121W")),
				"01", "52", "54", "59", "60", "61", "62"),
			[]emvqr.Line{
				{"00", "payload format", "01"}, {"26", "account: PayNow", ""}, {"26/00", "identifier", "SG.PAYNOW"},
				{"26/01", "proxy-type", "2"}, {"26/02", "mobile or uen", "201403121W"}, {"53", "currency", "392"},
				{"58", "country", "JP"}, {"63", "CRC", "5E3D"},
			},
		},
		{
			"an account of nobody known", with("01", "52", "54", "59", "60", "61", "62"),
			[]emvqr.Line{
				{"00", "payload format", "01"}, {"26", "account", ""},
				{"26/00", "", "org.example.switch"},
				{"26/01", "", "SHOP7"},
				{"53", "currency", "392"}, {"58", "country", "JP"}, {"63", "CRC", ""},
			},
		},
		{
			"a link", "upi://pay?pa=shop@bank&other=1",
			[]emvqr.Line{{"pa", "payee address", "shop@bank"}, {"other", "", "1"}},
		},
		{
			"a payment code", "251001020123456789012345",
			[]emvqr.Line{{"1-6", "issuer", "251001"}, {"7-8", "business type", "02"}, {"rest", "unique number", "****************"}},
		},
		{
			"a legacy payment code", "28123456789012345",
			[]emvqr.Line{{"1-6", "issuer", "281234"}, {"rest", "unique number", "***********"}},
		},
		{
			"a consumer code with track 2", oneApplication,
			[]emvqr.Line{
				{"85", "payload format", "CPV01"}, {"61", "application", ""}, {"61/4F", "application id", "A0000000555555"},
				{"61/57", "track 2", "123456******3458"},
			},
		},
		{"nothing", "hello", nil},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			code, _ := emvqr.Read(c.text)
			got := emvqr.Explain(code)
			for i := range got {
				if got[i].Meaning == "CRC" && i < len(c.want) {
					c.want[i].Value = c.text[len(c.text)-4:]
				}
			}
			if difference := cmp.Diff(c.want, got); difference != "" {
				t.Error(difference)
			}
		})
	}
}

// TestMasked: of a short number nothing is shown, the F that fills it up is none
// of its digits, and a terminal gets no controls.
func TestMasked(t *testing.T) {
	data := "\x85\x05CPV01\x61\x09\x4f\x07\xa0\x00\x00\x00\x55\x55\x55\x5a\x05\x12\x34\x56\x78\x9f\x50\x04a\x1b[m"
	code, err := emvqr.Parse(base64.StdEncoding.EncodeToString([]byte(data)))
	if err != nil {
		t.Fatal(err)
	}
	lines := emvqr.Explain(code)
	want := []emvqr.Line{{"5A", "account number", "*********"}, {"50", "label", "a.[m"}}
	if difference := cmp.Diff(want, lines[len(lines)-2:]); difference != "" {
		t.Error(difference)
	}
}
