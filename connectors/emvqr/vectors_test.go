package emvqr_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/causeway-pay/causeway/connectors/emvqr"
)

// vector is a code of the world with what it says.
type vector struct {
	name, text string
	// parties are "scheme kind value institution" for each.
	parties []string
	amount  string
	dynamic bool
	// reference is the label 62/05, but for "***".
	reference string
	warnings  []string
}

// vectors are codes of specifications and of the public tests of others; each CRC
// was computed by another program, too. The persons in them are invented.
var vectors = []vector{
	{
		name:    "EMV QRCPS example",
		text:    emvExample,
		parties: []string{}, amount: "23.72 CNY", dynamic: true,
	},
	{
		name: "PromptPay, static with an amount",
		text: "00020101021129370016A0000006770101110113006689123456752046011530376454041.005802TH" +
			"5913TEST MERCHANT6007BANGKOK63047594",
		parties: []string{"promptpay mobile 0066891234567 "}, amount: "1.00 THB",
	},
	{
		name: "DuitNow, format 02",
		text: "00020201021126410014A000000615000101065016640209123456789520499995303458540510.005802MY" +
			"5909QRCSDNBHD6005BANGI6304343F",
		parties: []string{"duitnow qr-id 123456789 501664"}, amount: "10.00 MYR", warnings: []string{"00 value"},
	},
	{
		name: "PayNow",
		text: "00020101021126380009SG.PAYNOW010100211+65912345670301152045999530370254041.005802SG" +
			"5913TEST MERCHANT6009SINGAPORE63046B0D",
		parties: []string{"paynow mobile +6591234567 "}, amount: "1.00 SGD",
	},
	{
		name: "Pix, static",
		text: "00020101021126410014br.gov.bcb.pix0119contato@exemplo.org5204000053039865802BR" +
			"5920ATELIE AFRO CULTURAL6009SAO PAULO62070503***6304198D",
		parties: []string{"pix key contato@exemplo.org "}, amount: "0 ",
	},
	{
		name: "an account of nobody known",
		text: "00020101021226450018org.example.switch0108PARTNER10207ORDER-7520454115303392540415005802JP" +
			"5909TEST SHOP6005TOKYO62170507ORDER-70702T1630476B9",
		parties: []string{}, amount: "1500 JPY", dynamic: true, reference: "ORDER-7",
	},
	{
		name: "JPQR, characters beyond ASCII, objects in no order",
		text: "0002016003xxx01021129300012D156000000000510A93FO3230Q31280012D1560000000103081234567826680019" +
			"jp.or.paymentsjapan01130000000000001020400010306000001040600000153033925903xxx64180002JA0108" +
			"メルペイ カフェ520441115802JP610710661436304DEE9",
		parties: []string{"jpqr merchant 00000000000010001000001000001 "}, amount: "0 ",
	},
	{
		name: "VietQR, a template in a template",
		text: "00020101021238540010A00000072701240006970436011001234567890208QRIBFTTA530370454061500005802VN" +
			"62210817AFWD WITHDRAWAL12630469B7",
		parties: []string{"vietqr account 0123456789 970436"}, amount: "150000 VND", dynamic: true,
		warnings: []string{"52 missing", "59 missing", "60 missing"},
	},
	{
		name: "HKQR",
		text: "00020101021226330012hk.com.hkicl0313+852-6789123452040000530334454031005802HK" +
			"5914company_1_data6002HK62170513INV/TEST/00016304A154",
		parties: []string{"fps mobile +852-67891234 "}, amount: "100.00 HKD", dynamic: true, reference: "INV/TEST/0001",
	},
	{
		name: "HKQR, by FPS id, with a reference",
		text: "00020101021226320012hk.com.hkicl0207600050906011520400005303344540510.505802HK5902NA6002HK62270523" +
			"HKTEST202103190606259626304BCD1",
		parties: []string{"fps fps-id 6000509 "}, amount: "10.50 HKD", dynamic: true,
		reference: "HKTEST20210319060625962",
	},
	{
		name:    "HKQR, with a clearing code",
		text:    "00020101021126400012hk.com.hkicl01030040313+852-8765432152040000530334454041.235802HK5902NA6002HK6304C246",
		parties: []string{"fps mobile +852-87654321 004"}, amount: "1.23 HKD",
	},
	{
		name: "BharatQR, card schemes and two accounts of UPI",
		text: "000201010212021643926300000000850415540461000000008061661005900000000890827YESB0CMSNOC222333004882700" +
			"126430010A0000005240117razorpaybqr@icici02041.1027350010A0000005240117RZPGT8ildsFTgS5Sp520475315303" +
			"35654041.105802IN5906zxcbmn6005Delhi610611008562300514GT8ildsFTgS5Sp070838R004506304B6A9",
		parties: []string{
			"visa merchant 4392630000000085 ", "mastercard merchant 540461000000008 ",
			"upi ifsc-account YESB0CMSNOC2223330048827001 ", "upi vpa razorpaybqr@icici ",
		},
		amount: "1.10 INR", dynamic: true, reference: "GT8ildsFTgS5Sp",
	},
	{
		name: "BharatQR, static",
		text: "00020101021102164000010000000050061660000100000000500825KVBL00012071207500010012826350010A000000524" +
			"0110TEST12@vpa02031.027240010A00000052401066005635204549953033565802IN5904Test6007CHENNAI6106600061" +
			"62130709600563001630429C2",
		parties: []string{
			"visa merchant 4000010000000050 ", "upi ifsc-account KVBL000120712075000100128 ", "upi vpa TEST12@vpa ",
		},
		amount: "0 ",
	},
	{
		name: "QR Ph, merchant",
		text: "00020101021228530011ph.ppmi.p2m0111SRCPPHM2XXX0312MRCHNT-4H3TZ05030005204519953036085406100.005802PH" +
			"5925SOCMED DIGITAL MARKETING 6010MakatiCity62650010ph.starpay0315SOCMED DIGITAL 0509OR#1Z1CSC0708Tod" +
			"ayPay0803***88290012ph.ppmi.qrph0109OR#1Z1CSC63040275",
		parties: []string{"qrph merchant-id MRCHNT-4H3TZ SRCPPHM2XXX"}, amount: "100.00 PHP", dynamic: true, reference: "OR#1Z1CSC",
	},
	{
		name:    "Lao QR",
		text:    "00020101021138580016A00526628466257701080000041802030010315I90BYP17BC295VZ53034185802LA630491B3",
		parties: []string{"laoqr receiver I90BYP17BC295VZ 00000418"}, amount: "0 ",
		warnings: []string{"52 missing", "59 missing", "60 missing"},
	},
	{
		name: "KHQR, merchant, with the time it was made",
		text: "00020101021230400014jonhsmith@devb01061234560208Dev Bank520459995303840540410.05802KH5910Jonh Smith" +
			"6010Phnom Penh62360117INV-2021-07-658220211855123456789917001316257134678276304ED60",
		parties: []string{"khqr bakong-account jonhsmith@devb "}, amount: "10.00 USD", dynamic: true,
	},
	{
		name:    "PromptPay, bill",
		text:    "00020101021130510016A000000677010112011501055230093500202085555890053037645802TH6304A648",
		parties: []string{"promptpay biller 010552300935002 "}, amount: "0 ",
		warnings: []string{"52 missing", "59 missing", "60 missing"},
	},
	{
		name: "Pix, dynamic",
		text: "00020101021226700014br.gov.bcb.pix2548pix.example.com/8b3da2f39a4140d1a91abd93113bd4415204000053039865802BR" +
			"5913Fulano de Tal6008BRASILIA62070503***630464E4",
		parties: []string{"pix url pix.example.com/8b3da2f39a4140d1a91abd93113bd441 "}, amount: "0 ", dynamic: true,
	},
	{
		name: "a card scheme's merchant id, a template that is none of a known scheme",
		text: "00020101021252044131153137210116372101160123456789ABCDE6016Banteay Meanchey5913Kuntheas Shop" +
			"5802KH540510.005303840621201081234567863041FF2",
		parties: []string{"unionpay merchant 37210116372101160123456789ABCDE "}, amount: "10.00 USD", dynamic: true,
		warnings: []string{"60 format"},
	},
}

const emvExample = "00020101021229300012D156000000000510A93FO3230Q31280012D15600000001030812345678520441115802CN" +
	"5914BEST TRANSPORT6007BEIJING64200002ZH0104最佳运输0202北京540523.7253031565502016233030412340603***0708" +
	"A60086670902ME91320016A0112233449988770708123456786304A13A"

func TestVectors(t *testing.T) {
	for _, v := range vectors {
		t.Run(v.name, func(t *testing.T) {
			code, findings := emvqr.Read(v.text)
			id := emvqr.Identify(code, emvqr.Issuers{})
			got := vector{name: v.name, text: code.Merchant.Text(), parties: []string{}, dynamic: id.Dynamic}
			got.amount, got.reference = id.Amount.String(), id.Reference
			for _, p := range id.Parties {
				got.parties = append(got.parties, fmt.Sprintf("%s %s %s %s", p.Scheme, p.Kind, p.Value, p.Institution))
			}
			for _, f := range findings {
				if !f.Warning {
					t.Errorf("refused: %v", &f)
				}
				got.warnings = append(got.warnings, f.Place+" "+f.Rule)
			}
			if difference := cmp.Diff(v, got, cmp.AllowUnexported(vector{})); difference != "" {
				t.Error(difference)
			}
			if _, err := emvqr.Parse(code.Merchant.Canonical()); err != nil {
				t.Error("the canonical form:", err)
			}
		})
	}
}

// TestBytesAreCountedToo: the same code with lengths in bytes, as some write it.
func TestBytesAreCountedToo(t *testing.T) {
	inner := "0002JA0122メルペイ カフェ"
	body := "00020126230019jp.or.paymentsjapan5204411153033925802JP5903xxx6003xxx64" +
		fmt.Sprint(len(inner)) + inner + "6304"
	text := body + fmt.Sprintf("%04X", emvqr.Checksum(body))
	m, findings := emvqr.ReadMerchant(text)
	if _, name, _ := m.Local(); name != "メルペイ カフェ" {
		t.Errorf("name %q", name)
	}
	if len(findings) == 0 || findings[0].Rule != "length-bytes" || !findings[0].Warning {
		t.Errorf("findings %v", findings)
	}
	again, findings := emvqr.ReadMerchant(m.Canonical())
	if _, name, _ := again.Local(); name != "メルペイ カフェ" || strings.Contains(fmt.Sprint(findings), "length-bytes") {
		t.Errorf("canonical: name %q, findings %v", name, findings)
	}
}

// TestTwoReadings: a code that is whole in characters and whole in bytes, with two
// meanings, is refused.
func TestTwoReadings(t *testing.T) {
	const name = "茶茶茶AA6102XY"
	text := sealed("000201" + whole[2] + tlv("52", "5411") + tlv("53", "392") + tlv("58", "JP") + tlv("60", "TOKYO") +
		"5911" + name)
	m, findings := emvqr.ReadMerchant(text)
	if got := brief(findings); len(got) != 1 || got[0] != "length-ambiguous refused" || m.Name() != name {
		t.Errorf("%v, name %q", got, m.Name())
	}
}

func TestChecksum(t *testing.T) {
	if got := emvqr.Checksum("123456789"); got != 0x29B1 {
		t.Errorf("%04X", got)
	}
	if got := emvqr.Checksum(""); got != 0xFFFF {
		t.Errorf("%04X", got)
	}
}

// TestNoBitMayChange: no single changed bit of a code is accepted.
func TestNoBitMayChange(t *testing.T) {
	for _, v := range vectors {
		for i := range len(v.text) {
			for bit := range 8 {
				changed := []byte(v.text)
				changed[i] ^= 1 << bit
				if strings.EqualFold(string(changed), v.text) && i >= len(v.text)-4 {
					continue // the case of the CRC's own digits says nothing
				}
				if _, err := emvqr.Parse(string(changed)); err == nil {
					t.Fatalf("%s: bit %d of byte %d changed, and accepted", v.name, bit, i)
				}
			}
		}
	}
}
